"""What do webhooks bring over real HTTP? `benchmarks.push` has the same jobs in virtual time, and more of them.

First, a run: requests a job, and the lag between a job's end and its outcome, in real milliseconds and in the service's
seconds, with webhooks of which a part is lost wholly, by learned polling, and in the vendor's loop, which polls every
job every 10 s. Then the same with 20 % of all deliveries lost, and 10 % each doubled, reordered and forged, and a count
of what went wrong. The simulator, the receiver behind uvicorn, and the runner share one process, so that the books can
be read: on a busy machine the lags are upper bounds.

Then the receiver alone, with its journal on the disk: deliveries a second from many senders at once in another process,
and the median and the 99th percentile of the time to an answer.
"""

from __future__ import annotations

import json
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import httpx
from pydantic import JsonValue

from benchmarks.results import Cell, Column, Dot, Dots, Report, Table, quantile
from sixtyfour_async import AsyncClient, CompanyIntelligence, Entry, JobRunner, JobState, SqliteJournal, WebhookListener
from sixtyfour_async._journal.base import request_text
from sixtyfour_async.cli.listening import listening
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings, companies
from sixtyfour_async.simulator.serving.server import serve
from sixtyfour_async.webhooks import sign_test_payload

LOOP_SECONDS = 10.0
SECRET = "sk_whsec_" + "0" * 64
FAULTY = {"webhook_lost": 0.2, "webhook_doubled": 0.1, "webhook_reordered": 0.1, "webhook_forged": 0.1}
SENDERS = (1, 20, 200)

Question = CompanyIntelligence[dict[str, JsonValue]]


def questions(number: int) -> Iterator[Question]:
    """Yield questions about different companies; those behind the end of the list are invented."""
    names = [company.company_name for company in companies()]
    for index in range(number):
        name = names[index % len(names)] + (f" {index}" if index >= len(names) else "")
        yield CompanyIntelligence(
            target_company={"company_name": name},
            struct={"headquarters": "City"},
            tier="low",
            research_plan=f"#{index}",
        )


@dataclass(slots=True)
class Measured:
    """What a run took.

    Attributes:
        jobs: Number of jobs.
        requests: Requests.
        speed: Service seconds a real second.
        seconds: Service seconds.
        lags: Service seconds between the end of each job and its outcome.
        outcomes: Number of outcomes for each job.
        statuses: Number of outcomes by status.
        forged: Forged deliveries by the receiver's answer.
        paid: Jobs that the service has charged for.
    """

    jobs: int
    requests: int = 0
    speed: float = 1.0
    seconds: float = 0.0
    lags: list[float] = field(default_factory=list[float])
    outcomes: Counter[str] = field(default_factory=Counter[str])
    statuses: Counter[str] = field(default_factory=Counter[str])
    forged: Counter[int] = field(default_factory=Counter[int])
    paid: int = 0


@asynccontextmanager
async def service(speed: float, faults: Mapping[str, float]) -> AsyncGenerator[tuple[Simulator, AsyncClient, str]]:
    """Yield a simulator over HTTP, a client of it, and the secret that it signs with."""
    simulator = Simulator(SimulatorSettings(speed=speed, faults=dict(faults)))
    async with (
        serve(simulator) as url,
        AsyncClient(api_key=DEFAULT_KEY, base_url=url, speed=speed) as client,
        httpx.AsyncClient(base_url=url, headers={"x-api-key": DEFAULT_KEY}) as admin,
    ):
        secret = (await admin.post("/webhooks/signing-secret")).json()["plaintext"]
        simulator.books.requests.clear()
        yield simulator, client, secret


async def run(jobs: int, speed: float, *, push: bool, faults: Mapping[str, float] | None = None) -> Measured:
    """Run jobs through a `JobRunner` with its journal on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        async with service(speed, faults or {}) as (simulator, client, secret):
            made = partial(JobRunner, client, journal=Path(folder) / "run.db")
            if not push:
                async with made() as runner:
                    return await consume(runner, simulator, jobs)
            # The address is known once the receiver listens, and the receiver is the runner's.
            port = free_port()
            runner = made(webhook_url=f"http://127.0.0.1:{port}/")
            async with listening(runner.webhooks(secrets=secret), f"127.0.0.1:{port}"), runner:
                return await consume(runner, simulator, jobs)


async def consume(runner: JobRunner, simulator: Simulator, jobs: int) -> Measured:
    """Take the outcomes, and measure them by the simulator's books."""
    measured, seen = Measured(jobs, speed=simulator.settings.speed), dict[str, float]()
    began = simulator.clock.now()
    async for outcome in runner.map(questions(jobs), batching="single"):
        measured.outcomes[outcome.key] += 1
        measured.statuses[outcome.status] += 1
        seen[outcome.job_id or ""] = simulator.clock.now()
    return conclude(measured, simulator, began, seen)


