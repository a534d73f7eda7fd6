"""The accounts of keys in a PostgreSQL database, for processes on any number of machines.

Two statements for each visit, each a transaction of its own: no lock is held between them, nothing is kept in the
session. Time is the server's, read after the row was.
"""

from __future__ import annotations

from contextlib import suppress
from importlib.resources import files
from typing import Any

import psycopg
from psycopg import errors, sql

from sixtyfour_async._client.budget_store import Visit
from sixtyfour_async._postgres.address import Address
from sixtyfour_async._postgres.connection import close_quietly, connect, reason_of
from sixtyfour_async._scheduling.visits import Grant
from sixtyfour_async.errors import JournalError

CONNECT_SECONDS = 5
"""Real seconds to wait for a connection."""

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


class BudgetTable:
    """The accounts in a database; see `budget_store.BudgetStore`.

    Args:
        address: The database.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connection: psycopg.Connection[Any] | None = None

    def visit(self, wanted: Visit) -> Grant:
        """Make a visit; see `budget_store.BudgetStore.visit`."""
        try:
            for _ in range(SWAPS):
                grant = self._swap(wanted)
                if grant is not None:
                    return grant
        except psycopg.Error as error:
            self.close()
            raise JournalError(f"the shared budget {self._address} cannot be used: {reason_of(error)}") from None
        raise JournalError(f"the shared budget {self._address} is changed by others all the time")

    def close(self) -> None:
        """Close the connection; a later visit makes it again."""
        close_quietly(self._connection)
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

    def _open(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._address, ANSWER_SECONDS, connect_seconds=CONNECT_SECONDS)
        return self._connection


def create_accounts(address: Address, role: str | None = None) -> None:
    """Create the table in a database, unless it is there; *role* may use it from now on.

    Raises:
        JournalError: The database cannot be reached, or our role may not.
    """
    try:
        with connect(address) as connection:
            _create(connection)
            if role is not None:
                grant = sql.SQL("GRANT SELECT, INSERT, UPDATE ON sixtyfour_budgets TO {}").format(sql.Identifier(role))
                connection.execute(grant)
    except psycopg.Error as error:
        raise JournalError(f"the shared budget {address}: {reason_of(error)}") from None


def _create(connection: psycopg.Connection[Any]) -> None:
    """Create the table; two processes that do so at once are told that it is there already."""
    script = files("sixtyfour_async._client").joinpath("budget_postgres.sql").read_bytes()
    with suppress(errors.UniqueViolation, errors.DuplicateTable):
        connection.execute(script)
