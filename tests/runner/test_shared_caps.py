"""Several runners under one cap: what is left, the trial of an unknown price, and surprises are everybody's."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from sixtyfour_async import CostCapError
from sixtyfour_async._scheduling.ledger import TRIAL_ROWS
from tests.runner.fleet import fleet
from tests.runner.questions import questions
from tests.runner.test_shared_journal import statuses, submits, until

pytestmark = pytest.mark.anyio

UNPRICED: dict[str, Any] = {"max_cost_cents": 10_000, "max_row_cents": 50}


@pytest.mark.parametrize("cap", ["max_cost_cents", "max_cost_cents_per_run", "max_cost_cents_per_day"])
async def test_one_cap_holds_for_all_workers(cap: str) -> None:
    async with fleet() as made:
        options: dict[str, Any] = {cap: 100, "prices": {"company-intelligence": 10}}
        for start in range(0, 40, 10):
            made.start(questions(40)[start : start + 10], **options)
        await made.done()
        errors = [worker.error for worker in made.workers]

    assert submits(made) == 10
    assert all(error is None or isinstance(error, CostCapError) for error in errors)
    assert sum(statuses(worker)["completed"] for worker in made.workers) == 10


async def test_money_that_others_give_back_is_spent() -> None:
    """One worker holds all the money; its rows are charged less than was set aside for them."""
    async with fleet() as made:
        first = made.start(questions(5), prices={"company-intelligence": 20}, max_cost_cents=100)
        await until(lambda: submits(made) == 5)
        second = made.start(questions(10)[5:], prices={"company-intelligence": 10}, max_cost_cents=100)
        await made.done()

    charged = made.simulator.books.charged_cents
    assert statuses(first) == {"completed": 5}
    assert charged <= 100
    assert statuses(second)["completed"] == min(5, (100 - 5 * charged // submits(made)) // 10)


async def test_the_first_rows_of_an_unknown_price_are_a_trial_of_all_workers_together() -> None:
    async with fleet() as made:
        for start in range(0, 40, 10):
            made.start(questions(40)[start : start + 10], **UNPRICED)
        await made.done()
        answered = [statuses(worker) for worker in made.workers]
        jobs = made.simulator.books.jobs

    first_end = min(job.ends_at for job in jobs)
    assert sum(job.submitted_at < first_end for job in jobs) == TRIAL_ROWS
    assert answered == [{"completed": 10}] * 4


async def test_trial_rows_of_a_worker_that_died_are_polled_by_the_one_that_waits_for_their_price() -> None:
    """Though it did not ask for them."""
    async with fleet() as made:
        doomed = made.start(questions(3), **UNPRICED)
        await until(lambda: submits(made) == 3)
        await anyio.sleep(1)
        doomed.kill()
        heir = made.start(questions(10)[3:], **UNPRICED)
        await made.done()

    assert statuses(heir) == {"completed": 7}


async def test_a_charge_above_what_was_reserved_stops_all_workers_under_the_cap() -> None:
    """Who expects the true price begins all the same."""
    options: dict[str, Any] = {"prices": {"company-intelligence": 5}, "max_cost_cents": 100_000}
    async with fleet() as made:
        workers = [made.start(questions(300)[start : start + 100], **options) for start in range(0, 300, 100)]
        await made.done()
        stopped_at = submits(made)
        informed = made.start(questions(10), prices={"company-intelligence": 10}, max_cost_cents=100_000)
        await made.done()

    assert all("was charged 10 cents a row" in str(worker.error) for worker in workers)
    assert any("more than another process had reserved" in str(worker.error) for worker in workers)
    assert stopped_at < 150
    assert statuses(informed) == {"completed": 10}
