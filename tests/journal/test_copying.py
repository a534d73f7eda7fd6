"""A run that moves between a file and a database, and between databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sixtyfour_async import Journal, JournalError, PostgresJournal, SqliteJournal
from sixtyfour_async._journal.base import Entry, changed
from sixtyfour_async._journal.copying import copy
from sixtyfour_async._journal.places import Place, as_named, journal_at
from sixtyfour_async._journal.sharing import Limits
from sixtyfour_async._postgres.address import Address
from sixtyfour_async._wire.body import Body
from tests.postgres_server import Server

pytestmark = pytest.mark.anyio

NEW = Entry("row", "find-email", "f" * 32, '{"lead":{"name":"Åda"}}', "released", variant="find-email")
WHOLE = replace(
    NEW,
    key="whole \x00 \x01 🙂",
    state="completed",
    job_id="job",
    answer=Body(b'{"a": "\xff\x00"}\n', "text/html; charset=x"),
    receipt=Body(b"", ""),
    error="é\x00",
    cost_cents=2.5,
    reserved_cents=0.1,
    resubmissions=2,
    sent_at="2026-11-26T10:00:00.000+00:00",
    delivered=True,
    batch="other",
    place=3,
    matched_by="index",
    version=7,
)
SHARED = replace(NEW, key="shared", state="unmatched", batch="batch", place=0, version=1)
ROWS = [
    WHOLE,
    SHARED,
    replace(NEW, key="last", version=2),
    replace(NEW, key="a", state="unknown", error="?", version=3),
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def address(postgres_url: str) -> Address:
    return Address.of(postgres_url)


async def fill(journal: Journal) -> None:
    """Write rows in every state of dress, answers, sums and notes, and close."""
    await journal.open()
    await journal.bind({"operation": "find-email", "é\x00": "\x01"})
    await journal.set_meta("run times", '{"find-email": [1, 2]}')
    for entry in ROWS:
        await journal.put(replace(entry, version=0))
        await journal.put(replace(entry, version=0))
    await journal.save_batch_answer("batch", Body(b"\x00whole"))
    journal.tally("find-email", "duplicate", 5.0)
    await journal.set_meta("last", "")
    await journal.close()


async def contents(place: Place) -> tuple[object, ...]:
    """Return all that a journal says."""
    journal = journal_at(as_named(place))
    await journal.open()
    try:
        rows = [entry async for entry in journal.entries({"completed", "unmatched", "released", "unknown"})]
        notes = [await journal.get_meta(name) for name in ("run times", "last")]
        sums = sorted(await journal.lines(), key=repr)
        sums += sorted(await journal.lines_since("2026-11-26"), key=repr)
        answer = await journal.load_batch_answer("batch")
        with pytest.raises(JournalError, match="operation was 'find-email'"):
            await journal.bind({"operation": "other"})
        return rows, notes, sums, answer, journal.doubt
    finally:
        await journal.close()


async def test_rows_of_one_millisecond_keep_the_order_in_which_the_file_has_them(
    address: Address, tmp_path: Path
) -> None:
    original = tmp_path / "run.db"
    await fill(SqliteJournal(original))
    with closing(sqlite3.connect(original)) as database:
        database.execute("UPDATE jobs SET created_at = (SELECT min(created_at) FROM jobs)")
        database.commit()
    before = await contents(original)

    assert copy(original, address) == len(ROWS)
    assert await contents(address) == before


async def test_all_of_a_run_goes_from_a_file_to_a_database_and_back(address: Address, tmp_path: Path) -> None:
    """Rows in their order, with every field; answers, sums and notes; nothing is in doubt anywhere."""
    original, back = tmp_path / "run.db", tmp_path / "back.db"
    await fill(SqliteJournal(original))
    before = await contents(original)

    assert copy(original, address) == len(ROWS)
    assert await contents(address) == before
    assert copy(address, back) == len(ROWS)
    assert await contents(back) == before
    assert copy(back, address) == len(ROWS)  # the same run: it is replaced
    assert await contents(address) == before


async def test_a_run_goes_from_one_database_to_another(address: Address, postgres_server: Server) -> None:
    """The tables are created there."""
    other = Address.of(postgres_server.url(postgres_server.create_database()))
    await fill(PostgresJournal(address.url))
    before = await contents(address)

    copy(address, other)

    assert await contents(other) == before
    postgres_server.drop_database(other.url.rpartition("/")[2])


async def test_the_older_of_two_copies_is_in_doubt_once_the_other_has_sent_rows(
    address: Address, tmp_path: Path
) -> None:
    """They have one name, and this machine has seen what was sent under it."""
    path = tmp_path / "run.db"
    await fill(SqliteJournal(path))
    copy(path, address)
    journal = PostgresJournal(address.url)
    await journal.open()
    await journal.claim([changed(NEW, key="new", state="intended")], Limits())
    await journal.close()
    old = SqliteJournal(path)
    await old.open()
    assert old.doubt is not None
    assert "1 row more being sent" in old.doubt or "is an older copy" in old.doubt
    await old.close()

    with pytest.raises(JournalError, match="is an older copy"):
        copy(path, address)


async def test_what_another_run_needs_is_not_overwritten(address: Address, tmp_path: Path) -> None:
    """A database with another run, a later one, one in use, and a file that exists."""
    path, other = tmp_path / "run.db", tmp_path / "other.db"
    await fill(SqliteJournal(path))
    await fill(SqliteJournal(other))
    copy(path, address)

    with pytest.raises(JournalError, match="holds another run"):
        copy(other, address)
    with pytest.raises(JournalError, match="exists already"):
        copy(address, other)
    with pytest.raises(JournalError, match="both are files"):
        copy(path, other)
    journal = PostgresJournal(address.url)
    await journal.open()
    await journal.set_meta("later", "text")
    for words in ((path, address), (address, tmp_path / "new.db")):
        with pytest.raises(JournalError, match="is in use by 1 process"):
            copy(*words)
    await journal.close()
    with pytest.raises(JournalError, match="holds the same run, and later"):
        copy(path, address)
    file = SqliteJournal(path)
    await file.open()
    with pytest.raises(JournalError, match="is in use by another process"):
        copy(path, address)
    await file.close()
    assert not (tmp_path / "new.db").exists()
