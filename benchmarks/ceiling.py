"""How many jobs can one process run, when nothing but its processor limits it? Ours beside bare httpx.

A job is a POST that is answered with its id, and a GET that is answered with its end. A server in another process gives
these two answers at once, and the key's limit is out of reach, so that what a job costs this process is what limits it.
In turns:

- httpx alone, in a number of tasks, each of which posts, reads the id, gets and reads the answer. It is compared at the
  number that suits it best: for each request it goes through all of its connections, so that many cost it more. The
  other number is that of the submits that `JobRunner` has in transit at most;
- `AsyncClient` alone, with the same requests in as many tasks: what is above it is the runner's;
- `JobRunner` with a journal in memory, and with one on the disk. It does the same requests, and all that it is for:
  rows are hashed, journalled, paced, polled when it pays, parsed and typed.

Each line also says how much of its CPU Python's garbage collector took: that looks through what is kept, and a runner
keeps rows, where the others forget each job.

The service's clock runs fast for `JobRunner`, so that no poll is waited for. A job is polled once: there is no second
poll whose cost could hide.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import httpx

from benchmarks.canned_server import canned_server
from benchmarks.results import Cell, Column, Dot, Dots, Report, Spread, Table
from sixtyfour_async import AsyncClient, JobRunner, Journal, MemoryJournal, SqliteJournal
from sixtyfour_async._scheduling.breaker import MAX_SUBMITS_IN_TRANSIT
from sixtyfour_async.operations import FindEmail

JOBS, QUICK_JOBS = 2000, 500
UNLIMITED = 1_000_000_000
"""Requests a minute that never make a runner wait."""

SPEED = 50.0
"""Service seconds in a real one: a poll two seconds after its submit goes after 40 milliseconds."""

REQUESTS_PER_JOB = 2
GOAL_REQUESTS_PER_MINUTE = 10_000

RESULT = {"email": [["ada@example.com", "OK", "COMPANY"]]}
TIMES = {"start_time": "2026-01-01T00:00:00Z", "close_time": "2026-01-01T00:00:02Z"}
ENDED = json.dumps({"status": "completed", **TIMES, "result": RESULT, "charge_amount": 5, "notes": "x" * 400}).encode()


@dataclass(frozen=True, slots=True)
class Measured:
    """One turn: jobs, seconds of the clock, and seconds of this process's processor, and of its garbage collector."""

    jobs: int
    wall: float
    cpu: float
    collector: float


