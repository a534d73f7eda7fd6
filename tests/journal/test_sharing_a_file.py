"""What is done to a journal file while several runners have it open: read, check, copy, compare, erase, adopt."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import sys
import threading
from collections.abc import AsyncGenerator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from sixtyfour_async import JournalError, SqliteJournal
from sixtyfour_async._journal import journal_file, owner
from sixtyfour_async._journal.base import Entry, changed
from sixtyfour_async._journal.comparison import compare
from sixtyfour_async._journal.maintenance import adopt, backup, check
from sixtyfour_async._journal.owner import Owner
from sixtyfour_async._journal.schema import reading
from sixtyfour_async._journal.sharing import Cap, Limits
from tests.journal.journal_files import copy_files
from tests.journal.test_sqlite_file import contents, hold_open

pytestmark = pytest.mark.anyio

SECRET = "Åda Lovelace, +44 1632 960001"
ENTRY = Entry("mine", "find-email", "f" * 32, f'{{"lead":"{SECRET}"}}', "intended", version=1, reserved_cents=5.0)
THEIRS = "row 1"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncGenerator[SqliteJournal, None]:
    """A journal that another process has open, too, with a row under way."""
    with hold_open(tmp_path / "run.db") as child:
        opened = SqliteJournal(tmp_path / "run.db")
        await opened.open()
        yield opened
        await opened.close()
        child.send_signal(signal.SIGKILL)


async def test_it_is_read_and_checked_beside_all_of_them(journal: SqliteJournal) -> None:
    await journal.put(ENTRY)
    with reading(journal.path) as reader:
        assert {entry.key for entry in reader.entries()} == {"mine", THEIRS}
    health = check(journal.path)
    assert (health.good, health.in_use, health.rows) == (True, True, {"intended": 2})
    assert compare(journal.path, journal.path).alike == 2


async def test_a_copy_holds_the_rows_of_all_and_knows_that_they_went_on(journal: SqliteJournal, tmp_path: Path) -> None:
    await journal.put(ENTRY)
    verdict = backup(journal.path, tmp_path / "copy.db")

    assert verdict.kind == "doubt"
    with reading(tmp_path / "copy.db") as reader:
        assert {entry.key for entry in reader.entries()} == {"mine", THEIRS}
    await journal.put(changed(ENTRY))


async def test_a_row_is_erased_from_all_files_beside_another_process(journal: SqliteJournal, tmp_path: Path) -> None:
    """The file becomes smaller, which nobody takes for damage; the others go on."""
    for number in range(300):
        await journal.put(replace(ENTRY, key=f"{number}", state="completed", cost_cents=1.0))
    limits = Limits(caps=(Cap("", 1e6),))
    await journal.claim([ENTRY], limits)
    for number in range(300):
        assert await journal.forget(f"{number}")
    await journal.put(changed(ENTRY, state="released", request="{}", reserved_cents=0.0))
    assert await journal.forget("mine")

    assert not any(SECRET.encode() in (content or b"") for content in contents(tmp_path).values())
    assert check(journal.path).good
    with closing(sqlite3.connect(f"file:{journal.path}?mode=ro", uri=True)) as database:
        [(kept,)] = database.execute("SELECT spent / 1e6 FROM sums")
    assert kept == sum(line.spent_cents + line.exposed_cents for line in await journal.lines())


async def test_a_row_that_another_process_has_under_way_is_not_erased(journal: SqliteJournal) -> None:
    with pytest.raises(JournalError, match="row 'row 1' is under way in another process"):
        await journal.forget(THEIRS)
    assert await journal.find(THEIRS) is not None


async def test_a_journal_in_doubt_is_in_doubt_for_all_and_adopted_by_one_alone(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    """Its log stays when the first of them closes it."""
    copy = copy_files(journal.path, tmp_path / "copy.db", "", "-wal")
    first, second = SqliteJournal(copy), SqliteJournal(copy)
    await first.open()
    await second.open()
    assert first.doubt is not None
    assert first.doubt == second.doubt
    with pytest.raises(JournalError, match="in use by another process: close it there before you adopt it"):
        await SqliteJournal(copy, adopt=True).open()
    await first.put(ENTRY)
    await first.close()
    assert await second.find("mine") is not None
    await second.close()
    assert (tmp_path / "copy.db-wal").stat().st_size > 0

    assert adopt(copy) is not None
    whole = SqliteJournal(copy)
    await whole.open()
    assert whole.doubt is None
    await whole.close()


async def test_two_runners_of_one_process_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their commits come one after another, and each sees what the other one wrote; the log is moved meanwhile."""
    monkeypatch.setattr(journal_file, "CHECKPOINT_BYTES", 32 * 1024)
    runners = [SqliteJournal(tmp_path / "run.db") for _ in range(3)]
    for runner in runners:
        await runner.open()

    async def write(runner: SqliteJournal, name: int) -> None:
        for number in range(100):
            await runner.put(replace(ENTRY, key=f"{name} {number}"))

    async with anyio.create_task_group() as tasks:
        for name, runner in enumerate(runners):
            tasks.start_soon(write, runner, name)
    for runner in runners:
        assert sum(line.rows for line in await runner.lines()) == 300
    assert check(tmp_path / "run.db").good
    for runner in runners:
        await runner.close()
    assert set(contents(tmp_path)) == {"run.db"}


