from __future__ import annotations

from typing import Any

import httpx
import pytest

from sixtyfour_async.simulator import DEFAULT_KEY
from sixtyfour_async.simulator.knowledge.runtimes import PROFILES
from tests.conftest import on_both_loops
from tests.simulator.conftest import COMPANY, LEAD, PERSON, QA, RESEARCH, Harness, Start

pytestmark = pytest.mark.anyio

OPERATIONS: list[tuple[str, dict[str, Any], str, str, int]] = [
    ("people-intelligence", PERSON, "RUNNING", "lead_enrichment", 10),
    ("enrich-lead", PERSON, "RUNNING", "lead_enrichment", 10),
    ("company-intelligence", COMPANY, "RUNNING", "company_enrichment", 10),
    ("enrich-company", COMPANY, "RUNNING", "company_enrichment", 10),
    ("find-email", LEAD, "pending", "find_email", 5),
    ("find-phone", LEAD, "pending", "find_phone", 30),
    ("reverse-email", {"lead": {"email": "a@b.example"}}, "pending", "reverse_email", 5),
    ("reverse-phone", {"lead": {"phone": "+1 555"}}, "pending", "reverse_phone", 10),
    ("qa-agent", QA, "RUNNING", "qa_agent", 10),
    ("research-agent", RESEARCH, "RUNNING", "research_agent", 20),
]


@pytest.mark.parametrize(("name", "body", "word", "task_type", "price"), OPERATIONS)
async def test_job_lifecycle(
    start: Start, *, name: str, body: dict[str, Any], word: str, task_type: str, price: int
) -> None:
    harness = start()
    started = (await harness.post(f"/{name}-async", body)).json()
    assert started == {"task_id": started["task_id"], "status": word}
    job = f"/job-status/{started['task_id']}"
    running = (await harness.get(job)).json()
    assert set(running) == {"status", "id", "run_id", "start_time"}
    assert running["status"] == "running"
    assert running["run_id"].startswith("temporal-run-")
    entry = harness.simulator.books.jobs[0]
    harness.clock.seconds = entry.ends_at - entry.submitted_at - 0.01
    assert (await harness.get(job)).json() == running
    harness.clock.seconds += 0.02
    done = (await harness.get(job)).json()
    assert done["status"] == "completed"
    assert set(done) == {*running, "close_time", "result", "charge_amount", "task_type"}
    assert (done["task_type"], done["charge_amount"]) == (task_type, price)
    direct = (await start().post(f"/{name}", body)).json()
    assert done["result"] == direct


async def test_credits_instead_of_cents(start: Start) -> None:
    done = await start().finished("/find-email-async", LEAD, cost_units="credits")
    assert done["charge_credits"] == done["result"]["cost_credits"] == 0.5
    assert not {"charge_amount"} & set(done)
    assert "cost_cents" not in done["result"]


async def test_wrong_cost_units(start: Start) -> None:
    answer = await start().get("/job-status/x", cost_units="euros")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", "cost_units"]


async def test_unknown_job(start: Start) -> None:
    answer = await start().get("/job-status/nobody")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Job not found"})


async def test_synchronous_call_takes_as_long_as_the_job(start: Start) -> None:
    harness = start(speed=10.0)
    await harness.post("/company-intelligence", COMPANY)
    entry = harness.simulator.books.jobs[0]
    assert harness.clock.slept == [pytest.approx((entry.ends_at - entry.submitted_at) / 10)]
    assert 10 <= entry.ends_at - entry.submitted_at <= 60


@pytest.mark.parametrize(("profile", "tier", "median"), [("documented", "low", 25), ("measured", "low", 230)])
async def test_run_times_have_the_configured_median(start: Start, profile: str, tier: str, median: float) -> None:
    harness = start(runtimes=profile, limit=10_000)
    for at in range(300):
        body = {**COMPANY, "target_company": {"company_name": f"C {at}"}, "tier": tier}
        await harness.submit("/company-intelligence-async", body)
    took = sorted(entry.ends_at - entry.submitted_at for entry in harness.simulator.books.jobs)
    table = PROFILES[profile][f"intelligence:{tier}"]
    assert took[150] == pytest.approx(median, rel=0.15)
    assert table.min_seconds <= took[0] <= took[-1] <= table.max_seconds


