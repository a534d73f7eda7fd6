"""The breaker for submits, by itself, with any interleaving of results."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async._scheduling.breaker import (
    ALIKE_ENDS,
    ALIKE_OPENS,
    HEADROOM,
    MAX_PAUSE_SECONDS,
    MAX_SUBMITS_IN_TRANSIT,
    NEVER_REACHED_SECONDS,
    TROUBLE_OPENS,
    UNREACHED_SECONDS,
    SubmitBreaker,
)
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async.errors import (
    AddressError,
    APIError,
    AuthenticationError,
    BadRequestError,
    ConnectError,
    NotFoundError,
    ProtocolError,
    RateLimitError,
    ResponseError,
    ServerError,
    SixtyfourError,
    UnprocessableError,
)
from tests.properties import examples

DOUBT = ServerError("502 Bad Gateway", status=502)
RESET = ProtocolError("reset")
UNDELIVERED = ConnectError("refused", sent=False)
PAGE = AddressError("a web page")
BUSY = ServerError("busy", status=503, retry_after=90.0)
REFUSED = BadRequestError("no such workspace", status=400)
CONFLICT = APIError("maintenance", status=418)
FIELD = UnprocessableError("invalid", status=422, errors=[("website", "is none")])
THROTTLED = RateLimitError("slow down", status=429)
DENIED = AuthenticationError("wrong key", status=401)


def job(id_: int = 1, *, rows: int = 1, retry_safe: bool = False) -> ScheduledJob:
    return ScheduledJob(id_, "find-email", "", retry_safe, rows=rows)


def running_well(accepted: int = 20) -> SubmitBreaker:
    breaker = SubmitBreaker()
    for _ in range(accepted):
        breaker.acquire(0.0)
        breaker.succeeded()
    return breaker


def fail(breaker: SubmitBreaker, *errors: SixtyfourError, now: float = 0.0, parked: bool = True) -> None:
    for error in errors:
        breaker.acquire(now)
        breaker.failed(error, now, parked=parked)


def check(breaker: SubmitBreaker, error: SixtyfourError | None = None) -> float:
    """Answer a health check when it is due, and return when that was."""
    now = breaker.check_at()
    assert now < math.inf
    breaker.checking()
    assert breaker.check_at() == math.inf
    breaker.checked(error, now)
    return now


def opened() -> SubmitBreaker:
    breaker = running_well()
    fail(breaker, *[DOUBT] * TROUBLE_OPENS)
    assert breaker.state == "open"
    return breaker


# --- the window ---------------------------------------------------------------------------------------------------


def rounds(breaker: SubmitBreaker, number: int, *, wanted: int) -> list[int]:
    """Send as many as wanted and allowed, have all of them accepted, and repeat; return how many each time."""
    sent: list[int] = []
    for _ in range(number):
        while breaker.held < wanted and breaker.opens_at(0.0) is not None:
            breaker.acquire(0.0)
        sent.append(breaker.held)
        while breaker.held:
            breaker.succeeded()
    return sent


def test_the_window_grows_while_it_binds_and_has_an_upper_end() -> None:
    sent = rounds(SubmitBreaker(), 40, wanted=1000)

    assert sent == sorted(sent)
    assert sent[:4] == [3, 5, 7, 9]
    assert sent[-1] == MAX_SUBMITS_IN_TRANSIT


def test_the_window_shrinks_to_what_is_used() -> None:
    breaker = SubmitBreaker()
    rounds(breaker, 40, wanted=1000)

    rounds(breaker, 20, wanted=2)

    assert breaker.window <= 2 + HEADROOM


def test_a_failure_makes_it_one_at_a_time_until_the_next_is_accepted() -> None:
    breaker = SubmitBreaker()
    rounds(breaker, 40, wanted=1000)

    fail(breaker, RESET)

    assert breaker.state == "closed"
    assert rounds(breaker, 3, wanted=1000) == [1, 2, 4]


# --- opening, checking, trying -------------------------------------------------------------------------------------


def test_it_opens_after_a_few_failures_in_a_row_and_lets_nothing_through() -> None:
    breaker = opened()

    assert breaker.opens_at(1e9) is None
    assert 0 < breaker.check_at() <= MAX_PAUSE_SECONDS
    assert breaker.error == DOUBT


def test_single_failures_among_acceptances_do_not_open_it() -> None:
    breaker = running_well()
    for _ in range(50):
        fail(breaker, DOUBT)
        for _ in range(2):
            breaker.acquire(0.0)
            breaker.succeeded()

    assert breaker.state == "closed"


def test_failures_that_outnumber_the_acceptances_open_it() -> None:
    breaker = running_well()
    for _ in range(TROUBLE_OPENS):
        fail(breaker, DOUBT, DOUBT)
        if breaker.state == "closed":
            breaker.acquire(0.0)
            breaker.succeeded()

    assert breaker.state == "open"


def test_after_an_answered_health_check_one_submit_is_tried_and_its_acceptance_closes_the_breaker() -> None:
    breaker = opened()
    now = check(breaker)

    assert breaker.prefers_safest
    assert breaker.opens_at(now) == now
    breaker.acquire(now)
    assert breaker.opens_at(now) is None
    breaker.succeeded()

    assert (breaker.state, breaker.error) == ("closed", None)
    assert rounds(breaker, 2, wanted=100) == [2, 4]


def test_a_trial_waits_for_the_submits_that_are_not_answered_yet() -> None:
    breaker = running_well()
    for _ in range(4):
        breaker.acquire(0.0)
    for _ in range(3):
        breaker.failed(DOUBT, 0.0, parked=True)
    now = check(breaker)

    assert breaker.opens_at(now) is None
    breaker.failed(DOUBT, now, parked=True)


@pytest.mark.parametrize("error", [DOUBT, UNDELIVERED, PAGE, BUSY, THROTTLED, ResponseError("not JSON")])
def test_a_health_check_that_fails_is_repeated_after_a_longer_pause(error: SixtyfourError) -> None:
    breaker = opened()
    pauses: list[float] = []
    for _ in range(8):
        now = check(breaker, error)
        pauses.append(breaker.check_at() - now)

    assert pauses == sorted(pauses)
    assert pauses[-1] == (90.0 if error is BUSY else MAX_PAUSE_SECONDS)


@pytest.mark.parametrize("error", [None, DENIED, NotFoundError("Not Found", status=404), REFUSED])
def test_whatever_the_api_answers_to_a_health_check_shows_that_it_is_there(error: SixtyfourError | None) -> None:
    breaker = opened()

    check(breaker, error)

    assert breaker.state == "trial"


def test_an_answer_to_an_older_submit_neither_closes_the_breaker_nor_prolongs_the_pause() -> None:
    breaker = running_well()
    for _ in range(10):
        breaker.acquire(0.0)
    for _ in range(TROUBLE_OPENS):
        breaker.failed(DOUBT, 0.0, parked=True)
    at = breaker.check_at()

    breaker.succeeded()
    breaker.failed(DOUBT, 4.0, parked=True)

    assert (breaker.state, breaker.check_at()) == ("open", at)


@pytest.mark.parametrize("error", [THROTTLED, DENIED, UNDELIVERED])
def test_what_is_dealt_with_elsewhere_does_not_open_it(error: SixtyfourError) -> None:
    breaker = running_well()

    fail(breaker, *[error] * 50, parked=False)

    assert breaker.state == "closed"
    assert breaker.hopeless is None


@pytest.mark.parametrize("error", [PAGE, BUSY])
def test_what_certainly_did_nothing_opens_it_too(error: SixtyfourError) -> None:
    breaker = running_well()

    fail(breaker, *[error] * TROUBLE_OPENS, parked=False)

    assert breaker.state == "open"
    assert breaker.check_at() >= (90.0 if error is BUSY else 1.0)


# --- batches ------------------------------------------------------------------------------------------------------


def test_after_trouble_batches_begin_with_one_row_and_double() -> None:
    breaker = opened()
    now = check(breaker)
    sizes: list[int] = []
    for _ in range(9):
        sizes.append(breaker.rows_at_once(job(rows=100)))
        breaker.acquire(now)
        breaker.succeeded()

    assert sizes == [1, 2, 4, 8, 16, 32, 64, 100, 100]


def test_a_batch_that_can_be_repeated_is_not_divided() -> None:
    breaker = opened()

    assert breaker.rows_at_once(job(rows=20_000, retry_safe=True)) == 20_000


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [REFUSED, CONFLICT])
def test_equal_refusals_in_a_row_open_it_once_something_was_accepted(error: SixtyfourError) -> None:
    breaker = running_well()
    fail(breaker, *[error] * (ALIKE_OPENS - 1), parked=False)
    before = breaker.state

    fail(breaker, error, parked=False)

    assert (before, breaker.state) == ("closed", "open")
    assert breaker.hopeless is None


def test_refusals_that_differ_or_name_a_field_do_not_open_it() -> None:
    breaker = running_well()
    fail(breaker, *[BadRequestError(f"row {number}", status=400) for number in range(50)], parked=False)
    fail(breaker, *[FIELD] * 50, parked=False)

    assert breaker.state == "closed"


@pytest.mark.parametrize("error", [REFUSED, CONFLICT, FIELD])
def test_equal_refusals_end_a_run_in_which_nothing_was_ever_accepted(error: SixtyfourError) -> None:
    breaker = SubmitBreaker()
    fail(breaker, *[error] * (ALIKE_ENDS - 1), parked=False)
    assert breaker.take_hopeless() is None

    fail(breaker, error, parked=False)
    hopeless = breaker.take_hopeless()

    assert type(hopeless) is type(error)
    assert "refused alike" in str(hopeless)
    assert breaker.take_hopeless() is None


def test_a_missing_route_ends_a_run_at_its_first_row_but_not_after_an_acceptance() -> None:
    missing = NotFoundError("Not Found", status=404)
    missing.unknown_route = True
    fresh, well = SubmitBreaker(), running_well()

    fail(fresh, missing, parked=False)
    fail(well, missing, parked=False)

    assert isinstance(fresh.hopeless, NotFoundError)
    assert well.hopeless is None


@pytest.mark.parametrize(("reached", "seconds"), [(True, UNREACHED_SECONDS), (False, NEVER_REACHED_SECONDS)])
def test_a_connection_that_does_not_come_back_ends_the_run(reached: bool, seconds: float) -> None:
    breaker = SubmitBreaker(reached=reached)
    fail(breaker, *[DOUBT] * TROUBLE_OPENS)
    began, now = breaker.check_at(), 0.0
    while breaker.hopeless is None:
        now = check(breaker, UNDELIVERED)

    assert seconds <= now - began <= seconds + MAX_PAUSE_SECONDS


# --- the bound ----------------------------------------------------------------------------------------------------

ERRORS = {"doubt": DOUBT, "refused": REFUSED, "throttled": THROTTLED, "undelivered": UNDELIVERED, "page": PAGE}


@examples(300)
@given(
    unanswered=st.integers(0, MAX_SUBMITS_IN_TRANSIT - HEADROOM),
    results=st.lists(st.sampled_from([*ERRORS, "late success"]), min_size=1, max_size=6),
    eagerness=st.integers(1, 5),
    seconds=st.sampled_from([25.0, 300.0, 3600.0, 30 * 3600.0]),
    submits_only=st.booleans(),
    seed=st.integers(0, 10_000),
)
def test_an_outage_of_any_length_leaves_few_submits_in_doubt(
    *, unanswered: int, results: list[str], eagerness: int, seconds: float, submits_only: bool, seed: int
) -> None:
    """However results come in, whatever they are, however fast: at most ten beyond those unanswered when it began.

    None of what is sent during the outage is accepted; what was sent before it may be.
    """
    breaker = SubmitBreaker(window=unanswered + HEADROOM + 1, reached=True, accepted=True)
    for _ in range(unanswered):
        breaker.acquire(0.0)
    now, old, doubts = 0.0, unanswered, 0
    random = Random(seed)  # noqa: S311 (deterministic on purpose)
    for _ in range(500):
        result = random.choice([*results, "doubt"])
        for _ in range(random.randrange(eagerness + 1)):
            if breaker.opens_at(now) is not None:
                breaker.acquire(now)
        if random.random() < 0.5 and breaker.check_at() < math.inf:
            now = max(now, breaker.check_at())
            if now >= seconds:
                break
            breaker.checking()
            breaker.checked(None if submits_only else DOUBT, now)
        if not breaker.held:
            continue
        if result == "late success":
            if not old:
                continue
            breaker.succeeded()
            old -= 1
            continue
        old = max(0, old - 1)
        doubts += result == "doubt"
        breaker.failed(ERRORS[result], now, parked=result == "doubt")

    assert doubts <= unanswered + 10
