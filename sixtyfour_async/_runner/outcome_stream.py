"""One ``map`` or ``run`` call: the outcomes that it still expects, and those on their way to its consumer."""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
from contextlib import aclosing, suppress
from typing import Generic, TypeAlias, TypeVar

import anyio

from sixtyfour_async._runner.outcomes import Outcome
from sixtyfour_async._scheduling.retry import affects_every_row
from sixtyfour_async._scheduling.row_states import Batching, Deliver
from sixtyfour_async.errors import InputError, SixtyfourError
from sixtyfour_async.models.jobs import Report
from sixtyfour_async.operations import JobOperation, Operation

R = TypeVar("R")

logger = logging.getLogger("sixtyfour_async.runner")

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
        self._slots = anyio.Semaphore(slots)
        # Unbounded, since sending must not wait: the slots bound it to what may be read ahead.
        self._sender, self._receiver = anyio.create_memory_object_stream[Outcome[R] | None](math.inf)
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
        if outcome.status != "completed" and affects_every_row(outcome.error):
            self.stop(outcome.error)
        self._put(outcome)

    def _put(self, outcome: Outcome[R] | None) -> None:
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            self._sender.send_nowait(outcome)
        self._expected -= 1
        self._close_when_done()

    def show_progress(self, report: Report) -> None:
        """Call the caller's function, whose exceptions are logged: they must not cost an answer."""
        if self._on_progress is not None:
            try:
                self._on_progress(report)
            except Exception:
                logger.exception("on_progress raised")

    def stop(self, error: BaseException | None = None) -> None:
        """Read no further; *error* is raised after the last expected outcome."""
        self.error = self.error or error
        self.stopped = True
        self._slots.release()  # wakes a reader that waits for a slot, to find the stream stopped

    def fail(self, error: BaseException) -> None:
        """End the stream with an error, after the outcomes that have come; no more will."""
        self.stop(error)
        self._sender.close()

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
            with suppress(anyio.ClosedResourceError):  # the runner was left meanwhile, in another task
                async for outcome in outcomes:
                    self._slots.release()
                    yield outcome

    async def _as_they_come(self) -> AsyncGenerator[Outcome[R], None]:
        async for outcome in self._receiver:
            if outcome is not None:
                yield outcome

    async def _in_order(self) -> AsyncGenerator[Outcome[R], None]:
        """Hold back what came early. It keeps its slot, so no more is held than rows may be read ahead."""
        early: dict[int, Outcome[R]] = {}
        following = 0
        async for outcome in self._receiver:
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
        self._receiver.close()
        self._sender.close()


async def each(operations: Operations[R]) -> AsyncGenerator[JobOperation[R], None]:
    """Yield the operations of either kind of iterable.

    Raises:
        InputError: The input cannot be iterated over, or an item of it is no operation that runs as a job.
    """
    _check_iterable(operations)
    index = 0
    async with aclosing(_items(operations)) as items:
        async for item in items:
            check_job(item, f"item {index} of the input", field=f"operations.{index}")
            yield item
            index += 1


async def _items(operations: Operations[R]) -> AsyncGenerator[JobOperation[R], None]:
    if isinstance(operations, AsyncIterable):
        async for operation in operations:
            yield operation
    else:
        for operation in operations:
            yield operation


def _check_iterable(operations: object) -> None:
    text = f"the input is {_described(operations)}, not an iterable of operations"
    # A single operation is a pydantic model, and as such an iterable of the names and values of its fields.
    if isinstance(operations, Operation):
        remedy = "pass a list, or call run() for one operation"
    elif isinstance(operations, Iterable | AsyncIterable) or hasattr(operations, "__getitem__"):
        return
    else:
        remedy = "pass a list, a generator or an async generator of operations"
    raise InputError(text, field="operations", reason=text, remedy=remedy)


def check_job(item: object, place: str, *, field: str) -> None:
    """Raise unless an item is an operation that runs as a job.

    Args:
        item: What was passed.
        place: Where, as the beginning of the message.
        field: The same as a parameter and the path inside it.

    Raises:
        InputError: It is none. The message names its class only, because the data may be private.
    """
    text = f"{place} is {_described(item)}, not an operation that runs as a job"
    remedy = "make an operation of each row, such as FindEmail(lead=row)"
    if isinstance(item, Operation):
        if isinstance(item, JobOperation) and item.endpoint.job is not None:
            return
        remedy = "send it with client.send()"
    raise InputError(text, field=field, reason=text, remedy=remedy)


def _described(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
