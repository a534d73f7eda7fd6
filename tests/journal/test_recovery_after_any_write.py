"""A run that dies after any write recovers to the same final set, in the service's books and at the consumer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixtyfour_async import AsyncClient, DeepSearch, JobOperation, JobRunner, MemoryJournal, Outcome, RunWorkflow
from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.sharing import Claim, Limits
from sixtyfour_async._scheduling.ledger import Tally
from sixtyfour_async.simulator import Simulator, SimulatorSettings
from sixtyfour_async.testing import VirtualTimeLoop, simulated
from tests.runner.questions import fact, question

FACTS_WORKFLOW = "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0001"
PRICES = {"company-intelligence": 10, "workflow-run": 10, "deep-search": 5}
WRITES = 26
"""Writes of an undisturbed run: intent, id, answer as it came and end of five rows, and six deliveries."""


class DyingJournal(MemoryJournal):
    """Keep so many writes and drop all later ones; a dropped write blocks while the test tears the run down."""

    def __init__(self) -> None:
        super().__init__()
        self.writes_left: float = float("inf")
        self.dead = anyio.Event()

    def revive(self, writes_left: float) -> None:
        self.writes_left, self.dead = writes_left, anyio.Event()

    async def _count_write(self) -> bool:
        if self.writes_left > 0:
            self.writes_left -= 1
            return True
        self.dead.set()
        await anyio.sleep(60)
        return False

    async def put(self, *entries: Entry) -> None:
        if await self._count_write():
            await super().put(*entries)

    async def claim(self, entries: Sequence[Entry], limits: Limits, replaced: Sequence[Entry] = ()) -> Claim:
        if await self._count_write():
            return await super().claim(entries, limits, replaced)
        return Claim(refused=frozenset(entry.key for entry in entries))

    async def deliver(self, key: str) -> None:
        if await self._count_write():
            await super().deliver(key)

    def tally(self, variant: str, name: Tally, cents: float) -> None:
        if not self.dead.is_set():
            super().tally(variant, name, cents)


def operations() -> list[JobOperation[Any]]:
    return [
        question(0),
        DeepSearch(query="shipyards", max_results=5),
        question(1),
        question(0),
        RunWorkflow(workflow_id=FACTS_WORKFLOW, webhook_payload=[{"company_name": "3M"}]),
        question(2),
    ]


async def run_until_death(
    client: AsyncClient, journal: DyingJournal, writes: float, delivered: list[Outcome[Any]]
) -> bool:
    """Run until the journal dies; return True if the run finished instead."""
    journal.revive(writes)

    async def run(scope: anyio.CancelScope) -> None:
        async with JobRunner(client, journal=journal, prices=PRICES) as runner:
            async for outcome in runner.map(operations(), deliver="once"):
                if not journal.dead.is_set():
                    delivered.append(outcome)  # noqa: PERF401 (only outcomes before the death count)
        scope.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run, tasks.cancel_scope)
        await journal.dead.wait()
        tasks.cancel_scope.cancel()
    return not journal.dead.is_set()


def check(simulator: Simulator, journal: DyingJournal, delivered: Sequence[Outcome[Any]], runs: int) -> None:
    """Check that each row was accepted once or is parked, has its own answer, and is redelivered once a run at most."""
    expected = {operation.fingerprint(): operation for operation in operations()}
    parked = {key for key, entry in journal.rows.items() if entry.state == "unknown"}
    ended = [outcome for outcome in delivered if outcome.status != "unknown"]
    assert set(journal.rows) == set(expected)
    assert {"completed"} | ({"unknown"} if parked else set()) == {entry.state for entry in journal.rows.values()}
    assert simulator.books.repeated == {}
    assert not any(expected[key].with_idempotency_key("key").is_retry_safe() for key in parked)
    assert {outcome.key for outcome in ended} == set(expected) - parked
    assert all(entry.delivered for key, entry in journal.rows.items() if key not in parked)
    repeats = Counter((outcome.key, outcome.index) for outcome in ended)
    assert sum(repeats.values()) - len(repeats) < runs
    job_ids = {outcome.key: outcome.job_id for outcome in ended}
    assert len(set(job_ids.values())) == len(job_ids)
    for number in range(3):
        answers = [outcome.result().structured_data for outcome in ended if outcome.input == question(number)]
        assert all(answer["headquarters"] == fact(number) for answer in answers)
    charged = sum(
        job.charge for job in simulator.books.jobs if job.id in job_ids.values() and job.kind != "deep_search"
    )
    recorded = sum(entry.cost_cents or entry.reserved_cents for key, entry in journal.rows.items() if key in job_ids)
    searched = sum(entry.operation == "deep-search" for entry in journal.rows.values() if entry.key not in parked)
    assert recorded == charged + searched * PRICES["deep-search"]


async def recover(writes_per_run: Sequence[float]) -> int:
    """Let each run die after its number of writes, then finish; return how many died."""
    delivered: list[Outcome[Any]] = []
    journal = DyingJournal()
    async with simulated(SimulatorSettings()) as (client, simulator):
        died = sum([not await run_until_death(client, journal, writes, delivered) for writes in writes_per_run])
        assert await run_until_death(client, journal, float("inf"), delivered)
        check(simulator, journal, delivered, died + 1)
    return died


def run(writes_per_run: Sequence[float]) -> int:
    return anyio.run(recover, writes_per_run, backend_options={"loop_factory": VirtualTimeLoop})


@pytest.mark.parametrize("writes", range(WRITES + 1))
def test_a_run_that_dies_after_any_write_is_recovered(writes: int) -> None:
    """The service's books and the consumer end with the same set."""
    assert run([writes]) == (writes < WRITES)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, WRITES), min_size=2, max_size=6))
def test_a_run_that_dies_several_times_is_recovered(writes_per_run: list[int]) -> None:
    run(writes_per_run)


@pytest.mark.soak
@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, WRITES), min_size=2, max_size=12))
def test_a_run_that_dies_a_dozen_times_is_recovered(writes_per_run: list[int]) -> None:
    run(writes_per_run)
