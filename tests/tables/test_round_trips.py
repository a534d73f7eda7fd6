"""What is written in any format is read as it was, and what a format cannot hold is said."""

from __future__ import annotations

import csv
import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from sixtyfour_async.tables import Cell, open_table, text_of, write_table, writer_for
from tests.properties import examples

FORMATS = ["csv", "tsv", "csv.gz", "ndjson", "ndjson.gz", "json", "xlsx", "parquet"]

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
AWKWARD = st.sampled_from(
    [
        *("=1+1", '=HYPERLINK("http://x.example")', "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "'=1"),
        *("\uff1d1+1", "\n=1", "\uff0b81 3 1234 5678", "\uff0d\uff13", "'\uff1d1", "\uff20acme"),
        *("''+x", "'", "'quoted'", "+49 30 123456", "-3.5", "+1 (555) 010-0000", "@acme", "- one", "-", '="x"'),
        *("https://x.example/" + "a" * 3000, "internal:A1", "mailto:a@x.example", "_x000D_", "a\x0bb", "\x1b[31m"),
        *(
            " lead",
            "trail ",
            "two\r\nlines",
            "\ufeff",
            "\u2028",
            "\ufffe",
            "sep=;",
            "0123",
            "1e5",
            "true",
            "null",
            "#N/A",
        ),
    ]
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS: st.SearchStrategy[Any] = TEXT | AWKWARD | NUMBERS | st.booleans() | st.none()
NESTED = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))
COLUMNS = ("key", "a", "b")

Rows = list[tuple[Cell, ...]]


def rows_of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Rows]:
    pairs = st.lists(st.tuples(values, values), min_size=1, max_size=6)
    return pairs.map(lambda found: [(f"row {index}", *pair) for index, pair in enumerate(found)])


def round_trip(path: Path, rows: Rows) -> tuple[Rows, tuple[str, ...]]:
    written = write_table(path, COLUMNS, rows)
    table = open_table(path)
    assert (table.columns, written.rows, table.rows) == (COLUMNS, len(rows), len(rows))
    return [row.cells for row in table], written.notes


relaxed = examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@relaxed
@given(rows=rows_of(NESTED))
@pytest.mark.parametrize("kind", ["ndjson", "json"])
def test_json_holds_every_value_as_it_is(tmp_path: Path, kind: str, rows: Rows) -> None:
    read, notes = round_trip(tmp_path / f"out.{kind}", rows)

    assert read == rows
    assert json.dumps(read) == json.dumps(rows), "types as well"
    assert notes == ()


@relaxed
@given(rows=rows_of((TEXT | AWKWARD).filter(lambda text: "\0" not in text)))
@pytest.mark.parametrize("kind", FORMATS)
def test_text_is_the_same_in_every_format(tmp_path: Path, kind: str, rows: Rows) -> None:
    """An empty text and a missing one are the same in Excel, whose cells are empty or not."""
    read, notes = round_trip(tmp_path / f"out.{kind}", rows)

    assert [tuple(cell or "" for cell in cells) for cells in read] == rows
    assert notes == ()


@relaxed
@given(rows=rows_of(NESTED.filter(lambda value: "\0" not in text_of(value))))
@example(rows=[("row 0", [], [2**63])])
@example(rows=[("row 0", [2**63, "a"], [-(2**63) - 1, None])])
@pytest.mark.parametrize("kind", FORMATS)
def test_the_text_of_every_value_is_the_same_in_every_format(tmp_path: Path, kind: str, rows: Rows) -> None:
    """What is sent to the service is the text: it must not depend on the format in which a table lies."""
    read, _ = round_trip(tmp_path / f"out.{kind}", rows)

    assert [tuple(map(text_of, cells)) for cells in read] == [tuple(map(text_of, cells)) for cells in rows]


@relaxed
@given(rows=rows_of(NUMBERS | st.booleans() | st.none()))
def test_numbers_are_numbers_in_excel_if_excel_keeps_them(tmp_path: Path, rows: Rows) -> None:
    read, _ = round_trip(tmp_path / "out.xlsx", rows)

    for cells, before in zip(read, rows, strict=True):
        for cell, value in zip(cells[1:], before[1:], strict=True):
            kept = not isinstance(value, str) and (value is None or abs(float(value)) < 1e15)  # type: ignore[arg-type]
            if kept and not isinstance(value, float):
                assert (cell, type(cell)) == (value, type(value))
            read_back = text_of(cell).replace("true", "1").replace("false", "0")
            assert cell is None if value is None else read_back == text_of(value) or float(read_back) == value


