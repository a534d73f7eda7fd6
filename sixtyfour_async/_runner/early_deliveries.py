"""Deliveries that came before the answer to the submit of their job: kept until its id is known.

They are answered with 2xx, so that they must be in the journal: the service does not send them again, and if the
submit's answer is lost, they are all that there is of a paid answer.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from dataclasses import dataclass

from sixtyfour_async._journal.base import Journal
from sixtyfour_async.errors import JournalError, WebhookError
from sixtyfour_async.webhooks.events import JobEvent, parse

META = "early deliveries"
"""The name under which they are kept in the journal."""

MAX_EARLY = 500
"""Deliveries that are kept at most."""

MAX_EARLY_BYTES = 16 * 1024 * 1024
"""Bytes of their bodies that are kept at most."""


@dataclass(slots=True)
class Early:
    """A delivery, and the submits without an answer when it came: one of them may be that of its job."""

    event: JobEvent
    awaiting: set[int]


class EarlyDeliveries:
    """The deliveries that wait for a job's id. Every change is in the journal when a method returns."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._kept: dict[str, Early] = {}
        self._left_over: dict[str, JobEvent] = {}

    async def load(self) -> list[JobEvent]:
        """Return what an earlier run kept and did not come to use; it stays until `forget_left_over`."""
        text = await self._journal.get_meta(META)
        found = [event for item in json.loads(text or "[]") if (event := _read(item)) is not None]
        self._left_over = {event.job_id: event for event in found}
        return found

    async def forget_left_over(self) -> None:
        """Forget what an earlier run kept: all of it has been taken in."""
        if self._left_over:
            self._left_over = {}
            await self._write()

    async def keep(self, event: JobEvent, awaiting: Collection[int]) -> None:
        """Keep a delivery.

        Raises:
            JournalError: It cannot be kept now.
        """
        size = sum(len(early.event.body) for early in self._kept.values()) + len(event.body)
        if len(self._kept) >= MAX_EARLY or size > MAX_EARLY_BYTES:
            raise JournalError("too many deliveries wait for the answers to submits")
        self._kept.setdefault(event.job_id, Early(event, set(awaiting)))
        await self._write()

    async def take(self, job_id: str | None) -> JobEvent | None:
        """Remove and return the delivery of a job, if it has come."""
        early = self._kept.pop(job_id or "", None)
        if early is None:
            return None
        await self._write()
        return early.event

    async def take_unclaimed(self, answered: int) -> list[JobEvent]:
        """Remove and return the deliveries that await no submit any more, now that this one was answered."""
        for early in self._kept.values():
            early.awaiting.discard(answered)
        unclaimed = [early.event for early in self._kept.values() if not early.awaiting]
        for event in unclaimed:
            del self._kept[event.job_id]
        if unclaimed:
            await self._write()
        return unclaimed

    async def _write(self) -> None:
        events = [*self._left_over.values(), *(early.event for early in self._kept.values())]
        items = [{"type": one.content_type, "body": base64.b64encode(one.body).decode()} for one in events]
        await self._journal.set_meta(META, json.dumps(items) if items else "")


def _read(item: dict[str, str]) -> JobEvent | None:
    try:
        event = parse(base64.b64decode(item["body"]), {"Content-Type": item["type"]})
    except WebhookError:
        return None
    return event if isinstance(event, JobEvent) else None
