"""What readers and writers need of the file system, and of gzip, which text formats are read and written through."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zlib
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, Self, TextIO, TypeAlias, cast

from sixtyfour_async.errors import InputError, SixtyfourError
from sixtyfour_async.tables.base import Row

AnyPath: TypeAlias = str | os.PathLike[str]

GZIP: Final = b"\x1f\x8b"


@contextmanager
def input_errors(path: Path | str, verb: str) -> Generator[None, None, None]:
    """Raise `InputError` in place of OSError; errors of this package that are OSErrors, as TimeoutError is, pass."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        remedy = "copy or download it again"
        raise InputError(f"{path} is damaged: its gzip data ends early or is wrong", remedy=remedy) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        if isinstance(error, SixtyfourError):
            raise
        reason = f"cannot {verb} {path}: {error.strerror or error}"
        raise InputError(reason, remedy="check the path, its permissions and the disk") from error


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is read more than once and must stay the same in between.

    Attributes:
        path: Where it lies.
        shown: Its name in messages.
        sha256: Hexadecimal digest of its bytes.
        stamp: Size in bytes and modification time in nanoseconds, to notice a change without reading the file.
    """

    path: Path
    shown: str
    sha256: str
    stamp: tuple[int, int] = field(repr=False, compare=False)

    @classmethod
    def of(cls, path: AnyPath, shown: str | None = None) -> Self:
        """Look at a file before it is read for the first time.

        Raises:
            InputError: It is not a regular file, or cannot be read.
        """
        path = Path(path)
        with input_errors(shown or path, "read"):
            stamp = stamp_of(path)
            return cls(path, shown or str(path), sha256_of(path), stamp)

    def check_unchanged(self) -> None:
        """Check that the file is still the same.

        Raises:
            InputError: It has changed, or is gone.
        """
        # The digest is computed only when size or time differ, as they do for a file that was merely touched.
        with input_errors(self.shown, "read"):
            same = stamp_of(self.path) == self.stamp or sha256_of(self.path) == self.sha256
        if not same:
            raise InputError(f"{self.shown} has changed since it was checked", remedy="start again with the new file")


@dataclass(frozen=True, slots=True)
class SourceTable(ABC):
    """What tables of all formats have in common: a file that was checked and must be the same when it is read again.

    Attributes:
        source: The file.
    """

    source: Source

    @property
    def path(self) -> Path:
        """The file."""
        return self.source.path

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of the file's bytes."""
        return self.source.sha256

    def __iter__(self) -> Iterator[Row]:
        """Read the data rows again.

        Raises:
            InputError: The file has changed since it was checked.
        """
        self.source.check_unchanged()
        yield from self._rows()

    @abstractmethod
    def _rows(self) -> Iterator[Row]:
        """Yield the data rows."""


def stamp_of(path: Path) -> tuple[int, int]:
    """Return a file's size in bytes and modification time in nanoseconds.

    Raises:
        InputError: It is not a regular file; a pipe could not be read twice.
    """
    status = path.stat()
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "not a regular file"
        raise InputError(f"{path} is {kind}", remedy="name a table on disk, which is read more than once, or give -")
    return status.st_size, status.st_mtime_ns


def sha256_of(path: Path) -> str:
    """Return the hexadecimal digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading, decompressed if it is compressed with gzip."""
    with path.open("rb") as file:
        compressed = file.read(2) == GZIP
    return cast("IO[bytes]", gzip.open(path, "rb")) if compressed else path.open("rb")


def open_text(path: Path, encoding: str, errors: str = "strict", newline: str = "") -> TextIO:
    """Open a file with its line endings unchanged, as `csv.reader` requires; *newline* is as for `open`."""
    file = open_bytes(path)
    try:
        return io.TextIOWrapper(file, encoding=encoding, errors=errors, newline=newline)
    except BaseException:
        file.close()
        raise


def head_of(path: Path, count: int) -> bytes:
    """Return the first bytes of a file, decompressed if it is compressed."""
    with open_bytes(path) as file:
        return file.read(count)
