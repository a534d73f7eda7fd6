"""Read Parquet with pyarrow, a thousand rows at a time: nested columns as JSON values, dates and times as ISO 8601."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.arrow_cells import arrow, cells_of
from sixtyfour_async.tables.base import Cell, Flaw, Format, Row, Tally
from sixtyfour_async.tables.cells import is_blank, rounded, text_of
from sixtyfour_async.tables.files import AnyPath, Source, SourceTable, head_of, input_errors
from sixtyfour_async.tables.layout import check_header
from sixtyfour_async.tables.records import counted, shortened

BATCH_ROWS: Final = 1000
BUFFER_BYTES: Final = 2**20
MAGIC: Final = b"PAR1"


@dataclass(frozen=True, slots=True)
class ParquetTable(SourceTable):
    """A Parquet file, as `sixtyfour_async.tables.base.Table` describes it.

    Attributes:
        columns: The names of its top-level columns.
        rows: Number of rows with a value.
        types: Name of a column → its Arrow type, for an output that keeps it.
        notes: What was left out.
    """

    columns: tuple[str, ...] = ()
    rows: int = 0
    types: dict[str, Any] = field(default_factory=dict[str, Any], compare=False, repr=False)
    notes: tuple[str, ...] = ()

    @classmethod
    def open(cls, path: AnyPath, *, shown: str | None = None) -> Self:
        """Check a file from start to end; some thousand rows are in memory.

        Args:
            path: A Parquet file; each iteration reads it again.
            shown: The file's name in messages; None for its path.

        Raises:
            InputError: The file cannot be read, or not without doubt or loss.
            ConfigurationError: pyarrow is missing.
        """
        arrow("reading Parquet")
        source = Source.of(path, shown)
        with input_errors(source.shown, "read"):
            if not head_of(source.path, 4).startswith(MAGIC):
                remedy = "pass its true format as format=…, or write it as Parquet"
                raise InputError(f"{source.shown} is not Parquet", remedy=remedy)
        table = cls(source)
        with table.opened() as file:
            types = {one.name: one.type for one in file.schema_arrow}
            names = tuple(one.name for one in file.schema_arrow)
        check_header(names)
        table = replace(table, columns=names, types=types)
        blank = rows = 0
        tally = Tally()
        for cells in table.cells():
            rows += 1
            blank += all(is_blank(cell) for cell, _ in cells)
            for name, (cell, flaw) in zip(names, cells, strict=True):
                if flaw is not None:
                    tally.add("of bytes that are no text, read as base64", name, shortened(text_of(cell)))
        if rows == blank:
            raise InputError(f"{source.shown} has no rows", remedy="give a table with at least one row")
        source.check_unchanged()
        notes = (f"{counted(blank, 'row')} without any value left out",) if blank else ()
        return replace(table, rows=rows - blank, notes=(*notes, *tally.sentences()))

    @property
    def format(self) -> Format:
        """Its format."""
        return "parquet"

    def _rows(self) -> Iterator[Row]:
        number = 0
        for cells in self.cells():
            if all(is_blank(cell) for cell, _ in cells):
                continue
            number += 1
            flaws = [flaw for _, flaw in cells if flaw]
            flaws += [
                flaw
                for index, (cell, _) in enumerate(cells)
                if isinstance(cell, str) and (flaw := rounded(cell, index, ""))
            ]
            yield Row(number, tuple(cell for cell, _ in cells), tuple(flaws))

    def opened(self) -> Any:
        """Return the file as pyarrow opens it."""
        pa, pq = arrow("reading Parquet")
        try:
            with input_errors(self.source.shown, "read"):
                return pq.ParquetFile(self.source.path, buffer_size=BUFFER_BYTES, pre_buffer=False)
        except pa.ArrowException as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> InputError:
        message = f"{self.source.shown} is damaged, or no Parquet that can be read: {' '.join(str(error).split())}"
        return InputError(message, remedy="write or download it again")

    def cells(self) -> Iterator[list[tuple[Cell, Flaw | None]]]:
        """Yield the cells of each row, blank rows included."""
        pa, _ = arrow("reading Parquet")
        before = 0
        with self.opened() as file:
            try:
                for batch in file.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
                    columns = [self._column(pa, batch, index, before) for index in range(batch.num_columns)]
                    yield from map(list, zip(*columns, strict=True))
                    before += batch.num_rows
            except (pa.ArrowException, OSError) as error:
                raise self._damaged(error) from error

    def _column(self, pa: Any, batch: Any, index: int, before: int) -> list[tuple[Cell, Flaw | None]]:
        """Return the cells of a column of a batch, in front of which there are *before* rows."""
        try:
            return cells_of(pa, batch.column(index), index)
        except (UnicodeDecodeError, OverflowError) as error:
            row = before + 1 + next(place for place, one in enumerate(batch.column(index)) if not _is_readable(one))
            message = f"a value inside it cannot be read: {' '.join(str(error).split())}"
            remedy = "leave the column out, or write it as text"
            raise InputError(message, row=row, column=batch.schema.names[index], remedy=remedy) from error


def _is_readable(scalar: Any) -> bool:
    try:
        scalar.as_py()
    except (UnicodeDecodeError, OverflowError):
        return False
    return True
