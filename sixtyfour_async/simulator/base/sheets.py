"""Reads uploaded tables: CSV with a header line, a JSON array of objects, or one JSON object a line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base.json_values import as_array, as_object
from sixtyfour_async.simulator.base.refusal import detail

MOST_BYTES = 100 * 1024 * 1024
MOST_ROWS = 100_000
"""Both documented for bulk-intelligence (docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence)."""
FORMATS = ("csv", "json", "jsonl", "ndjson")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the names of its columns in the order of the file, and its rows."""

    columns: Sequence[str]
    rows: Sequence[dict[str, Any]]


def read(filename: str, content: bytes) -> Sheet:
    """Read an uploaded table.

    Raises:
        Refused: 413 over 100 MB; 400 for another format, for a file that cannot be read and for one that holds no
            row or more than 100,000 (which status each of them has is assumed).
    """
    format_ = filename.rpartition(".")[2].lower()
    if len(content) > MOST_BYTES:
        raise detail(413, "File exceeds the maximum size of 100 MB")
    if format_ not in FORMATS:
        raise detail(400, f"Unsupported file type. Supported: {', '.join('.' + name for name in FORMATS)}")
    try:
        sheet = _csv(content) if format_ == "csv" else _objects(content, lines=format_ != "json")
    except (ValueError, csv.Error) as error:
        raise detail(400, f"Could not parse {filename}: {error}") from error
    if not sheet.rows:
        raise detail(400, "The uploaded file contains no rows")
    if len(sheet.rows) > MOST_ROWS:
        raise detail(400, f"The uploaded file exceeds the maximum of {MOST_ROWS} rows")
    return sheet


def _csv(content: bytes) -> Sheet:
    table = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    columns: list[str] = next(table, list[str]())
    rows = [dict(zip(columns, line, strict=False)) for line in table if line]
    return Sheet(columns, rows)


def _objects(content: bytes, *, lines: bool) -> Sheet:
    text = content.decode("utf-8-sig")
    entries = [json.loads(line) for line in text.splitlines() if line.strip()] if lines else as_array(json.loads(text))
    if entries is None:
        raise ValueError("not an array")
    rows = [row for entry in entries if (row := as_object(entry)) is not None]
    if len(rows) < len(entries):
        raise ValueError("not every row is an object")
    return Sheet(list(dict.fromkeys(name for row in rows for name in row)), rows)
