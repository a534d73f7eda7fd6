"""Write an Excel workbook (``.xlsx``) with xlsxwriter, row by row, so that every answer is in it as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, BinaryIO, Final, Protocol, cast

from sixtyfour_async.errors import ConfigurationError, InputError
from sixtyfour_async.tables.base import Cell, Tally
from sixtyfour_async.tables.cells import text_of
from sixtyfour_async.tables.xlsx_formats import MAX_DIGITS
from sixtyfour_async.tables.xlsx_package import LONG_TEXTS
from sixtyfour_async.tables.xlsx_sheet import column_letters

MAX_ROWS: Final = 1_048_576
MAX_COLUMNS: Final = 16_384
MAX_TEXT: Final = 32_767
"""UTF-16 units of text in a cell. Source: Excel specifications and limits, support.microsoft.com."""

CUT: Final = " […cut: the whole text is in the sheet 'long texts']"
OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_urls": False,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
}
"""Links past the 65,530th, and long ones, leave empty cells; ``internal:A1`` loses its beginning: all is text here."""


class Worksheet(Protocol):
    """What is used of xlsxwriter's worksheets, which have no types. Each method returns 0 unless it wrote nothing."""

    def write_string(self, row: int, column: int, text: str, /) -> int: ...  # noqa: D102
    def write_number(self, row: int, column: int, number: float, /) -> int: ...  # noqa: D102
    def write_boolean(self, row: int, column: int, value: bool, /) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class XlsxWriter:
    """Writes a workbook of one sheet; see `sixtyfour_async.tables.base.Writer`."""

    def check(self, *, columns: int, rows: int) -> None:
        """Check that xlsxwriter is installed, and that a sheet can hold the table.

        Raises:
            InputError: It has too many rows or columns.
            ConfigurationError: The package is missing.
        """
        _xlsxwriter()
        if rows >= MAX_ROWS or columns > MAX_COLUMNS:
            message = (
                f"a sheet holds {MAX_ROWS - 1:,} rows and {MAX_COLUMNS:,} columns, fewer than {rows:,} by {columns:,}"
            )
            raise InputError(message, remedy="write CSV, NDJSON or Parquet")

    def write(self, file: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Cell]], mended: Tally) -> None:
        """Write a header and rows."""
        book = _xlsxwriter().Workbook(file, OPTIONS)
        try:
            sheet = _Sheet(cast("Worksheet", book.add_worksheet("table")), book, mended)
            for index, name in enumerate(columns):
                sheet.write(0, index, name, name)
            for number, cells in enumerate(rows, 1):
                self.check(columns=len(columns), rows=number)
                for index, cell in enumerate(cells):
                    sheet.write(number, index, cell, columns[index])
        finally:
            book.close()


@dataclass(slots=True)
class _Sheet:
    """The sheet that is written, and the one for long texts, which exists only when there are any."""

    sheet: Worksheet
    book: Any
    mended: Tally
    long: Worksheet | None = None
    longs: int = 0

    def write(self, row: int, column: int, cell: Cell, name: str) -> None:
        """Write a cell: numbers that Excel keeps as numbers, everything else as text."""
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            done = self.sheet.write_boolean(row, column, cell)
        elif isinstance(cell, int | float) and _is_kept(cell):
            done = self.sheet.write_number(row, column, cell)
        else:
            done = self._write_text(row, column, text_of(cell), name)
        if done:
            raise InputError(f"a cell of {name!r} cannot be written to a workbook", row=row, remedy="write CSV instead")

    def _write_text(self, row: int, column: int, text: str, name: str) -> int:
        whole = "".join(f"\\u{ord(mark):04x}" if "\ud800" <= mark <= "\udfff" else mark for mark in text)
        if whole != text:
            self.mended.add("with a lone surrogate, written as \\ud800", name, _place(row, column))
        if _units(whole) <= MAX_TEXT:
            return self.sheet.write_string(row, column, whole)
        self.mended.add(f"cut, whole in the sheet {LONG_TEXTS!r}", name, _place(row, column))
        self._write_long(_place(row, column), whole)
        return self.sheet.write_string(row, column, _pieces(whole, MAX_TEXT - len(CUT))[0] + CUT)

    def _write_long(self, place: str, text: str) -> None:
        if self.long is None:
            self.long = cast("Worksheet", self.book.add_worksheet(LONG_TEXTS))
        for index, piece in enumerate([place, *_pieces(text, MAX_TEXT)]):
            if self.long.write_string(self.longs, index, piece):
                raise InputError(f"the text for {place} is too long for a workbook", remedy="write CSV instead")
        self.longs += 1


def _place(row: int, column: int) -> str:
    return f"{column_letters(column)}{row + 1}"


def _is_kept(number: float) -> bool:
    """Return whether a number comes back from Excel as it is."""
    if isinstance(number, int):
        return abs(number) < 10**MAX_DIGITS
    return abs(number) < 10**MAX_DIGITS and float(f"{number:.16G}") == number  # as xlsxwriter writes it


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(mark > "\uffff" for mark in text)


def _pieces(text: str, units: int) -> list[str]:
    """Cut text into pieces of at most so many UTF-16 units, never within a character."""
    pieces: list[str] = []
    while text:
        end = units
        while _units(text[:end]) > units:
            end -= max(1, (_units(text[:end]) - units) // 2)
        pieces.append(text[:end])
        text = text[end:]
    return pieces


def _xlsxwriter() -> Any:
    try:
        return import_module("xlsxwriter")
    except ModuleNotFoundError as error:
        message = "writing Excel needs an extra: pip install 'sixtyfour_async[excel]'; or write CSV"
        raise ConfigurationError(message) from error
