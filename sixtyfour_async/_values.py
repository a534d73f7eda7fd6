"""Values of Python, numpy and pandas as JSON holds them, and what JSON cannot hold. Pure.

A row of a data frame holds numpy's numbers, timestamps, and three ways of saying that a value is missing. They are
known by what they can do, so that neither library is imported. A value that JSON holds already is returned as it is, so
that a question that never needed this keeps its fingerprint.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from itertools import chain
from pathlib import PurePath
from typing import Any, Final, TypeAlias, TypeGuard, cast
from uuid import UUID

from pydantic import JsonValue
from pydantic_core import to_json

MAX_DEPTH: Final = 200
"""Levels of nesting that are looked into; what lies deeper, or contains itself, is left to whoever refuses it."""

NOT_A_NUMBER: Final = "holds NaN or an infinite number, which JSON cannot express"
HALF_A_SURROGATE: Final = "holds half a surrogate pair, which JSON cannot express"

_STRICT: Final = json.JSONEncoder(allow_nan=False, ensure_ascii=False)

_NANOSECONDS: Final = 10**9

_ARE_PLAIN: Final = frozenset({str, int, bool, type(None)})
"""Classes of scalars that JSON holds as they are, whatever their value."""

_ARE_NAMES: Final = frozenset({str})

JsonScalar: TypeAlias = str | int | bool | None


def is_nested_too_deeply(value: object) -> bool:
    """Return whether a value of JSON has more than `MAX_DEPTH` levels: whoever walks it later would exhaust the stack.

    A parser need not notice: since Python 3.12 its own stack holds many more.
    """
    containers = _containers([value])
    for _ in range(MAX_DEPTH):
        if not containers:
            return False
        containers = _containers(
            chain.from_iterable(one.values() if isinstance(one, dict) else one for one in containers)
        )
    return bool(containers)


def _containers(values: Iterable[object]) -> list[dict[str, Any] | list[Any]]:
    return [cast("Any", value) for value in values if isinstance(value, (dict, list))]


def is_missing(value: object) -> bool:
    """Return whether a value is NaN, NaT or NA; None is a value of JSON, and not meant."""
    if type(value) in {str, int, bool, dict, list} or value is None:
        return False
    if type(value).__name__ in {"NAType", "NaTType"}:
        return True  # compared with anything, pandas' NA answers NA again, which is neither true nor false
    if isinstance(value, Decimal):
        return value.is_nan()
    if isinstance(value, float) or _kind_of_scalar(value) in {"f", "M", "m"}:
        return bool(value != value)  # noqa: PLR0124 (only what is missing differs from itself)
    return False


def plain(value: object, *, drop_missing: bool = True, depth: int = 0) -> object:
    """Return a value as JSON holds it; what JSON has no form for is returned as it is.

    Dates and times become ISO 8601 text, durations too (``PT90S``); a Decimal, UUID or path its text; an Enum its
    value; a tuple, set or array a list; numpy's and Arrow's scalars the numbers and text that they are.

    Args:
        value: Any value.
        drop_missing: Whether NaN, NaT and NA are missing: left out of a mapping, None elsewhere. If not, they are
            returned as they are.
        depth: How deep this value lies in the whole.
    """
    if value is None or type(value) in {str, bool, int} or depth > MAX_DEPTH:
        return value
    if is_missing(value):
        return None if drop_missing else value
    if isinstance(value, Mapping | list | tuple | AbstractSet):
        return _plain_container(cast("Any", value), drop_missing=drop_missing, depth=depth + 1)
    made = _simpler(value)
    return value if made is value else plain(made, drop_missing=drop_missing, depth=depth + 1)


def iso_text(value: datetime | date | time | timedelta) -> str:
    """Return a date, time or duration as ISO 8601 text, with as many digits as it has: ``2024-05-01T12:00:00.5``."""
    if isinstance(value, timedelta):
        microseconds = (value.days * 86_400 + value.seconds) * 10**6 + value.microseconds
        return duration_text(microseconds * 1000 + int(getattr(value, "nanoseconds", 0)), _NANOSECONDS)
    return _without_trailing_zeros(value.isoformat())


def duration_text(ticks: int, per_second: int) -> str:
    """Return a duration as ISO 8601 text: ``PT90.5S``."""
    sign, (seconds, rest) = "-" if ticks < 0 else "", divmod(abs(ticks), per_second)
    fraction = f".{rest:0{len(str(per_second)) - 1}d}".rstrip("0") if rest else ""
    return f"{sign}PT{seconds}{fraction}S"


def problem_with(value: object) -> str | None:
    """Return what of a value JSON cannot hold, as a predicate such as ``"holds a complex, which …"``; None: nothing."""
    try:
        _STRICT.encode(value).encode()
    except UnicodeError:
        return HALF_A_SURROGATE
    except TypeError:
        return f"holds {_strange_type(value)}, which JSON cannot express"
    except RecursionError:
        return "is nested too deeply"
    except ValueError as error:
        return "contains itself" if "ircular" in str(error) else NOT_A_NUMBER
    return None


def is_surely_json(value: Mapping[str, JsonValue]) -> bool:
    """Return whether JSON can hold what has its types: pydantic's encoder says so in a fifth of the time of Python's.

    False does not say that it cannot: a text may hold the names of the numbers that JSON lacks.
    """
    try:
        text = to_json(value, inf_nan_mode="constants")
    except ValueError:
        return False
    return b"NaN" not in text and b"Infinity" not in text


def _plain_container(value: Any, *, drop_missing: bool, depth: int) -> object:
    def inner(one: object) -> object:
        return plain(one, drop_missing=drop_missing, depth=depth)

    if is_plain_row(value):
        return dict(value)
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        kept = ((key, one) for key, one in items if not (drop_missing and is_missing(one)))
        return {str.__str__(key) if isinstance(key, str) else key: inner(one) for key, one in kept}
    made = [inner(one) for one in value]
    # A set has no order, and a question must have the same fingerprint in every process.
    return sorted(made, key=lambda one: json.dumps(one, default=repr)) if isinstance(value, AbstractSet) else made


def is_plain_row(row: object) -> TypeGuard[dict[str, JsonScalar]]:
    """Return whether an object is a dict of names and scalars, as the usual row is: JSON holds it as it is."""
    if type(row) is not dict:
        return False
    members = cast("dict[object, object]", row)
    return _ARE_PLAIN.issuperset(map(type, members.values())) and _ARE_NAMES.issuperset(map(type, members))


def _simpler(value: Any) -> object:
    """Return a value that is no container in a simpler form; the same object if there is none."""
    of_class = next((convert for classes, convert in _BY_CLASS if isinstance(value, classes)), None)
    convert = of_class or _BY_KIND.get(_kind_of_scalar(value))
    if convert is not None:
        return convert(value)
    if hasattr(value, "as_py"):  # a scalar of Arrow
        return value.as_py()
    if hasattr(value, "dtype") and hasattr(value, "ndim"):  # an array, or a pandas Series
        return list(value) if value.ndim else value[()]
    return value


def _exact_float(value: Any) -> float | str:
    """Return a float of any size; text if a float of 64 bits is another number."""
    return float(value) if float(value) == value else str(value)


def _kind_of_scalar(value: Any) -> str:
    """Return numpy's letter for the kind of one of its scalars; "" for anything else, arrays without dimension too."""
    is_scalar = hasattr(value, "dtype") and getattr(value, "ndim", None) == 0 and not hasattr(value, "__setitem__")
    return str(getattr(value.dtype, "kind", "")) if is_scalar else ""


