"""`SqliteJournal` as a file: locking, foreign files, permissions, group commit and a full disk."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from sixtyfour_async import AsyncClient, JobRunner, JournalError, SqliteJournal
from sixtyfour_async._journal.base import Entry, changed
from sixtyfour_async._journal.schema import reading
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.runner.questions import Question, questions

pytestmark = pytest.mark.anyio

ENTRY = Entry("row 1", "find-email", "f" * 32, "{}", "intended")
SPEED = 600.0
HANG_SECONDS = 4.0
"""Real seconds after which a run that takes one counts as hung."""

HOLD_JOURNAL_OPEN = """
import asyncio, sys
from sixtyfour_async import Entry, SqliteJournal
async def main():
    journal = SqliteJournal(sys.argv[1])
    await journal.open()
    await journal.put(Entry("row 1", "find-email", "f" * 32, "{}", "intended", version=1))
    print("open", flush=True)
    sys.stdin.read()
asyncio.run(main())
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def hold_open(path: Path) -> subprocess.Popen[str]:
    """Start another process that keeps the journal open, with a row under way, until its stdin closes."""
    command = [sys.executable, "-c", HOLD_JOURNAL_OPEN, str(path)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    return child


async def test_the_last_process_to_close_leaves_one_file(tmp_path: Path) -> None:
    """The log and the mark stay for those who have it open."""
    path = tmp_path / "run.db"
    with hold_open(path) as child:
        journal, second = SqliteJournal(path), SqliteJournal(path)
        await journal.open()
        await second.open()
        await second.close()
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert sorted(contents(tmp_path)) == ["run.db", "run.db-mark", "run.db-shm", "run.db-wal"]
    await journal.close()

    assert sorted(contents(tmp_path)) == ["run.db"], "no other file is left in the folder"


async def test_a_journal_object_is_for_one_runner(tmp_path: Path) -> None:
    """Two of them would be one owner of the same rows."""
    journal = SqliteJournal(tmp_path / "run.db")
    await journal.open()
    with pytest.raises(JournalError, match="open already: give each runner a journal object of its own"):
        await journal.open()
    await journal.put(ENTRY)
    await journal.close()


def contents(folder: Path) -> dict[str, bytes | None]:
    return {path.name: path.read_bytes() if path.is_file() else None for path in folder.iterdir()}


def modes_of(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def foreign_database(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE photos (id)")
    database.close()


def newer_schema(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA application_id = {0x36344A52}")
        database.execute("PRAGMA user_version = 99")
    database.close()


def csv_file(path: Path) -> None:
    path.write_text("company,website\n" * 400, encoding="utf-8")


def short_text(path: Path) -> None:
    path.write_text("hello\n", encoding="utf-8")


NOT_A_JOURNAL: list[tuple[Callable[[Path], Any], str]] = [
    (foreign_database, "another program's database: choose another journal"),
    (newer_schema, r"newer version \(schema 99, this one knows 7\): upgrade"),
    (csv_file, r"is not a journal \(file is not a database\): choose another"),
    (short_text, "is not a journal"),
    (Path.mkdir, "cannot be opened: Is a directory"),
]


@pytest.mark.parametrize(("make", "message"), NOT_A_JOURNAL, ids=[make.__name__ for make, _ in NOT_A_JOURNAL])
async def test_a_file_that_is_not_a_journal_is_refused_and_left_unchanged(
    tmp_path: Path, make: Callable[[Path], Any], message: str
) -> None:
    """The message says what the file is and what to do; no byte changes."""
    path = tmp_path / "run.db"
    make(path)
    before = contents(tmp_path)
    for _ in range(2):
        with pytest.raises(JournalError, match=message) as caught:
            await SqliteJournal(path).open()
        assert str(path) in str(caught.value)

    assert contents(tmp_path) == before


async def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """Folders are not created: the path may be a typo."""
    with pytest.raises(JournalError, match="there is no folder"):
        await SqliteJournal(tmp_path / "missing" / "run.db").open()

    assert contents(tmp_path) == {}


@pytest.mark.parametrize("name", ["/", "loop", "a\0b", "x" * 300], ids=["root", "a link to itself", "NUL", "too long"])
async def test_a_path_that_no_file_can_have_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    async with simulated() as (client, _):
        with pytest.raises(JournalError, match=r"names no file|cannot be opened"):
            await JobRunner(client, journal=name).__aenter__()


if sys.platform == "linux":  # other systems have no such names

    async def test_a_name_that_is_no_utf_8_is_a_name(tmp_path: Path) -> None:
        path = tmp_path / os.fsdecode(b"K\xf6ln.db")
        paid = list[int]()
        for _ in range(2):
            settings = SimulatorSettings(speed=SPEED)
            async with simulated(settings) as (client, simulator), JobRunner(client, journal=path) as runner:
                outcomes = [outcome async for outcome in runner.map(questions(1))]
                paid.append(len(simulator.books.jobs))

            assert [outcome.status for outcome in outcomes] == ["completed"]

        assert paid == [1, 0]
        assert set(contents(tmp_path)) == {path.name}


async def test_a_journal_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """A directory in the place of the write-ahead log blocks a superuser too."""
    path = tmp_path / "run.db"
    journal = SqliteJournal(path)
    await journal.open()
    await journal.put(ENTRY)
    await journal.close()
    (tmp_path / "run.db-wal").mkdir()

    with pytest.raises(JournalError, match=r"run\.db"):
        await journal.open()
    (tmp_path / "run.db-wal").rmdir()
    await journal.open()

    assert getattr(await journal.find("row 1"), "request", None) == ENTRY.request
    await journal.close()


async def test_an_empty_file_becomes_a_journal(tmp_path: Path) -> None:
    """``mktemp`` creates one."""
    path = tmp_path / "run.db"
    path.touch()
    journal = SqliteJournal(path)
    await journal.open()
    await journal.put(ENTRY)
    await journal.close()

    assert path.stat().st_size > 0


async def test_the_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    """It holds personal data: the file and its log have mode 0600 whatever the umask."""
    old = os.umask(0)
    try:
        journal = SqliteJournal(tmp_path / "run.db")
        await journal.open()
        await journal.put(ENTRY)
        modes = {name: mode for name, mode in modes_of(tmp_path).items() if ".lock" not in name}
        await journal.close()
    finally:
        os.umask(old)

    assert {"run.db", "run.db-wal"} <= set(modes)
    assert {0o600} == set(modes.values())


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[sqlite3.Connection]:
    """Collect every SQLite connection opened during the test."""
    connections: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def recording_connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connections.append(connect(*arguments, **options))
        return connections[-1]

    monkeypatch.setattr(sqlite3, "connect", recording_connect)
    return connections


async def test_concurrent_puts_share_a_commit(tmp_path: Path, opened: list[sqlite3.Connection]) -> None:
    """A disk flush is paid per commit, not per row."""
    journal = SqliteJournal(tmp_path / "run.db")
    await journal.open()
    statements: list[str] = []
    opened[-1].set_trace_callback(statements.append)
    async with anyio.create_task_group() as tasks:
        for number in range(500):
            tasks.start_soon(journal.put, replace(ENTRY, key=f"row {number}"))
    opened[-1].set_trace_callback(None)
    [line] = await journal.lines()
    await journal.close()

    assert (line.state, line.rows) == ("intended", 500)
    assert 1 <= statements.count("COMMIT") <= 5
    assert len({statement for statement in statements if statement.startswith("INSERT INTO jobs")}) == 500


async def test_commits_are_flushed_to_disk(tmp_path: Path, opened: list[sqlite3.Connection]) -> None:
    """WAL with ``synchronous = FULL``: a power failure after a put does not undo it."""
    journal = SqliteJournal(tmp_path / "run.db")
    await journal.open()
    modes = [opened[-1].execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    await journal.close()

    assert modes == ["wal", 2]


async def test_a_cancelled_put_is_still_written(tmp_path: Path) -> None:
    """Cancelling the wait does not withdraw the write."""
    journal = SqliteJournal(tmp_path / "run.db")
    await journal.open()
    async with anyio.create_task_group() as tasks:
        for number in range(50):
            tasks.start_soon(journal.put, replace(ENTRY, key=f"row {number}"))
        await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()
    with anyio.CancelScope() as scope:
        scope.cancel()
        await journal.put(replace(ENTRY, key="last"))
    await journal.close()
    await journal.open()
    [line] = await journal.lines()
    await journal.close()

    assert (line.state, line.rows) == ("unknown", 51), "an intent whose outcome was never recorded"


async def test_reading_sees_each_commit_of_a_concurrent_writer(tmp_path: Path) -> None:
    """``reading`` takes no lock that the writer needs."""
    path = tmp_path / "run.db"
    journal = SqliteJournal(path)
    await journal.open()
    with reading(path) as journal_file:
        assert journal_file.find("row 1") is None
        await journal.put(ENTRY)
        assert journal_file.find("row 1") == ENTRY
        await journal.put(replace(ENTRY, state="accepted", job_id="job_1"))
        assert getattr(journal_file.find("row 1"), "job_id", None) == "job_1"
    await journal.close()
    with reading(path) as journal_file:
        assert getattr(journal_file.find("row 1"), "job_id", None) == "job_1"


def test_reading_a_missing_or_foreign_file_raises_a_journal_error(tmp_path: Path) -> None:
    """A mistyped path creates no empty database."""
    csv_file(tmp_path / "text.db")
    for name in ("missing.db", "text.db"):
        with pytest.raises(JournalError, match=name), reading(tmp_path / name) as journal_file:
            journal_file.find("row 1")

    assert sorted(contents(tmp_path)) == ["text.db"]


async def test_using_a_closed_journal_raises_a_journal_error(tmp_path: Path) -> None:
    """Not an `AttributeError`."""
    with pytest.raises(JournalError, match="is not open"):
        await SqliteJournal(tmp_path / "run.db").find("row 1")


@pytest.mark.parametrize("pages", [12, 20])
async def test_a_full_disk_stops_submits_and_detaches_accepted_jobs(
    tmp_path: Path, opened: list[sqlite3.Connection], pages: int
) -> None:
    """Unrecorded rows are not sent; every accepted job is reported with its id or parked."""
    path, reported, hung = tmp_path / "run.db", dict[int, tuple[str, str | None]](), list[bool]()

    async def run_with_limited_pages(client: AsyncClient, operations: list[Question]) -> None:
        with anyio.CancelScope(deadline=anyio.current_time() + HANG_SECONDS) as scope:
            try:
                async with JobRunner(client, journal=path, max_in_flight=40) as runner:
                    opened[-1].execute(f"PRAGMA max_page_count = {pages}")
                    async for outcome in runner.map(operations):
                        reported[outcome.index] = (outcome.status, outcome.job_id)
            finally:
                hung.append(scope.cancel_called)

    async with simulated(SimulatorSettings(speed=SPEED)) as (client, simulator):
        with pytest.raises(JournalError, match="full"):
            await run_with_limited_pages(client, questions(150))
        assert hung == [False]
        sent = len(simulator.books.jobs)
        unreported = {work.id for work in simulator.books.jobs} - {job_id for _, job_id in reported.values()}
        assert sent < 150
        assert len(unreported) <= sum(status == "unknown" for status, _ in reported.values())

        with pytest.raises(JournalError, match="full"):
            await run_with_limited_pages(client, questions(150)[90:])
        assert hung == [False, False]
        assert len(simulator.books.jobs) <= sent + 40, "only what was in flight before the disk was full"

        async with JobRunner(client, journal=path) as runner:
            again = [outcome async for outcome in runner.map(questions(150))]

    assert simulator.books.repeated == {}
    assert sum(outcome.status in {"completed", "unknown"} for outcome in again) == 150
    answered = {outcome.job_id for outcome in again if outcome.status == "completed"}
    lost = {work.id for work in simulator.books.jobs} - answered
    assert len(lost) <= sum(outcome.status == "unknown" for outcome in again) < 40


@pytest.mark.parametrize("error", [BrokenPipeError(), OSError("no space left"), FileNotFoundError("out.csv")])
async def test_an_error_of_whoever_reads_a_journal_is_not_the_journals(tmp_path: Path, error: OSError) -> None:
    """Such as of an output that cannot be written: it is theirs to report, and says nothing about the journal."""
    path = tmp_path / "run.db"
    journal = SqliteJournal(path)
    await journal.open()
    await journal.put(changed(ENTRY))
    await journal.close()

    with reading(path) as reader:
        assert [entry.key for entry in reader.entries()] == [ENTRY.key]
    with pytest.raises(type(error)) as caught, reading(path):
        raise error
    assert caught.value is error
