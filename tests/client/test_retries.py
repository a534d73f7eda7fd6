"""How often a request is sent, for every kind of repeat in the registry and every way to fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import pairwise
from typing import Any, cast

import anyio
import httpx
import pytest

from sixtyfour_async import SixtyfourError
from sixtyfour_async._scheduling.retry import MAX_BACKOFF_SECONDS, MAX_PACE_SECONDS, GiveUp, Retry, Uncertain, decide
from sixtyfour_async._wire.codec import HTTPResponse, decode_error, decode_json
from sixtyfour_async.errors import ConnectError, ProtocolError, RateLimitError, RequestTimeoutError, ServerError
from sixtyfour_async.operations import REGISTRY, JobOperation, Operation, Upload
from tests.client.network import Given, scripted

pytestmark = pytest.mark.anyio

DATE = "Tue, 25 Nov 2025 10:00:00 GMT"
IN_NINE_SECONDS = format_datetime(datetime(2025, 11, 25, 10, 0, 9, tzinfo=UTC), usegmt=True)


def refused(status: int, **headers: str) -> Callable[[], Given]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: httpx.Response(status, headers=named, json={"detail": "no"})


FAULTS: dict[str, tuple[Callable[[], Given], str]] = {
    "undelivered": (lambda: httpx.ConnectError("refused"), "not taken"),
    "connect timeout": (lambda: httpx.ConnectTimeout("late"), "not taken"),
    "429 in seconds": (refused(429, retry_after="9"), "not taken"),
    "429 with a date": (refused(429, retry_after=IN_NINE_SECONDS, date=DATE), "not taken"),
    "429 without a pace": (refused(429), "not taken"),
    "503 with a pace": (refused(503, retry_after="9"), "not taken"),
    "500": (refused(500), "unclear"),
    "502": (refused(502), "unclear"),
    "503": (refused(503), "unclear"),
    "504": (refused(504), "unclear"),
    "reset after sending": (lambda: httpx.ReadError("reset"), "unclear"),
    "timeout after sending": (lambda: httpx.ReadTimeout("late"), "unclear"),
    "no HTTP": (lambda: httpx.RemoteProtocolError("junk"), "unclear"),
    "truncated": (lambda: httpx.Response(200, content=b'{"task_id": "t'), "unclear"),
    "400": (refused(400), "final"),
    "401": (refused(401), "final"),
    "402": (refused(402), "final"),
    "409": (refused(409), "final"),
    "422": (refused(422), "final"),
}
"""What happens to a request, and whether it may have been taken."""

NINE_SECONDS = {"429 in seconds", "429 with a date", "503 with a pace"}


def made(name: str, *, keyed: bool) -> Operation[Any]:
    """An operation with next to nothing in it; what a route needs in its path, and its key if wanted."""
    cls: Any = REGISTRY[name]
    endpoint = cls.endpoint
    route = endpoint.route or endpoint.job
    fields: dict[str, Any] = {part.split("}")[0]: "x" for part in route.path.split("{")[1:]}
    if endpoint.body == "multipart":
        fields["file"] = Upload(b"")
    if keyed and endpoint.retry_safe == "key":
        fields[endpoint.idempotency_field] = "k"
    operation: Operation[Any] = cls.model_construct(**fields)
    return operation


def of_each_kind() -> dict[str, tuple[str, bool]]:
    """One operation for every word in the registry's column ``repeat``, the one with a key with it and without."""
    first: dict[str, str] = {}
    for name, cls in REGISTRY.items():
        first.setdefault(cls.endpoint.retry_safe, name)
    kinds = {f"{kind}: {name}": (name, kind == "always") for kind, name in first.items() if kind != "key"}
    return kinds | {"key given": (first["key"], True), "key not given": (first["key"], False)}


KINDS = of_each_kind()


def test_the_registry_has_all_three_kinds() -> None:
    assert {cls.endpoint.retry_safe for cls in REGISTRY.values()} == {"always", "key", "never"}


