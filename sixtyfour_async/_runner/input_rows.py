"""The rows of an input, in groups of those that are there at once: what costs a trip is then done once for a group."""

from __future__ import annotations

import time
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Generic, TypeAlias, TypeVar

import anyio

from sixtyfour_async.errors import InputError
from sixtyfour_async.errors.foreign import FOREIGN, stray_cancellation_contained
from sixtyfour_async.operations import JobOperation, Operation

R = TypeVar("R")

Operations: TypeAlias = Iterable[JobOperation[R]] | AsyncIterable[JobOperation[R]]

GATHERING_SECONDS = 0.02
"""Real seconds after which a group is not added to: an iterable may take its time for each of its rows."""


@dataclass(slots=True)
class InputRow(Generic[R]):
    """A row as it was read.

    Attributes:
        operation: The question.
        key: The row's key; None for the question's fingerprint.
        index: The row's place in the input, from 0.
    """

    operation: JobOperation[R]
    key: str | None
    index: int
    _fingerprint: str | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def fingerprint(self) -> str:
        """The question's fingerprint, made when it is first asked for: it may raise what the caller's class does."""
        if self._fingerprint is None:
            self._fingerprint = self.operation.fingerprint()
        return self._fingerprint


class _Buffer(Generic[R]):
    """Rows that were read, and not taken yet.

    Attributes:
        error: What was raised instead of the next row.
    """

    def __init__(self) -> None:
        self.error: Exception | None = None
        self._rows: list[InputRow[R]] = []
        self._has_ended = False
        self._filled = anyio.Event()
        self._emptied = anyio.Event()

    def put(self, row: InputRow[R]) -> None:
        self._rows.append(row)
        self._filled.set()

    def end(self) -> None:
        self._has_ended = True
        self._filled.set()

    async def take(self) -> list[InputRow[R]]:
        """Wait for rows, and return all that there are; none when there will be no more."""
        while not self._rows and not self._has_ended:
            self._filled = anyio.Event()
            await self._filled.wait()
        rows, self._rows = self._rows, []
        self._emptied.set()
        return rows

    async def emptied(self) -> None:
        """Wait until all rows are taken."""
        while self._rows:
            self._emptied = anyio.Event()
            await self._emptied.wait()


class InputRows(Generic[R]):
    """Reads an input.

    Args:
        operations: Either kind of iterable.
        key: Returns the key of an operation; None for its fingerprint.
        room: Waits until rows are wanted, and returns how many; 0 when no more are.
    """

    def __init__(
        self, operations: Operations[R], key: Callable[[Any], str] | None, room: Callable[[], Awaitable[int]]
    ) -> None:
        _check_iterable(operations)
        self._operations = operations
        self._key = key
        self._room = room
        self._read = 0

    async def read(self, take: Callable[[list[InputRow[R]]], Awaitable[None]]) -> None:
        """Read the rows in order, and hand them to *take* in groups of one or more.

        Raises:
            InputError: After the last group: an item of the input is no operation that runs as a job.
            Exception: After the last group: what reading the input raised. At once: what *take* raised.
        """
        if isinstance(self._operations, AsyncIterable):
            await self._read_beside(aiter(self._operations), take)
            return
        items = iter(self._operations)
        while room := await self._room():
            group, error = self._gather(items, room)
            if group:
                await take(group)
            if error is not None:
                raise error
            if not group:
                return

    async def _read_beside(
        self, items: AsyncIterator[JobOperation[R]], take: Callable[[list[InputRow[R]]], Awaitable[None]]
    ) -> None:
        """Read in a task of its own: rows that are there at once make a group, and none waits for the next to come."""
        buffer, failure = _Buffer[R](), None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._fill, buffer, items)
            try:
                with stray_cancellation_contained():
                    while group := await buffer.take():
                        await take(group)
                failure = buffer.error
            except Exception as error:  # noqa: BLE001 (raised below: the task group would wrap it)
                failure = error
            tasks.cancel_scope.cancel()
        if failure is not None:
            raise failure

    async def _fill(self, buffer: _Buffer[R], items: AsyncIterator[JobOperation[R]]) -> None:
        try:
            with stray_cancellation_contained():
                while room := await self._room():
                    until = time.monotonic() + GATHERING_SECONDS
                    for _ in range(room):
                        buffer.put(self._row(await anext(items)))
                        if time.monotonic() > until:
                            break
                    await buffer.emptied()  # until then they have taken no room
        except StopAsyncIteration:
            pass
        except Exception as error:  # noqa: BLE001 (the input's own error: raised once its rows are taken)
            buffer.error = error
        finally:
            buffer.end()

    def _gather(self, items: Iterator[object], room: int) -> tuple[list[InputRow[R]], BaseException | None]:
        """Read rows as long as they come quickly; return them, and what was raised instead of the next one."""
        group, until = list[InputRow[R]](), time.monotonic() + GATHERING_SECONDS
        try:
            for item in islice(items, room):
                group.append(self._row(item))
                if time.monotonic() > until:
                    break
        except FOREIGN as error:
            return group, error
        return group, None

    def _row(self, item: Any) -> InputRow[R]:
        index = self._read
        if not _runs_as_job(item):
            check_job(item, f"item {index} of the input", field=f"operations.{index}")
        self._read += 1
        return InputRow(item, None if self._key is None else self._key(item), index)


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
    if _runs_as_job(item):
        return
    text = f"{place} is {_described(item)}, not an operation that runs as a job"
    remedy = "make an operation of each row, such as FindEmail(lead=row)"
    if isinstance(item, Operation):
        remedy = "send it with client.send()"
    raise InputError(text, field=field, reason=text, remedy=remedy)


def _runs_as_job(item: object) -> bool:
    return isinstance(item, JobOperation) and item.endpoint.job is not None


def _described(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
