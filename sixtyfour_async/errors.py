"""Every error this package raises, and nothing else.

::

    SixtyfourError
    ├── ConfigurationError (ValueError)     no key, a bad base URL, a cap that cannot be kept
    ├── InputError (ValueError)             a row or a request that must not be sent: .field .row .column .remedy
    ├── TransportError                      no usable answer: .operation .sent
    │   ├── ConnectError                    the request never left
    │   ├── RequestTimeoutError (TimeoutError)
    │   └── ProtocolError                   reset, half an answer, not HTTP
    ├── APIError                            the server answered: .status .code .message .errors .request_id .retry_after
    │   ├── BadRequestError 400             also code ``validation_error``, ``workspace_required``
    │   ├── AuthenticationError 401         ``auth_required``, ``key_revoked``, ``key_expired``
    │   ├── CreditsError 402                ``quota_exceeded``
    │   ├── PermissionDeniedError 403       ``insufficient_scope``, a tier that is not enabled
    │   ├── NotFoundError 404
    │   ├── ConflictError 409
    │   ├── PayloadTooLargeError 413
    │   ├── UnprocessableError 422
    │   ├── RateLimitError 429              ``rate_limit_exceeded``
    │   └── ServerError 5xx                 ``agent_error``, ``internal_error``, a proxy's page
    ├── ResponseError                       a 2xx that we cannot read: .body .expected .raw .request_id
    ├── JobError                            a job that gave no answer: .job_id .state
    │   ├── JobFailedError · JobCancelledError
    │   ├── JobTimeoutError (TimeoutError)  our deadline; the job runs on and is billed
    │   ├── JobLostError                    the service no longer knows it
    │   └── JobUnknownError                 it may have been accepted: parked, never sent again by itself
    ├── CostCapError                        the cap leaves no room for this row
    ├── RunStoppedError                     the run was stopped before this row was sent
    └── JournalError                        in use · of another version · not a journal · another question

Whether to try again is not a property of an error: ``_scheduling.retry`` decides from error, operation and attempt.
All are picklable, print as one line, and never hold the key; only a `ResponseError` keeps a whole answer: it was paid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class SixtyfourError(Exception):
    """Above everything this package raises."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        for name, value in details.items():
            setattr(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by content: message and attributes, whatever the constructor asks for."""
        return _restore, (type(self), self.args, self.__dict__)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), self.args))


def _restore(cls: type[SixtyfourError], args: tuple[Any, ...], state: dict[str, Any]) -> SixtyfourError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(SixtyfourError, ValueError):
    """The client cannot work as it was set up; the message names the setting and the remedy."""


class InputError(SixtyfourError, ValueError):
    """Something that must not be sent as it stands.

    An error of a call names a parameter, in ``field`` and in its message; an error of a table names a row and a column.

    Attributes:
        field: The parameter that is wrong, with the path inside it: ``"lead"``, ``"leads.1.name"``; None when it is
            none in particular.
        reason: The message without the names of operation and parameter, for a caller who has names of their own.
        row: The row's number in its file, the first row under the header being 1; None when it is not a row's fault.
        column: The column that is wrong, None when it is the whole row or file.
        remedy: What the caller can do about it.
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

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                "" if self.row is None else f"row {self.row}",
                "" if self.column is None else f"column {self.column!r}",
            )
            if part
        )
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} ({self.remedy})" if self.remedy else text


class TransportError(SixtyfourError):
    """No usable answer came back.

    Attributes:
        operation: What was asked, such as ``"POST /find-email-async"``.
        sent: May the server have received and acted on the request?
    """

    operation: str
    sent: bool

    def __init__(self, message: str, *, operation: str = "", sent: bool = True) -> None:
        super().__init__(message, operation=operation, sent=sent)

    def __str__(self) -> str:
        return f"{self.message} on {self.operation}" if self.operation else self.message


class ConnectError(TransportError):
    """The request never left this machine."""


class RequestTimeoutError(TransportError, TimeoutError):
    """One HTTP request took longer than ``request_timeout``; see ``sent`` for what the server may have done."""


