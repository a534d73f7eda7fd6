"""A paid request that may have arrived is never retried automatically."""

from __future__ import annotations

import httpx
import pytest

from sixtyfour_async import ConnectError, JobRunner, JobUnknownError, MemoryJournal, SixtyfourError
from sixtyfour_async.testing import simulated
from tests.faults.network import is_submit, networked, submits_of
from tests.runner.questions import questions

pytestmark = pytest.mark.anyio

ACCEPTED_FAULTS = ("lost_answer", "truncated")
UNACCEPTED_FAULTS = ("reset", "server_error", "html")


@pytest.mark.parametrize("fault", [*ACCEPTED_FAULTS, *UNACCEPTED_FAULTS])
async def test_a_submit_without_a_usable_response_is_parked(fault: str) -> None:
    """Whether the service accepted it cannot be known; it is not resubmitted, in this run or a later one."""
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
    assert (8 if fault in ACCEPTED_FAULTS else 6) == len(simulator.books.jobs)
    assert simulator.books.repeated == {}
    assert sum(submits_of(simulator).values()) == 8


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_error_on_a_submit_parks_the_row(status: int) -> None:
    """The server behind a proxy that answered 5xx may still have accepted the request."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        simulator.faults.script("server_error", route="/company-intelligence-async", status=status)
        outcome = await runner.run(questions(1)[0])

    assert outcome.status == "unknown"
    assert str(status) in str(outcome.error)
    assert {status: 1} == submits_of(simulator)


@pytest.mark.parametrize("fault", [*ACCEPTED_FAULTS, *UNACCEPTED_FAULTS])
async def test_a_direct_call_is_not_retried_either(fault: str) -> None:
    """``send`` and ``submit`` raise and leave the decision to the caller."""
    async with simulated() as (client, simulator):
        simulator.faults.script(fault, times=2)
        with pytest.raises(SixtyfourError):
            await client.send(questions(1)[0])
        with pytest.raises(SixtyfourError):
            await client.submit(questions(2)[1])

    assert len(simulator.books.requests) == 2
    assert (2 if fault in ACCEPTED_FAULTS else 0) == len(simulator.books.jobs)


async def test_a_submit_response_without_a_job_id_is_parked() -> None:
    """The 200 may stand for an accepted job."""
    without_id = httpx.Response(200, json={"status": "RUNNING"})

    def drop_job_id(request: httpx.Request) -> httpx.Response | None:
        return without_id if is_submit(request) else None

    async with networked(drop_job_id) as (client, _, network), JobRunner(client) as runner:
        outcome = await runner.run(questions(1)[0])

    assert outcome.status == "unknown"
    assert len(network.seen) == 1


async def test_a_request_that_was_never_sent_is_retried() -> None:
    """Without a connection nothing is paid; rows wait for the network to come back."""
    refusals_left = 12

    def refuse_connection(request: httpx.Request) -> Exception | None:
        nonlocal refusals_left
        refusals_left -= 1
        return httpx.ConnectError("Connection refused", request=request) if refusals_left >= 0 else None

    async with networked(refuse_connection) as (client, simulator, _), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(questions(6))]

    assert sum(outcome.ok for outcome in outcomes) == 6
    assert (len(simulator.books.jobs), simulator.books.repeated) == (6, {})


async def consume(runner: JobRunner, statuses: list[str]) -> None:
    async for outcome in runner.map(questions(500)):
        statuses.append(outcome.status)  # noqa: PERF401 (outcomes before the error count)


async def test_a_lasting_connection_failure_ends_the_map_after_its_outcomes() -> None:
    """Running jobs are polled to their end first; unsent rows can be submitted by the next run."""
    journal, submits = MemoryJournal(), 0

    def refuse_later_submits(request: httpx.Request) -> Exception | None:
        nonlocal submits
        submits += is_submit(request)
        return httpx.ConnectError("Connection refused", request=request) if is_submit(request) and submits > 5 else None

    statuses: list[str] = []
    async with networked(refuse_later_submits) as (client, simulator, network):
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
