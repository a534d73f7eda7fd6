"""The rows of an input, in groups of those that are there at once: what costs a trip is then done once for a group."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, Generic, TypeAlias, TypeVar

from sixtyfour_async._runner.read_ahead import GATHERING_SECONDS, reading_ahead
from sixtyfour_async.errors import InputError
from sixtyfour_async.errors.foreign import FOREIGN
from sixtyfour_async.operations import JobOperation, Operation

R = TypeVar("R")

Operations: TypeAlias = Iterable[JobOperation[R]] | AsyncIterable[JobOperation[R]]


@dataclass(frozen=True)
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

    @cached_property
    def fingerprint(self) -> str:
        """The question's fingerprint."""
        return self.operation.fingerprint()


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

    @asynccontextmanager
    async def groups(self) -> AsyncGenerator[AsyncGenerator[list[InputRow[R]], None], None]:
        """Read the rows in order, in groups of one or more; what reading them raises comes after the last of them.

        Raises:
            InputError: An item of the input is no operation that runs as a job.
        """
        if isinstance(self._operations, AsyncIterable):
            async with reading_ahead(self._rows_of(self._operations), self._room) as groups:
                yield groups
        else:
            async with aclosing(self._gathered(self._operations)) as groups:
                yield groups

    async def _rows_of(self, operations: AsyncIterable[object]) -> AsyncGenerator[InputRow[R], None]:
        async for item in operations:
            yield self._row(item)

    async def _gathered(self, operations: Iterable[object]) -> AsyncGenerator[list[InputRow[R]], None]:
        items = iter(operations)
        while room := await self._room():
            group, error = self._gather(items, room)
            if group:
                yield group
            if error is not None:
                raise error
            if not group:
                return

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
