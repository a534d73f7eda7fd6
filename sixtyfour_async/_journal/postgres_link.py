"""A connection to PostgreSQL that is made again when it is lost, and that waits for no answer for ever.

Every statement is a transaction of its own, sent as a whole. Nothing is kept in the session: no `SET`, no session lock,
no prepared statement. So it makes no difference whether a pooler gives each transaction another backend.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg import errors

from sixtyfour_async._postgres.address import Address
from sixtyfour_async._postgres.connection import close_quietly, connect, is_on_its_way, is_refusal, reason_of
from sixtyfour_async.errors import JournalError

T = TypeVar("T")

FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.05, 2.0
"""Pauses between attempts to reach the server."""

PASSING = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable, errors.QueryCanceled)
"""Errors of a statement that was not carried out, and may be when it is sent again."""


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
        """Do what may be done again, as often as it takes; a server that starts is waited for whatever *patience*."""
        longest = time.monotonic() + self.patience
        until = longest if patience is None else time.monotonic() + patience
        pause = FIRST_PAUSE_SECONDS
        with one_line(self.address):
            while True:
                try:
                    return work(self._connected())
                except psycopg.Error as error:
                    last = longest if is_on_its_way(error) else until
                    if not self._may_pass(error) or time.monotonic() + pause > last:
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
        close_quietly(self._connection)
        self._connection = None


@contextmanager
def one_line(address: Address) -> Generator[None, None, None]:
    """Raise what psycopg raises as a `JournalError` of one line, without a password."""
    try:
        yield
    except psycopg.Error as error:
        raise JournalError(f"journal {address}: {reason_of(error)}") from None
