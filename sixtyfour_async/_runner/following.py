"""Rows that another runner of the journal has under way: whoever asks for them here waits for its answer.

One task looks at all of them together, when the journal changes. A row that has ended, or that nobody has any more, is
handed to be admitted again. So is one that was taken from this runner: it is followed from then on, whoever has it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from sixtyfour_async._journal.base import Entry, Journal
from sixtyfour_async._journal.sharing import BEATS_PER_LEASE, SharedJournal
from sixtyfour_async._runner.inbox import Inbox
from sixtyfour_async._runner.reading import restore
from sixtyfour_async._runner.shared_limits import SharedLimits
from sixtyfour_async._runner.submission import Row
from sixtyfour_async._runner.under_way import UnderWay
from sixtyfour_async._scheduling.scheduler import Scheduler

PAUSE_SECONDS = 0.05
"""Real seconds between two looks, at least."""

PAUSE_FACTOR = 20
"""The same as a multiple of the time that the last look took, so that many rows take no more than a twentieth of it."""


class Following:
    """The rows that a runner follows.

    Attributes:
        rows: All of them, by key.
        limits: What holds for all runners together; None for a journal that cannot be shared, whose rows nobody else
            has.
        take_kept: Takes in the webhook deliveries that other runners received.
        admit: Admits a row again, given its line in the journal, or None when there is none any more.
    """

    take_kept: Callable[[], Awaitable[None]]
    admit: Callable[[Row, Entry | None], Awaitable[None]]

    def __init__(self, journal: Journal, scheduler: Scheduler, under_way: UnderWay, inbox: Inbox) -> None:
        self.rows: dict[str, Row] = {}
        self._journal = journal if isinstance(journal, SharedJournal) else None
        self.limits = None if self._journal is None else SharedLimits(self._journal, scheduler, under_way)
        self._scheduler = scheduler
        self._inbox = inbox
        self._awaits_limits = False
        self._receives = False
        self._some = anyio.Event()
        self._at_once = False
        self._pause: anyio.CancelScope | None = None
        if self.limits is not None:
            scheduler.ledger.others = None

    def add(self, row: Row) -> None:
        """Follow a row."""
        self.rows[row.entry.key] = row
        self._some.set()

    def take(self, entry: Entry) -> Row:
        """Return the row of a line, followed no longer if it was: it goes on with others of its batch."""
        row = self.rows.pop(entry.key, None) or Row(entry, restore(entry), [])
        row.entry = entry
        return row

    def look_soon(self) -> None:
        """Look without waiting for a change: a row was taken from this runner."""
        self._at_once = True
        if self._pause is not None:
            self._pause.cancel()

    def update(self, now: float, *, receives: bool) -> None:
        """Learn from the scheduler whether rows wait for what others hold; it has used what was looked up before.

        Args:
            now: The instant.
            receives: May other runners receive deliveries for the jobs of this one?
        """
        if self.limits is None:
            return
        if receives and not self._receives:
            self._receives = True
            self._some.set()
        self._scheduler.ledger.others = None
        awaited, self._awaits_limits = self._awaits_limits, self._scheduler.waits_for_others(now)
        if self._awaits_limits and not awaited:
            self._some.set()
            self.look_soon()

    async def meet_others(self, *, is_last: bool = False) -> None:
        """Exchange with the other runners what all have to know; the last time only what is to be told.

        Raises:
            JournalError: The journal cannot be used.
        """
        if self.limits is not None:
            await self.limits.share_surprises(is_last=is_last)
            self._inbox.post()

    async def run(self) -> None:
        """Look whenever something may have changed, until cancelled.

        Raises:
            JournalError: The journal cannot be read.
        """
        if self._journal is None:
            return
        while True:
            if not (self.rows or self._awaits_limits or self._receives):
                self._some = anyio.Event()
                await self._some.wait()
            self._at_once = False
            began = anyio.current_time()
            await self._look(self._journal)
            pause = max(PAUSE_SECONDS, PAUSE_FACTOR * (anyio.current_time() - began))
            # A heartbeat of our own may free the rows of a runner that died, which is no change by others.
            with anyio.move_on_after(pause + self._journal.lease_seconds / BEATS_PER_LEASE) as self._pause:
                if not self._at_once:
                    await anyio.sleep(pause)
                    await self._journal.wait_for_change()

    async def _look(self, journal: SharedJournal) -> None:
        if self._awaits_limits and self.limits is not None:
            await self.limits.look()
            self._inbox.post()
            for entry in await self.limits.unattended():
                await self.admit(Row(entry, restore(entry), []), entry)
        if self._receives:
            await self.take_kept()
        rows = dict(self.rows)
        found = {entry.key: entry for entry in await journal.find_all(rows.keys())} if rows else {}
        for key, row in rows.items():
            if self.rows.get(key) is row:
                await self._update(row, found.get(key))

    async def _update(self, row: Row, entry: Entry | None) -> None:
        """Take in a row's line: it is another runner's still, or to be admitted again."""
        if entry is not None and entry.held_by is not None:
            row.entry = entry
        else:
            del self.rows[row.entry.key]
            await self.admit(row, entry)
