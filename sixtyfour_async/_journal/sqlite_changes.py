"""What changes and claims do to the tables of a journal file, within a transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from sixtyfour_async._journal.base import Entry, tally_of_replaced
from sixtyfour_async._journal.changes import (
    Change,
    Count,
    Deliver,
    HandBack,
    Put,
    SaveAnswer,
    SetMeta,
    Take,
)
from sixtyfour_async._journal.evidence import now
from sixtyfour_async._journal.fencing import (
    WRITTEN,
    Standing,
    exceeded,
    late_line,
    may_claim,
    may_put,
)
from sixtyfour_async._journal.runners import Runner
from sixtyfour_async._journal.sharing import Cap, Claim, Limits, Room
from sixtyfour_async._journal.sqlite_rows import COLUMNS, HELD_BY, as_row
from sixtyfour_async._scheduling.ledger import Tally
from sixtyfour_async._scheduling.row_states import HELD

MICRO = 1e6
"""Parts of a cent in which sums of money are kept: whole numbers, whose sum does not depend on their order."""

_STANDING = f"SELECT version, state, job_id, sent_at, {HELD_BY} FROM jobs WHERE key = ?"  # noqa: S608 (our own words)
_WRITTEN = (*COLUMNS, "owner", "changed_at")
_INSERT = f"INSERT INTO jobs ({', '.join(_WRITTEN)}, created_at) VALUES ({'?, ' * len(_WRITTEN)}?)"  # noqa: S608 (ours)
_UPDATE = f"UPDATE jobs SET {', '.join(f'{column} = ?' for column in _WRITTEN)} WHERE key = ?"  # noqa: S608 (ours)
_SAVE_BATCH_ANSWER = "INSERT OR REPLACE INTO answers (batch, body, body_type) VALUES (?, ?, ?)"
DROP_BATCH_ANSWER = "DELETE FROM answers WHERE batch = ?"
SET_META = "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)"
_KEEP_META = "INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)"
_HAND_BACK = "UPDATE jobs SET owner = NULL, version = version + 1 WHERE key = ? AND owner = ? AND state = 'accepted'"
_DELIVER = "UPDATE jobs SET delivered = 1 WHERE key = ?"
_TALLY = (
    "INSERT INTO tallies (variant, name, sent_at, rows, cents) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (variant, name, sent_at) DO UPDATE SET rows = rows + excluded.rows, cents = cents + excluded.cents"
)
_SUM_ALL = "(SELECT total(spent) FROM jobs) + (SELECT total(spent) FROM tallies)"
_SUM_SINCE = """
    (SELECT total(spent) FROM jobs WHERE sent_at >= :since) + (SELECT total(spent) FROM tallies WHERE sent_at >= :since)
