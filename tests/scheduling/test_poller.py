"""The cost of a poll, and one request that polls many jobs: single steps and whole runs in virtual time."""

from __future__ import annotations

import math
from statistics import fmean

import pytest

from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.messages import Accepted, BatchPolled, BatchPollFailed, Finish, Poll, PollBatch, Submit
from sixtyfour_async._scheduling.poll_plan import MIN_POLL_COST_SECONDS
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.errors import RateLimitError
from sixtyfour_async.models.jobs import JobState, Report
from tests.scheduling.harness import Harness, JobScript

LIST_ENDPOINT = "workflow-runs"


def new_scheduler(patience: float = 30.0) -> Scheduler:
    return Scheduler(Budget(500), Ledger(), lambda: 0.0, {}, ConcurrencyLimit(5000), 1e6, patience=patience)


def settled_cost(running: int, waiting: int) -> float:
    """Return the poll cost that settles with *running* and *waiting* jobs."""
    scheduler = new_scheduler()
    for id_ in range(running + waiting):
        scheduler.add(ScheduledJob(id_, "qa-agent", "", retry_safe=False), 0.0, job_id="x" if id_ < running else None)
    for second in range(60):
        scheduler.poller.update_cost(float(second), waiting, scheduler.budget.rate)
    return scheduler.poller.cost.seconds


def test_poll_cost_equals_patience_while_many_jobs_wait_and_falls_as_they_run_out() -> None:
    costs = [settled_cost(10, waiting) for waiting in (2000, 100, 30, 0)]

    assert costs[0] == 30.0
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < MIN_POLL_COST_SECONDS * 2


def test_with_nothing_waiting_poll_cost_rises_with_the_number_of_running_jobs() -> None:
    costs = [settled_cost(running, 0) for running in (1, 100, 1000, 4000)]

    assert costs == sorted(costs)
    assert costs[0] < 0.1
    assert costs[3] > 30.0


def test_more_patience_means_fewer_polls() -> None:
    polls: list[int] = []
    for patience in (5.0, 60.0):
        scripts = [JobScript(run_time=60.0 + number * 7919 % 120, charge=5) for number in range(2500)]
        harness = Harness(scripts, patience=patience)
        harness.run(checked=False)
        polls.append(sum(job.polls for job in harness.jobs))

    assert polls[1] < 0.9 * polls[0]


def test_the_end_of_a_lone_job_is_noticed_within_seconds() -> None:
    for run_time in (4.0, 25.0, 80.0, 225.0):
        harness = Harness([JobScript(run_time=run_time, variant="people-intelligence/low")]).run()

        ended_at = harness.jobs[0].ended_at
        assert ended_at is not None
        assert ended_at - 1000.0 - run_time < 6.0


def test_run_times_learned_from_the_first_jobs_reduce_the_lag_of_later_ones() -> None:
    """The prior for this variant expects eight minutes."""
    scripts = [JobScript(run_time=20.0, variant="people-intelligence/high") for _ in range(4000)]

    harness = Harness(scripts).run(checked=False)

    lags = [(job.ended_at or 0.0) - (job.accepted_at or 0.0) - 20.0 for job in harness.jobs]
    assert sum(lags[2500:3000]) / 500 < sum(lags[:500]) / 500 / 4  # the last rows wait: they are all submitted first
    assert sum(job.polls for job in harness.jobs) < 1.02 * len(scripts)


# --- polls that are put off ---------------------------------------------------------------------------------------

KINDS = ["people-intelligence/low", "qa-agent", "never-met", "find-email"]


@pytest.mark.parametrize(("variant", "hangs"), [*zip(KINDS, [1500.0, math.inf] * 2, strict=True)])
def test_first_jobs_that_hang_do_not_keep_the_ends_of_later_ones_from_being_seen(variant: str, hangs: float) -> None:
    """Each poll of theirs says that jobs run for longer than that, and no end says otherwise."""
    scripts = [JobScript(run_time=hangs if row < 400 else 30.0, variant=variant) for row in range(2500)]

    jobs = Harness(scripts, job_deadline=1600.0).run(checked=False).jobs

    assert fmean((job.ended_at or math.inf) - (job.accepted_at or 0.0) for job in jobs[400:600]) < 200.0


