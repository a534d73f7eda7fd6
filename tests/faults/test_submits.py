"""A paid question that perhaps arrived is never sent again by itself."""

from __future__ import annotations

import httpx
import pytest

from sixtyfour_async import ConnectError, JobRunner, JobUnknownError, MemoryJournal, SixtyfourError
from sixtyfour_async.testing import simulated
from tests.faults.network import is_submit, networked, submits_of
from tests.runner.questions import questions

pytestmark = pytest.mark.anyio

TAKEN = ("lost_answer", "truncated")
NOT_TAKEN = ("reset", "server_error", "html")


@pytest.mark.parametrize("fault", [*TAKEN, *NOT_TAKEN])
async def test_a_submit_without_an_answer_is_parked(fault: str) -> None:
    """Whether the service took it cannot be seen from here: unknown, once in the books at most, now and later."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        simulator.faults.script(fault, route="/company-intelligence-async", times=2)
        for retry in (False, False, True):
            async with JobRunner(client, journal=journal, retry_failed=retry) as runner:
                outcomes = [outcome async for outcome in runner.map(questions(8))]
            parked = [outcome for outcome in outcomes if outcome.status == "unknown"]
            assert (len(parked), sum(outcome.ok for outcome in outcomes)) == (2, 6)
            assert all(isinstance(outcome.error, JobUnknownError) for outcome in parked)
            assert all(outcome.job_id is None for outcome in parked)

    assert simulator.faults.struck[fault] == 2
    assert (8 if fault in TAKEN else 6) == len(simulator.books.jobs)
    assert simulator.books.repeated == {}
    assert sum(submits_of(simulator).values()) == 8


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_every_server_error_parks(status: int) -> None:
    """A proxy that gave up may have a server behind it that did not."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        simulator.faults.script("server_error", route="/company-intelligence-async", status=status)
        outcome = await runner.run(questions(1)[0])

    assert outcome.status == "unknown"
    assert str(status) in str(outcome.error)
    assert {status: 1} == submits_of(simulator)


@pytest.mark.parametrize("fault", [*TAKEN, *NOT_TAKEN])
async def test_a_direct_call_is_not_repeated_either(fault: str) -> None:
    """``send`` and ``submit`` raise; what to do about it is the caller's word."""
    async with simulated() as (client, simulator):
        simulator.faults.script(fault, times=2)
        with pytest.raises(SixtyfourError):
            await client.send(questions(1)[0])
        with pytest.raises(SixtyfourError):
            await client.submit(questions(2)[1])

    assert len(simulator.books.requests) == 2
    assert (2 if fault in TAKEN else 0) == len(simulator.books.jobs)


async def test_an_answer_without_an_id_is_parked() -> None:
    """A 200 that is not what a submit answers may be a job all the same."""
    odd = httpx.Response(200, json={"status": "RUNNING"})

    def swallow(request: httpx.Request) -> httpx.Response | None:
        return odd if is_submit(request) else None

    async with networked(swallow) as (client, _, network), JobRunner(client) as runner:
        outcome = await runner.run(questions(1)[0])

    assert outcome.status == "unknown"
    assert len(network.seen) == 1


async def test_what_never_left_is_sent_again() -> None:
    """No connection, nothing paid: rows wait for the network to come back."""
    left = 12

    def unplugged(request: httpx.Request) -> Exception | None:
        nonlocal left
        left -= 1
        return httpx.ConnectError("Connection refused", request=request) if left >= 0 else None

    async with networked(unplugged) as (client, simulator, _), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(questions(6))]

    assert sum(outcome.ok for outcome in outcomes) == 6
    assert (len(simulator.books.jobs), simulator.books.repeated) == (6, {})


async def consume(runner: JobRunner, statuses: list[str]) -> None:
    async for outcome in runner.map(questions(500)):
        statuses.append(outcome.status)  # noqa: PERF401 (what came before the error is what counts)


async def test_without_a_connection_the_map_ends_after_its_outcomes() -> None:
    """Rows under way are watched to their end first; the others were not sent and can be asked in the next run."""
    journal, tries = MemoryJournal(), 0

    def dead(request: httpx.Request) -> Exception | None:
        nonlocal tries
        tries += is_submit(request)
        return httpx.ConnectError("Connection refused", request=request) if is_submit(request) and tries > 5 else None

    statuses: list[str] = []
    async with networked(dead) as (client, simulator, network):
        async with JobRunner(client, journal=journal, max_in_flight=20) as runner:
            with pytest.raises(ConnectError, match="Connection refused") as caught:
                await consume(runner, statuses)
        assert caught.value.sent is False
        assert 5 == statuses.count("completed") == len(simulator.books.jobs)
        assert len(statuses) - 5 == statuses.count("rejected")
        assert len(statuses) <= 5 + 20 + 1, "reading has stopped"

        network.refuse = None
        async with JobRunner(client, journal=journal) as runner:
            again = [outcome async for outcome in runner.map(questions(30))]

    assert sum(outcome.ok for outcome in again) == 30
    assert sum(outcome.replayed for outcome in again) == 5
    assert (len(simulator.books.jobs), simulator.books.repeated) == (30, {})
