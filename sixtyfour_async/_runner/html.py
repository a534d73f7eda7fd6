"""Values as small HTML tables, as a notebook shows the last value of a cell. Everything in them is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

MAX_CHARACTERS: Final = 300
"""What is shown of a value; the rest is in the value itself."""


def html_table(caption: str, rows: Iterable[tuple[str, object]]) -> str:
    """Return a table of two columns, without the rows whose value is None.

    Args:
        caption: What it shows.
        rows: Names and values; a value is shown as its text.
    """
    body = "".join(
        f"<tr><th style='text-align:left'>{escape(name)}</th><td style='text-align:left'>{_cell(value)}</td></tr>"
        for name, value in rows
        if value is not None
    )
    return f"<table><caption>{escape(caption)}</caption><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return escape(text if len(text) <= MAX_CHARACTERS else f"{text[: MAX_CHARACTERS - 1]}…")


def cents(amount: float | None) -> str | None:
    """Format an amount of US cents as dollars."""
    return None if amount is None else f"${amount / 100:,.2f}"
