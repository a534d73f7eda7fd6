"""A task of its own for what a runner does: it may be started in one task and stopped in another.

A task group belongs to the task that entered it. Notebook cells, pytest fixtures and request handlers of a web
framework each run in a task of their own, so a runner that held its task group itself could be left only where it was
entered. Here the group lives in a task that belongs to no caller.
"""

from __future__ import annotations

import asyncio
import contextvars
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import anyio

from sixtyfour_async._client.event_loop import is_running, running_loop
from sixtyfour_async.errors.foreign import stray_cancellation_contained


class Host:
    """Runs a coroutine function in a task of its own, from `start` until `stop`.

    Args:
        live: Called with the host. It sets `ready` once it is ready, and returns some time after `leave` was set.

    Attributes:
        ready: Set when it works.
        leave: Set when it shall end.
        error: What it raised.
    """

    def __init__(self, live: Callable[[Host], Awaitable[None]]) -> None:
        self.ready = anyio.Event()
        self.leave = anyio.Event()
        self.error: BaseException | None = None
        self._live = live
        self._ended = anyio.Event()
        self._loop = running_loop()
        self._task: Any = None  # asyncio holds no reference to a task that is suspended

    @property
    def is_alive(self) -> bool:
        """Whether it may still be at work: it has not ended, and neither has its event loop."""
        return not self._ended.is_set() and (self._loop is running_loop() or is_running(self._loop))

    async def start(self) -> None:
        """Start it and return when it is ready.

        Raises:
            BaseException: What it raised before that.
        """
        if isinstance(self._loop, asyncio.AbstractEventLoop):
            self._task = asyncio.create_task(self._run())
        else:
            context = contextvars.copy_context()
            self._task = sys.modules["trio"].lowlevel.spawn_system_task(self._run, context=context)
        try:
            await self.ready.wait()
        except BaseException:
            await self.stop()
            raise
        if self.error is not None:
            raise self.error

    async def stop(self) -> None:
        """Have it end, and wait until it has ended; a cancellation of the caller does not cut that short."""
        if not self.is_alive:
            return
        self.leave.set()
        with anyio.CancelScope(shield=True):
            await self._ended.wait()

    async def _run(self) -> None:
        try:
            with stray_cancellation_contained():
                await self._live(self)
        except Exception as error:  # noqa: BLE001 (raised where the runner is left; nobody awaits this task)
            self.error = error
        finally:
            self.ready.set()
            self._ended.set()
