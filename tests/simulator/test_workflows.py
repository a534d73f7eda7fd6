from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from tests.simulator.conftest import COMPANY_WORKFLOW, Harness, Start

pytestmark = pytest.mark.anyio
ROWS = [{"company_name": name} for name in ("1&1", "3M", "3i", "Nobody Ltd", "A. O. Smith", "3M")]
FILE_WORKFLOW = COMPANY_WORKFLOW[:-1] + "3"


async def run(harness: Harness, rows: Any = ROWS, *, key: str = "", **params: Any) -> httpx.Response:
    headers = {"idempotency-key": key} if key else {}
    return await harness.client.post(
        "/workflows/run",
        params={"workflow_id": COMPANY_WORKFLOW, **params},
        json={"webhook_payload": rows},
        headers=headers,
    )


async def test_workflow_run_lifecycle(start: Start) -> None:
    harness = start()
    started = (await run(harness)).json()
    job = started["job_id"]
    assert started == {
        "status": "queued",
        "workflow_id": COMPANY_WORKFLOW,
        "job_id": job,
        "cache_config": None,
    }
    seen: list[tuple[str, int, float]] = []
    while not seen or seen[-1][0] not in {"completed", "failed"}:
        shown = (await harness.get(f"/workflows/runs/{job}/live_status")).json()
        seen.append((shown["overall_status"], shown["completed_blocks"], shown["overall_progress_percentage"]))
        harness.clock.seconds += 5
    assert [word for at, (word, _, _) in enumerate(seen) if at == 0 or word != seen[at - 1][0]] == [
        "queued",
        "running",
        "completed",
    ]
    assert seen == sorted(seen, key=lambda item: item[2])
    assert seen[-1] == ("completed", 3, 100.0)
    assert harness.simulator.books.charged_cents == 60


async def test_live_status_has_the_documented_fields(start: Start) -> None:
    harness = start()
    job = (await run(harness)).json()["job_id"]
    harness.clock.seconds = 60
    shown = (await harness.get(f"/workflows/runs/{job}/live_status")).json()
    assert (shown["run_id"], shown["workflow_id"], shown["total_blocks"]) == (job, COMPANY_WORKFLOW, 3)
    block = shown["blocks"][1]
    assert (block["block_name"], block["sequence_number"]) == ("company_enrichment", 2)
    assert set(block["metrics"]) == {"row_count", "dataframe_type", "processed_count", "total_count"}
    assert {entry["status"] for entry in shown["blocks"]} <= {"pending", "running", "completed"}


async def test_results_have_one_item_per_block_the_last_is_final(start: Start) -> None:
    harness = start()
    job = (await run(harness)).json()["job_id"]
    assert (await harness.get(f"/workflows/runs/{job}/results/download-links")).json() == []
    harness.clock.seconds = 3600
    items = (await harness.get(f"/workflows/runs/{job}/results/download-links")).json()
    assert [item["block_number"] for item in items] == [1, 2, 3]
    assert [item["row_count"] for item in items] == [6, 6, 5]
    assert items[-1]["download_expires_in_seconds"] == 900
    answer = await httpx.AsyncClient(transport=httpx.ASGITransport(harness.simulator.app)).get(
        items[-1]["download_url"]
    )
    assert len(answer.content) == items[-1]["file_size"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row["company_name"] for row in rows] == ["1&1", "3M", "3i", "Nobody Ltd", "A. O. Smith"]
    assert rows[0]["headquarters"] == "Montabaur, Germany"
    assert rows[3]["headquarters"] == ""
    assert any("\n" in row["notes"] for row in rows)
    assert harness.simulator.books.leaked_keys == []


async def test_formats_must_have_been_saved(start: Start) -> None:
    harness = start()
    plain = (await run(harness)).json()["job_id"]
    saved = (await run(harness, result_formats=["ndjson", "json"])).json()["job_id"]
    harness.clock.seconds = 3600
    assert (await harness.get(f"/workflows/runs/{plain}/results/download-links", format="json")).status_code == 400
    for name in ("json", "ndjson", "csv"):
        answer = await harness.get(f"/workflows/runs/{saved}/results/download-links", format=name)
        assert all(item["filename"].endswith("." + name) for item in answer.json())
        assert (await harness.client.get(answer.json()[0]["download_url"])).status_code == 200


async def test_idempotency_key_starts_one_run(start: Start) -> None:
    harness = start()
    first = (await run(harness, key="k")).json()
    again = (await run(harness, key="k")).json()
    other = (await run(harness, key="l")).json()
    assert again == {**first, "already_started": True}
    assert other["job_id"] != first["job_id"]
    assert "already_started" not in other
    assert len(harness.simulator.books.jobs) == 2


