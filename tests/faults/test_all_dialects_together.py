"""Rows of two kinds while the service speaks every dialect at once, checked against what it found and charged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sixtyfour_async import AsyncClient, CompanyIntelligence, FindEmail, JobOperation, JobRunner, Outcome
from sixtyfour_async._journal.schema import reading
from sixtyfour_async.simulator import Simulator, SimulatorSettings
from sixtyfour_async.simulator.base.dialects.addresses import ADDRESSES
from sixtyfour_async.simulator.base.dialects.table import DIALECTS
from sixtyfour_async.testing import simulated
from tests.runner.questions import KNOWN

pytestmark = pytest.mark.anyio

ROW_DIALECTS = [name for name in DIALECTS if name not in {*ADDRESSES, "not_found_spell"}]
"""All that say something about a job. The others are about the address, and would hide everything else."""

PAID = {"completed", "no_answer", "unmatched", "unreadable"}


def operations(first: int, rows: int) -> Iterator[JobOperation[Any]]:
    """Yield leads, some of a company with others in the same batch, and companies."""
    for number in range(first, first + rows):
        company = KNOWN[number % len(KNOWN)]
        if number % 4:
            yield FindEmail(lead={"name": f"Person {number}", "company": KNOWN[number // 7].company_name})
        else:
            subject = {"company_name": company.company_name, "website": company.website, "row": str(number)}
            yield CompanyIntelligence(target_company=subject, struct={"headquarters": "Where the head office is"})


def true_address(simulator: Simulator, lead: dict[str, Any]) -> str:
    [[address, *_]] = simulator.true_answer("find_email", {"lead": lead})["email"]
    return str(address)


def is_own(simulator: Simulator, outcome: Outcome[Any]) -> bool:
    """Return whether a completed row has what the service found about it."""
    value: Any = outcome.result()
    if isinstance(outcome.input, FindEmail):
        return bool(value.email[0].address == true_address(simulator, dict(outcome.input.lead)))
    subject: Any = getattr(outcome.input, "target_company")  # noqa: B009 (mypy knows no such attribute of the base)
    found = value.structured_data["headquarters"]
    true = simulator.true_answer("company_intelligence", {"target_company": subject, "struct": {"headquarters": "x"}})
    return len(str(found)) > 0 and str(true["structured_data"]["headquarters"])[:4] == str(found)[:4]


async def run(client: AsyncClient, journal: Path, rows: int) -> list[Outcome[Any]]:
    """Run half of the rows in batches, and half by themselves."""
    async with JobRunner(client, journal=journal) as runner:
        shared = [one async for one in runner.map(operations(0, rows // 2))]
        single = [one async for one in runner.map(operations(rows // 2, rows // 2), batching="single")]
    return shared + single


@pytest.mark.parametrize("rows", [300, pytest.param(4_000, marks=pytest.mark.soak)])
@pytest.mark.timeout(900)
async def test_no_row_has_another_s_answer_and_no_paid_one_is_lost(rows: int, tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    settings = SimulatorSettings(faults=dict.fromkeys(ROW_DIALECTS, 0.05))
    async with simulated(settings) as (client, simulator):
        outcomes = await run(client, path, rows)
        again = await run(client, path, rows)
        struck = {name for name, times in simulator.faults.struck.items() if times}

    assert len(outcomes) == rows
    assert {(one.key, one.status) for one in again} == {(one.key, one.status) for one in outcomes}
    statuses = Counter(outcome.status for outcome in outcomes)
    assert statuses["completed"] > rows / 5, statuses
    by_evidence = [outcome for outcome in outcomes if outcome.ok and outcome.matched_by != "position"]
    assert [outcome for outcome in by_evidence if not is_own(simulator, outcome)] == []
    assert simulator.books.repeated == {}
    assert len(struck) > len(ROW_DIALECTS) * 2 / 3

    with reading(path) as journal:
        entries = {entry.job_id or entry.key: entry for entry in journal.entries()}
        kept = [entry for entry in journal.entries() if entry.state in PAID or entry.receipt is not None]
    assert all(entry.answer or entry.receipt for entry in kept), "whatever came is there to be exported"
    known = {entry.job_id for entry in entries.values()}
    unanswered = [job for job in simulator.books.jobs if job.charge and job.id not in known]
    in_doubt = [entry for entry in entries.values() if entry.state == "unknown"]
    assert all(entry.receipt is not None for entry in in_doubt)
    assert len(unanswered) <= len(in_doubt) + statuses["completed"]
