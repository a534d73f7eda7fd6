"""``plan`` says before what ``map`` does after."""

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


async def test_a_plan_sorts_rows_as_the_run_does_and_sends_nothing() -> None:
    """New, twice in the input, answered before, running already, under a key that stands for something else."""
    journal = MemoryJournal()
    taken = question(0).fingerprint()
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
                key=lambda asked: f"{taken}" if asked == question(9) else asked.fingerprint(),
            )
            asked_again = [outcome async for outcome in runner.map([*questions(6), *questions(2), question(7)])]

    assert (planned.rows, planned.duplicates, planned.answered, planned.running) == (10, 3, 3, 1)
    assert (planned.to_submit, planned.submits, planned.cost_cents, planned.unpriced) == (3, 3, 30, {})
    assert len(asked_again) == 9
    assert len(simulator.books.jobs) == 3 + 1 + planned.to_submit
    assert sent < len(simulator.books.requests)


async def test_a_plan_tells_which_limit_binds() -> None:
    """The budget for many rows, five slots for searches, the run time of a single job, money when there is a cap."""
    many = [ReverseEmail(lead={"email": f"p{number}@x.example"}) for number in range(3000)]
    searches = [DeepSearch(query=f"q {number}") for number in range(50)]
    async with simulated() as (client, _):
        async with JobRunner(client) as runner:
            inputs: list[list[JobOperation[Any]]] = [[*many], [*searches], [question(0)], []]
            plans = [await runner.plan(asked, batching="single") for asked in inputs]
        async with JobRunner(client, max_cost_cents=100, max_row_cents=10) as runner:
            capped = await runner.plan(many)

    assert [planned.bottleneck for planned in plans] == ["rate", "deep-search", "run time", "nothing"]
    assert capped.bottleneck == "cap"
    assert (capped.cost_cents, capped.unpriced, plans[0].unpriced) == (30000, {}, {"reverse-email": 3000})
    for planned in plans[:3]:
        assert planned.minutes_range[0] <= planned.minutes <= planned.minutes_range[1]


@pytest.mark.parametrize(("rows", "runtimes"), [(1, "documented"), (12, "measured"), (300, "documented")])
async def test_a_plan_is_not_far_from_the_run(rows: int, runtimes: Runtimes) -> None:
    """What a first run learned makes the plan of the next one good: the run ends within the range told, or nearly."""
    journal = MemoryJournal()
    async with simulated(SimulatorSettings(runtimes=runtimes)) as (client, simulator):
        async with JobRunner(client, journal=journal) as runner:
            async for _ in runner.map([question(1400 + number) for number in range(60)]):
                pass
        async with JobRunner(client, journal=journal) as runner:
            planned = await runner.plan(questions(rows))
            begun, before = pipeline_of(client).clock.now(), len(simulator.books.requests)
            async for _ in runner.map(questions(rows)):
                pass
            took = (pipeline_of(client).clock.now() - begun) / 60

    assert planned.minutes_range[0] * 0.6 <= took <= planned.minutes_range[1] * 1.4
    assert planned.requests <= (len(simulator.books.requests) - before) * 1.2


async def test_rows_that_share_submits_are_planned_so() -> None:
    """A thousand leads are ten submits; asked by themselves they are a thousand."""
    asked = [FindEmail(lead={"name": f"Person {number}"}) for number in range(1000)]
    async with simulated() as (client, _), JobRunner(client) as runner:
        shared, single = await runner.plan(asked), await runner.plan(asked, batching="single")

    assert (shared.submits, single.submits) == (10, 1000)
    assert shared.cost_cents == single.cost_cents == 5000
    assert shared.minutes < single.minutes


async def test_a_plan_needs_the_journal_to_be_open() -> None:
    """Outside the block the error says how it is used."""
    async with simulated() as (client, _):
        with pytest.raises(ConfigurationError, match="async with JobRunner"):
            await JobRunner(client).plan(questions(1))
