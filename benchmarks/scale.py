"""What do many jobs cost? Time per event, memory per job, and a long list through ``map`` in constant memory.

Three questions: what one event costs the scheduler with a thousand and with a hundred thousand jobs in flight; how
many bytes it keeps for each job; and how much memory the process holds while rows stream through `JobRunner.map` in
virtual time. The service and the journal keep nothing there, so what remains is the runner's own memory.

    python -m benchmarks.scale [--rows 20000] [--quick]
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import sys
import time
import tracemalloc
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import anyio
import httpx

from benchmarks.policies import MEASURED, RUNNING
from sixtyfour_async import AsyncClient, JobRunner
from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.memory import MemoryJournal
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.messages import Accepted, Poll, Polled, Submit
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.models.jobs import JobState, Report
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
                report = Report(JobState.COMPLETED, "completed", cost_cents=5.0, run_time=200.0)
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


async def stream(rows: int) -> None:
    """Run a list through ``map`` and print the memory of the process on the way."""
    started, cpu = anyio.current_time(), time.process_time()
    async with (
        httpx.AsyncClient(transport=service(Random(1))) as http_client,
        AsyncClient("key", base_url="http://service", http_client=http_client) as client,
        JobRunner(client, journal=NullJournal()) as runner,
    ):
        done = 0
        print(f"{'rows':>10}{'resident MiB':>14}{'virtual min':>13}{'jobs/min':>10}{'cpu us/row':>12}")
        async for outcome in runner.map(questions(rows), batching="single"):
            if not outcome.ok:
                raise AssertionError(outcome)
            done += 1
            if done % max(1, rows // 10) == 0:
                minutes, cpu_us = (anyio.current_time() - started) / 60, (time.process_time() - cpu) / done * 1e6
                print(f"{done:>10}{resident_mib():>14.0f}{minutes:>13.1f}{done / minutes:>10.1f}{cpu_us:>12.0f}")


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description="Measure what many jobs cost.")
    options.add_argument("--rows", type=int, default=20_000)
    options.add_argument("--quick", action="store_true", help="2,000 rows, 20,000 jobs in flight")
    chosen = options.parse_args()
    few, many = 1000, 20_000 if chosen.quick else 100_000
    print(f"Python {platform.python_version()}")
    costs = [event_cost(number, 20_000) for number in (few, many)]
    print(f"one event: {costs[0]:.1f} us with {few} jobs in flight, {costs[1]:.1f} us with {many}; "
          f"ratio {costs[1] / costs[0]:.2f}")  # fmt: skip
    print(f"one running job: {bytes_per_job(20_000):.0f} bytes in the scheduler")
    rows = 2000 if chosen.quick else chosen.rows
    anyio.run(stream, rows, backend_options={"loop_factory": VirtualTimeLoop})


if __name__ == "__main__":
    main()
