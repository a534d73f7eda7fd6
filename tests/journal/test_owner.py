"""Processes that open a journal know of each other, whatever name it is opened by and whatever happens beside it."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from sixtyfour_async import JournalError, SqliteJournal
from sixtyfour_async._journal.base import Entry, FencedError, changed
from sixtyfour_async._journal.maintenance import backup, check
from sixtyfour_async._journal.schema import reading
from tests.journal.test_sqlite_file import contents, hold_open

pytestmark = pytest.mark.anyio

ENTRY = Entry("row 1", "find-email", "f" * 32, "{}", "intended", version=1)

TRY_TO_WRITE = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None) as database:
    try:
        database.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError:
        print("locked")
    else:
        print("free")
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def same_name(path: Path) -> Path:
    return path


def relative_name(path: Path) -> Path:
    return path.parent / "folder" / ".." / path.name


def symbolic_link(path: Path) -> Path:
    link = path.with_name("symbolic.db")
    link.symlink_to(path)
    return link


def linked_folder(path: Path) -> Path:
    (path.parent / "linked").symlink_to(path.parent, target_is_directory=True)
    return path.parent / "linked" / path.name


def hard_link(path: Path) -> Path:
    link = path.with_name("hard.db")
    os.link(path, link)
    return link


def after_files_beside_it_were_deleted(path: Path) -> Path:
    for suffix in (".lock", "-mark", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return path


NAMES = [same_name, relative_name, symbolic_link, linked_folder, after_files_beside_it_were_deleted]


@pytest.mark.parametrize("stopped", [False, True], ids=["running", "stopped"])
@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.__name__)
async def test_a_second_process_shares_it_under_any_name(
    tmp_path: Path, name: Callable[[Path], Path], *, stopped: bool
) -> None:
    """Also while the first one does not run: its row is still its own. Once that is killed the journal is closed."""
    path = tmp_path / "run.db"
    (tmp_path / "folder").mkdir()
    with hold_open(path) as child:
        if stopped:
            child.send_signal(signal.SIGSTOP)
        await look_at_a_row_of_the_other(name(path))
        child.send_signal(signal.SIGKILL)
        child.wait()
    journal = SqliteJournal(path)
    await journal.open()
    assert getattr(await journal.find(ENTRY.key), "state", None) == "unknown"
    await journal.close()


async def look_at_a_row_of_the_other(path: Path) -> None:
    """Open a journal that another process has open, and close it beside that one."""
    journal = SqliteJournal(path)
    await journal.open()
    found = await journal.find(ENTRY.key)
    assert found is not None
    assert (found.state, found.held_by) == ("intended", 1)
    with pytest.raises(FencedError):
        await journal.put(ENTRY)
    await journal.close()
    assert check(path).in_use


async def test_a_hard_link_is_refused(tmp_path: Path) -> None:
    """SQLite finds the log by the name: two names would be two logs of one file. Also within one process."""
    path = tmp_path / "run.db"
    with hold_open(path) as child:
        link = hard_link(path)
        with pytest.raises(JournalError, match="in use by another process under another name"):
            await SqliteJournal(link).open()
        child.send_signal(signal.SIGKILL)
    journal = SqliteJournal(path)
    await journal.open()
    with pytest.raises(JournalError, match="under another name"):
        await SqliteJournal(link).open()
    await journal.put(replace(ENTRY, key="row 2"))
    await journal.close()
    await open_and_close(SqliteJournal(link))


@pytest.mark.skipif(os.name == "nt" or not shutil.which("mount") or os.geteuid() != 0, reason="needs to mount")
def test_a_file_that_is_mounted_by_itself_is_refused(tmp_path: Path) -> None:
    path, mounted = tmp_path / "run.db", tmp_path / "mounted.db"
    mounted.touch()
    with hold_open(path) as child:
        subprocess.run(["mount", "--bind", path, mounted], check=True)  # noqa: S607
        try:
            with pytest.raises(JournalError, match="under another name"):
                anyio.run(SqliteJournal(mounted).open)
        finally:
            subprocess.run(["umount", mounted], check=True)  # noqa: S607
        child.send_signal(signal.SIGKILL)


async def open_and_close(journal: SqliteJournal) -> None:
    await journal.open()
    await journal.close()


async def test_a_copy_is_another_journal(tmp_path: Path) -> None:
    """It has an owner of its own, and nothing is submitted from it."""
    with hold_open(tmp_path / "run.db") as child:
        for name in contents(tmp_path):
            shutil.copy(tmp_path / name, tmp_path / name.replace("run", "copy"))
        journal = SqliteJournal(tmp_path / "copy.db")
        await journal.open()
        assert "is a copy of" in (journal.doubt or "")
        await journal.close()
        child.send_signal(signal.SIGKILL)


async def test_a_second_object_in_the_same_process_drops_no_lock(tmp_path: Path) -> None:
    """Closing a descriptor of a file drops all record locks that the process has on it, SQLite's included."""
    path = tmp_path / "run.db"
    journal = SqliteJournal(path)
    await journal.open()

    def others_can_write() -> str:
        command = [sys.executable, "-c", TRY_TO_WRITE, str(path)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert others_can_write() == "locked"
    await open_and_close(SqliteJournal(path))
    with pytest.raises(JournalError, match="under another name"):
        await SqliteJournal(hard_link(path)).open()
    with reading(path) as reader:
        assert reader.find("row 1") is None
    assert check(path).in_use
    backup(path, tmp_path / "copy.db")
    assert others_can_write() == "locked"
    await journal.put(ENTRY)
    await journal.close()


def test_a_child_that_was_forked_keeps_no_lock(tmp_path: Path) -> None:
    """A worker of a pool outlives the run that was killed: the journal is free for the next one."""
    path = tmp_path / "run.db"
    program = (
        "import anyio, os, sys, time\n"
        "from sixtyfour_async import SqliteJournal\n"
        "async def main():\n"
        "    await SqliteJournal(sys.argv[1]).open()\n"
        "    child = os.fork()\n"
        "    if child == 0: print(os.getpid(), flush=True)\n"
        "    time.sleep(60)\n"
        "anyio.run(main)\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", program, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
        try:
            anyio.run(open_and_close, SqliteJournal(path))
        finally:
            os.kill(child, signal.SIGKILL)


async def test_a_reader_in_the_way_leaves_a_journal_that_is_whole(tmp_path: Path) -> None:
    """The log stays when it is closed beneath a reader, and belongs to it until the next time."""
    path = tmp_path / "run.db"
    journal = SqliteJournal(path)
    await journal.open()
    await journal.put(ENTRY)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM jobs").fetchone() == (1,)
        await journal.put(changed(ENTRY))
        await journal.close()
        assert check(path).verdict.kind == "whole"
    again = SqliteJournal(path)
    await again.open()
    assert again.doubt is None
    await again.close()
    assert set(contents(tmp_path)) == {"run.db"}


async def test_the_lock_file_of_earlier_versions_is_ignored_and_removed(tmp_path: Path) -> None:
    (tmp_path / "run.db.lock").touch()
    journal = SqliteJournal(tmp_path / "run.db")
    await journal.open()
    await journal.close()

    assert set(contents(tmp_path)) == {"run.db"}
