"""The simulator in its own process, a FastAPI application behind uvicorn, and HTTP between them."""

from __future__ import annotations

from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI

from sixtyfour_async import JobEvent, JobState, WebhookReceiver
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.simulator.serving.process import simulator_process
from sixtyfour_async.simulator.serving.server import serve
from tests.webhooks.deliveries import Kept
from tests.webhooks.test_receiver_over_tcp import served

pytestmark = pytest.mark.anyio

HEADERS = {"x-api-key": DEFAULT_KEY}
SPEED = 2000.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def lead(number: int, url: str) -> dict[str, Any]:
    return {"lead": {"name": f"Ada {number}", "company": "Acme"}, "webhook_url": url}


async def until(kept: Kept, jobs: set[str]) -> None:
    while not jobs <= set(kept.job_ids):  # noqa: ASYNC110 (deliveries come when they come)
        await anyio.sleep(0.01)


async def test_deliveries_reach_an_application_in_another_process() -> None:
    kept, app = Kept(), FastAPI()
    secrets: list[str] = []
    receiver = WebhookReceiver(kept, secrets=lambda: secrets)
    receiver.mount_on(app, "/sixtyfour")

    with simulator_process(SimulatorSettings(speed=SPEED)) as api:
        async with served(app) as port, httpx.AsyncClient(base_url=api, headers=HEADERS) as client:
            url = f"http://127.0.0.1:{port}/sixtyfour"
            secrets.append((await client.post("/webhooks/signing-secret")).json()["plaintext"])
            before = [(await client.post("/find-email-async", json=lead(n, url))).json()["task_id"] for n in range(10)]
            await until(kept, set(before))

            rolled = await client.post("/webhooks/signing-secret/roll", json={"expire_overlap_hours": 72})
            secrets[:] = [rolled.json()["plaintext"]]
            after = [(await client.post("/find-phone-async", json=lead(n, url))).json()["task_id"] for n in range(10)]
            await until(kept, set(after))

    events = {event.job_id: event for event in kept.events}
    assert set(events) == {*before, *after}
    for event in events.values():
        assert isinstance(event, JobEvent)
        assert event.trusted
        assert event.report.state is JobState.COMPLETED
    assert {events[job].event_type for job in before} == {"find_email"}


async def test_with_every_fault_only_true_events_are_kept() -> None:
    """Whatever is lost wholly, or too large, is left to a poll; what is kept is true, and said once at least."""
    faults = dict.fromkeys(
        ["webhook_lost", "webhook_doubled", "webhook_reordered", "webhook_forged", "webhook_truncated"], 0.2
    )
    kept, app = Kept(), FastAPI()
    simulator = Simulator(SimulatorSettings(speed=SPEED, faults=faults | {"webhook_unsigned": 0.2}))
    secrets: list[str] = []
    receiver = WebhookReceiver(kept, secrets=lambda: secrets)
    app.mount("/sixtyfour", receiver)

    async with (
        serve(simulator) as api,
        served(app) as port,
        httpx.AsyncClient(base_url=api, headers=HEADERS) as client,
    ):
        secrets.append((await client.post("/webhooks/signing-secret")).json()["plaintext"])
        url = f"http://127.0.0.1:{port}/sixtyfour/"
        jobs = {(await client.post("/find-email-async", json=lead(n, url))).json()["task_id"] for n in range(60)}
        await until_told(simulator, jobs)
        await until(kept, {entry.work_id for entry in simulator.books.deliveries if entry.accepted})
        polled = {job: (await client.get(f"/job-status/{job}")).json()["result"] for job in jobs}

    accepted = [entry for entry in simulator.books.deliveries if entry.accepted]
    assert {entry.fault for entry in accepted} == {""}
    assert len(kept.events) >= len(accepted)
    for event in kept.events:
        assert event.report.result == polled[event.job_id]
    lost = {entry.work_id for entry in simulator.books.deliveries if entry.fault == "webhook_lost"}
    assert 0 < len(lost) < 30
    assert receiver.answers[401] > 0


async def until_told(simulator: Simulator, jobs: set[str]) -> None:
    """Wait until every job was delivered, or will not be."""

    def told() -> set[str]:
        ended = [each for each in simulator.books.deliveries if each.accepted or each.attempt in {0, 5}]
        return {each.work_id for each in ended}

    while not jobs <= told():  # noqa: ASYNC110 (the simulator tells nobody)
        await anyio.sleep(0.01)


async def test_a_huge_delivery_is_refused_and_left_to_a_poll() -> None:
    kept, app = Kept(), FastAPI()
    simulator = Simulator(SimulatorSettings(speed=SPEED))
    receiver = WebhookReceiver(kept)
    receiver.mount_on(app, "/sixtyfour")
    simulator.faults.script("webhook_huge")

    async with (
        serve(simulator) as api,
        served(app) as port,
        httpx.AsyncClient(base_url=api, headers=HEADERS) as client,
    ):
        job = await client.post("/find-email-async", json=lead(1, f"http://127.0.0.1:{port}/sixtyfour"))
        await until_told(simulator, {job.json()["task_id"]})

    assert kept.events == []
    assert {entry.status for entry in simulator.books.deliveries} <= {413, 0}
    assert receiver.answers == {413: 5}


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/none", "https://127.0.0.1:9/x", "http://no.such.invalid/"])
async def test_a_receiver_that_is_not_there_is_recorded(url: str) -> None:
    simulator = Simulator(SimulatorSettings(speed=100_000.0))
    async with serve(simulator) as api, httpx.AsyncClient(base_url=api, headers=HEADERS) as client:
        job = await client.post("/find-email-async", json=lead(1, url))
        await until_told(simulator, {job.json()["task_id"]})

    assert [entry.status for entry in simulator.books.deliveries] == [0] * 5
