"""A connection to PostgreSQL that is made again when it is lost, and that waits for no answer for ever.

Every statement is a transaction of its own, sent as a whole. Nothing is kept in the session: no `SET`, no session lock,
no prepared statement. So it makes no difference whether a pooler gives each transaction another backend.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from sixtyfour_async._journal.postgres_address import Address
from sixtyfour_async.errors import JournalError

T = TypeVar("T")

STATEMENT_SECONDS = 10.0
"""Real seconds without an answer after which a connection counts as lost: a network may swallow what it is given."""

FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.05, 2.0
"""Pauses between attempts to reach the server."""

_DEFAULTS: dict[str, Any] = {"connect_timeout": 10, "application_name": "sixtyfour"}

PASSING = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable, errors.QueryCanceled)
"""Errors of a statement that was not carried out, and may be when it is sent again."""


class _TimedConnection(psycopg.Connection[Any]):
    """A connection whose statements have a deadline on this side."""

    statement_seconds = STATEMENT_SECONDS

    def wait(self, gen: Generator[Any, Any, T], *args: Any, **kwargs: Any) -> T:
        """Wait for an answer, or raise `psycopg.OperationalError` when it does not come."""
        return super().wait(_until(time.monotonic() + self.statement_seconds, gen), *args, **kwargs)


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


def connect(address: Address, statement_seconds: float | None = None) -> psycopg.Connection[Any]:
    """Connect once; the caller's own settings win.

    Raises:
        psycopg.Error: The server cannot be reached, or refuses.
    """
    given = conninfo_to_dict(address.url)
    own = {name: value for name, value in _DEFAULTS.items() if name not in given}
    own |= {"client_encoding": "UTF8", "autocommit": True, "prepare_threshold": None}
    made = _TimedConnection.connect(address.url, **own)
    made.statement_seconds = statement_seconds or made.statement_seconds
    return made


class Link:
    """One connection, made when it is needed, and made again when it is lost.

    Args:
        address: The server and the database.
        patience: Real seconds for which a server that cannot be reached is waited for.
    """

    def __init__(self, address: Address, patience: float) -> None:
        self.address = address
        self.patience = patience
        self._connection: psycopg.Connection[Any] | None = None

    def ask(self, query: str, values: Sequence[object] = (), *, patience: float | None = None) -> list[tuple[Any, ...]]:
        """Send one statement that may be sent again, and return its rows.

        Raises:
            JournalError: The server refuses, or could not be reached for as long as patience lasts.
        """
        return self.run(
            lambda connection: connection.execute(query.encode(), values or None, binary=True).fetchall(),
            patience=patience,
        )

    def run(self, work: Callable[[psycopg.Connection[Any]], T], *, patience: float | None = None) -> T:
        """Do what may be done again, as often as it takes."""
        until = time.monotonic() + (self.patience if patience is None else patience)
        pause = FIRST_PAUSE_SECONDS
        with one_line(self.address):
            while True:
                try:
                    return work(self._connected())
                except psycopg.Error as error:
                    if not self._may_pass(error) or time.monotonic() + pause > until:
                        raise
                time.sleep(pause)
                pause = min(2 * pause, MAX_PAUSE_SECONDS)

    def _may_pass(self, error: psycopg.Error) -> bool:
        """Return whether it may be different the next time: a server that restarts, a connection that was cut."""
        if isinstance(error, PASSING):
            return True
        if isinstance(error, errors.ReadOnlySqlTransaction):
            self.close()  # a primary that has become a standby: the address may lead to the new one
            return True
        if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            return False
        was_connected = self._connection is not None
        self.close()
        return was_connected or not is_refusal(error)

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self.address)
        return self._connection

    def close(self) -> None:
        """Close the connection; it is made again when it is needed."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None


def is_refusal(error: psycopg.Error) -> bool:
    """Return whether a server was reached and said no: a password, a name, a privilege."""
    text = str(error)
    return any(said in text for said in ("authentication failed", "does not exist", "no password supplied", "pg_hba"))


@contextmanager
def one_line(address: Address) -> Generator[None, None, None]:
    """Raise what psycopg raises as a `JournalError` of one line, without a password."""
    try:
        yield
    except psycopg.Error as error:
        raise JournalError(f"journal {address}: {reason_of(error)}") from None


def reason_of(error: psycopg.Error) -> str:
    """Return what a server, or libpq, said, in one line."""
    said = error.diag.message_primary
    if said is None:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        said = next((line for line in lines if "failed:" in line), lines[0] if lines else type(error).__name__)
        said = said.rpartition("failed: ")[2] if "connection to server" in said else said
        said = said.removeprefix("FATAL:").strip()
    if isinstance(error, psycopg.OperationalError) and not is_refusal(error):
        said = f"the database cannot be reached ({said})"
    return said
