"""The journal as a file, and its one writer.

One process at a time: two runs on one journal would each miss what the other has just sent, and SQLite before 3.51.3
can damage a write-ahead log that two connections write. A second process is refused; reading goes on beside.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import anyio
import anyio.to_thread

from sixtyfour_async._journal.base import CRASHED, Entry, merge_purpose, tally_of_replaced
from sixtyfour_async._journal.erasure import without_row
from sixtyfour_async._journal.schema import (
    APPLICATION_ID,
    COLUMNS,
    MIGRATIONS,
    SCHEMA_VERSION,
    as_row,
    batch_entries_of,
    checked_version,
    lines_of,
    pages,
    select,
)
from sixtyfour_async._scheduling.ledger import Line, Tally
from sixtyfour_async._scheduling.row_states import ENDED, SHARED, State
from sixtyfour_async._wire.body import Body
from sixtyfour_async.errors import JournalError

T = TypeVar("T")

_PUT = (
    f"INSERT INTO jobs ({', '.join(COLUMNS)}, created_at, changed_at) VALUES ({'?, ' * len(COLUMNS)}?, ?)"  # noqa: S608 (our own column names)
    " ON CONFLICT (key) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in COLUMNS[1:])
    + ", changed_at = excluded.changed_at"
)
_SAVE_BATCH_ANSWER = "INSERT OR REPLACE INTO answers (batch, body, body_type) VALUES (?, ?, ?)"
_DROP_BATCH_ANSWER = "DELETE FROM answers WHERE batch = ?"
_SET_META = "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)"
_DELIVER = "UPDATE jobs SET delivered = 1 WHERE key = ?"
_TALLY = (
    "INSERT INTO tallies (variant, name, sent_at, rows, cents) VALUES (?, ?, ?, 1, ?)"
    " ON CONFLICT (variant, name, sent_at) DO UPDATE SET rows = rows + 1, cents = cents + excluded.cents"
)
Write: TypeAlias = tuple[str, tuple[Any, ...]]


class SqliteJournal:
    """A journal in a file, used by one process at a time.

    WAL with ``synchronous=FULL``: a commit has reached the disk when a write returns. Writers that wait while a commit
    is under way share the next one, so the disk is asked once for many rows (group commit).

    Raises:
        JournalError: Another process uses it, it is not a journal, a newer version wrote it, or the disk refuses.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lock = anyio.Lock()
        self._pending: list[Write] = []
        self._committed = 0
        self._queued = 0
        self._failed = False
        self._database: sqlite3.Connection | None = None
        self._lock_file: sqlite3.Connection | None = None

    def __repr__(self) -> str:
        return f"SqliteJournal({str(self.path)!r})"

    async def open(self) -> None:
        """Acquire the file, create or migrate it, and turn what a crash left into unknown rows."""
        await self._in_thread(self._open)

    async def close(self) -> None:
        """Commit what is pending and release the file."""
        with anyio.CancelScope(shield=True):
            async with self._lock:
                await self._in_thread(self._close)

    async def bind(self, purpose: Mapping[str, str]) -> None:
        """Record what this journal is for, once; the same words every time after."""
        await self._alone(lambda: self._bind(purpose))

    async def get_meta(self, name: str) -> str | None:
        """Return a text that `set_meta` stored, or None."""
        return await self._alone(lambda: self._get_meta(name))

    async def set_meta(self, name: str, text: str) -> None:
        """Store a text under a name; returns once it is on the disk."""
        await self._write((_SET_META, (f"note:{name}", text)))

    async def find(self, key: str) -> Entry | None:
        """Return one row, or None."""
        return await self._alone(lambda: select(self._connection, "key = ?", key))

    async def entries(self, states: Collection[State]) -> AsyncGenerator[Entry, None]:
        """Yield the rows in these states, the oldest first, a page at a time."""
        found = pages(lambda: self._connection, states)
        while page := await self._alone(lambda: next(found, None)):
            for entry in page:
                yield entry

    async def put(self, *entries: Entry) -> None:
        """Write rows, all of them or none; returns once they are on the disk.

        If cancelled while waiting, they are written with the next commit or when the journal is closed.
        """
        await self._write(*_puts(entries))

    async def deliver(self, key: str) -> None:
        """Record that a row's outcome was acknowledged; returns once that is on the disk."""
        await self._write((_DELIVER, (key,)))

    async def batch_entries(self, batch: str) -> list[Entry]:
        """Return the rows of a batch, in the order in which they were sent."""
        return await self._alone(lambda: batch_entries_of(self._connection, batch))

    async def save_batch_answer(self, batch: str, body: Body) -> None:
        """Write the answer to a batch as it came; returns once it is on the disk."""
        await self._write((_SAVE_BATCH_ANSWER, (batch, body.content, body.content_type)))

    async def load_batch_answer(self, batch: str) -> Body | None:
        """Return the answer to a batch that is not settled yet, or None."""
        return await self._alone(lambda: self._load_batch_answer(batch))

    async def settle_batch(self, batch: str, entries: Sequence[Entry]) -> None:
        """Write each row with its part of a batch's answer; returns once that is on the disk.

        The whole is deleted, unless it is the answer of a row that has no part of it.
        """
        drop = [] if any(entry.state in SHARED for entry in entries) else [(_DROP_BATCH_ANSWER, (batch,))]
        await self._write(*_puts(entries), *drop)

    def tally(self, variant: str, name: Tally, cents: float) -> None:
        """Count one more row, with the next commit."""
        self._queue((_TALLY, (variant, name, "", cents)))

    def replace(self, entry: Entry) -> None:
        """Keep the money of a row's line that the next write replaces, with the next commit."""
        name, cents = tally_of_replaced(entry)
        self._queue((_TALLY, (entry.variant, name, entry.sent_at or "", cents)))

    async def lines(self) -> tuple[Line, ...]:
        """Return sums: one line for each kind and state."""
        return await self._alone(lambda: tuple(lines_of(self._connection)))

    async def lines_since(self, instant: str) -> tuple[Line, ...]:
        """Return sums over what was sent at an instant or later."""
        return await self._alone(lambda: tuple(lines_of(self._connection, instant)))

    def _queue(self, *writes: Write) -> None:
        self._pending += writes
        self._queued += len(writes)

    async def _write(self, *writes: Write) -> None:
        """Queue writes and return once they are committed, by whoever comes to hold the lock first."""
        self._queue(*writes)
        last_write = self._queued
        async with self._lock:
            if self._committed < last_write:  # else another writer has committed ours along with its own
                await self._commit_pending()

    async def _commit_pending(self) -> None:
        batch, self._pending = self._pending, []
        try:
            await self._in_thread(lambda: self._commit(batch))
        except BaseException:
            # Kept, in order: `_commit_last` tries once more when the journal is closed.
            self._pending = batch + self._pending
            raise
        self._committed += len(batch)

    async def _alone(self, work: Callable[[], T]) -> T:
        """Run *work* after a commit of what is pending, so that a reader sees what was written before."""
        async with self._lock:
            if self._pending:
                await self._commit_pending()
            return await self._in_thread(work)

    # --- in the worker thread -----------------------------------------------------------------------------------

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await anyio.to_thread.run_sync(work)
        except sqlite3.Error as error:
            raise JournalError(f"journal {self.path}: {error}") from error

    def _open(self) -> None:
        try:
            self._acquire()
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self._database = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            self._prepare()
        except OSError as error:
            self._close()
            raise JournalError(f"journal {self.path} cannot be opened: {error.strerror or error}") from error
        except sqlite3.OperationalError as error:
            self._close()
            raise JournalError(f"journal {self.path} cannot be opened: {error}") from error
        except sqlite3.DatabaseError as error:
            self._close()
            raise JournalError(f"{self.path} is not a journal ({error}): choose another journal") from error
        except JournalError:
            self._close()
            raise

    def _acquire(self) -> None:
        """Acquire the lock beside the file; the system releases it when the process dies, however it dies."""
        if not self.path.parent.is_dir():
            raise JournalError(f"journal {self.path}: there is no folder {self.path.parent}")
        self._lock_file = sqlite3.connect(self._lock_path, timeout=0, isolation_level=None, check_same_thread=False)
        opened = self._lock_path.stat().st_ino
        try:
            self._lock_file.execute("BEGIN EXCLUSIVE")
            # The owner deletes the lock file when it closes: a lock on a deleted file keeps nobody out.
            taken = not self._lock_path.exists() or self._lock_path.stat().st_ino != opened
        except sqlite3.OperationalError as error:
            taken = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
            if not taken:
                raise
        if taken:
            self._lock_file.close()
            self._lock_file = None
            raise JournalError(
                f"journal {self.path} is in use by another process: wait for it, or choose another journal"
            )

    @property
    def _lock_path(self) -> Path:
        return self.path.with_name(self.path.name + ".lock")

    def _prepare(self) -> None:
        database = self._connection
        version = checked_version(database, self.path)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        if version == 0:
            schema = resources.files("sixtyfour_async._journal").joinpath("schema.sql").read_text("utf-8")
            steps = [f"{schema} PRAGMA application_id = {APPLICATION_ID};"]
        else:
            steps = list(MIGRATIONS[version - 1 :])
        if steps:
            database.executescript(f"BEGIN; {' '.join(steps)} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        database.execute("UPDATE jobs SET state = 'unknown', error = ? WHERE state = 'intended'", (CRASHED,))

    @property
    def _connection(self) -> sqlite3.Connection:
        if self._database is None:
            raise JournalError(f"journal {self.path} is not open")
        return self._database

    def _close(self) -> None:
        try:
            if self._database is not None and self._pending:
                self._commit_last()
        finally:
            if self._database is not None:
                self._database.close()
            self._database = None
            if self._lock_file is not None:
                with suppress(OSError):
                    self._lock_path.unlink(missing_ok=True)
                self._lock_file.close()
                self._lock_file = None

    def _commit_last(self) -> None:
        """Commit what is pending. A failure that was raised before is not raised a second time."""
        reported = self._failed
        try:
            self._commit(self._pending)
            self._pending = []
        except sqlite3.Error:
            if not reported:
                raise

    def _bind(self, purpose: Mapping[str, str]) -> None:
        stored: dict[str, str] = dict(self._connection.execute("SELECT name, value FROM meta").fetchall())
        used = self._connection.execute("SELECT 1 FROM jobs WHERE state != 'released' LIMIT 1").fetchone()
        merge_purpose(stored if used else {}, purpose, f"journal {self.path}")
        self._connection.executemany(_SET_META, list(purpose.items()))

    def _load_batch_answer(self, batch: str) -> Body | None:
        found = self._connection.execute("SELECT body, body_type FROM answers WHERE batch = ?", (batch,)).fetchone()
        return None if found is None else Body(*found)

    def _get_meta(self, name: str) -> str | None:
        found = self._connection.execute("SELECT value FROM meta WHERE name = ?", (f"note:{name}",)).fetchone()
        return None if found is None else str(found[0])

    async def forget(self, key: str) -> bool:
        """Erase a row, its question and its answer, so that the file holds no trace of it; its cost is kept.

        Returns:
            Whether there was such a row.
        """
        return await self._alone(lambda: self._forget(key))

    def _forget(self, key: str) -> bool:
        found = select(self._connection, "key = ?", key)
        if found is None:
            return False
        cents = (found.cost_cents or 0.0) + found.reserved_cents
        self._connection.execute("PRAGMA secure_delete = ON")  # zeros, should we be killed before the next two steps
        deletion: Write = ("DELETE FROM jobs WHERE key = ?", (key,))
        self._commit(
            [(_TALLY, (found.variant, "forgotten", found.sent_at or "", cents)), deletion, *self._erase_shared(found)]
        )
        self._connection.execute("VACUUM")  # a deleted row's bytes lie in free pages otherwise, and in the log
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return True

    def _erase_shared(self, row: Entry) -> list[Write]:
        """Return the writes that erase a row from the answer that it shares with others, if that is kept."""
        whole = None if row.batch is None else self._load_batch_answer(row.batch)
        if row.batch is None or whole is None:
            return []
        others = [other for other in batch_entries_of(self._connection, row.batch) if other.key != row.key]
        needed = any(other.state in SHARED or other.state not in ENDED for other in others)
        rest = without_row(whole, row, others) if needed else None
        if rest is None:
            return [(_DROP_BATCH_ANSWER, (row.batch,))]
        return [(_SAVE_BATCH_ANSWER, (row.batch, rest.content, rest.content_type))]

    def _commit(self, batch: list[Write]) -> None:
        database = self._connection
        database.execute("BEGIN IMMEDIATE")
        try:
            for statement, values in batch:
                database.execute(statement, values)
            database.execute("COMMIT")
        except BaseException:
            self._failed = True
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise


def _puts(entries: Iterable[Entry]) -> list[Write]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return [(_PUT, (*as_row(entry), now, now)) for entry in entries]
