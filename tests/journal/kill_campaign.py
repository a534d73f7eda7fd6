"""A kill campaign: runs are killed one after another while their journal and the service live on."""

from __future__ import annotations

import atexit
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, get_args

import sixtyfour_async
from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.schema import reading
from sixtyfour_async._scheduling.row_states import State
from sixtyfour_async.simulator import SimulatorSettings
from tests.forks import ForkServer
from tests.journal.crash_points import OPENING, POINTS
from tests.journal.forked_run import Kind, RunSpec

SPEED = 1200.0
ROOTS = [str(Path(__file__).parents[2]), str(Path(sixtyfour_async.__file__).parents[1])]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(ROOTS)}

REPEATED_STEPS = {"submit", "poll", "intended", "accepted", "completed", "delivered"}
"""Steps that occur many times in a run: the crash is at a random visit."""

MAX_OUTCOMES = 40
"""Outcomes after which a run is left that has not visited its point."""


class RunForkServer(ForkServer):
    """The process that runs are forked from."""

    def __init__(self) -> None:
        super().__init__(["-m", "tests.journal.forked_run"], ENVIRONMENT)

    def run(self, spec: RunSpec) -> int:
        """Run in a fork and return its exit code, or minus the signal that killed it."""
        return self.carry_out(asdict(spec))

    @contextmanager
    def simulator(self, settings: SimulatorSettings) -> Generator[str, None, None]:
        """Run a simulator in another fork and yield its URL."""
        port = self.carry_out({"start_simulator": settings.to_json()})
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            self.carry_out({"stop_simulator": port})


@cache
def shared_forks() -> RunForkServer:
    """Return the server that all tests of this process share; each start takes a second."""
    server = RunForkServer()
    atexit.register(server.close)
    return server


@dataclass(frozen=True, slots=True)
class Scenario:
    """A simulator process that outlives its clients, a journal, and the consumer's log."""

    spec: RunSpec
    service_log: Path

    @classmethod
    @contextmanager
    def create(
        cls, folder: Path, rows: int, kind: Kind = "mixed", speed: float = SPEED
    ) -> Generator[Scenario, None, None]:
        service_log = folder / "service.jsonl"
        settings = SimulatorSettings(speed=speed, state=service_log, deep_search_slots=1000)
        with shared_forks().simulator(settings) as url:
            yield cls(
                RunSpec(url, str(folder / "run.db"), str(folder / "consumer.jsonl"), rows, speed, kind=kind),
                service_log,
            )

    def accepted_work(self) -> list[dict[str, Any]]:
        """Return the work that the service accepted."""
        lines = self.service_log.read_text(encoding="utf-8").splitlines()
        return [event["work"] | {"event": event["event"]} for event in map(json.loads, lines) if "work" in event]

    def consumed(self) -> list[dict[str, Any]]:
        """Return the outcomes in the consumer's log."""
        log = Path(self.spec.consumer_log)
        return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []

    def entries(self) -> dict[str, Entry]:
        with reading(self.spec.journal) as journal:
            return {entry.key: entry for entry in journal.entries(get_args(State))}

    def status(self) -> dict[str, Any]:
        command = [sys.executable, "-m", "sixtyfour_async", "status", "--json", self.spec.journal]
        process = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
        status: dict[str, Any] = json.loads(process.stdout)
        return status


@dataclass
class KillCampaign:
    """Kills runs one after another on one journal.

    Attributes:
        killed: Point → number of runs that it killed.
        missed: Point → number of runs that ended before the wanted visit.
    """

    scenario: Scenario
    forks: RunForkServer
    rng: random.Random
    killed: Counter[str] = field(default_factory=Counter[str])
    missed: Counter[str] = field(default_factory=Counter[str])

    def specs(self) -> Iterator[RunSpec]:
        """Yield every point once, those of opening a new journal first; then random points and random instants."""
        opening, later = list(POINTS[: 2 * len(OPENING)]), list(POINTS[2 * len(OPENING) :])
        self.rng.shuffle(later)
        for point in opening + later:
            yield self._spec_at(point)
        while True:
            if self.rng.random() < 0.5:
                yield replace(self.scenario.spec, kill_after=self.rng.uniform(0.05, 0.6))
            else:
                yield self._spec_at(self.rng.choice(POINTS[2 * len(OPENING) :]))

    def _spec_at(self, point: str) -> RunSpec:
        step = point.split()[-1 if point.startswith(("before", "after")) else 0]
        times = self.rng.randint(1, 6) if step in REPEATED_STEPS else 1
        leave_after = self.rng.randint(1, 6) if step == "close" else MAX_OUTCOMES
        return replace(self.scenario.spec, point=point, times=times, leave_after=leave_after)

    def kill(self, kills: int) -> None:
        specs = self.specs()
        while self.killed.total() < kills:
            spec = next(specs)
            code = self.forks.run(spec)
            assert code in {-signal.SIGKILL, 0}
            (self.killed if code else self.missed)[spec.point or "random instant"] += 1

    def finish(self) -> None:
        assert self.forks.run(self.scenario.spec) == 0
