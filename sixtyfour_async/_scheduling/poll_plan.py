"""When to poll a job next: the schedule that minimises E[lag] + poll cost · E[polls].

A poll costs a request that a submit could have used; an answer that lies unseen costs lag. With the distribution of run
times known, the best ages at which to poll solve the classical inspection problem (Barlow, Hunter, Proschan: "Optimum
checking procedures", J. SIAM 11, 1963). Their recursion follows a density and breaks down where the density has several
humps. On the bins of `runtimes` the same optimum is a shortest path, which humps do not disturb.

The recursion, backwards from the last edge. Let ``S(i)`` be the part of jobs still running at edge ``t_i``, ``p_k`` the
part that ends in bin ``k`` (at its middle ``m_k``), and ``c`` the cost of a poll in seconds of lag. If a job found
running at edge ``i`` is polled next at edge ``j``::

    C(i) = min over j > i of   c·S(i)  +  Σ_{i ≤ k < j} p_k·(t_j - m_k)  +  C(j)
                               the poll   lag of the ends in between         the rest

The sum is ``t_j·(S(i) - S(j)) - (M(j) - M(i))`` with the prefix sums ``M`` of ``p_k·m_k``, so each step is O(1). The
first two terms only grow with ``j`` and the rest is never negative, so the search over ``j`` stops as soon as they
exceed the best total.

Where bins are wider than the best interval, several polls fit into one bin. Its ends count as spread evenly over it, so
``n`` evenly spaced polls cost ``c·S(i)·n + p_i·w/(2n)`` for a bin of width ``w``; the best ``n`` is ``√(p_i·w /
2c·S(i))``.

Where all ends of a bin lie close together, a poll at the edge behind it goes as soon as they are over: ``t_j`` of its
lag is that age, and ``m_k`` is no later.

So a schedule is optimal for the distribution it is given, up to the width of a bin. It is not where that distribution
was learned from few jobs, where jobs depend on each other, or when the cost of a poll changes before the poll is due.
"""

from __future__ import annotations

import math
import operator
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from sixtyfour_async._scheduling.runtimes import BINS, EDGES, MIDDLES, Runtimes, bin_of, mean_of

MIN_INTERVAL_SECONDS = 2.0
"""Shortest time between two polls of one job: the vendor's TypeScript sample starts there, too."""

MIN_POLL_COST_SECONDS = 0.05
"""Seconds of lag that one poll is worth when nothing else waits for the budget."""

EXPLORATION_COST_SECONDS = 2.0
"""Seconds of lag that a poll of a job of an unknown kind is worth at most."""

MAX_WAIT_AFTER_FAILURES_SECONDS = 60.0
"""Longest time between polls that keep failing."""

MAX_WAIT_AMONG_OTHERS_SECONDS = 8.0
"""Longest time between polls of a job that is not found, while there are others."""

_TAIL_FRACTION = 0.125
"""Part of its age after which a job older than any that was seen to end is polled again."""

_EXPLORATION_FRACTION = 0.5
"""Part of its age after which a job of an unknown kind is polled again at the latest."""

_NEGLIGIBLE_SURVIVAL = 1e-9
"""Part of jobs below which what they do is not worth planning: rounding errors are as large."""

_QUIET_MASS = 1e-3
"""Part of jobs that may end before the first poll is considered at all."""


@dataclass(frozen=True, slots=True)
class PollSchedule:
    """When jobs of one variant are polled, at one poll cost.

    Attributes:
        waits: Seconds until the next poll, for a job found running at each edge of the bins.
        polls: Polls a job takes, on average.
        lag: Seconds that an ended job lies unseen, on average.
        run_time: Seconds that a job runs, on average.
    """

    waits: Sequence[float]
    polls: float
    lag: float
    run_time: float

    @property
    def demand(self) -> float:
        """Polls per second that each running job asks for, on average."""
        return self.polls / (self.run_time + self.lag)

    def wait(self, age: float) -> float:
        """Return the seconds until the next poll of a job found running at this age."""
        place = bin_of(age)
        low, high = EDGES[place], EDGES[place + 1]
        part = min(1.0, (age - low) / (high - low))
        return max(MIN_INTERVAL_SECONDS, self.waits[place] * (1 - part) + self.waits[place + 1] * part)


