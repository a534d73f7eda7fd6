"""Collect what `wholeness.judge` needs: what lies at a journal's path, and what was noted elsewhere."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sixtyfour_async._journal.owner import inode_of
from sixtyfour_async._journal.wholeness import Found, Note, Stand
from sixtyfour_async.errors import JournalError

_STAND_FIELDS = tuple(field.name for field in fields(Stand))
_NOTE_FIELDS = tuple(field.name for field in fields(Note))

STAND = ", ".join(_STAND_FIELDS)
"""The columns of the table ``wholeness``."""

STATE_FOLDERS = {
    "win32": ("LOCALAPPDATA", "AppData/Local"),
    "darwin": ("XDG_STATE_HOME", "Library/Application Support"),
}
"""Platform → the variable that names the user's state folder, and where it is in the home folder without that."""

ILLEGIBLE = Note("", epoch=0, commits=0, intents=0, at="", place="")
"""What is read from a note that was cut: it says of no journal more than that there was one."""

ROOM_FOR_DIGITS = 40
"""Bytes that a note may grow by without the file growing: a disk that is full must not keep it from being written."""

WITNESS_KEPT_SECONDS = 400 * 86400.0
"""Time after which the witness of a journal that was not written any more is deleted."""


def beside(path: Path, suffix: str) -> Path:
    """Return the path of a file that belongs to a journal, such as ``-wal``; SQLite, too, follows symbolic links.

    Raises:
        JournalError: No file can have the journal's path.
    """
    try:
        real = path.resolve()
        return real.with_name(real.name + suffix)
    except (ValueError, RuntimeError) as error:  # ``/``, a NUL; before Python 3.13 a link to itself
        raise JournalError(f"journal {str(path)!r} names no file: choose another journal") from error


def place_of(path: Path) -> str:
    """Return where a journal is, as text that SQLite takes: a name that is no UTF-8 with its bytes escaped."""
    return str(path.resolve()).encode(errors="backslashreplace").decode()


def size_of(path: Path) -> int:
    """Return the size of a file, bytes; 0 when there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


@contextmanager
def connected(path: Path, options: str) -> Generator[sqlite3.Connection, None, None]:
    """Open a file with SQLite; ``mode=ro`` never moves its log into it, and ``immutable=1`` does not read the log."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{options}", uri=True)) as database:
        yield database


def stand_of(database: sqlite3.Connection) -> Stand | None:
    """Return what a journal says of itself; None for an empty one, and for one that is older than that."""
    if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'wholeness'").fetchone() is None:
        return None
    return stand_in(database)


def stand_in(database: sqlite3.Connection) -> Stand:
    """Return what a journal of this version says of itself."""
    row = database.execute(f"SELECT {STAND} FROM wholeness").fetchone()  # noqa: S608 (our field names)
    values: dict[str, Any] = dict(zip(_STAND_FIELDS, row, strict=True))
    values["in_use"] = bool(values["in_use"])
    return Stand(**values)


def as_values(stand: Stand) -> tuple[object, ...]:
    """Return a stand as values of `STAND`."""
    return tuple(getattr(stand, name) for name in _STAND_FIELDS)


def alone(path: Path) -> Stand | None:
    """Return what a main file says without its log; None when that cannot be read."""
    with suppress(sqlite3.Error), connected(path, "immutable=1") as database:
        return stand_of(database)
    return None


def look(path: Path) -> Found:
    """Look at a journal; nothing is changed.

    Raises:
        OSError: It cannot be looked at.
    """
    # In this order, a process that writes meanwhile is not taken for damage: it writes the mark last.
    mark = read_note(beside(path, "-mark"))
    size, log = size_of(path), size_of(beside(path, "-wal")) > 0
    main = alone(path) if size else None
    read, error = main, None
    if size and (log or main is None):
        try:
            with connected(path, "mode=ro") as database:
                read = stand_of(database)
        except sqlite3.DatabaseError as caught:
            error = str(caught)
    witness = None if read is None else Witness.read(read.id)
    others = tuple(_others(path, read, witness))
    return Found(path.name, size, main, read, log, mark, witness, others, error)


def _others(path: Path, read: Stand | None, witness: Note | None) -> Iterator[Stand]:
    """Yield what other files of the same journal say, at the places where it was opened last."""
    places = {read.place if read else "", witness.place if witness else ""} - {""}
    for place in sorted(places):
        with suppress(OSError):
            if read is not None and inode_of(Path(place)) != inode_of(path):
                other = alone(Path(place))
                if other is not None and other.id == read.id:
                    yield other


def read_note(path: Path) -> Note | None:
    """Return a note; None when there is none, and `ILLEGIBLE` when it was cut."""
    try:
        return Note(**json.loads(path.read_text("utf-8")))
    except OSError:
        return None
    except (ValueError, TypeError):
        return ILLEGIBLE


class NoteFile:
    """A note that is written again after each commit, in place; it reaches the disk when the system likes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def write(self, note: Note) -> None:
        """Write the note.

        Raises:
            OSError: It cannot be written.
        """
        if self._descriptor is None:
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._descriptor = os.open(self.path, flags, 0o600)
        length = os.fstat(self._descriptor).st_size  # another process may have written a longer one
        text = json.dumps({name: getattr(note, name) for name in _NOTE_FIELDS}).encode()
        if len(text) > length:
            length = len(text) + ROOM_FOR_DIGITS
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, text.ljust(length))  # one write: a process dies before or after it

    def flush(self) -> None:
        """Bring the note, and its name, to the disk."""
        if self._descriptor is not None:
            os.fsync(self._descriptor)
            sync_folder(self.path.parent)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def delete(self) -> None:
        """Close and delete the file."""
        self.close()
        self.path.unlink(missing_ok=True)


class Witness:
    """The note in the user's state folder; where that cannot be written there is none."""

    def __init__(self) -> None:
        self._file: NoteFile | None = None
        self._failed = False

    @staticmethod
    def read(journal: str) -> Note | None:
        """Return the note about a journal, or None."""
        folder = _state_folder()
        return None if folder is None or not journal.isalnum() else read_note(folder / f"{journal}.json")

    def write(self, note: Note) -> None:
        """Write the note, if that can be done."""
        if self._failed:
            return
        try:
            if self._file is None:
                self._file = NoteFile(_create(note.id))
            self._file.write(note)
        except OSError:
            self._failed = True

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


def _create(journal: str) -> Path:
    """Return the path for a journal's witness; the folder is created, and cleared of what is old."""
    folder = _state_folder()
    if folder is None:
        raise FileNotFoundError
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{journal}.json"
    if not path.exists():
        oldest = time.time() - WITNESS_KEPT_SECONDS
        for old in folder.glob("*.json"):
            with suppress(OSError):
                if old.stat().st_mtime < oldest:
                    old.unlink()
    return path


def _state_folder() -> Path | None:
    """Return the folder for witnesses; None where the user has no home folder."""
    try:
        home = Path.home()
    except RuntimeError:
        return None
    variable, default = STATE_FOLDERS.get(sys.platform, ("XDG_STATE_HOME", ".local/state"))
    chosen = os.environ.get(variable)
    if not chosen and not home.is_dir():
        return None  # such as /nonexistent, which some services have for a home: it must not be created
    return (Path(chosen) if chosen else home / default) / "sixtyfour_async" / "journals"


def now() -> str:
    """Return the time by our wall clock, ISO text, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
