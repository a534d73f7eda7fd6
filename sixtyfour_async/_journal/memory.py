"""A journal in memory, for one runner or for several in one process."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import anyio

from sixtyfour_async._journal.base import (
    CRASHED,
    Entry,
    FencedError,
    changed,
    merge_purpose,
    tally_line,
    tally_of_replaced,
)
from sixtyfour_async._journal.fencing import (
    MONEY_TALLIES,
    Standing,
    exceeded,
    late_line,
    may_claim,
    may_put,
    spent_cents,
    standing_of,
)
from sixtyfour_async._journal.lease import Clock, Lease
from sixtyfour_async._journal.sharing import LEASE_SECONDS, Cap, Claim, Limits, Room
from sixtyfour_async._scheduling.ledger import Line, Tally
from sixtyfour_async._scheduling.row_states import HELD, State
from sixtyfour_async._uptime import uptime
from sixtyfour_async._wire.body import Body

CHANGE_SECONDS = 0.1
"""Real seconds between two looks at whether another runner has written."""


@dataclass(slots=True)
class _Store:
    """What several journals in memory share."""

    rows: dict[str, Entry] = field(default_factory=dict[str, Entry])
    purpose: dict[str, str] = field(default_factory=dict[str, str])
    meta: dict[str, str] = field(default_factory=dict[str, str])
    answers: dict[str, Body] = field(default_factory=dict[str, Body])
    tallies: dict[tuple[str, Tally], tuple[int, float]] = field(
        default_factory=dict[tuple[str, Tally], tuple[int, float]]
    )
    replaced: list[Entry] = field(default_factory=list[Entry])
    owners: dict[str, int] = field(default_factory=dict[str, int])
    leases: dict[int, float] = field(default_factory=dict[int, float])
    sums: dict[str, float] = field(default_factory=dict[str, float])
    under_way: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    runners: int = 0
    writes: int = 0

    def write(self, entry: Entry, owner: int) -> None:
        """Write a line, and keep the sums that caps ask for."""
        self.count(self.rows.get(entry.key), -1)
        self.count(entry, 1)
        self.rows[entry.key] = entry if entry.held_by is None else replace(entry, held_by=None)
        if entry.state in HELD:
            self.owners[entry.key] = owner
        else:
            self.owners.pop(entry.key, None)
        self.writes += 1

    def count(self, entry: Entry | None, sign: int) -> None:
        """Add what a line counts against a cap to each sum that covers it, or take it off."""
        if entry is not None:
            self.under_way[entry.operation, entry.variant] += sign * (entry.state in HELD)
            self.book(entry.sent_at, sign * spent_cents(entry.state, entry.cost_cents, entry.reserved_cents))

    def book(self, sent_at: str | None, cents: float) -> None:
        """Add to each sum that covers an instant."""
        for since in self.sums:
            if (sent_at or "") >= since:
                self.sums[since] += cents

    def free(self) -> None:
        """Free the rows that no registered runner holds; what was about to be sent is unknown."""
        for key in [key for key, owner in self.owners.items() if owner not in self.leases]:
            entry = self.rows.get(key)
            if entry is not None:
                crash = {"state": "unknown", "error": CRASHED} if entry.state == "intended" else {}
                self.write(changed(entry, **crash), 0)
            self.owners.pop(key, None)


class MemoryJournal:
    """A journal that dies with the process: for tests, and for runs whose rows may be paid again.

    Args:
        shared_with: A journal in memory whose rows this one is for, too: each of the two is a runner of its own.
        lease_seconds: Real seconds without a heartbeat after which other runners take over from a runner.
        clock: What leases are measured by, seconds.
    """

    def __init__(
        self,
        *,
        shared_with: MemoryJournal | None = None,
        lease_seconds: float = LEASE_SECONDS,
        clock: Clock = uptime,
    ) -> None:
        self._store: _Store = _Store() if shared_with is None else shared_with._store  # noqa: SLF001 (its own class)
        self._lease = Lease(lease_seconds, clock)
        self._number = 0
        self._seen = 0

    @property
    def rows(self) -> dict[str, Entry]:
        """The rows, by key."""
        return self._store.rows

    @property
    def purpose(self) -> dict[str, str]:
        """What this journal is for."""
        return self._store.purpose

    @property
    def meta(self) -> dict[str, str]:
        """Texts, by name."""
        return self._store.meta

    @property
    def answers(self) -> dict[str, Body]:
        """Answers to batches that are not settled yet, by the batch's name."""
        return self._store.answers

    @property
    def tallies(self) -> dict[tuple[str, Tally], tuple[int, float]]:
        """Number of rows and cents, by variant and name."""
        return self._store.tallies

    @property
    def replaced(self) -> list[Entry]:
        """Lines that others replaced, for their money."""
        return self._store.replaced

    async def open(self) -> None:
        """Register as a runner, and turn what no runner holds and was about to be sent into unknown rows."""
        self._store.leases.pop(self._number, None)
        self._register()
        for key, entry in self.rows.items():
            if entry.state == "intended":
                self._store.owners.setdefault(key, 0)
        self._store.free()

    async def close(self) -> None:
        """Give up what this runner holds, and keep the entries for whoever still holds the journal."""
        self._store.leases.pop(self._number, None)
        self._lease.ended()

    async def bind(self, purpose: Mapping[str, str]) -> None:
        """Record what this journal is for."""
        blank = all(entry.state == "released" for entry in self.rows.values())
        self._store.purpose = merge_purpose({} if blank else self.purpose, purpose, "this journal")

    async def get_meta(self, name: str) -> str | None:
        """Return a text that `set_meta` stored, or None."""
        return self.meta.get(name)

    async def set_meta(self, name: str, text: str) -> None:
        """Store a text under a name."""
        self.meta[name] = text

    async def find(self, key: str) -> Entry | None:
        """Return one row, or None."""
        entry = self.rows.get(key)
        return None if entry is None else self._seen_by_us(entry)

    async def find_all(self, keys: Collection[str]) -> list[Entry]:
        """Return the rows of these keys that there are."""
        return [self._seen_by_us(self.rows[key]) for key in keys if key in self.rows]

    async def find_job(self, job_id: str) -> Entry | None:
        """Return a row by the service's id of its job, or None."""
        found = (entry for entry in self.rows.values() if entry.job_id == job_id)
        return next((self._seen_by_us(entry) for entry in found), None)

    async def entries(self, states: Collection[State]) -> AsyncGenerator[Entry, None]:
        """Yield the rows in these states, the oldest first."""
        for entry in list(self.rows.values()):
            if entry.state in states:
                yield self._seen_by_us(entry)

    async def put(self, *entries: Entry) -> None:
        """Write rows, all of them or none; raise `FencedError` for those that another runner has changed."""
        written: dict[str, Entry] = {}
        fenced = list[Entry]()
        for entry in entries:
            following = written.get(entry.key)
            stored = self._standing(entry.key) if following is None else standing_of(following)
            (written.__setitem__(entry.key, entry) if may_put(stored, entry) else fenced.append(entry))
        if not fenced:
            for entry in written.values():
                self._store.write(entry, self._number)
            return
        for entry in fenced:
            late = late_line(self._standing(entry.key), entry)
            if late is not None:
                self._store.write(late, 0)
                self._store.owners.pop(late.key, None)
        raise FencedError([entry.key for entry in fenced])

    async def deliver(self, key: str) -> None:
        """Record that a row's outcome was acknowledged."""
        self.rows[key] = replace(self.rows[key], delivered=True)

    async def batch_entries(self, batch: str) -> list[Entry]:
        """Return the rows of a batch, in the order in which they were sent."""
        rows = [self._seen_by_us(entry) for entry in self.rows.values() if entry.batch == batch]
        return sorted(rows, key=lambda entry: entry.place or 0)

    async def save_batch_answer(self, batch: str, body: Body) -> None:
        """Write the answer to a batch as it came."""
        self.answers[batch] = body
        self._store.writes += 1

    async def load_batch_answer(self, batch: str) -> Body | None:
        """Return the answer to a batch that is not settled yet, or None."""
        return self.answers.get(batch)

    async def list_batch_answers(self, prefix: str) -> list[str]:
        """Return the names of answers that begin so."""
        return [name for name in self.answers if name.startswith(prefix)]

    async def settle_batch(self, batch: str, entries: Sequence[Entry]) -> None:
        """Write each row with its part of a batch's answer, or with the whole of it, and delete the whole."""
        if entries:
            await self.put(*entries)
        self.answers.pop(batch, None)

    def tally(self, variant: str, name: Tally, cents: float) -> None:
        """Count one more row."""
        rows, total = self.tallies.get((variant, name), (0, 0.0))
        self.tallies[variant, name] = (rows + 1, total + cents)
        if name in MONEY_TALLIES:
            self._store.book("", cents)

    def replace(self, entry: Entry) -> None:
        """Keep the money of a row's line that the next write replaces."""
        self.replaced.append(entry)
        self._store.book(entry.sent_at, tally_of_replaced(entry)[1])

    async def lines(self) -> tuple[Line, ...]:
        """Return sums: one line for each kind and state."""
        return await self.lines_since("")

    async def lines_since(self, instant: str) -> tuple[Line, ...]:
        """Return sums over the rows that were sent at an instant or later."""
        tallies = {} if instant else dict(self.tallies)
        for entry in self.replaced:
            if (entry.sent_at or "") >= instant:
                name, cents = tally_of_replaced(entry)
                rows, total = tallies.get((entry.variant, name), (0, 0.0))
                tallies[entry.variant, name] = (rows + 1, total + cents)
        rows_sent = (entry for entry in self.rows.values() if (entry.sent_at or "") >= instant)
        return (*_sums(rows_sent), *(tally_line(*name, *counted) for name, counted in tallies.items()))

    # --- several runners ----------------------------------------------------------------------------------------

    @property
    def lease_seconds(self) -> float:
        """Real seconds without a heartbeat after which other runners take over from a runner."""
        return self._lease.seconds

    async def claim(self, entries: Sequence[Entry], limits: Limits, replaced: Sequence[Entry] = ()) -> Claim:
        """Write the lines of rows that this runner wants to hold, but for those that another one has."""
        if self._number not in self._store.leases:
            self._register()
        free = [entry for entry in entries if may_claim(self._standing(entry.key), entry)]
        over = await self._exceeded(free, limits, replaced)
        if over is not None:
            return Claim(exceeded=over)
        keys = {entry.key for entry in free}
        for entry in replaced:
            if entry.key in keys:
                self.replace(entry)
        for entry in free:
            self._store.write(entry, self._number)
        return Claim(frozenset(entry.key for entry in entries) - keys)

    async def hand_back(self, keys: Collection[str]) -> None:
        """Free accepted rows of this runner, which it polls no more."""
        for key in keys:
            entry = self.rows.get(key)
            if entry is not None and entry.state == "accepted" and self._store.owners.get(key) == self._number:
                self._store.write(changed(entry), self._number)
                self._store.owners.pop(key)

    async def others_quiet_for(self) -> float | None:
        """Return for how long nothing was heard of the others that hold rows; None when there are none."""
        holders = {self._holder(key) for key in self._store.owners} - {None}
        until = min((self._store.leases[number] for number in holders if number is not None), default=None)
        return None if until is None else self._lease.quiet_for(until)

    async def keep_meta(self, name: str, text: str) -> str:
        """Store a text under a name unless there is one; return the one that is stored."""
        return self.meta.setdefault(name, text)

    async def beat(self) -> None:
        """Extend this runner's lease, and take over from those whose lease has run out."""
        leases, now = self._store.leases, self._lease.now()
        if self._number not in leases:
            self._register()
        leases[self._number] = now + self.lease_seconds
        if self._lease.beat(now):
            for number in [number for number, until in leases.items() if until < now]:
                del leases[number]
        self._lease.extended(now)
        self._store.free()

    def may_send(self) -> bool:
        """Return whether enough of this runner's lease is left to send a request that costs money."""
        return self._number in self._store.leases and self._lease.may_send()

    async def wait_for_change(self) -> None:
        """Return when rows may have been written since the last call returned."""
        while self._seen == self._store.writes:  # noqa: ASYNC110 (the others may be in other threads)
            await anyio.sleep(CHANGE_SECONDS)
        self._seen = self._store.writes

    def _register(self) -> None:
        self._store.runners += 1
        self._number = self._store.runners
        now = self._lease.now()
        self._store.leases[self._number] = now + self.lease_seconds
        self._lease.beat(now)
        self._lease.extended(now)

    def _holder(self, key: str) -> int | None:
        owner = self._store.owners.get(key)
        return owner if owner in self._store.leases and owner != self._number else None

    def _seen_by_us(self, entry: Entry) -> Entry:
        holder = self._holder(entry.key)
        return entry if holder is None else replace(entry, held_by=holder)

    def _standing(self, key: str) -> Standing | None:
        entry = self.rows.get(key)
        return None if entry is None else standing_of(entry, self._holder(key))

    async def _exceeded(self, free: Sequence[Entry], limits: Limits, replaced: Sequence[Entry]) -> Cap | Room | None:
        caps = limits.caps if any(entry.state == "intended" for entry in free) else ()
        before: dict[Cap | Room, float] = {cap: await self._sum_since(cap.since) for cap in caps}
        before |= {room: _rows_in(room, self._store.under_way) for room in limits.rooms}
        now = [self.rows[entry.key] for entry in free if entry.key in self.rows]
        keys = {entry.key for entry in free}
        tallied = [entry for entry in replaced if entry.key in keys]
        after: dict[Cap | Room, float] = {
            cap: before[cap]
            - sum(_spent(entry, cap.since) for entry in now)
            + sum(_spent(entry, cap.since) for entry in free)
            + sum(tally_of_replaced(entry)[1] for entry in tallied if (entry.sent_at or "") >= cap.since)
            for cap in caps
        }
        after |= {room: before[room] - _under_way(room, now) + _under_way(room, free) for room in limits.rooms}
        return exceeded(Limits(tuple(caps), limits.rooms), before, after)

    async def _sum_since(self, since: str) -> float:
        """Return what counts against a cap; summed up once for each instant, and kept from then on."""
        if since not in self._store.sums:
            lines = await self.lines_since(since)
            self._store.sums[since] = sum(line.spent_cents + line.exposed_cents for line in lines)
        return self._store.sums[since]


def _rows_in(room: Room, rows: Mapping[tuple[str, str], int]) -> int:
    return sum(count for kind, count in rows.items() if room.counts(*kind))


def _under_way(room: Room, entries: Iterable[Entry]) -> int:
    return sum(entry.state in HELD and room.counts(entry.operation, entry.variant) for entry in entries)


def _spent(entry: Entry, since: str) -> float:
    covered = (entry.sent_at or "") >= since
    return spent_cents(entry.state, entry.cost_cents, entry.reserved_cents) if covered else 0.0


def _sums(entries: Iterable[Entry]) -> Iterable[Line]:
    """Return one line for each kind and state."""
    sums: dict[tuple[str, State], Line] = {}
    for entry in entries:
        seen = sums.get((entry.variant, entry.state), Line(entry.variant, entry.state, 0))
        sums[entry.variant, entry.state] = Line(
            entry.variant,
            entry.state,
            seen.rows + 1,
            seen.charged_cents + (entry.cost_cents or 0.0),
            seen.reserved_cents + entry.reserved_cents,
            max(seen.dearest_cents, entry.cost_cents or 0.0),
        )
    return sums.values()
