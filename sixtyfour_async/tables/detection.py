"""Detect the encoding and the delimiter of a CSV file."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.files import head_of, open_text

SAMPLE_CHARACTERS: Final = 2**16
SAMPLE_ROWS: Final = 50
"""How much of a file is read to detect the delimiter."""

DELIMITERS: Final = ",;\t|"
"""Delimiters that are detected; at equal fit, an earlier one wins."""

TITLE_LINES: Final = 20
"""Lines above the header that may be a title."""

WORDS_OF_A_TITLE: Final = 3
CLEAR_WIDTH: Final = 3
"""Columns that no table of one column with delimiters in its cells has by chance."""

POOR_FIT: Final = 0.5
GOOD_FIT: Final = 0.75
"""Shares of fitting rows: below the first one other starts are tried, above the second one they are taken."""

BYTE_ORDER_MARKS: Final = {
    # UTF-32 comes first: its little-endian mark begins with the mark of UTF-16.
    **dict.fromkeys((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE), "utf-32"),
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

NOT_TEXT: Final = {
    # First bytes of files that people give in place of text. Most would also fail to decode, with a worse message.
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old or encrypted Excel workbook",
    b"PAR1": "a Parquet file",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"(\xb5/\xfd": "compressed with zstd",
    b"%PDF": "a PDF document",
    b"SQLite format 3": "an SQLite database",
}

HTML: Final = re.compile(r"\s*<(?:!doctype|html|head|table|body|meta|\?xml)\b", re.IGNORECASE)
"""How web pages begin, and the files that web applications call Excel."""

SEP_LINE: Final = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n?", re.IGNORECASE)
"""A first line that tells Excel the delimiter; no data."""


def resolve_encoding(path: Path, encoding: str | None, shown: str) -> str:
    """Return the encoding to read a file with: the one given, the one of its byte order mark, or UTF-8.

    Raises:
        InputError: The file is not text, or Python has no such encoding.
    """
    check_text(path, "CSV", shown)
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


def check_text(path: Path, wanted: str, shown: str) -> None:
    """Check that a file is not one of the kinds that people give in place of text.

    Raises:
        InputError: It is one.
    """
    if kind := match_start(path, NOT_TEXT):
        raise InputError(f"{shown} is not {wanted} but {kind}", remedy="save or export it as CSV (UTF-8)")
    head = head_of(path, 1024)
    marked = next((encoding for mark, encoding in BYTE_ORDER_MARKS.items() if head.startswith(mark)), "utf-8-sig")
    if HTML.match(head.decode(marked, errors="ignore")):
        message = f"{shown} is not {wanted} but HTML or XML, such as a login page or a web page called Excel"
        raise InputError(message, remedy="open it, and save or export it as CSV (UTF-8)")


def match_start(path: Path, kinds: Mapping[bytes, str]) -> str | None:
    """Return the value of the first key that the file's bytes start with, or None."""
    head = head_of(path, max(map(len, kinds)))
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


def sep_line(path: Path, encoding: str) -> str | None:
    """Return the delimiter that a first line such as ``sep=;`` tells, or None."""
    with open_text(path, encoding, "replace") as text, suppress(UnicodeError):
        match = SEP_LINE.fullmatch(text.readline(16))
        return match and match[1]
    return None


def detect_delimiter(path: Path, encoding: str) -> str:
    """Return the delimiter that the header contains and that splits the first rows best; comma if it contains none.

    csv.Sniffer is not used: it fails on tables of one column, and takes the comma of a header such as
    ``Company;Revenue, 2024;City`` for the delimiter. If no delimiter fits from the first line on, the lines above may
    be a title: then the next lines are tried.
    """
    # Bytes that cannot be decoded are replaced here; reading the rows reports them with their place.
    sample = ""
    with open_text(path, encoding, "replace") as text, suppress(UnicodeError):
        sample = text.read(SAMPLE_CHARACTERS)
    truncated = len(sample) == SAMPLE_CHARACTERS
    fit, delimiter = _best(sample, truncated=truncated)
    return (fit[1] < POOR_FIT and _below_title(sample, truncated=truncated)) or (delimiter if fit[0] else ",")


def _below_title(sample: str, *, truncated: bool) -> str | None:
    """Return the delimiter of a table below a title, or None: the first line could also be a table of one column's."""
    lines = sample.splitlines(keepends=True)
    worded = bool(lines) and is_worded(lines[0])
    for start in range(1, min(TITLE_LINES, len(lines) - 2) + 1):
        (_, full, spaced, width), delimiter = _best("".join(lines[start:]), truncated=truncated)
        apart = not lines[start - 1].strip() or worded
        if full > GOOD_FIT and -spaced < POOR_FIT and (width >= CLEAR_WIDTH or apart):
            return delimiter
    return None


def is_worded(text: str) -> bool:
    """Return whether text reads like a title rather than the name of a column."""
    return ":" in text or len(text.split()) >= WORDS_OF_A_TITLE


def _best(sample: str, *, truncated: bool) -> tuple[tuple[bool, float, float, int], str]:
    fits = [(_fit(sample, delimiter, truncated=truncated), delimiter) for delimiter in DELIMITERS]
    return max(fits, key=lambda pair: pair[0])  # the first of equals: the order of DELIMITERS


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
    full = sum(_share(cells, width) for cells in rows)
    after_delimiter = [cell for cells in records[: SAMPLE_ROWS + 1] for cell in cells[1:]]
    spaced = sum(cell.startswith(" ") for cell in after_delimiter)
    return True, full / len(rows) if rows else 1, -spaced / len(after_delimiter), width


def _share(cells: list[str], width: int) -> float:
    """Return how well a row fits a header: blank cells beyond it do not count, since a delimiter may end each line."""
    if len(cells) >= width:
        return float(not any(cell.strip() for cell in cells[width:]))
    return 0.5 if len(cells) > 1 else 0
