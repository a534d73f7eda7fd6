"""Workloads, and polling policies that run them through one key in virtual time.

The service is reduced to what matters here: a job ends when its run time is over, and a request takes no time. What
remains is the decision which request goes next: `run_scheduler` leaves it to the scheduler of `JobRunner`, and
`run_intervals` to a function from a job's age to its next poll. Both draw on the same `Budget`.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean, median

from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.messages import Accepted, Finish, Poll, Polled, Submit
from sixtyfour_async._scheduling.poll_plan import PollSchedule, optimal_schedule
from sixtyfour_async._scheduling.runtimes import BINS, bin_of
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.models.jobs import JobState, Report

Wait = Callable[[float], float]
"""Age of a job found running, seconds → seconds until the next poll."""

Draw = Callable[[Random, float], float]
"""Random generator, and the fraction of the list that precedes the row → a run time, seconds."""


def _lognormal(median_: float, sigma: float, shortest: float, longest: float) -> Draw:
    return lambda rng, _fraction: min(max(median_ * math.exp(sigma * rng.gauss(0, 1)), shortest), longest)


LOW, MEDIUM = _lognormal(25, 0.5, 10, 60), _lognormal(80, 0.5, 30, 180)
MEASURED, HIGH = _lognormal(225, 0.5, 10, 1800), _lognormal(459, 0.5, 120, 1800)
FAST, SLOW = _lognormal(15, 0.3, 5, 60), _lognormal(300, 0.3, 60, 1800)


def _drifting(rng: Random, fraction: float) -> float:
    """Draw run times that are three times longer in the middle third of the list."""
    return MEDIUM(rng, fraction) * (3 if 1 / 3 <= fraction < 2 / 3 else 1)


WORKLOADS: dict[str, dict[str, Draw]] = {
    "low, documented": {"people-intelligence/low": LOW},
    "medium, documented": {"people-intelligence/medium": MEDIUM},
    "low/medium, measured": {"people-intelligence/medium": MEASURED},
    "high": {"people-intelligence/high": HIGH},
    "bimodal": {"people-intelligence/low": lambda rng, fraction: rng.choice((FAST, SLOW))(rng, fraction)},
    "drifting": {"people-intelligence/medium": _drifting},
    "mixed": {
        "company-intelligence/low": LOW,
        "people-intelligence/low": MEASURED,
        "people-intelligence/medium": MEDIUM,
        "people-intelligence/high": HIGH,
    },
}
"""Name → variant → run times. Medians: the vendor's skill (documented) and its benchmark of June 2026 (measured)."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job: its variant, and its run time, seconds."""

    variant: str
    run_time: float


def jobs(workload: str, rows: int, seed: int = 1) -> list[Job]:
    """Draw a list of jobs."""
    rng, draws = Random(f"{workload} {seed}"), list(WORKLOADS[workload].items())
    return [
        Job(variant, draw(rng, row / rows))
        for row in range(rows)
        for variant, draw in [draws[row % len(draws)] if len(draws) == 1 else rng.choice(draws)]
    ]


@dataclass(frozen=True, slots=True)
class Result:
    """What a policy achieved.

    Attributes:
        rows: How many jobs it ran.
        end: Seconds until the last answer was received.
        lag: Median of the seconds between a job's end and the poll that saw it.
        mean_lag: Mean of the same.
        polls: Polls per job.
        answered: Mean time at which an answer was received, seconds.
    """

    rows: int
    end: float
    lag: float
    mean_lag: float
    polls: float
    answered: float

    @property
    def per_minute(self) -> float:
        """Jobs a minute over the whole run."""
        return self.rows / self.end * 60


def _result(seen: Sequence[tuple[float, float]], polls: int) -> Result:
    """Return the result of a run, given the time (from its start) and the lag of every answer."""
    lags = [lag for _, lag in seen]
    instants = [at for at, _ in seen]
    return Result(len(seen), max(instants), median(lags), fmean(lags), polls / len(seen), fmean(instants))


