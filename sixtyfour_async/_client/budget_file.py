"""The accounts of keys in a small SQLite file, for the processes of one machine."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from sixtyfour_async._client.budget_store import Visit, budget_path
from sixtyfour_async._scheduling.share_account import ShareAccount
from sixtyfour_async._scheduling.visits import Grant
from sixtyfour_async._uptime import uptime
from sixtyfour_async.errors import JournalError

BUSY_SECONDS = 0.5
"""Real seconds to try again while another process commits; a share would have died before a later answer."""

BUSY_PAUSE_SECONDS = 0.003
"""The longest pause before trying again. SQLite's own grow to a tenth of a second, in which others go first again."""


class BudgetFile:
    """The accounts of one machine, in a small SQLite file of their own beside a journal.

    It is never synced to the disk: it outlives the end of any process, and after the next boot its content would mean
    nothing. A rollback journal rather than a write-ahead log: SQLite before 3.51.3 can damage the log of a file that
    several processes write. The last process to leave deletes the file.

    Args:
        path: The journal that it stands beside.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = budget_path(path)
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._inode: tuple[int, int] | None = None

    def __repr__(self) -> str:
        return repr(str(self.path))

    def visit(self, wanted: Visit) -> Grant:
        """Make a visit; see `BudgetStore.visit`."""
        try:
            while True:
                grant = self._swap_here(wanted)
                if grant is not None:
                    if wanted.call.leaving:
                        self._delete_if_unused()
                    return grant
                self.close()
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise JournalError(f"the shared budget {self} cannot be used: {error}") from error

    def _swap_here(self, wanted: Visit) -> Grant | None:
        """Make a visit; return None when the file is another one by now: the last process that it knew deleted it."""
        try:
            grant = self._swap(wanted)
        except sqlite3.Error:
            if self._connection is None or self._is_current():
                raise
            return None
        return grant if self._is_current() else None

    def close(self) -> None:
        """Release the file."""
        connection, self._connection = self._connection, None
        if connection is not None and self._process == os.getpid():
            with suppress(sqlite3.Error):
                connection.close()

    def _swap(self, wanted: Visit) -> Grant:
        until = uptime() + BUSY_SECONDS
        while True:
            try:
                grant = self._try_swap(self._open(), wanted)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or uptime() > until:
                    raise
                grant = None
            if grant is not None:
                return grant
            time.sleep(random.uniform(0, BUSY_PAUSE_SECONDS))  # noqa: S311 (spreads tries, keeps no secret)

    def _try_swap(self, connection: sqlite3.Connection, wanted: Visit) -> Grant | None:
        """Try to make a visit; return None when another one came in between."""
        row = connection.execute("SELECT state, version FROM budgets WHERE key = ?", (wanted.key,)).fetchone()
        text, version = row or (None, 0)
        text, grant = wanted.decide(text, wanted.clock.read(), wanted.clock.name)
        if row is None:
            done = connection.execute("INSERT OR IGNORE INTO budgets VALUES (?, ?, 1)", (wanted.key, text))
        else:
            done = connection.execute(
                "UPDATE budgets SET state = ?, version = version + 1 WHERE key = ? AND version = ?",
                (text, wanted.key, version),
            )
        return grant if done.rowcount == 1 else None

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._process == os.getpid():
            return self._connection
        while True:
            before = self._identity()
            connection = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
            try:
                _prepare(connection)
            except sqlite3.Error:
                connection.close()
                raise
            if before is not None and before == self._identity():
                break
            connection.close()  # which file this is, if another one has taken its place, is not known
        self._connection, self._process, self._inode = connection, os.getpid(), before
        with suppress(OSError):
            self.path.chmod(0o600)
        return connection

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino

    def _is_current(self) -> bool:
        return self._identity() == self._inode

    def _delete_if_unused(self) -> None:
        """Delete the file while nobody can visit it; whoever had opened it finds out after its next visit."""
        connection = self._open()
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        connection.execute("BEGIN EXCLUSIVE")
        try:
            accounts = [
                ShareAccount.read_json(text, 500) for (text,) in connection.execute("SELECT state FROM budgets")
            ]
            if not any(one.visitors or one.paused > one.filled for one in accounts) and self._is_current():
                with suppress(PermissionError):  # Windows: somebody has it open
                    self.path.unlink()
        finally:
            connection.execute("ROLLBACK")
        self.close()


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS budgets (key TEXT PRIMARY KEY, state TEXT NOT NULL, version INTEGER NOT NULL)"
    )