class Stopwatch:
    """Measures a turn, from its making on."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._collector = self._collecting_since = 0.0
        gc.callbacks.append(self._hear)
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def _hear(self, phase: str, _: Mapping[str, int]) -> None:
        if phase == "start":
            self._collecting_since = time.process_time()
        else:
            self._collector += time.process_time() - self._collecting_since

    def stop(self) -> Measured:
        """Return what was measured."""
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        gc.callbacks.remove(self._hear)
        return Measured(self._jobs, wall, cpu, self._collector)


Contender = Callable[[str, int], Awaitable[Measured]]
"""Runs so many jobs against the server at a URL."""


def jobs_service() -> Callable[[bytes], bytes]:
    """Return a service that gives each POST an id of its own, and each GET the same end."""
    numbers = count()
    receipt = b'{"task_id": "job-%d", "status": "RUNNING"}'
    return lambda head: receipt % next(numbers) if head.startswith(b"POST") else ENDED


async def through_httpx(url: str, jobs: int, *, at_a_time: int) -> Measured:
    """Run jobs with httpx alone, so many at a time."""
    numbers = iter(range(jobs))
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)

    async def worker() -> None:
        for number in numbers:
            posted = await http.post(f"{url}/find-email-async", json={"lead": lead(number)}, headers=headers)
            ended = await http.get(f"{url}/job-status/{posted.json()['task_id']}", headers=headers)
            if ended.json()["status"] != "completed":
                raise AssertionError(ended.text)

    headers = {"x-api-key": "key"}
    async with httpx.AsyncClient(limits=limits, timeout=60) as http:
        watch = Stopwatch(jobs)
        async with anyio.create_task_group() as tasks:
            for _ in range(at_a_time):
                tasks.start_soon(worker)
        return watch.stop()


async def through_client(url: str, jobs: int, *, at_a_time: int) -> Measured:
    """Run jobs with `AsyncClient` alone, so many at a time."""
    numbers = iter(range(jobs))

    async def worker() -> None:
        for number in numbers:
            posted = await client.request("POST", "/find-email-async", json={"lead": dict(lead(number))})
            ended = await client.request("GET", f"/job-status/{json.loads(posted.body)['task_id']}")
            if json.loads(ended.body)["status"] != "completed":
                raise AssertionError(ended)

    async with AsyncClient("key", base_url=url, requests_per_minute=UNLIMITED) as client:
        watch = Stopwatch(jobs)
        async with anyio.create_task_group() as tasks:
            for _ in range(at_a_time):
                tasks.start_soon(worker)
        return watch.stop()


async def through_runner(url: str, jobs: int, journal: Journal) -> Measured:
    """Run jobs with `JobRunner`; opening and closing the journal are part of it."""
    async with AsyncClient("key", base_url=url, requests_per_minute=UNLIMITED, speed=SPEED) as client:
        watch = Stopwatch(jobs)
        async with JobRunner(client, journal=journal) as runner:
            rows = (FindEmail(lead=lead(number)) for number in range(jobs))
            async for outcome in runner.map(rows, batching="single"):
                if not outcome.ok:
                    raise AssertionError(outcome)
        return watch.stop()


async def without_disk(url: str, jobs: int) -> Measured:
    """Run jobs with a journal in memory."""
    return await through_runner(url, jobs, MemoryJournal())


async def with_disk(url: str, jobs: int) -> Measured:
    """Run jobs with a journal on the disk, a new one."""
    with TemporaryDirectory(dir=Path.cwd()) as folder:  # not in /tmp: a file system in memory writes for free
        return await through_runner(url, jobs, SqliteJournal(Path(folder) / "run.db"))


def lead(number: int) -> Mapping[str, str]:
    """Return what a row asks about."""
    return {"name": f"Person {number}", "company": "Acme"}


BEST_AT_A_TIME = 5
"""Jobs at a time at which httpx alone is fastest: with fewer it waits for the server, with more for its own pool."""

BARE, CLIENT = f"httpx, {BEST_AT_A_TIME} tasks", f"AsyncClient, {BEST_AT_A_TIME} tasks"
PLAIN, ON_DISK = "JobRunner", "with a file"
CONTENDERS: Mapping[str, Contender] = {
    BARE: partial(through_httpx, at_a_time=BEST_AT_A_TIME),
    f"httpx, {MAX_SUBMITS_IN_TRANSIT} tasks": partial(through_httpx, at_a_time=MAX_SUBMITS_IN_TRANSIT),
    CLIENT: partial(through_client, at_a_time=BEST_AT_A_TIME),
    PLAIN: without_disk,
    ON_DISK: with_disk,
}
COLUMNS = (
    Column("contender"),
    Column("jobs/s", ".0f"),
    Column("of first", ".2f", range=True, meaning="as a multiple of the first line, turn by turn"),
    Column("CPU us/job", ".0f"),
    Column("CPU of first", ".2f", range=True, meaning="the same of the CPU"),
    Column("collector us", ".0f", meaning="of the CPU, in Python's garbage collector"),
    Column("cores", ".2f", meaning="that 10,000 requests a minute keep busy"),
)


def measure(jobs: int, rounds: Sequence[int]) -> dict[str, list[Measured]]:
    """Run the contenders in turns, after one to warm up; every other round goes the other way."""
    found: dict[str, list[Measured]] = {name: [] for name in CONTENDERS}
    with canned_server(jobs_service()) as url:
        for name in CONTENDERS:
            anyio.run(CONTENDERS[name], url, max(1, jobs // 10))
        for number, _ in enumerate(rounds):
            for name in reversed(list(CONTENDERS)) if number % 2 else CONTENDERS:
                gc.collect()  # nobody pays for the garbage of the turn before
                found[name].append(anyio.run(CONTENDERS[name], url, jobs))
    return found


def answer(quick: bool, seeds: Sequence[int], *, jobs: int = 0) -> Report:
    """Measure the contenders, a turn for each seed."""
    jobs = jobs or (QUICK_JOBS if quick else JOBS)
    found = measure(jobs, seeds)
    cpu = {name: Spread.over(turns, lambda one: one.cpu / one.jobs * 1e6) for name, turns in found.items()}
    collector = {name: Spread.over(turns, lambda one: one.collector / one.jobs * 1e6) for name, turns in found.items()}
    pace = {name: Spread.over(turns, lambda one: one.jobs / one.wall) for name, turns in found.items()}
    cells: list[list[Cell]] = [
        [
            name,
            pace[name],
            pace[name].over_each(pace[BARE]),
            cpu[name],
            cpu[name].over_each(cpu[BARE]),
            collector[name].median,
            cpu[name].median / 1e6 / REQUESTS_PER_JOB * GOAL_REQUESTS_PER_MINUTE / 60,
        ]
        for name in found
    ]
    dots = [
        (name, [_dot("jobs a second", pace[name].over_each(pace[BARE])), _dot("CPU", cpu[name].over_each(cpu[BARE]))])
        for name in found
        if name != BARE
    ]
    table = Table(f"{jobs:,} jobs of two requests each, as fast as this process goes", COLUMNS, cells)
    chart = Dots(f"Jobs a second and CPU, as multiples of {BARE}", "ratio", dots, reference=1.0)
    notes = [*NOTES, _parts_note(cpu, collector), _journal_note(cpu[ON_DISK].over_each(cpu[PLAIN]))]
    return Report({"jobs": jobs, "turns": len(seeds)}, [table], {"": chart}, notes)


def _dot(name: str, ratio: Spread) -> Dot:
    return Dot(name, ratio.median, ratio.low, ratio.high)


def _parts_note(cpu: Mapping[str, Spread], collector: Mapping[str, Spread]) -> str:
    whole, client, garbage = cpu[PLAIN].median, cpu[CLIENT].median, collector[PLAIN].median - collector[CLIENT].median
    return (
        f"Of JobRunner's {whole:.0f} us a job, {client:.0f} are its two requests, as AsyncClient makes them, "
        f"{garbage:.0f} the garbage collector's for rows that are kept, and {whole - client - garbage:.0f} the rest: "
        "reading and hashing rows, the journal in memory, deciding when to submit and to poll, answers to types."
    )


def _journal_note(ratio: Spread) -> str:
    return (
        f"The journal in a file takes {ratio.median:.2f} ({ratio.low:.2f}-{ratio.high:.2f}) x the CPU of one in memory."
    )


NOTES = (
    "CPU is this process's alone, its journal's thread included; the server has another process.",
    "Jobs a second also wait for the server, and with a journal for the disk, where a second processor is free.",
)
