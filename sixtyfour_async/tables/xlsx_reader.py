"""Read one sheet of an Excel workbook (``.xlsx``): every cell as it is meant, or not at all.

A cell whose value is not certain, an error, a formula that was never calculated, a number that lost digits, gets a flaw
that names it. It is never taken for an empty cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Self
from zipfile import ZipFile

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.base import Cell, Flaw, Format, Row, Tally
from sixtyfour_async.tables.cells import rounded, text_of
from sixtyfour_async.tables.files import AnyPath, Source, SourceTable, input_errors
from sixtyfour_async.tables.layout import Layout, LayoutFinder
from sixtyfour_async.tables.records import Record, counted
from sixtyfour_async.tables.xlsx_formats import GENERAL, read_number
from sixtyfour_async.tables.xlsx_package import LONG_TEXTS, Sheet, Workbook, package, read_workbook, shared_texts
from sixtyfour_async.tables.xlsx_sheet import RawCell, column_letters, rows_of

CONVERT: Final = "correct the cell, format it as text, or skip its column"
RECALCULATE: Final = "open the workbook in a spreadsheet program, let it calculate, and save it"


@dataclass(frozen=True, slots=True)
class XlsxTable(SourceTable):
    """One sheet of a workbook, as `sixtyfour_async.tables.base.Table` describes it.

    Attributes:
        sheet: The sheet that is read.
        layout: Where the table is in it.
        notes: What was repaired or left out.
    """

    sheet: Sheet
    layout: Layout
    notes: tuple[str, ...] = ()

    @classmethod
    def open(cls, path: AnyPath, *, sheet: str | None = None, shown: str | None = None) -> Self:
        """Check a sheet from start to end; in memory are the texts that cells share, and one row.

        Args:
            path: A workbook; each iteration reads it again.
            sheet: The sheet's name, or its number from 1; None if only one has content.
            shown: The file's name in messages; None for its path.

        Raises:
            InputError: The file cannot be read, or not without doubt or loss.
        """
        source = Source.of(path, shown)
        with input_errors(source.shown, "read"), package(source) as opened:
            chosen, notes = _choose(opened, source.shown, sheet)
        hidden, tally = _Hidden(), Tally()
        records = _records(source, chosen, tally, hidden)
        layout = LayoutFinder(source.shown, _too_wide, unit="row").find(records)
        source.check_unchanged()
        said = tally.sentences(dict(zip(layout.columns, layout.names, strict=True)))
        return cls(source, chosen, layout, (*notes, *layout.notes, *hidden.sentences(), *said))

    @property
    def columns(self) -> tuple[str, ...]:
        """The header's cells."""
        return self.layout.names

    @property
    def rows(self) -> int:
        """Number of data rows."""
        return self.layout.rows

    @property
    def format(self) -> Format:
        """Its format."""
        return "xlsx"

    def _rows(self) -> Iterator[Row]:
        for number, record in self.layout.pick(_records(self.source, self.sheet, Tally())):
            yield Row(number, tuple(None if cell == "" else cell for cell in record.cells), record.flaws)


@dataclass(slots=True)
class _Hidden:
    """Counts rows that a filter or a person has hidden."""

    rows: int = 0

    def sentences(self) -> tuple[str, ...]:
        return (f"{counted(self.rows, 'hidden row')} read like the others",) if self.rows else ()


def _choose(opened: ZipFile, name: str, wanted: str | None) -> tuple[Sheet, tuple[str, ...]]:
    """Return the sheet to read, and what to say about it."""
    sheets = {sheet.name: sheet for sheet in read_workbook(opened, name).sheets}
    listed = ", ".join(map(repr, sheets))
    if wanted is not None:
        by_number = dict(zip(map(str, range(1, len(sheets) + 1)), sheets.values(), strict=True))
        by_case = {sheet.name.strip().casefold(): sheet for sheet in sheets.values()}
        found = sheets.get(wanted) or by_case.get(wanted.strip().casefold()) or by_number.get(wanted)
        if found is None:
            raise InputError(f"{name} has no sheet {wanted!r}", remedy=f"sheet= can name {listed}")
        return found, ()
    own = {LONG_TEXTS}
    shown = [sheet for sheet in sheets.values() if sheet.visible and sheet.name not in own]
    filled = [sheet for sheet in shown if next(rows_of(opened.open(sheet.part)), None)] if len(shown) > 1 else shown
    if len(filled) > 1:
        message = f"{name} has {len(filled)} sheets: {', '.join(repr(sheet.name) for sheet in filled)}"
        raise InputError(message, remedy="choose one with sheet=…")
    if not filled:
        raise InputError(f"{name} has no sheet with cells", remedy="give a workbook with a header and at least one row")
    said = f"sheet {filled[0].name!r} is read; the others are empty or hidden"
    return filled[0], (said,) if len(sheets.keys() - own) > 1 else ()


