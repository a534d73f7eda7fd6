"""What does it cost to share a key: the pace of several processes relative to one's, and visits to the database.

Real processes, a simulator over HTTP with its rate limiter on, bulk runs that never end, margin and burst as always.
The pace is counted at the server, in service seconds after all have started; visits are the times that the row of the
key was written. A pace of 1.00 is that of one process that shares with nobody. A share lives for 0.75 service seconds:
at a high speed, or on a busy machine, some die under way, and the pace says more about the machine.

    python -m benchmarks.fleet [--processes 1 2 4 8] [--seconds 180] [--speed 1] [--postgres URL] [--quick]

``--quick`` measures two processes for a third of the time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import anyio

from sixtyfour_async import AsyncClient, JobRunner, PeopleIntelligence
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.simulator.serving.server import serve

LIMIT = 500
WARM_UP_SECONDS = 60.0
"""Service seconds before counting begins: the burst, the lease of the first process, the first polls."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table.

    Attributes:
        processes: How many shared the key.
        pace: Requests in a service second.
        busiest: Most requests in any service minute.
        refused: Answers with status 429.
        visits: Visits to the database for each request; 0.0 without one.
    """

    processes: int
    pace: float
    busiest: int
    refused: int
    visits: float


def questions(seed: int) -> Iterator[PeopleIntelligence[Any]]:
    """Yield rows without end."""
    for number in count():
        yield PeopleIntelligence(
            lead_info={"name": f"Person {number} of {seed}", "company": "Acme"}, struct={"age": "x"}
        )


async def work(url: str, budget: str | None, speed: float, seed: int) -> None:
    """Run a bulk run in this process until it is ended."""
    async with (
        AsyncClient(DEFAULT_KEY, base_url=url, budget=budget, requests_per_minute=LIMIT, speed=speed) as client,
        JobRunner(client) as runner,
    ):
        async for _ in runner.map(questions(seed)):
            pass


@contextmanager
def running(processes: int, url: str, budget: str | None, speed: float) -> Generator[None, None, None]:
    """Run processes, and end them."""
    program = [sys.executable, "-m", "benchmarks.fleet", "--work"]
    started = [
        subprocess.Popen([*program, json.dumps([url, budget, speed, seed])])  # noqa: S603 (our own module)
        for seed in range(processes)
    ]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def visits_of(budget: str | None) -> int:
    """Return how often the row of the key was written."""
    name = hashlib.sha256(DEFAULT_KEY.encode()).hexdigest()
    query = "SELECT version FROM {} WHERE key = {}"
    if budget is None:
        return 0
    if "://" in budget:
        import psycopg  # noqa: PLC0415 (an extra)

        with psycopg.connect(budget) as database:
            row = database.execute(query.format("sixtyfour_budgets", "%s").encode(), (name,)).fetchone()
    else:
        with closing(sqlite3.connect(budget + "-budget")) as file:
            row = file.execute(query.format("budgets", "?"), (name,)).fetchone()
    return 0 if row is None else int(row[0])


async def measure(processes: int, budget: str | None, speed: float, seconds: float) -> Measured:
    """Measure one line.

    Args:
        processes: How many share the key.
        budget: What they share it by; None for one process on a budget of its own.
        speed: Service seconds in a real one.
        seconds: Service seconds to count in.
    """
    simulator = Simulator(SimulatorSettings(speed=speed, limit=LIMIT, window="sliding"))
    async with serve(simulator) as url:
        with running(processes, url, budget, speed):
            while len(simulator.books.requests) < processes * 2:  # noqa: ASYNC110 (the books have no event)
                await anyio.sleep(0.05)
            await anyio.sleep(WARM_UP_SECONDS / speed)
            before, start = visits_of(budget), simulator.clock.now()
            await anyio.sleep(seconds / speed)
            after, end = visits_of(budget), simulator.clock.now()
    sent = [entry.at for entry in simulator.books.requests]
    counted = sum(start <= at < end for at in sent)
    return Measured(
        processes, counted / (end - start), busiest(sent), simulator.books.throttled, (after - before) / max(1, counted)
    )


def busiest(sent: list[float]) -> int:
    """Return the most requests in any service minute."""
    most = first = 0
    for last, at in enumerate(sent):
        while sent[first] <= at - 60:
            first += 1
        most = max(most, last - first + 1)
    return most


async def compare(processes: list[int], speed: float, seconds: float, postgres: str | None) -> list[Measured]:
    """Measure all lines and print them."""
    alone = await measure(1, None, speed, seconds)
    print(
        f"{'shared by':<12}{'processes':>10}{'pace/s':>9}{'relative':>10}"
        f"{'most/min':>10}{'429':>5}{'visits/request':>16}"
    )
    lines = [alone]
    show("nothing", alone, alone)
    with tempfile.TemporaryDirectory() as folder:
        for kind, place in (("a file", folder), ("PostgreSQL", postgres)):
            for number in processes if place is not None else []:
                budget = str(Path(folder) / f"{number}.db") if kind == "a file" else place
                lines.append(await measure(number, budget, speed, seconds))
                show(kind, lines[-1], alone)
    return lines


def show(kind: str, line: Measured, alone: Measured) -> None:
    """Print a line."""
    print(
        f"{kind:<12}{line.processes:>10}{line.pace:>9.2f}{line.pace / alone.pace:>10.3f}{line.busiest:>10}"
        f"{line.refused:>5}{line.visits:>16.2f}",
        flush=True,
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--seconds", type=float, default=180.0, help="service seconds to count in")
    parser.add_argument("--speed", type=float, default=1.0, help="service seconds in a real one")
    parser.add_argument("--postgres", metavar="URL", help="measure a database, too")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        anyio.run(work, *json.loads(options.work))
        return
    processes, seconds = ([2], options.seconds / 3) if options.quick else (options.processes, options.seconds)
    anyio.run(compare, processes, options.speed, seconds, options.postgres)


if __name__ == "__main__":
    main()
