"""`JobRunner`'s scheduler with a list of jobs and a simulated service, in virtual time."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Sequence
from itertools import count

from benchmarks.policies import LIMIT, Result, Seen
from benchmarks.workloads import Job
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.messages import Accepted, Event, Poll, Polled, Submit
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.models.jobs import JobState, Report

RUNNING = Report(JobState.RUNNING, "running")


def run_scheduler(work: Sequence[Job], *, patience: float, in_flight: int = 4000) -> Result:
    """Run `JobRunner`'s scheduler, which starts without learned run times and reads ahead as `map` does."""
    return SchedulerRun(work, patience=patience, in_flight=in_flight).run()


class SchedulerRun:
    """A run of the scheduler.

    Args:
        work: The jobs.
        patience: Seconds of lag that one request is worth.
        in_flight: Jobs that may run at once, and rows that are read ahead.
        tells_urgent: Whether the scheduler is told which jobs are urgent.
    """

    def __init__(
        self, work: Sequence[Job], *, patience: float, in_flight: int = 4000, tells_urgent: bool = True
    ) -> None:
        self.scheduler = Scheduler(
            Budget(LIMIT), Ledger(), lambda: 0.5, {}, ConcurrencyLimit(in_flight), job_deadline=1e9, patience=patience
        )
        self.now = 0.0
        self.seen = Seen()
        self._work, self._read_ahead, self._tells_urgent = work, in_flight, tells_urgent
        self._open = sum(job.counts for job in work)
        by_arrival = sorted(range(len(work)), key=lambda index: work[index].arrives)
        self._urgent = deque(index for index in by_arrival if work[index].urgent)
        self._queue = deque(index for index in by_arrival if not work[index].urgent)
        self._started: dict[int, float] = {}
        self._answers, self._sent = list[tuple[float, int, Event]](), count()

    def run(self) -> Result:
        """Run to the end of the list."""
        while self._open:
            self._advance()
        return self.seen.result()

    def _advance(self) -> None:
        """Execute all commands that are due, then jump to the next instant at which something happens."""
        self._read()
        for command in self.scheduler.due(self.now):
            match command:
                case Submit(id=id_):
                    self._started[id_] = self.now + self._work[id_].takes / 2
                    self._answer(id_, Accepted(id_, "x"))
                case Poll(id=id_):
                    self._answer(id_, Polled(id_, self._poll(id_)))
                case _:
                    raise AssertionError(command)
        while self._answers and self._answers[0][0] <= self.now:
            self.scheduler.handle(heapq.heappop(self._answers)[2], self.now)
        wake = self.scheduler.wake_at(self.now)
        answer = self._answers[0][0] if self._answers else math.inf
        at = min(math.inf if wake is None else wake, answer, self._next_arrival())
        if at < math.inf:
            self.now = max(self.now, at)

    def _answer(self, id_: int, answer: Event) -> None:
        heapq.heappush(self._answers, (self.now + self._work[id_].takes, next(self._sent), answer))

    def _read(self) -> None:
        """Add the jobs that have arrived; rows of the list only as far as they are read ahead."""
        while self._urgent and self._work[self._urgent[0]].arrives <= self.now:
            self._add(self._urgent.popleft())
        while self._may_read() and self._work[self._queue[0]].arrives <= self.now:
            self._add(self._queue.popleft())

    def _may_read(self) -> bool:
        return bool(self._queue) and len(self.scheduler.jobs) < self._read_ahead

    def _next_arrival(self) -> float:
        rows = self._work[self._queue[0]].arrives if self._may_read() else math.inf
        return min(rows, self._work[self._urgent[0]].arrives if self._urgent else math.inf)

    def _add(self, index: int) -> None:
        job, urgent = self._work[index], self._work[index].urgent and self._tells_urgent
        self.scheduler.add(ScheduledJob(index, job.variant, "", retry_safe=False, urgent=urgent), self.now)

    def _poll(self, id_: int) -> Report:
        """Return what a poll that is sent now reports."""
        job = self._work[id_]
        age = self.now + job.takes / 2 - self._started[id_]
        self.seen.polls += not job.urgent
        if age < job.run_time:
            return RUNNING
        self.seen.ended(job, self.now + job.takes, age + job.takes / 2)
        self._open -= job.counts
        return Report(JobState.COMPLETED, "completed", cost_cents=5.0, run_time=job.run_time)
