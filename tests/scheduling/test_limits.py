"""Ten a minute: a gate that counts beginnings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async._scheduling.limits import RateGate


@given(st.lists(st.floats(0, 40), max_size=60), st.integers(1, 10))
def test_no_minute_holds_more_beginnings_than_allowed(rests: list[float], capacity: int) -> None:
    gate, now, begun = RateGate(capacity), 100.0, list[float]()
    for rest in rests:
        now = gate.opens_at(now + rest)
        gate.take(now)
        begun.append(now)

    assert all(sum(at - 60.0 < other <= at for other in begun) <= capacity for at in begun)


def test_a_gate_that_counts_beginnings_can_be_closed_and_ends_do_not_open_it() -> None:
    gate = RateGate(1)

    gate.take(100.0)
    gate.give_back()
    assert gate.opens_at(101.0) == 162.0
    gate.close(200.0)
    assert gate.opens_at(101.0) == 200.0
