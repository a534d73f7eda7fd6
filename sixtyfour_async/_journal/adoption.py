"""Going on with a journal of which a part may be missing: it becomes one of its own, and that is recorded in it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sixtyfour_async._journal.evidence import STAND, as_values, beside, now, stand_in
from sixtyfour_async._journal.runners import dismiss_all
from sixtyfour_async._journal.wholeness import Verdict

MAY_HAVE_BEEN_SENT = "the journal was adopted after a part of it was lost: this row may have been sent since"
"""Why a row is unknown that an adopted journal knew as free to be submitted."""

SET_STAND = f"UPDATE wholeness SET ({STAND}) = ({', '.join('?' * len(STAND.split()))})"  # noqa: S608 (our field names)
_PARK_RELEASED = "UPDATE jobs SET state = 'unknown', error = ?, version = version + 1 WHERE state = 'released'"
_ADOPT = "INSERT INTO adoptions (adopted_at, reason, since, until, rows_missing, rows_parked) VALUES (?, ?, ?, ?, ?, ?)"


def set_aside(path: Path) -> None:
    """Rename a log, and a mark, that are not the main file's own."""
    for suffix in ("-wal", "-mark"):
        with suppress(FileNotFoundError):
            beside(path, suffix).replace(beside(path, f"{suffix}.aside"))
    beside(path, "-shm").unlink(missing_ok=True)


def record_adoption(database: sqlite3.Connection, verdict: Verdict) -> None:
    """Give a journal a new name, and park the rows that may have been sent by what was lost."""
    at = now()
    database.execute("BEGIN IMMEDIATE")
    parked = dismiss_all(database)
    parked += database.execute(_PARK_RELEASED, (MAY_HAVE_BEEN_SENT,)).rowcount
    since, until = verdict.since or None, verdict.until or at
    database.execute(_ADOPT, (at, verdict.reason, since, until, verdict.rows, parked))
    adopted = replace(stand_in(database), id=os.urandom(16).hex(), in_use=False, changed_at=at, doubt=None)
    database.execute(SET_STAND, as_values(adopted))
    database.execute("COMMIT")
