"""Write before you act: inspect the journal file at the moment each request arrives."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import anyio
import httpx
import pytest

from sixtyfour_async import CompanyIntelligence, JobOperation, JobRunner, MemoryJournal
from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.schema import reading
from sixtyfour_async.simulator import SimulatorSettings
from tests.faults.network import is_submit, networked
from tests.runner.questions import questions

pytestmark = pytest.mark.anyio

SPEED = 600.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def name_of(operation: JobOperation[object]) -> str:
    assert isinstance(operation, CompanyIntelligence)
    return str(operation.target_company["company_name"])


async def test_each_step_is_committed_before_the_next_one_starts(tmp_path: Path) -> None:
    """The intent before the submit, the id before the first poll, the raw answer before the outcome."""
    path = tmp_path / "run.db"
    at_submit: dict[str, Entry | None] = {}
    at_poll: dict[str, Entry | None] = {}
    names: dict[str, str] = {}

    def inspect_journal(request: httpx.Request) -> None:
        with reading(path) as journal_file:
            if is_submit(request):
                name = json.loads(request.content)["target_company"]["company_name"]
                at_submit[name] = journal_file.find(name)
            elif "/job-status" in request.url.path:
                job_id = request.url.path.rpartition("/")[2]
                names.update({work.id: work.subject.split(" | ")[0] for work in simulator.books.jobs})
                at_poll.setdefault(names[job_id], journal_file.find(names[job_id]))

    settings = SimulatorSettings(speed=SPEED)
    async with networked(inspect_journal, settings, speed=SPEED) as (client, simulator, _):
        async with JobRunner(client, journal=path) as runner:
            with reading(path) as journal_file:
                async for outcome in runner.map(questions(60), key=name_of):
                    entry = journal_file.find(outcome.key)
                    assert entry is not None
                    assert ("completed", outcome.job_id, 10) == (entry.state, entry.job_id, entry.cost_cents)
                    assert outcome.raw == json.loads(entry.answer.content if entry.answer else "")["result"]
        ids = {work.subject.split(" | ")[0]: work.id for work in simulator.books.jobs}

    operations = {name_of(operation): operation for operation in questions(60)}
    assert set(operations) == set(at_submit) == set(at_poll)
    for name, operation in operations.items():
        intent, accepted = at_submit[name], at_poll[name]
        assert intent is not None
        assert ("intended", None, operation.fingerprint()) == (intent.state, intent.job_id, intent.fingerprint)
        assert operation.payload() == json.loads(intent.request)
        assert accepted is not None
        assert ("accepted", ids[name]) == (accepted.state, accepted.job_id)


class SlowDisk(MemoryJournal):
    """Writes slowly and, like a file, completes a cancelled put."""

    async def put(self, *entries: Entry) -> None:
        await super().put(*entries)
        await anyio.sleep(0.2)


async def test_a_row_cancelled_before_its_request_is_sent_is_completed_by_the_next_run() -> None:
    """Only a request that may have arrived makes a row unknown."""
    journal = SlowDisk()
    async with networked(settings=SimulatorSettings(speed=SPEED), speed=SPEED) as (client, simulator, _):
        with anyio.move_on_after(0.1):
            async with JobRunner(client, journal=journal) as runner:
                await runner.run(questions(1)[0])
        async with JobRunner(client, journal=journal) as runner:
            outcome = await runner.run(questions(1)[0])

    assert outcome.status == "completed"
    assert len(simulator.books.jobs) == 1


REFUSALS: list[tuple[str, str, Callable[[httpx.Request], httpx.Response | Exception]]] = [
    ("released", "rejected", lambda _: httpx.Response(422, json={"detail": "no"})),
    ("released", "rejected", lambda _: httpx.Response(402, json={"detail": "no"})),
    ("unknown", "unknown", lambda _: httpx.Response(500)),
    ("unknown", "unknown", lambda request: httpx.ReadTimeout("", request=request)),
]


@pytest.mark.parametrize(("state", "status", "answer"), REFUSALS, ids=["422", "402", "500", "timeout"])
async def test_a_refused_intent_is_released_and_an_uncertain_one_is_parked(
    tmp_path: Path, state: str, status: str, answer: Callable[[httpx.Request], httpx.Response | Exception]
) -> None:
    """The journal records whether the row may be submitted again before the outcome is delivered."""
    path = tmp_path / "run.db"
    async with networked(answer) as (client, _, network):
        async with JobRunner(client, journal=path) as runner:
            outcome = await runner.run(questions(1)[0], key="row")
            with reading(path) as journal_file:
                entry = journal_file.find("row")
        network.refuse = None

    assert entry is not None
    assert (state, status) == (entry.state, outcome.status)
    assert entry.error == str(outcome.error)
