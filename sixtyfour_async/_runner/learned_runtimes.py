"""The run times that a runner has learned, kept in the journal so that the next run starts warm."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import anyio

from sixtyfour_async._journal.base import Journal
from sixtyfour_async._scheduling.poller import Poller
from sixtyfour_async.errors import JournalError

RUNTIMES = "runtimes"
"""The name under which they are kept in the journal."""

SAVED_SECONDS = 60.0
"""Time, by the client's clock, after which they are saved with the next outcome."""


class LearnedRuntimes:
    """The run times of one runner, in its journal."""

    def __init__(self, journal: Journal, poller: Poller) -> None:
        self._journal = journal
        self._poller = poller
        self._saved_at = 0.0

    async def load(self, now: float) -> None:
        """Begin with what earlier runs have learned."""
        self._poller.runtimes.read_json(await self._journal.get_meta(RUNTIMES) or "")
        self._saved_at = now

    async def save_if_due(self, now: Callable[[], float]) -> None:
        """Save them once in a while, so that a run that is killed has taught something too.

        Args:
            now: Returns the current instant; not called for each of many rows that taught nothing.
        """
        if self._poller.polls and now() >= self._saved_at + SAVED_SECONDS:
            self._saved_at = now()
            await self.save()

    async def save(self) -> None:
        """Save them, if there are any. A broken journal was reported earlier."""
        if not self._poller.polls:
            return
        with suppress(JournalError), anyio.CancelScope(shield=True):
            await self._journal.set_meta(RUNTIMES, self._poller.runtimes.to_json())
