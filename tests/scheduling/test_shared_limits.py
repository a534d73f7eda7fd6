"""A scheduler whose journal others use, too: submits that do not leave, rows that are taken, limits that are full."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger, Line
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.messages import Accepted, NotSent, Release, RowsTaken, RowWithdrawn, Submit
from sixtyfour_async._scheduling.row_states import HELD, ReusePolicy, State, admission
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.errors import RunStoppedError

SEARCH = "deep-search"
PRICED = {"find-email": 10.0}


def new_scheduler(cap: float | None = None) -> Scheduler:
    ledger = Ledger(cap, PRICED)
    ledger.learn("find-email", 10.0)
    limits = {SEARCH: ConcurrencyLimit(5)}
    return Scheduler(Budget(500), ledger, lambda: 0.0, limits, ConcurrencyLimit(100), 3600.0)


def job(id_: int, job_limit: str = "", rows: int = 1) -> ScheduledJob:
    return ScheduledJob(id_, "find-email", job_limit, retry_safe=False, rows=rows)


def sent(scheduler: Scheduler, *jobs: ScheduledJob) -> list[int]:
    """Add jobs, and return the numbers of those that are submitted."""
    for one in jobs:
        scheduler.add(one, 0.0)
    return [command.id for at in range(3) for command in scheduler.due(at) if isinstance(command, Submit)]


# --- submits that did not leave -------------------------------------------------------------------------------------


def test_a_submit_that_did_not_leave_waits_again_and_keeps_nothing() -> None:
    scheduler = new_scheduler(cap=100)
    assert sent(scheduler, job(1)) == [1]

    assert scheduler.handle(NotSent(1), 0.0) == []

    held = (scheduler.in_flight.held, scheduler.breaker.held, scheduler.ledger.reserved_cents)
    assert held == (0, 0, 0.0)
    assert scheduler.due(0.5) == []
    assert scheduler.due(9.0) == [Submit(1, 10.0, False, "")]
    assert scheduler.jobs[1].attempts == 1


def test_a_submit_that_nobody_wants_any_more_and_that_did_not_leave_is_released() -> None:
    scheduler = new_scheduler()
    sent(scheduler, job(1))
    error = RunStoppedError("not wanted")
    scheduler.handle(RowWithdrawn(1, "a", error), 0.0)

    assert scheduler.handle(NotSent(1), 0.0) == [Release(1, error)]
    assert scheduler.jobs == {}


def test_nothing_is_sent_or_refused_after_an_exceeded_limit_until_the_sums_were_looked_up() -> None:
    scheduler = new_scheduler(cap=100)
    sent(scheduler, job(1))
    scheduler.handle(NotSent(1, exceeded=True), 0.0)

    assert scheduler.due(60.0) == []
    assert scheduler.waits_for_others(60.0)

    scheduler.ledger.recount([Line("find-email", "completed", 9, charged_cents=90.0)], own_cents=0.0)
    assert scheduler.due(61.0) == [Submit(1, 10.0, False, "")]


@pytest.mark.parametrize(("others", "refused"), [(None, False), (True, False), (False, True)])
def test_a_row_that_finds_no_money_is_refused_only_when_nobody_can_return_any(
    others: bool | None, refused: bool
) -> None:
    scheduler = new_scheduler(cap=100)
    scheduler.ledger.recount([Line("find-email", "accepted", 10, reserved_cents=100.0)], own_cents=0.0)
    scheduler.ledger.others = others
    scheduler.add(job(1), 0.0)

    commands = scheduler.due(0.0)

    assert [type(command) for command in commands] == ([Release] if refused else [])
    assert scheduler.waits_for_others(0.0) is not refused


def test_what_is_reserved_here_is_counted_once_when_the_journals_sums_are_taken() -> None:
    scheduler = new_scheduler(cap=100)
    sent(scheduler, job(1), job(2))
    lines = [Line("find-email", "intended", 3, reserved_cents=30.0), Line("find-email", "completed", 1, 8.0)]

    scheduler.ledger.recount(lines, own_cents=20.0)

    ledger = scheduler.ledger
    assert (ledger.charged_cents, ledger.reserved_cents, ledger.exposed_cents) == (8.0, 20.0, 10.0)
    assert ledger.left_cents() == pytest.approx(62.0)


# --- rows that others took ------------------------------------------------------------------------------------------


def test_a_job_that_was_taken_leaves_its_places_and_its_money_stays_exposed() -> None:
    scheduler = new_scheduler(cap=100)
    sent(scheduler, job(1))

    assert scheduler.handle(RowsTaken(1, frozenset("a")), 0.0) == []

    ledger = scheduler.ledger
    assert (scheduler.jobs, scheduler.in_flight.held, scheduler.breaker.held) == ({}, 0, 0)
    assert (ledger.reserved_cents, ledger.exposed_cents) == (0.0, 10.0)


def test_the_rest_of_a_batch_goes_on() -> None:
    scheduler = new_scheduler(cap=100)
    sent(scheduler, job(1, rows=4))
    scheduler.handle(RowWithdrawn(1, "a", RunStoppedError("not wanted")), 0.0)

    scheduler.handle(RowsTaken(1, frozenset("ab")), 0.0)
    scheduler.handle(Accepted(1, "job_1"), 0.0)

    batch, ledger = scheduler.jobs[1], scheduler.ledger
    assert (batch.rows, batch.phase, batch.withdrawn, batch.reserved_cents) == (2, Phase.RUNNING, {}, 20.0)
    assert (ledger.reserved_cents, ledger.exposed_cents) == (20.0, 20.0)


def test_a_job_that_is_polled_can_be_taken() -> None:
    scheduler = new_scheduler()
    sent(scheduler, job(1, SEARCH))
    scheduler.handle(Accepted(1, "job_1"), 0.0)

    scheduler.handle(RowsTaken(1, frozenset("a")), 1.0)

    limit = scheduler.job_limits[SEARCH]
    assert isinstance(limit, ConcurrencyLimit)
    assert (limit.held, scheduler.wake_at(1.0)) == (0, None)


# --- room that others hold ------------------------------------------------------------------------------------------


def test_what_others_hold_closes_a_limit_and_what_they_give_back_opens_it() -> None:
    scheduler = new_scheduler()
    limit = scheduler.job_limits[SEARCH]
    assert isinstance(limit, ConcurrencyLimit)
    limit.others = 4

    assert sent(scheduler, job(1, SEARCH), job(2, SEARCH), job(3)) == [1, 3]
    assert scheduler.waits_for_others(0.0)

    limit.others = 0
    assert [command.id for command in scheduler.due(9.0) if isinstance(command, Submit)] == [2]
    assert not scheduler.waits_for_others(9.0)


# --- admission ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("retry_safe", [True, False])
def test_a_row_that_another_runner_has_is_followed_whatever_is_allowed(state: State, retry_safe: bool) -> None:
    decision = admission(
        state,
        ReusePolicy(retry_failed=True, on_unknown="resubmit", reuse=timedelta()),
        same_question=True,
        held=state in HELD,
        delivered=False,
        retry_safe=retry_safe,
        age=timedelta(days=1),
        deliver="once",
    )

    assert (decision == "follow") == (state in HELD)


def test_another_question_under_the_key_of_a_row_that_another_runner_has_is_a_conflict() -> None:
    decision = admission(
        "accepted",
        ReusePolicy(),
        same_question=False,
        held=True,
        delivered=False,
        retry_safe=False,
        age=timedelta(),
        deliver="every call",
    )

    assert decision == "conflict"
