"""The scheduler: small scenes with the clock in hand."""

from __future__ import annotations

import pytest

from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import LIMIT_PAUSE_SECONDS, ConcurrencyLimit
from sixtyfour_async._scheduling.messages import (
    Accepted,
    DropRows,
    Finish,
    Poll,
    Polled,
    PollFailed,
    Release,
    RowWithdrawn,
    Split,
    Submit,
    SubmitFailed,
    TakeBack,
)
from sixtyfour_async._scheduling.retry import LOST_AFTER_POLLS
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.errors import (
    ConnectError,
    NotFoundError,
    RateLimitError,
    RunStoppedError,
    UnprocessableError,
)
from sixtyfour_async.models.jobs import JobState, Report

SEARCH = "deep-search"


def scheduler(searches: int = 5) -> Scheduler:
    return Scheduler(
        Budget(500), Ledger(), lambda: 0.0, {SEARCH: ConcurrencyLimit(searches)}, ConcurrencyLimit(100), 3600.0
    )


def job(id_: int, job_limit: str = "") -> ScheduledJob:
    return ScheduledJob(id_, "find-email", job_limit, retry_safe=False)


def next_poll(one: Scheduler, now: float) -> float:
    """Let the scheduler work its price out until a look is due, and say when that is."""
    while not one.poller.next_at() <= now:
        assert one.due(now) == []
        now = one.wake_at(now) or float("inf")
    return now


def test_nothing_to_do_means_only_an_event_can_help() -> None:
    assert scheduler().wake_at(100.0) is None
    assert scheduler().due(100.0) == []


def test_an_event_for_a_job_that_ended_is_not_acted_upon() -> None:
    one = scheduler()

    for event in (
        Accepted(7, "x"),
        Polled(7, Report(JobState.RUNNING, "running")),
        RowWithdrawn(7, "row", ConnectError("x")),
    ):
        assert one.handle(event, 100.0) == []


def test_the_scenes_of_one_job() -> None:
    one = scheduler()
    one.add(job(1), 100.0)

    assert one.wake_at(100.0) == 100.0
    assert one.due(100.0) == [Submit(1, 5)]
    assert one.wake_at(100.0) is None
    assert one.handle(Accepted(1, "job_1"), 101.0) == []
    first = next_poll(one, 101.0)
    assert 103.0 <= first < 106.0
    assert one.due(first - 0.1) == []
    assert one.due(first) == [Poll(1, "job_1")]
    assert one.handle(PollFailed(1, ConnectError("x")), 107.0) == []
    assert next_poll(one, 107.0) == 109.0
    assert one.due(109.0) == [Poll(1, "job_1")]
    report = Report(JobState.COMPLETED, "completed", cost_cents=5)
    assert one.handle(Polled(1, report), 115.0) == [Finish(1, report)]
    assert one.wake_at(115.0) is None


def first_look(waiting: int, job_limit: str = "") -> float:
    """Seconds until the first look at a job of a kind that is known, with so many others waiting."""
    one = scheduler(searches=1)
    for _ in range(100):
        one.poller.runtimes.of("find-email").ended_between(0.0, 40.0, 30.0)
    for id_ in range(1, 2 + waiting):
        one.add(job(id_, job_limit), 100.0)
    assert one.due(100.0) == [Submit(1, 5)]
    one.handle(Accepted(1, "job_1"), 100.0)
    return one.jobs[1].poll_at - 100.0


def test_the_more_others_wait_for_the_budget_the_longer_a_job_is_left_alone() -> None:
    waits = [first_look(waiting) for waiting in (0, 20, 90)]

    assert waits == sorted(waits)
    assert waits[0] < 30.0 < waits[2]


def test_a_job_whose_slot_others_wait_for_is_looked_at_as_if_nothing_else_waited() -> None:
    assert first_look(90, job_limit=SEARCH) <= first_look(0) < first_look(90)


def test_an_urgent_job_is_submitted_before_those_that_waited_longer() -> None:
    one = scheduler()
    for id_ in (1, 2):
        one.add(job(id_), 100.0)
    urgent = job(3)
    urgent.urgent = True
    one.add(urgent, 100.0)

    assert one.due(100.0) == [Submit(3, 5)]
    assert one.due(101.0) == [Submit(1, 5), Submit(2, 5)]


def test_looks_that_found_nothing_add_up_only_in_a_row() -> None:
    one, gone = scheduler(), NotFoundError("no such job", status=404)
    one.add(job(1), 100.0, job_id="job_1")
    now = 100.0
    for number in range(3 * LOST_AFTER_POLLS):
        now = max(now + 20.0, one.wake_at(now) or 0.0)
        assert one.due(now) == [Poll(1, "job_1")]
        found = number % LOST_AFTER_POLLS == 0
        assert one.handle(Polled(1, Report(JobState.RUNNING, "running")) if found else PollFailed(1, gone), now) == []


def full() -> RateLimitError:
    error = RateLimitError("five are running", status=429)
    error.slots = True
    return error


