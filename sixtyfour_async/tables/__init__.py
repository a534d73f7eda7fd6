"""CSV files in and out: one row in memory at a time, every error with its row, column and remedy.

In: a CSV file. `Table.open` reads it once from start to end and raises `errors.InputError` for the first thing that is
malformed or ambiguous; iterating the table yields its rows. Out: `write_table` writes a header and rows atomically.
Every cell and header is kept exactly as in the file, white space, quotes and line breaks inside a cell included; blank
lines, a byte order mark and needless quotes are not.
"""

from sixtyfour_async.tables.csv_reader import Row, Table
from sixtyfour_async.tables.csv_writer import added_columns, check_writable, write_table

__all__ = ["Row", "Table", "added_columns", "check_writable", "write_table"]
