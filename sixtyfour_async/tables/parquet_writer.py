"""Write Parquet with pyarrow: columns of the input in their own types, the others in the type that fits all values."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any, BinaryIO, Final

from sixtyfour_async.tables.arrow_cells import arrow
from sixtyfour_async.tables.arrow_columns import Column
from sixtyfour_async.tables.base import Cell, Tally
from sixtyfour_async.tables.parquet_reader import BATCH_ROWS

GROUP_ROWS: Final = 20_000
GROUP_BYTES: Final = 4 * 2**20
"""When a row group is written, whichever comes first; it is in memory until then."""


@dataclass(frozen=True, slots=True)
class ParquetWriter:
    """Writes Parquet; see `sixtyfour_async.tables.base.Writer`.

    The types of columns stand in front of the rows in no format but this one: the rows are kept in a temporary file
    until all have been seen.

    Attributes:
        types: Name of a column of the input → its Arrow type.
    """

    types: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def check(self, *, columns: int, rows: int) -> None:
        """Check that pyarrow is installed.

        Raises:
            ConfigurationError: The package is missing.
        """
        del columns, rows
        arrow("writing Parquet")

    def write(self, file: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Cell]], mended: Tally) -> None:
        """Write a header and rows."""
        pa, pq = arrow("writing Parquet")
        made = [Column(str(name), self.types.get(str(name)), mended) for name in columns]
        with tempfile.TemporaryFile() as spool:
            for batch in _batches(rows):
                pickle.dump(batch, spool)
                for column, values in zip(made, zip(*batch, strict=True), strict=True):
                    column.see(pa, values)
            spool.seek(0)
            schema = pa.schema([(column.name, column.type(pa)) for column in made])
            with pq.ParquetWriter(file, schema, compression="zstd") as writer:
                for group in _groups(spool):
                    arrays = [column.array(pa, values) for column, values in _transposed(made, group)]
                    writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _transposed(columns: list[Column], rows: list[tuple[Cell, ...]]) -> Iterator[tuple[Column, tuple[Cell, ...]]]:
    return zip(columns, zip(*rows, strict=True), strict=True)


def _batches(rows: Iterable[Sequence[Cell]]) -> Iterator[list[tuple[Cell, ...]]]:
    reader = iter(rows)
    while batch := [tuple(row) for row in islice(reader, BATCH_ROWS)]:
        yield batch


def _groups(spool: IO[bytes]) -> Iterator[list[tuple[Cell, ...]]]:
    """Yield the rows in groups of a bounded size."""
    group: list[tuple[Cell, ...]] = []
    start = 0
    while True:
        try:
            group += pickle.load(spool)  # noqa: S301 (a temporary file of this process)
        except EOFError:
            break
        if len(group) >= GROUP_ROWS or spool.tell() - start >= GROUP_BYTES:
            yield group
            group, start = [], spool.tell()
    if group:
        yield group
