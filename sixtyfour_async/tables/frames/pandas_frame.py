"""pandas frames, read column by column as Python values.

They also export Arrow, but not with an object column of mixed values or with two columns of one name, and their index
would come out as a column that nobody made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, cast

from sixtyfour_async.tables.base import Row
from sixtyfour_async.tables.frames.base import AddedColumn, cell_of, check_names, rows_of

DTYPES: Final = {"int": "Int64", "float": "Float64", "bool": "boolean", "text": "string"}
"""Kind of values → the dtype of pandas that holds them, and missing ones as missing; others stay objects."""


class PandasFrame:
    """A pandas frame, as `Frame` describes it.

    Args:
        frame: The frame, which is not changed.

    Raises:
        InputError: Two columns have the same name.
    """

    def __init__(self, frame: Any) -> None:
        self._frame = frame
        self.columns = tuple(_name(label) for label in frame.columns)
        check_names(self.columns)

    def rows(self) -> Iterator[Row]:
        """Read the rows."""
        if not self.columns:
            return (Row(number, ()) for number in range(1, len(self._frame) + 1))
        return rows_of(self._cells(index) for index in range(len(self.columns)))

    def _cells(self, index: int) -> Any:
        return (cell_of(value, index) for value in self._frame.iloc[:, index].tolist())

    def with_columns(self, added: Sequence[AddedColumn]) -> Any:
        """Return a copy with columns added, under the same index."""
        made = self._frame.copy()
        levels = self._frame.columns.nlevels
        for column in added:
            label = column.name if levels == 1 else (column.name, *[""] * (levels - 1))
            made[label] = self._series(column)
        return made

    def _series(self, column: AddedColumn) -> Any:
        made = type(self._frame)({0: list(column.values)}, dtype="object")[0]
        try:
            return made.astype(DTYPES.get(column.kind, "object")).array
        except (TypeError, ValueError):  # such as half a surrogate pair: what was paid for is kept as it came
            return made.array


def _name(label: object) -> str:
    """Return a column's label as text; that of several levels in one line."""
    if isinstance(label, tuple):
        return " ".join(str(part) for part in cast("tuple[object, ...]", label) if str(part))
    return str(label)
