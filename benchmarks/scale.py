"""What do many jobs cost? Time per event, memory per job, and a long list through ``map`` in constant memory.

Three questions: what one event costs the scheduler with a thousand and with a hundred thousand jobs in flight; how
many bytes it keeps for each job; and how much memory the process holds while rows stream through `JobRunner.map` in
virtual time, with a journal that keeps nothing and with one on the disk. The service keeps nothing there, so what
remains is the runner's own memory.

"""

from __future__ import annotations

import json
import resource
import sys
import time
import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import anyio
import httpx

from benchmarks.results import Cell, Column, Lines, Panel, Report, Series, Spread, Table
from benchmarks.scheduler_run import RUNNING
from benchmarks.workloads import MEASURED
from sixtyfour_async import AsyncClient, JobRunner, Journal, SqliteJournal
from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.memory import MemoryJournal
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.messages import Accepted, Poll, Polled, Submit
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.models.jobs import JobState
from sixtyfour_async.models.jobs import Report as JobReport
from sixtyfour_async.operations import FindEmail
from sixtyfour_async.testing import VirtualTimeLoop

VARIANT = "people-intelligence/medium"
WARM_UP_EVENTS = 2000
"""Events before the measurement starts: run times have been learned by then."""
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
KIB = 1024


def scheduler_with_running_jobs(number: int) -> Scheduler:
    """Return a scheduler with so many resumed jobs in flight and none waiting."""
    scheduler = Scheduler(Budget(500), Ledger(), lambda: 0.5, {}, ConcurrencyLimit(number + 1), job_deadline=1e9)
    for id_ in range(number):
        scheduler.add(ScheduledJob(id_, VARIANT, "", retry_safe=False), id_ * 1e-3, job_id="x")
    return scheduler


def event_cost(number: int, events: int) -> float:
    """Return microseconds of CPU time per event; each job that ends is replaced by a new one."""
    scheduler, rng = scheduler_with_running_jobs(number), Random(1)
    now, done, next_id, started = number * 1e-3, -WARM_UP_EVENTS, number, 0.0
    while done < events:
        if started == 0.0 and done >= 0:
            started, done = time.process_time(), 0
        for command in scheduler.due(now):
            done += 1
            if isinstance(command, Submit):
                scheduler.handle(Accepted(command.id, "x"), now)
            elif isinstance(command, Poll):
                ended = rng.random() < 0.4  # noqa: PLR2004 (two to three polls a job)
                report = JobReport(JobState.COMPLETED, "completed", cost_cents=5.0, run_time=200.0)
                scheduler.handle(Polled(command.id, report if ended else RUNNING), now)
                if ended:
                    scheduler.add(ScheduledJob(next_id, VARIANT, "", retry_safe=False), now)
                    next_id += 1
        now = scheduler.wake_at(now) or now + 1.0
    return (time.process_time() - started) / done * 1e6


def bytes_per_job(number: int) -> float:
    """Return the memory that the scheduler keeps for one running job."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    scheduler = scheduler_with_running_jobs(number)
    size = (tracemalloc.get_traced_memory()[0] - before) / number
    tracemalloc.stop()
    return size if scheduler.jobs else 0.0


class NullJournal(MemoryJournal):
    """Keep no entry."""

    async def put(self, *entries: Entry) -> None:
        """Do nothing."""


def service(rng: Random) -> httpx.MockTransport:
    """Return a service without state: a job's id encodes when it started and when it ends."""

    def answer(request: httpx.Request) -> httpx.Response:
        now = anyio.current_time()
        if request.method == "POST":
            return httpx.Response(200, json={"task_id": f"{now}_{now + MEASURED(rng, 0.0)}", "status": "RUNNING"})
        start, end = (float(part) for part in request.url.path.rsplit("/", 1)[1].split("_"))
        timing = {"start_time": (EPOCH + timedelta(seconds=start)).isoformat()}
        if now < end:
            return httpx.Response(200, json={"status": "running"} | timing)
        ended: Mapping[str, object] = {"close_time": (EPOCH + timedelta(seconds=end)).isoformat(), "charge_amount": 5}
        result = {"result": {"email": [["a@example.com", "OK", "COMPANY"]]}}
        return httpx.Response(200, content=json.dumps({"status": "completed"} | timing | dict(ended) | result))

    return httpx.MockTransport(answer)


def resident_mib() -> float:
    """Return the resident MiB of the process, or its peak where the system does not report the current value."""
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text("ascii").split()[1]) * resource.getpagesize() / KIB**2
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (KIB**2 if sys.platform == "darwin" else KIB)


