"""Rows that nobody wants any more: never sent, never left in doubt, and wanted again when somebody asks again."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio
import httpx
import pytest

from sixtyfour_async import AsyncClient, Entry, FindEmail, JobRunner, MemoryJournal
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator
from sixtyfour_async.testing import SimulatedTransport
from tests.runner.questions import find_emails

pytestmark = pytest.mark.anyio

LEADS = find_emails(6)

Answer = Callable[[httpx.Request], Awaitable[httpx.Response | None]]


class FirstSubmit(httpx.AsyncBaseTransport):
    """Answers the first POST by a script, and leaves everything else to a simulator."""

    def __init__(self, simulator: Simulator, answer: Answer) -> None:
        self._simulated = SimulatedTransport(simulator)
        self._answer = answer
        self._submits = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self._submits += 1
            if self._submits == 1 and (answer := await self._answer(request)) is not None:
                return answer
        return await self._simulated.handle_async_request(request)


@asynccontextmanager
async def first_submit(answer: Answer) -> AsyncGenerator[tuple[AsyncClient, Simulator]]:
    simulator = Simulator(now=anyio.current_time)
    transport = FirstSubmit(simulator, answer)
    async with (
        httpx.AsyncClient(transport=transport) as http_client,
        AsyncClient(DEFAULT_KEY, base_url="http://simulator", http_client=http_client) as client,
    ):
        yield client, simulator


async def refuse_late(request: httpx.Request) -> httpx.Response:
    """Refuse a lead, ten seconds after the batch was sent."""
    await anyio.sleep(10)
    return httpx.Response(422, json={"detail": "a lead has no name"}, request=request)


async def throttle_late(request: httpx.Request) -> httpx.Response:
    await anyio.sleep(4)
    return httpx.Response(429, json={"detail": "slow down"}, headers={"retry-after": "3"}, request=request)


async def leave_after(runner: JobRunner, leads: list[FindEmail], seconds: float) -> None:
    with anyio.move_on_after(seconds):
        async for _ in runner.map(leads):
            pass


async def test_rows_withdrawn_while_their_batch_was_in_transit_are_released_when_it_is_refused() -> None:
    """They were certainly not accepted: the next run submits them, and none of their money is exposed."""
    journal, kept = MemoryJournal(), list[str]()
    async with first_submit(refuse_late) as (client, simulator):
        async with JobRunner(client, journal=journal) as runner:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(leave_after, runner, LEADS[:3], 5)
                kept += [outcome.status async for outcome in runner.map(LEADS[3:])]
            stats = runner.stats()
        states = [journal.rows[lead.fingerprint()].state for lead in LEADS]

    assert kept == ["completed"] * 3
    assert states == ["released"] * 3 + ["completed"] * 3
    assert (stats.withdrawn, stats.exposed_cents, len(simulator.books.jobs)) == (3, 0, 3)


async def test_a_stop_while_a_refused_batch_is_taken_back_is_heard_by_its_parts() -> None:
    """The disk is slow: nothing is sent of what was withdrawn meanwhile."""

    class SlowJournal(MemoryJournal):
        async def put(self, *entries: Entry) -> None:
            if entries[0].state == "released":
                runner.stop()
                await anyio.sleep(0.2)
            await super().put(*entries)

    async with first_submit(refuse_late) as (client, simulator), JobRunner(client, journal=SlowJournal()) as runner:
        statuses = [outcome.status async for outcome in runner.map(LEADS)]
        stats = runner.stats()

    assert statuses == ["rejected"] * 6
    assert (stats.withdrawn, stats.cost_cents, len(simulator.books.jobs)) == (6, 0, 0)


@pytest.mark.parametrize("rows", [1, 6])
async def test_rows_that_are_asked_for_again_before_they_were_dropped_are_submitted(rows: int) -> None:
    """One map is left while its submit is in transit, another has the same rows, and the submit is throttled."""
    async with first_submit(throttle_late) as (client, simulator), JobRunner(client) as runner:
        await leave_after(runner, LEADS[:rows], 3)
        statuses = [outcome.status async for outcome in runner.map(LEADS[:rows])]

    assert statuses == ["completed"] * rows
    assert not simulator.books.repeated


async def test_rows_that_are_asked_for_again_at_once_are_submitted() -> None:
    """Before the first map's rows have left: its withdrawal and the new wish are heard in one turn."""
    statuses: list[str] = []
    async with first_submit(throttle_late) as (client, _), JobRunner(client) as runner:
        async for _ in runner.map([LEADS[0]]):
            break
        rest = runner.map(LEADS[1:])
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(leave_after, runner, LEADS[1:], 0.01)
            await anyio.sleep(0.02)
            statuses += [outcome.status async for outcome in rest]

    assert statuses == ["completed"] * 5


async def test_a_submit_refused_while_the_runner_is_closed_leaves_nothing_in_doubt() -> None:
    journal = MemoryJournal()
    async with first_submit(throttle_late) as (client, _):
        async with JobRunner(client, journal=journal) as runner:
            await leave_after(runner, LEADS[:1], 3)
        async with JobRunner(client, journal=journal) as runner:
            unknown = await runner.unknown()
            statuses = [outcome.status async for outcome in runner.map(LEADS[:1])]

    assert (unknown, statuses) == ([], ["completed"])
