"""Jobs: a handle to a submitted operation, its polling, and the answer in its last report."""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing, asynccontextmanager
from typing import Any, Generic, Protocol, TypeVar

import anyio

from sixtyfour_async._client.answers import Answer, read_answer
from sixtyfour_async._client.clock import Clock
from sixtyfour_async._scheduling.poll_plan import exploration_wait, idle_schedule, wait_after_failures
from sixtyfour_async._scheduling.retry import is_transient
from sixtyfour_async._wire.body import Body
from sixtyfour_async._wire.missing_job import check_job
from sixtyfour_async.errors import (
    AddressError,
    ConfigurationError,
    JobTimeoutError,
    NotFoundError,
    SixtyfourError,
)
from sixtyfour_async.errors.printable import printable
from sixtyfour_async.models.jobs import JobState, Report
from sixtyfour_async.operations import JobOperation, Operation, PagedOperation
from sixtyfour_async.operations._base import make_operation

FRESH_SECONDS = 60.0
"""Seconds after the submit during which a 404 is taken for a job that is not visible yet. Assumed."""

MAX_FAILED_POLLS = 20
"""Consecutive failed polls after which waiting ends with an error; each was retried before it counted."""

FINAL_POLL_SECONDS = 10.0
"""Real seconds by which the last poll may outlast the deadline."""

R = TypeVar("R")
T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)

logger = logging.getLogger("sixtyfour_async.job")


class OperationSender(Protocol):
    """What a job and the namespaces need of an `AsyncClient`."""

    async def send(self, operation: Operation[R]) -> R:
        """Send an operation and return its answer."""
        ...

    async def submit(self, operation: JobOperation[R]) -> Job[R]:
        """Submit an operation as a job."""
        ...

    def pages(self, operation: PagedOperation[R, T]) -> AsyncGenerator[R, None]:
        """Yield the pages of an answer."""
        ...

    def rows(self, operation: PagedOperation[R, T]) -> AsyncGenerator[T, None]:
        """Yield the rows of all pages."""
        ...

    def events(self, operation: Operation[R]) -> AsyncGenerator[R, None]:
        """Yield the data of each event of a stream."""
        ...


