"""A campaign against a fleet of runners: processes are killed and frozen, and their database is, at random.

The runners are processes of their own on one journal; the service is a simulator over HTTP, whose books say what was
paid, and when each request came in. Blows fall when so many requests have come in since the last one, so that they hit
processes at work, however fast the machine is.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import get_args

from anyio.from_thread import start_blocking_portal

from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.places import place_of, reading
from sixtyfour_async._scheduling.row_states import HELD, State
from sixtyfour_async.errors import JournalError
from sixtyfour_async.simulator import Simulator, SimulatorSettings
from sixtyfour_async.simulator.serving.server import serve
from tests.fleet.campaign_worker import ALIVE, Order, subject_of
from tests.forks import ForkServer
from tests.postgres_server import Server
from tests.proxies import Proxy
from tests.scheduling.fleet import busiest

LIMIT = 500
LEASE_SECONDS = 1.5
FROZEN_SECONDS = 1.6 * LEASE_SECONDS
ROWS_PER_KILL = 8
REQUESTS_PER_BLOW = (3, 12)
STALLED_SECONDS = 2.0
"""Real seconds without enough requests after which the next blow falls all the same."""
LOOK_SECONDS = 0.05
ROOT = str(Path(__file__).parents[2])


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens to a fleet.

    Attributes:
        kills: Processes killed while they are at work; each is replaced by a new one.
        freezes: Processes stopped for longer than a lease.
        blows: What happens to the database, by the name of a method of `Database`, in this order, spread evenly.
        speed: Service seconds in a real one.
    """

    kills: int
    processes: int
    seed: int
    freezes: int = 0
    blows: tuple[str, ...] = ()
    speed: float = 6.0

    @property
    def rows(self) -> int:
        return ROWS_PER_KILL * (self.kills + self.freezes + len(self.blows))


@dataclass(slots=True)
class Runner:
    """One process.

    Attributes:
        thaws_at: When it goes on, if it is frozen.
        number: Its number in the journal; None before it has opened it.
    """

    pid: int
    folder: Path
    thaws_at: float | None = None

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)  # not reaped before it is asked about, so that the pid is its own

    @property
    def number(self) -> int | None:
        with suppress(FileNotFoundError, ValueError):
            return int((self.folder / f"number {self.pid}").read_text())
        return None

    def outcomes(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.folder / f"outcomes {self.pid}").read_text())
        return found


class Database:
    """A PostgreSQL server of a campaign's own, and the network before it."""

    def __init__(self) -> None:
        self._server = Server()
        self._proxy = Proxy(self._server.port)
        self.url = self._server.url(self._server.create_database(), port=self._proxy.port)

    def restart(self) -> None:
        self._server.stop()
        self._server.start()

    def kill(self) -> None:
        self._server.kill()
        self._server.start()

    def cut(self) -> None:
        self._proxy.cut()

    def swallow(self) -> None:
        self._proxy.swallow()

    def end(self) -> None:
        self._proxy.__exit__()
        self._server.end()


