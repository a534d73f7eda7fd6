"""What the reader and the writer need of the file system."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, TypeAlias

from sixtyfour_async.errors import InputError, SixtyfourError

AnyPath: TypeAlias = str | os.PathLike[str]


@contextmanager
def input_errors(path: Path, verb: str) -> Generator[None, None, None]:
    """Raise `InputError` in place of OSError; errors of this package that are OSErrors, as TimeoutError is, pass."""
    try:
        yield
    except OSError as error:
        if isinstance(error, SixtyfourError):
            raise
        reason = f"cannot {verb} {path}: {error.strerror or error}"
        raise InputError(reason, remedy="check the path, its permissions and the disk") from error


def stamp_of(path: Path) -> tuple[int, int]:
    """Return a file's size in bytes and modification time in nanoseconds.

    Raises:
        InputError: It is not a regular file; a pipe could not be read twice.
    """
    status = path.stat()
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "not a regular file"
        raise InputError(f"{path} is {kind}", remedy="name a CSV file on disk: it is read more than once")
    return status.st_size, status.st_mtime_ns


def sha256_of(path: Path) -> str:
    """Return the hexadecimal digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_text(path: Path, encoding: str, errors: str = "strict") -> TextIO:
    """Open a file with its line endings unchanged, as `csv.reader` requires."""
    return path.open(encoding=encoding, errors=errors, newline="")
