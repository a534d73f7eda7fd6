"""How many jobs a minute does each polling policy get through one key?

Three policies enrich the same companies on the same simulator (same seed, same run times, 500 requests a minute in a
sliding window), in virtual time: the vendor's published loop (10 jobs in flight, each polled every 10 s), the same loop
with everything in flight at once and every request first come first served, and `JobRunner`. The lag is the time
between a job's end and the poll that saw it: what everything at once gains in jobs it pays in lag.

    python -m benchmarks.first_light [--rows 1510] [--tier low]
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median

import anyio

from sixtyfour_async import AsyncClient, CompanyIntelligence, JobRunner
from sixtyfour_async._client.client import pipeline_of
from sixtyfour_async.simulator import Simulator, SimulatorSettings, companies
from sixtyfour_async.testing import VirtualTimeLoop, simulated

POLL_INTERVAL_SECONDS = 10.0
VENDOR_IN_FLIGHT = 10

OnAnswer = Callable[[str], None]
Policy = Callable[[AsyncClient, list[CompanyIntelligence], OnAnswer], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table. ``minutes`` and ``lag`` (median, seconds) are in simulated time."""

    answered: int
    minutes: float
    requests: int
    throttled: int
    peak: int
    lag: float

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


async def measure(policy: Policy, rows: int, tier: str) -> Measured:
    """Run one policy on a fresh simulator."""
    async with simulated(SimulatorSettings(window="sliding")) as (client, simulator):
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
    lag = median(answered_at[job.id] - job.ends_at for job in books.jobs)
    return Measured(len(answered_at), minutes, len(books.requests), books.throttled, books.peak(), lag)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description="Compare polling policies.")
    options.add_argument("--rows", type=int, default=1510)
    options.add_argument("--tier", default="low")
    chosen = options.parse_args()
    policies: dict[str, Policy] = {
        "vendor's loop: 10 in flight, every 10 s": vendor,
        "everything at once, every 10 s, paced": unlimited,
        "JobRunner": runner,
    }
    print(f"{chosen.rows} rows, tier {chosen.tier}, Python {platform.python_version()}, virtual time")
    titles = {"policy": -42, "answered": 9, "minutes": 9, "jobs/min": 10, "ratio": 7, "req/job": 9, "lag s": 7}
    titles |= {"peak/min": 10, "429s": 6}
    print("".join(f"{title:{'<' if width < 0 else '>'}{abs(width)}}" for title, width in titles.items()))
    baseline = 0.0
    for name, policy in policies.items():
        line = anyio.run(measure, policy, chosen.rows, chosen.tier, backend_options={"loop_factory": VirtualTimeLoop})
        baseline = baseline or line.per_minute
        print(
            f"{name:<42}{line.answered:>9}{line.minutes:>9.1f}{line.per_minute:>10.1f}"
            f"{line.per_minute / baseline:>7.1f}{line.requests / line.answered:>9.1f}"
            f"{line.lag:>7.1f}{line.peak:>10}{line.throttled:>6}"
        )


if __name__ == "__main__":
    main()
