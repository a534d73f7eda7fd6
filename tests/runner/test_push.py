"""A runner whose answers are delivered by webhooks: requests a job, losses, doubles, forgeries, early and late ones."""

from __future__ import annotations

import json
import logging
from functools import partial
from typing import Any

import anyio
import pytest

from sixtyfour_async import JobRunner, JobState, MemoryJournal, Report
from sixtyfour_async.errors import ConfigurationError
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.runner.pushing import QUIET, URL, finder, pushed
from tests.runner.questions import fact, question, questions
from tests.webhooks.deliveries import OTHER

pytestmark = pytest.mark.anyio


async def test_a_bulk_run_takes_hardly_more_than_one_request_a_job() -> None:
    async with pushed() as whole:
        outcomes = [outcome async for outcome in whole.runner.map(questions(150))]
        stats = whole.runner.stats()

    assert {outcome.index: outcome.result().structured_data["headquarters"] for outcome in outcomes} == {
        number: fact(number) for number in range(150)
    }
    # Five probes, three polls for a charge, and the submits.
    assert len(whole.submits) == 150
    assert len(whole.polls) <= 30
    assert stats.delivered >= 145
    assert set(whole.answers) == {204}


async def test_a_delivery_states_no_charge_and_is_shown_apart() -> None:
    async with pushed(prices={"company-intelligence": 7.0}) as whole:
        async for _ in whole.runner.map(questions(60)):
            pass
        stats = whole.runner.stats()
        charged = [job.charge for job in whole.simulator.books.jobs]

    lines = await whole.runner.journal.lines()
    assert 0 < stats.charged_cents < sum(charged)
    assert stats.unstated_cents > 0
    assert stats.reserved_cents == pytest.approx(0.0)
    assert sum(line.spent_cents for line in lines) == pytest.approx(stats.charged_cents + stats.unstated_cents)
    assert json.loads(stats.to_json())["unstated_cents"] == stats.unstated_cents


async def test_a_price_never_charged_before_is_asked_for_once() -> None:
    async with pushed() as whole:
        outcomes = [await whole.runner.run(question(number)) for number in range(8)]

    polls = {path.rpartition("/")[2] for path in whole.polls}
    assert outcomes[0].job_id in polls
    assert outcomes[0].cost_cents == whole.simulator.books.jobs[0].charge
    assert outcomes[-1].cost_cents is None
    assert outcomes[-1].job_id not in polls


async def test_a_charge_that_a_delivered_answer_states_is_not_asked_for() -> None:
    async with pushed() as whole:
        outcome = await whole.runner.run(finder())

    assert outcome.cost_cents == whole.simulator.books.jobs[0].charge
    assert whole.polls == []


@pytest.mark.parametrize("seed", [1, 2])
async def test_with_every_fault_nothing_is_lost_doubled_or_believed_of_a_stranger(seed: int) -> None:
    faults = {"webhook_lost": 0.2, "webhook_doubled": 0.1, "webhook_reordered": 0.1, "webhook_forged": 0.1}
    faults |= {"webhook_truncated": 0.1, "webhook_unsigned": 0.1, "webhook_late": 0.05}
    async with pushed(SimulatorSettings(faults=faults, seed=seed)) as whole:
        outcomes = [outcome async for outcome in whole.runner.map(questions(120))]
        await anyio.sleep(1000.0)
        ended = whole.runner.stats().ended

    assert sorted(outcome.index for outcome in outcomes) == list(range(120))
    assert [
        outcome.result().structured_data["headquarters"] for outcome in sorted(outcomes, key=lambda o: o.index)
    ] == [fact(number) for number in range(120)]
    assert ended == {"completed": 120}
    assert not whole.simulator.books.repeated
    assert 401 in whole.answers


async def test_silence_is_noticed_said_once_and_forgiven(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "sixtyfour_async.runner")
    async with pushed() as whole:
        whole.gone = True
        async for _ in whole.runner.map(questions(60)):
            pass
        silent = whole.runner.stats()
        whole.gone = False
        async for _ in whole.runner.map(questions(140)[80:]):
            pass
        heard = whole.runner.stats()

    assert (silent.deliveries_trusted, silent.delivered) == (False, 0)
    assert heard.deliveries_trusted
    words = [record.message.partition(":")[0] for record in caplog.records if "webhook deliveries" in record.message]
    assert words == ["webhook deliveries have stopped", "webhook deliveries come again"]


