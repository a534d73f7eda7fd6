"""Read CSV strictly: every row sent is paid for, so a malformed or ambiguous file is refused first."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.detection import (
    BYTE_ORDER_MARKS,
    detect_delimiter,
    match_start,
    resolve_encoding,
    valid_delimiter,
)
from sixtyfour_async.tables.files import AnyPath, input_errors, open_text, sha256_of, stamp_of

MAX_CELL_CHARACTERS: Final = 16 * 2**20
"""Longest cell that is read; the csv module's default of 131,072 is less than a long web page."""

DISPLAY_NAMES: Final = {"utf-8-sig": "UTF-8"}
"""Names of encodings in messages, where they differ from Python's."""

ESCAPED_BYTES: Final = range(0xDC80, 0xDD00)
"""Code points that ``errors="surrogateescape"`` gives to bytes that cannot be decoded."""


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: its number (the first under the header is 1) and as many cells as the table has columns."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file that has been read once from end to end without an error. Iterate to read its rows again, lazily.

    Attributes:
        path: The file.
        columns: The header's cells exactly as in the file; strip them to compare, not to write them back.
        rows: Number of data rows, without blank lines.
        delimiter: The delimiter, given or detected.
        encoding: The encoding, given or detected.
        sha256: Hexadecimal digest of the file's bytes.
        stamp: Size in bytes and modification time in nanoseconds, to notice a change without reading the file.
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

        Rows shorter than the header are padded with empty cells. Raises the csv module's limit on the length of a cell,
        which is global to the process, and never lowers it.

        Args:
            path: A regular file; each iteration reads it again.
            encoding: A text encoding of Python; None for UTF-8, or UTF-16 and UTF-32 by their byte order mark.
            delimiter: One character, or ``tab``; None to detect comma, semicolon, tab or bar.

        Raises:
            InputError: The file cannot be read, or not without doubt or loss.
        """
        path = Path(path)
        csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL_CHARACTERS))
        with input_errors(path, "read"):
            stamp, sha256 = stamp_of(path), sha256_of(path)
            encoding = resolve_encoding(path, encoding)
            delimiter = detect_delimiter(path, encoding) if delimiter is None else valid_delimiter(delimiter)
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
        """Read the data rows again.

        Raises:
            InputError: The file has changed since it was checked.
        """
        self._check_unchanged()
        rows = _rows(self.path, self.encoding, self.delimiter)
        next(rows, None)
        yield from rows

    def _check_unchanged(self) -> None:
        # The digest is computed only when size or time differ, as they do for a file that was merely touched.
        with input_errors(self.path, "read"):
            same = stamp_of(self.path) == self.stamp or sha256_of(self.path) == self.sha256
        if not same:
            raise InputError(f"{self.path} has changed since it was checked", remedy="start again with the new file")


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    """Yield the header as row 0, then the data rows, padded to the header's width."""
    header: list[str] = []
    try:
        with input_errors(path, "read"), open_text(path, encoding) as text:
            for number, line, cells in _records(text, delimiter):
                header = header or cells
                _check_cells(number, line, header, cells)
                yield Row(number, (*cells, *[""] * (len(header) - len(cells))))
    except UnicodeError as error:
        raise _undecodable(path, encoding, delimiter, error) from error


def _records(text: Iterable[str], delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield each record's number (the header is 0), the line of the file it begins on, and its cells.

    The two differ: a quoted cell may span lines, and blank lines are skipped. A line of white space is blank when the
    table has several columns; in a table of one column it is a cell.
    """
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
    """Drop a byte order mark from the text: codecs that name a byte order, such as ``utf-16-le``, leave it in."""
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
        remedy = 'put a cell that contains the delimiter in "quotes", or pass delimiter=…'
        raise InputError(message, row=number, remedy=remedy)
    for name, cell in zip(header, cells, strict=False):
        if "\0" in cell:
            message = f"a NUL character (line {line} of the file)"
            remedy = "remove it; if the file is full of them it is UTF-16: pass encoding='utf-16-le' (or 'utf-16-be')"
            raise InputError(message, row=number or None, column=name.strip().replace("\0", ""), remedy=remedy)


def _malformed(problem: str, number: int, line: int) -> InputError:
    place = f"the row that begins on line {line} of the file" if number else "the header"
    # The csv module only says what it met where it stopped; a quote left open earlier is as likely the cause.
    message, remedy = f"text after a closing quote in {place}", "or close the quote that was left open before it"
    if "field limit" in problem:
        message, remedy = f"a cell of more than {csv.field_size_limit()} characters in {place}", "or shorten the cell"
    elif "unexpected end" in problem:
        message, remedy = f"a quote opened in {place} is still open at the end of the file", "or close it"
    remedy = f'write a quote inside a quoted cell twice, such as "5"" pipe", {remedy}'
    return InputError(message, row=number or None, remedy=remedy)


def _undecodable(path: Path, encoding: str, delimiter: str, error: UnicodeError) -> InputError:
    """Return an error with the row and column of the first byte that cannot be decoded.

    Python's error has an offset into a read buffer only. The file is therefore read once more with ``surrogateescape``,
    which turns such bytes into code points that can be found in the parsed cells. Multi-byte encodings such as UTF-16
    do not support that; their error has no row.
    """
    shown = DISPLAY_NAMES.get(encoding, encoding)
    remedy = "pass encoding='latin-1' (or 'cp1252'), or save the file as UTF-8"
    if marked := match_start(path, BYTE_ORDER_MARKS):
        remedy = f"its byte order mark says encoding={marked!r}"
    header: list[str] = []
    with suppress(UnicodeError, InputError, OSError), open_text(path, encoding, "surrogateescape") as text:
        for number, line, cells in _records(text, delimiter):
            header = header or cells
            for place, cell in enumerate(cells):
                bad = next((ord(mark) - 0xDC00 for mark in cell if ord(mark) in ESCAPED_BYTES), None)
                if bad is None:
                    continue
                guess = bytes([bad]).decode("cp1252", errors="replace")
                where = f"line {line} of {path}" if number else f"cell {place + 1} of the header of {path}"
                message = f"byte 0x{bad:02X} is not {shown} ({where}; in cp1252 it would be {guess!r})"
                column = header[place].strip() if number and place < len(header) else None
                return InputError(message, row=number or None, column=column, remedy=remedy)
    return InputError(f"{path} cannot be decoded as {shown}: {error}", remedy=remedy)
