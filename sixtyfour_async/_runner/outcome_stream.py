"""One ``map`` or ``run`` call: the rows it has read and still owes, and the outcomes on their way to the consumer."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import aclosing, suppress
from typing import Generic, TypeAlias, TypeVar

import anyio

from sixtyfour_async._runner.outcomes import Outcome
from sixtyfour_async._scheduling.retry import concerns_every_row
from sixtyfour_async._scheduling.row_states import Batching, Deliver
from sixtyfour_async.errors import SixtyfourError
from sixtyfour_async.operations import JobOperation

R = TypeVar("R")

Operations: TypeAlias = Iterable[JobOperation[R]] | AsyncIterable[JobOperation[R]]


class OutcomeStream(Generic[R]):
    """Outcomes owed to one consumer.

    A row holds a place from the moment it is read until its outcome is taken, so a slow consumer slows the reading
    down. A refusal that every later row would meet (wrong key, no credits) stops the reading; it is raised after the
    last outcome.
    """

    def __init__(
        self,
        places: int,
        *,
        urgent: bool = False,
        deliver: Deliver = "every call",
        ordered: bool = False,
        batching: Batching = "single",
    ) -> None:
        self.urgent = urgent
        self.batching: Batching = batching
        self.ordered = ordered
        self.delivers: Deliver = deliver
        self._places = anyio.Semaphore(places)
        self._sender, self._outcomes = anyio.create_memory_object_stream[Outcome[R]](math.inf)
        self._owed = 0
        self._left_out: set[int] = set()
        self._read_all = False
        self.stopped = False
        self.error: BaseException | None = None

    async def place(self) -> bool:
        """Wait for a place for one more row; False when no more are wanted."""
        if not self.stopped:
            await self._places.acquire()
        return not self.stopped

    def skip(self, index: int) -> None:
        """Leave a row out."""
        if self.ordered:
            self._left_out.add(index)
        self._places.release()

    def owe(self) -> None:
        """Take a row on."""
        self._owed += 1

    def deliver(self, outcome: Outcome[R]) -> None:
        """Hand an outcome over; never waits, and does nothing when the consumer has left."""
        if outcome.status != "completed" and concerns_every_row(outcome.error):
            self.stop(outcome.error)
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            self._sender.send_nowait(outcome)
        self._owed -= 1
        self._close_when_done()

    def stop(self, error: BaseException | None = None) -> None:
        """Read no further; *error* is raised when everything owed has been handed over."""
        self.error = self.error or error
        self.stopped = True
        self._places.release()

    def finish_reading(self) -> None:
        """There are no more rows."""
        self._read_all = True
        self._close_when_done()

    def _close_when_done(self) -> None:
        if self._read_all and self._owed == 0:
            self._sender.close()

    async def take(self) -> AsyncGenerator[Outcome[R], None]:
        """Yield the outcomes until all are handed over: as they come, or in the order in which their rows were read."""
        async with aclosing(self._in_order() if self.ordered else self._as_they_come()) as outcomes:
            async for outcome in outcomes:
                self._places.release()
                yield outcome

    async def _as_they_come(self) -> AsyncGenerator[Outcome[R], None]:
        async for outcome in self._outcomes:
            yield outcome

    async def _in_order(self) -> AsyncGenerator[Outcome[R], None]:
        """Park back what came early. It keeps its place, so no more is held than rows may be read ahead."""
        early: dict[int, Outcome[R]] = {}
        following = 0
        async for came in self._outcomes:
            early[came.index] = came
            while following in early or following in self._left_out:
                self._left_out.discard(following)
                if following in early:
                    yield early.pop(following)
                following += 1

    def leave(self) -> None:
        """The consumer is gone."""
        self.stop()
        self._outcomes.close()
        self._sender.close()

    @property
    def left_over(self) -> SixtyfourError | None:
        """The refusal that stopped the reading, for rows that were read and not sent."""
        return self.error if isinstance(self.error, SixtyfourError) else None


async def each(operations: Operations[R]) -> AsyncGenerator[JobOperation[R], None]:
    """Read either kind of iterable, one at a time."""
    if isinstance(operations, AsyncIterable):
        async for operation in operations:
            yield operation
    else:
        for operation in operations:
            yield operation
