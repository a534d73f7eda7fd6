"""Webhook deliveries in: to the job that waits, into the journal, or to the caller.

What is said of a job is believed only from a delivery whose signature was verified; any other makes us poll the job, if
we have it, and is forgotten. A delivery is answered with 2xx when the method `take` returns: then it is in the journal,
or it was there before, or it is nothing to us.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from contextlib import suppress

import anyio.abc

from sixtyfour_async._journal.base import FencedError, Journal
from sixtyfour_async._runner.early_deliveries import EarlyDeliveries
from sixtyfour_async._runner.inbox import Inbox
from sixtyfour_async._runner.parked_rows import ParkedRows
from sixtyfour_async._runner.receivers import OnEvent, Receivers
from sixtyfour_async._runner.submission import Submission
from sixtyfour_async._runner.transit import Transit
from sixtyfour_async._scheduling.messages import Announced
from sixtyfour_async._wire.body import Body
from sixtyfour_async.errors import JournalError, RunStoppedError
from sixtyfour_async.webhooks.events import JobEvent, WorkflowEvent

logger = logging.getLogger("sixtyfour_async.runner")

MAX_IDS = 10_000
"""Ids that are remembered of what ended, or was handed to the caller."""

MAX_CALLS = 100
"""Calls of the caller's function that are under way at most; more deliveries are refused, and sent again."""


class WebhookIntake:
    """The deliveries of one runner, while it is entered."""

    def __init__(
        self, receivers: Receivers, journal: Journal, transit: Transit, inbox: Inbox, parked: ParkedRows
    ) -> None:
        self._receivers = receivers
        self._transit = transit
        self._inbox = inbox
        self._parked = parked
        self._early = EarlyDeliveries(journal)
        self._tasks: anyio.abc.TaskGroup | None = None
        self._running: dict[str, Submission] = {}
        self._unanswered: set[int] = set()
        self._ended: OrderedDict[str, int] = OrderedDict()
        self._handed: OrderedDict[str, int] = OrderedDict()
        self._announced: OrderedDict[str, int] = OrderedDict()
        self._calls = 0
        self._alone = True

    @property
    def is_bound(self) -> bool:
        """Has a receiver been made? Only then is a delivery worth waiting for."""
        return bool(self._receivers)

    # --- life ---------------------------------------------------------------------------------------------------

    def open(self, tasks: anyio.abc.TaskGroup) -> None:
        """Begin, with what an earlier run was about to do."""
        self._tasks = tasks
        self._receivers.connect(self.take)
        tasks.start_soon(self._begin)

    async def _begin(self) -> None:
        with suppress(JournalError):  # a journal that fails now fails the rows, too, which say so
            await self._early.take_over()
            await self.look()

    async def look(self) -> None:
        """Take in what others received for jobs of this runner, and what no runner will take any more.

        Raises:
            JournalError: The journal cannot be read.
        """
        events = await self._early.look()
        unclaimed = await self._early.unclaimed() if events else set[str]()
        for event in events:
            submission = self._running.get(event.job_id)
            with suppress(FencedError, RunStoppedError):  # another runner has its row by now, or takes it later
                if submission is not None:
                    await self._transit.take_delivery(submission, event.job_id, _body(event))
                elif event.job_id in unclaimed and event.job_id not in self._ended:
                    await self._not_ours(event)
                if submission is not None or event.job_id in unclaimed or event.job_id in self._ended:
                    await self._early.drop(event.job_id)

    def close(self) -> None:
        """Refuse deliveries from now on, so that they are sent again."""
        self._tasks = None
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
        event = await self._early.take(job_id)
        if event is not None:
            await self._transit.take_delivery(submission, event.job_id, _body(event))
        await self.closed(submission)

    async def closed(self, submission: Submission, *, in_doubt: bool = False) -> None:
        """Know that a submit awaits an answer no more. *in_doubt*: it may have been accepted all the same."""
        if in_doubt:
            self._parked.park(submission)
        if submission.id in self._unanswered:
            self._unanswered.discard(submission.id)
            for event in await self._early.take_unclaimed(submission.id):
                await self._not_ours(event)
                await self._early.drop(event.job_id)

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
            RunStoppedError: The runner is closed, or the caller's function is behind.
        """
        try:
            await self._take(event)
        except FencedError:  # another runner has its row by now: that one takes it
            if not isinstance(event, JobEvent):
                raise
            await self._early.keep(event, ())

    async def _take(self, event: JobEvent | WorkflowEvent) -> None:
        submission = self._running.get(event.job_id)
        if submission is None:
            await self._take_unknown(event)
        elif isinstance(event, JobEvent) and event.trusted:
            await self._transit.take_delivery(submission, event.job_id, _body(event))
        else:  # of a stranger, or of a workflow, which blocks behind the one that delivers may still be running
            self._inbox.post(Announced(submission.id))
            if event.trusted:
                self._hand_out(event)

    async def _take_unknown(self, event: JobEvent | WorkflowEvent) -> None:
        if event.job_id in self._ended:
            self._inbox.post(Announced(self._ended[event.job_id]))  # the scheduler learns that deliveries come
        elif not event.trusted:
            if self._unanswered:  # its id, and nothing of what it says
                _remember(self._announced, event.job_id, 0)
        elif self._unanswered and isinstance(event, JobEvent):
            await self._early.keep(event, self._unanswered)
        elif isinstance(event, JobEvent) and await self._is_of_others(event.job_id):
            await self._early.keep(event, ())
        else:
            await self._not_ours(event)

    async def _is_of_others(self, job_id: str) -> bool:
        """Return whether another runner has a job under way, or may have: it waits for the answer to a submit."""
        if not await self._early.may_be_of_others():
            return False
        known = await self._parked.find(job_id)
        return known is None or known.held_by is not None

    async def _not_ours(self, event: JobEvent | WorkflowEvent) -> None:
        """Take a delivery that is for no job under way."""
        if not isinstance(event, JobEvent):
            self._hand_out(event)
        elif not await self._parked.end(event, alone=self._alone):
            self._alone = False
            self._hand_out(event)

    def _hand_out(self, event: JobEvent | WorkflowEvent) -> None:
        """Call the caller's function once for each event, without waiting for it."""
        name = f"job {event.job_id}" if isinstance(event, JobEvent) else f"run {event.job_id} {event.event_id}"
        if name in self._handed:
            return
        on_event = self._receivers.on_event
        if on_event is None:
            logger.info("a delivery for %s, which is none of this runner's jobs; see on_event", name)
        elif self._tasks is None or self._calls >= MAX_CALLS:
            raise RunStoppedError("on_event is behind")
        else:
            self._calls += 1
            self._tasks.start_soon(self._call, on_event, event)
        _remember(self._handed, name, 0)

    async def _call(self, on_event: OnEvent, event: JobEvent | WorkflowEvent) -> None:
        try:
            await on_event(event)
        except Exception:
            logger.exception("on_event raised for job %s", event.job_id)
        finally:
            self._calls -= 1


def _body(event: JobEvent) -> Body:
    return Body(event.body, event.content_type)


def _remember(ids: OrderedDict[str, int], id_: str, value: int) -> None:
    """Remember an id; the oldest is forgotten when there are too many."""
    ids[id_] = value
    if len(ids) > MAX_IDS:
        ids.popitem(last=False)
