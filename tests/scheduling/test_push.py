"""When a delivery is relied on, and how late the safety poll is."""

from __future__ import annotations

import math

import pytest

from benchmarks.push import PushRun
from benchmarks.workloads import jobs
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.push import MISSES, RETRY_SPAN_SECONDS, RETURNS, Push, Sample


def job(number: int, *, urgent: bool = False) -> ScheduledJob:
    return ScheduledJob(number, "research", "", retry_safe=False, pushed=True, urgent=urgent)


def known(quantile: float) -> float:
    return 1000.0 * quantile


def heard(push: Push, number: int, at: float) -> None:
    one = job(number)
    push.start(one, at - 10.0)
    push.heard(one, at)
    push.stop(one)


@pytest.mark.parametrize(("lost", "most"), [(0.0, 1.02), (0.01, 1.035), (0.2, 1.25)])
def test_a_job_takes_hardly_more_requests_than_deliveries_are_lost(lost: float, most: float) -> None:
    result = PushRun(jobs("medium, documented", 1200), lost=lost).run()

    assert len(result.lags) == 1200
    assert result.requests <= most
    assert result.lags[600] < 1.0
    assert all(lag < 1000.0 for lag in result.found)


def test_silence_is_noticed_and_every_job_is_found_by_a_poll() -> None:
    result = PushRun(jobs("medium, documented", 600), silent_from=60.0).run()

    assert result.distrusted_at is not None
    assert 60.0 < result.distrusted_at < 400.0
    assert len(result.lags) == 600


def test_deliveries_that_come_again_are_trusted_again() -> None:
    run = PushRun(jobs("medium, documented", 1500), silent_from=60.0, silent_until=240.0)
    run.run()

    assert run.distrusted_at is not None
    assert run.scheduler.poller.push.is_trusted


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in (2, 3, 4))])
def test_losses_at_random_are_no_silence(seed: int) -> None:
    result = PushRun(jobs("medium, documented", 500, seed), lost=0.2, seed=seed).run()

    assert result.distrusted_at is None


def test_lost_jobs_are_not_taken_for_long_ones() -> None:
    """A fifth is silent for ever; the others run 50 to 150 seconds."""
    sample = Sample()
    for number in range(400):
        sample.add(number, 0.0, 0)
    for number in range(80, 400):
        sample.ended(number, 50.0 + number % 101)
    sample.estimate(3000.0)

    assert 140.0 <= (sample.age_at(0.995) or math.inf) <= 150.0


def test_the_first_to_end_do_not_make_a_kind_look_fast() -> None:
    """Every second one runs 50 seconds, the others 350; one is accepted each second, and 400 have passed."""
    sample = Sample()
    for number in range(400):
        sample.add(number, float(number), 0)
    for number in range(400):
        end = number + (50.0 if number % 2 else 350.0)
        if end <= 400.0:
            sample.ended(number, end)
    sample.estimate(400.0)

    assert sample.age_at(0.4) == 50.0
    assert sample.age_at(0.6) == 350.0


def test_misses_are_silence_only_if_all_ended_after_the_last_delivered_one() -> None:
    push = Push()
    heard(push, 0, 100.0)
    for number in range(1, 4 * MISSES):
        push.found_ended(job(number), 99.0, 200.0)
    assert push.is_trusted

    for number in range(MISSES):
        push.found_ended(job(100 + number), 101.0, 200.0)
    assert not push.is_trusted
    assert push.take_revision()
    assert not push.covers(job(1))

    for number in range(RETURNS):
        assert not push.is_trusted
        heard(push, 200 + number, 300.0)
    assert push.is_trusted


def test_a_job_that_a_poll_found_first_is_missed_only_after_the_time_for_repetitions() -> None:
    push = Push()
    for number in range(MISSES):
        push.found_ended(job(number), 100.0, 101.0)
    assert push.next_at() == 100.0 + RETRY_SPAN_SECONDS
    push.advance(110.0)
    assert push.missed == 0

    push.heard_after_end(0, 112.0)
    push.heard_after_end(0, 112.0)
    push.heard_after_end(77, 112.0)
    push.advance(200.0)
    assert (push.delivered, push.missed, push.is_trusted) == (1, MISSES - 1, True)
    assert push.next_at() == math.inf


def test_a_job_that_is_waited_for_is_polled_sooner() -> None:
    push = Push()
    for number in range(100):
        push.start(job(number), 0.0)

    assert push.safety_age(job(1, urgent=True), known) < push.safety_age(job(1), known)


def test_the_more_is_lost_the_sooner_a_poll_comes() -> None:
    push = Push()
    for number in range(200):
        one = job(number)
        push.start(one, 0.0)
        push.heard(one, 100.0 + number)
    before = push.safety_age(job(1), known)
    for number in range(100):
        push.found_ended(job(1000 + number), 100.0, 1000.0)

    assert push.safety_age(job(1), known) < before


def test_a_safety_poll_that_found_a_job_running_is_repeated_ever_later() -> None:
    one = job(1)
    one.polls = 1

    assert Push().wait(one, 100.0, known) == 50.0
    assert Push().wait(one, 10.0, known) == 15.0
