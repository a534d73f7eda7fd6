"""What becomes of a job when a poll of it failed: it is polled again, or given up on with what is known of it."""

from __future__ import annotations

from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.messages import Detach, Park
from sixtyfour_async._scheduling.retry import decide_poll
from sixtyfour_async.errors import JobLostError, NotFoundError, ResponseError, SixtyfourError, UnreadableError


def count_failed_poll(job: ScheduledJob, error: SixtyfourError) -> None:
    """Count one more failed poll in a row, by what was wrong with it."""
    job.failed_polls += 1
    job.not_found_polls = job.not_found_polls + 1 if isinstance(error, NotFoundError) else 0
    job.unreadable_polls = job.unreadable_polls + 1 if isinstance(error, ResponseError) else 0


def after_failed_poll(
    job: ScheduledJob, error: SixtyfourError, now: float, job_deadline: float
) -> Park | Detach | None:
    """Return how a job is given up on after a failed poll; None when it is to be polled again."""
    age = now - job.accepted_at
    match decide_poll(
        error,
        failures=job.failed_polls,
        not_found=job.not_found_polls,
        unreadable=job.unreadable_polls,
        age=age,
        late=age >= job_deadline,
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


def caused(error: SixtyfourError, cause: SixtyfourError) -> SixtyfourError:
    """Return an error with its cause."""
    error.__cause__ = cause
    return error
