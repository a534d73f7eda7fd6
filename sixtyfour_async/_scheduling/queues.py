"""The jobs that wait to be sent: a queue for each job_limit, urgent ones apart, and those that must pause before."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.limits import ConcurrencyLimit, JobLimit

MAX_SUBMITS_IN_TRANSIT = 50
"""Submits on their way at most: each is a row that a crash leaves in doubt."""


@dataclass(slots=True)
class SubmitQueues:
    """Queues, and the job_limits before them.

    Attributes:
        jobs: All jobs of the runner by ready_count; a job that has left them leaves its queue when its turn comes.
        job_limits: ConcurrencyLimit name → limit on jobs of its kind.
        in_flight: The limit on jobs sent and not ended, of every kind.
        in_transit: The limit on submits on their way.
    """

    jobs: dict[int, ScheduledJob]
    job_limits: Mapping[str, JobLimit]
    in_flight: ConcurrencyLimit
    in_transit: ConcurrencyLimit = field(default_factory=lambda: ConcurrencyLimit(MAX_SUBMITS_IN_TRANSIT))
    _queues: dict[tuple[str, bool], deque[int]] = field(default_factory=dict[tuple[str, bool], deque[int]])
    _delayed: list[tuple[float, int, int]] = field(default_factory=list[tuple[float, int, int]])
    _order: Iterator[int] = field(default_factory=count)

    def __bool__(self) -> bool:
        return any(self._queues.values())

    def add(self, job: ScheduledJob) -> bool:
        """Put a job at the end of its queue and say whether the queue was empty."""
        queue = self._queue(job)
        queue.append(job.id)
        return len(queue) == 1

    def add_delayed(self, job: ScheduledJob, at: float) -> None:
        """Put a job at the front of its queue, since it is the oldest, once its wait is over."""
        heapq.heappush(self._delayed, (at, next(self._order), job.id))

    def requeue(self, now: float) -> float:
        """Queue the jobs whose wait is over, and say when the next wait ends; infinite when nothing waits."""
        while self._delayed and self._delayed[0][0] <= now:
            job = self.jobs.get(heapq.heappop(self._delayed)[2])
            if job is not None:
                self._queue(job).appendleft(job.id)
        return self._delayed[0][0] if self._delayed else math.inf

    def take(self, job: ScheduledJob) -> None:
        """The first of its queue leaves it."""
        self._queue(job).popleft()

    def heads(self, now: float) -> list[ScheduledJob]:
        """The first job of each queue whose job_limit is open, urgent ones first, then the oldest."""
        heads: list[ScheduledJob] = []
        for (job_limit, _), queue in self._queues.items():
            while queue and queue[0] not in self.jobs:
                queue.popleft()
            opens = self._opens_at(job_limit, now) if queue else None
            if opens is not None and opens <= now:
                heads.append(self.jobs[queue[0]])
        return sorted(heads, key=lambda job: (not job.urgent, job.id))

    def ready_at(self, now: float, affords: Callable[[ScheduledJob], bool]) -> float:
        """When the next job may be sent, were the budget endless."""
        at = math.inf
        for (job_limit, _), queue in self._queues.items():
            opens = self._opens_at(job_limit, now) if queue else None
            if opens is not None and opens < at:
                job = self.jobs.get(queue[0])
                if job is None or self.in_flight.held == 0 or affords(job):
                    at = opens
        return at

    def ready_count(self, now: float) -> int:
        """How many jobs wait for neither a job_limit nor one before them to end."""
        open_ = [
            len(queue) for (job_limit, _), queue in self._queues.items() if queue and self._is_open(job_limit, now)
        ]
        return min(sum(open_), self.in_flight.capacity - self.in_flight.held)

    def all_behind_limits(self, now: float) -> bool:
        """Do jobs wait, and all of them for a job_limit?"""
        return bool(self) and not any(
            queue and self._is_open(job_limit, now) for (job_limit, _), queue in self._queues.items()
        )

    def slot_contended(self, job: ScheduledJob, now: float) -> bool:
        """Do others wait for the slot that this job holds?"""
        job_limit = self.job_limits.get(job.job_limit)
        waiting = any(queue for (name, _), queue in self._queues.items() if name == job.job_limit)
        opens = None if job_limit is None else job_limit.opens_at(now)
        return waiting and job_limit is not None and (opens is None or opens > now)

    def acquire(self, job: ScheduledJob, now: float) -> None:
        """A job passes its job_limits."""
        self.in_flight.acquire(now)
        if job.job_limit in self.job_limits:
            self.job_limits[job.job_limit].acquire(now)

    def release(self, job: ScheduledJob) -> None:
        """A job leaves its job_limits; one that had not really run makes no room behind them."""
        self.in_flight.release()
        if job.job_limit in self.job_limits:
            self.job_limits[job.job_limit].release(reopen=job.job_id is not None)

    def _is_open(self, job_limit: str, now: float) -> bool:
        opens = self._opens_at(job_limit, now)
        return opens is not None and opens <= now

    def _opens_at(self, job_limit: str, now: float) -> float | None:
        at = now
        for one in (self.in_flight, self.in_transit, self.job_limits.get(job_limit)):
            opens = now if one is None else one.opens_at(now)
            if opens is None:
                return None
            at = max(at, opens)
        return at

    def _queue(self, job: ScheduledJob) -> deque[int]:
        return self._queues.setdefault((job.job_limit, job.urgent), deque())
