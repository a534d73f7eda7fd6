"""Rows are read, and looked up in the journal, in groups; what a caller sees of that is the speed only."""

from __future__ import annotations

import asyncio
import math
import random
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Iterator
from contextlib import aclosing, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from sixtyfour_async import (
    AsyncClient,
    CompanyIntelligence,
    CostCapError,
    JobOperation,
    JobRunner,
    Journal,
    JournalError,
    MemoryJournal,
    Outcome,
    Question,
    SqliteJournal,
)
from sixtyfour_async._journal.base import Entry, request_text
from sixtyfour_async._runner import frame_rows, input_rows
from sixtyfour_async._runner.input_rows import InputRow, InputRows
from sixtyfour_async._runner.looked_up import Lookup
from sixtyfour_async.errors.foreign import StrayCancellationError
from sixtyfour_async.questions.row_operations import row_operation
from sixtyfour_async.testing import simulated
from tests.runner.questions import question, questions

pytestmark = pytest.mark.anyio

ROWS = 800


class CountingJournal(MemoryJournal):
    """A journal that counts how often rows were looked up."""

    def __init__(self) -> None:
        super().__init__()
        self.single: list[str] = []
        self.groups: list[list[str]] = []

    async def find(self, key: str) -> Entry | None:
        self.single.append(key)
        return await super().find(key)

    async def find_all(self, keys: Collection[str]) -> list[Entry]:
        self.groups.append(list(keys))
        return await super().find_all(keys)


class BrokenJournal(MemoryJournal):
    """A journal that looks no row up."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self._error = error

    async def find(self, key: str) -> Entry | None:  # noqa: ARG002 (as the journal has it)
        raise self._error

    async def find_all(self, keys: Collection[str]) -> list[Entry]:  # noqa: ARG002 (as the journal has it)
        raise self._error


async def finish(client: AsyncClient, journal: Journal, rows: int) -> None:
    """Fill a journal with rows that were answered and delivered: one that was really asked, and copies of it."""
    async with JobRunner(client, journal=journal) as runner:
        async for _ in runner.map(questions(1), deliver="once"):
            pass
    await journal.open()
    first = await journal.find(question(0).fingerprint())
    assert first is not None
    for one in questions(rows)[1:]:
        name, request = one.fingerprint(), request_text(one.payload())
        line = replace(first, key=name, fingerprint=name, request=request, job_id=f"job {name}", version=0)
        await journal.put(line)
    await journal.close()


async def collect(stream: AsyncGenerator[Outcome[Any], None], outcomes: list[Outcome[Any]]) -> None:
    """Take what comes until the stream ends or raises."""
    async for outcome in stream:
        outcomes.append(outcome)  # noqa: PERF401 (those before an error are wanted)


def shuffled(rows: int, seed: int) -> list[JobOperation[Any]]:
    """Return questions in no order, some of them twice or more often."""
    drawn = random.Random(seed)  # noqa: S311 (no secret)
    asked = [*questions(rows), *(question(drawn.randrange(rows)) for _ in range(rows // 4))]
    drawn.shuffle(asked)
    return list(asked)


def as_generator(items: Iterable[Any]) -> Iterable[Any]:
    yield from items


async def as_async_generator(items: Iterable[Any]) -> AsyncGenerator[Any, None]:
    for item in items:
        yield item


class Sequence:
    """The oldest kind of iterable: one that is asked for its items by their numbers."""

    def __init__(self, items: list[Any]) -> None:
        self._items = items

    def __getitem__(self, number: int) -> Any:
        return self._items[number]


MAKERS = pytest.mark.parametrize("make", [list[Any], as_generator, as_async_generator, Sequence])


@pytest.mark.parametrize(
    ("make", "max_in_flight", "ordered", "rows"),
    [
        (list[Any], 400, False, 90),
        (as_generator, 400, True, 90),
        (as_async_generator, 400, False, 90),
        (Sequence, 400, True, 90),
        (list[Any], 1, False, 6),
        (as_generator, 5, True, 20),
    ],
)
async def test_known_new_and_repeated_rows_each_have_their_answer_and_are_paid_once(
    make: Callable[[list[Any]], Any], max_in_flight: int, rows: int, *, ordered: bool
) -> None:
    asked, journal = shuffled(rows, seed=max_in_flight), MemoryJournal()
    async with simulated() as (client, simulator):
        async with JobRunner(client, journal=journal) as runner:
            first = [outcome async for outcome in runner.map(questions(rows)[::2])]
        async with JobRunner(client, journal=journal, max_in_flight=max_in_flight) as runner:
            second = [outcome async for outcome in runner.map(make(asked), ordered=ordered)]

    assert len(simulator.books.jobs) == rows
    assert all(outcome.ok for outcome in (*first, *second))
    assert sorted(outcome.index for outcome in second) == list(range(len(asked)))
    assert all(outcome.input == asked[outcome.index] for outcome in second)
    assert not ordered or [outcome.index for outcome in second] == list(range(len(asked)))


@pytest.mark.parametrize("make", [as_generator, as_async_generator])
@pytest.mark.parametrize("deliver", ["every call", "once"])
@pytest.mark.parametrize("max_in_flight", [160, 4000])
async def test_finished_rows_are_looked_up_in_groups_whatever_their_order(
    make: Callable[[list[Any]], Any], deliver: Any, max_in_flight: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while the consumer holds up the reading: then a few slots are waited for."""
    monkeypatch.setattr(input_rows, "GATHERING_SECONDS", math.inf)  # however busy this machine is
    journal = CountingJournal()
    asked = questions(ROWS)
    random.Random(3).shuffle(asked)  # noqa: S311 (no secret)
    async with simulated() as (client, simulator):
        await finish(client, journal, ROWS)
        journal.single.clear()
        journal.groups.clear()
        async with JobRunner(client, journal=journal, max_in_flight=max_in_flight) as runner:
            outcomes = [outcome async for outcome in runner.map(make(list(asked)), deliver=deliver)]

    assert len(outcomes) == (ROWS if deliver == "every call" else 0)
    looked_up = Counter([*journal.single, *(key for group in journal.groups for key in group)])
    assert looked_up == {one.fingerprint(): 1 for one in asked}
    assert len(journal.single) + len(journal.groups) <= ROWS / 8
    assert len(simulator.books.jobs) == 1


