"""Runners on one store, killed, frozen and late: a file does what the journal in memory does, and both are safe.

Time stands still between the steps. A row is *paid* when its runner was let to send and sends; it may be frozen in
between for as long as it likes, which is what the service cannot see.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sixtyfour_async import MemoryJournal, SqliteJournal
from sixtyfour_async._journal.base import Entry, FencedError, changed
from sixtyfour_async._journal.journal_file import JournalFile
from sixtyfour_async._journal.sharing import Cap, Limits, Room, SharedJournal
from sixtyfour_async._scheduling.row_states import State
from tests.journal.sharing_fixtures import BEAT_SECONDS, LEASE_SECONDS, memory_fleet, sqlite_fleet

T = TypeVar("T")

KEYS = ("a", "b", "c", "d")
INSTANTS = ("", "2026-11", "2026-11-26", "2026-11-26T10:00")
TIMES = ("2026-10-31T10:00", "2026-11-25T10:00", "2026-11-26T09:59", "2026-11-26T10:30")
RUNNERS = 3
ENDS: tuple[State, ...] = ("completed", "failed", "no_answer", "lost", "unknown")

runners = st.integers(0, RUNNERS - 1)
keys = st.sampled_from(KEYS)
cents = st.sampled_from([0.0, 0.1, 2.5, 5.0, 7.77])
caps = st.builds(Cap, st.sampled_from(INSTANTS), st.sampled_from([0.0, 5.0, 12.5, 30.0]))
limits = st.builds(
    Limits,
    caps=st.lists(caps, max_size=3).map(tuple),
    rooms=st.just(()) | st.just((Room(frozenset({"find-email"}), 2),)),
)


@dataclass
class Twin:
    """One runner, on the file and in memory, and what it knows."""

    file: SqliteJournal
    model: MemoryJournal
    lines: dict[str, Entry] = field(default_factory=dict[str, Entry])
    to_send: set[str] = field(default_factory=set[str])


class Runners(RuleBasedStateMachine):
    """The same steps on both."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.fleets = [sqlite_fleet(self.folder / "run.db"), memory_fleet()]
        self.paid: Counter[str] = Counter()
        self.ids: dict[str, str] = {}
        self.written: dict[str, Entry] = {}
        self.killed: list[Twin] = []
        self.twins = [self.start() for _ in range(RUNNERS)]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    def start(self) -> Twin:
        file, model = (fleet.runner() for fleet in self.fleets)
        assert isinstance(file, SqliteJournal)
        assert isinstance(model, MemoryJournal)
        self.run(file.open())
        self.run(model.open())
        return Twin(file, model)

    def both(self, twin: Twin, call: Callable[[SharedJournal], Coroutine[Any, Any, T]]) -> T:
        """Do the same with both journals, and compare what comes of it."""
        results = [self.run(call(journal)) for journal in (twin.file, twin.model)]
        assert results[0] == results[1]
        return results[0]

    # --- what runners do ------------------------------------------------------------------------------------------

    @rule(number=runners, key=keys)
    def read(self, number: int, key: str) -> None:
        twin = self.twins[number]

        async def look(journal: SharedJournal) -> tuple[Entry | None, bool]:
            found = next(iter(await journal.find_all([key])), None)
            return found, found is not None and found.held_by is not None

        found, held = self.both(twin, look)
        if found is not None and not held:
            twin.lines[key] = found

    @rule(number=runners, names=st.sets(keys, min_size=1), at=st.sampled_from(TIMES), price=cents, most=limits)
    def claim(self, number: int, names: set[str], at: str, price: float, most: Limits) -> None:
        """Claim rows by what is known of them, for sending or for polling."""
        twin = self.twins[number]
        wanted = [line for line in (self.claimed(twin, key, at, price) for key in sorted(names)) if line is not None]
        replaced = [twin.lines[line.key] for line in wanted if line.resubmissions]
        claim = self.both(twin, lambda journal: journal.claim(wanted, most, replaced))
        for line in wanted if claim.exceeded is None else ():
            if line.key not in claim.refused:
                self.note(twin, line)
                if line.state == "intended" and twin.file.may_send():
                    twin.to_send.add(line.key)

    def claimed(self, twin: Twin, key: str, at: str, price: float) -> Entry | None:
        known = twin.lines.get(key, Entry(key, "find-email", "f" * 32, "{}", "released", variant="find-email"))
        if known.state == "accepted":
            return changed(known)
        if known.state == "released":
            return changed(known, state="intended", sent_at=at, reserved_cents=price)
        return None

    @rule(number=runners, key=keys)
    def send(self, number: int, key: str) -> None:
        """Send what may be sent, at once or long after; the answer is written later."""
        twin = self.twins[number]
        if key in twin.to_send:
            twin.to_send.remove(key)
            self.paid[key] += 1
            self.ids[key] = f"job of {key}"
            self.write(twin, changed(twin.lines[key], state="accepted", job_id=self.ids[key]))

    @rule(number=runners, key=keys)
    def take_back(self, number: int, key: str) -> None:
        twin = self.twins[number]
        if key in twin.to_send:
            twin.to_send.remove(key)
            self.write(twin, changed(twin.lines[key], state="released", reserved_cents=0.0))

    @rule(number=runners, key=keys, state=st.sampled_from(ENDS), cost=cents)
    def finish(self, number: int, key: str, state: State, cost: float) -> None:
        twin = self.twins[number]
        line = twin.lines.get(key)
        if line is not None and line.state == "accepted":
            self.write(twin, changed(line, state=state, cost_cents=cost))

    @rule(number=runners, key=keys, state=st.sampled_from(("released", "accepted", "failed")))
    def put_without_a_version(self, number: int, key: str, state: State) -> None:
        """It is written where no line was counted, and nobody else has the row."""
        twin, line = self.twins[number], Entry(key, "find-email", "f" * 32, "{}", state, variant="find-email")
        if self.is_put(twin, line):
            self.note(twin, line)

    @rule(number=runners, names=st.sets(keys))
    def hand_back(self, number: int, names: set[str]) -> None:
        self.both(self.twins[number], lambda journal: journal.hand_back(sorted(names)))

    def write(self, twin: Twin, line: Entry) -> None:
        if self.is_put(twin, line):
            self.note(twin, line)
        else:
            twin.lines.pop(line.key, None)

    def is_put(self, twin: Twin, line: Entry) -> bool:
        async def put(journal: SharedJournal) -> frozenset[str]:
            try:
                await journal.put(line)
            except FencedError as error:
                return error.keys
            return frozenset()

        return not self.both(twin, put)

    def note(self, twin: Twin, line: Entry) -> None:
        twin.lines[line.key] = self.written[line.key] = line

    # --- what happens to them -------------------------------------------------------------------------------------

    @rule(beating=st.sets(runners), beats=st.integers(1, 8))
    def pass_time(self, beating: set[int], beats: int) -> None:
        """Some beat, and the others are frozen."""
        for _ in range(beats):
            for fleet in self.fleets:
                fleet.pass_time(BEAT_SECONDS)
            for number in sorted(beating):
                self.both(self.twins[number], lambda journal: journal.beat())

    @rule(seconds=st.sampled_from([0.5, BEAT_SECONDS, LEASE_SECONDS, 10 * LEASE_SECONDS]))
    def stall(self, seconds: float) -> None:
        for fleet in self.fleets:
            fleet.pass_time(seconds)

    @rule(number=runners)
    def kill(self, number: int) -> None:
        """Its locks and connections go, and nothing is written; another one takes its place."""
        twin = self.twins[number]
        self.killed.append(twin)
        store = vars(twin.file)["_store"]
        cast("JournalFile", vars(store)["_file"]).abandon()  # a killed process asks nobody
        self.twins[number] = self.start()

    @rule(number=runners)
    def close(self, number: int) -> None:
        self.both(self.twins[number], lambda journal: journal.close())
        self.twins[number] = self.start()

    # --- what always holds ----------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_paid_twice(self) -> None:
        assert all(count == 1 for count in self.paid.values())

    @invariant()
    def both_hold_the_same(self) -> None:
        for twin in self.twins[:1]:

            async def rows(journal: SharedJournal) -> list[tuple[Entry, bool]]:
                found = await journal.find_all(KEYS)
                return sorted(((row, row.held_by is not None) for row in found), key=lambda pair: pair[0].key)

            self.both(twin, rows)
            assert twin.file.may_send() == twin.model.may_send()

    @invariant()
    def no_write_that_was_acknowledged_is_lost(self) -> None:
        for key, line in self.written.items():
            stored = self.twins[0].model.rows[key]
            assert stored.version >= line.version
            assert stored.version > line.version or stored == line

    @invariant()
    def the_id_of_a_paid_row_is_known_once_it_was_written_or_the_row_went_on(self) -> None:
        for key, job_id in self.ids.items():
            assert self.twins[0].model.rows[key].job_id == job_id

    @invariant()
    def sums_are_those_of_the_lines(self) -> None:
        with closing(sqlite3.connect(f"file:{self.folder / 'run.db'}?mode=ro", uri=True)) as database:
            kept: dict[str, float] = dict(database.execute("SELECT since, spent / 1e6 FROM sums").fetchall())
        in_memory: dict[str, float] = vars(self.twins[0].model)["_store"].sums
        for journal, sums in ((self.twins[0].file, kept), (self.twins[0].model, in_memory)):
            for since, amount in sums.items():
                lines = self.run(journal.lines_since(since))
                spent = sum(line.spent_cents + line.exposed_cents for line in lines)
                assert amount == pytest.approx(spent, abs=1e-9)

    def teardown(self) -> None:
        for twin in self.twins:
            self.run(twin.file.close())
        self.loop.close()
        shutil.rmtree(self.folder)


TestRunners = Runners.TestCase
TestRunners.settings = settings(max_examples=8, stateful_step_count=20, deadline=None)


class LongRunners(Runners):
    """The same with longer sequences."""


TestLongRunners = pytest.mark.soak(pytest.mark.timeout(900)(LongRunners.TestCase))
TestLongRunners.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
