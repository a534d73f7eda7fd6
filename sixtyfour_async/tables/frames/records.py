"""Rows as Python has them: an iterable of mappings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.base import Row
from sixtyfour_async.tables.frames.base import AddedColumn, cell_of, check_names


class Records:
    """An iterable of mappings, as `Frame` describes it; what comes back is a list of dicts.

    Args:
        records: The rows; a generator is read here, once. A key that a row lacks is missing in it.

    Raises:
        InputError: An item is no mapping.
    """

    def __init__(self, records: Iterable[object]) -> None:
        self._records = [_mapping(record, index) for index, record in enumerate(records)]
        labels = dict.fromkeys(label for record in self._records for label in record)
        self._labels = list(labels)
        self.columns = tuple(str(label) for label in self._labels)
        check_names(self.columns)

    def rows(self) -> Iterator[Row]:
        """Read the rows."""
        for number, record in enumerate(self._records, start=1):
            cells = [cell_of(record.get(label), index) for index, label in enumerate(self._labels)]
            yield Row(number, tuple(cell for cell, _ in cells), tuple(flaw for _, flaw in cells if flaw is not None))

    def with_columns(self, added: Sequence[AddedColumn]) -> list[dict[Any, Any]]:
        """Return the rows as dicts with the added columns."""
        return [
            {**record, **{column.name: column.values[index] for column in added}}
            for index, record in enumerate(self._records)
        ]


def _mapping(record: object, index: int) -> Mapping[Any, Any]:
    if isinstance(record, Mapping):
        return record  # pyright: ignore[reportUnknownVariableType]
    message = f"item {index} of the rows is a {type(record).__name__}, not a mapping"
    raise InputError(message, field="frame", remedy='give each row as a dict, such as {"name": "Ada"}')
