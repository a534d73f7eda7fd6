"""Exceptions of the caller's own code: whatever it raises must end nothing but what it was called for.

``CancelledError`` is the one that is easily missed. It is no `Exception`, since it normally means that the running task
is cancelled and must end; but a hook that looks at the result of a cancelled future raises it as well, and a task group
believes it and ends everything in it. What tells the two apart is whether anybody has cancelled the task.
"""

from __future__ import annotations

import asyncio
import math
from types import TracebackType

import anyio

FOREIGN: tuple[type[BaseException], ...] = (Exception, asyncio.CancelledError)
"""What a synchronous function of the caller's may raise without ending more than its own call.

A task is cancelled only where it waits, and a synchronous function does not, so that a ``CancelledError`` out of one is
never a cancellation of ours. What ends the process (``KeyboardInterrupt``, ``SystemExit``) is not in it.
"""


class StrayCancellationError(RuntimeError):
    """The caller's own code raised ``CancelledError``, and nobody had cancelled the task that called it."""


def is_cancelled() -> bool:
    """Return whether the running task has been cancelled, by a cancel scope around it or by ``Task.cancel``."""
    if anyio.current_effective_deadline() == -math.inf:
        return True
    try:
        task = asyncio.current_task()
    except RuntimeError:  # trio, whose Cancelled nobody but trio raises
        return False
    return task is not None and task.cancelling() > 0


class stray_cancellation_contained:  # noqa: N801 (a context manager, as contextlib names its own)
    """Turn a ``CancelledError`` that is no cancellation into an exception like any other.

    Wrap it around what awaits the caller's own code: an HTTP client, a journal, an iterable, an asynchronous hook.

    Raises:
        StrayCancellationError: The code raised ``CancelledError``, and the task is not cancelled.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if isinstance(error, asyncio.CancelledError) and not is_cancelled():
            raise StrayCancellationError("CancelledError was raised, and the task was not cancelled") from error
