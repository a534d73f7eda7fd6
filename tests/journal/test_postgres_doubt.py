"""A journal in PostgreSQL that may lack its last commits: nothing is submitted until somebody has looked at it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest

from sixtyfour_async import JournalError, PostgresJournal
from sixtyfour_async._journal.base import CRASHED, Entry, changed
from sixtyfour_async._journal.postgres_upkeep import adopt, check, verdict_on
from sixtyfour_async._journal.sharing import Limits
from sixtyfour_async._postgres.address import Address
from tests.postgres_server import NOBODY, Server

pytestmark = pytest.mark.anyio

NEW = Entry("row", "find-email", "f" * 32, "{}", "released", variant="find-email")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def server() -> Generator[Server, None, None]:
    """A server whose data is copied, put back and promoted."""
    made = Server()
    yield made
    made.end()


def copy_data(source: Path, target: Path) -> None:
    """Copy a server's data, with its owner."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    if os.geteuid() == 0:
        for path in (target, *target.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    target.chmod(0o700)


def intents(*numbers: int) -> list[Entry]:
    return [changed(NEW, key=f"row {number}", state="intended", sent_at="2026-11-26") for number in numbers]


async def send(journal: PostgresJournal, *numbers: int) -> None:
    claim = await journal.claim(intents(*numbers), Limits())
    assert not claim.refused
    await journal.put(*(changed(entry, state="accepted", job_id=entry.key) for entry in intents(*numbers)))


async def is_in_doubt(journal: PostgresJournal, why: str) -> None:
    """It says why, in one line, and no row is taken in order to be sent; what is known goes on."""
    assert journal.doubt is not None
    assert why in journal.doubt
    assert "\n" not in journal.doubt
    assert f"sixtyfour journal adopt {journal.address}" in journal.doubt
    assert not journal.may_send()
    assert (await journal.claim(intents(99), Limits())).refused == {"row 99"}
    assert await journal.find("row 99") is None
    known = await journal.find("row 1")
    assert known is not None
    await journal.put(changed(known))


async def test_an_older_copy_that_was_put_back_is_noticed_by_a_runner_and_by_the_next(server: Server) -> None:
    """The data directory is copied, the run goes on, the copy is put back: one runner lives through it."""
    url, kept = server.url(server.create_database()), server.folder / "kept"
    journal = PostgresJournal(url)
    await journal.open()
    await send(journal, 1)
    server.stop()
    copy_data(server.data, kept)
    server.start()
    await send(journal, 2, 3)
    server.stop()
    copy_data(kept, server.data)
    server.start()

    await journal.beat()
    await is_in_doubt(journal, "is older than it was: 2 commits, with 2 rows sent, are missing")
    await journal.close()
    again = PostgresJournal(url)
    await again.open()
    await is_in_doubt(again, "is older than it was")
    await again.close()

    found = verdict_on(Address.of(url))
    assert (found.kind, found.rows) == ("doubt", 2)
    adoption = adopt(Address.of(url))
    assert adoption is not None
    assert (adoption.rows_missing, adoption.rows_parked) == (2, 0)
    assert adopt(Address.of(url)) is None
    assert check(Address.of(url)).adoptions == (adoption,)
    await again.open()
    assert again.doubt is None
    await send(again, 4)
    await again.close()


async def test_a_standby_that_was_promoted_is_noticed(server: Server) -> None:
    """It may lack the last commits of a machine that this one knows nothing of: its timeline says so."""
    url = server.url(server.create_database())
    journal = PostgresJournal(url)
    await journal.open()
    await send(journal, 1)
    await journal.close()
    server.stop()
    (server.data / "standby.signal").touch()
    server.start()
    with pytest.raises(JournalError, match=r"read-only|recovery"):
        await PostgresJournal(url, patience_seconds=0.2).open()
    server.use("pg_ctl", "-D", str(server.data), "-w", "promote")

    await journal.open()
    await is_in_doubt(journal, "is now on another server (timeline 00000002, before 00000001)")
    await journal.close()


async def test_a_copy_in_another_database_is_noticed_and_can_be_adopted(postgres_server: Server) -> None:
    """Rows that were free to be sent, or about to be, may have been sent by the original since."""
    original = postgres_server.create_database()
    journal = PostgresJournal(postgres_server.url(original))
    await journal.open()
    await send(journal, 1)
    await journal.put(changed(NEW, key="free"))
    await journal.claim(intents(5), Limits())
    journal._store._link.close()  # type: ignore[attr-defined]  # it died: nobody leaves in good order
    copied = postgres_server.create_database(original)
    url = postgres_server.url(copied)
    copy = PostgresJournal(url)
    await copy.open()
    await is_in_doubt(copy, "lies in another database than when it was last used")
    await copy.close()

    adoption = adopt(Address.of(url))

    assert adoption is not None
    assert adoption.rows_parked == 2
    await copy.open()
    assert copy.doubt is None
    assert {entry.key: entry.error == CRASHED async for entry in copy.entries({"unknown"})} == {
        "free": False,
        "row 5": True,
    }
    await send(copy, 6)
    await copy.close()
    await journal.open()  # the original has a name of its own
    assert journal.doubt is None
    await journal.close()
    for name in (original, copied):
        postgres_server.drop_database(name)


async def test_a_runner_whose_journal_was_adopted_meanwhile_sends_nothing_more(postgres_url: str) -> None:
    """What it knows is of another life of the journal."""
    journal = PostgresJournal(postgres_url)
    await journal.open()
    await send(journal, 1)
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE sixtyfour_journal SET doubt = 'was restored'")
    await journal.beat()
    await is_in_doubt(journal, "was restored")
    adopt(Address.of(postgres_url))

    await journal.beat()

    assert journal.doubt is not None
    assert "was adopted, or put back, while this process used it" in journal.doubt
    await journal.close()


async def test_a_journal_without_the_row_about_itself_is_refused(postgres_url: str) -> None:
    """The marker is lost."""
    with psycopg.connect(postgres_url) as connection:
        connection.execute("DELETE FROM sixtyfour_journal")

    with pytest.raises(JournalError, match="is damaged: the row of sixtyfour_journal is missing"):
        await PostgresJournal(postgres_url).open()


async def test_commits_that_a_crash_of_the_server_loses_are_warned_of(postgres_server: Server) -> None:
    """``synchronous_commit`` may be off for a database, or for a role."""
    name = postgres_server.create_database()
    address = Address.of(postgres_server.url(name))
    journal = PostgresJournal(address.url)
    await journal.open()
    await journal.close()
    assert not any("synchronous_commit" in notice for notice in check(address).notices)

    postgres_server.run(f"ALTER DATABASE {name} SET synchronous_commit = off")

    assert any("synchronous_commit is off" in notice for notice in check(address).notices)
    assert check(address).good
    postgres_server.drop_database(name)
