"""A row that may have been taken stays unknown until the service has said otherwise, and its money stays at stake."""

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


async def leave_in_doubt(client: AsyncClient, simulator: Simulator, journal: MemoryJournal) -> None:
    """Every attempt to send the search is taken, and its answer lost."""
    simulator.faults.script("lost_answer", route="/search/start-deep-search", times=6)
    async with JobRunner(client, journal=journal, prices=PRICES) as runner:
        outcome = await runner.run(SEARCH, key="row")
    assert (outcome.status, journal.rows["row"].state) == ("unknown", "unknown")
    assert len(simulator.books.jobs) == 1


async def lost(simulator: Simulator, runner: JobRunner) -> None:
    """Wait until a submit was taken, and its answer lost."""
    for _ in range(1000):
        if simulator.books.jobs and not runner.stats().reserved_cents:
            return
        await anyio.sleep(0.05)
    pytest.fail("its money was never given back")


async def outcomes_of(
    runner: JobRunner, asked: Sequence[JobOperation[Any]], *, stop_after: float
) -> dict[str, Outcome[Any]]:
    """Ask, and stop after so many seconds; the search goes by the key ``row``."""
    outcomes: dict[str, Outcome[Any]] = {}

    async def stop() -> None:
        await anyio.sleep(stop_after)
        runner.stop()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stop)
        async for outcome in runner.map(asked, key=lambda asked: "row" if asked == SEARCH else "other"):
            outcomes[outcome.key] = outcome
    return outcomes


async def test_a_row_in_doubt_that_is_not_asked_after_all_is_in_doubt_still() -> None:
    """Stopped while it waited for its turn: it had been sent in an earlier run, and may be billed."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        await leave_in_doubt(client, simulator, journal)
        async with JobRunner(client, journal=journal, prices=PRICES, deep_searches=1) as runner:
            ends = await outcomes_of(runner, [DeepSearch(query="harbours", max_results=5), SEARCH], stop_after=5)
            stats = runner.stats()
    outcome = ends["row"]

    assert (journal.rows["row"].state, journal.rows["row"].reserved_cents) == ("unknown", 5)
    assert outcome.status == "unknown"
    assert isinstance(outcome.error, JobUnknownError)
    assert stats.ended == {"completed": 1, "unknown": 1}
    assert ends["other"].status == "completed"
    assert stats.exposed_cents == 5


async def test_a_cap_that_leaves_no_room_for_a_row_in_doubt_does_not_settle_it() -> None:
    """It is not sent again, and what may have been paid for it counts on."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        await leave_in_doubt(client, simulator, journal)
        async with JobRunner(client, journal=journal, prices=PRICES, max_cost_cents=4) as runner:
            outcome = await runner.run(SEARCH, key="row")
            stats = runner.stats()

    assert (journal.rows["row"].state, journal.rows["row"].reserved_cents) == ("unknown", 5)
    assert outcome.status == "unknown"
    assert "max_cost_cents=4" in str(outcome.error)
    assert stats.exposed_cents == 5


async def test_a_row_in_doubt_is_asked_again_with_the_money_set_aside_for_it() -> None:
    """A cap that fits it once is enough, and its place in the cap is nobody else's meanwhile."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        await leave_in_doubt(client, simulator, journal)
        async with JobRunner(client, journal=journal, prices=PRICES, max_cost_cents=5) as runner:
            other = await runner.run(question(0), key="other")
            outcome = await runner.run(SEARCH, key="row")
            stats = runner.stats()

    assert (other.status, outcome.status) == ("rejected", "completed")
    assert (stats.cost_cents, stats.exposed_cents, stats.reserved_cents) == (5, 0, 0)
    assert len(simulator.books.jobs) == 1


async def test_stopping_while_a_submit_in_doubt_waits_to_be_repeated_parks_it() -> None:
    """Taken, its answer lost, and stopped before it was sent again."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route="/search/start-deep-search", times=4)
        async with JobRunner(client, journal=journal, prices=PRICES) as runner:
            ends = await outcomes_of(runner, [SEARCH], stop_after=1)
            stats = runner.stats()
        async with JobRunner(client, journal=journal, prices=PRICES) as runner:
            again = await runner.run(SEARCH, key="row")

    assert (ends["row"].status, stats.exposed_cents) == ("unknown", 5)
    assert again.status == "completed"
    assert len(simulator.books.jobs) == 1


async def test_a_cap_holds_while_a_submit_in_doubt_waits_to_be_repeated() -> None:
    """What it may cost is not given to another row meanwhile."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route="/search/start-deep-search", times=3)
        async with JobRunner(client, journal=journal, prices=PRICES, max_cost_cents=14) as runner:
            ends: dict[str, str] = {}
            waiting = runner.stats()

            async def ask(operation: JobOperation[Any], key: str) -> None:
                ends[key] = (await runner.run(operation, key=key)).status

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(ask, SEARCH, "row")
                await lost(simulator, runner)
                waiting = runner.stats()
                tasks.start_soon(ask, question(0), "other")
            stats = runner.stats()

    assert (waiting.cost_cents, waiting.exposed_cents, waiting.reserved_cents) == (0, 5, 0)
    assert ends == {"row": "completed", "other": "rejected"}
    assert (stats.cost_cents, stats.exposed_cents, stats.reserved_cents) == (5, 0, 0)
    assert len(simulator.books.jobs) == 1
