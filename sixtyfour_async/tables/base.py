"""What all formats have in common: cells and rows, the protocol of a table that is read and of one that is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol, TypeAlias

Format: TypeAlias = Literal["csv", "tsv", "ndjson", "json", "xlsx", "parquet"]

Cell: TypeAlias = str | int | float | bool | Decimal | list[Any] | dict[str, Any] | None
"""A value as its format holds it: text from CSV, JSON values from the others, with dates as ISO 8601 text.

A Decimal stands for a number that a float would change; None for a cell that is empty or missing. Text that a
spreadsheet wrote in a form of its own is a `sixtyfour_async.tables.cells.Protected`, a str that remembers that form.
"""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a cell, or a whole row, cannot be trusted: it may be shown and written, but must not be sent.

    Attributes:
        column: Index of the column; None for the whole row.
        message: What is wrong, such as ``"cell B7 holds the error #N/A"``.
        remedy: What the person can do about it.
    """

    column: int | None
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: its number (the first under the header is 1) and as many cells as the table has columns."""

    number: int
    cells: tuple[Cell, ...]
    flaws: tuple[Flaw, ...] = ()


class Table(Protocol):
    """A table that has been read once from start to end without an error. Iterate to read its rows again, lazily.

    Attributes:
        path: The file.
        format: Its format.
        columns: The header's cells exactly as in the file; strip them to compare, not to write them back. A column that
            only counts the rows, as data frames write it, may have a blank name.
        rows: Number of data rows.
        sha256: Hexadecimal digest of the file's bytes.
        notes: What was repaired or left out, a sentence each, for the user.
    """

    @property
    def path(self) -> Path: ...  # noqa: D102 (see Attributes)
    @property
    def format(self) -> Format: ...  # noqa: D102
    @property
    def columns(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def rows(self) -> int: ...  # noqa: D102
    @property
    def sha256(self) -> str: ...  # noqa: D102
    @property
    def notes(self) -> tuple[str, ...]: ...  # noqa: D102

    def __iter__(self) -> Iterator[Row]:
        """Read the data rows again.

        Raises:
            InputError: The file has changed since it was checked.
        """
        ...


class Writer(Protocol):
    """Writes a table in one format to a binary stream."""

    def check(self, *, columns: int, rows: int) -> None:
        """Check that a table of this size can be written here, before its answers are paid for.

        Raises:
            InputError: The format cannot hold it.
            ConfigurationError: A package is missing.
        """
        ...

    def write(self, file: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Cell]], mended: Tally) -> None:
        """Write a header and rows; *mended* counts the cells that the format cannot hold as they are."""
        ...


@dataclass(slots=True)
class Tally:
    """Counts what was done to cells, by kind and column, and keeps one example of each.

    A column is known by its name, or by its place while names are not known yet.
    """

    counts: Counter[tuple[str, str | int]] = field(default_factory=Counter[tuple[str, str | int]])
    examples: dict[tuple[str, str | int], str] = field(default_factory=dict[tuple[str, str | int], str])

    def add(self, kind: str, column: str | int, example: str) -> None:
        """Count one cell; *kind* completes the sentence ``column 'x': 3 cells …``."""
        self.counts[kind, column] += 1
        self.examples.setdefault((kind, column), example)

    def sentences(self, names: Mapping[int, str] | None = None) -> tuple[str, ...]:
        """Return a sentence for each kind and column, in the order of first appearance.

        Args:
            names: Place → name of the columns that are known by place; the others are left out.
        """
        found = names or {}
        named = {key: found.get(key[1]) if isinstance(key[1], int) else key[1] for key in self.counts}
        return tuple(
            f"column {' '.join(name.split())!r}: {self.counts[key]:,} cell{'s' * (self.counts[key] > 1)} {key[0]} "
            f"({self.examples[key]})"
            for key, name in named.items()
            if name is not None
        )
