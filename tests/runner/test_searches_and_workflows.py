"""Deep searches and workflow runs: start, poll, and download the result."""

from __future__ import annotations

import csv
from pathlib import Path

import anyio
import pytest

from sixtyfour_async import APIError, DeepSearch, JobRunner, NotFoundError, RunWorkflow, final_file
from sixtyfour_async.operations import Block, Graph
from sixtyfour_async.simulator import companies
from sixtyfour_async.testing import simulated

pytestmark = pytest.mark.anyio

FACTS_WORKFLOW = "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0001"
ROWS = [{"company_name": company.company_name, "website": company.website} for company in companies()[:12]]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_runs_are_listed_by_each_of_their_statuses() -> None:
    async with simulated() as (client, simulator):
        simulator.faults.script("job_failed", route="/workflows/run")
        failed = await client.workflows.run(workflow_id=FACTS_WORKFLOW, webhook_payload=ROWS[:1])
        await anyio.sleep(3600)
        running = await client.workflows.run(workflow_id=FACTS_WORKFLOW, webhook_payload=ROWS[:2])
        queued = await client.workflows.runs(status="queued")
        found = await client.workflows.runs(status="failed")

    assert [run.job_id for run in queued] == [running.id]
    assert [run.job_id for run in found] == [failed.id]


async def test_workflows_of_the_older_reference_need_a_name_and_a_definition() -> None:
    source = Block(block_name="webhook", sequence_number=1, specs={"dataframe_type": "LEAD"})
    async with simulated() as (client, _):
        made = await client.workflows.rest.create(workflow_name="Mine", workflow_definition=Graph(blocks=[source]))
        upserted = await client.workflows.update(
            workflow_id="00000000-0000-4000-8000-000000000001", workflow_name="New"
        )

    assert (made.name, made.description) == ("Mine", "")
    assert (upserted.id, upserted.name) == ("00000000-0000-4000-8000-000000000001", "New")


async def test_a_deep_search_result_is_downloaded(tmp_path: Path) -> None:
    """Search, wait, request the link, stream the CSV; the key is not sent to the storage host."""
    path = tmp_path / "found.csv"
    async with simulated() as (client, simulator):
        job = await client.search.start_deep_search(
            query="german telecommunications", mode="company", max_results=5, output_mode="csv"
        )
        found = await job.wait()
        assert found.resource_handle_id
        link = await client.search.download(resource_handle_id=found.resource_handle_id)
        size = await client.download(link.url, path)

    assert (job.id, found.total_results) == (found.task_id, len(rows_of(path)))
    assert path.stat().st_size == size > 0
    assert "1&1" in {row["company_name"] for row in rows_of(path)}
    assert len(simulator.books.downloads) == 1
    assert simulator.books.leaked_keys == []


async def test_a_search_id_makes_a_search_retry_safe() -> None:
    """The service recognises the search by its id."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        simulator.faults.script("lost_answer", route="/search/start-deep-search", times=2)
        outcome = await runner.run(DeepSearch(query="shipyards", search_id="mine-1"))

    assert outcome.ok
    assert len(simulator.books.jobs) == 1
    assert sum(entry.path == "/search/start-deep-search" for entry in simulator.books.requests) == 3


async def test_an_expired_link_raises_and_leaves_no_file(tmp_path: Path) -> None:
    """Links expire after 15 minutes; a new link works, and no partial file is left."""
    path = tmp_path / "found.csv"
    async with simulated() as (client, _):
        found = await (await client.search.start_deep_search(query="bakers", max_results=30)).wait()
        handle = found.resource_handle_id or ""
        link = await client.search.download(resource_handle_id=handle)
        await anyio.sleep(901)
        with pytest.raises(APIError, match="403"):
            await client.download(link.url, path)
        assert names(tmp_path) == []

        again = await client.search.download(resource_handle_id=handle)
        await client.download(again.url, path)

    assert found.total_results == len(rows_of(path))
    assert [path.name] == names(tmp_path)


async def test_a_workflow_is_run_polled_and_downloaded(tmp_path: Path) -> None:
    """The final file is the one of the highest block, wherever it is in the list."""
    path = tmp_path / "enriched.csv"
    async with simulated() as (client, simulator):
        listed = await client.workflows.list()
        job = await client.workflows.run(workflow_id=FACTS_WORKFLOW, webhook_payload=ROWS)
        await anyio.sleep(60)
        progress = await client.workflows.live_status(run_id=job.id)
        ended = await job.wait()
        files = await client.workflows.download_links(run_id=job.id)
        last = final_file(files)
        assert last is not None
        assert last.download_url
        await client.download(last.download_url, path)

    assert FACTS_WORKFLOW in {workflow.id for workflow in listed}
    assert (progress.overall_status, ended.overall_status) == ("running", "completed")
    assert 0 < (progress.overall_progress_percentage or 0) < 100
    assert 3 == last.block_number == max(file.block_number or 0 for file in files)
    assert files[-1] == last
    enriched = {row["company_name"]: row["headquarters"] for row in rows_of(path)}
    assert enriched == {company.company_name: company.headquarters or "" for company in companies()[:12]}
    assert simulator.books.leaked_keys == []


async def test_workflow_runs_are_listed_and_cancelled() -> None:
    """Cancelling a run that has ended returns its final status."""
    async with simulated() as (client, _):
        first = await client.workflows.run(workflow_id=FACTS_WORKFLOW, webhook_payload=ROWS)
        await anyio.sleep(20)
        second = await client.workflows.run(workflow_id=FACTS_WORKFLOW, webhook_payload=ROWS[:1])
        active = await client.workflows.runs(status="active")
        cancellation = await client.workflows.cancel(job_id=first.id)
        await second.wait()
        ended = await client.workflows.cancel(job_id=second.id)
        cancelled = await client.workflows.runs(status="cancelled")
        newest = await client.workflows.runs(workflow_id=FACTS_WORKFLOW, limit=1)

    assert [second.id, first.id] == [run.job_id for run in active]
    assert (first.id, "canceled") == (cancellation.job_id, cancellation.status)
    assert (second.id, "completed") == (ended.job_id, ended.status)
    assert [first.id] == [run.job_id for run in cancelled]
    assert [second.id] == [run.job_id for run in newest]


async def test_an_idempotency_key_makes_a_workflow_run_retry_safe() -> None:
    """It is sent as a header, and a lost response is requested again."""
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route="/workflows/run")
        job = await client.workflows.run(workflow_id=FACTS_WORKFLOW, webhook_payload=ROWS, idempotency_key="row-1")
        again = await client.workflows.run(workflow_id=FACTS_WORKFLOW, webhook_payload=ROWS, idempotency_key="row-1")

    assert job.id == again.id
    assert len(simulator.books.jobs) == 1
    assert sum(entry.path == "/workflows/run" for entry in simulator.books.requests) == 3


async def test_an_unknown_workflow_raises_not_found() -> None:
    """The service answers 404 for ids of other organizations too."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        with pytest.raises(NotFoundError, match="Workflow run not found"):
            await client.workflows.live_status(run_id="of-somebody-else")
        outcome = await runner.run(RunWorkflow(workflow_id="nope", webhook_payload=[{"company_name": "3M"}]))

    assert (outcome.status, outcome.job_id) == ("rejected", None)
    assert isinstance(outcome.error, NotFoundError)
    assert simulator.books.jobs == []
