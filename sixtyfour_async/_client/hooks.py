"""Observers of a client: what was sent, what came back, what is sent again.

Synchronous, values in and None out: an observer counts, times or prints, and cannot hold up or change a request. One
that raises is logged and the request goes on, for its answer may be paid. The values never hold the key.
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
    """A request is about to leave.

    Attributes:
        operation: Such as ``"POST /find-email"``.
        method: The HTTP method.
        path: Path and query.
        headers: Names in lower case; what permits the request is shown as ``[the key]``.
    """

    operation: str
    method: str
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ResponseSeen:
    """How a request ended: an answer of any status, or an error instead of one. One that is cancelled has no end.

    Attributes:
        operation: Such as ``"POST /find-email"``.
        status: HTTP status; None when no answer came.
        seconds: From sending to the end of the answer; of a stream, to its beginning. Real seconds.
        headers: The answer's, names in lower case.
        size: Bytes of the body; 0 for a stream.
        request_id: The service's id for the request when it sent one.
        error: Why no answer came.
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
    """A request failed and will be sent again. A `JobRunner` plans its own submits and looks; those are not told here.

    Attributes:
        operation: Such as ``"POST /find-email"``.
        attempt: The number of the attempt that failed, from 1.
        after: Seconds until the next one, at the service's pace.
        error: What went wrong.
    """

    operation: str
    attempt: int
    after: float
    error: SixtyfourError


@dataclass(frozen=True, slots=True)
class Hooks:
    """Functions to call; each may be left out."""

    on_request: Callable[[RequestSent], None] | None = None
    on_response: Callable[[ResponseSeen], None] | None = None
    on_retry: Callable[[RetryPlanned], None] | None = None


@dataclass(frozen=True, slots=True)
class Observers:
    """All hooks of a client."""

    hooks: Sequence[Hooks] = ()

    def request(self, event: RequestSent) -> None:
        """Tell that a request is about to leave."""
        for hooks in self.hooks:
            _call(hooks.on_request, event)

    def response(self, event: ResponseSeen) -> None:
        """Tell how a request ended."""
        for hooks in self.hooks:
            _call(hooks.on_response, event)

    def retry(self, event: RetryPlanned) -> None:
        """Tell that a request will be sent again."""
        for hooks in self.hooks:
            _call(hooks.on_retry, event)


def _call(hook: Callable[[E], None] | None, event: E) -> None:
    if hook is None:
        return
    try:
        hook(event)
    except Exception:
        logger.exception("a hook failed on %s", type(event).__name__)
