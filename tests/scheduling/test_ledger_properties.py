"""The cap holds for every order of reserve, settle and release, as long as prices are not underestimated."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from sixtyfour_async._scheduling.ledger import Ledger
from tests.properties import examples

VARIANTS = ["find-email", "find-phone", "people-intelligence/low", "deep-search"]
ACTUAL_PRICES_CENTS = {"find-email": 5.0, "find-phone": 30.0, "people-intelligence/low": 8.0, "deep-search": 0.1}
"""The highest charges of the service; the ledger knows the published ones of the first two."""

NOTHING: Any = cast("Any", multiple())


class Spending(RuleBasedStateMachine):
    """Start jobs when the ledger has room, and end them in any order, charged or not."""

    running = Bundle("running")

    @initialize(cap=st.floats(0.1, 500), prices_known=st.booleans())
    def begin(self, cap: float, prices_known: bool) -> None:
        self.ledger = Ledger(cap_cents=cap, prices=dict(ACTUAL_PRICES_CENTS) if prices_known else {})
        self.cap = cap
        self.running_jobs = 0
        self.charged = Fraction(0)

    @rule(target=running, variant=st.sampled_from(VARIANTS))
    def start(self, variant: str) -> Any:
        room = self.ledger.room(variant)
        reserved = self.ledger.reserve(variant)
        assert room == reserved
        if reserved is None:
            return NOTHING
        self.running_jobs += 1
        return variant, reserved

    @rule(job=consumes(running), fraction=st.sampled_from([1.0, 0.5, 0.0]))
    def settle_with_charge(self, job: tuple[str, float], fraction: float) -> None:
        variant, reserved = job
        charge = min(ACTUAL_PRICES_CENTS[variant] * fraction, reserved)
        self.ledger.settle(variant, reserved, charge)
        self.running_jobs -= 1
        self.charged += Fraction(charge)

    @rule(job=consumes(running))
    def settle_without_charge(self, job: tuple[str, float]) -> None:
        variant, reserved = job
        self.ledger.settle(variant, reserved, None)
        self.running_jobs -= 1
        self.charged += Fraction(reserved)

    @rule(job=consumes(running))
    def release(self, job: tuple[str, float]) -> None:
        self.ledger.release(job[1])
        self.running_jobs -= 1

    @invariant()
    def the_cap_holds(self) -> None:
        if hasattr(self, "ledger"):
            assert self.ledger.charged_cents + self.ledger.reserved_cents <= self.cap + 1e-9
            assert self.ledger.reserved_cents >= -1e-9
            assert abs(self.ledger.charged_cents - float(self.charged)) < 1e-6

    @invariant()
    def nothing_is_reserved_without_running_jobs(self) -> None:
        if hasattr(self, "ledger") and not self.running_jobs:
            assert abs(self.ledger.reserved_cents) < 1e-9


TestSpending = Spending.TestCase
TestSpending.settings = settings(examples(60), stateful_step_count=40)


@examples(50)
@given(st.lists(st.floats(0, 100), max_size=20))
def test_a_learned_price_is_the_highest_charge_seen(charges: list[float]) -> None:
    ledger = Ledger(cap_cents=1e9)
    for charge in charges:
        ledger.settle("deep-search", 0.0, charge)

    assert ledger.price("deep-search") == (max(charges) if any(charges) else None)
