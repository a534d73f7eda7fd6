"""Thousands of rows of all kinds with all faults at once, checked against the service's books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from pydantic import JsonValue

from sixtyfour_async import (
    CompanyIntelligence,
    DeepSearch,
    JobOperation,
    JobRunner,
    MemoryJournal,
    Outcome,
    RunWorkflow,
)
from sixtyfour_async._scheduling.ledger import Line
from sixtyfour_async.simulator import Simulator, SimulatorSettings
from sixtyfour_async.simulator.base.settings import NETWORK_FAULTS
from sixtyfour_async.testing import simulated
from tests.runner.questions import KNOWN, fact, find_email

pytestmark = pytest.mark.anyio

RATES = {name: 0.05 for name in NETWORK_FAULTS if name not in {"job_failed", "overcharged"}}
FACTS_WORKFLOW = "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0001"
PRICES = {"company-intelligence": 10, "workflow-run": 10, "deep-search": 5, "find-email": 5}
IDEMPOTENT = {"deep-search", "workflow-run"}


def operations(rows: int) -> Iterator[JobOperation[Any]]:
    """Yield, of forty rows, one search, one workflow run, ten email searches, and companies otherwise."""
    for number in range(rows):
        company = KNOWN[number % len(KNOWN)]
        if number % 40 == 7:
            yield DeepSearch(query=f"shipyards {number}", max_results=5)
        elif number % 40 == 27:
            row: dict[str, JsonValue] = {"company_name": company.company_name, "row": number}
            yield RunWorkflow(workflow_id=FACTS_WORKFLOW, webhook_payload=[row])
        elif number % 4 == 1:
            yield find_email(number)
        else:
            subject: dict[str, JsonValue] = {
                "company_name": company.company_name,
                "website": company.website,
                "row": number,
            }
            struct = {"headquarters": "Where the head office is"}
            yield CompanyIntelligence(target_company=subject, struct=struct, tier="low")


def submits_per_row(simulator: Simulator) -> Counter[str]:
    """Return how often the service accepted each row."""
    submits = Counter[str]()
    for work in simulator.books.jobs:
        body = work.body
        row = body["rows"][0] if work.kind == "workflow" else body.get("target_company") or body.get("lead") or body
        submits[str(sorted(row.items()))] += 1
    return submits


def charged(lines: tuple[Line, ...], operation: str) -> float:
    completed = [line for line in lines if line.variant.partition("/")[0] == operation and line.state == "completed"]
    return sum(line.charged_cents for line in completed)


@pytest.mark.parametrize("rows", [400, pytest.param(10_000, marks=[pytest.mark.soak, pytest.mark.timeout(1200)])])
async def test_nothing_is_lost_and_nothing_is_charged_twice(rows: int) -> None:
    """The run is left twice; every row is answered or parked and accepted once, and the cents add up."""
    journal = MemoryJournal()
    delivered: dict[str, Outcome[Any]] = {}
    deliveries = Counter[str]()
    settings = SimulatorSettings(faults=RATES, deep_search_slots=40)
    async with simulated(settings) as (client, simulator):
        for run_seconds in (rows / 50, rows / 25, 1e9, 1e9):
            with anyio.move_on_after(run_seconds):
                async with JobRunner(client, journal=journal, prices=PRICES, deep_searches=40) as runner:
                    async for outcome in runner.map(operations(rows), deliver="once", batching="single"):
                        if outcome.status != "unknown":
                            delivered[outcome.key] = outcome
                            deliveries[outcome.key] += 1
        books = simulator.books

    parked = {key: entry for key, entry in journal.rows.items() if entry.state == "unknown"}
    assert len(journal.rows) == rows
    assert len(delivered) + len(parked) == rows
    assert {"completed"} == {outcome.status for outcome in delivered.values()}
    assert {entry.operation for entry in parked.values()}.isdisjoint(IDEMPOTENT)
    assert deliveries.total() - rows + len(parked) <= 2, "at most one outcome is redelivered per restart"

    assert {1} == set(submits_per_row(simulator).values())
    job_ids = {outcome.job_id for outcome in delivered.values()}
    assert len(job_ids) == len(delivered)
    assert job_ids <= {work.id for work in books.jobs}
    assert len(books.jobs) - len(job_ids) <= len(parked) < rows / 3
    for outcome in delivered.values():
        subject: Any = getattr(outcome.input, "target_company", None)
        if subject is not None:
            number = subject["row"] % len(KNOWN)
            assert outcome.result().structured_data["headquarters"] == fact(number)

    lines = await journal.lines()
    for operation, kind in (("company-intelligence", "company_intelligence"), ("find-email", "find_email")):
        charged_by_service = sum(work.charge for work in books.jobs if work.kind == kind and work.id in job_ids)
        assert charged(lines, operation) == charged_by_service > 0
    exposed = sum(line.exposed_cents for line in lines)
    assert exposed == sum(PRICES[entry.operation] for entry in parked.values())
    assert all(simulator.faults.struck[name] >= 5 for name in RATES)
    assert books.peak() <= 500
