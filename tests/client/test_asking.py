"""Answers with their raw form, copies of a client, and requests that no operation describes."""

from __future__ import annotations

import pickle
from collections.abc import Mapping

import anyio
import httpx
import pytest
from pydantic import BaseModel, field_validator

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
    title: str


class Fussy(BaseModel):
    title: str

    @field_validator("title")
    @classmethod
    def _look_up(cls, title: str) -> str:
        return {"CTO": "chief"}[title]


def answered(data: Mapping[str, object]) -> httpx.Response:
    return httpx.Response(200, headers={"x-request-id": "r1"}, json={"structured_data": data, "later": [1]})


# --- answers ------------------------------------------------------------------------------------------------------


async def test_the_raw_answer_is_at_hand_beside_the_typed_one() -> None:
    asked = PeopleIntelligence(lead_info={"name": "Ada"}, struct=Person)
    async with scripted(lambda _: answered({"title": "CTO", "more": ""})) as (client, network):
        answer = await client.send_with_raw(asked)

    assert answer.result() == answer.value
    assert answer.value is not None
    assert answer.value.structured_data == Person(title="CTO")
    assert answer.raw == {"structured_data": {"title": "CTO", "more": ""}, "later": [1]}
    assert (answer.error, answer.request_id, len(network.seen)) == (None, "r1", 1)


@pytest.mark.parametrize("shape", [Person, Fussy])
async def test_a_misfit_is_raised_or_returned_and_never_lost(shape: type[BaseModel]) -> None:
    """Even where a validator of the caller's own class breaks."""
    data = {"title": "CFO"} if shape is Fussy else {"years": 3}
    asked = PeopleIntelligence(lead_info={"name": "Ada"}, struct=shape)
    async with scripted(lambda _: answered(data)) as (client, network):
        returned = await client.send_with_raw(asked)
        with pytest.raises(ResponseError, match="does not fit") as caught:
            await client.send(asked)

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


async def test_a_copy_has_other_settings_and_shares_the_rest() -> None:
    async with scripted(lambda _: httpx.Response(200, json={"credits": 1})) as (client, network):
        _ = client.account
        copy = client.with_options(timeout=7.5, retries=0).with_options()
        await copy.account.check_balance()
        await client.account.check_balance()
        await client.request("GET", "/x")
        await copy.request("GET", "/x")

    limits = [request.extensions["timeout"] for request in network.seen]
    assert [limit["read"] for limit in limits] == [7.5, 30.0, 30.0, 7.5]
    assert {(limit["connect"], limit["write"]) for limit in limits} == {(15.0, 60.0)}
    assert pipeline_of(copy).budget is pipeline_of(client).budget
    assert copy.rate_limit() == client.rate_limit()
    assert client.rate_limit().used == 4
    assert repr(copy) == repr(client)


async def test_each_operation_has_its_own_time_limit() -> None:
    async with scripted(lambda _: httpx.Response(422)) as (client, network):
        for asked in (PeopleIntelligence(lead_info={"name": "A"}), FindEmail(lead={"name": "A"}), CheckBalance()):
            with pytest.raises(APIError):
                await client.send(asked)

    assert [request.extensions["timeout"]["read"] for request in network.seen] == [900.0, 180.0, 30.0]


@pytest.mark.parametrize("retries", [0, 2])
async def test_the_number_of_retries_is_the_copys(retries: int) -> None:
    async with scripted(lambda _: httpx.Response(500)) as (client, network):
        with pytest.raises(ServerError):
            await client.with_options(retries=retries).send(CheckBalance())

    assert len(network.seen) == retries + 1


async def test_closing_a_copy_leaves_the_connections_open() -> None:
    async with scripted(lambda _: httpx.Response(200, json={"credits": 1})) as (client, _):
        async with client.with_options(retries=1) as copy:
            await copy.send(CheckBalance())
        await client.send(CheckBalance())


async def test_no_more_requests_are_on_their_way_than_there_are_places() -> None:
    """The rest wait before they pay, and none is lost."""
    at_once = MAX_CONCURRENT_REQUESTS
    on_their_way = most = 0

    async def slow(_request: httpx.Request) -> httpx.Response:
        nonlocal on_their_way, most
        on_their_way += 1
        most = max(most, on_their_way)
        await anyio.sleep(600)
        on_their_way -= 1
        return httpx.Response(200, json={"credits": 1})

    paid_at_first = 0
    async with scripted(slow) as (client, network), anyio.create_task_group() as tasks:
        for _ in range(at_once + 100):
            tasks.start_soon(client.send, CheckBalance())
        await anyio.sleep(300)
        paid_at_first = client.rate_limit().used

    assert (most, paid_at_first, len(network.seen)) == (at_once, at_once, at_once + 100)


