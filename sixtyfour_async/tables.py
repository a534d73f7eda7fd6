"""CSV in and out: one row in memory at a time, every fault named by row, column and remedy.

Reading is strict, because each row that goes out is paid for: `Table.open` looks at the whole file once and raises
`errors.InputError` for the first thing that cannot be trusted, before anything is submitted. Writing is atomic: the
file appears whole or not at all.

What is kept: every cell and header exactly as the file has it, white space, quotes and line breaks inside a cell
included. What is not: blank lines, a byte order mark, and which cells were quoted without need.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
import shutil
import uuid
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self, TextIO, TypeAlias

from sixtyfour_async.errors import InputError, SixtyfourError

__all__ = ["Row", "Table", "added_columns", "check_writable", "write_table"]

AnyPath: TypeAlias = str | os.PathLike[str]

LONGEST_CELL: Final = 16 * 2**20  # characters; Python's own limit of 131,072 is less than a long web page
SAMPLE: Final = 2**16  # characters looked at to find the delimiter
SAMPLE_ROWS: Final = 50
DELIMITERS: Final = ",;\t|"
BYTE_ORDER_MARKS: Final = {  # UTF-32 first: its little-endian mark begins with the one of UTF-16
    **dict.fromkeys((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE), "utf-32"),
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
NOT_TEXT: Final = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "compressed with gzip",
    b"PAR1": "a Parquet file",
}
SHOWN: Final = {"utf-8-sig": "UTF-8"}
ESCAPED: Final = range(0xDC80, 0xDD00)  # what `errors="surrogateescape"` makes of bytes that cannot be decoded


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: its number (the first under the header is 1) and as many cells as the table has columns."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file that was read once from end to end and found sound. Iterate to read its rows again, lazily.

    Attributes:
        columns: The header's cells exactly as the file has them; strip them to compare, not to write them back.
        rows: How many data rows there are; blank lines do not count.
        delimiter: What stands between cells, given or found.
        encoding: What the file was decoded with, given or found.
        sha256: Hexadecimal digest of the file's bytes.
    """

    path: Path
    columns: tuple[str, ...]
    rows: int
    delimiter: str
    encoding: str
    sha256: str
    stamp: tuple[int, int] = field(repr=False, compare=False)

    @classmethod
    def open(cls, path: AnyPath, *, encoding: str | None = None, delimiter: str | None = None) -> Self:
        """Check a file from start to end in constant memory.

        Rows shorter than the header are padded with empty cells. Raises Python's own limit for the length of a cell,
        for the whole process, and never lowers it.

        Args:
            path: A regular file; it is read again by each iteration.
            encoding: Any text encoding of Python; None is UTF-8, or UTF-16 and UTF-32 by their byte order mark.
            delimiter: One character, or ``tab``; None finds comma, semicolon, tab or bar.

        Raises:
            InputError: Anything that keeps the file from being read without doubt or loss.
        """
        path = Path(path)
        csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
        with _os_errors_named(path, "read"):
            stamp, sha256 = _stamp(path), _sha256(path)
            encoding = _encoding(path, encoding)
            delimiter = _find_delimiter(path, encoding) if delimiter is None else _valid_delimiter(delimiter)
        rows = _rows(path, encoding, delimiter)
        header = next(rows, None)
        if header is None:
            raise InputError(f"{path} is empty", remedy="give a CSV file with a header and at least one row")
        _check_header(header.cells)
        last = 0
        for row in rows:
            last = row.number
        if not last:
            raise InputError(f"{path} has a header and no rows", remedy="add rows, or give another file")
        table = cls(path, header.cells, last, delimiter, encoding, sha256, stamp)
        table._check_unchanged()
        return table

    def __iter__(self) -> Iterator[Row]:
        """Read the data rows again; `InputError` if the file is no longer the one that was checked."""
        self._check_unchanged()
        rows = _rows(self.path, self.encoding, self.delimiter)
        next(rows, None)
        yield from rows

    def _check_unchanged(self) -> None:
        with _os_errors_named(self.path, "read"):
            same = _stamp(self.path) == self.stamp or _sha256(self.path) == self.sha256
        if not same:
            raise InputError(f"{self.path} has changed since it was checked", remedy="start again with the new file")


def write_table(path: AnyPath, columns: Sequence[str], rows: Iterable[Sequence[str]], *, delimiter: str = ",") -> int:
    r"""Write a header and rows as UTF-8 without byte order mark, lines ending in ``\n``, quotes only where needed.

    The file appears whole or not at all: rows go to a temporary file beside it, which is synced to disk and takes its
    place at the end. Whatever goes wrong, also in *rows*, a file that was there stays as it was; *rows* may read from
    *path* itself. A link is followed, an existing file's permissions are kept. Half a surrogate pair, which JSON may
    carry and UTF-8 cannot, is written as ``\udXXX``: one odd character must not cost a paid answer.

    Returns:
        How many rows were written, without the header.

    Raises:
        InputError: The path cannot be written, or a row has not as many cells as there are columns.
    """
    target = Path(os.path.realpath(path))
    check_writable(target)
    temporary = _beside(target)
    try:
        with _os_errors_named(target, "write"):
            count = _write(temporary, columns, rows, _valid_delimiter(delimiter))
            if target.exists():
                shutil.copymode(target, temporary)
            temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return count


