"""The engine of a runner: carries out the scheduler's commands, and keeps the journal one step ahead of each.

What to send, whether to send it again, what may have been accepted and what becomes of a refused batch is decided in
`_scheduling` and arrives as a command. One loop serves all jobs; a task lives as long as one request. What happened
goes back to the scheduler through the inbox, and the end of a row to the `Delivery`. Two situations are the engine's
own: a journal that broke, after which nothing may be sent, and the closing of the runner, when nobody reads the inbox
any more.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import count, islice
from typing import Any

import anyio
import anyio.abc

from sixtyfour_async._client.client import AsyncClient, pipeline_of
from sixtyfour_async._journal.base import Journal
from sixtyfour_async._runner.delivery import Delivery
from sixtyfour_async._runner.exchange import contained
from sixtyfour_async._runner.inbox import Inbox
from sixtyfour_async._runner.outage_log import OutageLog
from sixtyfour_async._runner.outcome_stream import OutcomeStream
from sixtyfour_async._runner.outcomes import Outcome, Status
from sixtyfour_async._runner.parked_rows import ParkedRows
from sixtyfour_async._runner.reading import STATUSES, read_outcome, read_report, without_answer
from sixtyfour_async._runner.receivers import Receivers
from sixtyfour_async._runner.submission import Row, Submission, wall_clock
from sixtyfour_async._runner.transit import Transit
from sixtyfour_async._runner.webhook_intake import WebhookIntake
from sixtyfour_async._scheduling.batches import Batcher
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.messages import (
    CheckHealth,
    Detach,
    DropRows,
    Finish,
    JobCommand,
    Park,
    Poll,
    PollBatch,
    Polled,
    Release,
    RowWanted,
    RowWithdrawn,
    Split,
    StopFeed,
    Submit,
    TakeBack,
    TaskCommand,
)
from sixtyfour_async._scheduling.row_states import IN_DOUBT, OPEN, Batching, State
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.errors import (
    JobError,
    JournalError,
    ResponseError,
    RunStoppedError,
    SixtyfourError,
    UnreadableError,
)
from sixtyfour_async.models.jobs import JobState, Report
from sixtyfour_async.operations import JobOperation

logger = logging.getLogger("sixtyfour_async.runner")


class Engine:
    """Rows under way.

    Attributes:
        rows: Every row that was handed over and has not ended, by its key.
        webhooks: Where deliveries come in.
        broken: The journal's failure, once it failed: nothing is sent from then on.
        wake: Has the engine look again at what may be sent.
    """

    def __init__(
        self, client: AsyncClient, journal: Journal, scheduler: Scheduler, delivery: Delivery, receivers: Receivers
    ) -> None:
        self.rows: dict[str, Row] = {}
        self.broken: JournalError | None = None
        self._clock = pipeline_of(client).clock
        self._journal = journal
        self._scheduler = scheduler
        self._delivery = delivery
        self._numbers = count(1)
        self._submissions: dict[int, Submission] = {}
        self._submission_of: dict[str, Submission] = {}
        self._batcher: Batcher[Row] = Batcher()
        self._inbox = Inbox()
        self.wake = self._inbox.post
        self._outage_log = OutageLog()
        self._transit = Transit(client, journal, scheduler, self._inbox, receivers.url)
        parked = ParkedRows(journal, self.rows.__contains__)
        self.webhooks = WebhookIntake(receivers, journal, self._transit, self._inbox, parked)

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
            # Where it cannot be read, or the run ended before the file was downloaded and the links may have expired,
            # the poll that is due anyway brings it again.
            with suppress(ResponseError):
                report = read_report(submission.operation, "-", answer)
                if not submission.lacks_file(report) and report.state is not JobState.RUNNING:
                    submission.claim_end(answer)
                    self._inbox.post(Polled(submission.id, report))

    def withdraw(self, unwanted: Callable[[Row], bool]) -> None:
        """Drop rows that have not been sent; rows that an earlier run submitted with others have no consumer."""
        for row in list(self.rows.values()):
            if row.waiting and unwanted(row):
                refusal = row.waiting[0][0].refusal
                error = RunStoppedError(f"not sent: {refusal or 'the run was stopped before'}")
                error.__cause__ = refusal
                self._withdraw(row, error)

    def join(self, row: Row, stream: OutcomeStream[Any], index: int) -> None:
        """Let one more consumer wait for a row; one that was withdrawn and not dropped yet is wanted again."""
        row.waiting.append((stream, index))
        row.withdrawn = None
        submission = self._submission_of.get(row.entry.key)
        if submission is not None:
            self._inbox.post(RowWanted(submission.id, row.entry.key, stream.urgent))

    def _is_unsent(self, id_: int) -> bool:
        return id_ in self._submissions and self._submissions[id_].first.state == "released"

    def _stop(self, error: SixtyfourError) -> None:
        """Read no further, and drop what has not been sent: every row would meet the same error."""
        for stream in list(self._delivery.streams):
            stream.stop(error)
        self.withdraw(lambda _row: True)

    def _withdraw(self, row: Row, error: SixtyfourError) -> None:
        row.withdrawn = error
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
            booked_at=submission.first.sent_at or "" if submission.first.state in OPEN else None,
            in_doubt=submission.first.state in IN_DOUBT,
            pushed=self.webhooks.is_bound and not submission.first.job_id and self._transit.is_pushed(operation),
            reports_charge=operation.endpoint.reports_charge,
        )
        self.webhooks.running(submission)
        exposed = sum(row.entry.reserved_cents for row in submission.rows)
        self._scheduler.add(job, self._clock.now(), job_id=submission.first.job_id, exposed_cents=exposed)
        self._inbox.post()
        # Rows may have been withdrawn while the batch that they come from was taken back: its number is not known any
        # more, so their withdrawal was not heard. The inbox is read before anything is sent.
        for row in submission.rows:
            if row.withdrawn is not None:
                self._inbox.post(RowWithdrawn(submission.id, row.entry.key, row.withdrawn))

    def job_of(self, key: str) -> ScheduledJob | None:
        """Return the job that carries a row; None while it has none."""
        submission = self._submission_of.get(key)
        return None if submission is None else self._scheduler.jobs.get(submission.id)

    def begin_shutdown(self) -> None:
        """Send nothing more, and give submits in transit a last few seconds."""
        self._transit.begin_shutdown()

    # --- the loop -----------------------------------------------------------------------------------------------

    async def run(self, tasks: anyio.abc.TaskGroup) -> None:
        """Serve until cancelled."""
        clock, scheduler = self._clock, self._scheduler
        while True:
            for rows in self._batcher.due(clock.now()):
                self._schedule_batch(rows)
            scheduler.ledger.advance(wall_clock())
            # Events first, then what is due: a withdrawal must be heard before the submit that it is about.
            commands = [command for event in self._inbox.drain() for command in scheduler.handle(event, clock.now())]
            if self.broken is None:
                commands += scheduler.due(clock.now())
            self._log_notices()
            for command in commands:
                match command:
                    case DropRows():  # at once: the submit that follows it is a task, and may start first
                        self._drop(command)
                    case StopFeed(error=error):
                        self._stop(error)
                    case Split(id=id_, sizes=sizes) if self._is_unsent(id_):  # nothing to take back
                        self._go_on_in_parts(self._submissions[id_], sizes)
                    case _:
                        tasks.start_soon(self._execute, command)
            self._outage_log.update(scheduler, clock.now())
            at = None if self.broken else scheduler.wake_at(clock.now())
            at = min(math.inf if at is None else at, self._batcher.wake_at())
            with anyio.CancelScope(deadline=clock.loop_time(at)):
                await self._inbox.wait()

    def _log_notices(self) -> None:
        notices = self._scheduler.ledger.notices
        while notices:
            logger.warning("%s", notices.pop(0))

    async def _execute(self, command: TaskCommand) -> None:
        if isinstance(command, CheckHealth):
            await self._transit.check_health(command.ticket)
            return
        if isinstance(command, PollBatch):
            known = [self._submissions[id_] for id_ in command.ids if id_ in self._submissions]
            await self._transit.poll_many(known, command)
            return
        submission = self._submissions.get(command.id)
        if submission is None:
            return
        try:
            await self._execute_for(submission, command)
        except JournalError as error:
            self.break_off(error)
        except Exception as error:  # noqa: BLE001 (see contained)
            await self._set_aside(submission, command, contained(error))

    async def _set_aside(self, submission: Submission, command: JobCommand, error: SixtyfourError) -> None:
        """End rows over an exception of ours or of others, so that they end nothing else.

        An answer that has arrived counts as unreadable: its bytes are kept, and no later run stumbles over it again.
        """
        if isinstance(command, Finish):
            unreadable = UnreadableError(f"the answer could not be read: {error}", job_id=submission.first.job_id)
            unreadable.__cause__ = error
            with suppress(JournalError):  # a journal that cannot take it is noticed by the next row at the latest
                await self._give_up(submission, "unreadable", unreadable, "unreadable")
                return
        self._end_all(submission, "unfinished" if submission.first.job_id else "unknown", error)

    async def _execute_for(self, submission: Submission, command: JobCommand) -> None:
        match command:
            case Submit():
                self.webhooks.sending(submission)
                await self._transit.submit(submission, command)
                await self.webhooks.answered(submission)
            case Poll():
                await self._transit.poll(submission, command.job_id, command.ticket)
            case Finish(report=report):
                await self._finish(submission, report)
            case TakeBack() | Release() | Split():
                await self._take_back(submission, command)
            case Park(error=error, state=state):
                await self._give_up(submission, STATUSES[state], error, state)
            case Detach(error=error):
                await self._give_up(submission, "unfinished", error, "accepted")

    # --- ends ---------------------------------------------------------------------------------------------------

    async def _finish(self, submission: Submission, report: Report) -> None:
        """Commit the raw answer, parse it, deliver it."""
        if submission.batch is None:
            await self._journal.put(submission.finish(report))
        else:
            await self._journal.settle_batch(submission.batch, submission.settle(report))
        for row in self._forget(submission):
            self._end(row, read_outcome(row.operation, row.entry))

    async def _take_back(self, submission: Submission, command: TakeBack | Release | Split) -> None:
        """Take back the intent of a submit that was certainly not accepted and deal with its rows."""
        if submission.first.state != "released":
            await self._journal.put(*submission.advance("released", 0.0, error=str(command.error)))
        await self.webhooks.closed(submission)
        match command:
            case TakeBack():
                pass
            case Release(error=RunStoppedError()):
                self._end_withdrawn(submission)
            case Release(error=error):
                self._end_all(submission, "rejected", error)
            case Split(sizes=sizes):
                self._go_on_in_parts(submission, sizes)

    def _end_withdrawn(self, submission: Submission) -> None:
        """End the rows that nobody wants, and schedule those again that somebody has asked for meanwhile."""
        rows = self._forget(submission)
        for row in rows:
            if row.withdrawn is not None:
                self._end(row, _without_answer(row, "rejected", row.withdrawn))
        wanted = [row for row in rows if row.withdrawn is None]
        if len(rows) == 1 and wanted:
            self._schedule(Submission(next(self._numbers), wanted, submission.operation))
        elif wanted:
            self._schedule_batch(wanted)

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
        why = error.message if isinstance(error, JobError) else str(error)  # its id has a place of its own on the line
        await self._journal.put(*submission.advance(state, error=why))
        await self.webhooks.closed(submission, in_doubt=state == "unknown")
        self._end_all(submission, status, error)

    def _end_all(self, submission: Submission, status: Status, error: SixtyfourError) -> None:
        for row in self._forget(submission):
            self._end(row, _without_answer(row, status, error))

    def _forget(self, submission: Submission) -> list[Row]:
        """Forget a submission, unless that was done already, and return its rows."""
        if self._submissions.pop(submission.id, None) is None:
            return []
        self.webhooks.ended(submission)
        for row in submission.rows:
            self._submission_of.pop(row.entry.key, None)
        return submission.rows

    def _end(self, row: Row, outcome: Outcome[Any]) -> None:
        if self.rows.pop(row.entry.key, None) is None:
            return
        stopped = self._delivery.deliver(row, outcome)
        if stopped and self.broken is None:  # else every row is being ended, each as it stands
            self.withdraw(lambda other: any(stream in stopped for stream, _ in other.waiting))

    def break_off(self, error: JournalError) -> None:
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
    return without_answer(row.operation, row.entry, status, error)
