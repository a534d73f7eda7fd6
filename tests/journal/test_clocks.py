"""A wall clock that jumps, a machine that sleeps for a night: nothing is asked again, nothing under way is lost."""

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
from sixtyfour_async._client import transport
from sixtyfour_async._journal import sqlite
from sixtyfour_async._runner import intake, submission
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import VirtualTimeLoop, simulated
from tests.faults.network import networked
from tests.journal.child import PRICES, asked

pytestmark = pytest.mark.anyio

ROWS = 30
NIGHT = 9 * 3600.0


async def run(
    client: AsyncClient, journal: Any, stay: int | None = None, outcomes: list[Outcome[Any]] | None = None
) -> list[Outcome[Any]]:
    outcomes = [] if outcomes is None else outcomes
    async with JobRunner(client, journal=journal, prices=PRICES, deep_searches=20, max_in_flight=20) as runner:
        async for outcome in runner.map(asked(ROWS)):
            outcomes.append(outcome)
            if len(outcomes) == stay:
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
async def test_a_journal_whose_times_are_off_is_resumed_as_if_they_were_not(tmp_path: Path, hours: int) -> None:
    """Written by a clock that was fast or slow: every instant in the file is for people only."""
    path = tmp_path / "run.db"
    async with simulated(SimulatorSettings(speed=600, deep_search_slots=20)) as (client, simulator):
        await run(client, path, stay=8)
        with sqlite3.connect(path) as database:
            columns = ("created_at", "changed_at", "sent_at")
            for column in columns:
                moved = f"strftime('%Y-%m-%dT%H:%M:%f+00:00', {column}, '{hours:+} hours')"
                database.execute(f"UPDATE jobs SET {column} = {moved} WHERE {column} IS NOT NULL")  # noqa: S608 (ours)
            running = database.execute("SELECT count(*) FROM jobs WHERE state = 'accepted'").fetchone()[0]
        database.close()
        outcomes = await run(client, path)

    assert running > 0
    check(simulator, outcomes)


class Wall(datetime):
    """The wall clock, so many hours off."""

    hours = 0.0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(datetime.now(tz or UTC).timestamp() + cls.hours * 3600, tz)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> type[Wall]:
    """The package's wall clock, wherever it reads one."""
    monkeypatch.setattr(Wall, "hours", 0.0)
    for module in (intake, submission, transport, sqlite):
        monkeypatch.setattr(module, "datetime", Wall)
    return Wall


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_wall_clock_that_jumps_in_the_middle_of_a_run_changes_nothing(wall: type[Wall], hours: int) -> None:
    """Waiting goes by the monotonic clock: no hour passes without a request, and none is made in a hurry."""
    histories: list[list[Any]] = []
    for jump in (0, hours):
        wall.hours = 0
        async with simulated(SimulatorSettings(deep_search_slots=20)) as (client, simulator):
            begun = simulator.clock.now()

            async def change(by: int = jump) -> None:
                await anyio.sleep(15)
                wall.hours = by

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(change)
                check(simulator, await run(client, MemoryJournal()))
            histories.append([round(request.at - begun, 3) for request in simulator.books.requests])

    assert histories[0][-1] > 15, "the jump came in the middle"
    for history in histories:
        assert max(later - earlier for earlier, later in pairwise(history)) < 120
    assert len(histories[1]) < 1.3 * len(histories[0])


@pytest.mark.parametrize("hours", [1, -1, 48])
async def test_a_pace_told_as_a_date_is_no_longer_than_a_minute_whatever_our_clock_says(
    wall: type[Wall], hours: int
) -> None:
    """``Retry-After: <date>`` read with a clock that is off: slower or faster, and nothing lost."""
    wall.hours = -hours
    settings = SimulatorSettings(retry_after="date", deep_search_slots=20)
    async with simulated(settings) as (client, simulator):
        simulator.faults.script("throttled", times=5)
        begun = anyio.current_time()
        check(simulator, await run(client, MemoryJournal()))

    assert simulator.books.throttled > 0
    assert anyio.current_time() - begun < 3600


async def asleep(after: float) -> None:
    """The machine sleeps: every clock of ours goes on, and nothing of ours happens."""
    await anyio.sleep(after)
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop.now += NIGHT


async def test_a_night_s_sleep_in_the_middle_of_a_run_loses_nothing() -> None:
    """Every deadline has passed on waking up; what ended meanwhile is fetched, not given up."""
    async with simulated(SimulatorSettings(deep_search_slots=20)) as (client, simulator):
        begun = anyio.current_time()
        outcomes: list[Outcome[Any]] = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(asleep, 20)
            await run(client, MemoryJournal(), outcomes=outcomes)
        lasted = anyio.current_time() - begun

    assert NIGHT < lasted < NIGHT + 1000
    check(simulator, outcomes)


@pytest.mark.parametrize("minutes", [3, 60])
async def test_a_machine_that_wakes_up_before_its_network_waits_for_it(minutes: int) -> None:
    """For some ten minutes; then jobs are handed back with their ids, and the next run goes on watching."""
    first: list[Outcome[Any]] = []

    def dead(request: httpx.Request) -> Exception | None:
        down = NIGHT < anyio.current_time() < NIGHT + 60 * minutes
        return httpx.ConnectError("Network is unreachable", request=request) if down else None

    journal, errors = MemoryJournal(), 0
    async with networked(dead, SimulatorSettings(deep_search_slots=20)) as (client, simulator, _):
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(asleep, 20)
                await run(client, journal, outcomes=first)
        except* ConnectError:
            errors += 1
        await anyio.sleep(3600)
        outcomes = await run(client, journal)

    assert errors == (minutes == 60)
    handed_back = [outcome for outcome in first if outcome.status == "unfinished"]
    assert bool(handed_back) == (minutes == 60)
    assert all(outcome.job_id for outcome in handed_back)
    assert {outcome.status for outcome in first} <= {"completed", "unfinished", "rejected"}
    check(simulator, outcomes)
