"""What a runner reports of itself, to the hooks of its client and, at DEBUG, to the log.

The engine calls it after it has acted: an event is reported when the journal holds what it says. The events themselves
are in `_client.runner_events`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from sixtyfour_async._client.client import AsyncClient, pipeline_of
from sixtyfour_async._client.runner_events import (
    JobDelivered,
    JobDivided,
    JobEnded,
    JobHappening,
    JobLeft,
    JobParked,
    JobPolled,
    JobQueued,
    JobResumed,
    JobSending,
    JobSubmitted,
    MoneyMoved,
)
from sixtyfour_async._journal.base import Journal
from sixtyfour_async._runner.carried_texts import keep_text, text_of
from sixtyfour_async._runner.outcomes import Outcome
from sixtyfour_async._runner.service_watch import ServiceWatch
from sixtyfour_async._runner.submission import Row, Submission
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.errors import SixtyfourError
from sixtyfour_async.errors.printable import printable
from sixtyfour_async.models.jobs import JobState

logger = logging.getLogger("sixtyfour_async.runner")


class Reporter:
    """Reports what becomes of submissions.

    Args:
        client: Whose hooks are called.
        journal: Keeps the texts that hooks have carried to the next run.
        scheduler: Knows what jobs wait for, and what their money did.
    """

    def __init__(self, client: AsyncClient, journal: Journal, scheduler: Scheduler) -> None:
        pipeline = pipeline_of(client)
        self._observers = pipeline.sender.observers
        self._clock = pipeline.clock
        self._journal = journal
        self._scheduler = scheduler
        self._watch = ServiceWatch(pipeline.budget)
        self._let_go = list[Submission]()

    @property
    def _is_heard(self) -> bool:
        return self._observers.watch_runners or logger.isEnabledFor(logging.DEBUG)

    # --- jobs ---------------------------------------------------------------------------------------------------

    def scheduled(self, submission: Submission) -> None:
        """Report a submission that was handed to the scheduler: it waits, or is polled on."""
        now = submission.waits_since = self._clock.now()
        job = self._scheduler.jobs.get(submission.id)
        if job is not None and self._is_heard:
            facts = _facts(submission)
            waits = self._scheduler.waits_for(job, now)
            is_new = job.job_id is None
            carried = submission.rows[0].carried
            self._job(JobQueued(**facts, waits_for=waits) if is_new else JobResumed(**facts, carried=carried))
        self.money(submission)

    def sending(self, submission: Submission) -> None:
        """Report that the intent of a submit is in the journal; what is sent next is that submit."""
        now, job = self._clock.now(), self._scheduler.jobs.get(submission.id)
        waited, submission.waits_since = now - submission.waits_since, now
        attempt = 1 if job is None else job.attempts
        self._observers.note_attempt(resends=attempt - 1)
        self.money(submission)
        if self._is_heard:
            self._job(JobSending(**_facts(submission), attempt=attempt, waited=waited))

    async def submitted(self, submission: Submission) -> None:
        """Report that a job's id is in the journal, and keep there what a hook wants to be carried on.

        Raises:
            JournalError: The journal cannot keep that.
        """
        if not self._is_heard:
            return
        event = JobSubmitted(**_facts(submission))
        self._job(event)
        text = self._observers.carry(event)
        if text is not None and event.job_id is not None:
            await keep_text(self._journal, event.job_id, text)

    async def carried(self, job_id: str | None) -> str | None:
        """Return what a hook had carried on with a job that an earlier run submitted."""
        is_wanted = job_id is not None and self._observers.carry_texts
        return await text_of(self._journal, job_id or "") if is_wanted else None

    def polled(
        self, submissions: Iterable[Submission], *, state: JobState | None = None, error: SixtyfourError | None = None
    ) -> None:
        """Report that jobs were polled by one request."""
        if self._is_heard:
            failure = None if error is None else type(error).__name__
            for submission in submissions:
                self._job(JobPolled(**_facts(submission), state=state, error=failure))

    def delivered(self, submission: Submission, state: JobState) -> None:
        """Report that the end of a job was delivered."""
        if self._is_heard:
            self._job(JobDelivered(**_facts(submission), state=state))

    def ended(self, row: Row, outcome: Outcome[Any]) -> None:
        """Report that a row has left its job."""
        if not self._is_heard or not row.job:
            return
        facts = _facts_of(row.job, [row])
        match outcome.status:
            case "unknown" | "lost" | "unreadable" as status:
                error = None if outcome.error is None else type(outcome.error).__name__
                self._job(JobParked(**facts, status=status, error=error))
            case status:
                cost = outcome.cost_cents
                self._job(JobEnded(**facts, status=status, cost_cents=cost, run_time=row.run_time, lag=row.lag))

    def divided(self, submission: Submission) -> None:
        """Report that the rows of a submission go on in others."""
        if self._is_heard and submission.rows:
            self._job(JobDivided(**_facts(submission)))

    def let_go(self, submission: Submission) -> None:
        """Report that the rows of a submission were taken by another runner, which goes on with them."""
        self.divided(submission)
        self._let_go.append(submission)  # the scheduler has yet to hear of it, and to move its money

    def left(self, submissions: Iterable[Submission]) -> None:
        """Report what the runner was closed on."""
        if self._is_heard:
            for submission in submissions:
                self._job(JobLeft(**_facts(submission)))

    # --- money and the service ----------------------------------------------------------------------------------

    def money(self, submission: Submission) -> None:
        """Report what the money of a submission did, which is in the journal now."""
        moves = self._scheduler.spending.moves.pop(submission.id, ())
        if self._is_heard and submission.rows:
            for move in moves:
                moved = MoneyMoved(
                    **_facts(submission), cents=move.cents, source=move.source, to=move.to, stated=move.stated
                )
                self._observers.money(moved)
                _log(moved)

    def look_round(self, now: float) -> float:
        """Report what has changed in general; return when that must be looked at again, or infinity."""
        notices = self._scheduler.ledger.notices
        while notices:
            logger.warning("%s", notices.pop(0))
        while self._let_go:
            self.money(self._let_go.pop())
        for event in self._watch.changes(self._scheduler, now):
            self._observers.service(event)
            logger.debug("%s", event)
        return self._watch.resumes_at(now)

    def _job(self, event: JobHappening) -> None:
        self._observers.job(event)
        _log(event)


def _log(event: JobHappening | MoneyMoved) -> None:
    if logger.isEnabledFor(logging.DEBUG):
        place = event.key if event.job_id is None else f"{event.key}, job {event.job_id}"
        logger.debug("%s: %s %s", type(event).__name__, event.operation, printable(place), extra=event.log_fields())


def _facts(submission: Submission) -> dict[str, Any]:
    return _facts_of(submission.id, submission.rows)


def _facts_of(number: int, rows: Sequence[Row]) -> dict[str, Any]:
    """Return what every event of a job holds."""
    entry = rows[0].entry
    return {
        "number": number,
        "keys": tuple(row.entry.key for row in rows),
        "operation": entry.operation,
        "tier": entry.variant.partition("/")[2],
        "job_id": entry.job_id,
    }
