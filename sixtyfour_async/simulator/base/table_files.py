"""Parse uploaded tables: CSV with a header line, a JSON array of objects, or one JSON object per line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base.error_responses import error_response
from sixtyfour_async.simulator.base.json_values import as_array, as_object

MAX_BYTES = 100 * 1024 * 1024
MAX_ROWS = 100_000
"""Both documented for bulk-intelligence (docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence)."""
FORMATS = ("csv", "json", "jsonl", "ndjson")


@dataclass(frozen=True, slots=True)
class Table:
    """A table: column names in file order, and rows."""

    columns: Sequence[str]
    rows: Sequence[dict[str, Any]]


def parse(filename: str, content: bytes) -> Table:
    """Parse an uploaded table.

    Raises:
        ErrorResponse: 413 above 100 MB; 400 for an unknown format, a malformed file, no rows, or more than 100,000
            rows (the status codes are assumed).
    """
    format_ = filename.rpartition(".")[2].lower()
    if len(content) > MAX_BYTES:
        raise error_response(413, "File exceeds the maximum size of 100 MB")
    if format_ not in FORMATS:
        raise error_response(400, f"Unsupported file type. Supported: {', '.join('.' + name for name in FORMATS)}")
    try:
        sheet = _parse_csv(content) if format_ == "csv" else _parse_objects(content, lines=format_ != "json")
    except (ValueError, csv.Error) as error:
        raise error_response(400, f"Could not parse {filename}: {error}") from error
    if not sheet.rows:
        raise error_response(400, "The uploaded file contains no rows")
    if len(sheet.rows) > MAX_ROWS:
        raise error_response(400, f"The uploaded file exceeds the maximum of {MAX_ROWS} rows")
    return sheet


def _parse_csv(content: bytes) -> Table:
    table = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    columns: list[str] = next(table, list[str]())
    rows = [dict(zip(columns, line, strict=False)) for line in table if line]
    return Table(columns, rows)


def _parse_objects(content: bytes, *, lines: bool) -> Table:
    text = content.decode("utf-8-sig")
    entries = [json.loads(line) for line in text.splitlines() if line.strip()] if lines else as_array(json.loads(text))
    if entries is None:
        raise ValueError("not an array")
    rows = [row for entry in entries if (row := as_object(entry)) is not None]
    if len(rows) < len(entries):
        raise ValueError("not every row is an object")
    return Table(list(dict.fromkeys(name for row in rows for name in row)), rows)
