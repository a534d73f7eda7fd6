"""Polling schedules, and what runs them through one key in virtual time.

The service is reduced to what matters here: a job ends when its run time is over, and a request takes a fixed time, or
none. What remains is the decision which request goes next: `run_scheduler` leaves it to the scheduler of
`JobRunner`, and `run_intervals` to a function from a job's age to its next poll. Both draw on the same `Budget`.

A list is over once each of its jobs was seen ended; urgent jobs beside it, and jobs that never end, do not count.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Literal

from benchmarks.results import quantile
from benchmarks.workloads import NEVER, Job, jobs
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.poll_plan import PollSchedule, optimal_schedule
from sixtyfour_async._scheduling.runtimes import BINS, bin_of

Wait = Callable[[float], float]
"""Age of a job found running, seconds → seconds until the next poll."""

Order = Literal["polls first", "submits first", "alternating"]
"""Which request goes first while a poll is due and a row waits."""

LIMIT = 500
"""Requests a minute."""

URGENT_POLL_SECONDS = 5.0
"""How often a schedule polls an urgent job, before everything else, once the shortest job of its kind would have ended.

So that it waits as long as with `JobRunner`; a shorter interval would cost the rows of the list more.
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What a policy achieved.

    Attributes:
        rows: How many jobs it ran, urgent ones not counted.
        end: Seconds until the last answer was received.
        lag: Median of the seconds between a job's end and the poll that saw it.
        mean_lag: Mean of the same.
        p95: Their 95th percentile.
        polls: Polls per job; those of urgent jobs are not counted.
        answered: Mean time at which an answer was received, seconds.
        lags: All of them, in order.
        urgent_lags: Seconds between the ends of urgent jobs and the polls that saw them, in order.
    """

    rows: int
    end: float
    lag: float
    mean_lag: float
    p95: float
    polls: float
    answered: float
    lags: Sequence[float] = ()
    urgent_lags: Sequence[float] = ()

    @property
    def per_minute(self) -> float:
        """Jobs a minute over the whole run."""
        return self.rows / self.end * 60


@dataclass(slots=True)
class Seen:
    """When each answer was received, and how late.

    Attributes:
        counted: Instant and lag of each job of the list.
        urgent: The same of urgent jobs.
        polls: Polls of jobs of the list, also of those that never end.
    """

    counted: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    urgent: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    polls: int = 0

    def ended(self, job: Job, now: float, age: float) -> None:
        """Record a poll that saw a job's end."""
        (self.urgent if job.urgent else self.counted).append((now, age - job.run_time))

    def result(self) -> Result:
        """Return the result of the run."""
        lags, instants = sorted(lag for _, lag in self.counted), [at for at, _ in self.counted]
        return Result(
            len(lags),
            max(instants),
            quantile(lags, 0.5),
            fmean(lags),
            quantile(lags, 0.95),
            self.polls / len(lags),
            fmean(instants),
            lags,
            sorted(lag for _, lag in self.urgent),
        )


@dataclass(slots=True)
class Bucket:
    """What `Budget` gives to one who asks alone, and is never refused by the service, in a fifth of its time.

    Attributes:
        rate: Requests per second.
        capacity: Requests that can be saved up.
    """

    rate: float
    capacity: float
    _tokens: float = 1.0
    _filled_at: float = 0.0

    def next(self, now: float) -> float:
        """Take one request, and return when it may be sent: now, or later."""
        tokens = min(self.capacity, self._tokens + (now - self._filled_at) * self.rate)
        if tokens < _WHOLE:
            now += (_WHOLE - tokens) / self.rate
            tokens = _WHOLE
        self._tokens, self._filled_at = tokens - 1.0, now
        return now


_WHOLE = 1.0 - 1e-9
"""A token, but for rounding."""


