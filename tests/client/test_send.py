"""``send``, ``send_with_raw``, ``send_raw`` and ``request``; copies of a client; the rate limit snapshot."""

from __future__ import annotations

import pickle
from collections.abc import Mapping

import anyio
import httpx
import pytest
from pydantic import BaseModel, ConfigDict, field_validator

from sixtyfour_async import (
    APIError,
    AsyncClient,
    ConfigurationError,
    FindEmail,
    InputError,
    NotFoundError,
    PeopleIntelligence,
    ResponseError,
    ServerError,
)
from sixtyfour_async._client.client import pipeline_of
from sixtyfour_async._client.pipeline import MAX_CONCURRENT_REQUESTS
from sixtyfour_async.operations import CheckBalance
from tests.client.network import KEY, in_turn, scripted

pytestmark = pytest.mark.anyio


class Person(BaseModel):
    model_config = ConfigDict(strict=True)

    title: str


class RaisingValidator(BaseModel):
    model_config = ConfigDict(strict=True)

    title: str

    @field_validator("title")
    @classmethod
    def _expand(cls, title: str) -> str:
        return {"CTO": "chief"}[title]


def answer_with(data: Mapping[str, object]) -> httpx.Response:
    return httpx.Response(200, headers={"x-request-id": "r1"}, json={"structured_data": data, "later": [1]})


# --- answers ------------------------------------------------------------------------------------------------------


async def test_send_with_raw_returns_the_typed_and_the_raw_answer() -> None:
    operation = PeopleIntelligence(lead_info={"name": "Ada"}, struct=Person)
    async with scripted(lambda _: answer_with({"title": "CTO", "more": ""})) as (client, network):
        answer = await client.send_with_raw(operation)

    assert answer.result() == answer.value
    assert answer.value is not None
    assert answer.value.structured_data == Person(title="CTO")
    assert answer.raw == {"structured_data": {"title": "CTO", "more": ""}, "later": [1]}
    assert (answer.error, answer.request_id, len(network.seen)) == (None, "r1", 1)


@pytest.mark.parametrize("model", [Person, RaisingValidator])
async def test_send_raises_and_send_with_raw_returns_an_answer_that_does_not_fit(model: type[BaseModel]) -> None:
    """The error has the raw answer, even if a validator of the caller's class raises."""
    data = {"title": "CFO"} if model is RaisingValidator else {"years": 3}
    operation = PeopleIntelligence(lead_info={"name": "Ada"}, struct=model)
    async with scripted(lambda _: answer_with(data)) as (client, network):
        returned = await client.send_with_raw(operation)
        with pytest.raises(ResponseError, match="does not fit") as caught:
            await client.send(operation)

    assert caught.value.raw == returned.raw == {"structured_data": data, "later": [1]}
    assert (caught.value.request_id, returned.request_id) == ("r1", "r1")
    assert "(request id r1)" in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)) == caught.value  # noqa: S301 (made a line above)
    with pytest.raises(ResponseError):
        returned.result()
    assert len(network.seen) == 2


@pytest.mark.parametrize("response", [httpx.Response(302), httpx.Response(200, content=b"<html>"), httpx.Response(418)])
async def test_every_error_carries_the_request_id(response: httpx.Response) -> None:
    response.headers["cf-ray"] = "r2"
    async with scripted(lambda _: response) as (client, _):
        with pytest.raises((APIError, ResponseError)) as caught:
            await client.send(FindEmail(lead={"name": "Ada"}))

    assert vars(caught.value)["request_id"] == "r2"
    assert str(caught.value).endswith("(request id r2)")


# --- copies -------------------------------------------------------------------------------------------------------


async def test_with_options_copies_the_client_and_shares_its_budget() -> None:
    async with scripted(lambda _: httpx.Response(200, json={"credits": 1})) as (client, network):
        _ = client.account
        copy = client.with_options(timeout=7.5, retries=0).with_options()
        await copy.account.check_balance()
        await client.account.check_balance()
        await client.request("GET", "/x")
        await copy.request("GET", "/x")

    timeouts = [request.extensions["timeout"] for request in network.seen]
    assert [timeout["read"] for timeout in timeouts] == [7.5, 30.0, 30.0, 7.5]
    assert {(timeout["connect"], timeout["write"]) for timeout in timeouts} == {(15.0, 60.0)}
    assert pipeline_of(copy).budget is pipeline_of(client).budget
    assert copy.rate_limit() == client.rate_limit()
    assert client.rate_limit().used == 4
    assert repr(copy) == repr(client)


async def test_each_operation_has_its_own_read_timeout() -> None:
    async with scripted(lambda _: httpx.Response(422)) as (client, network):
        for operation in (PeopleIntelligence(lead_info={"name": "A"}), FindEmail(lead={"name": "A"}), CheckBalance()):
            with pytest.raises(APIError):
                await client.send(operation)

    assert [request.extensions["timeout"]["read"] for request in network.seen] == [900.0, 180.0, 30.0]


@pytest.mark.parametrize("retries", [0, 2])
async def test_a_copy_has_its_own_number_of_retries(retries: int) -> None:
    async with scripted(lambda _: httpx.Response(500)) as (client, network):
        with pytest.raises(ServerError):
            await client.with_options(retries=retries).send(CheckBalance())

    assert len(network.seen) == retries + 1


async def test_closing_a_copy_keeps_the_connections_open() -> None:
    async with scripted(lambda _: httpx.Response(200, json={"credits": 1})) as (client, _):
        async with client.with_options(retries=1) as copy:
            await copy.send(CheckBalance())
        await client.send(CheckBalance())


