"""Whatever the order of reserving, settling and releasing: the cap is kept as long as prices are not underestimated."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from sixtyfour_async._scheduling.ledger import Ledger

VARIANTS = ["find-email", "find-phone", "people-intelligence/low", "deep-search"]
SECRET_PRICES = {"find-email": 5.0, "find-phone": 30.0, "people-intelligence/low": 8.0, "deep-search": 0.1}
"""What the service really charges at most; the ledger knows the first two."""


NOTHING: Any = cast("Any", multiple())


class Spending(RuleBasedStateMachine):
    """Jobs are started when the ledger lets them, and end in any order, charged or not."""

    running = Bundle("running")

    @initialize(cap=st.floats(0.1, 500), told=st.booleans())
    def begin(self, cap: float, told: bool) -> None:
        self.ledger = Ledger(cap_cents=cap, prices=dict(SECRET_PRICES) if told else {})
        self.cap = cap
        self.under_way = 0
        self.paid = Fraction(0)

    @rule(target=running, variant=st.sampled_from(VARIANTS))
    def start(self, variant: str) -> Any:
        room = self.ledger.room(variant)
        reserved = self.ledger.reserve(variant)
        assert room == reserved
        if reserved is None:
            return NOTHING
        self.under_way += 1
        return variant, reserved

    @rule(job=consumes(running), part=st.sampled_from([1.0, 0.5, 0.0]))
    def answer(self, job: tuple[str, float], part: float) -> None:
        variant, reserved = job
        charge = min(SECRET_PRICES[variant] * part, reserved)
        self.ledger.settle(variant, reserved, charge)
        self.under_way -= 1
        self.paid += Fraction(charge)

    @rule(job=consumes(running))
    def answer_without_a_charge(self, job: tuple[str, float]) -> None:
        variant, reserved = job
        self.ledger.settle(variant, reserved, None)
        self.under_way -= 1
        self.paid += Fraction(reserved)

    @rule(job=consumes(running))
    def never_taken(self, job: tuple[str, float]) -> None:
        self.ledger.release(job[1])
        self.under_way -= 1

    @invariant()
    def the_cap_is_kept(self) -> None:
        if hasattr(self, "ledger"):
            assert self.ledger.charged_cents + self.ledger.reserved_cents <= self.cap + 1e-9
            assert self.ledger.reserved_cents >= -1e-9
            assert abs(self.ledger.charged_cents - float(self.paid)) < 1e-6

    @invariant()
    def nothing_is_set_aside_for_nothing(self) -> None:
        if hasattr(self, "ledger") and not self.under_way:
            assert abs(self.ledger.reserved_cents) < 1e-9


TestSpending = Spending.TestCase
TestSpending.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 100), max_size=20))
def test_a_learned_price_never_lies_below_a_charge_seen(charges: list[float]) -> None:
    ledger = Ledger(cap_cents=1e9)
    for charge in charges:
        ledger.settle("deep-search", 0.0, charge)

    assert ledger.price("deep-search") == (max(charges) if any(charges) else None)
