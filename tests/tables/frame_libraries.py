"""Five libraries of data frames, each making a frame of the same Arrow table. Untyped: the frames are any to us."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

pandas: Any = import_module("pandas")
polars: Any = import_module("polars")
pyarrow: Any = import_module("pyarrow")
duckdb: Any = import_module("duckdb")
narwhals: Any = import_module("narwhals")

LIBRARIES: Mapping[str, Callable[[Any], Any]] = {
    "pandas": lambda table: table.to_pandas(),
    "pandas of Arrow types": lambda table: table.to_pandas(types_mapper=pandas.ArrowDtype),
    "polars": polars.DataFrame,
    "pyarrow": lambda table: table,
    "duckdb": duckdb.from_arrow,
    "narwhals on polars": lambda table: narwhals.from_native(polars.DataFrame(table)),
    "narwhals on pandas": lambda table: narwhals.from_native(table.to_pandas()),
}
"""Name → what makes a frame of it."""


def columns_of(frame: Any) -> dict[str, list[Any]]:
    """Return the columns of a frame of any library as lists."""
    if hasattr(frame, "to_native"):
        frame = frame.to_native()
    if hasattr(frame, "iloc"):
        return {name: frame[name].tolist() for name in frame.columns}
    if hasattr(frame, "get_columns"):
        return {column.name: column.to_list() for column in frame.get_columns()}
    if hasattr(frame, "to_pylist"):
        return {name: frame.column(name).to_pylist() for name in frame.column_names}
    return {key: [row.get(key) for row in frame] for key in dict.fromkeys(key for row in frame for key in row)}


def same_columns(before: Any, after: Any) -> bool:
    """Return whether a frame still has the columns that it had, values and types, as its own library compares them."""
    if hasattr(before, "to_native"):
        return same_columns(before.to_native(), after.to_native())
    if hasattr(before, "iloc"):
        kept = after[list(before.columns)]
        # NaN differs from itself in a column of nullable floats.
        same = repr(kept.to_dict("list")) == repr(before.to_dict("list"))
        return bool(same and kept.index.equals(before.index) and (kept.dtypes == before.dtypes).all())
    if hasattr(before, "get_columns"):
        kept = after.select(before.columns)
        return bool(kept.equals(before) and kept.schema == before.schema)
    table = before if hasattr(before, "column_names") else pyarrow.table(before)
    kept = after.select(table.column_names)
    # NaN differs from itself, for pyarrow too.
    return bool(kept.schema.equals(table.schema)) and repr(kept.to_pylist()) == repr(table.to_pylist())
