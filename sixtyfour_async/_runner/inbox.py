"""What the engine has not yet told its scheduler."""

from __future__ import annotations

from collections import deque

import anyio

from sixtyfour_async._scheduling.messages import Event


class Inbox:
    """Events on their way to the engine. Posting never waits, and nothing is lost when waiting is cut short."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._news = anyio.Event()

    def post(self, event: Event | None = None) -> None:
        """Leave an event, or only wake the engine up."""
        if event is not None:
            self._events.append(event)
        self._news.set()

    async def wait(self) -> None:
        """Wait until something was posted since the last `drain`."""
        await self._news.wait()

    def drain(self) -> deque[Event]:
        """Take everything out."""
        events, self._events, self._news = self._events, deque(), anyio.Event()
        return events
