"""The scheduler, one step at a time, with an explicit clock."""

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
    RowWanted,
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

DEEP_SEARCH = "deep-search"


def new_scheduler(searches: int = 5) -> Scheduler:
    return Scheduler(
        Budget(500), Ledger(), lambda: 0.0, {DEEP_SEARCH: ConcurrencyLimit(searches)}, ConcurrencyLimit(100), 3600.0
    )


def job(id_: int, job_limit: str = "") -> ScheduledJob:
    return ScheduledJob(id_, "find-email", job_limit, retry_safe=False)


def next_poll(scheduler: Scheduler, now: float) -> float:
    """Let the scheduler settle its poll cost, and return when the next poll is due."""
    while not scheduler.poller.next_at() <= now:
        assert scheduler.due(now) == []
        now = scheduler.wake_at(now) or float("inf")
    return now


def test_an_idle_scheduler_has_no_commands_and_no_wake_time() -> None:
    assert new_scheduler().wake_at(100.0) is None
    assert new_scheduler().due(100.0) == []


def test_an_event_for_an_ended_job_is_ignored() -> None:
    scheduler = new_scheduler()

    for event in (
        Accepted(7, "x"),
        Polled(7, Report(JobState.RUNNING, "running")),
        RowWithdrawn(7, "row", ConnectError("x")),
    ):
        assert scheduler.handle(event, 100.0) == []


def test_one_job_from_submit_to_finish() -> None:
    scheduler = new_scheduler()
    scheduler.add(job(1), 100.0)

    assert scheduler.wake_at(100.0) == 100.0
    assert scheduler.due(100.0) == [Submit(1, 5)]
    assert scheduler.wake_at(100.0) is None
    assert scheduler.handle(Accepted(1, "job_1"), 101.0) == []
    first = next_poll(scheduler, 101.0)
    assert 103.0 <= first < 106.0
    assert scheduler.due(first - 0.1) == []
    assert scheduler.due(first) == [Poll(1, "job_1")]
    assert scheduler.handle(PollFailed(1, ConnectError("x")), 107.0) == []
    assert next_poll(scheduler, 107.0) == 109.0
    assert scheduler.due(109.0) == [Poll(1, "job_1")]
    report = Report(JobState.COMPLETED, "completed", cost_cents=5)
    assert scheduler.handle(Polled(1, report), 115.0) == [Finish(1, report)]
    assert scheduler.wake_at(115.0) is None


def first_poll_wait(waiting: int, job_limit: str = "") -> float:
    """Return seconds until the first poll of a job with a learned run time while *waiting* others queue."""
    scheduler = new_scheduler(searches=1)
    for number in range(100):
        scheduler.poller.runtimes.of("find-email").ended_between(0.0, 40.0, 20.0 + number % 20)
    for id_ in range(1, 2 + waiting):
        scheduler.add(job(id_, job_limit), 100.0)
    assert scheduler.due(100.0) == [Submit(1, 5)]
    scheduler.handle(Accepted(1, "job_1"), 100.0)
    return scheduler.jobs[1].poll_at - 100.0


def test_polls_come_later_the_more_jobs_wait_to_be_submitted() -> None:
    waits = [first_poll_wait(waiting) for waiting in (0, 20, 90)]

    assert waits == sorted(waits)
    assert waits[0] < 30.0 < waits[2]


def test_a_job_in_a_contended_slot_is_polled_as_if_nothing_waited() -> None:
    assert first_poll_wait(90, job_limit=DEEP_SEARCH) <= first_poll_wait(0) < first_poll_wait(90)


def test_an_urgent_job_is_submitted_before_older_ones() -> None:
    scheduler = new_scheduler()
    for id_ in (1, 2):
        scheduler.add(job(id_), 100.0)
    urgent = job(3)
    urgent.urgent = True
    scheduler.add(urgent, 100.0)

    assert scheduler.due(100.0) == [Submit(3, 5)]
    assert scheduler.due(101.0) == [Submit(1, 5), Submit(2, 5)]


def test_only_consecutive_not_found_polls_count_towards_lost() -> None:
    scheduler, gone = new_scheduler(), NotFoundError("no such job", status=404)
    scheduler.add(job(1), 100.0, job_id="job_1")
    now = 100.0
    for number in range(3 * LOST_AFTER_POLLS):
        now = max(now + 20.0, scheduler.wake_at(now) or 0.0)
        assert scheduler.due(now) == [Poll(1, "job_1")]
        found = number % LOST_AFTER_POLLS == 0
        assert (
            scheduler.handle(Polled(1, Report(JobState.RUNNING, "running")) if found else PollFailed(1, gone), now)
            == []
        )


def slots_error() -> RateLimitError:
    error = RateLimitError("five are running", status=429)
    error.slots = True
    return error


def test_a_closed_job_limit_holds_its_jobs_until_it_reopens_or_one_ends() -> None:
    scheduler = new_scheduler()
    for id_ in (1, 2):
        scheduler.add(job(id_, DEEP_SEARCH), 100.0)
    assert scheduler.due(200.0) == [Submit(1, 5)]
    assert scheduler.due(201.0) == [Submit(2, 5)]
    scheduler.handle(Accepted(1, "job_1"), 201.5)

    released = scheduler.handle(SubmitFailed(2, slots_error()), 202.0)

    assert released == [TakeBack(2, slots_error())]
    assert scheduler.due(203.0) == []
    poll_at = next_poll(scheduler, 203.0)
    assert poll_at < 202.0 + LIMIT_PAUSE_SECONDS
    assert scheduler.due(poll_at) == [Poll(1, "job_1")]
    scheduler.handle(Polled(1, Report(JobState.COMPLETED, "completed")), poll_at + 0.5)
    assert scheduler.due(poll_at + 0.5) == [Submit(2, 5)]


