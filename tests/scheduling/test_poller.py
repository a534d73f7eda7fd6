"""What a look may cost, and one look for many: scenes and whole runs in virtual time."""

from __future__ import annotations

from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.messages import Accepted, BatchPolled, BatchPollFailed, Finish, Poll, PollBatch, Submit
from sixtyfour_async._scheduling.poll_plan import MIN_POLL_COST_SECONDS
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.errors import RateLimitError
from sixtyfour_async.models.jobs import JobState, Report
from tests.scheduling.world import Plan, World

ROLL = "workflow-runs"


def scheduler(patience: float = 30.0) -> Scheduler:
    return Scheduler(Budget(500), Ledger(), lambda: 0.0, {}, ConcurrencyLimit(5000), 1e6, patience=patience)


def price_with(running: int, waiting: int) -> float:
    """The price that settles with so many jobs running and waiting."""
    one = scheduler()
    for id_ in range(running + waiting):
        one.add(ScheduledJob(id_, "qa-agent", "", retry_safe=False), 0.0, job_id="x" if id_ < running else None)
    for second in range(60):
        one.poller.update_cost(float(second), waiting, one.budget.rate)
    return one.poller.poll_cost_seconds


def test_the_price_is_the_patience_while_a_long_list_waits_and_falls_as_it_runs_out() -> None:
    prices = [price_with(10, waiting) for waiting in (2000, 100, 30, 0)]

    assert prices[0] == 30.0
    assert prices == sorted(prices, reverse=True)
    assert prices[-1] < MIN_POLL_COST_SECONDS * 2


def test_with_nothing_waiting_the_price_rises_with_what_runs_until_the_budget_can_watch_it() -> None:
    prices = [price_with(running, 0) for running in (1, 100, 1000, 4000)]

    assert prices == sorted(prices)
    assert prices[0] < 0.1
    assert prices[3] > 30.0


def test_more_patience_means_fewer_looks() -> None:
    looks: list[int] = []
    for patience in (5.0, 60.0):
        plans = [Plan(run_time=60.0 + number * 7919 % 120, charge=5) for number in range(2500)]
        world = World(plans, patience=patience)
        world.run(watched=False)
        looks.append(sum(job.looks for job in world.jobs))

    assert looks[1] < 0.9 * looks[0]


def test_a_lone_job_is_seen_within_seconds_of_its_end() -> None:
    for run_time in (4.0, 25.0, 80.0, 225.0):
        world = World([Plan(run_time=run_time, variant="people-intelligence/low")]).run()

        ended_at = world.jobs[0].ended_at
        assert ended_at is not None
        assert ended_at - 1000.0 - run_time < 6.0


def test_what_the_first_jobs_taught_brings_the_next_answers_sooner() -> None:
    """They were expected to run for eight minutes."""
    plans = [Plan(run_time=20.0, variant="people-intelligence/high") for _ in range(4000)]

    world = World(plans).run(watched=False)

    lags = [(job.ended_at or 0.0) - (job.accepted_at or 0.0) - 20.0 for job in world.jobs]
    assert sum(lags[3500:]) / 500 < sum(lags[:500]) / 500
    assert sum(job.looks for job in world.jobs) < 1.1 * len(plans)


# --- one look for many --------------------------------------------------------------------------------------------


def runs(number: int) -> Scheduler:
    one, now = scheduler(), 100.0
    for id_ in range(number):
        one.add(ScheduledJob(id_, "workflow-run", "", retry_safe=False, list_endpoint=ROLL), now)
    while any(job.job_id is None for job in one.jobs.values()):
        for command in one.due(now):
            assert isinstance(command, Submit)
            one.handle(Accepted(command.id, f"run-{command.id}"), now)
        now += 0.2
    return one


def next_command(one: Scheduler) -> tuple[object, float]:
    now = 100.0
    while not (commands := one.due(now)):
        now = one.wake_at(now) or float("inf")
    return commands[0], now


def test_two_runs_are_looked_at_one_by_one_and_more_of_them_by_one_request() -> None:
    assert isinstance(next_command(runs(2))[0], Poll)
    assert next_command(runs(4))[0] == PollBatch((0, 1, 2, 3))


def test_a_run_that_ended_or_was_not_listed_is_looked_at_by_itself() -> None:
    one = runs(4)
    _, now = next_command(one)
    listed = {"run-0": Report(JobState.COMPLETED, "completed"), "run-1": Report(JobState.RUNNING, "running")}

    assert one.handle(BatchPolled((0, 1, 2, 3), listed), now) == []

    assert one.due(now + 1) == [Poll(0, "run-0"), Poll(2, "run-2"), Poll(3, "run-3")]


def test_a_refused_look_at_many_pauses_the_key_once() -> None:
    one = runs(4)
    _, now = next_command(one)

    one.handle(BatchPollFailed((0, 1, 2, 3), RateLimitError("slow down", status=429, retry_after=5.0)), now)

    assert one.budget.throttled == 1
    assert one.due(now + 4.9) == []


def test_hundreds_of_runs_cost_fewer_looks_than_runs_and_all_end() -> None:
    plans = [Plan(run_time=100.0 + number, variant="workflow-run", list_endpoint=ROLL) for number in range(300)]

    world = World(plans).run()

    assert all(isinstance(job.end, Finish) for job in world.jobs)
    assert world.list_polls > 0
    assert sum(job.looks for job in world.jobs) < 1.4 * len(plans)
