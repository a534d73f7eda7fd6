"""How many submits may be unanswered at once, and none while the service is in trouble: a window and a circuit breaker.

A paid submit whose answer is lost is a row in doubt: it may have been sold, and it is not sent again. So an outage must
cost few of them, however long it lasts and however the failures come in.

**The window.** Submits that are unanswered when an outage begins cannot be helped, so there are never many more of them
than the pace needs: by Little's law rate times latency. Neither is measured. The window follows what was lately in use,
with `HEADROOM` to spare: where it binds it grows by one with each acceptance, and where it does not it shrinks to what
is used (TCP's slow start, and RFC 7661). So no more than `HEADROOM` submits are added to those that are unanswered
anyway once a service has ceased to answer. The first failure makes it one at a time.

**The breaker.** A failure that says nothing about its row (in doubt, answered by something else, busy) is a point, an
acceptance takes one back. At `TROUBLE_OPENS` points the breaker opens: nothing is sent for a pause, then a health
check, a request that costs nothing. Once that is answered one submit is tried, the one that is least to be regretted;
accepted, it closes the breaker, and the window grows from one again. What becomes of submits that were sent before the
breaker opened says nothing about the service now, and neither opens nor closes it. A submit that cannot be delivered
costs nothing and is no point: each is retried by itself (`retry.decide_submit`).

**Why doubts are bounded.** While the service is down altogether, health checks fail and nothing is tried. Where they
are answered and submits are not, each trial that ends in doubt makes the next pause `DOUBT_FACTOR` times as long: an
outage of *t* seconds costs the submits that opened the breaker and log₄(1 + 3t/5) more, ten in all for 30 hours. The
price is that rows may wait up to four times as long as such an outage lasts. A pause after a trial that cost nothing
doubles up to `MAX_PAUSE_SECONDS`. Each acceptance takes one such growth back, not all, so that a service that takes
every second submit does not begin anew each time.

**Several processes** that share a key share the outage, too: the first breaker that opens holds those of the others
open, and checks and tries for all of them. They begin with one submit at a time once it has closed. When its process is
gone, one of them inherits the outage, and goes on with a health check.

**Batches.** A batch in doubt is all of its rows in doubt. After trouble the first submit carries one row, and each
acceptance allows the next twice as many. What can be repeated without being paid twice is exempt.

**Refusals** cost nothing, but a row each time. The same one many times in a row is not about the rows: it opens the
breaker like any trouble or, when nothing was ever accepted, ends the run (`hopeless`).
"""

from __future__ import annotations

import copy
import math
from collections import deque
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.retry import (
    MAX_PACE_SECONDS,
    has_not_arrived,
    is_denied,
    is_route_missing,
    is_uncertain,
    may_be_fault_of_one_row,
    was_not_delivered,
    was_refused_for_now,
)
from sixtyfour_async.errors import APIError, RateLimitError, RunStoppedError, SixtyfourError

MAX_SUBMITS_IN_TRANSIT = 50
"""The largest window: each submit in it is a row that a crash leaves in doubt."""

HEADROOM = 2
"""Submits by which the window exceeds what was lately in use."""

RECENT_SUBMITS = 8
"""Submits from which the use of the window is read."""

TROUBLE_OPENS = 3
"""Failures in a row, less acceptances between them, at which the breaker opens."""

FIRST_PAUSE_SECONDS = 5.0
"""The first pause of a breaker that opened."""

DOUBT_FACTOR = 4
"""How much longer a pause becomes by a trial that ended in doubt."""

MAX_PAUSE_SECONDS = 60.0
"""The longest pause after health checks and trials that cost nothing."""

ALIKE_OPENS = 5
"""Equal refusals in a row at which the breaker opens."""

ALIKE_ENDS = 10
"""Equal refusals in a row that end a run in which nothing was ever accepted."""

UNREACHED_SECONDS = 600.0
"""Seconds without a connection after which a run ends, once the service has answered. A network comes back."""

NEVER_REACHED_SECONDS = 30.0
"""The same when the service has never answered: its address is wrong, more likely."""

State: TypeAlias = Literal["closed", "open", "checking", "trial"]


