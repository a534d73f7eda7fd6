"""Whose turn it is while polls and submits want the same request."""

from __future__ import annotations

import math

import pytest

from benchmarks.scheduler_run import SchedulerRun
from benchmarks.workloads import Job
from sixtyfour_async._scheduling.turns import Turns

PATIENCE = 30.0


@pytest.mark.parametrize(
    ("overdue", "queue_seconds", "expected"),
    [
        (0.0, 3.0, True),
        (29.0, 29.0, True),
        (31.0, 3.0, False),  # a poll is not put off for longer than the patience
        (0.0, 31.0, False),
        (0.0, math.inf, False),
    ],
)
def test_rows_that_can_all_be_sent_soon_go_before_polls(overdue: float, queue_seconds: float, expected: bool) -> None:
    assert Turns(PATIENCE).is_submits(overdue, queue_seconds) is expected


@pytest.mark.parametrize("polls_per_job", [1.0, 2.0, 4.0])
def test_a_long_queue_gets_one_submit_for_as_many_polls_as_a_job_takes(polls_per_job: float) -> None:
    turns, submits, polls = Turns(PATIENCE), 0, 0
    while polls < 300:
        if turns.is_submits(0.0, math.inf):
            turns.submitted()
            submits += 1
        else:
            turns.polled(0.0, polls_per_job, 10.0)
            polls += 1

    assert submits == pytest.approx(polls / polls_per_job, rel=0.02)


class LastSubmit(SchedulerRun):
    """A run that records what was polled before the last row was submitted."""

    def polls_before_the_last_submit(self) -> int:
        while len(self._started) < len(self._work):
            self._advance()
        return self.seen.polls


def test_the_last_rows_of_a_list_do_not_wait_behind_polls_that_are_due() -> None:
    """All jobs end after 20 s, so a poll is due for each of them while half of the rows still wait."""
    run = LastSubmit([Job("people-intelligence/low", 20.0)] * 240, patience=PATIENCE)

    assert run.polls_before_the_last_submit() <= 60
    assert run.run().p95 <= PATIENCE + 20.0


@pytest.mark.parametrize("rate", [0.5, 2.0])
def test_rows_that_keep_coming_do_not_starve_polls(rate: float) -> None:
    """The queue is short at all times, though it never ends."""
    work = [Job("people-intelligence/low", 20.0, arrives=row / rate / 4.0) for row in range(400)]

    assert SchedulerRun(work, patience=PATIENCE).run().p95 <= 2 * PATIENCE
