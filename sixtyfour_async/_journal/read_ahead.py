"""Rows read before they are asked for. Pure.

A resumed run asks for its rows one at a time, in about the order in which they were first written, and a trip to the
worker thread for each costs more than reading it. So the rows that follow are brought along: none at first, and twice
as many each time that all of them have been asked for.
"""

from __future__ import annotations

from collections.abc import Iterable

from sixtyfour_async._journal.base import Entry

MAX_ROWS = 128


class ReadAhead:
    """Rows that may be asked for next, valid until anything is written.

    Attributes:
        size: How many rows to read at the next miss, the one that is asked for included.
    """

    def __init__(self) -> None:
        self.size = 1
        self._rows: dict[str, Entry] = {}
        self._last: str | None = None

    def take(self, key: str) -> Entry | None:
        """Return a row if it was read; count whether reading ahead pays."""
        found = self._rows.get(key)
        if found is None:
            self.size = min(2 * self.size, MAX_ROWS) if self._last is None else 1
        elif key == self._last:
            self._last = None
        return found

    def keep(self, rows: Iterable[Entry]) -> None:
        """Keep rows in the order in which they are expected to be asked for."""
        self._rows = {row.key: row for row in rows}
        self._last = next(reversed(self._rows), None)

    def clear(self) -> None:
        """Forget all rows: something is written."""
        self._rows, self._last, self.size = {}, None, 1
