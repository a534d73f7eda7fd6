"""An open journal file, from its opening to its closing. Synchronous: `SqliteStore` calls it in a worker thread.

WAL with ``synchronous=FULL``; after the last close it is one file in rollback mode. Only those who have it open move
the log into the main file (a *checkpoint*), and by itself, not from within a commit: each log is numbered. Readers open
it ``mode=ro`` and so cannot checkpoint. Commits and checkpoints of all processes take turns by the lock of `owner`.

The first to open the file judges whether it is whole, and the last to close it leaves it as one file. How it stands is
read again in each transaction, and the mark and the witness are written under the same lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Protocol, TypeAlias

from sixtyfour_async._journal.adoption import SET_STAND, record_adoption, set_aside
from sixtyfour_async._journal.evidence import (
    NoteFile,
    Witness,
    as_values,
    beside,
    connected,
    look,
    now,
    place_of,
    read_note,
    size_of,
    stand_in,
    stand_of,
)
from sixtyfour_async._journal.owner import Owner, TakenError
from sixtyfour_async._journal.refusals import in_use, named_errors, refusal
from sixtyfour_async._journal.schema import (
    APPLICATION_ID,
    MIGRATIONS,
    SCHEMA_VERSION,
    SUMMED,
    check_kind,
    checked_version,
)
from sixtyfour_async._journal.wholeness import Note, Stand, Verdict, judge
from sixtyfour_async.errors import JournalError

CHECKPOINT_BYTES = 4 * 1024 * 1024
"""Size of the log from which on it is moved into the main file; SQLite's own default."""

Work: TypeAlias = Callable[[sqlite3.Connection], int]
"""What is done in a transaction; it returns the number of rows that are about to be sent once that is committed."""


class Join(Protocol):
    """What is done in the first transaction after a file was opened; *alone*: no other runner is alive."""

    def __call__(self, database: sqlite3.Connection, *, alone: bool) -> int:
        """Do it."""
        ...


