"""The journal's file against the journal in memory, whatever is written, closed, crashed and erased in between."""

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

from sixtyfour_async import MemoryJournal, SqliteJournal
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
    answer=texts,
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
    """One of each, told the same."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.crashes = 0
        self.abandoned: list[SqliteJournal] = []
        self.file = SqliteJournal(self.folder / "run.db")
        self.model = MemoryJournal()
        self.loose: list[tuple[str, Tally, float]] = []
        self.do(self.file.open())

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    def durable(self) -> None:
        """What was counted is on the disk with the next write."""
        for counted in self.loose:
            self.model.tally(*counted)
        self.loose.clear()

    @rule(entry=entries)
    def put(self, entry: Entry) -> None:
        self.do(self.file.put(entry))
        self.do(self.model.put(entry))
        self.durable()

    @rule(batch=st.lists(entries, max_size=6))
    def put_at_once(self, batch: list[Entry]) -> None:
        """Writers that wait for the same commit, in the order in which they came."""

        async def all_at_once() -> None:
            async with asyncio.TaskGroup() as tasks:
                for entry in batch:
                    tasks.create_task(self.file.put(entry))

        self.do(all_at_once())
        for entry in batch:
            self.do(self.model.put(entry))
        if batch:
            self.durable()

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.model.rows)))
        self.do(self.file.deliver(key))
        self.do(self.model.deliver(key))
        self.durable()

    @rule(variant=st.sampled_from(["find-email", ""]), name=st.sampled_from(get_args(Tally)), amount=cents)
    def tally(self, variant: str, name: Tally, amount: float) -> None:
        self.file.tally(variant, name, amount)
        self.loose.append((variant, name, amount))

    @rule(name=st.sampled_from(["runtimes", "id", ""]), text=texts)
    def note(self, name: str, text: str | None) -> None:
        if text is not None:
            self.do(self.file.set_meta(name, text))
            self.do(self.model.set_meta(name, text))
        assert self.do(self.file.get_meta(name)) == self.do(self.model.get_meta(name))
        self.durable()

    @rule(key=st.sampled_from(KEYS))
    def forget(self, key: str) -> None:
        known = self.model.rows.pop(key, None)
        if known is not None:
            self.loose.append((known.variant, FORGOTTEN, (known.cost_cents or 0.0) + known.reserved_cents))
        assert self.do(self.file.forget(key)) is (known is not None)
        self.durable()

    @rule()
    def close_and_open(self) -> None:
        self.do(self.file.close())
        self.durable()
        self.reopen(self.file)

    @rule(kept=st.booleans())
    def crash(self, kept: bool) -> None:
        """The files as they lie on the disk at this instant; what the process had in its hands is gone."""
        self.crashes += 1
        folder = self.folder / str(self.crashes)
        folder.mkdir()
        for path in self.file.path.parent.glob("run.db*"):
            if not path.name.endswith("-shm") or kept:
                shutil.copy(path, folder / path.name)
        self.abandoned.append(self.file)
        self.loose.clear()
        self.reopen(SqliteJournal(folder / "run.db"))

    def reopen(self, journal: SqliteJournal) -> None:
        self.file = journal
        self.do(self.file.open())
        self.do(self.model.open())

    @invariant()
    def they_hold_the_same(self) -> None:
        """Read from both, but only when nothing is loose: reading makes it durable."""
        if self.loose:
            return

        async def rows(journal: SqliteJournal | MemoryJournal, states: Any) -> dict[str, Entry]:
            return {entry.key: entry async for entry in journal.entries(states)}

        def sums(lines: tuple[Line, ...]) -> set[Line]:
            return {replace(line, charged_cents=round(line.charged_cents, 6)) for line in lines}

        assert self.do(rows(self.model, STATES)) == self.do(rows(self.file, STATES))
        open_states = {"intended", "unknown"}
        assert self.do(rows(self.model, open_states)) == self.do(rows(self.file, open_states))
        assert sums(self.do(self.model.lines())) == sums(self.do(self.file.lines()))

    def teardown(self) -> None:
        for journal in [*self.abandoned, self.file]:
            with suppress(Exception):  # an abandoned one has lost its folder's lock file
                self.do(journal.close())
        self.loop.close()
        shutil.rmtree(self.folder)


TestJournals = Journals.TestCase
TestJournals.settings = settings(max_examples=8, stateful_step_count=20, deadline=None)


class LongJournals(Journals):
    """The same, for hours of use."""


TestLongJournals = pytest.mark.soak(LongJournals.TestCase)
TestLongJournals.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
