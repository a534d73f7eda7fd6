"""Learned run times, and the poll schedules computed from them."""

from __future__ import annotations

import json
import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async._scheduling.poll_plan import (
    MAX_WAIT_AFTER_FAILURES_SECONDS,
    MIN_INTERVAL_SECONDS,
    MIN_POLL_COST_SECONDS,
    exploration_wait,
    idle_schedule,
    optimal_schedule,
    wait_after_failures,
)
from sixtyfour_async._scheduling.runtimes import BIN_RATIO, BINS, EDGES, Learned, Runtimes, bin_of, mean_of


def quantile_of(pmf: Sequence[float], fraction: float) -> float:
    """Return the run time, seconds, that this fraction of all jobs does not exceed."""
    index = next((index for index, total in enumerate(accumulate(pmf)) if total >= fraction), BINS - 1)
    return EDGES[index + 1]


def learned_from(times: list[float], *, every: float | None = None) -> Learned:
    """Learn from reported run times, or, with *every*, only from the polls between which each job ended."""
    learned = Learned.from_prior(60.0, 1.3)
    for time in times:
        since = 0.0
        while every is not None and since + every < time:
            learned.still_running(since, since + every)
            since += every
        learned.ended_between(since, time + 5.0 if every is None else since + every, time if every is None else None)
    return learned


def lognormal(median: float, sigma: float, number: int, seed: int = 1) -> list[float]:
    rng = Random(seed)  # noqa: S311 (deterministic on purpose)
    return [median * math.exp(sigma * rng.gauss(0, 1)) for _ in range(number)]


def test_every_age_falls_into_its_bin() -> None:
    for age in (0.0, 0.5, 1.0, 1.5, 59.0, 225.0, 5000.0):
        assert EDGES[bin_of(age)] <= age * (1 + 1e-9) < EDGES[bin_of(age) + 1] * (1 + 1e-9)
    assert bin_of(1e9) == BINS - 1


@pytest.mark.parametrize("variant", ["find-email", "people-intelligence/high", "deep-search", "unknown-operation"])
def test_a_prior_is_a_probability_distribution(variant: str) -> None:
    pmf = Runtimes().of(variant).pmf()

    assert sum(pmf) == pytest.approx(1.0, abs=0.01)
    assert min(pmf) >= 0.0


@pytest.mark.parametrize("median", [5.0, 80.0, 459.0])
def test_a_hundred_observations_outweigh_the_prior(median: float) -> None:
    pmf = learned_from(lognormal(median, 0.4, 100)).pmf()

    assert quantile_of(pmf, 0.5) == pytest.approx(median, rel=0.2)


def test_unreported_run_times_are_learned_from_the_polls_between_which_jobs_ended() -> None:
    pmf = learned_from(lognormal(80.0, 0.4, 300), every=20.0).pmf()

    assert mean_of(pmf) == pytest.approx(80.0 * math.exp(0.08), rel=0.15)


def test_jobs_still_running_count_as_censored_observations() -> None:
    """Of a hundred jobs a minute old, ten have ended: the median exceeds a minute, although no end was seen there."""
    learned = Learned.from_prior(60.0, 1.3)
    for number in range(100):
        if number % 10:
            learned.still_running(0.0, 60.0)
        else:
            learned.ended_between(0.0, 60.0, 40.0)

    assert quantile_of(learned.pmf(), 0.5) > 60.0


@pytest.mark.parametrize(("before", "after"), [(80.0, 240.0), (240.0, 80.0)])
def test_a_change_of_run_times_is_learned_within_a_few_dozen_jobs(before: float, after: float) -> None:
    learned = learned_from(lognormal(before, 0.4, 500))

    for time in lognormal(after, 0.4, 72, seed=2):
        learned.ended_between(0.0, time, time)

    assert abs(math.log(quantile_of(learned.pmf(), 0.5) / after)) < math.log(1.7)


def test_a_reported_run_time_is_clamped_to_the_polls_between_which_the_job_ended() -> None:
    learned = Learned.from_prior(60.0, 1.3)
    for _ in range(200):
        learned.still_running(0.0, 100.0)
        learned.ended_between(100.0, 110.0, 3.0)

    assert 95.0 < quantile_of(learned.pmf(), 0.5) < 120.0


def test_learned_run_times_survive_a_json_round_trip() -> None:
    known, later = Runtimes(), Runtimes()
    for time in lognormal(300.0, 0.3, 80):
        known.of("qa-agent").ended_between(0.0, time, time)
    known.of("find-email")

    later.read_json(known.to_json())

    assert later.of("qa-agent").pmf() == pytest.approx(known.of("qa-agent").pmf(), abs=1e-3)
    assert list(later.known) == ["qa-agent"]


