"""The engine of a runner: carries out the scheduler's commands, and keeps the journal one step ahead of each.

What to send, whether to send it again, what may have been accepted and what becomes of a refused batch is decided in
`_scheduling` and arrives as a command. One loop serves all jobs. What happened goes back to the scheduler through the
inbox, and the end of a row to the `Delivery`. Two situations are the engine's own: a journal that broke, after which
nothing may be sent, and the closing of the runner, after which nobody reads the inbox.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from typing import Any

import anyio
import anyio.abc

from sixtyfour_async._client.client import AsyncClient, pipeline_of
from sixtyfour_async._journal.base import FencedError, Journal
from sixtyfour_async._runner.claims import Claims
from sixtyfour_async._runner.crew import Crew
from sixtyfour_async._runner.delivery import Delivery
from sixtyfour_async._runner.exchange import contained
from sixtyfour_async._runner.following import Following
from sixtyfour_async._runner.inbox import Inbox
from sixtyfour_async._runner.outcome_stream import OutcomeStream
from sixtyfour_async._runner.parked_rows import ParkedRows
from sixtyfour_async._runner.reading import STATUSES, handed_back, polled_report
from sixtyfour_async._runner.receivers import Receivers
from sixtyfour_async._runner.reporter import Reporter
from sixtyfour_async._runner.row_ends import RowEnds
from sixtyfour_async._runner.submission import Row, Submission, wall_clock
from sixtyfour_async._runner.transit import Transit
from sixtyfour_async._runner.under_way import UnderWay
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
from sixtyfour_async._scheduling.row_states import Batching
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.errors import (
    JournalError,
    NotFoundError,
    ResponseError,
    RunStoppedError,
    SixtyfourError,
    UnreadableError,
)
from sixtyfour_async.errors.foreign import stray_cancellation_contained
from sixtyfour_async.models.jobs import JobState
from sixtyfour_async.operations import JobOperation

logger = logging.getLogger("sixtyfour_async.runner")


class Engine:
    """Rows under way.

    Attributes:
        rows: Every row that was handed over and has not ended, by its key.
        following: Those of them that another runner has.
        ends: Ends rows.
        webhooks: Where deliveries come in.
        reporter: Tells the hooks.
        broken: The journal's failure, once it failed: nothing is sent from then on.
        wake: Has the engine look again at what may be sent.
    """

    def __init__(
        self, client: AsyncClient, journal: Journal, scheduler: Scheduler, delivery: Delivery, receivers: Receivers
    ) -> None:
        self._under_way = UnderWay()
        self.rows = self._under_way.rows
        self.broken: JournalError | None = None
        self._clock = pipeline_of(client).clock
        self._journal = journal
        self._scheduler = scheduler
        self._delivery = delivery
        self._batcher: Batcher[Row] = Batcher()
        self._inbox = Inbox()
        self.wake = self._inbox.post
        self.reporter = Reporter(client, journal, scheduler)
        self.following = Following(journal, scheduler, self._under_way, self._inbox)
        claims = Claims(journal, self.following.limits)
        self.ends = RowEnds(
            journal, delivery, self._under_way, self.following, claims=claims, inbox=self._inbox, reporter=self.reporter
        )
        self._transit = Transit(
            client,
            journal,
            scheduler,
            self._inbox,
            self.reporter,
            claims=claims,
            owners=self._under_way.owners,
            let_go=self.ends.let_go,
            webhook_url=receivers.url,
        )
        parked = ParkedRows(journal, claims, self.rows.__contains__)
        self.webhooks = WebhookIntake(receivers, journal, self._transit, self._inbox, parked)
        self.following.take_kept = self.webhooks.look
        self.ends.webhooks, self.ends.on_stopped = self.webhooks, self._withdraw_for

    # --- rows in ------------------------------------------------------------------------------------------------

    def submit(self, row: Row, operation: JobOperation[Any], batching: Batching = "single") -> None:
        """Submit a row as *operation*, or in a batch with others; one that has an id already is polled only."""
        self.rows[row.entry.key] = row
        is_new = row.entry.state == "released" and batching != "single"
        batch_key = row.operation.batch_key(in_files=batching == "file") if is_new else None
        if batch_key is None:
            self._schedule(Submission(self._under_way.number(), [row], operation))
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
        submission = Submission.batch_of(self._under_way.number(), rows, batch)
        answer = await self._journal.load_batch_answer(batch)
        self._schedule(submission)
        if answer is not None:
            # The poll that is due brings again what cannot be read, is another job's, or lacks its file: links expire.
            with suppress(ResponseError, NotFoundError):
                report = polled_report(submission.operation, submission.first.job_id, answer)
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
        submission = self._under_way.carrier(row.entry.key)
        if submission is not None:
            self._inbox.post(RowWanted(submission.id, row.entry.key, stream.urgent))

    def _stop(self, error: SixtyfourError) -> None:
        """Read no further, and drop what has not been sent: every row would meet the same error."""
        for stream in list(self._delivery.streams):
            stream.stop(error)
        self.withdraw(lambda _row: True)

    def _withdraw(self, row: Row, error: SixtyfourError) -> None:
        row.withdrawn = error
        submission = self._under_way.carrier(row.entry.key)
        if row.entry.key in self.following.rows:
            self._leave_following(row, error)
        elif submission is None:
            self._batcher.remove(row)
            self.ends.end_without_answer(row, "rejected", error)
        else:
            self._inbox.post(RowWithdrawn(submission.id, row.entry.key, error))

    def follow(self, row: Row) -> None:
        """Wait for what becomes of a row that another runner has."""
        self.rows[row.entry.key] = row
        self.following.add(row)

    def _leave_following(self, row: Row, error: SixtyfourError) -> None:
        """Follow a row no longer when nobody is there to hear of it; else it runs, and is waited for."""
        if all(stream.closed for stream, _ in row.waiting):
            del self.following.rows[row.entry.key]
            self.ends.end_without_answer(row, "rejected", error)

    def _schedule_batch(self, rows: list[Row]) -> None:
        if len(rows) > 1 or rows[0].operation.batch_key() is None:
            self._schedule(Submission.batch_of(self._under_way.number(), rows))
        else:
            self._schedule(Submission(self._under_way.number(), rows, rows[0].operation))

    def _schedule(self, submission: Submission) -> None:
        """Hand a submission to the scheduler."""
        self._under_way.carry(submission)
        if self.broken is not None:
            self.ends.end_all(submission, "rejected", self.broken)
            return
        is_pushed = self.webhooks.is_bound and self._transit.is_pushed(submission.operation)
        job = submission.as_job(pushed=is_pushed)
        self.webhooks.running(submission)
        exposed = sum(row.entry.reserved_cents for row in submission.rows)
        self._scheduler.add(job, self._clock.now(), job_id=submission.first.job_id, exposed_cents=exposed)
        self.reporter.scheduled(submission)
        self._inbox.post()
        # Rows may have been withdrawn while the batch that they come from was taken back: its number is not known any
        # more, so their withdrawal was not heard. The inbox is read before anything is sent.
        for row in submission.rows:
            if row.withdrawn is not None:
                self._inbox.post(RowWithdrawn(submission.id, row.entry.key, row.withdrawn))

    def job_of(self, key: str) -> ScheduledJob | None:
        """Return the job that carries a row; None while it has none."""
        submission = self._under_way.carrier(key)
        return None if submission is None else self._scheduler.jobs.get(submission.id)

    def leave(self) -> None:
        """Report what has not ended: the runner is closed."""
        self.reporter.left(self._under_way)

    def begin_shutdown(self) -> None:
        """Send nothing more, and give submits in transit a last few seconds."""
        self._transit.begin_shutdown()

    # --- the loop -----------------------------------------------------------------------------------------------

    async def run(self, tasks: anyio.abc.TaskGroup) -> None:
        """Serve until cancelled."""
        clock, scheduler, crew = self._clock, self._scheduler, Crew(self._execute)
        tasks.start_soon(self._follow)
        while True:
            for rows in self._batcher.due(clock.now()):
                self._schedule_batch(rows)
            scheduler.ledger.advance(wall_clock())
            # Events first, then what is due: a withdrawal must be heard before the submit that it is about.
            commands = [command for event in self._inbox.drain() for command in scheduler.handle(event, clock.now())]
            commands += [] if self.broken else scheduler.due(clock.now())
            for command in commands:
                match command:
                    case DropRows(id=id_, errors=errors):  # at once: the submit that follows may be first
                        self.ends.drop(self._under_way.submissions.get(id_), errors)
                    case StopFeed(error=error):
                        self._stop(error)
                    case Split(id=id_, sizes=sizes) if self._under_way.is_unsent(id_):  # nothing to take back
                        self._go_on_in_parts(self._under_way.submissions[id_], sizes)
                    case _:
                        crew.start(tasks, command)
            change_at = self.reporter.look_round(clock.now())
            self.following.update(clock.now(), receives=self.webhooks.is_expecting)
            at = None if self.broken else scheduler.wake_at(clock.now())
            at = min(math.inf if at is None else at, self._batcher.wake_at(), change_at)
            with anyio.CancelScope(deadline=clock.loop_time(at)):
                await self._inbox.wait()

    async def _follow(self) -> None:
        try:
            await self.following.run()
        except JournalError as error:
            self.break_off(error)

    async def _execute(self, command: TaskCommand) -> None:
        submissions = self._under_way.submissions
        try:
            if isinstance(command, CheckHealth):
                await self._transit.check_health(command.ticket)
            elif isinstance(command, PollBatch):
                known = [submissions[id_] for id_ in command.ids if id_ in submissions]
                await self._transit.poll_many(known, command)
            elif command.id in submissions:
                await self._execute_contained(submissions[command.id], command)
        except JournalError as error:
            self.break_off(error)

    async def _execute_contained(self, submission: Submission, command: JobCommand) -> None:
        try:
            with stray_cancellation_contained():
                await self._execute_for(submission, command)
        except FencedError as error:  # other runners have the rows, or a person has changed them
            logger.info("%s", error)
            self.ends.let_go(submission, [row.entry.key for row in submission.rows])
            await self.webhooks.closed(submission)
        except JournalError as error:
            self.break_off(error)
        except Exception as error:  # noqa: BLE001 (see contained)
            await self._set_aside(submission, command, contained(error, submission.rows[0].log_fields()))
        if self.broken is not None:  # perhaps by another task, while this submit was in transit
            self.ends.end_as_it_stands(submission, self.broken)

    async def _set_aside(self, submission: Submission, command: JobCommand, error: SixtyfourError) -> None:
        """End rows over an exception of ours or of others, so that they end nothing else.

        An answer that has arrived counts as unreadable: its bytes are kept, and no later run stumbles over it again.
        """
        if isinstance(command, Finish):
            unreadable = UnreadableError(f"the answer could not be read: {error}", job_id=submission.first.job_id)
            unreadable.__cause__ = error
            with suppress(JournalError):  # a journal that cannot take it is noticed by the next row at the latest
                await self.ends.give_up(submission, "unreadable", unreadable, "unreadable")
                return
        await self.ends.set_aside(submission, error)

    async def _execute_for(self, submission: Submission, command: JobCommand) -> None:
        match command:
            case Submit():
                self.webhooks.sending(submission)
                await self._transit.submit(submission, command)
                await self.webhooks.answered(submission)
            case Poll():
                await self._transit.poll(submission, command.job_id, command.ticket)
            case Finish():
                await self.ends.finish(submission, command)
            case TakeBack() | Release() | Split():
                await self._take_back(submission, command)
            case Park(error=error, state=state):
                await self.ends.give_up(submission, STATUSES[state], error, state)
            case Detach(error=error):
                await self.ends.give_up(submission, "unfinished", error, "accepted")

    # --- ends ---------------------------------------------------------------------------------------------------

    async def _take_back(self, submission: Submission, command: TakeBack | Release | Split) -> None:
        """Take back the intent of a submit that was certainly not accepted and deal with its rows."""
        if submission.first.state != "released":
            await self._journal.put(*submission.advance("released", 0.0, error=str(command.error)))
        self.reporter.money(submission)
        await self.webhooks.closed(submission)
        match command:
            case TakeBack():
                pass
            case Release(error=RunStoppedError()):
                self._end_withdrawn(submission)
            case Release(error=error):
                self.ends.end_all(submission, "rejected", error)
            case Split(sizes=sizes):
                self._go_on_in_parts(submission, sizes)

    def _end_withdrawn(self, submission: Submission) -> None:
        """End the rows that nobody wants, and schedule those again that somebody has asked for meanwhile."""
        rows = self.ends.forget(submission)
        for row in rows:
            if row.withdrawn is not None:
                self.ends.end_without_answer(row, "rejected", row.withdrawn)
        wanted = [row for row in rows if row.withdrawn is None]
        if wanted:
            self.reporter.divided(submission)
        if len(rows) == 1 and wanted:
            self._schedule(Submission(self._under_way.number(), wanted, submission.operation))
        elif wanted:
            self._schedule_batch(wanted)

    def _go_on_in_parts(self, submission: Submission, sizes: Iterable[int]) -> None:
        self.reporter.divided(submission)
        rows = iter(self.ends.forget(submission))
        for size in sizes:
            part = list(islice(rows, size))
            if size > 1:
                self._schedule_batch(part)
            else:
                self._schedule(Submission(self._under_way.number(), part, part[0].operation))

    def _withdraw_for(self, stopped: set[OutcomeStream[Any]]) -> None:
        """Drop what was read for streams that stopped, and was not sent."""
        if self.broken is None:  # else every row is being ended, each as it stands
            self.withdraw(lambda row: any(stream in stopped for stream, _ in row.waiting))

    def break_off(self, error: JournalError) -> None:
        """Send nothing more once it cannot be recorded, and hand back what runs with its id.

        A submit in transit may come back with an id, which nobody else knows: its rows end when it does.
        """
        if self.broken is not None:
            return
        self.broken = error
        logger.error("%s; nothing more is sent", error)
        for submission in list(self._under_way):
            if not self._transit.is_sending(submission):
                self.ends.end_as_it_stands(submission, error)
        self.following.rows.clear()
        for row in self._under_way.uncarried():
            self.ends.end(row, handed_back(row.operation, row.entry, error))
