"""A service that outlives its clients, clients that are killed, and the order in which they are."""

from __future__ import annotations

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
from pathlib import Path
from typing import Any, get_args

import sixtyfour_async
from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.schema import reading
from sixtyfour_async._scheduling.row_states import State
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.simulator.serving.process import simulator_process
from tests.forks import ForkServer
from tests.journal.child import Kind, Order
from tests.journal.crash_points import OPENING, POINTS

SPEED = 1200.0
ROOTS = [str(Path(__file__).parents[2]), str(Path(sixtyfour_async.__file__).parents[1])]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(ROOTS)}

OFTEN = {"submit", "look", "intended", "accepted", "completed", "delivered"}
"""Steps that come up again and again: it is not always the first time that kills."""

LONG = 40
"""Outcomes after which a run is left that has not reached its point."""


class Forks(ForkServer):
    """The process that runs are forked from."""

    def __init__(self) -> None:
        super().__init__(["-m", "tests.journal.child"], ENVIRONMENT)

    def run(self, order: Order) -> int:
        """Run it and say how it ended: 0, or minus the signal."""
        return self.carry_out(asdict(order))


@dataclass(frozen=True, slots=True)
class Scene:
    """A service that outlives its clients, a journal, and the consumer's own file."""

    order: Order
    state: Path

    @classmethod
    @contextmanager
    def made(cls, folder: Path, rows: int, kind: Kind = "mixed", speed: float = SPEED) -> Generator[Scene, None, None]:
        state = folder / "service.jsonl"
        settings = SimulatorSettings(speed=speed, state=state, deep_search_slots=1000)
        with simulator_process(settings) as url:
            yield cls(Order(url, str(folder / "run.db"), str(folder / "sink"), rows, speed, kind=kind), state)

    def work(self) -> list[dict[str, Any]]:
        """What the service has accepted."""
        lines = self.state.read_text(encoding="utf-8").splitlines()
        return [event["work"] | {"event": event["event"]} for event in map(json.loads, lines) if "work" in event]

    def told(self) -> list[dict[str, Any]]:
        """What the consumer has on its side."""
        sink = Path(self.order.sink)
        return [json.loads(line) for line in sink.read_text(encoding="utf-8").splitlines()] if sink.exists() else []

    def entries(self) -> dict[str, Entry]:
        with reading(self.order.journal) as journal:
            return {entry.key: entry for entry in journal.entries(get_args(State))}

    def status(self) -> dict[str, Any]:
        command = [sys.executable, "-m", "sixtyfour_async", "status", "--json", self.order.journal]
        said = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
        found: dict[str, Any] = json.loads(said.stdout)
        return found


@dataclass
class Campaign:
    """Kills, one after the other, on one journal.

    Attributes:
        died: How often each point was what killed.
        missed: Points that a run ended without reaching so often.
    """

    scene: Scene
    forks: Forks
    dice: random.Random
    died: Counter[str] = field(default_factory=Counter[str])
    missed: Counter[str] = field(default_factory=Counter[str])

    def orders(self) -> Iterator[Order]:
        """Every point once, first those of a journal being made; then points and instants, as the dice fall."""
        opening, later = list(POINTS[: 2 * len(OPENING)]), list(POINTS[2 * len(OPENING) :])
        self.dice.shuffle(later)
        for point in opening + later:
            yield self._at(point)
        while True:
            if self.dice.random() < 0.5:  # one in two
                yield replace(self.scene.order, after=self.dice.uniform(0.05, 0.6))
            else:
                yield self._at(self.dice.choice(POINTS[2 * len(OPENING) :]))

    def _at(self, point: str) -> Order:
        step = point.split()[-1 if point.startswith(("before", "after")) else 0]
        times = self.dice.randint(1, 6) if step in OFTEN else 1
        stay = self.dice.randint(1, 6) if step == "close" else LONG
        return replace(self.scene.order, point=point, times=times, stay=stay)

    def kill(self, kills: int) -> None:
        orders = self.orders()
        while self.died.total() < kills:
            order = next(orders)
            code = self.forks.run(order)
            assert code in {-signal.SIGKILL, 0}
            (self.died if code else self.missed)[order.point or "an instant"] += 1

    def finish(self) -> None:
        assert self.forks.run(self.scene.order) == 0
