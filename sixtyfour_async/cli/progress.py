"""Live progress of a run on stderr: a few lines redrawn in place on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sixtyfour_async._runner.outcomes import Stats

WINDOW = 90.0
"""Service seconds over which pace and request rate are measured."""

PLAIN_EVERY = 10.0
"""Real seconds between plain lines."""


@dataclass(slots=True)
class Pace:
    """How fast rows end and requests are made, over the last minute and a half of the service's time."""

    rows: int
    _seen: deque[tuple[float, int, int]] = field(default_factory=deque[tuple[float, int, int]])

    def add(self, stats: Stats, seconds: float) -> None:
        """Take a reading."""
        self._seen.append((seconds, self.done(stats), stats.requests))
        while len(self._seen) > 2 and self._seen[1][0] < seconds - WINDOW:  # noqa: PLR2004 (two make an interval)
            self._seen.popleft()

    def done(self, stats: Stats) -> int:
        """Rows ended that were not answered from the journal at once."""
        return sum(stats.ended.values()) - stats.replayed

    def per_minute(self) -> tuple[float, float]:
        """Rows and requests a minute; zeros before there is anything to measure."""
        if len(self._seen) < 2 or self._seen[-1][0] <= self._seen[0][0]:  # noqa: PLR2004 (two make an interval)
            return 0.0, 0.0
        (t0, rows0, requests0), (t1, rows1, requests1) = self._seen[0], self._seen[-1]
        minutes = (t1 - t0) / 60
        return (rows1 - rows0) / minutes, (requests1 - requests0) / minutes

    def minutes_left(self, stats: Stats) -> float | None:
        """Service minutes until the last row ends at this pace."""
        pace = self.per_minute()[0]
        left = self.rows - sum(stats.ended.values()) - stats.withdrawn
        return left / pace if pace > 0 else None


class Progress:
    """Shows `Stats` as they come.

    Args:
        rows: Rows in all.
        speed: The service's seconds in a real one; above 1 the display says both.
        console: Where to show it.
    """

    def __init__(self, rows: int, *, speed: float = 1.0, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._rows = rows
        self._speed = speed
        self._pace = Pace(rows)
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._said_at = 0.0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def say(self, text: str) -> None:
        """Print a line above the display."""
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def show(self, stats: Stats, seconds: float) -> None:
        """Show where the run stands, *seconds* of the service's time after its start."""
        self._pace.add(stats, seconds)
        if self._console.is_terminal:
            self._live.update(self._drawn(stats, seconds), refresh=True)
        elif (seconds / self._speed) - self._said_at >= PLAIN_EVERY:
            self._said_at = seconds / self._speed
            self.say("  ".join(f"{name} {value}" for name, value in self.figures(stats, seconds)))

    def figures(self, stats: Stats, seconds: float) -> list[tuple[str, str]]:
        """The numbers people ask for, as name and text."""
        done = sum(stats.ended.values())
        failed = done - stats.ended.get("completed", 0)
        rows_a_minute, requests_a_minute = self._pace.per_minute()
        left = self._pace.minutes_left(stats)
        return [
            ("rows done", f"{done:,} of {self._rows:,}"),
            ("in flight", f"{stats.in_flight:,}"),
            ("failed", f"{failed:,}"),
            ("requests", f"{stats.requests:,}, {requests_a_minute:.0f} a minute of {stats.requests_per_minute}"),
            ("pace", f"{rows_a_minute:.0f} jobs a minute"),
            ("time left", "…" if left is None else self._time(left * 60)),
            ("spent", f"${stats.cost_cents / 100:,.2f}"),
            ("elapsed", self._time(seconds)),
        ]

    def _time(self, seconds: float) -> str:
        if self._speed == 1:
            return duration(seconds)
        return f"{duration(seconds / self._speed)} ({seconds / 60:.1f} simulated min)"

    def _drawn(self, stats: Stats, seconds: float) -> Table:
        done = sum(stats.ended.values())
        figures = self.figures(stats, seconds)
        grid = Table.grid(padding=(0, 2))
        for _ in range(4):
            grid.add_column(no_wrap=True)
        for (name, value), (other, more) in zip(figures[::2], figures[1::2], strict=True):
            grid.add_row(Text(name, "dim"), Text(value), Text(other, "dim"), Text(more))
        whole = Table.grid()
        whole.add_row(ProgressBar(total=max(1, self._rows), completed=done, width=66))
        whole.add_row(grid)
        return whole


def duration(seconds: float) -> str:
    """Write a duration for people: ``42 s``, ``3.5 min``, ``2.1 h``."""
    if seconds < 100:  # noqa: PLR2004 (below it, seconds read best)
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"  # noqa: PLR2004 (above, hours)
