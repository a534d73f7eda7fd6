"""`retry.decide`: one decision for every kind of error."""

from __future__ import annotations

import pytest

from sixtyfour_async._scheduling.retry import (
    MAX_BACKOFF_SECONDS,
    MAX_PACE_SECONDS,
    OUTAGE_ATTEMPTS,
    Decision,
    GiveUp,
    Retry,
    Uncertain,
    affects_every_row,
    backoff,
    decide,
    decide_submit,
    is_uncertain,
)
from sixtyfour_async.errors import (
    AddressError,
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


def describe(value: object) -> str:
    return f"{type(value).__name__} {value}"


def decision_for(
    error: SixtyfourError, *, retry_safe: bool = True, attempt: int = 1, attempts: int = 5, jitter: float = 0.0
) -> Decision:
    return decide(error, retry_safe=retry_safe, attempt=attempt, attempts=attempts, jitter=jitter)


def slots_error() -> RateLimitError:
    error = RateLimitError("five are running", status=429)
    error.slots = True
    return error


UNDELIVERED = [ConnectError("refused", sent=False), RequestTimeoutError("late", sent=False)]
UNCERTAIN = [
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
    AddressError("a login page"),
]


@pytest.mark.parametrize("retry_safe", [True, False])
@pytest.mark.parametrize("error", UNDELIVERED, ids=describe)
def test_an_undelivered_request_is_retried_with_backoff(error: SixtyfourError, retry_safe: bool) -> None:
    waits = [decision_for(error, retry_safe=retry_safe, attempt=attempt, attempts=9) for attempt in range(1, 9)]

    assert waits == [Retry(seconds) for seconds in (1, 2, 4, 8, 16, 32, 60, 60)]
    assert decision_for(error, retry_safe=retry_safe, attempt=9, attempts=9) == GiveUp()


@pytest.mark.parametrize("retry_safe", [True, False])
@pytest.mark.parametrize("error", [ConnectError("refused", sent=False), AddressError("a login page")], ids=describe)
def test_a_runner_has_patience_with_what_never_arrived_once_the_service_was_reached(
    error: SixtyfourError, retry_safe: bool
) -> None:
    def decision(attempt: int, *, reached: bool) -> Decision:
        return decide_submit(error, retry_safe=retry_safe, attempt=attempt, reached=reached, jitter=0.0)

    assert decision(OUTAGE_ATTEMPTS - 1, reached=True) == Retry(MAX_BACKOFF_SECONDS)
    assert decision(OUTAGE_ATTEMPTS, reached=True) == GiveUp()
    assert decision(OUTAGE_ATTEMPTS - 1, reached=False) == GiveUp()
    assert not is_uncertain(error)


def test_an_address_that_never_was_the_apis_is_given_up_at_once() -> None:
    error = AddressError("a login page")

    assert decide_submit(error, retry_safe=True, attempt=1, reached=False, jitter=0.0) == GiveUp()


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
    ids=describe,
)
def test_a_429_is_retried_after_its_retry_after_and_pauses_the_key(
    error: SixtyfourError, wait: float, retry_safe: bool
) -> None:
    assert decision_for(error, retry_safe=retry_safe) == Retry(wait, pause_key=True)


@pytest.mark.parametrize("retry_safe", [True, False])
def test_a_503_with_retry_after_counts_as_a_refusal_and_is_retried_after_it(retry_safe: bool) -> None:
    error = ServerError("busy", status=503, retry_after=30.0)

    assert decision_for(error, retry_safe=retry_safe) == Retry(30.0)
    assert decision_for(error, retry_safe=retry_safe, attempt=5) == GiveUp()


def test_a_503_with_a_retry_after_of_zero_counts_as_a_refusal_too() -> None:
    assert decision_for(ServerError("busy", status=503, retry_after=0.0), retry_safe=False) == Retry(0.0)


@pytest.mark.parametrize("error", UNCERTAIN, ids=describe)
def test_an_uncertain_outcome_is_retried_only_when_the_request_is_retry_safe(error: SixtyfourError) -> None:
    assert decision_for(error, attempt=3) == Retry(4.0)
    assert decision_for(error, attempt=5) == GiveUp()
    for attempt in (1, 5, 6):
        assert decision_for(error, retry_safe=False, attempt=attempt) == Uncertain()


@pytest.mark.parametrize("status", [500, 502, 504])
def test_retry_after_on_another_5xx_sets_the_wait_but_the_outcome_stays_uncertain(status: int) -> None:
    error = ServerError("broke", status=status, retry_after=20.0)

    assert decision_for(error) == Retry(20.0)
    assert decision_for(error, retry_safe=False) == Uncertain()


@pytest.mark.parametrize("retry_safe", [True, False])
@pytest.mark.parametrize("error", FINAL, ids=describe)
def test_any_other_error_is_final(error: SixtyfourError, retry_safe: bool) -> None:
    assert decision_for(error, retry_safe=retry_safe) == GiveUp()


@pytest.mark.parametrize("retry_safe", [True, False])
def test_a_slots_429_closes_the_job_limit_and_does_not_pause_the_key(retry_safe: bool) -> None:
    assert decision_for(slots_error(), retry_safe=retry_safe) == Retry(1.0, close_limit=True)


def test_throttled_attempts_count_against_their_own_limit() -> None:
    error = RateLimitError("slow", status=429, retry_after=1.0)

    assert decision_for(error, attempt=1000, attempts=1) == Retry(1.0, pause_key=True)
    for attempt, decision in ((2, Retry(1.0, pause_key=True)), (3, GiveUp()), (4, GiveUp())):
        assert decide(error, retry_safe=True, attempt=attempt, attempts=9, jitter=0, throttles=3) == decision


@pytest.mark.parametrize("jitter", [0.0, 0.25, 0.999])
def test_jitter_only_lengthens_a_wait(jitter: float) -> None:
    named = decision_for(RateLimitError("slow", status=429, retry_after=7.0), jitter=jitter)
    longest = decision_for(RateLimitError("slow", status=429, retry_after=1e9), jitter=jitter)

    assert named == Retry(7.0 + jitter, pause_key=True)
    assert longest == Retry(MAX_PACE_SECONDS + jitter, pause_key=True)
    assert backoff(3, jitter) == 4.0 * (1 + jitter / 4)


def test_backoff_exceeds_its_maximum_by_no_more_than_the_jitter() -> None:
    assert backoff(10_000, 0.0) == MAX_BACKOFF_SECONDS
    assert backoff(10_000, 1.0) == MAX_BACKOFF_SECONDS * 1.25


@pytest.mark.parametrize(
    ("error", "affects_all"),
    [
        (AuthenticationError("no", status=401), True),
        (CreditsError("no", status=402), True),
        (PermissionDeniedError("no", status=403), True),
        (ConnectError("no"), True),
        (AddressError("no"), True),
        (CostCapError("no"), True),
        (ConfigurationError("no"), False),
        (BadRequestError("no", status=400), False),
        (UnprocessableError("no", status=422), False),
        (ServerError("no", status=500), False),
        (InputError("no"), False),
        (None, False),
    ],
    ids=describe,
)
def test_account_and_connection_errors_affect_every_row(error: SixtyfourError | None, affects_all: bool) -> None:
    assert affects_every_row(error) is affects_all