async def test_a_process_that_holds_up_all_others_is_named_after_a_while(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then they wait; once it goes on, or is killed, they go on."""
    locked, release = threading.Event(), threading.Event()

    def hold_up() -> None:
        """Another open file, as in another process."""
        descriptor = os.open(journal.path, os.O_RDWR)
        stranger = Owner(journal.path, (0, 0), vars(owner)["_Shared"](descriptor, 0))
        with stranger.writing():
            locked.set()
            release.wait()
        # Left open: to close it would drop SQLite's own locks, which another process could not.

    thread = threading.Thread(target=hold_up)
    thread.start()
    locked.wait()
    monkeypatch.setattr(owner, "WRITE_LOCK_SECONDS", 0.2)
    with pytest.raises(JournalError, match="in use by another process, which is stopped, or has it for itself"):
        await journal.put(ENTRY)
    monkeypatch.undo()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(journal.put, replace(ENTRY, key="later"))
        await anyio.sleep(0.1)
        release.set()
    thread.join()
    assert {entry.key for entry in await journal.find_all(["mine", "later"])} == {"mine", "later"}


async def test_where_locks_cannot_be_on_the_file_they_are_on_one_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a Mac: record locks, which closing any descriptor of the journal would drop."""
    monkeypatch.setattr(owner, "LOCKS_MAIN_FILE", False)
    path, program = (
        tmp_path / "run.db",
        (
            "import sys, anyio\n"
            "from sixtyfour_async._journal import owner\n"
            "owner.LOCKS_MAIN_FILE = False\n"
            "from sixtyfour_async import SqliteJournal, Entry\n"
            "async def main():\n"
            "    journal = SqliteJournal(sys.argv[1])\n"
            "    await journal.open()\n"
            "    await journal.put(Entry('row 1', 'find-email', 'f', '{}', 'intended', version=1))\n"
            "    print('open', flush=True)\n"
            "    sys.stdin.read()\n"
            "    await journal.close()\n"
            "anyio.run(main)\n"
        ),
    )
    first, second = SqliteJournal(path), SqliteJournal(path)
    await first.open()
    async with await anyio.open_process([sys.executable, "-c", program, str(path)], stderr=None) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        assert (await child.stdout.receive()).strip() == b"open"
        await second.open()
        found = await second.find("row 1")
        assert found is not None
        assert found.held_by is not None
        await second.put(ENTRY)
        await second.close()
        await first.close()
        assert {"run.db-wal", "run.db-mark"} <= set(contents(tmp_path))
        await child.stdin.aclose()
        assert await child.wait() == 0
    assert set(contents(tmp_path)) == {"run.db", "run.db-lock"}


async def test_one_process_at_a_time_where_locks_cannot_be_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows."""
    monkeypatch.setattr(owner, "SHARES", False)
    first = SqliteJournal(tmp_path / "run.db")
    await first.open()
    with pytest.raises(JournalError, match=re.escape("is in use, and on this system by one process at a time")):
        await SqliteJournal(tmp_path / "run.db").open()
    await first.put(ENTRY)
    await first.close()
    await first.open()
    await first.close()
