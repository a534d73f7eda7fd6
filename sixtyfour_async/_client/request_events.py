"""What hooks are told of requests, responses and retries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sixtyfour_async.errors import SixtyfourError, TransportError


@dataclass(frozen=True, slots=True)
class RequestSent:
    """A request is about to be sent.

    Attributes:
        operation: The route, such as ``"POST /find-email"``.
        method: The HTTP method.
        path: Path and query string below the base URL.
        headers: The request headers, names in lower case; credentials are shown as ``[the key]``.
    """

    operation: str
    method: str
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ResponseSeen:
    """A request ended, with a response of any status or with a transport error.

    A request that is cancelled reports nothing.

    Attributes:
        operation: The route, such as ``"POST /find-email"``.
        status: The HTTP status; None when there was no response.
        seconds: Real seconds from sending to the end of the response; for a stream, to its beginning.
        headers: The response headers, names in lower case.
        size: Bytes of the body; 0 for a stream.
        request_id: The id that the service, or a proxy before it, gave the request; None when it gave none.
        error: Why there was no response.
        method: The HTTP method.
        url: The whole URL; the values in its query are shown as ``[redacted]``.
        resends: How often the same request had been sent before.
        waited: Seconds that it waited for the request budget, on the service's clock; 0.0 for the submits and polls of
            a runner, see `JobSending.waited`.
        jobs: The numbers of the runner's jobs that it was sent for, as in `JobQueued.number`; one poll may be for many.
    """

    operation: str
    status: int | None
    seconds: float
    headers: Mapping[str, str]
    size: int = 0
    request_id: str | None = None
    error: TransportError | None = None
    method: str = ""
    url: str = ""
    resends: int = 0
    waited: float = 0.0
    jobs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RetryPlanned:
    """A request failed and will be sent again.

    The submits and polls of a `JobRunner` are repeated by its scheduler and are not reported here.

    Attributes:
        operation: The route, such as ``"POST /find-email"``.
        attempt: The number of the attempt that failed, from 1.
        after: Seconds until the next attempt, on the service's clock.
        error: The failure.
    """

    operation: str
    attempt: int
    after: float
    error: SixtyfourError
