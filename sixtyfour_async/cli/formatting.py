"""Amounts, counts, durations and texts as the command line prints them."""

from __future__ import annotations

from typing import Final

import click

from sixtyfour_async.errors.printable import printable
from sixtyfour_async.report.wording import dollars, row_count

__all__ = ["dollars", "duration", "row_count", "say"]

LONGEST_IN_SECONDS: Final = 100
LONGEST_IN_MINUTES_SECONDS: Final = 90 * 60


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