async def test_a_lost_delivery_is_found_by_a_poll() -> None:
    async with pushed(SimulatorSettings(faults=QUIET)) as whole:
        outcome = await whole.runner.run(question(0))

    assert outcome.ok
    assert whole.polls


async def test_without_a_secret_a_delivery_only_makes_the_job_be_polled() -> None:
    async with pushed(signing=False) as whole, anyio.create_task_group() as tasks:
        tasks.start_soon(whole.runner.run, question(0))
        await anyio.sleep(2.0)
        job = whole.simulator.books.jobs[0]
        before = len(whole.polls)
        invented = {
            "task_id": job.id,
            "status": "completed",
            "result": {"structured_data": {"headquarters": "Atlantis"}},
        }
        assert await whole.deliver(invented, secret=None) == 204
        assert await whole.deliver({"task_id": "nobody", "status": "completed"}, secret=None) == 204
        await anyio.sleep(2.0)
        assert len(whole.polls) == before + 1

    assert (await whole.runner.journal.find(question(0).fingerprint())).answer.value()["result"] != invented["result"]  # type: ignore[union-attr,index,call-overload]
    assert await whole.kept() == []


async def test_a_forger_learns_and_changes_nothing() -> None:
    async with pushed() as whole, anyio.create_task_group() as tasks:
        tasks.start_soon(whole.runner.run, question(0))
        await anyio.sleep(2.0)
        before = len(whole.polls)
        payload = {"task_id": whole.simulator.books.jobs[0].id, "status": "failed", "error": "forged"}
        assert await whole.deliver(payload, secret=OTHER) == 401
        assert await whole.deliver(payload, secret=None) == 401
        await anyio.sleep(1.0)
        assert len(whole.polls) == before

    entry = await whole.runner.journal.find(question(0).fingerprint())
    assert entry is not None
    assert entry.state == "completed"


async def test_after_the_end_a_delivery_changes_nothing() -> None:
    async with pushed() as whole:
        outcome = await whole.runner.run(question(0))
        entry = await whole.runner.journal.find(outcome.key)
        for number in range(4):
            status = await whole.deliver(
                {"task_id": outcome.job_id, "status": "failed", "error": "no"}, **{"Sixtyfour-Event-Id": str(number)}
            )
            assert status == 204
        await anyio.sleep(1.0)

        assert await whole.runner.journal.find(outcome.key) == entry
        assert whole.runner.stats().ended == {"completed": 1}


async def test_the_same_end_four_times_at_once_is_one_outcome() -> None:
    seen: list[Report] = []
    async with pushed(SimulatorSettings(faults=QUIET)) as whole, anyio.create_task_group() as tasks:

        async def run() -> None:
            await whole.runner.run(question(0), on_progress=seen.append)

        tasks.start_soon(run)
        await anyio.sleep(2.0)
        payload = {"task_id": whole.simulator.books.jobs[0].id, "status": "failed", "error": "no such company"}
        async with anyio.create_task_group() as deliveries:
            for number in range(4):
                deliveries.start_soon(partial(whole.deliver, payload, **{"Sixtyfour-Event-Id": str(number)}))

    assert whole.answers == [204] * 4
    assert whole.runner.stats().ended == {"failed": 1}
    assert [report.state for report in seen].count(JobState.FAILED) == 1


async def test_what_cannot_be_read_or_is_empty_is_settled_by_a_poll() -> None:
    outcomes: list[Any] = []
    async with pushed(SimulatorSettings(faults=QUIET)) as whole, anyio.create_task_group() as tasks:

        async def run() -> None:
            outcomes.append(await whole.runner.run(question(0)))

        tasks.start_soon(run)
        await anyio.sleep(2.0)
        job = whole.simulator.books.jobs[0].id
        before = len(whole.polls)
        for payload in ({"status": "completed"}, {"status": "processing"}, {"status": 7, "result": 7}):
            assert await whole.deliver({"task_id": job} | payload) == 204
            await anyio.sleep(3.0)
        assert len(whole.polls) == before + 3

    assert outcomes[0].result().structured_data["headquarters"] == fact(0)


