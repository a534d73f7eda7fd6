"""When to look at a job next: the schedule that minimises E[lag] + poll_cost · E[polls].

A look costs a request that a submit could have used; an answer that lies unseen costs lag. With the distribution of the
run times known, the best ages to look at solve the classical inspection problem (Barlow, Hunter, Proschan: "Optimum
checking procedures", J. SIAM 11, 1963). Their recursion follows a density and breaks where it has several humps; on
the bins of `runtimes` the same optimum is a shortest path, which does not mind humps: from each bin's edge, the next
look is due at the edge where the lag expected until then, plus a request, plus the best that can follow, is least.
Where the best step is shorter than a bin, the ends are spread evenly over the bin and the step has a closed form.

So a schedule is optimal for the distribution it is given, up to the width of a bin. It is not optimal where that
distribution is learned from few jobs, where jobs depend on each other, and when the poll_cost changes before the look.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from sixtyfour_async._scheduling.runtimes import BINS, EDGES, Runtimes, bin_of, mean_of

MIN_INTERVAL_SECONDS = 2.0
"""Seconds between polls at one job, at least: the vendor's TypeScript sample starts there, too."""

MIN_POLL_COST_SECONDS = 0.05
"""Seconds of lag worth one look when nothing else waits for the budget."""

MAX_WAIT_AFTER_FAILURES = 60.0
"""Seconds between polls that keep failing."""

_TAIL_FRACTION = 0.125
"""Part of its age after which a job older than any that was seen to end is looked at again."""

_EXPLORATION_FRACTION = 0.5
"""Part of its age after which a job of an unknown kind is looked at again, at the latest."""

_NEGLIGIBLE_SURVIVAL = 1e-9
_QUIET_MASS = 1e-3


@dataclass(frozen=True, slots=True)
class PollSchedule:
    """When jobs of one variant are looked at, at one poll_cost.

    Attributes:
        waits: Seconds until the next look, for a job found running at each edge of the bins.
        polls: Looks a job takes, on average.
        lag: Seconds an ended job lies unseen, on average.
        run_time: Seconds a job runs, on average.
    """

    waits: Sequence[float]
    polls: float
    lag: float
    run_time: float

    @property
    def demand(self) -> float:
        """Looks a second that each running job asks for, on average."""
        return self.polls / (self.run_time + self.lag)

    def wait(self, age: float) -> float:
        """Seconds until the next look at a job found running at this age."""
        place = bin_of(age)
        low, high = EDGES[place], EDGES[place + 1]
        part = min(1.0, (age - low) / (high - low))
        return max(MIN_INTERVAL_SECONDS, self.waits[place] * (1 - part) + self.waits[place + 1] * part)


def optimal_schedule(pmf: Sequence[float], poll_cost: float) -> PollSchedule:
    """Find the best schedule for a distribution over the bins.

    Args:
        pmf: The part of jobs that ends in each bin.
        poll_cost: Seconds of lag worth one look.
    """
    alive = [*reversed(list(accumulate(reversed(pmf)))), 0.0]
    moments = [0.0, *accumulate(part * (EDGES[at] + EDGES[at + 1]) / 2 for at, part in enumerate(pmf))]
    cost, polls = [0.0] * (BINS + 1), [0.0] * (BINS + 1)
    waits = [_TAIL_FRACTION * edge for edge in EDGES]
    quiet = next(at for at in range(BINS) if alive[0] - alive[at + 1] > _QUIET_MASS)  # nothing ends before this edge
    for start in [*range(BINS - 1, max(quiet, 1) - 1, -1), 0]:
        here, begun, paid = alive[start], moments[start], poll_cost * alive[start]
        if here <= _NEGLIGIBLE_SURVIVAL:
            continue
        best, end = math.inf, start + 1
        soonest = bisect_left(EDGES, EDGES[start] + MIN_INTERVAL_SECONDS, start + 1, BINS)
        for stop in range(soonest if start else max(soonest, quiet), BINS + 1):
            so_far = paid + EDGES[stop] * (here - alive[stop]) - (moments[stop] - begun)
            if so_far >= best:
                break
            if so_far + cost[stop] < best:
                best, end = so_far + cost[stop], stop
        width, part = EDGES[start + 1] - EDGES[start], pmf[start]
        several = min(width / MIN_INTERVAL_SECONDS, math.sqrt(width * part / (2 * paid)))
        inside = several > 1 and start >= quiet
        within = paid * several + part * width / (2 * several) + cost[start + 1] if inside else math.inf
        if within < best:
            cost[start], waits[start], polls[start] = within, width / several, here * several + polls[start + 1]
        else:
            cost[start], waits[start], polls[start] = best, EDGES[end] - EDGES[start], here + polls[end]
    for start in range(1, quiet):
        waits[start] = max(MIN_INTERVAL_SECONDS, waits[0] - EDGES[start])
    return PollSchedule(waits, polls[0], max(0.0, cost[0] - poll_cost * polls[0]), mean_of(pmf))


def exploration_wait(age: float, schedule: PollSchedule) -> float:
    """Seconds until the next look at a job of a kind not met before: what is expected of it may be quite wrong."""
    return min(schedule.wait(age), max(MIN_INTERVAL_SECONDS, age * _EXPLORATION_FRACTION))


@lru_cache(maxsize=64)
def idle_schedule(variant: str) -> PollSchedule:
    """How to watch a single job, with requests to spare, as far as the vendor's pages tell."""
    return optimal_schedule(Runtimes().of(variant).pmf(), MIN_POLL_COST_SECONDS)


def wait_after_failures(failures: int) -> float:
    """Seconds until the next look after some polls in a row that failed."""
    return min(MAX_WAIT_AFTER_FAILURES, 2.0 ** min(failures, 10))
