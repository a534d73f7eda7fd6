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
