"""What does the journal cost?

The same rows through `JobRunner` on a simulator in this process, as fast as possible: without a journal file, with one
that shares a commit among waiting writers (`SqliteJournal`), and with one commit per write. Then the file: bytes per
row on disk, and how long a run takes to open and skip a journal of many delivered rows.

The simulator runs in the same process, so jobs per second and CPU per job include its share; the differences between
the lines are due to the journal.

    python -m benchmarks.safety [--rows 1510] [--resumed 100000]
"""

from __future__ import annotations

import argparse
import platform
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import anyio
from pydantic import JsonValue

from sixtyfour_async import CompanyIntelligence, JobRunner, Journal, MemoryJournal, SqliteJournal
from sixtyfour_async._journal.base import Entry, request_text
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
    """One line of the table: seconds of wall-clock time and of CPU time for so many rows."""

    rows: int
    wall: float
    cpu: float

    def line(self, size: int) -> str:
        """Return the columns: jobs per second, milliseconds of CPU per job, bytes per row."""
        bytes_per_row = f"{size / self.rows:>13,.0f}" if size else ""
        return f"{self.rows / self.wall:>9.0f}{1000 * self.cpu / self.rows:>12.2f}{bytes_per_row}"


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


async def run_rows(journal: Journal, rows: int) -> Measured:
    """Run the rows through a journal, each delivered once."""
    settings = SimulatorSettings(speed=SIMULATOR_SPEED, limit=REQUESTS_PER_MINUTE)
    async with simulated(settings, requests_per_minute=REQUESTS_PER_MINUTE) as (client, _):
        started, cpu_started = time.perf_counter(), time.process_time()
        async with JobRunner(client, journal=journal) as runner:
            async for _outcome in runner.map(questions(rows), deliver="once"):
                pass
        wall, cpu = time.perf_counter() - started, time.process_time() - cpu_started
    return Measured(rows, wall, cpu)


def fill(path: Path, rows: int) -> None:
    """Write so many delivered rows into a journal, as a run would leave them, but directly: it takes seconds."""
    with sqlite3.connect(path) as database:
        names = [column[1] for column in database.execute("PRAGMA table_info(jobs)")]
        template = dict(zip(names, database.execute("SELECT * FROM jobs LIMIT 1").fetchone(), strict=True))
        database.execute("DELETE FROM jobs")
        for number, question in enumerate(questions(rows)):
            identity = {"key": question.fingerprint(), "fingerprint": question.fingerprint()}
            row = template | identity | {"request": request_text(question.payload()), "job_id": f"job {number}"}
            placeholders = ", ".join("?" * len(row))
            database.execute(f"INSERT INTO jobs ({', '.join(row)}) VALUES ({placeholders})", tuple(row.values()))  # noqa: S608 (our own columns)
    database.close()


async def resume(path: Path, rows: int) -> tuple[float, float]:
    """Open a journal and skip all its rows; return the seconds that each took."""
    async with simulated() as (client, simulator):
        started = time.perf_counter()
        async with JobRunner(client, journal=path) as runner:
            opened = time.perf_counter()
            redelivered = [outcome async for outcome in runner.map(questions(rows), deliver="once")]
            skipped = time.perf_counter()
        if redelivered or simulator.books.jobs:
            raise SystemExit("delivered rows were delivered again")
    return opened - started, skipped - opened


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description="Measure what the journal costs.")
    options.add_argument("--rows", type=int, default=1510)
    options.add_argument("--resumed", type=int, default=100_000)
    chosen = options.parse_args()
    print(f"{chosen.rows} rows, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, real time")
    print(f"{'journal':<42}{'jobs/s':>9}{'CPU ms/job':>12}{'bytes/row':>13}")
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as temporary:
        folder = Path(temporary)  # not in /tmp: a file system in memory flushes for free
        shared, eager = folder / "shared.db", folder / "eager.db"
        anyio.run(run_rows, MemoryJournal(), 100)
        journals: dict[str, tuple[Journal, Path | None]] = {
            "none (MemoryJournal)": (MemoryJournal(), None),
            "SqliteJournal, shared commits": (SqliteJournal(shared), shared),
            "SqliteJournal, one commit per write": (EagerJournal(eager), eager),
        }
        for name, (journal, path) in journals.items():
            measured = anyio.run(run_rows, journal, chosen.rows)
            print(f"{name:<42}{measured.line(path.stat().st_size if path else 0)}")
        fill(shared, chosen.resumed)
        opening, skipping = anyio.run(resume, shared, chosen.resumed)
        print(f"\na journal of {chosen.resumed:,} delivered rows, {shared.stat().st_size / 1e6:,.0f} MB")
        print(f"{'opened in':<42}{opening:>9.2f} s\n{'its rows skipped in':<42}{skipping:>9.2f} s")


if __name__ == "__main__":
    main()
