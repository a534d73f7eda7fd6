"""How many requests a job takes and how soon its answer is there, with webhooks, with learned polling, in a fixed loop.

`JobRunner`'s scheduler in virtual time, with a service that delivers the end of each job after `DELIVERY_SECONDS`,
unless the delivery is lost wholly: all five attempts. A submit, a poll and a safety poll are one request each.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean

from benchmarks.policies import fixed, run_intervals
from benchmarks.results import Cell, Column, Dot, Dots, Report, Spread, Table
from benchmarks.scheduler_run import RUNNING, run_scheduler
from benchmarks.workloads import Job, jobs
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.messages import Accepted, Delivered, Poll, Polled, Submit
from sixtyfour_async._scheduling.poll_cost import DEFAULT_PATIENCE_SECONDS
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.models.jobs import JobState
from sixtyfour_async.models.jobs import Report as JobReport

DELIVERY_SECONDS = 0.1
IN_FLIGHT = 4000
LOSSES = (0.0, 0.01, 0.2)
PARTS = ("medium, documented", "low/medium, measured")


@dataclass(frozen=True, slots=True)
class Result:
    """What a run took.

    Attributes:
        requests: Requests a job: its submit and its polls.
        per_minute: Jobs a minute over the whole run.
        lags: Seconds between each job's end and its answer, in order.
        found: Those of them that a poll found, in order.
        distrusted_at: When deliveries were found to have stopped; None when they were not.
    """

    requests: float
    per_minute: float
    lags: Sequence[float]
    found: Sequence[float] = ()
    distrusted_at: float | None = None


class PushRun:
    """One scheduler, a list of jobs, and a service that delivers their ends.

    Args:
        work: The jobs.
        lost: The part of deliveries that never come.
        silent_from: The instant after which none comes at all.
        silent_until: The instant at which they come again.
        seed: Seed of what is lost.
    """

    def __init__(
        self,
        work: Sequence[Job],
        *,
        lost: float = 0.0,
        silent_from: float = math.inf,
        silent_until: float = math.inf,
        seed: int = 1,
    ) -> None:
        self.scheduler = Scheduler(
            Budget(500), Ledger(), lambda: 0.5, {}, ConcurrencyLimit(IN_FLIGHT), job_deadline=1e9
        )
        self.now = 0.0
        self.polls = 0
        self.lags: list[float] = []
        self.found: list[float] = []
        self.distrusted_at: float | None = None
        self._work, self._read = work, 0
        self._lost, self._silence = lost, (silent_from, silent_until)
        self._random = Random(f"push {seed}")
        self._ends: dict[int, float] = {}
        self._deliveries: list[tuple[float, int]] = []

    def run(self) -> Result:
        """Run to the end of the last job."""
        while len(self.lags) < len(self._work):
            self._advance()
        requests = (len(self._work) + self.polls) / len(self._work)
        minutes = self.now / 60
        return Result(requests, len(self._work) / minutes, sorted(self.lags), sorted(self.found), self.distrusted_at)

    def _advance(self) -> None:
        while self._read < len(self._work) and len(self.scheduler.jobs) < IN_FLIGHT:
            job = ScheduledJob(self._read, self._work[self._read].variant, "", retry_safe=False, pushed=True)
            self.scheduler.add(job, self.now)
            self._read += 1
        while self._deliveries and self._deliveries[0][0] <= self.now:
            id_ = heapq.heappop(self._deliveries)[1]
            if id_ in self.scheduler.jobs:
                self._ended(id_)
            self.scheduler.handle(Delivered(id_, COMPLETED), self.now)
        for command in self.scheduler.due(self.now):
            match command:
                case Submit(id=id_):
                    self._submit(id_)
                case Poll(id=id_):
                    self._poll(id_)
                case _:
                    raise AssertionError(command)
        if self.distrusted_at is None and not self.scheduler.poller.push.is_trusted:
            self.distrusted_at = self.now
        wake = self.scheduler.wake_at(self.now)
        delivery = self._deliveries[0][0] if self._deliveries else math.inf
        at = min(math.inf if wake is None else wake, delivery)
        self.now = max(self.now, at) if at < math.inf else self.now

    def _submit(self, id_: int) -> None:
        end = self._ends[id_] = self.now + self._work[id_].run_time
        begin, again = self._silence
        if self._random.random() >= self._lost and not begin <= end < again:
            heapq.heappush(self._deliveries, (end + DELIVERY_SECONDS, id_))
        self.scheduler.handle(Accepted(id_, "x"), self.now)

    def _poll(self, id_: int) -> None:
        self.polls += 1
        if self.now < self._ends[id_]:
            self.scheduler.handle(Polled(id_, RUNNING), self.now)
            return
        self.found.append(self.now - self._ends[id_])
        self._ended(id_)
        report = JobReport(JobState.COMPLETED, "completed", cost_cents=5.0, run_time=self._work[id_].run_time)
        self.scheduler.handle(Polled(id_, report), self.now)

    def _ended(self, id_: int) -> None:
        self.lags.append(self.now - self._ends[id_])


COMPLETED = JobReport(JobState.COMPLETED, "completed", cost_cents=5.0)
"""What is delivered. With a charge, as if one of this kind had been charged before."""


ROWS, QUICK_ROWS = 3000, 600
SILENT_FROM = 120.0
COLUMNS = (
    Column("way"),
    Column("requests/job", ".3f", range=True),
    Column("jobs/min", ".0f"),
    Column("lag p50"),
    Column("mean"),
    Column("p95"),
    Column("p99"),
    Column("found", ".0f", meaning="answers that a poll found although a delivery was due; then the lag of these"),
    Column("its p50", ".0f"),
    Column("its p99", ".0f"),
)


def pushed(work: Sequence[Job], seed: int) -> dict[str, Result]:
    """Run a list with webhooks: with each part of deliveries lost, and with none any more after some time."""
    runs = {f"webhooks, {lost:.0%} lost": PushRun(work, lost=lost, seed=seed).run() for lost in LOSSES}
    return runs | {f"webhooks, none after {SILENT_FROM:g} s": PushRun(work, silent_from=SILENT_FROM, seed=seed).run()}


def polled(work: Sequence[Job]) -> dict[str, Result]:
    """Run a list without webhooks."""
    runs = {
        "learned polling": run_scheduler(work, patience=DEFAULT_PATIENCE_SECONDS),
        "every 10 s": run_intervals(work, fixed(10)),
    }
    return {name: Result(1 + run.polls, run.per_minute, run.lags) for name, run in runs.items()}


def _row(name: str, runs: Sequence[Result]) -> list[Cell]:
    p50, p95, p99 = (Spread.of_quantiles([run.lags for run in runs], part) for part in (0.5, 0.95, 0.99))
    lags = (p50, Spread.over(runs, lambda run: fmean(run.lags)), p95, p99)
    found: list[Cell] = [Spread.over(runs, lambda run: len(run.found)), None, None]
    if all(run.found for run in runs):
        found[1:] = [Spread.of_quantiles([run.found for run in runs], part) for part in (0.5, 0.99)]
    number = Spread.over(runs, lambda run: run.requests)
    return [
        name,
        number,
        Spread.over(runs, lambda run: run.per_minute),
        *lags,
        *(found if "webhooks" in name else [None] * 3),
    ]


def answer(quick: bool, seeds: Sequence[int], *, only: Sequence[str] = (), rows: int = 0) -> Report:
    """Run each list with webhooks and without."""
    rows = rows or (QUICK_ROWS if quick else ROWS)
    tables, dots, notes = list[Table](), list[tuple[str, list[Dot]]](), [*NOTES]
    for workload in only or PARTS:
        lists = [(jobs(workload, rows, seed), seed) for seed in seeds]
        runs = [pushed(work, seed) | polled(work) for work, seed in lists]
        cells = [_row(way, [one[way] for one in runs]) for way in runs[0]]
        tables.append(Table(f"{workload}; lag in seconds", COLUMNS, cells))
        for way in runs[0]:
            same = [one[way] for one in runs]
            requests = Spread.over(same, lambda run: run.requests)
            dots.append((way, [Dot(workload, requests.median, requests.low, requests.high)]))
        seen = [at for one in runs if (at := one[f"webhooks, none after {SILENT_FROM:g} s"].distrusted_at) is not None]
        noticed = f"noticed at {Spread(tuple(seen)).median:.0f} s" if seen else "never noticed"
        notes.append(
            f"{workload}: the silence from {SILENT_FROM:g} s on was {noticed}, with {len(seen)} of {len(runs)} seeds."
        )
    chart = Dots("Requests a job", "requests: the submit and the polls", _by_way(dots))
    return Report({"rows": rows}, tables, {"": chart}, notes)


def _by_way(dots: Sequence[tuple[str, Sequence[Dot]]]) -> list[tuple[str, list[Dot]]]:
    """Join the dots of one way into one row."""
    rows = dict[str, list[Dot]]()
    for way, some in dots:
        rows.setdefault(way, []).extend(some)
    return list(rows.items())


NOTES: Sequence[str] = (
    "Virtual time; a delivery comes 0.1 s after the end of its job, or not at all.",
    "A longer interval takes fewer requests, and more lag: benchmarks.frontier tunes it with hindsight.",
)
