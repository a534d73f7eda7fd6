"""The engine of a runner: it carries out what the scheduler asks for, and keeps the journal one step ahead.

It awaits and decides nothing. One loop serves all jobs; a task lives as long as one request. What happened comes back
through an inbox, and the end of a row through a callback.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import anyio.abc

from sixtyfour_async._client.client import SUBMIT_TIMEOUT_SECONDS, AsyncClient, pipeline_of
from sixtyfour_async._client.job import read_job_id
from sixtyfour_async._journal.base import Journal
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
    Finish,
    Park,
    Poll,
    PollBatch,
    Polled,
    PollFailed,
    Release,
    Submit,
    SubmitFailed,
    Withdrawn,
)
from sixtyfour_async._scheduling.retry import is_uncertain, may_be_one_rows_fault
from sixtyfour_async._scheduling.row_states import IN_DOUBT, Batching, State
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async._wire.codec import answer_route, decode_answer, decode_json, encode, job_route
from sixtyfour_async.errors import CostCapError, JournalError, SixtyfourError
from sixtyfour_async.models.jobs import JobState, JobStatus, Report
from sixtyfour_async.operations import JobOperation, Operation

SHUTDOWN_GRACE_SECONDS = 5.0
"""Real seconds that submits on their way get to come back with an id when the runner is left."""

logger = logging.getLogger("sixtyfour_async.runner")


class _Seen(NamedTuple):
    """The answer to a look, and its bytes."""

    value: Any
    body: bytes


class Engine:
    """Rows under way.

    Attributes:
        rows: Every row that was taken on and has not ended, by its key.
        broken: The journal's failure, once it failed: nothing is sent from then on.
        on_end: Told of the end of each row.
    """

    def __init__(self, client: AsyncClient, journal: Journal, scheduler: Scheduler) -> None:
        self.rows: dict[str, Row] = {}
        self.broken: JournalError | None = None
        self._client = client
        self._pipeline = pipeline_of(client)
        self._clock = self._pipeline.clock
        self._journal = journal
        self._scheduler = scheduler
        self.on_end: Callable[[Row, Outcome[Any]], None] = _nobody
        self._numbers = count(1)
        self._carriers: dict[int, Submission] = {}
        self._carrier_of: dict[str, Submission] = {}
        self._batcher: Batcher[Row] = Batcher()
        self._inbox = Inbox()
        self._submits: set[anyio.CancelScope] = set()
        self._leaving = False

    # --- rows in ------------------------------------------------------------------------------------------------

    def add(self, row: Row, asked: JobOperation[Any], batching: Batching = "single") -> None:
        """Take a row on, to be sent as *asked*, or along with others; one with an id already is only watched."""
        self.rows[row.entry.key] = row
        fresh = row.entry.state == "released" and batching != "single"
        kind = row.operation.batch_key(in_files=batching == "file") if fresh else None
        if kind is None:
            self._ship(Submission(next(self._numbers), [row], asked, row.entry.state in IN_DOUBT))
            return
        bulk = row.operation.bulk_endpoint()
        now, size = self._clock.now(), len(row.entry.request)
        full = self._batcher.add(row, kind, now, size=size, filed=bulk is not None and bulk.takes_file)
        if full is not None:
            self._ship_together(full)
        self._inbox.post()

    def flush(self) -> None:
        """An input has ended: what has been gathered goes as it is."""
        self._batcher.flush()
        self._inbox.post()

    async def resume(self, batch: str, rows: list[Row]) -> None:
        """Go on with a submit that an earlier run sent for many rows: watch it, share its answer out, or repeat it."""
        self.rows.update((row.entry.key, row) for row in rows)
        shared = Submission.of(next(self._numbers), rows, batch)
        kept = await self._journal.load_batch_answer(batch)
        self._ship(shared)
        if kept is not None:
            shared.body = kept.encode()
            status = JobStatus.model_validate_json(kept)
            self._inbox.post(Polled(shared.id, status.report()))

    def _ship_together(self, rows: list[Row]) -> None:
        if len(rows) > 1 or rows[0].operation.batch_key() is None:
            self._ship(Submission.of(next(self._numbers), rows))
        else:
            self._ship(Submission(next(self._numbers), rows, rows[0].operation))

    def _ship(self, carrier: Submission) -> None:
        """Leave a submission to the scheduler."""
        self._carriers[carrier.id] = carrier
        self._carrier_of.update((row.entry.key, carrier) for row in carrier.rows)
        if self.broken is not None:
            self._end_without(carrier, "rejected", self.broken)
            return
        asked, many = carrier.asked, carrier.asked.poll_many()
        job = ScheduledJob(
            carrier.id,
            asked.variant(),
            asked.endpoint.job_limit,
            asked.is_retry_safe(),
            priced_as=carrier.rows[0].operation.variant(),
            rows=len(carrier.rows),
            urgent=any(row.urgent for row in carrier.rows),
            list_endpoint="" if many is None else many.endpoint.name,
            in_doubt=carrier.in_doubt,
        )
        exposed_cents = sum(row.entry.reserved_cents for row in carrier.rows)
        self._scheduler.add(job, self._clock.now(), job_id=carrier.first.job_id, exposed_cents=exposed_cents)
        self._inbox.post()

    def number_of(self, key: str) -> int:
        """The scheduler's number for the job that carries a row; 0 while it has none."""
        carrier = self._carrier_of.get(key)
        return 0 if carrier is None else carrier.id

    def withdraw(self, row: Row, error: SixtyfourError) -> None:
        """Drop a row if it has not been sent."""
        row.withdrawn = error
        carrier = self._carrier_of.get(row.entry.key)
        if carrier is None:
            self._batcher.remove(row)
            self._end(row, _without(row, "rejected", error))
        elif all(other.withdrawn for other in carrier.rows):
            self._inbox.post(Withdrawn(carrier.id, error))

    def begin_shutdown(self) -> None:
        """Send nothing more, and give submits on their way a last few seconds."""
        self._leaving = True
        for scope in self._submits:
            scope.deadline = anyio.current_time() + SHUTDOWN_GRACE_SECONDS

    # --- the loop -----------------------------------------------------------------------------------------------

    async def run(self, tasks: anyio.abc.TaskGroup) -> None:
        """Serve until cancelled."""
        clock, scheduler = self._clock, self._scheduler
        while True:
            for rows in self._batcher.due(clock.now()):
                self._ship_together(rows)
            commands = [command for event in self._inbox.drain() for command in scheduler.handle(event, clock.now())]
            if self.broken is None:
                commands += scheduler.due(clock.now())
            for command in commands:
                tasks.start_soon(self._carry_out, command)
            at = None if self.broken else scheduler.wake_at(clock.now())
            at = min(math.inf if at is None else at, self._batcher.wake_at())
            with anyio.CancelScope(deadline=clock.real(at)):
                await self._inbox.wait()

    async def _carry_out(self, command: Command) -> None:
        if isinstance(command, PollBatch):
            await self._look_many(command.ids)
            return
        carrier = self._carriers.get(command.id)
        if carrier is None:
            return
        try:
            match command:
                case Submit(reserved=reserved):
                    await self._submit(carrier, reserved)
                case Poll(job_id=job_id):
                    await self._look(carrier, job_id)
                case Finish(report=report):
                    await self._finish(carrier, report)
                case Release(error=error, again=again):
                    await self._release(carrier, error, again=again)
                case Park(error=error):
                    await self._give_up(carrier, "unknown", error, "unknown")
                case Detach(error=error):
                    await self._give_up(carrier, "unfinished", error, "accepted")
        except JournalError as error:
            self._break(error)

    # --- submits ------------------------------------------------------------------------------------------------

    async def _submit(self, carrier: Submission, reserved: float) -> None:
        """Intent on disk, then the request, then the id on disk. Not cut short half-way: an id is worth the wait."""
        with anyio.CancelScope(shield=True) as scope:
            self._submits.add(scope)
            try:
                self._drop_withdrawn(carrier)
                first_at = carrier.first.sent_at if carrier.in_doubt else None
                sent_at = first_at or datetime.now(UTC).isoformat(timespec="milliseconds")
                self._give_up_before(carrier)
                await self._journal.put(*carrier.advance("intended", reserved, error=None, sent_at=sent_at))
                if self._leaving:
                    left: State = "unknown" if carrier.in_doubt else "released"
                    await self._journal.put(*carrier.advance(left, error="the run was left before this was sent"))
                    return
                job_id = await self._send(carrier)
                await self._journal.put(*carrier.advance("accepted", job_id=job_id))
                self._inbox.post(Accepted(carrier.id, job_id))
            except JournalError:
                raise
            except SixtyfourError as error:
                carrier.in_doubt = carrier.in_doubt or is_uncertain(error)
                self._inbox.post(SubmitFailed(carrier.id, error))
            finally:
                self._submits.discard(scope)

    def _drop_withdrawn(self, carrier: Submission) -> None:
        """Some rows of a batch may have been withdrawn while it waited; when all were, it is ended elsewhere.

        One in doubt is repeated as it was: its rows may have been taken, and its key stands for all of them.
        """
        unwanted = [row for row in carrier.rows if row.withdrawn is not None and not carrier.in_doubt]
        if 0 < len(unwanted) < len(carrier.rows):
            carrier.drop(unwanted)
            for row in unwanted:
                self._end(row, _without(row, "rejected", row.withdrawn))

    def _give_up_before(self, carrier: Submission) -> None:
        """Count what stays at stake in submits that are given up for this one, in the commit of its intent."""
        for row in carrier.rows:
            if row.gives_up is not None:
                self._journal.tally(row.entry.variant, "resubmitted", row.gives_up)
                row.gives_up = None

    async def _send(self, carrier: Submission) -> str:
        asked = carrier.asked
        request = encode(asked, job_route(asked), timeout=SUBMIT_TIMEOUT_SECONDS)
        response = await self._pipeline.exchange(request)
        value = decode_json(response, operation=request.operation, job_limit=asked.endpoint.job_limit)
        return read_job_id(asked, value, request.operation)

    # --- looks --------------------------------------------------------------------------------------------------

    async def _look(self, carrier: Submission, job_id: str) -> None:
        try:
            self._inbox.post(Polled(carrier.id, await self._report(carrier, job_id)))
        except SixtyfourError as error:
            logger.info("looking at %s: %s", job_id, error)
            self._inbox.post(PollFailed(carrier.id, error))

    async def _report(self, carrier: Submission, job_id: str) -> Report:
        seen = await self._ask(carrier.asked.poll(job_id))
        carrier.body = seen.body
        report: Report = seen.value.report()
        if carrier.filed and report.state is JobState.COMPLETED:
            carrier.keep_file(await self._fetched(seen.value))
            report = replace(report, result=JobStatus.model_validate_json(carrier.body).result)
        return report

    async def _fetched(self, answer: Any) -> str:
        """Download the file that an answer leads to."""
        async with anyio.TemporaryDirectory() as folder:
            path = Path(folder) / "answer.csv"
            await self._client.save(answer, path)
            return await anyio.Path(path).read_text("utf-8", errors="replace")

    async def _ask(self, question: Operation[Any]) -> _Seen:
        request = encode(question, answer_route(question))
        response = await self._pipeline.exchange(request)
        value = decode_json(response, operation=request.operation)
        return _Seen(decode_answer(question.answer_type(), value, operation=request.operation), response.body)

    async def _look_many(self, ids: tuple[int, ...]) -> None:
        question = next((self._carriers[id_].asked.poll_many() for id_ in ids if id_ in self._carriers), None)
        if question is None:
            return
        try:
            seen = await self._ask(question)
        except SixtyfourError as error:
            logger.info("looking at %d jobs: %s", len(ids), error)
            self._inbox.post(BatchPollFailed(ids, error))
            return
        self._inbox.post(BatchPolled(ids, {one.job_id: one.report() for one in seen.value}))

    # --- ends ---------------------------------------------------------------------------------------------------

    async def _finish(self, carrier: Submission, report: Report) -> None:
        """Raw answer on disk, then parsed, then delivered."""
        if carrier.batch is None:
            await self._journal.put(carrier.finish(report))
        else:
            await self._journal.save_batch_answer(carrier.batch, carrier.text)
            await self._journal.settle_batch(carrier.batch, carrier.settle(report))
        for row in self._let_go(carrier):
            self._end(row, read_outcome(row.operation, row.entry))

    async def _release(self, carrier: Submission, error: SixtyfourError, *, again: bool) -> None:
        """Take the intent back; what a refused batch held may go on in parts."""
        if carrier.first.state != "released" and not (again and carrier.in_doubt):
            await self._journal.put(*carrier.advance("released", 0.0, error=str(error)))
        if again:
            return
        rows = self._let_go(carrier)
        parts = self._parts(rows, error)
        if not parts:
            for row in rows:
                self._end(row, _without(row, "rejected", error))
        for part in parts:
            if len(part) > 1:
                self._ship_together(part)
            else:
                self._ship(Submission(next(self._numbers), part, part[0].operation))

    def _parts(self, rows: list[Row], error: SixtyfourError) -> list[list[Row]]:
        """Row by row, when one may have been the fault; in halves, when the cap has room for some of them only."""
        middle, room = len(rows) // 2, self._scheduler.ledger.room
        if middle and may_be_one_rows_fault(error):
            return [[row] for row in rows]
        if middle and isinstance(error, CostCapError) and room(rows[0].entry.variant) is not None:
            return [rows[:middle], rows[middle:]]
        return []

    async def _give_up(self, carrier: Submission, status: Status, error: SixtyfourError, state: State) -> None:
        await self._journal.put(*carrier.advance(state, error=str(error)))
        self._end_without(carrier, status, error)

    def _end_without(self, carrier: Submission, status: Status, error: SixtyfourError) -> None:
        for row in self._let_go(carrier):
            self._end(row, _without(row, status, error))

    def _let_go(self, carrier: Submission) -> list[Row]:
        """Forget a submission, unless that was done already, and give its rows."""
        if self._carriers.pop(carrier.id, None) is None:
            return []
        for row in carrier.rows:
            self._carrier_of.pop(row.entry.key, None)
        return carrier.rows

    def _end(self, row: Row, outcome: Outcome[Any]) -> None:
        if self.rows.pop(row.entry.key, None) is not None:
            self.on_end(row, outcome)

    def _break(self, error: JournalError) -> None:
        """Nothing more may be sent once it cannot be recorded. What runs is handed back with its id."""
        if self.broken is not None:
            return
        self.broken = error
        logger.error("%s; nothing more is sent", error)
        self._carriers.clear()
        self._carrier_of.clear()
        for row in list(self.rows.values()):
            sent: Status = "unfinished" if row.entry.job_id else "unknown"
            self._end(row, _without(row, "rejected" if row.entry.state == "released" else sent, error))


def _nobody(_row: Row, _outcome: Outcome[Any]) -> None:
    """Nobody waits yet."""


def _without(row: Row, status: Status, error: SixtyfourError | None) -> Outcome[Any]:
    return Outcome(row.entry.key, 0, row.operation, status, error=error, job_id=row.entry.job_id)