def run_intervals(
    work: Sequence[Job],
    wait: Callable[[Job], Wait],
    *,
    in_flight: int = 1_000_000,
    submits_first: bool = False,
    limit: int = 500,
) -> Result:
    """Poll at the intervals that *wait* returns; due polls go before submits unless *submits_first*."""
    budget, now, running, polls = Budget(limit), 0.0, 0, 0
    waits, started = [wait(job) for job in work], [0.0] * len(work)
    queue, due = deque(range(len(work))), list[tuple[float, int]]()
    seen: list[tuple[float, float]] = []
    while queue or due:
        may_submit = bool(queue) and running < in_flight
        now = max(now, budget.ready_at(now)) if may_submit else max(budget.ready_at(max(now, due[0][0])), due[0][0])
        is_due = bool(due) and due[0][0] <= now
        budget.take(now)
        if is_due and not (may_submit and submits_first):
            index = heapq.heappop(due)[1]
            polls += 1
            age = now - started[index]
            if age >= work[index].run_time:
                running -= 1
                seen.append((now, age - work[index].run_time))
                continue
        else:
            index, age = queue.popleft(), 0.0
            started[index] = now
            running += 1
        heapq.heappush(due, (now + waits[index](age), index))
    return _result(seen, polls)


def run_scheduler(work: Sequence[Job], *, patience: float, in_flight: int = 4000, limit: int = 500) -> Result:
    """Run `JobRunner`'s scheduler, which starts without learned run times and reads ahead as `map` does."""
    run = SchedulerRun(work, patience=patience, in_flight=in_flight, limit=limit)
    while run.advance():
        pass
    return run.result()


class SchedulerRun:
    """One scheduler, a list of jobs and a simulated service."""

    def __init__(self, work: Sequence[Job], *, patience: float, in_flight: int, limit: int = 500) -> None:
        self.scheduler = Scheduler(
            Budget(limit), Ledger(), lambda: 0.5, {}, ConcurrencyLimit(in_flight), job_deadline=1e9, patience=patience
        )
        self.now = 0.0
        self.seen: list[tuple[float, float]] = []
        self.seen_ids: list[int] = []
        self.polls = 0
        self.events = 0
        self.ended = 0
        self._work, self._read_ahead, self._read = work, in_flight, 0
        self._started: dict[int, float] = {}

    def advance(self) -> bool:
        """Execute all commands that are due, then jump to the scheduler's next wake time; return False at the end."""
        while self._read < len(self._work) and len(self.scheduler.jobs) < self._read_ahead:
            job = ScheduledJob(self._read, self._work[self._read].variant, "", retry_safe=False)
            self.scheduler.add(job, self.now)
            self._read += 1
        for command in self.scheduler.due(self.now):
            self.events += 1
            match command:
                case Submit(id=id_):
                    self._started[id_] = self.now
                    self.scheduler.handle(Accepted(id_, "x"), self.now)
                case Poll(id=id_):
                    self._poll(id_)
                case _:
                    raise AssertionError(command)
        wake = self.scheduler.wake_at(self.now)
        if wake is not None:
            self.now = max(self.now, wake)
        return wake is not None or self._read < len(self._work)

    def _poll(self, id_: int) -> None:
        self.polls += 1
        age, run_time = self.now - self._started[id_], self._work[id_].run_time
        if age < run_time:
            self.scheduler.handle(Polled(id_, RUNNING), self.now)
            return
        del self._started[id_]
        self.seen.append((self.now, age - run_time))
        self.seen_ids.append(id_)
        report = Report(JobState.COMPLETED, "completed", cost_cents=5.0, run_time=run_time)
        commands = self.scheduler.handle(Polled(id_, report), self.now)
        self.ended += isinstance(commands[0], Finish)

    def result(self) -> Result:
        """Return what the run achieved."""
        return _result(self.seen, self.polls)


RUNNING = Report(JobState.RUNNING, "running")


def optimum(workload: str, poll_cost: float) -> Callable[[Job], Wait]:
    """Return the optimal poll schedule of each variant, computed from its true distribution."""
    schedules: dict[str, PollSchedule] = {}
    sample = jobs(workload, 20_000, seed=99)
    for variant in WORKLOADS[workload]:
        times = [job.run_time for job in sample if job.variant == variant]
        pmf = [0.0] * BINS
        for time in times:
            pmf[bin_of(time)] += 1 / len(times)
        schedules[variant] = optimal_schedule(pmf, poll_cost)
    return lambda job: schedules[job.variant].wait


def fixed(every: float) -> Callable[[Job], Wait]:
    """Return a schedule that polls every so many seconds."""
    return lambda _job: lambda _age: every


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
