"""What all runners of a journal may do together: their caps on money, and the jobs of a kind that may run at once.

The journal checks these limits, in the commit of each intent. Here they are named for it, and what others have spent
and hold is looked up when a row has to wait for it. So the scheduler decides on the same grounds as in a run of one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from contextlib import aclosing

import anyio

from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.sharing import Cap, Limits, Room, SharedJournal
from sixtyfour_async._runner.under_way import UnderWay
from sixtyfour_async._scheduling.ledger import TRIAL_ROWS, Ledger, Line
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.row_states import HELD
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.operations import REGISTRY

SURPRISES = "surprises"
"""The name under which the journal keeps charges above what was reserved: cents a row, by variant, as JSON."""

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
        self._heard: dict[str, float] | None = None
        self._rooms = {
            name: Room(_operations_behind(name), limit.capacity)
            for name, limit in scheduler.job_limits.items()
            if isinstance(limit, ConcurrencyLimit)
        }

    def on(self, entry: Entry, *, in_doubt: bool = False) -> Limits:
        """Return the limits on a submit, given the line of its first row with the intent.

        One *in doubt* is repeated as it was: its rows are in flight already, perhaps, and are no trial.
        """
        ledger = self._scheduler.ledger
        caps = (Cap(one.since, one.cap_cents) for one in ledger.accounts_at(entry.sent_at) if one.cap_cents is not None)
        rooms = [room for room in self._rooms.values() if entry.operation in room.operations]
        if not in_doubt and not ledger.is_proven(entry.variant):
            rooms.append(Room(frozenset({entry.operation}), TRIAL_ROWS, entry.variant))
        return Limits(tuple(caps), tuple(rooms))

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
        rows = Counter[str]()
        for line in lines:
            rows[line.variant] += line.rows * (line.state in HELD)
        rows.subtract(entry.variant for entry in self._own())
        self._scheduler.spending.rows_of_others = +rows
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

    async def share_surprises(self, *, is_last: bool = False) -> None:
        """Tell the others of charges above what was reserved, and hear of theirs: nobody goes on under the same cap.

        What was known before is a surprise only to a runner that expects to pay less.

        Args:
            is_last: Is nothing done unless there is something to tell?
        """
        ledger, heard = self._scheduler.ledger, self._heard or {}
        if not ledger.is_capped or (is_last and ledger.surprises.items() <= heard.items()):
            return
        known: dict[str, float] = json.loads(await self._journal.get_meta(SURPRISES) or "{}")
        if self._heard is None:
            heard = {variant: charged for variant, charged in known.items() if _is_expected(ledger, variant, charged)}
        for variant, charged in known.items():
            if charged > max(heard.get(variant, 0.0), ledger.surprises.get(variant, 0.0)):
                ledger.hear_of_surprise(variant, charged)
        self._heard = {**known, **ledger.surprises}
        if self._heard != known:
            await self._journal.set_meta(SURPRISES, json.dumps(self._heard))

    async def unattended(self) -> list[Entry]:
        """Return accepted rows that take up room that is wanted, and that no runner has under way.

        They are those of a run that ended, or were handed back: unless somebody polls them, their room is never free.
        """
        now = anyio.current_time()
        limits = self._scheduler.job_limits
        full = {name for name in self._rooms if _is_full_of_others(limits[name])}
        rows, ledger = self._scheduler.spending.rows_of_others, self._scheduler.ledger
        trials = {variant for variant, count in rows.items() if count and not ledger.is_proven(variant)}
        if not (full or trials) or now < self._searched_at + SEARCH_SECONDS:
            return []
        self._searched_at = now
        operations = frozenset[str]().union(*(self._rooms[name].operations for name in full))
        async with aclosing(self._journal.entries({"accepted"})) as entries:
            return [
                entry
                async for entry in entries
                if entry.held_by is None
                and (entry.operation in operations or entry.variant in trials)
                and entry.key not in self._under_way.rows
            ]


def _is_expected(ledger: Ledger, variant: str, charged: float) -> bool:
    price = ledger.price(variant)
    return price is not None and charged <= price


def _is_full_of_others(limit: object) -> bool:
    return isinstance(limit, ConcurrencyLimit) and limit.others > 0 and limit.held + limit.others >= limit.capacity


def _operation(line: Line) -> str:
    return line.variant.partition("/")[0]


def _operations_behind(limit: str) -> frozenset[str]:
    """Return the names of the operations that a limit holds for."""
    return frozenset(made.endpoint.name for made in REGISTRY.values() if made.endpoint.job_limit == limit)
