"""Requests in transit: what is committed before one leaves, and what when its answer is there.

A submit leaves once its intent is on the disk. Its answer, and that to a poll, is on the disk as it came before
anything judges it. Two kinds of answers need no such care and are decoded at once: the documented receipt of a submit,
and a poll that plainly says that the job still runs, for which nothing was paid.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import anyio

from sixtyfour_async._client.client import AsyncClient, pipeline_of
from sixtyfour_async._journal.base import Journal, tally_replaced
from sixtyfour_async._runner.exchange import Exchange, contained
from sixtyfour_async._runner.inbox import Inbox
from sixtyfour_async._runner.reading import delivered_end, read_report, running_report
from sixtyfour_async._runner.submission import Submission
from sixtyfour_async._scheduling.budget import Ticket
from sixtyfour_async._scheduling.messages import (
    Accepted,
    Announced,
    BatchPolled,
    BatchPollFailed,
    Delivered,
    HealthChecked,
    PollBatch,
    Polled,
    PollFailed,
    Release,
    Split,
    Submit,
    SubmitAnswered,
    SubmitFailed,
    TakeBack,
)
from sixtyfour_async._scheduling.row_states import State
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async._wire.body import Body
from sixtyfour_async._wire.submit_answers import is_plain_receipt, read_submit
from sixtyfour_async.errors import JournalError, LinkRefusedError, SixtyfourError
from sixtyfour_async.errors.printable import printable
from sixtyfour_async.models.jobs import JobState, JobStatus, Report

SHUTDOWN_GRACE_SECONDS = 5.0
"""Real seconds that submits in transit get to come back with an id when the runner is closed."""

logger = logging.getLogger("sixtyfour_async.runner")


class Transit:
    """The requests of a runner, each with its commits. What happened goes to the inbox.

    Every method raises `JournalError` when something cannot be recorded, and nothing else.
    """

    def __init__(
        self, client: AsyncClient, journal: Journal, scheduler: Scheduler, inbox: Inbox, webhook_url: str | None = None
    ) -> None:
        self._exchange = Exchange(client, webhook_url)
        self._clock = pipeline_of(client).clock
        self._journal = journal
        self._scheduler = scheduler
        self._inbox = inbox
        self._submits: set[anyio.CancelScope] = set()
        self.is_pushed = self._exchange.is_pushed
        self._closing = False

    def begin_shutdown(self) -> None:
        """Send nothing more, and give submits in transit a last few seconds."""
        self._closing = True
        for scope in self._submits:
            scope.deadline = anyio.current_time() + SHUTDOWN_GRACE_SECONDS

    # --- submits ------------------------------------------------------------------------------------------------

    async def submit(self, submission: Submission, command: Submit) -> None:
        """Commit the intent, send the request, commit the id. Not cancelled half-way: an id is worth the wait."""
        with anyio.CancelScope(shield=True) as scope:
            self._submits.add(scope)
            try:
                self._tally_replaced(submission)
                await self._journal.put(*submission.intend(command))
                if self._closing:
                    state: State = "unknown" if command.in_doubt else "released"
                    await self._journal.put(*submission.advance(state, error="the run was closed before this was sent"))
                    return
                await self._accept(submission, await self._exchange.submit(submission.operation, command.ticket))
            except JournalError:
                raise
            except Exception as error:  # noqa: BLE001 (see contained)
                await self._submit_failed(submission, contained(error))
            finally:
                self._submits.discard(scope)

    async def _accept(self, submission: Submission, receipt: Body) -> None:
        """Commit the id in the answer to a submit; an answer of any other form is committed before it is read."""
        operation = submission.operation
        if not is_plain_receipt(operation, receipt):
            await self._journal.put(*submission.advance("intended", receipt=receipt))
        answer = read_submit(operation, receipt, operation.endpoint.name)
        if isinstance(answer, Report):
            submission.claim_end(receipt)
            self._inbox.post(SubmitAnswered(submission.id, answer))
        else:
            await self._journal.put(*submission.advance("accepted", job_id=answer))
            self._inbox.post(Accepted(submission.id, answer))

    async def _submit_failed(self, submission: Submission, error: SixtyfourError) -> None:
        failure = SubmitFailed(submission.id, error)
        if not self._closing:
            self._inbox.post(failure)
            return
        # Nobody reads the inbox any more. What the scheduler decides is written down, and goes no further; a submit in
        # doubt needs no line but its intent, which the next run finds.
        for command in self._scheduler.handle(failure, self._clock.now()):
            if isinstance(command, TakeBack | Release | Split):
                await self._journal.put(*submission.advance("released", 0.0, error=str(command.error)))

    def _tally_replaced(self, submission: Submission) -> None:
        """Tally the money of the submits that this one replaces, in the commit of its intent."""
        for row in submission.rows:
            if row.replaced is not None:
                tally_replaced(self._journal, row.replaced)
                row.replaced = None

    async def check_health(self, ticket: Ticket) -> None:
        """Learn whether the service is there."""
        try:
            await self._exchange.check_health(ticket)
        except Exception as error:  # noqa: BLE001 (see contained)
            self._inbox.post(HealthChecked(contained(error)))
        else:
            self._inbox.post(HealthChecked())

    # --- polls --------------------------------------------------------------------------------------------------

    async def poll(self, submission: Submission, job_id: str, ticket: Ticket) -> None:
        """Poll a job."""
        try:
            answer = await self._exchange.poll(submission.operation, job_id, ticket)
            report = running_report(submission.operation, job_id, answer)
            report = report or await self._read(submission, job_id, answer)
            submission.show_progress(report)
            self._inbox.post(Polled(submission.id, report))
        except JournalError:
            raise
        except Exception as error:  # noqa: BLE001 (see contained)
            logger.info("polling %s: %s", printable(job_id), error)
            self._inbox.post(PollFailed(submission.id, contained(error)))

    async def _read(self, submission: Submission, job_id: str, answer: Body) -> Report:
        """Commit an answer, read it, and download the file that it links to, if any."""
        await self._keep(submission, answer)
        report = read_report(submission.operation, job_id, answer)
        if submission.lacks_file(report) and not submission.ended:
            try:
                answer = await self._exchange.embed_file(answer)
            except LinkRefusedError as error:
                logger.warning("%s: %d rows keep the raw answer", error, len(submission.rows))
                submission.withheld = str(error)
            else:
                await self._keep(submission, answer)
                report = replace(report, result=JobStatus.model_validate(answer.value()).result)
        if report.state is not JobState.RUNNING:
            submission.claim_end(answer)
        return report

    async def _keep(self, submission: Submission, answer: Body) -> None:
        # One that has ended is a poll's that a delivery overtook: its line is written, or will be, as it ended.
        if submission.ended:
            return
        if submission.batch is None:
            await self._journal.put(*submission.advance("accepted", answer=answer))
        else:
            await self._journal.save_batch_answer(submission.batch, answer)

    # --- deliveries ---------------------------------------------------------------------------------------------

    async def take_delivery(self, submission: Submission, job_id: str, answer: Body) -> None:
        """Commit a delivered answer and read it as that to a poll; what is no plain end makes the job be polled."""
        if submission.ended:
            return
        report = running_report(submission.operation, job_id, answer)
        if report is None and not submission.in_file:
            await self._keep(submission, answer)
            report = delivered_end(submission.operation, job_id, answer)
        if report is not None and report.state is not JobState.RUNNING and submission.claim_end(answer):
            submission.show_progress(report)
            self._inbox.post(Delivered(submission.id, report))
        elif not submission.ended:
            self._inbox.post(Announced(submission.id))

    async def poll_many(self, submissions: Sequence[Submission], command: PollBatch) -> None:
        """Poll many jobs with one request."""
        listing = next((submission.operation.poll_many() for submission in submissions), None)
        if listing is None:
            return
        try:
            self._inbox.post(BatchPolled(command.ids, await self._exchange.poll_many(listing, command.ticket)))
        except Exception as error:  # noqa: BLE001 (see contained)
            logger.info("polling %d jobs: %s", len(command.ids), error)
            self._inbox.post(BatchPollFailed(command.ids, contained(error)))