async def test_bulk_submits_are_delivered_and_split() -> None:
    async with pushed() as whole:
        outcomes = [outcome async for outcome in whole.runner.map(finder(number) for number in range(40))]

    assert len(outcomes) == 40
    assert whole.runner.stats().delivered >= 1
    assert {outcome.status for outcome in outcomes} <= {"completed", "no_answer"}
    assert {job.body["webhook_url"] for job in whole.simulator.books.jobs} == {f"{URL}/"}


async def test_a_row_is_the_same_with_and_without_a_webhook_url() -> None:
    journal = MemoryJournal()
    async with pushed(journal=journal) as whole:
        await whole.runner.run(question(0))
    assert whole.simulator.books.jobs[0].body["webhook_url"] == f"{URL}/"

    async with simulated() as (client, simulator), JobRunner(client, journal=journal) as runner:
        outcome = await runner.run(question(0))

    assert outcome.replayed
    assert simulator.books.jobs == []
    assert "webhook_url" not in journal.rows[outcome.key].request


async def test_a_webhook_url_of_the_operations_own_is_left_alone() -> None:
    own = "http://elsewhere.example/hook"
    async with pushed() as whole:
        await whole.runner.run(finder(webhook_url=own))

    assert whole.simulator.books.jobs[0].body["webhook_url"] == own
    assert whole.polls


async def test_a_journal_that_cannot_keep_a_delivery_makes_it_be_sent_again() -> None:
    """The answer comes in time, and the delivery is taken when it comes again."""
    outcomes: list[Any] = []
    async with pushed(SimulatorSettings(faults=QUIET)) as whole, anyio.create_task_group() as tasks:

        async def run() -> None:
            outcomes.append(await whole.runner.run(question(0)))

        tasks.start_soon(run)
        await anyio.sleep(2.0)
        job, journal = whole.simulator.books.jobs[0].id, whole.runner.journal
        payload = {"task_id": job, "status": "completed", "result": {"structured_data": {"headquarters": "Kept"}}}
        put = journal.put

        async def locked(*entries: Any) -> None:  # a write whose caller gives up is written all the same, when it can
            await put(*entries)
            await anyio.sleep(15.0)

        journal.put = locked  # type: ignore[method-assign]
        began = anyio.current_time()
        assert await whole.deliver(payload) == 503
        assert anyio.current_time() - began < 10.0
        assert outcomes == []
        journal.put = put  # type: ignore[method-assign]
        assert await whole.deliver(payload) == 204

    assert outcomes[0].result().structured_data == {"headquarters": "Kept"}


async def test_a_callback_that_fails_or_hangs_is_nothing_to_the_sender() -> None:
    async def on_event(event: Any) -> None:
        if event.job_id == "hangs":
            await anyio.sleep_forever()
        raise ValueError("broken")

    async with pushed(on_event=on_event) as whole:
        began = anyio.current_time()
        for job in ("hangs", "fails"):
            assert await whole.deliver({"task_id": job, "status": "completed", "result": {"a": "b"}}) == 204
        await anyio.sleep(0.0)
        assert anyio.current_time() - began < 1.0


async def test_workflow_events_are_handed_out_once_each() -> None:
    handed: list[Any] = []

    async def on_event(event: Any) -> None:
        handed.append(event)

    async with pushed(on_event=on_event) as whole:
        for event_id in ("one", "two", "one"):
            assert await whole.deliver({"event_id": event_id, "run_id": "run", "results": [{"name": "Ada"}]}) == 204
        await anyio.sleep(0.1)

    assert [event.event_id for event in handed] == ["one", "two"]
    assert handed[0].results == [{"name": "Ada"}]


async def test_outside_the_runner_deliveries_are_refused_so_that_they_come_again() -> None:
    async with pushed() as whole:
        pass
    assert whole.receiver.handler is None


async def test_progress_is_shown_and_a_broken_callback_costs_nothing() -> None:
    seen: list[Report] = []

    def broken(report: Report) -> None:
        seen.append(report)
        raise ValueError("broken")

    async with pushed() as whole:
        outcome = await whole.runner.run(question(0), on_progress=broken)

    assert outcome.ok
    assert seen[-1].state == "completed"


@pytest.mark.parametrize("url", ["", "sixtyfour", "ftp://x/y", "http://", "http://x/#f", "http://x/" + "y" * 2100])
async def test_a_webhook_url_that_cannot_be_one_is_refused(url: str) -> None:
    async with simulated() as (client, _):
        with pytest.raises(ConfigurationError, match="webhook_url"):
            JobRunner(client, webhook_url=url)
