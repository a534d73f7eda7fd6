"""Where a job stands: the service's status words, and one report whatever route was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue

from sixtyfour_async.errors import JobCancelledError, JobError, JobFailedError
from sixtyfour_async.models._base import Instant, Model, json_object


class JobState(StrEnum):
    """What a status word means to whoever waits."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


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
"""Every status word seen in the vendor's specification and pages, lower case.

Source: docs.sixtyfour.ai, job status, search and workflow pages; ``continued_as_new`` is assumed to go on.
"""


def read_state(word: str) -> JobState:
    """Say what a status word means; one we do not know means "keep looking"."""
    return STATUS_WORDS.get(word.strip().lower(), JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Report:
    """What one look told.

    Attributes:
        state: What the word means.
        word: The service's own word.
        result: The raw answer once completed, as JSON.
        error: The service's text when it gave up.
        cost_cents: What was charged, US cents; None when the service did not say.
        progress: A short text for people, or None.
        run_time: Seconds from its start to its end, by the service's own clock; None when it did not say.
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
    """The answer to a submit. Only the id is certain; the first status word differs per route."""

    task_id: str
    status: str | None = None
    message: str | None = None


class JobStatus(Model):
    """``GET /job-status/{job_id}``.

    ``result`` holds one answer, a list of them, or nothing; ``results`` lists files of a bulk job.
    ``charge_amount`` is whole US cents. Source: docs.sixtyfour.ai, api-reference, job status.
    """

    status: str = ""
    id: str | None = None
    task_id: str | None = None
    run_id: str | None = None
    task_type: str | None = None
    start_time: Instant = None
    close_time: Instant = None
    result: JsonValue = None
    results: list[JsonValue] | None = None
    progress: JsonValue = None
    charge_amount: float | None = None
    charge_credits: float | None = None
    error: JsonValue = None

    def report(self) -> Report:
        """Bring it into the form the runner reads."""
        return Report(
            state=read_state(self.status),
            word=self.status,
            result=self.result if self.result is not None else self._loose_result(),
            error=first_text(self, "error", "detail", "message", "error_message"),
            cost_cents=self.charge_amount,
            progress=_progress(self.progress),
            run_time=seconds_between(self.start_time, self.close_time),
        )

    def _loose_result(self) -> JsonValue:
        """Find the answer where older pages put it: in ``results``, or beside the status."""
        if self.results is not None:
            return list(self.results)
        return dict(self.model_extra) if self.model_extra else None


def seconds_between(start: Instant, end: Instant) -> float | None:
    """How long something took; None when that cannot be read from its two instants."""
    if (
        not isinstance(start, datetime)
        or not isinstance(end, datetime)
        or (start.tzinfo is None) != (end.tzinfo is None)
    ):
        return None
    return max(0.0, (end - start).total_seconds())


def first_text(model: Model, *names: str) -> str | None:
    """Read the first of these fields that says something."""
    for name in names:
        value = getattr(model, name, None)
        if value:
            return value if isinstance(value, str) else str(value)
    return None


def _progress(progress: object) -> str | None:
    counts = json_object(progress)
    if counts is None or "completed" not in counts:
        return None
    return f"{counts['completed']} of {counts.get('total', '?')}"
