"""A fleet of runners on one journal: in one process, and each with a network and a journal that can stop like its own.

A worker that is *killed* does nothing any more: whatever it waits for never comes, and nothing of it is cleaned up. One
that is *frozen* does nothing until it is thawed. Both happen wherever it waits: before its journal or the service has
heard of what it asks, or after they have done it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeAlias, get_args

import anyio
import anyio.abc
import httpx

from sixtyfour_async import AsyncClient, Entry, JobRunner, JournalError, MemoryJournal, Outcome, SqliteJournal, State
from sixtyfour_async._journal.sharing import SharedJournal
from sixtyfour_async.operations import JobOperation
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.testing import SimulatedTransport

LEASE_SECONDS = 15.0

GATED = ("put", "claim", "settle_batch", "save_batch_answer", "hand_back", "beat", "deliver", "set_meta")


class Gate:
    """What a worker passes whenever it waits for something; closed for good when it is killed."""

    def __init__(self, random: Random | None = None) -> None:
        self._open = anyio.Event()
        self._open.set()
        self._random = random
        self._over = False

    def shut(self) -> None:
        if self._open.is_set():
            self._open = anyio.Event()

    @property
    def is_shut(self) -> bool:
        return not self._open.is_set()

    def reopen(self) -> None:
        self._open.set()

    def end(self) -> None:
        """Fail whoever waits here: the test is over."""
        self._over = True
        self._open.set()

    async def passed(self) -> None:
        if self._random is not None:
            await anyio.sleep(self._random.choice((0.0, 0.0, 0.001, 0.01, 0.1)))
        await self._open.wait()
        if self._over:
            raise JournalError("the worker was killed")


MakeJournal: TypeAlias = Callable[[Callable[[], float]], SharedJournal]
"""Makes one more journal on the same rows, given the clock of leases."""


def in_memory() -> MakeJournal:
    first = MemoryJournal()
    return lambda clock: MemoryJournal(shared_with=first, lease_seconds=LEASE_SECONDS, clock=clock)


def in_file(path: Path) -> MakeJournal:
    return lambda clock: SqliteJournal(path, lease_seconds=LEASE_SECONDS, clock=clock)


def _gate(journal: SharedJournal, gate: Gate) -> None:
    """Make a journal one whose owner can be stopped."""
    for name in GATED:
        setattr(journal, name, _gated(getattr(journal, name), gate))
    setattr(journal, "close", _closing(journal.close, gate))  # noqa: B010 (a method, as those above)


def _gated(method: Callable[..., Any], gate: Gate) -> Callable[..., Any]:
    async def passing(*args: Any, **named: Any) -> Any:
        await gate.passed()
        result = await method(*args, **named)
        await gate.passed()
        return result

    return passing


def _closing(close: Callable[[], Any], gate: Gate) -> Callable[[], Any]:
    async def closing() -> None:
        with suppress(JournalError):
            await gate.passed()
        await close()

    return closing


class WorkerNetwork(httpx.AsyncBaseTransport):
    """The way to the service of a worker that can be stopped; what was sent arrives, whatever becomes of it."""

    def __init__(self, simulator: Simulator, gate: Gate) -> None:
        self._inner = SimulatedTransport(simulator)
        self._gate = gate

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        await self._gate.passed()
        return response


@dataclass
class Worker:
    """One runner of a fleet, in a task of its own.

    Attributes:
        runner: The runner; None before it has started.
        outcomes: What came back, in the order in which it came.
        error: What its `map` raised.
        done: Set when it has ended by itself.
    """

    simulator: Simulator
    journal: SharedJournal
    options: dict[str, Any]
    random: Random | None = None
    runner: JobRunner | None = None
    outcomes: list[Outcome[Any]] = field(default_factory=list[Outcome[Any]])
    error: Exception | None = None

    def __post_init__(self) -> None:
        self.gate = Gate(self.random)
        _gate(self.journal, self.gate)
        self.done = anyio.Event()
        self.killed = False
        self.started = False
        self._was_frozen = False

    async def work(self, operations: Sequence[JobOperation[Any]], **how: Any) -> None:
        try:
            async with self.running() as runner:
                async for outcome in runner.map(operations, **how):
                    self.outcomes.append(outcome)
        except Exception as error:  # noqa: BLE001 (looked at by the test)
            self.error = error
        self.done.set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[JobRunner, None]:
        network = WorkerNetwork(self.simulator, self.gate)
        async with (
            httpx.AsyncClient(transport=network) as http_client,
            AsyncClient(api_key=DEFAULT_KEY, base_url="http://simulator", http_client=http_client) as client,
            JobRunner(client, journal=self.journal, **self.options) as self.runner,
        ):
            yield self.runner

    def kill(self) -> None:
        self.killed = True
        self.gate.shut()

    def freeze(self) -> None:
        self.gate.shut()

    def freeze_after(self, method: str) -> None:
        """Freeze it when its journal has done this for it, and before it learns that."""
        done = getattr(self.journal, method)

        async def freezing(*args: Any, **named: Any) -> Any:
            result = await done(*args, **named)
            if not self._was_frozen:
                self._was_frozen = True
                self.freeze()
            await self.gate.passed()
            return result

        setattr(self.journal, method, freezing)

    async def ignore(self, runner: JobRunner, operations: Sequence[JobOperation[Any]]) -> None:
        """Ask, and look at no answer."""
        async for _ in runner.map(operations):
            pass

    @property
    def is_frozen(self) -> bool:
        return self.gate.is_shut

    def thaw(self) -> None:
        if not self.killed:
            self.gate.reopen()


@dataclass
class Fleet:
    """Workers on one journal and one service."""

    simulator: Simulator
    tasks: anyio.abc.TaskGroup
    random: Random | None = None
    workers: list[Worker] = field(default_factory=list[Worker])
    make: MakeJournal = field(default_factory=in_memory)

    def __post_init__(self) -> None:
        self._clock = asyncio.get_running_loop().time  # also for worker threads

    def worker(self, **options: Any) -> Worker:
        made = Worker(self.simulator, self.make(self._clock), options, self.random)
        self.workers.append(made)
        return made

    def start(
        self, operations: Sequence[JobOperation[Any]], how: dict[str, Any] | None = None, **options: Any
    ) -> Worker:
        """Start a worker that maps operations; *how* are arguments of `map`, *options* those of the runner."""
        made = self.worker(**options)
        made.started = True
        self.tasks.start_soon(lambda: made.work(operations, **(how or {})))
        return made

    async def entries(self) -> dict[str, Entry]:
        """Return all rows of the journal, by key, as one more runner finds them."""
        journal = self.make(self._clock)
        await journal.open()
        found = {entry.key: entry async for entry in journal.entries(frozenset(get_args(State)))}
        await journal.close()
        return found

    async def done(self, seconds: float = 3600.0) -> None:
        """Wait until every worker that was started and not killed has ended."""
        with anyio.fail_after(seconds):
            for worker in self.workers:
                if worker.started and not worker.killed:
                    await worker.done.wait()


@asynccontextmanager
async def fleet(make: MakeJournal | None = None, random: Random | None = None) -> AsyncGenerator[Fleet, None]:
    simulator = Simulator(SimulatorSettings(), now=anyio.current_time)
    async with anyio.create_task_group() as tasks:
        made = Fleet(simulator, tasks, random, make=make or in_memory())
        try:
            yield made
        finally:
            for worker in made.workers:
                worker.gate.end()
            tasks.cancel_scope.cancel()
