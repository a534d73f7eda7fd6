"""What a runner reports to hooks: jobs from the queue to their end, money from reserved to charged, and the service."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import anyio
import pytest

from sixtyfour_async import (
    BreakerClosed,
    BreakerOpened,
    BudgetPaused,
    BudgetResumed,
    Hooks,
    JobDelivered,
    JobEnded,
    JobLeft,
    JobOperation,
    JobParked,
    JobPolled,
    JobQueued,
    JobResumed,
    JobRunner,
    JobSending,
    JobState,
    JobSubmitted,
    MemoryJournal,
    MoneyMoved,
    Stats,
)
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.faults.network import networked
from tests.faults.test_outages import Failing
from tests.runner.event_recorder import Recorder
from tests.runner.pushing import pushed
from tests.runner.questions import find_emails, lead, question, questions

pytestmark = pytest.mark.anyio

TROUBLES = ("server_error", "html", "truncated", "reset", "throttled", "lost_answer")


async def test_a_job_is_reported_from_its_queue_to_its_end() -> None:
    recorder = Recorder()
    async with simulated(hooks=[recorder.hooks]) as (client, _), JobRunner(client, max_cost_cents=1000.0) as runner:
        outcome = await runner.run(find_emails(1)[0], key="row 1")
        stats = runner.stats()

    queued, reserved, sending, submitted, *polls, last, charged, ended = recorder.events
    assert isinstance(queued, JobQueued)
    assert (queued.keys, queued.operation, queued.tier, queued.job_id) == (("row 1",), "find-email", "", None)
    assert (reserved.cents, reserved.source, reserved.to) == (5.0, "free", "reserved")
    assert isinstance(sending, JobSending)
    assert sending.attempt == 1
    assert isinstance(submitted, JobSubmitted)
    assert (submitted.key, submitted.job_id) == ("row 1", outcome.job_id)
    assert all(isinstance(poll, JobPolled) and poll.state is JobState.RUNNING for poll in polls)
    assert (last.state, last.error) == (JobState.COMPLETED, None)
    assert (charged.source, charged.to, charged.stated) == ("reserved", "charged", True)
    assert charged.cents == outcome.cost_cents
    assert isinstance(ended, JobEnded)
    assert (ended.status, ended.cost_cents, ended.job_id) == ("completed", outcome.cost_cents, outcome.job_id)
    assert ended.run_time is not None
    assert ended.lag is not None
    assert len({event.number for event in recorder.events}) == 1
    recorder.check(stats)


async def test_an_event_comes_after_the_commit_that_it_is_about() -> None:
    journal = MemoryJournal()
    seen: list[tuple[str, str]] = []

    def look(event: Any) -> None:
        if isinstance(event, JobSending | JobSubmitted | JobEnded):
            seen.append((type(event).__name__, journal.rows[event.key].state))

    async with simulated(hooks=[Hooks(on_job=look)]) as (client, _), JobRunner(client, journal=journal) as runner:
        await runner.run(question(0))

    assert seen == [("JobSending", "intended"), ("JobSubmitted", "accepted"), ("JobEnded", "completed")]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("batching", ["single", "auto", "file"])
async def test_with_every_fault_each_row_leaves_once_and_the_money_adds_up(seed: int, batching: Any) -> None:
    recorder = Recorder()
    rows: list[JobOperation[Any]] = [*find_emails(30), *questions(30)]
    settings = SimulatorSettings(faults=dict.fromkeys(TROUBLES, 0.1), seed=seed)
    caps: dict[str, Any] = {"max_cost_cents": 5000.0, "max_row_cents": 30.0}
    async with simulated(settings, hooks=[recorder.hooks]) as (client, _), JobRunner(client, **caps) as runner:
        outcomes = [outcome async for outcome in runner.map(rows, batching=batching)]
        stats = runner.stats()

    recorder.check(stats)
    ended: list[JobEnded | JobParked] = [*recorder.of(JobEnded), *recorder.of(JobParked)]
    assert sorted((e.key, e.status) for e in ended) == sorted((o.key, o.status) for o in outcomes)
    assert any(event.error for event in recorder.of(JobPolled))


async def test_a_delivered_job_is_reported_as_delivered_with_a_charge_that_nobody_stated() -> None:
    recorder = Recorder()
    async with pushed(client={"hooks": [recorder.hooks]}, prices={"company-intelligence": 7.0}) as whole:
        async for _ in whole.runner.map(questions(30)):
            pass
        stats = whole.runner.stats()

    recorder.check(stats)
    delivered = recorder.of(JobDelivered)
    assert len(delivered) == stats.delivered
    assert {event.state for event in delivered} == {JobState.COMPLETED}
    unstated = [move.cents for move in recorder.of(MoneyMoved) if not move.stated]
    assert sum(unstated) == pytest.approx(stats.unstated_cents)
    assert all(event.lag is not None for event in recorder.of(JobEnded))


async def test_a_job_that_is_left_is_resumed_with_what_a_hook_had_carried_on(tmp_path: Path) -> None:
    recorder, submitted = Recorder(), anyio.Event()

    def carry(event: JobSubmitted) -> str:
        submitted.set()
        return f"text of {event.job_id}"

    async with simulated(hooks=[recorder.hooks, Hooks(carry=carry)]) as (client, simulator):
        async with JobRunner(client, journal=tmp_path / "run.db") as runner, anyio.create_task_group() as tasks:
            tasks.start_soon(runner.run, question(0))
            await submitted.wait()
            tasks.cancel_scope.cancel()
        async with JobRunner(client, journal=tmp_path / "run.db") as runner:
            outcome = await runner.run(question(0))

    [left], [resumed] = recorder.of(JobLeft), recorder.of(JobResumed)
    assert outcome.status == "completed"
    assert left.job_id == resumed.job_id == outcome.job_id
    assert resumed.carried == f"text of {outcome.job_id}"
    assert left.number != resumed.number
    assert len(recorder.of(JobSubmitted)) == len(simulator.books.jobs) == 1


async def test_a_pause_of_the_key_is_reported_when_it_begins_and_when_it_is_over() -> None:
    recorder = Recorder()
    settings = SimulatorSettings(faults={"throttled": 0.2}, seed=3)
    async with simulated(settings, hooks=[recorder.hooks]) as (client, _), JobRunner(client) as runner:
        async for _ in runner.map(questions(20)):
            pass
        await anyio.sleep(200.0)

    changes = [event for event in recorder.events if isinstance(event, BudgetPaused | BudgetResumed)]
    assert changes
    assert [type(event) for event in changes] == [BudgetPaused, BudgetResumed] * (len(changes) // 2)
    assert all(event.seconds > 0 for event in recorder.of(BudgetPaused))


async def test_an_outage_is_reported_once_when_it_begins_and_when_it_is_over() -> None:
    recorder, stats = Recorder(), list[Stats]()
    outage = Failing("502", 30.0, 300.0)
    watching = Hooks(on_service=lambda _event: stats.append(runner.stats()))
    async with networked(outage, hooks=[recorder.hooks, watching]) as (client, _, _), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(questions(300))]

    [opened, closed] = [event for event in recorder.events if isinstance(event, BreakerOpened | BreakerClosed)]
    assert len(outcomes) == 300
    assert isinstance(opened, BreakerOpened)
    assert (opened.error, opened.rows > 0, opened.seconds > 0) == ("ServerError", True, True)
    assert isinstance(closed, BreakerClosed)
    assert closed.seconds >= 200.0
    assert [(one.outage, one.ready) for one in stats] == [(True, True), (False, True)]


async def test_no_event_shows_what_was_asked_or_answered() -> None:
    recorder = Recorder()
    async with simulated(hooks=[recorder.hooks]) as (client, _), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(find_emails(5))]

    shown = repr(recorder.events)
    assert "key" in shown
    for number, outcome in enumerate(outcomes):
        assert outcome.value is not None
        assert str(lead(number)["name"]) not in shown
        assert str(outcome.raw) not in shown
        assert "@" not in shown


RAISED: list[type[BaseException]] = [RuntimeError, asyncio.CancelledError]


@pytest.mark.parametrize("error", RAISED)
async def test_hooks_that_raise_cost_no_row_and_are_logged_once_each(
    error: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_event: object) -> Any:
        raise error("a defect in a hook")

    failing = Hooks(fail, fail, fail, on_job=fail, on_money=fail, on_service=fail, carry=fail)
    settings = SimulatorSettings(faults={"throttled": 0.1})
    recorder = Recorder()
    prices = {"company-intelligence": 9.0}
    caplog.set_level(logging.WARNING, "sixtyfour_async")
    async with (
        simulated(settings, hooks=[failing, recorder.hooks]) as (client, _),
        JobRunner(client, prices=prices) as runner,
    ):
        outcomes = [outcome async for outcome in runner.map(questions(20))]
        recorder.check(runner.stats())

    assert {outcome.status for outcome in outcomes} == {"completed"}
    said = [record.getMessage() for record in caplog.records if record.name == "sixtyfour_async.hooks"]
    assert {"a hook failed on JobQueued", "a hook failed on RequestSent", "a hook failed on MoneyMoved"} <= set(said)
    assert len(said) == len(set(said))
