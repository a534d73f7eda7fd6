"""One ``map`` or ``run`` call: the outcomes that it still expects, and those on their way to its consumer."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import aclosing, suppress
from typing import Generic, TypeAlias, TypeVar

import anyio

from sixtyfour_async._runner.outcomes import Outcome
from sixtyfour_async._scheduling.retry import affects_every_row
from sixtyfour_async._scheduling.row_states import Batching, Deliver
from sixtyfour_async.errors import SixtyfourError
from sixtyfour_async.operations import JobOperation

R = TypeVar("R")

Operations: TypeAlias = Iterable[JobOperation[R]] | AsyncIterable[JobOperation[R]]


class OutcomeStream(Generic[R]):
    """The outcomes of one consumer.

    A row holds a slot from the moment it is read until its outcome is taken, so a slow consumer slows the reading down.
    A refusal that every later row would meet (wrong key, no credits) stops the reading; it is raised after the last
    outcome.

    Args:
        slots: Rows that may be read ahead of the consumer.
        urgent: Does a caller wait for just one row?
        deliver: How often outcomes are delivered.
        ordered: Are outcomes yielded in the order of the input?
        batching: How rows are submitted.
    """

    def __init__(
        self,
        slots: int,
        *,
        urgent: bool = False,
        deliver: Deliver = "every call",
        ordered: bool = False,
        batching: Batching = "single",
    ) -> None:
        self.urgent = urgent
        self.deliver: Deliver = deliver
        self.batching: Batching = batching
        self.stopped = False
        self.error: BaseException | None = None
        self._ordered = ordered
        self._slots = anyio.Semaphore(slots)
        self._sender, self._receiver = anyio.create_memory_object_stream[Outcome[R]](math.inf)
        self._expected = 0
        self._skipped: set[int] = set()
        self._read_all = False

    # --- the reading side ---------------------------------------------------------------------------------------

    async def slot(self) -> bool:
        """Wait for a slot for one more row; return False when no more are wanted."""
        if not self.stopped:
            await self._slots.acquire()
        return not self.stopped

    def skip(self, index: int) -> None:
        """Give the slot of a row back that has no outcome."""
        if self._ordered:
            self._skipped.add(index)
        self._slots.release()

    def expect(self) -> None:
        """Expect one more outcome."""
        self._expected += 1

    def finish_reading(self) -> None:
        """End the stream after the outcomes that are expected now."""
        self._read_all = True
        self._close_when_done()

    # --- the sending side ---------------------------------------------------------------------------------------

    def send(self, outcome: Outcome[R]) -> None:
        """Send an outcome without waiting; it is dropped when the consumer has left."""
        if outcome.status != "completed" and affects_every_row(outcome.error):
            self.stop(outcome.error)
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            self._sender.send_nowait(outcome)
        self._expected -= 1
        self._close_when_done()

    def stop(self, error: BaseException | None = None) -> None:
        """Read no further; *error* is raised after the last expected outcome."""
        self.error = self.error or error
        self.stopped = True
        self._slots.release()

    @property
    def refusal(self) -> SixtyfourError | None:
        """The refusal that stopped the reading: what rows are told that were read and not sent."""
        return self.error if isinstance(self.error, SixtyfourError) else None

    def _close_when_done(self) -> None:
        if self._read_all and self._expected == 0:
            self._sender.close()

    # --- the consumer's side ------------------------------------------------------------------------------------

    async def take(self) -> AsyncGenerator[Outcome[R], None]:
        """Yield the outcomes until none is expected any more."""
        async with aclosing(self._in_order() if self._ordered else self._as_they_come()) as outcomes:
            async for outcome in outcomes:
                self._slots.release()
                yield outcome

    async def _as_they_come(self) -> AsyncGenerator[Outcome[R], None]:
        async for outcome in self._receiver:
            yield outcome

    async def _in_order(self) -> AsyncGenerator[Outcome[R], None]:
        """Hold back what came early. It keeps its slot, so no more is held than rows may be read ahead."""
        early: dict[int, Outcome[R]] = {}
        following = 0
        async for outcome in self._receiver:
            early[outcome.index] = outcome
            while following in early or following in self._skipped:
                self._skipped.discard(following)
                if following in early:
                    yield early.pop(following)
                following += 1

    def close(self) -> None:
        """Close both ends: the consumer has left."""
        self.stop()
        self._receiver.close()
        self._sender.close()


async def each(operations: Operations[R]) -> AsyncGenerator[JobOperation[R], None]:
    """Yield from either kind of iterable."""
    if isinstance(operations, AsyncIterable):
        async for operation in operations:
            yield operation
    else:
        for operation in operations:
            yield operation
