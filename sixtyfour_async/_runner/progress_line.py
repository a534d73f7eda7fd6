"""One line of progress: updated in place in a notebook's cell or on a terminal, and nowhere else."""

from __future__ import annotations

import sys
import time
from typing import Any, Final

from sixtyfour_async._runner.outcomes import Stats

REDRAW_SECONDS: Final = 0.25
"""Time between two drawings, by the real clock: it is a person who looks."""


class ProgressLine:
    """Shows how many of a number of rows have ended.

    Args:
        rows: Rows in all.
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._drawn_at = 0.0
        self._handle: Any = None
        self._in_notebook = _in_notebook()

    def update(self, ended: int, stats: Stats, *, last: bool = False) -> None:
        """Draw the line anew, if it is time to."""
        now = time.monotonic()
        if last or now >= self._drawn_at + REDRAW_SECONDS:
            self._drawn_at = now
            self._draw(progress_text(ended, self._rows, stats), last=last)

    def _draw(self, text: str, *, last: bool) -> None:
        if self._in_notebook:
            self._display(text)
        elif sys.stderr is not None and sys.stderr.isatty():  # pyright: ignore[reportUnnecessaryComparison]
            sys.stderr.write(f"\r\x1b[2K{text}" + "\n" * last)
            sys.stderr.flush()

    def _display(self, text: str) -> None:
        display: Any = sys.modules["IPython.display"]
        data = {"text/plain": text}
        if self._handle is None:
            self._handle = display.display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)


def progress_text(ended: int, rows: int, stats: Stats) -> str:
    """Format the counters as one line of less than 80 characters."""
    parts = [f"{ended:,} of {rows:,} rows ended", f"{stats.in_flight:,} running", f"{stats.requests:,} requests"]
    return ", ".join([*parts, f"${stats.cost_cents / 100:,.2f}"])


def _in_notebook() -> bool:
    """Return whether a kernel runs us: IPython in a terminal has no cell to update."""
    shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None and "IPython.display" in sys.modules
