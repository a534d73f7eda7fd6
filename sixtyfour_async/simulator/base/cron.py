"""Cron expressions of five fields: validation and upcoming run times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

_FIELD_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_MAX_DAYS_AHEAD = 1500
"""Upper bound of the search for a matching day; 29 February needs four years."""


def parse(expression: str) -> list[frozenset[int]] | None:
    """Return the allowed minutes, hours, days, months and weekdays (Sunday is 0), or None if it is malformed."""
    fields = expression.split()
    if len(fields) != len(_FIELD_RANGES):
        return None
    try:
        allowed = [_field(text, *bounds) for text, bounds in zip(fields, _FIELD_RANGES, strict=True)]
    except ValueError:
        return None
    return [*allowed[:4], frozenset(day % 7 for day in allowed[4])]


def _field(text: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, _, every = part.partition("/")
        step = int(every) if every else 1
        first, _, last = span.partition("-")
        begin = low if span == "*" else int(first)
        end = high if span == "*" or (every and not last) else int(last or first)
        if not low <= begin <= end <= high or step < 1:
            raise ValueError(part)
        found.update(range(begin, end + 1, step))
    return frozenset(found)


def upcoming(expression: str, zone: ZoneInfo, after: float) -> Iterator[float]:
    """Yield the run times of an expression after an instant, in Unix seconds, earliest first."""
    fields = parse(expression)
    if fields is None:
        return
    minutes, hours, days, months, weekdays = fields
    _, _, day_text, _, weekday_text = expression.split()
    # Standard cron: if both day fields are restricted, a day that matches either of them counts.
    either = day_text != "*" and weekday_text != "*"
    start = dt.datetime.fromtimestamp(after, zone)
    for ahead in range(_MAX_DAYS_AHEAD):
        date = start.date() + dt.timedelta(days=ahead)
        by_day, by_weekday = date.day in days, date.isoweekday() % 7 in weekdays
        if date.month in months and (by_day or by_weekday if either else by_day and by_weekday):
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    at = dt.datetime(date.year, date.month, date.day, hour, minute, tzinfo=zone).timestamp()
                    if at > after:
                        yield at
