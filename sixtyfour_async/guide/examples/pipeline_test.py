"""Tests of one's own pipeline: hours of waiting pass at once, faults come on request, and money is counted.

pytest pipeline_test.py. Extras: simulator.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from sixtyfour_async import AsyncClient, CompanyIntelligence, JobRunner
from sixtyfour_async.testing import VirtualTimeLoop, simulated

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


async def write_headquarters(client: AsyncClient, names: Sequence[str], out: Path, journal: Path) -> None:
    """Write where companies are: the pipeline under test, in your own package."""
    struct = {"headquarters": "City of the head office"}
    questions = (CompanyIntelligence(target_company={"company_name": name}, struct=struct) for name in names)
    async with JobRunner(client, journal=journal) as runner:
        rows = [(names[outcome.index], outcome.status) async for outcome in runner.map(questions)]
    with out.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(sorted(rows))


async def test_failing_polls_cost_no_row(tmp_path: Path) -> None:
    async with simulated() as (client, simulator):
        simulator.faults.script("server_error", route="/job-status", times=3)
        await write_headquarters(client, ["3M", "3i"], tmp_path / "out.csv", tmp_path / "run.db")

    assert (tmp_path / "out.csv").read_text("utf-8").split() == ["3M,completed", "3i,completed"]


async def test_a_second_run_pays_nothing(tmp_path: Path) -> None:
    async with simulated() as (client, simulator):
        for _ in range(2):
            await write_headquarters(client, ["3M", "3i"], tmp_path / "out.csv", tmp_path / "run.db")

    assert len(simulator.books.jobs) == 2
    assert not simulator.books.repeated
