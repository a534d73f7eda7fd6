"""Journals of earlier schemas are migrated with their rows intact, even when the migration is interrupted."""

from __future__ import annotations

import functools
import shutil
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from sixtyfour_async import JobRunner, JournalError, SqliteJournal
from sixtyfour_async._journal.base import CRASHED, Entry, changed
from sixtyfour_async._journal.maintenance import check
from sixtyfour_async._journal.schema import APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION, reading
from sixtyfour_async._journal.sharing import Cap, Limits
from sixtyfour_async._journal.wholeness import Verdict
from sixtyfour_async._scheduling.row_states import State
from sixtyfour_async._wire.body import Body
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.runner.questions import question, questions

pytestmark = pytest.mark.anyio

SCHEMA_1 = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE jobs (
    key TEXT PRIMARY KEY, operation TEXT NOT NULL, fingerprint TEXT NOT NULL, request TEXT NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN ('intended', 'released', 'accepted', 'unknown', 'completed', 'failed', 'cancelled')
    ),
    job_id TEXT, answer TEXT, error TEXT, cost_cents REAL, created_at TEXT NOT NULL, changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_by_state ON jobs (state);
"""
"""The schema of version 0.1."""

REQUESTS = {
    "find-email": ('{"lead":{"name":"Åda"},"mode":"PERSONAL"}', "find-email/PERSONAL"),
    "find-phone": ('{"lead":{"name":"Åda"}}', "find-phone"),
    "company-intelligence": ('{"target_company":{"company_name":"Acme"},"tier":"low"}', "company-intelligence/low"),
}
OLD_STATES: tuple[State, ...] = ("intended", "released", "accepted", "unknown", "completed", "failed", "cancelled")
SPEED = 600.0
OTHERS = "SELECT sql FROM sqlite_master WHERE type IN ('index', 'trigger')"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def old_rows() -> list[Entry]:
    """Return one row of each operation in each state, with the fields of schema 1."""
    return [
        Entry(
            f"{operation} {state}",
            operation,
            "f" * 32,
            request,
            state,
            job_id="job" if state not in {"intended", "released", "unknown"} else None,
            answer=Body(b'{"result": {}}') if state in {"completed", "failed", "cancelled"} else None,
            error="reason" if state in {"unknown", "released"} else None,
            cost_cents=5.0 if state == "completed" else None,
        )
        for operation, (request, _) in REQUESTS.items()
        for state in OLD_STATES
    ]


def write_schema_1(path: Path, rows: list[Entry]) -> None:
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(f"{SCHEMA_1} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 1;")
        database.execute("INSERT INTO meta VALUES ('input', 'a.csv')")
        for number, row in enumerate(rows):
            at = f"2026-11-25T10:{number:02}:00.000+00:00"
            identity = (row.key, row.operation, row.fingerprint, row.request)
            text = None if row.answer is None else row.answer.text
            progress = (row.state, row.job_id, text, row.error, row.cost_cents)
            database.execute(
                f"INSERT INTO jobs VALUES ({', '.join('?' * 11)})",  # noqa: S608 (marks)
                (*identity, *progress, at, at),
            )
    database.close()


def columns_of(path: Path) -> dict[str, list[Any]]:
    """Return the columns of every table: number, name, type, whether it may be null, default and key."""
    with closing(sqlite3.connect(path)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: database.execute(f"PRAGMA table_xinfo({name})").fetchall() for name in sorted(names)}


def expected(rows: list[Entry]) -> list[Entry]:
    """Return the rows after migration and crash recovery."""
    migrated = [replace(row, variant=REQUESTS[row.operation][1]) for row in rows]
    return [
        replace(row, state="unknown", error=CRASHED, version=1) if row.state == "intended" else row for row in migrated
    ]


async def entries_of(path: Path) -> AsyncGenerator[Entry, None]:
    journal = SqliteJournal(path)
    await journal.open()
    async for entry in journal.entries(get_args(State)):
        yield entry
    with pytest.raises(JournalError, match=r"input was 'a\.csv'"):
        await journal.bind({"input": "b.csv"})
    await journal.close()


async def test_every_row_of_an_old_file_is_migrated(tmp_path: Path) -> None:
    """In order, with the variant filled in; `reading` reads the file without migrating it."""
    path, rows = tmp_path / "run.db", old_rows()
    write_schema_1(path, rows)
    before = path.read_bytes()
    with reading(path) as journal:
        read = list(journal.entries())
    migrated = [
        replace(entry, state="unknown", error=CRASHED, version=1) if entry.state == "intended" else entry
        for entry in read
    ]
    assert migrated == expected(rows)
    assert path.read_bytes() == before

    assert [entry async for entry in entries_of(path)] == expected(rows)
    assert [entry async for entry in entries_of(path)] == expected(rows), "opening again changes nothing"
    with sqlite3.connect(path) as database:
        others = set(database.execute(OTHERS))
    database.close()
    fresh = SqliteJournal(tmp_path / "fresh.db")
    await fresh.open()
    await fresh.close()
    with sqlite3.connect(tmp_path / "fresh.db") as database:
        assert others == set(database.execute(OTHERS))
    database.close()
    assert columns_of(path) == columns_of(tmp_path / "fresh.db")


async def test_a_migration_killed_at_any_statement_leaves_a_usable_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copy the files before each statement: this is what a killed process leaves behind."""
    path, rows = tmp_path / "run.db", old_rows()
    write_schema_1(path, rows)
    snapshots: list[Path] = []

    def snapshot(statement: str) -> None:
        folder = tmp_path / f"{len(snapshots):02} {statement.split(maxsplit=1)[0]}"
        folder.mkdir()
        for file in tmp_path.glob("run.db*"):
            if not file.name.endswith(".lock"):
                shutil.copy(file, folder / file.name)
        snapshots.append(folder / path.name)

    class SnapshottingConnection(sqlite3.Connection):
        def executescript(self, sql_script: str, /) -> sqlite3.Cursor:
            self.set_trace_callback(snapshot)
            try:
                return super().executescript(sql_script)
            finally:
                self.set_trace_callback(None)
                snapshot("END")

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", functools.partial(connect, factory=SnapshottingConnection))
    assert [entry async for entry in entries_of(path)] == expected(rows)
    monkeypatch.setattr(sqlite3, "connect", connect)

    assert len(snapshots) > 10
    versions: list[int] = []
    for copy in snapshots:
        with connect(copy) as database:
            versions.append(int(database.execute("PRAGMA user_version").fetchone()[0]))
        database.close()
        assert [entry async for entry in entries_of(copy)] == expected(rows)
    assert versions == sorted(versions)
    assert set(versions) == {1, SCHEMA_VERSION}, "a migration is atomic"


