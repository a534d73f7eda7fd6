"""Is a journal all there? Pure: what was found → whole, in doubt, or damaged.

A journal in use is a main file and a log (``run.db-wal``); SQLite reads the one without the other, or with a part of
it, and never complains: rows that were paid are then missing, and a run would pay them again. So three things are
written down beside the rows themselves:

- the `Stand`, a row in the main file: is it in use, how many commits were made, how many rows were sent, where;
- the mark, a `Note` beside it (``run.db-mark``): the same numbers, written after each commit, outside of the log;
- the witness, the same note in the user's state folder, which stays there when files are moved or restored.

Noticed: a log that is missing, cut, or another file's; a missing mark; a main file that is cut, or was put back without
its log; an older copy (by the mark, by the witness, or because the original is still there and went on); a copy of a
journal in use. A journal that was closed is one file, and whole wherever it is.

Not noticed, because nothing on the machine knows better: a closed copy, or all files of one in use, on *another*
machine or for another user, while the original goes on; an older copy where the witness and the original are gone; a
snapshot of the whole disk that was put back; changed bytes within a file (``sixtyfour journal check`` finds some).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["whole", "doubt", "mixed", "damaged"]
"""``doubt``: it can be read and written, but rows may have been sent of which it does not know. ``mixed``: a main file
and a log, or a mark, that do not belong together; to read both would be to read neither. ``damaged``: a part of the
main file is missing."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What the journal says of itself: its row in the table ``wholeness``.

    Attributes:
        id: The journal's own name, a random one.
        epoch: Number of times that it was opened for writing.
        in_use: Whether it has not been closed since.
        place: The path at which it was opened last.
        log: Number of the log that its last commit went to; each log follows one that is in the main file entirely.
        commits: Number of commits.
        intents: Number of rows about to be sent, over its whole life.
        changed_at: Time of its last commit, ISO text.
        doubt: Why it is in doubt, as found earlier; None when it is not.
    """

    id: str
    epoch: int = 0
    in_use: bool = False
    place: str = ""
    log: int = 0
    commits: int = 0
    intents: int = 0
    changed_at: str = ""
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What was written down outside of the journal, after its last commit; see `Stand`.

    Attributes:
        size: A size that the main file had then, bytes; 0 for none.
    """

    id: str
    epoch: int
    commits: int
    intents: int
    at: str
    place: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at a journal's path.

    Attributes:
        name: The main file's name.
        size: The main file's size, bytes.
        main: What the main file says without its log; None when it has nothing to say, or cannot be read by itself.
        read: What it says with its log; None when it has nothing to say.
        log: Whether there is a log that is not empty.
        mark: The note beside it.
        witness: The note in the user's state folder.
        others: What files at other places say of themselves that go by the same id.
        error: Why it cannot be read; None when it can.
    """

    name: str
    size: int
    main: Stand | None
    read: Stand | None
    log: bool
    mark: Note | None = None
    witness: Note | None = None
    others: tuple[Stand, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a journal stands.

    Attributes:
        kind: See `Kind`.
        reason: What was found, as a predicate of the file; empty when it is whole.
        since: The last commit that it knows of, ISO text; empty when it knows of none.
        until: The time until which others have seen rows being sent, ISO text; None when nobody knows.
        rows: Number of rows that others have seen being sent and that it does not know of; None when nobody knows.
    """

    kind: Kind = "whole"
    reason: str = ""
    since: str = ""
    until: str | None = None
    rows: int | None = None


def judge(found: Found) -> Verdict:
    """Decide whether a journal is whole."""
    kind, reason = next(_reasons(found), ("whole", ""))
    if kind == "whole":
        return Verdict()
    known = found.read or Stand("")
    ahead = [seen for seen in _seen(found) if seen[0] > known.intents]
    rows, until = max(ahead, default=(0, ""))
    return Verdict(
        kind,
        reason,
        since=known.changed_at,
        until=until or None,
        rows=rows - known.intents if ahead else None,
    )


def _seen(found: Found) -> Iterator[tuple[int, str]]:
    """Yield rows sent, and until when, as others have seen them."""
    yield from ((note.intents, note.at) for note in (found.mark, found.witness) if note is not None)
    yield from ((other.intents, other.changed_at) for other in found.others)


def _reasons(found: Found) -> Iterator[tuple[Kind, str]]:
    """Yield why it is not whole, the worst first."""
    if found.size == 0 and (found.log or found.mark is not None):
        rest = f"{found.name}-wal" if found.log else f"{found.name}-mark"
        yield "mixed", f"is empty or was deleted, and beside it lies {rest} of a journal that was in use"
    if not belongs(found):
        yield "mixed", f"lies beside a log, {found.name}-wal, that is not its own or is of another time"
    if found.error is not None:
        yield "damaged", f"is damaged ({found.error})"
    read, mark = found.read, found.mark
    if read is not None and mark is not None and mark.id == read.id and read.in_use and found.size < mark.size:
        yield "damaged", f"is damaged: {mark.size - found.size:,} bytes are missing at its end"
    for reason in _doubts(found):
        yield "doubt", reason


def belongs(found: Found) -> bool:
    """Return whether a log can be the main file's own.

    The first commit of a log bears the next number, and a log begins anew only once all of the old one is in the main
    file. So a gap means that a main file and a log of different times were put together.
    """
    main, read = found.main, found.read
    if main is None or read is None or not found.log:
        return True
    return main.id == read.id and main.log <= read.log <= main.log + 1 and main.commits <= read.commits


def _doubts(found: Found) -> Iterator[str]:
    """Yield why rows may have been sent of which the journal does not know."""
    if found.read is not None:
        if found.read.doubt is not None:
            yield found.read.doubt
        yield from _lost(found, found.read)
        yield from _outrun(found, found.read)
    elif found.mark is not None:
        yield f"is an older copy: {found.name}-mark beside it is of a later one"


def _lost(found: Found, read: Stand) -> Iterator[str]:
    """Yield what shows that the end of its log is missing."""
    mark, name = found.mark, found.name
    if mark is None:
        if read.in_use:
            missing = f"{name}-mark is" if found.log else f"{name}-wal and {name}-mark are"
            yield f"was in use when it was last written, and {missing} missing"
    elif mark.id != read.id or mark.epoch < read.epoch:
        if read.in_use:
            yield f"was in use when it was last written, and {name}-mark is not of that time"
    elif mark.commits > read.commits or mark.epoch > read.epoch + 1:
        lost = f"{mark.commits - read.commits:,} commits, with {_rows(mark.intents - read.intents)} sent, are missing"
        if not read.in_use:
            yield f"is an older copy: by {name}-mark beside it, {lost}"
        yield f"has a log that is cut: {lost}" if found.log else f"has lost its log {name}-wal: {lost}"


def _outrun(found: Found, read: Stand) -> Iterator[str]:
    """Yield what shows that the same journal went on elsewhere, or later."""
    witness = found.witness
    if witness is not None and witness.intents > read.intents:
        yield f"is an older copy: this machine has seen {_rows(witness.intents - read.intents)} more being sent from it"
    for other in found.others:
        if other.in_use:
            yield f"is a copy of {other.place}, which is in use, or was when it was last written"
        elif other.intents > read.intents:
            yield f"is an older copy of {other.place}, from which {_rows(other.intents - read.intents)} more were sent"


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"
