"""Amounts, counts and durations as the command line prints them."""

from __future__ import annotations

from typing import Final

import click

LONGEST_IN_SECONDS: Final = 100
LONGEST_IN_MINUTES_SECONDS: Final = 90 * 60


def dollars(cents: float) -> str:
    """Format US cents as dollars: ``$1,510.00``."""
    return f"${cents / 100:,.2f}"


def row_count(number: int) -> str:
    """Format a number of rows: ``1 row``, ``1,510 rows``."""
    return f"{number:,} row{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """Format a duration: ``42 s``, ``3.5 min``, ``2.1 h``."""
    if seconds < LONGEST_IN_SECONDS:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < LONGEST_IN_MINUTES_SECONDS else f"{seconds / 3600:.1f} h"


def say(text: str, *, err: bool = False) -> None:
    """Print a text, to stderr if *err*."""
    click.echo(text, err=err)
