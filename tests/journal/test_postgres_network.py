"""A journal in PostgreSQL over a network that fails: cut, swallowed, pooled, restarted."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import anyio
import psycopg
import pytest

from sixtyfour_async import JournalError, PostgresJournal
from sixtyfour_async._journal.base import Entry, changed
from sixtyfour_async._journal.sharing import Cap, Claim, Limits
from sixtyfour_async._scheduling.ledger import Line
from tests.postgres_server import Server
from tests.proxies import Pooler, Proxy

pytestmark = pytest.mark.anyio

NEW = Entry("row", "find-email", "f" * 32, "{}", "released", variant="find-email")
LIMITS = Limits((Cap("", 1e6),))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def proxy(postgres_server: Server) -> Generator[Proxy, None, None]:
    with Proxy(postgres_server.port) as made:
        yield made


@pytest.fixture
def through(postgres_url: str, postgres_server: Server, proxy: Proxy) -> str:
    return postgres_url.replace(f":{postgres_server.port}/", f":{proxy.port}/")


@asynccontextmanager
async def opened(url: str, **settings: Any) -> AsyncGenerator[PostgresJournal, None]:
    journal = PostgresJournal(url, **settings)
    await journal.open()
    try:
        yield journal
    finally:
        await journal.close()


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


async def test_a_server_that_is_starting_up_is_waited_for_also_at_the_opening(through: str, proxy: Proxy) -> None:
    proxy.is_starting = 3
    async with opened(through) as journal:
        proxy.is_starting = 2
        proxy.cut()
        await journal.put(NEW)
    proxy.is_starting = 1000
    with pytest.raises(JournalError, match=r"cannot be reached \(the database system is starting up\)"):
        async with opened(through, patience_seconds=0.2):
            pass


TERMINATE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_a_cut_leaves_unheard_is_done_once(through: str, proxy: Proxy, seed: int) -> None:
    """Connections are cut anywhere, in questions and in answers: no line is fenced, no sum is doubled, none is lost."""
    choice = random.Random(seed)  # noqa: S311 (to be repeated)
    async with opened(through) as journal:
        proxy.cut_after = lambda: choice.randrange(600, 9000)
        proxy.cut()
        for number in range(25):
            intent = changed(NEW, key=f"row {number}", state="intended", reserved_cents=5.0)
            former = replace(NEW, state="completed", cost_cents=2.0)
            assert await journal.claim([intent], LIMITS, [replace(former, key=intent.key)]) == Claim()
            accepted = changed(intent, state="accepted", job_id=f"job {number}")
            await journal.put(accepted)
            journal.tally("find-email", "duplicate", 1.0)
            await journal.put(changed(accepted, state="completed", reserved_cents=0.0, cost_cents=5.0))
            await journal.deliver(intent.key)
        proxy.cut_after = lambda: None
        lines = await journal.lines()
        rows = [entry async for entry in journal.entries({"completed"})]

    assert proxy.cuts > 0
    assert set(lines) == {
        Line("find-email", "completed", 25, charged_cents=125.0, dearest_cents=5.0),
        Line("find-email", "duplicate", 25, charged_cents=25.0),
        Line("find-email", "replaced", 25, charged_cents=50.0),
    }
    assert [(row.version, row.delivered) for row in rows] == [(3, True)] * 25


async def test_a_database_that_is_away_is_waited_for(through: str, proxy: Proxy) -> None:
    """Writes wait meanwhile and then succeed."""
    async with opened(through) as journal:
        proxy.refuses = True
        proxy.cut()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(journal.put, changed(NEW))
            await anyio.sleep(0.3)
            assert journal.may_send()
            proxy.refuses = False

        assert await journal.find("row") == changed(NEW)


async def test_a_database_that_stays_away_is_an_error_of_one_line_and_its_commit_is_not_done_twice(
    through: str, proxy: Proxy, postgres_url: str
) -> None:
    """What was kept is written when the journal is closed, if the database has come back."""
    journal = PostgresJournal(through, patience_seconds=0.2)
    await journal.open()
    journal.tally("find-email", "duplicate", 1.0)
    proxy.cut_after = lambda: 1  # from now on, no connection gets anywhere
    proxy.cut()
    with pytest.raises(JournalError) as caught:
        await journal.put(changed(NEW))
    proxy.cut_after = lambda: None
    journal.tally("find-email", "duplicate", 1.0)
    await journal.close()

    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"journal {journal.address}: the database cannot be reached")
    async with opened(postgres_url) as after:
        assert await after.find("row") == changed(NEW)
        assert Line("find-email", "duplicate", 2, charged_cents=2.0) in await after.lines()


@pytest.mark.parametrize("arrives", [False, True])
async def test_a_commit_whose_answer_was_swallowed_is_asked_for(
    through: str, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, *, arrives: bool
) -> None:
    """It was carried out, or it was not: either way it is in the journal once, with what came after it."""
    monkeypatch.setattr("sixtyfour_async._postgres.connection.TimedConnection.statement_seconds", 0.5)
    async with opened(through, patience_seconds=0.0) as journal:
        journal.tally("find-email", "duplicate", 1.0)
        proxy.swallows, proxy.swallows_answers = not arrives, arrives
        with pytest.raises(JournalError, match="no answer came in time"):
            await journal.put(changed(NEW))
        proxy.swallows = proxy.swallows_answers = False
        journal.tally("find-email", "duplicate", 1.0)
        await journal.put(changed(changed(NEW), state="completed"))

        assert await journal.find("row") == changed(changed(NEW), state="completed")
        assert Line("find-email", "duplicate", 2, charged_cents=2.0) in await journal.lines()


async def test_a_listener_that_is_cut_off_listens_again(postgres_url: str) -> None:
    """What was written while it was not connected is made up for."""
    async with opened(postgres_url) as one, opened(postgres_url) as other:
        await one.wait_for_change()
        execute(postgres_url, TERMINATE)
        await other.put(changed(NEW))
        with anyio.fail_after(30):
            await one.wait_for_change()
            while (found := await one.find("row")) is None:
                await one.wait_for_change()
        await other.put(changed(found, state="completed"))
        with anyio.fail_after(30):
            while (await one.find("row") or NEW).state != "completed":
                await one.wait_for_change()


async def test_a_listener_whose_connection_is_swallowed_is_found_out(
    through: str, postgres_url: str, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No packet says so: it does not hear itself."""
    monkeypatch.setattr("sixtyfour_async._postgres.connection.TimedConnection.statement_seconds", 0.5)
    async with opened(postgres_url) as other, opened(through) as one:
        await one.wait_for_change()
        proxy.swallow()
        await one.beat()  # the other connection is made again; the listening one nobody has missed yet
        await other.put(changed(NEW))
        with anyio.fail_after(30):
            await one.wait_for_change()

        assert await one.find("row") == changed(NEW)


