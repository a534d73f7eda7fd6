"""Bulk requests of up to 100 leads, synchronous and as jobs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import Harness, Start

pytestmark = pytest.mark.anyio
LEADS = [
    {"name": "Bo Example", "company": "Acme Corp"},
    {"note": "nothing to go by"},
    {"name": "Cy Example", "company": "3M"},
    {},
]


def can_look_up(kind: str, at: int) -> dict[str, str]:
    address = f"p{at}@acme.example"
    return {"reverse-email": {"email": address}, "reverse-phone": {"phone": f"+1 555-01{at:02d}"}}.get(
        kind, {"name": f"Person {at}", "company": "Acme Corp"}
    )


@pytest.mark.parametrize("kind", ["find-email", "find-phone", "reverse-email", "reverse-phone"])
async def test_bulk_results_equal_those_of_single_requests(start: Start, kind: str) -> None:
    harness = start()
    leads = [can_look_up(kind, at) for at in range(5)]

    shown = await harness.finished(f"/{kind}-bulk-async", {"leads": leads})
    single = [(await harness.post(f"/{kind}", {"lead": lead})).json() for lead in leads]

    assert shown["result"] == single
    assert shown["charge_amount"] == sum(row["cost_cents"] for row in single) > 0
    assert shown["task_type"] == f"{kind.replace('-', '_')}_bulk"


async def test_synchronous_bulk_returns_a_bare_array(start: Start) -> None:
    harness = start()

    rows = (await harness.post("/find-email-bulk", {"leads": LEADS[:1]})).json()

    assert [row["name"] for row in rows] == ["Bo Example"]
    assert harness.clock.slept, "the answer came when the work was done"


async def test_an_invalid_lead_does_not_affect_the_others(start: Start) -> None:
    harness = start()

    shown = await harness.finished("/find-email-bulk-async", {"leads": LEADS})

    rows = shown["result"]
    assert [row.get("error") for row in rows] == [None, "Lead data is required", None, "Lead data is required"]
    assert [row["cost_cents"] for row in rows] == [5, 0, 5, 0]
    assert rows[1]["note"] == "nothing to go by"
    assert shown["charge_amount"] == harness.simulator.books.charged_cents == 10


async def test_bulk_costs_in_credits(start: Start) -> None:
    shown = await start().finished("/find-email-bulk-async", {"leads": LEADS}, cost_units="credits")

    assert (shown["charge_credits"], [row["cost_credits"] for row in shown["result"]]) == (1.0, [0.5, 0.0, 0.5, 0.0])


async def test_books_record_each_lead_of_a_bulk_job(start: Start) -> None:
    harness = start()
    for leads in (LEADS[:1], [*LEADS[:1], LEADS[2]]):
        await harness.submit("/find-email-bulk-async", {"leads": leads})
    await harness.submit("/find-email-async", {"lead": LEADS[2]})

    assert [entry.subjects for entry in harness.simulator.books.jobs] == [
        ("Bo Example | Acme Corp",),
        ("Bo Example | Acme Corp", "Cy Example | 3M"),
        ("Cy Example | 3M",),
    ]
    assert harness.simulator.books.repeated == {"Bo Example | Acme Corp": 2, "Cy Example | 3M": 2}


async def test_bulk_progress_counts_leads(start: Start) -> None:
    harness = start()
    job = await harness.submit("/find-phone-bulk-async", {"leads": [can_look_up("", at) for at in range(100)]})
    seen: list[int] = []
    while (shown := (await harness.get(f"/job-status/{job}")).json())["status"] == "running":
        seen.append(shown["progress"]["completed"])
        assert shown["progress"]["total"] == 100
        harness.clock.seconds += 2

    assert seen == sorted(seen)
    assert 2 < len(seen) < 60, "longer than one lead, shorter than one after the other"


@pytest.mark.parametrize(
    ("leads", "status", "problem"),
    [
        ([], 400, None),
        ([LEADS[0]] * 101, 422, "too_long"),
        ([LEADS[0], "x"], 422, "dict_type"),
        (None, 422, "list_type"),
    ],
)
async def test_bulk_leads_are_validated(start: Start, leads: Any, status: int, problem: str | None) -> None:
    harness = start()

    for form in ("", "-async"):
        answer = await harness.post(f"/find-email-bulk{form}", {"leads": leads})
        assert answer.status_code == status
        assert problem is None or answer.json()["detail"][0]["type"] == problem
    assert harness.simulator.books.jobs == []


async def failed(harness: Harness, path: str) -> Any:
    job = await harness.submit(path, {"leads": LEADS})
    harness.clock.seconds += 3600
    return (await harness.get(f"/job-status/{job}")).json()


async def test_failed_bulk_jobs_are_not_charged(start: Start) -> None:
    harness = start()
    harness.simulator.faults.script("job_failed")

    shown = await failed(harness, "/find-email-bulk-async")

    assert (shown["status"], harness.simulator.books.charged_cents) == ("failed", 0)
    assert (await failed(harness, "/find-email-v2-bulk-async"))["status"] == "completed"


async def test_balance_must_cover_all_leads(start: Start) -> None:
    harness = start(balance_credits=0.9)

    assert (await harness.post("/find-email-bulk-async", {"leads": LEADS})).status_code == 402
    assert (await harness.post("/find-email-bulk-async", {"leads": LEADS[:2]})).status_code == 200
