"""Run times to draw from, and one key's desk in virtual time: policies submit and look, and we count.

The service is reduced to what matters here: a job ends when its run time is over, and a request takes no time. What
remains is the question which request goes next. `JobRunner`'s own scheduler answers it in `ours`; a schedule, in
`scheduled`. Both draw on the same `Budget`.
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
"""Age of a job found running, seconds → seconds until the next look."""

Draw = Callable[[Random, float], float]
"""Chance, and how much of the list has been submitted (0 to 1) → a run time, seconds."""


def _lognormal(median_: float, sigma: float, shortest: float, longest: float) -> Draw:
    return lambda chance, _done: min(max(median_ * math.exp(sigma * chance.gauss(0, 1)), shortest), longest)


LOW, MEDIUM = _lognormal(25, 0.5, 10, 60), _lognormal(80, 0.5, 30, 180)
MEASURED, HIGH = _lognormal(225, 0.5, 10, 1800), _lognormal(459, 0.5, 120, 1800)
FAST, SLOW = _lognormal(15, 0.3, 5, 60), _lognormal(300, 0.3, 60, 1800)


def _drifting(chance: Random, done: float) -> float:
    """Three times slower in the middle third of the run."""
    return MEDIUM(chance, done) * (3 if 1 / 3 <= done < 2 / 3 else 1)


WORKLOADS: dict[str, dict[str, Draw]] = {
    "low, documented": {"people-intelligence/low": LOW},
    "medium, documented": {"people-intelligence/medium": MEDIUM},
    "low/medium, measured": {"people-intelligence/medium": MEASURED},
    "high": {"people-intelligence/high": HIGH},
    "bimodal": {"people-intelligence/low": lambda chance, done: chance.choice((FAST, SLOW))(chance, done)},
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
    """What will be asked: its kind, and how long it will run, seconds."""

    variant: str
    run_time: float


def jobs(workload: str, rows: int, seed: int = 1) -> list[Job]:
    """Draw a list of jobs."""
    chance, draws = Random(f"{workload} {seed}"), list(WORKLOADS[workload].items())
    return [
        Job(variant, draw(chance, row / rows))
        for row in range(rows)
        for variant, draw in [draws[row % len(draws)] if len(draws) == 1 else chance.choice(draws)]
    ]


@dataclass(frozen=True, slots=True)
class Result:
    """What a policy reached. Seconds, but for `per_minute`."""

    rows: int
    end: float
    lag: float
    mean_lag: float
    looks: float
    answered: float

    @property
    def per_minute(self) -> float:
        """Jobs a minute over the whole run."""
        return self.rows / self.end * 60


def _result(seen: Sequence[tuple[float, float]], looks: int) -> Result:
    """Instants and lags → the result, the run's start being 0."""
    lags = [lag for _, lag in seen]
    instants = [at for at, _ in seen]
    return Result(len(seen), max(instants), median(lags), fmean(lags), looks / len(seen), fmean(instants))


def scheduled(
    work: Sequence[Job],
    wait: Callable[[Job], Wait],
    *,
    in_flight: int = 1_000_000,
    submits_first: bool = False,
    limit: int = 500,
) -> Result:
    """Poll by a schedule; with all rows in hand from the start, submits first is first come first served."""
    budget, now, running, looks = Budget(limit), 0.0, 0, 0
    waits, begun = [wait(job) for job in work], [0.0] * len(work)
    queue, due = deque(range(len(work))), list[tuple[float, int]]()
    seen: list[tuple[float, float]] = []
    while queue or due:
        may_submit = bool(queue) and running < in_flight
        now = max(now, budget.ready_at(now)) if may_submit else max(budget.ready_at(max(now, due[0][0])), due[0][0])
        is_due = bool(due) and due[0][0] <= now
        budget.take(now)
        if is_due and not (may_submit and submits_first):
            number = heapq.heappop(due)[1]
            looks += 1
            age = now - begun[number]
            if age >= work[number].run_time:
                running -= 1
                seen.append((now, age - work[number].run_time))
                continue
        else:
            number, age = queue.popleft(), 0.0
            begun[number] = now
            running += 1
        heapq.heappush(due, (now + waits[number](age), number))
    return _result(seen, looks)