@dataclass(slots=True)
class SubmitBreaker:
    """Lets submits through. It is a limit like those of `limits`, on submits that were sent and not answered.

    Attributes:
        held: Submits sent and not answered.
        window: How many may be.
        reached: Has the service ever answered?
        accepted: Has it ever accepted a submit?
        state: ``closed``: submits go. ``open``: none does until the next health check. ``checking``: none does until it
            is answered. ``trial``: one may go at a time, when no other is unanswered, until one is accepted.
        error: The last failure; None while closed.
        hopeless: Why the run should end; None while there is hope.
        pause: Seconds of the present pause.
        elsewhere: Another process checks and tries, and this one waits for it.
    """

    held: int = 0
    window: int = 1 + HEADROOM
    reached: bool = False
    accepted: bool = False
    state: State = "closed"
    error: SixtyfourError | None = None
    hopeless: SixtyfourError | None = None
    pause: float = 0.0
    elsewhere: bool = False
    _opens_at: float = 0.0
    _rows_at_once: float = math.inf
    _recent: deque[int] = field(default_factory=lambda: deque[int](maxlen=RECENT_SUBMITS))
    _trouble: int = 0
    _doubts: int = 0
    _free_pauses: int = 0
    _refusal: tuple[object, ...] = ()
    _alike: int = 0
    _unreached_since: float | None = None
    _parts_awaited: int = 0

    # --- may one go? --------------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether rows wait for the service to be well again, at most one of them being tried."""
        return self.state != "closed"

    @property
    def prefers_safest(self) -> bool:
        """Whether the next submit is a trial, so that it should be the one that is least to be regretted."""
        return self.state == "trial"

    def opens_at(self, now: float) -> float | None:
        """Return the instant at which one more submit may go; None when an answer must come first."""
        if self._parts_awaited or self.state in {"open", "checking"}:
            return None
        return now if self.held < (self.window if self.state == "closed" else 1) else None

    def check_at(self) -> float:
        """Return when a health check is due, provided that a row waits; infinity while none is."""
        return self._opens_at if self.state == "open" else math.inf

    def rows_at_once(self, job: ScheduledJob) -> int:
        """Return how many rows of a job its next submit may carry."""
        harmless = job.retry_safe or job.in_doubt or job.rows <= self._rows_at_once
        return job.rows if harmless else int(self._rows_at_once)

    def acquire(self, _now: float) -> None:
        """Let one submit through."""
        self.held += 1
        self._recent.append(self.held)

    def await_parts(self) -> None:
        """Let nothing through until both parts of a batch have been added, which is divided because it is too large."""
        self._parts_awaited = 2

    def part_place(self) -> int | None:
        """Return the place in its queue of a job that is added as a part of a divided batch; None for any other job."""
        if not self._parts_awaited:
            return None
        self._parts_awaited -= 1
        return 1 - self._parts_awaited

    # --- other processes ----------------------------------------------------------------------------------------

    @property
    def outage(self) -> str | None:
        """Why no process should submit before this one has found the service well; None when it does not say so."""
        return None if self.elsewhere or self.state == "closed" else str(self.error)

    def hear(self, outage: str | None, now: float, *, inherited: bool) -> None:
        """Learn of an outage that another process found; None when there is none. *inherited*: it is ours from now."""
        if outage is not None:
            error = RunStoppedError(f"another process found the service in trouble: {outage}")
            self.state, self.error, self.elsewhere, self._opens_at = "open", error, True, math.inf
            self.window, self._rows_at_once = 1, 1
        elif self.elsewhere:
            self.elsewhere = False
            if inherited:
                self._opens_at = now
            else:
                self.state, self.error, self.pause = "closed", None, 0.0

    # --- what became of them ------------------------------------------------------------------------------------

    def succeeded(self) -> None:
        """Learn that a submit was accepted."""
        self.held -= 1
        self.reached = self.accepted = True
        self._alike, self._refusal, self._unreached_since = 0, (), None
        if self.state in {"open", "checking"}:
            return
        if self.state == "trial":
            self.state, self.error, self.window, self.pause = "closed", None, 1, 0.0
            self._free_pauses = 0
        self._trouble = max(0, min(self._trouble, TROUBLE_OPENS) - 1)
        self._doubts = max(0, self._doubts - 1)
        self.window = min(self.window + 1, max(self._recent, default=0) + HEADROOM, MAX_SUBMITS_IN_TRANSIT)
        self._rows_at_once *= 2

    def unsent(self) -> None:
        """Learn that a submit did not leave, or is no longer ours: it says nothing about the service."""
        self.held -= 1

    def failed(self, error: SixtyfourError, now: float, *, parked: bool) -> None:
        """Learn that a submit was not accepted, as far as is known; *parked*: its row is in doubt for good."""
        self.held -= 1
        if self.state in {"open", "checking"} or isinstance(error, RateLimitError) or is_denied(error):
            return  # sent before the breaker opened; or the key is paused, or ends the run, without our doing
        if self.state == "closed" and was_not_delivered(error):
            return
        if is_trouble(error):
            self._take_trouble(error, now, parked=parked)
        else:
            self._take_refusal(error, now)

    def checking(self) -> None:
        """Learn that a health check is sent."""
        self.state = "checking"

    def checked(self, error: SixtyfourError | None, now: float) -> None:
        """Learn how a health check went. An error of the API's own making shows that it is there."""
        if self.state != "checking":
            return
        if error is None or not (is_trouble(error) or isinstance(error, RateLimitError)):
            self.state, self._unreached_since = "trial", None
        else:
            self._open(error, now)

    def take_hopeless(self) -> SixtyfourError | None:
        """Return why the run should end, once; None while there is hope."""
        error, self.hopeless = self.hopeless, None
        if error is not None:
            self._unreached_since = None
        return error

    def _take_trouble(self, error: SixtyfourError, now: float, *, parked: bool) -> None:
        self.window, self._trouble = 1, self._trouble + 1
        self._recent.clear()
        if is_uncertain(error):
            self._rows_at_once = 1
        if self.state == "trial" or self._trouble >= TROUBLE_OPENS:
            self._doubts += parked and self.state == "trial"
            self._open(error, now)

    def _take_refusal(self, error: SixtyfourError, now: float) -> None:
        refusal = (type(error), str(error)) if not isinstance(error, APIError) else _identity(error)
        self._alike = self._alike + 1 if refusal == self._refusal else 1
        self._refusal = refusal
        if not self.accepted:
            if is_route_missing(error):
                self.hopeless = _remarked(error, "no such route: is base_url (SIXTYFOUR_API_ENDPOINT) right?")
            elif self._alike >= ALIKE_ENDS:
                self.hopeless = _remarked(error, f"the first {self._alike} submits were refused alike")
        elif self._alike >= ALIKE_OPENS and not _names_fields(error):
            self.window = 1
            self._free_pauses = 0 if may_be_fault_of_one_row(error) else self._free_pauses
            self._open(error, now)

    def _open(self, error: SixtyfourError, now: float) -> None:
        named = min(MAX_PACE_SECONDS, (isinstance(error, APIError) and error.retry_after) or 0.0)
        free = min(MAX_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(self._free_pauses, 10))
        doubts = FIRST_PAUSE_SECONDS * float(DOUBT_FACTOR) ** min(self._doubts, 20)
        self.state, self.error, self.pause = "open", error, max(named, free, doubts)
        self._opens_at, self._rows_at_once = now + self.pause, 1
        self._free_pauses += 1
        if not has_not_arrived(error):
            self._unreached_since = None
            return
        self._unreached_since = now if self._unreached_since is None else self._unreached_since
        patience = UNREACHED_SECONDS if self.reached else NEVER_REACHED_SECONDS
        if now - self._unreached_since >= patience:
            self.hopeless = error


def is_trouble(error: SixtyfourError) -> bool:
    """Return whether a failure says that the service is not well, and nothing about the row."""
    return is_uncertain(error) or has_not_arrived(error) or was_refused_for_now(error)


def _identity(error: APIError) -> tuple[object, ...]:
    """Return what two refusals have in common that are alike, whatever their request ids are."""
    return error.status, error.code, error.message, error.errors


def _remarked(error: SixtyfourError, remark: str) -> SixtyfourError:
    """Return a copy of an error whose message says more."""
    other = copy.copy(error)
    other.message = f"{error.message} ({remark})"
    other.args = (other.message, *error.args[1:])
    return other


def _names_fields(error: SixtyfourError) -> bool:
    """Return whether a refusal names what is wrong with its row: many rows may have the same fault."""
    return isinstance(error, APIError) and bool(error.errors)
