"""Why a journal file cannot be used, in one line, with the remedy."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sixtyfour_async._journal import owner
from sixtyfour_async._journal.owner import OtherNameError, TakenError
from sixtyfour_async._journal.wholeness import Verdict


def in_use(path: Path, error: TakenError) -> str:
    """Return why a journal cannot be had."""
    if isinstance(error, OtherNameError):
        return f"journal {path} is in use by another process under another name, with a log of its own: use that name"
    if not owner.SHARES:
        return f"journal {path} is in use, and on this system by one process at a time: wait for it, or choose another"
    return (
        f"journal {path} is in use by another process, which is stopped, or has it for itself: let it go on or end it, "
        "or choose another journal"
    )


def failure(path: Path, error: OSError | sqlite3.DatabaseError) -> str:
    """Return why a journal cannot be opened."""
    if isinstance(error, OSError):
        return f"journal {path} cannot be opened: {error.strerror or error}"
    if isinstance(error, sqlite3.OperationalError):
        return f"journal {path} cannot be opened: {error}"
    if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
        return f"{path} is not a journal ({error}): choose another journal"
    return refusal(path, Verdict("damaged", f"is damaged ({error})"))


def refusal(path: object, verdict: Verdict) -> str:
    """Return in one line what is wrong with a journal, and what to do."""
    remedy = {
        "doubt": "rows may have been sent and paid of which it does not know, so nothing is submitted until you have "
        f"put back what is missing, or have run `sixtyfour journal adopt {path}`",
        "mixed": "put back the files that belong together; or, to go on with the main file alone, run "
        f"`sixtyfour journal adopt {path}`",
        "damaged": "put back a copy of it, or choose another journal",
    }
    return f"journal {path} {verdict.reason}: {remedy[verdict.kind]}"