@pytest.mark.parametrize("in_body", [True, False])
async def test_cancelled_run_is_charged_in_part(start: Start, in_body: bool) -> None:
    harness = start()
    job = (await run(harness)).json()["job_id"]
    harness.clock.seconds = 60
    if in_body:
        answer = await harness.post("/workflows/cancel", {"job_id": job})
    else:
        answer = await harness.post("/workflows/cancel", {}, job_id=job)
    assert answer.json() == {"job_id": job, "status": "canceled"}
    harness.clock.seconds = 3600
    shown = (await harness.get(f"/workflows/runs/{job}/live_status")).json()
    assert (shown["overall_status"], shown["completed_at"]) == ("cancelled", "2026-06-10T00:01:00Z")
    assert (await harness.post("/workflows/cancel", job_id=job)).json()["status"] == "cancelled"
    assert 0 < harness.simulator.books.charged_cents < 60
    assert harness.simulator.books.jobs[0].charge == harness.simulator.books.charged_cents


async def test_cancelling_an_ended_run_changes_nothing(start: Start) -> None:
    harness = start()
    job = (await run(harness)).json()["job_id"]
    harness.clock.seconds = 3600
    assert (await harness.post("/workflows/cancel", job_id=job)).json() == {"job_id": job, "status": "completed"}


async def test_runs_are_listed_newest_first(start: Start) -> None:
    harness = start()
    jobs: list[str] = []
    for at in range(3):
        harness.clock.seconds = at * 10.0
        jobs.append((await run(harness)).json()["job_id"])
    await harness.post("/workflows/cancel", job_id=jobs[1])

    async def listed(**params: Any) -> list[str]:
        return [item["job_id"] for item in (await harness.get("/workflows/runs", **params)).json()]

    assert await listed() == jobs[::-1]
    assert await listed(limit=1) == jobs[2:]
    assert await listed(status="active") == [jobs[2], jobs[0]]
    assert await listed(status="cancelled") == [jobs[1]]
    assert await listed(status="completed") == []
    assert await listed(workflow_id=FILE_WORKFLOW) == []
    assert (await harness.get("/workflows/runs", limit=501)).status_code == 422


@pytest.mark.parametrize(
    ("params", "payload", "status"),
    [
        ({}, ROWS, 422),
        ({"workflow_id": "nobody"}, ROWS, 404),
        ({"workflow_id": COMPANY_WORKFLOW}, None, 400),
        ({"workflow_id": COMPANY_WORKFLOW}, [], 400),
        ({"workflow_id": COMPANY_WORKFLOW}, ["x"], 422),
        ({"workflow_id": COMPANY_WORKFLOW}, [{"name": "3M"}], 400),
        ({"workflow_id": FILE_WORKFLOW}, ROWS, 400),
        ({"workflow_id": FILE_WORKFLOW}, None, 400),
        ({"workflow_id": COMPANY_WORKFLOW}, {"company_name": "3M"}, 200),
    ],
)
async def test_run_requests_are_validated(start: Start, params: dict[str, str], payload: Any, status: int) -> None:
    body = {} if payload is None else {"webhook_payload": payload}
    answer = await start().post("/workflows/run", body, **params)
    assert answer.status_code == status, answer.text


async def test_list_of_workflows(start: Start) -> None:
    listed = (await start().get("/workflows")).json()
    assert [item["name"] for item in listed] == ["Company facts", "Lead e-mails", "Companies from a file"]
    assert all({"id", "name", "status", "step", "created_at", "updated_at"} <= set(item) for item in listed)


async def test_lead_workflow(start: Start) -> None:
    harness = start()
    body = {"webhook_payload": {"name": "Bo Example", "company": "3M"}}
    started = await harness.post("/workflows/run", body, workflow_id=COMPANY_WORKFLOW[:-1] + "2")
    harness.clock.seconds = 3600
    items = (await harness.get(f"/workflows/runs/{started.json()['job_id']}/results/download-links")).json()
    final = max(items, key=lambda item: item["block_number"])
    assert set(final["results"][0]) == {"name", "company", "title", "email", "email_status"}


async def test_unknown_runs(start: Start) -> None:
    harness = start()
    for path in ("/workflows/runs/x/live_status", "/workflows/runs/x/results/download-links"):
        assert (await harness.get(path)).status_code == 404
    assert (await harness.post("/workflows/cancel", job_id="x")).status_code == 404
    assert (await harness.post("/workflows/cancel")).status_code == 400
