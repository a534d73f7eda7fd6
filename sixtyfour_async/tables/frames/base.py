"""What all frames have in common: their columns, their rows as cells, and how columns are added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, cast

from sixtyfour_async._values import plain, problem_with
from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.base import Cell, Flaw, Row
from sixtyfour_async.tables.cells import json_text
from sixtyfour_async.tables.column_kinds import Kind, common_kind, kind_of

REMEDY: Final = "convert it, or leave the column out"


@dataclass(frozen=True, slots=True)
class AddedColumn:
    """A column to add to a frame.

    Attributes:
        name: Its name, which no column of the frame has.
        values: One value for each row; None where there is none.
        declared: The kind of values that were asked for; what came decides, unless the column is steady.
        steady: Has it the same type whatever its values are, as the parts of a table that is spread out must have? All
            values are of the declared kind then, or are written as text.
    """

    name: str
    values: Sequence[Cell]
    declared: Kind = "text"
    steady: bool = False

    @property
    def kind(self) -> Kind:
        """The kind of its values."""
        if self.steady:
            return "mixed" if self.declared == "text" else self.declared
        return common_kind({kind_of(value) for value in self.values}, self.declared)


def steady(columns: Sequence[AddedColumn], told_in: str) -> list[AddedColumn]:
    """Return columns whose types do not depend on their values.

    A value that is not of its column's kind, such as a number of more than 64 bits, is missing there, and told in the
    column *told_in*.
    """
    misfits: dict[int, list[str]] = {}
    made: dict[str, AddedColumn] = {}
    for column in columns:
        values = list(column.values)
        for row, value in enumerate(values):
            if column.declared != "text" and common_kind({kind_of(value)}, column.declared) != column.declared:
                misfits.setdefault(row, []).append(f"{column.name} is {json_text(value)}")
                values[row] = None
        made[column.name] = replace(column, values=values, steady=True)
    told = list(made[told_in].values)
    for row, texts in misfits.items():
        told[row] = "; ".join((*([str(told[row])] if told[row] else []), *texts))
    return list((made | {told_in: replace(made[told_in], values=told)}).values())


class Frame(Protocol):
    """A frame that has been recognised.

    Attributes:
        columns: Names of its columns, as text; an index is none of them.
    """

    @property
    def columns(self) -> tuple[str, ...]: ...  # noqa: D102 (see Attributes)

    def rows(self) -> Iterator[Row]:
        """Read the rows; a value that could not be sent is a flaw of its row."""
        ...

    def with_columns(self, added: Sequence[AddedColumn]) -> Any:
        """Return a frame of the caller's kind: the same columns and rows, untouched, and the added columns."""
        ...


def cell_of(value: object, index: int) -> tuple[Cell, Flaw | None]:
    """Return a value of any class as a cell, and why it could not be sent.

    Args:
        value: The value.
        index: The column's index, for the flaw.
    """
    if isinstance(value, bytes | bytearray):
        try:
            value = value.decode()
        except UnicodeDecodeError:
            return None, Flaw(index, "it holds bytes that are no text", REMEDY)
    made = plain(value)
    problem = problem_with(made)
    return (cast("Cell", made), None) if problem is None else (None, Flaw(index, f"it {problem}", REMEDY))


def rows_of(columns: Iterable[Iterable[tuple[Cell, Flaw | None]]]) -> Iterator[Row]:
    """Yield rows, numbered from 1, of columns of cells."""
    for number, cells in enumerate(zip(*columns, strict=True), start=1):
        yield Row(number, tuple(cell for cell, _ in cells), tuple(flaw for _, flaw in cells if flaw is not None))


def check_names(names: Sequence[str]) -> None:
    """Check that each column can be told by its name.

    Raises:
        InputError: Two columns have the same name.
    """
    places: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        if name.strip() in places:
            message = f"columns {places[name.strip()]} and {place} of the frame have the same name"
            raise InputError(message, column=name.strip(), remedy="rename or remove one of them")
        places[name.strip()] = place
