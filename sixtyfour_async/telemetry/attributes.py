"""Attributes that spans and metrics share: of a request, by the stable HTTP conventions, and of a job, in our words.

Source: opentelemetry.io, semantic conventions 1.23 and later, "HTTP client span" and "HTTP client metrics".
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from sixtyfour_async._client.request_events import ResponseSeen
from sixtyfour_async._client.runner_events import OfJob

METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})
"""Methods that the conventions know; any other is ``_OTHER``."""

PORTS = {"https": 443, "http": 80}


def request_attributes(event: ResponseSeen) -> dict[str, str | int]:
    """Return what the conventions want of a request in spans and metrics alike."""
    url = urlsplit(event.url)
    method = event.method if event.method in METHODS else "_OTHER"
    found: dict[str, str | int] = {
        "http.request.method": method,
        "server.address": url.hostname or "",
        "server.port": url.port or PORTS.get(url.scheme, 0),
    }
    if event.status is not None:
        found["http.response.status_code"] = event.status
    problem = error_type(event)
    return found if problem is None else found | {"error.type": problem}


def error_type(event: ResponseSeen) -> str | None:
    """Return the kind of a failure: the class of the error, or the status code; None when there was no failure."""
    if event.error is not None:
        return f"{type(event.error).__module__}.{type(event.error).__qualname__}"
    is_failure = event.status is not None and event.status >= HTTPStatus.BAD_REQUEST
    return str(event.status) if is_failure else None


def job_attributes(event: OfJob) -> dict[str, str]:
    """Return the kind of a job."""
    found = {"sixtyfour.operation": event.operation, "sixtyfour.tier": event.tier}
    return {name: text for name, text in found.items() if text}
