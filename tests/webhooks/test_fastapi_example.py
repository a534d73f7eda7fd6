"""The FastAPI application of the guide, behind uvicorn, with the simulator's deliveries over HTTP."""

from __future__ import annotations

import contextlib
import runpy
import socket
from collections.abc import AsyncGenerator
from importlib import resources
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import uvicorn

from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.simulator.serving.server import serve

pytestmark = pytest.mark.anyio

EXAMPLE = resources.files("sixtyfour_async").joinpath("guide/examples/fastapi_app.py")
LEAD = {"name": "Ada Lovelace", "company": "Acme"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def serving(app: Any, port: int) -> AsyncGenerator[httpx.AsyncClient]:
    """Serve an application with its lifespan, and yield a client of it."""

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Any:
            yield

    server = Server(uvicorn.Config(app, port=port, log_config=None, access_log=False, ws="none"))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve)
        while not server.started:  # noqa: ASYNC110 (uvicorn tells nobody)
            await anyio.sleep(0.01)
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30.0) as client:
                yield client
        finally:
            server.should_exit = True


def test_it_is_short_enough_to_be_copied() -> None:
    assert len(EXAMPLE.read_text("utf-8").splitlines()) <= 40


async def test_a_lead_is_enriched_by_one_submit_and_a_delivery(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    simulator, port = Simulator(SimulatorSettings(speed=200.0)), free_port()
    async with serve(simulator) as api:
        async with httpx.AsyncClient(base_url=api, headers={"x-api-key": DEFAULT_KEY}) as admin:
            secret = (await admin.post("/webhooks/signing-secret")).json()["plaintext"]
        variables = {
            "SIXTYFOUR_API_KEY": DEFAULT_KEY,
            "SIXTYFOUR_API_ENDPOINT": api,
            "SIXTYFOUR_WEBHOOK_SECRET": secret,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        example = runpy.run_path(str(EXAMPLE))

        async with serving(example["app"], port) as client:
            answers = [await client.post("/enrich", json=LEAD | {"name": f"Ada {number}"}) for number in range(3)]
            again = await client.post("/enrich", json=LEAD | {"name": "Ada 0"})
            checked = await client.get("/health")
            forged = await client.post("/sixtyfour/", json={"task_id": "t", "status": "completed"})
        after, unready = await ask_after_the_end(example["app"])
    health = checked.json()

    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[0].json()["title"]
    assert again.json() == answers[0].json()
    assert health["delivered"] >= 1
    assert health["in_flight"] == 0
    assert len(simulator.books.jobs) == 3
    assert (forged.status_code, after) == (401, 503)
    assert (checked.status_code, health["ready"], unready) == (200, True, 503)
    assert not simulator.books.repeated


async def ask_after_the_end(app: Any) -> tuple[int, int]:
    """Return how a delivery and a readiness check are answered once the runner is closed."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://web") as client:
        delivery = await client.post("/sixtyfour/", json={"task_id": "t", "status": "completed"})
        return delivery.status_code, (await client.get("/health")).status_code
