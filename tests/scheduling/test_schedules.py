"""When a poll schedule is made again: the more is known, the less often."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from sixtyfour_async._scheduling.poll_plan import PollSchedule
from sixtyfour_async._scheduling.runtimes import Runtimes
from sixtyfour_async._scheduling.schedules import Schedules

KIND = "people-intelligence/low"

Ask = Callable[[Schedules, str, int], PollSchedule]


def made_again_at(polls: int, ask: Ask) -> list[int]:
    """Return after how many polls a schedule was made again, asked for after each of them."""
    runtimes = Runtimes()
    schedules = Schedules(runtimes, lambda step: 30.0 * 2.0 ** (-step / 2))
    seen = [ask(schedules, KIND, 2)]
    for _ in range(polls):
        runtimes.of(KIND).still_running(20.0, 30.0)
        seen.append(ask(schedules, KIND, 2))
    return [number for number, (one, other) in enumerate(pairwise(seen), start=1) if one is not other]


@pytest.mark.parametrize(
    ("ask", "polls"),
    [
        (Schedules.get, [1, 2, 3, 4, 6, 9, 13, 19, 28, 42, 63, 94, 141, 191, 241, 291]),
        (Schedules.estimate, [50, 100, 200]),
    ],
    ids=["a schedule to poll by", "an estimate"],
)
def test_a_schedule_is_made_again_when_much_more_is_known(ask: Ask, polls: list[int]) -> None:
    assert made_again_at(300, ask) == polls


def test_each_kind_and_each_cost_has_its_own() -> None:
    schedules = Schedules(Runtimes(), lambda step: 30.0 * 2.0 ** (-step / 2))
    cheap, dear, other = (
        schedules.get(KIND, 6),
        schedules.get(KIND, 0),
        schedules.get("people-intelligence/high", 0),
    )

    assert cheap.polls > dear.polls
    assert cheap.lag < dear.lag
    assert other.run_time > dear.run_time
    assert schedules.get(KIND, 6) is cheap
