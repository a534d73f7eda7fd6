"""Prices, and the organization's account.

Prices are whole cents. One credit is ten cents (docs.sixtyfour.ai, api-reference job-status shows the same job with
``charge_amount: 5`` and ``charge_credits: 0.5``). The vendor publishes no price list: lines marked "assumed" are round
guesses, of which only the order matters.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field

CENTS_PER_CREDIT = 10

PRICES_CENTS: Mapping[str, int] = {
    "find_email:PROFESSIONAL": 5,  # docs.sixtyfour.ai, api-reference/endpoint/find-email
    "find_email:PERSONAL": 20,  # docs.sixtyfour.ai, api-reference/endpoint/find-email
    "find_phone": 30,  # the vendor's public skill repository, find-phone example (cost_cents)
    "reverse_email": 5,  # assumed
    "reverse_phone": 10,  # assumed
    "intelligence:micro": 3,  # assumed
    "intelligence:low": 10,  # assumed
    "intelligence:medium": 50,  # assumed
    "intelligence:high": 200,  # assumed
    "intelligence:xhigh": 400,  # assumed
    "intelligence:scout": 100,  # assumed
    "qa_agent": 10,  # assumed
    "research_agent": 20,  # assumed
    "search_row": 1,  # third parties report 0.1 credit per returned row of /search/query; the other searches: assumed
    "lookalike": 50,  # assumed
    "verify_age": 100,  # assumed
    "linkedin": 2,  # assumed
    "org_chart": 50,  # assumed
    "workflow_row": 10,  # assumed
}


def amount_field(name: str, cents: int, units: str) -> dict[str, float]:
    """Return an amount in the requested units, ``cents`` or ``credits``, under its field name in these units."""
    if units == "credits":
        return {f"{name}_credits": cents / CENTS_PER_CREDIT}
    return {"charge_amount" if name == "charge" else f"{name}_cents": cents}


@dataclass(slots=True)
class Account:
    """The balance of the organization.

    Work is charged when it ends. Until then its price is reserved, so that no part of the balance is spent twice.
    """

    opening_cents: float
    spent_cents: int = 0
    reserved_cents: int = 0
    _due: list[tuple[float, str, int]] = field(default_factory=list[tuple[float, str, int]])

    def covers(self, price: int) -> bool:
        """Return whether the balance covers *price* beside everything reserved. Units: cents."""
        return self.opening_cents - self.spent_cents - self.reserved_cents >= price

    def reserve(self, work_id: str, price: int, ends_at: float) -> None:
        """Reserve *price* cents until the work ends."""
        if price:
            self.reserved_cents += price
            heapq.heappush(self._due, (ends_at, work_id, price))

    def amend(self, work_id: str, before: int, price: int) -> None:
        """Charge *price* now, in place of what was reserved for the work or charged for it, *before*. Units: cents."""
        left = [item for item in self._due if item[1] != work_id]
        if len(left) < len(self._due):
            self.reserved_cents -= before
        else:
            self.spent_cents -= before
        heapq.heapify(left)
        self._due = left
        self.spent_cents += price

    def settle(self, now: float) -> bool:
        """Charge all work that has ended by *now*; return whether there was any."""
        before = len(self._due)
        while self._due and self._due[0][0] <= now:
            _, _, price = heapq.heappop(self._due)
            self.reserved_cents -= price
            self.spent_cents += price
        return len(self._due) < before

    def credits(self) -> float:
        """Return the balance in credits, as ``/check-balance`` shows it."""
        return round((self.opening_cents - self.spent_cents) / CENTS_PER_CREDIT, 4)
