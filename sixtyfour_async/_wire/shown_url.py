"""A URL as it may be shown to others: without what its query, its fragment or its user part may hold."""

from __future__ import annotations

REDACTED = "[redacted]"


def shown_url(base_url: str, path: str) -> str:
    """Return the URL of a request with the values of its query redacted; the names of parameters stay.

    Args:
        base_url: The URL of the service.
        path: The path below it with its query string, or an absolute URL.
    """
    whole = base_url + path if path.startswith("/") else path
    place, mark, query = whole.partition("#")[0].partition("?")
    scheme, slashes, rest = place.rpartition("://")
    host, slash, below = rest.partition("/")
    shown = scheme + slashes + host.rpartition("@")[2] + slash + below
    return shown + mark + "&".join(map(_shown_parameter, query.split("&"))) if query else shown


def _shown_parameter(parameter: str) -> str:
    name, equals, _ = parameter.partition("=")
    return f"{name}={REDACTED}" if equals else REDACTED
