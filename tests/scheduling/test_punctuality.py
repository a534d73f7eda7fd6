"""A late event loop is no idle budget: while rows are still to be read, its polls become dearer, and nothing else."""

from __future__ import annotations

import math
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.busy import GROUPS, INDIFFERENT, ONE_BY_ONE, measure
from benchmarks.scheduler_run import SchedulerRun
from benchmarks.workloads import jobs
from sixtyfour_async._scheduling import punctuality
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.messages import Poll, Polled
from sixtyfour_async._scheduling.poll_plan import MIN_POLL_COST_SECONDS
from sixtyfour_async._scheduling.punctuality import LATE_PART, Punctuality
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.models.jobs import JobState, Report

RUNNING = Report(JobState.RUNNING, "running")
PATIENCE = 30.0
LATE_SECONDS = 1.0
"""Enough for eight requests of the budget."""


class Loop:
    """A scheduler with a few jobs that never end, and an event loop that comes late."""

    def __init__(self, *, rows_to_come: bool) -> None:
        self.rows_to_come = rows_to_come
        self.now = 0.0
        self.scheduler = Scheduler(
            Budget(500),
            Ledger(),
            lambda: 0.5,
            {},
            ConcurrencyLimit(100),
            1e6,
            patience=PATIENCE,
            rows_to_come=lambda: self.rows_to_come,
        )
        for id_ in range(20):
            self.scheduler.add(ScheduledJob(id_, "qa-agent", "", retry_safe=False), 0.0, job_id="x")

    def run(self, seconds: float, *, late: float) -> float:
        """Let the loop come so late each time; return what a poll costs then. Nothing starts or ends meanwhile."""
        until = self.now + seconds
        while self.now < until:
            for command in self.scheduler.due(self.now):
                assert isinstance(command, Poll)
                self.scheduler.handle(Polled(command.id, RUNNING), self.now)
            wake = self.scheduler.wake_at(self.now)
            assert wake is not None
            self.now = max(self.now, wake) + late
        return self.scheduler.poller.cost.seconds


def test_the_cost_rises_to_the_patience_in_a_late_loop_and_falls_again_by_itself() -> None:
    loop = Loop(rows_to_come=True)
    idle = loop.run(60, late=0.0)
    late = loop.run(60, late=LATE_SECONDS)
    punctual = loop.run(90, late=0.0)

    assert idle == punctual < 2 * MIN_POLL_COST_SECONDS
    assert late == PATIENCE


def test_the_cost_rises_for_no_rows_but_those_still_to_be_read() -> None:
    loop = Loop(rows_to_come=False)
    idle = loop.run(60, late=0.0)

    assert loop.run(60, late=LATE_SECONDS) == idle
    loop.rows_to_come = True
    assert loop.run(60, late=LATE_SECONDS) == PATIENCE
    loop.rows_to_come = False
    assert loop.run(60, late=LATE_SECONDS) == idle


def test_a_delay_shorter_than_a_token_takes_is_none() -> None:
    loop = Loop(rows_to_come=True)

    assert loop.run(60, late=0.0) == loop.run(60, late=0.9 / loop.scheduler.budget.rate)


@pytest.mark.parametrize("workload", ["low, documented", "bimodal", "stuck 10 %", "trickle", "bulk with foreground"])
def test_a_punctual_loop_polls_as_if_nobody_looked(workload: str) -> None:
    runs = [SchedulerRun(jobs(workload, 80, 3), patience=PATIENCE) for _ in range(2)]
    runs[0].scheduler.poller.loop.rows_to_come = lambda: True

    assert runs[0].run() == runs[1].run()


@given(st.lists(st.tuples(st.floats(0, 1e5), st.floats(-10, 1e5), st.booleans()), max_size=30))
def test_the_late_part_is_a_part_whatever_the_clock_does(looks: list[tuple[float, float, bool]]) -> None:
    loop, now = Punctuality(lambda: True), 0.0
    for passed, late, sent in looks:
        now += passed
        loop.expected_at = now - late
        loop.looked(now, sent=sent, tolerance=0.1)
        assert 0.0 <= loop.late_part <= 1.0
        assert not (loop.is_late and loop.is_punctual)
    loop.expected_at = math.inf
    loop.looked(now + 20 * punctuality.MEMORY_SECONDS, sent=True, tolerance=0.1)
    assert loop.late_part < LATE_PART / 2


@pytest.mark.parametrize("workload", ["low, documented", "medium, documented"])
def test_requests_a_job_do_not_grow_on_a_busy_processor(workload: str) -> None:
    """Not by more than half even when each row waits for the loop; without the measure they double."""
    rows, seed, milliseconds = 500, 4, 240
    idle, busy = (measure(workload, rows, seed, ONE_BY_ONE, cost) for cost in (0, milliseconds))
    grouped, indifferent = (measure(workload, rows, seed, way, milliseconds) for way in (GROUPS, INDIFFERENT))

    assert grouped.requests < 1.05 * idle.requests
    assert busy.requests < 1.5 * idle.requests < indifferent.requests
    assert busy.result.per_minute > 1.3 * indifferent.result.per_minute


def test_with_the_measure_switched_off_the_loop_is_never_late() -> None:
    """What the benchmark compares with is the policy without it."""
    with patch.object(punctuality, "LATE_PART", math.inf):
        loop = Loop(rows_to_come=True)

        assert loop.run(60, late=0.0) == loop.run(60, late=LATE_SECONDS)
