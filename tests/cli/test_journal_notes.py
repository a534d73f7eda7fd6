"""What a journal says about its questions is read without a trace, also from one whose run was killed."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest

from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.schema import APPLICATION_ID, SCHEMA_VERSION
from sixtyfour_async._journal.sqlite import SqliteJournal
from sixtyfour_async.cli.journal_notes import COLUMNS, JournalNotes
from sixtyfour_async.errors import JournalError


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith("-shm")}


@pytest.mark.anyio
async def test_a_log_that_was_not_moved_into_the_file_stays_where_it_is(tmp_path: Path) -> None:
    """A killed run leaves one; here it is copied from under the journal's feet."""
    journal = SqliteJournal(tmp_path / "run.db")
    await journal.open()
    await journal.bind({"operation": "find-email", "service": "simulator"})
    await journal.put(Entry("k", "find-email", "f", '{"lead":{"name":"Ada"}}', "completed", cost_cents=5.0))
    await journal.set_meta(COLUMNS, '{"Name": "name"}')
    killed = tmp_path / "killed"
    shutil.copytree(tmp_path, killed, ignore=shutil.ignore_patterns("killed"))
    await journal.close()
    before = contents(killed)
    notes = JournalNotes.read(killed / "run.db")

    assert "run.db-wal" in before
    assert before["run.db-wal"]
    assert contents(killed) == before
    assert (notes.columns, notes.jobs, notes.spent_cents) == ({"Name": "name"}, 1, 5.0)


def test_a_journal_that_has_not_begun_has_no_notes(tmp_path: Path) -> None:
    """Neither has one that does not exist, and neither is created."""
    (tmp_path / "empty.db").touch()

    assert JournalNotes.read(tmp_path / "empty.db") == JournalNotes(tmp_path / "empty.db")
    assert JournalNotes.read(tmp_path / "missing.db").jobs == 0
    assert not (tmp_path / "missing.db").exists()


def test_notes_that_cannot_be_read_are_an_error(tmp_path: Path) -> None:
    """To go on without them would pay for every row again."""
    path = tmp_path / "run.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(files("sixtyfour_async._journal").joinpath("schema.sql").read_text("utf-8"))
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        database.execute("INSERT INTO meta VALUES ('note:field_sets', '[{\"fields\": 3}]')")
        database.commit()

    with pytest.raises(JournalError, match=r"notes of .*run\.db cannot be read: not a field set"):
        JournalNotes.read(path)
