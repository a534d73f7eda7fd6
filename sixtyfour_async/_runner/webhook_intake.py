"""Webhook deliveries in: to the job that waits, into the journal, or to the caller.

What is said of a job is believed only from a delivery whose signature was verified; any other makes us poll the job, if
we have it, and is forgotten. A delivery is answered with 2xx when the method `take` returns: then it is in the journal,
or it was there before, or it is nothing to us.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress

import anyio.abc

from sixtyfour_async._journal.base import FencedError, Journal
from sixtyfour_async._runner.foreign_deliveries import ForeignDeliveries
from sixtyfour_async._runner.inbox import Inbox
from sixtyfour_async._runner.kept_deliveries import EarlyDeliveries, name_of
from sixtyfour_async._runner.parked_rows import ParkedRows
from sixtyfour_async._runner.receivers import Receivers
from sixtyfour_async._runner.submission import Submission
from sixtyfour_async._runner.transit import Transit
from sixtyfour_async._scheduling.messages import Announced
from sixtyfour_async._wire.body import Body
from sixtyfour_async.webhooks.events import JobEvent, WorkflowEvent

MAX_IDS = 10_000
"""Ids that are remembered of what ended."""


class WebhookIntake:
    """The deliveries of one runner, while it is entered."""

    def __init__(
        self, receivers: Receivers, journal: Journal, transit: Transit, inbox: Inbox, parked: ParkedRows
    ) -> None:
        self._receivers = receivers
        self._transit = transit
        self._inbox = inbox
        self._parked = parked
        self._foreign = ForeignDeliveries(journal, parked, receivers)
        self._early = EarlyDeliveries(self._foreign.kept)
        self._running: dict[str, Submission] = {}
        self._unanswered: set[int] = set()
        self._ended: OrderedDict[str, int] = OrderedDict()
        self._announced: OrderedDict[str, int] = OrderedDict()

    @property
    def is_bound(self) -> bool:
        """Has a receiver been made? Only then is a delivery worth waiting for."""
        return bool(self._receivers)

    @property
    def is_expecting(self) -> bool:
        """May deliveries for our jobs come, to this process or to another one with the same journal?"""
        return self.is_bound or self._receivers.url is not None

    # --- life ---------------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """Learn what an earlier run kept.

        Raises:
            JournalError: The journal cannot be read.
        """
        await self._foreign.kept.open()

    def open(self, tasks: anyio.abc.TaskGroup) -> None:
        """Begin, with what an earlier run kept."""
        self._foreign.open(tasks)
        self._receivers.connect(self.take)

    async def look(self) -> None:
        """Take in what other processes received for jobs of this runner, and what is for none of theirs any more.

        Raises:
            JournalError: The journal cannot be read.
        """
        kept = self._foreign.kept
        await self._foreign.refresh()
        for name, job_id in kept.jobs():
            submission = self._running.get(job_id)
            if submission is not None:
                event = await kept.load(name)
                with suppress(FencedError):  # another runner has its row by now
                    if isinstance(event, JobEvent):
                        await self._transit.take_delivery(submission, job_id, _body(event))
            if submission is not None or job_id in self._ended:
                await kept.remove(name)
        await self._foreign.take_unclaimed(self._early.names)

    def close(self) -> None:
        """Refuse deliveries from now on, so that they are sent again."""
        self._foreign.close()
        self._receivers.connect(None)

    # --- the jobs of the engine ---------------------------------------------------------------------------------

    def sending(self, submission: Submission) -> None:
        """Know that a submit leaves, whose answer may come later than a delivery."""
        self._unanswered.add(submission.id)

    def running(self, submission: Submission) -> None:
        """Know the id of a job."""
        job_id = submission.first.job_id
        if job_id is not None:
            self._running[job_id] = submission
            if self._announced.pop(job_id, None) is not None:
                self._inbox.post(Announced(submission.id))

    async def answered(self, submission: Submission) -> None:
        """Know what the answer to a submit was, and join the delivery that came before it."""
        job_id = submission.first.job_id
        if job_id is None and not submission.ended:
            return  # refused or in doubt: the scheduler decides what becomes of it, and `closed` follows
        self.running(submission)
        event = await self._early.claim(job_id)
        if event is not None:
            await self._transit.take_delivery(submission, event.job_id, _body(event))
            await self._foreign.kept.remove(name_of(event))
        await self.closed(submission)

    async def closed(self, submission: Submission, *, in_doubt: bool = False) -> None:
        """Know that a submit awaits an answer no more. *in_doubt*: it may have been accepted all the same."""
        if in_doubt:
            self._parked.park(submission)
        if submission.id in self._unanswered:
            self._unanswered.discard(submission.id)
            for event in await self._early.claim_orphans(submission.id):
                await self._foreign.take(event)

    def ended(self, submission: Submission) -> None:
        """Know that a job is under way no more."""
        job_id = submission.first.job_id
        if job_id is not None and self._running.pop(job_id, None) is not None:
            _remember(self._ended, job_id, submission.id)

    # --- deliveries ---------------------------------------------------------------------------------------------

    async def take(self, event: JobEvent | WorkflowEvent) -> None:
        """Take a delivery in.

        Raises:
            JournalError: It cannot be kept now.
            RunStoppedError: The runner is closed, and the delivery is not in the journal.
        """
        try:
            await self._take(event)
        except FencedError:  # another runner has its row by now: that one takes it
            if not isinstance(event, JobEvent):
                raise
            await self._foreign.keep_for_others(event)

    async def _take(self, event: JobEvent | WorkflowEvent) -> None:
        submission = self._running.get(event.job_id)
        if submission is not None and isinstance(event, JobEvent) and event.trusted:
            await self._transit.take_delivery(submission, event.job_id, _body(event))
            return
        # Of a workflow or of a stranger: blocks behind the one that delivers may still be running.
        id_ = self._ended.get(event.job_id) if submission is None else submission.id
        if id_ is not None:
            self._inbox.post(Announced(id_))  # of one that has ended, the scheduler learns that deliveries come
        if not event.trusted:
            if submission is None and self._unanswered:  # its id, and nothing of what it says
                _remember(self._announced, event.job_id, 0)
        elif isinstance(event, WorkflowEvent):
            await self._foreign.hand_over(event)
        elif id_ is None:
            await self._take_unknown(event)

    async def _take_unknown(self, event: JobEvent) -> None:
        if self._unanswered:
            await self._early.keep(event, self._unanswered)
        else:
            await self._foreign.take(event)


def _body(event: JobEvent) -> Body:
    return Body(event.body, event.content_type)


def _remember(ids: OrderedDict[str, int], id_: str, value: int) -> None:
    """Remember an id; the oldest is forgotten when there are too many."""
    ids[id_] = value
    if len(ids) > MAX_IDS:
        ids.popitem(last=False)
