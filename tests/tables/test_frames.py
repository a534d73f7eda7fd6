"""Frames of five libraries: what is read of their rows, and that they come back as they were, with columns added."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async import InputError
from sixtyfour_async.questions.sent_cells import sent_text
from sixtyfour_async.tables.frames import AddedColumn, frame_of
from tests.properties import examples
from tests.tables.frame_libraries import (
    LIBRARIES,
    columns_of,
    duckdb,
    narwhals,
    pandas,
    polars,
    pyarrow,
    same_columns,
)

ROOT = Path(__file__).parents[2]
SMALL = 2**53
ADDED = [
    AddedColumn("answer text", ["x", None]),
    AddedColumn("answer int", [2**60, None]),
    AddedColumn("answer float", [1, None], "float"),
    AddedColumn("answer bool", [True, None]),
    AddedColumn("answer list", [["a", None], []]),
    AddedColumn("answer numbers", [[1], [2, 3]]),
    AddedColumn("nothing", [None, None], "int"),
]


def texts_of(frame: Any) -> list[tuple[str, ...]]:
    """Return what would be sent of each cell."""
    return [tuple(map(sent_text, row.cells)) for row in frame_of(frame).rows()]


def flaws_of(frame: Any) -> list[list[tuple[int | None, str]]]:
    return [[(flaw.column, flaw.message) for flaw in row.flaws] for row in frame_of(frame).rows()]


# --- the same rows, whatever the library --------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
VALUES = {
    "text": TEXT,
    "int": st.integers(-SMALL, SMALL),
    "float": st.floats(allow_infinity=False, width=64),
    "bool": st.booleans(),
    "date": st.dates(date(1700, 1, 1), date(2200, 1, 1)),
    "moment": st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001 (pandas and Arrow have such)
    "instant": st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 (pandas and Arrow have such)
    "amount": st.decimals(-(10**9), 10**9, places=3),
    "list": st.lists(TEXT, max_size=3),
}


@st.composite
def arrow_tables(draw: st.DrawFn) -> Any:
    rows = draw(st.integers(1, 4))
    types = {
        "text": pyarrow.string(),
        "int": pyarrow.int64(),
        "float": pyarrow.float64(),
        "bool": pyarrow.bool_(),
        "date": pyarrow.date32(),
        "moment": pyarrow.timestamp("us"),
        "instant": pyarrow.timestamp("us", "UTC"),
        "amount": pyarrow.decimal128(20, 3),
        "list": pyarrow.list_(pyarrow.string()),
    }
    return pyarrow.table(
        {
            name: pyarrow.array(draw(st.lists(values | st.none(), min_size=rows, max_size=rows)), types[name])
            for name, values in VALUES.items()
        }
    )


@examples(40)
@given(arrow_tables())
def test_the_same_rows_are_sent_alike_whatever_the_library(table: Any) -> None:
    """A question asked from pandas today is the same question from polars tomorrow: it is paid once."""
    sent = {name: texts_of(make(table)) for name, make in LIBRARIES.items()}

    for name, texts in sent.items():
        assert texts == sent["pyarrow"], name


@examples(25)
@given(arrow_tables())
def test_the_columns_of_the_input_come_back_as_they_were(table: Any) -> None:
    """Values, types, order, index: also of what could not be sent."""
    added = [AddedColumn("answer", [None] * table.num_rows)]
    for make in LIBRARIES.values():
        before = make(table)
        assert same_columns(before, frame_of(before).with_columns(added))


@pytest.mark.parametrize("library", LIBRARIES)
def test_added_columns_have_the_type_of_their_values(library: str) -> None:
    """Whole numbers keep their digits beside missing ones, lists stay lists, nothing becomes NaN."""
    table = pyarrow.table({"name": ["a name longer than twelve bytes", "b"]})

    made = columns_of(frame_of(LIBRARIES[library](table)).with_columns(ADDED))

    expected = {"name": ["a name longer than twelve bytes", "b"]} | {one.name: list(one.values) for one in ADDED}
    missing = {name: [None if value is pandas.NA else value for value in values] for name, values in made.items()}
    assert missing == expected
    assert {type(value) for value in missing["answer int"]} == {int, type(None)}


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_answer_of_an_odd_kind_is_in_the_frame_all_the_same(library: str) -> None:
    """Paid answers reach their owner: mixed values, whole numbers of any size, half a surrogate pair."""
    frame = LIBRARIES[library](pyarrow.table({"name": ["Ada", "Bob"]}))
    odd = [AddedColumn("a", [1, "x"]), AddedColumn("b", [2**70, None], "int"), AddedColumn("c", ["\ud800", {"k": [1]}])]

    made = columns_of(frame_of(frame).with_columns(odd))

    assert [str(value) for value in made["a"]] == ["1", "x"]
    assert str(made["b"][0]) == str(2**70)
    assert "ud800" in ascii(made["c"][0])


def test_what_comes_back_is_of_the_kind_that_was_given() -> None:
    """A DuckDB relation belongs to its connection, which is not ours: it comes back as an Arrow table."""
    table = pyarrow.table({"name": ["Ada"]})
    kinds = {name: type(frame_of(make(table)).with_columns([])).__name__ for name, make in LIBRARIES.items()}

    assert set(kinds.values()) == {"DataFrame", "Table"}
    assert isinstance(frame_of(narwhals.from_native(table.to_pandas())).with_columns([]), narwhals.DataFrame)
    assert isinstance(frame_of(polars.DataFrame(table)).with_columns([]), polars.DataFrame)
    assert isinstance(frame_of(duckdb.from_arrow(table)).with_columns([]), pyarrow.Table)
    assert frame_of(iter([{"name": "Ada"}])).with_columns([AddedColumn("x", [1])]) == [{"name": "Ada", "x": 1}]


def test_the_stable_api_of_narwhals_comes_back_as_itself() -> None:
    import narwhals.stable.v1 as stable  # noqa: PLC0415 (only here)

    frame: Any = stable.from_native(polars.DataFrame({"name": ["Ada"]}))

    assert type(frame_of(frame).with_columns(ADDED[:0])) is type(frame)


# --- values -------------------------------------------------------------------------------------------------------


def test_missing_is_missing_in_every_form_of_pandas() -> None:
    frame = pandas.DataFrame(
        {
            "object": [None, float("nan"), pandas.NA, pandas.NaT],
            "float": [float("nan")] * 4,
            "Int64": pandas.array([None] * 4, dtype="Int64"),
            "time": pandas.to_datetime([None] * 4),
            "category": pandas.Categorical([None] * 4, categories=["x"]),
        }
    )

    assert texts_of(frame) == [("",) * 5] * 4


def test_mixed_columns_categories_zones_periods_and_decimals_of_pandas() -> None:
    """Such a frame refuses to be exported as Arrow: it is read by another way."""
    frame = pandas.DataFrame(
        {
            "mixed": [1, "x", None],
            "category": pandas.Categorical(["low", None, "high"]),
            "zone": pandas.to_datetime(["2024-01-01", None, "2024-07-01 12:00:00.5"], format="ISO8601").tz_localize(
                "Europe/Berlin"
            ),
            "decimal": [Decimal("1.10"), None, Decimal("1E+3")],
            "whole": [1, 2, None],
            "nanoseconds": pandas.to_datetime([1, None, 1_000_000_000]),
            "duration": pandas.to_timedelta(["1 days 00:00:01.5", None, "0s"]),
        }
    )

    assert texts_of(frame) == [
        ("1", "low", "2024-01-01T00:00:00+01:00", "1.10", "1", "1970-01-01T00:00:00.000000001", "PT86401.5S"),
        ("x", "", "", "", "2", "", ""),
        ("", "high", "2024-07-01T12:00:00.5+02:00", "1E+3", "", "1970-01-01T00:00:01", "PT0S"),
    ]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (3j, "it holds a value of type complex, which JSON cannot express"),
        (float("inf"), "it holds NaN or an infinite number, which JSON cannot express"),
        ("\ud800", "it holds half a surrogate pair, which JSON cannot express"),
        (b"\xff", "it holds bytes that are no text"),
        ({"inner": [object()]}, "it holds a value of type object, which JSON cannot express"),
        ({("a",): "x"}, "it holds a key of type tuple, which JSON cannot express"),
    ],
)
def test_a_value_that_cannot_be_sent_is_a_flaw_of_its_row(value: Any, message: str) -> None:
    good = {"name": "Ada", "odd": "fine"}

    rows = [good, {"name": "Bob", "odd": value}]

    for frame in (rows, pandas.DataFrame(rows, dtype="object")):
        assert flaws_of(frame) == [[], [(1, message)]]


def test_python_objects_in_polars_are_read_as_they_are() -> None:
    """polars exports them as the addresses at which they lie in memory."""
    frame = polars.DataFrame({"name": ["Ada"], "o": polars.Series([Decimal("1.5")], dtype=polars.Object)})

    assert texts_of(frame) == [("Ada", "1.5")]
    assert frame_of(frame).with_columns(ADDED[:0]).columns == ["name", "o"]


def test_types_that_arrow_or_python_has_not() -> None:
    """Whole numbers of 128 bits, and nanoseconds inside a struct, do not cost the other columns."""
    wide = polars.DataFrame({"name": ["Ada"]}).with_columns(n=polars.lit(2**100).cast(polars.Int128))
    nested = pyarrow.table(
        {
            "name": ["Ada"],
            "s": pyarrow.array([{"at": 1}], pyarrow.struct([("at", pyarrow.timestamp("ns"))])),
        }
    )

    assert texts_of(wide) == [("Ada", str(2**100))]
    assert [row.cells[0] for row in frame_of(nested).rows()] == ["Ada"]


# --- what is no frame, and odd headers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: pandas.DataFrame([[1, 2]], columns=["a", "a"]),
        lambda: pandas.DataFrame([[1, 2]], columns=["a", " a "]),
        lambda: pandas.DataFrame([[1, 2]], columns=[1, "1"]),
        lambda: pyarrow.table([[1], [2]], names=["a", "a"]),
        lambda: narwhals.from_native(pyarrow.table([[1], [2]], names=["a", "a "])),
    ],
    ids=["pandas", "white space", "a number and its text", "pyarrow", "narwhals"],
)
def test_columns_of_one_name_are_refused_in_one_sentence(make: Callable[[], Any]) -> None:
    with pytest.raises(InputError, match=r"columns 1 and 2 of the frame have the same name"):
        frame_of(make())


def test_columns_of_several_levels_and_any_index_of_pandas() -> None:
    frame = pandas.DataFrame(
        [["Acme", 1], ["Beta", 2]],
        columns=pandas.MultiIndex.from_tuples([("company", "name"), ("size", "")]),
        index=pandas.Index(["same", "same"], name="id"),
    )

    made = frame_of(frame)
    after = made.with_columns([AddedColumn("status", ["a", "b"])])

    assert made.columns == ("company name", "size")
    assert same_columns(frame, after)
    assert after[("status", "")].tolist() == ["a", "b"]
    assert list(frame.columns) == [("company", "name"), ("size", "")]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("rows.csv", "the rows are a str"),
        ({"name": ["Ada"]}, "the rows are a dict"),
        ([{"name": "Ada"}, None], "item 1 of the rows is a NoneType, not a mapping"),
        (None, "a NoneType cannot be read as a table"),
        (3, "a int cannot be read as a table"),
        (polars.LazyFrame({"a": [1]}), "a LazyFrame holds no rows yet"),
        (polars.Series([1]), "a Series cannot be read as a table"),
        (pandas.Series([1]), "a Series cannot be read as a table"),
    ],
)
def test_what_is_no_frame_is_refused_in_one_sentence(value: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        frame_of(value)

    assert caught.value.field == "frame"
    assert caught.value.remedy


def test_frames_without_rows_or_columns() -> None:
    for make in LIBRARIES.values():
        empty = make(pyarrow.table({"name": pyarrow.array([], pyarrow.string())}))
        after = frame_of(empty).with_columns([AddedColumn("n", [], "int")])
        assert list(frame_of(empty).rows()) == []
        assert list(columns_of(after)) == ["name", "n"]
    assert len(list(frame_of(pandas.DataFrame(index=[1, 2])).rows())) == 2
    assert frame_of([]).with_columns([AddedColumn("n", [])]) == []


# --- the interpreter survives -------------------------------------------------------------------------------------

VIEWS = """
import {library}
import duckdb, narwhals, pandas, polars, pyarrow
from sixtyfour_async.tables.frames import AddedColumn, frame_of
long = "a name longer than twelve bytes"
for make in {makers}:
    for _ in range(50):
        made = frame_of(make())
        assert [row.cells[0] for row in made.rows()] == [long, None, "short"], list(made.rows())
        made.with_columns([AddedColumn("n", [1, None, 2])])
    print("done", flush=True)
