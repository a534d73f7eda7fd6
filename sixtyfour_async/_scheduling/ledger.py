"""Money and jobs: reserved before a submit, settled by the answer, never above a cap. US cents throughout.

One cent is in one of three places at a time: *reserved* for a job under way, *exposed* in a row whose end is not known,
or *charged*. The cap holds for their sum, so it holds whatever becomes of what is under way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from sixtyfour_async._scheduling.row_states import ENDED, OPEN, State
from sixtyfour_async.errors import CostCapError

PRICES: Mapping[str, float] = {
    "find-email": 5,
    "find-email/PROFESSIONAL": 5,
    "find-email/PERSONAL": 20,
    "find-phone": 30,
}
"""Cents per answer, where a public page gives a price.

Source: docs.sixtyfour.ai, api-reference/endpoint/find-email; the vendor's published skill (May 2026) for find-phone.
"""


@dataclass(slots=True)
class Ledger:
    """What a run may cost, has cost, and may still cost.

    A cap is kept by reserving the price of a row before it is sent. A charge seen earlier is believed when it was
    higher than the known price. An unknown price counts as the caller's ceiling, never as zero.

    Attributes:
        cap_cents: The most that may be spent, or None.
        prices: The caller's own prices, cents per operation or ``operation/tier``; they win over `PRICES`.
        ceiling_cents: What a row of unknown price counts as, or None.
        max_jobs: The most jobs that may be submitted, or None.
        charged_cents: Spent so far, as the service reported it.
        reserved_cents: Set aside for jobs under way.
        exposed_cents: Set aside for rows whose end is not known: parked as unknown, or handed back while they ran.
        jobs: Jobs submitted, or admitted in order to be.
    """

    cap_cents: float | None = None
    prices: Mapping[str, float] = field(default_factory=dict[str, float])
    ceiling_cents: float | None = None
    max_jobs: int | None = None
    charged_cents: float = 0.0
    reserved_cents: float = 0.0
    exposed_cents: float = 0.0
    jobs: int = 0
    _dearest: dict[str, float] = field(default_factory=dict[str, float])

    def price(self, variant: str) -> float | None:
        """Return what one answer of a kind is expected to cost, in cents; None when it is not known."""
        own = self.prices.get(variant, self.prices.get(variant.partition("/")[0]))
        known = [price for price in (PRICES.get(variant) if own is None else own, self._dearest.get(variant)) if price]
        return max(known, default=own if own is not None else self.ceiling_cents)

    def refusal(self, variant: str) -> CostCapError | None:
        """Return why no row of this kind may be submitted, however much money is left; None when it may."""
        if self.cap_cents is not None and self.price(variant) is None:
            operation = variant.partition("/")[0]
            return CostCapError(
                f"max_cost_cents={self.cap_cents:g} cannot be kept: the price of {variant} is not published; pass "
                f"max_row_cents=…, the most a row may cost, or its price, prices={{{operation!r}: cents}}"
            )
        if self.max_jobs is not None and self.jobs >= self.max_jobs:
            return CostCapError(f"max_jobs={self.max_jobs} jobs were submitted already")
        return None

    def room(self, variant: str, rows: int = 1, *, already: float = 0.0) -> float | None:
        """Return what would be reserved for a job; None when the cap leaves no room for it now.

        Args:
            variant: What its price depends on.
            rows: Number of rows that it answers.
            already: Cents exposed for this very job, which an earlier submit of it may have cost.
        """
        price = self.price(variant)
        if self.cap_cents is None:
            return (price or 0.0) * rows
        left = self.cap_cents - self.charged_cents - self.reserved_cents - self.exposed_cents + already
        return price * rows if price is not None and price * rows <= left else None

    def reserve(self, variant: str, rows: int = 1, *, already: float = 0.0) -> float | None:
        """Reserve the price of a job in place of what is exposed for it; return the amount, or None as in `room`."""
        amount = self.room(variant, rows, already=already)
        if amount is not None:
            self.exposed_cents = max(0.0, self.exposed_cents - already)
            self.reserved_cents += amount
        return amount

    def exhausted(self) -> CostCapError:
        """Return the refusal of a row that the cap leaves no room for, when nothing under way can return money."""
        left = (self.cap_cents or 0.0) - self.charged_cents - self.exposed_cents
        exposed = f" ({self.exposed_cents:g} are exposed in rows whose end is not known)" if self.exposed_cents else ""
        return CostCapError(
            f"max_cost_cents={self.cap_cents:g} leaves {left:g} cents, too little for this row{exposed}"
        )

    def resume(self, amount: float) -> None:
        """Move an exposed amount back to reserved: the run that submitted the job had set it aside."""
        self.exposed_cents = max(0.0, self.exposed_cents - amount)
        self.reserved_cents += amount

    def release(self, reserved: float) -> None:
        """Return a reserved amount: nothing was sold after all."""
        self.reserved_cents -= reserved

    def expose(self, reserved: float) -> None:
        """Move a reserved amount to exposed: nobody knows whether it was sold."""
        self.reserved_cents -= reserved
        self.exposed_cents += reserved

    def settle(self, variant: str, reserved: float, charged: float | None, rows: int = 1) -> None:
        """Book an answer; when the service names no charge, what was reserved counts as spent."""
        self.reserved_cents -= reserved
        self.charged_cents += reserved if charged is None else charged
        self.learn(variant, None if charged is None else charged / rows)

    def learn(self, variant: str, charged: float | None) -> None:
        """Remember the highest charge seen for a kind."""
        if charged:
            self._dearest[variant] = max(charged, self._dearest.get(variant, 0.0))


Tally: TypeAlias = Literal["duplicate", "reused", "forgotten", "resubmitted"]
"""What the journal counts besides rows.

``duplicate``: a row that shared another's answer in the same run. ``reused``: a row answered from an earlier run.
``forgotten``: a row that was erased. ``resubmitted``: an unknown submit that was abandoned and sent again.
"""

NO_JOB = frozenset({"released", "duplicate", "reused"})
"""States and tallies that stand for no submitted job."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sum over rows of one kind in one state.

    Attributes:
        variant: ``operation`` or ``operation/tier``.
        state: Where these rows stand, or what they were tallied as.
        rows: Number of rows.
        charged_cents: What the service charged for them.
        reserved_cents: What was reserved for those whose charge it did not report.
        dearest_cents: The highest single charge.
    """

    variant: str
    state: State | Tally
    rows: int
    charged_cents: float = 0.0
    reserved_cents: float = 0.0
    dearest_cents: float = 0.0

    @property
    def spent_cents(self) -> float:
        """What these rows count as spent: reported charges, and what was reserved where none was reported."""
        if self.state == "forgotten":
            return self.charged_cents
        return self.charged_cents + self.reserved_cents if self.state in ENDED else 0.0

    @property
    def exposed_cents(self) -> float:
        """What these rows may have cost, or still will."""
        return self.reserved_cents if self.state in OPEN or self.state == "resubmitted" else 0.0

    @property
    def saved_cents(self) -> float:
        """What these rows would have cost had they been submitted again."""
        return self.charged_cents if self.state in {"duplicate", "reused"} else 0.0


def carry_over(ledger: Ledger, lines: Iterable[Line]) -> None:
    """Begin where earlier runs ended: a cap covers all runs on one journal."""
    for line in lines:
        ledger.charged_cents += line.spent_cents
        ledger.exposed_cents += line.exposed_cents
        ledger.jobs += line.rows if line.state not in NO_JOB else 0
        ledger.learn(line.variant, line.dearest_cents)
