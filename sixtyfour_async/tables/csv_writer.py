"""Write CSV in the dialect of the input, so that every reader of CSV, ours and spreadsheets, can read every cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Literal, TextIO

from sixtyfour_async.tables.base import Cell, Tally
from sixtyfour_async.tables.cells import for_csv
from sixtyfour_async.tables.dialects import Dialect

MENDED = "with characters that CSV cannot hold, written as \\x00 or \\ud800"


@dataclass(frozen=True, slots=True)
class CsvWriter:
    r"""Writes CSV; see `sixtyfour_async.tables.base.Writer`.

    What a spreadsheet would run as a formula is written as text. A NUL, which most readers take for the end or for
    damage, is written as ``\x00``, and a lone surrogate, which JSON can carry and UTF-8 cannot, as ``\udXXX``: one odd
    character must not cost a paid answer.
    """

    dialect: Dialect = field(default_factory=Dialect)

    def check(self, *, columns: int, rows: int) -> None:
        """Any number of rows and columns can be written."""

    def write(self, file: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Cell]], mended: Tally) -> None:
        """Write a header and rows."""
        dialect = self.dialect
        text = io.TextIOWrapper(file, encoding=dialect.encoding, errors="backslashreplace", newline="")
        quoting: Literal[0, 1] = csv.QUOTE_ALL if dialect.quote_all else csv.QUOTE_MINIMAL
        lines = _LineEnds(text, dialect.line_end)
        writer = csv.writer(lines, delimiter=dialect.delimiter, lineterminator="\r\n", quoting=quoting)
        if dialect.sep_line:
            text.write(f"sep={dialect.delimiter}{dialect.line_end}")
        writer.writerow([for_csv(name).replace("\0", "\\x00") for name in columns])
        for cells in rows:
            writer.writerow([_writable(for_csv(cell), columns[index], mended) for index, cell in enumerate(cells)])
        text.flush()
        text.detach()


def _writable(text: str, column: str, mended: Tally) -> str:
    if "\0" in text or (not text.isascii() and any("\ud800" <= mark <= "\udfff" for mark in text)):
        mended.add(MENDED, column, "the journal has them as they are")
        return text.replace("\0", "\\x00")
    return text


class _LineEnds:
    r"""A file for `csv.writer` that ends rows as the dialect says, whatever the writer ends them with.

    With ``lineterminator="\n"``, Python 3.11 does not quote a cell that contains a lone ``\r``, which then reads as two
    rows.
    """

    def __init__(self, file: TextIO, line_end: str) -> None:
        self._file = file
        self._line_end = line_end

    def write(self, line: str) -> None:
        self._file.write(line.removesuffix("\r\n") + self._line_end)
