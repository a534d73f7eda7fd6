"""How long a run will take and how many requests, forecast before anything is spent.

Each limit gives a time in which the jobs can be submitted at best: all requests of the run at the pace of the budget,
the jobs of a kind through its limit, all jobs through the places in flight. The slowest of them is the bottleneck. The
run ends when the slowest of the last jobs does, later than a usual job's run time: at the age at which, of all jobs
submitted evenly over that time, hardly one is expected to be left.

It is a forecast: one job in a hundred may run longer than anything seen before, and the run with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.limits import ConcurrencyLimit, JobLimit
from sixtyfour_async._scheduling.poll_plan import PollSchedule, optimal_schedule
from sixtyfour_async._scheduling.runtimes import EDGES, LONGEST_SECONDS, Runtimes, bin_of, mean_of

ENDS = ((2.0, 0.05), (0.5, 0.02), (0.1, 0.005))
"""Jobs expected to be left at the early, the expected and the late end: a number, or a part of all jobs if that is
more, since the far tail of a learned distribution is mostly prior."""

SLICES = 20
"""Instants at which jobs are assumed to be submitted, in place of an even flow."""


@dataclass(frozen=True, slots=True)
class Load:
    """Jobs of one kind that are to be submitted, or that run already.

    Attributes:
        variant: What their run time depends on.
        submits: Jobs to submit.
        running: Jobs that an earlier run submitted, to be polled only.
        job_limit: Name of the limit on jobs of their kind, or "".
    """

    variant: str
    submits: int
    running: int = 0
    job_limit: str = ""

    @property
    def jobs(self) -> int:
        """Jobs to be polled to their end."""
        return self.submits + self.running


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run takes.

    Attributes:
        requests: Submits and polls, rounded.
        seconds: Early, expected and late end.
        bottleneck: What the end depends on most: ``rate``, the name of a job limit, ``in flight``, ``run time``, or
            ``nothing``.
    """

    requests: int
    seconds: tuple[float, float, float]
    bottleneck: str


def forecast(
    loads: Sequence[Load],
    *,
    runtimes: Runtimes,
    patience: float,
    budget: Budget,
    job_limits: Mapping[str, JobLimit],
    in_flight: ConcurrencyLimit,
) -> Forecast:
    """Forecast requests and time for jobs of several kinds under one budget."""
    loads = [load for load in loads if load.jobs]
    if not loads:
        return Forecast(0, (0.0, 0.0, 0.0), "nothing")
    pmf = {load.variant: runtimes.of(load.variant).pmf() for load in loads}
    schedules = {variant: optimal_schedule(known, patience) for variant, known in pmf.items()}
    requests = sum(load.submits + load.jobs * schedules[load.variant].polls for load in loads)
    held = {load: load.jobs * (mean_of(pmf[load.variant]) + schedules[load.variant].lag) for load in loads}
    bounds = {"rate": requests / budget.rate, "in flight": sum(held.values()) / in_flight.capacity}
    for name, job_limit in job_limits.items():
        behind = [load for load in loads if load.job_limit == name]
        if isinstance(job_limit, ConcurrencyLimit):
            bounds[name] = sum(held[load] for load in behind) / job_limit.capacity
        else:
            bounds[name] = sum(load.submits for load in behind) / job_limit.capacity * job_limit.window
    slowest = max(bounds, key=lambda name: bounds[name])
    ends = _ends(loads, pmf, schedules, bounds[slowest])
    tail = ends[1] - bounds[slowest]
    return Forecast(round(requests), ends, slowest if bounds[slowest] > tail else "run time")


def _ends(
    loads: Sequence[Load], pmf: Mapping[str, Sequence[float]], schedules: Mapping[str, PollSchedule], submitting: float
) -> tuple[float, float, float]:
    """Return when each number of `ENDS` is expected to be left, of jobs submitted evenly over some seconds."""
    ended = {variant: list(accumulate(known)) for variant, known in pmf.items()}
    jobs = sum(load.jobs for load in loads)

    def left(at: float) -> float:
        sent = [submitting * (slice_ + 0.5) / SLICES for slice_ in range(SLICES)]
        return sum(
            load.jobs / SLICES * _alive(ended[load.variant], at - schedules[load.variant].lag - when)
            for load in loads
            for when in sent
        )

    few = [min(max(number, part * jobs), 0.75 * jobs) for number, part in ENDS]
    early, expected, late = (_when(left, number, submitting + LONGEST_SECONDS) for number in few)
    return early, expected, late


def _alive(ended: Sequence[float], age: float) -> float:
    """Return the part of jobs that run longer than an age, interpolated within its bin."""
    if age <= 0:
        return 1.0
    place = bin_of(age)
    before = ended[place - 1] if place else 0.0
    part = min(1.0, (age - EDGES[place]) / (EDGES[place + 1] - EDGES[place]))
    return 1.0 - before - part * (ended[place] - before)


def _when(left: Callable[[float], float], few: float, latest: float) -> float:
    """Bisect for the instant at which no more than *few* jobs are left."""
    low, high = 0.0, latest
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if left(middle) > few else (low, middle)
    return high
