"""What do webhooks bring over real HTTP? `benchmarks.push` has the same jobs in virtual time, and more of them.

First, a run: requests a job, and the lag between a job's end and its outcome, in real milliseconds and in the service's
seconds, with webhooks of which a part is lost wholly, by learned polling, and in a loop like the vendor's, which polls
every job every 10 s, but with all jobs in flight. In turns, whose order is reversed every other round. Then the same
with 20 % of all deliveries lost, and 10 % each doubled, reordered and forged, and a count of what went wrong. The
simulator, the receiver behind uvicorn, and the runner share one process, so that the books can be read: on a busy
machine the lags are upper bounds.

Then the receiver alone, with its journal on the disk: deliveries a second from many senders at once in another process,
and the median and the 99th percentile of the time to an answer.
"""

from __future__ import annotations

import json
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

import anyio
import anyio.to_thread
import httpx
from pydantic import JsonValue

from benchmarks.results import Cell, Column, Dot, Dots, Report, Spread, Table
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
        paid_twice: Submits of a row beyond its first.
    """

    jobs: int
    requests: int = 0
    speed: float = 1.0
    seconds: float = 0.0
    lags: list[float] = field(default_factory=list[float])
    outcomes: Counter[str] = field(default_factory=Counter[str])
    statuses: Counter[str] = field(default_factory=Counter[str])
    forged: Counter[int] = field(default_factory=Counter[int])
    paid_twice: int = 0


@asynccontextmanager
async def service(
    speed: float, seed: int, faults: Mapping[str, float]
) -> AsyncGenerator[tuple[Simulator, AsyncClient, str]]:
    """Yield a simulator over HTTP, a client of it, and the secret that it signs with."""
    simulator = Simulator(SimulatorSettings(speed=speed, seed=seed, faults=dict(faults)))
    async with (
        serve(simulator) as url,
        AsyncClient(api_key=DEFAULT_KEY, base_url=url, speed=speed) as client,
        httpx.AsyncClient(base_url=url, headers={"x-api-key": DEFAULT_KEY}) as admin,
    ):
        secret = (await admin.post("/webhooks/signing-secret")).json()["plaintext"]
        simulator.books.requests.clear()
        yield simulator, client, secret


async def run(
    jobs: int, speed: float, seed: int, *, push: bool = True, faults: Mapping[str, float] | None = None
) -> Measured:
    """Run jobs through a `JobRunner` with its journal on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        async with service(speed, seed, faults or {}) as (simulator, client, secret):
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
    measured.requests = len(books.requests)
    measured.paid_twice = sum(times - 1 for times in books.repeated.values())
    measured.lags = [max(0.0, seen[job.id] - job.ends_at) for job in books.jobs if job.id in seen]
    measured.forged = Counter(entry.status for entry in books.deliveries if entry.fault == "webhook_forged")
    return measured


async def fixed_loop(jobs: int, speed: float, seed: int) -> Measured:
    """Submit every job, and poll each every `LOOP_SECONDS` until it has ended."""
    async with service(speed, seed, {}) as (simulator, client, _):
        measured, seen, began = Measured(jobs, speed=speed), dict[str, float](), simulator.clock.now()

        async def one(operation: Question) -> None:
            job, state = await client.submit(operation), JobState.RUNNING
            while state is JobState.RUNNING:
                await anyio.sleep(LOOP_SECONDS / speed)
                state = (await job.report()).state
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


@dataclass(frozen=True, slots=True)
class Received:
    """A flood of deliveries.

    Attributes:
        per_second: Deliveries a second.
        times: Seconds until each answer, in order.
        rows_ended: Rows of the journal that they ended.
        statuses: Number of answers by status; 0 where there was none.
    """

    per_second: float
    times: Sequence[float]
    rows_ended: int
    statuses: Mapping[int, int]


async def receive(senders: int, deliveries: int) -> Received:
    """Measure how fast a journal takes deliveries."""
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
        return Received(deliveries / seconds, times, listener.stats().rows_ended, statuses)


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
    Column("p50 s", ".2f", meaning="the same in seconds of the service, then their mean and percentiles"),
    Column("mean", ".2f"),
    Column("p95"),
    Column("p99"),
    Column("jobs/min", ".0f", range=True),
)
FAULT_COLUMNS = (
    Column("with every fault"),
    Column("lost", ".0f", range=True, meaning="jobs without an outcome"),
    Column("doubled", ".0f", range=True),
    Column("paid twice", ".0f", range=True),
    Column("answered", ".0f", meaning="jobs with an answer; where nothing was found there is none"),
    Column("forged", ".0f"),
    Column("believed", ".0f", range=True),
)
RECEIVE_COLUMNS = (
    Column("senders"),
    Column("deliveries/s", ",.0f", range=True),
    Column("answer p50 ms"),
    Column("p99 ms"),
    Column("rows ended", ",.0f"),
    Column("refused", ".0f", range=True, meaning="deliveries that got no 204"),
)


