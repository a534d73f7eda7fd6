"""Observers: what they are told, and that they can neither see the key nor stand in the way."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sixtyfour_async import (
    ConnectError,
    FindEmail,
    Hooks,
    JobRunner,
    RequestSent,
    ResponseSeen,
    RetryPlanned,
    ServerError,
)
from sixtyfour_async.operations import CheckBalance
from sixtyfour_async.testing import simulated
from tests.client.network import KEY, Given, in_turn, scripted
from tests.runner.questions import questions

pytestmark = pytest.mark.anyio

BALANCE = {"credits": 1}


class Notes:
    def __init__(self) -> None:
        self.told: list[Any] = []
        self.hooks = Hooks(on_request=self.told.append, on_response=self.told.append, on_retry=self.told.append)


async def test_each_request_is_told_when_it_leaves_when_it_ends_and_when_it_will_be_repeated() -> None:
    notes = Notes()
    answers: list[Given] = [
        httpx.Response(502, headers={"x-request-id": "r1"}),
        httpx.ConnectError("refused"),
        httpx.Response(200, json=BALANCE),
    ]
    async with scripted(in_turn(answers), hooks=[notes.hooks]) as (client, _):
        await client.send(CheckBalance())

    sent, failed, again, _, lost, once_more, _, seen = notes.told
    asked = "GET /check-balance"
    assert sent == RequestSent(asked, "GET", "/check-balance", {"x-api-key": "[the key]"})
    assert isinstance(failed, ResponseSeen)
    assert (failed.operation, failed.status, failed.request_id, failed.error) == (asked, 502, "r1", None)
    assert isinstance(again, RetryPlanned)
    assert (again.attempt, type(again.error)) == (1, ServerError)
    assert 1 <= again.after <= 1.25
    assert (lost.status, type(lost.error)) == (None, ConnectError)
    assert once_more.attempt == 2
    assert (seen.status, seen.size, seen.headers["content-type"]) == (200, 13, "application/json")
    assert seen.seconds >= 0


@pytest.mark.parametrize("scheme", ["x-api-key", "bearer"])
async def test_no_hook_sees_the_key_even_if_the_service_repeats_it(scheme: str) -> None:
    notes = Notes()

    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, headers={"x-echo": str(request.headers.raw)}, json={"detail": KEY})

    async with scripted(echo, hooks=[notes.hooks], auth_scheme=scheme) as (client, _):
        raw = await client.request("GET", "/x", headers={"X-API-Key": "mine", "Authorization": "mine"})

    assert raw.status == 401
    assert KEY not in repr(notes.told)
    assert KEY not in repr(raw)


async def test_a_hook_that_fails_is_logged_and_loses_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_event: object) -> None:
        raise RuntimeError("a defect in a hook")

    notes = Notes()
    failing = Hooks(on_request=fail, on_response=fail, on_retry=fail)
    answers = [httpx.Response(502), httpx.Response(200, json=BALANCE)]
    async with scripted(in_turn(answers), hooks=[failing, notes.hooks]) as (client, _):
        balance = await client.send(CheckBalance())

    assert balance.credits == 1
    assert len(notes.told) == 5
    assert caplog.text.count("a defect in a hook") >= 5


async def test_what_a_hook_is_told_last_is_what_the_caller_gets() -> None:
    """No retry is told where there is none."""
    notes = Notes()
    async with scripted(lambda _: httpx.Response(500), hooks=[notes.hooks]) as (client, _):
        with pytest.raises(ServerError):
            await client.send(FindEmail(lead={"name": "Ada"}))

    assert [type(event) for event in notes.told] == [RequestSent, ResponseSeen]


async def test_a_runner_is_observed_as_well() -> None:
    notes = Notes()
    async with simulated(hooks=[notes.hooks]) as (client, simulator), JobRunner(client) as runner:
        async for _ in runner.map(questions(3)):
            pass

    assert sum(isinstance(event, ResponseSeen) for event in notes.told) == len(simulator.books.requests)
