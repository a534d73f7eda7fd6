"""A row that may have been accepted stays unknown and its cents stay exposed until the service settles it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anyio
import pytest

from sixtyfour_async import AsyncClient, DeepSearch, JobOperation, JobRunner, JobUnknownError, MemoryJournal, Outcome
from sixtyfour_async.simulator import Simulator
from sixtyfour_async.testing import simulated
from tests.runner.questions import question

pytestmark = pytest.mark.anyio

SEARCH = DeepSearch(query="shipyards", max_results=5)
PRICES = {"deep-search": 5, "company-intelligence": 10}


async def leave_uncertain(client: AsyncClient, simulator: Simulator, journal: MemoryJournal) -> None:
    """Lose the response to every attempt at submitting the search, which the service accepts."""
    simulator.faults.script("lost_answer", route="/search/start-deep-search", times=6)
    async with JobRunner(client, journal=journal, prices=PRICES) as runner:
        outcome = await runner.run(SEARCH, key="row")
    assert (outcome.status, journal.rows["row"].state) == ("unknown", "unknown")
    assert len(simulator.books.jobs) == 1


async def wait_for_lost_response(simulator: Simulator, runner: JobRunner) -> None:
    """Wait until a submit has been accepted and its response lost."""
    for _ in range(1000):
        if simulator.books.jobs and not runner.stats().reserved_cents:
            return
        await anyio.sleep(0.05)
    pytest.fail("its reservation was never released")


async def run_and_stop(
    runner: JobRunner, operations: Sequence[JobOperation[Any]], *, stop_after: float
) -> dict[str, Outcome[Any]]:
    """Run the operations and stop after so many seconds; the search has the key ``row``."""
    outcomes: dict[str, Outcome[Any]] = {}

    async def stop() -> None:
        await anyio.sleep(stop_after)
        runner.stop()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stop)
        async for outcome in runner.map(operations, key=lambda operation: "row" if operation == SEARCH else "other"):
            outcomes[outcome.key] = outcome
    return outcomes


async def test_an_uncertain_row_that_is_not_resubmitted_stays_unknown() -> None:
    """The run is stopped before its resubmission, but an earlier run submitted it, so it may be billed."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        await leave_uncertain(client, simulator, journal)
        async with JobRunner(client, journal=journal, prices=PRICES, deep_searches=1) as runner:
            outcomes = await run_and_stop(runner, [DeepSearch(query="harbours", max_results=5), SEARCH], stop_after=5)
            stats = runner.stats()
    outcome = outcomes["row"]

    assert (journal.rows["row"].state, journal.rows["row"].reserved_cents) == ("unknown", 5)
    assert outcome.status == "unknown"
    assert isinstance(outcome.error, JobUnknownError)
    assert stats.ended == {"completed": 1, "unknown": 1}
    assert outcomes["other"].status == "completed"
    assert stats.exposed_cents == 5


async def test_an_uncertain_row_beyond_the_cap_stays_unknown() -> None:
    """It is not resubmitted, and its cents stay exposed."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        await leave_uncertain(client, simulator, journal)
        async with JobRunner(client, journal=journal, prices=PRICES, max_cost_cents=4) as runner:
            outcome = await runner.run(SEARCH, key="row")
            stats = runner.stats()

    assert (journal.rows["row"].state, journal.rows["row"].reserved_cents) == ("unknown", 5)
    assert outcome.status == "unknown"
    assert "max_cost_cents=4" in str(outcome.error)
    assert stats.exposed_cents == 5


async def test_an_uncertain_row_is_resubmitted_with_its_own_reservation() -> None:
    """A cap that covers it once is enough, and no other row can use its share meanwhile."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        await leave_uncertain(client, simulator, journal)
        async with JobRunner(client, journal=journal, prices=PRICES, max_cost_cents=5) as runner:
            other = await runner.run(question(0), key="other")
            outcome = await runner.run(SEARCH, key="row")
            stats = runner.stats()

    assert (other.status, outcome.status) == ("rejected", "completed")
    assert (stats.cost_cents, stats.exposed_cents, stats.reserved_cents) == (5, 0, 0)
    assert len(simulator.books.jobs) == 1


async def test_stopping_while_an_uncertain_submit_waits_for_its_retry_parks_it() -> None:
    """The service accepted it and the response was lost; the next run settles it."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route="/search/start-deep-search", times=4)
        async with JobRunner(client, journal=journal, prices=PRICES) as runner:
            outcomes = await run_and_stop(runner, [SEARCH], stop_after=1)
            stats = runner.stats()
        async with JobRunner(client, journal=journal, prices=PRICES) as runner:
            again = await runner.run(SEARCH, key="row")

    assert (outcomes["row"].status, stats.exposed_cents) == ("unknown", 5)
    assert again.status == "completed"
    assert len(simulator.books.jobs) == 1


async def test_the_cap_holds_while_an_uncertain_submit_waits_for_its_retry() -> None:
    """Its cents are not available to another row meanwhile."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route="/search/start-deep-search", times=3)
        async with JobRunner(client, journal=journal, prices=PRICES, max_cost_cents=14) as runner:
            outcomes: dict[str, str] = {}
            waiting = runner.stats()

            async def run(operation: JobOperation[Any], key: str) -> None:
                outcomes[key] = (await runner.run(operation, key=key)).status

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(run, SEARCH, "row")
                await wait_for_lost_response(simulator, runner)
                waiting = runner.stats()
                tasks.start_soon(run, question(0), "other")
            stats = runner.stats()

    assert (waiting.cost_cents, waiting.exposed_cents, waiting.reserved_cents) == (0, 5, 0)
    assert outcomes == {"row": "completed", "other": "rejected"}
    assert (stats.cost_cents, stats.exposed_cents, stats.reserved_cents) == (5, 0, 0)
    assert len(simulator.books.jobs) == 1
