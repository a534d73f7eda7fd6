"""Move a run between a file and a database, or between databases: every row, answer, sum and note, and its name.

What is copied is what the two kinds of journal store; only what belongs to runners stays behind. The copy goes by the
same id, so the same idempotency keys are sent, and the witness in the user's state folder speaks for both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import psycopg
from psycopg import sql

from sixtyfour_async._journal.evidence import as_values, connected, stand_of, sync_folder
from sixtyfour_async._journal.maintenance import held, verdict_on
from sixtyfour_async._journal.places import Place
from sixtyfour_async._journal.postgres_link import one_line
from sixtyfour_async._journal.postgres_rows import COLUMNS, as_text, id_of, text_of
from sixtyfour_async._journal.postgres_upkeep import create
from sixtyfour_async._journal.postgres_upkeep import verdict_on as database_verdict_on
from sixtyfour_async._journal.refusals import named_errors, refusal
from sixtyfour_async._journal.schema import SCHEMA_VERSION, checked_version
from sixtyfour_async._journal.sharing import LEASE_SECONDS
from sixtyfour_async._journal.sqlite_store import SqliteStore
from sixtyfour_async._journal.wholeness import Stand
from sixtyfour_async._postgres.address import Address
from sixtyfour_async._postgres.connection import connect
from sixtyfour_async._uptime import uptime
from sixtyfour_async.errors import JournalError

COPY_SECONDS = 600.0
"""Real seconds without an answer after which the connection counts as lost."""

ROWS_AT_A_TIME = 500

_TABLES: dict[str, tuple[str, ...]] = {
    "jobs": (*COLUMNS, "created_at", "changed_at"),
    "meta": ("name", "value"),
    "answers": ("batch", "body", "body_type"),
    "tallies": ("variant", "name", "sent_at", "rows", "cents"),
    "adoptions": ("adopted_at", "reason", "since", "until", "rows_missing", "rows_parked"),
}
"""Table → its columns, alike in both kinds of journal."""

Rows: TypeAlias = Iterator[Sequence[Any]]


class _Source(Protocol):
    """A journal that nobody writes."""

    @property
    def stand(self) -> Stand: ...

    def rows(self, table: str) -> Rows: ...


@dataclass(frozen=True, slots=True)
class _File:
    database: sqlite3.Connection
    stand: Stand

    def rows(self, table: str) -> Rows:
        # As the file hands its rows over: those of one millisecond by their keys.
        order = {"jobs": "ORDER BY created_at, key", "tallies": ""}.get(table, "ORDER BY rowid")
        return self.database.execute(f"SELECT {', '.join(_TABLES[table])} FROM {table} {order}")  # noqa: S608 (our own words)


@dataclass(frozen=True, slots=True)
class _Database:
    connection: psycopg.Connection[Any]
    stand: Stand

    def rows(self, table: str) -> Rows:
        order = "ORDER BY number" if table in {"jobs", "answers"} else ""
        columns = sql.SQL(", ").join(map(sql.Identifier, _TABLES[table]))
        query = sql.SQL("SELECT {} FROM {} {}").format(columns, sql.Identifier(f"sixtyfour_{table}"), sql.SQL(order))
        with self.connection.cursor(f"copy_{table}", binary=True) as cursor:
            cursor.itersize = ROWS_AT_A_TIME
            for row in cursor.execute(query):
                yield [text_of(value) if isinstance(value, str) else value for value in row]


def copy(source: Place, target: Place) -> int:
    """Copy a run from a file to a database, the other way, or from one database to another; nothing is sent.

    Args:
        source: A journal that is whole, and that no process has open.
        target: A file that does not exist; or a database, whose tables are created where they are missing, and which
            holds no other run. An earlier copy of the same run is replaced.

    Returns:
        Number of rows.

    Raises:
        JournalError: One of them is not so; the target is then as it was.
    """
    if isinstance(source, Path) and isinstance(target, Path):
        raise JournalError(f"both are files: copy {source} with `sixtyfour journal backup {source} {target}`")
    with _opened(source) as read:
        if isinstance(target, Address):
            create(target)
        return _write_file(read, target) if isinstance(target, Path) else _write_database(read, target)


# --- the source -----------------------------------------------------------------------------------------------------


@contextmanager
def _opened(place: Place) -> Generator[_Source, None, None]:
    with _open_file(place) if isinstance(place, Path) else _open_database(place) as found:
        yield found


@contextmanager
def _open_file(path: Path) -> Generator[_Source, None, None]:
    verdict = verdict_on(path)
    if verdict.kind != "whole":
        raise JournalError(refusal(path, verdict))
    with ExitStack() as stack:
        with named_errors(path, "copied"):
            if stack.enter_context(held(path)):
                raise JournalError(f"journal {path} is in use by another process: wait for it, or end it")
            database = stack.enter_context(connected(path, "mode=ro"))
            stand, version = stand_of(database), checked_version(database, path)
        if version != SCHEMA_VERSION or stand is None:
            raise JournalError(f"journal {path} is empty, or of an earlier version: run it once, then copy it")
        with named_errors(path, "copied", foreign=True):
            yield _File(database, stand)


@contextmanager
def _open_database(address: Address) -> Generator[_Source, None, None]:
    verdict = database_verdict_on(address)
    if verdict.kind != "whole":
        raise JournalError(refusal(address, verdict))
    with _locked(address) as (connection, stand):
        yield _Database(connection, stand)


@contextmanager
def _locked(address: Address) -> Generator[tuple[psycopg.Connection[Any], Stand], None, None]:
    """Yield a connection in a transaction that keeps every runner out, and what the journal says of itself."""
    with one_line(address), connect(address, COPY_SECONDS) as connection, connection.transaction():
        query = "SELECT id, commits, intents, changed_at FROM sixtyfour_journal FOR UPDATE"
        journal, commits, intents, changed_at = connection.execute(query).fetchall()[0]
        alive = "SELECT count(*) FROM sixtyfour_runners WHERE lease_until >= clock_timestamp()"
        runners = connection.execute(alive).fetchall()[0][0]
        if runners:
            raise JournalError(f"journal {address} is in use by {runners} processes: wait for them, or end them")
        yield connection, Stand(journal, commits=commits, intents=intents, changed_at=changed_at)


# --- the target -----------------------------------------------------------------------------------------------------


def _write_database(source: _Source, address: Address) -> int:
    with _locked(address) as (connection, there):
        used = connection.execute("SELECT EXISTS (SELECT FROM sixtyfour_jobs)").fetchall()[0][0]
        if used and there.id != source.stand.id:
            raise JournalError(f"journal {address} holds another run: choose another database, or another schema of it")
        if there.id == source.stand.id and there.commits > source.stand.commits:
            raise JournalError(f"journal {address} holds the same run, and later rows of it: nothing was copied")
        for table in ("runners", "sums", *_TABLES):
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(f"sixtyfour_{table}")))
        written = {table: _fill_table(connection, table, source.rows(table)) for table in _TABLES}
        stand = source.stand
        connection.execute(
            "UPDATE sixtyfour_journal SET id = %s, commits = %s, intents = %s, rows = %s, changed_at = %s, place = '',"
            " doubt = NULL",
            (stand.id, stand.commits, stand.intents, written["jobs"], stand.changed_at),
        )
        return written["jobs"]


def _fill_table(connection: psycopg.Connection[Any], table: str, rows: Iterable[Sequence[Any]]) -> int:
    """Write rows into a table of a database, and return how many."""
    jobs = table == "jobs"
    columns = ("number", "id", *_TABLES[table]) if jobs else _TABLES[table]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(f"sixtyfour_{table}"), names)
    number = 0
    with connection.cursor() as cursor, cursor.copy(statement) as target:
        for number, row in enumerate(rows, 1):
            values = [as_text(value) if isinstance(value, str) else value for value in row]
            target.write_row([number, id_of(row[0]), *_with_truth(values)] if jobs else values)
    return number


_DELIVERED = COLUMNS.index("delivered")


def _with_truth(values: list[Any]) -> list[Any]:
    """Return a row's values with what SQLite stores as 0 or 1 as a truth value."""
    values[_DELIVERED] = bool(values[_DELIVERED])
    return values