class Job(Generic[R_co]):
    """A handle to a submitted job: ``await job`` polls until it ends and returns its answer.

        job = await client.people.intelligence.submit(lead_info={"name": "Ada"}, struct=Lead)
        lead = await job                                 # or: await job.wait(deadline=600)

    Attributes:
        operation: The operation that was submitted.
        id: The service's id for the job; "" when the submit was answered with the finished result itself. Keep it,
            since the answer is paid for whether or not it is fetched: ``client.job(PeopleIntelligence, id)`` makes a
            handle to the same job, in any process.

    To stop waiting, by a deadline or by cancelling the task, does not stop the job: it keeps running at the service and
    will be billed.
    """

    def __init__(
        self,
        client: OperationSender,
        operation: JobOperation[R_co],
        id: str,  # noqa: A002
        clock: Clock,
        *,
        fresh: bool = True,
        ended: Report | None = None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._submitted_at = clock.now() if fresh else None
        self._ended = ended
        self.operation = operation
        self.id = id

    def __repr__(self) -> str:
        return f"<Job {self.operation.endpoint.name} {self.id}>"

    def __await__(self) -> Generator[Any, Any, R_co]:
        return self.wait().__await__()

    async def report(self) -> Report:
        """Poll once and return the job's current state."""
        if self._ended is not None:
            return self._ended
        poll = self.operation.poll(self.id)
        status = await self._client.send(poll)
        report: Report = status.report()
        check_job(status, report, self.id, Body.of(status.model_dump(mode="json")), poll.endpoint.name)
        return report

    async def wait(
        self, deadline: float | None = None, *, on_progress: Callable[[Report], object] | None = None
    ) -> R_co:
        """Poll until the job ends and return its answer.

        A poll that fails for a transient reason does not fail the job: it is polled again, less and less often.

        Args:
            deadline: Seconds to wait, on the service's clock; None waits for ever. The last poll is made when they end.
            on_progress: Called with each report whose state or progress differs from the one before.

        Raises:
            JobTimeoutError: The deadline passed, or 20 consecutive polls failed. The job is still running; the error
                carries its id and last known state.
            JobFailedError: The job failed at the service.
            JobCancelledError: The job was cancelled.
            ResponseError: The answer does not fit its class; the error holds it as ``raw``.
            APIError: The service refuses the poll: wrong key, no such job.
        """
        return (await self.answer(deadline, on_progress=on_progress)).result()

    async def answer(
        self, deadline: float | None = None, *, on_progress: Callable[[Report], object] | None = None
    ) -> Answer[R_co]:
        """Do what `wait` does, but return the answer with its raw form, even if it does not fit its class."""
        last: Report | None = None
        async with self.watch(deadline) as reports:
            async for report in reports:
                changed = last is None or (report.word, report.progress) != (last.word, last.progress)
                last = report
                if changed and on_progress is not None:
                    on_progress(report)
        assert last is not None  # noqa: S101 (`watch` yields the final report or raises)
        return answer_of_report(self.operation, self.id, last)

    @asynccontextmanager
    async def watch(self, deadline: float | None = None) -> AsyncGenerator[AsyncGenerator[Report, None], None]:
        """Poll until the job ends, and iterate over the reports, the final one included.

            async with job.watch() as reports:
                async for report in reports:
                    print(report.word, report.progress)

        Raises what `wait` raises, except for how the job ended: the final report shows that.
        """
        async with aclosing(self._reports(deadline)) as reports:
            yield reports

    async def cancel(self) -> Any:
        """Cancel the job at the service and return its answer; work done until then may be billed.

        Raises:
            ConfigurationError: The service cannot cancel this kind of job; it can only cancel workflow runs.
        """
        name = self.operation.endpoint.cancel
        if not name:
            raise ConfigurationError(
                f"the service cannot cancel {self.operation.endpoint.name}: "
                f"job {self.id} keeps running and will be billed"
            )
        return await self._client.send(make_operation(name, job_id=self.id))

    async def _reports(self, deadline: float | None) -> AsyncGenerator[Report, None]:
        if self._ended is not None:
            yield self._ended
            return
        clock = self._clock
        schedule = idle_schedule(self.operation.variant())
        started_at = clock.now()
        since = started_at if self._submitted_at is None else self._submitted_at
        # A job taken up by its id may have ended long ago: poll it at once. One just submitted cannot have.
        pause = 0.0 if self._submitted_at is None else max(0.0, since + exploration_wait(0.0, schedule) - started_at)
        word, failures = None, 0
        while True:
            left = math.inf if deadline is None else started_at + deadline - clock.now()
            if left <= 0 or failures >= MAX_FAILED_POLLS:
                why = f"not finished within {deadline:g} s" if left <= 0 else f"{failures} consecutive polls failed"
                raise JobTimeoutError(why, job_id=self.id, state=word)
            # A pause that would end after the deadline is cut, so that the last poll is made at the deadline itself. It
            # gets a few real seconds more: an answer that is there must not be missed because the network is slow.
            await anyio.sleep(clock.real(min(pause, left)))
            report = await self._poll_within(clock.real(max(left - pause, 0.0)) + FINAL_POLL_SECONDS)
            failures = failures + 1 if report is None else 0
            if report is not None:
                word = report.word
                yield report
                if report.state is not JobState.RUNNING:
                    return
            pause = wait_after_failures(failures) if failures else exploration_wait(clock.now() - since, schedule)

    async def _poll_within(self, limit: float) -> Report | None:
        """Poll once; return None when that failed, but may succeed the next time."""
        try:
            with anyio.move_on_after(limit):
                return await self.report()
        except NotFoundError:
            # The service may answer a submit before the job is visible to every server that polls may reach.
            if self._submitted_at is None or self._clock.now() - self._submitted_at > FRESH_SECONDS:
                raise
        except SixtyfourError as error:
            # The submit has shown the address to be right, so that a page or redirect in its place will go away.
            passing = isinstance(error, AddressError) and self._submitted_at is not None
            if not (passing or is_transient(error)):
                raise
            fields = {"job_id": self.id, "operation": self.operation.endpoint.name}
            logger.warning("polling job %s failed: %s", printable(self.id), error, extra=fields)
        return None


def answer_of_report(operation: JobOperation[R], job_id: str, report: Report) -> Answer[R]:
    """Return the answer in the final report of a job, whether or not it fits its class.

    Raises:
        JobFailedError: The job failed.
        JobCancelledError: The job was cancelled.
    """
    failure = report.failure(job_id)
    if failure is not None:
        raise failure
    return read_answer(operation, report.result, operation.endpoint.name)