def _without_trailing_zeros(text: str) -> str:
    """Shorten the fraction of a second, whatever follows it."""
    whole, point, rest = text.partition(".")
    if not point:
        return text
    digits = rest[: next((place for place, one in enumerate(rest) if not one.isdecimal()), len(rest))]
    kept = digits.rstrip("0")
    return f"{whole}{'.' if kept else ''}{kept}{rest[len(digits) :]}"


_BY_CLASS: Final[tuple[tuple[Any, Callable[[Any], object]], ...]] = (
    (Enum, lambda one: one.value),
    (str, str.__str__),
    (float, float),
    (int, int),
    ((date, time, timedelta), iso_text),
    (Decimal, lambda one: str(one) if one.is_finite() else float(one)),
    ((UUID, PurePath), str),
)
_BY_KIND: Final[Mapping[str, Callable[[Any], object]]] = {
    "b": bool,
    "i": int,
    "u": int,
    "f": _exact_float,
    "M": lambda one: _without_trailing_zeros(str(one)),
    "m": lambda one: duration_text(int(one.astype("timedelta64[ns]").astype("int64")), _NANOSECONDS),
}
"""numpy's letter for the kind of a scalar → its simpler form."""


def _strange_type(value: object) -> str:
    """Name the class of the first value inside *value* that JSON has no form for."""
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        inside = [one for pair in items for one in pair]
        strange_key = next((key for key, _ in items if not isinstance(key, str)), None)
        if strange_key is not None:
            return f"a key of type {type(strange_key).__name__}"
    elif isinstance(value, list | tuple):
        inside = list(cast("list[object]", value))
    else:
        return f"a value of type {type(value).__name__}"
    found = next((one for one in inside if problem_with(one)), None)
    return _strange_type(found)
