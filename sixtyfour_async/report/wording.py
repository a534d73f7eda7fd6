"""Amounts, counts, durations and instants as the page, and the command line, write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

MINUTE, HOUR, DAY = 60, 3600, 86400
NONE: Final = "\N{EN DASH}"
"""What stands in a column where there is nothing."""

LONGEST_IN_SECONDS: Final = 100
LONGEST_IN_MINUTES: Final = 100 * MINUTE
LONGEST_IN_HOURS: Final = 48 * HOUR


def dollars(cents: float) -> str:
    """Format US cents as dollars: ``$1,510.00``."""
    return f"${cents / 100:,.2f}"


def amount(cents: float) -> str:
    """Format US cents in a column, where nothing is a dash."""
    return dollars(cents) if cents else NONE


def percent(share: float) -> str:
    """Format a share; what is not all is not called 100 %, what is not nothing not 0 %."""
    tenths = round(1000 * share)
    if share < 1:
        tenths = min(tenths, 999)
    if share > 0:
        tenths = max(tenths, 1)
    return f"{tenths / 10:.1f} %" if tenths not in {0, 1000} else f"{tenths // 10} %"


def duration(seconds: float | None) -> str:
    """Format a duration: ``4.2 s``, ``42 s``, ``3.5 min``, ``2.1 h``, ``5.0 days``."""
    if seconds is None:
        return NONE
    if seconds < LONGEST_IN_SECONDS:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004 (two digits say enough)
    if seconds < LONGEST_IN_MINUTES:
        return f"{seconds / MINUTE:.1f} min"
    return f"{seconds / HOUR:.1f} h" if seconds < LONGEST_IN_HOURS else f"{seconds / DAY:.1f} days"


def moment(iso: str | None) -> str:
    """Format an ISO text in UTC; as it is when it is none."""
    try:
        at = datetime.fromisoformat(iso or "")
    except ValueError:
        return iso or "at an unknown time"
    return _written(at)


def moment_of(seconds: float) -> str:
    """Format seconds since 1970."""
    return _written(datetime.fromtimestamp(seconds, UTC))


def clock_of(seconds: float) -> str:
    """Format the time of day of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M:%S")


def _written(at: datetime) -> str:
    return (at.astimezone(UTC) if at.tzinfo else at).strftime("%Y-%m-%d %H:%M") + " UTC"


def row_count(number: int) -> str:
    """Format a number of rows: ``1 row``, ``1,510 rows``."""
    return f"{number:,} row{'' if number == 1 else 's'}"
