"""From error, operation and attempt: again, park, or give up. Nothing else decides whether to send something twice.

==========================================  ====================  =====================
what happened                               may be repeated        may not be repeated
==========================================  ====================  =====================
never delivered (``sent`` is False)         again, backing off     again, backing off
429, or 503 with a named pace: refused      again at that pace     again at that pace
5xx, broken or late or unreadable answer    again, backing off     park: it may have been taken
any other 4xx                               give up                give up
==========================================  ====================  =====================

A POST that costs money "may not be repeated" unless it carries a key by which the service knows it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

from sixtyfour_async.errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConnectError,
    CostCapError,
    CreditsError,
    JournalError,
    PayloadTooLargeError,
    PermissionDeniedError,
    RateLimitError,
    ResponseError,
    ServerError,
    SixtyfourError,
    TransportError,
    UnprocessableError,
)

BACKOFF_MAX = 60.0
"""Seconds. Source: docs.sixtyfour.ai, errors page: after a 429, back off exponentially or wait 60 s."""

PACE_MAX = 300.0
"""Seconds we are willing to believe a named pace; a longer one is looked into again after this."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Send it again after some seconds. ``pause_key``: the whole key waits; ``close_limit``: only its kind waits."""

    after: float
    pause_key: bool = False
    close_limit: bool = False


@dataclass(frozen=True, slots=True)
class Uncertain:
    """It may have been taken: keep it as unknown and never send it again by itself."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Sending it again would bring the same answer."""


Decision: TypeAlias = Retry | Uncertain | GiveUp


def decide(
    error: SixtyfourError, *, retry_safe: bool, attempt: int, attempts: int, jitter: float, throttles: int | None = None
) -> Decision:
    """Say what to do about a failed request.

    Args:
        error: What went wrong.
        retry_safe: May the request be sent again although it perhaps arrived?
        attempt: The number of the attempt that failed, from 1.
        attempts: How many attempts there may be; a refusal with a pace (429) counts against *throttles* instead.
        jitter: A random number, 0 to 1, spreading the wait *after* the named pace.
        throttles: How many refusals there may be; None for any number.

    Units: seconds.
    """
    if isinstance(error, RateLimitError):
        if throttles is not None and attempt >= throttles:
            return GiveUp()
        pace = _pace(error.retry_after, attempt, jitter)
        return Retry(pace, pause_key=not error.slots, close_limit=error.slots)
    if is_uncertain(error):
        if not retry_safe:
            return Uncertain()
    elif not (was_not_delivered(error) or _refused(error)):
        return GiveUp()
    if attempt >= attempts:
        return GiveUp()
    return Retry(_pace(error.retry_after if isinstance(error, APIError) else None, attempt, jitter))


def may_pass(error: SixtyfourError) -> bool:
    """Say whether asking the same again may bring another answer, where asking costs nothing."""
    return isinstance(decide(error, retry_safe=True, attempt=1, attempts=2, jitter=0.0), Retry)


def is_uncertain(error: SixtyfourError) -> bool:
    """Say whether the request that failed like this was perhaps taken all the same."""
    failed = isinstance(error, ServerError | TransportError | ResponseError)
    return failed and not was_not_delivered(error) and not _refused(error)


def was_not_delivered(error: SixtyfourError) -> bool:
    """Say whether the request that failed like this never reached the service."""
    return isinstance(error, TransportError) and not error.sent


def _refused(error: SixtyfourError) -> bool:
    """503 with a named pace: come back later, nothing was done."""
    if not isinstance(error, ServerError):
        return False
    return error.status == HTTPStatus.SERVICE_UNAVAILABLE and error.retry_after is not None


def backoff(attempt: int, jitter: float) -> float:
    """Seconds before the next attempt: 1, 2, 4 … up to a minute, and up to a quarter more."""
    return min(BACKOFF_MAX, 2.0 ** min(attempt - 1, 10)) * (1 + jitter / 4)


def _pace(named: float | None, attempt: int, jitter: float) -> float:
    if named is None:
        return backoff(attempt, jitter)
    return min(named, PACE_MAX) + jitter


def may_be_one_rows_fault(error: SixtyfourError) -> bool:
    """Say whether a refused batch may be taken without one of its rows, so that each should be asked by itself."""
    return isinstance(error, BadRequestError | UnprocessableError | PayloadTooLargeError)


def concerns_every_row(error: SixtyfourError | None) -> bool:
    """Say whether the next row would meet the same refusal, so that asking on would be pointless."""
    refusals = (AuthenticationError, CreditsError, PermissionDeniedError, ConnectError, CostCapError, JournalError)
    return isinstance(error, refusals)
