"""The breaker for polls, by itself: when polls pause, and which failures are held against their job."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.poll_breaker import MANY_JOBS, MAX_POLL_PAUSE_SECONDS, PollBreaker
from sixtyfour_async.errors import (
    AuthenticationError,
    NotFoundError,
    RateLimitError,
    ResponseError,
    ServerError,
    SixtyfourError,
)
from tests.properties import examples

DOUBT = ServerError("502 Bad Gateway", status=502)
THROTTLED = RateLimitError("slow down", status=429)
DENIED = AuthenticationError("wrong key", status=401)


def job(id_: int = 1) -> ScheduledJob:
    return ScheduledJob(id_, "find-email", "", retry_safe=False)


GONE = NotFoundError("Job not found", status=404)


def poll_and_fail(polls: PollBreaker, polled: ScheduledJob, error: SixtyfourError, now: float = 0.0) -> bool:
    polls.polled()
    opened_now = polls.failed(polled.id, error, now)
    polls.count(polled, error)
    return opened_now


def test_polls_of_many_jobs_that_fail_in_a_row_open_the_breaker() -> None:
    polls = PollBreaker()

    assert [poll_and_fail(polls, job(id_), DOUBT) for id_ in range(MANY_JOBS)] == [False] * (MANY_JOBS - 1) + [True]
    assert polls.opens_at(0.0) > 0.0


def test_one_job_whose_polls_fail_does_not_open_it() -> None:
    polls, one = PollBreaker(), job()

    assert not any(poll_and_fail(polls, one, GONE) for _ in range(50))
    assert one.not_found_polls == 50


@pytest.mark.parametrize("error", [THROTTLED, DENIED])
def test_polls_that_are_refused_for_the_keys_sake_do_not_open_it(error: SixtyfourError) -> None:
    polls = PollBreaker()

    assert not any(poll_and_fail(polls, job(id_), error) for id_ in range(50))


def test_one_poll_is_tried_after_each_pause_and_an_answer_closes_the_breaker() -> None:
    polls, now, pauses = PollBreaker(), 0.0, list[float]()
    for id_ in range(MANY_JOBS):
        poll_and_fail(polls, job(id_), DOUBT)
    for id_ in range(10):
        pauses.append(polls.opens_at(now) - now)
        now = polls.opens_at(now)
        polls.polled()
        assert polls.opens_at(now) == math.inf
        polls.failed(id_, DOUBT, now)
    polls.polled()
    polls.succeeded()

    assert pauses[:3] == [2.0, 4.0, 8.0]
    assert pauses[-1] == MAX_POLL_PAUSE_SECONDS
    assert polls.opens_at(now) == now


def test_failures_of_polls_sent_before_it_opened_do_not_prolong_the_pause() -> None:
    polls = PollBreaker()
    for id_ in range(MANY_JOBS):
        poll_and_fail(polls, job(id_), DOUBT)
    at = polls.opens_at(0.0)

    assert not poll_and_fail(polls, job(99), DOUBT, now=1.0)
    assert polls.opens_at(1.0) == at


@examples(100)
@given(
    jobs=st.integers(MANY_JOBS, 30),
    polls_before=st.lists(st.tuples(st.integers(0, 29), st.booleans()), max_size=40),
    order=st.lists(st.integers(0, 29), max_size=100),
    error=st.sampled_from([GONE, ResponseError("not JSON")]),
)
def test_a_spell_blames_no_job_however_polls_went_before(
    jobs: int, polls_before: list[tuple[int, bool]], order: list[int], error: SixtyfourError
) -> None:
    """Single failures before the spell were about their jobs; in the spell each job is blamed once more at most, and
    the first few before it is known to be one."""
    polls, known = PollBreaker(), [job(id_) for id_ in range(jobs)]
    for id_, answered in polls_before:
        if answered:
            polls.succeeded()
        else:
            poll_and_fail(polls, known[id_ % jobs], error)
    before = [one.not_found_polls + one.unreadable_polls for one in known]
    round_robin = [id_ % jobs for id_ in range(jobs)] + [id_ % jobs for id_ in order]
    for id_ in round_robin:
        now = max(0.0, polls.opens_at(0.0))
        poll_and_fail(polls, known[id_], error, now)

    blamed = [one.not_found_polls + one.unreadable_polls - old for one, old in zip(known, before, strict=True)]
    assert max(blamed) <= 1


def test_a_404_that_does_not_name_the_job_counts_once_others_are_found() -> None:
    polls, one = PollBreaker(), job()
    unnamed = NotFoundError("Not Found", status=404)
    unnamed.unknown_route = True

    for _ in range(10):
        poll_and_fail(polls, one, unnamed)
    alone = one.not_found_polls
    for _ in range(10):
        polls.succeeded()
        poll_and_fail(polls, one, unnamed)

    assert (alone, one.not_found_polls) == (0, 10)
