"""A job that somebody waits for is submitted and polled before those of a list, at a cost of its own."""

from __future__ import annotations

from statistics import median

import pytest

from benchmarks.foreground import measure
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.messages import Accepted, Poll, RowWanted, Submit
from sixtyfour_async._scheduling.scheduler import Scheduler


def scheduler(limit: int = 500) -> Scheduler:
    return Scheduler(Budget(limit), Ledger(), lambda: 0.5, {}, ConcurrencyLimit(4000), job_deadline=1e9)


def accept_all(made: Scheduler, now: float) -> None:
    for command in made.due(now):
        if isinstance(command, Submit):
            made.handle(Accepted(command.id, f"job {command.id}"), now)


@pytest.mark.parametrize("urgent", [True, False])
def test_a_due_poll_that_somebody_waits_for_goes_before_all_others(urgent: bool) -> None:
    made = scheduler()
    for number in range(40):
        job = ScheduledJob(number, "people-intelligence/low", "", retry_safe=False, urgent=urgent and number == 39)
        made.add(job, 0.0, job_id=f"job {number}")
    polled = [command.id for command in made.due(0.0) if isinstance(command, Poll)]

    assert 0 < len(polled) < 40, "the budget lasts for some of them"
    assert (polled[0] == 39) == urgent


@pytest.mark.parametrize("waiting", [True, False])
def test_a_row_of_a_list_that_somebody_begins_to_wait_for_is_hurried(waiting: bool) -> None:
    """Whether it waits to be submitted or runs already."""
    made = scheduler(limit=60)
    for number in range(200):
        made.add(ScheduledJob(number, "people-intelligence/low", "", retry_safe=False), 0)
    accept_all(made, 0.0)
    phase = Phase.WAITING if waiting else Phase.RUNNING
    last = max(id_ for id_, job in made.jobs.items() if job.phase is phase)
    made.handle(RowWanted(last, "a key", urgent=True), 1.0)

    assert made.jobs[last].urgent
    if waiting:
        submits = [command.id for command in made.due(30.0) if isinstance(command, Submit)]
        assert submits[0] == last
    else:
        assert made.poller.foreground_at() < float("inf")


@pytest.mark.parametrize("workload", ["low, documented", "medium, documented"])
def test_a_foreground_answer_is_seen_within_seconds_at_a_small_cost(workload: str) -> None:
    """In virtual time, so that ratios are the same on every machine; how a single list ends is a matter of luck."""
    alike, hurried = (
        [measure(workload, rows, 1, how) for rows in (1000, 1500)] for how in ("like bulk", "first, at its own cost")
    )

    assert max(one.median for one in hurried) < 4
    assert max(one.tail for one in hurried) < min(one.tail for one in alike)
    assert sum(one.per_minute for one in hurried) > 0.93 * sum(one.per_minute for one in alike)


def test_a_thousand_waiters_are_polled_like_any_others() -> None:
    """Nothing would be left of the budget, for whom else to wait."""
    made = scheduler()
    for number in range(1000):
        made.add(ScheduledJob(number, "people-intelligence/low", "", retry_safe=False, urgent=True), 0)
    now = 0.0
    while any(job.phase is Phase.WAITING for job in made.jobs.values()):
        accept_all(made, now)
        now = max(now, made.wake_at(now) or now)
    costs = [made.poller.cost_for(job) for job in made.jobs.values()]

    assert median(costs) >= made.poller.cost.seconds * 0.9
