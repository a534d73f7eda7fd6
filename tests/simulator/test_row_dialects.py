"""Rows of shared answers in dialects: whose row is whose, by what is left of the echo."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import Any

import pytest

from tests.simulator.conftest import COMPANY_WORKFLOW, Harness, Start
from tests.simulator.dialects import BULK, LEADS, rows_in_dialect

pytestmark = pytest.mark.anyio


def found(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a row says beside its echo."""
    return {key: value for key, value in row.items() if key not in {"name", "company"}}


async def test_rows_reversed(start: Start) -> None:
    rows, plain = await rows_in_dialect(start, "rows_reversed")
    assert rows == plain[::-1]


async def test_rows_shuffled(start: Start) -> None:
    rows, plain = await rows_in_dialect(start, "rows_shuffled")
    assert rows != plain
    assert sorted(map(str, rows)) == sorted(map(str, plain))


async def test_row_missing(start: Start) -> None:
    rows, plain = await rows_in_dialect(start, "row_missing")
    assert len(rows) == 2
    assert [row for row in plain if row in rows] == rows


async def test_row_doubled(start: Start) -> None:
    rows, plain = await rows_in_dialect(start, "row_doubled")
    assert len(rows) == 4
    assert [row for at, row in enumerate(rows) if row not in rows[:at]] == plain


async def test_row_foreign_is_the_true_answer_about_a_stranger(start: Start) -> None:
    rows, plain = await rows_in_dialect(start, "row_foreign")
    [at] = [at for at, row in enumerate(rows) if row not in plain]
    assert [row for row in rows if row in plain] == [*plain[:at], *plain[at + 1 :]]
    stranger = {"name": "Zelda Nobody", "company": "Nowhere Holdings"}
    truth = start().simulator.true_answer("find_email", {"lead": stranger})
    assert rows[at] == {**truth, "cost_cents": 5}


async def test_row_null(start: Start) -> None:
    rows, plain = await rows_in_dialect(start, "row_null")
    assert rows.count(None) == 1
    assert all(row in (None, true) for row, true in zip(rows, plain, strict=True))


async def test_rows_index(start: Start) -> None:
    rows, plain = await rows_in_dialect(start, "rows_index")
    assert rows == [{"index": at, **found(row)} for at, row in enumerate(plain)]


async def test_rows_index_keeps_its_number_in_another_order(start: Start) -> None:
    harness = start(faults={"rows_reversed": 1.0, "rows_index": 1.0})
    shown = await harness.finished("/find-email-bulk-async", BULK)
    assert [row["index"] for row in shown["result"]] == [2, 1, 0]


@pytest.mark.parametrize(
    ("name", "echo"),
    [
        ("rows_echo_uppercase", {"name": "ZOË EXAMPLE", "company": "ACME CORP"}),
        ("rows_echo_spaced", {"name": " Zoë  Example ", "company": " Acme  Corp "}),
        ("rows_echo_decomposed", {"name": unicodedata.normalize("NFD", "Zoë Example"), "company": "Acme Corp"}),
        ("rows_echo_one_key", {"name": "Zoë Example"}),
        ("rows_echo_nested", {"lead": {"name": "Zoë Example", "company": "Acme Corp"}}),
        ("rows_without_echo", {}),
    ],
)
async def test_echo_of_rows(start: Start, name: str, echo: dict[str, Any]) -> None:
    rows, plain = await rows_in_dialect(start, name)
    assert rows[0] == {**echo, **found(plain[0])}
    assert [row["email"] for row in rows] == [row["email"] for row in plain]


async def test_dialects_of_rows_combine(start: Start) -> None:
    plain = (await start().post("/find-email-bulk", BULK)).json()
    harness = start()
    for name in ("rows_echo_uppercase", "rows_reversed"):
        harness.simulator.faults.script(name, route="/find-email-bulk")

    rows = (await harness.post("/find-email-bulk", BULK)).json()

    upper = [{**row, "name": row["name"].upper(), "company": row["company"].upper()} for row in plain]
    assert rows == upper[::-1]


@pytest.mark.parametrize("name", ["rows_reversed", "row_missing", "row_doubled"])
async def test_one_row_has_no_order(start: Start, name: str) -> None:
    harness = start(faults={name: 1.0})
    shown = await harness.finished("/find-email-bulk-async", {"leads": LEADS[:1]})
    assert [row["name"] for row in shown["result"]] == ["Zoë Example"]
    assert harness.simulator.faults.struck[name] == 0


async def file_rows(harness: Harness) -> list[dict[str, str]]:
    """Run a file of three companies and return the rows of the final file."""
    config = {"config": '{"struct": {"headquarters": "Head office"}}'}
    file = {"file": ("rows.csv", b"company_name\n3M\n3i\n1&1\n")}
    started = await harness.client.post("/bulk-intelligence/company", data=config, files=file)
    job = started.json()["task_id"]
    harness.clock.seconds += 3600
    shown = (await harness.get(f"/job-status/{job}")).json()
    content = (await harness.client.get(shown["results"][-1]["download_url"])).content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def test_rows_of_files(start: Start) -> None:
    plain = await file_rows(start())
    assert [row["company_name"] for row in plain] == ["3M", "3i", "1&1"]

    async def changed(name: str) -> list[dict[str, str]]:
        harness = start()
        harness.simulator.faults.script(name, route="/signed")
        return await file_rows(harness)

    assert await changed("rows_reversed") == plain[::-1]
    assert await changed("rows_echo_uppercase") == [
        {**row, "company_name": row["company_name"].upper()} for row in plain
    ]
    missing, foreign = await changed("row_missing"), await changed("row_foreign")
    assert [row for row in plain if row in missing] == missing != plain
    assert [row["company_name"] for row in foreign if row not in plain] == ["Nowhere Holdings"]


async def test_a_file_with_rows_of_its_own_is_left_alone(start: Start) -> None:
    """Rows that a block drops or makes belong to no input row."""
    harness = start(faults={"rows_reversed": 1.0})
    rows = {"webhook_payload": [{"company_name": "3M"}, {"company_name": "3M"}, {"company_name": "3i"}]}
    run = (await harness.post("/workflows/run", rows, workflow_id=COMPANY_WORKFLOW)).json()["job_id"]
    harness.clock.seconds += 3600
    links = (await harness.get(f"/workflows/runs/{run}/results/download-links")).json()
    texts = [(await harness.client.get(item["download_url"])).content.decode("utf-8-sig") for item in links]
    companies = [[row["company_name"] for row in csv.DictReader(io.StringIO(text, newline=""))] for text in texts]
    assert companies == [["3i", "3M", "3M"], ["3i", "3M", "3M"], ["3M", "3i"]]
