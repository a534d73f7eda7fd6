"""Frames that export the Arrow stream protocol, read with pyarrow: polars, pyarrow, DuckDB and others.

pyarrow reads every type of Arrow, string views among them; nanoarrow, which is smaller, ends the interpreter on those.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.arrow_cells import arrow, cells_of
from sixtyfour_async.tables.arrow_columns import Column
from sixtyfour_async.tables.base import Cell, Flaw, Row, Tally
from sixtyfour_async.tables.frames.base import REMEDY, AddedColumn, cell_of, check_names, rows_of


class ArrowFrame:
    """Anything with ``__arrow_c_stream__``, as `Frame` describes it; what comes back is a ``pyarrow.Table``.

    Args:
        frame: The frame. A stream that can be read once only, such as a ``RecordBatchReader``, is read here.

    Raises:
        ConfigurationError: pyarrow is missing.
        InputError: It is no table, or two columns have the same name.
    """

    def __init__(self, frame: Any) -> None:
        self._pa = arrow("reading a data frame")[0]
        self._table = frame if isinstance(frame, self._pa.Table) else self._read(frame)
        self.columns = tuple(self._table.column_names)
        check_names(self.columns)

    def _read(self, frame: Any) -> Any:
        try:
            return self._pa.table(frame)
        except (self._pa.ArrowException, TypeError, ValueError) as error:
            raise unreadable(frame, error) from error

    def rows(self) -> Iterator[Row]:
        """Read the rows."""
        if not self.columns:
            return (Row(number, ()) for number in range(1, self._table.num_rows + 1))
        return rows_of(arrow_cells(self._pa, column, index) for index, column in enumerate(self._table.columns))

    def with_columns(self, added: Sequence[AddedColumn]) -> Any:
        """Return a table with columns added."""
        made = self._table
        for column in added:
            made = made.append_column(column.name, arrow_array(self._pa, column))
        return made


class PolarsFrame:
    """A polars frame, as `Frame` describes it.

    Args:
        frame: The frame.

    Raises:
        ConfigurationError: pyarrow is missing.
    """

    def __init__(self, frame: Any) -> None:
        self._pa = arrow("reading a data frame")[0]
        self._frame = frame
        self.columns = tuple(frame.columns)
        check_names(self.columns)

    def rows(self) -> Iterator[Row]:
        """Read the rows."""
        if not self.columns:
            return iter(())
        return rows_of(self._cells(name, index) for index, name in enumerate(self.columns))

    def _cells(self, name: str, index: int) -> Iterator[tuple[Cell, Flaw | None]]:
        # A column of Python objects is exported as the addresses at which they lie in memory.
        if str(self._frame.schema[name]) != "Object":
            try:
                return arrow_cells(self._pa, self._pa.table(self._frame.select([name])).column(0), index)
            except self._pa.ArrowException:
                pass  # a type that pyarrow has not, such as whole numbers of 128 bits
        return (cell_of(value, index) for value in self._frame.get_column(name).to_list())

    def with_columns(self, added: Sequence[AddedColumn]) -> Any:
        """Return a frame with columns added; polars makes them of an Arrow table."""
        made = type(self._frame)(arrow_table(self._pa, added))
        return self._frame.hstack(made.get_columns())


def unreadable(frame: object, error: Exception | None = None) -> InputError:
    """Return the error for what is no frame."""
    name = type(frame).__name__
    why = f": {' '.join(str(error).split())}" if error else ""
    remedy = "pass a pandas, polars, pyarrow, DuckDB or narwhals frame, or a list of dicts"
    return InputError(f"a {name} cannot be read as a table{why}", field="frame", remedy=remedy)


def arrow_cells(pa: Any, column: Any, index: int) -> Iterator[tuple[Cell, Flaw | None]]:
    """Yield the cells of a column."""
    for array in column.chunks:
        for cell, flaw in _cells_of_chunk(pa, array, index):
            yield (cell, flaw) if flaw is not None else cell_of(cell, index)


def _cells_of_chunk(pa: Any, array: Any, index: int) -> list[tuple[Cell, Flaw | None]]:
    try:
        return cells_of(pa, array, index)
    except (pa.ArrowException, ValueError, OverflowError, TypeError, NotImplementedError):
        # One value that Python has no form for, such as nanoseconds inside a struct, must not cost the others.
        return [_single(one, index) for one in array]


def _single(scalar: Any, index: int) -> tuple[Cell, Flaw | None]:
    try:
        return cell_of(scalar.as_py(), index)
    except (ValueError, OverflowError, TypeError, NotImplementedError) as error:
        return None, Flaw(index, f"it cannot be read: {' '.join(str(error).split())}", REMEDY)


def arrow_table(pa: Any, columns: Sequence[AddedColumn]) -> Any:
    """Return columns as a table."""
    return pa.table({column.name: arrow_array(pa, column) for column in columns})


def arrow_array(pa: Any, column: AddedColumn) -> Any:
    """Return a column as an Arrow array, in the one type that holds its values as they are."""
    made = Column(column.name, None, Tally())
    made.kinds.add(column.kind)
    return made.array(pa, column.values)
