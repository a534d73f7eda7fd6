"""A listener receives into a journal what other processes have submitted; the next run on it finds the answers."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from sixtyfour_async import (
    AsyncClient,
    ConfigurationError,
    Entry,
    JobRunner,
    JournalError,
    MemoryJournal,
    Outcome,
    SqliteJournal,
    WebhookListener,
)
from sixtyfour_async._scheduling.row_states import State
from sixtyfour_async._wire.body import Body
from sixtyfour_async.simulator import Simulator, SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.runner.pushing import QUIET, URL, finder
from tests.runner.questions import fact, question, questions
from tests.webhooks.deliveries import OTHER, SECRET, body_of, deliver, signed

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def delivering(simulator: Simulator, listener: WebhookListener) -> AsyncGenerator[None]:
    """Have the simulator deliver to a listener, as it does to a public URL."""
    transport = httpx.ASGITransport(listener.receiver)
    async with httpx.AsyncClient(transport=transport) as web, anyio.create_task_group() as tasks:

        async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
            return (await web.post(url, headers=headers, content=body)).status_code

        tasks.start_soon(partial(simulator.deliver_webhooks, post=post))
        yield
        tasks.cancel_scope.cancel()


def polls(simulator: Simulator) -> int:
    return sum("/job-status" in request.path for request in simulator.books.requests)


async def submit_and_leave(client: AsyncClient, simulator: Simulator, journal: Any, operations: list[Any]) -> None:
    """Submit like a process that is stopped before its first poll."""
    async with JobRunner(client, journal=journal, webhook_url=URL) as runner:
        with anyio.move_on_after(2.0):
            async for _ in runner.map(operations, batching="auto"):
                pass
        assert len(runner.left_running or simulator.books.jobs) >= 1


@pytest.mark.parametrize("on_disk", [True, False])
async def test_what_was_received_is_replayed_without_a_poll(tmp_path: Path, *, on_disk: bool) -> None:
    journal: Any = tmp_path / "run.db" if on_disk else MemoryJournal()
    operations: list[Any] = [*questions(5), *(finder(number) for number in range(30))]
    async with simulated() as (client, simulator):
        secret = (await client.webhooks.signing_secret.create()).plaintext
        await submit_and_leave(client, simulator, journal, operations)
        before, jobs = polls(simulator), len(simulator.books.jobs)
        listener = WebhookListener(journal, secrets=secret)
        async with listener, delivering(simulator, listener):
            await anyio.sleep(3600.0)
            stats = listener.stats()
        async with JobRunner(client, journal=journal) as runner:
            outcomes = [outcome async for outcome in runner.map(operations, ordered=True)]

    assert (stats.rows_ended, stats.kept, stats.answers) == (jobs, 0, {204: jobs})
    assert (polls(simulator), len(simulator.books.jobs)) == (before, jobs)
    assert all(outcome.replayed for outcome in outcomes)
    assert [outcome.result().structured_data["headquarters"] for outcome in outcomes[:5]] == [fact(n) for n in range(5)]
    assert {outcome.status for outcome in outcomes} <= {"completed", "no_answer"}


async def test_a_submit_whose_answer_was_lost_is_settled_and_not_paid_again() -> None:
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        secret = (await client.webhooks.signing_secret.create()).plaintext
        simulator.faults.script("lost_answer")
        async with JobRunner(client, journal=journal, webhook_url=URL) as runner:
            assert (await runner.run(question(0))).status == "unknown"
        listener = WebhookListener(journal, secrets=secret)
        async with listener, delivering(simulator, listener):
            await anyio.sleep(3600.0)
        async with JobRunner(client, journal=journal) as runner:
            again = await runner.run(question(0))

    assert again.result().structured_data["headquarters"] == fact(0)
    assert len(simulator.books.jobs) == 1


async def test_jobs_of_other_journals_and_workflows_go_to_the_callback_once_each() -> None:
    handed, journal = list[Any](), MemoryJournal()

    async def on_event(event: Any) -> None:
        handed.append(event)

    async with simulated() as (client, simulator):
        secret = (await client.webhooks.signing_secret.create()).plaintext
        job = await client.people.find_email.submit(lead={"name": "Ada", "company": "Acme"}, webhook_url=URL)
        listener = WebhookListener(journal, secrets=[SECRET, secret], on_event=on_event)
        async with listener, delivering(simulator, listener):
            await anyio.sleep(3600.0)
            rows = body_of({"run_id": "run", "event_id": "e", "results": [{"name": "Ada"}]})
            for _ in range(2):
                assert (await deliver(listener.receiver, rows)).status_code == 204
            await anyio.sleep(1.0)
            stats = listener.stats()

    assert [(event.job_id, event.event_id) for event in handed[1:]] == [("run", "e")]
    assert handed[0].job_id == job.id
    assert handed[0].trusted
    assert (stats.handed_over, stats.kept) == (2, 0)
    assert journal.answers == {}


async def test_what_is_for_nobody_stays_in_the_journal_until_somebody_takes_it() -> None:
    """Also over a runner without a callback, and over listeners."""
    journal, handed = MemoryJournal(), list[str]()

    async def on_event(event: Any) -> None:
        handed.append(event.job_id)

    for job_id in ("one", "two", "two"):
        async with WebhookListener(journal, secrets=SECRET) as listener:
            body = body_of({"task_id": job_id, "status": "completed", "result": {"a": 1}})
            assert (await deliver(listener.receiver, body)).status_code == 204
    async with simulated() as (client, _), JobRunner(client, journal=journal) as runner:
        runner.webhooks(secrets=SECRET)
        await anyio.sleep(1.0)
    async with WebhookListener(journal, secrets=SECRET) as listener:
        assert listener.stats().kept == 2
    async with WebhookListener(journal, secrets=SECRET, on_event=on_event):
        await anyio.sleep(1.0)
    async with WebhookListener(journal, secrets=SECRET, on_event=on_event) as listener:
        await anyio.sleep(1.0)
        assert listener.stats().kept == 0

    assert handed == ["one", "two"]


async def test_the_same_end_many_times_at_once_is_written_once() -> None:
    """Under four ids of events, and twice as many bodies: the first one is the end."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        await submit_and_leave(client, simulator, journal, [question(0)])
    job = simulator.books.jobs[0].id
    bodies = [
        body_of({"task_id": job, "status": "completed", "result": {"structured_data": {"headquarters": place}}})
        for place in ("Bern", "Rome")
    ]
    writes = list[str]()
    put = journal.put

    async def counted(*entries: Any) -> None:
        await anyio.sleep(0.01)
        writes.extend(entry.state for entry in entries)
        await put(*entries)

    journal.put = counted  # type: ignore[method-assign]
    async with WebhookListener(journal, secrets=SECRET) as listener, anyio.create_task_group() as tasks:
        for number in range(8):
            body = bodies[number % 2]
            tasks.start_soon(deliver, listener.receiver, body, signed(body, event_id=f"e{number // 2}"))
    async with simulated() as (client, _), JobRunner(client, journal=journal) as runner:
        outcome = await runner.run(question(0))

    assert writes == ["completed"]
    assert outcome.result().structured_data == {"headquarters": "Bern"}
    assert listener.receiver.answers == {204: 8}