@pytest.mark.parametrize("name", REGISTRY)
def test_what_the_registry_says_is_what_an_operation_does(name: str) -> None:
    endpoint = REGISTRY[name].endpoint
    route = endpoint.route or endpoint.job
    assert route is not None

    assert made(name, keyed=True).is_retry_safe() == (endpoint.retry_safe != "never")
    assert made(name, keyed=False).is_retry_safe() == (endpoint.retry_safe == "always")
    assert endpoint.retry_safe == "key" or not endpoint.idempotency_field
    assert endpoint.retry_safe == "always" or route.method != "GET"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_request_is_sent_as_often_as_can_cost_nothing(kind: str, fault: str) -> None:
    name, repeatable = KINDS[kind]
    failing, taken = FAULTS[fault]
    operation = made(name, keyed=kind == "key given")
    at: list[float] = []

    def answer(_request: httpx.Request) -> Given:
        at.append(anyio.current_time())
        return failing()

    async with scripted(answer, retries=2) as (client, _):
        by_submit = operation.endpoint.route is None
        asking = client.submit(cast("JobOperation[Any]", operation)) if by_submit else client.send(operation)
        with pytest.raises(SixtyfourError):
            await asking

    again = taken == "not taken" or (taken == "unclear" and repeatable)
    assert len(at) == (3 if again else 1)
    waits = [later - earlier for earlier, later in pairwise(at)]
    least, most = (9, 10.01) if fault in NINE_SECONDS else (1, 2.51)
    assert all(least <= wait <= most for wait in waits)
    assert client.rate_limit().used == len(at)


def read(given: Given) -> SixtyfourError:
    """The error that an answer or a failure becomes, by the core alone."""
    if isinstance(given, httpx.ConnectError | httpx.ConnectTimeout):
        return ConnectError("x", sent=False)
    if isinstance(given, httpx.TimeoutException):
        return RequestTimeoutError("x")
    if isinstance(given, Exception):
        return ProtocolError("x")
    headers = {name.lower(): value for name, value in given.headers.items()}
    response = HTTPResponse(given.status_code, headers, given.content, datetime.now(UTC))
    if given.status_code >= 400:
        return decode_error(response, operation="x")
    with pytest.raises(SixtyfourError) as caught:
        decode_json(response, operation="x")
    return caught.value


ERRORS = {fault: read(failing()) for fault, (failing, _) in FAULTS.items()}


@pytest.mark.parametrize("name", REGISTRY)
@pytest.mark.parametrize("keyed", [True, False])
def test_the_core_decides_the_same_for_every_operation(name: str, keyed: bool) -> None:
    repeatable = made(name, keyed=keyed).is_retry_safe()
    unclear = Retry if repeatable else Uncertain
    expected = {"not taken": Retry, "unclear": unclear, "final": GiveUp}

    for fault, (_, taken) in FAULTS.items():
        decision = decide(ERRORS[fault], retry_safe=repeatable, attempt=1, attempts=3, jitter=0.5, throttles=3)
        assert type(decision) is expected[taken], fault


@pytest.mark.parametrize(
    ("error", "least"),
    [
        (RateLimitError("x", status=429, retry_after=1e9), MAX_PACE_SECONDS),
        (ServerError("x", status=503, retry_after=1e9), MAX_PACE_SECONDS),
        (RateLimitError("x", status=429), MAX_BACKOFF_SECONDS),
        (ConnectError("x", sent=False), MAX_BACKOFF_SECONDS),
    ],
    ids=str,
)
def test_jitter_survives_at_the_cap(error: SixtyfourError, least: float) -> None:
    """Many clients that were told the same do not come back at once."""
    waits = [
        decision.after
        for jitter in (0.0, 0.3, 1.0)
        if isinstance(decision := decide(error, retry_safe=True, attempt=40, attempts=50, jitter=jitter), Retry)
    ]

    assert waits[0] == least
    assert waits == sorted(set(waits))
    assert waits[2] <= least * 1.25


async def test_a_pace_beyond_belief_is_cut() -> None:
    at: list[float] = []

    def answer(_request: httpx.Request) -> Given:
        at.append(anyio.current_time())
        return refused(503, retry_after="86400")()

    async with scripted(answer, retries=1) as (client, _):
        with pytest.raises(ServerError):
            await client.account.check_balance()

    assert MAX_PACE_SECONDS <= at[1] - at[0] <= MAX_PACE_SECONDS + 1.01
