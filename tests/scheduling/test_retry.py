"""The table of `retry.decide`, row by row."""

from __future__ import annotations

import pytest

from sixtyfour_async._scheduling.retry import (
    MAX_BACKOFF_SECONDS,
    MAX_PACE_SECONDS,
    Decision,
    GiveUp,
    Retry,
    Uncertain,
    affects_every_row,
    backoff,
    decide,
)
from sixtyfour_async.errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    ConnectError,
    CostCapError,
    CreditsError,
    InputError,
    NotFoundError,
    PayloadTooLargeError,
    PermissionDeniedError,
    ProtocolError,
    RateLimitError,
    RequestTimeoutError,
    ResponseError,
    ServerError,
    SixtyfourError,
    UnprocessableError,
)


def told(value: object) -> str:
    return f"{type(value).__name__} {value}"


def again(
    error: SixtyfourError, *, retry_safe: bool = True, attempt: int = 1, attempts: int = 5, jitter: float = 0.0
) -> Decision:
    return decide(error, retry_safe=retry_safe, attempt=attempt, attempts=attempts, jitter=jitter)


def slots() -> RateLimitError:
    error = RateLimitError("five are running", status=429)
    error.slots = True
    return error


UNDELIVERED = [ConnectError("refused", sent=False), RequestTimeoutError("late", sent=False)]
UNCLEAR = [
    ConnectError("odd", sent=True),
    RequestTimeoutError("late"),
    ProtocolError("reset"),
    ResponseError("not JSON"),
    *(ServerError("broke", status=status) for status in (500, 502, 503, 504, 599)),
]
FINAL = [
    BadRequestError("no", status=400),
    AuthenticationError("no", status=401),
    CreditsError("no", status=402),
    PermissionDeniedError("no", status=403),
    NotFoundError("no", status=404),
    ConflictError("no", status=409),
    PayloadTooLargeError("no", status=413),
    UnprocessableError("no", status=422),
    APIError("no", status=418),
    InputError("no"),
    ConfigurationError("no"),
    CostCapError("no"),
]


@pytest.mark.parametrize("retry_safe", [True, False])
@pytest.mark.parametrize("error", UNDELIVERED, ids=told)
def test_what_was_never_delivered_is_sent_again_backing_off(error: SixtyfourError, retry_safe: bool) -> None:
    waits = [again(error, retry_safe=retry_safe, attempt=attempt, attempts=9) for attempt in range(1, 9)]

    assert waits == [Retry(seconds) for seconds in (1, 2, 4, 8, 16, 32, 60, 60)]
    assert again(error, retry_safe=retry_safe, attempt=9, attempts=9) == GiveUp()


@pytest.mark.parametrize("retry_safe", [True, False])
@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (RateLimitError("slow", status=429, retry_after=7.0), 7.0),
        (RateLimitError("slow", status=429, retry_after=0.0), 0.0),
        (RateLimitError("slow", status=429), 1.0),
        (RateLimitError("slow", status=429, retry_after=1e9), MAX_PACE_SECONDS),
        (RateLimitError("slow", status=429, retry_after=float("inf")), MAX_PACE_SECONDS),
    ],
    ids=told,
)
def test_a_429_waits_at_the_named_pace_and_pauses_the_key(error: SixtyfourError, wait: float, retry_safe: bool) -> None:
    assert again(error, retry_safe=retry_safe) == Retry(wait, pause_key=True)


@pytest.mark.parametrize("retry_safe", [True, False])
def test_a_503_with_a_named_pace_was_refused_and_is_sent_again_at_that_pace(retry_safe: bool) -> None:
    error = ServerError("busy", status=503, retry_after=30.0)

    assert again(error, retry_safe=retry_safe) == Retry(30.0)
    assert again(error, retry_safe=retry_safe, attempt=5) == GiveUp()


def test_a_503_with_a_named_pace_of_nothing_was_refused_too() -> None:
    assert again(ServerError("busy", status=503, retry_after=0.0), retry_safe=False) == Retry(0.0)


@pytest.mark.parametrize("error", UNCLEAR, ids=told)
def test_an_unclear_end_is_repeated_where_that_is_safe_and_parked_where_it_is_not(error: SixtyfourError) -> None:
    assert again(error, attempt=3) == Retry(4.0)
    assert again(error, attempt=5) == GiveUp()
    for attempt in (1, 5, 6):
        assert again(error, retry_safe=False, attempt=attempt) == Uncertain()


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_pace_named_by_another_5xx_is_kept_but_does_not_make_it_a_refusal(status: int) -> None:
    error = ServerError("broke", status=status, retry_after=20.0)

    assert again(error) == Retry(20.0)
    assert again(error, retry_safe=False) == Uncertain()


@pytest.mark.parametrize("retry_safe", [True, False])
@pytest.mark.parametrize("error", FINAL, ids=told)
def test_any_other_refusal_is_final(error: SixtyfourError, retry_safe: bool) -> None:
    assert again(error, retry_safe=retry_safe) == GiveUp()


@pytest.mark.parametrize("retry_safe", [True, False])
def test_too_many_running_jobs_close_the_gate_and_leave_the_key_alone(retry_safe: bool) -> None:
    assert again(slots(), retry_safe=retry_safe) == Retry(1.0, close_limit=True)


def test_refusals_with_a_pace_count_against_their_own_limit() -> None:
    error = RateLimitError("slow", status=429, retry_after=1.0)

    assert again(error, attempt=1000, attempts=1) == Retry(1.0, pause_key=True)
    for attempt, decision in ((2, Retry(1.0, pause_key=True)), (3, GiveUp()), (4, GiveUp())):
        assert decide(error, retry_safe=True, attempt=attempt, attempts=9, jitter=0, throttles=3) == decision


@pytest.mark.parametrize("jitter", [0.0, 0.25, 0.999])
def test_jitter_only_lengthens_a_wait(jitter: float) -> None:
    named = again(RateLimitError("slow", status=429, retry_after=7.0), jitter=jitter)
    longest = again(RateLimitError("slow", status=429, retry_after=1e9), jitter=jitter)

    assert named == Retry(7.0 + jitter, pause_key=True)
    assert longest == Retry(MAX_PACE_SECONDS + jitter, pause_key=True)
    assert backoff(3, jitter) == 4.0 * (1 + jitter / 4)


def test_backing_off_never_exceeds_its_maximum_by_more_than_the_jitter() -> None:
    assert backoff(10_000, 0.0) == MAX_BACKOFF_SECONDS
    assert backoff(10_000, 1.0) == MAX_BACKOFF_SECONDS * 1.25


@pytest.mark.parametrize(
    ("error", "concerns"),
    [
        (AuthenticationError("no", status=401), True),
        (CreditsError("no", status=402), True),
        (PermissionDeniedError("no", status=403), True),
        (ConnectError("no"), True),
        (CostCapError("no"), True),
        (ConfigurationError("no"), False),
        (BadRequestError("no", status=400), False),
        (UnprocessableError("no", status=422), False),
        (ServerError("no", status=500), False),
        (InputError("no"), False),
        (None, False),
    ],
    ids=told,
)
def test_some_refusals_would_meet_every_row(error: SixtyfourError | None, concerns: bool) -> None:
    assert affects_every_row(error) is concerns
