"""Deliveries for jobs that are not under way: too early, of an earlier run, of a submit in doubt, of somebody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest

from sixtyfour_async import JobEvent, Journal, JournalError, MemoryJournal
from sixtyfour_async._journal.sharing import SharedJournal
from sixtyfour_async._runner.early_deliveries import MAX_EARLY, EarlyDeliveries
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import SimulatedTransport
from sixtyfour_async.webhooks import parse
from tests.journal.test_own_journal import DictJournal
from tests.runner.pushing import QUIET, finder, pushed
from tests.runner.questions import question
from tests.webhooks.deliveries import body_of

pytestmark = pytest.mark.anyio


async def test_a_delivery_that_comes_before_the_submits_own_answer_is_joined() -> None:
    answered = anyio.Event()

    async with pushed() as whole:
        journal = whole.runner.journal
        assert isinstance(journal, SharedJournal)
        put = journal.put

        async def late_put(*entries: Any) -> None:
            if entries[0].state == "accepted" and not answered.is_set():
                answered.set()
                payload = {
                    "task_id": entries[0].job_id,
                    "status": "completed",
                    "result": {"structured_data": {"headquarters": "Early"}},
                }
                assert await whole.deliver(payload) == 204
                assert [kept.job_id for kept in await journal.kept_deliveries()] == [entries[0].job_id]
            await put(*entries)

        journal.put = late_put  # type: ignore[method-assign]
        outcome = await whole.runner.run(question(0))

    assert outcome.result().structured_data == {"headquarters": "Early"}
    assert await journal.kept_deliveries() == []


@pytest.mark.parametrize("operation", [question(0), finder()])
async def test_a_delivery_settles_the_doubt_about_a_submit_whose_answer_was_lost(operation: Any) -> None:
    journal = MemoryJournal()
    async with pushed(journal=journal) as whole:
        whole.simulator.faults.script("lost_answer")
        first = await whole.runner.run(operation)
        await anyio.sleep(600.0)
        unknown = await whole.runner.unknown()

    async with pushed(journal=journal) as again:
        second = await again.runner.run(operation)

    assert first.status == "unknown"
    assert unknown == []
    assert second.status in {"completed", "no_answer"}
    assert second.replayed
    assert again.submits == []


async def test_a_foreign_answer_is_given_to_no_row_in_doubt() -> None:
    handed: list[str] = []

    async def on_event(event: Any) -> None:
        handed.append(event.job_id)

    async with pushed(SimulatorSettings(faults=QUIET), on_event=on_event) as whole:
        other = {"task_id": "other", "status": "completed", "result": {"structured_data": {"headquarters": "Bern"}}}
        assert await whole.deliver(other) == 204
        whole.simulator.faults.script("lost_answer")
        await whole.runner.run(question(0))
        assert await whole.deliver(other | {"task_id": "another"}) == 204
        assert await whole.deliver(other | {"task_id": "another"}) == 204
        await anyio.sleep(1.0)
        unknown = await whole.runner.unknown()

    assert [row.key for row in unknown] == [question(0).fingerprint()]
    assert handed == ["other", "another"]


async def test_the_answer_of_another_person_is_not_that_of_a_row_in_doubt() -> None:
    async with pushed(SimulatorSettings(faults=QUIET)) as whole:
        whole.simulator.faults.script("lost_answer")
        await whole.runner.run(finder())
        result = {"name": "Bob", "company": "Acme", "email": [["bob@acme.example", "OK"]]}
        await whole.deliver({"task_id": "t", "status": "completed", "task_type": "find_email", "result": result})
        phone = {"phone": "+41 44 668 18 00"}
        await whole.deliver({"task_id": "u", "status": "completed", "task_type": "find_phone", "result": phone})
        unknown = await whole.runner.unknown()

    assert len(unknown) == 1


async def test_a_row_of_an_earlier_run_is_ended_by_its_delivery() -> None:
    journal = MemoryJournal()
    async with pushed(SimulatorSettings(faults=QUIET), journal=journal) as whole:
        with anyio.move_on_after(2.0):
            await whole.runner.run(question(0))
        job = whole.simulator.books.jobs[0].id
    async with pushed(journal=journal) as again:
        result = {"structured_data": {"headquarters": "Later"}}
        assert await again.deliver({"task_id": job, "status": "completed", "result": result}) == 204
        outcome = await again.runner.run(question(0))

    assert outcome.replayed
    assert outcome.result().structured_data == result["structured_data"]
    assert again.polls == []


@pytest.mark.parametrize("kind", [MemoryJournal, DictJournal])
async def test_what_waits_for_an_id_is_bounded_and_survives_a_restart(kind: Callable[[], Journal]) -> None:
    journal = kind()
    early = EarlyDeliveries(journal)
    for number in range(MAX_EARLY):
        await early.keep(event(f"job {number}"), {1})
    with pytest.raises(JournalError):
        await early.keep(event("one more"), {1})

    assert await early.take("job 7") is not None
    assert await early.take("job 7") is None
    later = EarlyDeliveries(journal)
    left_over = [one.job_id for one in await later.look()]
    assert left_over == [f"job {number}" for number in range(MAX_EARLY) if number != 7]
    for job_id in left_over[1:]:
        await later.drop(job_id)
    await later.keep(event("job 8"), {1})
    assert [one.job_id for one in await EarlyDeliveries(journal).look()] == ["job 0", "job 8"]


def event(job_id: str) -> JobEvent:
    made = parse(body_of({"task_id": job_id, "status": "completed", "result": {"email": "x"}}))
    assert isinstance(made, JobEvent)
    return made


async def test_a_poll_that_a_delivery_overtook_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer to the poll is on its way while the delivery ends the job; the first end is the end."""
    delivered = {"structured_data": {"headquarters": "Delivered"}}
    original = SimulatedTransport.handle_async_request
    async with pushed(SimulatorSettings(faults=QUIET)) as whole:

        async def overtaken(self: SimulatedTransport, request: httpx.Request) -> httpx.Response:
            response = await original(self, request)
            if "/job-status/" in request.url.path and b'"completed"' in await response.aread():
                job = request.url.path.rpartition("/")[2]
                assert await whole.deliver({"task_id": job, "status": "completed", "result": delivered}) == 204
                await anyio.sleep(5.0)
            return response

        monkeypatch.setattr(SimulatedTransport, "handle_async_request", overtaken)
        outcome = await whole.runner.run(question(0))
        await anyio.sleep(10.0)
        entry = await whole.runner.journal.find(outcome.key)

    assert outcome.result().structured_data == delivered["structured_data"]
    assert entry is not None
    assert (entry.state, entry.job_id) == ("completed", outcome.job_id)
    assert whole.runner.stats().ended == {"completed": 1}


async def test_an_unsigned_delivery_before_the_submits_own_answer_makes_the_job_be_polled() -> None:
    async with pushed(SimulatorSettings(faults=QUIET), signing=False) as whole:
        journal = whole.runner.journal
        put = journal.put

        async def late_put(*entries: Any) -> None:
            if entries[0].state == "accepted" and entries[0].answer is None:
                payload = {"task_id": entries[0].job_id, "status": "completed", "result": {"invented": "yes"}}
                assert await whole.deliver(payload, secret=None) == 204
            await put(*entries)

        journal.put = late_put  # type: ignore[method-assign]
        with anyio.move_on_after(3.0):
            await whole.runner.run(question(0))

    assert len(whole.polls) == 1
