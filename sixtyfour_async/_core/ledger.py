"""Money: reserved before a submit, settled by the answer, never above the cap. US cents throughout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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

    A price that is not known, neither from `PRICES` nor from the caller, is learned: until a first answer of its kind
    has been charged, a capped run sends one job of that kind at a time and reserves all that is left for it; afterwards
    the dearest charge seen so far is reserved. Without a cap nothing is held back.

    Attributes:
        cap: The most that may be spent, or None.
        prices: The caller's own prices per operation or ``operation/tier``; they win over `PRICES`.
        charged: Spent so far, as the service reported it.
        reserved: Set aside for what is under way.
    """

    cap: float | None = None
    prices: Mapping[str, float] = field(default_factory=dict[str, float])
    charged: float = 0.0
    reserved: float = 0.0
    _seen: dict[str, float] = field(default_factory=dict[str, float])

    def price(self, variant: str) -> float | None:
        """What one answer of a kind is expected to cost; None when nobody knows yet."""
        for known in (self.prices.get(variant), self.prices.get(variant.partition("/")[0]), self._seen.get(variant)):
            if known is not None:
                return known
        return PRICES.get(variant)

    def room(self, variant: str) -> float | None:
        """What would be set aside for one more job; None when the cap leaves no room just now."""
        price = self.price(variant)
        if self.cap is None:
            return price or 0.0
        left = self.cap - self.charged - self.reserved
        amount = left if price is None else price
        return amount if amount <= left and left > 0 else None

    def reserve(self, variant: str) -> float | None:
        """Set the price of one job aside and say how much; None when the cap leaves no room just now."""
        amount = self.room(variant)
        self.reserved += amount or 0.0
        return amount

    def release(self, reserved: float) -> None:
        """Nothing was sold after all."""
        self.reserved -= reserved

    def settle(self, variant: str, reserved: float, charged: float | None) -> None:
        """An answer came; when the service names no charge, what was reserved counts as spent."""
        self.reserved -= reserved
        spent = reserved if charged is None else charged
        self.charged += spent
        if charged:
            self._seen[variant] = max(charged, self._seen.get(variant, 0.0))
