"""A faulty network between a client and a simulator, in-process."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx

from sixtyfour_async import AsyncClient
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.testing import SimulatedTransport

Refuse = Callable[[httpx.Request], httpx.Response | Exception | None]


class Network(httpx.AsyncBaseTransport):
    """Pass requests to a simulator unless ``refuse`` returns a response or an exception; record them in ``seen``."""

    def __init__(self, simulator: Simulator, refuse: Refuse | None = None) -> None:
        self.seen: list[httpx.Request] = []
        self.refuse = refuse
        self.http_client = httpx.AsyncClient(transport=self)
        self._inner = SimulatedTransport(simulator)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        replacement = None if self.refuse is None else self.refuse(request)
        if isinstance(replacement, Exception):
            raise replacement
        return replacement or await self._inner.handle_async_request(request)


@asynccontextmanager
async def networked(
    refuse: Refuse | None = None, settings: SimulatorSettings | None = None, **client: Any
) -> AsyncGenerator[tuple[AsyncClient, Simulator, Network]]:
    simulator = Simulator(settings, now=anyio.current_time)
    network = Network(simulator, refuse)
    arguments: dict[str, Any] = {"api_key": DEFAULT_KEY, "base_url": "http://simulator"}
    async with (
        network.http_client as http_client,
        AsyncClient(**(arguments | client), http_client=http_client) as connected,
    ):
        yield connected, simulator, network


def submits_of(simulator: Simulator) -> Counter[int]:
    """Return how often each status was the response to a submit."""
    return Counter(entry.status for entry in simulator.books.requests if entry.path.endswith("-async"))


def is_submit(request: httpx.Request) -> bool:
    return request.url.path.endswith("-async")