async def test_a_forger_leaves_no_trace() -> None:
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        await submit_and_leave(client, simulator, journal, [question(0)])
    job = simulator.books.jobs[0].id
    body, rows = body_of({"task_id": job, "status": "completed", "result": {"a": 1}}), dict(journal.rows)
    async with WebhookListener(journal, secrets=SECRET) as listener:
        for headers in ({}, signed(body, OTHER), signed(body, now=0.0)):
            assert (await deliver(listener.receiver, body, headers)).status_code == 401

    assert {key: replace(row, version=0) for key, row in journal.rows.items()} == {
        key: replace(row, version=0) for key, row in rows.items()
    }
    assert journal.answers == {}


async def test_what_cannot_be_kept_is_refused_so_that_it_comes_again() -> None:
    class Full(MemoryJournal):
        async def save_batch_answer(self, batch: str, body: Body) -> None:  # noqa: ARG002
            raise JournalError("the disk is full")

    async with WebhookListener(Full(), secrets=SECRET) as listener:
        assert (await deliver(listener.receiver)).status_code == 503
    assert (await deliver(listener.receiver)).status_code == 503
    assert listener.stats().kept == 0


async def test_without_a_secret_it_is_not_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIXTYFOUR_WEBHOOK_SECRET", raising=False)
    listener = WebhookListener(MemoryJournal())
    with pytest.raises(ConfigurationError, match="SIXTYFOUR_WEBHOOK_SECRET"):
        async with listener:
            pass

    monkeypatch.setenv("SIXTYFOUR_WEBHOOK_SECRET", f"{OTHER},{SECRET}")
    async with listener:
        assert (await deliver(listener.receiver)).status_code == 204
        monkeypatch.delenv("SIXTYFOUR_WEBHOOK_SECRET")
        unsigned = await deliver(listener.receiver, headers={})
    assert unsigned.status_code == 503