def conclude(measured: Measured, simulator: Simulator, began: float, seen: Mapping[str, float]) -> Measured:
    """Read the simulator's books."""
    books = simulator.books
    measured.seconds = simulator.clock.now() - began
    measured.requests, measured.paid = len(books.requests), len(books.jobs)
    measured.lags = [max(0.0, seen[job.id] - job.ends_at) for job in books.jobs if job.id in seen]
    measured.forged = Counter(entry.status for entry in books.deliveries if entry.fault == "webhook_forged")
    return measured


async def vendors_loop(jobs: int, speed: float) -> Measured:
    """Submit every job, and poll each every `LOOP_SECONDS` until it has ended."""
    async with service(speed, {}) as (simulator, client, _):
        measured, seen, began = Measured(jobs, speed=speed), dict[str, float](), simulator.clock.now()

        async def one(operation: Question) -> None:
            job = await client.submit(operation)
            while (await job.report()).state is JobState.RUNNING:  # noqa: ASYNC110 (this is what is measured)
                await anyio.sleep(LOOP_SECONDS / speed)
            seen[job.id] = simulator.clock.now()

        async with anyio.create_task_group() as tasks:
            for operation in questions(jobs):
                tasks.start_soon(one, operation)
        return conclude(measured, simulator, began, seen)


# --- the receiver alone ---------------------------------------------------------------------------------------------


def send_all(url: str, senders: int, numbers: range, results: Any) -> None:
    """Post a signed delivery for each number, from many senders at once, and report the seconds of each answer."""
    bodies = iter([delivery_of(number) for number in numbers])
    times, statuses = list[float](), Counter[int]()

    async def sender() -> None:
        # One client each: a pool of many connections would be what is measured.
        async with httpx.AsyncClient(timeout=30.0, verify=False) as client:  # noqa: S501 (no TLS here)
            for body in bodies:
                began = time.perf_counter()
                try:
                    answer = await client.post(url, content=body, headers=sign_test_payload(body, SECRET))
                    statuses[answer.status_code] += 1
                except httpx.TransportError:
                    statuses[0] += 1
                times.append(time.perf_counter() - began)

    async def main() -> tuple[float, list[float], Counter[int]]:
        began = time.perf_counter()
        async with anyio.create_task_group() as tasks:
            for _ in range(senders):
                tasks.start_soon(sender)
        return time.perf_counter() - began, sorted(times), statuses

    results.put(anyio.run(main))


def delivery_of(number: int) -> bytes:
    """Return the end of a job of the journal that `journal_of` makes."""
    result = {"structured_data": {"headquarters": f"City {number}"}, "notes": "x" * 2000}
    return json.dumps({"task_id": f"job {number}", "status": "completed", "result": result}).encode()


async def journal_of(path: Path, rows: int) -> None:
    """Write a journal of accepted rows, as a run leaves one that was stopped."""
    journal = SqliteJournal(path)
    await journal.open()
    entries = [
        Entry(
            one.fingerprint(), one.endpoint.name, one.fingerprint(), request_text(one.payload()), "accepted", f"job {n}"
        )
        for n, one in enumerate(questions(rows))
    ]
    await journal.put(*entries)
    await journal.close()


