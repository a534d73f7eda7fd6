"""Webhook deliveries that another worker receives than the one that waits: behind a load balancer, any may."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest
from starlette.applications import Starlette

from sixtyfour_async import AsyncClient, JobRunner, MemoryJournal
from sixtyfour_async._runner.kept_deliveries import KeptDeliveries
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.testing import SimulatedTransport
from sixtyfour_async.webhooks import parse
from tests.runner.pushing import QUIET, URL
from tests.runner.questions import question
from tests.webhooks.deliveries import SECRET, body_of, signed

pytestmark = pytest.mark.anyio


class WebWorker:
    """One worker of a web app, with the receiver that it has mounted."""

    def __init__(self, runner: JobRunner, web: httpx.AsyncClient) -> None:
        self.runner = runner
        self._web = web
        self.handed: list[str] = []

    async def deliver(self, job_id: str, headquarters: str, *, secret: str | None = SECRET) -> int:
        result = {"structured_data": {"headquarters": headquarters}}
        body = body_of({"task_id": job_id, "status": "completed", "result": result})
        response = await self._web.post(f"{URL}/", content=body, headers=signed(body, secret) if secret else {})
        return response.status_code


@asynccontextmanager
async def workers(number: int = 2, **options: Any) -> AsyncGenerator[tuple[Simulator, list[WebWorker]]]:
    simulator = Simulator(SimulatorSettings(faults=QUIET), now=anyio.current_time)
    first = MemoryJournal(clock=anyio.current_time)
    async with httpx.AsyncClient(transport=SimulatedTransport(simulator)) as http_client:
        client = AsyncClient(api_key=DEFAULT_KEY, base_url="http://simulator", http_client=http_client)
        async with client:
            yield simulator, [await _worker(client, first, **options) for _ in range(number)]


async def _worker(client: AsyncClient, first: MemoryJournal, **options: Any) -> WebWorker:
    journal = MemoryJournal(shared_with=first, clock=anyio.current_time)
    runner = JobRunner(client, journal=journal, webhook_url=URL, **options)
    app = Starlette()
    made = WebWorker(runner, httpx.AsyncClient(transport=httpx.ASGITransport(app)))

    async def on_event(event: Any) -> None:
        made.handed.append(event.job_id)

    app.mount("/sixtyfour", runner.webhooks(secrets=SECRET, on_event=on_event))
    return made


async def accepted(worker: WebWorker) -> str:
    """Wait until a job of a worker was accepted, and return its id."""
    while True:
        async for entry in worker.runner.journal.entries({"accepted"}):
            if entry.job_id is not None:
                return entry.job_id
        await anyio.sleep(0.1)


async def test_a_delivery_wakes_the_worker_that_waits_whichever_received_it() -> None:
    async with workers() as (simulator, [waiting, receiving]), waiting.runner, receiving.runner:
        outcomes: list[Any] = []
        delivered_at = 0.0

        async def ask() -> None:
            outcomes.append(await waiting.runner.run(question(0)))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            job_id = await accepted(waiting)
            delivered_at = anyio.current_time()
            assert await receiving.deliver(job_id, "Delivered elsewhere") == 204
        took = anyio.current_time() - delivered_at
        kept = await first_kept(waiting)

    assert outcomes[0].result().structured_data == {"headquarters": "Delivered elsewhere"}
    assert took < 5
    assert (kept, receiving.handed, simulator.books.repeated) == ([], [], {})


async def test_a_delivery_that_another_worker_has_before_the_submit_is_answered_is_joined() -> None:
    async with workers() as (simulator, [waiting, receiving]), waiting.runner, receiving.runner:
        put, early = waiting.runner.journal.put, list[int]()

        async def late_put(*entries: Any) -> None:
            if entries[0].state == "accepted" and not early:
                early.append(await receiving.deliver(entries[0].job_id, "Early"))
            await put(*entries)

        waiting.runner.journal.put = late_put  # type: ignore[method-assign]
        outcome = await waiting.runner.run(question(0))
        kept = await first_kept(waiting)

    assert outcome.result().structured_data == {"headquarters": "Early"}
    assert (early, kept, receiving.handed) == ([204], [], [])
    assert len(simulator.books.jobs) == 1


async def test_what_an_unsigned_delivery_says_goes_to_no_worker() -> None:
    async with workers() as (_, [waiting, receiving]), waiting.runner, receiving.runner:
        outcomes: list[Any] = []

        async def ask() -> None:
            outcomes.append(await waiting.runner.run(question(0)))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            await receiving.deliver(await accepted(waiting), "Forged", secret=None)
        kept = await first_kept(waiting)

    assert outcomes[0].result().structured_data["headquarters"] != "Forged"
    assert kept == []


async def test_a_delivery_for_nobody_is_handed_out_once_it_can_be_no_workers_any_more() -> None:
    async with workers() as (_, [busy, receiving]), busy.runner, receiving.runner:
        before: list[str] = []

        async def ask() -> None:
            await busy.runner.run(question(0))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            await accepted(busy)
            assert await receiving.deliver("a stranger's", "Bern") == 204
            before = [*busy.handed, *receiving.handed]
        await busy.runner.run(question(1))
        with anyio.fail_after(60):
            while not (busy.handed or receiving.handed):  # noqa: ASYNC110
                await anyio.sleep(0.5)
        kept = await first_kept(busy)

    assert before == []
    assert {*busy.handed, *receiving.handed} == {"a stranger's"}
    assert kept == []


async def test_a_delivery_is_kept_when_its_worker_dies_before_it_takes_it() -> None:
    """The successor polls the job anyway, and the delivery is dropped then."""
    async with workers(3) as (simulator, [dying, receiving, heir]), receiving.runner:
        job_id = ""
        await dying.runner.__aenter__()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(dying.runner.run, question(0))
            job_id = await accepted(dying)
            tasks.cancel_scope.cancel()
        await dying.runner.__aexit__(None, None, None)
        assert await receiving.deliver(job_id, "Kept") == 204
        async with heir.runner:
            outcome = await heir.runner.run(question(0))

    assert (outcome.status, len(simulator.books.jobs)) == ("completed", 1)
    assert outcome.result().structured_data == {"headquarters": "Kept"}


async def test_what_is_kept_or_used_while_the_journal_is_read_is_known_afterwards() -> None:
    class Slow(MemoryJournal):
        async def list_batch_answers(self, prefix: str) -> list[str]:
            names = await super().list_batch_answers(prefix)
            await anyio.sleep(1.0)
            return names

    kept = KeptDeliveries(Slow())
    await kept.open()
    used = await kept.keep(event("used"))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(kept.refresh)
        await anyio.sleep(0.5)
        await kept.keep(event("kept"))
        await kept.remove(used)

    assert kept.jobs() == [("delivery of job kept", "kept")]


def event(job_id: str) -> Any:
    return parse(body_of({"task_id": job_id, "status": "completed", "result": {"a": 1}}), {})


async def first_kept(worker: WebWorker) -> list[str]:
    """Return the jobs whose deliveries are kept when the dust has settled."""
    await anyio.sleep(5)
    kept = KeptDeliveries(worker.runner.journal)
    await kept.open()
    return [job_id for _, job_id in kept.jobs()]
