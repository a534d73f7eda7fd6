"""Tables in and out, of any usual format: one row in memory at a time, every error with its place and remedy.

In: `open_table` reads a file once from start to end and raises `errors.InputError` for the first thing that is
malformed or ambiguous; iterating the `Table` yields its rows. What is certainly no data, such as the footer of an
export, is left out; `Table.notes` says so. Out: `write_table` writes a header and rows atomically. No value is changed
without a word: cells travel as the values that they are, and `Written.notes` says what a format could not hold.

Formats: CSV and TSV, NDJSON, JSON (a list of objects), Excel (``.xlsx``) and Parquet; the text formats also with
``.gz``.
"""

from sixtyfour_async.tables.added_columns import added_columns
from sixtyfour_async.tables.base import Cell, Flaw, Row, Table, Writer
from sixtyfour_async.tables.cells import Protected, is_blank, text_of
from sixtyfour_async.tables.csv_reader import CsvTable
from sixtyfour_async.tables.dialects import DIALECTS, Dialect
from sixtyfour_async.tables.formats import FORMATS, format_of, stem_and_extension
from sixtyfour_async.tables.opening import open_stream, open_table
from sixtyfour_async.tables.writing import Written, check_writable, write_bytes, write_stream, write_table, writer_for

__all__ = [
    "DIALECTS",
    "FORMATS",
    "Cell",
    "CsvTable",
    "Dialect",
    "Flaw",
    "Protected",
    "Row",
    "Table",
    "Writer",
    "Written",
    "added_columns",
    "check_writable",
    "format_of",
    "is_blank",
    "open_stream",
    "open_table",
    "stem_and_extension",
    "text_of",
    "write_bytes",
    "write_stream",
    "write_table",
    "writer_for",
]
