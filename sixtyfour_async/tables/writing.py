"""Write a table of any format: whole or not at all."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
import uuid
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.base import Cell, Format, Table, Tally, Writer
from sixtyfour_async.tables.csv_reader import CsvTable
from sixtyfour_async.tables.csv_writer import CsvWriter
from sixtyfour_async.tables.dialects import Dialect, dialect_named, for_extension
from sixtyfour_async.tables.files import AnyPath, input_errors
from sixtyfour_async.tables.formats import format_of, is_compressed, named
from sixtyfour_async.tables.json_writer import JsonWriter
from sixtyfour_async.tables.parquet_reader import ParquetTable
from sixtyfour_async.tables.parquet_writer import ParquetWriter
from sixtyfour_async.tables.xlsx_writer import XlsxWriter

PRIVATE: Final = 0o600
"""Permissions of a new file: people stand in it, as in a journal."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes:
        rows: Number of rows, without the header.
        notes: Which cells could not be written as they are, a sentence for each column and kind.
    """

    rows: int
    notes: tuple[str, ...] = ()


def write_table(
    path: AnyPath,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    writer: Writer | None = None,
    mode: int = PRIVATE,
) -> Written:
    """Write a header and rows.

    The file appears whole or not at all, and an existing file is unchanged after any error, one raised by *rows*
    included; *rows* may read from *path* itself. A symbolic link is followed, and an existing file's permissions are
    kept.

    Args:
        path: The file; if it ends in ``.gz`` it is compressed.
        columns: The header.
        rows: As many cells in each row as there are columns.
        writer: The format; None for that of the extension.
        mode: Permissions of a new file.

    Raises:
        InputError: The path cannot be written, or a row has another number of cells than there are columns.
        ConfigurationError: A package is missing.
    """
    writer = writer or writer_for(Path(path))
    target = Path(os.path.realpath(path))
    checked, mended = _Checked(columns, rows), Tally()
    with _replacing(target, mode, compressed=is_compressed(Path(path))) as file:
        writer.write(file, columns, checked, mended)
    return Written(checked.count, mended.sentences())


def write_bytes(path: AnyPath, content: bytes, *, mode: int = PRIVATE) -> None:
    """Write a file whole or not at all, as `write_table` does.

    Args:
        path: The file.
        content: What it is to hold.
        mode: Permissions of a new file.

    Raises:
        InputError: The path cannot be written.
    """
    with _replacing(Path(os.path.realpath(path)), mode, compressed=False) as file:
        file.write(content)


@contextmanager
def _replacing(target: Path, mode: int, *, compressed: bool) -> Generator[BinaryIO, None, None]:
    """Yield a new file that takes the place of another one unless an exception is raised."""
    check_writable(target)
    # Replacing a file is atomic within one file system only: the temporary file must be in the target's folder. It is
    # synced before it is renamed, or a crash of the machine could leave an empty file under the final name.
    temporary = _temporary_beside(target)
    try:
        with input_errors(target, "write"):
            with _new_file(temporary, mode, compressed=compressed) as file:
                yield file
            if target.exists():
                shutil.copymode(target, temporary)
            temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_stream(
    stream: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, writer: Writer
) -> Written:
    """Write a header and rows to a stream such as standard output, of which nothing is written before all is known.

    Raises:
        InputError: As for `write_table`.
        BrokenPipeError: The reader of the stream has gone.
    """
    checked, mended = _Checked(columns, rows), Tally()
    with tempfile.TemporaryFile(prefix="sixtyfour-") as file:
        with input_errors("standard output", "write"):
            writer.write(cast("BinaryIO", file), columns, checked, mended)
        file.seek(0)
        shutil.copyfileobj(file, stream)
        stream.flush()
    return Written(checked.count, mended.sentences())


def writer_for(
    path: Path | None,
    *,
    format: str | None = None,  # noqa: A002 (the word that users know)
    dialect: str | None = None,
    source: Table | None = None,
) -> Writer:
    """Return the writer for a file.

    Args:
        path: The file, whose extension tells the format; None for standard output.
        format: The format, if the extension does not tell it; None on standard output for that of the input.
        dialect: CSV: a name of `dialects.DIALECTS`, or a delimiter; None for the input's.
        source: The input, whose dialect or types the output keeps.

    Raises:
        InputError: The format or the dialect is unknown, or they do not fit.
    """
    found = format_of(path, format, writing=True) if path else named(format) if format else format_of_table(source)
    if dialect is not None and found not in {"csv", "tsv"}:
        raise InputError(f"{found} has no dialects", remedy="leave out_dialect=… out, or write CSV")
    if found == "xlsx":
        return XlsxWriter()
    if found == "parquet":
        return ParquetWriter(source.types if isinstance(source, ParquetTable) else {})
    if found in {"ndjson", "json"}:
        return JsonWriter(lines=found == "ndjson")
    if dialect is not None:
        return CsvWriter(dialect_named(dialect))
    kept = isinstance(source, CsvTable)
    own = source.dialect if isinstance(source, CsvTable) else Dialect()
    return CsvWriter(for_extension(own, tabs=found == "tsv", kept=kept and format_of_table(source) == found))


def format_of_table(table: Table | None) -> Format:
    """Return the format that a table was read from; CSV for none."""
    return "csv" if table is None else table.format


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


class _Checked:
    """Rows on their way to a writer: counted, and each as wide as the header."""

    def __init__(self, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        self._width = len(columns)
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Generator[Sequence[Cell], None, None]:
        for cells in self._rows:
            self.count += 1
            if len(cells) != self._width:
                message = f"{len(cells)} cells for {self._width} columns"
                raise InputError(message, row=self.count, remedy="give each row one cell for each column")
            yield cells


@contextmanager
def _new_file(path: Path, mode: int, *, compressed: bool) -> Generator[BinaryIO, None, None]:
    """Create a file, and sync it when it is written."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode)
    with os.fdopen(descriptor, "w+b") as file:
        if compressed:
            # Without name and time, equal tables give equal bytes.
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                yield cast("BinaryIO", packed)
        else:
            yield file
        file.flush()
        os.fsync(file.fileno())


def _temporary_beside(target: Path) -> Path:
    return target.with_name(f".sixtyfour-{uuid.uuid4().hex}.tmp")
