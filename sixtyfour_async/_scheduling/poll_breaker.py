"""No polls while polls fail, and what a failed poll says of its job: a circuit breaker, and a judgement.

A poll fails for one of two reasons. The job: the service lost it, or its answer cannot be read. Or the way to it: an
outage, a page of somebody else, a route that is gone for a while. One poll cannot tell them apart, several jobs can:
when the polls of `MANY_JOBS` jobs failed and none was answered in between, it is the way. The breaker then opens: one
poll is tried after each pause, each time of another job, and the first that is answered closes it. So an outage costs a
request a minute instead of the whole budget, and jobs that are really lost cannot keep the breaker open for the others.

For the same reason a "not found" counts against its job only when a poll of another was answered since the job's last
failure, or while few fail. In a spell of 404 each job is counted at most once, whenever the spell begins and ends, and
`LOST_AFTER_POLLS` are needed. A 404 that does not name the job counts only if others are found.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.retry import is_denied, is_refused
from sixtyfour_async.errors import NotFoundError, RateLimitError, ResponseError, SixtyfourError

MANY_JOBS = 5
"""Jobs whose polls fail in a row from which on it is not the jobs."""

FIRST_POLL_PAUSE_SECONDS = 2.0
"""The first pause, doubled by each poll that fails after one."""

MAX_POLL_PAUSE_SECONDS = 60.0
"""The longest pause."""


@dataclass(slots=True)
class PollBreaker:
    """Lets polls through.

    Attributes:
        answered: Polls answered so far.
        failing_since: When polls began to fail, none of them answered since; infinity while they are.
    """

    answered: int = 0
    failing_since: float = math.inf
    _failing: set[int] = field(default_factory=set[int])
    _opens_at: float = -math.inf
    _pauses: int = 0
    _trying: bool = False

    @property
    def is_open(self) -> bool:
        """Whether polls wait for one to be answered."""
        return len(self._failing) >= MANY_JOBS

    def opens_at(self, now: float) -> float:
        """Return when a poll may go; infinity while the one that is tried is not answered."""
        return math.inf if self._trying else max(now, self._opens_at)

    def polled(self) -> None:
        """Learn that a poll is sent."""
        self._trying = self.is_open

    def succeeded(self) -> None:
        """Learn that a poll was answered: the way is free."""
        self.answered += 1
        self._failing.clear()
        self.failing_since = math.inf
        self._opens_at, self._pauses, self._trying = -math.inf, 0, False

    def failed(self, id_: int, error: SixtyfourError, now: float) -> bool:
        """Learn that a poll of a job failed; return whether the breaker opened, or stays open, because of it."""
        self._trying = False
        if isinstance(error, RateLimitError) or is_denied(error):
            return False  # the budget pauses the key, and what the key may not do is not an outage
        if now < self._opens_at:
            return False  # it was sent before the breaker opened
        self._failing.add(id_)
        self.failing_since = min(self.failing_since, now)
        if not self.is_open:
            return False
        pause = FIRST_POLL_PAUSE_SECONDS * 2.0 ** min(self._pauses, 10)
        self._opens_at = now + min(MAX_POLL_PAUSE_SECONDS, pause)
        self._pauses += 1
        return True

    def count(self, job: ScheduledJob, error: SixtyfourError) -> None:
        """Count one more failed poll of a job, and what it says of the job; call it after `failed`."""
        unknown_route = isinstance(error, NotFoundError) and error.unknown_route
        others_are_answered = self.answered > job.polls_answered
        about_job = others_are_answered or not (self.is_open or unknown_route)
        job.polls_answered = self.answered
        job.failed_polls += 1
        job.not_found_polls = job.not_found_polls + about_job if isinstance(error, NotFoundError) else 0
        job.unreadable_polls = job.unreadable_polls + about_job if isinstance(error, ResponseError) else 0
        job.refused_polls = job.refused_polls + about_job if is_refused(error) else 0
