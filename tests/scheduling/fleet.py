"""Several processes that share one key, in virtual time: the real account and the real budgets, and a slow database."""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count

from sixtyfour_async._scheduling.breaker import SubmitBreaker
from sixtyfour_async._scheduling.share_account import ShareAccount
from sixtyfour_async._scheduling.shared_budget import SharedBudget
from sixtyfour_async._scheduling.visits import Call, Grant, visit

LATENCY = (0.03, 0.08)
"""Seconds on the way to the service: at least, and on average more (exponential)."""


def busiest(sent: Iterable[float], window: float = 60.0) -> int:
    """Return the largest number of requests in any half-open window."""
    instants = sorted(sent)
    most = first = 0
    for last, at in enumerate(instants):
        while instants[first] <= at - window:
            first += 1
        most = max(most, last - first + 1)
    return most


@dataclass
class Fleet:
    """A key, its account, and what its processes sent.

    Attributes:
        limit: Requests a minute.
        seed: Of delays and latencies.
        round_trip: Seconds to the database and back, at least and at most.
        clock_ahead: What the database's clock is ahead by; may be changed at any time.
    """

    limit: int = 500
    seed: int = 1
    round_trip: tuple[float, float] = (0.0003, 0.005)
    clock_ahead: float = 0.0
    now: float = 0.0
    visits: int = 0
    database_down: bool = False
    processes: list[Process] = field(default_factory=list["Process"])
    sent: list[float] = field(default_factory=list[float])
    arrived: list[float] = field(default_factory=list[float])

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 (a simulation)
        self._text: str | None = None
        self._events: list[tuple[float, int, Callable[[], None], Process | None]] = []
        self._numbers = count()

    def add(self, *, submits: int = 0, limit: int | None = None) -> Process:
        """Start a process; *submits* are its rows."""
        process = Process(self, f"process {len(self.processes)}", limit or self.limit, submits)
        self.processes.append(process)
        return process

    def at(self, instant: float, action: Callable[[], None], process: Process | None = None) -> None:
        heapq.heappush(self._events, (instant, next(self._numbers), action, process))

    def run(self, until: float) -> None:
        while self._events and self._events[0][0] <= until:
            at, _, action, process = heapq.heappop(self._events)
            self.now = max(self.now, at)
            if process is not None and process.is_dead:
                continue
            if process is not None and process.frozen_until > self.now:
                self.at(process.frozen_until, action, process)
                continue
            action()
        self.now = until

    def ask(self, process: Process, call: Call, answer: Callable[[Grant | None], None]) -> None:
        """Carry one call to the database and its answer back."""
        self.visits += 1
        delay = self.random.uniform(*self.round_trip) / 2

        def at_database() -> None:
            if self.database_down:
                self.at(self.now + 0.5, lambda: answer(None), process)
                return
            account = ShareAccount.read_json(self._text, call.limit)
            grant = visit(account, self.now + self.clock_ahead, "clock", process.name, call)
            self._text = account.to_json()
            self.at(self.now + delay, lambda: answer(grant), process)

        self.at(self.now + delay, at_database)

    def send(self) -> None:
        self.sent.append(self.now)
        least, average = LATENCY
        self.arrived.append(self.now + least + self.random.expovariate(1 / average))

    def use(self, start: float, end: float) -> float:
        """Return the requests sent in a stretch of time as a fraction of what the budget of one process allows."""
        return sum(start <= at < end for at in self.sent) / ((end - start) * SharedBudget(self.limit, float).rate)


class Process:
    """A process: rows to submit, calls that somebody waits for, and its budget."""

    def __init__(self, fleet: Fleet, name: str, limit: int, submits: int) -> None:
        self.fleet, self.name, self.submits = fleet, name, submits
        self.budget = SharedBudget(limit, lambda: fleet.now)
        self.budget.join(lambda: None)
        self.calls: deque[float] = deque()
        self.polls: deque[float] = deque()
        self.waited: list[float] = []
        self.sent: list[float] = []
        self.breaker = SubmitBreaker()
        self.bulk = 0
        self.is_dead = False
        self.frozen_until = 0.0
        self._wakes_at: float | None = None
        fleet.at(fleet.now, self.work, self)

    def call(self) -> None:
        """Somebody waits for one request."""
        self.calls.append(self.fleet.now)
        self.work()

    def poll(self) -> None:
        """A poll is due."""
        self.polls.append(self.fleet.now)
        self.work()

    def kill(self) -> None:
        self.is_dead = True

    def freeze(self, seconds: float) -> None:
        self.frozen_until = self.fleet.now + seconds

    def start_bulk(self) -> list[float]:
        """Start a bulk submit if that is allowed; return when it started."""
        self.work()
        now = self.fleet.now
        if not self.bulk or self.budget.bulk.opens_at(now) > now or self.budget.ready_at(now) > now:
            return []
        self.bulk -= 1
        self.budget.bulk.acquire(now)
        self._send(foreground=False)
        return [now]

    def work(self) -> None:
        budget, now = self.budget, self.fleet.now
        budget.share_outage(self.breaker, now)
        self._tell()
        while self.calls and budget.ready_at(now, foreground=True) <= now:
            self._send(foreground=True)
            self.waited.append(now - self.calls.popleft())
            self._tell()
        while (self.polls or self.submits) and budget.ready_at(now) <= now:
            self._send(foreground=False)
            if self.polls:
                self.polls.popleft()
            else:
                self.submits -= 1
            self._tell()
        if budget.visit_at(now) <= now:
            asked, call = now, budget.call(now)
            self.fleet.ask(self, call, lambda grant: self._answered(grant, asked))
        self._sleep()

    def _send(self, *, foreground: bool) -> None:
        ticket = self.budget.take(self.fleet.now, foreground=foreground)
        assert ticket.holds()
        self.sent.append(self.fleet.now)
        self.fleet.send()

    def _tell(self) -> None:
        self.budget.foreground = len(self.calls)
        self.budget.want(1, len(self.polls), self.submits, self.bulk)

    def _answered(self, grant: Grant | None, asked: float) -> None:
        if grant is None:
            self.budget.visit_failed()
        else:
            self.budget.take_grant(grant, asked, asked)
        self.work()

    def _sleep(self) -> None:
        budget, now = self.budget, self.fleet.now
        at = budget.visit_at(now)
        if self.calls:
            at = min(at, budget.ready_at(now, foreground=True))
        if self.polls or self.submits:
            at = min(at, budget.ready_at(now))
        if at == float("inf") or (self._wakes_at is not None and now < self._wakes_at <= at):
            return
        self._wakes_at = at
        self.fleet.at(max(at, now + 1e-6), self.work, self)
