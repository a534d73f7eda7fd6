"""Stored workflows, their blocks, and schedules."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import httpx
import pytest

from sixtyfour_async.simulator import companies
from sixtyfour_async.simulator.base import cron
from sixtyfour_async.simulator.knowledge.blocks import registered_blocks
from tests.simulator.conftest import COMPANY_WORKFLOW, FakeClock, Harness, Start

pytestmark = pytest.mark.anyio
FILE_WORKFLOW = COMPANY_WORKFLOW[:-1] + "3"


def graph(*blocks: tuple[str, dict[str, Any]], reverse: bool = False) -> dict[str, Any]:
    made = [
        {"block_id": f"b{at}", "sequence_number": at, "block_type": name, "block_name": name, "specs": specs}
        for at, (name, specs) in enumerate(blocks)
    ]
    edges = [{"from_block_id": f"b{at}", "to_block_id": f"b{at + 1}"} for at in range(len(blocks) - 1)]
    return {"blocks": made[::-1] if reverse else made, "edges": edges}


SOURCE = ("webhook", {"dataframe_type": "COMPANY", "input_schema": {"name": "string", "x": {"required": False}}})


async def create(harness: Harness, *blocks: tuple[str, dict[str, Any]], **more: Any) -> httpx.Response:
    definition = graph(*blocks, reverse=more.pop("reverse", False))
    body = {"workflow_name": "Mine", "workflow_description": "x", "workflow_definition": definition, **more}
    return await harness.post("/workflows/create_workflow", body)


async def output(harness: Harness, workflow_id: str, rows: Any) -> list[dict[str, Any]]:
    started = await harness.post("/workflows/run", {"webhook_payload": rows}, workflow_id=workflow_id)
    assert started.status_code == 200, started.text
    harness.clock.seconds += 7200
    items = (await harness.get(f"/workflows/runs/{started.json()['job_id']}/results/download-links")).json()
    final = max(items, key=lambda item: item["block_number"])
    found: list[dict[str, Any]] = final["results"]
    return found


async def test_workflow_lifecycle(start: Start) -> None:
    harness = start()
    made = (await create(harness, SOURCE)).json()
    path = f"/workflows/{made['id']}"
    assert (await harness.get(path)).json() == made
    harness.clock.seconds = 60

    changed = (
        await harness.post("/workflows/update_workflow", {"workflow_name": "New"}, workflow_id=made["id"])
    ).json()

    assert changed == {**made, "name": "New", "updated_at": "2026-06-10T00:01:00Z"}
    listed = (await harness.get("/workflows")).json()
    assert (listed[-1]["name"], listed[-1]["workflow_definition"]) == ("New", None)
    run = (await harness.post("/workflows/run", {"webhook_payload": {"name": "3M"}}, workflow_id=made["id"])).json()
    assert (await harness.post("/workflows/delete_workflow", workflow_id=made["id"])).json()["id"] == made["id"]
    assert (await harness.get(path)).status_code == 404
    assert (await harness.post("/workflows/run", {}, workflow_id=made["id"])).status_code == 404
    [kept] = (await harness.get("/workflows/runs")).json()
    assert (kept["job_id"], kept["workflow_name"]) == (run["job_id"], "New")


async def test_rest_routes_of_the_older_reference(start: Start) -> None:
    harness = start()
    body = {"workflow_name": "Mine", "workflow_description": "", "workflow_definition": graph(SOURCE)}
    made = (await harness.post("/workflows", body)).json()
    path = f"/workflows/{made['id']}"
    changed = (await harness.client.patch(path, json={"starred": True})).json()
    assert (changed["starred"], changed["locked"]) == (True, False)
    gone = await harness.client.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await harness.client.delete(path)).status_code == 404
    assert (await harness.client.patch(path, json=body)).status_code == 404


async def test_older_reference_documents_name_and_definition_only(start: Start) -> None:
    harness = start()
    body = {"workflow_name": "Mine", "workflow_definition": graph(SOURCE)}
    made = await harness.post("/workflows", body)
    assert (made.status_code, made.json()["description"]) == (200, "")
    assert (await harness.post("/workflows/create_workflow", body)).status_code == 422


async def test_ids_are_unique_and_update_creates_missing_workflows(start: Start) -> None:
    harness = start()
    wanted = "11111111-2222-4333-8444-555555555555"
    body = {"workflow_name": "Mine", "workflow_definition": graph(SOURCE)}
    upserted = await harness.post("/workflows/update_workflow", body, workflow_id=wanted)
    assert (upserted.status_code, upserted.json()["id"]) == (200, wanted)
    again = await create(harness, SOURCE, id=wanted)
    assert again.status_code == 409
    assert again.json()["detail"].startswith(f"Workflow with ID {wanted} already exists.")
    assert (await create(harness, SOURCE, id=COMPANY_WORKFLOW)).status_code == 409
    partial = (await harness.post("/workflows/update_workflow", {"starred": True}, workflow_id="x")).json()
    assert (partial["id"], partial["name"], partial["starred"]) == ("x", "Untitled Workflow", True)
    assert partial["workflow_definition"] == {"blocks": [], "edges": []}
    refused = await harness.post("/workflows/run", {}, workflow_id="x")
    assert (refused.status_code, refused.json()["detail"]) == (400, "Workflow has no blocks.")


REFUSED: list[tuple[Any, list[Any]]] = [
    ({"blocks": [], "edges": []}, ["blocks"]),
    ({"blocks": [{}], "edges": []}, ["blocks", 0, "block_name"]),
    (graph(("nobody", {})), ["blocks", 0, "block_name"]),
    (graph(SOURCE) | {"edges": [{"from_block_id": "b0"}]}, ["edges", 0, "to_block_id"]),
    (graph(SOURCE) | {"edges": [{"from_block_id": "b0", "to_block_id": "b0"}]}, ["edges"]),
]


@pytest.mark.parametrize(("definition", "loc"), REFUSED)
async def test_invalid_definitions_are_rejected(start: Start, definition: Any, loc: list[Any]) -> None:
    harness = start()
    body = {"workflow_name": "Mine", "workflow_description": "", "workflow_definition": definition}
    for path in ("/workflows/create_workflow", "/workflows/update_workflow?workflow_id=x"):
        answer = await harness.post(path, body)
        assert answer.status_code == 422
        assert ["body", "workflow_definition", *loc] in [item["loc"] for item in answer.json()["detail"]]


async def test_blocks_run_in_edge_order(start: Start) -> None:
    harness = start()
    enrich = ("company_enrichment", {"return_fields": {"founded": {"description": "Year", "type": "int"}}})
    keep = ("filter", {"filters": [{"column": "founded", "operator": "less", "value": 1950}]})
    blocks = (SOURCE, enrich, keep, ("remove_columns", {"columns": ["x"]}))
    made = (await create(harness, *blocks, reverse=True)).json()
    rows = [{"name": name, "x": 1} for name in ("1&1", "3M", "3i", "Nobody Ltd")]

    assert await output(harness, made["id"], rows) == [{"name": "3M", "founded": 1902}, {"name": "3i", "founded": 1945}]
    ids = {block["block_id"] for block in made["workflow_definition"]["blocks"]}
    assert all(len(block_id) == 36 for block_id in ids)
    ends = {edge[end] for edge in made["workflow_definition"]["edges"] for end in ("from_block_id", "to_block_id")}
    assert ends == ids


ADDED: list[tuple[list[tuple[str, dict[str, Any]]], set[str]]] = [
    ([("lead_enrichment", {}), ("find_phone", {})], {"name", "company", "title", "phone"}),
    ([("find_email", {"mode": "PERSONAL"})], {"name", "company", "email", "email_status"}),
    ([("reverse_email", {})], {"name", "company", "title", "linkedin", "location"}),
    ([("leads_to_company", {})], {"company_name"}),
    ([("leads_to_company", {}), ("company_to_leads", {})], {"name", "company", "title"}),
    ([("outgoing_webhook", {"url": "https://a.example"})], {"name", "company", "webhook_status"}),
    ([("qa_agent", {}), ("group_by", {})], {"name", "company"}),
]


@pytest.mark.parametrize(("blocks", "keys"), ADDED)
async def test_columns_added_by_blocks(start: Start, blocks: list[tuple[str, dict[str, Any]]], keys: set[str]) -> None:
    harness = start()
    made = (await create(harness, SOURCE, *blocks)).json()
    assert set((await output(harness, made["id"], {"name": "Bo Example", "company": "3M"}))[0]) == keys


@pytest.mark.parametrize(
    ("operator", "value", "left"),
    [
        ("equals", "b", "b"),
        ("not_equals", "b", "a-"),
        ("contains", "B", "b"),
        ("not_contains", "b", "a-"),
        ("in", ["a"], "a"),
        ("not_in", ["a", ""], "b"),
        ("is_empty", None, "-"),
        ("is_not_empty", None, "ab"),
        ("greater", 1, ""),
        ("matches", ".", "ab-"),
    ],
)
def test_filter_block_operators(operator: str, value: Any, left: str) -> None:
    rows = [{"x": "a"}, {"x": "b"}, {"x": ""}]
    specs = {"filters": [{"column": "x", "operator": operator, "value": value}]}
    assert "".join(row["x"] or "-" for row in registered_blocks()["filter"].transform(1, specs, rows)) == left


async def test_blocks_are_listed_with_schemas(start: Start) -> None:
    listed = {item["block_name"]: item["specs_schema"] for item in (await start().get("/workflows/blocks")).json()}
    assert listed["outgoing_webhook"]["required"] == ["url"]
    assert {"webhook", "read_csv", "lead_enrichment", "filter", "hubspot_import", "enrich_company"} <= set(listed)


async def test_run_starts_from_an_uploaded_file(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"
    harness = start(state=state)
    content = ("company_name\n" + "\n".join(f'"{company.company_name}"' for company in companies()[:20])).encode()
    handle = (await harness.client.post("/storage/csv/upload", files={"file": ("x.csv", content)})).json()
    body = {"specs_override": {"resource_handle_id": handle["resource_handle_id"]}}

    run = (await start(state=state, clock=FakeClock()).post("/workflows/run", body, workflow_id=FILE_WORKFLOW)).json()

    later = start(state=state, clock=FakeClock())
    later.clock.seconds = 7200
    items = (await later.get(f"/workflows/runs/{run['job_id']}/results/download-links")).json()
    link = max(items, key=lambda item: item["block_number"])["download_url"]
    rows = list(csv.DictReader(io.StringIO((await later.client.get(link)).text.removeprefix("\ufeff"), newline="")))
    assert [row["headquarters"] for row in rows] == [company.headquarters for company in companies()[:20]]
    other = {"specs_override": {"resource_handle_id": "rh_x"}}
    assert (await harness.post("/workflows/run", other, workflow_id=FILE_WORKFLOW)).status_code == 400


async def test_run_starts_from_a_search(start: Start) -> None:
    harness = start()
    specs = {"query": "german telecommunications", "dataframe_type": "COMPANY", "max_results": 3}
    made = (await create(harness, ("search", specs), ("deduplicate", {}))).json()
    run = (await harness.post("/workflows/run", {}, workflow_id=made["id"])).json()
    harness.clock.seconds = 3600
    items = (await harness.get(f"/workflows/runs/{run['job_id']}/results/download-links")).json()
    names = [row["company_name"] for row in max(items, key=lambda item: item["block_number"])["results"]]
    assert names == ["1&1", "ADVA Optical Networking", "Freenet AG"]


CRON = {"workflow_id": COMPANY_WORKFLOW, "name": "Nightly", "cron_expression": "30 2 * * 1-5"}


async def test_schedule_lifecycle(start: Start) -> None:
    harness = start()
    made = (await harness.post("/schedules", {**CRON, "timezone": "Europe/Berlin"})).json()
    path = f"/schedules/{made['id']}"
    assert made["next_run_times"] == ["2026-06-10T00:30:00Z", "2026-06-11T00:30:00Z", "2026-06-12T00:30:00Z"]
    assert (await harness.get("/schedules", workflow_id=COMPANY_WORKFLOW)).json() == [made]
    assert (await harness.get("/schedules", workflow_id="x")).json() == []

    assert (await harness.get("/schedules/active-counts")).json() == {"counts": {COMPANY_WORKFLOW: 1}}
    assert (await harness.post("/schedules/disable-bound", {"created_by": "key-1"})).json() == {"disabled": 1}
    shown = (await harness.get(path)).json()
    assert (shown["is_active"], shown["disabled_reason"], shown["next_run_times"]) == (False, "credential revoked", [])
    again = (await harness.client.patch(path, json={"is_active": True, "cron_expression": "0 0 29 2 *"})).json()
    assert (again["disabled_reason"], again["next_run_times"]) == (None, ["2028-02-28T23:00:00Z"])
    await harness.client.delete(path)
    assert (await harness.get(path)).status_code == 404
    assert (await harness.post("/schedules/disable-bound", {})).status_code == 400


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"cron_expression": "0 2 * *"}, 422),
        ({"cron_expression": "60 2 * * *"}, 422),
        ({"cron_expression": "x 2 * * *"}, 422),
        ({"cron_expression": "0 5-2 * * *"}, 422),
        ({"cron_expression": "*/0 2 * * *"}, 422),
        ({"timezone": "Mars/Olympus"}, 422),
        ({"name": ""}, 422),
        ({"workflow_id": "x"}, 404),
    ],
)
async def test_invalid_schedules_are_rejected(start: Start, changes: dict[str, Any], status: int) -> None:
    assert (await start().post("/schedules", {**CRON, **changes})).status_code == status


@pytest.mark.parametrize(
    ("expression", "fields"),
    [
        ("*/20 0-2 1,15 * 7", ({0, 20, 40}, {0, 1, 2}, {1, 15}, set(range(1, 13)), {0})),
        ("5/25 8 * 2-12/5 0", ({5, 30, 55}, {8}, set(range(1, 32)), {2, 7, 12}, {0})),
    ],
)
def test_cron_fields(expression: str, fields: tuple[set[int], ...]) -> None:
    assert cron.parse(expression) == list(map(frozenset, fields))