async def test_a_listener_and_a_runner_work_in_a_database_that_a_url_names(postgres_url: str) -> None:
    async with WebhookListener(postgres_url, secrets=SECRET) as listener:
        assert (await deliver(listener.receiver)).status_code == 204
        assert listener.stats().kept == 1
    async with simulated() as (client, _), JobRunner(client, journal=postgres_url) as runner:
        assert (await runner.run(question(0))).ok


@pytest.mark.parametrize("given", [5, b"run.db", False, [], {"path": "run.db"}, MemoryJournal])
def test_what_is_no_journal_is_refused_and_none_in_memory_takes_its_place(given: Any) -> None:
    for build in (lambda: WebhookListener(given), lambda: JobRunner(AsyncClient("key"), journal=given)):
        with pytest.raises(ConfigurationError, match="journal must be a path, a postgresql:// URL or a journal: it is"):
            build()


async def test_a_journal_that_is_falsy_is_used() -> None:
    class Sized(MemoryJournal):
        def __len__(self) -> int:
            return len(self.rows)

    journal = Sized()
    async with simulated() as (client, _), JobRunner(client, journal=journal) as runner:
        assert (await runner.run(question(0))).ok
    assert len(journal) == 1


async def test_a_runner_takes_what_a_listener_beside_it_receives(tmp_path: Path) -> None:
    """At once, and without a poll for it; what is for none of its jobs stays in the journal."""
    path = tmp_path / "run.db"
    outcomes: list[Outcome[Any]] = []
    async with simulated(SimulatorSettings(faults=QUIET)) as (client, simulator):
        runner = JobRunner(client, journal=path, webhook_url="https://app.example/sixtyfour")
        listener = WebhookListener(path, secrets=SECRET)

        async def ask() -> None:
            outcomes.append(await runner.run(question(0)))

        async with runner, listener, anyio.create_task_group() as tasks:
            with pytest.raises(ConfigurationError, match="open already"):
                await listener.__aenter__()
            tasks.start_soon(ask)
            while not simulator.books.jobs:  # noqa: ASYNC110
                await anyio.sleep(0.1)
            await anyio.sleep(1.0)
            assert (await deliver(listener.receiver)).status_code == 204
            result = {"structured_data": {"headquarters": "Delivered elsewhere"}}
            ended = body_of({"task_id": simulator.books.jobs[0].id, "status": "completed", "result": result})
            assert (await deliver(listener.receiver, ended)).status_code == 204
    assert outcomes[0].result().structured_data == {"headquarters": "Delivered elsewhere"}
    journal = SqliteJournal(path)
    await journal.open()
    assert await journal.list_batch_answers("delivery") == ["delivery of job job_1"]
    await journal.close()


async def test_a_runner_that_is_closed_while_it_looks_at_a_strangers_delivery_leaves_it_to_the_next_run(
    tmp_path: Path,
) -> None:
    class SlowJournal(SqliteJournal):
        async def entries(self, states: Collection[State]) -> AsyncGenerator[Entry]:
            async for entry in super().entries(states):
                yield entry
            with anyio.CancelScope(shield=True):  # as a thread of the journal is not cut short either
                looked.set()
                await anyio.sleep(1.0)

    looked, handed = anyio.Event(), list[str]()

    async def on_event(event: Any) -> None:
        handed.append(event.job_id)

    path = tmp_path / "run.db"
    async with simulated() as (client, _):
        listener = WebhookListener(path, secrets=SECRET)
        async with JobRunner(client, journal=SlowJournal(path), webhook_url=URL), listener:
            assert (await deliver(listener.receiver)).status_code == 204
            await looked.wait()
        assert listener.stats().kept == 1

        runner = JobRunner(client, journal=path, webhook_url=URL)
        runner.webhooks(secrets=SECRET, on_event=on_event)
        async with runner:
            while not handed:  # noqa: ASYNC110
                await anyio.sleep(0.1)
    assert handed == ["job_1"]


async def test_a_delivery_that_is_no_plain_end_is_left_to_the_next_run() -> None:
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        await submit_and_leave(client, simulator, journal, [question(0)])
        job = simulator.books.jobs[0].id
        async with WebhookListener(journal, secrets=SECRET) as listener:
            payloads: list[dict[str, Any]] = [
                {"status": "running"},
                {"status": "completed"},
                {"status": "completed", "result": {}},
            ]
            for payload in payloads:
                assert (await deliver(listener.receiver, body_of({"task_id": job} | payload))).status_code == 204
        states = {entry.state for entry in journal.rows.values()}
        async with JobRunner(client, journal=journal) as runner:
            outcome = await runner.run(question(0))

    assert states == {"accepted"}
    assert outcome.result().structured_data["headquarters"] == fact(0)
    assert len(simulator.books.jobs) == 1
    assert replace(outcome, replayed=False).status == "completed"
