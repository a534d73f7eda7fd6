"""The answer to a submit: a job's id, the finished result itself, a refusal, or something that nobody can read."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from pydantic import JsonValue

from sixtyfour_async._wire.body import Body
from sixtyfour_async._wire.codec import decode_answer
from sixtyfour_async._wire.envelopes import read_envelope
from sixtyfour_async._wire.job_ids import as_id, find_job_id, read_job_id
from sixtyfour_async._wire.json_body import decode_text
from sixtyfour_async._wire.results import read_result
from sixtyfour_async.errors import (
    AddressError,
    APIError,
    ResponseError,
    SixtyfourError,
    TransportError,
    api_error_class,
)
from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.models.jobs import JobState, Report
from sixtyfour_async.models.status_words import error_text, has_content, is_open_end, read_state
from sixtyfour_async.operations import JobOperation

_BAD_REQUEST = int(HTTPStatus.BAD_REQUEST)


def read_submit(operation: JobOperation[Any], body: Body, label: str) -> str | Report:
    """Return the job's id, or the report of a job that was finished at once; *label* names the request in errors.

    An answer that is not JSON, because it was cut off or has something around it, may still name the id. What holds
    nothing that was asked for is no finished result as long as there is an id: ``{"result": {"task_id": …}}``.

    Raises:
        BadRequestError: The answer is an error, and nothing else.
        ResponseError: Neither an id nor a result could be read. The job may be running nevertheless.
    """
    try:
        value = body.decode(operation=label)
    except ResponseError:
        named = find_job_id(body.text)
        if named is None:
            raise
        return named
    job_id = _job_id_alone(operation, value)
    if job_id is not None:
        return job_id
    report = _finished(operation, value, label)
    if report is not None and read_result(operation, report.result).no_answer is None:
        return report
    try:
        return read_job_id(operation, value, label)
    except ResponseError:
        if report is not None:
            return report
        refusal = _refusal(body, value, label)
        if refusal is not None:
            raise refusal from None
        raise


def id_in_failure(error: SixtyfourError) -> str | None:
    """Return the job's id that a failed submit named all the same: in text that is not JSON, or before it was cut."""
    if isinstance(error, TransportError):
        return find_job_id(decode_text(error.received))
    if isinstance(error, AddressError) or not isinstance(error, ResponseError):
        return None
    return find_job_id(error.body)


def is_plain_receipt(operation: JobOperation[Any], body: Body) -> bool:
    """Return whether the answer to a submit is as documented: an object with the job's id under its own name."""
    try:
        fields = json_object(body.value()) or {}
    except ValueError:
        return False
    return as_id(fields.get(operation.endpoint.id_field)) is not None and "result" not in fields


def _job_id_alone(operation: JobOperation[Any], value: JsonValue) -> str | None:
    """Return the job's id from an answer that holds no more than that and that the job runs; None from any other.

    It is what nearly all submits are answered with, and need not be searched for a result.
    """
    fields, name = json_object(value) or {}, operation.endpoint.id_field
    if not fields.keys() <= {name, "status", "message"} or name == "status":
        return None
    word = fields.get("status") or ""
    is_running = isinstance(word, str) and read_state(word) is JobState.RUNNING and not is_open_end(word)
    return as_id(fields.get(name)) if is_running else None


def _finished(operation: JobOperation[Any], value: JsonValue, label: str) -> Report | None:
    """Return the report of an answer to a submit that holds the finished result, as a poll would have brought it."""
    rows = json_array(value)
    if rows is not None and len(rows) > 1:
        return Report(JobState.COMPLETED, "", result=value)
    try:
        report: Report = decode_answer(operation.poll_answer_type(), value, operation=label).report()
    except (ResponseError, AttributeError):
        return None
    return report if report.state is JobState.COMPLETED and has_content(report.result) else None


def _refusal(body: Body, value: JsonValue, label: str) -> APIError | None:
    """Return the error that a successful answer consists of; None for any other answer.

    An error of the service's own making says nothing about whether the job runs, so that it stays in doubt.
    """
    fields = json_object(value) or {}
    message, code, errors = read_envelope(body.content, _BAD_REQUEST)
    named = (_error_status(fields.get(name)) for name in ("status", "statusCode", "status_code", "code"))
    status = next((found for found in named if found), _BAD_REQUEST)
    is_error = error_text(fields.get("error")) or fields.get("errors") or fields.get("detail")
    if not is_error or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    return api_error_class(status)(message, status=status, code=code, errors=errors, operation=label)


def _error_status(value: object) -> int | None:
    """Return an HTTP error status that an answer names in its body."""
    return int(value) if isinstance(value, int | str) and re.fullmatch("[45][0-9][0-9]", str(value)) else None
