"""Every exception that this package raises.

::

    SixtyfourError
    ├── ConfigurationError (ValueError)     a missing key, a bad base URL, a cap that cannot be kept
    ├── InputError (ValueError)             a row or request that cannot be sent as it is: .field .row .column .remedy
    ├── TransportError                      no usable answer arrived: .operation .sent
    │   ├── ConnectError                    no connection; the request was not sent
    │   ├── RequestTimeoutError (TimeoutError)
    │   └── ProtocolError                   connection reset, truncated answer, not HTTP
    ├── APIError                            an error status: .status .code .message .errors .request_id .retry_after
    │   ├── BadRequestError 400             also code ``validation_error``, ``workspace_required``
    │   ├── AuthenticationError 401         ``auth_required``, ``key_revoked``, ``key_expired``
    │   ├── CreditsError 402                ``quota_exceeded``
    │   ├── PermissionDeniedError 403       ``insufficient_scope``, a tier not enabled
    │   ├── NotFoundError 404
    │   ├── ConflictError 409
    │   ├── PayloadTooLargeError 413
    │   ├── UnprocessableError 422
    │   ├── RateLimitError 429              ``rate_limit_exceeded``
    │   └── ServerError 5xx                 ``agent_error``, ``internal_error``, a proxy's error page
    ├── ResponseError                       a 2xx that cannot be decoded: .expected .body .raw .request_id
    │   ├── AddressError                    a redirect or a web page: whatever answered is not the API
    │   └── LinkRefusedError                a signed link that leads where none may lead
    ├── JobError                            a job without a result: .job_id .state
    │   ├── JobFailedError · JobCancelledError
    │   ├── NoAnswerError                   completed, and nothing asked for came back
    │   ├── UnmatchedError                  a shared answer, of which no part could be shown to be this row's
    │   ├── UnreadableError                 an answer whose bytes nobody could read
    │   ├── JobTimeoutError (TimeoutError)  the caller's deadline; the job runs on and is billed
    │   ├── JobLostError                    accepted, then no longer known to the service
    │   └── JobUnknownError                 may have been accepted: parked, never resent automatically
    ├── CostCapError                        the cost cap leaves no room for this row
    ├── RunStoppedError                     the run was stopped before this row was sent
    ├── JournalError                        in use · of another version · not a journal · another question
    └── WebhookError                        a delivery that is refused: .reason

Whether to retry is not a property of an error: ``_scheduling.retry`` decides from error, operation and attempt. All
errors can be pickled, print as one line without control characters, and never contain the API key. Only
`ResponseError` holds a whole answer, and `TransportError` a part of one, because it may have been paid for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sixtyfour_async.errors.base import PickledCause, SixtyfourError
from sixtyfour_async.errors.jobs import (
    JobCancelledError,
    JobError,
    JobFailedError,
    JobLostError,
    JobTimeoutError,
    JobUnknownError,
    NoAnswerError,
    UnmatchedError,
    UnreadableError,
)

__all__ = [
    "APIError",
    "AddressError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "ConnectError",
    "CostCapError",
    "CreditsError",
    "InputError",
    "JobCancelledError",
    "JobError",
    "JobFailedError",
    "JobLostError",
    "JobTimeoutError",
    "JobUnknownError",
    "JournalError",
    "LinkRefusedError",
    "NoAnswerError",
    "NotFoundError",
    "PayloadTooLargeError",
    "PermissionDeniedError",
    "PickledCause",
    "ProtocolError",
    "RateLimitError",
    "RequestTimeoutError",
    "ResponseError",
    "RunStoppedError",
    "ServerError",
    "SixtyfourError",
    "TransportError",
    "UnmatchedError",
    "UnprocessableError",
    "UnreadableError",
    "WebhookError",
    "api_error_class",
]


class ConfigurationError(SixtyfourError, ValueError):
    """A setting of the client or runner is missing or invalid; the message names it and how to correct it."""


class InputError(SixtyfourError, ValueError):
    """A row or request that cannot be sent as it is; correct it and try again.

    An error of a call names a parameter, in ``field`` and in its message; an error of a table names a row and a column.

    Attributes:
        field: The invalid parameter, with the path inside it, such as ``"lead"`` or ``"leads.1.name"``; None when no
            single parameter is at fault.
        reason: The message without the names of operation and parameter, for a caller that has names of its own.
        row: Number of the row in its file, the first below the header being 1; None when no single row is at fault.
        column: Name of the invalid column; None when the whole row or file is.
        remedy: What the caller can do about it; "" when the message says so.
    """

    field: str | None
    reason: str
    row: int | None
    column: str | None
    remedy: str

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        reason: str = "",
        row: int | None = None,
        column: str | None = None,
        remedy: str = "",
    ) -> None:
        super().__init__(message, field=field, reason=reason or message, row=row, column=column, remedy=remedy)

    def _text(self) -> str:
        column = None if self.column is None else f"column {self.column!r}"
        location = ", ".join(filter(None, (None if self.row is None else f"row {self.row}", column)))
        text = f"{location}: {self.message}" if location else self.message
        return f"{text} ({self.remedy})" if self.remedy else text


class TransportError(SixtyfourError):
    """No usable answer arrived.

    Attributes:
        operation: The request, such as ``"POST /find-email-async"``.
        sent: Whether the server may have received and processed the request. If so, a paid request may have been
            charged, and repeating it may be charged again.
        received: The bytes of a successful answer that had arrived when it broke off; ``b""`` when none had.
    """

    operation: str
    sent: bool
    received: bytes

    def __init__(self, message: str, *, operation: str = "", sent: bool = True, received: bytes = b"") -> None:
        super().__init__(message, operation=operation, sent=sent, received=received)

    def _text(self) -> str:
        return f"{self.message} on {self.operation}" if self.operation else self.message


class ConnectError(TransportError):
    """No connection to the server; the request was not sent and can safely be repeated."""


class RequestTimeoutError(TransportError, TimeoutError):
    """One HTTP request took longer than its timeout; ``sent`` tells whether the server may have processed it.

    Each operation has a timeout of its own; `AsyncClient.with_options` sets another.
    """


class ProtocolError(TransportError):
    """The connection broke before a whole answer arrived, or the answer was not HTTP."""


class APIError(SixtyfourError):
    """The server answered with an error status.

    Attributes:
        status: HTTP status, 400 to 599.
        code: The service's own error code, such as ``"rate_limit_exceeded"``; None when the answer has none.
        message: The service's own text.
        errors: Field errors as ``(path, text)``, such as ``("body.target_company", "Field required")``.
        request_id: The service's id of the request; None when it sent none.
        retry_after: Seconds to wait before a retry; None when the service named none.
        operation: The request, such as ``"POST /find-email"``.
        body: Up to 500 characters of the answer, for a bug report.
    """

    status: int
    code: str | None
    errors: tuple[tuple[str, str], ...]
    request_id: str | None
    retry_after: float | None
    operation: str
    body: str

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str | None = None,
        errors: Sequence[tuple[str, str]] = (),
        request_id: str | None = None,
        retry_after: float | None = None,
        operation: str = "",
        body: str = "",
    ) -> None:
        super().__init__(
            message,
            status=status,
            code=code,
            errors=tuple(errors),
            request_id=request_id,
            retry_after=retry_after,
            operation=operation,
            body=body,
        )

    def _text(self) -> str:
        text = f"{self.status} {self.message}"
        if self.errors:
            text += ": " + "; ".join(f"{path}: {problem}" if path else problem for path, problem in self.errors)
        if self.operation:
            text += f" on {self.operation}"
        if self.retry_after is not None:
            text += f", retry after {self.retry_after:g} s"
        return f"{text} (request id {self.request_id})" if self.request_id else text


class BadRequestError(APIError):
    """400: the request breaks a rule of the route; correct it before sending it again."""


class AuthenticationError(APIError):
    """401: the API key or token is missing, wrong, revoked or expired."""


class CreditsError(APIError):
    """402: the balance or the plan does not cover the request; add credits before sending it again."""


class PermissionDeniedError(APIError):
    """403: this credential may not use the tier, feature or resource; ask the vendor to enable it."""


class NotFoundError(APIError):
    """404: there is no such job, run, search or file, or it belongs to another organization.

    Attributes:
        unknown_route: True when the answer does not name what is missing, so that it may be the route itself.
    """

    unknown_route: bool = False


class ConflictError(APIError):
    """409: the resource exists already, or is already being processed."""


class PayloadTooLargeError(APIError):
    """413: the upload exceeds the limit of the service or of a proxy; split it."""


class UnprocessableError(APIError):
    """422: the body or query does not have the documented shape; see ``errors``."""


class RateLimitError(APIError):
    """429: too many requests this minute, or too many jobs of one kind running; wait, then retry.

    Attributes:
        slots: True when concurrent jobs are the limit (five deep searches per organization), not requests.
    """

    slots: bool = False


class ServerError(APIError):
    """5xx: the service, or a proxy in front of it, failed; a paid request may have been charged."""


class ResponseError(SixtyfourError):
    """A successful answer whose body cannot be decoded to the expected type.

    Attributes:
        operation: The request.
        expected: The expected type.
        body: Up to 500 characters of the answer.
        raw: The whole answer when it is JSON of another shape, so that a paid result is not lost; else None.
        request_id: The service's id of the request; None when it sent none.
    """

    operation: str
    expected: str
    body: str
    raw: Any
    request_id: str | None

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        expected: str = "",
        body: str = "",
        raw: Any = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, expected=expected, body=body, raw=raw, request_id=request_id)

    def _text(self) -> str:
        text = f"{self.message} on {self.operation}" if self.operation else self.message
        return f"{text} (request id {self.request_id})" if self.request_id else text


class AddressError(ResponseError):
    """Something else than the API answered: a redirect, or a web page such as a login form. Nothing was done.

    Correct ``base_url`` (``SIXTYFOUR_API_ENDPOINT``), or log in to the network that shows the page.
    """


class LinkRefusedError(ResponseError):
    """A signed link is not followed: not https, to a private address from a public API, or to too large a file."""


class CostCapError(SixtyfourError):
    """The cost cap leaves no room for this row; nothing was sent. Raise the cap to continue."""


class RunStoppedError(SixtyfourError):
    """The run was stopped or left before this row was sent; nothing was charged for it."""


class JournalError(SixtyfourError):
    """The journal cannot be used; the message says why and what to do.

    Attributes:
        in_doubt: The journal can be used, but rows may have been paid of which it does not know: nothing is submitted,
            and the rows that it knows are polled and replayed.
    """

    in_doubt: bool = False


class WebhookError(SixtyfourError):
    """A webhook delivery that is refused.

    Attributes:
        reason: ``"unsigned"``: no signature. ``"signature"``: none that is valid. ``"stale"``: a valid one, made more
            than 300 s ago or ahead. ``"raw_body"``: not given as the bytes received. ``"payload"``: no event in it.
    """

    reason: str

    def __init__(self, message: str, *, reason: str = "signature") -> None:
        super().__init__(message, reason=reason)


_BY_STATUS: Mapping[int, type[APIError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: CreditsError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    413: PayloadTooLargeError,
    422: UnprocessableError,
    429: RateLimitError,
}


def api_error_class(status: int) -> type[APIError]:
    """Return the exception class for an HTTP status, 400 to 599."""
    if status >= 500:  # noqa: PLR2004 (the family of server errors)
        return ServerError
    return _BY_STATUS.get(status, APIError)
