"""What does a journal cost while rows run? A part of `benchmarks.fleet`.

The same rows through `JobRunner` on a simulator in this process, as fast as possible: without a journal that lasts;
in a file, with a commit shared by all writers that wait, and with one commit per write; and in PostgreSQL.
`benchmarks.resume` has what a journal of many finished rows costs afterwards.

The simulator runs in the same process, so jobs per second and CPU per job include its share; the differences between
the lines are due to the journal. The processor time of PostgreSQL's own processes is not in it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
from pydantic import JsonValue

from benchmarks.postgres import new_schema
from benchmarks.results import Cell, Column, Dot, Dots, Spread, Table
from sixtyfour_async import CompanyIntelligence, JobRunner, Journal, MemoryJournal, SqliteJournal
from sixtyfour_async._journal.base import Entry
from sixtyfour_async.simulator import SimulatorSettings, companies
from sixtyfour_async.testing import simulated

SIMULATOR_SPEED = 3000.0
REQUESTS_PER_MINUTE = 1_000_000
"""High enough that the budget does not hide the cost of the journal."""


class EagerJournal(SqliteJournal):
    """One commit per write, shared with no other writer."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(path)
        self._single_writer = anyio.Lock()

    async def put(self, *entries: Entry) -> None:
        """Write one row, alone."""
        async with self._single_writer:
            await super().put(*entries)

    async def deliver(self, key: str) -> None:
        """Record a delivery, alone."""
        async with self._single_writer:
            await super().deliver(key)


@dataclass(frozen=True, slots=True)
class Measured:
    """A run: seconds of wall-clock time and of CPU time for so many rows, and bytes of the file afterwards."""

    rows: int
    wall: float
    cpu: float
    size: int


def questions(rows: int) -> Iterator[CompanyIntelligence]:
    """Yield questions about companies, made distinct by a row number when there are not enough."""
    known = companies()
    for number in range(rows):
        company = known[number % len(known)]
        subject: dict[str, JsonValue] = {
            "company_name": company.company_name,
            "website": company.website,
            "row": number,
        }
        yield CompanyIntelligence(
            target_company=subject, struct={"headquarters": "Where the head office is"}, tier="low"
        )


async def run_rows(journal: Journal, rows: int) -> tuple[float, float]:
    """Run the rows through a journal, each delivered once; return seconds of the clock and of CPU."""
    settings = SimulatorSettings(speed=SIMULATOR_SPEED, limit=REQUESTS_PER_MINUTE)
    async with simulated(settings, requests_per_minute=REQUESTS_PER_MINUTE) as (client, _):
        started, cpu_started = time.perf_counter(), time.process_time()
        async with JobRunner(client, journal=journal) as runner:
            async for _outcome in runner.map(questions(rows), deliver="once"):
                pass
        return time.perf_counter() - started, time.process_time() - cpu_started


FILES: dict[str, Callable[[Path], Journal]] = {
    "none (MemoryJournal)": lambda _: MemoryJournal(),
    "SqliteJournal, shared commits": SqliteJournal,
    "SqliteJournal, one commit per write": EagerJournal,
}
POSTGRES = "PostgresJournal, shared commits"
ROWS, QUICK_ROWS = 1510, 300
WARM_UP_ROWS = 100
COLUMNS = (
    Column("journal"),
    Column("jobs/s", ".0f", range=True),
    Column("CPU ms/job", ".2f", meaning="this process's, the simulator's share in it"),
    Column("CPU of none", ".2f", range=True, meaning="as a multiple of the run without a journal, round by round"),
    Column("bytes/row", ",.0f", meaning="of the file"),
)


def measure_all(rows: int, rounds: Sequence[int], postgres: str | None) -> dict[str, list[Measured]]:
    """Run the rows through each journal, in turns, each time into a new one; every other round goes the other way."""
    found: dict[str, list[Measured]] = {name: [] for name in (*FILES, *([POSTGRES] if postgres else []))}
    for name in found:
        _measure(name, min(rows, WARM_UP_ROWS), postgres, "warm_up")
    for number, seed in enumerate(rounds):
        for name in reversed(list(found)) if number % 2 else found:
            found[name].append(_measure(name, rows, postgres, str(seed)))
    return found


def _measure(name: str, rows: int, postgres: str | None, schema: str) -> Measured:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:  # not in /tmp: memory flushes for free
        path = Path(folder) / "run.db"
        journal = FILES[name](path) if name in FILES else _in_postgres(postgres or "", schema)
        wall, cpu = anyio.run(run_rows, journal, rows)
        return Measured(rows, wall, cpu, path.stat().st_size if path.exists() else 0)


def _in_postgres(url: str, name: str) -> Journal:
    from sixtyfour_async import PostgresJournal  # noqa: PLC0415 (an extra)

    return PostgresJournal(new_schema(url, f"journal_cost_{name}"))


def journal_cost(rows: int, rounds: Sequence[int], postgres: str | None) -> tuple[Table, Dots]:
    """Measure all journals, a round for each of *rounds*, and PostgreSQL where its URL is given."""
    found = measure_all(rows, rounds, postgres)
    plain = Spread.over(next(iter(found.values())), lambda one: one.cpu)
    cells, dots = list[list[Cell]](), list[tuple[str, list[Dot]]]()
    for name, runs in found.items():
        cpu, size = Spread.over(runs, lambda one: one.cpu), runs[0].size / rows or None
        pace = Spread.over(runs, lambda one: one.rows / one.wall)
        ratio = cpu.over_each(plain)
        cells.append([name, pace, 1000 * cpu.median / rows, ratio, size])
        dots.append((name, [Dot("CPU", ratio.median, ratio.low, ratio.high)]))
    title = "CPU of a run with a journal, as a multiple of one without"
    return Table(f"{rows:,} rows as fast as the simulator goes", COLUMNS, cells), Dots(title, "ratio", dots, 1.0)
