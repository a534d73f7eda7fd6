"""A journal of one's own, from public names only: a runner keeps its promises on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import replace

import pytest

from sixtyfour_async import CRASHED, Entry, JobRunner, JournalError, Line, State, Tally, tally_line
from sixtyfour_async._wire.body import Body
from sixtyfour_async.testing import simulated
from tests.runner.questions import find_emails

pytestmark = pytest.mark.anyio

LEADS = find_emails(4)


class DictJournal:
    """The least that `Journal` asks for."""

    def __init__(self) -> None:
        self.entries_by_key: dict[str, Entry] = {}
        self.purpose: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.answers: dict[str, Body] = {}
        self.tallies: dict[tuple[str, Tally], tuple[int, float]] = {}

    async def open(self) -> None:
        for entry in list(self.entries_by_key.values()):
            if entry.state == "intended":
                await self.put(replace(entry, state="unknown", error=CRASHED))

    async def close(self) -> None:
        pass

    async def bind(self, purpose: Mapping[str, str]) -> None:
        used = any(entry.state != "released" for entry in self.entries_by_key.values())
        if used and any(self.purpose.get(name, text) != text for name, text in purpose.items()):
            raise JournalError("this journal belongs to another run")
        self.purpose |= purpose

    async def get_meta(self, name: str) -> str | None:
        return self.texts.get(name)

    async def set_meta(self, name: str, text: str) -> None:
        self.texts[name] = text

    async def find(self, key: str) -> Entry | None:
        return self.entries_by_key.get(key)

    async def entries(self, states: Collection[State]) -> AsyncGenerator[Entry, None]:
        for entry in [entry for entry in self.entries_by_key.values() if entry.state in states]:
            yield entry

    async def put(self, *entries: Entry) -> None:
        self.entries_by_key |= {entry.key: entry for entry in entries}

    async def deliver(self, key: str) -> None:
        await self.put(replace(self.entries_by_key[key], delivered=True))

    async def batch_entries(self, batch: str) -> list[Entry]:
        entries = [entry for entry in self.entries_by_key.values() if entry.batch == batch]
        return sorted(entries, key=lambda entry: entry.place or 0)

    async def save_batch_answer(self, batch: str, body: Body) -> None:
        self.answers[batch] = body

    async def load_batch_answer(self, batch: str) -> Body | None:
        return self.answers.get(batch)

    async def settle_batch(self, batch: str, entries: Sequence[Entry]) -> None:
        await self.put(*entries)
        self.answers.pop(batch, None)

    def tally(self, variant: str, name: Tally, cents: float) -> None:
        rows, total = self.tallies.get((variant, name), (0, 0.0))
        self.tallies[variant, name] = (rows + 1, total + cents)

    async def lines(self) -> tuple[Line, ...]:
        grouped: dict[tuple[str, State], list[Entry]] = defaultdict(list)
        for entry in self.entries_by_key.values():
            grouped[entry.variant, entry.state].append(entry)
        rows = [
            Line(
                variant,
                state,
                len(entries),
                charged_cents=sum(entry.cost_cents or 0.0 for entry in entries),
                reserved_cents=sum(entry.reserved_cents for entry in entries),
                dearest_cents=max(entry.cost_cents or 0.0 for entry in entries),
            )
            for (variant, state), entries in grouped.items()
        ]
        return (*rows, *(tally_line(*name, *counted) for name, counted in self.tallies.items()))


async def test_rows_are_paid_once_over_two_runs() -> None:
    journal, replayed = DictJournal(), list[list[bool]]()
    async with simulated() as (client, simulator):
        for _ in range(2):
            async with JobRunner(client, journal=journal) as runner:
                outcomes = [outcome async for outcome in runner.map(LEADS, batching="single")]
            replayed.append([outcome.replayed for outcome in outcomes if outcome.status == "completed"])

    assert replayed == [[False] * 4, [True] * 4]
    assert (len(simulator.books.jobs), simulator.books.repeated) == (4, {})


async def test_money_exposed_in_an_abandoned_submit_counts_against_the_cap_of_later_runs() -> None:
    journal, exposed = DictJournal(), list[float]()
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route="/find-email-async")
        async with JobRunner(client, journal=journal, max_cost_cents=100) as runner:
            first = await runner.run(LEADS[0])
        async with JobRunner(client, journal=journal, max_cost_cents=100, on_unknown="resubmit") as runner:
            again = await runner.run(LEADS[0])
        async with JobRunner(client, journal=journal, max_cost_cents=100) as runner:
            exposed.append(runner.stats().exposed_cents)

    assert (first.status, again.status) == ("unknown", "completed")
    assert exposed == [5.0]


async def test_when_the_journal_fails_jobs_that_run_are_handed_back_with_their_ids() -> None:
    """The failure ends the map; what was accepted is unfinished, not "not sent"."""

    class FullJournal(DictJournal):
        async def put(self, *entries: Entry) -> None:
            if any(entry.state == "completed" for entry in entries):
                raise JournalError("the disk is full")
            await super().put(*entries)

    outcomes: list[tuple[str, bool]] = []

    async def collect(runner: JobRunner) -> None:
        async for outcome in runner.map(LEADS, batching="single"):
            outcomes.append((outcome.status, outcome.job_id is None))  # noqa: PERF401 (read after it has raised)

    async with simulated() as (client, simulator), JobRunner(client, journal=FullJournal()) as runner:
        with pytest.raises(JournalError, match="the disk is full"):
            await collect(runner)

    assert outcomes == [("unfinished", False)] * 4
    assert len(simulator.books.jobs) == 4
