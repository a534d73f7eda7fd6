"""The store of `SqliteJournal`: a journal file, its tables, and this process's line among its runners."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sixtyfour_async._journal.base import Entry, merge_purpose
from sixtyfour_async._journal.changes import Change, Count, SaveAnswer
from sixtyfour_async._journal.erasure import without_row
from sixtyfour_async._journal.journal_file import JournalFile
from sixtyfour_async._journal.lease import Clock, Lease
from sixtyfour_async._journal.refusals import named_errors
from sixtyfour_async._journal.runners import Runner, dismiss_all, free_rows
from sixtyfour_async._journal.sharing import Claim
from sixtyfour_async._journal.sqlite_changes import DROP_BATCH_ANSWER, SET_META, Transaction
from sixtyfour_async._journal.sqlite_rows import (
    answer_names,
    answer_of,
    batch_entries_of,
    lines_of,
    pages,
    select,
    select_from,
)
from sixtyfour_async._scheduling.ledger import Line
from sixtyfour_async._scheduling.row_states import ENDED, SHARED, State
from sixtyfour_async._wire.body import Body
from sixtyfour_async.errors import JournalError

KEYS_PER_QUERY = 500

_FIRST_LEASE_OF_OTHERS = (
    "SELECT min(lease_until) FROM runners WHERE number IN"
    " (SELECT owner FROM jobs WHERE state IN ('intended', 'accepted') AND owner <> ?)"
)


class SqliteStore:
    """A journal file as a `Store`; see `sixtyfour_async._journal.stored`.

    Args:
        path: The file.
        adopt: See `SqliteJournal`.
        lease_seconds: Real seconds without a heartbeat after which other runners take over from a runner.
        clock: What leases are measured by, seconds since the machine was booted.
    """

    def __init__(self, path: Path, lease_seconds: float, clock: Clock, *, adopt: bool = False) -> None:
        self.path = path
        self._adopt = adopt
        self._file = JournalFile(path)
        self._runner = Runner(Lease(lease_seconds, clock))
        self._seen = -1

    # --- open and closed ----------------------------------------------------------------------------------------

    @property
    def doubt(self) -> str | None:
        """Why nothing may be submitted, in one line, with the remedy; None when the journal is whole."""
        return self._file.doubt

    @property
    def lease_seconds(self) -> float:
        """Real seconds without a heartbeat after which other runners take over from a runner."""
        return self._runner.lease.seconds

    @property
    def is_open(self) -> bool:
        """Whether it was opened, and not closed since."""
        return self._file.connection is not None

    def open(self) -> None:
        """Acquire the file, create or migrate it, and register as a runner."""
        self._file.open(self._join, adopt=self._adopt)

    def _join(self, database: sqlite3.Connection, *, alone: bool) -> int:
        if alone:
            dismiss_all(database)
        else:
            free_rows(database)
        self._runner.register(database)
        return 0

    def close(self) -> None:
        """Give up what this runner holds, and release the file."""
        with self._named_errors():
            self._file.close(self._leave)

    def _leave(self, database: sqlite3.Connection) -> int:
        self._runner.leave(database)
        return 0

    @property
    def _connection(self) -> sqlite3.Connection:
        if self._file.connection is None:
            raise JournalError(f"journal {self.path} is not open")
        return self._file.connection

    def _named_errors(self) -> AbstractContextManager[None]:
        return named_errors(self.path, "used")

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection, None, None]:
        with self._named_errors():
            yield self._connection

    # --- writing ------------------------------------------------------------------------------------------------

    def commit(self, changes: Sequence[Change]) -> list[Claim]:
        """Write in one transaction; on the disk on return."""
        results: list[Claim] = []

        def work(database: sqlite3.Connection) -> int:
            transaction = Transaction(database, self._runner)
            results[:] = [transaction.apply(change) for change in changes]
            return transaction.intents

        with self._named_errors():
            self._file.commit(work)
        return results

    def beat(self) -> None:
        """Extend this runner's lease, and take over from those whose lease has run out."""
        asked_at = self._runner.lease.now()

        def work(database: sqlite3.Connection) -> int:
            self._runner.beat(database)
            return 0

        with self._named_errors():
            self._file.commit(work)
        self._runner.lease.extended(asked_at)

    def may_send(self) -> bool:
        """Return whether enough of this runner's lease is left to send a request that costs money."""
        return self._runner.lease.may_send()

    def has_changed(self) -> bool:
        """Return whether another runner may have written since the last call."""
        with self._reading() as database:
            seen, self._seen = self._seen, int(database.execute("PRAGMA data_version").fetchone()[0])
        return seen != self._seen

    def others_quiet_for(self) -> float | None:
        """Return for how long nothing was heard of the others that hold rows; None when there are none."""
        with self._reading() as database:
            (until,) = database.execute(_FIRST_LEASE_OF_OTHERS, (self._runner.number,)).fetchone()
        return None if until is None else self._runner.lease.quiet_for(until)

    def bind(self, purpose: Mapping[str, str]) -> None:
        """Record what this journal is for."""

        def work(database: sqlite3.Connection) -> int:
            stored: dict[str, str] = dict(database.execute("SELECT name, value FROM meta").fetchall())
            used = database.execute("SELECT 1 FROM jobs WHERE state != 'released' LIMIT 1").fetchone()
            merge_purpose(stored if used else {}, purpose, f"journal {self.path}")
            database.executemany(SET_META, list(purpose.items()))
            return 0

        with self._named_errors():
            self._file.commit(work)

    def forget(self, key: str) -> bool:
        """Erase a row, so that the file holds no trace of it but its cost."""
        with self._reading() as database:
            found = next(iter(select(database, "key = ?", (key,), self._runner.number)), None)
            if found is None:
                return False
            if found.held_by is not None:
                raise JournalError(f"row {key!r} is under way in another process: erase it when that has ended")
            database.execute("PRAGMA secure_delete = ON")  # zeros, should we be killed before the next two steps
            self._file.commit(lambda database: self._erase(database, found))
            self._file.compact()  # a deleted row's bytes lie in free pages otherwise, and in the log
        return True

    def _erase(self, database: sqlite3.Connection, row: Entry) -> int:
        transaction = Transaction(database, self._runner)
        cents = (row.cost_cents or 0.0) + row.reserved_cents
        database.execute("DELETE FROM jobs WHERE key = ?", (row.key,))
        transaction.apply(Count(row.variant, "forgotten", row.sent_at or "", 1, cents))
        self._erase_shared(database, transaction, row)
        return 0

    def _erase_shared(self, database: sqlite3.Connection, transaction: Transaction, row: Entry) -> None:
        """Erase a row from the answer that it shares with others, if that is kept."""
        whole = None if row.batch is None else self.load_batch_answer(row.batch)
        if row.batch is None or whole is None:
            return
        others = [other for other in batch_entries_of(database, row.batch) if other.key != row.key]
        needed = any(other.state in SHARED or other.state not in ENDED for other in others)
        rest = without_row(whole, row, others) if needed else None
        if rest is None:
            database.execute(DROP_BATCH_ANSWER, (row.batch,))
        else:
            transaction.apply(SaveAnswer(row.batch, rest))

    # --- reading ------------------------------------------------------------------------------------------------

    def get_meta(self, name: str) -> str | None:
        """Return a text that was stored under a name, or None."""
        with self._reading() as database:
            found = database.execute("SELECT value FROM meta WHERE name = ?", (f"note:{name}",)).fetchone()
        return None if found is None else str(found[0])

    def find_from(self, key: str, count: int) -> list[Entry]:
        """Return a row, and rows that were first written after it."""
        with self._reading() as database:
            return select_from(database, key, count, self._runner.number)

    def find_all(self, keys: Collection[str]) -> list[Entry]:
        """Return the rows of these keys that there are."""
        wanted, found = list(keys), list[Entry]()
        with self._reading() as database:
            for start in range(0, len(wanted), KEYS_PER_QUERY):
                some = wanted[start : start + KEYS_PER_QUERY]
                places = ", ".join("?" * len(some))
                found += select(database, f"key IN ({places})", some, self._runner.number)
        return found

    def find_job(self, job_id: str) -> Entry | None:
        """Return a row by the service's id of its job, or None."""
        with self._reading() as database:
            return next(iter(select(database, "job_id = ?", (job_id,), self._runner.number)), None)

    def pages(self, states: Collection[State]) -> Iterator[list[Entry]]:
        """Yield pages of rows in these states, the oldest first."""
        with self._named_errors():
            yield from pages(lambda: self._connection, states, self._runner.number)

    def batch_entries(self, batch: str) -> list[Entry]:
        """Return the rows of a batch, in the order in which they were sent."""
        with self._reading() as database:
            return batch_entries_of(database, batch, self._runner.number)

    def load_batch_answer(self, batch: str) -> Body | None:
        """Return the answer to a batch that is not settled yet, or None."""
        with self._reading() as database:
            return answer_of(database, batch)

    def list_batch_answers(self, prefix: str) -> list[str]:
        """Return the names of answers that begin so, the oldest first."""
        with self._reading() as database:
            return answer_names(database, prefix)

    def lines_since(self, instant: str) -> tuple[Line, ...]:
        """Return sums over what was sent at an instant or later."""
        with self._reading() as database:
            return tuple(lines_of(database, instant))
