"""Is there money for a job that waits, and what becomes of the money of one that was sent?

The ledger knows amounts; here they meet the jobs. Under a cap, the first rows of a kind whose price nobody was charged
yet are a trial: at most `TRIAL_ROWS` of them are in flight until one charge is known, since all that is in flight when
a price turns out too low is paid at the true one. A batch that is larger than a trial is cut: a few of its rows go
first.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.ledger import TRIAL_ROWS, Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async.errors import CostCapError

Place: TypeAlias = Literal["free", "reserved", "exposed", "charged"]
"""Where a cent is: not ours to spend yet or any more, set aside, perhaps spent, or spent."""

Verdict: TypeAlias = Literal["submit", "cut", "refuse", "wait"]
"""What to do with the first job of a queue, as far as money is concerned.

``submit``: there is enough. ``cut``: a few of its rows go first. ``refuse``: there is not enough, and nothing under way
can return any. ``wait``: for money that jobs under way may return, or for the first charge.
"""


@dataclass(frozen=True, slots=True)
class Move:
    """Cents of a job that moved from one place to another; *stated*: the service stated this charge."""

    cents: float
    source: Place
    to: Place
    stated: bool = True


@dataclass(slots=True)
class Spending:
    """The money of jobs.

    Attributes:
        ledger: Reserved, exposed and charged.
        in_flight: The jobs submitted and not ended, of every kind.
        rows_in_flight: Their rows, by what their price depends on.
        rows_of_others: The same of other processes, as far as is known.
        moves: Job number → what its money did, until the engine has written that down and reported it.
    """

    ledger: Ledger
    in_flight: ConcurrencyLimit
    rows_in_flight: Counter[str] = field(default_factory=Counter[str])
    rows_of_others: Counter[str] = field(default_factory=Counter[str])
    moves: dict[int, list[Move]] = field(default_factory=dict[int, list[Move]])

    # --- jobs that wait -----------------------------------------------------------------------------------------

    def verdict(self, job: ScheduledJob) -> Verdict:
        """Decide about a job that waits."""
        if self.ledger.surprise is not None:
            return "refuse"
        if self.ledger.is_behind:
            return "wait"
        if not self.ledger.is_capped:
            return "submit"
        if self._room(job) is None:
            # Whoever holds rows may return money; what others hold and have spent must have been looked up just now.
            return "refuse" if self.in_flight.held == 0 and self.ledger.others is False else "wait"
        if job.rows > self._trial_rows(job):
            return "cut" if job.rows > TRIAL_ROWS == self._trial_rows(job) else "wait"
        return "submit"

    def waits_for_others(self, job: ScheduledJob) -> bool:
        """Return whether a job lacks money that others may return, or waits for a charge that others may learn of."""
        return self._room(job) is None or (
            self.rows_of_others[job.priced_as] > 0 and job.rows > self._trial_rows(job) < TRIAL_ROWS
        )

    def must_wait(self, job: ScheduledJob) -> bool:
        """Return whether only an event can help a job that waits."""
        return self.verdict(job) == "wait"

    def affordable(self, job: ScheduledJob) -> float:
        """Return how many jobs like this one could be submitted now; infinite when money is no matter."""
        if self.verdict(job) != "submit":
            return 0
        if not self.ledger.is_capped:
            return math.inf
        amount, left = self._room(job), self.ledger.left_cents(job.exposed_cents, job.booked_at)
        return min(self._trial_rows(job) / job.rows, left / amount if amount else math.inf)

    def refusal(self, job: ScheduledJob) -> CostCapError:
        """Return why a job is refused."""
        return self.ledger.surprise or self.ledger.exhausted(job.exposed_cents, job.booked_at)

    def one_row_fits(self, job: ScheduledJob) -> bool:
        """Return whether a part of a batch could go on after the batch was refused."""
        return self.ledger.surprise is None and self.ledger.room(job.priced_as) is not None

    def why_cut(self, job: ScheduledJob) -> CostCapError:
        """Return why a batch is not sent as it is."""
        return CostCapError(f"{job.priced_as} was never charged before: {TRIAL_ROWS} rows go first under the cap")

    def _room(self, job: ScheduledJob) -> float | None:
        return self.ledger.room(job.priced_as, job.rows, already=job.exposed_cents, at=job.booked_at)

    def _trial_rows(self, job: ScheduledJob) -> float:
        """Return how many more rows of a job's kind may be in flight.

        A batch in doubt is repeated as it was, and whatever its size: its rows are in flight already, perhaps.
        """
        is_whole = job.in_doubt and job.rows > TRIAL_ROWS
        if is_whole or self.ledger.is_proven(job.priced_as):
            return math.inf
        return max(0, TRIAL_ROWS - self.rows_in_flight[job.priced_as] - self.rows_of_others[job.priced_as])

    # --- jobs under way -----------------------------------------------------------------------------------------

    def reserve(self, job: ScheduledJob) -> None:
        """Reserve a job's price; its verdict was ``submit``. One sent again in doubt is booked where it was."""
        amount = self.ledger.reserve(job.priced_as, job.rows, already=job.exposed_cents, at=job.booked_at) or 0.0
        self._reserved(job, amount, already=job.exposed_cents)
        job.reserved_cents, job.exposed_cents = amount, 0.0
        if job.booked_at is None:
            job.booked_at = self.ledger.now
        self.rows_in_flight[job.priced_as] += job.rows

    def resume(self, job: ScheduledJob, exposed_cents: float) -> None:
        """Reserve what an earlier run set aside for a job that it submitted."""
        job.reserved_cents = self.ledger.resume(exposed_cents, job.priced_as, job.rows, job.booked_at)
        self._reserved(job, job.reserved_cents, already=exposed_cents)
        self.rows_in_flight[job.priced_as] += job.rows

    def settle(self, job: ScheduledJob, charged: float | None, *, answered: bool) -> None:
        """Book the end of a job; one without an answer is free unless the service reports a charge."""
        if charged is None and answered and self.ledger.is_capped:
            each = job.reserved_cents / job.rows
            text = f"no charge is reported for {job.priced_as}: the {each:g} cents reserved for a row count as spent"
            self.ledger.notice("no charge", job.priced_as, text)
        if answered and not charged:
            self.ledger.answered_without_charge(job.priced_as, job.rows)
        charged = 0.0 if charged is None and not answered else charged
        self.ledger.settle(job.priced_as, job.reserved_cents, charged, job.rows, job.booked_at)
        self._settled(job, job.reserved_cents, charged)
        job.reserved_cents = 0.0

    def leave(self, job: ScheduledJob, rows: int) -> None:
        """Expose the money of some rows of a job under way: others go on with them."""
        share = job.reserved_cents * rows / job.rows
        self.ledger.expose(share, job.booked_at)
        self.rows_in_flight[job.priced_as] -= rows
        job.reserved_cents -= share
        job.rows -= rows

    def release(self, job: ScheduledJob, *, exposed: bool) -> None:
        """Release what is reserved for a job, or expose it: it is under way no more."""
        (self.ledger.expose if exposed else self.ledger.release)(job.reserved_cents, job.booked_at)
        self._move(job, job.reserved_cents, "reserved", "exposed" if exposed else "free")
        self.rows_in_flight[job.priced_as] -= job.rows
        job.reserved_cents = 0.0
        if not exposed:
            job.booked_at = None

    # --- what it did --------------------------------------------------------------------------------------------

    def _reserved(self, job: ScheduledJob, amount: float, *, already: float) -> None:
        self._move(job, min(amount, already), "exposed", "reserved")
        self._move(job, amount - already, "free", "reserved")
        self._move(job, already - amount, "exposed", "free")

    def _settled(self, job: ScheduledJob, reserved: float, charged: float | None) -> None:
        if charged is None:
            self._move(job, reserved, "reserved", "charged", stated=False)
            return
        self._move(job, min(reserved, charged), "reserved", "charged")
        self._move(job, charged - reserved, "free", "charged")
        self._move(job, reserved - charged, "reserved", "free")

    def _move(self, job: ScheduledJob, cents: float, source: Place, to: Place, *, stated: bool = True) -> None:
        if cents > 0:
            self.moves.setdefault(job.id, []).append(Move(cents, source, to, stated))
