"""Observers of a client: requests sent, responses received, retries planned.

Hooks are synchronous functions that take a value and return nothing: they can count, time or log, but neither delay nor
change a request. An exception in a hook is logged and swallowed, because the request's answer may have been paid for.
The values never hold the key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sixtyfour_async.errors import SixtyfourError, TransportError

E = TypeVar("E")

logger = logging.getLogger("sixtyfour_async.hooks")


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
    """

    operation: str
    status: int | None
    seconds: float
    headers: Mapping[str, str]
    size: int = 0
    request_id: str | None = None
    error: TransportError | None = None


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


@dataclass(frozen=True, slots=True)
class Hooks:
    """Functions that a client calls; each may be left out.

    Attributes:
        on_request: Called before each request is sent, attempts and token requests included.
        on_response: Called when a request has ended.
        on_retry: Called when a failed request will be sent again.
    """

    on_request: Callable[[RequestSent], None] | None = None
    on_response: Callable[[ResponseSeen], None] | None = None
    on_retry: Callable[[RetryPlanned], None] | None = None


@dataclass(frozen=True, slots=True)
class Observers:
    """All hooks of one client."""

    hooks: Sequence[Hooks] = ()

    def request(self, event: RequestSent) -> None:
        """Call each ``on_request``."""
        for hooks in self.hooks:
            _call(hooks.on_request, event)

    def response(self, event: ResponseSeen) -> None:
        """Call each ``on_response``."""
        for hooks in self.hooks:
            _call(hooks.on_response, event)

    def retry(self, event: RetryPlanned) -> None:
        """Call each ``on_retry``."""
        for hooks in self.hooks:
            _call(hooks.on_retry, event)


def _call(hook: Callable[[E], None] | None, event: E) -> None:
    if hook is None:
        return
    try:
        hook(event)
    except Exception:
        logger.exception("a hook failed on %s", type(event).__name__)
