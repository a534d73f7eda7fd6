"""Memory: a table of any size is read and written in the same few megabytes, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sixtyfour_async.tables import open_table
from sixtyfour_async.tables.xlsx_sheet import column_letters
from tests.tables.workbooks import cell, row, text, workbook

LIMIT_MEGABYTES = 250
ROOT = Path(__file__).parents[2]

PROGRAM = r"""
import re, sys
from sixtyfour_async.tables import open_table, write_table, writer_for
path, out, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
def made():
    for i in range(rows):
        yield f"Company {i} GmbH", f"www.company{i}.example", i, i / 7, f"some words on company {i} of town {i % 1000}"
if rows:
    write_table(path, ("company", "website", "n", "share", "note"), made())
table = open_table(path)
write_table(out, (*table.columns, "y"), ((*row.cells, 1) for row in table), writer=writer_for(None, source=table))
# Not `ru_maxrss`, which counts what the process that started this one took.
peak = re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())
print(table.rows, int(peak[1]) // 1024)
"""


def measured(path: Path, rows: int = 0) -> tuple[int, int]:
    """Write a table (unless it is there), read it and write it again; return its rows and the peak in megabytes."""
    command = [sys.executable, "-c", PROGRAM, str(path), str(path.with_name("out" + path.suffix)), str(rows)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    count, peak = map(int, done.stdout.split())
    return count, peak


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("kind", "rows"),
    [("csv", 1_000_000), ("ndjson", 1_000_000), ("parquet", 1_000_000), ("xlsx", 100_000), ("json", 100_000)],
)
def test_a_large_table_takes_no_more_memory_than_a_small_one(tmp_path: Path, kind: str, rows: int) -> None:
    count, peak = measured(tmp_path / f"in.{kind}", rows)

    assert count == rows
    assert peak < LIMIT_MEGABYTES


def stray(place: str, at: int) -> bytes:
    """A workbook of 50 columns and one row, and a cell far away from them."""
    letters = [column_letters(index) for index in range(50)]
    head = row(*(text(f"{letter}1", f"column {letter}") for letter in letters), at=1)
    only = row(*(text(f"{letter}2", "x") for letter in letters), at=2)
    return workbook({"Leads": head + only + row(cell(place, "<v>1</v>"), at=at)})


@pytest.mark.parametrize(("place", "at"), [("A1048576", 1_048_576), ("XFD1048576", 1_048_576), ("C400", 400)])
def test_a_stray_cell_far_below_is_named_and_costs_no_memory(tmp_path: Path, place: str, at: int) -> None:
    path = tmp_path / "in.xlsx"
    path.write_bytes(stray(place, at))

    count, peak = measured(path)

    assert count == 1
    assert peak < LIMIT_MEGABYTES
    assert f"row {at} is far below the table and not read: '1'" in open_table(path).notes
