"""What all runners of a journal may do together: their caps on money, and the jobs of a kind that may run at once.

The journal checks these limits, in the commit of each intent. Here they are named for it, and what others have spent
and hold is looked up when a row has to wait for it. So the scheduler decides on the same grounds as in a run of one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import aclosing

import anyio

from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.sharing import Cap, Limits, Room, SharedJournal
from sixtyfour_async._runner.under_way import UnderWay
from sixtyfour_async._scheduling.ledger import Line
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.row_states import HELD
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.operations import REGISTRY

SEARCH_SECONDS = 15.0
"""Real seconds between two searches for jobs that take up room and that nobody polls."""


class SharedLimits:
    """The limits of one runner that hold for all runners of its journal.

    Args:
        journal: The journal.
        scheduler: Whose ledger and limits they are.
        under_way: The runner's own rows.
    """

    def __init__(self, journal: SharedJournal, scheduler: Scheduler, under_way: UnderWay) -> None:
        self._journal = journal
        self._scheduler = scheduler
        self._under_way = under_way
        self._searched_at = -SEARCH_SECONDS
        self._rooms = {
            name: Room(_operations_behind(name), limit.capacity)
            for name, limit in scheduler.job_limits.items()
            if isinstance(limit, ConcurrencyLimit)
        }

    def on(self, entry: Entry) -> Limits:
        """Return the limits on a submit, given the line of its first row with the intent."""
        accounts = self._scheduler.ledger.accounts_at(entry.sent_at)
        caps = (Cap(one.since, one.cap_cents) for one in accounts if one.cap_cents is not None)
        return Limits(tuple(caps), tuple(room for room in self._rooms.values() if entry.operation in room.operations))

    async def look(self) -> None:
        """Look up what all runners have spent and hold, once."""
        ledger = self._scheduler.ledger
        lines = await self._journal.lines()
        ledger.recount(lines, self._own_cents(""))
        self._count_running(lines)
        for account in ledger.periods():
            since = account.since
            account.recount(await self._journal.lines_since(since), self._own_cents(since))
        # What ended here and is not recorded yet counts as held: nothing is refused before its charge is known.
        ending = any(submission.id not in self._scheduler.jobs for submission in self._under_way)
        ledger.others = await self._journal.others_quiet_for() is not None or ending

    def _count_running(self, lines: Collection[Line]) -> None:
        for name, room in self._rooms.items():
            running = sum(line.rows for line in lines if line.state in HELD and _operation(line) in room.operations)
            own = sum(entry.operation in room.operations for entry in self._own())
            limit = self._scheduler.job_limits[name]
            if isinstance(limit, ConcurrencyLimit):
                limit.others = max(0, running - own)

    def _own(self) -> Iterable[Entry]:
        rows = (row for submission in self._under_way for row in submission.rows)
        return (row.entry for row in rows if row.entry.state in HELD)

    def _own_cents(self, since: str) -> float:
        """Return what of the journal's sums is reserved here, for jobs under way."""
        jobs = self._scheduler.jobs
        return sum(
            row.entry.reserved_cents
            for submission in self._under_way
            if submission.id in jobs and jobs[submission.id].reserved_cents
            for row in submission.rows
            if row.entry.state in HELD and (row.entry.sent_at or "") >= since
        )

    async def unattended(self) -> list[Entry]:
        """Return accepted rows that take up room that is wanted, and that no runner has under way.

        They are those of a run that ended, or were handed back: unless somebody polls them, their room is never free.
        """
        now = anyio.current_time()
        limits = self._scheduler.job_limits
        full = {name for name in self._rooms if _is_full_of_others(limits[name])}
        if not full or now < self._searched_at + SEARCH_SECONDS:
            return []
        self._searched_at = now
        operations = frozenset[str]().union(*(self._rooms[name].operations for name in full))
        async with aclosing(self._journal.entries({"accepted"})) as entries:
            return [
                entry
                async for entry in entries
                if entry.held_by is None and entry.operation in operations and entry.key not in self._under_way.rows
            ]


def _is_full_of_others(limit: object) -> bool:
    return isinstance(limit, ConcurrencyLimit) and limit.others > 0 and limit.held + limit.others >= limit.capacity


def _operation(line: Line) -> str:
    return line.variant.partition("/")[0]


def _operations_behind(limit: str) -> frozenset[str]:
    """Return the names of the operations that a limit holds for."""
    return frozenset(made.endpoint.name for made in REGISTRY.values() if made.endpoint.job_limit == limit)
