"""Who gets at a journal in PostgreSQL: passwords, which are never shown, and roles that may do no more than that."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import anyio
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async import AsyncClient, ConfigurationError, JobRunner, JournalError, PostgresJournal
from sixtyfour_async._journal.base import Entry, changed
from sixtyfour_async._journal.postgres_tables import SCHEMA_VERSION
from sixtyfour_async._journal.postgres_upkeep import check, create
from sixtyfour_async._journal.sharing import Cap, Limits, Room
from sixtyfour_async._postgres.address import REMEDY, Address
from tests.postgres_server import Server

pytestmark = pytest.mark.anyio

PASSWORD = "p@ss:/?#%25 é"
NEW = Entry("row", "find-email", "f" * 32, "{}", "released", variant="find-email")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def database(postgres_server: Server) -> Generator[str, None, None]:
    """An empty database, in which only its owner may create anything."""
    name = postgres_server.create_database()
    yield name
    postgres_server.drop_database(name)


@pytest.fixture
def role(postgres_server: Server, database: str) -> Generator[str, None, None]:
    """A role that may connect, with `PASSWORD`."""
    name = f"role_{database}"
    postgres_server.run(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}' IN ROLE with_password")
    yield name
    postgres_server.run(f"DROP OWNED BY {name}", database=database)
    postgres_server.run(f"DROP ROLE {name}")


def shows_some_of(text: str, password: str) -> bool:
    """Return whether four characters of a password in a row are in a text."""
    return any(password[start : start + 4] in text for start in range(len(password) - 3))


async def use(journal: PostgresJournal) -> None:
    """Do all that a runner does."""
    await journal.open()
    await journal.bind({"operation": "find-email"})
    intent = changed(NEW, state="intended", batch="batch")
    limits = Limits((Cap("", 100.0), Cap("2026", 100.0)), (Room(frozenset({"find-email"}), 5),))
    assert not (await journal.claim([intent], limits)).refused
    await journal.put(changed(intent, state="accepted", job_id="job"))
    await journal.hand_back(["row"])
    journal.tally("find-email", "duplicate", 1.0)
    await journal.set_meta("note", "text")
    await journal.deliver("row")
    await journal.beat()
    await journal.wait_for_change()
    assert await journal.lines()
    assert await journal.forget("row")
    await journal.close()


@pytest.mark.parametrize("way", ["url", "PGPASSWORD", "pgpass"])
async def test_a_password_of_any_characters_gets_through(
    postgres_server: Server, role: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is libpq that reads it; no text of ours has it. The role may read and write the tables, and no more."""
    database = role.removeprefix("role_")
    create(Address.of(postgres_server.url(database)), role=role)
    url = postgres_server.url(database, user=role)
    if way == "url":
        url = url.replace(role + "@", f"{role}:{quote(PASSWORD, safe='')}@")
    elif way == "PGPASSWORD":
        monkeypatch.setenv("PGPASSWORD", PASSWORD)
    else:
        escaped = PASSWORD.replace("\\", "\\\\").replace(":", "\\:")
        (tmp_path / "pgpass").write_text(f"127.0.0.1:*:*:{role}:{escaped}\n", "utf-8")
        (tmp_path / "pgpass").chmod(0o600)
        monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    journal = PostgresJournal(url)

    await use(journal)

    assert journal.address.has_password == (way == "url")
    assert check(journal.address).good
    for text in (repr(journal), str(journal.address), repr(journal.address)):
        assert role in text
        assert not shows_some_of(text, PASSWORD)
        assert quote(PASSWORD, safe="") not in text


