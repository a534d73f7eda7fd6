"""A successful answer to a poll that is not about its job: it says that there is none, or is about another."""

from __future__ import annotations

from http import HTTPStatus

from sixtyfour_async._wire.body import Body
from sixtyfour_async._wire.envelopes import MAX_BODY_EXCERPT, read_envelope
from sixtyfour_async.errors import NotFoundError, ResponseError
from sixtyfour_async.models._base import Model
from sixtyfour_async.models.jobs import JobState, Report, other_job


def check_job(status: Model, report: Report, job_id: str, body: Body, operation: str) -> None:
    """Raise unless a poll's answer may be about the job.

    Args:
        status: The answer.
        report: What it reports.
        job_id: The job that was polled.
        body: The answer as it came.
        operation: The poll, for messages.

    Raises:
        NotFoundError: It says that there is no such job, which other services say with status 404.
        ResponseError: It is how another job ended.
    """
    if report.no_such_job:
        raise _no_such_job(body, operation)
    other = None if report.state is JobState.RUNNING else other_job(status, job_id)
    if other is not None:
        text = f"the answer is about another job, {other},"
        raise ResponseError(text, operation=operation, expected=job_id, raw=report.result)


def _no_such_job(body: Body, operation: str) -> NotFoundError:
    """Return the error that a successful answer to a poll stands for which says that there is no such job."""
    message, code, errors = read_envelope(body.content, HTTPStatus.NOT_FOUND)
    return NotFoundError(
        message,
        status=HTTPStatus.NOT_FOUND,
        code=code,
        errors=errors,
        operation=operation,
        body=body.text[:MAX_BODY_EXCERPT],
    )