def _write_file(source: _Source, path: Path) -> int:
    if path.exists():
        raise JournalError(f"{path} exists already; choose another name for the copy")
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        store = SqliteStore(part, LEASE_SECONDS, uptime)
        store.open()
        store.close()
        with closing(sqlite3.connect(part, isolation_level=None)) as database:
            written = _fill_file(database, source, path)
        part.rename(path)
        sync_folder(path.parent)
    except (OSError, sqlite3.Error) as error:
        text = error.strerror if isinstance(error, OSError) else None
        raise JournalError(f"{path} cannot be written: {text or error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return written


def _fill_file(database: sqlite3.Connection, source: _Source, path: Path) -> int:
    database.execute("BEGIN IMMEDIATE")
    for table, columns in _TABLES.items():
        places = ", ".join("?" * len(columns))
        insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 (our own words)
        database.executemany(insert, source.rows(table))
    stand = source.stand
    made = replace(
        stand_of(database) or stand,
        id=stand.id,
        commits=stand.commits,
        intents=stand.intents,
        changed_at=stand.changed_at,
    )
    fields = ", ".join(f"{name} = ?" for name in made.__slots__)
    database.execute(f"UPDATE wholeness SET {fields}", as_values(replace(made, place=str(path.resolve()))))  # noqa: S608
    written = int(database.execute("SELECT count(*) FROM jobs").fetchone()[0])
    database.execute("COMMIT")
    return written
