"""An event loop that has no time for what is due, in virtual time: each request keeps it busy for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import anyio
import anyio.lowlevel
import httpx

from sixtyfour_async import AsyncClient, JobRunner, PeopleIntelligence
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.testing import SimulatedTransport, VirtualTimeLoop

ROWS = 60
STEPS = 4
"""Turns of the event loop that a request takes; a row takes twice as many before it is there."""

BUSY_SECONDS = 0.24
"""Twice as long as the budget takes for a token."""


class BusyTransport(SimulatedTransport):
    """Lets the clock go on while a request takes its turns of the event loop."""

    def __init__(self, simulator: Simulator, seconds: float) -> None:
        super().__init__(simulator)
        self._seconds = seconds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        for _ in range(STEPS):
            loop.now += self._seconds / STEPS
            await anyio.lowlevel.checkpoint()
        return await super().handle_async_request(request)


async def costs_of_polls(request_seconds: float, seconds_between_rows: float) -> list[float]:
    """Return what a poll costs as each row is read, which comes as from a database that the same loop listens to."""
    simulator, costs = Simulator(SimulatorSettings(seed=3), now=anyio.current_time), list[float]()

    async def rows(runner: JobRunner) -> AsyncGenerator[PeopleIntelligence, None]:
        for number in range(ROWS):
            await anyio.sleep(seconds_between_rows)
            for _ in range(2 * STEPS):
                await anyio.lowlevel.checkpoint()
            costs.append(runner.stats().poll_cost_seconds)
            yield PeopleIntelligence(lead_info={"name": f"Ada {number}"}, struct={"title": "job title"}, tier="low")

    async with (
        httpx.AsyncClient(transport=BusyTransport(simulator, request_seconds)) as http_client,
        AsyncClient(DEFAULT_KEY, base_url="http://simulator", http_client=http_client) as client,
        JobRunner(client) as runner,
    ):
        outcomes = [outcome async for outcome in runner.map(rows(runner), batching="single")]
    assert len(outcomes) == len(simulator.books.jobs) == ROWS
    return costs


def test_rows_that_are_still_to_be_read_are_not_kept_out_by_cheap_polls() -> None:
    loop = {"loop_factory": VirtualTimeLoop}
    busy = anyio.run(costs_of_polls, BUSY_SECONDS, 0.0, backend_options=loop)
    idle = anyio.run(costs_of_polls, 0.0, 1.0, backend_options=loop)

    assert max(idle) < 1
    assert busy[-1] > 10
