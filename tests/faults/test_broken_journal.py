"""A journal that fails while jobs are being accepted: what was accepted is handed back with its id."""

from __future__ import annotations

from typing import Any

import anyio
import httpx
import pytest

from sixtyfour_async import CompanyIntelligence, FindEmail, JobRunner, JournalError, MemoryJournal, Outcome
from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.sharing import Claim
from tests.client.network import scripted

pytestmark = pytest.mark.anyio

QUESTIONS = [
    CompanyIntelligence(target_company={"company_name": f"Company {number}"}, struct={"hq": "Head office"})
    for number in range(3)  # as many as are unanswered at once in the beginning
]


class FillingJournal(MemoryJournal):
    """Takes nothing more once it is full."""

    full = False

    async def put(self, *entries: Entry) -> None:
        if self.full:
            raise JournalError("journal run.db: database or disk is full")
        await super().put(*entries)

    async def claim(self, entries: Any, limits: Any, replaced: Any = ()) -> Claim:
        if self.full:
            raise JournalError("journal run.db: database or disk is full")
        return await super().claim(entries, limits, replaced)


async def run(journal: FillingJournal, answers: list[Any], operations: Any = QUESTIONS) -> tuple[Any, Any, JobRunner]:
    """Send all submits, let the disk fill up, and answer them one after the other."""
    numbers = iter(range(len(answers)))

    async def reply(_request: httpx.Request) -> httpx.Response:
        number = next(numbers)
        await anyio.sleep(5 + number)  # the submits go out together; the answers come one by one
        journal.full = True
        answer = answers[number]
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    outcomes: list[Outcome[Any]] = []
    error = None
    async with scripted(reply) as (client, _), JobRunner(client, journal=journal) as jobs:
        try:
            async for outcome in jobs.map(operations):
                outcomes.append(outcome)  # noqa: PERF401 (those before the error count)
        except JournalError as raised:
            error = raised
    return outcomes, error, jobs


async def test_every_submit_in_transit_comes_back_with_its_id() -> None:
    """Also those that are answered long after the journal has failed."""
    answers = [{"task_id": f"j{number}"} for number in range(3)]
    outcomes, error, jobs = await run(FillingJournal(), answers)

    assert "disk is full" in str(error)
    assert {outcome.job_id for outcome in outcomes} == {f"j{number}" for number in range(3)}
    assert {outcome.status for outcome in outcomes} == {"unfinished"}
    assert all(isinstance(outcome.error, JournalError) for outcome in outcomes)
    assert {job.job_id for job in jobs.left_running} == {f"j{number}" for number in range(3)}


async def test_an_id_is_read_where_the_answer_that_holds_it_cannot_be_kept() -> None:
    answers = [{"job": {"id": "j0"}}, [{"id": "j1"}], {"task_id": "j2", "result": None}]
    outcomes, _, jobs = await run(FillingJournal(), answers)

    assert sorted(outcome.job_id or "" for outcome in outcomes) == ["j0", "j1", "j2"]
    assert len(jobs.left_running) == 3


async def test_what_has_no_id_keeps_what_was_received() -> None:
    finished = {"status": "completed", "result": {"structured_data": {"hq": "Berlin"}}}
    outcomes, _, _ = await run(FillingJournal(), [{"ticket": "in the mail"}, httpx.Response(502), finished])
    by_index = {outcome.index: outcome for outcome in outcomes}

    assert [by_index[index].status for index in range(3)] == ["unknown"] * 3
    assert by_index[0].raw == {"ticket": "in the mail"}
    assert by_index[2].body is not None
    assert b"Berlin" in by_index[2].body.content


async def test_all_rows_of_a_shared_submit_have_its_id() -> None:
    leads = [FindEmail(lead={"name": f"Ada {number}", "company": "Acme"}) for number in range(3)]
    outcomes, _, _ = await run(FillingJournal(), [{"task_id": "j0"}], leads)

    assert [(outcome.status, outcome.job_id) for outcome in outcomes] == [("unfinished", "j0")] * 3


async def test_a_row_whose_intent_could_not_be_recorded_was_not_sent() -> None:
    """It is rejected, not unknown, and the next run sends it."""
    journal = FillingJournal()
    journal.full = True
    outcomes, error, jobs = await run(journal, [], QUESTIONS[:2])
    journal.full = False
    seen: list[str] = []

    def reply(request: httpx.Request) -> httpx.Response:
        seen.append(request.method)
        result = {"structured_data": {"hq": "Berlin"}}
        return httpx.Response(
            200, json={"task_id": "j1"} if request.method == "POST" else {"status": "completed", "result": result}
        )

    async with scripted(reply) as (client, _), JobRunner(client, journal=journal) as again:
        statuses = [outcome.status async for outcome in again.map(QUESTIONS[:1])]

    assert {outcome.status for outcome in outcomes} == {"rejected"}
    assert (bool(error), jobs.left_running) == (True, ())
    assert (statuses, seen.count("POST")) == (["completed"], 1)
