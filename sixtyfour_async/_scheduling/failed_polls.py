"""What becomes of a job when a poll of it failed: it is polled again, or given up on with what is known of it."""

from __future__ import annotations

from collections.abc import Iterable

from sixtyfour_async._scheduling.breaker import UNREACHED_SECONDS
from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob
from sixtyfour_async._scheduling.messages import Detach, Park
from sixtyfour_async._scheduling.retry import decide_poll, was_not_delivered
from sixtyfour_async.errors import JobLostError, SixtyfourError, UnreadableError


def after_failed_poll(
    job: ScheduledJob, error: SixtyfourError, now: float, job_deadline: float, *, reached: bool
) -> Park | Detach | None:
    """Return how a job is given up on after a failed poll; None when it is to be polled again."""
    age = now - job.accepted_at
    match decide_poll(
        error,
        failures=job.failed_polls,
        not_found=job.not_found_polls,
        unreadable=job.unreadable_polls,
        refused=job.refused_polls,
        age=age,
        late=age >= job_deadline,
        reached=reached,
    ):
        case "lost":
            lost = JobLostError("the service no longer knows this job", job_id=job.job_id)
            return Park(job.id, caused(lost, error), "lost")
        case "unreadable":
            unreadable = UnreadableError(f"the answer could not be read: {error}", job_id=job.job_id)
            return Park(job.id, caused(unreadable, error), "unreadable")
        case "detach":
            return Detach(job.id, error)
        case "poll again":
            return None


def late_jobs(
    jobs: Iterable[ScheduledJob], error: SixtyfourError, now: float, job_deadline: float, failing_since: float
) -> list[ScheduledJob]:
    """Return the jobs whose deadline has passed while polls wait for the end of an outage, which may never come.

    While there is no connection at all, the outage has some minutes: a network comes back, and after a night's sleep of
    the machine, when every deadline has passed, later than the machine.
    """
    if was_not_delivered(error) and now < failing_since + UNREACHED_SECONDS:
        return []
    return [job for job in jobs if job.phase is Phase.RUNNING and now >= job.accepted_at + job_deadline]


def caused(error: SixtyfourError, cause: SixtyfourError) -> SixtyfourError:
    """Return an error with its cause."""
    error.__cause__ = cause
    return error