def _too_wide(number: int, record: Record, width: int) -> InputError:
    place = f"{column_letters(record.filled()[-1])}{record.place}"
    message = f"cell {place} lies beside the table, whose header has {counted(width, 'column')}"
    return InputError(message, row=number, remedy="name its column, or clear the cell")


def _records(source: Source, sheet: Sheet, repaired: Tally, hidden: _Hidden | None = None) -> Iterator[Record]:
    """Yield the records of a sheet; *repaired* counts the cells that were read in another form."""
    with input_errors(source.shown, "read"), package(source) as opened:
        workbook = read_workbook(opened, source.shown)
        cells = _Cells(workbook, shared_texts(opened, workbook.shared_part, source.shown), repaired)
        cells.long_texts = _long_texts(opened, cells, sheet)
        before = 0
        for row in rows_of(opened.open(sheet.part)):
            values = [cells.read(cell, row.number) for cell in row.cells]
            flaws = tuple(flaw for _, flaw in values if flaw)
            width = max(cell.column for cell in row.cells) + 1
            made: list[Cell] = [None] * width
            for cell, (value, _) in zip(row.cells, values, strict=True):
                made[cell.column] = value
            if hidden is not None:
                hidden.rows += row.hidden
            record = Record(row.number, made, row.number - before - 1, flaws)
            if record.filled():
                yield record
                before = row.number


def _long_texts(opened: ZipFile, cells: _Cells, sheet: Sheet) -> dict[str, str]:
    """Return the texts that our writer put into a sheet of their own, by the place of the cell that they belong to."""
    own = next((one for one in cells.workbook.sheets if one.name == LONG_TEXTS and one != sheet), None)
    rows = rows_of(opened.open(own.part)) if own else ()
    texts = ([text_of(cells.read(cell, row.number)[0]) for cell in row.cells] for row in rows)
    return {place: "".join(pieces) for place, *pieces in texts}


@dataclass(slots=True)
class _Cells:
    """Reads single cells of a workbook."""

    workbook: Workbook
    shared: list[str]
    repaired: Tally
    long_texts: dict[str, str] = field(default_factory=dict[str, str])

    def read(self, cell: RawCell, row: int) -> tuple[Cell, Flaw | None]:
        """Return a cell's value, and why it is not certain."""
        place = f"{column_letters(cell.column)}{row}"
        if cell.kind == "e":
            return _doubtful(cell, place, f"the error {cell.text}", "correct it, or clear the cell")
        if cell.formula and self._is_made_up(cell):
            return _doubtful(cell, place, "a formula that was never calculated", RECALCULATE)
        if cell.text is None or (cell.kind == "n" and not cell.text.strip()):
            return None, None
        if cell.kind == "n":
            return self._number(cell, cell.text.strip(), place)
        if cell.kind == "b":
            return cell.text.strip() == "1", None
        text = self.shared[int(cell.text)] if cell.kind == "s" else cell.text
        if self.long_texts:
            text = self.long_texts.get(place, text)
        return text, rounded(text, cell.column, f" (cell {place})")

    def _is_made_up(self, cell: RawCell) -> bool:
        """Return whether a formula has no value, or the zero that a library writes in its place."""
        if cell.text is None:
            return True
        return cell.kind == "n" and (not cell.text.strip() or (self.workbook.uncalculated and cell.text == "0"))

    def _number(self, cell: RawCell, text: str, place: str) -> tuple[Cell, Flaw | None]:
        formats = self.workbook.formats
        form = formats[cell.style] if cell.style < len(formats) else GENERAL
        reading = read_number(text, form, from_1904=self.workbook.from_1904)
        if reading.problem:
            return _doubtful(cell, place, reading.problem, CONVERT)
        if reading.repaired:
            self.repaired.add(reading.repaired, cell.column, f"such as {reading.value} in {place}")
        return reading.value, None


def _doubtful(cell: RawCell, place: str, what: str, remedy: str) -> tuple[Cell, Flaw]:
    return cell.text, Flaw(cell.column, f"cell {place} holds {what}", remedy)
