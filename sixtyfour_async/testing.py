"""What you need to test your own pipelines: a client that talks to a simulator in this process, and virtual time.

    async def test_my_pipeline() -> None:
        async with simulated() as (client, simulator):
            simulator.faults.script("server_error", route="/job-status", times=3)
            await my_pipeline(client)
            assert not simulator.books.repeated

Run it on a `VirtualTimeLoop` and hours of waiting pass in no time::

    anyio.run(test_my_pipeline, backend_options={"loop_factory": VirtualTimeLoop})

Under pytest with anyio's plugin, let the fixture ``anyio_backend`` return
``("asyncio", {"loop_factory": VirtualTimeLoop})``. Needs the extra ``simulator``.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx

from sixtyfour_async._client.client import AsyncClient
from sixtyfour_async.simulator import DEFAULT_KEY, SimulatedDisconnect, Simulator, SimulatorSettings

__all__ = ["SimulatedTransport", "VirtualTimeLoop", "simulated"]


class SimulatedTransport(httpx.AsyncBaseTransport):
    """Carries httpx requests to a simulator in this process; a connection it breaks looks broken to httpx."""

    def __init__(self, simulator: Simulator) -> None:
        self._inner = httpx.ASGITransport(simulator.app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        try:
            return await self._inner.handle_async_request(request)
        except SimulatedDisconnect as error:
            raise httpx.ReadError("the simulator broke the connection", request=request) from error


@asynccontextmanager
async def simulated(
    settings: SimulatorSettings | None = None, **client: Any
) -> AsyncGenerator[tuple[AsyncClient, Simulator], None]:
    """Give a client and the simulator it talks to, both on the event loop's clock.

    Args:
        settings: The simulator's; see `SimulatorSettings`.
        client: Further arguments of `AsyncClient`.
    """
    settings = settings or SimulatorSettings()
    simulator = Simulator(settings, now=anyio.current_time)
    async with httpx.AsyncClient(transport=SimulatedTransport(simulator)) as http_client:
        arguments: dict[str, Any] = {"api_key": DEFAULT_KEY, "base_url": "http://simulator", "speed": settings.speed}
        async with AsyncClient(**(arguments | client), http_client=http_client) as made:
            yield made, simulator


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An asyncio loop whose clock jumps to the next timer instead of waiting for it.

    Worker threads do not know of it: a timer may fire while a thread is still at work. So use it with a
    `MemoryJournal`, and test journal files in real time.
    """

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self.now


class _Jumping(selectors.DefaultSelector):
    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Look for input or output that is ready; when there is none, move the clock to the next timer."""
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout:
            self._loop.now += timeout
        return ready