# --- requests of one's own ----------------------------------------------------------------------------------------


async def test_a_new_route_is_reached_with_query_json_or_bytes() -> None:
    async with scripted(lambda _: httpx.Response(207, headers={"X-New": "1"}, content=b"\xff")) as (client, network):
        raw = await client.request("PUT", "/a?b=1", query={"c": [1, True], "d": "é&"}, json={"x": None})
        await client.request("POST", "/raw", content=b"\x00", headers={"Content-Type": "application/x-raw"})
        await client.request("PATCH", "/patch", json=[], headers={"Content-Type": "application/json-patch+json"})

    first, second, third = network.seen
    assert (raw.status, raw.headers["x-new"], raw.body) == (207, "1", b"\xff")
    assert network.asked[0] == "PUT /a?b=1&c=1&c=true&d=%C3%A9%26"
    assert (first.content, first.headers["content-type"]) == (b'{"x": null}', "application/json")
    assert (second.content, second.headers["content-type"]) == (b"\x00", "application/x-raw")
    assert third.headers.get_list("content-type") == ["application/json-patch+json"]
    assert client.rate_limit().used == 3


async def test_headers_of_ones_own_do_not_touch_the_key() -> None:
    async with scripted(lambda _: httpx.Response(200)) as (client, network):
        await client.request(
            "GET", "/x", headers={"X-API-Key": "other", "Authorization": "Bearer other", "X-More": "1"}
        )

    [request] = network.seen
    assert request.headers.get_list("x-api-key") == [KEY]
    assert "authorization" not in request.headers
    assert request.headers["x-more"] == "1"


@pytest.mark.parametrize("path", ["@evil.example/x", "x", "http://evil.example", ".evil.example/", ""])
async def test_a_path_cannot_lead_the_key_elsewhere(path: str) -> None:
    async with scripted(lambda _: httpx.Response(200)) as (client, network):
        with pytest.raises(InputError, match="slash"):
            await client.request("GET", path)
        with pytest.raises(InputError, match="two bodies"):
            await client.request("GET", "/x", json=1, content=b"")

    assert network.seen == []


async def test_double_slashes_stay_on_the_service() -> None:
    async with scripted(lambda _: httpx.Response(200)) as (client, network):
        await client.request("GET", "//evil.example/x")

    assert network.seen[0].url.host == "service"


async def test_send_raw_gives_any_status_and_repeats_nothing() -> None:
    async with scripted(in_turn([httpx.Response(503, json={"detail": "x"})])) as (client, _):
        raw = await client.send_raw(CheckBalance())

    assert (raw.status, raw.body) == (503, b'{"detail":"x"}')


async def test_keys_the_service_added_last_night_are_sent() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404, json={"detail": request.content.decode()})

    async with scripted(answer) as (client, _):
        with pytest.raises(NotFoundError, match='"brand_new":true'):
            await client.people.find_email(lead={"name": "Ada"}, extra={"brand_new": True})


def test_a_base_url_with_a_password_is_refused_and_not_shown() -> None:
    with pytest.raises(ConfigurationError, match="user name or password") as caught:
        AsyncClient(KEY, base_url="https://ada:pass@service")

    assert "ada" not in str(caught.value)


# --- the rate limit -----------------------------------------------------------------------------------------------


async def test_the_rate_limit_is_a_snapshot_of_what_was_sent_and_heard() -> None:
    headers = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "200"}
    refused = httpx.Response(429, headers={"Retry-After": "30"}, json={"detail": "slow down"})
    answered = httpx.Response(200, headers=headers, json={"credits": 1})
    async with scripted(in_turn([refused, answered])) as (client, _), anyio.create_task_group() as tasks:
        tasks.start_soon(client.send, CheckBalance())
        await anyio.sleep(10)
        paused = client.rate_limit()
        await anyio.sleep(110)
        later = client.rate_limit()

        assert (paused.used, paused.last_minute, paused.throttled) == (1, 1, 1)
        assert 20 <= paused.paused_for <= 22, "30 s as named, up to 1 s of jitter, less the 10 s that passed"
        assert (later.limit, later.used, later.last_minute, later.throttled, later.paused_for) == (300, 2, 0, 1, 0.0)
        assert later.other_traffic > 0, "300 less our one request is more than 200"
        assert paused.limit == 100_000, "a snapshot does not change"


@pytest.mark.parametrize("name", ["budget", "clock", "transport", "grant", "exchange"])
def test_what_keeps_the_limit_is_out_of_reach(name: str) -> None:
    assert not hasattr(AsyncClient(KEY), name)


def test_a_client_tells_its_speed_and_its_copies_keep_it() -> None:
    client = AsyncClient(KEY, speed=60)

    assert (client.speed, client.with_options(timeout=1).speed) == (60, 60)
