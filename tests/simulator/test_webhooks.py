"""Webhooks that the simulator delivers: what, to whom, how often, and with which faults."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import stripe

from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.simulator.base.webhooks import WEBHOOK_FAULTS
from sixtyfour_async.testing import SimulatedTransport, VirtualTimeLoop
from tests.simulator.conftest import COMPANY, LEAD
from tests.simulator.test_stored_workflows import graph

pytestmark = pytest.mark.anyio

STRIPE: Any = stripe.WebhookSignature
URL = "https://web.example/sixtyfour"
HOUR = 3600.0


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


@dataclass(slots=True)
class Request:
    at: float
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def payload(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Web:
    """A receiver at the other end, whose answers a test decides; the last one is repeated."""

    simulator: Simulator
    api: httpx.AsyncClient
    answers: list[int | float] = field(default_factory=lambda: [204])
    requests: list[Request] = field(default_factory=list[Request])

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Take a delivery; an answer that is a float is a number of seconds without one."""
        self.requests.append(Request(anyio.current_time(), url, headers, body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, float):
            await anyio.sleep(answer)
            return 204
        return answer

    async def submit(self, path: str, body: Any, **params: Any) -> str:
        answer = (await self.api.post(path, json=body, params=params)).json()
        return str(answer.get("task_id") or answer["job_id"])

    async def secret(self, path: str = "", **body: Any) -> str:
        answer = await self.api.post(f"/webhooks/signing-secret{path}", json=body or None)
        return str(answer.json()["plaintext"])

    @property
    def payloads(self) -> list[Any]:
        return [request.payload for request in self.requests]


@contextlib.asynccontextmanager
async def web(**settings: Any) -> AsyncGenerator[Web]:
    simulator = Simulator(SimulatorSettings(**settings), now=anyio.current_time)
    headers = {"x-api-key": DEFAULT_KEY}
    transport = SimulatedTransport(simulator)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://sim", headers=headers) as api,
        anyio.create_task_group() as tasks,
    ):
        made = Web(simulator, api)

        async def deliver() -> None:
            await simulator.deliver_webhooks(base_url="http://sim", post=made.post)

        tasks.start_soon(deliver)
        yield made
        tasks.cancel_scope.cancel()


def verified(request: Request, secret: str) -> bool:
    header = request.headers.get("Sixtyfour-Signature", "")
    try:
        return bool(STRIPE.verify_header(request.body, header, secret, 300))
    except stripe.SignatureVerificationError:
        return False


async def test_a_job_is_delivered_when_it_ends_and_as_it_is_polled() -> None:
    async with web() as other:
        job = await other.submit("/find-email-async", {**LEAD, "webhook_url": URL})
        ends_at = other.simulator.books.jobs[0].ends_at
        await anyio.sleep(HOUR)
        polled = (await other.api.get(f"/job-status/{job}")).json()

    [request] = other.requests
    assert request.url == URL
    assert request.payload == {
        "task_id": job,
        "status": "completed",
        "task_type": "find_email",
        "result": polled["result"],
    }
    assert request.at == pytest.approx(ends_at - other.simulator.clock.start)
    [entry] = other.simulator.books.deliveries
    assert (entry.work_id, entry.url, entry.attempt, entry.status, entry.accepted) == (job, URL, 1, 204, True)


async def test_a_failed_job_is_delivered_with_its_error() -> None:
    async with web() as other:
        other.simulator.faults.script("job_failed")
        job = await other.submit("/company-intelligence-async", {**COMPANY, "webhook_url": URL})
        await anyio.sleep(HOUR)

    [payload] = other.payloads
    assert set(payload) == {"task_id", "status", "task_type", "error"}
    assert (payload["task_id"], payload["status"], payload["task_type"]) == (job, "failed", "company_enrichment")


async def test_only_asynchronous_jobs_that_ask_are_delivered() -> None:
    async with web() as other:
        await other.api.post("/find-email", json={**LEAD, "webhook_url": URL}, timeout=HOUR)
        await other.submit("/find-email-async", LEAD)
        bulk = await other.submit("/find-email-bulk-async", {"leads": [LEAD["lead"], {}], "webhook_url": URL})
        await anyio.sleep(HOUR)

    [payload] = other.payloads
    assert (payload["task_id"], payload["task_type"], len(payload["result"])) == (bulk, "find_email_bulk", 2)


