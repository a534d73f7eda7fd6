"""Write NDJSON and JSON: one object for each row, with the values as they are."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from sixtyfour_async.tables.base import Cell, Tally
from sixtyfour_async.tables.cells import json_text


@dataclass(frozen=True, slots=True)
class JsonWriter:
    """Writes objects; see `sixtyfour_async.tables.base.Writer`.

    Attributes:
        lines: Whether each object is a line of its own (NDJSON), not an item of a list (JSON).
    """

    lines: bool

    def check(self, *, columns: int, rows: int) -> None:
        """Any number of rows and columns can be written."""

    def write(self, file: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Cell]], mended: Tally) -> None:
        r"""Write a row as an object; a lone surrogate becomes ``\ud800``, which JSON reads as itself."""
        del mended
        # backslashreplace writes a lone surrogate just as JSON escapes it.
        text = io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="")
        keys = [json_text(str(name)) for name in columns]
        opening, between, closing = ("", "\n", "\n") if self.lines else ("[\n", ",\n", "\n]\n")
        text.write(opening)
        before = ""
        for cells in rows:
            pairs = (f"{key}: {json_text(cell)}" for key, cell in zip(keys, cells, strict=True))
            text.write(f"{before}{{{', '.join(pairs)}}}")
            before = between
        text.write(closing if before or not self.lines else "")
        text.flush()
        text.detach()