class IntervalRun:
    """A list that is polled at the intervals a schedule returns."""

    def __init__(
        self, work: Sequence[Job], wait: Callable[[Job], Wait], *, in_flight: int, order: Order, limit: int
    ) -> None:
        self.seen = Seen()
        self._work, self._in_flight, self._order = work, in_flight, order
        budget = Budget(limit)
        self._bucket = Bucket(budget.rate, float(budget.burst or 1))
        self._now, self._running, self._polled_last = 0.0, 0, True
        self._open = sum(job.counts for job in work)
        urgent = _urgent_waits(work)
        self._waits = [(urgent if job.urgent else wait)(job) for job in work]
        self._started = [0.0] * len(work)
        by_arrival = sorted(range(len(work)), key=lambda index: work[index].arrives)
        self._urgent = deque(index for index in by_arrival if work[index].urgent)
        self._queue = deque(index for index in by_arrival if not work[index].urgent)
        self._due, self._urgent_due = list[tuple[float, int]](), list[tuple[float, int]]()

    def run(self, max_polls: float) -> Result | None:
        """Run to the end of the list; return None once it takes more polls."""
        while self._open and self.seen.polls <= max_polls:
            self._send_next()
        return None if self._open else self.seen.result()

    def _send_next(self) -> None:
        may_submit = bool(self._queue) and self._running < self._in_flight
        submit_at = self._work[self._queue[0]].arrives if may_submit else math.inf
        poll_at = self._due[0][0] if self._due else math.inf
        urgent_submit_at = self._work[self._urgent[0]].arrives if self._urgent else math.inf
        urgent_poll_at = self._urgent_due[0][0] if self._urgent_due else math.inf
        first = min(submit_at, poll_at, urgent_submit_at, urgent_poll_at)
        now = self._now = self._bucket.next(max(self._now, first))
        if urgent_submit_at <= now:
            self._submit(self._urgent.popleft())
        elif urgent_poll_at <= now:
            self._poll(heapq.heappop(self._urgent_due)[1])
        elif poll_at <= now and not (submit_at <= now and self._submit_goes_first()):
            self._polled_last = True
            self._poll(heapq.heappop(self._due)[1])
        else:
            self._polled_last = False
            self._running += 1
            self._submit(self._queue.popleft())

    def _submit_goes_first(self) -> bool:
        return self._order == "submits first" or (self._order == "alternating" and self._polled_last)

    def _submit(self, index: int) -> None:
        self._started[index] = self._now + self._work[index].takes / 2
        self._plan(index, 0.0)

    def _poll(self, index: int) -> None:
        job = self._work[index]
        age = self._now + job.takes / 2 - self._started[index]
        self.seen.polls += not job.urgent
        if age < job.run_time:
            self._plan(index, age)
            return
        self.seen.ended(job, self._now + job.takes, age + job.takes / 2)
        self._open -= job.counts
        self._running -= not job.urgent

    def _plan(self, index: int, age: float) -> None:
        """Plan a poll from the answer on, which tells that the job ran at this age."""
        job = self._work[index]
        heap = self._urgent_due if job.urgent else self._due
        heapq.heappush(heap, (self._now + job.takes + self._waits[index](age), index))


def _urgent_waits(work: Sequence[Job]) -> Callable[[Job], Wait]:
    """Return the schedule of urgent jobs: with hindsight, none before the shortest run time of its kind in the list."""
    shortest = dict[str, float]()
    for job in work:
        shortest[job.variant] = min(job.run_time, shortest.get(job.variant, NEVER))
    return first_then(lambda job: shortest[job.variant], URGENT_POLL_SECONDS)


def run_intervals(
    work: Sequence[Job],
    wait: Callable[[Job], Wait],
    *,
    in_flight: int = 1_000_000,
    order: Order = "polls first",
    limit: int = LIMIT,
) -> Result:
    """Poll at the intervals that *wait* returns."""
    result = run_at_most(work, wait, math.inf, in_flight=in_flight, order=order, limit=limit)
    if result is None:
        raise AssertionError("a run without a bound ended early")
    return result


def run_at_most(
    work: Sequence[Job],
    wait: Callable[[Job], Wait],
    polls_per_job: float,
    *,
    in_flight: int = 1_000_000,
    order: Order = "polls first",
    limit: int = LIMIT,
) -> Result | None:
    """Do the same, and give up when a job takes more polls than that on average."""
    run = IntervalRun(work, wait, in_flight=in_flight, order=order, limit=limit)
    return run.run(polls_per_job * len(work))


def optimum(workload: str, poll_cost: float) -> Callable[[Job], Wait]:
    """Return the optimal poll schedule of each stratum, computed from its true distribution."""
    schedules: dict[str, PollSchedule] = {}
    sample = jobs(workload, 20_000, seed=99)
    for stratum in {job.stratum for job in sample}:
        times = [job.run_time for job in sample if job.stratum == stratum]
        pmf = [0.0] * BINS
        for time in times:
            pmf[BINS - 1 if time == NEVER else bin_of(time)] += 1 / len(times)
        schedules[stratum] = optimal_schedule(pmf, poll_cost)
    return lambda job: schedules[job.stratum].wait


def fixed(every: float) -> Callable[[Job], Wait]:
    """Return a schedule that polls every so many seconds."""
    return lambda _job: lambda _age: every


def first_then(first: Callable[[Job], float], every: float) -> Callable[[Job], Wait]:
    """Return a schedule that polls a job first at an age, and then every so many seconds."""

    def wait(job: Job) -> Wait:
        at = first(job)
        return lambda age: every if age > 0 else at

    return wait


def backoff(first: float, factor: float, longest: float) -> Callable[[Job], Wait]:
    """Return a schedule whose intervals grow by a factor up to *longest*."""

    def wait(age: float) -> float:
        step, at = first, 0.0
        while at < age - 1e-6:
            at += step
            step = min(longest, step * factor)
        return min(longest, step)

    return lambda _job: wait


def never_early(job: Job) -> Wait:
    """Poll each job once, exactly at its end: a bound, since the end is not known in advance."""
    return lambda age: max(job.run_time - age, 0.0) + 1e-6
