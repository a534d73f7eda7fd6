from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from sixtyfour_async.simulator import companies
from tests.simulator.conftest import SEARCH, Room, Start

pytestmark = pytest.mark.anyio


async def handle(room: Room, body: dict[str, Any]) -> dict[str, Any]:
    task = await room.submit("/search/start-deep-search", body)
    room.clock.seconds += 300
    shown: dict[str, Any] = (await room.get(f"/search/status/{task}")).json()
    return shown


async def download(room: Room, shown: dict[str, Any]) -> httpx.Response:
    answer = await room.get("/search/download", resource_handle_id=shown["resource_handle_id"])
    assert set(answer.json()) == {"url", "bucket", "path"}
    return await httpx.AsyncClient(transport=httpx.ASGITransport(room.simulator.app)).get(answer.json()["url"])


def table(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def test_life_of_a_search(start: Start) -> None:
    room = start()
    started = (await room.post("/search/start-deep-search", SEARCH)).json()
    assert started == {
        "task_id": started["task_id"],
        "status": "queued",
        "message": "Search started successfully",
    }
    for path in ("/search/status/", "/search/deep-search-status/"):
        assert (await room.get(path + started["task_id"])).json()["status"] == "queued"
    room.clock.seconds = 10
    running = (await room.get(f"/search/status/{started['task_id']}")).json()
    assert (running["status"], running["current_phase"]) == ("running", 1)
    assert running["resource_handle_id"] is None
    room.clock.seconds = 280
    done = (await room.get(f"/search/status/{started['task_id']}")).json()
    assert (done["status"], done["total_results"], done["exported_count"]) == ("completed", 3, 3)
    assert done["resource_handle_id"]
    assert done["search_id"]
    assert room.simulator.books.charged_cents == 3


async def test_company_rows_are_true(start: Start) -> None:
    room = start()
    rows = table(await download(room, await handle(room, {**SEARCH, "max_results": 100})))
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


async def test_excluded_sites_are_left_out(start: Start) -> None:
    room = start()
    body = {**SEARCH, "max_results": 100, "exclude_entity_ids": ["https://www.freenet.ag"]}
    assert (await handle(room, body))["total_results"] == 3


async def test_people_are_cut_to_max_results(start: Start) -> None:
    room = start()
    shown = await handle(room, {"query": "VPs of engineering in Berlin", "max_results": 12})
    rows = table(await download(room, shown))
    assert (shown["total_results"], len(rows)) == (12, 12)
    assert set(rows[0]) == {"name", "title", "company", "location", "linkedin"}
    assert len({row["linkedin"] for row in rows}) == 12


async def test_a_query_that_finds_nothing(start: Start) -> None:
    room = start()
    shown = await handle(room, {"query": "zzz qqq", "mode": "company"})
    assert shown["total_results"] == 0
    assert table(await download(room, shown)) == []


async def test_search_id_makes_a_retry_harmless(start: Start) -> None:
    room = start()
    body = {**SEARCH, "search_id": "mine"}
    tasks = {await room.submit("/search/start-deep-search", body) for _ in range(3)}
    assert len(tasks) == len(room.simulator.books.jobs) == 1
    assert (await handle(room, body))["search_id"] == "mine"


async def test_query_only_has_no_file(start: Start) -> None:
    shown = await handle(start(), {**SEARCH, "output_mode": "query_only"})
    assert (shown["status"], shown["resource_handle_id"], shown["exported_count"]) == ("completed", None, 0)


async def test_links_expire_after_fifteen_minutes(start: Start) -> None:
    room = start()
    shown = await handle(room, SEARCH)
    url = (await room.get("/search/download", resource_handle_id=shown["resource_handle_id"])).json()["url"]
    bare = httpx.AsyncClient(transport=httpx.ASGITransport(room.simulator.app))
    room.clock.seconds += 899.9
    assert (await bare.get(url)).status_code == 200
    room.clock.seconds += 0.2
    late = await bare.get(url)
    assert (late.status_code, late.headers["content-type"]) == (403, "application/xml")
    assert b"ExpiredToken" in late.content
    assert (await download(room, shown)).status_code == 200
    assert (await bare.get(url[:-3] + "abc")).status_code == 403
    assert (await bare.get("http://sim/signed/x")).status_code == 403


async def test_files_need_no_key_and_keys_sent_are_noticed(start: Start) -> None:
    room = start(limit=3)
    shown = await handle(room, SEARCH)
    answer = await download(room, shown)
    assert "x-ratelimit-limit" not in answer.headers
    assert room.simulator.books.leaked_keys == []
    assert len(room.simulator.books.downloads) == 1
    url = "/signed/anything"
    await room.client.get(url)
    assert room.simulator.books.leaked_keys == [url]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"query": "  "}, 400),
        ({**SEARCH, "exclude_public_ids": ["x"]}, 400),
        ({"query": "x", "exclude_public_ids": ["x"], "exclude_entity_ids": ["y"]}, 400),
    ],
)
async def test_refused_searches(start: Start, body: dict[str, Any], status: int) -> None:
    assert (await start().post("/search/start-deep-search", body)).status_code == status


async def test_unknown_searches(start: Start) -> None:
    room = start()
    assert (await room.get("/search/status/x")).status_code == 404
    assert (await room.get("/search/download", resource_handle_id="rh_x")).status_code == 404
    missing = await room.get("/search/download")
    assert missing.json()["detail"][0]["loc"] == ["query", "resource_handle_id"]
