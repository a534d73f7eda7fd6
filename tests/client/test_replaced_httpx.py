"""Who mocks or traces httpx sees every request: a test that passed it by would pay for real answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import httpcore
import httpx
import pytest

from sixtyfour_async import AsyncClient
from sixtyfour_async.operations import CheckBalance
from tests.client.network import KEY
from tests.client.raw_server import answer, raw_server

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Run on the real clock, as servers do."""
    backend: str = request.param
    return backend


Send = Callable[..., Awaitable[Any]]


async def mock_of_httpx(_: object, request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"credits": 1}, request=request)


async def mock_of_httpcore(_pool: object, _request: httpcore.Request) -> httpcore.Response:
    return httpcore.Response(200, headers=[(b"content-type", b"application/json")], content=b'{"credits": 1}')


def traced(send: Send, seen: list[str]) -> Send:
    @wraps(send)
    async def tell(*args: Any, **kwargs: Any) -> Any:
        seen.append("sent")
        return await send(*args, **kwargs)

    return tell


class Callback:
    """What is put in the place of a function need not be one."""

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        return await mock_of_httpx(self, request)


@pytest.mark.parametrize(
    ("replaced", "mock"),
    [
        (httpx.AsyncHTTPTransport, mock_of_httpx),
        (httpx.AsyncHTTPTransport, Callback()),
        (httpcore.AsyncConnectionPool, mock_of_httpcore),
        (httpcore.AsyncHTTPConnection, mock_of_httpcore),
    ],
)
async def test_a_mock_that_comes_and_goes_answers_while_it_is_there(
    monkeypatch: pytest.MonkeyPatch, replaced: type[Any], mock: object
) -> None:
    with raw_server(lambda _: answer(b'{"credits": 7}')) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            before = await client.send(CheckBalance())
            with monkeypatch.context() as mocked:
                mocked.setattr(replaced, "handle_async_request", mock)
                meanwhile = await client.send(CheckBalance())
            after = await client.send(CheckBalance())

    assert [one.credits for one in (before, meanwhile, after)] == [7, 1, 7]
    assert len(server.received) == 2


async def test_what_traces_a_client_of_httpx_sees_each_request(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = list[str]()
    with raw_server(lambda _: answer(b'{"credits": 7}')) as server:
        monkeypatch.setattr(httpx.AsyncClient, "send", traced(httpx.AsyncClient.send, seen))
        async with AsyncClient(KEY, base_url=server.url) as client:
            found = [await client.send(CheckBalance()) for _ in range(3)]

    assert [one.credits for one in found] == [7, 7, 7]
    assert len(seen) == len(server.received) == 3
