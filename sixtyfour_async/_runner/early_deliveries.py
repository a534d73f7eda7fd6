"""Deliveries that no job under way here is known for: kept until the runner that has their job takes them.

They came before the answer to the submit of their job, or to another process than the one that waits. They are answered
with 2xx, so that they must be in the journal: the service does not send them again, and if the submit's answer is lost,
they are all that there is of a paid answer.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import anyio

from sixtyfour_async._journal.base import Journal
from sixtyfour_async._journal.sharing import KeptDelivery, SharedJournal
from sixtyfour_async._runner.submission import wall_clock
from sixtyfour_async._wire.body import Body
from sixtyfour_async.errors import JournalError, WebhookError
from sixtyfour_async.webhooks.events import JobEvent, parse

META = "early deliveries"
"""The name under which a journal keeps them that has one runner."""

MAX_EARLY = 500
"""Deliveries that are kept at most by one process."""

MAX_EARLY_BYTES = 16 * 1024 * 1024
"""Bytes of their bodies that are kept at most by one process."""

UNCLAIMED_AFTER = timedelta(minutes=15)
"""Age at which a delivery is for no runner's job: every submit that was under way when it came has been answered."""


@dataclass(slots=True)
class Early:
    """A delivery, and the submits without an answer when it came: one of them may be that of its job."""

    event: JobEvent
    awaiting: set[int]


class EarlyDeliveries:
    """The deliveries that wait for their job. Every change is in the journal when a method returns.

    Args:
        journal: The journal; one that can be shared keeps each by itself, for whichever runner has its job.
    """

    def __init__(self, journal: Journal) -> None:
        self._shared = journal if isinstance(journal, SharedJournal) else None
        self._store = self._shared or _InOneText(journal)
        self._kept: dict[str, Early] = {}
        self._others: dict[str, JobEvent] = {}

    async def keep(self, event: JobEvent, awaiting: Collection[int]) -> None:
        """Keep a delivery.

        Args:
            event: The delivery.
            awaiting: The submits of this runner that have no answer yet; none for a job of another runner.

        Raises:
            JournalError: It cannot be kept now.
        """
        waiting = [early.event for early in self._kept.values()] + list(self._others.values())
        if len(waiting) >= MAX_EARLY or sum(len(one.body) for one in waiting) + len(event.body) > MAX_EARLY_BYTES:
            raise JournalError("too many deliveries wait for the answers to submits")
        if awaiting:
            self._kept.setdefault(event.job_id, Early(event, set(awaiting)))
        body = Body(event.body, event.content_type)
        await self._store.keep_delivery(KeptDelivery(event.job_id, body, wall_clock()))

    async def take(self, job_id: str | None) -> JobEvent | None:
        """Remove and return the delivery of a job, if it has come."""
        early = self._kept.pop(job_id or "", None)
        event = self._others.pop(job_id or "", None) if early is None else early.event
        if event is not None:
            await self.drop(event.job_id)
        return event

    async def take_unclaimed(self, answered: int) -> list[JobEvent]:
        """Return the deliveries that await no submit of ours any more, now that this one was answered.

        They are to be dropped once they are dealt with. While others have rows under way it may be for one of those.
        """
        for early in self._kept.values():
            early.awaiting.discard(answered)
        unclaimed = [early.event for early in self._kept.values() if not early.awaiting]
        for event in unclaimed:
            del self._kept[event.job_id]
        return [] if unclaimed and await self.may_be_of_others() else unclaimed

    async def look(self) -> list[JobEvent]:
        """Return what others keep, or an earlier run did; each is to be dropped once it is dealt with."""
        read = [_read(one.body) for one in await self._store.kept_deliveries()]
        events = [replace(event, trusted=True) for event in read if event is not None]
        self._others = {event.job_id: event for event in events if event.job_id not in self._kept}
        return list(self._others.values())

    async def take_over(self) -> None:
        """Move what a run of an earlier version kept to where all runners find it."""
        if self._shared is not None and await self._shared.get_meta(META):
            for kept in await _InOneText(self._shared).kept_deliveries():
                await self._shared.keep_delivery(kept)
            await self._shared.set_meta(META, "")

    async def unclaimed(self) -> set[str]:
        """Return the ids of jobs whose deliveries no runner will take any more."""
        kept = await self._store.kept_deliveries()
        if not await self.may_be_of_others():
            return {one.job_id for one in kept}
        limit = (datetime.now(UTC) - UNCLAIMED_AFTER).isoformat(timespec="milliseconds")
        return {one.job_id for one in kept if one.received_at < limit}

    async def drop(self, job_id: str) -> None:
        """Forget the delivery for a job."""
        self._others.pop(job_id, None)
        await self._store.drop_delivery(job_id)

    async def may_be_of_others(self) -> bool:
        """Return whether another runner has rows under way: a delivery that we know nothing of may be for one."""
        return self._shared is not None and await self._shared.others_hold()


class _InOneText:
    """The deliveries in a text of the journal, which one runner has."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._kept: dict[str, KeptDelivery] | None = None
        self._lock = anyio.Lock()

    async def keep_delivery(self, delivery: KeptDelivery) -> None:
        (await self._read()).setdefault(delivery.job_id, delivery)
        await self._write()

    async def kept_deliveries(self) -> list[KeptDelivery]:
        return list((await self._read()).values())

    async def drop_delivery(self, job_id: str) -> bool:
        dropped = (await self._read()).pop(job_id, None)
        if dropped is not None:
            await self._write()
        return dropped is not None

    async def _read(self) -> dict[str, KeptDelivery]:
        async with self._lock:
            if self._kept is None:
                items = json.loads(await self._journal.get_meta(META) or "[]")
                bodies = [Body(base64.b64decode(item["body"]), item["type"]) for item in items]
                read = ((_read(body), body) for body in bodies)
                self._kept = {one.job_id: KeptDelivery(one.job_id, body, "") for one, body in read if one is not None}
        return self._kept

    async def _write(self) -> None:
        bodies = (one.body for one in (self._kept or {}).values())
        items = [{"type": body.content_type, "body": base64.b64encode(body.content).decode()} for body in bodies]
        await self._journal.set_meta(META, json.dumps(items) if items else "")


def _read(body: Body) -> JobEvent | None:
    try:
        event = parse(body.content, {"Content-Type": body.content_type})
    except WebhookError:
        return None
    return event if isinstance(event, JobEvent) else None
