"""What a response says of the pace that the service wants: how long to wait, and what is left of the limit."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from sixtyfour_async._wire.envelopes import named_pace

if TYPE_CHECKING:
    from sixtyfour_async._wire.codec import HTTPResponse

FIRST_INSTANT = 1_000_000_000.0
"""Unix seconds of September 2001: a smaller ``X-RateLimit-Reset`` is a number of seconds, not an instant."""


def retry_after(response: HTTPResponse, message: str = "") -> float | None:
    """Return the seconds that the service asks us to wait, never negative; None when it does not name any.

    Reads ``Retry-After`` as seconds or as a date; for a 429 without it, ``X-RateLimit-Reset`` as Unix seconds, or as
    seconds from now when it is too small for an instant. Instants are compared with the response's own ``Date`` header,
    so that an error of our clock does not matter. Where no header says so, a 429 may say it in its body:
    ``{"retry_after": 42}``, or "Retry after 42 seconds" in *message*.
    Source: ``X-RateLimit-*``: docs.sixtyfour.ai, errors page. ``Retry-After``: RFC 9110, section 10.2.3; fractions are
    accepted. Seconds in the reset: IETF draft ratelimit-headers. The message: a sister platform's error page.
    """
    header = response.headers.get("retry-after", "").strip()
    now = _as_date(response.headers.get("date", "")) or response.received_at
    if header:
        if (seconds := _as_seconds(header)) is not None:
            return seconds
        date = _as_date(header)
        return None if date is None else max(0.0, (date - now).total_seconds())
    if response.status != HTTPStatus.TOO_MANY_REQUESTS:
        return None
    reset = _as_seconds(response.headers.get("x-ratelimit-reset", "").strip())
    if reset is not None:
        return reset if reset < FIRST_INSTANT else max(0.0, reset - now.timestamp())
    return named_pace(response.body, message)


def _as_seconds(text: str) -> float | None:
    """Return a number of seconds; one that no float holds is none."""
    if not text.isascii() or not re.fullmatch(r"\d+(\.\d+)?", text):
        return None
    seconds = float(text)
    return seconds if math.isfinite(seconds) else None


def rate_limit_headers(response: HTTPResponse) -> tuple[int | None, int | None]:
    """Return the rate limit and the remaining requests from a response's headers; None for what is missing.

    Source: docs.sixtyfour.ai, errors page: ``X-RateLimit-Limit``, ``X-RateLimit-Remaining``.
    """
    texts = (response.headers.get("x-ratelimit-limit", ""), response.headers.get("x-ratelimit-remaining", ""))
    limit, remaining = (int(text) if text.isdecimal() and text.isascii() else None for text in texts)
    return limit, remaining


def _as_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
