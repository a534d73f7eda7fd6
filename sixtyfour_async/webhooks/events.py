"""What a webhook delivery holds: a finished job, or the rows of a workflow run.

A delivery is read as the answer to a poll is: by the one decoder of bodies and by the one judge of status words. What
does not fit costs that field, not the delivery, and the raw body stays with the event.
Source: docs.sixtyfour.ai, guides/using-webhooks; the envelope of workflows is described there without an example.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pydantic import Field, JsonValue, ValidationError

from sixtyfour_async._wire.job_ids import as_id
from sixtyfour_async._wire.json_body import decode_body, with_charset
from sixtyfour_async.errors import WebhookError
from sixtyfour_async.models._base import Rows
from sixtyfour_async.models.jobs import JobStatus, Report, WrappedStatus, judged_report, status_word
from sixtyfour_async.webhooks.headers import Headers, header_values

EVENT_ID_HEADER = "Sixtyfour-Event-Id"
EVENT_TYPE_HEADER = "Sixtyfour-Event-Type"
ATTEMPT_HEADER = "Sixtyfour-Delivery-Attempt"

WORKFLOW_EVENT = "outgoing_webhook"
"""How the event type of a workflow's delivery begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """A delivery: a `JobEvent` or a `WorkflowEvent`.

    Deliveries come at least once, in any order, and may report what was reported before: handle them by `job_id`.

    Attributes:
        job_id: Id of the job as the submit returned it; of a workflow, the id of its run.
        report: Where the job stands, as a poll would have reported it: state, result or error. A delivery does not
            state the charge.
        trusted: Whether its signature was verified. Poll what an event says that is not trusted; never store it.
        event_id: Id of the delivery, the same in every attempt; None when it has none. In a header, which the signature
            does not cover: it can save work, but prove nothing.
        event_type: Routing hint of the header, such as ``"find_email"`` or ``"outgoing_webhook.completed"``; or None.
        attempt: Number of the attempt, from 1; None when the header does not say.
        body: The raw body, to be kept before it is judged.
        content_type: Content type of the body, "" when the header does not say.
    """

    job_id: str
    report: Report
    trusted: bool = False
    event_id: str | None = None
    event_type: str | None = None
    attempt: int | None = None
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent(WebhookEvent):
    """A job that was submitted with a ``webhook_url`` has ended.

    Attributes:
        task_type: Kind of the job, such as ``"find_email"``; None when it is not stated.
        status: The payload, in the form of the answer to a poll.
    """

    task_type: str | None
    status: JobStatus = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowEvent(WebhookEvent):
    """An ``outgoing_webhook`` block of a workflow run was reached; blocks behind it may still be running.

    Attributes:
        run_id: Id of the run; the same as ``job_id``.
        results: The rows at the block.
        results_download_url: Signed link to the rows as a file, which is a secret; None when there is none.
    """

    run_id: str
    results: list[JsonValue] = field(repr=False)
    results_download_url: str | None = field(default=None, repr=False)


class _Envelope(WrappedStatus):
    """The payload of a workflow's delivery."""

    status: str = ""
    event_id: str | None = None
    run_id: str | None = None
    job_id: str | None = None
    results: Rows[JsonValue] = Field(default=[])
    results_download_url: str | None = None


def parse(raw_body: bytes, headers: Headers = ()) -> JobEvent | WorkflowEvent:
    """Return the event that a delivery holds, without verifying it; see `verify_and_parse`.

    Args:
        raw_body: The body as it was received.
        headers: Headers of the request, for the event's id, type and attempt; may be left out.

    Raises:
        WebhookError: The body is not bytes, not JSON, or names no job.
    """
    content_type = _first(headers, "Content-Type") or ""
    body = require_raw(raw_body)
    value = _decode(body, content_type)
    event_type = _first(headers, EVENT_TYPE_HEADER)
    try:
        status = JobStatus.model_validate(value)
        event = _job_event(status, event_type) or _workflow_event(_Envelope.model_validate(value))
    except ValidationError as error:  # no field is required, so that only what is no object comes here
        raise WebhookError("the raw body is not a JSON object", reason="payload") from error
    attempt = _first(headers, ATTEMPT_HEADER) or ""
    return replace(
        event,
        event_id=event.event_id or _first(headers, EVENT_ID_HEADER),
        event_type=event_type,
        attempt=int(attempt) if attempt.isascii() and attempt.isdigit() and len(attempt) < 10 else None,  # noqa: PLR2004
        body=body,
        content_type=content_type,
    )


def require_raw(raw_body: object) -> bytes:
    """Return the raw body as bytes.

    Raises:
        WebhookError: It is anything else: text and values have lost the bytes that were signed.
    """
    if isinstance(raw_body, bytes):
        return raw_body
    if isinstance(raw_body, bytearray):
        return bytes(raw_body)
    raise WebhookError(
        f"the raw body is needed, as bytes, not {type(raw_body).__name__}: read it before anything parses it",
        reason="raw_body",
    )


def _decode(raw_body: bytes, content_type: str) -> JsonValue:
    try:
        value = decode_body(with_charset(raw_body, content_type))
    except ValueError as error:
        raise WebhookError("the raw body is not JSON", reason="payload") from error
    return value


def _job_event(status: JobStatus, event_type: str | None) -> JobEvent | None:
    """Return the event of a job; None for that of a workflow."""
    job_id = _first_id(status.task_id, getattr(status, "job_id", None), status.id)
    if job_id is None or (_first_id(status.task_id) is None and _is_workflow(status, event_type)):
        return None
    return JobEvent(job_id=job_id, report=status.report(), task_type=status.task_type, status=status)


def _is_workflow(status: JobStatus, event_type: str | None) -> bool:
    """Return whether a payload without a task is that of a workflow; the status of a job may name a run as well."""
    own = any(getattr(status, name, None) for name in ("event_id", "results_download_url"))
    return (event_type or "").startswith(WORKFLOW_EVENT) or (own and status.run_id is not None)


def _workflow_event(envelope: _Envelope) -> WorkflowEvent:
    run_id = _first_id(envelope.run_id, envelope.job_id)
    if run_id is None:
        raise WebhookError("the delivery names no job", reason="payload")
    # The block is only reached by a run that got so far: without a word of its own the delivery reports success.
    judged = envelope if status_word(envelope) else envelope.model_copy(update={"status": "completed"})
    report = judged_report(judged, has_result=bool(envelope.results_download_url))
    return WorkflowEvent(
        job_id=run_id,
        run_id=run_id,
        report=replace(report, result=envelope.results),
        event_id=envelope.event_id,
        results=envelope.results,
        results_download_url=envelope.results_download_url,
    )


def _first_id(*values: object) -> str | None:
    return next((text for value in values if (text := as_id(value)) is not None), None)


def _first(headers: Headers, name: str) -> str | None:
    return next(iter(header_values(headers, name)), None)
