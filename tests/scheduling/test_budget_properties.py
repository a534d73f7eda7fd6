"""No 60 seconds exceed the limit, whatever the arrivals, lanes and pauses."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async._scheduling.allotment import MINUTE
from sixtyfour_async._scheduling.budget import Budget
from tests.properties import examples


@dataclass(frozen=True, slots=True)
class Arrival:
    """After an idle time, some requests at once; then perhaps a pause, in units of one request's interval."""

    idle: float
    requests: int
    foreground: bool
    other_lane_waits: bool
    pause: float | None


arrivals = st.lists(
    st.builds(
        Arrival,
        idle=st.sampled_from([0.0, 0.0, 0.01, 0.5, 3.0, 30.0, 59.9, 200.0]) | st.floats(0, 100),
        requests=st.integers(0, 80),
        foreground=st.booleans(),
        other_lane_waits=st.booleans(),
        pause=st.none() | st.floats(1, 3),
    ),
    min_size=1,
    max_size=25,
)
limits = st.sampled_from([3, 4, 10, 60, 100, 500]) | st.integers(3, 2000)


def drive(budget: Budget, now: float, steps: list[Arrival]) -> tuple[list[float], float]:
    """Send the arrivals as soon as the budget allows; return when each request was sent, and the time at the end."""
    sent: list[float] = []
    for step in steps:
        now += step.idle
        budget.foreground = int(step.other_lane_waits and not step.foreground)
        budget.background = step.other_lane_waits and step.foreground
        for _ in range(min(step.requests, budget.limit)):
            jumps = 0
            while (ready := budget.ready_at(now, foreground=step.foreground)) > now and jumps < 5:
                assert ready - now < 1000 * MINUTE
                now, jumps = ready, jumps + 1
            if ready > now:  # the other lane is next: send its request
                budget.foreground, budget.background = 0, False
                now = budget.ready_at(now, foreground=not step.foreground)
            budget.take(now, foreground=step.foreground)
            sent.append(now)
        if step.pause is not None:
            budget.pause(now + step.pause / budget.rate)
    return sent, now


def busiest(sent: list[float]) -> int:
    most, first = 0, 0
    for last, at in enumerate(sent):
        while sent[first] <= at - MINUTE:
            first += 1
        most = max(most, last - first + 1)
    return most


@examples(80)
@given(limits, arrivals)
def test_no_minute_exceeds_the_limit(limit: int, steps: list[Arrival]) -> None:
    sent, _ = drive(Budget(limit), 100.0, steps)

    assert busiest(sent) <= limit


@examples(50)
@given(limits, arrivals, arrivals)
def test_no_minute_exceeds_the_limit_across_a_restart(limit: int, before: list[Arrival], after: list[Arrival]) -> None:
    first, now = drive(Budget(limit), 100.0, before)
    second, _ = drive(Budget(limit), now, after)

    assert busiest(first + second) <= limit


@examples(50)
@given(limits, arrivals, st.floats(0, 100))
def test_ready_at_has_no_side_effects(limit: int, steps: list[Arrival], later: float) -> None:
    budget = Budget(limit)
    _, now = drive(budget, 100.0, steps)

    ready = budget.ready_at(now)

    assert ready >= now
    assert budget.ready_at(now) == ready
    between = min(now + later, ready)
    assert abs(budget.ready_at(between) - ready) < 1e-6
