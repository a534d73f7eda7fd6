"""The accounts of keys in a PostgreSQL database, for processes on any number of machines.

Two statements for each visit, each a transaction of its own: no lock is held between them, nothing is kept in the
session. Time is the server's, read after the row was.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import suppress
from importlib.resources import files
from typing import Any, TypeVar

from sixtyfour_async._client.budget_store import Visit
from sixtyfour_async._scheduling.visits import Grant
from sixtyfour_async.errors import ConfigurationError, JournalError

try:
    import psycopg
    from psycopg import conninfo, errors, sql
except ImportError as missing:
    raise ConfigurationError(
        "a budget in PostgreSQL needs an extra: pip install 'sixtyfour_async[postgres]'"
    ) from missing

T = TypeVar("T")

ANSWER_SECONDS = 2.0
"""Real seconds without an answer after which a connection counts as lost: a share would have died by then."""

SWAPS = 50
"""Times that a visit is decided anew because another process was faster, before it counts as failed."""

_READ = (
    "SELECT state, version, extract(epoch FROM clock_timestamp())::float8"
    " FROM (SELECT) AS one LEFT JOIN sixtyfour_budgets ON key = %s"
)
_WRITE = "UPDATE sixtyfour_budgets SET state = %s, version = version + 1 WHERE key = %s AND version = %s"
_CREATE = "INSERT INTO sixtyfour_budgets (state, key, version) VALUES (%s, %s, 1) ON CONFLICT DO NOTHING"


class _Connection(psycopg.Connection[Any]):
    """A connection that does not wait for an answer for ever."""

    def wait(self, gen: Generator[Any, Any, T], *args: Any, **kwargs: Any) -> T:
        """Wait for an answer, or raise `psycopg.OperationalError` when it does not come."""
        return super().wait(_until(time.monotonic() + ANSWER_SECONDS, gen), *args, **kwargs)


def _until(deadline: float, waiting: Generator[Any, Any, T]) -> Generator[Any, Any, T]:
    """Pass on what a generator of psycopg asks for, until it ends or the deadline has come."""
    try:
        asked = next(waiting)
        while True:
            ready = yield asked
            if not ready and time.monotonic() > deadline:
                raise psycopg.OperationalError("no answer came in time")
            asked = waiting.send(ready)
    except StopIteration as end:
        result: T = end.value
        return result


class BudgetTable:
    """The accounts in a database; see `budget_store.BudgetStore`.

    Args:
        url: As libpq reads it; it is never shown.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: _Connection | None = None

    def visit(self, wanted: Visit) -> Grant:
        """Make a visit; see `budget_store.BudgetStore.visit`."""
        try:
            for _ in range(SWAPS):
                grant = self._swap(wanted)
                if grant is not None:
                    return grant
        except (psycopg.Error, UnicodeError) as error:
            self.close()
            raise JournalError(f"the shared budget cannot be used: {_reason(error)}") from None
        raise JournalError("the shared budget is changed by others all the time")

    def close(self) -> None:
        """Close the connection; a later visit makes it again."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def _swap(self, wanted: Visit) -> Grant | None:
        """Try to make a visit; return None when another one came in between."""
        connection = self._open()
        try:
            row = connection.execute(_READ, (wanted.key,)).fetchone()
        except errors.UndefinedTable:
            _create(connection)
            return None
        text, version, at = row or (None, None, 0.0)
        text, grant = wanted.decide(text, at, "PostgreSQL")
        statement, values = (_WRITE, (text, wanted.key, version)) if version else (_CREATE, (text, wanted.key))
        return grant if connection.execute(statement, values).rowcount == 1 else None

    def _open(self) -> _Connection:
        if self._connection is None or self._connection.closed:
            given = conninfo.conninfo_to_dict(self._url)
            own: dict[str, Any] = {"connect_timeout": 5, "application_name": "sixtyfour"}
            own = {name: value for name, value in own.items() if name not in given}
            self._connection = _Connection.connect(self._url, autocommit=True, prepare_threshold=None, **own)
        return self._connection


def create_accounts(url: str, role: str | None = None) -> None:
    """Create the table in a database, unless it is there; *role* may use it from now on.

    Raises:
        JournalError: The database cannot be reached, or our role may not.
    """
    try:
        with psycopg.connect(url, autocommit=True, prepare_threshold=None, application_name="sixtyfour") as connection:
            _create(connection)
            if role is not None:
                grant = sql.SQL("GRANT SELECT, INSERT, UPDATE ON sixtyfour_budgets TO {}").format(sql.Identifier(role))
                connection.execute(grant)
    except psycopg.Error as error:
        raise JournalError(f"the budget's table in the database: {_reason(error)}") from None


def _create(connection: psycopg.Connection[Any]) -> None:
    """Create the table; two processes that do so at once are told that it is there already."""
    script = files("sixtyfour_async._client").joinpath("budget_postgres.sql").read_bytes()
    with suppress(errors.UniqueViolation, errors.DuplicateTable):
        connection.execute(script)


def _reason(error: Exception) -> str:
    """Return what the server, or libpq, said, in one line; what libpq says about a URL is left out: it quotes it."""
    if isinstance(error, psycopg.Error) and error.diag.message_primary is not None:
        return error.diag.message_primary
    if isinstance(error, psycopg.OperationalError):
        first = next(iter(str(error).strip().splitlines()), type(error).__name__)
        return first.rpartition("failed: ")[2].removeprefix("FATAL:").strip()
    return "its URL cannot be read"