def test_a_failed_submit_does_not_reopen_a_job_limit_that_the_service_closed() -> None:
    scheduler = new_scheduler()
    for id_ in (1, 2, 3):
        scheduler.add(job(id_, DEEP_SEARCH), 100.0)
    for at in (200.0, 200.2):
        scheduler.due(at)
    scheduler.handle(SubmitFailed(1, slots_error()), 201.0)

    scheduler.handle(SubmitFailed(2, ConnectError("refused", sent=False)), 201.1)

    assert scheduler.due(202.0) == []


def test_a_clock_may_start_at_zero() -> None:
    scheduler = new_scheduler()
    scheduler.add(job(1), 0.0)

    assert scheduler.due(0.0) == [Submit(1, 5)]


def test_a_withdrawn_job_is_released_with_the_reason() -> None:
    scheduler = new_scheduler()
    scheduler.add(job(1), 100.0)
    reason = RunStoppedError("stopped")

    assert scheduler.handle(RowWithdrawn(1, "row", reason), 100.0) == [Release(1, reason)]
    assert scheduler.due(100.0) == []
    assert scheduler.in_flight.held == 0


def test_accepting_a_job_twice_is_an_assertion_error() -> None:
    scheduler = new_scheduler()
    scheduler.add(job(1), 100.0)
    scheduler.due(100.0)
    scheduler.handle(Accepted(1, "job_1"), 101.0)

    with pytest.raises(AssertionError, match="job 1: accepted while running"):
        scheduler.handle(Accepted(1, "job_1"), 102.0)


def test_a_job_withdrawn_during_its_submit_is_not_retried() -> None:
    scheduler = new_scheduler()
    scheduler.add(job(1), 100.0)
    scheduler.due(100.0)
    scheduler.handle(RowWithdrawn(1, "row", RunStoppedError("stopped")), 100.1)

    released = scheduler.handle(SubmitFailed(1, ConnectError("refused", sent=False)), 100.2)

    assert [type(command) for command in released] == [Release]
    assert scheduler.due(110.0) == []


# --- batches ------------------------------------------------------------------------------------------------------


def batch(rows: int, *, in_doubt: bool = False) -> ScheduledJob:
    return ScheduledJob(
        1, "find-email-bulk", "", retry_safe=False, priced_as="find-email", rows=rows, in_doubt=in_doubt
    )


def test_a_row_withdrawn_before_its_batch_is_submitted_is_dropped_and_not_charged() -> None:
    scheduler, reason = new_scheduler(), RunStoppedError("stopped")
    scheduler.add(batch(3), 100.0)
    assert scheduler.handle(RowWithdrawn(1, "b", reason), 100.0) == []

    assert scheduler.due(100.0) == [DropRows(1, {"b": reason}), Submit(1, 10.0)]


def test_a_batch_that_may_have_been_accepted_is_resubmitted_whole() -> None:
    """Its idempotency key identifies all of its rows together."""
    scheduler = new_scheduler()
    scheduler.add(batch(3, in_doubt=True), 100.0, exposed_cents=15.0)
    scheduler.handle(RowWithdrawn(1, "b", RunStoppedError("stopped")), 100.0)

    assert scheduler.due(100.0) == [Submit(1, 15.0, in_doubt=True)]


@pytest.mark.parametrize(("rows", "sizes"), [(2, (1, 1)), (5, (1, 1, 1, 1, 1))])
def test_a_batch_refused_as_unprocessable_is_split_into_single_rows(rows: int, sizes: tuple[int, ...]) -> None:
    scheduler, error = new_scheduler(), UnprocessableError("a lead has no name", status=422)
    scheduler.add(batch(rows), 100.0)
    scheduler.due(100.0)

    assert scheduler.handle(SubmitFailed(1, error), 101.0) == [Split(1, error, sizes)]
    assert (scheduler.ledger.reserved_cents, scheduler.in_flight.held) == (0.0, 0)


def test_a_refused_batch_is_split_with_its_withdrawn_rows() -> None:
    """Each of them has an intent in the journal that must be taken back; they are dropped before the next submit."""
    scheduler, error = new_scheduler(), UnprocessableError("a lead has no name", status=422)
    scheduler.add(batch(3), 100.0)
    scheduler.due(100.0)
    scheduler.handle(RowWithdrawn(1, "c", RunStoppedError("stopped")), 100.5)

    assert scheduler.handle(SubmitFailed(1, error), 101.0) == [Split(1, error, (1, 1, 1))]


def test_a_row_that_is_wanted_again_is_not_dropped() -> None:
    scheduler = new_scheduler()
    scheduler.add(batch(3), 100.0)
    scheduler.handle(RowWithdrawn(1, "b", RunStoppedError("stopped")), 100.0)
    scheduler.handle(RowWanted(1, "b"), 100.0)

    assert scheduler.due(100.0) == [Submit(1, 15.0)]


def test_a_batch_too_dear_for_the_cap_is_split_in_halves() -> None:
    scheduler = Scheduler(Budget(500), Ledger(20.0), lambda: 0.0, {}, ConcurrencyLimit(100), 3600.0)
    scheduler.add(batch(5), 100.0)

    [split] = scheduler.due(100.0)

    assert isinstance(split, Split)
    assert split.sizes == (2, 3)
