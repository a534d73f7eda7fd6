"""Killed at every point where the journal or the network is touched, and started again: nothing accepted is lost,
nothing is paid twice. The service's own books, on its side of the wire, are the judge."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

import pytest

import sixtyfour_async
from sixtyfour_async._core.row import State
from sixtyfour_async._journal import Entry
from sixtyfour_async._journal_file import reading
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.simulator.process import simulator_process
from tests.fundamentals.questions import fact, question
from tests.journal.child import PRICES, Order, asked
from tests.journal.deadly import OPENING, POINTS

SPEED = 1200.0
ROOTS = [str(Path(__file__).parents[2]), str(Path(sixtyfour_async.__file__).parents[1])]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(ROOTS)}
KEYED = {"deep-search", "workflow-run"}
"""Operations that the service knows again when they are sent a second time."""

OFTEN = {"submit", "look", "intended", "accepted", "completed", "delivered"}
"""Steps that come up again and again: it is not always the first time that kills."""

LONG = 40
"""Outcomes after which a run is left that has not reached its point."""


class Forks:
    """The process that runs are forked from."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.journal.child"],
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, order: Order) -> int:
        """Run it and say how it ended: 0, or minus the signal."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(order.line())
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def forks() -> Generator[Forks, None, None]:
    made = Forks()
    yield made
    made.close()


@dataclass(frozen=True, slots=True)
class Scene:
    """A service that outlives its clients, a journal, and the consumer's own file."""

    order: Order
    state: Path

    @classmethod
    @contextmanager
    def made(cls, folder: Path, rows: int, *, mixed: bool = True) -> Generator[Scene, None, None]:
        state = folder / "service.jsonl"
        settings = SimulatorSettings(speed=SPEED, state=state, deep_search_slots=1000)
        with simulator_process(settings) as url:
            yield cls(Order(url, str(folder / "run.db"), str(folder / "sink"), rows, SPEED, mixed=mixed), state)

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


def subject_of(work: dict[str, Any]) -> str:
    """Name the row that accepted work belongs to."""
    return f"row {work['body']['rows'][0]['row']}" if work["event"] == "run" else str(work["subject"])


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


def check(scene: Scene, kills: int) -> list[Entry]:
    """Compare journal and consumer with the service's books: nothing twice, nothing lost; give the parked rows."""
    entries, work, told = scene.entries(), scene.work(), scene.told()
    keys = {operation.fingerprint() for operation in asked(scene.order.rows, mixed=scene.order.mixed)}
    parked = [entry for entry in entries.values() if entry.state == "unknown"]
    assert keys == set(entries)
    assert {"completed", "unknown"} >= {entry.state for entry in entries.values()}
    assert {entry.operation for entry in parked}.isdisjoint(KEYED), "the service knows these again"

    assert {1} == set(Counter(map(subject_of, work)).values()), "asked once each, by the books"
    accepted = {job["id"] for job in work}
    completed = {entry.key: entry.job_id for entry in entries.values() if entry.state == "completed"}
    assert set(completed.values()) <= accepted
    assert len(set(completed.values())) == len(completed), "no row has another one's answer"
    assert len(accepted) - len(completed) <= len(parked)
    assert all(entry.job_id is None for entry in parked)

    arrived: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in told:
        if line["status"] != "unknown":
            arrived[line["key"]].append(line)
    assert set(completed) == set(arrived), "answers delivered, answers completed"
    repeated = Counter((line["key"], line["index"]) for lines in arrived.values() for line in lines)
    assert sum(repeated.values()) - len(repeated) <= kills, "one outcome in the consumer's hands at each kill"
    facts = {question(number).fingerprint(): fact(number) for number in range(scene.order.rows)}
    for key, lines in arrived.items():
        assert {("completed", completed[key])} == {(line["status"], line["job_id"]) for line in lines}
        if key in facts:
            assert all({"headquarters": facts[key]} == line["found"] for line in lines)
    return parked


def check_money(scene: Scene, parked: list[Entry]) -> None:
    """The ledger against the service's: what was delivered was charged, what is parked is at stake."""
    completed = {entry.job_id: entry.operation for entry in scene.entries().values() if entry.state == "completed"}
    charged = Counter[str]()
    for job in scene.work():
        if job["id"] in completed:
            operation = completed[job["id"]]
            charged[operation] += PRICES[operation] if job["event"] == "search" else job["charge"]
    status = scene.status()
    told = Counter[str]()
    for line in status["lines"]:
        if line["state"] == "completed":
            told[line["variant"].partition("/")[0]] += line["charged_cents"]
    assert charged == told
    assert {entry.key for entry in parked} == {row["key"] for row in status["unknown"]}
    assert status["total"]["at_stake_cents"] == sum(PRICES[entry.operation] for entry in parked)


def fight(folder: Path, forks: Forks, *, kills: int, rows: int, seed: int) -> Campaign:
    with Scene.made(folder, rows) as scene:
        campaign = Campaign(scene, forks, random.Random(seed))  # noqa: S311 (when to kill)
        campaign.kill(kills)
        campaign.finish()
        parked = check(scene, kills)
        check_money(scene, parked)
        before = scene.told(), scene.work()
        campaign.finish()
        again, work = scene.told(), scene.work()
        assert {line["status"] for line in again[len(before[0]) :]} <= {"unknown"}, "what was delivered stays delivered"
        assert before[1] == work
    return campaign


def test_fifty_kills_lose_nothing_and_double_nothing(tmp_path: Path, forks: Forks) -> None:
    """Every point once, then points and random instants."""
    campaign = fight(tmp_path, forks, kills=50, rows=140, seed=64)

    assert set(POINTS) <= set(campaign.died)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(19))
def test_the_same_for_nine_hundred_and_fifty_more(tmp_path: Path, forks: Forks, seed: int) -> None:
    """In another order each time."""
    campaign = fight(tmp_path, forks, kills=50, rows=190, seed=seed)

    assert len(campaign.died) > len(POINTS) / 2


@pytest.mark.parametrize("point", ["submit leaving", "submit sent", "submit answered", "look leaving"])
def test_a_crash_between_two_steps_is_told_apart(tmp_path: Path, forks: Forks, point: str) -> None:
    """Between intent and id nobody can know; the row is parked, whether or not it was accepted over there."""
    with Scene.made(tmp_path, 8, mixed=False) as scene:
        assert forks.run(replace(scene.order, point=point, times=3)) == -signal.SIGKILL
        left = scene.entries()
        known = {entry.job_id for entry in left.values() if entry.job_id}
        assert forks.run(scene.order) == 0
        parked = check(scene, kills=1)
        taken = {job["id"] for job in scene.work()}

    assert known <= taken
    assert {entry.key for entry in left.values() if entry.state == "intended"} == {entry.key for entry in parked}
    assert parked or point == "look leaving"
