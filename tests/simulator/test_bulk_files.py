"""Bulk-intelligence: uploaded files, their jobs and result files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from sixtyfour_async.simulator import companies
from tests.simulator.conftest import FakeClock, Harness, Start

pytestmark = pytest.mark.anyio
CONFIG = {"struct": {"headquarters": "City", "founded": {"description": "Year", "type": "int"}}, "tier": "micro"}
CSV = (
    "\ufeffkey,company_name,website\r\n"
    + "".join(f'{at},"{c.company_name}",{c.website}\r\n' for at, c in enumerate(companies()[:5]))
    + '5,"Nobody, Ltd",nobody.example\r\n'
).encode()


async def send(harness: Harness, content: bytes = CSV, config: Any = CONFIG, **more: Any) -> httpx.Response:
    name, kind = more.get("name", "companies.csv"), more.get("kind", "company")
    return await harness.client.post(
        f"/bulk-intelligence/{kind}",
        files={"file": (name, content)},
        data={"config": config if isinstance(config, str) else json.dumps(config)},
        headers={"idempotency-key": more["key"]} if "key" in more else {},
        params=more.get("params"),
    )


async def ended(harness: Harness, job: str, **params: str) -> Any:
    harness.clock.seconds += 7200
    return (await harness.get(f"/job-status/{job}", **params)).json()


async def final(harness: Harness, shown: Any) -> list[dict[str, str]]:
    last = max(shown["results"], key=lambda item: item["block_number"])
    answer = await httpx.AsyncClient(transport=httpx.ASGITransport(harness.simulator.app)).get(last["download_url"])
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def test_bulk_file_lifecycle(start: Start) -> None:
    harness = start()
    started = (await send(harness)).json()
    assert started == {"task_id": started["task_id"], "status": "RUNNING", "row_count": 6, "estimated_cost_cents": 18}
    harness.clock.seconds = 10
    running = (await harness.get(f"/job-status/{started['task_id']}")).json()
    assert running["progress"]["total"] == 6

    shown = await ended(harness, started["task_id"])

    assert (shown["status"], shown["charge_amount"]) == ("completed", 18)
    assert "result" not in shown
    assert [item["block_number"] for item in shown["results"]] == [1, 2], "the last file is final"
    rows = await final(harness, shown)
    assert [row["key"] for row in rows] == list("012345")
    for row, company in zip(rows[:5], companies(), strict=False):
        assert (row["company_name"], row["headquarters"]) == (company.company_name, company.headquarters)
        assert row["founded"] == str(company.founded or "")
    assert rows[5] == {
        "key": "5",
        "company_name": "Nobody, Ltd",
        "website": "nobody.example",
        "headquarters": "",
        "founded": "",
    }
    assert harness.simulator.books.leaked_keys == []


async def test_books_record_rows_by_their_selected_columns(start: Start) -> None:
    harness = start()
    await send(harness, config={**CONFIG, "columns": ["company_name"]})
    await harness.submit("/company-intelligence-async", {"target_company": {"company_name": "3M"}, "struct": {}})

    [entry, _] = harness.simulator.books.jobs
    assert entry.subjects[:2] == ("1&1", "3M")
    assert harness.simulator.books.repeated == {"3M": 2}


async def test_replay_with_the_same_key_starts_no_work(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"
    harness = start(state=state)
    first = (await send(harness, key="k")).json()["task_id"]
    replay = {"task_id": first, "status": "RUNNING", "already_started": True}

    assert (await send(harness, key="k")).json() == replay
    assert (await send(start(state=state, clock=FakeClock()), key="k")).json() == replay
    assert (await send(harness, key="other")).json()["task_id"] != first
    assert len(harness.simulator.books.jobs) == 2


async def test_lost_answer_is_recovered_by_idempotency_key(start: Start) -> None:
    harness = start()
    harness.simulator.faults.script("lost_answer", route="/bulk-intelligence/company")
    with pytest.raises(ConnectionResetError):
        await send(harness, key="k")

    assert (await send(harness, key="k")).json()["already_started"] is True
    assert len(harness.simulator.books.jobs) == 1


async def test_bulk_submissions_are_limited_per_minute(start: Start) -> None:
    harness = start()
    statuses: list[int] = []
    for at in range(11):
        statuses.append((await send(harness, key=str(at))).status_code)
        harness.clock.seconds += 1
    assert statuses == [200] * 10 + [429]
    assert (await send(harness, key="3")).status_code == 200, "a replay is no submission"
    harness.clock.seconds = 60.5
    assert (await send(harness)).status_code == 200


PEOPLE = [{"name": "Ada Example", "company": "3M"}, {"id": 7}]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("people.json", json.dumps(PEOPLE)),
        ("people.jsonl", "\n".join(map(json.dumps, PEOPLE))),
        ("people.NDJSON", "\n".join(map(json.dumps, PEOPLE)) + "\n\n"),
    ],
)
async def test_people_in_other_formats(start: Start, name: str, content: str) -> None:
    harness = start()
    config = {"struct": {"title": "Job title"}, "result_formats": ["ndjson"], "field_confidence": True}
    job = (await send(harness, content.encode(), config, name=name, kind="people")).json()["task_id"]

    rows = await final(harness, await ended(harness, job))

    assert [row["name"] for row in rows] == ["Ada Example", ""]
    assert rows[0]["title"]
    assert set(json.loads(rows[0]["field_confidence"])) == {"title"}
    assert rows[1]["title"] == ""
    items = (await harness.get(f"/workflows/runs/{job}/results/download-links", format="ndjson")).json()
    lines = (await harness.client.get(max(items, key=lambda item: item["block_number"])["download_url"])).text
    assert json.loads(lines.splitlines()[1]) == {"id": 7}, "a row that names nobody passes unchanged"


async def test_every_poll_returns_new_links_valid_for_15_minutes(start: Start) -> None:
    harness = start()
    job = (await send(harness)).json()["task_id"]
    first = (await ended(harness, job))["results"][0]["download_url"]
    harness.clock.seconds += 901

    assert (await harness.client.get(first)).status_code == 403
    again = (await harness.get(f"/job-status/{job}")).json()["results"][0]["download_url"]
    assert (await harness.client.get(again)).status_code == 200


async def test_webhook_runs_as_an_additional_block(start: Start) -> None:
    harness = start()
    job = (await send(harness, config={**CONFIG, "webhook_url": "https://a.example"})).json()["task_id"]

    shown = await ended(harness, job)

    assert sorted(item["block_number"] for item in shown["results"]) == [1, 2, 3]
    assert {row["webhook_status"] for row in await final(harness, shown)} == {"delivered"}


async def test_found_people_are_a_json_cell(start: Start) -> None:
    harness = start()
    job = (await send(harness, config={**CONFIG, "find_people": True})).json()["task_id"]

    rows = await final(harness, await ended(harness, job))

    assert [lead["company"] for lead in json.loads(rows[1]["leads"])] == ["3M"] * 3


async def test_bulk_file_costs_in_credits(start: Start) -> None:
    harness = start()
    started = (await send(harness, params={"cost_units": "credits"})).json()
    shown = await ended(harness, started["task_id"], cost_units="credits")

    assert (started["estimated_cost_credits"], shown["charge_credits"]) == (1.8, 1.8)
    assert "estimated_cost_cents" not in started


async def test_bulk_run_has_a_live_status_but_is_not_listed(start: Start) -> None:
    harness = start()
    job = (await send(harness)).json()["task_id"]

    assert (await harness.get(f"/workflows/runs/{job}/live_status")).json()["total_blocks"] == 2
    assert (await harness.get("/workflows/runs")).json() == []


@pytest.mark.parametrize(
    ("more", "status", "loc"),
    [
        ({"config": "{"}, 422, ["body", "config"]),
        ({"config": "[]"}, 422, ["body", "config"]),
        ({"config": {}}, 422, ["body", "config", "struct"]),
        ({"config": {**CONFIG, "tier": "scout"}}, 422, ["body", "config", "tier"]),
        ({"config": {**CONFIG, "result_formats": ["xml"]}}, 422, ["body", "config", "result_formats", 0]),
        ({"config": {**CONFIG, "research_plan": "x" * 300_000}}, 422, ["body", "config"]),
        ({"config": {**CONFIG, "tier": "high"}}, 403, None),
        ({"config": {**CONFIG, "columns": ["nope"]}}, 400, None),
        ({"name": "companies.xlsx"}, 400, None),
        ({"content": b"key\n"}, 400, None),
        ({"content": b'a\n"x'}, 400, None),
        ({"content": b"\xff\xfe"}, 400, None),
        ({"content": b"[1]", "name": "x.json"}, 400, None),
        ({"content": b"{}", "name": "x.json"}, 400, None),
        ({"content": b"a\n" + b"1\n" * 100_001}, 400, None),
    ],
)
async def test_invalid_bulk_files_are_rejected(
    start: Start, more: dict[str, Any], status: int, loc: list[Any] | None
) -> None:
    harness = start()

    answer = await send(harness, **more)

    assert answer.status_code == status, answer.text
    assert loc is None or loc in [item["loc"] for item in answer.json()["detail"]]
    assert harness.simulator.books.jobs == []


async def test_malformed_forms_are_rejected(start: Start) -> None:
    harness = start()
    path = "/bulk-intelligence/company"
    plain = await harness.client.post(path, data={"file": "x", "config": "{}"})
    assert [item["loc"] for item in plain.json()["detail"]] == [["body", "file"]]
    empty = await harness.post(path, {})
    assert [item["loc"] for item in empty.json()["detail"]] == [["body", "file"], ["body", "config"]]
    headers = {"content-type": "multipart/form-data; boundary=x"}
    for content in (b"nonsense", b"--x\r\nno headers\r\n--x--"):
        assert (await harness.client.post(path, content=content, headers=headers)).status_code == 400


async def test_balance_must_cover_the_file(start: Start) -> None:
    assert (await send(start(balance_credits=1.7))).status_code == 402
    assert (await send(start(balance_credits=1.8))).status_code == 200
