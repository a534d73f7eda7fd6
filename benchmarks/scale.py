"""What do many jobs cost? Time per event, memory per job, and a long list through ``map`` in constant memory.

Three questions: what one event costs the scheduler with a thousand and with a hundred thousand jobs in flight; how
many bytes it keeps for each job; and how much memory the process holds while rows stream through `JobRunner.map`, with
a journal that keeps nothing and with one on the disk. The service keeps nothing there, so what remains is the runner's
own memory. Its clock runs so fast that rows stream as fast as the process goes: with a journal on the disk, 250,000
took 28 minutes on two busy cores.

A million rows, once, in a process of its own::

    python -m benchmarks scale --only SQLite --rows 1000000
"""

from __future__ import annotations

import json
import resource
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
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


SPEED = 200.0
"""Service seconds in a real one, for lists: 100,000 requests a minute, more than a process can make."""


class NullJournal(MemoryJournal):
    """Keep no entry."""

    async def put(self, *entries: Entry) -> None:
        """Do nothing."""


def service(rng: Random) -> httpx.MockTransport:
    """Return a service without state: a job's id encodes when it started and when it ends."""

    def answer(request: httpx.Request) -> httpx.Response:
        now = anyio.current_time() * SPEED
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
    return peak_mib()


def peak_mib() -> float:
    """Return the most MiB that the process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (KIB**2 if sys.platform == "darwin" else KIB)


def disk_mib(file: Path) -> float:
    """Return the MiB of a journal's file and what lies beside it."""
    return sum(path.stat().st_size for path in file.parent.glob(f"{file.name}*")) / KIB**2


def questions(rows: int) -> Iterator[FindEmail]:
    """Yield rows lazily."""
    return (FindEmail(lead={"name": f"Person {row}", "company": "Acme"}) for row in range(rows))


async def stream(rows: int, journal: Journal, file: Path) -> list[Point]:
    """Run a list through ``map``; return the memory of the process on the way, and the size of the journal's file."""
    started, cpu, points = time.perf_counter(), time.process_time(), list[Point]()
    async with (
        httpx.AsyncClient(transport=service(Random(1))) as http_client,
        AsyncClient("key", base_url="http://service", http_client=http_client, speed=SPEED) as client,
        JobRunner(client, journal=journal, job_deadline=NO_DEADLINE) as runner,
    ):
        done = 0
        async for outcome in runner.map(questions(rows), batching="single"):
            if not outcome.ok:
                raise AssertionError(outcome)
            done += 1
            if done % max(1, rows // POINTS) == 0:
                seconds, us = time.perf_counter() - started, (time.process_time() - cpu) / done * 1e6
                points.append(Point(done, resident_mib(), disk_mib(file), seconds, us))
    return points


POINTS = 20
"""Measurements on the way through a list: all are in the chart, one in `SHOWN_EVERY` in the table."""

SHOWN_EVERY = 5

NO_DEADLINE = 1e9
"""Seconds after which a job is handed back unfinished: the machine may be late, at this speed."""

ROWS, QUICK_ROWS = 20_000, 2_000
FEW, MANY, QUICK_MANY = 1_000, 100_000, 20_000
EVENTS, QUICK_EVENTS = 20_000, 5_000


@dataclass(frozen=True, slots=True)
class Point:
    """What was seen after so many rows.

    Attributes:
        rows: Rows done.
        mib: Resident MiB of the process.
        disk: MiB of the journal on the disk.
        seconds: Seconds since the beginning.
        us: Microseconds of CPU for each row.
    """

    rows: int
    mib: float
    disk: float
    seconds: float
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
    Column("journal MiB", ".0f"),
    Column("seconds", ".0f"),
    Column("rows/s", ".0f"),
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


JOURNALS: Mapping[str, Callable[[Path], Journal]] = {"none": lambda _: NullJournal(), "SQLite": SqliteJournal}
"""Journals beside which a list streams: how to make one, given a file."""

EVENTS_PART = "events"
PARTS = (EVENTS_PART, *JOURNALS)


def streams(rows: int, names: Sequence[str]) -> dict[str, list[Point]]:
    """Stream a list with each of these journals."""
    found: dict[str, list[Point]] = {}
    for name in names:
        with TemporaryDirectory(dir=Path.cwd()) as folder:  # not in /tmp: a file system in memory writes for free
            file = Path(folder) / "run.db"
            found[name] = anyio.run(stream, rows, JOURNALS[name](file), file)
    return found


def stream_table(found: Mapping[str, Sequence[Point]]) -> Table:
    """Return some of the points of each stream, the last one among them."""
    rows: list[list[Cell]] = [
        [name, point.rows, point.mib, point.disk, point.seconds, point.rows / point.seconds, point.us]
        for name, points in found.items()
        for point in points[(len(points) - 1) % SHOWN_EVERY :: SHOWN_EVERY]
    ]
    return Table("The process while a list streams through map", STREAM_COLUMNS, rows)


def answer(
    quick: bool, seeds: Sequence[int], *, only: Sequence[str] = (), rows: int = 0, many: int = 0, number: int = 0
) -> Report:
    """Measure two streams, and events, a round for each seed."""
    rows, parts = rows or (QUICK_ROWS if quick else ROWS), only or PARTS
    many, number = many or (QUICK_MANY if quick else MANY), number or (QUICK_EVENTS if quick else EVENTS)
    found = streams(rows, [name for name in JOURNALS if name in parts])
    tables = [events(sorted({min(FEW, many), many}), number, seeds)] if EVENTS_PART in parts else []
    if not found:
        return Report({"events": number}, tables, {}, ())
    curve = [Series(f"journal: {name}", [(one.rows, one.mib) for one in points]) for name, points in found.items()]
    chart = Lines("Resident memory while rows stream", "MiB", [Panel("rows done", curve)])
    peak = f"The process held {peak_mib():.0f} MiB at most."
    return Report({"rows": rows, "events": number}, [*tables, stream_table(found)], {"": chart}, [*NOTES, peak])


NOTES = (
    "The streams share one process, one after the other: the second one begins with what the first one left.",
    "A service without state answers in the same process, and its CPU is included.",
)
