"""Parquet: what is read of every type, and what keeps its type on the way out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables import Cell, open_table, write_table, writer_for

pa: Any = import_module("pyarrow")
pq: Any = import_module("pyarrow.parquet")
polars: Any = import_module("polars")

DAY = dt.date(2026, 1, 5)
NOON = dt.datetime(2026, 1, 5, 12, 0, 0, 500_000)  # noqa: DTZ001
TYPES: dict[str, tuple[Any, list[Any], list[Cell]]] = {
    "string": (pa.string(), ["a longer text than twelve bytes", None], ["a longer text than twelve bytes", None]),
    "string_view": (
        pa.string_view(),
        ["a longer text than twelve bytes", None],
        ["a longer text than twelve bytes", None],
    ),
    "large_string": (pa.large_string(), ["x", ""], ["x", ""]),
    "int8": (pa.int8(), [1, None], [1, None]),
    "uint64": (pa.uint64(), [2**64 - 1, 0], [2**64 - 1, 0]),
    "float32": (pa.float32(), [0.5, None], [0.5, None]),
    "bool": (pa.bool_(), [True, None], [True, None]),
    "decimal": (pa.decimal128(20, 2), [Decimal("12345678901234567.10"), None], [Decimal("12345678901234567.10"), None]),
    "date": (pa.date32(), [DAY, None], ["2026-01-05", None]),
    "timestamp": (pa.timestamp("us"), [NOON, None], ["2026-01-05T12:00:00.5", None]),
    "nanoseconds": (pa.timestamp("ns"), [1_767_614_400_000_000_001, None], ["2026-01-05T12:00:00.000000001", None]),
    "zone": (pa.timestamp("s", "Europe/Berlin"), [1_767_614_400, None], ["2026-01-05T13:00:00+01:00", None]),
    "offset": (pa.timestamp("s", "+02:00"), [1_767_614_400, None], ["2026-01-05T14:00:00+02:00", None]),
    "before 1970": (pa.timestamp("ms"), [-1, None], ["1969-12-31T23:59:59.999", None]),
    "time": (pa.time64("ns"), [dt.time(9, 14), None], ["09:14:00", None]),
    "category": (pa.dictionary(pa.int8(), pa.string()), ["a", "b"], ["a", "b"]),
    "list": (pa.list_(pa.string()), [["a", None], None], [["a", None], None]),
    "struct": (
        pa.struct([("a", pa.int64()), ("b", pa.list_(pa.bool_()))]),
        [{"a": 1, "b": [True]}, None],
        [{"a": 1, "b": [True]}, None],
    ),
    "null": (pa.null(), [None, None], [None, None]),
}


@pytest.mark.parametrize("name", TYPES)
def test_a_column_is_read_by_value_and_written_with_its_type(tmp_path: Path, name: str) -> None:
    kind, values, expected = TYPES[name]
    path, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    made = pa.table({"key": ["a", "b"], "x": pa.array(values, kind)})
    pq.write_table(made, path)

    table = open_table(path)
    read = [row.cells[1] for row in table]
    written = write_table(
        out, (*table.columns, "y"), ((*row.cells, 1) for row in table), writer=writer_for(out, source=table)
    )

    assert read == expected
    assert written.notes == ()
    assert pq.read_table(out).select(["key", "x"]).equals(pq.read_table(path))


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        (pa.duration("ms"), [1500, None], ["PT1.5S", None]),
        (pa.binary(), [b"text", None], ["text", None]),
        (pa.map_(pa.string(), pa.int64()), [{"a": 1}, None], [[["a", 1]], None]),
        (pa.struct([("at", pa.date32())]), [{"at": DAY}, None], [{"at": "2026-01-05"}, None]),
    ],
    ids=str,
)
def test_a_value_without_a_word_in_json_is_read_as_text(
    tmp_path: Path, kind: Any, values: list[Any], expected: list[Cell]
) -> None:
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"key": ["a", "b"], "x": pa.array(values, kind)}), path)

    assert [row.cells[1] for row in open_table(path)] == expected


def test_bytes_that_are_no_text_are_not_sent(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [b"\xff\x00", b"ok"]}), tmp_path / "in.parquet")

    rows = list(open_table(tmp_path / "in.parquet"))

    assert [row.cells for row in rows] == [("/wA=",), ("ok",)]
    assert ["no text" in flaw.message for row in rows for flaw in row.flaws] == [True]


def test_a_frame_of_polars_is_read_and_blank_rows_are_left_out(tmp_path: Path) -> None:
    frame = polars.DataFrame({"company": ["a name longer than twelve bytes", None, "b"], "tags": [["x"], None, []]})
    frame.write_parquet(tmp_path / "in.pq")

    table = open_table(tmp_path / "in.pq")

    assert [row.cells for row in table] == [("a name longer than twelve bytes", ["x"]), ("b", [])]
    assert table.notes == ("1 row without any value left out",)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"x" * 99, b"a,b\n1,2\n"])
def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in.parquet").write_bytes(content)

    with pytest.raises(InputError, match=r"is not Parquet|is damaged"):
        open_table(tmp_path / "in.parquet")


def test_columns_of_one_name_and_frames_without_rows_are_refused(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_arrays([pa.array(["x"]), pa.array(["y"])], names=["a", "a"]), tmp_path / "a.parquet")
    pq.write_table(pa.table({"a": pa.array([], pa.string())}), tmp_path / "b.parquet")

    for name, message in (("a", "columns 1 and 2 have the same name"), ("b", "has no rows")):
        with pytest.raises(InputError, match=message):
            open_table(tmp_path / f"{name}.parquet")


DIGEST = b"\xff\x00\x80digest!"
BYTES = {
    "binary": (pa.binary(), [DIGEST, b"text"]),
    "large_binary": (pa.large_binary(), [DIGEST, None]),
    "binary_view": (pa.binary_view(), [DIGEST, b""]),
    "fixed": (pa.binary(10), [DIGEST, b"0123456789"]),
    "category": (pa.dictionary(pa.int32(), pa.binary()), [DIGEST, DIGEST]),
    "list": (pa.list_(pa.binary()), [[DIGEST, b"x"], []]),
    "struct": (pa.struct([("a", pa.binary())]), [{"a": DIGEST}, {"a": None}]),
}


@pytest.mark.parametrize("name", BYTES)
def test_bytes_are_the_same_bytes_on_the_way_out(tmp_path: Path, name: str) -> None:
    kind, values = BYTES[name]
    path, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.table({"key": ["a", "b"], "x": pa.array(values, kind)}), path)

    table = open_table(path)
    written = write_table(out, table.columns, (row.cells for row in table), writer=writer_for(out, source=table))

    assert pq.read_table(out).equals(pq.read_table(path))
    assert written.notes == ()


def test_bytes_read_as_base64_are_said(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [b"\xff\x00", b"ok"]}), tmp_path / "in.parquet")

    notes = open_table(tmp_path / "in.parquet").notes

    assert notes == ("column 'x': 1 cell of bytes that are no text, read as base64 (/wA=)",)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()], ids=str)
def test_text_that_is_no_utf_8_costs_its_own_row(tmp_path: Path, kind: Any) -> None:
    raw = pa.array([b"K\xf6ln", b"Bonn"], pa.binary() if kind == pa.string() else pa.large_binary())
    pq.write_table(pa.table({"x": raw.view(kind), "y": ["a", "b"]}), tmp_path / "in.parquet")

    rows = list(open_table(tmp_path / "in.parquet"))

    assert [row.cells[1] for row in rows] == ["a", "b"]
    assert rows[1].cells[0] == "Bonn"
    assert [["no text" in flaw.message for flaw in row.flaws] for row in rows] == [[True], []]


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        (pa.date32(), [2_932_897, 0], [2_932_897, "1970-01-01"]),
        (pa.date32(), [2**31 - 1, None], [2**31 - 1, None]),
        (pa.date64(), [253_402_300_800_000, 86_400_000], [2_932_897, "1970-01-02"]),
        (pa.timestamp("us"), [2**63 - 1, 0], [2**63 - 1, "1970-01-01T00:00:00"]),
    ],
    ids=["the year 10000", "the last day", "milliseconds, which Parquet keeps as days", "infinity"],
)
def test_a_date_that_python_has_not_is_its_number(
    tmp_path: Path, kind: Any, values: list[Any], expected: list[Cell]
) -> None:
    whole = pa.array(values, pa.int32() if kind == pa.date32() else pa.int64())
    pq.write_table(pa.table({"key": ["a", "b"], "x": whole.view(kind)}), tmp_path / "in.parquet")

    assert [row.cells[1] for row in open_table(tmp_path / "in.parquet")] == expected


@pytest.mark.parametrize(
    "value",
    [
        pa.array([[0], [2**55]], pa.list_(pa.int64())).cast(pa.list_(pa.timestamp("ms"))),
        pa.ListArray.from_arrays([0, 1, 2], pa.array([b"x", b"\xff"]).view(pa.string())),
    ],
    ids=["a far date", "no UTF-8"],
)
def test_what_cannot_be_read_inside_a_nested_value_is_refused_by_row_and_column(tmp_path: Path, value: Any) -> None:
    pq.write_table(pa.table({"key": ["a", "b"], "x": value}), tmp_path / "in.parquet")

    with pytest.raises(InputError, match=r"row 2, column 'x': .*cannot be read.*leave the column out"):
        open_table(tmp_path / "in.parquet")