def ours(work: Sequence[Job], *, patience: float, in_flight: int = 4000, limit: int = 500) -> Result:
    """Ask `JobRunner`'s scheduler, which knows nothing of the run times to begin with; it reads ahead as `map` does."""
    desk = Desk(work, patience=patience, in_flight=in_flight, limit=limit)
    while desk.turn():
        pass
    return desk.result()


class Desk:
    """One scheduler, a list of jobs and the service."""

    def __init__(self, work: Sequence[Job], *, patience: float, in_flight: int, limit: int = 500) -> None:
        self.scheduler = Scheduler(
            Budget(limit), Ledger(), lambda: 0.5, {}, ConcurrencyLimit(in_flight), job_deadline=1e9, patience=patience
        )
        self.now = 0.0
        self.seen: list[tuple[float, float]] = []
        self.looks = 0
        self.events = 0
        self.ended = 0
        self._work, self._ahead, self._read = work, in_flight, 0
        self._begun: dict[int, float] = {}

    def turn(self) -> bool:
        """Do everything that may be done now, then go on to when the scheduler wants to be asked again."""
        while self._read < len(self._work) and len(self.scheduler.jobs) < self._ahead:
            job = ScheduledJob(self._read, self._work[self._read].variant, "", retry_safe=False)
            self.scheduler.add(job, self.now)
            self._read += 1
        for command in self.scheduler.due(self.now):
            self.events += 1
            match command:
                case Submit(id=id_):
                    self._begun[id_] = self.now
                    self.scheduler.handle(Accepted(id_, "x"), self.now)
                case Poll(id=id_):
                    self._look(id_)
                case _:
                    raise AssertionError(command)
        wake = self.scheduler.wake_at(self.now)
        if wake is not None:
            self.now = max(self.now, wake)
        return wake is not None or self._read < len(self._work)

    def _look(self, id_: int) -> None:
        self.looks += 1
        age, run_time = self.now - self._begun[id_], self._work[id_].run_time
        if age < run_time:
            self.scheduler.handle(Polled(id_, RUNNING), self.now)
            return
        del self._begun[id_]
        self.seen.append((self.now, age - run_time))
        report = Report(JobState.COMPLETED, "completed", cost_cents=5.0, run_time=run_time)
        commands = self.scheduler.handle(Polled(id_, report), self.now)
        self.ended += isinstance(commands[0], Finish)

    def result(self) -> Result:
        """What it came to."""
        return _result(self.seen, self.looks)


RUNNING = Report(JobState.RUNNING, "running")


def optimum(workload: str, price: float) -> Callable[[Job], Wait]:
    """The best plan for each variant with its distribution known."""
    plans: dict[str, PollSchedule] = {}
    sample = jobs(workload, 20_000, seed=99)
    for variant in WORKLOADS[workload]:
        times = [job.run_time for job in sample if job.variant == variant]
        odds = [0.0] * BINS
        for time in times:
            odds[bin_of(time)] += 1 / len(times)
        plans[variant] = optimal_schedule(odds, price)
    return lambda job: plans[job.variant].wait


def fixed(every: float) -> Callable[[Job], Wait]:
    """Every so many seconds."""
    return lambda _job: lambda _age: every


def backoff(first: float, factor: float, most: float) -> Callable[[Job], Wait]:
    """Intervals that grow by a factor up to the most."""

    def wait(age: float) -> float:
        step, at = first, 0.0
        while at < age - 1e-6:
            at += step
            step = min(most, step * factor)
        return min(most, step)

    return lambda _job: wait


def never_early(job: Job) -> Wait:
    """One look each, at the job's very end: impossible, since nobody knows when that is."""
    return lambda age: max(job.run_time - age, 0.0) + 1e-6
