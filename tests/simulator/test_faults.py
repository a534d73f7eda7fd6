"""Injected faults: what the client meets, and whether the simulator did the work before."""

from __future__ import annotations

import httpx
import pytest

from sixtyfour_async.simulator import SimulatedDisconnect
from tests.simulator.conftest import COMPANY, COMPANY_WORKFLOW, LEAD, SEARCH, Start
from tests.simulator.published import PUBLISHED, Case, ask

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("name", "worked"), [("reset", False), ("lost_answer", True), ("truncated", True)])
async def test_in_process_disconnects_raise_before_or_after_the_work(start: Start, name: str, worked: bool) -> None:
    harness = start()
    harness.simulator.faults.script(name, route="/find-email-async")
    assert (await harness.post("/find-phone-async", LEAD)).status_code == 200
    with pytest.raises(SimulatedDisconnect) as caught:
        await harness.post("/find-email-async", LEAD)
    assert isinstance(caught.value, ConnectionResetError)
    assert caught.value.worked is worked
    assert len(harness.simulator.books.jobs) == 1 + worked
    assert (await harness.post("/find-email-async", LEAD)).status_code == 200
    assert harness.simulator.faults.struck[name] == 1


async def test_a_lost_synchronous_answer_is_charged(start: Start) -> None:
    harness = start()
    harness.simulator.faults.script("lost_answer")
    with pytest.raises(SimulatedDisconnect):
        await harness.post("/find-email", LEAD)
    assert harness.simulator.books.charged_cents == 5
    assert harness.simulator.books.requests[0].status == 0


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_server_error_gives_the_scripted_status(start: Start, status: int) -> None:
    harness = start()
    harness.simulator.faults.script("server_error", status=status)
    answer = await harness.post("/find-email-async", LEAD)
    assert answer.status_code == status
    assert isinstance(answer.json()["detail"], str)
    assert not harness.simulator.books.jobs


async def test_html_is_a_proxy_error_page(start: Start) -> None:
    harness = start()
    harness.simulator.faults.script("html")
    answer = await harness.get("/check-balance")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert "x-ratelimit-limit" not in answer.headers


async def test_throttled_gives_429_below_the_limit(start: Start) -> None:
    harness = start()
    harness.simulator.faults.script("throttled", times=2)
    answers = [await harness.get("/check-balance") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]


async def test_job_is_hidden_after_submit(start: Start) -> None:
    harness = start()
    harness.simulator.faults.script("not_found_after_submit", times=3)
    job = await harness.submit("/find-email-async", LEAD)
    search = await harness.submit("/search/start-deep-search", SEARCH)
    started = await harness.post(
        "/workflows/run", {"webhook_payload": {"company_name": "3M"}}, workflow_id=COMPANY_WORKFLOW
    )
    polls = [
        f"/job-status/{job}",
        f"/search/status/{search}",
        f"/workflows/runs/{started.json()['job_id']}/live_status",
    ]
    assert [(await harness.get(poll)).status_code for poll in polls] == [404] * 3
    harness.clock.seconds = 5
    assert [(await harness.get(poll)).status_code for poll in polls] == [200] * 3


async def test_slow_body_delays_the_response(start: Start) -> None:
    harness = start(speed=3.0)
    harness.simulator.faults.script("slow_body")
    assert (await harness.get("/check-balance")).json() == {"credits": 1_000_000.0}
    assert harness.clock.slept == [pytest.approx(15.0)]


async def test_drift_is_an_undocumented_status(start: Start) -> None:
    harness = start()
    job = await harness.submit("/find-email-async", LEAD)
    search = await harness.submit("/search/start-deep-search", SEARCH)
    harness.clock.seconds = 300
    harness.simulator.faults.script("drift", times=2)
    await harness.get("/check-balance")
    drifted = (await harness.get(f"/job-status/{job}")).json()
    assert drifted["status"] == "finalizing"
    assert "result" not in drifted
    assert (await harness.get(f"/search/status/{search}")).json()["status"] == "finalizing"
    assert (await harness.get(f"/job-status/{job}")).json()["status"] == "completed"


