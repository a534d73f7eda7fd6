"""Model test: `SqliteJournal` agrees with `MemoryJournal` through writes, reopens, crashes and erasures."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sixtyfour_async import Body, MemoryJournal, SqliteJournal
from sixtyfour_async._journal.base import Entry
from sixtyfour_async._scheduling.ledger import Line, Tally
from sixtyfour_async._scheduling.row_states import State

T = TypeVar("T")

KEYS = ["", "a", "A", "row 3", "é🙂"]
STATES = get_args(State)
texts = st.none() | st.sampled_from(["", "{}", '{"a": "\\u0000\n"}', "it's"])
cents = st.sampled_from([0.0, 0.5, 5.0, 20.0])
entries = st.builds(
    Entry,
    key=st.sampled_from(KEYS),
    operation=st.sampled_from(["find-email", "deep-search"]),
    fingerprint=st.sampled_from(["f" * 32, "0" * 32]),
    request=st.sampled_from(["{}", '{"lead":{"name":"Åda"}}']),
    state=st.sampled_from(STATES),
    job_id=st.none() | st.just("job"),
    answer=st.none() | st.builds(Body, st.binary(max_size=9), st.sampled_from(["", "application/json"])),
    receipt=st.none() | st.builds(Body, st.binary(max_size=9)),
    matched_by=st.none() | st.sampled_from(["echo", "index", "position"]),
    error=texts,
    cost_cents=st.none() | cents,
    variant=st.sampled_from(["find-email", "find-email/PERSONAL", ""]),
    reserved_cents=cents,
    resubmissions=st.integers(0, 3),
    sent_at=st.none() | st.just("2026-11-25T10:00:00+00:00"),
    delivered=st.booleans(),
)
FORGOTTEN: Tally = "forgotten"


class Journals(RuleBasedStateMachine):
    """Apply the same operations to both journals."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.crashes = 0
        self.abandoned: list[SqliteJournal] = []
        self.file = SqliteJournal(self.folder / "run.db")
        self.model = MemoryJournal()
        self.pending_tallies: list[tuple[str, Tally, float]] = []
        self.run(self.file.open())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    def flush_tallies(self) -> None:
        """Tallies become durable with the next write."""
        for tally in self.pending_tallies:
            self.model.tally(*tally)
        self.pending_tallies.clear()

    async def numbered(self, journal: SqliteJournal | MemoryJournal, batch: list[Entry]) -> list[Entry]:
        """Return lines as a runner writes them: each follows what it has read."""
        versions = {key: found.version for key in KEYS if (found := await journal.find(key)) is not None}
        lines: list[Entry] = []
        for entry in batch:
            versions[entry.key] = versions.get(entry.key, 0) + 1
            lines.append(replace(entry, version=versions[entry.key]))
        return lines

    @rule(entry=entries)
    def put(self, entry: Entry) -> None:
        self.put_concurrently([entry])

    @rule(batch=st.lists(entries, max_size=6))
    def put_concurrently(self, batch: list[Entry]) -> None:
        """Writers that share a commit keep their order."""
        if not batch:
            return

        async def put_all() -> None:
            lines = await self.numbered(self.file, batch)
            async with asyncio.TaskGroup() as tasks:
                for line in lines:
                    tasks.create_task(self.file.put(line))

        self.run(put_all())
        for line in self.run(self.numbered(self.model, batch)):
            self.run(self.model.put(line))
        self.flush_tallies()

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.model.rows)))
        self.run(self.file.deliver(key))
        self.run(self.model.deliver(key))
        self.flush_tallies()

    @rule(variant=st.sampled_from(["find-email", ""]), name=st.sampled_from(get_args(Tally)), amount=cents)
    def tally(self, variant: str, name: Tally, amount: float) -> None:
        self.file.tally(variant, name, amount)
        self.pending_tallies.append((variant, name, amount))

    @rule(name=st.sampled_from(["runtimes", "id", ""]), text=texts)
    def set_and_get_meta(self, name: str, text: str | None) -> None:
        if text is not None:
            self.run(self.file.set_meta(name, text))
            self.run(self.model.set_meta(name, text))
        assert self.run(self.file.get_meta(name)) == self.run(self.model.get_meta(name))
        self.flush_tallies()

    @rule(key=st.sampled_from(KEYS))
    def forget(self, key: str) -> None:
        former = self.model.rows.pop(key, None)
        if former is not None:
            self.pending_tallies.append((former.variant, FORGOTTEN, (former.cost_cents or 0.0) + former.reserved_cents))
        assert self.run(self.file.forget(key)) is (former is not None)
        self.flush_tallies()

    @rule()
    def close_and_open(self) -> None:
        self.run(self.file.close())
        self.flush_tallies()
        self.reopen(self.file)

    @rule(keep_shm=st.booleans())
    def crash(self, keep_shm: bool) -> None:
        """Continue on a copy of the files as they are on disk now; everything in memory is lost."""
        self.crashes += 1
        folder = self.folder / str(self.crashes)
        folder.mkdir()
        for path in self.file.path.parent.glob("run.db*"):
            if not path.name.endswith("-shm") or keep_shm:
                shutil.copy(path, folder / path.name)
        self.abandoned.append(self.file)
        self.pending_tallies.clear()
        self.reopen(SqliteJournal(folder / "run.db"))

    def reopen(self, journal: SqliteJournal) -> None:
        self.file = journal
        self.run(self.file.open())
        self.run(self.model.open())

    @invariant()
    def both_hold_the_same(self) -> None:
        """Compare only when no tally is pending: reading makes tallies durable."""
        if self.pending_tallies:
            return

        async def rows(journal: SqliteJournal | MemoryJournal, states: Any) -> dict[str, Entry]:
            found = {entry.key: entry async for entry in journal.entries(states)}
            return {key: replace(entry, version=0, changed_at=None) for key, entry in found.items()}

        def sums(lines: tuple[Line, ...]) -> set[Line]:
            return {replace(line, charged_cents=round(line.charged_cents, 6)) for line in lines}

        assert self.run(rows(self.model, STATES)) == self.run(rows(self.file, STATES))
        open_states = {"intended", "unknown"}
        assert self.run(rows(self.model, open_states)) == self.run(rows(self.file, open_states))
        assert sums(self.run(self.model.lines())) == sums(self.run(self.file.lines()))

    def teardown(self) -> None:
        for journal in [*self.abandoned, self.file]:
            with suppress(Exception):  # an abandoned journal has lost its lock file
                self.run(journal.close())
        self.loop.close()
        shutil.rmtree(self.folder)


TestJournals = pytest.mark.timeout(240)(Journals.TestCase)
TestJournals.settings = settings(max_examples=6, stateful_step_count=16, deadline=None)


class LongJournals(Journals):
    """The same with longer sequences."""


TestLongJournals = pytest.mark.soak(pytest.mark.timeout(900)(LongJournals.TestCase))
TestLongJournals.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