LEARNED, FIXED, EVERY_FAULT = "learned polling", f"a poll every {LOOP_SECONDS:g} s", "webhooks, every fault"
WAYS: Mapping[str, Callable[[int, float, int], Awaitable[Measured]]] = {
    **{f"webhooks, {lost:.0%} lost": partial(run, faults={"webhook_lost": lost}) for lost in LOSSES},
    LEARNED: partial(run, push=False),
    FIXED: fixed_loop,
    EVERY_FAULT: partial(run, faults=FAULTY),
}
"""Name → a run of so many jobs, at a speed, with a seed."""


def rounds(jobs: int, speed: float, seeds: Sequence[int]) -> dict[str, list[Measured]]:
    """Run the jobs in every way, a round for each seed."""
    found: dict[str, list[Measured]] = {way: [] for way in WAYS}
    for number, seed in enumerate(seeds):
        for way in reversed(list(WAYS)) if number % 2 else WAYS:
            found[way].append(anyio.run(WAYS[way], jobs, speed, seed))
    return found


def _run_row(way: str, runs: Sequence[Measured]) -> list[Cell]:
    lags = [sorted(one.lags) for one in runs]
    p50, p95, p99 = (Spread.of_quantiles(lags, part) for part in (0.5, 0.95, 0.99))
    real = Spread(tuple(1000 * lag / one.speed for lag, one in zip(p50.values, runs, strict=True)))
    requests = Spread.over(runs, lambda one: one.requests / one.jobs)
    pace = Spread.over(runs, lambda one: one.jobs / one.seconds * 60)
    return [way, requests, real, p50, Spread.over(lags, fmean), p95, p99, pace]


def _faults_row(runs: Sequence[Measured]) -> list[Cell]:
    numbers: Sequence[Callable[[Measured], float]] = (
        lambda one: one.jobs - len(one.outcomes),
        lambda one: sum(one.outcomes.values()) - len(one.outcomes),
        lambda one: one.paid_twice,
        lambda one: one.statuses["completed"],
        lambda one: one.forged.total(),
        lambda one: sum(number for status, number in one.forged.items() if 200 <= status < 300),  # noqa: PLR2004 (HTTP)
    )
    return [f"{runs[0].jobs:,} jobs", *(Spread.over(runs, number) for number in numbers)]


def _receive_row(senders: int, runs: Sequence[Received]) -> list[Cell]:
    p50, p99 = (
        Spread.of_quantiles([[1000 * time for time in one.times] for one in runs], part) for part in (0.5, 0.99)
    )
    refused = Spread.over(runs, lambda one: sum(one.statuses.values()) - one.statuses.get(204, 0))
    pace, ended = Spread.over(runs, lambda one: one.per_second), Spread.over(runs, lambda one: one.rows_ended)
    return [f"{senders} at once", pace, p50, p99, ended, refused]


def answer(
    quick: bool,
    seeds: Sequence[int],
    *,
    jobs: int = 0,
    deliveries: int = 0,
    speed: float = SPEED,
    senders: Sequence[int] = SENDERS,
) -> Report:
    """Run the jobs in every way, and flood the receiver, a round for each seed."""
    jobs = jobs or (QUICK_JOBS if quick else JOBS)
    deliveries = deliveries or (QUICK_DELIVERIES if quick else DELIVERIES)
    found = rounds(jobs, speed, seeds)
    received = {number: [anyio.run(receive, number, deliveries) for _ in seeds] for number in senders}
    tables = [
        Table(f"Research jobs at {speed:g} times real speed", RUN_COLUMNS, [_run_row(*one) for one in found.items()]),
        Table("Deliveries lost, doubled, reordered and forged", FAULT_COLUMNS, [_faults_row(found[EVERY_FAULT])]),
        Table("Deliveries of 2 kB", RECEIVE_COLUMNS, [_receive_row(*one) for one in received.items()]),
    ]
    requests = {way: Spread.over(some, lambda one: one.requests / one.jobs) for way, some in found.items()}
    dots = [(way, [Dot("requests", one.median, one.low, one.high)]) for way, one in requests.items()]
    chart = Dots("Requests a job over real HTTP", "requests", dots)
    return Report({"jobs": jobs, "deliveries": deliveries, "speed": speed}, tables, {"": chart}, NOTES)


NOTES: Sequence[str] = (
    "The loop is paced by the same budget and client as ours. A longer interval takes fewer requests, and more lag.",
)