@pytest.mark.parametrize("key", ["x" * 9000, "é" * 5000, "a\x00b", "\x01", ""])
async def test_any_key_is_written_while_others_listen(postgres_url: str, key: str) -> None:
    """A notification is limited to 8,000 bytes, an index entry to 2,700, and text has no NUL."""
    async with opened(postgres_url) as one, opened(postgres_url) as other:
        await one.wait_for_change()
        entry = changed(NEW, key=key, state="unmatched", batch=key or None, error=key)
        await other.put(entry)
        with anyio.fail_after(30):
            await one.wait_for_change()

        assert await one.find(key) == entry
        assert await one.find_all([key, "none"]) == [entry]
        assert [row async for row in one.entries({"unmatched"})] == [entry]
        assert not key or await one.batch_entries(key) == [entry]


async def test_a_pooler_in_transaction_mode_is_no_obstacle(
    postgres_server: Server, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is kept in a session; changes are asked for, which is said once."""
    database = postgres_url.rpartition("/")[2]
    with Pooler(postgres_server.port, database) as pooler:
        url = postgres_server.url(database, port=pooler.port)
        async with opened(url) as one, opened(url) as other:
            await one.wait_for_change()
            intent = changed(NEW, state="intended")
            assert not (await other.claim([intent], LIMITS)).refused
            assert (await one.claim([intent], LIMITS)).refused == {"row"}
            with anyio.fail_after(40):
                while "LISTEN hears nothing" not in caplog.text:
                    await one.wait_for_change()
                await other.put(changed(intent, state="accepted", job_id="job"))
                while (await one.find("row") or NEW).state != "accepted":
                    await one.wait_for_change()

    assert pooler.transactions > 10
    assert caplog.text.count("LISTEN hears nothing") == 1


async def test_a_restart_of_the_server_is_waited_for() -> None:
    """Runners on a server of their own, which is stopped in good order, and killed."""
    server = Server()
    try:
        url = server.url(server.create_database())
        async with opened(url) as journal:
            for number in range(2):
                await anyio.to_thread.run_sync(server.stop)
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(journal.put, changed(NEW, key=f"row {number}"))
                    await anyio.to_thread.run_sync(server.start)
            assert len([row async for row in journal.entries({"released"})]) == 2
            assert journal.doubt is None
    finally:
        server.end()