async def test_schema_2_keeps_the_number_of_resubmissions_under_its_new_name(tmp_path: Path) -> None:
    path, rows = tmp_path / "run.db", old_rows()
    write_schema_1(path, rows)
    with sqlite3.connect(path) as database:
        database.executescript(MIGRATIONS[0])
        database.executescript("UPDATE jobs SET asked = 3; PRAGMA user_version = 2;")
    database.close()

    with reading(path) as journal:
        assert {entry.resubmissions for entry in journal.entries()} == {3}
    assert [entry async for entry in entries_of(path)] == [replace(row, resubmissions=3) for row in expected(rows)]


async def test_the_money_of_an_old_file_counts_against_a_cap(tmp_path: Path) -> None:
    """Its rows were sent before sums were kept."""
    path, rows = tmp_path / "run.db", old_rows()
    write_schema_1(path, rows)
    journal = SqliteJournal(path)
    await journal.open()
    intent = changed(replace(rows[0], key="new", state="intended", reserved_cents=5.0))
    spent = sum(row.cost_cents or 0.0 for row in rows)
    caps = [Cap("", spent + 4.0), Cap("", spent + 5.0)]
    claims = [await journal.claim([intent], Limits(caps=(cap,))) for cap in caps]
    await journal.close()

    assert [claim.exceeded for claim in claims] == [caps[0], None]


@pytest.mark.parametrize("ending", ["closed", "killed"])
@pytest.mark.parametrize("schema", range(1, SCHEMA_VERSION))
async def test_a_journal_of_every_schema_opens_without_a_word(tmp_path: Path, schema: int, ending: str) -> None:
    """It is whole from then on, also where the older version was killed and left a log; and it is noticed if not."""
    path, moved = tmp_path / "run.db", tmp_path / "moved.db"
    write_schema_1(path, old_rows())
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for step in MIGRATIONS[: schema - 1]:
            database.executescript(step)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute(f"PRAGMA user_version = {schema}")
        database.execute("DELETE FROM jobs WHERE key LIKE '%failed'")
        if ending == "killed":
            for suffix in ("", "-wal"):
                shutil.copy(f"{path}{suffix}", f"{moved}{suffix}")
    path = moved if ending == "killed" else path
    assert check(path).verdict == Verdict()
    journal = SqliteJournal(path)
    await journal.open()
    assert journal.doubt is None
    assert not [entry async for entry in journal.entries({"failed"})]
    shutil.copy(path, tmp_path / "alone.db")
    await journal.close()

    alone = SqliteJournal(tmp_path / "alone.db")
    await alone.open()
    assert "alone.db-wal and alone.db-mark are missing" in (alone.doubt or "")
    await alone.close()


async def test_a_run_of_an_older_version_is_finished_by_this_one(tmp_path: Path) -> None:
    """Completed rows are not resubmitted, accepted ones are polled, and intents stay parked."""
    path = tmp_path / "run.db"
    async with simulated(SimulatorSettings(speed=SPEED)) as (client, simulator):
        async with JobRunner(client, journal=tmp_path / "new.db") as runner:
            async for _ in runner.map(questions(4)):
                pass
        with reading(tmp_path / "new.db") as journal:
            rows = [journal.find(question(number).fingerprint()) for number in range(4)]
        entries: list[Any] = [entry for entry in rows if entry is not None]
        entries[1] = replace(entries[1], state="accepted", answer=None, cost_cents=None)
        entries[2] = replace(entries[2], state="intended", job_id=None, answer=None, cost_cents=None)
        write_schema_1(path, entries)

        async with JobRunner(client, journal=path) as runner:
            statuses = [outcome.status async for outcome in runner.map(questions(6))]

    assert sorted(statuses) == ["completed"] * 5 + ["unknown"]
    assert simulator.books.repeated == {}
    assert len(simulator.books.jobs) == 6
