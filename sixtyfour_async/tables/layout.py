"""Find the table in a file: what stands above it, below it and beside it is not data, and must not be paid for.

Exports put a title above the header and a footer below the rows; spreadsheets leave blank rows and columns. A
`LayoutFinder` is shown every record once and decides; its `Layout` then picks the same rows again, in constant memory.
What is certain is left out and said. What is uncertain stays a row and gets a flaw, so that it is not sent. No I/O.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.base import Cell, Flaw
from sixtyfour_async.tables.cells import text_of
from sixtyfour_async.tables.detection import CLEAR_WIDTH, is_worded
from sixtyfour_async.tables.footers import WIDE_GAP, Tail, is_worded_as_footer
from sixtyfour_async.tables.records import Record, counted, left_out, without_blank

MAX_TITLE: Final = 20
"""Records among which the header is looked for."""

MAX_FILLED: Final = 2
"""Cells of a line of a title."""

NUMERIC: Final = re.compile(r"[+-]?[\d.,]+%?")
VALUES: Final = (
    re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    re.compile(r"https?://\S+", re.IGNORECASE),
    re.compile(r"(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE),
)
"""Values that are no names of columns: an address, a link, a domain."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the table is among a file's records, which are counted from 0 without blank ones.

    Attributes:
        header: The header's record.
        rows: Number of data rows.
        columns: Indexes of the columns to keep, in order.
        names: The header's cells in these columns.
        suspects: Number of a data row → why it may be no data.
        notes: What was left out, a sentence each.
    """

    header: int
    rows: int
    columns: tuple[int, ...]
    names: tuple[str, ...]
    suspects: dict[int, Flaw]
    notes: tuple[str, ...]

    def pick(self, records: Iterable[Record]) -> Iterator[tuple[int, Record]]:
        """Yield the number and the record of each data row, with the cells of the kept columns."""
        for ordinal, record in enumerate(without_blank(records)):
            number = ordinal - self.header
            if number > self.rows:
                return
            if number >= 1:
                yield number, self._picked(record, self.suspects.get(number))

    def _picked(self, record: Record, suspect: Flaw | None) -> Record:
        if self.columns == tuple(range(len(record.cells))) and not record.flaws and suspect is None:
            return record
        cells = [record.cells[index] if index < len(record.cells) else "" for index in self.columns]
        place_of = {index: place for place, index in enumerate(self.columns)} if record.flaws else {}
        flaws = [
            Flaw(place_of[flaw.column], flaw.message, flaw.remedy) for flaw in record.flaws if flaw.column in place_of
        ]
        return Record(record.place, cells, record.gap, (*flaws, suspect) if suspect else tuple(flaws))


@dataclass(slots=True)
class LayoutFinder:
    """Looks at each record of a file once, in order, and says where the table is.

    Attributes:
        name: The file in messages.
        too_wide: Makes the error for a row, given its number, with cells beyond the header's.
        unit: What a record's place is called: ``line`` of a text file, ``row`` of a sheet.
    """

    name: str
    too_wide: Callable[[int, Record, int], InputError]
    unit: str = "line"
    _top: list[Record] = field(default_factory=list[Record])
    _header: int = -1
    _names: list[str] = field(default_factory=list[str])
    _rows: int = 0
    _blank: int = 0
    _used: set[int] = field(default_factory=set[int])
    _counting: bool = True
    _tail: Tail = field(default_factory=Tail)

    def find(self, records: Iterable[Record]) -> Layout:
        """Return the layout of a file, given all its records.

        Raises:
            InputError: There is no table, or the header is blank in places, ambiguous or looks like data.
        """
        for record in without_blank(self._counted(records)):
            if self._header >= 0:
                self._see(record)
                continue
            self._top.append(record)
            if len(self._top) > MAX_TITLE:
                self._settle_header()
        if self._header < 0:
            self._settle_header()
        footer, suspects = self._tail.split()
        what = "a footer" if any(map(is_worded_as_footer, footer)) else "far below the table"
        rows = self._rows - len(footer)
        columns = self._columns()
        names = tuple(self._names[index] for index in columns)
        check_header(self._names, columns, counted=self._counting and rows > 0)
        _check_no_value(names, self._top[self._header + 1 :])
        if rows <= 0:
            raise InputError(f"{self.name} has a header and no rows", remedy="add rows, or give another file")
        notes = (
            *left_out(self._top[: self._header], self.unit, "above the header and not read"),
            *self._notes_of_columns(columns),
            *([f"{counted(self._blank, 'blank row')} left out"] if self._blank else []),
            *left_out(footer, self.unit, f"{what} and not read"),
        )
        return Layout(self._header, rows, columns, names, suspects, notes)

    def _counted(self, records: Iterable[Record]) -> Iterator[Record]:
        """Count blank records on the way."""
        for record in records:
            if record.is_blank():
                if not self._top and list(record.cells) == [""]:
                    raise InputError("the header's cell 1 of 1 is blank", remedy="name the column, or remove it")
                self._blank += 1
            yield record

    def _settle_header(self) -> None:
        """Find the header among the first records, and look at those below it as rows."""
        if not self._top:
            raise InputError(f"{self.name} is empty", remedy="give a table with a header and at least one row")
        self._header = _header_among(self._top)
        self._names = [text_of(cell) for cell in self._top[self._header].cells]
        for record in self._top[self._header + 1 :]:
            self._see(record)

    def _see(self, record: Record) -> None:
        self._rows += 1
        filled = record.filled()
        strays = bool(filled) and filled[-1] >= len(self._names)
        far = len(filled) <= 1 and record.gap >= WIDE_GAP
        if strays and not far:
            raise self.too_wide(self._rows, record, len(self._names))
        self._tail.see(record, len(filled), len(self._names))
        if not far:
            self._used.update(filled)
            self._counting = self._counting and text_of(record.cells[0]).strip().isdecimal()

    def _columns(self) -> tuple[int, ...]:
        """Return the columns that have a name or content."""
        return tuple(index for index, name in enumerate(self._names) if name.strip() or index in self._used)

    def _notes_of_columns(self, columns: Sequence[int]) -> list[str]:
        dropped = len(self._names) - len(columns)
        if not dropped:
            return []
        return [f"{'a column' if dropped == 1 else f'{dropped} columns'} without name and content left out"]


def check_header(names: Sequence[str], columns: Iterable[int] | None = None, *, counted: bool = False) -> None:
    """Check that the columns to keep have different names.

    Args:
        names: All cells of the header.
        columns: Indexes of the columns to keep; None for all.
        counted: Whether the first column only counts the rows, as data frames write it: it needs no name.

    Raises:
        InputError: A name is blank, or two are the same but for white space around them.
    """
    places: dict[str, int] = {}
    for index in range(len(names)) if columns is None else columns:
        name = names[index].strip()
        if not name and not (index == 0 and counted):
            message = f"the header's cell {index + 1} of {len(names)} is blank"
            raise InputError(message, remedy="name the column, or remove it")
        if name in places:
            message = f"columns {places[name]} and {index + 1} have the same name"
            raise InputError(message, column=name, remedy="rename or remove one of them")
        places[name] = index + 1


def _check_no_value(names: Sequence[str], below: Sequence[Record]) -> None:
    """Refuse a first row that is data: with no header, the row would be lost and the columns would have no meaning."""
    for index, name in enumerate(names):
        kind = next((kind for kind in VALUES if kind.fullmatch(name.strip())), None)
        same = [record for record in below if index < len(record.cells) and kind and _is_of(kind, record.cells[index])]
        if kind and 2 * len(same) >= len(below):
            message = f"the first row is data, not a header: {name.strip()!r} is a value like those below it"
            raise InputError(message, remedy="add a first row that names the columns")


def _is_of(kind: re.Pattern[str], cell: Cell) -> bool:
    return isinstance(cell, str) and bool(kind.fullmatch(cell.strip()))


def _header_among(top: Sequence[Record]) -> int:
    """Return which of the first records is the header: the first one, unless that is certainly a title above it."""
    widths = [len(record.filled()) for record in top]
    place = widths.index(max(widths))
    titles, header = top[:place], top[place]
    if not titles or place == len(top) - 1 or not _names_columns(header):
        return 0
    if any(width > min(MAX_FILLED, widths[place] // 2) for width in widths[:place]):
        return 0
    # A header that lacks names looks like a title, too. It has as many cells as its rows; a title is worded as one.
    worded = all(is_worded(record.first_text()) for record in titles)
    shorter = all(len(record.cells) <= widths[place] // 2 for record in titles)
    agreeing = Counter(widths[place + 1 :])[widths[place]]
    return place if worded or (shorter and (header.gap or (widths[place] >= CLEAR_WIDTH and agreeing > 1))) else 0


def _names_columns(record: Record) -> bool:
    """Return whether every cell is a name that a column could have."""
    filled = record.filled()
    cells = [record.cells[index] for index in filled]
    texts = [cell for cell in cells if isinstance(cell, str) and not NUMERIC.fullmatch(cell.strip())]
    spaced = any(text != text.lstrip() for text in texts)
    return len(set(texts)) == len(cells) and filled == list(range(len(filled))) and not spaced
