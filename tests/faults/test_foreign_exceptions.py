"""An exception of somebody else's is the failure of one request: a hook that raises, a closed client."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import httpx
import pytest

from sixtyfour_async import AsyncClient, FindEmail, JobRunner, MemoryJournal, Outcome
from sixtyfour_async.models import EmailResult
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator
from sixtyfour_async.testing import SimulatedTransport, simulated
from tests.runner.questions import find_emails

pytestmark = pytest.mark.anyio

LEADS = find_emails(6)


class RaisesOnce:
    """A response hook of the caller's HTTP client that raises once, for one method."""

    def __init__(self, method: str) -> None:
        self._method = method
        self.raised = 0

    async def __call__(self, response: httpx.Response) -> None:
        if response.request.method == self._method and not self.raised:
            self.raised += 1
            raise KeyError("a mistake in a hook")


@asynccontextmanager
async def with_hook(hook: RaisesOnce) -> AsyncGenerator[tuple[AsyncClient, Simulator]]:
    simulator = Simulator(now=anyio.current_time)
    async with (
        httpx.AsyncClient(transport=SimulatedTransport(simulator), event_hooks={"response": [hook]}) as http_client,
        AsyncClient(DEFAULT_KEY, base_url="http://simulator", http_client=http_client) as client,
    ):
        yield client, simulator


async def outcomes_of(runner: JobRunner) -> list[Outcome[EmailResult]]:
    return [outcome async for outcome in runner.map(LEADS, batching="single", ordered=True)]


async def test_a_hook_that_raises_on_a_poll_fails_that_poll_only(caplog: pytest.LogCaptureFixture) -> None:
    hook = RaisesOnce("GET")
    async with with_hook(hook) as (client, simulator), JobRunner(client) as runner:
        with caplog.at_level(logging.CRITICAL, "sixtyfour_async"):
            statuses = [outcome.status for outcome in await outcomes_of(runner)]

    assert hook.raised == 1
    assert statuses == ["completed"] * 6
    assert simulator.books.repeated == {}


async def test_a_hook_that_raises_on_a_submit_parks_that_row_only(caplog: pytest.LogCaptureFixture) -> None:
    """The request had been sent, so the row may have been accepted; the cause is kept and logged."""
    journal, hook = MemoryJournal(), RaisesOnce("POST")
    async with with_hook(hook) as (client, _):
        async with JobRunner(client, journal=journal) as runner:
            outcomes = await outcomes_of(runner)
        async with JobRunner(client, journal=journal) as runner:
            again = [outcome.status for outcome in await outcomes_of(runner)]
    [parked] = [outcome for outcome in outcomes if outcome.status == "unknown"]

    assert [outcome.status for outcome in outcomes].count("completed") == 5
    assert "a mistake in a hook" in str(parked.error)
    assert parked.error is not None
    assert isinstance(getattr(parked.error.__cause__, "__cause__", None), KeyError)
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [KeyError]
    assert again.count("completed") == 5, "the next run is not stopped by it either"


async def test_a_closed_client_leaves_nothing_in_doubt() -> None:
    """It has certainly not sent the request."""
    closed = httpx.AsyncClient()
    await closed.aclose()
    async with JobRunner(AsyncClient(DEFAULT_KEY, base_url="http://simulator", http_client=closed)) as runner:
        outcome = await runner.run(LEADS[0])

    assert outcome.status == "rejected"
    assert "the client is closed" in str(outcome.error)


class Unstable(FindEmail):
    """An operation of the caller's own that cannot be hashed."""

    def fingerprint(self) -> str:
        raise ZeroDivisionError("a mistake in the caller's class")


@pytest.mark.parametrize("place", [0, 2, 5])
async def test_a_row_that_raises_when_it_is_admitted_is_its_own_outcome(
    place: int, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [*LEADS]
    rows[place] = Unstable(lead={"name": "Ada"})
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(rows, ordered=True)]

    assert [outcome.index for outcome in outcomes] == [0, 1, 2, 3, 4, 5]
    assert [outcome.index for outcome in outcomes if outcome.status == "rejected"] == [place]
    assert "a mistake in the caller's class" in str(outcomes[place].error)
    assert sum(len(job.subjects) for job in simulator.books.jobs) == 5
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]
