"""The columns that a table seems to have, by its first rows: to offer their names, not to send anything."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.cells import from_csv
from sixtyfour_async.tables.detection import detect_delimiter, resolve_encoding, sep_line
from sixtyfour_async.tables.files import open_text
from sixtyfour_async.tables.formats import format_of
from sixtyfour_async.tables.layout import LayoutFinder
from sixtyfour_async.tables.opening import open_table
from sixtyfour_async.tables.records import Record

SAMPLE_ROWS: Final = 20
MAX_OPENED_BYTES: Final = 2_000_000
"""A larger file of a format that is read as a whole is not opened."""


def columns_at(path: Path) -> tuple[str, ...]:
    """Return the names of a table's columns, from its first rows; none for a large file that cannot be read in part.

    Raises:
        InputError: The file is no table.
        OSError: It cannot be read.
        ValueError: It is malformed.
    """
    found = format_of(path, None)
    if found in {"csv", "tsv"}:
        return _of_csv(path, tabs=found == "tsv")
    if found == "ndjson":
        return _of_ndjson(path)
    return open_table(path).columns if path.stat().st_size <= MAX_OPENED_BYTES else ()


def _of_csv(path: Path, *, tabs: bool) -> tuple[str, ...]:
    encoding = resolve_encoding(path, None, str(path))
    told = sep_line(path, encoding)
    delimiter = told or ("\t" if tabs else detect_delimiter(path, encoding))

    def records() -> Iterator[Record]:
        with open_text(path, encoding) as text:
            lines = (line.removeprefix("\ufeff") for line in islice(text, int(told is not None), None))
            for number, cells in enumerate(csv.reader(lines, delimiter=delimiter), 1):
                if cells:
                    yield Record(number, cells)

    names = LayoutFinder(str(path), _too_wide).find(islice(records(), SAMPLE_ROWS)).names
    return tuple(from_csv(name) for name in names)


def _too_wide(number: int, record: Record, width: int) -> InputError:
    return InputError(f"{len(record.cells)} cells where the header has {width}", row=number)


def _of_ndjson(path: Path) -> tuple[str, ...]:
    names: dict[str, Any] = {}
    with open_text(path, "utf-8-sig") as text:
        for line in islice(text, SAMPLE_ROWS):
            if line.strip():
                names |= json.loads(line)
    return tuple(names)
