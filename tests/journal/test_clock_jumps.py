"""The wall clock jumps, or the machine sleeps for a night: nothing is submitted twice, no running job is lost."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import anyio
import httpx
import pytest

from sixtyfour_async import (
    AsyncClient,
    ConnectError,
    JobRunner,
    MemoryJournal,
    Outcome,
)
from sixtyfour_async._client import response
from sixtyfour_async._journal import evidence
from sixtyfour_async._runner import intake, submission
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import VirtualTimeLoop, simulated
from tests.faults.network import networked
from tests.journal.forked_run import PRICES, operations_for

pytestmark = pytest.mark.anyio

ROWS = 30
SLEEP_SECONDS = 9 * 3600.0


async def run(
    client: AsyncClient, journal: Any, leave_after: int | None = None, outcomes: list[Outcome[Any]] | None = None
) -> list[Outcome[Any]]:
    outcomes = [] if outcomes is None else outcomes
    async with JobRunner(client, journal=journal, prices=PRICES, deep_searches=20, max_in_flight=20) as runner:
        async for outcome in runner.map(operations_for(ROWS)):
            outcomes.append(outcome)
            if len(outcomes) == leave_after:
                break
    return outcomes


def check(simulator: Any, outcomes: list[Outcome[Any]]) -> None:
    assert Counter(outcome.status for outcome in outcomes) == {"completed": ROWS}
    runs = [work for work in simulator.books.jobs if work.kind == "workflow"]
    others = Counter(work.subject for work in simulator.books.jobs if work.kind != "workflow")
    assert set(others.values()) == {1}
    assert len(runs) == ROWS / 10


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("hours", [1, -1, 9])
async def test_a_journal_with_wrong_timestamps_is_resumed_as_usual(tmp_path: Path, hours: int) -> None:
    """The timestamps in the file are informational; no decision depends on them."""
    path = tmp_path / "run.db"
    async with simulated(SimulatorSettings(speed=600, deep_search_slots=20)) as (client, simulator):
        await run(client, path, leave_after=8)
        with sqlite3.connect(path) as database:
            columns = ("created_at", "changed_at", "sent_at")
            for column in columns:
                shifted = f"strftime('%Y-%m-%dT%H:%M:%f+00:00', {column}, '{hours:+} hours')"
                database.execute(f"UPDATE jobs SET {column} = {shifted} WHERE {column} IS NOT NULL")  # noqa: S608 (ours)
            running = database.execute("SELECT count(*) FROM jobs WHERE state = 'accepted'").fetchone()[0]
        database.close()
        outcomes = await run(client, path)

    assert running > 0
    check(simulator, outcomes)


class ShiftedDatetime(datetime):
    """A wall clock that is *hours* off."""

    hours = 0.0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(datetime.now(tz or UTC).timestamp() + cls.hours * 3600, tz)


@pytest.fixture
def wall_clock(monkeypatch: pytest.MonkeyPatch) -> type[ShiftedDatetime]:
    """Replace the wall clock in every module that reads it."""
    monkeypatch.setattr(ShiftedDatetime, "hours", 0.0)
    for module in (intake, submission, response, evidence):
        monkeypatch.setattr(module, "datetime", ShiftedDatetime)
    return ShiftedDatetime


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_wall_clock_jump_during_a_run_changes_nothing(wall_clock: type[ShiftedDatetime], hours: int) -> None:
    """All waits use the monotonic clock: no request is an hour late, and hardly more requests are sent."""
    histories: list[list[Any]] = []
    for jump in (0, hours):
        wall_clock.hours = 0
        async with simulated(SimulatorSettings(deep_search_slots=20)) as (client, simulator):
            started = simulator.clock.now()

            async def change(by: int = jump) -> None:
                await anyio.sleep(15)
                wall_clock.hours = by

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(change)
                check(simulator, await run(client, MemoryJournal()))
            histories.append([round(request.at - started, 3) for request in simulator.books.requests])

    assert histories[0][-1] > 15, "the jump happened during the run"
    for history in histories:
        assert max(later - earlier for earlier, later in pairwise(history)) < 120
    assert len(histories[1]) < 1.3 * len(histories[0])


@pytest.mark.parametrize("hours", [1, -1, 48])
async def test_a_retry_after_date_never_waits_longer_than_a_minute_when_the_clock_is_wrong(
    wall_clock: type[ShiftedDatetime], hours: int
) -> None:
    """``Retry-After: <date>`` with a wrong clock may wait longer or shorter, and loses nothing."""
    wall_clock.hours = -hours
    settings = SimulatorSettings(retry_after="date", deep_search_slots=20)
    async with simulated(settings) as (client, simulator):
        simulator.faults.script("throttled", times=5)
        started = anyio.current_time()
        check(simulator, await run(client, MemoryJournal()))

    assert simulator.books.throttled > 0
    assert anyio.current_time() - started < 3600


async def sleep_machine(after: float) -> None:
    """Put the machine to sleep: the clock advances and nothing runs meanwhile."""
    await anyio.sleep(after)
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop.now += SLEEP_SECONDS


async def test_a_night_of_sleep_during_a_run_loses_nothing() -> None:
    """Every deadline has passed on waking; jobs that ended meanwhile are still fetched."""
    async with simulated(SimulatorSettings(deep_search_slots=20)) as (client, simulator):
        started = anyio.current_time()
        outcomes: list[Outcome[Any]] = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(sleep_machine, 20)
            await run(client, MemoryJournal(), outcomes=outcomes)
        elapsed = anyio.current_time() - started

    assert SLEEP_SECONDS < elapsed < SLEEP_SECONDS + 1000
    check(simulator, outcomes)


@pytest.mark.parametrize("minutes", [3, 60])
async def test_a_machine_that_wakes_before_its_network_waits_for_it(minutes: int) -> None:
    """After ten minutes jobs are detached with their ids, and the next run resumes them."""
    first: list[Outcome[Any]] = []

    def network_down(request: httpx.Request) -> Exception | None:
        is_down = SLEEP_SECONDS < anyio.current_time() < SLEEP_SECONDS + 60 * minutes
        return httpx.ConnectError("Network is unreachable", request=request) if is_down else None

    journal, errors = MemoryJournal(), 0
    async with networked(network_down, SimulatorSettings(deep_search_slots=20)) as (client, simulator, _):
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(sleep_machine, 20)
                await run(client, journal, outcomes=first)
        except* ConnectError:
            errors += 1
        await anyio.sleep(3600)
        outcomes = await run(client, journal)

    assert errors == (minutes == 60)
    detached = [outcome for outcome in first if outcome.status == "unfinished"]
    assert bool(detached) == (minutes == 60)
    assert all(outcome.job_id for outcome in detached)
    assert {outcome.status for outcome in first} <= {"completed", "unfinished", "rejected"}
    check(simulator, outcomes)
