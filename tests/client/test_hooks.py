"""Hooks: the events they receive; they never see the key, and a hook that raises loses no answer."""

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
from tests.client.network import KEY, Reply, in_turn, scripted
from tests.runner.questions import questions

pytestmark = pytest.mark.anyio

BALANCE = {"credits": 1}


class Recorder:
    """Hooks that record every event."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.hooks = Hooks(on_request=self.events.append, on_response=self.events.append, on_retry=self.events.append)


async def test_hooks_receive_requests_responses_and_retries() -> None:
    recorder = Recorder()
    answers: list[Reply] = [
        httpx.Response(502, headers={"x-request-id": "r1"}),
        httpx.ConnectError("refused"),
        httpx.Response(200, json=BALANCE),
    ]
    async with scripted(in_turn(answers), hooks=[recorder.hooks]) as (client, _):
        await client.send(CheckBalance())

    sent, failed, retry, _, unconnected, second_retry, _, response = recorder.events
    operation = "GET /check-balance"
    assert sent == RequestSent(operation, "GET", "/check-balance", {"x-api-key": "[the key]"})
    assert isinstance(failed, ResponseSeen)
    assert (failed.operation, failed.status, failed.request_id, failed.error) == (operation, 502, "r1", None)
    assert isinstance(retry, RetryPlanned)
    assert (retry.attempt, type(retry.error)) == (1, ServerError)
    assert 1 <= retry.after <= 1.25
    assert (unconnected.status, type(unconnected.error)) == (None, ConnectError)
    assert second_retry.attempt == 2
    assert (response.status, response.size, response.headers["content-type"]) == (200, 13, "application/json")
    assert response.seconds >= 0


@pytest.mark.parametrize("scheme", ["x-api-key", "bearer"])
async def test_no_hook_sees_the_key_even_if_the_service_echoes_it(scheme: str) -> None:
    recorder = Recorder()

    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, headers={"x-echo": str(request.headers.raw)}, json={"detail": KEY})

    async with scripted(echo, hooks=[recorder.hooks], auth_scheme=scheme) as (client, _):
        raw = await client.request("GET", "/x", headers={"X-API-Key": "mine", "Authorization": "mine"})

    assert raw.status == 401
    assert KEY not in repr(recorder.events)
    assert KEY not in repr(raw)


async def test_a_hook_that_raises_is_logged_and_loses_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_event: object) -> None:
        raise RuntimeError("a defect in a hook")

    recorder = Recorder()
    failing = Hooks(on_request=fail, on_response=fail, on_retry=fail)
    answers = [httpx.Response(502), httpx.Response(200, json=BALANCE)]
    async with scripted(in_turn(answers), hooks=[failing, recorder.hooks]) as (client, _):
        balance = await client.send(CheckBalance())

    assert balance.credits == 1
    assert len(recorder.events) == 5
    assert caplog.text.count("a defect in a hook") >= 5


async def test_on_retry_is_not_called_for_a_final_failure() -> None:
    recorder = Recorder()
    async with scripted(lambda _: httpx.Response(500), hooks=[recorder.hooks]) as (client, _):
        with pytest.raises(ServerError):
            await client.send(FindEmail(lead={"name": "Ada"}))

    assert [type(event) for event in recorder.events] == [RequestSent, ResponseSeen]


async def test_hooks_receive_the_requests_of_a_runner() -> None:
    recorder = Recorder()
    async with simulated(hooks=[recorder.hooks]) as (client, simulator), JobRunner(client) as runner:
        async for _ in runner.map(questions(3)):
            pass

    assert sum(isinstance(event, ResponseSeen) for event in recorder.events) == len(simulator.books.requests)
