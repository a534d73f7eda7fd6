"""The journal as a file, for one process or for several on one machine."""

from __future__ import annotations

from pathlib import Path

from sixtyfour_async._journal.lease import Clock
from sixtyfour_async._journal.sharing import LEASE_SECONDS
from sixtyfour_async._journal.sqlite_store import SqliteStore
from sixtyfour_async._journal.stored import StoredJournal
from sixtyfour_async._uptime import uptime


class SqliteJournal(StoredJournal):
    """A journal in a file, used by one process or by several on one machine.

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
        lease_seconds: Real seconds without a heartbeat after which other processes take over from this one.
        clock: What leases are measured by: seconds since the machine was booted.

    Raises:
        JournalError: It is not a journal, a newer version wrote it, it is damaged, or the disk refuses.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        adopt: bool = False,
        lease_seconds: float = LEASE_SECONDS,
        clock: Clock = uptime,
    ) -> None:
        self.path = Path(path)
        super().__init__(SqliteStore(self.path, lease_seconds, clock, adopt=adopt))

    @property
    def budget_place(self) -> Path:
        """Where the processes that use this journal share the requests of a key: beside it."""
        return self.path

    def __repr__(self) -> str:
        return f"SqliteJournal({str(self.path)!r})"
