"""Exceptions of httpx and httpx2 as ours, with nothing on them that a secret could be read from.

The two have separate exception trees without a common root. Both are looked up among the loaded modules and never
imported here: an exception of one can only occur when it was imported.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sixtyfour_async._client.secret import Secret, redact
from sixtyfour_async._wire.bounds import BadCompressionError
from sixtyfour_async.errors import (
    ConnectError,
    PickledCause,
    ProtocolError,
    RequestTimeoutError,
    TransportError,
)

AUTH_HEADERS = frozenset({"authorization", "x-api-key"})

# The request certainly did not reach the service, so even a paid one may be sent again. Connecting failed or no
# connection was free, or httpx refused to build the request. Everything else of httpx's (`ReadError`, `ReadTimeout`,
# `WriteError`, `WriteTimeout`, `RemoteProtocolError` …) may strike after the server has read enough to act: the request
# is then uncertain, and only what is safe to repeat is repeated. `WriteError` is the tempting one: the write may fail
# because the server, having read the whole request, closed the connection before its answer was fetched.
_NOT_DELIVERED = (
    "ConnectError",
    "ConnectTimeout",
    "LocalProtocolError",
    "PoolTimeout",
    "ProxyError",
    "UnsupportedProtocol",
)

_FAMILIES = ("httpx", "httpx2")


def map_error(error: Exception, operation: str, secrets: Sequence[Secret]) -> TransportError | None:
    """Map an exception of httpx or httpx2 to ours; return None for any other exception."""
    if isinstance(error, BadCompressionError):
        return ProtocolError(str(error), operation=operation)
    for family in (sys.modules[name] for name in _FAMILIES if name in sys.modules):
        mapped = _map_error_of(family, error, operation, redact(secrets, str(error)) or type(error).__name__)
        if mapped is not None:
            mapped.__cause__ = _without_secrets(family, error, secrets)
            return mapped
        if isinstance(error, family.HTTPStatusError):
            _redact_status_error(family, error, secrets)
    return None


def _redact_status_error(family: Any, error: Any, secrets: Sequence[Secret]) -> None:
    """Redact the error of a ``raise_for_status`` in a hook of the caller's client; it stays the caller's own."""
    error.response.request = error.request = _redacted_request(family, error, secrets)


def _map_error_of(family: Any, error: Exception, operation: str, text: str) -> TransportError | None:
    if isinstance(error, tuple(getattr(family, name) for name in _NOT_DELIVERED)):
        return ConnectError(f"could not connect: {text}", operation=operation, sent=False)
    if isinstance(error, family.InvalidURL):  # of this one request: the base URL was checked
        return TransportError(f"could not be sent: {text}", operation=operation, sent=False)
    if isinstance(error, family.TimeoutException):
        return RequestTimeoutError(f"no answer in time: {text}", operation=operation)
    if isinstance(error, family.RequestError):
        return ProtocolError(f"the connection broke: {text}", operation=operation)
    return None


def _without_secrets(family: Any, error: Exception, secrets: Sequence[Secret]) -> Any:
    """Return an exception of the same class and text, without traceback and context, and with a redacted request."""
    text = redact(secrets, str(error))
    try:
        bare: Any = type(error)(text)
    except Exception:  # noqa: BLE001 (a class of the caller's, with a constructor of its own)
        return PickledCause(f"{type(error).__qualname__}: {text}")
    with suppress(AttributeError, RuntimeError):  # an error that knows no request
        bare.request = _redacted_request(family, error, secrets)
    return bare


def _redacted_request(family: Any, error: Any, secrets: Sequence[Secret]) -> Any:
    request = error.request
    return family.Request(
        request.method,
        request.url.copy_with(query=None),
        headers={
            name: "[the key]" if name.lower() in AUTH_HEADERS else redact(secrets, value)
            for name, value in request.headers.items()
        },
    )
