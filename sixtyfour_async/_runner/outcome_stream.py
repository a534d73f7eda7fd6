"""One ``map`` or ``run`` call: the outcomes that it still expects, and those on their way to its consumer."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Generic, TypeVar

import anyio
import anyio.lowlevel

from sixtyfour_async._runner.outcomes import Outcome
from sixtyfour_async._scheduling.retry import affects_every_row
from sixtyfour_async._scheduling.row_states import ENDED, Batching, Deliver
from sixtyfour_async.errors import SixtyfourError
from sixtyfour_async.errors.foreign import FOREIGN
from sixtyfour_async.models.jobs import Report

R = TypeVar("R")

logger = logging.getLogger("sixtyfour_async.runner")

ROWS_AT_ONCE = 64
"""Rows read at most between two turns of the event loop."""

TAKEN_AT_ONCE = 16
"""Outcomes taken at most between two turns of the event loop by a consumer that never waits itself."""

SHARE_AT_ONCE = 16
"""One in so many slots are waited for while as many outcomes wait for the consumer, but no more than `ROWS_AT_ONCE`."""


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
        on_progress: Called with each report of the job, before its outcome.
    """

    def __init__(
        self,
        slots: int,
        *,
        urgent: bool = False,
        deliver: Deliver = "every call",
        ordered: bool = False,
        batching: Batching = "single",
        on_progress: Callable[[Report], object] | None = None,
    ) -> None:
        self.urgent = urgent
        self.deliver: Deliver = deliver
        self.batching: Batching = batching
        self.stopped = False
        self.closed = False
        self.error: BaseException | None = None
        self._on_progress = on_progress
        self._ordered = ordered
        self._free = slots
        self._few = max(1, min(ROWS_AT_ONCE, slots // SHARE_AT_ONCE))
        self._room = anyio.Event()
        # Unbounded, since sending must not wait: the slots bound it to what may be read ahead.
        self._outcomes: deque[Outcome[R] | None] = deque()
        self._sent = anyio.Event()
        self._complete = False
        self._expected = 0
        self._skipped: set[int] = set()
        self._read_all = False

    # --- the reading side ---------------------------------------------------------------------------------------

    async def room(self) -> int:
        """Wait for slots; return how many further rows may be read, 0 when no more are wanted.

        While outcomes wait for the consumer nobody waits for a row, so that a few slots are waited for.
        """
        await anyio.lowlevel.checkpoint()
        while not self.stopped and not self._has_room():
            self._room = anyio.Event()
            await self._room.wait()
        return 0 if self.stopped else min(self._free, ROWS_AT_ONCE)

    @property
    def is_reading(self) -> bool:
        """Whether rows are still to be read, and there are slots for them."""
        return self._free > 0 and not (self._read_all or self.stopped)

    def _has_room(self) -> bool:
        return self._free >= (self._few if len(self._outcomes) >= self._few else 1)

    def occupy(self, rows: int) -> None:
        """Take slots, for rows that were read."""
        self._free -= rows

    def _release(self) -> None:
        self._free += 1
        if self._has_room():
            self._room.set()

    def skip(self, index: int) -> None:
        """Give the slot of a row back that has no outcome."""
        if self._ordered:
            self._skipped.add(index)
        self._release()

    def leave_out(self, index: int) -> None:
        """Expect the outcome of a row no more: it was delivered elsewhere meanwhile."""
        self.skip(index)
        self._put(None)  # outcomes that it held back may go now

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
        if outcome.status not in ENDED and affects_every_row(outcome.error):
            self.stop(outcome.error)
        self._put(outcome)

    def _put(self, outcome: Outcome[R] | None) -> None:
        if not self._complete:
            self._outcomes.append(outcome)
            self._sent.set()
        self._expected -= 1
        self._close_when_done()

    def show_progress(self, report: Report) -> None:
        """Call the caller's function, whose exceptions are logged: they must not cost an answer."""
        if self._on_progress is not None:
            try:
                self._on_progress(report)
            except FOREIGN:
                logger.exception("on_progress raised")

    def stop(self, error: BaseException | None = None) -> None:
        """Read no further; *error* is raised after the last expected outcome."""
        self.error = self.error or error
        self.stopped = True
        self._room.set()  # a reader that waits for a slot finds the stream stopped

    def fail(self, error: BaseException) -> None:
        """End the stream with an error, after the outcomes that have come; no more will."""
        self.stop(error)
        self._end()

    @property
    def refusal(self) -> SixtyfourError | None:
        """The refusal that stopped the reading: what rows are told that were read and not sent."""
        return self.error if isinstance(self.error, SixtyfourError) else None

    def _close_when_done(self) -> None:
        if self._read_all and self._expected == 0:
            self._end()

    def _end(self) -> None:
        self._complete = True
        self._sent.set()

    # --- the consumer's side ------------------------------------------------------------------------------------

    async def take(self) -> AsyncGenerator[Outcome[R], None]:
        """Yield the outcomes until none is expected any more, or the runner is left meanwhile, in another task."""
        async with aclosing(self._in_order() if self._ordered else self._received()) as outcomes:
            async for outcome in outcomes:
                if outcome is not None:
                    self._release()
                    yield outcome

    async def _received(self) -> AsyncGenerator[Outcome[R] | None, None]:
        """Yield what was sent. A consumer that never waits itself leaves the event loop its turns all the same."""
        taken = 0
        while True:
            await (anyio.lowlevel.checkpoint_if_cancelled() if taken % TAKEN_AT_ONCE else anyio.lowlevel.checkpoint())
            while not self._outcomes:
                if self._complete:
                    return
                self._sent = anyio.Event()
                await self._sent.wait()
            taken += 1
            yield self._outcomes.popleft()

    async def _in_order(self) -> AsyncGenerator[Outcome[R], None]:
        """Hold back what came early. It keeps its slot, so no more is held than rows may be read ahead."""
        early: dict[int, Outcome[R]] = {}
        following = 0
        async with aclosing(self._received()) as outcomes:
            async for outcome in outcomes:
                if outcome is not None:
                    early[outcome.index] = outcome
                while following in early or following in self._skipped:
                    self._skipped.discard(following)
                    if following in early:
                        yield early.pop(following)
                    following += 1

    def close(self) -> None:
        """Close both ends: the consumer has left."""
        self.closed = True
        self.stop()
        self._outcomes.clear()
        self._end()