@pytest.mark.parametrize(("rows", "lag"), [(300, 12.0), (400, 4.0)])
def test_once_every_row_is_submitted_no_poll_is_put_off(rows: int, lag: float) -> None:
    """So many rows are submitted before the first end is seen, and polls then have the budget for themselves."""
    scripts = [JobScript(run_time=119.0 + row % 20 / 10, variant="people-intelligence/medium") for row in range(rows)]

    jobs = Harness(scripts).run(checked=False).jobs

    assert fmean((job.ended_at or math.inf) - (job.accepted_at or 0.0) for job in jobs) < 120.0 + lag


@pytest.mark.parametrize("variant", KINDS)
@pytest.mark.parametrize(
    ("waiting", "left", "off"), [(1000, 1e6, 30.0), (1000, 9.0, 9.0), (1000, 0.0, 0.0), (0, 1e6, 0.0)]
)
def test_a_poll_is_put_off_while_rows_wait_by_what_it_is_worth_and_not_past_its_deadline(
    variant: str, waiting: int, left: float, off: float
) -> None:
    """The deadline is given in seconds after the poll as it was planned."""
    scheduler = new_scheduler()
    poller, learned = scheduler.poller, scheduler.poller.runtimes.of(variant)
    learned.still_running(0.0, 1.0)  # a kind that was met before has no probes
    poller.update_cost(0.0, 1000, scheduler.budget.rate)
    job = scheduler.jobs[0] = ScheduledJob(0, variant, "", retry_safe=False, phase=Phase.RUNNING)
    poller.start(job, 0.0)
    planned = poller.next_at()

    for _ in range(400):
        learned.still_running(0.0, 900.0)
    poller.deadline = planned + left
    poller.update_cost(1.0, waiting, scheduler.budget.rate)

    assert poller.next_at() == pytest.approx(planned + off, abs=1.0)


# --- batch polls --------------------------------------------------------------------------------------------------


def running_workflows(number: int) -> Scheduler:
    scheduler, now = new_scheduler(), 100.0
    for id_ in range(number):
        scheduler.add(ScheduledJob(id_, "workflow-run", "", retry_safe=False, list_endpoint=LIST_ENDPOINT), now)
    while any(job.job_id is None for job in scheduler.jobs.values()):
        for command in scheduler.due(now):
            assert isinstance(command, Submit)
            scheduler.handle(Accepted(command.id, f"run-{command.id}"), now)
        now += 0.2
    return scheduler


def next_command(scheduler: Scheduler) -> tuple[object, float]:
    now = 100.0
    while not (commands := scheduler.due(now)):
        now = scheduler.wake_at(now) or float("inf")
    return commands[0], now


def test_two_runs_are_polled_one_by_one_and_four_by_one_request() -> None:
    assert isinstance(next_command(running_workflows(2))[0], Poll)
    assert next_command(running_workflows(4))[0] == PollBatch((0, 1, 2, 3))


def test_a_run_that_ended_or_is_not_listed_is_polled_by_itself() -> None:
    scheduler = running_workflows(4)
    _, now = next_command(scheduler)
    listed = {"run-0": Report(JobState.COMPLETED, "completed"), "run-1": Report(JobState.RUNNING, "running")}

    assert scheduler.handle(BatchPolled((0, 1, 2, 3), listed), now) == []

    assert scheduler.due(now + 1) == [Poll(0, "run-0"), Poll(2, "run-2"), Poll(3, "run-3")]


def test_a_throttled_batch_poll_pauses_the_key_once() -> None:
    scheduler = running_workflows(4)
    _, now = next_command(scheduler)

    scheduler.handle(BatchPollFailed((0, 1, 2, 3), RateLimitError("slow down", status=429, retry_after=5.0)), now)

    assert scheduler.budget.throttled == 1
    assert scheduler.due(now + 4.9) == []


def test_listing_hundreds_of_runs_keeps_polls_per_run_low() -> None:
    scripts = [
        JobScript(run_time=100.0 + number, variant="workflow-run", list_endpoint=LIST_ENDPOINT) for number in range(300)
    ]

    harness = Harness(scripts).run()

    assert all(isinstance(job.end, Finish) for job in harness.jobs)
    assert harness.batch_polls > 0
    assert sum(job.polls for job in harness.jobs) < 1.4 * len(scripts)
