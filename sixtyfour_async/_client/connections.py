"""Connections that carry one request at a time: which one is taken next, and which are closed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    """A connection, as far as it matters here."""

    async def aclose(self) -> None:
        """Close it."""
        ...


C = TypeVar("C", bound=Closable)


class Connections(Generic[C]):
    """Connections by place. Of idle ones the one used last is taken first, so that those not needed run out of time.

    Args:
        connect: Makes a connection, to wherever its first request goes.
        most: Idle connections that are kept.
        seconds: How long an idle one is kept.
    """

    def __init__(self, connect: Callable[[], C], *, most: int, seconds: float) -> None:
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
        connection = idle.pop()[1] if idle else self._connect()
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
        for one in self._pop_superfluous(now - self._seconds):
            await one.aclose()

    def _pop_superfluous(self, since: float) -> list[C]:
        """Forget those that were used last before an instant, or are too many; return them."""
        popped = list[C]()
        for idle in self._idle.values():
            while idle and (idle[0][0] <= since or self._number_idle > self._most):
                self._number_idle -= 1
                popped.append(idle.popleft()[1])
        return popped

    async def aclose(self) -> None:
        """Close all connections, also of requests under way."""
        connections = [*self._busy, *(connection for idle in self._idle.values() for _, connection in idle)]
        self._busy.clear()
        self._idle.clear()
        self._number_idle = 0
        for connection in connections:
            await connection.aclose()
