"""Why a journal file cannot be used, in one line, with the remedy."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path
from typing import Final, Literal, TypeAlias

from sixtyfour_async._journal import owner
from sixtyfour_async._journal.owner import OtherNameError, TakenError
from sixtyfour_async._journal.wholeness import Kind, Verdict
from sixtyfour_async.errors import JournalError

Use: TypeAlias = Literal["opened", "read", "copied", "used"]
"""What could not be done with a journal."""

_DAMAGED: Final = frozenset(
    {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH}
)
"""Primary result codes of a file whose content is not what was written; ``SQLITE_ERROR`` comes of a missing table."""

_NO_TEXT: Final = "Could not decode to UTF-8"
"""How Python's own error begins, which bears no code, for a text that was overwritten with other bytes."""


REMEDIES: Final[Mapping[Kind, str]] = {
    "doubt": "rows may have been sent and paid of which it does not know, so nothing is submitted until you have "
    "put back what is missing, or have run `sixtyfour journal adopt {path}`",
    "mixed": "put back the files that belong together; or, to go on with the main file alone, run "
    "`sixtyfour journal adopt {path}`",
    "damaged": "put back a copy of it, or choose another journal",
}
"""What to do about a journal that is not whole."""


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


def failure(path: Path, error: OSError | sqlite3.Error, use: Use = "opened") -> str:
    """Return why a journal cannot be opened, or be used any further."""
    if isinstance(error, OSError):
        return f"journal {path} cannot be {use}: {error.strerror or error}; {_remedy(error.errno == ENOSPC)}"
    code = result_code(error)
    if code == sqlite3.SQLITE_NOTADB:
        return f"{path} is not a journal ({error}): choose another journal"
    if code in _DAMAGED:
        return refusal(path, Verdict("damaged", f"is damaged ({error})"))
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return f"journal {path} cannot be {use}: {error}; try again"
    return f"journal {path} cannot be {use}: {error}; {_remedy(code == sqlite3.SQLITE_FULL)}"


def _remedy(is_full: bool) -> str:
    return "make room on its disk" if is_full else "see to its permissions and its disk"


def result_code(error: sqlite3.Error) -> int | None:
    """Return SQLite's primary result code; None for an error that is not SQLite's."""
    if str(error).startswith(_NO_TEXT):
        return sqlite3.SQLITE_CORRUPT
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


@contextmanager
def named_errors(path: Path, use: Use, *, foreign: bool = False) -> Generator[None, None, None]:
    """Raise what SQLite and the system raise as an error that names the journal, and what to do.

    Args:
        path: The journal.
        use: What was being done.
        foreign: Do others work inside, whose errors of the system may be of a file of theirs, such as an output?
    """
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if foreign and isinstance(error, OSError):
            raise
        raise JournalError(failure(path, error, use)) from error


def check_is_file(path: Path) -> None:
    """Refuse a path at which there is no file.

    Raises:
        JournalError: There is nothing, or a folder.
    """
    if path.is_dir():
        raise JournalError(f"{path} is a folder: name a journal in it")
    if not path.is_file():
        raise JournalError(f"there is no journal {path}")


def refusal(path: object, verdict: Verdict) -> str:
    """Return in one line what is wrong with a journal, and what to do."""
    return f"journal {path} {verdict.reason}: {REMEDIES[verdict.kind].format(path=path)}"
