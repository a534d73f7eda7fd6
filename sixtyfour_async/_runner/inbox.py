"""Events on their way from the engine's tasks to its scheduler."""

from __future__ import annotations

from collections import deque

import anyio

from sixtyfour_async._scheduling.messages import Event


class Inbox:
    """A queue of events. Posting never waits, and nothing is lost when waiting is cancelled."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._posted = anyio.Event()

    def post(self, event: Event | None = None) -> None:
        """Queue an event, or only wake the engine up."""
        if event is not None:
            self._events.append(event)
        self._posted.set()

    async def wait(self) -> None:
        """Wait until something was posted since the last `drain`."""
        await self._posted.wait()

    def drain(self) -> deque[Event]:
        """Take out all events."""
        events, self._events, self._posted = self._events, deque(), anyio.Event()
        return events
