"""What does safety cost?

The same rows through `JobRunner` on a simulator in this process, as fast as it goes: with no journal file, with one
that shares commits among the writers that wait (`SqliteJournal`), and with one commit per write. Then the file: bytes
per row on the disk, and how long a run takes to open and skip a journal of many delivered rows.

The simulator works in the same process, so jobs per second and CPU per job include its half; the differences between
the lines are the journal's.

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

SPEED = 3000.0
LIMIT = 1_000_000
"""Requests per minute: what the journal costs must not hide behind the budget."""


class EagerJournal(SqliteJournal):
    """One commit per write: nobody waits for a commit that others share."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(path)
        self._turn = anyio.Lock()

    async def put(self, *entries: Entry) -> None:
        """Write one row, alone."""
        async with self._turn:
            await super().put(*entries)

    async def deliver(self, key: str) -> None:
        """Note a delivery, alone."""
        async with self._turn:
            await super().deliver(key)


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table: seconds of wall clock and of CPU, for so many rows."""

    rows: int
    wall: float
    cpu: float

    def line(self, size: int) -> str:
        """Write it: jobs per second, milliseconds of CPU per job, bytes per row."""
        bytes_per_row = f"{size / self.rows:>13,.0f}" if size else ""
        return f"{self.rows / self.wall:>9.0f}{1000 * self.cpu / self.rows:>12.2f}{bytes_per_row}"


def questions(rows: int) -> Iterator[CompanyIntelligence]:
    """Ask about companies, and about them again as others when there are not enough."""
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


async def through(journal: Journal, rows: int) -> Measured:
    """Run the rows and acknowledge each."""
    settings = SimulatorSettings(speed=SPEED, limit=LIMIT)
    async with simulated(settings, requests_per_minute=LIMIT) as (client, _):
        begun, worked = time.perf_counter(), time.process_time()
        async with JobRunner(client, journal=journal) as runner:
            async for _outcome in runner.map(questions(rows), deliver="once"):
                pass
        wall, cpu = time.perf_counter() - begun, time.process_time() - worked
    return Measured(rows, wall, cpu)


def fill(path: Path, rows: int) -> None:
    """Write a journal of so many delivered rows, as one run would leave it; by hand, for that takes seconds."""
    with sqlite3.connect(path) as database:
        names = [column[1] for column in database.execute("PRAGMA table_info(jobs)")]
        example = dict(zip(names, database.execute("SELECT * FROM jobs LIMIT 1").fetchone(), strict=True))
        database.execute("DELETE FROM jobs")
        for number, asked in enumerate(questions(rows)):
            own = {"key": asked.fingerprint(), "fingerprint": asked.fingerprint()}
            row = example | own | {"request": request_text(asked.payload()), "job_id": f"job {number}"}
            marks = ", ".join("?" * len(row))
            database.execute(f"INSERT INTO jobs ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))  # noqa: S608 (our own columns)
    database.close()


async def resume(path: Path, rows: int) -> tuple[float, float]:
    """Open a journal and skip all its rows; give the seconds of each."""
    async with simulated() as (client, simulator):
        begun = time.perf_counter()
        async with JobRunner(client, journal=path) as runner:
            opened = time.perf_counter()
            left = [outcome async for outcome in runner.map(questions(rows), deliver="once")]
            done = time.perf_counter()
        if left or simulator.books.jobs:
            raise SystemExit("rows that were delivered came again")
    return opened - begun, done - opened


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description="Measure what safety costs.")
    options.add_argument("--rows", type=int, default=1510)
    options.add_argument("--resumed", type=int, default=100_000)
    chosen = options.parse_args()
    print(f"{chosen.rows} rows, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, real time")
    print(f"{'journal':<42}{'jobs/s':>9}{'CPU ms/job':>12}{'bytes/row':>13}")
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as made:
        folder = Path(made)  # beside the code: a /tmp in memory would flush for free
        shared, eager = folder / "shared.db", folder / "eager.db"
        anyio.run(through, MemoryJournal(), 100)
        journals: dict[str, tuple[Journal, Path | None]] = {
            "none (MemoryJournal)": (MemoryJournal(), None),
            "SqliteJournal, shared commits": (SqliteJournal(shared), shared),
            "SqliteJournal, one commit per write": (EagerJournal(eager), eager),
        }
        for name, (journal, path) in journals.items():
            measured = anyio.run(through, journal, chosen.rows)
            print(f"{name:<42}{measured.line(path.stat().st_size if path else 0)}")
        fill(shared, chosen.resumed)
        opening, skipping = anyio.run(resume, shared, chosen.resumed)
        print(f"\na journal of {chosen.resumed:,} delivered rows, {shared.stat().st_size / 1e6:,.0f} MB")
        print(f"{'opened in':<42}{opening:>9.2f} s\n{'its rows skipped in':<42}{skipping:>9.2f} s")


if __name__ == "__main__":
    main()