class JournalFile:
    """A journal file that this process has open, alone or with others.

    Attributes:
        path: As it was given.
        connection: The connection that writes.
        doubt: Why nothing may be submitted, as one line; None when the journal is whole. While it is in doubt the main
            file is left as it was found, so that what is missing can still be put back: what is written goes to the
            log only.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection: sqlite3.Connection | None = None
        self.doubt: str | None = None
        self._reason = ""
        self._owner: Owner | None = None
        self._keeps_log: sqlite3.Connection | None = None
        self._stand = Stand("")
        self._log_is_moved = False
        self._checkpoint_at = CHECKPOINT_BYTES
        self._log_bytes = 0
        self._mark = NoteFile(beside(path, "-mark"))
        self._log = beside(path, "-wal")
        self._witness = Witness()

    # --- opening ------------------------------------------------------------------------------------------------

    def open(self, join: Join, *, adopt: bool = False) -> Verdict:
        """Acquire, create or migrate the file, and turn what a crash left into unknown rows.

        Args:
            join: What to do first, in the transaction that nobody else's comes before.
            adopt: Take a journal that is in doubt for whole from now on; see `SqliteJournal`.

        Returns:
            How the journal was found.

        Raises:
            JournalError: It is in use, is no journal, is damaged, or cannot be read or written.
        """
        if self.connection is not None:
            raise JournalError(f"journal {self.path} is open already: give each runner a journal object of its own")
        self._check_folder()
        try:
            with named_errors(self.path, "opened"), self._turn():
                return self._enter(join, adopt=adopt)
        finally:
            if self.connection is None:
                self.abandon()

    def _enter(self, join: Join, *, adopt: bool) -> Verdict:
        """Open the file while nobody else writes, opens or closes it."""
        self.doubt, self._reason = None, ""
        try:
            alone = self._owned.enter()
            verdict = self._open(adopt=adopt) if alone else self._share(adopt=adopt)
            self._commit(lambda database: join(database, alone=alone))
            self._owned.admit_others()
        except BaseException:
            self._disconnect()
            raise
        return verdict

    def _open(self, *, adopt: bool) -> Verdict:
        """Open a file that nobody else has open, and judge it."""
        self._check_kind()
        found = look(self.path)
        verdict = judge(found)
        if verdict.kind == "damaged" or (verdict.kind == "mixed" and not adopt):
            raise JournalError(refusal(self.path, verdict))
        if verdict.kind != "whole" and adopt:
            self._adopt(verdict)
            found = look(self.path)
        elif verdict.kind == "doubt":
            self.doubt, self._reason = refusal(self.path, verdict), verdict.reason
        self.connection = self._connect("mode=rw")
        self._prepare(self.connection)
        self._keep_log()
        self._stand = stand_of(self.connection) or self._stand
        self._log_is_moved = not found.log
        if self.doubt is None:
            self._begin(already_in_use=found.main is not None and found.main.in_use)
        return verdict

    def _share(self, *, adopt: bool) -> Verdict:
        """Open a file that others have open; whether it is whole was found by the first of them."""
        self.connection = self._connect("mode=rw")
        if checked_version(self.connection, self.path) != SCHEMA_VERSION:
            raise JournalError(f"journal {self.path} is in use by another process, of an earlier version")
        self._configure(self.connection)
        reason = (stand_of(self.connection) or self._stand).doubt
        if reason is None:
            return Verdict()
        if adopt:
            raise JournalError(f"journal {self.path} is in use by another process: close it there before you adopt it")
        verdict = Verdict("doubt", reason)
        self.doubt, self._reason = refusal(self.path, verdict), reason
        self._keep_log()
        return verdict

    def _keep_log(self) -> None:
        """See that the log of a journal in doubt stays, whoever is the last to close it."""
        if self.doubt is not None:
            self._keeps_log = self._connect("mode=ro")
            self._keeps_log.execute("SELECT 1 FROM sqlite_master").fetchall()

    def _check_folder(self) -> None:
        if not self.path.parent.is_dir():
            raise JournalError(f"journal {self.path}: there is no folder {self.path.parent}")

    @contextmanager
    def _turn(self) -> Generator[None, None, None]:
        """Hold the write lock; the file is acquired first, if it is not."""
        try:
            if self._owner is None:
                self._owner = Owner.acquire(self.path)
            with self._owner.writing():
                yield
        except TakenError as error:
            raise JournalError(in_use(self.path, error)) from None

    def _check_kind(self) -> None:
        """Refuse what is no journal before anything is written."""
        if size_of(beside(self.path, "-journal")):  # a process died in a commit in rollback mode: SQLite undoes it
            with connected(self.path, "mode=rw") as database:
                database.execute("SELECT 1 FROM sqlite_master").fetchall()
        check_kind(self.path)

    def _connect(self, options: str) -> sqlite3.Connection:
        uri = f"{self.path.resolve().as_uri()}?{options}"
        return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)

    def _prepare(self, database: sqlite3.Connection) -> None:
        version = checked_version(database, self.path)
        self._configure(database)
        if version == 0:
            schema = resources.files("sixtyfour_async._journal").joinpath("schema.sql").read_text("utf-8")
            steps = [f"{schema} {SUMMED} PRAGMA application_id = {APPLICATION_ID};"]
        else:
            steps = list(MIGRATIONS[version - 1 :])
        if steps:
            database.executescript(f"BEGIN; {' '.join(steps)} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")

    def _configure(self, database: sqlite3.Connection) -> None:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.execute("PRAGMA journal_size_limit = 0")  # a log that begins anew is as long as what is in it

    def _begin(self, *, already_in_use: bool) -> None:
        """Write into the main file that it is in use, before anything can be sent.

        The mark comes first: a process that dies in between leaves a mark that is one epoch ahead.
        """
        stand = replace(self._stand, epoch=self._stand.epoch + 1, in_use=True, place=place_of(self.path))
        self._mark.write(self._note(stand, size=0))
        self._mark.flush()
        self._execute(_nothing, lambda _, __: stand)
        if not self._checkpoint("TRUNCATE") and not already_in_use:
            raise JournalError(f"journal {self.path} is being read by another process: try again")
        self._mark.write(self._note(self._stand))

    # --- writing ------------------------------------------------------------------------------------------------

    def commit(self, work: Work) -> None:
        """Write all or nothing; on the disk when it returns."""
        with self._turn():
            self._commit(work)

    def _commit(self, work: Work) -> None:
        doubt = self._reason if self.doubt is not None else None
        intents = self._execute(
            work,
            lambda stand, sent: replace(stand, commits=stand.commits + 1, intents=stand.intents + sent, doubt=doubt),
        )
        if self.doubt is not None:
            return  # the mark is evidence
        note = self._note(self._stand)
        self._mark.write(note)
        if intents:
            self._witness.write(note)
        if intents and self._stand.intents == intents:
            self._checkpoint("PASSIVE")  # the first rows of all: what the journal is for goes into the main file, too
        self._checkpoint_if_due()
        self._begin_log()

    def compact(self) -> None:
        """Rewrite the file, so that no deleted byte is left in it or in its log."""
        with self._turn():
            stand = stand_of(self._connection) or self._stand
            mark = self._note(stand) if self.doubt is None else read_note(self._mark.path)
            if mark is not None:
                self._mark.write(replace(mark, size=0))  # it becomes smaller
            self._connection.execute("VACUUM")
            self._checkpoint("TRUNCATE")
            self._begin_log()

    def _begin_log(self) -> None:
        """Write the number of the next log, for whoever commits next, once all of the last one was moved."""
        if self._log_is_moved:
            self._execute(_nothing, lambda stand, _: stand)

    def _execute(self, work: Work, after: Callable[[Stand, int], Stand]) -> int:
        """Do work, and write how the journal stands after it; the write lock is held."""
        database = self._connection
        database.execute("BEGIN IMMEDIATE")
        try:
            stand = stand_in(database)
            intents = work(database)
            log = stand.log + self._log_is_moved
            stand = replace(after(stand, intents), log=log, changed_at=now())
            database.execute(SET_STAND, as_values(stand))
            database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise
        self._stand = stand
        self._log_is_moved = False
        return intents

    def _checkpoint_if_due(self) -> None:
        size = size_of(self._log)
        if size < self._log_bytes:  # it has begun anew
            self._checkpoint_at = CHECKPOINT_BYTES
        self._log_bytes = size
        if size >= self._checkpoint_at:
            self._checkpoint("PASSIVE")
            self._checkpoint_at = size + CHECKPOINT_BYTES

    def _checkpoint(self, mode: str) -> bool:
        """Move the log into the main file, as far as readers let it; return whether all of it is there."""
        busy, frames, moved = self._connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
        if busy or frames != moved:
            return False
        self._log_is_moved = True
        return True

    def _note(self, stand: Stand, size: int | None = None) -> Note:
        bytes_ = self._owned.size() if size is None else size
        return Note(stand.id, stand.epoch, stand.commits, stand.intents, stand.changed_at, stand.place, bytes_)

    @property
    def _connection(self) -> sqlite3.Connection:
        if self.connection is None:
            raise JournalError(f"journal {self.path} is not open")
        return self.connection

    @property
    def _owned(self) -> Owner:
        if self._owner is None:
            raise JournalError(f"journal {self.path} is not open")
        return self._owner

    def _adopt(self, verdict: Verdict) -> None:
        """Make a journal of its own of what is there, and record what may be missing in it."""
        if verdict.kind == "mixed":
            set_aside(self.path)
        with closing(self._connect("mode=rw")) as database:
            self._prepare(database)
            # In rollback mode, so that the new id is in the main file or is nowhere.
            if database.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
                raise JournalError(f"journal {self.path} is being read by another process: try again")
            record_adoption(database, verdict)
        self._mark.delete()

    # --- closing ------------------------------------------------------------------------------------------------

    def close(self, leave: Work) -> None:
        """Close and release the file; *leave* is what to do in the last transaction.

        A journal that is whole, and that nobody else has open, is one file then, unless somebody is reading it.
        """
        if self._owner is None:
            return
        try:
            with self._turn():
                self._leave(leave)
                self._disconnect()
        finally:
            self.abandon()

    def _leave(self, leave: Work) -> None:
        if self.connection is None:
            return
        if not self._owned.is_last():
            with suppress(sqlite3.Error, OSError):  # then the others wait for the end of the lease
                self._commit(leave)
        elif self.doubt is None and self._end(leave):
            self.connection.close()
            self.connection = None
            self._mark.delete()
            self._delete_old_lock()

    def _end(self, leave: Work) -> bool:
        """Write that the journal is not in use; return whether the main file says so.

        A disk that refuses, or a reader, leaves it as a crash would: to be opened with its log and its mark.
        """
        try:
            self._execute(leave, lambda stand, _: replace(stand, in_use=False))
            if not self._checkpoint("TRUNCATE"):
                return False
            with suppress(sqlite3.OperationalError):  # a reader: an empty log stays
                self._connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error:
            return False
        return True

    def _delete_old_lock(self) -> None:
        """Delete the lock file that earlier versions kept beside the journal; it is an empty file."""
        old = self.path.with_name(self.path.name + ".lock")
        with suppress(OSError):
            if old.is_file() and old.stat().st_size == 0:
                old.unlink()

    def _disconnect(self) -> None:
        """Close the connections as they are; the write lock is held."""
        for connection in (self.connection, self._keeps_log):  # in this order: the last to close may not checkpoint
            if connection is not None:
                connection.close()
        self.connection = self._keeps_log = None

    def abandon(self) -> None:
        """Release the file."""
        self._disconnect()  # nothing is left to close, unless the write lock could not be had
        self._mark.close()
        self._witness.close()
        if self._owner is not None:
            self._owner.release()
            self._owner = None


def _nothing(_: sqlite3.Connection) -> int:
    return 0
