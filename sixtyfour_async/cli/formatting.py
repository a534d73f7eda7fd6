"""Amounts, counts, durations and texts as the command line prints them."""

from __future__ import annotations

from typing import Final

import click

from sixtyfour_async.errors.printable import printable

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
    """Print a text, to stderr if *err*; in what is quoted from the service or the input, nothing acts on the terminal.

    Everything that is printed outside of the progress display goes through here.
    """
    click.echo(printable(text), err=err)
