"""Run the scheduler from first submit to last outcome in virtual time."""

from __future__ import annotations

import pytest

from sixtyfour_async._scheduling.messages import (
    Detach,
    Finish,
    Park,
    Release,
)
from sixtyfour_async._scheduling.retry import (
    DENIED_AFTER_POLLS,
    LOST_AFTER_POLLS,
    LOST_AFTER_SECONDS,
    REFUSED_AFTER_POLLS,
    SUBMIT_ATTEMPTS,
)
from sixtyfour_async._scheduling.turns import MOST_CATCH_UP
from sixtyfour_async.errors import (
    AuthenticationError,
    BadRequestError,
    CostCapError,
    JobLostError,
    JobTimeoutError,
    JobUnknownError,
)
from sixtyfour_async.models.jobs import JobState
from tests.scheduling.harness import Fault, Harness, JobScript

DEEP_SEARCH = "deep-search"


def repeat(fault: Fault, times: int) -> list[Fault]:
    return [fault] * times


def end_of(script: JobScript, **settings: float) -> tuple[Harness, object]:
    harness = Harness([script], **settings).run()  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return harness, harness.jobs[0].end


# --- the life of one job ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED])
def test_a_job_that_ends_is_finished_with_its_report(end: JobState) -> None:
    harness, command = end_of(JobScript(run_time=65.0, end=end, charge=5))

    assert isinstance(command, Finish)
    assert command.report.state is end
    assert harness.jobs[0].submits == 1
    assert harness.scheduler.ledger.charged_cents == (5 if end is JobState.COMPLETED else 0)
    assert harness.scheduler.in_flight.held == 0


@pytest.mark.parametrize(
    ("submits", "retry_safe", "sent", "end"),
    [
        (["undelivered", "undelivered"], False, 3, "Finish"),
        (["throttled"] * 20, False, 21, "Finish"),
        (["throttled", "undelivered"] * 5, False, 11, "Finish"),
        (["undelivered"] * 20, False, SUBMIT_ATTEMPTS, "Release"),
        (["refused"], False, 1, "Release"),
        (["uncertain"], False, 1, "Park"),
        (["lost"], False, 1, "Park"),
        (["undelivered", "lost"], False, 2, "Park"),
        (["uncertain", "lost"], True, 3, "Finish"),
        (["uncertain"] * 20, True, SUBMIT_ATTEMPTS, "Park"),
    ],
)
def test_a_submit_is_retried_only_when_it_cannot_be_charged_twice(
    submits: list[Fault], retry_safe: bool, sent: int, end: str
) -> None:
    harness = Harness([JobScript(submits=submits, retry_safe=retry_safe)]).run()

    assert (harness.jobs[0].submits, harness.ends()) == (sent, [end])


def test_a_parked_job_carries_an_unknown_outcome_error_and_its_cause() -> None:
    _, command = end_of(JobScript(submits=["lost"]))

    assert isinstance(command, Park)
    assert isinstance(command.error, JobUnknownError)
    assert "reset" in str(command.error)
    assert command.error.__cause__ is not None


@pytest.mark.parametrize("fault", ["uncertain", "lost", "throttled", "gone", "denied", "refused"])
def test_a_failed_poll_never_fails_a_job(fault: Fault) -> None:
    harness = Harness([JobScript(run_time=50.0, polls=[fault, fault])]).run()

    assert harness.ends() == ["Finish"]


def test_a_job_past_its_deadline_is_detached_with_its_id() -> None:
    harness, command = end_of(JobScript(run_time=float("inf")), job_deadline=100.0)

    assert isinstance(command, Detach)
    assert isinstance(command.error, JobTimeoutError)
    assert (command.error.job_id, command.error.state) == ("remote-0", "running")
    assert harness.jobs[0].ended_at == pytest.approx(1100.5, abs=1.0)


def test_a_job_whose_polls_all_fail_is_detached_at_its_deadline() -> None:
    harness, command = end_of(JobScript(run_time=float("inf"), polls=repeat("uncertain", 1000)), job_deadline=100.0)

    assert isinstance(command, Detach)
    assert harness.jobs[0].ended_at == pytest.approx(1100.5, abs=1.0)


def test_a_new_job_may_be_not_found_for_a_minute() -> None:
    harness = Harness([JobScript(gone_for=50.0)]).run()

    assert harness.ends() == ["Finish"]


def test_a_job_that_stays_not_found_is_parked_as_lost() -> None:
    harness, command = end_of(JobScript(gone_for=float("inf")))

    assert isinstance(command, Park)
    assert isinstance(command.error, JobLostError)
    assert command.error.job_id == "remote-0"
    assert harness.jobs[0].polls >= LOST_AFTER_POLLS
    assert (harness.jobs[0].ended_at or 0) - 1000.0 >= LOST_AFTER_SECONDS


def test_a_job_whose_polls_are_denied_is_detached() -> None:
    harness, command = end_of(JobScript(run_time=float("inf"), polls=repeat("denied", 100)))

    assert isinstance(command, Detach)
    assert isinstance(command.error, AuthenticationError)
    assert harness.jobs[0].polls == DENIED_AFTER_POLLS


