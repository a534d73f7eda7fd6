"""The scheduler: whole runs in a world of virtual time."""

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
    SUBMIT_ATTEMPTS,
)
from sixtyfour_async.errors import (
    AuthenticationError,
    CostCapError,
    JobLostError,
    JobTimeoutError,
    JobUnknownError,
)
from sixtyfour_async.models.jobs import JobState
from tests.scheduling.world import Fault, Plan, World

SEARCH = "deep-search"


def many(fault: Fault, times: int) -> list[Fault]:
    return [fault] * times


def end_of(plan: Plan, **settings: float) -> tuple[World, object]:
    world = World([plan], **settings).run()  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return world, world.jobs[0].end


# --- the life of one job ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED])
def test_a_job_that_ends_over_there_is_finished_with_what_was_reported(end: JobState) -> None:
    world, command = end_of(Plan(run_time=65.0, end=end, charge=5))

    assert isinstance(command, Finish)
    assert command.report.state is end
    assert world.jobs[0].submits == 1
    assert world.scheduler.ledger.charged_cents == (5 if end is JobState.COMPLETED else 0)
    assert world.scheduler.in_flight.held == 0


@pytest.mark.parametrize(
    ("submits", "retry_safe", "sent", "end"),
    [
        (["undelivered", "undelivered"], False, 3, "Finish"),
        (["throttled"] * 20, False, 21, "Finish"),
        (["throttled", "undelivered"] * 5, False, 11, "Finish"),
        (["undelivered"] * 20, False, SUBMIT_ATTEMPTS, "Release"),
        (["refused"], False, 1, "Release"),
        (["in_doubt"], False, 1, "Park"),
        (["lost"], False, 1, "Park"),
        (["undelivered", "lost"], False, 2, "Park"),
        (["in_doubt", "lost"], True, 3, "Finish"),
        (["in_doubt"] * 20, True, SUBMIT_ATTEMPTS, "Park"),
    ],
)
def test_a_submit_is_sent_again_only_when_that_cannot_be_paid_twice(
    submits: list[Fault], retry_safe: bool, sent: int, end: str
) -> None:
    world = World([Plan(submits=submits, retry_safe=retry_safe)]).run()

    assert (world.jobs[0].submits, world.ends()) == (sent, [end])


def test_a_parked_job_says_that_it_may_have_been_accepted_and_why() -> None:
    _, command = end_of(Plan(submits=["lost"]))

    assert isinstance(command, Park)
    assert isinstance(command.error, JobUnknownError)
    assert "reset" in str(command.error)
    assert command.error.__cause__ is not None


@pytest.mark.parametrize("fault", ["in_doubt", "lost", "throttled", "gone", "denied"])
def test_a_failed_look_never_fails_a_job(fault: Fault) -> None:
    world = World([Plan(run_time=50.0, looks=[fault, fault])]).run()

    assert world.ends() == ["Finish"]


def test_a_job_that_runs_past_its_deadline_is_handed_back_with_its_id() -> None:
    world, command = end_of(Plan(run_time=float("inf")), job_deadline=100.0)

    assert isinstance(command, Detach)
    assert isinstance(command.error, JobTimeoutError)
    assert (command.error.job_id, command.error.state) == ("remote-0", "running")
    assert world.jobs[0].ended_at == pytest.approx(1100.5, abs=1.0)


def test_a_job_that_cannot_be_looked_at_until_its_deadline_is_handed_back() -> None:
    world, command = end_of(Plan(run_time=float("inf"), looks=many("in_doubt", 1000)), job_deadline=100.0)

    assert isinstance(command, Detach)
    assert world.jobs[0].ended_at == pytest.approx(1100.5, abs=1.0)


def test_a_job_the_service_does_not_know_yet_is_given_a_minute() -> None:
    world = World([Plan(gone_for=50.0)]).run()

    assert world.ends() == ["Finish"]


def test_a_job_the_service_no_longer_knows_is_lost() -> None:
    world, command = end_of(Plan(gone_for=float("inf")))

    assert isinstance(command, Park)
    assert isinstance(command.error, JobLostError)
    assert command.error.job_id == "remote-0"
    assert world.jobs[0].looks >= LOST_AFTER_POLLS
    assert (world.jobs[0].ended_at or 0) - 1000.0 >= LOST_AFTER_SECONDS


def test_a_job_that_may_not_be_looked_at_any_more_is_handed_back() -> None:
    world, command = end_of(Plan(run_time=float("inf"), looks=many("denied", 100)))

    assert isinstance(command, Detach)
    assert isinstance(command.error, AuthenticationError)
    assert world.jobs[0].looks == DENIED_AFTER_POLLS