async def receive(senders: int, deliveries: int) -> list[Cell]:
    """Return a row on how fast a journal takes deliveries."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.db"
        await journal_of(path, deliveries)
        results: Any = multiprocessing.get_context("spawn").Queue()
        listener = WebhookListener(path, secrets=SECRET)
        async with listener, listening(listener.receiver, "127.0.0.1:0") as url:
            arguments = (url, senders, range(deliveries), results)
            process = multiprocessing.get_context("spawn").Process(target=send_all, args=arguments, daemon=True)
            process.start()
            seconds, times, statuses = await anyio.to_thread.run_sync(results.get)
            process.join()
        p50, p99 = (1000 * quantile(times, part) for part in (0.5, 0.99))
        answers = ", ".join(f"{number:,} x {status}" for status, number in statuses.items())
        return [f"{senders} at once", deliveries / seconds, p50, p99, listener.stats().rows_ended, answers]


def free_port() -> int:
    """Return a port that is free now."""
    import socket  # noqa: PLC0415 (of no other use here)

    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


JOBS, QUICK_JOBS = 1000, 200
DELIVERIES, QUICK_DELIVERIES = 5000, 1000
SPEED = 20.0
LOSSES = (0.0, 0.01, 0.2)
RUN_COLUMNS = (
    Column("way"),
    Column("requests/job", ".3f"),
    Column("lag p50 ms", ",.0f", meaning="real milliseconds between the end of a job and its outcome"),
    Column("p99 ms", ",.0f"),
    Column("p50 s", ".2f", meaning="the same in seconds of the service"),
    Column("p99 s", ".1f"),
    Column("jobs/min", ".0f"),
)
FAULT_COLUMNS = (
    Column("with every fault"),
    Column("lost", "d"),
    Column("doubled", "d"),
    Column("paid twice", "d"),
    Column("answered", "d"),
    Column("forged", "d"),
    Column("believed", "d"),
)
RECEIVE_COLUMNS = (
    Column("senders"),
    Column("deliveries/s", ",.0f"),
    Column("answer p50 ms"),
    Column("p99 ms"),
    Column("rows ended", ",d"),
    Column("answers"),
)


async def runs(jobs: int, speed: float) -> dict[str, Measured]:
    """Run the jobs in every way."""
    found = {
        f"webhooks, {lost:.0%} lost": await run(jobs, speed, push=True, faults={"webhook_lost": lost})
        for lost in LOSSES
    }
    found["learned polling"] = await run(jobs, speed, push=False)
    found[f"a poll every {LOOP_SECONDS:g} s"] = await vendors_loop(jobs, speed)
    found["webhooks, every fault"] = await run(jobs, speed, push=True, faults=FAULTY)
    return found


def _run_row(way: str, measured: Measured) -> list[Cell]:
    lags = sorted(measured.lags)
    p50, p99 = quantile(lags, 0.5), quantile(lags, 0.99)
    pace, real = measured.jobs / measured.seconds * 60, 1000 / measured.speed
    return [way, measured.requests / measured.jobs, p50 * real, p99 * real, p50, p99, pace]


def _faults_row(measured: Measured) -> list[Cell]:
    doubled = sum(measured.outcomes.values()) - len(measured.outcomes)
    believed = sum(number for status, number in measured.forged.items() if 200 <= status < 300)  # noqa: PLR2004 (HTTP)
    lost, twice = measured.jobs - len(measured.outcomes), measured.paid - measured.jobs
    answered = measured.statuses["completed"]
    return [f"{measured.jobs:,} jobs", lost, doubled, twice, answered, measured.forged.total(), believed]


def answer(
    quick: bool,
    seeds: Sequence[int],
    *,
    jobs: int = 0,
    deliveries: int = 0,
    speed: float = SPEED,
    senders: Sequence[int] = SENDERS,
) -> Report:
    """Run the jobs in every way, and flood the receiver; once, whatever the number of *seeds*."""
    del seeds
    jobs = jobs or (QUICK_JOBS if quick else JOBS)
    deliveries = deliveries or (QUICK_DELIVERIES if quick else DELIVERIES)
    found = anyio.run(runs, jobs, speed)
    faults = [_faults_row(found["webhooks, every fault"])]
    tables = [
        Table(f"Research jobs at {speed:g} times real speed", RUN_COLUMNS, [_run_row(*one) for one in found.items()]),
        Table("Deliveries lost, doubled, reordered and forged", FAULT_COLUMNS, faults),
        Table("Deliveries of 2 kB", RECEIVE_COLUMNS, [anyio.run(receive, number, deliveries) for number in senders]),
    ]
    dots = [(way, [Dot("requests", *[one.requests / one.jobs] * 3)]) for way, one in found.items()]
    chart = Dots("Requests a job over real HTTP", "requests", dots)
    return Report({"jobs": jobs, "deliveries": deliveries, "speed": speed}, tables, {"": chart})