@pytest.mark.parametrize("median", [5.0, 130.0, 3600.0])
@pytest.mark.parametrize("ends", [0, 1, 4, 5, 20])
def test_a_later_run_knows_whether_ends_were_seen_before(median: float, ends: int) -> None:
    known, later = Runtimes(), Runtimes()
    known.of("qa-agent").still_running(0.0, 1.0)
    for time in lognormal(median, 0.5, ends):
        known.of("qa-agent").ended_between(0.0, 2 * time, time)

    later.read_json(known.to_json())

    assert 0.75 * ends <= later.of("qa-agent").ends <= ends


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}", '{"a": 1}', '{"a": [[1], [2]]}', '{"a": ["x", "y"]}'])
def test_foreign_json_is_ignored(text: str) -> None:
    runtimes = Runtimes()

    runtimes.read_json(text)

    assert runtimes.known == {}


def test_where_in_their_bins_jobs_end_is_kept_for_a_later_run() -> None:
    known, later = Runtimes(), Runtimes()
    for time in close_together(300.0, 1.0, 60):
        known.of("qa-agent").ended_between(0.0, 400.0, time)

    later.read_json(known.to_json())

    assert later.of("qa-agent").last_ends() == pytest.approx(known.of("qa-agent").last_ends(), rel=1e-2)


def test_what_was_kept_without_places_is_read_as_spread_evenly() -> None:
    known, later = Runtimes(), Runtimes()
    known.of("qa-agent").ended_between(0.0, 400.0, 300.0)
    counts = {name: columns[:2] for name, columns in json.loads(known.to_json()).items()}

    later.read_json(json.dumps(counts))

    assert later.of("qa-agent").pmf() == pytest.approx(known.of("qa-agent").pmf(), abs=1e-3)
    assert later.of("qa-agent").last_ends() == list(EDGES)


def close_together(middle: float, spread: float, number: int) -> list[float]:
    return [middle - spread + 2 * spread * (place % 20 + 0.5) / 20 for place in range(number)]


def first_poll(middle: float) -> float:
    """Return the age of the first poll after a hundred jobs that ran for this time, give or take a hundredth."""
    learned = Learned.from_prior(130.0, 1.0)
    for time in close_together(middle, middle / 100, 100):
        learned.ended_between(0.0, middle + 100.0, time)
    return optimal_schedule(learned.pmf(), 30.0, learned.last_ends()).wait(0.0)


@given(st.integers(bin_of(20.0), bin_of(3000.0)))
def test_ends_that_lie_close_together_in_a_bin_are_polled_once_right_behind_them(bin_: int) -> None:
    middle = (EDGES[bin_] + EDGES[bin_ + 1]) / 2

    assert 1.007 * middle <= first_poll(middle) <= 1.02 * middle


@given(st.floats(20.0, 3000.0))
def test_ends_that_an_edge_parts_are_polled_at_the_edge_or_within_a_bin_behind_them(middle: float) -> None:
    """As long as few of them lie behind the edge."""
    assert 0.99 * middle <= first_poll(middle) <= 1.01 * BIN_RATIO * middle + 0.1