class ProtocolError(TransportError):
    """The connection broke, or what came back was not HTTP."""


class APIError(SixtyfourError):
    """The server answered, and the answer is an error.

    Attributes:
        status: HTTP status, 400 to 599.
        code: The service's own word for it when the envelope has one, such as ``"rate_limit_exceeded"``.
        message: The service's own text.
        errors: Field errors as ``(path, text)``, such as ``("body.target_company", "Field required")``.
        request_id: The service's id for the request when it sent one.
        retry_after: Seconds to wait when the service named a pace, else None.
        operation: What was asked, such as ``"POST /find-email"``.
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

    def __str__(self) -> str:
        text = f"{self.status} {self.message}"
        if self.errors:
            text += ": " + "; ".join(f"{path}: {problem}" if path else problem for path, problem in self.errors)
        if self.operation:
            text += f" on {self.operation}"
        if self.retry_after is not None:
            text += f", retry after {self.retry_after:g} s"
        return f"{text} (request id {self.request_id})" if self.request_id else text


class BadRequestError(APIError):
    """400: a rule of the route rejected the request."""


class AuthenticationError(APIError):
    """401: the key is missing, wrong, revoked or expired."""


class CreditsError(APIError):
    """402: the balance or the plan does not cover this."""


class PermissionDeniedError(APIError):
    """403: a tier, feature or resource this key may not use."""


class NotFoundError(APIError):
    """404: no such job, run, search or file (also used to hide other organizations' ids)."""


class ConflictError(APIError):
    """409: it exists already, or is running already."""


class PayloadTooLargeError(APIError):
    """413: the upload is larger than the service or a proxy before it takes."""


class UnprocessableError(APIError):
    """422: the body or query does not have the documented shape; see ``errors``."""


class RateLimitError(APIError):
    """429: too many requests this minute, or too many jobs of one kind running already.

    Attributes:
        slots: True when it is the jobs that are too many (five running deep searches), not the requests.
    """

    slots: bool = False


class ServerError(APIError):
    """5xx: the service, or a proxy before it, failed."""


class ResponseError(SixtyfourError):
    """A 2xx whose body we cannot read as what was expected.

    Attributes:
        operation: What was asked.
        expected: What should have come.
        body: Up to 500 characters of what came.
        raw: The whole answer as decoded JSON when it is JSON that does not fit, else None.
        request_id: The service's id for the request when it sent one.
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

    def __str__(self) -> str:
        text = f"{self.message} on {self.operation}" if self.operation else self.message
        return f"{text} (request id {self.request_id})" if self.request_id else text


class JobError(SixtyfourError):
    """A job that gave no answer.

    Attributes:
        job_id: The service's id, to look again later; None when none ever came back.
        state: The last status word seen.
    """

    job_id: str | None
    state: str | None

    def __init__(self, message: str, *, job_id: str | None = None, state: str | None = None) -> None:
        super().__init__(message, job_id=job_id, state=state)

    def __str__(self) -> str:
        return f"{self.message} (job {self.job_id})" if self.job_id else self.message


class JobFailedError(JobError):
    """The service gave up on the job: failed, terminated or timed out over there."""


class JobCancelledError(JobError):
    """The job was cancelled on the service's side."""


class JobTimeoutError(JobError, TimeoutError):
    """Our deadline passed first, or looks kept failing. The job runs on, is billed, and can be looked at by its id."""


class JobLostError(JobError):
    """The service accepted the job and no longer knows its id."""


class JobUnknownError(JobError):
    """The submit may have been accepted and no id came back. Parked: sending it again could pay twice."""


class CostCapError(SixtyfourError):
    """The cap leaves no room for this row; nothing was sent for it."""


class RunStoppedError(SixtyfourError):
    """The run was stopped, or left, before this row was sent; nothing was asked or paid for it."""


class JournalError(SixtyfourError):
    """The journal file cannot be used; the message says why and what to do."""


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
    """Name the class for an HTTP status, 400 to 599."""
    if status >= 500:  # noqa: PLR2004 (the family of server errors)
        return ServerError
    return _BY_STATUS.get(status, APIError)