"""


FRAMES = {
    "polars": [
        'polars.DataFrame({"company": [long, None, "short"]})',
        'polars.DataFrame({"company": [long, None, "short"]}, schema={"company": polars.Categorical})',
        'polars.DataFrame({"company": [b"" + long.encode(), None, b"short"]})',
    ],
    "pyarrow": [
        'pyarrow.table({"company": pyarrow.array([long, None, "short"], pyarrow.string_view())})',
        'pyarrow.table({"company": pyarrow.array([long, None, "short"]).dictionary_encode()})',
        'pyarrow.table({"company": pyarrow.array([long, None, "short"], pyarrow.binary_view())})',
        'pyarrow.table({"company": pyarrow.array([long, None, "short"], pyarrow.large_string())})',
    ],
    "duckdb": ["duckdb.sql(f\"select unnest(['{long}', null, 'short']) as company\")"],
    "narwhals": ['narwhals.from_native(polars.DataFrame({"company": [long, None, "short"]}))'],
    "pandas": [
        'pandas.DataFrame({"company": [long, None, "short"]}, dtype="string[pyarrow]")',
        'pandas.DataFrame({"company": [long, None, "short"]})',
    ],
}
"""Frames by the library that is imported first."""


@pytest.mark.parametrize("library", FRAMES)
def test_no_type_of_text_ends_the_interpreter(library: str) -> None:
    """Other readers of Arrow crash on string views, so they are read in another process."""
    frames = FRAMES[library]
    code = VIEWS.format(library=library, makers=f"[{', '.join(f'lambda: {frame}' for frame in frames)}]")

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=50, check=False
    )

    read = done.stdout.count("done\n")
    assert (done.returncode, read) == (0, len(frames)), f"{frames[read % len(frames)]}: {done.stderr}"


NO_PYARROW = """
import sys
sys.modules["pyarrow"] = None
from sixtyfour_async.tables.frames import frame_of
class Frame:
    def __arrow_c_stream__(self, requested_schema=None):
        raise AssertionError
assert list(frame_of([{"name": "Ada"}]).rows())[0].cells == ("Ada",)
try:
    frame_of(Frame())
except Exception as error:
    print(type(error).__name__, error)
print([name for name in ("pandas", "polars", "narwhals", "duckdb") if name in sys.modules])
"""


def test_without_pyarrow_the_extra_is_named_and_no_library_of_frames_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_PYARROW], cwd=ROOT, capture_output=True, text=True, timeout=50, check=True
    )

    assert done.stdout.splitlines() == [
        "ConfigurationError reading a data frame needs an extra: pip install 'sixtyfour_async[parquet]'",
        "[]",
    ]
