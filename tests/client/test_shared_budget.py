"""Real processes share one key at a real server, whose rate limiter refuses what is too much: it never has to."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Sized
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest

from sixtyfour_async.simulator import Simulator, SimulatorSettings
from sixtyfour_async.simulator.serving.server import serve
from tests.scheduling.fleet import busiest

LIMIT, SPEED = 200, 12.0
MINUTE = 60.0 / SPEED
"""Real seconds in which the service counts."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"  # on the real clock


@dataclass
class Fleet:
    """Processes that share a key, and the server that they send to."""

    simulator: Simulator
    url: str
    budget: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])

    def start(self, *, bulk: bool, pause: float = 0.3) -> subprocess.Popen[bytes]:
        order = {"url": self.url, "budget": self.budget, "limit": LIMIT, "speed": SPEED, "bulk": bulk, "pause": pause}
        order["seed"] = len(self.processes)
        program = [sys.executable, "-m", "tests.client.budget_worker", json.dumps(order)]
        process = subprocess.Popen(program, stderr=subprocess.PIPE)
        self.processes.append(process)
        return process

    @property
    def sent(self) -> list[float]:
        """When each request arrived, in service seconds."""
        return [entry.at for entry in self.simulator.books.requests]

    @property
    def called(self) -> list[float]:
        """When each call that somebody waited for arrived."""
        return [entry.at for entry in self.simulator.books.requests if entry.path == "/check-balance"]

    async def send(self, more: int) -> None:
        """Wait until so many more requests have arrived."""
        await self._grown(more, lambda: self.sent)

    async def call(self) -> None:
        """Wait until one more call has arrived."""
        await self._grown(1, lambda: self.called)

    async def _grown(self, more: int, arrived: Callable[[], Sized]) -> None:
        target = len(arrived()) + more
        with anyio.fail_after(50):
            while len(arrived()) < target:
                self.check()
                await anyio.sleep(0.02)

    def check(self) -> None:
        for process in self.processes:
            assert process.poll() is None or process.returncode == -signal.SIGKILL, process.communicate()[1].decode()
        assert self.simulator.books.throttled == 0


@asynccontextmanager
async def fleet_on(budget: str) -> AsyncGenerator[Fleet, None]:
    settings = SimulatorSettings(speed=SPEED, limit=LIMIT, window="sliding")
    simulator = Simulator(settings)
    async with serve(simulator) as url:
        fleet = Fleet(simulator, url, budget)
        try:
            yield fleet
            fleet.check()
            assert busiest(fleet.sent) <= LIMIT
        finally:
            for process in fleet.processes:
                process.kill()
                process.communicate()


@pytest.fixture(params=["file", "postgres"])
def budget(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "run.db") if request.param == "file" else request.getfixturevalue("budget_url")


@pytest.mark.anyio
async def test_bulk_and_calls_of_five_processes_keep_the_limit_though_one_is_frozen_and_one_killed(budget: str) -> None:
    async with fleet_on(budget) as fleet:
        bulk = [fleet.start(bulk=True) for _ in range(4)]
        await fleet.send(40)
        fleet.start(bulk=False)
        await fleet.call()
        await fleet.send(160)
        bulk[0].send_signal(signal.SIGSTOP)
        await anyio.sleep(MINUTE)  # all that it held has long expired
        await fleet.call()
        bulk[0].send_signal(signal.SIGCONT)
        await fleet.send(100)
        bulk[1].kill()
        await fleet.call()
        await fleet.send(200)


@pytest.mark.anyio
async def test_a_process_that_was_lent_all_and_is_frozen_or_killed_keeps_nobody_waiting(budget: str) -> None:
    async with fleet_on(budget) as fleet:
        alone = fleet.start(bulk=True)
        await fleet.send(60)
        alone.send_signal(signal.SIGSTOP)
        heir = fleet.start(bulk=True)
        await fleet.send(100)
        alone.send_signal(signal.SIGCONT)
        await fleet.send(100)
        heir.kill()
        await fleet.send(50)
