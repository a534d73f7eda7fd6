"""All faults at once: nothing is lost and nothing is charged twice."""

from __future__ import annotations

from collections import Counter

import anyio
import pytest
from pydantic import JsonValue

from sixtyfour_async import Intelligence, JobRunner, MemoryJournal, Outcome
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.runner.questions import fact, questions

pytestmark = pytest.mark.anyio

REQUEST_FAULTS: dict[str, float] = dict.fromkeys(
    ("server_error", "html", "truncated", "slow_body", "drift", "throttled", "reset"), 0.05
)
FAULTS = {**REQUEST_FAULTS, "lost_answer": 0.02, "not_found_after_submit": 0.05}


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.soak), pytest.param(3, marks=pytest.mark.soak)])
async def test_five_hundred_rows_with_all_faults(seed: int) -> None:
    """Each row is completed or parked, each accepted job belongs to one row, and none is accepted twice."""
    journal = MemoryJournal()
    outcomes: dict[int, Outcome[Intelligence[dict[str, JsonValue]]]] = {}
    async with simulated(SimulatorSettings(faults=FAULTS, seed=seed)) as (client, simulator):
        for _ in range(2):
            async with JobRunner(client, journal=journal) as runner:
                outcomes = {outcome.index: outcome async for outcome in runner.map(questions(500))}

    statuses = Counter(outcome.status for outcome in outcomes.values())
    assert list(range(500)) == sorted(outcomes)
    assert statuses["completed"] + statuses["unknown"] == 500
    assert statuses["completed"] > 300
    for index, outcome in outcomes.items():
        if outcome.status == "completed":
            assert outcome.result().structured_data["headquarters"] == fact(index)
    books = simulator.books
    assert books.repeated == {}
    answered = {outcome.job_id for outcome in outcomes.values() if outcome.status == "completed"}
    parked = len({work.id for work in books.jobs} - answered)
    assert answered <= {work.id for work in books.jobs}
    assert 0 < parked <= statuses["unknown"], "jobs whose response was lost are parked"
    assert all(simulator.faults.struck[name] > 5 for name in FAULTS)
    assert books.peak() <= 500


async def test_failed_jobs_are_distinguished_from_unknown_ones() -> None:
    """``failed`` is reported by the service; ``unknown`` means that the client cannot know."""
    faults = {"job_failed": 0.2, "lost_answer": 0.1, "server_error": 0.1}
    async with simulated(SimulatorSettings(faults=faults)) as (client, simulator), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(questions(150))]

    failed = {outcome.job_id for outcome in outcomes if outcome.status == "failed"}
    uncharged = {work.id for work in simulator.books.jobs if work.charge == 0}
    statuses = Counter(outcome.status for outcome in outcomes)
    assert failed
    assert failed <= uncharged
    assert statuses["failed"] + statuses["unknown"] + statuses["completed"] == 150
    assert simulator.books.repeated == {}


async def test_a_run_restarted_again_and_again_under_faults_finishes() -> None:
    """Every row is submitted once, and none is missing."""
    journal = MemoryJournal()
    async with simulated(SimulatorSettings(faults=FAULTS)) as (client, simulator):
        for run_seconds in (20, 35, 60, 5, 90, 100_000):
            with anyio.move_on_after(run_seconds):
                async with JobRunner(client, journal=journal) as runner:
                    async for _ in runner.map(questions(200)):
                        pass
        async with JobRunner(client, journal=journal) as runner:
            statuses = Counter([outcome.status async for outcome in runner.map(questions(200))])

    assert statuses["completed"] + statuses["unknown"] == 200
    assert simulator.books.repeated == {}
    answered = {entry.job_id for entry in journal.rows.values() if entry.state == "completed"}
    accepted = {work.id for work in simulator.books.jobs}
    assert answered <= accepted
    assert len(accepted - answered) <= statuses["unknown"]
