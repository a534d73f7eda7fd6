"""Age, LinkedIn profiles, organization charts, tables in JSON, the struct builder."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.simulator.conftest import Start

pytestmark = pytest.mark.anyio
URL = "https://www.linkedin.com/in/ada-example"


async def test_age_verification_lifecycle(start: Start) -> None:
    harness = start()
    task = await harness.submit("/verify-age", {"subject": {"name": "Ada Example"}})
    path = f"/verify-age/{task}"
    assert (await harness.get(path)).json() == {"task_id": task, "status": "running"}
    assert (await harness.get(f"/job-status/{task}")).status_code == 404
    harness.clock.seconds = 300

    shown = (await harness.get(path)).json()

    assert (shown["status"], 2026 - shown["age"]) == ("completed", int(shown["date_of_birth"]))
    assert harness.simulator.books.charged_cents > 0
    harness.simulator.faults.script("drift")
    assert (await harness.get(path)).json() == {"task_id": task, "status": "finalizing"}
    harness.simulator.faults.script("job_failed")
    failing = await harness.submit("/verify-age", {"subject": {"name": "Bo"}})
    harness.clock.seconds = 600
    assert (await harness.get(f"/verify-age/{failing}")).json() == {"task_id": failing, "status": "failed"}
    job = await harness.submit("/find-email-async", {"lead": {"name": "Bo"}})
    assert (await harness.get(f"/verify-age/{job}")).status_code == 404
    assert (await harness.post("/verify-age", {"subject": {}})).status_code == 400


async def test_linkedin_profiles(start: Start) -> None:
    harness = start()
    plain = (await harness.post("/get-linkedin", {"linkedin_url": URL})).json()
    asked = {"title": "Current job title", "shoe_size": "Size of shoes"}
    chosen = (await harness.post("/enrich-linkedin", {"linkedin_url": URL, "struct": asked})).json()
    company_url = "https://www.linkedin.com/company/3m/"
    company = (
        await harness.post("/enrich-linkedin", {"linkedin_url": company_url, "struct": {"industry": "Sector"}})
    ).json()

    assert (plain["linkedin_url"], plain["experience"][0]["title"]) == (URL, plain["headline"].partition(" at ")[0])
    assert set(chosen["structured_data"]) == set(asked)
    assert chosen["structured_data"]["shoe_size"] == ""
    assert company["structured_data"] == {"industry": "Conglomerate"}
    assert len(harness.clock.slept) == 3


async def test_organization_charts(start: Start) -> None:
    harness = start()
    whose = {"company_name": "3M"}
    found = (
        await harness.post("/org-chart/find-people", {**whose, "people_focus_prompt": "VPs", "max_results": 3})
    ).json()
    pages = [(await harness.post("/org-chart/full", {**whose, "page": page, "page_size": 8})).json() for page in (1, 2)]

    assert len(found["people"]) == 3
    assert [page["has_more"] for page in pages] == [True, False]
    assert sum(len(group["people"]) for page in pages for group in page["departments"]) == pages[0]["total"] == 12
    assert (await harness.post("/org-chart/full", {})).status_code == 400
    assert (await harness.get("/org-chart/filter-capabilities")).status_code == 200


@pytest.mark.parametrize(
    ("kind", "column"), [("phone", "phone"), ("email", "email"), ("lead", "title"), ("company", "headquarters")]
)
async def test_enrich_dataframe_adds_columns(start: Start, kind: str, column: str) -> None:
    body = {"csv_data": 'name,company_name\n"Example, Bo",3M\nCy Example,1&1\n', "enrichment_type": kind}
    harness = start()
    shown = (await harness.post("/enrich-dataframe", body)).json()

    rows = list(csv.DictReader(io.StringIO(shown["csv_data"])))
    assert [row["name"] for row in rows] == ["Example, Bo", "Cy Example"]
    assert all(column in row for row in rows)
    assert (shown["row_count"], harness.simulator.books.charged_cents) == (2, 20)


@pytest.mark.parametrize("changes", [{"enrichment_type": "shoes"}, {"csv_data": "name"}, {"csv_data": ""}])
async def test_invalid_tables_are_rejected(start: Start, changes: dict[str, Any]) -> None:
    body = {"csv_data": "name\nBo\n", "enrichment_type": "phone"}
    assert (await start().post("/enrich-dataframe", {**body, **changes})).status_code == 400


async def test_struct_is_built_from_listed_fields(start: Start) -> None:
    known = {"name": "title", "description": "Kept", "type": "string"}
    body = {"description": "title, founding year and head office", "existing_struct": [known]}

    built = (await start().post("/struct-builder/generate", body)).json()["struct"]

    assert [(field["name"], field["type"]) for field in built] == [
        ("title", "string"),
        ("founding_year", "int"),
        ("head_office", "string"),
    ]
    assert built[0] == known


@pytest.mark.parametrize(
    ("body", "loc"),
    [
        ({"description": "x" * 4001}, ["body", "description"]),
        ({"description": "x", "block_type": "filter"}, ["body", "block_type"]),
        (
            {"description": "x", "existing_struct": [{"name": "a b", "description": "", "type": "int"}]},
            ["body", "existing_struct", 0, "name"],
        ),
        (
            {"description": "x", "existing_struct": [{"name": "a", "description": "", "type": "date"}]},
            ["body", "existing_struct", 0, "type"],
        ),
        (
            {
                "description": "x",
                "existing_struct": [
                    {"name": "a", "description": "", "type": "object", "subfields": [{"key": "b", "type": "int"}]},
                    {"name": "c", "description": "", "type": "object", "subfields": [None]},
                ],
            },
            ["body", "existing_struct", 1, "subfields", 0],
        ),
    ],
)
async def test_invalid_struct_requests_are_rejected(start: Start, body: Any, loc: list[Any]) -> None:
    answer = await start().post("/struct-builder/generate", body)
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, loc)
