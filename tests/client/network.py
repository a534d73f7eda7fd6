"""A service of which a test says what it answers, request by request."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from sixtyfour_async import AsyncClient

KEY = "sk_live_0123456789abcdef"
Given = httpx.Response | Exception
Answering = Callable[[httpx.Request], Given | Awaitable[Given]]


class Scripted(httpx.AsyncBaseTransport):
    """Answers requests as told and remembers them; their bodies are read whole."""

    def __init__(self, answer: Answering) -> None:
        self.seen: list[httpx.Request] = []
        self.answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.seen.append(request)
        told = self.answer(request)
        given = await told if inspect.isawaitable(told) else told
        if isinstance(given, Exception):
            raise given
        return given

    @property
    def asked(self) -> list[str]:
        """What was asked, such as ``"GET /x?y=1"``."""
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.seen]


class Breaking(httpx.AsyncByteStream):
    """A body that breaks off with an error after some pieces."""

    def __init__(self, *pieces: bytes, error: Exception | None = None) -> None:
        self._pieces = pieces
        self._error = error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._error is not None:
            raise self._error


def in_turn(answers: Iterable[Given]) -> Answering:
    """Give one answer after the other."""
    left = iter(answers)
    return lambda _request: next(left)


@asynccontextmanager
async def scripted(answer: Answering, **client: Any) -> AsyncGenerator[tuple[AsyncClient, Scripted]]:
    network = Scripted(answer)
    arguments: dict[str, Any] = {"api_key": KEY, "base_url": "http://service", "requests_per_minute": 100_000}
    async with (
        httpx.AsyncClient(transport=network) as http_client,
        AsyncClient(**(arguments | client), http_client=http_client) as made,
    ):
        yield made, network
