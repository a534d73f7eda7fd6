from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from sixtyfour_async.simulator import companies
from tests.simulator.conftest import SEARCH, Harness, Start

pytestmark = pytest.mark.anyio


async def handle(harness: Harness, body: dict[str, Any]) -> dict[str, Any]:
    task = await harness.submit("/search/start-deep-search", body)
    harness.clock.seconds += 300
    shown: dict[str, Any] = (await harness.get(f"/search/status/{task}")).json()
    return shown


async def download(harness: Harness, shown: dict[str, Any]) -> httpx.Response:
    answer = await harness.get("/search/download", resource_handle_id=shown["resource_handle_id"])
    assert set(answer.json()) == {"url", "bucket", "path"}
    return await httpx.AsyncClient(transport=httpx.ASGITransport(harness.simulator.app)).get(answer.json()["url"])


def table(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def test_deep_search_lifecycle(start: Start) -> None:
    harness = start()
    started = (await harness.post("/search/start-deep-search", SEARCH)).json()
    assert started == {
        "task_id": started["task_id"],
        "status": "queued",
        "message": "Search started successfully",
    }
    for path in ("/search/status/", "/search/deep-search-status/"):
        assert (await harness.get(path + started["task_id"])).json()["status"] == "queued"
    harness.clock.seconds = 10
    running = (await harness.get(f"/search/status/{started['task_id']}")).json()
    assert (running["status"], running["current_phase"]) == ("running", 1)
    assert running["resource_handle_id"] is None
    harness.clock.seconds = 280
    done = (await harness.get(f"/search/status/{started['task_id']}")).json()
    assert (done["status"], done["total_results"], done["exported_count"]) == ("completed", 3, 3)
    assert done["resource_handle_id"]
    assert done["search_id"]
    assert harness.simulator.books.charged_cents == 3


async def test_company_rows_contain_true_facts(start: Start) -> None:
    harness = start()
    rows = table(await download(harness, await handle(harness, {**SEARCH, "max_results": 100})))
    known = {company.company_name: company for company in companies()}
    assert [row["company_name"] for row in rows] == [
        "1&1",
        "ADVA Optical Networking",
        "Freenet AG",
        "United Internet",
    ]
    for row in rows:
        assert row["country"] == known[row["company_name"]].country == "Germany"
        assert row["headquarters"] == known[row["company_name"]].headquarters


async def test_excluded_domains_are_omitted(start: Start) -> None:
    harness = start()
    body = {**SEARCH, "max_results": 100, "exclude_entity_ids": ["https://www.freenet.ag"]}
    assert (await handle(harness, body))["total_results"] == 3


async def test_people_are_limited_to_max_results(start: Start) -> None:
    harness = start()
    shown = await handle(harness, {"query": "VPs of engineering in Berlin", "max_results": 12})
    rows = table(await download(harness, shown))
    assert (shown["total_results"], len(rows)) == (12, 12)
    assert set(rows[0]) == {"name", "title", "company", "location", "linkedin"}
    assert len({row["linkedin"] for row in rows}) == 12


async def test_query_without_results(start: Start) -> None:
    harness = start()
    shown = await handle(harness, {"query": "zzz qqq", "mode": "company"})
    assert shown["total_results"] == 0
    assert table(await download(harness, shown)) == []


async def test_search_id_makes_retries_idempotent(start: Start) -> None:
    harness = start()
    body = {**SEARCH, "search_id": "mine"}
    tasks = {await harness.submit("/search/start-deep-search", body) for _ in range(3)}
    assert len(tasks) == len(harness.simulator.books.jobs) == 1
    assert (await handle(harness, body))["search_id"] == "mine"


async def test_query_only_has_no_file(start: Start) -> None:
    shown = await handle(start(), {**SEARCH, "output_mode": "query_only"})
    assert (shown["status"], shown["resource_handle_id"], shown["exported_count"]) == ("completed", None, 0)


async def test_links_expire_after_fifteen_minutes(start: Start) -> None:
    harness = start()
    shown = await handle(harness, SEARCH)
    url = (await harness.get("/search/download", resource_handle_id=shown["resource_handle_id"])).json()["url"]
    bare = httpx.AsyncClient(transport=httpx.ASGITransport(harness.simulator.app))
    harness.clock.seconds += 899.9
    assert (await bare.get(url)).status_code == 200
    harness.clock.seconds += 0.2
    late = await bare.get(url)
    assert (late.status_code, late.headers["content-type"]) == (403, "application/xml")
    assert b"ExpiredToken" in late.content
    assert (await download(harness, shown)).status_code == 200
    assert (await bare.get(url[:-3] + "abc")).status_code == 403
    assert (await bare.get("http://sim/signed/x")).status_code == 403


async def test_downloads_need_no_key_and_leaked_keys_are_recorded(start: Start) -> None:
    harness = start(limit=3)
    shown = await handle(harness, SEARCH)
    answer = await download(harness, shown)
    assert "x-ratelimit-limit" not in answer.headers
    assert harness.simulator.books.leaked_keys == []
    assert len(harness.simulator.books.downloads) == 1
    url = "/signed/anything"
    await harness.client.get(url)
    assert harness.simulator.books.leaked_keys == [url]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"query": "  "}, 400),
        ({**SEARCH, "exclude_public_ids": ["x"]}, 400),
        ({"query": "x", "exclude_public_ids": ["x"], "exclude_entity_ids": ["y"]}, 400),
    ],
)
async def test_invalid_searches_are_rejected(start: Start, body: dict[str, Any], status: int) -> None:
    assert (await start().post("/search/start-deep-search", body)).status_code == status


async def test_unknown_searches(start: Start) -> None:
    harness = start()
    assert (await harness.get("/search/status/x")).status_code == 404
    assert (await harness.get("/search/download", resource_handle_id="rh_x")).status_code == 404
    missing = await harness.get("/search/download")
    assert missing.json()["detail"][0]["loc"] == ["query", "resource_handle_id"]
