"""Nothing about the comparison favours us: what rivals, the bound and the runs in virtual time promise."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest

from benchmarks.bound import bound_of
from benchmarks.frontier import AT_MEAN, AT_MEDIAN, AT_PACE, EQUAL, NEVER_EARLY, compare
from benchmarks.policies import LIMIT, Bucket, first_then, fixed, run_at_most, run_intervals
from benchmarks.results import quantile
from benchmarks.scheduler_run import run_scheduler
from benchmarks.tuning import tune, two_numbers
from benchmarks.workloads import NEVER, WORKLOADS, Job, jobs
from sixtyfour_async._scheduling.budget import Budget


def at(age: float) -> Callable[[Job], float]:
    return lambda _job: age


def test_quantiles_are_interpolated() -> None:
    assert [quantile([1.0, 2.0, 4.0], part) for part in (0.0, 0.25, 0.5, 1.0)] == [1.0, 1.5, 2.0, 4.0]
    assert math.isnan(quantile([], 0.5))


def test_a_schedule_polls_when_it_says() -> None:
    """One job and an idle key: nothing but the schedule decides."""
    result = run_intervals([Job("kind", 25.0)], first_then(lambda _: 12.0, 7.0))

    assert result.polls == 3
    assert result.lag == pytest.approx(1.0)


@pytest.mark.parametrize("order", ["polls first", "submits first", "alternating"])
def test_every_order_spends_the_same_budget(order: str) -> None:
    work = [Job("kind", 5.0)] * 200
    result = run_intervals(work, fixed(6), order=order)  # type: ignore[arg-type]

    assert result.polls == 1
    assert result.end >= (400 - 10) / (486 / 60)


def test_rivals_are_given_what_the_budget_gives() -> None:
    """Requests at random: some together, some apart, some after a pause that saves up a burst."""
    budget, random, now = Budget(LIMIT), Random(1), 0.0  # noqa: S311 (a seed is wanted)
    bucket = Bucket(budget.rate, float(budget.burst or 1))

    for _ in range(2000):
        now += random.choice([0.0, 0.0, 0.01, 0.2, 3.0])
        at = budget.ready_at(now)
        budget.take(at)
        assert bucket.next(now) == pytest.approx(at, abs=1e-6)
        now = at


def test_jobs_that_never_end_do_not_keep_a_list_open() -> None:
    work = [Job("kind", NEVER), *[Job("kind", 20.0)] * 5]

    assert run_intervals(work, fixed(10)).rows == run_scheduler(work, patience=30.0).rows == 5


def test_a_loop_whose_slots_are_stuck_is_given_up() -> None:
    assert run_at_most([Job("kind", NEVER)] * 2 + [Job("kind", 1.0)], fixed(10), 50, in_flight=2) is None


def test_rows_are_not_submitted_before_they_arrive() -> None:
    work = [Job("kind", 5.0, arrives=100.0 * number) for number in range(4)]

    assert run_intervals(work, fixed(6)).end == pytest.approx(306, abs=1)
    assert run_scheduler(work, patience=30.0).end >= 305


@pytest.mark.parametrize("workload", WORKLOADS)
def test_the_same_seed_draws_the_same_list(workload: str) -> None:
    assert jobs(workload, 30, 7) == jobs(workload, 30, 7) != jobs(workload, 30, 8)


@pytest.mark.parametrize("workload", ["low, documented", "concentrated", "bimodal", "stuck 10 %"])
def test_the_bound_falls_with_the_lag_and_needs_a_poll_for_each_end(workload: str) -> None:
    bound = bound_of(workload)
    polls = [bound.polls(lag) for lag in (0.5, 2.0, 8.0, 32.0, 128.0)]

    assert all(more >= less for more, less in pairwise(polls))
    assert polls[-1] >= bound.ending * 0.999


def test_no_schedule_that_learns_nothing_beats_the_bound() -> None:
    """A constant run time is the easiest case: one poll each, so the bound is half of the key's requests."""
    assert bound_of("concentrated").polls(2.0) == pytest.approx(1.0, abs=0.02)


def test_a_rival_is_tuned_at_least_as_well_as_by_any_round_number() -> None:
    work = jobs("medium, documented", 500, 3)
    ours = run_scheduler(work, patience=30.0)
    rivals = two_numbers(work, ours)
    found = tune(work, rivals, lambda result: result.mean_lag <= ours.mean_lag, lambda result: result.per_minute)
    tried = [run_intervals(work, first_then(at(first), every)) for first in (30, 60, 90) for every in (8, 15, 30)]
    allowed = [result.per_minute for result in tried if result.mean_lag <= ours.mean_lag]

    assert found
    assert found.result.mean_lag <= ours.mean_lag
    assert found.result.per_minute >= 0.97 * max(allowed)


def test_rivals_are_compared_at_equal_lag_and_the_bound_is_above_all() -> None:
    one = compare("low, documented", 150, 3)
    results, ours = one.results, one.ours

    assert results[AT_MEAN].mean_lag <= ours.mean_lag * EQUAL
    assert results[AT_MEDIAN].lag <= ours.lag * EQUAL
    assert AT_PACE not in results or results[AT_PACE].per_minute * EQUAL >= ours.per_minute
    assert one.bound <= results[NEVER_EARLY].per_minute
    assert max(ours.per_minute, results[AT_MEAN].per_minute) <= one.bound * 1.01
