"""What is learned of run times, and what is planned from it."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise
from random import Random

import pytest

from sixtyfour_async._scheduling.poll_plan import (
    MAX_WAIT_AFTER_FAILURES_SECONDS,
    MIN_INTERVAL_SECONDS,
    MIN_POLL_COST_SECONDS,
    exploration_wait,
    idle_schedule,
    optimal_schedule,
    wait_after_failures,
)
from sixtyfour_async._scheduling.runtimes import BINS, EDGES, Learned, Runtimes, bin_of, mean_of


def quantile_of(odds: Sequence[float], part: float) -> float:
    """The run time, seconds, that this part of all jobs does not exceed."""
    place = next((place for place, sum_ in enumerate(accumulate(odds)) if sum_ >= part), BINS - 1)
    return EDGES[place + 1]


def taught(times: list[float], *, every: float | None = None) -> Learned:
    """Learn from jobs seen at their end, or looked at every so often by somebody whom the service tells no times."""
    learned = Learned.from_prior(60.0, 1.3)
    for time in times:
        since = 0.0
        while every is not None and since + every < time:
            learned.still_running(since, since + every)
            since += every
        learned.ended_between(since, time + 5.0 if every is None else since + every, time if every is None else None)
    return learned


def lognormal(median: float, sigma: float, number: int, seed: int = 1) -> list[float]:
    chance = Random(seed)  # noqa: S311 (retry_safe on purpose)
    return [median * math.exp(sigma * chance.gauss(0, 1)) for _ in range(number)]


def test_every_age_lies_in_its_bin() -> None:
    for age in (0.0, 0.5, 1.0, 1.5, 59.0, 225.0, 5000.0):
        assert EDGES[bin_of(age)] <= age * (1 + 1e-9) < EDGES[bin_of(age) + 1] * (1 + 1e-9)
    assert bin_of(1e9) == BINS - 1


@pytest.mark.parametrize("variant", ["find-email", "people-intelligence/high", "deep-search", "never-heard-of"])
def test_expectations_are_a_distribution(variant: str) -> None:
    odds = Runtimes().of(variant).pmf()

    assert sum(odds) == pytest.approx(1.0, abs=0.01)
    assert min(odds) >= 0.0


@pytest.mark.parametrize("median", [5.0, 80.0, 459.0])
def test_a_hundred_jobs_outweigh_what_was_expected(median: float) -> None:
    odds = taught(lognormal(median, 0.4, 100)).pmf()

    assert quantile_of(odds, 0.5) == pytest.approx(median, rel=0.2)


def test_times_that_nobody_tells_are_learned_from_the_looks_between_which_jobs_ended() -> None:
    odds = taught(lognormal(80.0, 0.4, 300), every=20.0).pmf()

    assert mean_of(odds) == pytest.approx(80.0 * math.exp(0.08), rel=0.15)


def test_jobs_that_still_run_keep_the_early_ends_from_making_their_kind_look_fast() -> None:
    """Of a hundred jobs a minute old, ten have ended: the median is beyond a minute, although no end was seen there."""
    learned = Learned.from_prior(60.0, 1.3)
    for number in range(100):
        if number % 10:
            learned.still_running(0.0, 60.0)
        else:
            learned.ended_between(0.0, 60.0, 40.0)

    assert quantile_of(learned.pmf(), 0.5) > 60.0


@pytest.mark.parametrize(("before", "after"), [(80.0, 240.0), (240.0, 80.0)])
def test_a_service_that_becomes_slower_or_faster_is_believed_after_a_few_dozen_jobs(
    before: float, after: float
) -> None:
    learned = taught(lognormal(before, 0.4, 500))

    for time in lognormal(after, 0.4, 72, seed=2):
        learned.ended_between(0.0, time, time)

    assert abs(math.log(quantile_of(learned.pmf(), 0.5) / after)) < math.log(1.7)


def test_a_time_told_is_believed_only_as_far_as_the_looks_bear_it_out() -> None:
    learned = Learned.from_prior(60.0, 1.3)
    for _ in range(200):
        learned.still_running(0.0, 100.0)
        learned.ended_between(100.0, 110.0, 3.0)

    assert 95.0 < quantile_of(learned.pmf(), 0.5) < 120.0


def test_what_was_learned_is_written_down_and_read_back() -> None:
    known, later = Runtimes(), Runtimes()
    for time in lognormal(300.0, 0.3, 80):
        known.of("qa-agent").ended_between(0.0, time, time)
    known.of("find-email")

    later.read_json(known.to_json())

    assert later.of("qa-agent").pmf() == pytest.approx(known.of("qa-agent").pmf(), abs=1e-3)
    assert list(later.known) == ["qa-agent"]


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}", '{"a": 1}', '{"a": [[1], [2]]}', '{"a": ["x", "y"]}'])
def test_notes_that_are_none_of_ours_are_ignored(text: str) -> None:
    runtimes = Runtimes()

    runtimes.read_json(text)

    assert runtimes.known == {}


# --- plans --------------------------------------------------------------------------------------------------------


def ages(odds: list[float], price: float, number: int = 50) -> list[float]:
    """The ages at which a job that does not end is looked at."""
    plan, looks, age = optimal_schedule(odds, price), list[float](), 0.0
    for _ in range(number):
        age += plan.wait(age)
        looks.append(age)
    return looks


def cost(looks: Sequence[float], times: list[float], price: float) -> float:
    """What a plan costs on average: lag, and its looks at their price."""
    total = 0.0
    for time in times:
        number = bisect_left(looks, time)
        total += looks[number] - time + price * (number + 1)
    return total / len(times)


@pytest.mark.parametrize("sigma", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("price", [5.0, 30.0, 100.0])
def test_no_fixed_or_growing_interval_costs_less_than_the_plan(price: float, sigma: float) -> None:
    times = lognormal(100.0, sigma, 1000)
    odds = [0.0] * BINS
    for time in times:
        odds[bin_of(time)] += 1 / len(times)

    planned = cost(ages(odds, price), times, price)

    schedules: list[Sequence[float]] = [[every * number for number in range(1, 500)] for every in range(5, 400, 10)]
    schedules += [[first * 1.5**number for number in range(60)] for first in range(2, 200, 4)]
    assert planned <= 1.02 * min(cost(looks, times, price) for looks in schedules)


def test_fast_jobs_hidden_in_a_slow_kind_are_looked_for_where_they_end_and_not_in_between() -> None:
    times = lognormal(15.0, 0.2, 500) + lognormal(300.0, 0.2, 500)
    odds = [0.0] * BINS
    for time in times:
        odds[bin_of(time)] += 1 / len(times)

    first, second, third = ages(odds, 30.0)[:3]

    assert 15.0 < first < 45.0
    assert 200.0 < second < third


def test_a_dearer_request_means_fewer_looks() -> None:
    odds = Runtimes().of("qa-agent").pmf()

    plans = [optimal_schedule(odds, price) for price in (MIN_POLL_COST_SECONDS, 1.0, 10.0, 100.0)]

    assert all(cheap.polls > dear.polls and cheap.lag < dear.lag for cheap, dear in pairwise(plans))


def test_a_job_that_never_ends_is_looked_at_ever_more_seldom_and_never_twice_in_two_seconds() -> None:
    looks = ages(Runtimes().of("find-email").pmf(), MIN_POLL_COST_SECONDS, 400)

    assert min(later - sooner for sooner, later in pairwise(looks)) >= MIN_INTERVAL_SECONDS - 1e-6
    assert looks[-1] - looks[-2] > 600.0


@pytest.mark.parametrize(("variant", "ends", "lag"), [("find-email", 5.0, 3.0), ("people-intelligence/low", 40.0, 5.0)])
def test_one_call_with_requests_to_spare_is_seen_within_seconds_of_its_end(
    variant: str, ends: float, lag: float
) -> None:
    plan, age = idle_schedule(variant), 0.0
    while age < ends:
        age += exploration_wait(age, plan)

    assert age - ends <= lag


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(1, 2.0), (3, 8.0), (6, MAX_WAIT_AFTER_FAILURES_SECONDS), (10_000, MAX_WAIT_AFTER_FAILURES_SECONDS)],
)
def test_after_trouble_looks_come_soon_again_and_then_more_seldom(failures: int, wait: float) -> None:
    assert wait_after_failures(failures) == wait