def check_writable(path: AnyPath) -> None:
    """Find out whether `write_table` could write there, and leave nothing behind.

    Raises:
        InputError: No such folder, no permission, or something else than a regular file stands there.
    """
    target = Path(os.path.realpath(path))
    with _os_errors_named(target, "write"):
        if target.is_dir():
            raise InputError(f"{target} is a folder", remedy="name a file in it")
        if not target.parent.is_dir():
            raise InputError(f"the folder {target.parent} does not exist", remedy="create it, or name another file")
        if target.exists():
            if not target.is_file():
                raise InputError(f"{target} is not a regular file", remedy="name another file")
            os.close(os.open(target, os.O_WRONLY))
        probe = _beside(target)
        probe.touch(exist_ok=False)
        probe.unlink()


def added_columns(existing: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """Name the columns that are added to a table, none of them like one that is there already, whatever the case.

    A wanted name that is taken becomes ``<name>_answer``, then ``<name>_answer_2`` and so on. The others keep theirs.
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


def _text(path: Path, encoding: str, errors: str = "strict") -> TextIO:
    return path.open(encoding=encoding, errors=errors, newline="")


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    """Yield the header as row 0, then the data rows, padded to the header's width."""
    header: list[str] = []
    try:
        with _os_errors_named(path, "read"), _text(path, encoding) as text:
            for number, line, cells in _records(text, delimiter):
                header = header or cells
                _check_cells(number, line, header, cells)
                yield Row(number, (*cells, *[""] * (len(header) - len(cells))))
    except UnicodeError as error:
        raise _undecodable(path, encoding, delimiter, error) from error


def _records(text: Iterable[str], delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield each record's number (the header is 0), the line of the file it begins on, and its cells."""
    reader = csv.reader(_without_mark(text), delimiter=delimiter, strict=True)
    number, line, width = 0, 1, 0
    try:
        for cells in reader:
            blank = not cells or (width > 1 and len(cells) == 1 and not cells[0].strip())
            if not blank:
                yield number, line, cells
                number, width = number + 1, width or len(cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise _malformed(str(error), number, line) from error


def _without_mark(text: Iterable[str]) -> Iterator[str]:
    """Drop the byte order mark that codecs such as ``utf-16-le`` leave in the text."""
    first = True
    for line in text:
        yield line.removeprefix("\ufeff") if first else line
        first = False


def _check_header(header: Sequence[str]) -> None:
    places: dict[str, int] = {}
    for place, cell in enumerate(header, 1):
        name = cell.strip()
        if not name:
            message = f"the header's cell {place} of {len(header)} is blank"
            raise InputError(message, remedy="name the column, or remove it")
        if name in places:
            message = f"columns {places[name]} and {place} have the same name"
            raise InputError(message, column=name, remedy="rename or remove one of them")
        places[name] = place


def _check_cells(number: int, line: int, header: Sequence[str], cells: Sequence[str]) -> None:
    if len(cells) > len(header):
        message = f"{len(cells)} cells where the header has {len(header)} (line {line} of the file)"
        remedy = 'put a cell that contains the delimiter in "quotes", or name the delimiter: --delimiter'
        raise InputError(message, row=number, remedy=remedy)
    for name, cell in zip(header, cells, strict=False):
        if "\0" in cell:
            message = f"a NUL character (line {line} of the file)"
            remedy = "remove it; if the file is full of them it is UTF-16: --encoding utf-16-le (or utf-16-be)"
            raise InputError(message, row=number or None, column=name.strip().replace("\0", ""), remedy=remedy)


def _malformed(problem: str, number: int, line: int) -> InputError:
    place = f"the row that begins on line {line} of the file" if number else "the header"
    message, remedy = f"text after a closing quote in {place}", "or close the quote that was left open before it"
    if "field limit" in problem:
        message, remedy = f"a cell of more than {csv.field_size_limit()} characters in {place}", "or shorten the cell"
    elif "unexpected end" in problem:
        message, remedy = f"a quote opened in {place} is still open at the end of the file", "or close it"
    remedy = f'write a quote inside a quoted cell twice, such as "5"" pipe", {remedy}'
    return InputError(message, row=number or None, remedy=remedy)


def _undecodable(path: Path, encoding: str, delimiter: str, error: UnicodeError) -> InputError:
    """Find the row and column of the first byte that cannot be decoded, by reading once more and keeping such bytes."""
    shown = SHOWN.get(encoding, encoding)
    remedy = "name the encoding, such as --encoding latin-1 (or cp1252), or save the file as UTF-8"
    if marked := _starting(path, BYTE_ORDER_MARKS):
        remedy = f"its byte order mark says --encoding {marked}"
    header: list[str] = []
    with suppress(UnicodeError, InputError, OSError), _text(path, encoding, "surrogateescape") as text:
        for number, line, cells in _records(text, delimiter):
            header = header or cells
            for place, cell in enumerate(cells):
                bad = next((ord(mark) - 0xDC00 for mark in cell if ord(mark) in ESCAPED), None)
                if bad is None:
                    continue
                guess = bytes([bad]).decode("cp1252", errors="replace")
                where = f"line {line} of {path}" if number else f"cell {place + 1} of the header of {path}"
                message = f"byte 0x{bad:02X} is not {shown} ({where}; in cp1252 it would be {guess!r})"
                column = header[place].strip() if number and place < len(header) else None
                return InputError(message, row=number or None, column=column, remedy=remedy)
    return InputError(f"{path} cannot be decoded as {shown}: {error}", remedy=remedy)


def _encoding(path: Path, encoding: str | None) -> str:
    if kind := _starting(path, NOT_TEXT):
        raise InputError(f"{path} is not CSV but {kind}", remedy="save or export it as CSV (UTF-8)")
    if encoding is None:
        return _starting(path, BYTE_ORDER_MARKS) or "utf-8-sig"
    try:
        _text(path, encoding).close()
        return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
    except (LookupError, ValueError) as error:
        remedy = "use one of Python's text encodings, such as utf-8, utf-16, latin-1 or cp1252"
        raise InputError(f"no text encoding is called {encoding!r}", remedy=remedy) from error


def _starting(path: Path, kinds: Mapping[bytes, str]) -> str | None:
    with path.open("rb") as file:
        head = file.read(4)
    return next((kind for start, kind in kinds.items() if head.startswith(start)), None)


def _valid_delimiter(delimiter: str) -> str:
    delimiter = "\t" if delimiter in {"tab", "\\t"} else delimiter  # as a tab can be typed in a shell
    if len(delimiter) != 1 or delimiter in ' "\r\n\0':
        raise InputError(f"{delimiter!r} cannot be a delimiter", remedy="use one character, such as , ; | or tab")
    return delimiter


def _find_delimiter(path: Path, encoding: str) -> str:
    """Choose the delimiter that the header has and the first rows fit best; a comma when the header has none."""
    with _text(path, encoding, "replace") as text, suppress(UnicodeError):
        sample = text.read(SAMPLE)
        cut = len(sample) == SAMPLE
        fits = [(_fit(sample, delimiter, cut=cut), delimiter) for delimiter in DELIMITERS]
        best, delimiter = max(fits, key=lambda pair: pair[0])  # the first of equals
        return delimiter if best[0] else ","
    return ","


def _fit(sample: str, delimiter: str, *, cut: bool) -> tuple[bool, float, float, int]:
    """Say how well a delimiter fits: in the header at all, rows as wide as it, cells not after a space, columns."""
    records = [cells for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if cells]
    if cut and len(records) > 1:
        records.pop()  # it may be half a row
    if not records or len(records[0]) == 1:
        return False, 0, 0, 0
    width, rows = len(records[0]), records[1 : SAMPLE_ROWS + 1]
    full = sum(1 if len(cells) == width else 0.5 if 1 < len(cells) < width else 0 for cells in rows)
    later = [cell for cells in records[: SAMPLE_ROWS + 1] for cell in cells[1:]]
    spaced = sum(cell.startswith(" ") for cell in later)
    return True, full / len(rows) if rows else 1, -spaced / len(later), width


class _Lines:
    r"""Ends rows in ``\n``; told to do so, Python 3.11 leaves a lone ``\r`` unquoted, which then reads as two rows."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, line: str) -> None:
        self._file.write(line.removesuffix("\r\n") + "\n")


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str) -> int:
    count = 0
    with path.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.writer(_Lines(file), delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(columns)
        for count, cells in enumerate(rows, 1):
            if len(cells) != len(columns):
                message = f"{len(cells)} cells for {len(columns)} columns"
                raise InputError(message, row=count, remedy="give each row one cell for each column")
            writer.writerow(cells)
        file.flush()
        os.fsync(file.fileno())
    return count


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _beside(target: Path) -> Path:
    return target.with_name(f".sixtyfour-{uuid.uuid4().hex}.tmp")


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "not a regular file"
        raise InputError(f"{path} is {kind}", remedy="name a CSV file on disk: it is read more than once")
    return status.st_size, status.st_mtime_ns


@contextmanager
def _os_errors_named(path: Path, verb: str) -> Generator[None, None, None]:
    """Turn what the system says into `InputError`; errors of ours that are `TimeoutError` too pass as they are."""
    try:
        yield
    except OSError as error:
        if isinstance(error, SixtyfourError):
            raise
        reason = f"cannot {verb} {path}: {error.strerror or error}"
        raise InputError(reason, remedy="check the path, its permissions and the disk") from error
