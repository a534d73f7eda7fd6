"""Which connection carries a request, and which ones are closed: each request under way has one of its own.

For every request and every answer a pool of httpcore goes through all of its connections, and asks the system about
each that is idle: with fifty of them that is most of what a request costs. So there is no such pool, or one for each
connection where httpx makes it.

Only `transport`, `own_client` and `direct` know httpx; what is given to it from here has the methods that httpx calls.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import anyio


class Closable(Protocol):
    """A connection, as far as it matters here."""

    async def aclose(self) -> None:
        """Close it."""
        ...


C = TypeVar("C", bound=Closable)


class Connections(Generic[C]):
    """Connections by place. Of idle ones the one used last is taken first, so that those not needed run out of time.

    Args:
        connect: Makes a connection to a place.
        most: Idle connections that are kept.
        seconds: How long an idle one is kept.
    """

    def __init__(self, connect: Callable[[Any], C], *, most: int, seconds: float) -> None:
        self._connect = connect
        self._most, self._seconds = most, seconds
        self._busy = set[C]()
        self._idle: dict[Hashable, deque[tuple[float, C]]] = {}
        self._number_idle = 0

    def take(self, place: Hashable) -> C:
        """Return a connection for one request to a place."""
        idle = self._idle.get(place)
        if idle:
            self._number_idle -= 1
        connection = idle.pop()[1] if idle else self._connect(place)
        self._busy.add(connection)
        return connection

    async def release(self, place: Hashable, connection: C) -> None:
        """Keep a connection for the next request to its place, and close those that are kept no longer."""
        if connection not in self._busy:  # released before, or all were closed meanwhile
            return
        now = time.monotonic()
        self._busy.remove(connection)
        self._idle.setdefault(place, deque()).append((now, connection))
        self._number_idle += 1
        await _close(self._pop_superfluous(now - self._seconds))

    def _pop_superfluous(self, since: float) -> list[C]:
        """Forget those that were used last before an instant, or are too many; return them."""
        popped = list[C]()
        for idle in self._idle.values():
            while idle and (idle[0][0] <= since or self._number_idle > self._most):
                self._number_idle -= 1
                popped.append(idle.popleft()[1])
        return popped

    async def discard(self, connection: C) -> None:
        """Close a connection that was taken, instead of keeping it."""
        self._busy.discard(connection)
        await _close([connection])

    async def aclose(self) -> None:
        """Close all connections, also of requests under way."""
        connections = [*self._busy, *(connection for idle in self._idle.values() for _, connection in idle)]
        self._busy.clear()
        self._idle.clear()
        self._number_idle = 0
        await _close(connections)


async def _close(connections: Sequence[Closable]) -> None:
    """Close connections, all of them even if the caller is cancelled meanwhile."""
    if connections:
        with anyio.CancelScope(shield=True):
            for connection in connections:
                await connection.aclose()


class SingleConnections:
    """What httpx takes for its connections.

    Args:
        connect: Makes a transport of httpx, for one connection to a place.
        body: Makes what httpx takes for the body of an answer.
        most: Idle connections that are kept.
        seconds: How long an idle one is kept.
    """

    def __init__(
        self,
        connect: Callable[[Any], Any],
        body: Callable[[Any, Callable[[], Awaitable[None]]], Any],
        *,
        most: int,
        seconds: float,
    ) -> None:
        self._connections = Connections[Any](connect, most=most, seconds=seconds)
        self._body = body

    async def handle_async_request(self, request: Any) -> Any:
        """Send a request on a connection that is its own until the answer is closed."""
        place = request.url.scheme, request.url.host, request.url.port
        connection = self._connections.take(place)
        release = partial(self._connections.release, place, connection)
        try:
            response = await connection.handle_async_request(request)
        except BaseException:  # whatever it is, httpcore has dealt with its connection
            await release()
            raise
        response.stream = self._body(response.stream, release)
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        await self._connections.aclose()


class ReleasingBody:
    """The body of an answer, at whose end its connection is released."""

    def __init__(self, body: Any, release: Callable[[], Awaitable[None]]) -> None:
        self._body, self._release = body, release

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield it as it arrives."""
        chunks: AsyncIterator[bytes] = self._body.__aiter__()
        return chunks

    async def aclose(self) -> None:
        """Close it. A mock's body may be bytes that need no closing, as httpx knows too."""
        try:
            if hasattr(self._body, "aclose"):
                await self._body.aclose()
        finally:
            await self._release()
