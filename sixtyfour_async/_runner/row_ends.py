"""How rows leave a runner: with an answer, given up, or left to another runner. Each is recorded before it is told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

from sixtyfour_async._journal.base import Journal
from sixtyfour_async._runner.claims import Claims
from sixtyfour_async._runner.delivery import Delivery
from sixtyfour_async._runner.following import Following
from sixtyfour_async._runner.inbox import Inbox
from sixtyfour_async._runner.outcome_stream import OutcomeStream
from sixtyfour_async._runner.outcomes import Outcome, Status, Unfinished
from sixtyfour_async._runner.reading import handed_back, read_outcome, without_answer
from sixtyfour_async._runner.reporter import Reporter
from sixtyfour_async._runner.submission import Row, Submission
from sixtyfour_async._runner.under_way import UnderWay
from sixtyfour_async._runner.webhook_intake import WebhookIntake
from sixtyfour_async._scheduling.messages import Finish, RowsTaken
from sixtyfour_async._scheduling.row_states import State
from sixtyfour_async.errors import JobError, JournalError, SixtyfourError


class RowEnds:
    """Ends the rows of one runner.

    Attributes:
        webhooks: Where deliveries come in, for jobs that are under way.
        on_stopped: Called with the streams that read no further because of an outcome.
        left_running: Jobs that were handed back because the journal broke; their ids may be in no journal.
    """

    webhooks: WebhookIntake
    on_stopped: Callable[[set[OutcomeStream[Any]]], None]

    def __init__(
        self,
        journal: Journal,
        delivery: Delivery,
        under_way: UnderWay,
        following: Following,
        *,
        claims: Claims,
        inbox: Inbox,
        reporter: Reporter,
    ) -> None:
        self._journal = journal
        self._delivery = delivery
        self._under_way = under_way
        self._following = following
        self._claims = claims
        self._inbox = inbox
        self._reporter = reporter
        self.left_running: list[Unfinished] = []

    async def finish(self, submission: Submission, command: Finish) -> None:
        """Commit the raw answer, parse it, deliver it."""
        if submission.batch is None:
            await self._journal.put(submission.finish(command.report))
        else:
            await self._journal.settle_batch(submission.batch, submission.settle(command.report))
        self._reporter.money(submission)
        for row in self.forget(submission):
            row.run_time, row.lag = command.run_time, command.lag
            self.end(row, read_outcome(row.operation, row.entry, index=row.index, seen=row.seen))

    async def give_up(self, submission: Submission, status: Status, error: SixtyfourError, state: State) -> None:
        """Record why rows are given up, and hand them back; one that still runs may be polled by another runner."""
        why = error.message if isinstance(error, JobError) else str(error)  # its id has a place of its own on the line
        await self._journal.put(*submission.advance(state, error=why))
        self._reporter.money(submission)
        await self.webhooks.closed(submission, in_doubt=state == "unknown")
        if state == "accepted":
            await self._claims.hand_back(submission)
        self.end_all(submission, status, error)

    async def set_aside(self, submission: Submission, error: SixtyfourError) -> None:
        """End rows over an exception that is not about them; no other runner shall wait for them."""
        accepted = submission.first.job_id is not None
        with suppress(JournalError):  # a journal that cannot take it is noticed by the next row at the latest
            if accepted:
                await self._claims.hand_back(submission)
            elif submission.first.state == "intended":
                await self._journal.put(*submission.advance("unknown", error=str(error)))
        self.end_all(submission, "unfinished" if accepted else "unknown", error)

    def drop(self, submission: Submission | None, errors: Mapping[str, SixtyfourError]) -> None:
        """Leave rows of a batch out that nobody wants any more; others remain."""
        for row in () if submission is None else self._under_way.leave_out(submission, errors):
            self.end_without_answer(row, "rejected", errors[row.entry.key])

    def let_go(self, submission: Submission, keys: Collection[str]) -> None:
        """Leave rows to the runner that has them now; they are followed, and admitted again when nobody has them."""
        taken = {row.entry.key for row in submission.rows} <= set(keys)
        if taken:
            self._reporter.let_go(submission)
        rows = self.forget(submission) if taken else self._under_way.leave_out(submission, keys)
        self._inbox.post(RowsTaken(submission.id, frozenset(row.entry.key for row in rows)))
        for row in rows:
            self._following.add(row)
        self._following.look_soon()

    def forget(self, submission: Submission) -> list[Row]:
        """Forget a submission, unless that was done already, and return its rows."""
        rows = self._under_way.forget(submission)
        if rows:
            self.webhooks.ended(submission)
        return rows

    def end_all(self, submission: Submission, status: Status, error: SixtyfourError) -> None:
        """End the rows of a submission without an answer."""
        for row in self.forget(submission):
            self.end_without_answer(row, status, error)

    def end_as_it_stands(self, submission: Submission, error: SixtyfourError) -> None:
        """End rows whose journal broke, with what is known of them, unless that was done already."""
        for row in self.forget(submission):
            self.end(row, handed_back(row.operation, row.entry, error))
            if row.entry.job_id is not None:
                self.left_running.append(Unfinished(row.entry.key, row.operation, row.entry.job_id))

    def end_without_answer(self, row: Row, status: Status, error: SixtyfourError) -> None:
        """End a row that this run gives up on, with whatever was received for it."""
        self.end(row, without_answer(row.operation, row.entry, status, error))

    def end(self, row: Row, outcome: Outcome[Any]) -> None:
        """Hand an outcome to everyone who waits for a row."""
        if self._under_way.rows.pop(row.entry.key, None) is not None:
            self._reporter.ended(row, outcome)
            stopped = self._delivery.deliver(row, outcome)
            if stopped:
                self.on_stopped(stopped)