async def test_run_times_are_independent_of_request_order(start: Start) -> None:
    one, two = start(), start()
    await one.submit("/find-email-async", LEAD)
    await one.submit("/company-intelligence-async", COMPANY)
    await two.submit("/company-intelligence-async", COMPANY)
    there, here = one.simulator.books.jobs[1], two.simulator.books.jobs[0]
    assert there.ends_at - there.submitted_at == here.ends_at - here.submitted_at


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x-api-key": DEFAULT_KEY}, 200),
        ({"authorization": f"Bearer {DEFAULT_KEY}"}, 200),
        ({"authorization": f"Basic {DEFAULT_KEY}"}, 401),
        ({"x-api-key": "other"}, 401),
        ({"x-api-key": DEFAULT_KEY, "authorization": f"Bearer {DEFAULT_KEY}"}, 401),
        ({}, 401),
    ],
)
async def test_api_keys(start: Start, headers: dict[str, str], status: int) -> None:
    answer = await start(key=None).client.get("/check-balance", headers=headers)
    assert answer.status_code == status
    if status == 401:
        assert answer.json() == {"detail": "Invalid API key"}
        assert "x-ratelimit-limit" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/nope", 404, "Not Found"),
        ("POST", "/find-email/", 404, "Not Found"),
        ("GET", "/job-status/", 404, "Not Found"),
        ("GET", "/find-email", 405, "Method Not Allowed"),
        ("PUT", "/search/history/x", 405, "Method Not Allowed"),
    ],
)
async def test_unknown_paths_and_methods(start: Start, method: str, path: str, status: int, text: str) -> None:
    answer = await start().client.request(method, path)
    assert (answer.status_code, answer.json()) == (status, {"detail": text})


async def test_date_header_is_simulated(start: Start) -> None:
    harness = start(speed=60.0)
    harness.clock.seconds = 60.0
    answer = await harness.get("/check-balance")
    assert answer.headers["date"] == "Wed, 10 Jun 2026 01:00:00 GMT"


async def test_books_record_requests_work_and_charges(start: Start) -> None:
    harness = start()
    await harness.submit("/company-intelligence-async", COMPANY)
    await harness.submit("/company-intelligence-async", COMPANY)
    await harness.submit("/find-email-async", LEAD)
    await harness.get("/job-status/x")
    books = harness.simulator.books
    assert [(entry.method, entry.path, entry.status, entry.key) for entry in books.requests] == [
        ("POST", "/company-intelligence-async", 200, "key-1"),
        ("POST", "/company-intelligence-async", 200, "key-1"),
        ("POST", "/find-email-async", 200, "key-1"),
        ("GET", "/job-status/x", 404, "key-1"),
    ]
    assert books.submits == {"1&1 | www.1und1.ag": 2, "Bo Example | Acme Corp": 1}
    assert books.repeated == {"1&1 | www.1und1.ag": 2}
    assert books.peak() == 4
    assert books.charged_cents == 0
    harness.clock.seconds += 3600
    assert harness.simulator.books.charged_cents == 25


async def test_peak_considers_every_window(start: Start) -> None:
    harness = start()
    for instant in (0.0, 30.0, 59.0, 60.0, 61.0, 200.0):
        harness.clock.seconds = instant
        await harness.get("/check-balance")
    assert harness.simulator.books.peak() == 4
    assert harness.simulator.books.peak(5.0) == 3


@on_both_loops
async def test_in_process_under_both_loops(start: Start, anyio_backend: str) -> None:
    harness: Harness = start()
    answer: httpx.Response = await harness.post("/company-intelligence", COMPANY)
    assert anyio_backend in {"asyncio", "trio"}
    assert answer.json()["structured_data"]["founded"] == 1988
