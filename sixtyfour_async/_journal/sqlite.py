"""The journal as a file, for one process at a time: writes that wait for each other share a commit."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias, TypeVar

import anyio
import anyio.to_thread

from sixtyfour_async._journal.base import Entry, merge_purpose, tally_of_replaced
from sixtyfour_async._journal.erasure import without_row
from sixtyfour_async._journal.journal_file import JournalFile, Write
from sixtyfour_async._journal.read_ahead import ReadAhead
from sixtyfour_async._journal.schema import COLUMNS, as_row, batch_entries_of, lines_of, pages, select, select_from
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
    "INSERT INTO tallies (variant, name, sent_at, rows, cents) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (variant, name, sent_at) DO UPDATE SET rows = rows + excluded.rows, cents = cents + excluded.cents"
)
_STATE = COLUMNS.index("state")

TallyKey: TypeAlias = tuple[str, Tally, str]
"""Variant, name, and when the rows were sent."""


class SqliteJournal:
    """A journal in a file, used by one process at a time.

    WAL with ``synchronous=FULL``: a commit has reached the disk when a write returns. Writers that wait while a commit
    is under way share the next one, so the disk is asked once for many rows (group commit).

    *What to copy.* A journal that was closed is one file, ``run.db``: copy, rename or restore it as you like. While it
    is in use, and after a crash, ``run.db``, ``run.db-wal`` and ``run.db-mark`` belong together: after a crash move all
    of them; while a process writes, copy it with ``sixtyfour journal backup RUN.DB COPY.DB``, never file by file.

    *In doubt.* When a part is missing, or this is an older copy, `doubt` says so: rows may have been paid of which the
    journal does not know. `JobRunner` then submits nothing, and polls and replays what is known. Put back what is
    missing, or decide to go on without it: *adopt*. What is noticed and what cannot be is listed in
    `sixtyfour_async._journal.wholeness`.

    Args:
        path: The file. It is created if it is missing; its folder is not.
        adopt: Take a journal that is in doubt for whole from now on, as ``sixtyfour journal adopt`` does. Rows that
            were free to be submitted become unknown, since they may have been sent meanwhile; a row that is not in the
            journal is submitted, and *paid again if it was among those lost*. Table ``adoptions`` records it.

    Raises:
        JournalError: Another process uses it, it is not a journal, a newer version wrote it, it is damaged, or the disk
            refuses.
    """

    def __init__(self, path: str | Path, *, adopt: bool = False) -> None:
        self.path = Path(path)
        self._adopt = adopt
        self._file = JournalFile(self.path)
        self._lock = anyio.Lock(fast_acquire=True)  # a round of the event loop for each row would be most of its cost
        self._pending: list[Write] = []
        self._tallies: dict[TallyKey, tuple[int, float]] = {}
        self._committed = 0
        self._queued = 0
        self._ahead = ReadAhead()
        self._failed = False

    @property
    def budget_place(self) -> Path:
        """Where the processes that use this journal share the requests of a key: beside it."""
        return self.path

    def __repr__(self) -> str:
        return f"SqliteJournal({str(self.path)!r})"

    async def open(self) -> None:
        """Acquire the file, create or migrate it, and turn what a crash left into unknown rows."""
        await self._in_thread(lambda: self._file.open(adopt=self._adopt))

    async def close(self) -> None:
        """Commit what is pending and release the file."""
        with anyio.CancelScope(shield=True):
            async with self._lock:
                await self._in_thread(self._close)

    @property
    def doubt(self) -> str | None:
        """Why nothing may be submitted, in one line, with the remedy; None when the journal is whole."""
        return self._file.doubt

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
        known = self._ahead.take(key)
        if known is not None:
            return known
        queued, size = self._queued, self._ahead.size
        found = await self._alone(lambda: select_from(self._connection, key, size), tallies=False)
        if queued == self._queued:  # else a row of these may have been written meanwhile
            self._ahead.keep(found[1:])
        return found[0] if found else None

    async def find_job(self, job_id: str) -> Entry | None:
        """Return a row by the service's id of its job, or None."""
        return await self._alone(lambda: select(self._connection, "job_id = ?", job_id))

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
        self._count(variant, name, "", 1, cents)

    def replace(self, entry: Entry) -> None:
        """Keep the money of a row's line that the next write replaces, with the next commit."""
        name, cents = tally_of_replaced(entry)
        self._count(entry.variant, name, entry.sent_at or "", 1, cents)

    async def lines(self) -> tuple[Line, ...]:
        """Return sums: one line for each kind and state."""
        return await self._alone(lambda: tuple(lines_of(self._connection)))

    async def lines_since(self, instant: str) -> tuple[Line, ...]:
        """Return sums over what was sent at an instant or later."""
        return await self._alone(lambda: tuple(lines_of(self._connection, instant)))

    async def _write(self, *writes: Write) -> None:
        """Queue writes and return once they are committed, by whoever comes to hold the lock first."""
        self._pending += writes
        self._queued += len(writes)
        self._ahead.clear()
        last_write = self._queued
        async with self._lock:
            if self._committed < last_write:  # else another writer has committed ours along with its own
                await self._commit_pending()

    async def _commit_pending(self) -> None:
        batch, self._pending = self._pending, []
        tallies, self._tallies = self._tallies, {}
        try:
            await self._in_thread(lambda: self._commit(batch, tallies))
        except BaseException:
            # Kept, in order: `_commit_last` tries once more when the journal is closed.
            self._pending = batch + self._pending
            for kind, counted in tallies.items():
                self._count(*kind, *counted)
            raise
        self._committed += len(batch)

    def _count(self, variant: str, name: Tally, sent_at: str, rows: int, cents: float) -> None:
        """Keep a tally for the next commit: sums, so that a row that costs nothing costs no commit either."""
        counted, total = self._tallies.get((variant, name, sent_at), (0, 0.0))
        self._tallies[variant, name, sent_at] = (counted + rows, total + cents)

    async def _alone(self, work: Callable[[], T], *, tallies: bool = True) -> T:
        """Run *work* after a commit of what is pending, so that a reader sees what was written before.

        A row does not depend on tallies: to find it must not cost a commit, or a replayed row would cost one.
        """
        async with self._lock:
            if self._pending or (tallies and self._tallies):
                await self._commit_pending()
            return await self._in_thread(work)

    # --- in the worker thread -----------------------------------------------------------------------------------

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await anyio.to_thread.run_sync(work)
        except sqlite3.Error as error:
            raise JournalError(f"journal {self.path}: {error}") from error
        except OSError as error:
            raise JournalError(f"journal {self.path}: {error.strerror or error}") from error

    @property
    def _connection(self) -> sqlite3.Connection:
        if self._file.connection is None:
            raise JournalError(f"journal {self.path} is not open")
        return self._file.connection

    def _close(self) -> None:
        try:
            if self._file.connection is not None:
                self._commit_last()
        finally:
            self._file.close()

    def _commit_last(self) -> None:
        """Commit what is pending. A failure that was raised before is not raised a second time."""
        reported = self._failed
        try:
            self._commit(self._pending, self._tallies)
            self._pending, self._tallies = [], {}
        except (sqlite3.Error, OSError):
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
        forgotten = await self._alone(lambda: self._forget(key))
        self._ahead.clear()
        return forgotten

    def _forget(self, key: str) -> bool:
        found = select(self._connection, "key = ?", key)
        if found is None:
            return False
        cents = (found.cost_cents or 0.0) + found.reserved_cents
        self._connection.execute("PRAGMA secure_delete = ON")  # zeros, should we be killed before the next two steps
        deletion: Write = ("DELETE FROM jobs WHERE key = ?", (key,))
        tally: dict[TallyKey, tuple[int, float]] = {(found.variant, "forgotten", found.sent_at or ""): (1, cents)}
        self._commit([deletion, *self._erase_shared(found)], tally)
        self._file.compact()  # a deleted row's bytes lie in free pages otherwise, and in the log
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

    def _commit(self, batch: Sequence[Write], tallies: Mapping[TallyKey, tuple[int, float]]) -> None:
        writes = [*batch, *((_TALLY, (*kind, *counted)) for kind, counted in tallies.items())]
        if not writes:
            return
        try:
            self._file.commit(writes, intents=sum(_is_intent(write) for write in batch))
        except BaseException:
            self._failed = True
            raise


def _is_intent(write: Write) -> bool:
    statement, values = write
    return statement is _PUT and values[_STATE] == "intended"


def _puts(entries: Iterable[Entry]) -> list[Write]:
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    return [(_PUT, (*as_row(entry), at, at)) for entry in entries]
