"""What does it cost to share a key: pace, claims, requests to the database; and what does a journal cost?

Real processes, a simulator over HTTP with its rate limiter on, bulk runs that never end, margin and burst as always.
In turns, whose order is reversed every other round.
The pace is counted at the server, in service seconds after all have started; visits are the times that the row of the
key was written. A pace of 1.00 is that of one process that shares with nobody. A share lives for 0.75 service seconds:
at a high speed, or on a busy machine, some die under way, and the pace says more about the machine.

Where the rows are shared besides, in a journal in PostgreSQL, the server counts its transactions, each of them one
request to the database: those for the budget, the rows and their answers, the heartbeats and the looks for changes.

Claims: processes take new rows in one journal as fast as they can, each from `CLAIMANTS` tasks at once, one row at a
time, which share commits as a runner's tasks do. A key's 500 requests a minute need some four claims a second.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import anyio

from benchmarks import journal_cost
from benchmarks.postgres import MISSING, new_schema, postgres_database, server_version, transactions
from benchmarks.results import Cell, Column, Dot, Dots, Report, Spread, Table, quantile
from sixtyfour_async import AsyncClient, Entry, JobRunner, PeopleIntelligence, PostgresJournal, SqliteJournal
from sixtyfour_async._journal.sharing import Limits
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
        visits: Visits to the row of the key for each request; 0.0 without one.
        transactions: Transactions of the database for each request; None where no server counts them.
    """

    processes: int
    pace: float
    busiest: int
    refused: int
    visits: float
    transactions: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What processes share: the place of the key's budget, and the journal of the rows, or neither.

    Attributes:
        name: What the tables call it.
        budget: Path or URL.
        journal: URL; None for a journal of its own, in memory, in each process.
    """

    name: str
    budget: str | None = None
    journal: str | None = None


def questions(seed: int) -> Iterator[PeopleIntelligence[Any]]:
    """Yield rows without end."""
    for number in count():
        yield PeopleIntelligence(
            lead_info={"name": f"Person {number} of {seed}", "company": "Acme"}, struct={"age": "x"}
        )


async def work(url: str, budget: str | None, journal: str | None, speed: float, seed: int) -> None:
    """Run a bulk run in this process until it is ended."""
    async with (
        AsyncClient(DEFAULT_KEY, base_url=url, budget=budget, requests_per_minute=LIMIT, speed=speed) as client,
        JobRunner(client, journal=journal) as runner,
    ):
        async for _ in runner.map(questions(seed)):
            pass


@contextmanager
def running(processes: int, url: str, place: Place, speed: float) -> Generator[None, None, None]:
    """Run processes, and end them."""
    orders = [json.dumps([url, place.budget, place.journal, speed, seed]) for seed in range(processes)]
    started = [
        subprocess.Popen([sys.executable, "-m", "benchmarks.fleet", "work", order])  # noqa: S603 (our own module)
        for order in orders
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
    processes: int, place: Place, speed: float, seconds: float, warm_up: float = WARM_UP_SECONDS
) -> Measured:
    """Measure one line.

    Args:
        processes: How many share the key.
        place: What they share it by.
        speed: Service seconds in a real one.
        seconds: Service seconds to count in.
        warm_up: Service seconds before that.
    """
    simulator = Simulator(SimulatorSettings(speed=speed, limit=LIMIT, window="sliding"))
    async with serve(simulator) as url:
        with running(processes, url, place, speed):
            while len(simulator.books.requests) < processes * 2:  # noqa: ASYNC110 (the books have no event)
                await anyio.sleep(0.05)
            await anyio.sleep(warm_up / speed)
            before, ended, start = visits_of(place.budget), _transactions(place), simulator.clock.now()
            await anyio.sleep(seconds / speed)
            after, ended_by_then, end = visits_of(place.budget), _transactions(place), simulator.clock.now()
    sent = [entry.at for entry in simulator.books.requests]
    counted = sum(start <= at < end for at in sent)
    visits = (after - before) / max(1, counted)
    asked = None if ended is None or ended_by_then is None else (ended_by_then - ended) / max(1, counted)
    return Measured(processes, counted / (end - start), busiest(sent), simulator.books.throttled, visits, asked)


def _transactions(place: Place) -> int | None:
    return transactions(place.budget) if place.budget and "://" in place.budget else None


def busiest(sent: list[float]) -> int:
    """Return the most requests in any service minute."""
    most = first = 0
    for last, at in enumerate(sent):
        while sent[first] <= at - 60:
            first += 1
        most = max(most, last - first + 1)
    return most


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Speed, service seconds to count in, and those before them."""

    speed: float
    seconds: float
    warm_up: float