def test_a_closed_gate_keeps_its_kind_back_until_it_opens_or_one_ends() -> None:
    one = scheduler()
    for id_ in (1, 2):
        one.add(job(id_, SEARCH), 100.0)
    assert one.due(200.0) == [Submit(1, 5)]
    assert one.due(201.0) == [Submit(2, 5)]
    one.handle(Accepted(1, "job_1"), 201.5)

    released = one.handle(SubmitFailed(2, full()), 202.0)

    assert released == [TakeBack(2, full())]
    assert one.due(203.0) == []
    looks_at = next_poll(one, 203.0)
    assert looks_at < 202.0 + LIMIT_PAUSE_SECONDS
    assert one.due(looks_at) == [Poll(1, "job_1")]
    one.handle(Polled(1, Report(JobState.COMPLETED, "completed")), looks_at + 0.5)
    assert one.due(looks_at + 0.5) == [Submit(2, 5)]


def test_a_submit_that_failed_does_not_reopen_a_gate_that_the_service_closed() -> None:
    one = scheduler()
    for id_ in (1, 2, 3):
        one.add(job(id_, SEARCH), 100.0)
    for at in (200.0, 200.2):
        one.due(at)
    one.handle(SubmitFailed(1, full()), 201.0)

    one.handle(SubmitFailed(2, ConnectError("refused", sent=False)), 201.1)

    assert one.due(202.0) == []


def test_the_first_instant_of_a_clock_is_an_instant_like_any_other() -> None:
    one = scheduler()
    one.add(job(1), 0.0)

    assert one.due(0.0) == [Submit(1, 5)]


def test_a_withdrawn_job_takes_its_reason_along() -> None:
    one = scheduler()
    one.add(job(1), 100.0)
    why = RunStoppedError("stopped")

    assert one.handle(RowWithdrawn(1, "row", why), 100.0) == [Release(1, why)]
    assert one.due(100.0) == []
    assert one.in_flight.held == 0


def test_a_job_that_is_accepted_twice_is_a_defect() -> None:
    one = scheduler()
    one.add(job(1), 100.0)
    one.due(100.0)
    one.handle(Accepted(1, "job_1"), 101.0)

    with pytest.raises(AssertionError, match="job 1: accepted while running"):
        one.handle(Accepted(1, "job_1"), 102.0)


def test_a_job_withdrawn_while_its_submit_is_on_its_way_is_not_sent_again() -> None:
    one = scheduler()
    one.add(job(1), 100.0)
    one.due(100.0)
    one.handle(RowWithdrawn(1, "row", RunStoppedError("stopped")), 100.1)

    released = one.handle(SubmitFailed(1, ConnectError("refused", sent=False)), 100.2)

    assert [type(command) for command in released] == [Release]
    assert one.due(110.0) == []


# --- batches ------------------------------------------------------------------------------------------------------


def batch(rows: int, *, in_doubt: bool = False) -> ScheduledJob:
    return ScheduledJob(
        1, "find-email-bulk", "", retry_safe=False, priced_as="find-email", rows=rows, in_doubt=in_doubt
    )


def test_a_row_withdrawn_before_its_batch_leaves_is_dropped_and_not_paid_for() -> None:
    one, why = scheduler(), RunStoppedError("stopped")
    one.add(batch(3), 100.0)
    assert one.handle(RowWithdrawn(1, "b", why), 100.0) == []

    assert one.due(100.0) == [DropRows(1, {"b": why}), Submit(1, 10.0)]


def test_a_batch_that_may_have_been_accepted_is_repeated_whole() -> None:
    """The key by which the service recognises it stands for all of its rows."""
    one = scheduler()
    one.add(batch(3, in_doubt=True), 100.0, exposed_cents=15.0)
    one.handle(RowWithdrawn(1, "b", RunStoppedError("stopped")), 100.0)

    assert one.due(100.0) == [Submit(1, 15.0, in_doubt=True)]


@pytest.mark.parametrize(("rows", "sizes"), [(2, (1, 1)), (5, (1, 1, 1, 1, 1))])
def test_a_batch_refused_for_what_may_be_one_row_goes_on_row_by_row(rows: int, sizes: tuple[int, ...]) -> None:
    one, error = scheduler(), UnprocessableError("a lead has no name", status=422)
    one.add(batch(rows), 100.0)
    one.due(100.0)

    assert one.handle(SubmitFailed(1, error), 101.0) == [Split(1, error, sizes)]
    assert (one.ledger.reserved_cents, one.in_flight.held) == (0.0, 0)


def test_a_row_that_nobody_wants_any_more_is_no_part_of_a_refused_batch() -> None:
    one, error, why = scheduler(), UnprocessableError("a lead has no name", status=422), RunStoppedError("stopped")
    one.add(batch(3), 100.0)
    one.due(100.0)
    one.handle(RowWithdrawn(1, "c", why), 100.5)

    assert one.handle(SubmitFailed(1, error), 101.0) == [DropRows(1, {"c": why}), Split(1, error, (1, 1))]


def test_a_batch_that_the_cap_has_no_room_for_goes_on_in_halves() -> None:
    one = Scheduler(Budget(500), Ledger(20.0), lambda: 0.0, {}, ConcurrencyLimit(100), 3600.0)
    one.add(batch(5), 100.0)

    [split] = one.due(100.0)

    assert isinstance(split, Split)
    assert split.sizes == (2, 3)
