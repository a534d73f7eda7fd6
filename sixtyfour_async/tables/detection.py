"""Detect the encoding and the delimiter of a CSV file."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.files import open_text

SAMPLE_CHARACTERS: Final = 2**16
SAMPLE_ROWS: Final = 50
"""How much of a file is read to detect the delimiter."""

DELIMITERS: Final = ",;\t|"
"""Delimiters that are detected; at equal fit, an earlier one wins."""

BYTE_ORDER_MARKS: Final = {
    # UTF-32 comes first: its little-endian mark begins with the mark of UTF-16.
    **dict.fromkeys((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE), "utf-32"),
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

NOT_TEXT: Final = {
    # First bytes of files that people give in place of CSV. Most would also fail to decode, with a worse message.
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "compressed with gzip",
    b"PAR1": "a Parquet file",
}


def resolve_encoding(path: Path, encoding: str | None) -> str:
    """Return the encoding to read a file with: the one given, the one of its byte order mark, or UTF-8.

    Raises:
        InputError: The file is not text, or Python has no such encoding.
    """
    if kind := match_start(path, NOT_TEXT):
        raise InputError(f"{path} is not CSV but {kind}", remedy="save or export it as CSV (UTF-8)")
    # Encodings are not guessed from the text: a wrong guess would send misspelt names, and they would be billed.
    # "utf-8-sig" is UTF-8 with or without the byte order mark that Excel writes.
    if encoding is None:
        return match_start(path, BYTE_ORDER_MARKS) or "utf-8-sig"
    try:
        open_text(path, encoding).close()
        return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
    except (LookupError, ValueError) as error:
        remedy = "use one of Python's text encodings, such as utf-8, utf-16, latin-1 or cp1252"
        raise InputError(f"no text encoding is called {encoding!r}", remedy=remedy) from error


def match_start(path: Path, kinds: Mapping[bytes, str]) -> str | None:
    """Return the value of the first key that the file's bytes start with, or None."""
    with path.open("rb") as file:
        head = file.read(4)
    return next((kind for start, kind in kinds.items() if head.startswith(start)), None)


def valid_delimiter(delimiter: str) -> str:
    """Return a delimiter as one character; ``tab`` stands for a tab.

    Raises:
        InputError: It is not one character, or one that has another meaning in CSV.
    """
    delimiter = "\t" if delimiter in {"tab", "\\t"} else delimiter  # a tab is hard to type in a shell
    if len(delimiter) != 1 or delimiter in ' "\r\n\0':
        raise InputError(f"{delimiter!r} cannot be a delimiter", remedy="use one character, such as , ; | or tab")
    return delimiter


def detect_delimiter(path: Path, encoding: str) -> str:
    """Return the delimiter that the header contains and that splits the first rows best; comma if it contains none.

    csv.Sniffer is not used: it fails on tables of one column, and takes the comma of a header such as
    ``Company;Revenue, 2024;City`` for the delimiter.
    """
    # Bytes that cannot be decoded are replaced here; reading the rows reports them with their place.
    with open_text(path, encoding, "replace") as text, suppress(UnicodeError):
        sample = text.read(SAMPLE_CHARACTERS)
        truncated = len(sample) == SAMPLE_CHARACTERS
        fits = [(_fit(sample, delimiter, truncated=truncated), delimiter) for delimiter in DELIMITERS]
        best, delimiter = max(fits, key=lambda pair: pair[0])  # the first of equals: the order of DELIMITERS
        return delimiter if best[0] else ","
    return ","


def _fit(sample: str, delimiter: str, *, truncated: bool) -> tuple[bool, float, float, int]:
    """Return how well a delimiter splits a sample; greater tuples fit better.

    In order of weight:

    1. Whether the header has more than one cell.
    2. The share of rows as wide as the header. A shorter row counts half: trailing cells are often left out. A row that
       is not split at all, or is wider than the header, counts nothing.
    3. The share of cells that begin with a space, negated: the comma in ``Notes, long`` is punctuation.
    4. The number of columns.
    """
    records = [cells for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if cells]
    if truncated and len(records) > 1:
        records.pop()  # the sample may end within this row
    if not records or len(records[0]) == 1:
        return False, 0, 0, 0
    width, rows = len(records[0]), records[1 : SAMPLE_ROWS + 1]
    full = sum(1 if len(cells) == width else 0.5 if 1 < len(cells) < width else 0 for cells in rows)
    after_delimiter = [cell for cells in records[: SAMPLE_ROWS + 1] for cell in cells[1:]]
    spaced = sum(cell.startswith(" ") for cell in after_delimiter)
    return True, full / len(rows) if rows else 1, -spaced / len(after_delimiter), width
