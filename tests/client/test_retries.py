"""Retries: how often a request is sent, for each retry safety in the registry and each kind of failure."""

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
from tests.client.network import Reply, scripted

pytestmark = pytest.mark.anyio

DATE = "Tue, 25 Nov 2025 10:00:00 GMT"
IN_NINE_SECONDS = format_datetime(datetime(2025, 11, 25, 10, 0, 9, tzinfo=UTC), usegmt=True)


def refused(status: int, **headers: str) -> Callable[[], Reply]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: httpx.Response(status, headers=named, json={"detail": "no"})


FAULTS: dict[str, tuple[Callable[[], Reply], str]] = {
    "undelivered": (lambda: httpx.ConnectError("refused"), "not done"),
    "connect timeout": (lambda: httpx.ConnectTimeout("late"), "not done"),
    "429 in seconds": (refused(429, retry_after="9"), "not done"),
    "429 with a date": (refused(429, retry_after=IN_NINE_SECONDS, date=DATE), "not done"),
    "429 without Retry-After": (refused(429), "not done"),
    "503 with Retry-After": (refused(503, retry_after="9"), "not done"),
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
"""Name → the failure, and whether the service may have acted on the request.

``not done``: certainly not; ``unclear``: perhaps; ``final``: another attempt would fail alike.
"""

NAMES_NINE_SECONDS = {"429 in seconds", "429 with a date", "503 with Retry-After"}


def make(name: str, *, with_key: bool) -> Operation[Any]:
    """Return an operation with its path parameters, its file and, if asked for, its idempotency key, and no more."""
    cls: Any = REGISTRY[name]
    endpoint = cls.endpoint
    route = endpoint.route or endpoint.job
    fields: dict[str, Any] = {part.split("}")[0]: "x" for part in route.path.split("{")[1:]}
    if endpoint.body == "multipart":
        fields["file"] = Upload(b"")
    if with_key and endpoint.retry_safe == "key":
        fields[endpoint.idempotency_field] = "k"
    operation: Operation[Any] = cls.model_construct(**fields)
    return operation


def one_of_each() -> dict[str, tuple[str, bool]]:
    """Return one operation for each value of ``retry_safe``; for ``key``, one with the key and one without."""
    first: dict[str, str] = {}
    for name, cls in REGISTRY.items():
        first.setdefault(cls.endpoint.retry_safe, name)
    cases = {f"{safe}: {name}": (name, safe == "always") for safe, name in first.items() if safe != "key"}
    return cases | {"key given": (first["key"], True), "key not given": (first["key"], False)}


OPERATIONS = one_of_each()


def test_the_registry_has_all_values_of_retry_safe() -> None:
    assert {cls.endpoint.retry_safe for cls in REGISTRY.values()} == {"always", "key", "never"}


@pytest.mark.parametrize("name", REGISTRY)
def test_an_operation_is_retry_safe_as_its_endpoint_declares(name: str) -> None:
    endpoint = REGISTRY[name].endpoint
    route = endpoint.route or endpoint.job
    assert route is not None

    assert make(name, with_key=True).is_retry_safe() == (endpoint.retry_safe != "never")
    assert make(name, with_key=False).is_retry_safe() == (endpoint.retry_safe == "always")
    assert endpoint.retry_safe == "key" or not endpoint.idempotency_field
    assert endpoint.retry_safe == "always" or route.method != "GET"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("case", OPERATIONS)
async def test_a_request_is_retried_only_if_that_cannot_cost_anything(case: str, fault: str) -> None:
    name, retry_safe = OPERATIONS[case]
    fail, effect = FAULTS[fault]
    operation = make(name, with_key=case == "key given")
    sent_at: list[float] = []

    def answer(_request: httpx.Request) -> Reply:
        sent_at.append(anyio.current_time())
        return fail()

    async with scripted(answer, retries=2) as (client, _):
        job_only = operation.endpoint.route is None
        call = client.submit(cast("JobOperation[Any]", operation)) if job_only else client.send(operation)
        with pytest.raises(SixtyfourError):
            await call

    retried = effect == "not done" or (effect == "unclear" and retry_safe)
    assert len(sent_at) == (3 if retried else 1)
    waits = [later - earlier for earlier, later in pairwise(sent_at)]
    least, most = (9, 10.01) if fault in NAMES_NINE_SECONDS else (1, 2.51)
    assert all(least <= wait <= most for wait in waits)
    assert client.rate_limit().used == len(sent_at)


def error_of(reply: Reply) -> SixtyfourError:
    """Return the error that a response or an exception of httpx becomes, without a client."""
    if isinstance(reply, httpx.ConnectError | httpx.ConnectTimeout):
        return ConnectError("x", sent=False)
    if isinstance(reply, httpx.TimeoutException):
        return RequestTimeoutError("x")
    if isinstance(reply, Exception):
        return ProtocolError("x")
    headers = {name.lower(): value for name, value in reply.headers.items()}
    response = HTTPResponse(reply.status_code, headers, reply.content, datetime.now(UTC))
    if reply.status_code >= 400:
        return decode_error(response, operation="x")
    with pytest.raises(SixtyfourError) as caught:
        decode_json(response, operation="x")
    return caught.value


ERRORS = {fault: error_of(fail()) for fault, (fail, _) in FAULTS.items()}


@pytest.mark.parametrize("name", REGISTRY)
@pytest.mark.parametrize("with_key", [True, False])
def test_decide_gives_the_same_for_every_operation(name: str, with_key: bool) -> None:
    retry_safe = make(name, with_key=with_key).is_retry_safe()
    unclear = Retry if retry_safe else Uncertain
    expected = {"not done": Retry, "unclear": unclear, "final": GiveUp}

    for fault, (_, effect) in FAULTS.items():
        decision = decide(ERRORS[fault], retry_safe=retry_safe, attempt=1, attempts=3, jitter=0.5, throttles=3)
        assert type(decision) is expected[effect], fault


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
def test_jitter_is_added_to_a_capped_wait(error: SixtyfourError, least: float) -> None:
    """Many clients with the same Retry-After do not retry at the same instant."""
    waits = [
        decision.after
        for jitter in (0.0, 0.3, 1.0)
        if isinstance(decision := decide(error, retry_safe=True, attempt=40, attempts=50, jitter=jitter), Retry)
    ]

    assert waits[0] == least
    assert waits == sorted(set(waits))
    assert waits[2] <= least * 1.25


async def test_an_excessive_retry_after_is_capped() -> None:
    sent_at: list[float] = []

    def answer(_request: httpx.Request) -> Reply:
        sent_at.append(anyio.current_time())
        return refused(503, retry_after="86400")()

    async with scripted(answer, retries=1) as (client, _):
        with pytest.raises(ServerError):
            await client.account.check_balance()

    assert MAX_PACE_SECONDS <= sent_at[1] - sent_at[0] <= MAX_PACE_SECONDS + 1.01
