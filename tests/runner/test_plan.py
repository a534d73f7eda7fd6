"""``plan`` predicts what ``map`` does."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from sixtyfour_async import (
    ConfigurationError,
    DeepSearch,
    FindEmail,
    JobOperation,
    JobRunner,
    MemoryJournal,
    ReverseEmail,
)
from sixtyfour_async._client.client import pipeline_of
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.simulator.base.settings import Runtimes
from sixtyfour_async.testing import simulated
from tests.runner.questions import question, questions

pytestmark = pytest.mark.anyio


async def test_a_plan_classifies_rows_like_the_run_and_sends_no_request() -> None:
    """New, duplicate, answered and running rows, and a row whose key belongs to another question."""
    journal = MemoryJournal()
    used_key = question(0).fingerprint()
    async with simulated() as (client, simulator):
        async with JobRunner(client, journal=journal) as runner:
            async for _ in runner.map(questions(3)):
                pass
        with anyio.move_on_after(1):
            async with JobRunner(client, journal=journal) as runner:
                await runner.run(question(7))
        sent = len(simulator.books.requests)
        async with JobRunner(client, journal=journal, prices={"company-intelligence": 10}) as runner:
            planned = await runner.plan(
                [*questions(6), *questions(2), question(7), question(9)],
                key=lambda row: used_key if row == question(9) else row.fingerprint(),
            )
            outcomes = [outcome async for outcome in runner.map([*questions(6), *questions(2), question(7)])]

    assert (planned.rows, planned.duplicates, planned.answered, planned.running) == (10, 3, 3, 1)
    assert (planned.to_submit, planned.submits, planned.cost_cents, planned.unpriced) == (3, 3, 30, {})
    assert len(outcomes) == 9
    assert len(simulator.books.jobs) == 3 + 1 + planned.to_submit
    assert sent < len(simulator.books.requests)


async def test_a_plan_names_the_bottleneck() -> None:
    """The rate for many rows, the slots for searches, the run time of a single job, and the cap when there is one."""
    many = [ReverseEmail(lead={"email": f"p{number}@x.example"}) for number in range(3000)]
    searches = [DeepSearch(query=f"q {number}") for number in range(50)]
    async with simulated() as (client, _):
        async with JobRunner(client) as runner:
            inputs: list[list[JobOperation[Any]]] = [[*many], [*searches], [question(0)], []]
            plans = [await runner.plan(rows, batching="single") for rows in inputs]
        async with JobRunner(client, max_cost_cents=100, max_row_cents=10) as runner:
            capped = await runner.plan(many)

    assert [planned.bottleneck for planned in plans] == ["rate", "deep-search", "run time", "nothing"]
    assert capped.bottleneck == "cap"
    assert (capped.cost_cents, capped.unpriced, plans[0].unpriced) == (30000, {}, {"reverse-email": 3000})
    for planned in plans[:3]:
        assert planned.minutes_range[0] <= planned.minutes <= planned.minutes_range[1]


@pytest.mark.parametrize(("rows", "runtimes"), [(1, "documented"), (12, "measured"), (300, "documented")])
async def test_a_planned_duration_is_close_to_the_actual_one(rows: int, runtimes: Runtimes) -> None:
    """With run times learned by a first run, the next run ends within the planned range, or close to it."""
    journal = MemoryJournal()
    async with simulated(SimulatorSettings(runtimes=runtimes)) as (client, simulator):
        async with JobRunner(client, journal=journal) as runner:
            async for _ in runner.map([question(1300 + number) for number in range(60)]):
                pass
        async with JobRunner(client, journal=journal) as runner:
            planned = await runner.plan(questions(rows))
            started, before = pipeline_of(client).clock.now(), len(simulator.books.requests)
            async for _ in runner.map(questions(rows)):
                pass
            elapsed = (pipeline_of(client).clock.now() - started) / 60

    assert planned.minutes_range[0] * 0.6 <= elapsed <= planned.minutes_range[1] * 1.4
    assert planned.requests <= (len(simulator.books.requests) - before) * 1.2


async def test_a_plan_accounts_for_bulk_submits() -> None:
    """A thousand leads take ten submits, or a thousand with ``batching="single"``."""
    operations = [FindEmail(lead={"name": f"Person {number}"}) for number in range(1000)]
    async with simulated() as (client, _), JobRunner(client) as runner:
        shared, single = await runner.plan(operations), await runner.plan(operations, batching="single")

    assert (shared.submits, single.submits) == (10, 1000)
    assert shared.cost_cents == single.cost_cents == 5000
    assert shared.minutes < single.minutes


async def test_planning_outside_the_block_raises() -> None:
    """The error shows how to use the runner."""
    async with simulated() as (client, _):
        with pytest.raises(ConfigurationError, match="async with JobRunner"):
            await JobRunner(client).plan(questions(1))
