"""Write CSV atomically, and name the columns that are added to a table."""

from __future__ import annotations

import csv
import os
import shutil
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.detection import valid_delimiter
from sixtyfour_async.tables.files import AnyPath, input_errors


def write_table(path: AnyPath, columns: Sequence[str], rows: Iterable[Sequence[str]], *, delimiter: str = ",") -> int:
    r"""Write a header and rows as UTF-8 without byte order mark, lines ending in ``\n``, quotes only where needed.

    The file appears whole or not at all, and an existing file is unchanged after any error, one raised by *rows*
    included; *rows* may read from *path* itself. A symbolic link is followed, and an existing file's permissions are
    kept. A lone surrogate, which JSON can carry and UTF-8 cannot, is written as ``\udXXX``: one odd character must not
    cost a paid answer.

    Returns:
        Number of rows written, without the header.

    Raises:
        InputError: The path cannot be written, or a row has another number of cells than there are columns.
    """
    target = Path(os.path.realpath(path))
    check_writable(target)
    # Replacing a file is atomic within one file system only: the temporary file must be in the target's folder. It is
    # synced before it is renamed, or a crash of the machine could leave an empty file under the final name.
    temporary = _temporary_beside(target)
    try:
        with input_errors(target, "write"):
            count = _write(temporary, columns, rows, valid_delimiter(delimiter))
            if target.exists():
                shutil.copymode(target, temporary)
            temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return count


def check_writable(path: AnyPath) -> None:
    """Check that `write_table` could write to a path, and leave nothing behind.

    Raises:
        InputError: The folder does not exist, permission is missing, or the path is not a regular file.
    """
    target = Path(os.path.realpath(path))
    with input_errors(target, "write"):
        if target.is_dir():
            raise InputError(f"{target} is a folder", remedy="name a file in it")
        if not target.parent.is_dir():
            raise InputError(f"the folder {target.parent} does not exist", remedy="create it, or name another file")
        if target.exists():
            if not target.is_file():
                raise InputError(f"{target} is not a regular file", remedy="name another file")
            os.close(os.open(target, os.O_WRONLY))  # opened without truncation: asks for permission only
        probe = _temporary_beside(target)
        probe.touch(exist_ok=False)
        probe.unlink()


def added_columns(existing: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """Return names for columns to add to a table, none of which differs from an existing one by case only.

    A wanted name that is taken becomes ``<name>_answer``, then ``<name>_answer_2`` and so on; the others are kept.
    """
    taken = {_folded(name) for name in existing}
    reserved = {_folded(name) for name in wanted}
    names: list[str] = []
    for name in wanted:
        answer, number = name, 1
        while _folded(answer) in taken or (answer != name and _folded(answer) in reserved):
            answer = f"{name}_answer" if number == 1 else f"{name}_answer_{number}"
            number += 1
        taken.add(_folded(answer))
        names.append(answer)
    return tuple(names)


def _folded(name: str) -> str:
    return name.strip().casefold()


class _NewlineWriter:
    r"""A file for `csv.writer` that ends rows in ``\n`` instead of ``\r\n``.

    With ``lineterminator="\n"``, Python 3.11 does not quote a cell that contains a lone ``\r``, which then reads as two
    rows.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, line: str) -> None:
        self._file.write(line.removesuffix("\r\n") + "\n")


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str) -> int:
    count = 0
    with path.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.writer(_NewlineWriter(file), delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(columns)
        for count, cells in enumerate(rows, 1):
            if len(cells) != len(columns):
                message = f"{len(cells)} cells for {len(columns)} columns"
                raise InputError(message, row=count, remedy="give each row one cell for each column")
            writer.writerow(cells)
        file.flush()
        os.fsync(file.fileno())
    return count


def _temporary_beside(target: Path) -> Path:
    return target.with_name(f".sixtyfour-{uuid.uuid4().hex}.tmp")
