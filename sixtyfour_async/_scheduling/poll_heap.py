"""Planned polls in the order in which they are due."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob


@dataclass(slots=True)
class PollHeap:
    """A heap of planned polls. A poll planned again leaves its old entry behind, which is skipped as stale.

    Attributes:
        jobs: All jobs of the runner by number.
    """

    jobs: dict[int, ScheduledJob]
    _entries: list[tuple[float, int, int]] = field(default_factory=list[tuple[float, int, int]])

    def __bool__(self) -> bool:
        return bool(self._entries)

    def push(self, job: ScheduledJob) -> None:
        """Add a job's poll, as `ScheduledJob.poll_at` and ``plan_number`` have it."""
        heapq.heappush(self._entries, (job.poll_at, job.plan_number, job.id))

    def next_at(self) -> float:
        """Return when the first poll is due; infinity when there is none."""
        while self._entries and not self._is_current(self._entries[0]):
            heapq.heappop(self._entries)
        return self._entries[0][0] if self._entries else math.inf

    def pop(self) -> ScheduledJob:
        """Remove the first poll, after `next_at` has named it, and return its job."""
        return self.jobs[heapq.heappop(self._entries)[2]]

    def current(self) -> list[ScheduledJob]:
        """Drop the stale entries, and return the jobs of the others."""
        self._entries = [entry for entry in self._entries if self._is_current(entry)]
        return [self.jobs[id_] for _, _, id_ in self._entries]

    def _is_current(self, entry: tuple[float, int, int]) -> bool:
        """Return False for an entry whose job has ended or was planned again since."""
        job = self.jobs.get(entry[2])
        return job is not None and job.phase is Phase.RUNNING and job.plan_number == entry[1]
