"""From error, operation and attempt to a decision: retry, uncertain, or give up.

Nothing else decides whether a request is sent twice.

==========================================  ====================  ==============================
what happened                               retry-safe            not retry-safe
==========================================  ====================  ==============================
never delivered (``sent`` is False)         retry with backoff    retry with backoff
something else answered (`AddressError`)    give up               give up
429, or 503 with a named pace: refused      retry at that pace    retry at that pace
5xx, broken or late or unreadable answer    retry with backoff    uncertain: it may be accepted
any other 4xx                               give up               give up
==========================================  ====================  ==============================

A POST that costs money is not retry-safe unless it carries a key by which the service recognises it.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, TypeAlias

from sixtyfour_async.errors import (
    AddressError,
    APIError,
    AuthenticationError,
    BadRequestError,
    ConnectError,
    CostCapError,
    CreditsError,
    JournalError,
    NotFoundError,
    PayloadTooLargeError,
    PermissionDeniedError,
    RateLimitError,
    ResponseError,
    ServerError,
    SixtyfourError,
    TransportError,
    UnprocessableError,
)

MAX_BACKOFF_SECONDS = 60.0
"""Source: docs.sixtyfour.ai, errors page: after a 429, back off exponentially or wait 60 s."""

MAX_PACE_SECONDS = 300.0
"""The longest named pace that we believe; after a longer one we try again, to see whether it still holds."""

SUBMIT_ATTEMPTS = 6
"""Attempts to deliver a submit: five waits, half a minute in all."""

OUTAGE_ATTEMPTS = 15
"""Attempts in a row to reach a service that has answered before: some ten minutes. A network comes back; a service that
has never answered has a wrong address."""

LOST_AFTER_POLLS = 5
"""Polls in a row answered 404 after which a job counts as lost, if it is older than `LOST_AFTER_SECONDS` as well."""

LOST_AFTER_SECONDS = 60.0
"""Assumed: a fresh id may not be visible yet for a moment."""

UNREADABLE_AFTER_POLLS = 10
"""Polls in a row whose answer could not be read after which it is handed over as it is. It may heal: a proxy cut it."""

DENIED_AFTER_POLLS = 3
"""Polls in a row refused for the key's sake (401, 402, 403) after which a job is handed back unfinished."""

REFUSED_AFTER_POLLS = 10
"""Polls in a row refused for what they ask (400, 410, 422 …) after which a job is handed back unfinished, some six
minutes: the next run polls it again."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Send it again after some seconds; ``pause_key``: the whole key waits; ``close_limit``: only jobs of its kind."""

    after: float
    pause_key: bool = False
    close_limit: bool = False


@dataclass(frozen=True, slots=True)
class Uncertain:
    """It may have been accepted: never send it again on our own."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Sending it again would bring the same answer."""


Decision: TypeAlias = Retry | Uncertain | GiveUp


