"""`WindowLimit`: so many starts in any minute."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async._scheduling.limits import WindowLimit


@given(st.lists(st.floats(0, 40), max_size=60), st.integers(1, 10))
def test_no_minute_exceeds_the_capacity(idle_times: list[float], capacity: int) -> None:
    window_limit, now, starts = WindowLimit(capacity), 100.0, list[float]()
    for idle in idle_times:
        now = window_limit.opens_at(now + idle)
        window_limit.acquire(now)
        starts.append(now)

    assert all(sum(at - 60.0 < other <= at for other in starts) <= capacity for at in starts)


def test_a_window_limit_can_be_closed_and_is_not_opened_by_a_release() -> None:
    window_limit = WindowLimit(1)

    window_limit.acquire(100.0)
    window_limit.release()
    assert window_limit.opens_at(101.0) == 162.0
    window_limit.close(200.0)
    assert window_limit.opens_at(101.0) == 200.0
