"""An in-memory transport whose responses a test scripts, request by request."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from sixtyfour_async import AsyncClient

KEY = "sk_live_0123456789abcdef"
Reply = httpx.Response | Exception
Handler = Callable[[httpx.Request], Reply | Awaitable[Reply]]


class ScriptedTransport(httpx.AsyncBaseTransport):
    """Answers each request with a handler's reply, and records the requests with their bodies read."""

    def __init__(self, handler: Handler) -> None:
        self.seen: list[httpx.Request] = []
        self.handler = handler

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.seen.append(request)
        result = self.handler(request)
        reply = await result if inspect.isawaitable(result) else result
        if isinstance(reply, Exception):
            raise reply
        return reply

    @property
    def request_lines(self) -> list[str]:
        """Method and path of each request, such as ``"GET /x?y=1"``."""
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.seen]


class BreakingStream(httpx.AsyncByteStream):
    """A response body that yields chunks and then raises an error, if one is given."""

    def __init__(self, *chunks: bytes, error: Exception | None = None) -> None:
        self._chunks = chunks
        self._error = error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk
        if self._error is not None:
            raise self._error


def in_turn(replies: Iterable[Reply]) -> Handler:
    """Return a handler that gives one reply after the other."""
    remaining = iter(replies)
    return lambda _request: next(remaining)


@asynccontextmanager
async def scripted(handler: Handler, **options: Any) -> AsyncGenerator[tuple[AsyncClient, ScriptedTransport]]:
    """Yield a client, made with *options*, and the transport that answers its requests with *handler*."""
    network = ScriptedTransport(handler)
    arguments: dict[str, Any] = {"api_key": KEY, "base_url": "http://service", "requests_per_minute": 100_000}
    async with (
        httpx.AsyncClient(transport=network) as http_client,
        AsyncClient(**(arguments | options), http_client=http_client) as client,
    ):
        yield client, network
