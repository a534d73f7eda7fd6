"""An async iterable, read in a task of its own: what came while a group was dealt with is the next group.

Asked for one item at a time, between two waits for the journal, an input that has all its rows ready would be read no
faster than the journal answers and the event loop comes round; and on a busy machine that is slower than rows are sent.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Generic, TypeVar

import anyio
import anyio.lowlevel

from sixtyfour_async.errors.foreign import stray_cancellation_contained

T = TypeVar("T")

GATHERING_SECONDS = 0.02
"""Real seconds after which a group is not added to: an input may take its time for each of its rows."""


class ReadAhead(Generic[T]):
    """Items that were read and not taken yet.

    Args:
        items: What is read; it is closed at the end.
        room: Waits until items are wanted, and returns how many; 0 when no more are. It is asked when all that was
            read has been taken.
    """

    def __init__(self, items: AsyncGenerator[T, None], room: Callable[[], Awaitable[int]]) -> None:
        self._items = items
        self._room = room
        self._waiting: list[T] = []
        self._has_ended = False
        self._error: Exception | None = None
        self._came = anyio.Event()
        self._taken = anyio.Event()

    async def groups(self) -> AsyncGenerator[list[T], None]:
        """Yield the items in order, all that are there at a time; then raise what reading raised."""
        while True:
            while not self._waiting and not self._has_ended:
                self._came = anyio.Event()
                await self._came.wait()
            if not self._waiting:
                break
            group, self._waiting = self._waiting, []
            self._taken.set()
            yield group
        if self._error is not None:
            raise self._error

    async def read(self) -> None:
        """Read to the end, or until no more is wanted."""
        try:
            with stray_cancellation_contained():
                await self._read()
        except Exception as error:  # noqa: BLE001 (the input's own error: raised to the consumer, unchanged)
            self._error = error
        finally:
            self._has_ended = True
            self._came.set()

    async def _read(self) -> None:
        async with aclosing(self._items) as items:
            while room := await self._room():
                if not await self._read_up_to(room, items):
                    return
                await self._all_taken()

    async def _read_up_to(self, room: int, items: AsyncGenerator[T, None]) -> bool:
        """Read so many items; return whether there may be more. Those of an input that never waits are taken anyway."""
        until = time.monotonic() + GATHERING_SECONDS
        for _ in range(room):
            try:
                item = await anext(items)
            except StopAsyncIteration:
                return False
            self._waiting.append(item)  # to what waits now: the rest may have been taken meanwhile
            self._came.set()
            if time.monotonic() > until:
                await anyio.lowlevel.checkpoint()
                until = time.monotonic() + GATHERING_SECONDS
        return True

    async def _all_taken(self) -> None:
        while self._waiting:
            self._taken = anyio.Event()
            await self._taken.wait()


@asynccontextmanager
async def reading_ahead(
    items: AsyncGenerator[T, None], room: Callable[[], Awaitable[int]]
) -> AsyncGenerator[AsyncGenerator[list[T], None], None]:
    """Read in a task of its own, as long as the context lasts."""
    ahead, failure = ReadAhead(items, room), None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ahead.read)
        try:
            async with aclosing(ahead.groups()) as groups:
                yield groups
        except Exception as error:  # noqa: BLE001 (raised again outside the task group, which would wrap it)
            failure = error
        tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure
