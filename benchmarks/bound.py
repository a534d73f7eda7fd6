"""The fewest polls a job can take at a given mean lag, when its distribution is known: a bound for every policy.

For a price of p seconds a poll, the ages at which to poll that minimise ``E[lag] + p · E[polls]`` are a shortest path
over a grid of ages, backwards from the last one. All prices together trace the lower convex hull of (mean lag, polls):
no policy that does not see into the future gets below it, by Lagrangian duality, also none that treats jobs
differently. With N jobs submitted once, a list cannot end before ``N · (1 + polls)`` requests have left the budget.

The path is not the planner's of `poll_plan`: its grid has two hundred quantiles of the run times, not bins that grow by
7 %, so that times which lie close together are resolved. What remains is the grid, and the sample it is computed from:
the bound is good to about 1 %.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from benchmarks.policies import LIMIT
from benchmarks.workloads import NEVER, jobs
from sixtyfour_async._scheduling.budget import Budget

GRID_QUANTILES, GRID_STEPS = 220, 60
SAMPLE = 8_000
PRICES = tuple(0.05 * 2.0**step for step in range(17))
"""Seconds of lag that a poll costs, from 0.05 s to an hour."""


@dataclass(frozen=True, slots=True)
class _Ages:
    """A grid of ages, and the distribution on it: part that runs on, and mass times run time, up to each age."""

    ages: Sequence[float]
    alive: Sequence[float]
    moments: Sequence[float]


def _ages_of(times: Sequence[float]) -> _Ages:
    ordered = sorted(time for time in times if time < NEVER)
    last = len(ordered) - 1
    quantiles = (ordered[round(part * last / GRID_QUANTILES)] for part in range(GRID_QUANTILES + 1))
    even = (ordered[0] + (ordered[-1] - ordered[0]) * part / GRID_STEPS for part in range(GRID_STEPS + 1))
    ages = [0.0, *sorted({*quantiles, *even})]
    sums, ended = [0.0, *accumulate(ordered)], [bisect_right(ordered, age) for age in ages]
    total = len(times)
    return _Ages(ages, [1 - number / total for number in ended], [sums[number] / total for number in ended])


def _cheapest(on: _Ages, price: float) -> tuple[float, float]:
    """Return the mean lag and the polls of a job on the cheapest path, both over all jobs."""
    ages, alive, moments = on.ages, on.alive, on.moments
    cost, lag, polls = [0.0] * len(ages), [0.0] * len(ages), [0.0] * len(ages)
    for start in range(len(ages) - 2, -1, -1):
        here, paid = alive[start], price * alive[start]
        best, end = math.inf, start + 1
        for stop in range(start + 1, len(ages)):
            so_far = paid + ages[stop] * (here - alive[stop]) - (moments[stop] - moments[start])
            if so_far >= best:
                break
            if so_far + cost[stop] < best:
                best, end = so_far + cost[stop], stop
        cost[start] = best
        lag[start] = ages[end] * (here - alive[end]) - (moments[end] - moments[start]) + lag[end]
        polls[start] = here + polls[end]
    return lag[0], polls[0]


@dataclass(frozen=True, slots=True)
class Bound:
    """The bound of a workload.

    Attributes:
        points: Mean lag of a job that ends, and polls for each job submitted, at each price.
        ending: Part of the jobs that end at all.
    """

    points: Sequence[tuple[float, float]]
    ending: float

    def polls(self, mean_lag: float) -> float:
        """Return the fewest polls for each job submitted at a mean lag, on the convex hull of the points."""
        ordered = sorted(self.points)
        if mean_lag <= ordered[0][0]:
            return ordered[0][1]
        between = [
            low[1] + (high[1] - low[1]) * (mean_lag - low[0]) / (high[0] - low[0])
            for at, low in enumerate(ordered)
            for high in ordered[at + 1 :]
            if low[0] <= mean_lag <= high[0] and low[0] < high[0]
        ]
        return min(between, default=ordered[-1][1])

    def per_minute(self, rows: int, mean_lag: float) -> float:
        """Return the most jobs a minute at which a list of so many rows that end can be over."""
        budget = Budget(LIMIT)
        requests = rows / self.ending * (1 + self.polls(mean_lag))
        return rows / max(requests - (budget.burst or 0), 1.0) * budget.rate * 60


@cache
def bound_of(workload: str) -> Bound:
    """Compute the bound from a sample of its own; one price for all strata, weighted by their share."""
    sample = jobs(workload, SAMPLE, seed=98)
    strata: Mapping[str, list[float]] = {job.stratum: [] for job in sample if not job.urgent}
    for job in sample:
        if not job.urgent:
            strata[job.stratum].append(job.run_time)
    rows = sum(map(len, strata.values()))
    ending = sum(time < NEVER for times in strata.values() for time in times) / rows
    grids = [(len(times) / rows, _ages_of(times)) for times in strata.values()]
    points = list[tuple[float, float]]()
    for price in PRICES:
        paths = [(share, *_cheapest(on, price)) for share, on in grids]
        lag, polls = (sum(path[0] * path[number] for path in paths) for number in (1, 2))
        points.append((lag / ending, polls))
    return Bound(points, ending)
