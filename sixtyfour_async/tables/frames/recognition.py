"""Which kind of frame a value is, told by the library that it comes from: none of them is imported."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.frames.arrow_frame import ArrowFrame, PolarsFrame, unreadable
from sixtyfour_async.tables.frames.base import AddedColumn, Frame
from sixtyfour_async.tables.frames.pandas_frame import PandasFrame
from sixtyfour_async.tables.frames.records import Records


def frame_of(frame: Any) -> Frame:
    """Recognise a frame.

    Raises:
        ConfigurationError: pyarrow is missing, and this kind of frame needs it.
        InputError: It is no frame, or two of its columns have the same name.
    """
    libraries = _libraries(frame)
    if isinstance(frame, str | bytes | Mapping):
        remedy = "pass a list of dicts, one for each row; a path is opened with your library first"
        raise InputError(f"the rows are a {_class_of(cast('object', frame)).__name__}", field="frame", remedy=remedy)
    if hasattr(frame, "collect") and not hasattr(frame, "__arrow_c_stream__"):
        raise InputError(f"a {type(frame).__name__} holds no rows yet", field="frame", remedy="pass frame.collect()")
    if "narwhals" in libraries and hasattr(frame, "to_native"):
        return _NarwhalsFrame(frame)
    if "pandas" in libraries and hasattr(frame, "iloc") and hasattr(frame, "columns"):
        return PandasFrame(frame)
    if "polars" in libraries and hasattr(frame, "hstack"):
        return PolarsFrame(frame)
    if hasattr(frame, "__arrow_c_stream__") or hasattr(frame, "__arrow_c_array__"):
        return ArrowFrame(frame)
    if not hasattr(frame, "iloc") and isinstance(frame, Iterable):
        return Records(cast("Iterable[object]", frame))
    raise unreadable(cast("object", frame))


def _class_of(value: object) -> type[Any]:
    return type(value)


def _libraries(frame: object) -> set[str]:
    """Return the libraries that a frame's class and its base classes come from."""
    return {base.__module__.partition(".")[0] for base in type(frame).__mro__}


class _NarwhalsFrame:
    """A frame of narwhals around one of another library; what comes back is one, too."""

    def __init__(self, frame: Any) -> None:
        self._wrapped: type[Any] = _class_of(frame)
        self._inner = frame_of(frame.to_native())
        self.columns = self._inner.columns
        self.rows = self._inner.rows

    def with_columns(self, added: Sequence[AddedColumn]) -> Any:
        """Return a frame of narwhals with columns added."""
        return _from_native(self._wrapped)(self._inner.with_columns(added))


def _from_native(cls: type[Any]) -> Any:
    """Return ``from_native`` of the module of narwhals, or of the stable part of it, that a frame comes from."""
    name = cls.__module__
    while not hasattr(sys.modules[name], "from_native"):
        name = name.rpartition(".")[0]
    return sys.modules[name].from_native
