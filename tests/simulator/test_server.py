"""Behaviour that only a real connection shows."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import anyio
import httpx
import pytest

from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.simulator.serving.process import simulator_process
from sixtyfour_async.simulator.serving.server import listening_socket, serve
from tests.simulator.conftest import COMPANY, LEAD, SEARCH

pytestmark = pytest.mark.anyio
HEADERS = {"x-api-key": DEFAULT_KEY}
ROOT = Path(__file__).resolve().parents[2]


async def test_faults_over_the_wire() -> None:
    simulator = Simulator(SimulatorSettings(speed=10_000.0))
    async with serve(simulator) as url, httpx.AsyncClient(base_url=url, headers=HEADERS) as client:
        for name, error in (
            ("reset", httpx.ReadError),
            ("lost_answer", httpx.ReadError),
            ("truncated", httpx.RemoteProtocolError),
        ):
            simulator.faults.script(name)
            with pytest.raises(error):
                await client.post("/find-email-async", json=LEAD)
        simulator.faults.script("slow_body")
        assert (await client.post("/find-email", json=LEAD)).json()["cost_cents"] == 5
        assert len(simulator.books.jobs) == 3
        answer = await client.get("/check-balance")
        assert "server" not in answer.headers
        assert len(answer.headers.get_list("date")) == 1


async def test_deep_search_end_to_end() -> None:
    simulator = Simulator(SimulatorSettings(speed=1_000.0))
    async with serve(simulator) as url, httpx.AsyncClient(base_url=url, headers=HEADERS) as client:
        task = (await client.post("/search/start-deep-search", json=SEARCH)).json()["task_id"]
        shown = {"status": ""}
        while shown["status"] != "completed":
            await anyio.sleep(0.005)
            shown = (await client.get(f"/search/status/{task}")).json()
        handle = {"resource_handle_id": shown["resource_handle_id"]}
        link = (await client.get("/search/download", params=handle)).json()["url"]
        assert link.startswith(url)
        async with httpx.AsyncClient() as bare:
            assert (await bare.get(link)).content.startswith("\ufeffcompany_name".encode())
        assert simulator.books.leaked_keys == []


async def test_work_continues_after_the_caller_disconnects() -> None:
    simulator = Simulator(SimulatorSettings(speed=100.0))
    async with serve(simulator) as url, httpx.AsyncClient(base_url=url, headers=HEADERS) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post("/company-intelligence", json=COMPANY, timeout=httpx.Timeout(5, read=0.05))
        await until(lambda: bool(simulator.books.jobs))
        [entry] = simulator.books.jobs
        await simulator.clock.wait_until(entry.ends_at + 1)
        assert simulator.books.charged_cents == 10


async def until(met: Callable[[], bool]) -> None:
    while not met():  # noqa: ASYNC110 -- the server in the same loop tells nobody
        await anyio.sleep(0.01)


async def test_shutdown_does_not_wait_for_open_requests() -> None:
    simulator = Simulator()

    async def ask(url: str) -> None:
        async with httpx.AsyncClient(headers=HEADERS) as client:
            with pytest.raises(httpx.TransportError):
                await client.post(f"{url}/company-intelligence", json=COMPANY)

    async with anyio.create_task_group() as tasks, serve(simulator) as url:
        tasks.start_soon(ask, url)
        await until(lambda: bool(simulator.books.jobs))


async def test_cancellation_stops_the_server() -> None:
    urls: list[str] = []
    with anyio.CancelScope() as scope:
        async with serve(Simulator()) as url:
            urls.append(url)
            scope.cancel()
            await anyio.sleep_forever()
    with pytest.raises(httpx.ConnectError):
        await httpx.AsyncClient().get(urls[0])


def test_sockets_have_tcp_nodelay() -> None:
    """Headers and body are two writes; with Nagle's algorithm the second waits 40 ms for the client's delayed ACK."""
    with listening_socket("127.0.0.1", 0) as sock:
        assert sock.proto == socket.IPPROTO_TCP


async def test_port_in_use_is_reported() -> None:
    async with serve(Simulator()) as url:
        port = int(url.rpartition(":")[2])
        with pytest.raises(OSError, match=f"cannot serve the simulator on 127.0.0.1:{port}"):
            async with serve(Simulator(), port=port):
                pass


def test_child_process_answers_requests(capfd: pytest.CaptureFixture[str]) -> None:
    with simulator_process(SimulatorSettings(balance_credits=5.0)) as url:
        assert httpx.get(f"{url}/check-balance", headers=HEADERS).json() == {"credits": 5.0}
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/check-balance", headers=HEADERS)
    assert capfd.readouterr() == ("", "")


def test_child_that_cannot_start_reports_its_stderr() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with (
            pytest.raises(RuntimeError, match="cannot serve the simulator"),
            simulator_process(port=taken.getsockname()[1]),
        ):
            pass


def test_child_exits_with_its_parent() -> None:
    program = """
import sys, time
from sixtyfour_async.simulator.serving.process import simulator_process
with simulator_process() as url:
    print(url, flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT) as parent:
        assert parent.stdout is not None
        url = parent.stdout.readline().decode().strip()
        assert httpx.get(f"{url}/check-balance", headers=HEADERS).status_code == 200
        parent.kill()
    assert gone(url)


def gone(url: str) -> bool:
    for _ in range(500):
        try:
            httpx.get(f"{url}/check-balance", headers=HEADERS)
        except httpx.TransportError:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_stops_on_a_signal(number: int) -> None:
    program = """
from sixtyfour_async.simulator import Simulator
from sixtyfour_async.simulator.serving.server import run
run(Simulator(), "127.0.0.1", 0, lambda url: print(url, flush=True))
print("stopped")
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout is not None
        assert child.stdout.readline().startswith(b"http://127.0.0.1:")
        os.kill(child.pid, number)
        assert child.stdout.read() == b"stopped\n"
        assert child.wait() == 0


def test_interrupt_does_not_stop_the_child() -> None:
    command = [sys.executable, "-m", "sixtyfour_async.simulator"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(b"{}\n")
        child.stdin.flush()
        url = child.stdout.readline().decode().strip()
        child.send_signal(signal.SIGINT)
        assert httpx.get(f"{url}/check-balance", headers=HEADERS).status_code == 200
        closer = threading.Timer(0.05, child.stdin.close)
        closer.start()
        assert child.wait(5) == 0
        closer.join()
