"""Jobs that ended, or were given up on, without an answer."""

from __future__ import annotations

from sixtyfour_async.errors.base import SixtyfourError


class JobError(SixtyfourError):
    """A job ended, or was given up on, without a result.

    Attributes:
        job_id: The service's id, with which the job can be polled again; None when no id arrived.
        state: The last status word of the service; None when there was none.
    """

    job_id: str | None
    state: str | None

    def __init__(self, message: str, *, job_id: str | None = None, state: str | None = None) -> None:
        super().__init__(message, job_id=job_id, state=state)

    def _text(self) -> str:
        return f"{self.message} (job {self.job_id})" if self.job_id else self.message


class JobFailedError(JobError):
    """The job ended without a result at the service: failed, terminated or timed out."""


class JobCancelledError(JobError):
    """The job was cancelled at the service."""


class JobTimeoutError(JobError, TimeoutError):
    """The caller's deadline passed, or too many polls in a row failed.

    The job is still running at the service and will be billed; poll it later by its ``job_id``.
    """


class NoAnswerError(JobError):
    """The job completed, and nothing that was asked for came back; the message is the service's where it gave one."""


class UnmatchedError(JobError):
    """The job was shared by several rows, and nothing in its answer shows which part is this row's.

    No row is given another's answer. The outcome's ``raw`` holds the whole answer, and its cost is this row's share.
    """


class UnreadableError(JobError):
    """The job has an answer, but poll after poll its body could not be read; the outcome's ``body`` holds its bytes."""


class JobLostError(JobError):
    """The service accepted the job and no longer knows its id; the next run on the same journal polls it again."""


class JobUnknownError(JobError):
    """The submit may have been accepted, but no job id arrived.

    The row is parked and not resent automatically, because a second submit could be charged again; resubmit it
    deliberately.
    """