async def compare(
    processes: Sequence[int], under: Circumstances, database: str | None, *, backwards: bool
) -> list[tuple[str, Measured]]:
    """Measure one process alone, and each number of processes that share a key; last to first if *backwards*."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [(1, Place("nothing"))]
        for number in processes:
            lines += [(number, place) for place in places(str(Path(folder) / f"{number}.db"), database, number)]
        found = [
            (place.name, await measure(number, place, under.speed, under.seconds, under.warm_up))
            for number, place in (reversed(lines) if backwards else lines)
        ]
    return found[::-1] if backwards else found


def places(file: str, database: str | None, number: int) -> Iterator[Place]:
    """Yield what so many processes may share, each of them new."""
    yield Place("a file", file)
    if database is not None:
        yield Place("PostgreSQL", new_schema(database, f"fleet_budget_{number}"))
        shared = new_schema(database, f"fleet_journal_{number}")
        yield Place("PostgreSQL, with the rows", shared, shared)


# --- claims ---------------------------------------------------------------------------------------------------------

CLAIMANTS = 20


async def claim(place: str, seconds: float, number: int) -> None:
    """Claim new rows until the time is over; print how many, and the milliseconds that each took."""
    journal = PostgresJournal(place) if "://" in place else SqliteJournal(place)
    await journal.open()
    print("ready", flush=True)
    sys.stdin.readline()
    took, numbers, until = list[float](), count(), time.perf_counter() + seconds

    async def claimant() -> None:
        ended = 0.0
        while ended < until:
            began = time.perf_counter()
            key = f"{number}, {next(numbers)}"
            entry = Entry(key, "people-intelligence", key, json.dumps({"lead_info": {"name": key}}), "intended")
            await journal.claim([entry], Limits())
            ended = time.perf_counter()
            took.append(1000 * (ended - began))

    async with anyio.create_task_group() as tasks:
        for _ in range(CLAIMANTS):
            tasks.start_soon(claimant)
    await journal.close()
    print(json.dumps(took))


def claims(processes: int, place: str, seconds: float) -> tuple[float, float, float]:
    """Return the claims a second of all processes, and the median and 95th percentile of their milliseconds."""
    program = [sys.executable, "-m", "benchmarks.fleet", "claim"]
    started = [
        subprocess.Popen(  # noqa: S603 (our own module)
            [*program, json.dumps([place, seconds, number])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for number in range(processes)
    ]
    try:
        for process in started:
            assert process.stdout is not None  # noqa: S101 (it is a pipe)
            process.stdout.readline()
        for process in started:
            assert process.stdin is not None  # noqa: S101 (the same)
            process.stdin.write("go\n")
            process.stdin.flush()
        found = [json.loads(process.communicate()[0]) for process in started]
    finally:
        for process in started:
            process.kill()
    took = sorted(one for some in found for one in some)
    return len(took) / seconds, quantile(took, 0.5), quantile(took, 0.95)


def claim_table(processes: Sequence[int], seconds: float, rounds: Sequence[int], database: str | None) -> Table:
    """Measure the claims of each number of processes on each kind of journal, in turns."""
    found = dict[tuple[str, int], list[tuple[float, float, float]]]()
    for number in rounds:
        for many in processes:
            with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:  # not in /tmp: memory flushes for free
                found.setdefault(("a file", many), []).append(claims(many, str(Path(folder) / "run.db"), seconds))
            if database is not None:
                place = new_schema(database, f"fleet_claims_{number}_{many}")
                found.setdefault(("PostgreSQL", many), []).append(claims(many, place, seconds))
    cells: list[list[Cell]] = [
        [kind, many, *(Spread(column) for column in zip(*runs, strict=True))] for (kind, many), runs in found.items()
    ]
    return Table(f"Rows claimed in one journal, {CLAIMANTS} at a time in each process", CLAIM_COLUMNS, cells)


PROCESSES, QUICK_PROCESSES = (1, 2, 4, 8), (2,)
SECONDS = 180.0
SPEED, QUICK_SPEED = 1.0, 4.0
QUICK_WARM_UP_SECONDS, QUICK_SECONDS = 12.0, 28.0
CLAIM_PROCESSES, QUICK_CLAIM_PROCESSES = (1, 2, 4, 8), (1, 4)
CLAIM_SECONDS, QUICK_CLAIM_SECONDS = 10.0, 1.0
COLUMNS = (
    Column("shared by"),
    Column("processes", "d"),
    Column("pace/s", ".2f", range=True),
    Column("relative", ".3f", range=True, meaning="as a multiple of one process that shares with nobody"),
    Column("most/min", ".0f"),
    Column("429s", ".0f"),
    Column("visits", ".2f", meaning="to the row of the key, for each request to the service"),
    Column("transactions", ".2f", meaning="of the database, for each request to the service"),
)
CLAIM_COLUMNS = (
    Column("journal in"),
    Column("processes", "d"),
    Column("claims/s", ",.0f", range=True, meaning="of all processes together; durable"),
    Column("p50 ms", ".1f", meaning="of one claim, then its 95th percentile"),
    Column("p95 ms", ".1f"),
)


def answer(
    quick: bool,
    seeds: Sequence[int],
    *,
    processes: Sequence[int] | None = None,
    speed: float = 0.0,
    seconds: float = 0.0,
    warm_up: float = 0.0,
    claim_processes: Sequence[int] | None = None,
    claim_seconds: float = 0.0,
    rows: int = 0,
    postgres: bool = True,
) -> Report:
    """Measure every line, a round for each seed."""
    if processes is None:
        processes = QUICK_PROCESSES if quick else PROCESSES
    if claim_processes is None:
        claim_processes = QUICK_CLAIM_PROCESSES if quick else CLAIM_PROCESSES
    speed, seconds = speed or (QUICK_SPEED if quick else SPEED), seconds or (QUICK_SECONDS if quick else SECONDS)
    warm_up = warm_up or (QUICK_WARM_UP_SECONDS if quick else WARM_UP_SECONDS)
    claim_seconds = claim_seconds or (QUICK_CLAIM_SECONDS if quick else CLAIM_SECONDS)
    rows = rows or (journal_cost.QUICK_ROWS if quick else journal_cost.ROWS)
    with postgres_database() if postgres else nullcontext() as database:
        under = Circumstances(speed, seconds, warm_up)
        rounds = [
            anyio.run(partial(compare, processes, under, database, backwards=bool(number % 2)))
            for number, _ in enumerate(seeds)
        ]
        claimed = claim_table(claim_processes, claim_seconds, seeds, database)
        notes = (*NOTES, server_version(database) if database else MISSING)
        cost, cost_chart = journal_cost.journal_cost(rows, seeds, database)
    table, chart = pace_of(rounds, speed)
    n = {"service seconds": seconds, "speed": speed, "rows": rows, "seconds of claims": claim_seconds}
    charts = {"": chart, "journal": cost_chart}
    return Report(n, [table, claimed, cost], charts, notes)


def pace_of(rounds: Sequence[Sequence[tuple[str, Measured]]], speed: float) -> tuple[Table, Dots]:
    """Return the pace of processes that share a key, as a table and a chart."""
    alone = Spread.over(rounds, lambda lines: lines[0][1].pace)
    cells, dots = list[list[Cell]](), list[tuple[str, list[Dot]]]()
    for lines in zip(*rounds, strict=True):
        kind, same = lines[0][0], [line for _, line in lines]
        pace = Spread.over(same, lambda line: line.pace)
        relative = pace.over_each(alone)
        most, refused = max(line.busiest for line in same), max(line.refused for line in same)
        visits = Spread.over(same, lambda line: line.visits)
        asked = [line.transactions for line in same if line.transactions is not None]
        transactions_ = Spread(tuple(asked)) if asked else None
        cells.append([kind, same[0].processes, pace, relative, most, refused, visits, transactions_])
        dots.append((f"{kind}, {same[0].processes}", [Dot("pace", relative.median, relative.low, relative.high)]))
    chart = Dots("Pace of processes that share a key", "as a multiple of one process alone", dots, reference=1.0)
    return Table(f"Real processes at {speed:g} times real speed", COLUMNS, cells), chart


NOTES = (
    "A server of our own has PostgreSQL's default settings, on this machine: no network between, fsync on.",
    "Journals: the simulator shares the process, so ratios understate what a journal costs.",
)

if __name__ == "__main__":
    if sys.argv[1] == "work":
        anyio.run(work, *json.loads(sys.argv[2]))
    else:
        anyio.run(claim, *json.loads(sys.argv[2]))
