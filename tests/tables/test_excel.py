"""Excel: our reader against two others, extents, and what is written."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from sixtyfour_async.errors import ConfigurationError, InputError
from sixtyfour_async.tables import Cell, open_table, write_table, writer_for
from sixtyfour_async.tables.xlsx_sheet import column_letters
from tests.properties import examples
from tests.tables.workbooks import cell, header, row, text, workbook

calamine: Any = import_module("python_calamine")
openpyxl: Any = import_module("openpyxl")
xlsxwriter: Any = import_module("xlsxwriter")

VALUES: st.SearchStrategy[Any] = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff_"), min_size=1, max_size=9)
    | st.integers(-(10**14), 10**14)
    | st.floats(-1e9, 1e9).map(lambda number: round(number, 3))
    | st.booleans()
    | st.dates(dt.date(1901, 1, 1))
    | st.datetimes(dt.datetime(1901, 1, 1)).map(lambda moment: moment.replace(microsecond=0))  # noqa: DTZ001 (a workbook has no zones)
    | st.none()
)
TABLES = st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=8)


def with_xlsxwriter(path: Path, rows: list[tuple[Any, ...]], *, shared: bool) -> None:
    book = xlsxwriter.Workbook(path, {"constant_memory": not shared, "strings_to_urls": False})
    formats: dict[type, Any] = {
        dt.date: book.add_format({"num_format": "dd/mm/yyyy"}),
        dt.datetime: book.add_format({"num_format": 22}),
    }
    sheet = book.add_worksheet()
    for number, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            elif value is not None:
                sheet.write(number, column, value, formats.get(value.__class__))
    book.close()


def with_openpyxl(path: Path, rows: list[tuple[Any, ...]]) -> None:
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(cells)
        for one in book.active[book.active.max_row]:
            one.data_type = "s" if isinstance(one.value, str) else one.data_type  # a text that looks like a formula
    book.save(path)


WRITERS: dict[str, Callable[[Path, list[tuple[Any, ...]]], None]] = {
    "xlsxwriter": lambda path, rows: with_xlsxwriter(path, rows, shared=True),
    "xlsxwriter without shared texts": lambda path, rows: with_xlsxwriter(path, rows, shared=False),
    "openpyxl": with_openpyxl,
}


def as_cell(value: Any) -> Any:
    """What we read where another reader gives a value of Python; it takes midnight for a day, we keep the time."""
    if isinstance(value, dt.date):
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return value.removesuffix("T00:00:00") or None
    return value


@examples(50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=TABLES)
@pytest.mark.parametrize("writer", WRITERS)
def test_what_other_libraries_write_is_read_as_calamine_reads_it(
    tmp_path: Path, writer: str, rows: list[tuple[Any, ...]]
) -> None:
    """Where calamine has the value: it has none for errors and formulas without one, which are not written here."""
    path = tmp_path / "in.xlsx"
    WRITERS[writer](path, [("key", "a", "b"), *((f"row {i}", *cells) for i, cells in enumerate(rows))])
    theirs = calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()

    ours = [one.cells for one in open_table(path)]

    assert [tuple(map(as_cell, cells)) for cells in ours] == [
        tuple(as_cell(value) for value in [*cells, "", ""][:3]) for cells in theirs[1:]
    ]


def test_an_answer_of_any_kind_is_in_the_file_as_openpyxl_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    rows: list[tuple[Cell, ...]] = [
        ("=1+1", 5, True),
        ("internal:A1", 0.5, None),
        ("https://x.example/" + "a" * 2200, 10**18, [1, "x"]),
    ]
    write_table(path, ("a", "b", "c"), rows)

    sheet = openpyxl.load_workbook(path).active
    found = [[one.value for one in cells] for cells in sheet.iter_rows()]

    assert found == [
        ["a", "b", "c"],
        ["=1+1", 5, True],
        ["internal:A1", 0.5, None],
        ["https://x.example/" + "a" * 2200, "1000000000000000000", '[1, "x"]'],
    ]
    assert sheet["A2"].data_type in {"s", "inlineStr"}
    assert sheet["A4"].hyperlink is None


def test_a_sheet_that_is_too_small_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    writer = writer_for(tmp_path / "out.xlsx")

    writer.check(columns=16_384, rows=1_048_575)
    for size in ({"columns": 2, "rows": 1_048_576}, {"columns": 16_385, "rows": 1}):
        with pytest.raises(InputError, match="a sheet holds 1,048,575 rows and 16,384 columns"):
            writer.check(**size)


@pytest.mark.parametrize(
    ("kind", "package", "extra"), [("xlsx", "xlsxwriter", "excel"), ("parquet", "pyarrow", "parquet")]
)
def test_a_missing_package_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, package: str, extra: str
) -> None:
    monkeypatch.setitem(__import__("sys").modules, package, None)

    with pytest.raises(ConfigurationError, match=rf"pip install 'sixtyfour_async\[{extra}\]'"):
        writer_for(tmp_path / f"out.{kind}").check(columns=1, rows=1)


def test_other_packages_are_told_from_workbooks(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("leads.csv", "a,b\n1,2\n")
    (tmp_path / "in.xlsx").write_bytes(made.getvalue())

    with pytest.raises(InputError, match="a zip archive without a workbook"):
        open_table(tmp_path / "in.xlsx")


def test_letters_of_columns() -> None:
    assert [column_letters(index) for index in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_names_with_a_prefix_and_a_prefixed_sheet_are_read(tmp_path: Path) -> None:
    """Some programs give every element a prefix."""
    plain = header("Company", "Value") + row(text("A2", "Acme"), cell("B2", "<v>5</v>"), at=2)
    prefixed = plain.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:").replace("<x:</x:", "</x:")
    content = workbook({"Leads": prefixed}).replace(b"", b"")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    part = "xl/worksheets/sheet1.xml"
    parts[part] = (
        parts[part]
        .replace(b"<worksheet xmlns=", b"<worksheet xmlns:x=")
        .replace(b"<sheetData>", b"<x:sheetData>")
        .replace(b"</sheetData>", b"</x:sheetData>")
    )
    with zipfile.ZipFile(tmp_path / "in.xlsx", "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)

    assert [one.cells for one in open_table(tmp_path / "in.xlsx")] == [("Acme", 5)]
