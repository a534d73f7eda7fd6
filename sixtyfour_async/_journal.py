"""The durable record of what was asked, sent, accepted and answered. Write before you act.

For each row, under its key, in this order: the *intent* is committed before the request leaves, the service's *id*
before anyone sees it, the raw *answer* before it is parsed. What a crash can leave between is one thing only: an intent
without an id. Such a row is unknown: it may have been accepted, so it is never sent again by itself.

The file is plain SQLite (``sqlite3 run.db 'select key, state, job_id from jobs'``). It holds what you asked about and
what came back, personal data included, and never the API key; it is readable by its owner only.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

import anyio
import anyio.to_thread

from sixtyfour_async.errors import JournalError

T = TypeVar("T")

State: TypeAlias = Literal["intended", "released", "accepted", "unknown", "completed", "failed", "cancelled"]
"""Where a row stands.

``intended``: on its way, or lost on it. ``released``: certainly not taken; may be asked again. ``unknown``: parked.
"""

SCHEMA_VERSION = 1
APPLICATION_ID = 0x36344A52  # "64JR"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one row.

    Attributes:
        key: The row's key.
        operation: The operation's name.
        fingerprint: The question's content, as `Operation.fingerprint` names it.
        request: The question's fields as JSON text.
        state: Where it stands.
        job_id: The service's id once accepted.
        answer: The raw body of the last look, once ended.
        error: Why there is no answer, as text.
        cost_cents: What the service said it charged.
    """

    key: str
    operation: str
    fingerprint: str
    request: str
    state: State
    job_id: str | None = None
    answer: str | None = None
    error: str | None = None
    cost_cents: float | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """The journal in numbers: rows per state, and cents the service said it charged."""

    states: Mapping[str, int]
    cost_cents: float


class Journal(Protocol):
    """What a runner needs of a journal. Every write returns once it is durable."""

    async def open(self) -> None:
        """Take the journal, alone. Raises `JournalError` when it cannot be used."""
        ...

    async def close(self) -> None:
        """Give it up."""
        ...

    async def bind(self, purpose: Mapping[str, str]) -> None:
        """Say what this journal is for.

        Raises `JournalError` when it is for something else already, unless nothing in it was ever accepted.
        """
        ...

    async def note(self, name: str, text: str | None = None) -> str | None:
        """Keep a text under a name, such as what was learned about run times; without a text, read it back."""
        ...

    async def find(self, key: str) -> Entry | None:
        """Read one row."""
        ...

    async def put(self, entry: Entry) -> None:
        """Write one row, whole."""
        ...

    async def totals(self) -> Totals:
        """Count."""
        ...


