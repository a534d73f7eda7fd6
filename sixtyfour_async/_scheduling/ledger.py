"""Money and jobs: reserved before a submit, settled by the answer, never above a cap. US cents throughout.

One cent is in one of three places at a time: *reserved* for a job under way, *exposed* in a row whose end is not known,
or *charged*. A cap holds for their sum, so it holds whatever becomes of what is under way, as long as no charge is
above its reservation. One that is, is a *surprise*: under a cap, nothing more is submitted from then on, so that the
cap can be exceeded by no more than the surprises of what was in flight when the first came. Processes that share a cap
tell each other of their surprises.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sixtyfour_async._scheduling.accounts import (
    CAP_NAMES,
    NO_JOB,
    Account,
    Line,
    Period,
    Tally,
)
from sixtyfour_async._scheduling.row_states import PAID
from sixtyfour_async.errors import CostCapError

__all__ = ["NO_JOB", "PRICES", "TRIAL_ROWS", "Ledger", "Line", "Tally", "carry_over"]

PRICES: Mapping[str, float] = {
    "find-email": 5,
    "find-email/PROFESSIONAL": 5,
    "find-email/PERSONAL": 20,
    "find-phone": 30,
}
"""Cents per answer, where a public page gives a price.

Source: docs.sixtyfour.ai, api-reference/endpoint/find-email; the vendor's published skill (May 2026) for find-phone.
"""

TRIAL_ROWS = 3
"""Rows of a kind that are in flight at most, under a cap, while its price is a belief: nobody was charged it yet. As
many answers without a charge settle it, too: there is nothing to learn, and what is reserved stands."""

TOLERANCE_CENTS = 1e-6
"""A charge this little above its reservation, or a sum this little above a cap, is rounding: a reservation is a price
times a number of rows. A journal that checks a cap uses the same, or it would refuse what the ledger has admitted."""


@dataclass(slots=True)
class Ledger:
    """What a run may cost, has cost, and may still cost.

    A cap is kept by reserving the price of a row before it is sent. A charge seen earlier is believed when it was
    higher than the known price. An unknown price counts as the caller's ceiling, never as zero.

    Attributes:
        cap_cents: The most that may be spent over all runs on the journal, or None.
        prices: The caller's own prices, cents per operation or ``operation/tier``; they win over `PRICES`.
        ceiling_cents: What a row of unknown price counts as, or None.
        max_jobs: The most rows that may be submitted, or None; of rows that share a submit, each counts.
        period_caps: The most that may be spent in a run, a day or a month.
        unstated_cents: The part of what is charged that is a reservation, because the service did not state the charge.
        jobs: Rows submitted, or admitted in order to be.
        now: The instant, ISO text, at which jobs are booked; it never goes back.
        surprise: Why nothing more is submitted: a charge was above its reservation, under a cap.
        surprises: What such charges were of, and how high, cents a row.
        notices: What the caller should hear about, in words: each kind once.
        is_behind: Is it known that others have spent or hold more than was looked up?
        others: May rows that other runners of the journal hold return money? None: that has to be looked up, as does
            what they have spent. A journal of one runner has no others.
        is_capped: Is there a cap on the money?
    """

    cap_cents: float | None = None
    prices: Mapping[str, float] = field(default_factory=dict[str, float])
    ceiling_cents: float | None = None
    max_jobs: int | None = None
    period_caps: Mapping[Period, float] = field(default_factory=dict[Period, float])
    unstated_cents: float = 0.0
    jobs: int = 0
    now: str = ""
    surprise: CostCapError | None = None
    surprises: dict[str, float] = field(default_factory=dict[str, float])
    notices: list[str] = field(default_factory=list[str])
    is_behind: bool = False
    others: bool | None = False
    is_capped: bool = field(init=False)
    _accounts: list[Account] = field(init=False)
    _dearest: dict[str, float] = field(default_factory=dict[str, float])
    _expected: dict[str, float | None] = field(default_factory=dict[str, float | None])
    _uncharged: Counter[str] = field(default_factory=Counter[str])
    _noticed: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def __post_init__(self) -> None:
        self._accounts = [Account("journal", self.cap_cents)]
        self._accounts += [Account(period, cap) for period, cap in self.period_caps.items()]
        self.is_capped = any(account.cap_cents is not None for account in self._accounts)

    @property
    def charged_cents(self) -> float:
        """Spent so far by all runs on the journal, as the service reported it."""
        return self._accounts[0].charged_cents

    @property
    def reserved_cents(self) -> float:
        """Set aside for jobs under way."""
        return self._accounts[0].reserved_cents

    @property
    def exposed_cents(self) -> float:
        """Set aside for rows whose end is not known: parked as unknown, or handed back while they ran."""
        return self._accounts[0].exposed_cents

    def advance(self, now: str) -> None:
        """Book what comes at this instant; a new day or month begins with nothing spent."""
        self.now = max(self.now, now)
        for account in self._accounts:
            account.advance(self.now)

    def begin_run(self, since: str) -> None:
        """Count what was and is sent from an instant on as this run's."""
        for account in self._accounts:
            if account.period == "run":
                account.since = since
        self.now = max(self.now, since)

    def add(self, line: Line) -> None:
        """Add what earlier runs on the journal spent and exposed."""
        self._accounts[0].add(line)

    def periods(self) -> tuple[Account, ...]:
        """Return the accounts of the capped run, day and month."""
        return tuple(self._accounts[1:])

    def accounts_at(self, at: str | None) -> list[Account]:
        """Return the accounts in which a job is booked whose intent was recorded at an instant, None for now."""
        if len(self._accounts) == 1:  # the journal's, which covers everything
            return self._accounts
        return [account for account in self._accounts if account.covers(at)]

    def recount(self, lines: Iterable[Line], own_cents: float) -> None:
        """Take the journal's sums, to which other runners have added; *own_cents* of them are reserved here."""
        counted = list(lines)
        self.is_behind = False
        self._accounts[0].recount(counted, own_cents)
        self.unstated_cents = sum(line.unstated_cents for line in counted)
        for line in counted:
            self.learn(line.variant, line.dearest_cents)

    # --- prices -------------------------------------------------------------------------------------------------

    def price(self, variant: str) -> float | None:
        """Return what one answer of a kind is expected to cost, in cents; None when it is not known."""
        if variant not in self._expected:
            self._expected[variant] = self._expect(variant)
        return self._expected[variant]

    def _expect(self, variant: str) -> float | None:
        own = self.prices.get(variant, self.prices.get(variant.partition("/")[0]))
        known = [price for price in (PRICES.get(variant) if own is None else own, self._dearest.get(variant)) if price]
        return max(known, default=own if own is not None else self.ceiling_cents)

    def is_proven(self, variant: str) -> bool:
        """Return whether the price of a kind is more than a belief; without a cap it need not be."""
        return not self.is_capped or variant in self._dearest or self._uncharged[variant] >= TRIAL_ROWS

    def was_charged(self, variant: str) -> bool:
        """Return whether the service has ever stated a charge for a kind."""
        return variant in self._dearest

    def learn(self, variant: str, charged: float | None) -> None:
        """Remember the highest charge seen for a kind."""
        if charged:
            self._dearest[variant] = max(charged, self._dearest.get(variant, 0.0))
            self._expected.pop(variant, None)

    def answered_without_charge(self, variant: str, rows: int) -> None:
        """Count answers that cost nothing, or whose charge the service did not report."""
        self._uncharged[variant] += rows

    # --- what may be submitted ----------------------------------------------------------------------------------

    def refusal(self, variant: str) -> CostCapError | None:
        """Return why no row of this kind may be submitted, however much money is left; None when it may."""
        if self.surprise is not None:
            return self.surprise
        if self.is_capped and self.price(variant) is None:
            capped = next(account for account in self._accounts if account.cap_cents is not None)
            operation = variant.partition("/")[0]
            return CostCapError(
                f"{CAP_NAMES[capped.period]}={capped.cap_cents:g} cannot be kept: the price of {variant} is not "
                f"published; pass max_row_cents=…, the most a row may cost, or its price, "
                f"prices={{{operation!r}: cents}}"
            )
        if self.max_jobs is not None and self.jobs >= self.max_jobs:
            return CostCapError(f"max_jobs={self.max_jobs} jobs were submitted already")
        return None

    def room(self, variant: str, rows: int = 1, *, already: float = 0.0, at: str | None = None) -> float | None:
        """Return what would be reserved for a job; None when a cap leaves no room for it now.

        Args:
            variant: What its price depends on.
            rows: Number of rows that it answers.
            already: Cents exposed for this very job, which an earlier submit of it may have cost.
            at: The instant of that submit; None for a job that was not sent before.
        """
        price = self.price(variant)
        if not self.is_capped:
            return (price or 0.0) * rows
        return price * rows if price is not None and price * rows <= self.left_cents(already, at) else None

    def left_cents(self, already: float = 0.0, at: str | None = None) -> float:
        """Return what the tightest cap leaves for a job, with a tolerance; infinite without a cap."""
        return min(account.left_cents(already) for account in self.accounts_at(at)) + TOLERANCE_CENTS

    def reserve(self, variant: str, rows: int = 1, *, already: float = 0.0, at: str | None = None) -> float | None:
        """Reserve the price of a job in place of what is exposed for it; return the amount, or None as in `room`."""
        amount = self.room(variant, rows, already=already, at=at)
        if amount is not None:
            for account in self.accounts_at(at):
                account.reserve(amount, already=already)
        return amount

    def exhausted(self, already: float = 0.0, at: str | None = None) -> CostCapError:
        """Return the refusal of a row that a cap leaves no room for, when nothing under way can return money."""
        tightest = min(self.accounts_at(at), key=lambda account: account.left_cents(already))
        return CostCapError(tightest.refusal(already))

    # --- what becomes of it -------------------------------------------------------------------------------------

    def resume(self, amount: float, variant: str = "", rows: int = 1, at: str | None = None) -> float:
        """Move an exposed amount back to reserved, and return what is reserved from now on.

        The run that submitted the job had set the amount aside. It may have known less than is known now, or have had
        no cap to keep: under a cap, the job counts as what it is expected to cost now.
        """
        expected = (self.price(variant) or 0.0) * rows if self.is_capped and variant else 0.0
        for account in self.accounts_at(at):
            account.reserve(max(amount, expected), already=amount)
        return max(amount, expected)

    def release(self, reserved: float, at: str | None = None) -> None:
        """Return a reserved amount: nothing was sold after all."""
        for account in self.accounts_at(at):
            account.release(reserved)

    def expose(self, reserved: float, at: str | None = None) -> None:
        """Move a reserved amount to exposed: nobody knows whether it was sold."""
        for account in self.accounts_at(at):
            account.release(reserved, exposed=reserved)

    def settle(
        self, variant: str, reserved: float, charged: float | None, rows: int = 1, at: str | None = None
    ) -> None:
        """Book an answer; when the service names no charge, what was reserved counts as spent."""
        for account in self.accounts_at(at):
            account.release(reserved, charged=reserved if charged is None else charged)
        self.unstated_cents += reserved if charged is None else 0.0
        if charged is not None and charged > reserved + TOLERANCE_CENTS:
            self._surprised(variant, charged / rows, f"{reserved / rows:g} were reserved", is_told=bool(reserved))
        self.learn(variant, None if charged is None else charged / rows)

    def hear_of_surprise(self, variant: str, charged: float) -> None:
        """Take in that a row was charged more than another process that shares the cap had reserved for it."""
        self._surprised(variant, charged, "more than another process had reserved", is_told=True)
        self.learn(variant, charged)

    def _surprised(self, variant: str, charged: float, than: str, *, is_told: bool) -> None:
        """Take in a charge of a row above its reservation; without a cap, only what was reserved is told of."""
        text = f"{variant} was charged {charged:g} cents a row, {than}"
        if self.is_capped:
            self.surprises[variant] = max(charged, self.surprises.get(variant, 0.0))
            remedy = f"pass prices={{{variant!r}: {charged:g}}} or max_row_cents={charged:g} to go on"
            text = f"{text}; nothing more is sent under the cap: {remedy}"
            self.surprise = self.surprise or CostCapError(text)
        if is_told or self.is_capped:  # else no price was known, and none was needed
            self.notice("surprise", variant, text)

    def notice(self, kind: str, variant: str, text: str) -> None:
        """Note something that the caller should hear about, once of each kind for each variant."""
        if (kind, variant) not in self._noticed:
            self._noticed.add((kind, variant))
            self.notices.append(text)


def carry_over(ledger: Ledger, lines: Iterable[Line]) -> None:
    """Begin where earlier runs ended: a cap covers all runs on one journal."""
    for line in lines:
        ledger.add(line)
        ledger.unstated_cents += line.unstated_cents
        ledger.jobs += line.rows if line.state not in NO_JOB else 0
        ledger.learn(line.variant, line.dearest_cents)
        if line.state in PAID and not line.charged_cents:
            ledger.answered_without_charge(line.variant, line.rows)
