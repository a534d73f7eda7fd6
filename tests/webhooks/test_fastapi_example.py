"""The FastAPI applications of the guide, behind uvicorn, with the simulator's deliveries over HTTP."""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import socket
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import anyio
import anyio.abc
import httpx
import pytest
import uvicorn

import sixtyfour_async
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.simulator.serving.server import serve
from tests.runner.questions import KNOWN

pytestmark = pytest.mark.anyio

ROOT = Path(sixtyfour_async.__file__).parents[1]
EXAMPLE = ROOT / "sixtyfour_async" / "guide" / "examples" / "fastapi_app.py"
STREAMING = EXAMPLE.with_name("fastapi_progress.py")
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


@pytest.mark.parametrize("example", [EXAMPLE, STREAMING])
def test_it_is_short_enough_to_be_copied(example: Any) -> None:
    assert len(example.read_text("utf-8").splitlines()) <= 40


@contextlib.asynccontextmanager
async def service(port: int, speed: float) -> AsyncGenerator[tuple[Simulator, dict[str, str]]]:
    """Yield a simulator, and the environment of an application on a port that uses it."""
    simulator = Simulator(SimulatorSettings(speed=speed))
    async with serve(simulator) as api:
        async with httpx.AsyncClient(base_url=api, headers={"x-api-key": DEFAULT_KEY}) as admin:
            secret = (await admin.post("/webhooks/signing-secret")).json()["plaintext"]
        yield (
            simulator,
            {
                "SIXTYFOUR_API_KEY": DEFAULT_KEY,
                "SIXTYFOUR_API_ENDPOINT": api,
                "SIXTYFOUR_WEBHOOK_SECRET": secret,
                "PUBLIC_URL": f"http://127.0.0.1:{port}",
            },
        )


def app_of(example: Any, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> Any:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(example))["app"]


async def test_a_lead_is_enriched_by_one_submit_and_a_delivery(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    port = free_port()
    monkeypatch.chdir(tmp_path)
    async with service(port, 200.0) as (simulator, environment):
        app = app_of(EXAMPLE, monkeypatch, environment)
        async with serving(app, port) as client:
            answers = [await client.post("/enrich", json=LEAD | {"name": f"Ada {number}"}) for number in range(3)]
            again = await client.post("/enrich", json=LEAD | {"name": "Ada 0"})
            checked = await client.get("/health")
            forged = await client.post("/sixtyfour/", json={"task_id": "t", "status": "completed"})
        after, unready = await ask_after_the_end(app)
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


async def test_a_page_shows_each_answer_as_it_comes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A reader that comes again, as a browser does whose connection was lost, is told all of it and pays nothing."""
    port, known = free_port(), KNOWN[:5]
    names = [company.company_name for company in known]
    monkeypatch.chdir(tmp_path)
    async with service(port, 200.0) as (simulator, environment):
        app = app_of(STREAMING, monkeypatch, environment)
        readings = list[list[dict[str, str]]]()
        async with serving(app, port) as client:
            page = await client.get("/")
            for rows in (1, 5, 5):
                async with client.stream("GET", "/enrich", params={"companies": "\n".join(names)}) as stream:
                    found = list[dict[str, str]]()
                    async for line in stream.aiter_lines():
                        found += [json.loads(line.removeprefix("data: "))] if line.startswith("data: ") else []
                        if len(found) == rows:
                            break
                    readings.append(found)

    assert "EventSource" in page.text
    assert {row["name"]: row["answer"] for row in readings[1]} == {
        one.company_name: one.headquarters for one in KNOWN[:5]
    }
    assert sorted(readings[1], key=str) == sorted(readings[2], key=str)
    assert len(simulator.books.jobs) == 5


async def test_several_applications_share_a_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each with its own runner, journal and receiver; what is sent to the other one's address is nothing to it."""
    ports = free_port(), free_port()
    monkeypatch.chdir(tmp_path)
    async with service(ports[0], 200.0) as (simulator, environment):
        one = app_of(EXAMPLE, monkeypatch, environment)
        other = app_of(STREAMING, monkeypatch, environment | {"PUBLIC_URL": f"http://127.0.0.1:{ports[1]}"})
        async with serving(one, ports[0]) as first, serving(other, ports[1]) as second:
            answer = await first.post("/enrich", json=LEAD)
            async with second.stream("GET", "/enrich", params={"companies": "3M"}) as stream:
                lines = [line async for line in stream.aiter_lines() if line.startswith("data: ")]

    assert answer.status_code == 200
    assert "completed" in lines[0]
    assert len({entry.url for entry in simulator.books.deliveries}) == 2
    assert len(simulator.books.jobs) == 2


async def test_a_server_that_is_stopped_with_jobs_in_flight_loses_and_repays_nothing(tmp_path: Path) -> None:
    port, rows = free_port(), 30
    leads = [LEAD | {"name": f"Ada {number}"} for number in range(rows)]
    async with service(port, 30.0) as (simulator, environment):
        async with running(environment, tmp_path, port) as (process, client):
            async with anyio.create_task_group() as tasks:
                for lead in leads:
                    tasks.start_soon(ask_and_be_cut_off, client, lead)
                while len(simulator.books.jobs) < rows:  # noqa: ASYNC110 (the books tell nobody)
                    await anyio.sleep(0.05)
                process.terminate()
                await process.wait()
            accepted = len(simulator.books.jobs)
        async with running(environment, tmp_path, port) as (_, client):
            answers = list[httpx.Response]()

            async def ask(lead: dict[str, str]) -> None:
                answers.append(await client.post("/enrich", json=lead))

            async with anyio.create_task_group() as tasks:
                for lead in leads:
                    tasks.start_soon(ask, lead)

    assert accepted == rows
    assert len(simulator.books.jobs) == rows
    assert not simulator.books.repeated
    assert len(answers) == rows
    assert {answer.status_code for answer in answers} <= {200, 502}  # 502: the service found nothing
    assert sum(answer.status_code == 200 for answer in answers) >= rows / 2


@contextlib.asynccontextmanager
async def running(
    environment: dict[str, str], folder: Path, port: int
) -> AsyncGenerator[tuple[anyio.abc.Process, httpx.AsyncClient]]:
    """Run the example as its documentation says, and yield the process and a client once it is healthy."""
    options = ("--app-dir", str(EXAMPLE.parent), "--port", str(port), "--timeout-graceful-shutdown", "1")
    command = [sys.executable, "-m", "uvicorn", "fastapi_app:app", *options]
    variables = {**os.environ, **environment, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
    base_url, limits = f"http://127.0.0.1:{port}", httpx.Limits(max_connections=None)
    async with (
        await anyio.open_process(command, cwd=folder, env=variables, stdout=None, stderr=None) as process,
        httpx.AsyncClient(base_url=base_url, limits=limits, timeout=60.0) as client,
    ):
        try:
            while await status_of(client) != 200:  # noqa: ASYNC110 (another process tells nobody)
                await anyio.sleep(0.1)
            yield process, client
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()


async def status_of(client: httpx.AsyncClient) -> int:
    try:
        return (await client.get("/health")).status_code
    except httpx.TransportError:
        return 0


async def ask_and_be_cut_off(client: httpx.AsyncClient, lead: dict[str, str]) -> None:
    with contextlib.suppress(httpx.TransportError):
        await client.post("/enrich", json=lead)


async def ask_after_the_end(app: Any) -> tuple[int, int]:
    """Return how a delivery and a readiness check are answered once the runner is closed."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://web") as client:
        delivery = await client.post("/sixtyfour/", json={"task_id": "t", "status": "completed"})
        return delivery.status_code, (await client.get("/health")).status_code
