"""What the journal knows of a group of rows, asked for at once."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any

from sixtyfour_async._journal.base import Entry, Journal
from sixtyfour_async._journal.sharing import SharedJournal
from sixtyfour_async._runner.input_rows import InputRow
from sixtyfour_async.errors.foreign import FOREIGN


class Lookup:
    """Looks rows up in a journal.

    Args:
        journal: The journal. One of the caller's own, which cannot be shared, is asked row by row, later.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._shared = journal if isinstance(journal, SharedJournal) else None  # takes long to find out

    async def group(self, rows: Iterable[InputRow[Any]], under_way: Container[str] = ()) -> LookedUp:
        """Look a group of rows up.

        Args:
            rows: The group.
            under_way: Keys of rows whose lines may change before they are used.
        """
        lines: dict[str, Entry | None] = {key: None for key in _keys(rows) if key not in under_way}
        if len(lines) < 2 or self._shared is None:  # noqa: PLR2004 (a group)
            return self.later()
        lines.update((entry.key, entry) for entry in await self._shared.find_all(lines))
        return LookedUp(self._journal, lines)

    def later(self) -> LookedUp:
        """Look nothing up yet."""
        return LookedUp(self._journal, {})


class LookedUp:
    """Lines of rows, each to be used once.

    A line is as it was when the group was looked up. It is still that for a row that nobody had under way here then,
    and that nobody admitted since; for any other the journal is asked again. What other runners write meanwhile they
    write under a new version, and a claim of the old one is refused.

    Args:
        journal: The journal.
        lines: Key → line, or None where there is none, as far as they were looked up.
    """

    def __init__(self, journal: Journal, lines: dict[str, Entry | None]) -> None:
        self._journal = journal
        self._lines = lines

    async def find(self, key: str) -> Entry | None:
        """Return a row's line, or None."""
        return self._lines.pop(key) if key in self._lines else await self._journal.find(key)


def _keys(rows: Iterable[InputRow[Any]]) -> Iterator[str]:
    for row in rows:
        try:
            yield row.fingerprint if row.key is None else row.key
        except FOREIGN:  # of the caller's own class: raised again when the row is admitted
            continue
