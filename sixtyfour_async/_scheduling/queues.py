"""The jobs that wait to be submitted: one queue per job limit and urgency, and those that must pause first.

A queue per limit keeps jobs behind a closed limit (five deep searches running) from holding up all the others.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from sixtyfour_async._scheduling.breaker import SubmitBreaker
from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob
from sixtyfour_async._scheduling.limits import Bottleneck, ConcurrencyLimit, JobLimit, WaitReason

TRIALS_CONSIDERED = 16
"""Jobs from which one is chosen to be tried after trouble: the first may be too dear for what the cap has left."""


@dataclass(slots=True)
class SubmitQueues:
    """Waiting jobs, and the limits before them.

    Attributes:
        jobs: All jobs of the runner by number; one that has ended leaves its queue when its turn comes.
        job_limits: Name → limit on jobs of a kind.
        in_flight: The limit on jobs submitted and not ended, of every kind.
        breaker: The limit on submits sent and not answered.
    """

    jobs: dict[int, ScheduledJob]
    job_limits: Mapping[str, JobLimit]
    in_flight: ConcurrencyLimit
    breaker: SubmitBreaker = field(default_factory=SubmitBreaker)
    _queues: dict[tuple[str, bool], deque[int]] = field(default_factory=dict[tuple[str, bool], deque[int]])
    _delayed: list[tuple[float, int, int]] = field(default_factory=list[tuple[float, int, int]])
    _order: Iterator[int] = field(default_factory=count)

    def __bool__(self) -> bool:
        for queue in self._queues.values():  # noqa: SIM110 (a generator takes long, and each round asks several times)
            if queue:
                return True
        return False

    def add(self, job: ScheduledJob, *, place: int | None = None) -> bool:
        """Put a job at the end of its queue, or at a place in it; return whether the queue was empty."""
        queue = self._queue(job)
        queue.insert(len(queue) if place is None else place, job.id)
        return len(queue) == 1

    def add_delayed(self, job: ScheduledJob, at: float) -> None:
        """Put a job at the front of its queue at an instant: it is older than whatever waits there."""
        heapq.heappush(self._delayed, (at, next(self._order), job.id))

    def requeue(self, now: float) -> float:
        """Queue the jobs whose delay is over; return when the next delay ends, infinity when none does."""
        self._drop_ended()
        while self._delayed and self._delayed[0][0] <= now:
            job = self.jobs.get(heapq.heappop(self._delayed)[2])
            if job is not None:
                self._queue(job).appendleft(job.id)
        return self._delayed[0][0] if self._delayed else math.inf

    def hurry(self, job: ScheduledJob) -> None:
        """Move a job to the urgent queue of its limit; one that is delayed goes there when its delay is over."""
        queue, job.urgent = self._queue(job), True
        if job.id in queue:
            queue.remove(job.id)
            self._queue(job).append(job.id)

    def take(self, job: ScheduledJob) -> None:
        """Remove a job from its queue."""
        self._queue(job).remove(job.id)

    def heads(self, now: float) -> list[ScheduledJob]:
        """Return the jobs that may be submitted next: the first of each open queue, urgent ones first, then by age.

        After trouble they are the safest, wherever in the queues they stand: what can be repeated without being paid
        twice, then what carries one row only.
        """
        self._drop_ended()
        heads: list[ScheduledJob] = []
        for (limit, _), queue in self._queues.items():
            opens_at = self._opens_at(limit, now) if queue else None
            if opens_at is not None and opens_at <= now:
                ids = queue if self.breaker.prefers_safest else (queue[0],)
                heads += [self.jobs[id_] for id_ in ids if id_ in self.jobs]
        if self.breaker.prefers_safest:
            return heapq.nsmallest(TRIALS_CONSIDERED, heads, key=_regret)
        if len(heads) > 1:
            heads.sort(key=lambda job: (not job.urgent, job.id))
        return heads

    def ready_at(self, now: float, must_wait: Callable[[ScheduledJob], bool]) -> float:
        """Return when the next job is due: submitted, or refused, as far as limits and money are concerned."""
        at = math.inf
        for (limit, _), queue in self._queues.items():
            opens_at = self._opens_at(limit, now) if queue else None
            if opens_at is not None and opens_at < at:
                job = self.jobs.get(queue[0])
                if job is None or not must_wait(job):
                    at = opens_at
        return at

    def ready_count(self, now: float, affordable: Callable[[ScheduledJob], float]) -> int:
        """Return how many jobs wait for the budget only, not for a limit, for money, or for another job to end.

        Those behind the first of a queue are taken to cost as much as it does.
        """
        if self.breaker.is_open:
            return 0
        ready = 0.0
        for (name, _), queue in self._queues.items():
            limit = self.job_limits.get(name)
            opens_at = now if limit is None else limit.opens_at(now)
            first = next((self.jobs[id_] for id_ in queue if id_ in self.jobs), None)
            if first is not None and opens_at is not None and opens_at <= now:
                ready += min(len(queue), affordable(first))
        return int(min(ready, self.in_flight.capacity - self.in_flight.held))

    def waits_for_others(self, now: float, needs_others: Callable[[ScheduledJob], bool]) -> bool:
        """Return whether the first job of a queue waits for what other processes hold, or may have given back."""
        for (name, _), queue in self._queues.items():
            limit = self.job_limits.get(name)
            first = next((self.jobs[id_] for id_ in queue if id_ in self.jobs), None)
            taken = isinstance(limit, ConcurrencyLimit) and limit.others > 0 and limit.opens_at(now) is None
            if first is not None and (taken or needs_others(first)):
                return True
        return False

    def bottleneck(self, now: float, must_wait: Callable[[ScheduledJob], bool]) -> Bottleneck:
        """Return what keeps waiting jobs from being submitted faster, the service itself aside."""
        if self.ready_at(now, must_wait) <= now:
            return "rate"
        if not self:
            return "nothing"
        if self.breaker.opens_at(now) is None:
            return "outage" if self.breaker.is_open else "server"
        passable = any(queue and self.is_open(limit, now) for (limit, _), queue in self._queues.items())
        return "cap" if passable else "job_limit"

    def waits_for(self, job: ScheduledJob, now: float, must_wait: Callable[[ScheduledJob], bool]) -> WaitReason:
        """Return what keeps one job from being submitted, the service itself aside."""
        if job.phase is not Phase.WAITING:
            return "nothing"
        if job.retry_at > now:
            return "retry"
        if self.breaker.opens_at(now) is None:
            return "outage" if self.breaker.is_open else "server"
        if not self.is_open(job.job_limit, now):
            return "job_limit"
        return "cap" if must_wait(job) else "rate"

    def slot_contended(self, job: ScheduledJob, now: float) -> bool:
        """Return whether others wait for the slot that this job holds, so that its end should be seen early."""
        limit = self.job_limits.get(job.job_limit)
        if limit is None or not self.waiting_behind(job.job_limit):
            return False
        opens_at = limit.opens_at(now)
        return opens_at is None or opens_at > now

    def acquire(self, job: ScheduledJob, now: float) -> None:
        """Let a job pass its limits."""
        self.in_flight.acquire(now)
        if job.job_limit in self.job_limits:
            self.job_limits[job.job_limit].acquire(now)

    def release(self, job: ScheduledJob) -> None:
        """Let a job leave its limits; one that was never accepted makes no room at the service."""
        self.in_flight.release()
        if job.job_limit in self.job_limits:
            self.job_limits[job.job_limit].release(reopen=job.job_id is not None)

    def is_open(self, limit: str, now: float) -> bool:
        """Return whether a job behind this limit may pass now."""
        opens_at = self._opens_at(limit, now)
        return opens_at is not None and opens_at <= now

    def _opens_at(self, limit: str, now: float) -> float | None:
        flight_at, breaker_at = self.in_flight.opens_at(now), self.breaker.opens_at(now)
        own = self.job_limits.get(limit)
        own_at = now if own is None else own.opens_at(now)
        if flight_at is None or breaker_at is None or own_at is None:
            return None
        return max(flight_at, breaker_at, own_at)

    def waiting_behind(self, limit: str) -> int:
        """Return how many jobs wait behind a limit."""
        return sum(len(queue) for (name, _), queue in self._queues.items() if name == limit)

    def waiting_rows(self) -> int:
        """Return the number of rows that wait."""
        return sum(job.rows for job in self.jobs.values() if job.phase is Phase.WAITING)

    def _drop_ended(self) -> None:
        """Drop the jobs at the front of the queues that ended while they waited."""
        for queue in self._queues.values():
            while queue and queue[0] not in self.jobs:
                queue.popleft()

    def _queue(self, job: ScheduledJob) -> deque[int]:
        return self._queues.setdefault((job.job_limit, job.urgent), deque())


def _regret(job: ScheduledJob) -> tuple[object, ...]:
    """Return the order in which jobs are tried after trouble, the one least to be regretted first."""
    return not job.retry_safe, job.rows > 1, not job.urgent, job.id