async def test_a_workflow_delivers_the_rows_at_its_block() -> None:
    async with web() as other:
        blocks = [("webhook", {"dataframe_type": "COMPANY"}), ("outgoing_webhook", {"url": URL})]
        created = await other.api.post(
            "/workflows/create_workflow",
            json={"workflow_name": "w", "workflow_description": "", "workflow_definition": graph(*blocks)},
        )
        workflow = created.json()["id"]
        rows = [{"company_name": "3M"}, {"company_name": "1&1"}]
        run = await other.submit("/workflows/run", {"webhook_payload": rows}, workflow_id=workflow)
        await other.secret()
        while not other.requests:  # noqa: ASYNC110 (the link expires after 15 minutes)
            await anyio.sleep(10)
        [payload] = other.payloads
        link = payload["results_download_url"]
        async with httpx.AsyncClient(transport=SimulatedTransport(other.simulator)) as storage:
            assert "1&1" in (await storage.get(link)).text

    assert payload["run_id"] == run
    assert [row["company_name"] for row in payload["results"]] == ["3M", "1&1"]
    [request] = other.requests
    assert request.headers["Sixtyfour-Event-Type"] == "outgoing_webhook.completed"
    assert request.headers["Sixtyfour-Event-Id"] == payload["event_id"]


async def test_a_file_of_rows_delivers_one_event() -> None:
    async with web() as other:
        config = json.dumps({"webhook_url": URL, "tier": "micro"})
        files: Any = {
            "file": ("people.csv", b"name,company\nAda,Acme\nBo,Acme\n", "text/csv"),
            "config": (None, config),
        }
        answer = await other.api.post("/bulk-intelligence/people", files=files)
        await anyio.sleep(10 * HOUR)

    [payload] = other.payloads
    assert payload["run_id"] == answer.json()["task_id"]
    assert [row["name"] for row in payload["results"]] == ["Ada", "Bo"]


@pytest.mark.parametrize("fault", ["job_failed", ""])
async def test_a_run_that_did_not_complete_delivers_nothing(fault: str) -> None:
    async with web() as other:
        if fault:
            other.simulator.faults.script(fault)
        config = json.dumps({"webhook_url": URL})
        files: Any = {"file": ("people.csv", b"name\nAda\n", "text/csv"), "config": (None, config)}
        answer = await other.api.post("/bulk-intelligence/people", files=files)
        if not fault:
            await other.api.post("/workflows/cancel", params={"job_id": answer.json()["task_id"]})
        await anyio.sleep(10 * HOUR)

    assert other.requests == []


# --- attempts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [500, 404, 301, 0, 11.0])
async def test_five_attempts_on_the_simulators_clock(answer: float) -> None:
    async with web() as other:
        other.answers = [answer]
        await other.secret()
        await other.submit("/find-email-async", {**LEAD, "webhook_url": URL})
        await anyio.sleep(HOUR)

    busy = 10.0 if answer == 11.0 else 0.0
    gaps = [later.at - earlier.at - busy for earlier, later in zip(other.requests, other.requests[1:], strict=False)]
    assert gaps == pytest.approx([1, 2, 4, 8])
    assert [request.headers["Sixtyfour-Delivery-Attempt"] for request in other.requests] == list("12345")
    assert len({request.headers["Sixtyfour-Event-Id"] for request in other.requests}) == 1
    assert [entry.attempt for entry in other.simulator.books.deliveries] == [1, 2, 3, 4, 5]
    assert {entry.accepted for entry in other.simulator.books.deliveries} == {False}


async def test_attempts_end_with_the_first_that_is_accepted() -> None:
    async with web() as other:
        other.answers = [503, 200]
        await other.submit("/find-email-async", {**LEAD, "webhook_url": URL})
        await anyio.sleep(HOUR)

    assert [entry.status for entry in other.simulator.books.deliveries] == [503, 200]


async def test_attempts_are_scaled_with_the_clock() -> None:
    async with web(speed=10.0) as other:
        other.answers = [500]
        await other.submit("/find-email-async", {**LEAD, "webhook_url": URL})
        await anyio.sleep(HOUR)

    times = [request.at for request in other.requests]
    assert times[4] - times[0] == pytest.approx(1.5)


# --- signatures ---------------------------------------------------------------------------------------------------


async def test_deliveries_are_signed_by_every_active_secret() -> None:
    async with web() as other:

        async def deliver() -> Request:
            await other.submit("/find-email-async", {**LEAD, "webhook_url": URL})
            await anyio.sleep(HOUR / 2)
            return other.requests[-1]

        unsigned = await deliver()
        assert not [name for name in unsigned.headers if name.startswith("Sixtyfour")]

        first = await other.secret()
        assert verified(await deliver(), first)

        second = await other.secret("/roll", expire_overlap_hours=1)
        both = await deliver()
        assert verified(both, first)
        assert verified(both, second)
        assert both.headers["Sixtyfour-Signature"].count("v1=") == 2

        await anyio.sleep(HOUR)
        rolled = await deliver()
        assert (verified(rolled, first), verified(rolled, second)) == (False, True)

        await other.api.delete("/webhooks/signing-secret")
        assert "Sixtyfour-Signature" not in (await deliver()).headers


