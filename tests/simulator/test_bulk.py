"""Bulk look-ups of up to a hundred leads, at once and as jobs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import Room, Start

pytestmark = pytest.mark.anyio
LEADS = [
    {"name": "Bo Example", "company": "Acme Corp"},
    {"note": "nothing to go by"},
    {"name": "Cy Example", "company": "3M"},
    {},
]


def usable(kind: str, at: int) -> dict[str, str]:
    address = f"p{at}@acme.example"
    return {"reverse-email": {"email": address}, "reverse-phone": {"phone": f"+1 555-01{at:02d}"}}.get(
        kind, {"name": f"Person {at}", "company": "Acme Corp"}
    )


@pytest.mark.parametrize("kind", ["find-email", "find-phone", "reverse-email", "reverse-phone"])
async def test_a_bulk_job_answers_each_lead_as_the_single_request_does(start: Start, kind: str) -> None:
    room = start()
    leads = [usable(kind, at) for at in range(5)]

    shown = await room.finished(f"/{kind}-bulk-async", {"leads": leads})
    single = [(await room.post(f"/{kind}", {"lead": lead})).json() for lead in leads]

    assert shown["result"] == single
    assert shown["charge_amount"] == sum(row["cost_cents"] for row in single) > 0
    assert shown["task_type"] == f"{kind.replace('-', '_')}_bulk"


async def test_at_once_it_is_a_bare_array(start: Start) -> None:
    room = start()

    rows = (await room.post("/find-email-bulk", {"leads": LEADS[:1]})).json()

    assert [row["name"] for row in rows] == ["Bo Example"]
    assert room.clock.slept, "the answer came when the work was done"


async def test_a_bad_lead_does_not_sink_the_others(start: Start) -> None:
    room = start()

    shown = await room.finished("/find-email-bulk-async", {"leads": LEADS})

    rows = shown["result"]
    assert [row.get("error") for row in rows] == [None, "Lead data is required", None, "Lead data is required"]
    assert [row["cost_cents"] for row in rows] == [5, 0, 5, 0]
    assert rows[1]["note"] == "nothing to go by"
    assert shown["charge_amount"] == room.simulator.books.charged_cents == 10


async def test_costs_in_credits(start: Start) -> None:
    shown = await start().finished("/find-email-bulk-async", {"leads": LEADS}, cost_units="credits")

    assert (shown["charge_credits"], [row["cost_credits"] for row in shown["result"]]) == (1.0, [0.5, 0.0, 0.5, 0.0])


async def test_the_books_count_leads(start: Start) -> None:
    room = start()
    for leads in (LEADS[:1], [*LEADS[:1], LEADS[2]]):
        await room.submit("/find-email-bulk-async", {"leads": leads})
    await room.submit("/find-email-async", {"lead": LEADS[2]})

    assert [entry.subjects for entry in room.simulator.books.jobs] == [
        ("Bo Example | Acme Corp",),
        ("Bo Example | Acme Corp", "Cy Example | 3M"),
        ("Cy Example | 3M",),
    ]
    assert room.simulator.books.repeated == {"Bo Example | Acme Corp": 2, "Cy Example | 3M": 2}


async def test_progress_counts_leads(start: Start) -> None:
    room = start()
    job = await room.submit("/find-phone-bulk-async", {"leads": [usable("", at) for at in range(100)]})
    seen: list[int] = []
    while (shown := (await room.get(f"/job-status/{job}")).json())["status"] == "running":
        seen.append(shown["progress"]["completed"])
        assert shown["progress"]["total"] == 100
        room.clock.seconds += 2

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
async def test_how_many_leads(start: Start, leads: Any, status: int, problem: str | None) -> None:
    room = start()

    for form in ("", "-async"):
        answer = await room.post(f"/find-email-bulk{form}", {"leads": leads})
        assert answer.status_code == status
        assert problem is None or answer.json()["detail"][0]["type"] == problem
    assert room.simulator.books.jobs == []


async def failed(room: Room, path: str) -> Any:
    job = await room.submit(path, {"leads": LEADS})
    room.clock.seconds += 3600
    return (await room.get(f"/job-status/{job}")).json()


async def test_a_bulk_job_that_fails_costs_nothing(start: Start) -> None:
    room = start()
    room.simulator.faults.script("job_failed")

    shown = await failed(room, "/find-email-bulk-async")

    assert (shown["status"], room.simulator.books.charged_cents) == ("failed", 0)
    assert (await failed(room, "/find-email-v2-bulk-async"))["status"] == "completed"


async def test_the_balance_has_to_cover_all_leads(start: Start) -> None:
    room = start(balance_credits=0.9)

    assert (await room.post("/find-email-bulk-async", {"leads": LEADS})).status_code == 402
    assert (await room.post("/find-email-bulk-async", {"leads": LEADS[:2]})).status_code == 200