def questions(rows: int) -> Iterator[FindEmail]:
    """Yield rows lazily."""
    return (FindEmail(lead={"name": f"Person {row}", "company": "Acme"}) for row in range(rows))


async def stream(rows: int, journal: Journal) -> list[Point]:
    """Run a list through ``map``; return the memory of the process on the way."""
    started, cpu, points = anyio.current_time(), time.process_time(), list[Point]()
    async with (
        httpx.AsyncClient(transport=service(Random(1))) as http_client,
        AsyncClient("key", base_url="http://service", http_client=http_client) as client,
        JobRunner(client, journal=journal) as runner,
    ):
        done = 0
        async for outcome in runner.map(questions(rows), batching="single"):
            if not outcome.ok:
                raise AssertionError(outcome)
            done += 1
            if done % max(1, rows // POINTS) == 0:
                minutes, us = (anyio.current_time() - started) / 60, (time.process_time() - cpu) / done * 1e6
                points.append(Point(done, resident_mib(), minutes, us))
    return points


POINTS = 20
"""Measurements on the way through a list: all are in the chart, one in `SHOWN_EVERY` in the table."""

SHOWN_EVERY = 5

ROWS, QUICK_ROWS = 20_000, 2_000
FEW, MANY, QUICK_MANY = 1_000, 100_000, 20_000
EVENTS, QUICK_EVENTS = 20_000, 5_000


@dataclass(frozen=True, slots=True)
class Point:
    """What was seen after so many rows: resident MiB, minutes of virtual time, and microseconds of CPU for each row."""

    rows: int
    mib: float
    minutes: float
    us: float


EVENT_COLUMNS = (
    Column("jobs in flight", ",d"),
    Column("us an event", ".1f", range=True),
    Column("of the first", ".2f", meaning="as a multiple of the first line"),
    Column("bytes a job", ",.0f"),
)
STREAM_COLUMNS = (
    Column("journal"),
    Column("rows", ",d"),
    Column("resident MiB", ".0f"),
    Column("virtual min"),
    Column("jobs/min"),
    Column("CPU us/row", ".0f"),
)


def events(sizes: Sequence[int], number: int, rounds: Sequence[int]) -> Table:
    """Measure what an event costs with so many jobs in flight, in turns, and what the scheduler keeps of each job."""
    costs: dict[int, list[float]] = {size: [] for size in sizes}
    for _ in rounds:
        for size in sizes:
            costs[size].append(event_cost(size, number))
    first = Spread(tuple(costs[sizes[0]]))
    rows: list[list[Cell]] = [
        [size, Spread(tuple(values)), Spread(tuple(values)).over_each(first), bytes_per_job(min(size, BYTES_OF))]
        for size, values in costs.items()
    ]
    return Table("CPU of one event of the scheduler", EVENT_COLUMNS, rows)


BYTES_OF = 20_000
"""Jobs in flight of which the bytes are counted, at most."""


def streams(rows: int) -> dict[str, list[Point]]:
    """Stream a list with a journal that keeps nothing, and with one on the disk."""
    loop = {"loop_factory": VirtualTimeLoop}
    with TemporaryDirectory(dir=Path.cwd()) as folder:  # not in /tmp: a file system in memory writes for free
        journals: dict[str, Journal] = {"none": NullJournal(), "SQLite": SqliteJournal(Path(folder) / "run.db")}
        return {name: anyio.run(stream, rows, journal, backend_options=loop) for name, journal in journals.items()}


def answer(quick: bool, seeds: Sequence[int], *, rows: int = 0, many: int = 0, number: int = 0) -> Report:
    """Measure events, a round for each seed, and two streams."""
    rows = rows or (QUICK_ROWS if quick else ROWS)
    many, number = many or (QUICK_MANY if quick else MANY), number or (QUICK_EVENTS if quick else EVENTS)
    found = streams(rows)
    cells: list[list[Cell]] = [
        [name, point.rows, point.mib, point.minutes, point.rows / point.minutes, point.us]
        for name, points in found.items()
        for point in points[(len(points) - 1) % SHOWN_EVERY :: SHOWN_EVERY]
    ]
    title = "Memory and CPU of the process while a list streams through map, virtual time"
    tables = [events(sorted({min(FEW, many), many}), number, seeds), Table(title, STREAM_COLUMNS, cells)]
    curve = [Series(f"journal: {name}", [(one.rows, one.mib) for one in points]) for name, points in found.items()]
    chart = Lines("Resident memory while rows stream", "MiB", [Panel("rows done", curve)])
    return Report({"rows": rows, "events": number}, tables, {"": chart}, NOTES)


NOTES = (
    "The streams share one process, one after the other: the second one begins with what the first one left.",
    "A service without state answers in the same process, and its CPU is included.",
)