async def test_signatures_have_real_time_at_any_speed() -> None:
    async with web(speed=600.0) as other:
        secret = await other.secret()
        await other.submit("/find-email-async", {**LEAD, "webhook_url": URL})
        await anyio.sleep(HOUR)

    [request] = other.requests
    seconds = int(request.headers["Sixtyfour-Signature"].partition(",")[0].removeprefix("t="))
    assert abs(time.time() - seconds) < 300
    assert verified(request, secret)


# --- faults -------------------------------------------------------------------------------------------------------


async def delivered_with(fault: str, *, jobs: int = 1, times: int = 1) -> tuple[Web, str]:
    async with web() as other:
        secret = await other.secret()
        other.simulator.faults.script(fault, times=times)
        for number in range(jobs):
            lead = {"lead": {"name": f"Ada {number}", "company": "Acme"}}
            await other.submit("/find-email-async", {**lead, "webhook_url": URL})
        await anyio.sleep(2 * HOUR)
    assert other.simulator.faults.struck[fault] == times
    return other, secret


async def test_a_lost_delivery_is_not_attempted() -> None:
    other, _ = await delivered_with("webhook_lost")

    assert other.requests == []
    assert [(entry.attempt, entry.fault) for entry in other.simulator.books.deliveries] == [(0, "webhook_lost")]


async def test_a_doubled_delivery_has_two_event_ids() -> None:
    other, secret = await delivered_with("webhook_doubled")

    first, second = other.requests
    assert first.body == second.body
    assert first.headers["Sixtyfour-Event-Id"] != second.headers["Sixtyfour-Event-Id"]
    assert verified(first, secret)
    assert verified(second, secret)


@pytest.mark.parametrize(("fault", "seconds"), [("webhook_reordered", 5.0), ("webhook_late", 900.0)])
async def test_a_delivery_is_held_back(fault: str, seconds: float) -> None:
    other, secret = await delivered_with(fault)

    [request] = other.requests
    ended = other.simulator.books.jobs[0].ends_at - other.simulator.clock.start
    assert request.at - ended == pytest.approx(seconds)
    assert verified(request, secret)


async def test_a_forged_delivery_comes_before_the_true_one() -> None:
    other, secret = await delivered_with("webhook_forged")

    forged, true = other.requests
    assert [verified(request, secret) for request in (forged, true)] == [False, True]
    assert forged.payload["task_id"] == true.payload["task_id"]
    assert forged.payload["result"] != true.payload["result"]
    assert [entry.fault for entry in other.simulator.books.deliveries] == ["webhook_forged", ""]


@pytest.mark.parametrize("fault", ["webhook_truncated", "webhook_unsigned"])
async def test_an_attempt_that_cannot_be_verified(fault: str) -> None:
    other, secret = await delivered_with(fault)

    assert [verified(request, secret) for request in other.requests] == [False]
    assert [entry.fault for entry in other.simulator.books.deliveries] == [fault]


async def test_a_huge_delivery_is_signed() -> None:
    other, secret = await delivered_with("webhook_huge")

    [request] = other.requests
    assert len(request.body) > 20 * 1024 * 1024
    assert verified(request, secret)


async def test_faults_by_probability_strike_their_share() -> None:
    async with web(faults=dict.fromkeys(set(WEBHOOK_FAULTS) - {"webhook_huge"}, 0.2)) as other:
        await other.secret()
        for number in range(60):
            lead = {"lead": {"name": f"Ada {number}", "company": "Acme"}}
            await other.submit("/find-email-async", {**lead, "webhook_url": URL})
        await anyio.sleep(2 * HOUR)
        struck = other.simulator.faults.struck

    assert all(3 <= struck[name] <= 30 for name in WEBHOOK_FAULTS if name != "webhook_huge")
    assert {entry.work_id for entry in other.simulator.books.deliveries} == {
        work.id for work in other.simulator.books.jobs
    }


async def test_work_that_survives_a_restart_is_delivered_after_it(tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"
    async with web(state=state) as before:
        await before.submit("/find-email-async", {**LEAD, "webhook_url": URL})
        await anyio.sleep(HOUR)
        job = await before.submit("/find-phone-async", {**LEAD, "webhook_url": URL})
    assert len(before.requests) == 1

    async with web(state=state) as after:
        await anyio.sleep(HOUR)

    assert [payload["task_id"] for payload in after.payloads] == [job]
