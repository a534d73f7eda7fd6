"""Planned polls in the order in which they are due."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob

PUT_OFF_SECONDS = 1.0
"""A poll that would go later by less goes as planned."""


@dataclass(slots=True)
class PollHeap:
    """A heap of planned polls. A poll planned again leaves its old entry behind, which is skipped as stale.

    Attributes:
        jobs: All jobs of the runner by number.
        put_off_at: When a poll is to go, by what is known now; asked as it comes up.
    """

    jobs: dict[int, ScheduledJob]
    put_off_at: Callable[[ScheduledJob], float] = lambda job: job.poll_at
    _entries: list[tuple[float, int, int]] = field(default_factory=list[tuple[float, int, int]])

    def __bool__(self) -> bool:
        return bool(self._entries)

    def push(self, job: ScheduledJob) -> None:
        """Add a job's poll, as `ScheduledJob.poll_at` and ``plan_number`` have it."""
        heapq.heappush(self._entries, (job.poll_at, job.plan_number, job.id))

    def next_at(self) -> float:
        """Return when the first poll is due; infinity when there is none."""
        while self._entries:
            first = self._entries[0]
            job = self._job_of(first)
            if job is not None and not self._is_put_off(job, first):
                return first[0]
            heapq.heappop(self._entries)
        return math.inf

    def due_count(self, now: float, most: int) -> int:
        """Return how many polls are due, at most so many; those planned again since may be among them.

        What hangs below an entry of a heap is due no earlier, so that only what is due is looked at, and its children.
        """
        due, places = 0, [0]
        while places and due < most:
            place = places.pop()
            if place < len(self._entries) and self._entries[place][0] <= now:
                due += self._job_of(self._entries[place]) is not None
                places += [2 * place + 1, 2 * place + 2]
        return due

    def pop(self) -> ScheduledJob:
        """Remove the first poll, after `next_at` has named it, and return its job."""
        return self.jobs[heapq.heappop(self._entries)[2]]

    def current(self) -> list[ScheduledJob]:
        """Drop the stale entries, and return the jobs of the others."""
        self._entries = [entry for entry in self._entries if self._job_of(entry) is not None]
        heapq.heapify(self._entries)  # what is left of a heap is not one, and would hide polls that are due
        return [self.jobs[id_] for _, _, id_ in self._entries]

    def _is_put_off(self, job: ScheduledJob, entry: tuple[float, int, int]) -> bool:
        """Push a poll again that goes later than planned, by more than rounding; return whether it does."""
        at, number, id_ = entry
        later = self.put_off_at(job)
        if later <= at + PUT_OFF_SECONDS:
            return False
        job.poll_at = later
        heapq.heappush(self._entries, (later, number, id_))
        return True

    def _job_of(self, entry: tuple[float, int, int]) -> ScheduledJob | None:
        """Return the job of an entry; None for one whose job has ended or was planned again since."""
        job = self.jobs.get(entry[2])
        return job if job is not None and job.plan_number == entry[1] and job.phase is Phase.RUNNING else None


@dataclass(slots=True)
class PollQueue:
    """The planned polls of all jobs.

    Attributes:
        foreground: Those of jobs that somebody waits for.
        background: The others.
    """

    foreground: PollHeap
    background: PollHeap
    _trials: Iterator[int] = field(default_factory=count)

    def __bool__(self) -> bool:
        return bool(self.foreground or self.background)

    def push(self, job: ScheduledJob) -> None:
        """Add a job's poll."""
        (self.foreground if job.urgent else self.background).push(job)

    def next_at(self) -> float:
        """Return when the first poll is due; infinity when there is none."""
        return min(self.foreground.next_at(), self.background.next_at())

    def due_count(self, now: float, most: int) -> int:
        """Return how many polls are due, at most so many."""
        return min(most, self.foreground.due_count(now, most) + self.background.due_count(now, most))

    def current(self) -> list[ScheduledJob]:
        """Return the jobs whose polls are planned."""
        return [*self.foreground.current(), *self.background.current()]

    def pop(self, now: float) -> ScheduledJob:
        """Remove the poll that goes next: a due one in the foreground, else the first."""
        first = self.foreground.next_at()
        return (self.foreground if first <= now or first <= self.background.next_at() else self.background).pop()

    def pop_trial(self, now: float) -> ScheduledJob:
        """Take a poll that shows whether polls are answered again: of a job whose own polls did not fail, if possible.

        By turns the oldest and the newest of them is taken. A service that has lost some of its jobs has most often
        lost a stretch of them, and each of those would be tried before the first that it knows.
        """
        due = list[ScheduledJob]()
        while self.next_at() <= now:
            due.append(self.pop(now))
        unfailed = sorted((job for job in due if not job.failed_polls), key=lambda job: job.id)
        taken = unfailed[-(next(self._trials) % 2)] if unfailed else due[0]
        for job in due:
            if job is not taken:
                self.push(job)
        return taken
