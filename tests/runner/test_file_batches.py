"""``batching="file"``: thousands of rows in a handful of requests, and an answer for each row."""

from __future__ import annotations

from collections import Counter

import anyio
import httpx
import pytest
from pydantic import BaseModel, Field

from sixtyfour_async import CompanyIntelligence, JobRunner, MemoryJournal
from sixtyfour_async.simulator import companies
from sixtyfour_async.testing import simulated
from tests.faults.network import networked
from tests.runner.questions import fact, find_emails, question, questions

pytestmark = pytest.mark.anyio

BULK_PATH = "/bulk-intelligence/company"


class Facts(BaseModel):
    headquarters: str = Field(description="Where the head office is")
    employees: int | None = Field(None, description="Head count")


async def test_all_rows_are_submitted_in_one_file_and_answered_correctly() -> None:
    """1,510 rows take one submit; answers have the type of the struct, and each row carries its share of the price."""
    operations = [
        CompanyIntelligence(
            target_company={"company_name": company.company_name, "website": company.website}, struct=Facts, tier="low"
        )
        for company in companies()
    ]
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcomes = {outcome.index: outcome async for outcome in runner.map(operations, batching="file")}
        planned = await runner.plan([question(0)], batching="file")

    assert len(outcomes) == len(operations)
    assert len(simulator.books.requests) < 200
    assert simulator.books.repeated == {}
    for index, company in enumerate(companies()):
        if company.headquarters or company.employees:
            assert outcomes[index].result().structured_data.headquarters == (company.headquarters or "")
        else:
            assert outcomes[index].status == "no_answer"
    assert sum(outcome.cost_cents or 0 for outcome in outcomes.values()) == pytest.approx(simulator.books.charged_cents)
    assert (planned.submits, planned.to_submit) == (1, 1)


async def test_operations_without_a_file_route_fall_back_to_bulk_or_single_submits() -> None:
    """For them ``batching="file"`` behaves like ``"auto"``."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        found = [outcome async for outcome in runner.map(find_emails(30), batching="file")]
        with_webhook = CompanyIntelligence(
            target_company={"company_name": "3M"},
            struct={"headquarters": "City"},
            webhook_url="https://example.com/hook",
        )
        alone = [outcome async for outcome in runner.map([with_webhook], batching="file")]

    assert all(outcome.ok for outcome in [*found, *alone])
    assert [work.kind for work in simulator.books.jobs] == ["find_email_bulk", "company_intelligence"]


async def test_a_file_with_an_uncertain_outcome_is_resubmitted_with_its_idempotency_key() -> None:
    """The service recognises the file by its Idempotency-Key."""
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route=BULK_PATH, times=3)
        async with JobRunner(client) as runner:
            statuses = Counter([outcome.status async for outcome in runner.map(questions(40), batching="file")])

    assert statuses == {"completed": 40}
    assert len(simulator.books.jobs) == 1


async def test_an_uncertain_file_is_rebuilt_identically_by_the_next_run() -> None:
    """The next run builds the same file from the journal, under the same key, whatever its own input is."""
    journal = MemoryJournal()
    sent: list[tuple[str | None, str | None]] = []

    def lose_responses(request: httpx.Request) -> Exception | None:
        if request.url.path != BULK_PATH or len(sent) > 20:
            return None
        sent.append((request.headers.get("idempotency-key"), request.headers.get("content-length")))
        return httpx.ReadError("lost", request=request) if len(sent) <= 6 else None

    async with networked(lose_responses) as (client, simulator, _):
        async with JobRunner(client, journal=journal) as runner:
            first = Counter([outcome.status async for outcome in runner.map(questions(25), batching="file")])
        async with JobRunner(client, journal=journal) as runner:
            again = [outcome async for outcome in runner.map(questions(30)[20:], batching="file")]
        async with JobRunner(client, journal=journal) as runner:
            requests = len(simulator.books.requests)
            rest = {outcome.index: outcome async for outcome in runner.map(questions(25))}

    assert first == {"unknown": 25}
    assert [outcome.status for outcome in again] == ["completed"] * 10
    assert set(sent[:7]) == {sent[0]}
    assert [outcome.result().structured_data["headquarters"] for _, outcome in sorted(rest.items())] == [
        fact(number) for number in range(25)
    ]
    assert requests == len(simulator.books.requests), "rows of the file are replayed from the journal"
    assert simulator.books.repeated == {}


async def test_a_running_file_job_is_resumed_by_the_next_run() -> None:
    """The next run polls the one accepted job."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        with anyio.move_on_after(40):
            async with JobRunner(client, journal=journal) as runner:
                [outcome async for outcome in runner.map(questions(50), batching="file")]
        async with JobRunner(client, journal=journal) as runner:
            statuses = Counter([outcome.status async for outcome in runner.map(questions(50))])

    assert statuses == {"completed": 50}
    assert len(simulator.books.jobs) == 1


async def test_a_failed_result_download_is_retried() -> None:
    """A job whose result cannot be downloaded yet has not failed."""
    async with simulated() as (client, simulator):
        simulator.faults.script("server_error", route="/signed", times=12, status=503)
        async with JobRunner(client) as runner:
            statuses = Counter([outcome.status async for outcome in runner.map(questions(10), batching="file")])

    assert statuses == {"completed": 10}
    assert len(simulator.books.downloads) > 12


@pytest.mark.parametrize("rows", [1, 10])
async def test_a_run_that_ends_between_answer_and_download_is_resumed(rows: int) -> None:
    """What was kept of the answer are links, not rows: the next run asks for fresh links and downloads the file."""
    journal = MemoryJournal()
    downloads = 0

    def fail_downloads(request: httpx.Request) -> Exception | None:
        nonlocal downloads
        downloads += request.url.path.startswith("/signed")
        return httpx.ConnectError("no route", request=request) if request.url.path.startswith("/signed") else None

    async with networked(fail_downloads) as (client, simulator, network):
        with anyio.move_on_after(1200):
            async with JobRunner(client, journal=journal) as runner:
                [outcome async for outcome in runner.map(questions(rows), batching="file")]
        assert downloads
        network.refuse = None
        async with JobRunner(client, journal=journal) as runner:
            found = {outcome.index: outcome async for outcome in runner.map(questions(rows), batching="file")}

    assert [found[index].status for index in range(rows)] == ["completed"] * rows
    assert [found[index].result().structured_data["headquarters"] for index in range(rows)] == [
        fact(number) for number in range(rows)
    ]
    assert len(simulator.books.jobs) == 1


async def test_an_uncertain_file_is_resubmitted_whole_after_some_rows_are_withdrawn() -> None:
    """Two consumers share a file whose submit was lost, and one leaves: the key still identifies all rows."""
    journal = MemoryJournal()
    sent: list[tuple[str | None, str | None]] = []
    statuses: Counter[str] = Counter()

    def lose_first(request: httpx.Request) -> Exception | None:
        if request.url.path != BULK_PATH:
            return None
        sent.append((request.headers.get("idempotency-key"), request.headers.get("content-length")))
        return httpx.ReadError("lost", request=request) if len(sent) == 1 else None

    async with networked(lose_first) as (client, _, _), JobRunner(client, journal=journal) as runner:

        async def leave_early() -> None:
            with anyio.move_on_after(0.9):
                [outcome async for outcome in runner.map(questions(20)[10:], batching="file")]

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(leave_early)
            statuses.update([outcome.status async for outcome in runner.map(questions(10), batching="file")])

    assert statuses == {"completed": 10}
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert Counter(entry.state for entry in journal.rows.values()) == {"completed": 20}
