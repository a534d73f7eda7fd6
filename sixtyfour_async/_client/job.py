"""A submitted job as a handle, and how its answers are read."""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing, asynccontextmanager
from typing import Any, Generic, Protocol, TypeVar

import anyio
from pydantic import JsonValue

from sixtyfour_async._client.answers import Answer, read
from sixtyfour_async._client.clock import Clock
from sixtyfour_async._scheduling.poll_plan import exploration_wait, idle_schedule, wait_after_failures
from sixtyfour_async._scheduling.retry import is_transient
from sixtyfour_async._wire.codec import decode_answer
from sixtyfour_async.errors import (
    ConfigurationError,
    JobCancelledError,
    JobFailedError,
    JobTimeoutError,
    NotFoundError,
    ResponseError,
    SixtyfourError,
)
from sixtyfour_async.models.jobs import JobState, Report
from sixtyfour_async.operations import REGISTRY, JobOperation, Operation, PagedOperation

FRESH_SECONDS = 60.0
"""Seconds after its submit during which a job that is not found may only not be visible yet. Assumed."""

MAX_FAILED_POLLS = 20
"""Failed looks in a row after which a caller who waits is told; each was retried before it counted."""

FINAL_POLL_SECONDS = 10.0
"""Real seconds that a look may outlast the deadline."""

R = TypeVar("R")
T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)

logger = logging.getLogger("sixtyfour_async.job")


class OperationSender(Protocol):
    """Whoever can ask the service: an `AsyncClient`."""

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

    def events(self, operation: Operation[R]) -> AsyncGenerator[R, None]:
        """Yield the data of event after event."""
        ...


class Job(Generic[R_co]):
    """A submitted operation: ``await job`` waits for its answer.

    Attributes:
        operation: What was asked.
        id: The service's id; keep it: an answer is paid for whether or not it is fetched.

    Leaving off waiting, by a deadline or by cancelling the task, leaves the job running over there, and billed.
    """

    def __init__(
        self,
        client: OperationSender,
        operation: JobOperation[R_co],
        id: str,  # noqa: A002
        clock: Clock,
        *,
        fresh: bool = True,
    ) -> None:
        self._client = client
        self._clock = clock
        self._submitted_at = clock.now() if fresh else None
        self.operation = operation
        self.id = id

    def __repr__(self) -> str:
        return f"<Job {self.operation.endpoint.name} {self.id}>"

    def __await__(self) -> Generator[Any, Any, R_co]:
        return self.wait().__await__()

    async def report(self) -> Report:
        """Look once."""
        seen = await self._client.send(self.operation.poll(self.id))
        found: Report = seen.report()
        return found

    async def wait(
        self, deadline: float | None = None, *, on_progress: Callable[[Report], object] | None = None
    ) -> R_co:
        """Look until the job ends and return its answer.

        Args:
            deadline: Seconds to wait at most; None waits for ever. One last look is taken when they are over.
            on_progress: Called with the report of each look that tells something new.

        Raises:
            JobTimeoutError: The deadline passed, or `MAX_FAILED_POLLS` looks in a row failed; the job runs on over there.
                It carries id and last state.
            JobFailedError: The service gave up.
            JobCancelledError: It was cancelled over there.
            ResponseError: The answer does not fit the class asked for; the error holds it as ``raw``.
            APIError: The service refuses to tell: wrong key, or no such job.

        A look that fails for a reason that may pass does not fail the job: it is looked at again, less and less often.
        """
        return (await self.answer(deadline, on_progress=on_progress)).result()

    async def answer(
        self, deadline: float | None = None, *, on_progress: Callable[[Report], object] | None = None
    ) -> Answer[R_co]:
        """Wait as `wait` does and return the answer with its raw form, even if it does not fit the class asked for."""
        last: Report | None = None
        async with self.watch(deadline) as reports:
            async for report in reports:
                news = last is None or (report.word, report.progress) != (last.word, last.progress)
                last = report
                if news and on_progress is not None:
                    on_progress(report)
        assert last is not None  # noqa: S101 (watching ends with the last report, or raises)
        return read_report(self.operation, self.id, last)

    @asynccontextmanager
    async def watch(self, deadline: float | None = None) -> AsyncGenerator[AsyncGenerator[Report, None], None]:
        """Look until the job ends and give the report of every look, the last one included.

        Use it as ``async with job.watch() as reports: async for report in reports: …``; raises what `wait` raises,
        except for how the job ended.
        """
        async with aclosing(self._looks(deadline)) as reports:
            yield reports

    async def cancel(self) -> Any:
        """Cancel the job over there and return what the service says; what it did until then may be billed.

        Raises:
            ConfigurationError: The service cannot cancel this kind of job. Workflow runs are all it can.
        """
        name = self.operation.endpoint.cancel
        if not name:
            raise ConfigurationError(
                f"the service cannot cancel {self.operation.endpoint.name}: job {self.id} runs on and is billed; "
                "it can only be left alone"
            )
        return await self._client.send(REGISTRY[name](job_id=self.id))  # type: ignore[call-arg]

    async def _looks(self, deadline: float | None) -> AsyncGenerator[Report, None]:
        clock = self._clock
        plan = idle_schedule(self.operation.variant())
        begun = clock.now()
        since = begun if self._submitted_at is None else self._submitted_at
        pause = 0.0 if self._submitted_at is None else max(0.0, since + exploration_wait(0.0, plan) - begun)
        word, trouble = None, 0
        while True:
            left = math.inf if deadline is None else begun + deadline - clock.now()
            if left <= 0 or trouble >= MAX_FAILED_POLLS:
                why = f"not finished within {deadline:g} s" if left <= 0 else f"{trouble} looks in a row failed"
                raise JobTimeoutError(why, job_id=self.id, state=word)
            await anyio.sleep(clock.real(min(pause, left)))
            report = await self._look(clock.real(max(left - pause, 0.0)) + FINAL_POLL_SECONDS)
            trouble = trouble + 1 if report is None else 0
            if report is not None:
                word = report.word
                yield report
                if report.state is not JobState.RUNNING:
                    return
            pause = wait_after_failures(trouble) if trouble else exploration_wait(clock.now() - since, plan)

    async def _look(self, limit: float) -> Report | None:
        """Look once; None when it brought nothing but may the next time."""
        try:
            with anyio.move_on_after(limit):
                return await self.report()
        except NotFoundError:
            if self._submitted_at is None or self._clock.now() - self._submitted_at > FRESH_SECONDS:
                raise
        except SixtyfourError as error:
            if not is_transient(error):
                raise
            logger.warning("looking at %s: %s", self.id, error)
        return None


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
    return read_report(operation, job_id, report).result()


def read_report(operation: JobOperation[R], job_id: str, report: Report) -> Answer[R]:
    """Turn the last report of a job into its answer, fitting or not, or raise why there is none."""
    if report.state is JobState.CANCELLED:
        raise JobCancelledError("was cancelled", job_id=job_id, state=report.word)
    if report.state is not JobState.COMPLETED:
        raise JobFailedError(report.error or f"ended as {report.word!r}", job_id=job_id, state=report.word)
    return read(operation, report.result, operation.endpoint.name)
