"""The engine of a runner: carries out the scheduler's commands, and keeps the journal one step ahead of each.

It decides nothing: what to send, whether to send it again, what may have been accepted and what becomes of a refused
batch is decided in `_scheduling` and arrives as a command. One loop serves all jobs; a task lives as long as one
request. What happened goes back to the scheduler through the inbox, and the end of a row to the `Delivery`.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import anyio.abc

from sixtyfour_async._client.client import SUBMIT_TIMEOUT_SECONDS, AsyncClient, pipeline_of
from sixtyfour_async._client.job import read_job_id
from sixtyfour_async._journal.base import Journal
from sixtyfour_async._runner.delivery import Delivery
from sixtyfour_async._runner.inbox import Inbox
from sixtyfour_async._runner.outcomes import Outcome, Status
from sixtyfour_async._runner.reading import read_outcome
from sixtyfour_async._runner.submission import Row, Submission
from sixtyfour_async._scheduling.batches import Batcher
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.messages import (
    Accepted,
    BatchPolled,
    BatchPollFailed,
    Command,
    Detach,
    DropRows,
    Finish,
    Park,
    Poll,
    PollBatch,
    Polled,
    PollFailed,
    Release,
    RowWithdrawn,
    Split,
    Submit,
    SubmitFailed,
    TakeBack,
)
from sixtyfour_async._scheduling.row_states import IN_DOUBT, Batching, State
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async._wire.codec import answer_route, decode_answer, decode_json, encode, job_route
from sixtyfour_async.errors import JournalError, RunStoppedError, SixtyfourError
from sixtyfour_async.models.jobs import JobState, JobStatus, Report
from sixtyfour_async.operations import JobOperation, Operation

SHUTDOWN_GRACE_SECONDS = 5.0
"""Real seconds that submits in transit get to come back with an id when the runner is closed."""

logger = logging.getLogger("sixtyfour_async.runner")


class _Answer(NamedTuple):
    """The decoded answer to a poll, and its bytes."""

    value: Any
    body: bytes


class Engine:
    """Rows under way.

    Attributes:
        rows: Every row that was handed over and has not ended, by its key.
        broken: The journal's failure, once it failed: nothing is sent from then on.
    """

    def __init__(self, client: AsyncClient, journal: Journal, scheduler: Scheduler, delivery: Delivery) -> None:
        self.rows: dict[str, Row] = {}
        self.broken: JournalError | None = None
        self._client = client
        self._pipeline = pipeline_of(client)
        self._clock = self._pipeline.clock
        self._journal = journal
        self._scheduler = scheduler
        self._delivery = delivery
        self._numbers = count(1)
        self._submissions: dict[int, Submission] = {}
        self._submission_of: dict[str, Submission] = {}
        self._batcher: Batcher[Row] = Batcher()
        self._inbox = Inbox()
        self._in_transit: set[anyio.CancelScope] = set()
        self._closing = False

    # --- rows in ------------------------------------------------------------------------------------------------

    def submit(self, row: Row, operation: JobOperation[Any], batching: Batching = "single") -> None:
        """Submit a row as *operation*, or in a batch with others; one that has an id already is polled only."""
        self.rows[row.entry.key] = row
        is_new = row.entry.state == "released" and batching != "single"
        batch_key = row.operation.batch_key(in_files=batching == "file") if is_new else None
        if batch_key is None:
            self._schedule(Submission(next(self._numbers), [row], operation))
            return
        bulk = row.operation.bulk_endpoint()
        in_file = bulk is not None and bulk.takes_file
        now, size = self._clock.now(), len(row.entry.request)
        full = self._batcher.add(row, batch_key, now, size=size, in_file=in_file)
        if full is not None:
            self._schedule_batch(full)
        self._inbox.post()

    def flush(self) -> None:
        """Send what has been collected for batches: an input has ended."""
        self._batcher.flush()
        self._inbox.post()

    async def resume_batch(self, batch: str, rows: list[Row]) -> None:
        """Go on with a batch that an earlier run submitted: poll it, settle its answer, or repeat it."""
        self.rows.update((row.entry.key, row) for row in rows)
        submission = Submission.batch_of(next(self._numbers), rows, batch)
        answer = await self._journal.load_batch_answer(batch)
        self._schedule(submission)
        if answer is not None:
            submission.body = answer.encode()
            self._inbox.post(Polled(submission.id, JobStatus.model_validate_json(answer).report()))

    def withdraw(self, unwanted: Callable[[Row], bool]) -> None:
        """Drop rows that have not been sent; rows that an earlier run submitted with others have no consumer."""
        for row in list(self.rows.values()):
            if row.waiting and unwanted(row):
                refusal = row.waiting[0][0].refusal
                error = RunStoppedError(f"not sent: {refusal or 'the run was stopped before'}")
                error.__cause__ = refusal
                self._withdraw(row, error)

    def _withdraw(self, row: Row, error: SixtyfourError) -> None:
        submission = self._submission_of.get(row.entry.key)
        if submission is None:
            self._batcher.remove(row)
            self._end(row, _without_answer(row, "rejected", error))
        else:
            self._inbox.post(RowWithdrawn(submission.id, row.entry.key, error))

    def _schedule_batch(self, rows: list[Row]) -> None:
        if len(rows) > 1 or rows[0].operation.batch_key() is None:
            self._schedule(Submission.batch_of(next(self._numbers), rows))
        else:
            self._schedule(Submission(next(self._numbers), rows, rows[0].operation))

    def _schedule(self, submission: Submission) -> None:
        """Hand a submission to the scheduler."""
        self._submissions[submission.id] = submission
        self._submission_of.update((row.entry.key, submission) for row in submission.rows)
        if self.broken is not None:
            self._end_all(submission, "rejected", self.broken)
            return
        operation, listing = submission.operation, submission.operation.poll_many()
        job = ScheduledJob(
            submission.id,
            operation.variant(),
            operation.endpoint.job_limit,
            operation.is_retry_safe(),
            priced_as=submission.rows[0].operation.variant(),
            rows=len(submission.rows),
            urgent=any(row.urgent for row in submission.rows),
            list_endpoint="" if listing is None else listing.endpoint.name,
            in_doubt=submission.first.state in IN_DOUBT,
        )
        exposed = sum(row.entry.reserved_cents for row in submission.rows)
        self._scheduler.add(job, self._clock.now(), job_id=submission.first.job_id, exposed_cents=exposed)
        self._inbox.post()

    def job_of(self, key: str) -> ScheduledJob | None:
        """Return the job that carries a row; None while it has none."""
        submission = self._submission_of.get(key)
        return None if submission is None else self._scheduler.jobs.get(submission.id)

    def begin_shutdown(self) -> None:
        """Send nothing more, and give submits in transit a last few seconds."""
        self._closing = True
        for scope in self._in_transit:
            scope.deadline = anyio.current_time() + SHUTDOWN_GRACE_SECONDS

    # --- the loop -----------------------------------------------------------------------------------------------

    async def run(self, tasks: anyio.abc.TaskGroup) -> None:
        """Serve until cancelled."""
        clock, scheduler = self._clock, self._scheduler
        while True:
            for rows in self._batcher.due(clock.now()):
                self._schedule_batch(rows)
            commands = [command for event in self._inbox.drain() for command in scheduler.handle(event, clock.now())]
            if self.broken is None:
                commands += scheduler.due(clock.now())
            for command in commands:
                if isinstance(command, DropRows):  # at once: the submit that follows it is a task, and may start first
                    self._drop(command)
                else:
                    tasks.start_soon(self._execute, command)
            at = None if self.broken else scheduler.wake_at(clock.now())
            at = min(math.inf if at is None else at, self._batcher.wake_at())
            with anyio.CancelScope(deadline=clock.real(at)):
                await self._inbox.wait()

    async def _execute(self, command: Command) -> None:
        if isinstance(command, PollBatch):
            await self._poll_many(command.ids)
            return
        submission = self._submissions.get(command.id)
        if submission is None:
            return
        try:
            match command:
                case Submit():
                    await self._submit(submission, command)
                case Poll(job_id=job_id):
                    await self._poll(submission, job_id)
                case Finish(report=report):
                    await self._finish(submission, report)
                case TakeBack() | Release() | Split():
                    await self._take_back(submission, command)
                case Park(error=error):
                    await self._give_up(submission, "unknown", error, "unknown")
                case Detach(error=error):
                    await self._give_up(submission, "unfinished", error, "accepted")
        except JournalError as error:
            self._break(error)

    # --- submits ------------------------------------------------------------------------------------------------

    async def _submit(self, submission: Submission, command: Submit) -> None:
        """Commit the intent, send the request, commit the id. Not cancelled half-way: an id is worth the wait."""
        with anyio.CancelScope(shield=True) as scope:
            self._in_transit.add(scope)
            try:
                self._tally_abandoned(submission)
                await self._journal.put(*submission.intend(command))
                if self._closing:
                    state: State = "unknown" if command.in_doubt else "released"
                    await self._journal.put(*submission.advance(state, error="the run was closed before this was sent"))
                    return
                job_id = await self._send(submission.operation)
                await self._journal.put(*submission.advance("accepted", job_id=job_id))
                self._inbox.post(Accepted(submission.id, job_id))
            except JournalError:
                raise
            except SixtyfourError as error:
                self._inbox.post(SubmitFailed(submission.id, error))
            finally:
                self._in_transit.discard(scope)

    def _tally_abandoned(self, submission: Submission) -> None:
        """Tally the money exposed in submits that this one replaces, in the commit of its intent."""
        for row in submission.rows:
            if row.abandoned_cents is not None:
                self._journal.tally(row.entry.variant, "resubmitted", row.abandoned_cents)
                row.abandoned_cents = None

    async def _send(self, operation: JobOperation[Any]) -> str:
        request = encode(operation, job_route(operation), timeout=SUBMIT_TIMEOUT_SECONDS)
        response = await self._pipeline.exchange(request)
        value = decode_json(response, operation=request.operation, job_limit=operation.endpoint.job_limit)
        return read_job_id(operation, value, request.operation)

    # --- polls --------------------------------------------------------------------------------------------------

    async def _poll(self, submission: Submission, job_id: str) -> None:
        try:
            self._inbox.post(Polled(submission.id, await self._report(submission, job_id)))
        except SixtyfourError as error:
            logger.info("polling %s: %s", job_id, error)
            self._inbox.post(PollFailed(submission.id, error))

    async def _report(self, submission: Submission, job_id: str) -> Report:
        answer = await self._ask(submission.operation.poll(job_id))
        submission.body = answer.body
        report: Report = answer.value.report()
        if submission.in_file and report.state is JobState.COMPLETED:
            submission.embed_file(await self._download(answer.value))
            report = replace(report, result=JobStatus.model_validate_json(submission.body).result)
        return report

    async def _download(self, answer: Any) -> str:
        """Download the file that an answer links to."""
        async with anyio.TemporaryDirectory() as folder:
            path = Path(folder) / "answer.csv"
            await self._client.save(answer, path)
            return await anyio.Path(path).read_text("utf-8", errors="replace")

    async def _ask(self, operation: Operation[Any]) -> _Answer:
        request = encode(operation, answer_route(operation))
        response = await self._pipeline.exchange(request)
        value = decode_json(response, operation=request.operation)
        return _Answer(decode_answer(operation.answer_type(), value, operation=request.operation), response.body)

    async def _poll_many(self, ids: tuple[int, ...]) -> None:
        listings = (self._submissions[id_].operation.poll_many() for id_ in ids if id_ in self._submissions)
        listing = next(listings, None)
        if listing is None:
            return
        try:
            answer = await self._ask(listing)
        except SixtyfourError as error:
            logger.info("polling %d jobs: %s", len(ids), error)
            self._inbox.post(BatchPollFailed(ids, error))
            return
        self._inbox.post(BatchPolled(ids, {one.job_id: one.report() for one in answer.value}))

    # --- ends ---------------------------------------------------------------------------------------------------

    async def _finish(self, submission: Submission, report: Report) -> None:
        """Commit the raw answer, parse it, deliver it."""
        if submission.batch is None:
            await self._journal.put(submission.finish(report))
        else:
            await self._journal.save_batch_answer(submission.batch, submission.text)
            await self._journal.settle_batch(submission.batch, submission.settle(report))
        for row in self._forget(submission):
            self._end(row, read_outcome(row.operation, row.entry))

    async def _take_back(self, submission: Submission, command: TakeBack | Release | Split) -> None:
        """Take back the intent of a submit that was certainly not accepted and deal with its rows."""
        if submission.first.state != "released":
            await self._journal.put(*submission.advance("released", 0.0, error=str(command.error)))
        match command:
            case TakeBack():
                pass
            case Release(error=error):
                self._end_all(submission, "rejected", error)
            case Split(sizes=sizes):
                self._go_on_in_parts(submission, sizes)

    def _go_on_in_parts(self, submission: Submission, sizes: Iterable[int]) -> None:
        rows = iter(self._forget(submission))
        for size in sizes:
            part = list(islice(rows, size))
            if size > 1:
                self._schedule_batch(part)
            else:
                self._schedule(Submission(next(self._numbers), part, part[0].operation))

    def _drop(self, command: DropRows) -> None:
        submission = self._submissions.get(command.id)
        for row in () if submission is None else submission.drop(command.errors):
            del self._submission_of[row.entry.key]
            self._end(row, _without_answer(row, "rejected", command.errors[row.entry.key]))

    async def _give_up(self, submission: Submission, status: Status, error: SixtyfourError, state: State) -> None:
        await self._journal.put(*submission.advance(state, error=str(error)))
        self._end_all(submission, status, error)

    def _end_all(self, submission: Submission, status: Status, error: SixtyfourError) -> None:
        for row in self._forget(submission):
            self._end(row, _without_answer(row, status, error))

    def _forget(self, submission: Submission) -> list[Row]:
        """Forget a submission, unless that was done already, and return its rows."""
        if self._submissions.pop(submission.id, None) is None:
            return []
        for row in submission.rows:
            self._submission_of.pop(row.entry.key, None)
        return submission.rows

    def _end(self, row: Row, outcome: Outcome[Any]) -> None:
        if self.rows.pop(row.entry.key, None) is None:
            return
        stopped = self._delivery.deliver(row, outcome)
        if stopped:
            self.withdraw(lambda other: any(stream in stopped for stream, _ in other.waiting))

    def _break(self, error: JournalError) -> None:
        """Send nothing more once it cannot be recorded, and hand back what runs with its id."""
        if self.broken is not None:
            return
        self.broken = error
        logger.error("%s; nothing more is sent", error)
        self._submissions.clear()
        self._submission_of.clear()
        for row in list(self.rows.values()):
            status: Status = "unfinished" if row.entry.job_id else "unknown"
            self._end(row, _without_answer(row, "rejected" if row.entry.state == "released" else status, error))


def _without_answer(row: Row, status: Status, error: SixtyfourError) -> Outcome[Any]:
    return Outcome(row.entry.key, 0, row.operation, status, error=error, job_id=row.entry.job_id)