async def test_requests_in_flight_are_limited() -> None:
    """The rest wait before they acquire the budget, and all are sent in the end."""
    limit = MAX_CONCURRENT_REQUESTS
    in_flight = most = 0

    async def slow(_request: httpx.Request) -> httpx.Response:
        nonlocal in_flight, most
        in_flight += 1
        most = max(most, in_flight)
        await anyio.sleep(600)
        in_flight -= 1
        return httpx.Response(200, json={"credits": 1})

    acquired_at_first = 0
    async with scripted(slow) as (client, network), anyio.create_task_group() as tasks:
        for _ in range(limit + 100):
            tasks.start_soon(client.send, CheckBalance())
        await anyio.sleep(300)
        acquired_at_first = client.rate_limit().used

    assert (most, acquired_at_first, len(network.seen)) == (limit, limit, limit + 100)


# --- requests without an operation --------------------------------------------------------------------------------


async def test_request_sends_a_query_and_json_or_bytes_to_any_route() -> None:
    async with scripted(lambda _: httpx.Response(207, headers={"X-New": "1"}, content=b"\xff")) as (
        client,
        network,
    ):
        raw = await client.request("PUT", "/a?b=1", query={"c": [1, True], "d": "é&"}, json={"x": None})
        await client.request("POST", "/raw", content=b"\x00", headers={"Content-Type": "application/x-raw"})
        await client.request("PATCH", "/patch", json=[], headers={"Content-Type": "application/json-patch+json"})

    first, second, third = network.seen
    assert (raw.status, raw.headers["x-new"], raw.body) == (207, "1", b"\xff")
    assert network.request_lines[0] == "PUT /a?b=1&c=1&c=true&d=%C3%A9%26"
    assert (first.content, first.headers["content-type"]) == (b'{"x": null}', "application/json")
    assert (second.content, second.headers["content-type"]) == (b"\x00", "application/x-raw")
    assert third.headers.get_list("content-type") == ["application/json-patch+json"]
    assert client.rate_limit().used == 3


async def test_custom_headers_cannot_replace_the_key() -> None:
    async with scripted(lambda _: httpx.Response(200)) as (client, network):
        await client.request(
            "GET", "/x", headers={"X-API-Key": "other", "Authorization": "Bearer other", "X-More": "1"}
        )

    [request] = network.seen
    assert request.headers.get_list("x-api-key") == [KEY]
    assert "authorization" not in request.headers
    assert request.headers["x-more"] == "1"


@pytest.mark.parametrize("path", ["@evil.example/x", "x", "http://evil.example", ".evil.example/", ""])
async def test_request_rejects_a_path_that_leads_to_another_host(path: str) -> None:
    async with scripted(lambda _: httpx.Response(200)) as (client, network):
        with pytest.raises(InputError, match="slash"):
            await client.request("GET", path)
        with pytest.raises(InputError, match="two bodies"):
            await client.request("GET", "/x", json=1, content=b"")

    assert network.seen == []


async def test_a_path_with_a_double_slash_goes_to_the_service() -> None:
    async with scripted(lambda _: httpx.Response(200)) as (client, network):
        await client.request("GET", "//evil.example/x")

    assert network.seen[0].url.host == "service"


async def test_send_raw_returns_any_status_and_does_not_retry() -> None:
    async with scripted(in_turn([httpx.Response(503, json={"detail": "x"})])) as (client, _):
        raw = await client.send_raw(CheckBalance())

    assert (raw.status, raw.body) == (503, b'{"detail":"x"}')


async def test_extra_fields_are_sent_in_the_body() -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404, json={"detail": request.content.decode()})

    async with scripted(echo) as (client, _):
        with pytest.raises(NotFoundError, match='"brand_new":true'):
            await client.people.find_email(lead={"name": "Ada"}, extra={"brand_new": True})


def test_a_base_url_with_credentials_is_rejected_and_not_shown() -> None:
    with pytest.raises(ConfigurationError, match="user name or password") as caught:
        AsyncClient(KEY, base_url="https://ada:pass@service")

    assert "ada" not in str(caught.value)


# --- the rate limit -----------------------------------------------------------------------------------------------


async def test_rate_limit_returns_a_snapshot_of_requests_and_headers() -> None:
    headers = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "200"}
    refused = httpx.Response(429, headers={"Retry-After": "30"}, json={"detail": "slow down"})
    accepted = httpx.Response(200, headers=headers, json={"credits": 1})
    async with scripted(in_turn([refused, accepted])) as (client, _), anyio.create_task_group() as tasks:
        tasks.start_soon(client.send, CheckBalance())
        await anyio.sleep(10)
        paused = client.rate_limit()
        await anyio.sleep(110)
        later = client.rate_limit()

        assert (paused.used, paused.last_minute, paused.throttled) == (1, 1, 1)
        assert 20 <= paused.paused_for <= 22, "Retry-After of 30 s, plus up to 1 s of jitter, less the 10 s that passed"
        assert (later.limit, later.used, later.last_minute, later.throttled, later.paused_for) == (300, 2, 0, 1, 0.0)
        assert later.other_traffic > 0, "the limit of 300 less our one request is more than the 200 remaining"
        assert paused.limit == 100_000, "a snapshot is immutable"


@pytest.mark.parametrize("name", ["budget", "clock", "transport", "grant", "exchange"])
def test_internals_of_the_client_are_not_public(name: str) -> None:
    assert not hasattr(AsyncClient(KEY), name)


def test_speed_is_readable_and_kept_by_copies() -> None:
    client = AsyncClient(KEY, speed=60)

    assert (client.speed, client.with_options(timeout=1).speed) == (60, 60)