def optimal_schedule(pmf: Sequence[float], poll_cost: float, last_ends: Sequence[float] = EDGES) -> PollSchedule:
    """Return the best schedule for a distribution over the bins; see the module for the recursion.

    Args:
        pmf: The part of jobs that ends in each bin.
        poll_cost: Seconds of lag that one poll is worth.
        last_ends: The age by which those jobs have ended that end in the bin before each edge: the edge, or less.
    """
    alive = [*reversed(list(accumulate(reversed(pmf)))), 0.0]  # S
    middles = map(min, MIDDLES, last_ends[1:])
    moments = [0.0, *accumulate(map(operator.mul, pmf, middles))]  # M
    cost, polls = [0.0] * (BINS + 1), [0.0] * (BINS + 1)
    waits = [_TAIL_FRACTION * edge for edge in EDGES]  # stands where nothing is known to survive
    quiet = next(at for at in range(BINS) if alive[0] - alive[at + 1] > _QUIET_MASS)  # nothing ends before this edge
    # Edges before `quiet` all wait for the same poll as edge 0 and need no search of their own.
    for start in [*range(BINS - 1, max(quiet, 1) - 1, -1), 0]:
        here, poll = alive[start], poll_cost * alive[start]
        if here <= _NEGLIGIBLE_SURVIVAL:
            continue
        best, end = math.inf, start + 1
        soonest = bisect_left(EDGES, EDGES[start] + MIN_INTERVAL_SECONDS, start + 1, BINS)
        for stop in range(soonest if start else max(soonest, quiet), BINS + 1):
            so_far = poll + last_ends[stop] * (here - alive[stop]) - (moments[stop] - moments[start])
            if so_far >= best:
                break
            if so_far + cost[stop] < best:
                best, end = so_far + cost[stop], stop
        width, part = EDGES[start + 1] - EDGES[start], pmf[start]
        several = min(width / MIN_INTERVAL_SECONDS, math.sqrt(width * part / (2 * poll)))
        is_spread = last_ends[start + 1] >= EDGES[start + 1]  # a bin whose ends lie close together needs one poll
        inside = several > 1 and start >= quiet and is_spread
        within = poll * several + part * width / (2 * several) + cost[start + 1] if inside else math.inf
        if within < best:
            cost[start], waits[start], polls[start] = within, width / several, here * several + polls[start + 1]
        else:
            cost[start], waits[start], polls[start] = best, last_ends[end] - EDGES[start], here + polls[end]
    for start in range(1, quiet):
        waits[start] = max(MIN_INTERVAL_SECONDS, waits[0] - EDGES[start])
    return PollSchedule(waits, polls[0], max(0.0, cost[0] - poll_cost * polls[0]), mean_of(pmf))


def exploration_wait(age: float, schedule: PollSchedule) -> float:
    """Return the seconds until the next poll of a job of a kind not met before.

    The prior may be quite wrong, so the job is polled at least at every half of its age.
    """
    return min(schedule.wait(age), max(MIN_INTERVAL_SECONDS, age * _EXPLORATION_FRACTION))


@lru_cache(maxsize=64)
def idle_schedule(variant: str) -> PollSchedule:
    """Return the schedule for a single job with requests to spare, from the priors alone."""
    return optimal_schedule(Runtimes().of(variant).pmf(), MIN_POLL_COST_SECONDS)


def wait_after_failures(failures: int, *, among_others: bool = False) -> float:
    """Return the seconds until the next poll after this many failed in a row: 2, 4, 8 … up to a minute.

    Args:
        failures: Polls that failed in a row.
        among_others: Whether the job was not found while there are others. Only what is answered to them in between
            tells whether it is the job, so it is polled often as long as they are there.
    """
    longest = MAX_WAIT_AMONG_OTHERS_SECONDS if among_others else MAX_WAIT_AFTER_FAILURES_SECONDS
    return min(longest, 2.0 ** min(failures, 10))
