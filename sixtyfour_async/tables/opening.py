"""Open a table of any format, from a file or from standard input."""

from __future__ import annotations

import atexit
import re
import tempfile
from pathlib import Path
from typing import BinaryIO, Final

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.base import Format, Table
from sixtyfour_async.tables.csv_reader import CsvTable
from sixtyfour_async.tables.files import AnyPath, input_errors
from sixtyfour_async.tables.formats import format_of, named, sniffed
from sixtyfour_async.tables.json_reader import JsonTable
from sixtyfour_async.tables.parquet_reader import ParquetTable
from sixtyfour_async.tables.xlsx_reader import XlsxTable

STANDARD_INPUT: Final = "standard input"
CHUNK_BYTES: Final = 65_536
ADDRESS: Final = re.compile(r"([a-z][a-z0-9+.-]+):/+", re.IGNORECASE)


def open_table(
    path: AnyPath,
    *,
    format: str | None = None,  # noqa: A002 (the word that users know)
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Table:
    """Read a table from start to end, so that nothing is sent of one that cannot be read.

    Args:
        path: A file, which may be compressed with gzip if it is text. It is read more than once.
        format: ``csv``, ``tsv``, ``ndjson``, ``json``, ``xlsx`` or ``parquet``; None for that of the extension.
        sheet: Excel: the sheet's name, or its number from 1; None if only one has content.
        encoding: CSV: a text encoding of Python; None for UTF-8, or UTF-16 and UTF-32 by their byte order mark.
        delimiter: CSV: one character, or ``tab``; None to detect it.

    Raises:
        InputError: The file cannot be read, or not without doubt or loss.
        ConfigurationError: A package is missing.
    """
    if address := ADDRESS.match(str(path)):
        raise _is_address(str(path), address[1])
    return _open(
        Path(path), str(path), format_of(Path(path), format), sheet=sheet, encoding=encoding, delimiter=delimiter
    )


def open_stream(
    stream: BinaryIO,
    *,
    format: str | None = None,  # noqa: A002
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Table:
    """Read a table from a stream, such as standard input, which is copied to a temporary file first.

    The file is deleted when the process ends. The arguments and errors are those of `open_table`; without *format*,
    the first bytes tell it.
    """
    with tempfile.NamedTemporaryFile(prefix="sixtyfour-", delete=False) as copy:
        path = Path(copy.name)
        atexit.register(path.unlink, missing_ok=True)
        with input_errors(STANDARD_INPUT, "read"):
            # One read of the system at a time: a buffered read of a slow pipe would go on below Python, and with it a
            # signal that came just before would wait for the end of the input.
            read = getattr(stream, "read1", stream.read)
            while chunk := read(CHUNK_BYTES):
                copy.write(chunk)
    if not path.stat().st_size:
        raise InputError(f"{STANDARD_INPUT} is empty", remedy="check the command that should have written it")
    with input_errors(STANDARD_INPUT, "read"):
        found = named(format) if format is not None else sniffed(path)
    return _open(path, STANDARD_INPUT, found, sheet=sheet, encoding=encoding, delimiter=delimiter)


def _open(
    path: Path, shown: str, found: Format, *, sheet: str | None, encoding: str | None, delimiter: str | None
) -> Table:
    if sheet is not None and found != "xlsx":
        raise InputError(f"{shown} is {found} and has no sheets", remedy="leave sheet=… out")
    if found not in {"csv", "tsv"} and (encoding is not None or delimiter is not None):
        option = "encoding" if encoding is not None else "delimiter"
        raise InputError(f"{shown} is {found}, which has no {option} to choose", remedy=f"leave {option}=… out")
    if found == "xlsx":
        return XlsxTable.open(path, sheet=sheet, shown=shown)
    if found == "parquet":
        return ParquetTable.open(path, shown=shown)
    if found in {"ndjson", "json"}:
        return JsonTable.open(path, lines=found == "ndjson", shown=shown)
    return CsvTable.open(path, encoding=encoding, delimiter=delimiter, tabs=found == "tsv", shown=shown)


def _is_address(text: str, scheme: str) -> InputError:
    if "docs.google.com" in text:
        remedy = "in Google Sheets choose File > Download > .xlsx or .csv, and give that file"
        return InputError(f"{text} is the address of a Google sheet, not a file", remedy=remedy)
    remedy = "download it and give the file, or pipe it in with - as the table"
    return InputError(f"{text} is an address ({scheme}), not a file", remedy=remedy)
