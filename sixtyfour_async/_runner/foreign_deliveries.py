"""Deliveries for no job under way: they end a row of the journal, or go to the caller's function, or are kept.

The caller's function is called in the background, for a delivery that is in the journal already and stays there until
the function has returned. What it did not return for is handed over again when the journal is opened next.
"""

from __future__ import annotations

import logging
import math
from collections import OrderedDict, deque
from collections.abc import Collection
from contextlib import suppress

import anyio
import anyio.abc

from sixtyfour_async._journal.base import Journal
from sixtyfour_async._journal.sharing import SharedJournal
from sixtyfour_async._runner.kept_deliveries import KeptDeliveries, name_of
from sixtyfour_async._runner.parked_rows import ParkedRows
from sixtyfour_async._runner.receivers import Receivers
from sixtyfour_async.errors import JournalError, RunStoppedError
from sixtyfour_async.errors.foreign import stray_cancellation_contained
from sixtyfour_async.errors.printable import printable
from sixtyfour_async.webhooks.events import JobEvent, WorkflowEvent

logger = logging.getLogger("sixtyfour_async.runner")

MAX_IDS = 10_000
"""Deliveries that are remembered as handed over."""

UNCLAIMED_SECONDS = 900.0
"""Real seconds after which a delivery is for no runner's job: every submit that was under way has been answered."""

MAX_CALLS = 100
"""Calls of the caller's function that are under way at most; further deliveries wait in the journal."""


class ForeignDeliveries:
    """The deliveries of one journal that are for no job under way.

    Args:
        journal: Where they are kept.
        parked: The rows that one may end.
        receivers: What knows the caller's function.
        keeps: Keep what is for no row, and for no function either?

    Attributes:
        kept: The deliveries in the journal.
        rows_ended: Deliveries that ended a row, or found it ended.
        handed_over: Deliveries for which the caller's function has returned.
    """

    def __init__(self, journal: Journal, parked: ParkedRows, receivers: Receivers, *, keeps: bool = False) -> None:
        self.kept = KeptDeliveries(journal)
        self._shared = journal if isinstance(journal, SharedJournal) else None
        self.rows_ended = 0
        self.handed_over = 0
        self._parked = parked
        self._receivers = receivers
        self._keeps = keeps
        self._alone = True
        self._tasks: anyio.abc.TaskGroup | None = None
        self._handed: OrderedDict[str, None] = OrderedDict()
        self._calls: set[str] = set()
        self._backlog: deque[str] = deque()
        self._waiting: dict[str, float] = {}
        """Name → when it was first seen here, of those that may be for a job of another runner."""

    def open(self, tasks: anyio.abc.TaskGroup) -> None:
        """Begin, with what an earlier run kept."""
        self._tasks = tasks
        tasks.start_soon(self._take_left_over, self.kept.names)

    def close(self) -> None:
        """Take nothing more."""
        self._tasks = None

    async def _take_left_over(self, names: list[str]) -> None:
        """Take in what an earlier run kept; a journal that fails meanwhile fails the rows, too, which say so."""
        with suppress(JournalError):
            for name in names:
                event = await self.kept.load(name)
                if event is not None:
                    await self.take(event, keeps=True)

    async def take(self, event: JobEvent | WorkflowEvent, *, keeps: bool = False) -> None:
        """Take in a delivery that can be trusted.

        Args:
            event: The delivery; it may be in the journal already.
            keeps: Leave it there if it is for nobody?

        Raises:
            JournalError: It cannot be kept now.
            RunStoppedError: The runner is closed, and the delivery is not in the journal.
        """
        if not isinstance(event, JobEvent):
            await self.hand_over(event, keeps=keeps or self._keeps)
        elif await self._is_of_others(event.job_id):
            await self.keep_for_others(event)
        else:
            await self._take_job(event, keeps=keeps)

    async def _take_job(self, event: JobEvent, *, keeps: bool) -> None:
        if await self._parked.end(event, alone=self._alone):
            self.rows_ended += 1
            await self.kept.remove(name_of(event))
            return
        self._alone = False
        await self.hand_over(event, keeps=keeps or self._keeps)

    async def keep_for_others(self, event: JobEvent) -> None:
        """Keep a delivery for the runner that has its job, which finds it in the journal.

        Raises:
            JournalError: It cannot be kept now.
        """
        self._waiting.setdefault(await self.kept.keep(event), anyio.current_time())

    async def refresh(self) -> None:
        """Learn what other processes have kept, and used."""
        now = anyio.current_time()
        self._waiting.update((name, now) for name in await self.kept.refresh())
        self._waiting = {name: since for name, since in self._waiting.items() if name in self.kept}

    async def take_unclaimed(self, awaited: Collection[str]) -> None:
        """Take in what waited for other runners, and is for none of them any more.

        Args:
            awaited: Names of those that a submit of this runner may be about.
        """
        if not self._waiting:
            return
        limit = -math.inf if await self._may_be_of_others() else math.inf
        limit = max(limit, anyio.current_time() - UNCLAIMED_SECONDS)
        for name in [name for name, since in self._waiting.items() if since <= limit and name not in awaited]:
            del self._waiting[name]
            event = await self.kept.load(name)
            if isinstance(event, JobEvent):
                await self._take_job(event, keeps=True)

    async def _may_be_of_others(self) -> bool:
        return self._shared is not None and await self._shared.others_quiet_for() is not None

    async def _is_of_others(self, job_id: str) -> bool:
        """Return whether another runner has a job under way, or may have: it waits for the answer to a submit."""
        if not await self._may_be_of_others():
            return False
        known = await self._parked.find(job_id)
        return known is None or known.held_by is not None

    async def hand_over(self, event: JobEvent | WorkflowEvent, *, keeps: bool = False) -> None:
        """Call the caller's function once for each event, without waiting for it; see `take`."""
        name = name_of(event)
        if name in self._handed or (self._tasks is None and name in self.kept):
            return  # done, or safe in the journal when the runner was closed meanwhile: the next one takes it
        if self._tasks is None:
            raise RunStoppedError("the runner is closed")
        if self._receivers.on_event is None:
            await (self.kept.keep(event) if keeps else self._drop(name))
            return
        await self.kept.keep(event)
        if name not in self._handed:
            self._remember(name)
            self._backlog.append(name)
            self._start_call()
        elif name not in self._calls and name not in self._backlog:
            await self.kept.remove(name)  # the same event came twice, and the other was done with before this was kept

    async def _drop(self, name: str) -> None:
        logger.info("a %s, which is none of this runner's; see on_event", printable(name))
        self._remember(name)
        await self.kept.remove(name)

    def _start_call(self) -> None:
        if self._tasks is not None and self._backlog and len(self._calls) < MAX_CALLS:
            name = self._backlog.popleft()
            self._calls.add(name)
            self._tasks.start_soon(self._call, name)

    async def _call(self, name: str) -> None:
        on_event = self._receivers.on_event
        try:
            event = await self.kept.load(name)
            if on_event is not None and event is not None:
                with stray_cancellation_contained():
                    await on_event(event)
                self.handed_over += 1
                await self.kept.remove(name)
        except JournalError as error:
            logger.warning("a %s is handed over again: %s", printable(name), error)
        except Exception:
            logger.exception("on_event raised for a %s, which is handed over again later", printable(name))
        finally:
            self._calls.discard(name)
            self._start_call()

    def _remember(self, name: str) -> None:
        self._handed[name] = None
        if len(self._handed) > MAX_IDS:
            self._handed.popitem(last=False)
