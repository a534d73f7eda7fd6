"""Every prefix of a journal recovers to the same final set, by the service's books and by the consumer's."""

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
from sixtyfour_async._scheduling.ledger import Tally
from sixtyfour_async.simulator import Simulator, SimulatorSettings
from sixtyfour_async.testing import VirtualTimeLoop, simulated
from tests.runner.questions import fact, question

FACTS_WORKFLOW = "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0001"
PRICES = {"company-intelligence": 10, "workflow-run": 10, "deep-search": 5}
WRITES = 21
"""Writes of a run that nothing disturbs: intent, id and answer of five rows, and six acknowledgements."""


class Frozen(MemoryJournal):
    """Takes so many writes and keeps nothing from then on; the run has a minute to be torn down before it goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.left: float = float("inf")
        self.dead = anyio.Event()

    def thaw(self, left: float) -> None:
        self.left, self.dead = left, anyio.Event()

    async def _alive(self) -> bool:
        if self.left > 0:
            self.left -= 1
            return True
        self.dead.set()
        await anyio.sleep(60)
        return False

    async def put(self, *entries: Entry) -> None:
        if await self._alive():
            await super().put(*entries)

    async def deliver(self, key: str) -> None:
        if await self._alive():
            await super().deliver(key)

    def tally(self, variant: str, name: Tally, cents: float) -> None:
        if not self.dead.is_set():
            super().tally(variant, name, cents)


def asked() -> list[JobOperation[Any]]:
    return [
        question(0),
        DeepSearch(query="shipyards", max_results=5),
        question(1),
        question(0),
        RunWorkflow(workflow_id=FACTS_WORKFLOW, webhook_payload=[{"company_name": "3M"}]),
        question(2),
    ]


async def live(client: AsyncClient, journal: Frozen, left: float, arrived: list[Outcome[Any]]) -> bool:
    """Run until the journal dies, then no longer; say whether it lived to the end."""
    journal.thaw(left)

    async def run(scope: anyio.CancelScope) -> None:
        async with JobRunner(client, journal=journal, prices=PRICES) as runner:
            async for outcome in runner.map(asked(), deliver="once"):
                if not journal.dead.is_set():
                    arrived.append(outcome)  # noqa: PERF401 (what came before the death is what counts)
        scope.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run, tasks.cancel_scope)
        await journal.dead.wait()
        tasks.cancel_scope.cancel()
    return not journal.dead.is_set()


def check(simulator: Simulator, journal: Frozen, arrived: Sequence[Outcome[Any]], lives: int) -> None:
    """Each row once in the books, or parked; each answer with its own row; nothing delivered twice but in hand."""
    operations = {operation.fingerprint(): operation for operation in asked()}
    parked = {key for key, entry in journal.rows.items() if entry.state == "unknown"}
    ended = [outcome for outcome in arrived if outcome.status != "unknown"]
    assert set(journal.rows) == set(operations)
    assert {"completed"} | ({"unknown"} if parked else set()) == {entry.state for entry in journal.rows.values()}
    assert simulator.books.repeated == {}
    assert not any(operations[key].with_idempotency_key("key").is_retry_safe() for key in parked)
    assert {outcome.key for outcome in ended} == set(operations) - parked
    assert all(entry.delivered for key, entry in journal.rows.items() if key not in parked)
    repeats = Counter((outcome.key, outcome.index) for outcome in ended)
    assert sum(repeats.values()) - len(repeats) < lives
    own = {outcome.key: outcome.job_id for outcome in ended}
    assert len(set(own.values())) == len(own)
    for number in range(3):
        answers = [outcome.result().structured_data for outcome in ended if outcome.input == question(number)]
        assert all({"headquarters": fact(number)} == answer for answer in answers)
    charged = sum(job.charge for job in simulator.books.jobs if job.id in own.values() and job.kind != "deep_search")
    told = sum(entry.cost_cents or entry.reserved_cents for key, entry in journal.rows.items() if key in own)
    searched = sum(entry.operation == "deep-search" for entry in journal.rows.values() if entry.key not in parked)
    assert told == charged + searched * PRICES["deep-search"]


async def recover(lives: Sequence[float]) -> int:
    """Die after so many writes, again and again, then live; give how often it died."""
    arrived: list[Outcome[Any]] = []
    journal = Frozen()
    async with simulated(SimulatorSettings()) as (client, simulator):
        died = sum([not await live(client, journal, left, arrived) for left in lives])
        assert await live(client, journal, float("inf"), arrived)
        check(simulator, journal, arrived, died + 1)
    return died


def run(lives: Sequence[float]) -> int:
    return anyio.run(recover, lives, backend_options={"loop_factory": VirtualTimeLoop})


@pytest.mark.parametrize("writes", range(WRITES + 1))
def test_a_run_that_dies_after_any_write_ends_as_if_it_had_not(writes: int) -> None:
    """What was written stands, what was not is lost: the service's books and the consumer's hold the same set."""
    assert run([writes]) == (writes < WRITES)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, WRITES), min_size=2, max_size=6))
def test_a_run_that_dies_again_and_again_does_too(lives: list[int]) -> None:
    run(lives)


@pytest.mark.soak
@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, WRITES), min_size=2, max_size=12))
def test_a_run_that_dies_a_dozen_times_does_too(lives: list[int]) -> None:
    run(lives)