async def test_job_failed_affects_searches_runs_and_calls(start: Start) -> None:
    harness = start()
    harness.simulator.faults.script("job_failed", times=3)
    search = await harness.submit("/search/start-deep-search", SEARCH)
    payload = {"webhook_payload": {"company_name": "3M"}}
    run = (await harness.post("/workflows/run", payload, workflow_id=COMPANY_WORKFLOW)).json()["job_id"]
    call = await harness.post("/company-intelligence", COMPANY)
    assert (call.status_code, call.json()) == (500, {"detail": "An unexpected error occurred"})
    harness.clock.seconds += 3600
    shown = (await harness.get(f"/search/status/{search}")).json()
    assert (shown["status"], shown["error"], shown["resource_handle_id"]) == ("failed", "Search failed", None)
    live = (await harness.get(f"/workflows/runs/{run}/live_status")).json()
    assert live["overall_status"] == "failed"
    assert "failed" in {block["status"] for block in live["blocks"]}
    assert harness.simulator.books.charged_cents == 0


async def test_rejected_request_does_not_consume_a_work_fault(start: Start) -> None:
    harness = start()
    harness.simulator.faults.script("job_failed")
    harness.simulator.faults.script("lost_answer")
    assert (await harness.post("/find-email-async", {})).status_code == 422
    assert harness.simulator.faults.struck["job_failed"] == harness.simulator.faults.struck["lost_answer"] == 0


async def test_scripted_route_includes_paths_below_it(start: Start) -> None:
    harness = start()
    harness.simulator.faults.script("server_error", route="/job-status", times=2, status=503)
    assert (await harness.get("/job-status/a")).status_code == 503
    assert (await harness.get("/check-balance")).status_code == 200
    harness.simulator.faults.clear()
    assert (await harness.get("/job-status/a")).status_code == 404


async def test_downloads_can_fail(start: Start) -> None:
    harness = start()
    harness.simulator.faults.script("server_error", route="/signed", status=503)
    assert (await harness.client.get("/signed/x", headers={})).status_code == 503


async def test_probabilistic_faults_are_repeatable(start: Start) -> None:
    async def statuses(seed: int) -> list[int]:
        harness = start(seed=seed, faults={"server_error": 0.3}, limit=1000)
        return [(await harness.get("/check-balance")).status_code for _ in range(300)]

    first = await statuses(1)
    assert first == await statuses(1) != await statuses(2)
    assert 60 < sum(status >= 500 for status in first) < 120


@pytest.mark.parametrize("script", [("unknown", 1), ("reset", 0)])
async def test_invalid_scripts_are_rejected(start: Start, script: tuple[str, int]) -> None:
    name, times = script
    with pytest.raises(ValueError, match=r"one of|from 1"):
        start().simulator.faults.script(name, times=times)


async def test_disconnect_is_not_an_httpx_error(start: Start) -> None:
    harness = start()
    harness.simulator.faults.script("reset")
    with pytest.raises(OSError, match="before the work") as caught:
        await harness.get("/check-balance")
    assert not isinstance(caught.value, httpx.HTTPError)


CHARGED_ROUTES = {
    *("/find-email", "/find-email-async", "/find-email-bulk", "/find-email-bulk-async", "/reverse-phone-bulk-async"),
    *("/people-intelligence-async", "/company-intelligence", "/qa-agent-async", "/enrich-linkedin", "/verify-age"),
    *("/bulk-intelligence/people", "/bulk-intelligence/company", "/workflows/run"),
    *("/search/start-deep-search", "/search/query", "/search/start-filter-search", "/search/export"),
    "/search/lookalike",
}


@pytest.mark.parametrize(
    "case", [case for case in PUBLISHED if case.path in CHARGED_ROUTES], ids=lambda case: case.name
)
async def test_lost_answer_does_the_work_and_reset_does_not(start: Start, case: Case) -> None:
    harness = start()
    ids = await case.ids(harness)
    before = len(harness.simulator.books.jobs)

    for fault, accepted in (("reset", 0), ("lost_answer", 1)):
        harness.simulator.faults.script(fault, route=case.path)
        with pytest.raises(SimulatedDisconnect) as caught:
            await ask(harness, case, case.right, ids)
        assert caught.value.worked is bool(accepted)
        assert len(harness.simulator.books.jobs) == before + accepted
    assert harness.simulator.books.jobs[-1].charge > 0
