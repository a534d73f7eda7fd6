"""What becomes of a job whose submit brought no id: it failed, it did not leave, or its rows are another runner's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sixtyfour_async._scheduling.breaker import SubmitBreaker
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.endings import Endings
from sixtyfour_async._scheduling.failed_polls import caused
from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob, Transition
from sixtyfour_async._scheduling.limits import LIMIT_PAUSE_SECONDS, JobLimit
from sixtyfour_async._scheduling.messages import Command, NotSent, Park, RowsTaken, SubmitFailed, TakeBack
from sixtyfour_async._scheduling.queues import SubmitQueues
from sixtyfour_async._scheduling.retry import GiveUp, Retry, Uncertain, decide_submit, is_uncertain
from sixtyfour_async.errors import JobUnknownError, RateLimitError, SixtyfourError

UNSENT_PAUSE_SECONDS = 1.0
"""Seconds after which a submit that did not leave is tried again, if there is room by then."""


@dataclass(slots=True)
class FailedSubmits:
    """Decides what becomes of them.

    Attributes:
        budget: The key's requests; a 429 pauses them.
        job_limits: Name → limit on jobs of a kind; a refusal may close one.
        queues: Where what is sent again waits.
        breaker: Learns how submits went.
        endings: How jobs leave.
        jitter: Returns a random number, 0 to 1, at each call.
    """

    budget: Budget
    job_limits: Mapping[str, JobLimit]
    queues: SubmitQueues
    breaker: SubmitBreaker
    endings: Endings
    jitter: Callable[[], float]

    def heard(self, job: ScheduledJob, event: SubmitFailed | NotSent | RowsTaken, now: float) -> list[Command]:
        """Take in an event."""
        match event:
            case SubmitFailed(error=error):
                return self._failed(job, error, now)
            case NotSent():
                return self._not_sent(job, now)
            case RowsTaken(keys=keys):
                return self._taken(job, keys)

    def _failed(self, job: ScheduledJob, error: SixtyfourError, now: float) -> list[Command]:
        """Take in that a submit was answered without an id, or not at all."""
        refused = isinstance(error, RateLimitError)
        job.refusals += refused  # a 429 is no failed delivery: it uses up no attempt
        decision = decide_submit(
            error,
            retry_safe=job.retry_safe,
            attempt=job.refusals if refused else job.attempts - job.refusals,
            reached=self.breaker.reached,
            jitter=self.jitter(),
        )
        # Once in doubt, always in doubt: a later refusal says nothing about what became of an earlier attempt.
        job.in_doubt = job.in_doubt or is_uncertain(error)
        self.breaker.failed(error, now, parked=job.in_doubt and not isinstance(decision, Retry))
        match decision:
            case Retry():
                return self._submit_again(job, error, decision, now)
            case GiveUp() if not job.in_doubt:
                return self.endings.refuse(job, error)
            case Uncertain() | GiveUp():
                unknown = JobUnknownError(f"may have been accepted, and no id came back: {error}")
                return self.endings.end(job, Park(job.id, caused(unknown, error)), exposed=True)

    def _not_sent(self, job: ScheduledJob, now: float) -> list[Command]:
        """Take in that a submit did not leave: it waits again, as if it had not been its turn."""
        self.breaker.unsent()
        job.attempts -= 1
        if job.unwanted and not job.in_doubt:
            return self.endings.refuse(job, job.unwanted)
        self._wait_again(job, now + UNSENT_PAUSE_SECONDS)
        return []

    def _taken(self, job: ScheduledJob, keys: Collection[str]) -> list[Command]:
        """Take in that rows of a job are another runner's; the others of a batch go on."""
        if len(keys) >= job.rows and job.phase is Phase.SENDING:
            self.breaker.unsent()
        return self.endings.taken(job, keys)

    def _submit_again(self, job: ScheduledJob, error: SixtyfourError, retry: Retry, now: float) -> list[Command]:
        if retry.pause_key:
            self.budget.pause(now + retry.after)
        if retry.close_limit and job.job_limit in self.job_limits:
            self.job_limits[job.job_limit].close(now + max(retry.after, LIMIT_PAUSE_SECONDS))
        if job.unwanted and not job.in_doubt:
            return self.endings.refuse(job, job.unwanted)
        self._wait_again(job, now + retry.after)
        return [] if job.in_doubt else [TakeBack(job.id, error)]  # in doubt, a crash must find the intent

    def _wait_again(self, job: ScheduledJob, at: float) -> None:
        job.exposed_cents = job.reserved_cents if job.in_doubt else 0.0
        self.endings.release(job, exposed=job.in_doubt)
        job.advance(Transition.SUBMIT_AGAIN)
        job.retry_at = at
        self.queues.add_delayed(job, at)  # to the front: it is older than whatever waits
