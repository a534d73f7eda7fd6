"""Ten a minute: a job_limit that counts beginnings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async._scheduling.limits import WindowLimit


@given(st.lists(st.floats(0, 40), max_size=60), st.integers(1, 10))
def test_no_minute_holds_more_beginnings_than_allowed(rests: list[float], capacity: int) -> None:
    job_limit, now, begun = WindowLimit(capacity), 100.0, list[float]()
    for rest in rests:
        now = job_limit.opens_at(now + rest)
        job_limit.acquire(now)
        begun.append(now)

    assert all(sum(at - 60.0 < other <= at for other in begun) <= capacity for at in begun)


def test_a_gate_that_counts_beginnings_can_be_closed_and_ends_do_not_open_it() -> None:
    job_limit = WindowLimit(1)

    job_limit.acquire(100.0)
    job_limit.release()
    assert job_limit.opens_at(101.0) == 162.0
    job_limit.close(200.0)
    assert job_limit.opens_at(101.0) == 200.0
