"""Live progress of a run on stderr: a few lines redrawn in place on a terminal, occasional plain lines elsewhere."""

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
from sixtyfour_async.cli.formatting import dollars, duration
from sixtyfour_async.errors.printable import printable

PACE_WINDOW_SECONDS = 90.0
"""Service seconds over which the pace and the request rate are averaged."""

PLAIN_LINE_SECONDS = 10.0
"""Real seconds between plain lines."""

BAR_WIDTH_CHARACTERS = 66


@dataclass(slots=True)
class Pace:
    """How fast rows end and requests are made: a moving average over `PACE_WINDOW_SECONDS`.

    Args:
        rows: Rows in all.
    """

    rows: int
    _samples: deque[tuple[float, int, int]] = field(default_factory=deque[tuple[float, int, int]])

    def add(self, stats: Stats, seconds: float) -> None:
        """Add a sample taken *seconds* after the start."""
        self._samples.append((seconds, self.answered_by_service(stats), stats.requests))
        # The second sample is tested: the oldest one kept must lie at or before the start of the window.
        while len(self._samples) > 2 and self._samples[1][0] < seconds - PACE_WINDOW_SECONDS:  # noqa: PLR2004 (two make an interval)
            self._samples.popleft()

    def answered_by_service(self, stats: Stats) -> int:
        """Return how many rows have ended, without those replayed from the journal: they come all at once."""
        return sum(stats.ended.values()) - stats.replayed

    def per_minute(self) -> tuple[float, float]:
        """Return rows and requests per service minute; zeros until two samples are there."""
        if len(self._samples) < 2 or self._samples[-1][0] <= self._samples[0][0]:  # noqa: PLR2004 (two make an interval)
            return 0.0, 0.0
        (t0, rows0, requests0), (t1, rows1, requests1) = self._samples[0], self._samples[-1]
        minutes = (t1 - t0) / 60
        return (rows1 - rows0) / minutes, (requests1 - requests0) / minutes

    def minutes_left(self, stats: Stats) -> float | None:
        """Return the service minutes until the last row ends at this pace; None until a pace is known."""
        pace = self.per_minute()[0]
        left = self.rows - sum(stats.ended.values()) - stats.withdrawn
        return left / pace if pace > 0 else None


class Progress:
    """A context in which `Stats` are displayed.

    Args:
        rows: Rows in all.
        speed: Service seconds per real second; other than 1, durations are shown in both.
        console: Where to print; stderr by default.
    """

    def __init__(self, rows: int, *, speed: float = 1.0, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._rows = rows
        self._speed = speed
        self._pace = Pace(rows)
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._printed_at = 0.0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def print(self, text: str) -> None:
        """Print a line above the display."""
        self._console.print(printable(text), highlight=False, markup=False, soft_wrap=True)

    def show(self, stats: Stats, seconds: float) -> None:
        """Display the counters of a run, *seconds* of the service's time after its start."""
        self._pace.add(stats, seconds)
        if self._console.is_terminal:
            self._live.update(self._grid(stats, seconds), refresh=True)
        elif (seconds / self._speed) - self._printed_at >= PLAIN_LINE_SECONDS:
            self._printed_at = seconds / self._speed
            self.print("  ".join(f"{name} {value}" for name, value in self.figures(stats, seconds)))

    def figures(self, stats: Stats, seconds: float) -> list[tuple[str, str]]:
        """Return the displayed figures as name and text."""
        done = sum(stats.ended.values())
        unanswered = done - stats.ended.get("completed", 0)
        rows_per_minute, requests_per_minute = self._pace.per_minute()
        left = self._pace.minutes_left(stats)
        exposed = f", {dollars(stats.exposed_cents)} exposed" if stats.exposed_cents else ""
        return [
            ("rows done", f"{done:,} of {self._rows:,}"),
            ("in flight", f"{stats.in_flight:,}" + (f", {stats.followed:,} elsewhere" if stats.followed else "")),
            ("no answer", f"{unanswered:,}"),
            ("requests", f"{stats.requests:,}, {requests_per_minute:.0f} of {stats.requests_per_minute} a minute"),
            ("pace", f"{rows_per_minute:.0f} jobs a minute"),
            ("time left", "…" if left is None else self._time(left * 60)),
            ("spent", dollars(stats.cost_cents) + exposed),
            ("elapsed", self._time(seconds)),
        ]

    def _time(self, seconds: float) -> str:
        if self._speed == 1:
            return duration(seconds)
        return f"{duration(seconds / self._speed)} ({seconds / 60:.1f} simulated min)"

    def _grid(self, stats: Stats, seconds: float) -> Table:
        done = sum(stats.ended.values())
        figures = self.figures(stats, seconds)
        grid = Table.grid(padding=(0, 2))
        for _ in range(4):
            grid.add_column(no_wrap=True)
        for (name, value), (other, more) in zip(figures[::2], figures[1::2], strict=True):
            grid.add_row(Text(name, "dim"), Text(value), Text(other, "dim"), Text(more))
        whole = Table.grid()
        whole.add_row(ProgressBar(total=max(1, self._rows), completed=done, width=BAR_WIDTH_CHARACTERS))
        whole.add_row(grid)
        return whole
