"""Where deliveries are sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from sixtyfour_async.errors import ConfigurationError

MAX_URL_LENGTH = 2083
"""Source: docs.sixtyfour.ai, guides/using-webhooks."""


def delivery_url(url: str) -> str:
    """Return a URL as it is given to the service: with a slash at the end, unless it has a query.

    ``app.mount("/sixtyfour", …)`` redirects ``/sixtyfour`` to ``/sixtyfour/``, and senders do not follow.

    Raises:
        ConfigurationError: It is no http(s) URL of at most 2083 characters.
    """
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and url.isprintable() and " " not in url
    except ValueError:
        valid, parts = False, urlsplit("")
    made = url if parts.query or url.endswith("/") else f"{url}/"
    if not valid or parts.fragment or len(made) > MAX_URL_LENGTH:
        raise ConfigurationError(f"webhook_url must be an http(s) URL of at most {MAX_URL_LENGTH} characters")
    return made