class MemoryJournal:
    """A journal that dies with the process: for tests, and for runs whose rows may be paid again."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.purpose: dict[str, str] = {}
        self.notes: dict[str, str] = {}

    async def open(self) -> None:
        """Do nothing: it is there."""

    async def close(self) -> None:
        """Keep the entries for whoever still holds the journal."""

    async def bind(self, purpose: Mapping[str, str]) -> None:
        """Say what this journal is for."""
        blank = all(entry.state == "released" for entry in self.entries.values())
        self.purpose = _bound({} if blank else self.purpose, purpose, "this journal")

    async def note(self, name: str, text: str | None = None) -> str | None:
        """Keep a text under a name, or read it back."""
        if text is not None:
            self.notes[name] = text
        return self.notes.get(name)

    async def find(self, key: str) -> Entry | None:
        """Read one row."""
        return self.entries.get(key)

    async def put(self, entry: Entry) -> None:
        """Write one row."""
        self.entries[entry.key] = entry

    async def totals(self) -> Totals:
        """Count."""
        states: dict[str, int] = {}
        for entry in self.entries.values():
            states[entry.state] = states.get(entry.state, 0) + 1
        return Totals(states, sum(entry.cost_cents or 0.0 for entry in self.entries.values()))


class SqliteJournal:
    """A journal in a file, used by one process at a time.

    WAL with ``synchronous=FULL``: a commit has reached the disk when a write returns. Writers that wait while a commit
    is under way share the next one.

    Raises:
        JournalError: Another process uses it, it is not a journal, a newer version wrote it, or the disk refuses.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lock = anyio.Lock()
        self._pending: list[Entry] = []
        self._committed = 0
        self._queued = 0
        self._failed = False
        self._database: sqlite3.Connection | None = None
        self._owner: sqlite3.Connection | None = None

    def __repr__(self) -> str:
        return f"SqliteJournal({str(self.path)!r})"

    async def open(self) -> None:
        """Take the file, create it if it is not there, and bring it to this version."""
        await self._in_thread(self._open)

    async def close(self) -> None:
        """Commit what is pending and give the file up."""
        with anyio.CancelScope(shield=True):
            async with self._lock:
                await self._in_thread(self._close)

    async def bind(self, purpose: Mapping[str, str]) -> None:
        """Say what this journal is for, once; the same words every time after."""
        async with self._lock:
            await self._in_thread(lambda: self._bind(purpose))

    async def note(self, name: str, text: str | None = None) -> str | None:
        """Keep a text under a name, or read it back."""
        async with self._lock:
            return await self._in_thread(lambda: self._note(f"note:{name}", text))

    async def find(self, key: str) -> Entry | None:
        """Read one row."""
        async with self._lock:
            return await self._in_thread(lambda: self._find(key))

    async def put(self, entry: Entry) -> None:
        """Write one row; returns once it is on the disk.

        If cancelled while waiting, the row is written with the next commit or when the journal is closed.
        """
        self._pending.append(entry)
        self._queued += 1
        ticket = self._queued
        async with self._lock:
            if self._committed >= ticket:
                return
            batch, self._pending = self._pending, []
            try:
                await self._in_thread(lambda: self._commit(batch))
            except BaseException:
                self._pending = batch + self._pending
                raise
            self._committed += len(batch)

    async def totals(self) -> Totals:
        """Count rows and cents."""
        async with self._lock:
            return await self._in_thread(self._totals)

    # --- in the worker thread -----------------------------------------------------------------------------------

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await anyio.to_thread.run_sync(work)
        except sqlite3.Error as error:
            raise JournalError(f"journal {self.path}: {error}") from error

    def _open(self) -> None:
        try:
            self._own()
            new = not self.path.exists()
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self._database = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            self._prepare(new or self.path.stat().st_size == 0)
        except OSError as error:
            self._close()
            raise JournalError(f"journal {self.path} cannot be opened: {error.strerror or error}") from error
        except sqlite3.DatabaseError as error:
            self._close()
            raise JournalError(f"{self.path} is not a journal ({error}): choose another --journal") from error
        except JournalError:
            self._close()
            raise

    def _own(self) -> None:
        """Hold a lock beside the file; the system frees it when the process dies, however it dies."""
        if not self.path.parent.is_dir():
            raise JournalError(f"journal {self.path}: there is no folder {self.path.parent}")
        self._owner = sqlite3.connect(self._owner_path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            self._owner.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._owner.close()
            self._owner = None
            raise JournalError(
                f"journal {self.path} is in use by another process: wait for it, or choose another --journal"
            ) from error

    @property
    def _owner_path(self) -> Path:
        return self.path.with_name(self.path.name + ".lock")

    def _prepare(self, new: bool) -> None:
        database = self._connection
        application = database.execute("PRAGMA application_id").fetchone()[0]
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if not new and application != APPLICATION_ID:
            raise JournalError(f"{self.path} is another program's database: choose another --journal")
        if version > SCHEMA_VERSION:
            raise JournalError(
                f"{self.path} was written by a newer version (schema {version}, this one knows {SCHEMA_VERSION}): "
                "upgrade sixtyfour_async, or choose another --journal"
            )
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        if new:
            schema = resources.files("sixtyfour_async").joinpath("schema.sql").read_text("utf-8")
            database.executescript(
                f"BEGIN; {schema} PRAGMA application_id = {APPLICATION_ID}; "
                f"PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
            )

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
            if self._owner is not None:
                with suppress(OSError):
                    self._owner_path.unlink(missing_ok=True)
                self._owner.close()
                self._owner = None

    def _commit_last(self) -> None:
        """Write what is pending. A failure that somebody was told of before is not raised a second time."""
        told = self._failed
        try:
            self._commit(self._pending)
            self._pending = []
        except sqlite3.Error:
            if not told:
                raise

    def _bind(self, purpose: Mapping[str, str]) -> None:
        stored: dict[str, str] = dict(self._connection.execute("SELECT name, value FROM meta").fetchall())
        used = self._connection.execute("SELECT 1 FROM jobs WHERE state != 'released' LIMIT 1").fetchone()
        _bound(stored if used else {}, purpose, f"journal {self.path}")
        self._connection.executemany("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", list(purpose.items()))

    def _note(self, name: str, text: str | None) -> str | None:
        if text is not None:
            self._connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, text))
        found = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def _find(self, key: str) -> Entry | None:
        return _select(self._connection, key)

    def _commit(self, batch: list[Entry]) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        database = self._connection
        database.execute("BEGIN IMMEDIATE")
        try:
            database.executemany(
                "INSERT INTO jobs (key, operation, fingerprint, request, state, job_id, answer, error, cost_cents,"
                " created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET operation = excluded.operation, fingerprint = excluded.fingerprint,"
                " request = excluded.request, state = excluded.state, job_id = excluded.job_id,"
                " answer = excluded.answer, error = excluded.error, cost_cents = excluded.cost_cents,"
                " changed_at = excluded.changed_at",
                [(*astuple(entry), now, now) for entry in batch],
            )
            database.execute("COMMIT")
        except BaseException:
            self._failed = True
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise

    def _totals(self) -> Totals:
        rows = self._connection.execute("SELECT state, count(*), total(cost_cents) FROM jobs GROUP BY state").fetchall()
        return Totals({state: number for state, number, _ in rows}, sum(cents for _, _, cents in rows))


def _select(database: sqlite3.Connection, key: str) -> Entry | None:
    row = database.execute(
        "SELECT key, operation, fingerprint, request, state, job_id, answer, error, cost_cents FROM jobs WHERE key = ?",
        (key,),
    ).fetchone()
    return None if row is None else Entry(*row)


@contextmanager
def reading(path: str | Path) -> Generator[Callable[[str], Entry | None], None, None]:
    """Read a journal's rows by key, without taking it: whoever writes it goes on.

    Raises:
        JournalError: It cannot be read.
    """
    try:
        with closing(sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=rw", uri=True)) as database:
            database.execute("PRAGMA query_only = ON")
            yield lambda key: _select(database, key)
    except sqlite3.Error as error:
        raise JournalError(f"journal {path}: {error}") from error


def _bound(stored: Mapping[str, str], purpose: Mapping[str, str], journal: str) -> dict[str, str]:
    different = [name for name in purpose if name in stored and stored[name] != purpose[name]]
    if different:
        told = "; ".join(f"{name} was {stored[name]!r}, now {purpose[name]!r}" for name in different)
        raise JournalError(f"{journal} belongs to another run: {told}. Choose another --journal; nothing was changed")
    return dict(stored) | dict(purpose)


def request_text(fields: Mapping[str, Any]) -> str:
    """Write a question's fields for the journal."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def with_state(entry: Entry, state: State, **changes: Any) -> Entry:
    """Copy an entry in another state."""
    return replace(entry, state=state, **changes)