"""
_COUNT_UNDER_WAY = (
    "SELECT count(*) FROM jobs WHERE state IN ('intended', 'accepted')"
    " AND operation = ? AND coalesce(?, variant) = variant"
)
_FORGET_SUMS = (
    "DELETE FROM sums WHERE since <> '' AND (runner NOT IN (SELECT number FROM runners)"
    " OR (runner = ? AND since NOT IN (SELECT value FROM json_each(?))))"
)


class Transaction:
    """Changes within one transaction on a journal file.

    Attributes:
        intents: Number of rows written that are about to be sent.
    """

    def __init__(self, database: sqlite3.Connection, runner: Runner) -> None:
        self._database = database
        self._runner = runner
        self._at = now()
        self.intents = 0

    def apply(self, change: Change) -> Claim:
        """Write a change, and return what became of it."""
        match change:
            case Put():
                return self._put(change)
            case Take():
                return self._claim(change)
            case HandBack(keys):
                self._database.executemany(_HAND_BACK, [(key, self._runner.number) for key in keys])
            case Deliver(key):
                self._database.execute(_DELIVER, (key,))
            case SetMeta(name, text, once):
                self._database.execute(_KEEP_META if once else SET_META, (f"note:{name}", text))
            case SaveAnswer(batch, body):
                self._database.execute(_SAVE_BATCH_ANSWER, (batch, body.content, body.content_type))
            case Count():
                self._count(change)
        return WRITTEN

    def _put(self, put: Put) -> Claim:
        fenced = self._fenced(put.entries)
        if fenced:
            self._add_late(fenced)
            return Claim(frozenset(entry.key for entry in fenced))
        self._write(put.entries)
        if put.drops_answer:
            self._database.execute(DROP_BATCH_ANSWER, (put.settles,))
        return WRITTEN

    def _claim(self, take: Take) -> Claim:
        self._runner.register(self._database)
        free = [entry for entry in take.entries if may_claim(self._standing(entry.key), entry)]
        keys = {entry.key for entry in free}
        replaced = [entry for entry in take.replaced if entry.key in keys]
        over = self._take(free, replaced, take.limits)
        if over is not None:
            return Claim(exceeded=over)
        return Claim(frozenset(entry.key for entry in take.entries) - keys)

    def _count(self, count: Count) -> None:
        self._database.execute(_TALLY, (count.variant, count.name, count.sent_at, count.rows, count.cents))

    # --- lines --------------------------------------------------------------------------------------------------

    def _write(self, entries: Iterable[Entry], owner: int | None = None) -> None:
        owner = self._runner.number if owner is None else owner
        for entry in entries:
            held = owner if entry.state in HELD and owner else None
            values = (*as_row(entry), held, self._at)
            # Not one statement that does either (ON CONFLICT): beside triggers that takes SQLite three times as long.
            if not self._database.execute(_UPDATE, (*values, entry.key)).rowcount:
                self._database.execute(_INSERT, (*values, self._at))
            self.intents += entry.state == "intended"

    def _standing(self, key: str) -> Standing | None:
        found = self._database.execute(_STANDING, (self._runner.number, key)).fetchone()
        return None if found is None else Standing(*found)

    def _fenced(self, entries: Sequence[Entry]) -> list[Entry]:
        """Return the lines that do not follow what is stored, or an earlier one of these."""
        versions: dict[str, Entry] = {}
        fenced: list[Entry] = []
        for entry in entries:
            former = versions.get(entry.key)
            stored = self._standing(entry.key) if former is None else Standing(former.version, former.state, None, None)
            if not may_put(stored, entry):
                fenced.append(entry)
            versions[entry.key] = entry
        return fenced

    def _add_late(self, fenced: Iterable[Entry]) -> None:
        """Write what a runner that came too late knows, and nobody else can."""
        late = (late_line(self._standing(entry.key), entry) for entry in fenced)
        self._write((entry for entry in late if entry is not None), owner=0)

    # --- limits -------------------------------------------------------------------------------------------------

    def _take(self, free: Sequence[Entry], replaced: Sequence[Entry], limits: Limits) -> Cap | Room | None:
        """Write lines, unless a limit does not hold any more then; return the first such limit."""
        caps = limits.caps if any(entry.state == "intended" for entry in free) else ()
        limits = Limits(caps, limits.rooms)
        before = self._amounts(limits)
        intents = self.intents
        if before:
            self._database.execute("SAVEPOINT claim")
        for entry in replaced:
            self._count(Count(entry.variant, *_replaced(entry)))
        self._write(free)
        over = exceeded(limits, before, self._amounts(limits))
        if over is not None:
            self._database.execute("ROLLBACK TO claim")
            self.intents = intents
        if before:
            self._database.execute("RELEASE claim")
        return over

    def _amounts(self, limits: Limits) -> dict[Cap | Room, float]:
        """Return what counts against each limit."""
        amounts: dict[Cap | Room, float] = {cap: self._spent_since(cap.since, limits) for cap in limits.caps}
        return amounts | {room: self._under_way(room) for room in limits.rooms}

    def _spent_since(self, since: str, limits: Limits) -> float:
        """Return the sum of the money of what was sent at an instant or later, cents; made at the first question."""
        found = self._database.execute("SELECT spent FROM sums WHERE since = ?", (since,)).fetchone()
        if found is None:
            used = json.dumps([cap.since for cap in limits.caps])
            self._database.execute(_FORGET_SUMS, (self._runner.number, used))
            total = f"SELECT {_SUM_SINCE if since else _SUM_ALL}"
            found = self._database.execute(total, {"since": since}).fetchone()
            self._database.execute("INSERT INTO sums VALUES (?, ?, ?)", (since, found[0], self._runner.number))
        return float(found[0]) / MICRO

    def _under_way(self, room: Room) -> int:
        """Return how many rows of some operations are intended or accepted."""
        values = [(name, room.variant) for name in room.operations]
        return sum(self._database.execute(_COUNT_UNDER_WAY, both).fetchone()[0] for both in values)


def _replaced(entry: Entry) -> tuple[Tally, str, int, float]:
    name, cents = tally_of_replaced(entry)
    return name, entry.sent_at or "", 1, cents
