"""How many requests a job takes and how soon its answer is there, with webhooks, with learned polling, in a fixed loop.

`JobRunner`'s scheduler in virtual time, with a service that delivers the end of each job after `DELIVERY_SECONDS`,
unless the delivery is lost wholly: all five attempts. A submit, a poll and a safety poll are one request each.

    python -m benchmarks.push [--rows 3000] [--seed 1] [--quick]
"""

from __future__ import annotations

import argparse
import heapq
import math
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

from benchmarks.policies import RUNNING, Job, fixed, jobs, run_intervals, run_scheduler
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.messages import Accepted, Delivered, Poll, Polled, Submit
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.models.jobs import JobState, Report

DELIVERY_SECONDS = 0.1
IN_FLIGHT = 4000
LOSSES = (0.0, 0.01, 0.2)
WORKLOADS = ("medium, documented", "low/medium, measured")


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
        report = Report(JobState.COMPLETED, "completed", cost_cents=5.0, run_time=self._work[id_].run_time)
        self.scheduler.handle(Polled(id_, report), self.now)

    def _ended(self, id_: int) -> None:
        self.lags.append(self.now - self._ends[id_])


COMPLETED = Report(JobState.COMPLETED, "completed", cost_cents=5.0)
"""What is delivered. With a charge, as if one of this kind had been charged before."""


def _part(ordered: Sequence[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def _print(name: str, result: Result) -> None:
    lags, found = result.lags, result.found
    late = f"{len(found):>6} {_part(found, 0.5):>8.0f} {_part(found, 0.99):>8.0f}" if found else f"{0:>6}"
    print(
        f"{name:<34} {result.requests:>8.3f} {result.per_minute:>8.0f} {median(lags):>8.1f} "
        f"{_part(lags, 0.95):>8.1f} {_part(lags, 0.99):>8.1f}   {late}"
    )


def main() -> None:
    """Print a table for each workload."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows")
    options = parser.parse_args()
    rows = options.rows // 10 if options.quick else options.rows
    print(f"{rows} jobs, 500 requests a minute, Python {platform.python_version()}")
    for workload in WORKLOADS:
        work = jobs(workload, rows, options.seed)
        print(f"\n{workload}")
        header = (
            f"{'requests':>8} {'jobs/min':>8} {'lag p50':>8} {'p95':>8} {'p99':>8}   found by a poll: number, p50, p99"
        )
        print(f"{'':<34} {header}")
        for lost in LOSSES:
            _print(f"webhooks, {lost:.0%} lost", PushRun(work, lost=lost, seed=options.seed).run())
        gone = PushRun(work, silent_from=120.0, seed=options.seed).run()
        _print(f"webhooks, none after 120 s, seen at {gone.distrusted_at or 0:.0f}", gone)
        learned, loop = run_scheduler(work, patience=30.0), run_intervals(work, fixed(10))
        for name, polled in (("learned polling", learned), ("every 10 s", loop)):
            print(f"{name:<34} {1 + polled.polls:>8.3f} {polled.per_minute:>8.0f} {polled.lag:>8.1f}")


if __name__ == "__main__":
    main()