@pytest.mark.parametrize("wrong", ["password", "port", "host", "database"])
async def test_an_error_is_one_line_without_the_password(
    postgres_server: Server, database: str, role: str, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever is wrong with the URL."""
    caplog.set_level(logging.DEBUG)
    password = "other" + PASSWORD if wrong == "password" else PASSWORD
    url = postgres_server.url(database, user=role).replace(role + "@", f"{role}:{quote(password, safe='')}@")
    url = {
        "password": url,
        "port": url.replace(f":{postgres_server.port}/", ":1/"),
        "host": url.replace("127.0.0.1", "no-such-host.invalid"),
        "database": url + "x",
    }[wrong]

    with pytest.raises(JournalError) as caught:
        await PostgresJournal(url).open()

    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert not shows_some_of(str(caught.value) + caplog.text, password)


@given(st.text("pqxyz@:/?#%25 é=&\\'\"", min_size=6, max_size=20))
def test_no_part_of_a_password_that_is_not_encoded_is_shown_or_taken_for_a_host(password: str) -> None:
    """Either libpq takes all of it for the password, or the URL is refused, with how to write it."""
    url = f"postgresql://me:{password}@db.example:5432/rows"
    with suppress(JournalError):
        address = Address.of(url)
        assert str(address) == "postgresql://me@db.example:5432/rows"
        assert url not in repr(address)
        return
    with pytest.raises(JournalError, match=f"^the journal's URL cannot be read: {re.escape(REMEDY)}$"):
        Address.of(url)


@pytest.mark.parametrize("url", ["postgresql://db.example/rows?user=me@corp", "postgres://me@db.example?user=a@b"])
def test_an_option_may_have_any_sign(url: str) -> None:
    """Some services have users with an @ in their name."""
    assert "db.example" in str(Address.of(url))


async def test_a_runner_never_shows_the_password(postgres_server: Server, database: str) -> None:
    """It takes the URL as a journal."""
    url = postgres_server.url(database).replace("postgres@", "postgres:secret@")
    async with AsyncClient(api_key="none") as client, JobRunner(client, journal=url) as runner:
        assert isinstance(runner.journal, PostgresJournal)
        assert "secret" not in repr(runner) + repr(runner.journal)


async def test_a_role_that_may_not_create_tables_is_told_what_to_run(
    postgres_server: Server, database: str, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once another role has done so, it runs."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    url = postgres_server.url(database, user=role)

    with pytest.raises(JournalError, match=f"permission denied.*; run `sixtyfour journal init {url}` once"):
        await PostgresJournal(url).open()
    create(Address.of(postgres_server.url(database)))
    with pytest.raises(JournalError, match="permission denied"):
        await PostgresJournal(url).open()
    create(Address.of(postgres_server.url(database)), role=role)
    await use(PostgresJournal(url))


async def test_tables_of_a_newer_version_are_refused(postgres_server: Server, database: str) -> None:
    """They are left as they are."""
    url = postgres_server.url(database)
    assert create(Address.of(url)) == 0
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO sixtyfour_migrations VALUES (%s)", (SCHEMA_VERSION + 1,))

    with pytest.raises(JournalError, match=r"was made by a newer version .* upgrade sixtyfour_async"):
        await PostgresJournal(url).open()
    with pytest.raises(JournalError, match="newer version"):
        create(Address.of(url))


async def test_several_may_create_the_tables_at_once(postgres_server: Server, database: str) -> None:
    """One of them does; what is there is never touched."""
    journals = [PostgresJournal(postgres_server.url(database)) for _ in range(4)]
    async with anyio.create_task_group() as tasks:
        for journal in journals:
            tasks.start_soon(journal.open)
    await journals[0].put(changed(NEW))

    assert create(journals[0].address) == SCHEMA_VERSION
    assert await journals[1].find("row") == changed(NEW)
    for journal in journals:
        await journal.close()


async def test_a_schema_is_a_journal(postgres_server: Server, database: str) -> None:
    """The search path of the URL says which: two runs in one database do not meet."""
    postgres_server.run("CREATE SCHEMA second", database=database)
    first = PostgresJournal(postgres_server.url(database))
    second = PostgresJournal(postgres_server.url(database) + "?options=-csearch_path%3Dsecond")
    await first.open()
    await second.open()
    await first.put(changed(NEW))

    assert await second.find("row") is None
    await first.close()
    await second.close()


async def test_a_database_of_another_encoding_is_refused(postgres_server: Server) -> None:
    """Not every key could be written."""
    postgres_server.run("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'")

    with pytest.raises(JournalError, match="encoding must be UTF8"):
        await PostgresJournal(postgres_server.url("latin")).open()
    postgres_server.drop_database("latin")


def test_the_extra_is_named_when_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is opened."""
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(ConfigurationError, match=r"pip install 'sixtyfour_async\[postgres\]'"):
        PostgresJournal("postgresql://me@db.example/rows")
