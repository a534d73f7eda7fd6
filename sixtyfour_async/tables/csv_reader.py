"""Read CSV strictly: every row sent is paid for, so a malformed or ambiguous file is refused first."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self, cast

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.base import Flaw, Format, Row, Tally
from sixtyfour_async.tables.cells import HEADS_OF_FORMULAS, Protected, formula, from_csv, rounded
from sixtyfour_async.tables.detection import (
    BYTE_ORDER_MARKS,
    detect_delimiter,
    match_start,
    resolve_encoding,
    sep_line,
    valid_delimiter,
)
from sixtyfour_async.tables.dialects import Dialect, dialect_of
from sixtyfour_async.tables.files import AnyPath, Source, SourceTable, input_errors, open_text
from sixtyfour_async.tables.layout import Layout, LayoutFinder
from sixtyfour_async.tables.records import Record, shortened

MAX_CELL_CHARACTERS: Final = 16 * 2**20
"""Longest cell that is read; the csv module's default of 131,072 is less than a long web page."""

DISPLAY_NAMES: Final = {"utf-8-sig": "UTF-8"}
"""Names of encodings in messages, where they differ from Python's."""

ESCAPED_BYTES: Final = range(0xDC80, 0xDD00)
"""Code points that ``errors="surrogateescape"`` gives to bytes that cannot be decoded."""


@dataclass(frozen=True, slots=True)
class CsvTable(SourceTable):
    """A CSV file, as `sixtyfour_async.tables.base.Table` describes it. Its cells are text.

    Attributes:
        layout: Where the table is in it.
        dialect: How it is written, and hence an output is.
        encoding: With which it is read; given or detected.
        format: ``csv`` or ``tsv``.
        notes: What was repaired or left out.
    """

    layout: Layout
    dialect: Dialect
    encoding: str
    format: Format = "csv"
    notes: tuple[str, ...] = ()

    @classmethod
    def open(
        cls,
        path: AnyPath,
        *,
        encoding: str | None = None,
        delimiter: str | None = None,
        tabs: bool = False,
        shown: str | None = None,
    ) -> Self:
        """Check a file from start to end in constant memory.

        Rows shorter than the header are padded with empty cells. Raises the csv module's limit on the length of a cell,
        which is global to the process, and never lowers it.

        Args:
            path: A regular file, which may be compressed with gzip; each iteration reads it again.
            encoding: A text encoding of Python; None for UTF-8, or UTF-16 and UTF-32 by their byte order mark.
            delimiter: One character, or ``tab``; None to detect comma, semicolon, tab or bar.
            tabs: Whether the file is called TSV, so that only a tab delimits if *delimiter* is None.
            shown: The file's name in messages; None for its path.

        Raises:
            InputError: The file cannot be read, or not without doubt or loss.
        """
        csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL_CHARACTERS))
        source = Source.of(path, shown)
        with input_errors(source.shown, "read"):
            encoding = resolve_encoding(source.path, encoding, source.shown)
            told = sep_line(source.path, encoding)
            chosen = None if delimiter is None else valid_delimiter(delimiter)
            delimiter = chosen or told or ("\t" if tabs else detect_delimiter(source.path, encoding))
            dialect = dialect_of(source.path, encoding, delimiter, sep_line=told is not None)
        text = _Text(source, encoding, delimiter, skip_lines=int(told is not None))
        tally = Tally()
        layout = LayoutFinder(source.shown, _too_wide).find(_tallied(text.records(), tally))
        source.check_unchanged()
        notes = (*layout.notes, *tally.sentences(dict(zip(layout.columns, layout.names, strict=True))))
        return cls(source, layout, dialect, encoding, "tsv" if tabs else "csv", notes)

    @property
    def columns(self) -> tuple[str, ...]:
        """The header's cells."""
        return tuple(from_csv(name) for name in self.layout.names)

    @property
    def rows(self) -> int:
        """Number of data rows."""
        return self.layout.rows

    @property
    def delimiter(self) -> str:
        """The delimiter."""
        return self.dialect.delimiter

    def _rows(self) -> Iterator[Row]:
        text = _Text(self.source, self.encoding, self.delimiter, skip_lines=int(self.dialect.sep_line))
        for number, record in self.layout.pick(text.records()):
            texts = cast("Sequence[str]", record.cells)
            cells = tuple([from_csv(cell) if cell[:1] in HEADS else cell for cell in texts])
            yield Row(number, cells, (*record.flaws, *_flaws(cells, record.place)))


HEADS: Final = tuple(f"'{HEADS_OF_FORMULAS}")
"""First characters of cells that may stand for other text; most cells have none of them."""


def _flaws(cells: Sequence[str], line: int) -> Iterator[Flaw]:
    place = f" (line {line} of the file)"
    for index, cell in enumerate(cells):
        if flaw := rounded(cell, index, place) or formula(cell, index, place):
            yield flaw


