"""Exclusion lists, exports, lookalike searches and uploads."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from tests.simulator.conftest import Harness, Start

pytestmark = pytest.mark.anyio
GERMAN = {"simple_filters": {"hq_country_iso2": "DE"}}


async def upload(harness: Harness, content: bytes, name: str = "ids.csv") -> Any:
    answer = await harness.client.post("/storage/csv/upload", files={"file": (name, content, "text/csv")})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def make(harness: Harness, source: dict[str, Any], **more: Any) -> str:
    answer = await harness.post("/search/exclusion-lists", {"name": "Known", "source": source, **more})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def ids(*values: str) -> dict[str, Any]:
    return {"type": "entity_ids", "entity_ids": list(values)}


async def ready(harness: Harness, list_id: str) -> Any:
    harness.clock.seconds += 10
    return (await harness.get(f"/search/exclusion-lists/{list_id}")).json()


async def domains(harness: Harness, **more: Any) -> list[str]:
    answer = await harness.post("/search/query", {**GERMAN, "page_size": 100, **more})
    assert answer.status_code == 200, answer.text
    return [row["domain"] for row in answer.json()["results"]]


async def test_exclusion_list_lifecycle(start: Start) -> None:
    harness = start()
    list_id = await make(harness, ids("https://www.1und1.ag/", "freenet.ag", "freenet.ag"), entity_type="company")
    seen: list[str] = []
    for at in range(8):
        harness.clock.seconds = at
        seen.append((await harness.get(f"/search/exclusion-lists/{list_id}")).json()["status"])
        if seen[-1] != "ready":
            assert (await harness.post("/search/query", {**GERMAN, "exclude_list_ids": [list_id]})).status_code == 400
    assert list(dict.fromkeys(seen)) == ["pending", "materializing", "ready"]
    assert (await ready(harness, list_id))["size"] == 2

    before, after = await domains(harness), await domains(harness, exclude_list_ids=[list_id])

    assert set(before) - set(after) == {"1und1.ag", "freenet.ag"}
    people: dict[str, Any] = {"simple_filters": {}, "mode": "people", "exclude_list_ids": [list_id]}
    assert (await harness.post("/search/query", people)).status_code == 400, "a list of companies is none of people"
    deep = {"query": "german telecommunications", "mode": "company", "exclude_list_ids": [list_id]}
    task = await harness.submit("/search/start-deep-search", deep)
    harness.clock.seconds += 300
    assert (await harness.get(f"/search/status/{task}")).json()["total_results"] == 2


async def test_deleted_lists_are_not_found(start: Start) -> None:
    harness = start()
    first, second = await make(harness, ids("a")), await make(harness, ids("b"))
    assert [item["id"] for item in (await harness.get("/search/exclusion-lists")).json()] == [second, first]

    await harness.client.delete(f"/search/exclusion-lists/{first}")

    assert [item["id"] for item in (await harness.get("/search/exclusion-lists")).json()] == [second]
    assert (await harness.get(f"/search/exclusion-lists/{first}")).status_code == 404
    assert (await harness.client.delete(f"/search/exclusion-lists/{first}")).status_code == 404


async def test_lists_from_a_file_and_from_a_search(start: Start) -> None:
    harness = start()
    handle = (await upload(harness, b"note,website\nx,www.1und1.ag\ny,\n"))["resource_handle_id"]
    search = (await harness.post("/search/query", GERMAN)).json()["search_id"]
    from_file = await make(harness, {"type": "resource_handle", "resource_handle_id": handle}, entity_type="company")
    source = {"type": "search_id", "search_id": search, "max_results": 4}
    from_search = await make(harness, source, entity_type="company", name=None)
    shown = [await ready(harness, list_id) for list_id in (from_file, from_search)]

    assert [(item["size"], item["unresolved_count"], item["source_type"]) for item in shown] == [
        (1, 1, "resource_handle"),
        (4, 0, "search_id"),
    ]
    assert shown[1]["name"] == "Search results 2026-06-10"
    assert (await domains(harness, exclude_list_ids=[from_file]))[0] != "1und1.ag"


@pytest.mark.parametrize(
    "source",
    [
        {"type": "resource_handle", "resource_handle_id": "rh_x"},
        {"type": "resource_handle", "resource_handle_id": "@", "id_column": "nope"},
        {"type": "resource_handle", "resource_handle_id": "@"},
    ],
)
async def test_list_without_ids_fails(start: Start, source: dict[str, Any]) -> None:
    harness = start()
    handle = (await upload(harness, b"a,b\n1,2\n"))["resource_handle_id"]

    shown = await ready(harness, await make(harness, {k: v.replace("@", handle) for k, v in source.items()}))

    assert shown["status"] == "failed"
    assert shown["error_message"]


async def test_number_of_lists_is_limited(start: Start) -> None:
    harness = start()
    made = [await make(harness, ids("a")) for _ in range(20)]
    refused = await harness.post("/search/exclusion-lists", {"name": "One more", "source": ids("a")})
    harness.clock.seconds = 10
    body: dict[str, Any] = {"simple_filters": {}, "mode": "people"}

    assert refused.status_code == 400
    for count, status in ((5, 200), (6, 400), (11, 422)):
        answer = await harness.post("/search/query", {**body, "exclude_list_ids": made[:count]})
        assert answer.status_code == status
    assert (await harness.post("/search/query", {**body, "exclude_list_ids": ["x"]})).status_code == 404


@pytest.mark.parametrize(
    ("body", "loc"),
    [
        ({"source": ids("a")}, ["body", "name"]),
        ({"name": "x", "source": ids()}, ["body", "source", "entity_ids", "entity_ids"]),
        ({"name": "x", "source": ids(*["a"] * 10_001)}, ["body", "source", "entity_ids", "entity_ids"]),
        ({"name": "x" * 121, "source": ids("a")}, ["body", "name"]),
        ({"name": "x", "source": ids("a"), "entity_type": "people"}, ["body", "entity_type"]),
    ],
)
async def test_invalid_lists_are_rejected(start: Start, body: dict[str, Any], loc: list[str]) -> None:
    answer = await start().post("/search/exclusion-lists", body)
    assert answer.status_code == 422
    assert loc in [item["loc"] for item in answer.json()["detail"]]


async def test_export_lifecycle(start: Start) -> None:
    harness = start()
    search = (await harness.post("/search/query", GERMAN)).json()
    body = {"search_id": search["search_id"], "max_results": 30, "exclude_entity_ids": ["1und1.ag"]}
    charged = harness.simulator.books.charged_cents
    started = (await harness.post("/search/export", body)).json()
    assert (started["status"], (await harness.post("/search/export", body)).status_code) == ("queued", 409)
    harness.clock.seconds = 120

    shown = (await harness.get(f"/search/status/{started['task_id']}")).json()
    link = (await harness.get("/search/download", resource_handle_id=shown["resource_handle_id"])).json()["url"]
    answer = await httpx.AsyncClient(transport=httpx.ASGITransport(harness.simulator.app)).get(link)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))

    assert (shown["status"], shown["exported_count"], len(rows)) == ("completed", 30, 30)
    first_page = [row["company_name"] for row in search["results"]]
    assert [row["company_name"] for row in rows][:9] == [name for name in first_page if name != "1&1"][:9]
    assert harness.simulator.books.charged_cents == charged + 30
    assert (await harness.post("/search/export", body)).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"search_id": "x"}, 404),
        ({"search_id": "x", "parsed_query": {}}, 422),
        ({"parsed_query": {"simple_filters": {"country": "Italy"}}}, 200),
        ({"parsed_query": {"simple_filters": {"nope": 1}}}, 400),
    ],
)
async def test_exports_are_validated(start: Start, body: dict[str, Any], status: int) -> None:
    assert (await start().post("/search/export", body)).status_code == status


async def test_exports_use_no_deep_search_slots(start: Start) -> None:
    harness = start(deep_search_slots=1)
    search = (await harness.post("/search/query", GERMAN)).json()["search_id"]
    assert (await harness.post("/search/export", {"search_id": search})).status_code == 200
    assert (await harness.post("/search/start-deep-search", {"query": "x"})).status_code == 200
    assert (await harness.post("/search/start-deep-search", {"query": "y"})).status_code == 429


@pytest.mark.parametrize("by_file", [True, False])
async def test_lookalike_search_lifecycle(start: Start, by_file: bool) -> None:
    harness = start()
    urls = ["https://www.linkedin.com/in/ada-1/", "https://www.linkedin.com/in/bo-2", "nonsense"]
    body: dict[str, Any] = {"linkedin_urls": urls}
    if by_file:
        content = "linkedin\n" + "\n".join(urls[:2])
        body = {"csv_resource_handle_id": (await upload(harness, content.encode()))["resource_handle_id"]}
    started = (await harness.post("/search/lookalike", body)).json()
    diagnostics = started["seed_diagnostics"]
    assert (diagnostics["seed_type"], diagnostics["resolved"]) == ("csv" if by_file else "linkedin_urls", 2)
    assert (diagnostics["supplied"], len(diagnostics["warnings"])) == ((2, 0) if by_file else (3, 1))
    path = f"/search/lookalike/{started['task_id']}"
    assert (await harness.get(path)).json()["filters"] is None
    harness.clock.seconds = 300

    shown = (await harness.get(path)).json()

    assert (shown["status"], shown["excluded_public_ids"]) == ("completed", ["ada-1", "bo-2"])
    assert (await harness.get(path, include_filters="false", include_analysis="false")).json()["analysis"] is None
    rows = (await harness.post("/search/query", {"search_id": started["search_id"]})).json()["results"]
    titles = {row["raw_source"]["currentCompanies"][0]["element"]["title"] for row in rows}
    assert titles <= set(shown["filters"]["job_title"]["$in"])
    assert (await harness.get(f"/search/status/{started['task_id']}")).status_code == 404


async def test_lookalike_requires_exactly_one_seed_source(start: Start) -> None:
    harness = start()
    both = {"linkedin_urls": ["x"], "csv_resource_handle_id": "y"}
    for body, status in (
        ({}, 422),
        (both, 422),
        ({"csv_resource_handle_id": "y"}, 400),
        ({"linkedin_urls": ["x" * 501]}, 422),
    ):
        assert (await harness.post("/search/lookalike", body)).status_code == status


async def test_uploads_expire_after_a_day(start: Start) -> None:
    harness = start()
    shown = await upload(harness, b"a,b\n1,2\n3,4\n")
    assert (shown["row_count"], shown["columns"], shown["expires_at"]) == (2, ["a", "b"], "2026-06-11T00:00:00Z")
    body = {"csv_resource_handle_id": shown["resource_handle_id"]}
    harness.clock.seconds = 86_399
    assert (await harness.post("/search/lookalike", body)).status_code == 202
    harness.clock.seconds = 86_401
    assert (await harness.post("/search/lookalike", body)).status_code == 400
    assert (await harness.client.post("/storage/csv/upload", files={"file": ("x.json", b"[]")})).status_code == 400
    assert (await harness.client.post("/storage/csv/upload", files={"data": ("x.csv", b"a\n1")})).status_code == 422
