"""A poll that is answered "no such job" with status 200 is the 404 that others answer."""

from __future__ import annotations

from http import HTTPStatus

from sixtyfour_async._wire.body import Body
from sixtyfour_async._wire.envelopes import MAX_BODY_EXCERPT, read_envelope
from sixtyfour_async.errors import NotFoundError


def no_such_job(body: Body, operation: str) -> NotFoundError:
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