@dataclass
class Campaign:
    """A plan as it is carried out.

    Attributes:
        done: Number of blows, by kind.
        handovers: Real seconds from the kill of a process to when the journal had no row of it any more.
    """

    plan: Plan
    order: Order
    simulator: Simulator
    forks: ForkServer
    database: Database | None = None
    live: list[Runner] = field(default_factory=list[Runner])
    done: Counter[str] = field(default_factory=Counter[str])
    handovers: list[float] = field(default_factory=list[float])
    _dead: dict[int, float] = field(default_factory=dict[int, float])

    def __post_init__(self) -> None:
        self._chance = random.Random(self.plan.seed)  # noqa: S311 (no secret)
        self._started = 0

    def conduct(self) -> None:
        """Start the fleet, strike all the blows, and let the survivors end by themselves."""
        try:
            self.live = [self._start() for _ in range(self.plan.processes)]
            for blow in self._blows():
                self._wait_for_requests(self._chance.randint(*REQUESTS_PER_BLOW))
                blow()
            while self._is_running():
                self._look()
        finally:
            for runner in self.live:
                with suppress(ProcessLookupError):
                    runner.signal(signal.SIGKILL)

    def _blows(self) -> list[Callable[[], None]]:
        blows = [self._kill] * self.plan.kills + [self._freeze] * self.plan.freezes
        self._chance.shuffle(blows)
        for number, name in enumerate(self.plan.blows):
            at = len(blows) * (number + 1) // (len(self.plan.blows) + 1)
            blows.insert(at, lambda name=name: self._strike(name))  # type: ignore[misc]
        return blows

    def _start(self) -> Runner:
        self._started += 1
        order = asdict(replace(self.order, seed=self._started))
        return Runner(self.forks.carry_out(order), Path(self.order.folder))

    def _wait_for_requests(self, more: int) -> None:
        until = len(self.simulator.books.requests) + more
        stalled_at = time.monotonic() + STALLED_SECONDS
        while len(self.simulator.books.requests) < until and time.monotonic() < stalled_at:
            self._look()

    def _look(self) -> None:
        """Thaw whom it is time for, and look whether the dead were succeeded."""
        time.sleep(LOOK_SECONDS)
        for runner in self.live:
            if runner.thaws_at is not None and time.monotonic() > runner.thaws_at:
                runner.thaws_at = None
                runner.signal(signal.SIGCONT)
        with suppress(JournalError):  # the database is away
            self._look_for_heirs()

    def _look_for_heirs(self) -> None:
        if self._dead:
            holders = {entry.held_by for entry in self.entries(HELD).values()}
            for number in self._dead.keys() - holders:
                self.handovers.append(time.monotonic() - self._dead.pop(number))

    def _is_running(self) -> bool:
        for number, runner in enumerate(self.live):
            if self._code_of(runner) not in {0, ALIVE}:
                self._check_end(runner)
                self.live[number] = self._start()
        return any(self._code_of(runner) == ALIVE for runner in self.live)

    def _code_of(self, runner: Runner) -> int:
        return self.forks.carry_out({"code_of": runner.pid})

    def _victim(self) -> Runner:
        """Return a process that is at work; one that has ended, which it must have done well, is replaced."""
        awake = [number for number, runner in enumerate(self.live) if runner.thaws_at is None]
        number = self._chance.choice(awake or range(len(self.live)))
        if self._code_of(self.live[number]) != ALIVE:
            self._check_end(self.live[number])
            self.live[number] = self._start()
        return self.live[number]

    def _check_end(self, runner: Runner) -> None:
        """Check that a process has ended well; one that found no database at its start says so."""
        errors = (runner.folder / f"errors {runner.pid}").read_text()
        if self._code_of(runner) != 0:
            assert "cannot be reached" in errors.splitlines()[-1], errors
            assert self.plan.blows, errors
            assert runner.number is None, errors

    def _kill(self) -> None:
        victim = self._victim()
        number = victim.number
        victim.signal(signal.SIGKILL)
        if number is not None:
            self._dead[number] = time.monotonic()
        self.live[self.live.index(victim)] = self._start()
        self.done["killed"] += 1

    def _freeze(self) -> None:
        victim = self._victim()
        victim.signal(signal.SIGSTOP)
        victim.thaws_at = time.monotonic() + FROZEN_SECONDS
        self.done["frozen"] += 1

    def _strike(self, name: str) -> None:
        assert self.database is not None
        self._dead.clear()  # how long it takes to succeed them says nothing while the database is away
        getattr(self.database, name)()
        self.done[f"database: {name}"] += 1

    # --- books ----------------------------------------------------------------------------------------------------

    def entries(self, states: Collection[State] = frozenset(get_args(State))) -> dict[str, Entry]:
        with reading(place_of(self.order.journal)) as journal:
            return {entry.key: entry for entry in journal.entries(states)}

    def check(self) -> str:
        """Compare the service's books with the journal and with what the survivors got; return a line about it."""
        books, rows = self.simulator.books, self.entries()
        wanted = {subject_of(number) for number in range(self.plan.rows)}
        paid = Counter(subject.partition(" | ")[0] for work in books.jobs for subject in work.subjects)
        jobs = {work.id for work in books.jobs}
        for runner in self.live:
            assert self._code_of(runner) == 0, (Path(self.order.folder) / f"errors {runner.pid}").read_text()
            assert runner.outcomes().keys() == wanted
        assert {name: times for name, times in paid.items() if times > 1} == {}, "nothing is paid twice"
        assert rows.keys() == wanted
        assert {row.state for row in rows.values()} <= {"completed", "no_answer", "unknown"}
        assert all(row.job_id in jobs and row.answer for row in rows.values() if row.state == "completed")
        assert all(paid[name] for name, row in rows.items() if row.state == "completed")
        known = {row.job_id for row in rows.values()} - {None}
        unheard = [work for work in books.jobs if work.id not in known]
        doubt = {name for name, row in rows.items() if row.state == "unknown"}
        lost = {subject.partition(" | ")[0] for work in unheard for subject in work.subjects} - doubt
        assert lost == set(), "nothing that was paid is lost: it has its id, or is in doubt"
        most = busiest([entry.at for entry in books.requests])
        assert most <= LIMIT
        return self._line(len(rows), len(doubt), most)

    def _line(self, rows: int, doubt: int, most: int) -> str:
        blows = ", ".join(f"{times} {what}" for what, times in self.done.items())
        late = sorted(self.handovers)
        handover = f"{late[len(late) // 2]:.1f} s, at most {late[-1]:.1f} s" if late else "-"
        return (
            f"{self.plan.processes} processes, {rows} rows: {blows}; 0 paid twice, 0 lost, {doubt} in doubt; at most "
            f"{most} requests in 60 s, {self.simulator.books.throttled} of status 429; {len(late)} hand-overs, median "
            f"{handover} (lease {self.order.lease} s)"
        )


@contextmanager
def campaign(folder: Path, plan: Plan) -> Generator[Campaign, None, None]:
    """Make a campaign: on a database when the plan has blows for one, else on a file."""
    database = Database() if plan.blows else None
    journal = str(folder / "run.db") if database is None else database.url
    simulator = Simulator(SimulatorSettings(speed=plan.speed, limit=LIMIT, window="sliding"))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([ROOT, *filter(None, sys.path)])}
    forks = ForkServer(["-m", "tests.fleet.campaign_worker"], environment)
    try:
        with start_blocking_portal() as portal, portal.wrap_async_context_manager(serve(simulator)) as url:
            order = Order(url, journal, str(folder), plan.rows, plan.speed, LEASE_SECONDS, plan.seed)
            yield Campaign(plan, order, simulator, forks, database)
    finally:
        forks.close()
        if database is not None:
            database.end()
