"""A submitted job as a handle, and how its answers are read."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, Generic, Protocol, TypeVar, cast

import anyio
from pydantic import JsonValue

from sixtyfour_async._clock import Clock
from sixtyfour_async._core.inspection import idle_plan, unknown_wait
from sixtyfour_async._core.wire import decode_answer
from sixtyfour_async.errors import JobCancelledError, JobFailedError, JobTimeoutError, NotFoundError, ResponseError
from sixtyfour_async.models.jobs import JobState, Report
from sixtyfour_async.operations import JobOperation, Operation, PagedOperation

FRESH = 60.0
"""Seconds after its submit during which a job that is not found may only not be visible yet. Assumed."""

R = TypeVar("R")
T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)


class Asks(Protocol):
    """Whoever can ask the service: an `AsyncClient`."""

    clock: Clock

    async def send(self, operation: Operation[R]) -> R:
        """Ask an operation and return its answer."""
        ...

    async def submit(self, operation: JobOperation[R]) -> Job[R]:
        """Submit an operation as a job."""
        ...

    def pages(self, operation: PagedOperation[R, T]) -> AsyncGenerator[R, None]:
        """Yield page after page."""
        ...

    def rows(self, operation: PagedOperation[R, T]) -> AsyncGenerator[T, None]:
        """Yield row after row."""
        ...


class Job(Generic[R_co]):
    """A submitted operation.

    Attributes:
        operation: What was asked.
        id: The service's id; keep it: an answer is paid for whether or not it is fetched.
    """

    def __init__(self, client: Asks, operation: JobOperation[R_co], id: str) -> None:  # noqa: A002
        self._client = client
        self.operation = operation
        self.id = id

    def __repr__(self) -> str:
        return f"<Job {self.operation.endpoint.name} {self.id}>"

    async def report(self) -> Report:
        """Look once."""
        seen = await self._client.send(self.operation.look(self.id))
        found: Report = seen.report()
        return found

    async def wait(self, deadline: float | None = None) -> R_co:
        """Look until the job ends and return its answer.

        Args:
            deadline: Seconds to wait at most; None waits for ever.

        Raises:
            JobTimeoutError: The deadline passed; the job runs on over there. It carries id and last state.
            JobFailedError: The service gave up.
            JobCancelledError: It was cancelled over there.
            ResponseError: The answer does not fit the class asked for.
        """
        clock = self._client.clock
        plan = idle_plan(self.operation.variant())
        begun = clock.now()
        word = None
        while True:
            age = clock.now() - begun
            pause = unknown_wait(age, plan)
            if deadline is not None and age >= deadline:
                raise JobTimeoutError(f"not finished within {deadline:g} s", job_id=self.id, state=word)
            left = pause if deadline is None else min(pause, deadline - age)
            await anyio.sleep(clock.real(left))
            try:
                report = await self.report()
            except NotFoundError:
                if age > FRESH:
                    raise
                continue
            word = report.word
            if report.state is not JobState.RUNNING:
                return read_answer(self.operation, self.id, report)


def read_job_id(operation: JobOperation[Any], value: JsonValue, asked: str) -> str:
    """Find the job's id in the answer to a submit.

    Raises:
        ResponseError: There is none; the job may run all the same.
    """
    endpoint = operation.endpoint
    started = decode_answer(endpoint.started, value, operation=asked)
    found = getattr(started, endpoint.id_field, None)
    if not isinstance(found, str) or not found:
        raise ResponseError("the answer to the submit has no job id", operation=asked, expected=endpoint.id_field)
    return found


def read_answer(operation: JobOperation[R], job_id: str, report: Report) -> R:
    """Turn the last report of a job into its answer, or raise why there is none."""
    if report.state is JobState.CANCELLED:
        raise JobCancelledError("was cancelled", job_id=job_id, state=report.word)
    if report.state is not JobState.COMPLETED:
        raise JobFailedError(report.error or f"ended as {report.word!r}", job_id=job_id, state=report.word)
    asked = operation.endpoint.name
    return cast("R", decode_answer(operation.answer_type(), report.result, operation=asked))