@pytest.mark.parametrize(
    "values",
    [
        [1, 2, None],
        [2**62, -(2**63), 0],
        [1.5, math.inf, 3],
        [True, None, False],
        ["a", "", None],
        [["a", None], [], None],
        [[1, 2], None, [3]],
        [None, None, None],
    ],
)
def test_parquet_keeps_the_type_of_a_column_of_one_kind(tmp_path: Path, values: list[Any]) -> None:
    read, notes = round_trip(tmp_path / "out.parquet", [(f"row {i}", value, "x") for i, value in enumerate(values)])

    assert [cells[1] for cells in read] == values
    assert notes == ()


@pytest.mark.parametrize(
    "values", [[1, "x"], [2**63, 1], [{"a": 1}, None], [[{"a": 1}]], [2**60, 0.5], [Decimal("0.10"), 1]]
)
def test_parquet_writes_a_column_of_several_kinds_as_text(tmp_path: Path, values: list[Any]) -> None:
    read, _ = round_trip(tmp_path / "out.parquet", [(f"row {i}", value, "x") for i, value in enumerate(values)])

    assert [cells[1] for cells in read] == [None if value is None else text_of(value) for value in values]


@pytest.mark.parametrize("kind", FORMATS)
def test_what_a_format_cannot_hold_costs_that_cell_and_is_said(tmp_path: Path, kind: str) -> None:
    """A NUL, a lone surrogate, no number, more than a cell of Excel holds; all the other rows are there."""
    odd: dict[int, Cell] = {
        7: "a\0b",
        8: "\ud800x",
        9: math.nan,
        10: "é" * 40_000,
        11: "\U0001f600" * 20_000,
        12: "a\x0bb",
    }
    rows: Rows = [(f"row {i}", odd.get(i, f"value {i}"), i) for i in range(1000)]

    read, notes = round_trip(tmp_path / f"out.{kind}", rows)

    assert len(read) == 1000
    for i, cells in enumerate(read):
        if i not in odd:
            assert tuple(text_of(cell) for cell in cells) == (f"row {i}", f"value {i}", str(i))
    assert [read[i][1] for i in (10, 11, 12)] == [odd[10], odd[11], odd[12]]
    assert read[7][1] in {"a\0b", "a\\x00b"}
    assert read[8][1] in {"\ud800x", "\\ud800x"}
    said = "\n".join(notes)
    assert ("NUL" in said or "\\x00" in said) == (read[7][1] != "a\0b")
    assert ("surrogate" in said or "\\ud800" in said) == (read[8][1] != "\ud800x")
    assert ("long texts" in said) == (kind == "xlsx")


CALLS = (
    *("=1+1", "@SUM(1)", "+cmd|' /C calc'!A0", "-2+3+cmd|x", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x")'),
    *('+HYPERLINK ("http://x")', "-WEBSERVICE\n(A1)", "+'http://x/y.ods'#$Sheet1.A1", "-file:///y.ods#$Sheet1.A1"),
    *("\uff1d1+1", "\uff0bSUM(A1)", "\uff20SUM(A1)", "\n+SUM(A1)"),
)


@pytest.mark.parametrize("text", CALLS)
def test_a_spreadsheet_would_run_nothing_that_is_written(tmp_path: Path, text: str) -> None:
    path = tmp_path / "out.csv"
    write_table(path, ("a", "=b"), [(text, "+49 30 123"), ("-3.5", 4)])
    with path.open(encoding="utf-8", newline="") as file:
        read = list(csv.reader(file))

    assert read == [["a", "'=b"], [f"'{text}", "+49 30 123"], ["-3.5", "4"]]
    assert [row.cells for row in open_table(path)] == [(text, "+49 30 123"), ("-3.5", "4")]
    assert open_table(path).columns == ("a", "=b")


@pytest.mark.parametrize("text", CALLS)
def test_what_a_spreadsheet_would_run_is_not_copied_from_the_input(tmp_path: Path, text: str) -> None:
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("a", "b"), ("x", text)])
    table = open_table(tmp_path / "in.csv")
    write_table(tmp_path / "out.csv", table.columns, (row.cells for row in table))
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        written = list(csv.reader(file))

    assert written == [["a", "b"], ["x", f"'{text}"]]
    assert [row.cells for row in open_table(tmp_path / "out.csv")] == [("x", text)]


@pytest.mark.parametrize(
    "text",
    ["+49 (0)30 123", "+1 555-010-0000 ext. 5", "\uff0b49 30 123456", "-3.5", "@acme", "- one", "- issue #5", "\nx"],
)
def test_what_runs_nothing_is_copied_as_it_is(tmp_path: Path, text: str) -> None:
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("a", "b"), ("x", text)])
    table = open_table(tmp_path / "in.csv")
    write_table(
        tmp_path / "out.csv",
        table.columns,
        (row.cells for row in table),
        writer=writer_for(tmp_path / "out.csv", source=table),
    )

    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["a", "b"], ["x", text]]
