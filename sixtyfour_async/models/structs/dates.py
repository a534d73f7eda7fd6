"""Text → dates and times, where the text can mean only one.

A date is read when no other order of its numbers makes a date: ``31.05.2024``, not ``03.05.2024``. Assumed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time
from email.utils import parsedate_to_datetime

from sixtyfour_async.models.structs.text import UNREAD, Unread

_MONTHS: Sequence[str] = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NAMED_MONTH = re.compile(
    r"(?:[a-z]{3,9},? )?(?:(?P<first>\d{1,2})(?:st|nd|rd|th)?(?: of)?[ -](?P<month>[a-z]{3,9})\.?,?[ -](?P<year>\d{4})"
    r"|(?P<name>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<in_year>\d{4}))"
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})|(\d{4})()(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4})")
_CLOCK = re.compile(r"(0?[1-9]|1[0-2])(?::(\d{2}))?(?::(\d{2}))? ?([ap])\.?m\.?", re.IGNORECASE)


def read_date(text: str) -> date | Unread:
    """Return the day that a text names in one way only; of an ISO date and time, its day."""
    bare = " ".join(text.strip().split())
    with suppress(ValueError):
        return datetime.fromisoformat(bare).date() if "T" in bare or ":" in bare else date.fromisoformat(bare)
    for days in (_named_days(bare.lower()), _numbered_days(bare)):
        if len(days) == 1:
            return days.pop()
    return UNREAD


def _named_days(text: str) -> set[date]:
    match = _NAMED_MONTH.fullmatch(text)
    if match is None:
        return set()
    name = match["month"] or match["name"]
    months = [number for number, month in enumerate(_MONTHS, 1) if name in (month, month[:3], f"{month[:3]}t")]
    return {day for n in months for day in _days(match["year"] or match["in_year"], n, match["first"] or match["day"])}


def _numbered_days(text: str) -> set[date]:
    """Return every day that the numbers of a text can mean."""
    first, last = _YEAR_FIRST.fullmatch(text), _YEAR_LAST.fullmatch(text)
    if first is not None:
        year, month, day = [part for part in (first[1], first[3], first[4], first[5], first[7], first[8]) if part]
        return _days(year, month, day)
    return set() if last is None else _days(last[4], last[1], last[3]) | _days(last[4], last[3], last[1])


def _days(year: object, month: object, day: object) -> set[date]:
    try:
        return {date(int(str(year)), int(str(month)), int(str(day)))}
    except ValueError:
        return set()


def read_datetime(text: str) -> datetime | Unread:
    """Return the instant that a text names in one way only; of a day alone, its midnight."""
    bare = re.sub(r"\s*\b(?:UTC|GMT)$", "Z", " ".join(text.strip().split()))
    with suppress(ValueError):
        return datetime.fromisoformat(bare)
    with suppress(ValueError, TypeError, IndexError):
        return parsedate_to_datetime(text)
    day = read_date(text)
    return UNREAD if day is UNREAD else datetime.combine(day, time())


def read_time(text: str) -> time | Unread:
    """Return the time of day of a twelve-hour clock, such as ``10:30 pm``."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return UNREAD
    hour = int(match[1]) % 12 + 12 * (match[4].lower() == "p")
    try:
        return time(hour, int(match[2] or 0), int(match[3] or 0))
    except ValueError:
        return UNREAD