@pytest.mark.parametrize("deliver", ["every call", "once"])
async def test_a_replay_commits_no_more_for_many_rows_than_for_few(tmp_path: Path, deliver: Any) -> None:
    path, commits = tmp_path / "run.db", list[int]()
    async with simulated() as (client, _):
        await finish(client, SqliteJournal(path), 400)
        for rows in (1, 20, 400):
            async with JobRunner(client, journal=path) as runner:
                found = [outcome async for outcome in runner.map(questions(rows), deliver=deliver)]
            assert len(found) == (rows if deliver == "every call" else 0)
            with closing(sqlite3.connect(path)) as database:
                commits.append(database.execute("SELECT commits FROM wholeness").fetchone()[0])

    assert commits[2] - commits[1] == commits[1] - commits[0]


class GatedJournal(MemoryJournal):
    """A journal that looks up one group of rows, and no other until it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_up = 0
        self.may_go_on = anyio.Event()

    async def find_all(self, keys: Collection[str]) -> list[Entry]:
        if self.looked_up:
            await self.may_go_on.wait()
        self.looked_up += len(keys)
        return await super().find_all(keys)


async def run_all(runner: JobRunner, way: str, rows: list[CompanyIntelligence]) -> Iterable[str]:
    """Run questions about companies in one of the ways in which there are many; return how each ended."""
    if way == "enrich":
        asked = Question("company-intelligence", struct=rows[0].struct, options={"tier": "low"})
        return [row["status"] for row in await runner.enrich([row.target_company for row in rows], asked)]
    given = as_async_generator(rows) if way == "async" else rows
    return [outcome.status async for outcome in runner.map(given)]


@pytest.mark.parametrize("way", ["list", "async", "enrich"])
async def test_a_new_row_is_sent_before_the_rows_behind_it_are_looked_up_or_made(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, made, before, ended = GatedJournal(), list[int](), list[int](), list[str]()

    def noted(*args: Any) -> Any:
        made.append(args[-1].number)
        return row_operation(*args)

    monkeypatch.setattr(frame_rows, "row_operation", noted)
    async with simulated() as (client, simulator):
        await finish(client, journal, ROWS)
        async with JobRunner(client, journal=journal) as runner, anyio.create_task_group() as tasks:

            async def run() -> None:
                ended.extend(await run_all(runner, way, [question(ROWS), *questions(ROWS)]))

            tasks.start_soon(run)
            with anyio.fail_after(20):
                while len(simulator.books.jobs) < 2:  # noqa: ASYNC110 (the simulator has no event)
                    await anyio.sleep(0.001)
            before += journal.looked_up, len(made)
            journal.may_go_on.set()

    assert max(before) < ROWS / 4
    assert ended == ["completed"] * (ROWS + 1)
    assert len(simulator.books.jobs) == 2


@pytest.mark.parametrize("make", [as_generator, as_async_generator])
async def test_no_more_is_read_than_may_be(make: Callable[[Any], Any]) -> None:
    """One beyond ``max_rows``, which shows that there are more; and none beyond the slots."""
    read = Counter[str]()

    def counted(name: str) -> Any:
        def rows() -> Iterator[JobOperation[Any]]:
            for number in range(200):
                read[name] += 1
                yield question(number)

        return make(rows())

    async with simulated() as (client, simulator):
        async with JobRunner(client, max_rows=70) as runner:
            outcomes = list[Outcome[Any]]()
            with pytest.raises(CostCapError, match="max_rows=70"):
                await collect(runner.map(counted("limited")), outcomes)
        async with JobRunner(client, max_in_flight=40) as runner:
            async for _ in runner.map(counted("in flight")):
                break

    assert len(outcomes) == 70
    assert read["limited"] == 71
    assert read["in flight"] <= 41
    assert len(simulator.books.jobs) <= 111


@MAKERS
async def test_an_error_of_the_input_comes_after_the_rows_before_it(make: Callable[[list[Any]], Any]) -> None:
    """Also one of the function for keys, in the middle of a group."""

    def key(operation: JobOperation[Any]) -> str:
        if operation == question(23):
            raise LookupError("no key")
        return operation.fingerprint()

    outcomes = list[Outcome[Any]]()
    async with simulated() as (client, _), JobRunner(client) as runner:
        with pytest.raises(LookupError, match="no key"):
            await collect(runner.map(make(list(questions(32))), key=key), outcomes)

    assert sorted(outcome.index for outcome in outcomes) == list(range(23))


async def test_rows_that_come_slowly_wait_for_no_others() -> None:
    """An iterable that works for its rows delays the first of them by little."""

    def slow() -> Iterator[JobOperation[Any]]:
        for number in range(3):
            time.sleep(0.03)
            yield question(number)

    async def room() -> int:
        return 64

    groups = list[list[int]]()

    async def take(group: list[InputRow[Any]]) -> None:
        groups.append([row.index for row in group])

    await InputRows(slow(), None, room).read(take)

    assert groups == [[0], [1], [2]]


async def test_a_row_is_sent_while_the_next_one_is_waited_for() -> None:
    """An asynchronous iterable may wait for the answer to what it yielded."""
    have_ended = [anyio.Event() for _ in range(3)]

    async def rows() -> AsyncGenerator[JobOperation[Any], None]:
        for number, has_ended in enumerate(have_ended):
            yield question(number)
            await has_ended.wait()

    async with simulated() as (client, _), JobRunner(client) as runner:
        async for outcome in runner.map(rows()):
            assert outcome.ok
            have_ended[outcome.index].set()

    assert all(has_ended.is_set() for has_ended in have_ended)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (LookupError("no key"), LookupError),
        (asyncio.CancelledError(), StrayCancellationError),
        (JournalError("full"), JournalError),
    ],
    ids=["any", "cancelled", "journal"],
)
async def test_a_journal_that_fails_ends_the_reading_of_an_asynchronous_iterable(
    raised: BaseException, expected: type[Exception]
) -> None:
    """Whatever it raises comes out as it is, and the iterable, which may wait for ever, holds nobody up."""

    async def rows() -> AsyncGenerator[JobOperation[Any], None]:
        yield question(0)
        yield question(1)
        await anyio.sleep_forever()

    outcomes = list[Outcome[Any]]()
    async with simulated() as (client, _), JobRunner(client, journal=BrokenJournal(raised)) as runner:
        with pytest.raises(expected):
            await collect(runner.map(rows()), outcomes)

    assert outcomes == []


@pytest.mark.parametrize("make", [list[Any], as_async_generator])
async def test_what_goes_wrong_with_a_group_is_raised_as_it_is(make: Callable[[list[Any]], Any]) -> None:
    """Not wrapped in a group of exceptions, and the rest of the input is left alone."""
    journal = BrokenJournal(JournalError("cannot be read"))
    async with simulated() as (client, _), JobRunner(client, journal=journal) as runner:
        with pytest.raises(JournalError, match="cannot be read"):
            await runner.plan(make(list(questions(3))))


async def test_an_input_that_never_comes_to_an_end_is_left_with_the_runner() -> None:
    closed = anyio.Event()

    async def endless() -> AsyncGenerator[JobOperation[Any], None]:
        try:
            yield question(0)
            await anyio.sleep_forever()
        finally:
            closed.set()

    async with simulated() as (client, _), JobRunner(client) as runner, aclosing(runner.map(endless())) as outcomes:
        assert (await anext(outcomes)).ok
    assert closed.is_set()


async def test_a_line_that_was_looked_up_is_used_once() -> None:
    """The second row of a key in a group may come when the first has been sent, and has ended."""
    journal = CountingJournal()
    rows = [InputRow(question(number), None, number) for number in (0, 1, 0, 2)]
    keys = [row.fingerprint for row in rows]
    known = await Lookup(journal).group(rows, under_way={keys[1]})
    assert (await known.find(keys[0]), journal.single) == (None, [])
    entry = Entry(keys[0], "find-email", keys[0], "{}", "completed")
    await journal.put(entry)

    assert await known.find(keys[0]) == entry
    assert await known.find(keys[1]) is None
    assert journal.single == [keys[0], keys[1]]
