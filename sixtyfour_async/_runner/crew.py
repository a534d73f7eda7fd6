"""Tasks that carry out commands, each of them one after another.

A task for each command, with a scope, a context and a handle of its own, would be a tenth of what a job costs. So what
is set in a context variable while one command is carried out is still there in the next.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import anyio
import anyio.abc

C = TypeVar("C")


class _Place(Generic[C]):
    """Where one that is idle waits for its next command."""

    def __init__(self) -> None:
        self.command: C | None = None
        self.taken = anyio.Event()


class Crew(Generic[C]):
    """Carries out commands, all of them at once.

    Args:
        carry_out: Carries out one, and raises nothing.
    """

    def __init__(self, carry_out: Callable[[C], Awaitable[None]]) -> None:
        self._carry_out = carry_out
        self._idle: list[_Place[C]] = []

    def start(self, tasks: anyio.abc.TaskGroup, command: C) -> None:
        """Have a command carried out, by one that is idle, or else by one more."""
        if not self._idle:
            tasks.start_soon(self._serve, command)
            return
        place = self._idle.pop()
        place.command = command
        place.taken.set()

    async def _serve(self, command: C | None) -> None:
        while command is not None:
            await self._carry_out(command)
            place = _Place[C]()
            self._idle.append(place)
            await place.taken.wait()
            command = place.command