def test_a_job_whose_polls_are_refused_is_detached_and_no_outage_counts_for_it() -> None:
    faults: list[Fault] = ["uncertain" if number < 5 else "refused" for number in range(100)]
    harness, command = end_of(JobScript(run_time=float("inf"), polls=faults))

    assert isinstance(command, Detach)
    assert isinstance(command.error, BadRequestError)
    assert harness.jobs[0].polls == 5 + REFUSED_AFTER_POLLS


def test_a_resumed_job_is_polled_and_never_submitted() -> None:
    harness = Harness([JobScript(job_id="job_7", run_time=0.0, charge=5)]).run()

    assert harness.ends() == ["Finish"]
    assert (harness.jobs[0].submits, harness.jobs[0].polls) == (0, 1)


def test_a_withdrawn_job_is_released_before_its_submit_and_polled_after_it() -> None:
    scripts = [JobScript(run_time=100.0, job_limit=DEEP_SEARCH, withdrawn_after=5.0) for _ in range(7)]

    harness = Harness(scripts).run()

    assert harness.ends() == ["Finish"] * 5 + ["Release"] * 2
    assert [job.submits for job in harness.jobs] == [1] * 5 + [0] * 2


def test_a_job_waiting_for_a_retry_can_be_withdrawn() -> None:
    harness = Harness([JobScript(submits=repeat("undelivered", 5), withdrawn_after=6.0)]).run()

    assert harness.ends() == ["Release"]
    assert harness.jobs[0].submits == 3


# --- limits -------------------------------------------------------------------------------------------------------


def test_deep_searches_stay_within_their_limit_and_do_not_block_other_jobs() -> None:
    searches = [JobScript(run_time=120.0, job_limit=DEEP_SEARCH) for _ in range(12)]
    others = [JobScript(run_time=20.0) for _ in range(30)]

    harness = Harness([*searches, *others]).run()

    assert set(harness.ends()) == {"Finish"}
    assert harness.peak_searches <= 5
    assert harness.slot_refusals == 0
    assert max(job.ended_at or 0 for job in harness.jobs[12:]) < min(job.ended_at or 0 for job in harness.jobs[5:12])


def test_a_slots_429_closes_the_job_limit_and_does_not_pause_the_key() -> None:
    searches = [JobScript(run_time=60.0, job_limit=DEEP_SEARCH) for _ in range(4)]
    others = [JobScript(run_time=20.0) for _ in range(300)]

    harness = Harness([*searches, *others], other_searches=3).run()

    assert set(harness.ends()) == {"Finish"}
    assert 0 < harness.slot_refusals < 20
    assert harness.scheduler.budget.throttled == 0


def test_jobs_in_flight_are_limited() -> None:
    harness = Harness([JobScript(run_time=15.0) for _ in range(40)], in_flight=3).run()

    assert set(harness.ends()) == {"Finish"}


def test_rows_beyond_the_cost_cap_are_released_with_a_cost_cap_error() -> None:
    harness = Harness([JobScript(charge=5) for _ in range(10)], cap=32).run()

    assert harness.scheduler.ledger.charged_cents == 30
    assert harness.ends().count("Finish") == 6
    over = [job.end for job in harness.jobs if isinstance(job.end, Release)]
    assert len(over) == 4
    assert all(isinstance(command.error, CostCapError) for command in over)


def test_a_reservation_freed_by_an_uncharged_job_is_available_to_the_next() -> None:
    scripts = [JobScript(end=JobState.FAILED) for _ in range(4)] + [JobScript(charge=5)]

    harness = Harness(scripts, cap=5).run()

    assert harness.ends() == ["Finish"] * 5
    assert harness.scheduler.ledger.charged_cents == 5


def test_a_429_on_a_submit_pauses_polls_too() -> None:
    scripts = [JobScript(run_time=300.0) for _ in range(20)] + [JobScript(submits=["throttled"])]

    harness = Harness(scripts).run()

    refused_at = harness.sent[20] + 0.2
    assert not [at for at in harness.sent if refused_at < at < refused_at + 3.0]
    assert harness.scheduler.budget.throttled == 1


def test_submits_are_not_starved_by_polls() -> None:
    running = [JobScript(job_id=f"job_{number}", run_time=float("inf")) for number in range(400)]
    fresh = [JobScript(run_time=5.0) for _ in range(100)]

    harness = Harness([*running, *fresh], limit=60, job_deadline=3000.0).run()

    last_accepted_after = max(job.accepted_at or float("inf") for job in harness.jobs[400:]) - 1000.0
    requests_per_submit = 1 + MOST_CATCH_UP * 1.3  # and a little over one poll a job, as far as anything is known
    assert last_accepted_after < 100 * requests_per_submit * 60 / 58 + 60


@pytest.mark.parametrize("jobs", [2_500, pytest.param(10_000, marks=pytest.mark.soak)])
def test_thousands_of_jobs_all_end_within_the_limit_and_are_charged_once(jobs: int) -> None:
    scripts = [JobScript(run_time=20.0 + number % 200, charge=5) for number in range(jobs)]

    harness = Harness(scripts).run(checked=False)

    assert set(harness.ends()) == {"Finish"}
    assert harness.busiest_minute() <= 500
    assert harness.scheduler.ledger.charged_cents == pytest.approx(5 * jobs)
