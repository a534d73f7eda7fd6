"""How many jobs a minute does each polling policy get through one key?

Three policies enrich the same companies on the same simulator (same seed, same run times, 500 requests a minute in a
sliding window), in virtual time: the vendor's published loop (10 jobs in flight, each polled every 10 s), the same loop
with everything in flight at once and every request first come first served, and `JobRunner`. The lag is the time
between a job's end and the poll that saw it: what everything at once gains in jobs it pays in lag.

"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from statistics import fmean

import anyio

from benchmarks.results import Cell, Column, Dot, Dots, Report, Spread, Table, quantile
from sixtyfour_async import AsyncClient, CompanyIntelligence, JobRunner
from sixtyfour_async._client.client import pipeline_of
from sixtyfour_async.simulator import Simulator, SimulatorSettings, companies
from sixtyfour_async.testing import VirtualTimeLoop, simulated

ROWS, QUICK_ROWS = 1510, 400
POLL_INTERVAL_SECONDS = 10.0
VENDOR_IN_FLIGHT = 10

OnAnswer = Callable[[str], None]
Policy = Callable[[AsyncClient, list[CompanyIntelligence], OnAnswer], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table. ``minutes`` and ``lag`` (median, seconds; ``mean`` and ``p95``) are in simulated time."""

    answered: int
    minutes: float
    requests: int
    throttled: int
    peak: int
    lag: float
    mean: float
    p95: float

    @property
    def per_minute(self) -> float:
        """Jobs a minute over the whole run."""
        return self.answered / self.minutes


async def poll_every_ten_seconds(
    client: AsyncClient, questions: list[CompanyIntelligence], on_answer: OnAnswer, in_flight: int
) -> None:
    """Keep so many jobs in flight and poll each every 10 s; every request waits for the client's own budget."""
    slots = anyio.Semaphore(in_flight)

    async def run_one(question: CompanyIntelligence) -> None:
        async with slots:
            job = await client.submit(question)
            running = True
            while running:
                await anyio.sleep(POLL_INTERVAL_SECONDS)
                running = (await job.report()).state == "running"
            on_answer(job.id)

    async with anyio.create_task_group() as tasks:
        for question in questions:
            tasks.start_soon(run_one, question)


async def vendor(client: AsyncClient, questions: list[CompanyIntelligence], on_answer: OnAnswer) -> None:
    """Do as the vendor's published benchmark script does: 10 in flight, a poll every 10 s."""
    await poll_every_ten_seconds(client, questions, on_answer, VENDOR_IN_FLIGHT)


async def unlimited(client: AsyncClient, questions: list[CompanyIntelligence], on_answer: OnAnswer) -> None:
    """Do the same with everything in flight at once."""
    await poll_every_ten_seconds(client, questions, on_answer, len(questions))


async def runner(client: AsyncClient, questions: list[CompanyIntelligence], on_answer: OnAnswer) -> None:
    """Run all questions through `JobRunner`."""
    async with JobRunner(client) as jobs:
        async for outcome in jobs.map(questions):
            on_answer(outcome.job_id or "")


async def measure(policy: Policy, rows: int, tier: str, seed: int) -> Measured:
    """Run one policy on a fresh simulator."""
    async with simulated(SimulatorSettings(window="sliding", seed=seed)) as (client, simulator):
        questions = [
            CompanyIntelligence(
                target_company={"company_name": company.company_name, "website": company.website},
                struct={"headquarters": "Where the head office is"},
                tier=tier,
            )
            for company in companies()[:rows]
        ]
        started = pipeline_of(client).clock.now()
        answered_at: dict[str, float] = {}
        await policy(client, questions, lambda job_id: answered_at.update({job_id: simulator.clock.now()}))
        return _measured(simulator, answered_at, (pipeline_of(client).clock.now() - started) / 60)


def _measured(simulator: Simulator, answered_at: dict[str, float], minutes: float) -> Measured:
    books = simulator.books
    lags = sorted(answered_at[job.id] - job.ends_at for job in books.jobs)
    p50, p95 = quantile(lags, 0.5), quantile(lags, 0.95)
    requests = len(books.requests)
    return Measured(len(answered_at), minutes, requests, books.throttled, books.peak(), p50, fmean(lags), p95)


def measure_all(rows: int, tier: str, seeds: Sequence[int]) -> dict[str, list[Measured]]:
    """Run every policy on the simulator of each seed, in virtual time."""
    loop = {"loop_factory": VirtualTimeLoop}
    return {
        name: [anyio.run(measure, policy, rows, tier, seed, backend_options=loop) for seed in seeds]
        for name, policy in POLICIES.items()
    }


POLICIES: dict[str, Policy] = {
    "vendor's loop: 10 in flight, every 10 s": vendor,
    "everything at once, every 10 s, paced": unlimited,
    "JobRunner": runner,
}
COLUMNS = (
    Column("policy"),
    Column("rows", ".0f"),
    Column("jobs/min", range=True),
    Column("ratio", meaning="jobs a minute as a multiple of the vendor's loop"),
    Column("req/job"),
    Column("lag p50", meaning="seconds between a job's end and the poll that saw it; then mean, 95th percentile"),
    Column("mean"),
    Column("p95"),
    Column("peak", ".0f", meaning="most requests in a minute"),
    Column("429s", ".0f"),
)


def answer(quick: bool, seeds: Sequence[int], *, rows: int = 0, tier: str = "low") -> Report:
    """Compare the policies on the simulator of each seed."""
    rows = rows or (QUICK_ROWS if quick else ROWS)
    found = measure_all(rows, tier, seeds)
    vendors = Spread.over(next(iter(found.values())), lambda one: one.per_minute)
    cells, dots = list[list[Cell]](), list[tuple[str, list[Dot]]]()
    for name, runs in found.items():
        pace = Spread.over(runs, lambda one: one.per_minute)
        cells.append(_row(name, runs, pace, pace.over_each(vendors)))
        dots.append((name.partition(":")[0], [Dot("jobs a minute", pace.median, pace.low, pace.high)]))
    chart = Dots("Jobs a minute through one key", "jobs a minute", dots)
    return Report({"rows": rows}, [Table(f"Simulator, tier {tier}, virtual time", COLUMNS, cells)], {"": chart})


def _row(name: str, runs: Sequence[Measured], pace: Spread, ratio: Spread) -> list[Cell]:
    lags = [Spread.over(runs, number) for number in map(attrgetter, ("lag", "mean", "p95"))]
    requests = Spread.over(runs, lambda one: one.requests / one.answered)
    limits = [Spread.over(runs, lambda one: one.peak), Spread.over(runs, lambda one: one.throttled)]
    return [name, Spread.over(runs, lambda one: one.answered), pace, ratio, requests, *lags, *limits]