def _tallied(records: Iterable[Record], tally: Tally) -> Iterator[Record]:
    """Count the cells that stand for other text than they hold."""
    for record in records:
        for index, raw in enumerate(cast("Sequence[str]", record.cells)):
            if raw[:1] in HEADS and isinstance(cell := from_csv(raw), Protected) and cell != raw:
                tally.add("read without what a spreadsheet put around it", index, _shown(cell))
        yield record


def _shown(cell: Protected) -> str:
    return f"such as {shortened(cell)!r} for {shortened(cell.written)}"


@dataclass(frozen=True, slots=True)
class _Text:
    """How to read a file's records."""

    source: Source
    encoding: str
    delimiter: str
    skip_lines: int = 0

    def records(self) -> Iterator[Record]:
        """Yield each record with the line it begins on; its cells are raw.

        Records and lines differ: a quoted cell may span lines, and blank lines are skipped. A line of white space is
        blank when the table has several columns; in a table of one column it is a cell.
        """
        try:
            with input_errors(self.source.shown, "read"), open_text(self.source.path, self.encoding) as text:
                header: list[str] = []
                for number, line, gap, cells in _records(text, self.delimiter, self.skip_lines):
                    header = header or cells
                    _check_nul(number, line, header, cells)
                    yield Record(line, cells, gap)
        except UnicodeError as error:
            raise _undecodable(self, error) from error


def _records(text: Iterable[str], delimiter: str, skip_lines: int) -> Iterator[tuple[int, int, int, list[str]]]:
    """Yield each record's number (the first is 0), the line it begins on, the blank lines above it, and its cells."""
    lines = _without_mark(text)
    for _ in range(skip_lines):
        next(lines, None)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number, gap, line = 0, 0, 1 + skip_lines
    try:
        for cells in reader:
            if cells:
                yield number, line, gap, cells
                number, gap = number + 1, 0
            else:
                gap += 1
            line = reader.line_num + 1 + skip_lines
    except csv.Error as error:
        raise _malformed(str(error), number, line) from error


def _without_mark(text: Iterable[str]) -> Iterator[str]:
    """Drop a byte order mark from the text: codecs that name a byte order, such as ``utf-16-le``, leave it in."""
    first = True
    for line in text:
        yield line.removeprefix("\ufeff") if first else line
        first = False


def _too_wide(number: int, record: Record, width: int) -> InputError:
    message = f"{len(record.cells)} cells where the header has {width} (line {record.place} of the file)"
    remedy = 'put a cell that contains the delimiter in "quotes", or pass delimiter=…'
    return InputError(message, row=number, remedy=remedy)


def _check_nul(number: int, line: int, header: Sequence[str], cells: Sequence[str]) -> None:
    for index, cell in enumerate(cells):
        if "\0" in cell:
            name = header[index].strip().replace("\0", "") if index < len(header) else None
            message = f"a NUL character (line {line} of the file)"
            remedy = "remove it; if the file is full of them it is UTF-16: pass encoding='utf-16-le' (or 'utf-16-be')"
            raise InputError(message, row=number or None, column=name, remedy=remedy)


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


def _undecodable(text: _Text, error: UnicodeError) -> InputError:
    """Return an error with the row and column of the first byte that cannot be decoded.

    Python's error has an offset into a read buffer only. The file is therefore read once more with ``surrogateescape``,
    which turns such bytes into code points that can be found in the parsed cells. Multi-byte encodings such as UTF-16
    do not support that; their error has no row.
    """
    path, name, encoding = text.source.path, text.source.shown, text.encoding
    shown = DISPLAY_NAMES.get(encoding, encoding)
    remedy = "pass encoding='latin-1' (or 'cp1252'), or save the file as UTF-8"
    if marked := match_start(path, BYTE_ORDER_MARKS):
        remedy = f"its byte order mark says encoding={marked!r}"
    header: list[str] = []
    with suppress(UnicodeError, InputError, OSError), open_text(path, encoding, "surrogateescape") as lines:
        for number, line, _, cells in _records(lines, text.delimiter, text.skip_lines):
            header = header or cells
            for place, cell in enumerate(cells):
                bad = next((ord(mark) - 0xDC00 for mark in cell if ord(mark) in ESCAPED_BYTES), None)
                if bad is None:
                    continue
                guess = bytes([bad]).decode("cp1252", errors="replace")
                where = f"line {line} of {name}" if number else f"cell {place + 1} of the header of {name}"
                message = f"byte 0x{bad:02X} is not {shown} ({where}; in cp1252 it would be {guess!r})"
                column = header[place].strip() if number and place < len(header) else None
                return InputError(message, row=number or None, column=column, remedy=remedy)
    return InputError(f"{name} cannot be decoded as {shown}: {error}", remedy=remedy)