def decide(
    error: SixtyfourError, *, retry_safe: bool, attempt: int, attempts: int, jitter: float, throttles: int | None = None
) -> Decision:
    """Decide what to do about a failed request.

    Args:
        error: What went wrong.
        retry_safe: May the request be sent again although it may have arrived?
        attempt: The number of the attempt that failed, from 1.
        attempts: Number of attempts allowed; a 429 counts against *throttles* instead.
        jitter: A random number, 0 to 1, that spreads the wait *after* the named pace, never before it.
        throttles: Number of 429s allowed; None for any number.

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
    elif not (was_not_delivered(error) or was_refused_for_now(error)):
        return GiveUp()
    if attempt >= attempts:
        return GiveUp()
    return Retry(_pace(error.retry_after if isinstance(error, APIError) else None, attempt, jitter))


def decide_submit(error: SixtyfourError, *, retry_safe: bool, attempt: int, reached: bool, jitter: float) -> Decision:
    """Decide what to do about a failed submit of a runner, as `decide` does, and with more patience.

    Once the service was *reached*, its network is believed to come back, and its address is known to be right: what
    answers in its place will go away, too.
    """
    if not (reached and has_not_arrived(error)):
        return decide(error, retry_safe=retry_safe, attempt=attempt, attempts=SUBMIT_ATTEMPTS, jitter=jitter)
    return Retry(backoff(attempt, jitter)) if attempt < OUTAGE_ATTEMPTS else GiveUp()


def decide_poll(
    error: SixtyfourError,
    *,
    failures: int,
    not_found: int,
    unreadable: int,
    refused: int,
    age: float,
    late: bool,
    reached: bool,
) -> Literal["poll again", "lost", "unreadable", "detach"]:
    """Decide what becomes of a job when a poll of it failed. A failed poll never fails the job.

    Args:
        error: Why the poll failed.
        failures: Polls in a row that failed, this one included.
        not_found: Polls in a row that were answered "no such job", those left out that say nothing about the job.
        unreadable: Polls in a row whose answer could not be read, those left out that say nothing about the job.
        refused: Polls in a row that were refused for what they ask, those left out that say nothing about the job.
        age: Seconds since the job was accepted.
        late: Has its deadline passed?
        reached: Has the service ever answered this runner?
    """
    if not_found >= LOST_AFTER_POLLS and age >= LOST_AFTER_SECONDS:
        return "lost"
    if unreadable >= UNREADABLE_AFTER_POLLS:
        return "unreadable"
    wrong_address = isinstance(error, AddressError) and not reached
    outage = was_not_delivered(error) and failures < OUTAGE_ATTEMPTS
    is_final = refused >= REFUSED_AFTER_POLLS or (is_denied(error) and failures >= DENIED_AFTER_POLLS)
    return "detach" if wrong_address or (late and not outage) or is_final else "poll again"


def is_transient(error: SixtyfourError) -> bool:
    """Return whether the same request may succeed later, where a request costs nothing."""
    return isinstance(decide(error, retry_safe=True, attempt=1, attempts=2, jitter=0.0), Retry)


def is_uncertain(error: SixtyfourError) -> bool:
    """Return whether a request that failed like this may have been accepted all the same."""
    failed = isinstance(error, ServerError | TransportError | ResponseError)
    return failed and not has_not_arrived(error) and not was_refused_for_now(error)


def has_not_arrived(error: SixtyfourError) -> bool:
    """Return whether a request that failed like this certainly did nothing, because the service never saw it."""
    return was_not_delivered(error) or isinstance(error, AddressError)


def was_not_delivered(error: SixtyfourError) -> bool:
    """Return whether a request that failed like this certainly never reached the service."""
    return isinstance(error, TransportError) and not error.sent


def was_refused_for_now(error: SixtyfourError) -> bool:
    """Return whether the service named a pace and did nothing: a 503 with Retry-After."""
    if not isinstance(error, ServerError):
        return False
    return error.status == HTTPStatus.SERVICE_UNAVAILABLE and error.retry_after is not None


def backoff(attempt: int, jitter: float) -> float:
    """Return the seconds before the next attempt: 1, 2, 4 … up to a minute, and up to a quarter more."""
    return min(MAX_BACKOFF_SECONDS, 2.0 ** min(attempt - 1, 10)) * (1 + jitter / 4)


def _pace(named: float | None, attempt: int, jitter: float) -> float:
    if named is None:
        return backoff(attempt, jitter)
    return min(named, MAX_PACE_SECONDS) + jitter


def is_denied(error: SixtyfourError) -> bool:
    """Return whether a request was refused for the key's sake."""
    return isinstance(error, AuthenticationError | CreditsError | PermissionDeniedError)


def is_refused(error: SixtyfourError) -> bool:
    """Return whether a poll was refused for what it asks, as the same poll would be again."""
    if not isinstance(error, APIError) or isinstance(error, NotFoundError | RateLimitError) or is_denied(error):
        return False
    passing = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}
    return HTTPStatus.BAD_REQUEST <= error.status < HTTPStatus.INTERNAL_SERVER_ERROR and error.status not in passing


def is_route_missing(error: SixtyfourError) -> bool:
    """Return whether a refusal means that there is no such route, or none that takes submits."""
    if isinstance(error, NotFoundError):
        return error.unknown_route
    return isinstance(error, APIError) and error.status in {HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE}


def may_be_fault_of_one_row(error: SixtyfourError) -> bool:
    """Return whether a refused batch may be accepted without one of its rows, so that each should go by itself."""
    return isinstance(error, BadRequestError | UnprocessableError | PayloadTooLargeError)


def affects_every_row(error: SixtyfourError | None) -> bool:
    """Return whether every other row would meet the same refusal, so that the run should stop."""
    if error is None or (isinstance(error, JournalError) and error.in_doubt):
        return False  # in doubt: the rows that the journal knows are not refused
    return is_denied(error) or isinstance(error, ConnectError | AddressError | CostCapError | JournalError)
