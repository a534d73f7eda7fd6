"""What does it cost to share a key: the pace of several processes relative to one's, and visits to the database.

Real processes, a simulator over HTTP with its rate limiter on, bulk runs that never end, margin and burst as always.
The pace is counted at the server, in service seconds after all have started; visits are the times that the row of the
key was written. A pace of 1.00 is that of one process that shares with nobody. A share lives for 0.75 service seconds:
at a high speed, or on a busy machine, some die under way, and the pace says more about the machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import anyio

from benchmarks.results import Cell, Column, Dot, Dots, Report, Spread, Table
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
    program = [sys.executable, "-m", "benchmarks.fleet"]
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


async def measure(
    processes: int, budget: str | None, speed: float, seconds: float, warm_up: float = WARM_UP_SECONDS
) -> Measured:
    """Measure one line.

    Args:
        processes: How many share the key.
        budget: What they share it by; None for one process on a budget of its own.
        speed: Service seconds in a real one.
        seconds: Service seconds to count in.
        warm_up: Service seconds before that.
    """
    simulator = Simulator(SimulatorSettings(speed=speed, limit=LIMIT, window="sliding"))
    async with serve(simulator) as url:
        with running(processes, url, budget, speed):
            while len(simulator.books.requests) < processes * 2:  # noqa: ASYNC110 (the books have no event)
                await anyio.sleep(0.05)
            await anyio.sleep(warm_up / speed)
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


async def compare(processes: Sequence[int], speed: float, seconds: float, warm_up: float) -> list[tuple[str, Measured]]:
    """Measure one process alone, and each number of processes that share a key."""
    lines = [("nothing", await measure(1, None, speed, seconds, warm_up))]
    postgres = os.environ.get(POSTGRES)
    with tempfile.TemporaryDirectory() as folder:
        for kind, place in (("a file", folder), ("PostgreSQL", postgres)):
            if place is None:
                continue
            for number in processes:
                budget = str(Path(folder) / f"{number}.db") if kind == "a file" else place
                lines.append((kind, await measure(number, budget, speed, seconds, warm_up)))
    return lines


POSTGRES = "BENCHMARKS_POSTGRES"
"""Environment variable with the URL of a database that is measured, too."""

PROCESSES, QUICK_PROCESSES = (1, 2, 4, 8), (2,)
SECONDS, QUICK_SECONDS = 180.0, 60.0
SPEED, QUICK_SPEED = 1.0, 4.0
COLUMNS = (
    Column("shared by"),
    Column("processes", "d"),
    Column("pace/s", ".2f", range=True),
    Column("relative", ".3f", range=True, meaning="as a multiple of one process that shares with nobody"),
    Column("most/min", ".0f"),
    Column("429s", ".0f"),
    Column("visits/request", ".2f"),
)


def answer(
    quick: bool,
    seeds: Sequence[int],
    *,
    processes: Sequence[int] | None = None,
    speed: float = 0.0,
    seconds: float = 0.0,
    warm_up: float = WARM_UP_SECONDS,
) -> Report:
    """Measure every line, a round for each seed."""
    if processes is None:
        processes = QUICK_PROCESSES if quick else PROCESSES
    speed, seconds = speed or (QUICK_SPEED if quick else SPEED), seconds or (QUICK_SECONDS if quick else SECONDS)
    rounds = [anyio.run(compare, processes, speed, seconds, warm_up) for _ in seeds]
    alone = Spread.over(rounds, lambda lines: lines[0][1].pace)
    cells, dots = list[list[Cell]](), list[tuple[str, list[Dot]]]()
    for lines in zip(*rounds, strict=True):
        kind, same = lines[0][0], [line for _, line in lines]
        pace = Spread.over(same, lambda line: line.pace)
        relative = pace.over_each(alone)
        most, refused = max(line.busiest for line in same), max(line.refused for line in same)
        visits = Spread.over(same, lambda line: line.visits)
        cells.append([kind, same[0].processes, pace, relative, most, refused, visits])
        dots.append((f"{kind}, {same[0].processes}", [Dot("pace", relative.median, relative.low, relative.high)]))
    chart = Dots("Pace of processes that share a key", "as a multiple of one process alone", dots, reference=1.0)
    table = Table(f"Real processes at {speed:g} times real speed", COLUMNS, cells)
    notes = () if POSTGRES in os.environ else (f"PostgreSQL is measured where {POSTGRES} names a database.",)
    return Report({"service seconds": seconds, "speed": speed}, [table], {"": chart}, notes)


if __name__ == "__main__":
    anyio.run(work, *json.loads(sys.argv[1]))
