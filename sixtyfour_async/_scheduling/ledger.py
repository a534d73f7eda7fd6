"""Money: reserved before a submit, settled by the answer, never above the cap. US cents throughout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from sixtyfour_async._scheduling.row_states import OPEN, State

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
    """What a run may cost, has cost, and may still cost by what is under way.

    A cap is kept by setting the price of a row aside before it is sent. What the service charged before is believed
    when it was dearer than the price known. A price that nobody knows counts as the caller's ceiling, never as zero.

    Attributes:
        cap: The most that may be spent, or None.
        prices: The caller's own prices per operation or ``operation/tier``; they win over `PRICES`.
        ceiling: What a row of unknown price counts as, or None.
        charged: Spent so far, as the service reported it.
        reserved: Set aside for what is under way.
        exposed_cents: Set aside for rows whose end nobody knows: parked as unknown, or handed back while they ran.
    """

    cap: float | None = None
    prices: Mapping[str, float] = field(default_factory=dict[str, float])
    ceiling: float | None = None
    charged: float = 0.0
    reserved: float = 0.0
    exposed_cents: float = 0.0
    _dearest: dict[str, float] = field(default_factory=dict[str, float])

    def price(self, variant: str) -> float | None:
        """What one answer of a kind is expected to cost; None when nobody knows."""
        own = self.prices.get(variant, self.prices.get(variant.partition("/")[0]))
        known = [price for price in (PRICES.get(variant) if own is None else own, self._dearest.get(variant)) if price]
        return max(known, default=own if own is not None else self.ceiling)

    def room(self, variant: str, rows: int = 1, *, already: float = 0.0) -> float | None:
        """What would be set aside for a job of so many rows; None when the cap leaves no room just now.

        Args:
            variant: What its price depends on.
            rows: How many.
            already: What is at stake for this very job, which an earlier submit of it may have cost.
        """
        price = self.price(variant)
        if self.cap is None:
            return (price or 0.0) * rows
        left = self.cap - self.charged - self.reserved - self.exposed_cents + already
        return price * rows if price is not None and price * rows <= left else None

    def reserve(self, variant: str, rows: int = 1, *, already: float = 0.0) -> float | None:
        """Set the price of a job aside, instead of what is at stake for it, and say how much; None as in `room`."""
        amount = self.room(variant, rows, already=already)
        if amount is not None:
            self.exposed_cents = max(0.0, self.exposed_cents - already)
            self.reserved += amount
        return amount

    def resume(self, amount: float) -> None:
        """A row that was at stake is under way again: its money was set aside by the run that sent it."""
        self.exposed_cents = max(0.0, self.exposed_cents - amount)
        self.reserved += amount

    def release(self, reserved: float) -> None:
        """Nothing was sold after all."""
        self.reserved -= reserved

    def park(self, reserved: float) -> None:
        """Nobody knows whether it was sold."""
        self.reserved -= reserved
        self.exposed_cents += reserved

    def settle(self, variant: str, reserved: float, charged: float | None, rows: int = 1) -> None:
        """An answer came; when the service names no charge, what was reserved counts as spent."""
        self.reserved -= reserved
        self.charged += reserved if charged is None else charged
        self.learn(variant, None if charged is None else charged / rows)

    def learn(self, variant: str, charged: float | None) -> None:
        """Remember the dearest charge seen for a kind."""
        if charged:
            self._dearest[variant] = max(charged, self._dearest.get(variant, 0.0))


Tally: TypeAlias = Literal["duplicate", "reused", "forgotten", "resubmitted"]
"""What the journal counts besides rows.

``duplicate``: a row that shared another's answer in the same run. ``reused``: a row answered from an earlier run.
``forgotten``: a row that was erased. ``resubmitted``: an unknown submit that was given up and sent anew.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A sum over rows of one kind in one state.

    Attributes:
        variant: ``operation`` or ``operation/tier``.
        state: Where these rows stand, or what they were counted for.
        rows: How many.
        charged_cents: What the service said it charged for them.
        reserved_cents: What was set aside for those whose charge it did not tell.
        dearest_cents: The dearest single charge.
    """

    variant: str
    state: State | Tally
    rows: int
    charged_cents: float = 0.0
    reserved_cents: float = 0.0
    dearest_cents: float = 0.0

    @property
    def spent_cents(self) -> float:
        """What these rows count as spent: charges told, and what was set aside where the service tells none."""
        if self.state == "forgotten":
            return self.charged_cents
        return self.charged_cents + self.reserved_cents if self.state in {"completed", "failed", "cancelled"} else 0.0

    @property
    def exposed_cents(self) -> float:
        """What these rows may have cost, or still will."""
        return self.reserved_cents if self.state in OPEN or self.state == "resubmitted" else 0.0

    @property
    def saved_cents(self) -> float:
        """What these rows would have cost, had they been asked again."""
        return self.charged_cents if self.state in {"duplicate", "reused"} else 0.0


def carry_over(ledger: Ledger, lines: Iterable[Line]) -> None:
    """Begin where the runs before ended: a cap covers all runs on one journal."""
    for line in lines:
        ledger.charged += line.spent_cents
        ledger.exposed_cents += line.exposed_cents
        ledger.learn(line.variant, line.dearest_cents)
