"""A connection to PostgreSQL whose statements have a deadline on this side, and what a failure of it says."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict

from sixtyfour_async._postgres.address import Address

T = TypeVar("T")

STATEMENT_SECONDS = 10.0
"""Real seconds without an answer after which a connection counts as lost: a network may swallow what it is given."""


class TimedConnection(psycopg.Connection[Any]):
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


def connect(
    address: Address, statement_seconds: float | None = None, *, connect_seconds: int = 10
) -> psycopg.Connection[Any]:
    """Connect once; the caller's own settings win.

    Args:
        address: The server and the database.
        statement_seconds: Real seconds to wait for an answer; None for `STATEMENT_SECONDS`.
        connect_seconds: Real seconds to wait for a connection.

    Raises:
        psycopg.Error: The server cannot be reached, or refuses.
    """
    given = conninfo_to_dict(address.url)
    defaults = {"connect_timeout": connect_seconds, "application_name": "sixtyfour"}
    own: dict[str, Any] = {name: value for name, value in defaults.items() if name not in given}
    own |= {"client_encoding": "UTF8", "autocommit": True, "prepare_threshold": None}
    made = TimedConnection.connect(address.url, **own)
    made.statement_seconds = statement_seconds or made.statement_seconds
    return made


def close_quietly(connection: psycopg.Connection[Any] | None) -> None:
    """Close a connection, if there is one; that of a server that is away has nothing left to be told."""
    if connection is not None:
        with suppress(psycopg.Error):
            connection.close()


def is_refusal(error: psycopg.Error) -> bool:
    """Return whether a server was reached and said no: a password, a name, a privilege."""
    text = str(error)
    return any(said in text for said in ("authentication failed", "does not exist", "no password supplied", "pg_hba"))


def is_on_its_way(error: psycopg.Error) -> bool:
    """Return whether a server was reached that says it will be there soon, or is about to start again."""
    text = str(error)
    return any(
        said in text
        for said in ("is starting up", "not yet accepting connections", "in recovery mode", "is shutting down")
    )


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