def test_a_job_accepted_in_an_earlier_run_is_only_watched() -> None:
    world = World([Plan(job_id="job_7", run_time=0.0, charge=5)]).run()

    assert world.ends() == ["Finish"]
    assert (world.jobs[0].submits, world.jobs[0].looks) == (0, 1)


def test_a_job_that_nobody_wants_is_released_if_it_was_not_sent_and_watched_if_it_was() -> None:
    plans = [Plan(run_time=100.0, job_limit=SEARCH, withdrawn_after=5.0) for _ in range(7)]

    world = World(plans).run()

    assert world.ends() == ["Finish"] * 5 + ["Release"] * 2
    assert [job.submits for job in world.jobs] == [1] * 5 + [0] * 2


def test_a_job_that_waits_for_its_next_attempt_can_be_withdrawn() -> None:
    world = World([Plan(submits=many("undelivered", 5), withdrawn_after=6.0)]).run()

    assert world.ends() == ["Release"]
    assert world.jobs[0].submits == 3


# --- limits -------------------------------------------------------------------------------------------------------


def test_no_more_deep_searches_are_held_than_may_run_and_others_pass_by() -> None:
    searches = [Plan(run_time=120.0, job_limit=SEARCH) for _ in range(12)]
    others = [Plan(run_time=20.0) for _ in range(30)]

    world = World([*searches, *others]).run()

    assert set(world.ends()) == {"Finish"}
    assert world.most_searches <= 5
    assert world.refused_for_slots == 0
    assert max(job.ended_at or 0 for job in world.jobs[12:]) < min(job.ended_at or 0 for job in world.jobs[5:12])


def test_a_refusal_for_slots_closes_the_gate_and_not_the_key() -> None:
    searches = [Plan(run_time=60.0, job_limit=SEARCH) for _ in range(4)]
    others = [Plan(run_time=20.0) for _ in range(300)]

    world = World([*searches, *others], foreign_searches=3).run()

    assert set(world.ends()) == {"Finish"}
    assert 0 < world.refused_for_slots < 20
    assert world.scheduler.budget.throttled == 0


def test_jobs_in_flight_are_limited() -> None:
    world = World([Plan(run_time=15.0) for _ in range(40)], in_flight=3).run()

    assert set(world.ends()) == {"Finish"}


def test_a_cap_is_kept_and_the_rows_it_leaves_no_room_for_are_told_so() -> None:
    world = World([Plan(charge=5) for _ in range(10)], cap=32).run()

    assert world.scheduler.ledger.charged_cents == 30
    assert world.ends().count("Finish") == 6
    over = [job.end for job in world.jobs if isinstance(job.end, Release)]
    assert len(over) == 4
    assert all(isinstance(command.error, CostCapError) for command in over)


def test_money_set_aside_for_a_job_that_was_free_is_used_by_the_next() -> None:
    plans = [Plan(end=JobState.FAILED) for _ in range(4)] + [Plan(charge=5)]

    world = World(plans, cap=5).run()

    assert world.ends() == ["Finish"] * 5
    assert world.scheduler.ledger.charged_cents == 5


def test_a_429_on_a_submit_pauses_looks_too() -> None:
    plans = [Plan(run_time=300.0) for _ in range(20)] + [Plan(submits=["throttled"])]

    world = World(plans).run()

    refused_at = world.sent[20] + 0.2
    assert not [at for at in world.sent if refused_at < at < refused_at + 3.0]
    assert world.scheduler.budget.throttled == 1


def test_submits_are_not_starved_by_a_crowd_of_looks() -> None:
    running = [Plan(job_id=f"job_{number}", run_time=float("inf")) for number in range(400)]
    fresh = [Plan(run_time=5.0) for _ in range(100)]

    world = World([*running, *fresh], limit=60, job_deadline=3000.0).run()

    first_hour = max(job.accepted_at or float("inf") for job in world.jobs[400:]) - 1000.0
    assert first_hour < 100 * 3 * 60 / 58 + 60


def test_ten_thousand_jobs_all_end_within_the_limit_and_are_charged_once() -> None:
    plans = [Plan(run_time=20.0 + number % 200, charge=5) for number in range(10_000)]

    world = World(plans).run(watched=False)

    assert set(world.ends()) == {"Finish"}
    assert world.busiest_minute() <= 500
    assert world.scheduler.ledger.charged_cents == pytest.approx(50_000)
