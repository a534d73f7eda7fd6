"""The scheduler: small scenes with the clock in hand."""

from __future__ import annotations

import pytest

from sixtyfour_async._core.budget import Budget
from sixtyfour_async._core.gates import Gate
from sixtyfour_async._core.job import Ticket
from sixtyfour_async._core.ledger import Ledger
from sixtyfour_async._core.messages import (
    Accepted,
    Finish,
    Look,
    Looked,
    LookFailed,
    Release,
    Submit,
    SubmitFailed,
    Withdrawn,
)
from sixtyfour_async._core.scheduler import GATE_PAUSE, GONE_AFTER, Scheduler
from sixtyfour_async.errors import (
    ConnectError,
    NotFoundError,
    RateLimitError,
    RunStoppedError,
)
from sixtyfour_async.models.jobs import JobState, Report

SEARCH = "deep-search"


def scheduler(searches: int = 5) -> Scheduler:
    return Scheduler(Budget(500), Ledger(), lambda: 0.0, {SEARCH: Gate(searches)}, Gate(100), 3600.0)


def ticket(id_: int, gate: str = "") -> Ticket:
    return Ticket(id_, "find-email", gate, repeatable=False)


def test_nothing_to_do_means_only_an_event_can_help() -> None:
    assert scheduler().wake_at(100.0) is None
    assert scheduler().due(100.0) == []


def test_an_event_for_a_job_that_ended_is_not_acted_upon() -> None:
    one = scheduler()

    for event in (Accepted(7, "x"), Looked(7, Report(JobState.RUNNING, "running")), Withdrawn(7, ConnectError("x"))):
        assert one.handle(event, 100.0) == []


def test_the_scenes_of_one_job() -> None:
    one = scheduler()
    one.add(ticket(1), 100.0)

    assert one.wake_at(100.0) == 100.0
    assert one.due(100.0) == [Submit(1, 5)]
    assert one.wake_at(100.0) is None
    assert one.handle(Accepted(1, "job_1"), 101.0) == []
    assert one.wake_at(101.0) == 103.0
    assert one.due(102.9) == []
    assert one.due(103.0) == [Look(1, "job_1")]
    assert one.handle(LookFailed(1, ConnectError("x")), 104.0) == []
    assert one.wake_at(104.0) == 106.0
    assert one.due(106.0) == [Look(1, "job_1")]
    report = Report(JobState.COMPLETED, "completed", cost_cents=5)
    assert one.handle(Looked(1, report), 115.0) == [Finish(1, report)]
    assert one.wake_at(115.0) is None


def test_the_first_look_waits_for_the_advised_interval_while_others_wait_for_the_budget() -> None:
    one = scheduler()
    for id_ in range(1, 40):
        one.add(ticket(id_), 100.0)
    assert one.due(100.0) == [Submit(1, 5)]

    one.handle(Accepted(1, "job_1"), 100.1)

    assert Look(1, "job_1") not in one.due(103.0)
    assert Look(1, "job_1") in one.due(110.1)


def test_an_urgent_job_is_submitted_before_those_that_waited_longer() -> None:
    one = scheduler()
    for id_ in (1, 2):
        one.add(ticket(id_), 100.0)
    urgent = ticket(3)
    urgent.urgent = True
    one.add(urgent, 100.0)

    assert one.due(100.0) == [Submit(3, 5)]
    assert one.due(101.0) == [Submit(1, 5), Submit(2, 5)]


def test_looks_that_found_nothing_add_up_only_in_a_row() -> None:
    one, gone = scheduler(), NotFoundError("no such job", status=404)
    one.add(ticket(1), 100.0, remote_id="job_1")
    now = 100.0
    for number in range(3 * GONE_AFTER[0]):
        now = max(now + 20.0, one.wake_at(now) or 0.0)
        assert one.due(now) == [Look(1, "job_1")]
        found = number % GONE_AFTER[0] == 0
        assert one.handle(Looked(1, Report(JobState.RUNNING, "running")) if found else LookFailed(1, gone), now) == []


def full() -> RateLimitError:
    error = RateLimitError("five are running", status=429)
    error.slots = True
    return error


def test_a_closed_gate_keeps_its_kind_back_until_it_opens_or_one_ends() -> None:
    one = scheduler()
    for id_ in (1, 2):
        one.add(ticket(id_, SEARCH), 100.0)
    assert one.due(200.0) == [Submit(1, 5)]
    assert one.due(201.0) == [Submit(2, 5)]
    one.handle(Accepted(1, "job_1"), 201.5)

    released = one.handle(SubmitFailed(2, full()), 202.0)

    assert isinstance(released[0], Release)
    assert released[0].again
    assert one.due(203.0) == []
    assert one.wake_at(203.0) == 203.5
    assert one.due(203.5) == [Look(1, "job_1")]
    one.handle(Looked(1, Report(JobState.COMPLETED, "completed")), 204.0)
    assert one.due(204.0) == [Submit(2, 5)]
    assert GATE_PAUSE > 10.0


def test_a_submit_that_failed_does_not_reopen_a_gate_that_the_service_closed() -> None:
    one = scheduler()
    for id_ in (1, 2, 3):
        one.add(ticket(id_, SEARCH), 100.0)
    for at in (200.0, 200.2):
        one.due(at)
    one.handle(SubmitFailed(1, full()), 201.0)

    one.handle(SubmitFailed(2, ConnectError("refused", sent=False)), 201.1)

    assert one.due(202.0) == []


def test_the_first_instant_of_a_clock_is_an_instant_like_any_other() -> None:
    one = scheduler()
    one.add(ticket(1), 0.0)

    assert one.due(0.0) == [Submit(1, 5)]


def test_a_withdrawn_job_takes_its_reason_along() -> None:
    one = scheduler()
    one.add(ticket(1), 100.0)
    why = RunStoppedError("stopped")

    assert one.handle(Withdrawn(1, why), 100.0) == [Release(1, why, again=False)]
    assert one.due(100.0) == []
    assert one.in_flight.held == 0


def test_a_job_that_is_accepted_twice_is_a_defect() -> None:
    one = scheduler()
    one.add(ticket(1), 100.0)
    one.due(100.0)
    one.handle(Accepted(1, "job_1"), 101.0)

    with pytest.raises(AssertionError, match="job 1: accepted while running"):
        one.handle(Accepted(1, "job_1"), 102.0)


def test_a_job_withdrawn_while_its_submit_is_on_its_way_is_not_sent_again() -> None:
    one = scheduler()
    one.add(ticket(1), 100.0)
    one.due(100.0)
    one.handle(Withdrawn(1, RunStoppedError("stopped")), 100.1)

    released = one.handle(SubmitFailed(1, ConnectError("refused", sent=False)), 100.2)

    assert [command.again for command in released if isinstance(command, Release)] == [False]
    assert one.due(110.0) == []
