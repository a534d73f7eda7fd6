"""What a person does to a journal besides running it: copy it, check it, and decide about one that is in doubt."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sixtyfour_async._journal.adoption import SET_STAND
from sixtyfour_async._journal.evidence import as_values, connected, look, stand_of, sync_folder
from sixtyfour_async._journal.journal_file import JournalFile
from sixtyfour_async._journal.owner import shut_out
from sixtyfour_async._journal.refusals import check_is_file, named_errors, refusal
from sixtyfour_async._journal.runners import dismiss_all
from sixtyfour_async._journal.schema import check_kind, checked_version
from sixtyfour_async._journal.wholeness import Verdict, judge
from sixtyfour_async.errors import JournalError

LOOKS = 4
"""Looks at a journal until it counts as in doubt: one that is just being opened or closed is whole at the next."""

LOOK_AGAIN_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Adoption:
    """A decision to go on with a journal of which a part may be missing.

    Attributes:
        adopted_at: When, ISO text.
        reason: What was found, as a predicate of the file.
        since: The last commit that was not lost, ISO text; None when nothing was left.
        until: The time until which rows may have been sent that are not in the journal, ISO text.
        rows_missing: Number of those rows, where something outside of the journal had counted them.
        rows_parked: Number of rows made unknown, since they may have been sent meanwhile.
    """

    adopted_at: str
    reason: str
    since: str | None
    until: str
    rows_missing: int | None
    rows_parked: int


@dataclass(frozen=True, slots=True)
class Health:
    """How a journal stands.

    Attributes:
        schema: The version of its schema; 0 for an empty file.
        bytes: Size of the main file.
        verdict: Whether it is whole.
        in_use: Whether a process owns it.
        problems: What SQLite's integrity check found; empty when the file is sound.
        rows: State → number of rows.
        adoptions: What was decided earlier.
    """

    schema: int
    bytes: int
    verdict: Verdict
    in_use: bool
    problems: tuple[str, ...]
    rows: Mapping[str, int]
    adoptions: tuple[Adoption, ...]

    @property
    def good(self) -> bool:
        """Whether the journal is whole and sound."""
        return self.verdict.kind == "whole" and not self.problems


def verdict_on(path: Path) -> Verdict:
    """Return whether a journal is whole, also while a process writes it.

    Raises:
        JournalError: There is none, or the file is another program's, or a newer version wrote it.
    """
    check_is_file(path)
    with named_errors(path, "read"):
        check_kind(path)
        return _judged(path)


def _judged(path: Path) -> Verdict:
    verdict = judge(look(path))
    for _ in range(LOOKS - 1):
        if verdict.kind == "whole":
            break
        time.sleep(LOOK_AGAIN_SECONDS)
        verdict = judge(look(path))
    return verdict


def check(path: Path) -> Health:
    """Examine a journal; nothing is changed.

    Raises:
        JournalError: There is none, or the file is another program's, or a newer version wrote it.
    """
    verdict = verdict_on(path)
    with held(path) as in_use:
        try:
            with connected(path, "immutable=1" if verdict.kind == "mixed" else "mode=ro") as database:
                schema = checked_version(database, path)
                found = [str(row[0]) for row in database.execute("PRAGMA integrity_check")]
                counted = "SELECT state, count(*) FROM jobs GROUP BY state ORDER BY state"
                rows = dict(database.execute(counted)) if schema else {}
                adoptions = tuple(adoptions_of(database))
        except sqlite3.DatabaseError as error:
            return Health(0, path.stat().st_size, verdict, in_use, (str(error),), {}, ())
    problems = tuple(line for line in found if line != "ok")
    return Health(schema, path.stat().st_size, verdict, in_use, problems, rows, adoptions)


def adoptions_of(database: sqlite3.Connection) -> list[Adoption]:
    """Return the adoptions that a journal records, the earliest first."""
    if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'adoptions'").fetchone() is None:
        return []
    query = "SELECT adopted_at, reason, since, until, rows_missing, rows_parked FROM adoptions ORDER BY adopted_at"
    return [Adoption(*row) for row in database.execute(query)]


def adopt(path: Path) -> Adoption | None:
    """Take a journal that is in doubt for whole from now on; see `SqliteJournal`.

    Returns:
        What was recorded; None when there was nothing to decide.

    Raises:
        JournalError: There is none, or it is in use.
    """
    if verdict_on(path).kind == "whole":
        return None
    journal = JournalFile(path)
    found = journal.open(_alone, adopt=True)
    journal.close(dismiss_all)
    if found.kind == "whole":  # by now
        return None
    with connected(path, "mode=ro") as database:
        return adoptions_of(database)[-1]


def _alone(database: sqlite3.Connection, *, alone: bool) -> int:
    return dismiss_all(database) if alone else 0


def backup(path: Path, copy: Path) -> Verdict:
    """Copy a journal into one file, also while a process writes it.

    A copy that was taken while a process used the journal is in doubt from the start: rows may have been sent since.

    Args:
        path: The journal.
        copy: The file to create.

    Returns:
        How the copy stands.

    Raises:
        JournalError: There is no journal, it is damaged, or the copy exists already or cannot be written.
    """
    verdict = verdict_on(path)
    if verdict.kind in {"damaged", "mixed"}:
        raise JournalError(refusal(path, verdict))
    if copy.exists():
        raise JournalError(f"{copy} exists already; choose another name for the copy")
    part = copy.with_name(copy.name + ".part")
    try:
        with held(path) as in_use:
            os.close(os.open(part, os.O_CREAT | os.O_RDWR, 0o600))
            with connected(path, "mode=ro") as source, closing(sqlite3.connect(part, isolation_level=None)) as target:
                checked_version(source, path)
                source.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")
                reason = _close_copy(target, path, verdict, in_use=in_use)
        part.rename(copy)
        sync_folder(copy.parent)
    except (OSError, sqlite3.Error) as error:
        text = error.strerror if isinstance(error, OSError) else None
        raise JournalError(f"{path} cannot be copied to {copy}: {text or error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return Verdict() if reason is None else Verdict("doubt", reason)


def _close_copy(copy: sqlite3.Connection, path: Path, verdict: Verdict, *, in_use: bool) -> str | None:
    """Write into a copy that it is not in use, and why it is in doubt, if it is; return that."""
    stand = stand_of(copy)
    if stand is None:  # an earlier schema, which knows of no doubt
        return None
    reason = verdict.reason or None
    if in_use:
        reason = f"was copied from {path.resolve()} at {stand.changed_at}, while a process used that"
    copy.execute(SET_STAND, as_values(replace(stand, in_use=False, doubt=reason)))
    return reason


@contextmanager
def held(path: Path) -> Generator[bool, None, None]:
    """See that no run begins for a moment; True when a process has the journal open already."""
    with ExitStack() as stack:
        try:
            taken = stack.enter_context(shut_out(path))
        except OSError:  # it cannot be written, and so no run can use it
            taken = False
        yield taken
