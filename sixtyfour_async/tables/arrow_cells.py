"""Make cells of Arrow arrays: nested values as JSON values, dates and times as ISO 8601 with all their digits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sixtyfour_async._values import duration_text
from sixtyfour_async.errors import ConfigurationError
from sixtyfour_async.tables.base import Cell, Flaw
from sixtyfour_async.tables.cells import Binary, decoded, plain

MILLISECONDS_PER_DAY: Final = 24 * 3600 * 1000
PER_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def arrow(what: str) -> tuple[Any, Any]:
    """Return the modules ``pyarrow`` and ``pyarrow.parquet``.

    Raises:
        ConfigurationError: The package is missing.
    """
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ModuleNotFoundError as error:
        raise ConfigurationError(f"{what} needs an extra: pip install 'sixtyfour_async[parquet]'") from error


def cells_of(pa: Any, array: Any, index: int) -> list[tuple[Cell, Flaw | None]]:
    """Return the cells of an Arrow array of any type, those with bytes that are no text with a flaw.

    Args:
        pa: The module ``pyarrow``.
        array: An array, not a chunked one.
        index: The column's index, for the flaws.

    Raises:
        ValueError: A value inside a nested one has no form in Python.
        OverflowError: The same.
    """
    found = _values(pa, array)
    return [_with_flaw(value, index) if isinstance(value, bytes) else (value, None) for value in found]


def _with_flaw(value: bytes, index: int) -> tuple[Cell, Flaw | None]:
    text = decoded(value)
    if not isinstance(text, Binary):
        return text, None
    return text, Flaw(index, "it holds bytes that are no text", "leave the column out, or write it as text")


def _values(pa: Any, array: Any) -> list[Any]:
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _values(pa, array.dictionary_decode())
    if pa.types.is_timestamp(kind):
        zone = kind.tz and _zone(kind.tz)
        per_second = PER_SECOND[kind.unit]
        return [
            None if one is None else _timestamp(one, per_second, zone) for one in array.cast(pa.int64()).to_pylist()
        ]
    if pa.types.is_duration(kind):
        per_second = PER_SECOND[kind.unit]
        return [None if one is None else duration_text(one, per_second) for one in array.cast(pa.int64()).to_pylist()]
    if pa.types.is_time(kind):
        texts = array.cast(pa.string()).to_pylist()
        return [text and (text.rstrip("0").rstrip(".") if "." in text else text) for text in texts]
    return [value if isinstance(value, bytes) else plain(value) for value in _listed(pa, array)]


def _listed(pa: Any, array: Any) -> Any:
    """Return the values of an array as Python has them, also text that is no UTF-8, as bytes, and far dates."""
    kind = array.type
    try:
        return array.to_pylist()
    except UnicodeDecodeError:
        if pa.types.is_nested(kind):
            raise
        return array.cast(pa.large_binary()).to_pylist()
    except OverflowError:
        if not pa.types.is_date(kind):
            raise
        whole, per_day = (pa.int32(), 1) if pa.types.is_date32(kind) else (pa.int64(), MILLISECONDS_PER_DAY)
        return [None if one is None else _date(one, per_day) for one in array.cast(whole).to_pylist()]


def _date(ticks: int, per_day: int) -> str | int:
    """Return a date as ISO 8601; one beyond the year 9999, or before the year 1, as its number."""
    try:
        return (date(1970, 1, 1) + timedelta(days=ticks // per_day)).isoformat()
    except OverflowError:
        return ticks


def _zone(name: str) -> Any:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        # An offset such as +02:00, which is not in the database of time zones.
        sign, hours, minutes = name[:1], name[1:3], name[-2:]
        if sign in {"+", "-"} and hours.isdecimal() and minutes.isdecimal():
            return datetime.strptime(f"{sign}{hours}{minutes}", "%z").tzinfo
        return UTC


def _timestamp(ticks: int, per_second: int, zone: Any) -> str | int:
    """Return an instant as ISO 8601, with as many digits as it has; one beyond the year 9999 as its number."""
    seconds, rest = divmod(ticks, per_second)
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
        moment = moment.astimezone(zone) if zone else moment.replace(tzinfo=None)
    except OverflowError:
        return ticks
    fraction = f".{rest:0{len(str(per_second)) - 1}d}".rstrip("0") if rest else ""
    text = moment.isoformat()
    return f"{text[:19]}{fraction}{text[19:]}"
