"""Job status: the service's status words, and one report for every kind of job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue

from sixtyfour_async.errors import JobCancelledError, JobError, JobFailedError
from sixtyfour_async.models._base import Instant, Model, json_object


class JobState(StrEnum):
    """What a status word means for a caller who waits for the result."""

    RUNNING = "running"
    """Not finished: queued or running."""
    COMPLETED = "completed"
    """Finished with a result."""
    FAILED = "failed"
    """Ended without a result: failed, terminated or timed out at the service."""
    CANCELLED = "cancelled"
    """Cancelled at the service."""


STATUS_WORDS: Mapping[str, JobState] = {
    "running": JobState.RUNNING,
    "pending": JobState.RUNNING,
    "queued": JobState.RUNNING,
    "processing": JobState.RUNNING,
    "materializing": JobState.RUNNING,
    "active": JobState.RUNNING,
    "continued_as_new": JobState.RUNNING,
    "completed": JobState.COMPLETED,
    "ready": JobState.COMPLETED,
    "failed": JobState.FAILED,
    "terminated": JobState.FAILED,
    "timed_out": JobState.FAILED,
    "timeout": JobState.FAILED,
    "cancelled": JobState.CANCELLED,
    "canceled": JobState.CANCELLED,
}
"""Every status word in the vendor's specification and pages, in lower case.

Source: docs.sixtyfour.ai, job status, search and workflow pages. Assumed: a ``continued_as_new`` job is still running.
"""


def read_state(word: str) -> JobState:
    """Return the state that a status word means; an unknown word counts as still running."""
    return STATUS_WORDS.get(word.strip().lower(), JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one poll, in the same form for every kind of job.

    Attributes:
        state: The meaning of the status word.
        word: The service's own status word.
        result: The raw result as JSON once the job has completed, else None.
        error: The service's error text when the job ended without a result.
        cost_cents: The charge in US cents; None when the service did not report it.
        progress: Progress as text for people, such as ``"120 of 500"``; None when the service did not report it.
        run_time: Seconds from start to end by the service's clock; None when the service did not report both.
    """

    state: JobState
    word: str
    result: JsonValue = None
    error: str | None = None
    cost_cents: float | None = None
    progress: str | None = None
    run_time: float | None = None

    def failure(self, job_id: str) -> JobError | None:
        """Return why the job has no answer; None when it completed."""
        if self.state is JobState.COMPLETED:
            return None
        if self.state is JobState.CANCELLED:
            return JobCancelledError("was cancelled", job_id=job_id, state=self.word)
        return JobFailedError(self.error or f"ended as {self.word!r}", job_id=job_id, state=self.word)


class Started(Model):
    """Answer to the submit of a job. Source: docs.sixtyfour.ai, the page of each operation."""

    task_id: str
    """Id of the job, to poll it with."""
    status: str | None = None
    """First status word, which differs from route to route: ``RUNNING``, ``pending``, ``queued``."""
    message: str | None = None
    """A text for people, on search routes."""


class StatusAnswer(Model):
    """A status that becomes the result itself once the job has completed."""

    status: str = ""
    """The service's status word; see `STATUS_WORDS`."""

    def report(self) -> Report:
        """Return the status as a `Report`, whose result is the whole status once the job has completed."""
        state = read_state(self.status)
        return Report(
            state=state,
            word=self.status,
            result=self.model_dump(mode="json") if state is JobState.COMPLETED else None,
            error=first_text(self, "error", "error_message", "detail", "message"),
            progress=first_text(self, "progress_message"),
            run_time=seconds_between(getattr(self, "start_time", None), getattr(self, "close_time", None)),
        )


class JobStatus(Model):
    """Answer of `GetJobStatus`: one poll of a job. Source: docs.sixtyfour.ai, api-reference, job status."""

    status: str = ""
    """The service's status word, such as ``running`` or ``completed``; see `STATUS_WORDS`."""
    id: str | None = None
    """Id of the job; older answers use ``task_id``."""
    task_id: str | None = None
    """Id of the job in older answers."""
    run_id: str | None = None
    """The service's internal execution id, which is not a workflow run id."""
    task_type: str | None = None
    """Kind of the job, such as ``lead_enrichment``."""
    start_time: Instant = None
    """When the job started."""
    close_time: Instant = None
    """When the job ended; None while it runs."""
    result: JsonValue = None
    """The raw result of a completed job: an object, a list of objects for several rows, or None."""
    results: list[JsonValue] | None = None
    """The result files of a completed bulk job, each with ``filename``, ``download_url`` and ``block_number``."""
    progress: JsonValue = None
    """Rows done of a running bulk job, as ``{"completed": 120, "total": 500}``."""
    charge_amount: float | None = None
    """The charge in whole US cents; None with ``cost_units="credits"``."""
    charge_credits: float | None = None
    """The charge in credits; only with ``cost_units="credits"``."""
    error: JsonValue = None
    """Why the job failed; usually text."""

    def report(self) -> Report:
        """Return the status as a `Report`."""
        return Report(
            state=read_state(self.status),
            word=self.status,
            result=self.result if self.result is not None else self._fallback_result(),
            error=first_text(self, "error", "detail", "message", "error_message"),
            cost_cents=self.charge_amount,
            progress=_format_progress(self.progress),
            run_time=seconds_between(self.start_time, self.close_time),
        )

    def _fallback_result(self) -> JsonValue:
        """Return the result from where older pages show it: in ``results``, or as unknown keys beside the status."""
        if self.results is not None:
            return list(self.results)
        return dict(self.model_extra) if self.model_extra else None


def seconds_between(start: Instant, end: Instant) -> float | None:
    """Return the seconds from start to end, at least 0; None unless both are comparable points in time."""
    if (
        not isinstance(start, datetime)
        or not isinstance(end, datetime)
        or (start.tzinfo is None) != (end.tzinfo is None)
    ):
        return None
    return max(0.0, (end - start).total_seconds())


def first_text(model: Model, *names: str) -> str | None:
    """Return the first of the named fields that is not empty, as text; None when all are."""
    for name in names:
        value = getattr(model, name, None)
        if value:
            return value if isinstance(value, str) else str(value)
    return None


def _format_progress(progress: object) -> str | None:
    counts = json_object(progress)
    if counts is None or "completed" not in counts:
        return None
    return f"{counts['completed']} of {counts.get('total', '?')}"
