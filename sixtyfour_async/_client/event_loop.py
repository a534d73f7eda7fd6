"""The event loop that a client lives in, and its move to another one.

Locks, connections and instants belong to the event loop they were made in. A client outlives its loop all the same: two
`asyncio.run`, a script that tries trio as well, a test suite with a loop per test. So what belongs to a loop is made
anew as soon as the client finds itself in another one, provided that the old one no longer runs. Two loops at the same
time, in two threads, would share locks and a budget that know nothing of threads; that is refused before anything is
sent.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable
from typing import Any

import anyio

from sixtyfour_async.errors import ConfigurationError


def running_loop() -> Any:
    """Return what identifies the running event loop: asyncio's loop, or trio's token.

    Raises:
        ConfigurationError: No event loop is running.
    """
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        pass
    try:
        return sys.modules["trio"].lowlevel.current_trio_token()
    except (KeyError, RuntimeError):
        raise ConfigurationError("no event loop is running: use the client inside asyncio.run or trio.run") from None


def is_running(loop: Any) -> bool:
    """Return whether an event loop, of whichever thread, is running now."""
    if isinstance(loop, asyncio.AbstractEventLoop):
        return loop.is_running()
    try:
        loop.run_sync_soon(_nothing)
    except RuntimeError:  # trio.RunFinishedError is one
        return False
    return True


def _nothing() -> None:
    """Do nothing: that trio accepts it shows that it runs."""


class LoopHome:
    """Remembers the event loop that something lives in, and has it moved when it is used in another one.

    Args:
        what: What lives there, for the error message.

    Attributes:
        time: Returns the event loop's time in seconds, as `anyio.current_time` does for any loop that happens to run.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._loop: Any = None
        self._is_free = True
        self._movers: list[Callable[[], None]] = []
        self.time: Callable[[], float] = anyio.current_time

    @property
    def loop(self) -> object:
        """The event loop that it lives in; None while there was none yet."""
        return self._loop

    def on_move(self, mover: Callable[[], None]) -> None:
        """Have *mover* called on each later move: it makes anew what belongs to one event loop."""
        self._movers.append(mover)

    def settle(self) -> None:
        """Move to the running event loop, unless this is the home already.

        Raises:
            ConfigurationError: The event loop that it lives in is still running, in another thread; or a mover refuses.
        """
        loop = running_loop()
        if loop is self._loop and not self._is_free:
            return
        if self._loop is not None and loop is not self._loop:
            if not self._is_free and is_running(self._loop):
                raise ConfigurationError(
                    f"this {self._what} is in use by another event loop, which is still running: make one for each "
                    "event loop (thread), or hand the work over with asyncio.run_coroutine_threadsafe"
                )
            for mover in self._movers:
                mover()
        self._loop, self._is_free = loop, False
        self.time = loop.time if isinstance(loop, asyncio.AbstractEventLoop) else anyio.current_time

    def leave(self) -> None:
        """Allow any event loop to be the next home, even while the present one still runs."""
        self._is_free = True


async def close_with_loop(client: Any) -> AsyncGenerator[None, None]:
    """Close a client when its event loop ends: the loop closes the asynchronous generators that are open then."""
    try:
        yield
    finally:
        await client.aclose()