@pytest.mark.parametrize("sigma", [0.3, 0.5, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_ends_that_are_spread_last_to_the_edges_of_their_bins(sigma: float, seed: int) -> None:
    learned = learned_from(lognormal(100.0, sigma, 300, seed))

    assert learned.last_ends() == list(EDGES)


def test_ends_that_were_not_reported_may_lie_anywhere_in_their_bins() -> None:
    learned = Learned.from_prior(60.0, 1.3)
    for _ in range(100):
        learned.ended_between(118.0, 121.0, None)

    assert learned.last_ends() == list(EDGES)


def learned_with(parts: Mapping[int, float]) -> Learned:
    """Return what says that these parts of all jobs end in these bins."""
    alive, hazards = 1.0, [0.0] * BINS
    for bin_, part in sorted(parts.items()):
        hazards[bin_] = part / alive
        alive -= part
    return Learned([1.0] * BINS, hazards)


@pytest.mark.parametrize(
    ("parts", "spread"),
    [
        pytest.param({50: 1.0}, {50: 1.0}, id="one bin holds them all"),
        pytest.param({50: 0.5, 51: 0.3, 90: 0.2}, {50: 0.5, 51: 0.3, 88: 0.2 / 9, 90: 0.2 / 3}, id="a stray bin"),
        pytest.param(dict.fromkeys(range(50, 55), 0.2), {48: 0.0, 49: 0.05, 50: 0.15, 51: 0.2}, id="three bins do"),
        pytest.param(dict.fromkeys(range(50, 70), 0.05), {48: 0.05 / 9, 49: 0.05 / 3, 52: 0.05}, id="not even three"),
    ],
)
def test_a_bin_is_spread_as_far_as_is_needed_to_hold_a_quarter_of_all_jobs(
    parts: Mapping[int, float], spread: Mapping[int, float]
) -> None:
    pmf = learned_with(parts).pmf()

    assert {bin_: pmf[bin_] for bin_ in spread} == pytest.approx(spread)


@given(st.lists(st.floats(2.0, 5000.0), max_size=40))
def test_smoothing_loses_no_job(times: list[float]) -> None:
    assert sum(learned_from(times).pmf()) == pytest.approx(1.0, abs=0.01)


# --- poll schedules -----------------------------------------------------------------------------------------------


def poll_ages(pmf: list[float], poll_cost: float, number: int = 50) -> list[float]:
    """Return the ages at which a job that never ends is polled."""
    schedule, polls, age = optimal_schedule(pmf, poll_cost), list[float](), 0.0
    for _ in range(number):
        age += schedule.wait(age)
        polls.append(age)
    return polls


def mean_cost(polls: Sequence[float], times: list[float], poll_cost: float) -> float:
    """Return the mean of lag plus poll cost per job, seconds."""
    total = 0.0
    for time in times:
        number = bisect_left(polls, time)
        total += polls[number] - time + poll_cost * (number + 1)
    return total / len(times)


@pytest.mark.parametrize("sigma", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("poll_cost", [5.0, 30.0, 100.0])
def test_no_fixed_or_growing_interval_costs_less_than_the_optimal_schedule(poll_cost: float, sigma: float) -> None:
    times = lognormal(100.0, sigma, 1000)
    pmf = [0.0] * BINS
    for time in times:
        pmf[bin_of(time)] += 1 / len(times)

    optimal = mean_cost(poll_ages(pmf, poll_cost), times, poll_cost)

    schedules: list[Sequence[float]] = [[every * number for number in range(1, 500)] for every in range(5, 400, 10)]
    schedules += [[first * 1.5**number for number in range(60)] for first in range(2, 200, 4)]
    assert optimal <= 1.02 * min(mean_cost(polls, times, poll_cost) for polls in schedules)


def test_a_bimodal_variant_is_polled_near_each_mode_and_not_in_between() -> None:
    times = lognormal(15.0, 0.2, 500) + lognormal(300.0, 0.2, 500)
    pmf = [0.0] * BINS
    for time in times:
        pmf[bin_of(time)] += 1 / len(times)

    first, second, third = poll_ages(pmf, 30.0)[:3]

    assert 15.0 < first < 45.0
    assert 200.0 < second < third


def test_a_higher_poll_cost_means_fewer_polls() -> None:
    pmf = Runtimes().of("qa-agent").pmf()

    schedules = [optimal_schedule(pmf, poll_cost) for poll_cost in (MIN_POLL_COST_SECONDS, 1.0, 10.0, 100.0)]

    assert all(cheap.polls > dear.polls and cheap.lag < dear.lag for cheap, dear in pairwise(schedules))


def test_polls_of_a_job_that_never_ends_grow_rarer_and_keep_the_minimum_interval() -> None:
    polls = poll_ages(Runtimes().of("find-email").pmf(), MIN_POLL_COST_SECONDS, 400)

    assert min(later - earlier for earlier, later in pairwise(polls)) >= MIN_INTERVAL_SECONDS - 1e-6
    assert polls[-1] - polls[-2] > 600.0


@pytest.mark.parametrize(("variant", "ends", "lag"), [("find-email", 5.0, 3.0), ("people-intelligence/low", 40.0, 5.0)])
def test_the_end_of_a_single_job_on_an_idle_key_is_noticed_within_seconds(
    variant: str, ends: float, lag: float
) -> None:
    schedule, age = idle_schedule(variant), 0.0
    while age < ends:
        age += exploration_wait(age, schedule)

    assert age - ends <= lag


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(1, 2.0), (3, 8.0), (6, MAX_WAIT_AFTER_FAILURES_SECONDS), (10_000, MAX_WAIT_AFTER_FAILURES_SECONDS)],
)
def test_the_wait_after_failed_polls_grows_up_to_its_maximum(failures: int, wait: float) -> None:
    assert wait_after_failures(failures) == wait
