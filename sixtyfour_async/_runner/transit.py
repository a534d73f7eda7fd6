"""Requests in transit: what is committed before one leaves, and what when its answer is there.

A submit leaves once its intent is on the disk. Its answer, and that to a poll, is on the disk as it came before
anything judges it. Two kinds of answers need no such care and are decoded at once: the documented receipt of a submit,
and a poll that plainly says that the job still runs, for which nothing was paid.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace

import anyio

from sixtyfour_async._client.client import AsyncClient, pipeline_of
from sixtyfour_async._client.hooks import ATTEMPT, Attempt
from sixtyfour_async._journal.base import FencedError, Journal, changed
from sixtyfour_async._journal.sharing import Claim
from sixtyfour_async._runner.claims import Claims
from sixtyfour_async._runner.exchange import Exchange, contained
from sixtyfour_async._runner.inbox import Inbox
from sixtyfour_async._runner.job_owners import JobOwners
from sixtyfour_async._runner.reading import delivered_end, polled_report, readable_report, running_report
from sixtyfour_async._runner.reporter import Reporter
from sixtyfour_async._runner.submission import Row, Submission
from sixtyfour_async._scheduling.budget import Ticket
from sixtyfour_async._scheduling.messages import (
    Accepted,
    Announced,
    BatchPolled,
    BatchPollFailed,
    Delivered,
    HealthChecked,
    NotSent,
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
from sixtyfour_async.errors import JournalError, LinkRefusedError, ResponseError, SixtyfourError, TransportError
from sixtyfour_async.errors.foreign import stray_cancellation_contained
from sixtyfour_async.errors.printable import printable
from sixtyfour_async.models.jobs import JobState, JobStatus, Report

SHUTDOWN_GRACE_SECONDS = 5.0
"""Real seconds that submits in transit get to come back with an id when the runner is closed."""

logger = logging.getLogger("sixtyfour_async.runner")


class Transit:
    """The requests of a runner, each with its commits. What happened goes to the inbox.

    Every method raises `JournalError` when something cannot be recorded, and nothing else; `FencedError` when that is
    because another runner has the rows now.

    Args:
        client: Whose requests they are.
        journal: What is committed to.
        scheduler: Decides when nobody reads the inbox any more.
        inbox: Where it says what happened.
        reporter: Tells the hooks.
        claims: The claims of this runner.
        owners: Which submits have which job.
        let_go: Leaves rows of a submission, by key, to the runner that has them.
        webhook_url: Where ends are delivered.
    """

    def __init__(
        self,
        client: AsyncClient,
        journal: Journal,
        scheduler: Scheduler,
        inbox: Inbox,
        reporter: Reporter,
        *,
        claims: Claims,
        owners: JobOwners,
        let_go: Callable[[Submission, Collection[str]], None],
        webhook_url: str | None = None,
    ) -> None:
        self._claims = claims
        self._let_go = let_go
        self._exchange = Exchange(client, webhook_url)
        self._clock = pipeline_of(client).clock
        self._journal = journal
        self._scheduler = scheduler
        self._inbox = inbox
        self._reporter = reporter
        self._submits: set[anyio.CancelScope] = set()
        self._sending: set[int] = set()
        self._owners = owners
        self.is_pushed = self._exchange.is_pushed
        self._closing = False

    def begin_shutdown(self) -> None:
        """Send nothing more, and give submits in transit a last few seconds."""
        self._closing = True
        for scope in self._submits:
            scope.deadline = anyio.current_time() + SHUTDOWN_GRACE_SECONDS

    # --- submits ------------------------------------------------------------------------------------------------

    def is_sending(self, submission: Submission) -> bool:
        """Return whether a submit is in transit: its answer, and the commit of it, are still to come."""
        return submission.id in self._sending

    async def submit(self, submission: Submission, command: Submit) -> None:
        """Commit the intent, send the request, commit the id. Not cancelled half-way: an id is worth the wait."""
        ATTEMPT.set(Attempt(jobs=(submission.id,)))
        with anyio.CancelScope(shield=True) as scope:
            self._submits.add(scope)
            try:
                self._sending.add(submission.id)
                with stray_cancellation_contained():
                    await self._submit(submission, command)
            except JournalError:
                raise
            except Exception as error:  # noqa: BLE001 (see contained)
                await self._submit_failed(submission, contained(error, submission.rows[0].log_fields()))
            finally:
                self._submits.discard(scope)
                self._sending.discard(submission.id)

    async def _submit(self, submission: Submission, command: Submit) -> None:
        if await self._intend(submission, command):
            self._reporter.sending(submission)
            try:
                answer = await self._exchange.submit(submission.operation, command.ticket, self._claims.objection)
            except TransportError as error:
                await self._accept_part(submission, error)
            else:
                await self._accept(submission, answer)

    async def _intend(self, submission: Submission, command: Submit) -> bool:
        """Commit the intent, for rows that no other runner has; return whether the request may leave."""
        claim = await self._claim(submission, command)
        if claim.exceeded is not None:
            self._inbox.post(NotSent(submission.id, exceeded=True))
            return False
        refused = claim.refused
        if refused:
            # They were counted when they were admitted, and will be when they are admitted again.
            self._scheduler.ledger.jobs -= 0 if command.in_doubt else len(refused)
            # A batch in doubt is repeated as it was, or not at all.
            if command.in_doubt or len(refused) == len(submission.rows):
                await self._take_back(submission.rows_without(refused), command, "a part of its batch was taken")
                raise FencedError(refused)
            self._let_go(submission, refused)
        if self._closing:
            await self._take_back(submission.rows, command, "the run was closed before this was sent")
        elif (objection := self._claims.objection()) is not None:
            await self._take_back(submission.rows, command, objection)
            self._inbox.post(NotSent(submission.id))
        else:
            return True
        return False

    async def _claim(self, submission: Submission, command: Submit) -> Claim:
        """Claim the rows; where that fails, nothing is sent, and no later commit may say so."""
        try:
            return await self._claims.intend(submission, command)
        except JournalError as error:
            with suppress(JournalError):
                await self._take_back(submission.rows, command, f"not sent: {error}")
            raise

    async def _take_back(self, rows: Sequence[Row], command: Submit, why: str) -> None:
        """Take back the intent of rows that were not sent; what an earlier submit was, is still not known."""
        state: State = "unknown" if command.in_doubt else "released"
        for row in rows:
            reserved = row.entry.reserved_cents if command.in_doubt else 0.0
            row.entry = changed(row.entry, state=state, reserved_cents=reserved, error=why)
        if rows:
            await self._journal.put(*(row.entry for row in rows))

    async def _accept(self, submission: Submission, receipt: Body) -> None:
        """Commit the id in the answer to a submit; an answer of any other form is committed before it is read."""
        operation = submission.operation
        if not is_plain_receipt(operation, receipt):
            try:
                await self._journal.put(*submission.advance("intended", receipt=receipt))
            except JournalError:
                with suppress(SixtyfourError):  # the id is worth more than the reason why there is none
                    answer = read_submit(operation, receipt, operation.endpoint.name)
                    if isinstance(answer, str):
                        await self._accepted(submission, answer)
                raise
        answer = read_submit(operation, receipt, operation.endpoint.name)
        if isinstance(answer, Report):
            submission.claim_end(receipt)
            self._inbox.post(SubmitAnswered(submission.id, answer))
        else:
            await self._accepted(submission, answer)
            await self._reporter.submitted(submission)
            self._inbox.post(Accepted(submission.id, answer))

    async def _accept_part(self, submission: Submission, error: TransportError) -> None:
        """Commit what arrived of an answer that broke off, and the id if it is in there; else raise the error."""
        if not error.received:
            raise error
        try:
            await self._accept(submission, Body(error.received))
        except ResponseError:
            raise error from None

    async def _accepted(self, submission: Submission, job_id: str) -> None:
        """Commit the id of a job."""
        self._owners.claim(submission, job_id)
        await self._journal.put(*submission.advance("accepted", job_id=job_id))

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

    async def check_health(self, ticket: Ticket) -> None:
        """Learn whether the service is there."""
        ATTEMPT.set(Attempt())
        try:
            with stray_cancellation_contained():
                await self._exchange.check_health(ticket)
        except Exception as error:  # noqa: BLE001 (see contained)
            self._inbox.post(HealthChecked(contained(error)))
        else:
            self._inbox.post(HealthChecked())

    # --- polls --------------------------------------------------------------------------------------------------

    async def poll(self, submission: Submission, job_id: str, ticket: Ticket) -> None:
        """Poll a job."""
        ATTEMPT.set(Attempt(jobs=(submission.id,)))
        if await self._claims.hold([submission]):
            raise FencedError([row.entry.key for row in submission.rows])
        try:
            with stray_cancellation_contained():
                answer = await self._exchange.poll(submission.operation, job_id, ticket)
                report = readable_report(submission.operation, job_id, answer)
                if report is None or report.state is not JobState.RUNNING:
                    report = await self._read(submission, job_id, answer, report)
                submission.show_progress(report)
                self._reporter.polled([submission], state=report.state)
                self._inbox.post(Polled(submission.id, report))
        except JournalError:
            raise
        except Exception as error:  # noqa: BLE001 (see contained)
            fields = submission.rows[0].log_fields()
            logger.info("polling %s: %s", printable(job_id), error, extra=fields)
            failure = contained(error, fields)
            self._reporter.polled([submission], error=failure)
            self._inbox.post(PollFailed(submission.id, failure))

    async def _read(self, submission: Submission, job_id: str, answer: Body, report: Report | None) -> Report:
        """Commit an answer, read it unless it has been, and download the file that it links to, if any."""
        await self._keep(submission, answer)
        report = report or polled_report(submission.operation, job_id, answer)
        if submission.lacks_file(report) and not submission.ended:
            try:
                answer = await self._exchange.embed_file(answer)
            except LinkRefusedError as error:
                fields = submission.rows[0].log_fields()
                logger.warning("%s: %d rows keep the raw answer", error, len(submission.rows), extra=fields)
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
            try:
                await self._keep(submission, answer)
            except FencedError:
                self._let_go(submission, [row.entry.key for row in submission.rows])
                raise
            report = delivered_end(submission.operation, answer)
        if report is not None and report.state is not JobState.RUNNING and submission.claim_end(answer):
            submission.show_progress(report)
            self._reporter.delivered(submission, report.state)
            self._inbox.post(Delivered(submission.id, report))
        elif not submission.ended:
            self._inbox.post(Announced(submission.id))

    async def poll_many(self, submissions: Sequence[Submission], command: PollBatch) -> None:
        """Poll many jobs with one request."""
        for taken in await self._claims.hold(submissions):
            self._let_go(taken, [row.entry.key for row in taken.rows])
        listing = next((submission.operation.poll_many() for submission in submissions), None)
        if listing is None:
            return
        ATTEMPT.set(Attempt(jobs=command.ids))
        try:
            with stray_cancellation_contained():
                reports = await self._exchange.poll_many(listing, command.ticket)
            for submission in submissions:
                listed = reports.get(submission.first.job_id or "")
                self._reporter.polled([submission], state=None if listed is None else listed.state)
            self._inbox.post(BatchPolled(command.ids, reports))
        except Exception as error:  # noqa: BLE001 (see contained)
            logger.info("polling %d jobs: %s", len(command.ids), error)
            failure = contained(error)
            self._reporter.polled(submissions, error=failure)
            self._inbox.post(BatchPollFailed(command.ids, failure))
