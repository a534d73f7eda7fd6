"""Deliveries that have ended no row yet, kept in the journal as they came.

They were answered with 2xx, so that the service does not send them again: what is kept here may be all that there is of
a paid answer. Each is under a name of its own, beside the answers to batches, so that one more costs one write, however
many there are, and only names are in memory.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace

from sixtyfour_async._journal.base import Journal, ListsAnswers
from sixtyfour_async._wire.body import Body
from sixtyfour_async.errors import JournalError, WebhookError
from sixtyfour_async.webhooks.events import (
    EVENT_ID_HEADER,
    EVENT_TYPE_HEADER,
    WORKFLOW_EVENT,
    JobEvent,
    WorkflowEvent,
    parse,
)

PREFIX = "delivery of "
JOB = f"{PREFIX}job "
WORKFLOW = f"{PREFIX}run "
"""How the names under which they are kept begin; see `name_of`."""

NAMES = "kept deliveries"
"""Where a journal that does not list its answers has their names."""

MAX_KEPT = 100_000
"""Deliveries that are kept at most; more are refused, and sent again."""

MAX_EARLY = 500
"""Deliveries that may await the answers to submits at once."""


def name_of(event: JobEvent | WorkflowEvent) -> str:
    """Return the name of a delivery: one for each job, since its end comes once, and one for each event of a run."""
    if isinstance(event, JobEvent):
        return JOB + event.job_id
    return f"{WORKFLOW}{json.dumps([event.run_id, event.event_id])}"


def read_event(name: str, body: Body) -> JobEvent | WorkflowEvent | None:
    """Return what was kept under a name; None for what is no delivery."""
    headers = {"Content-Type": body.content_type}
    if name.startswith(WORKFLOW):
        headers |= {EVENT_TYPE_HEADER: WORKFLOW_EVENT}
        headers |= {EVENT_ID_HEADER: id_} if (id_ := json.loads(name.removeprefix(WORKFLOW))[1]) else {}
    try:
        return parse(body.content, headers)
    except WebhookError:
        return None


class KeptDeliveries:
    """The deliveries that are kept. Every change is in the journal when a method returns."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._names: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    @property
    def names(self) -> list[str]:
        """Their names."""
        return list(self._names)

    def jobs(self) -> list[tuple[str, str]]:
        """Return the names of those that are about a job, each with the job's id."""
        return [(name, name.removeprefix(JOB)) for name in self._names if name.startswith(JOB)]

    async def open(self) -> None:
        """Learn the names of what an earlier run kept."""
        self._names = dict.fromkeys(await self._listed())

    async def refresh(self) -> list[str]:
        """Learn what other processes have kept, and used, since; return the names that are new."""
        before = set(self._names)
        listed = await self._listed()
        # What was kept or removed here meanwhile may have been read as it was before.
        kept, removed = self._names.keys() - before, before - self._names.keys()
        self._names = dict.fromkeys([*(name for name in listed if name not in removed), *kept])
        return [name for name in self._names if name not in before and name not in kept]

    async def _listed(self) -> list[str]:
        if isinstance(self._journal, ListsAnswers):
            return await self._journal.list_batch_answers(PREFIX)
        names: list[str] = json.loads(await self._journal.get_meta(NAMES) or "[]")
        return names

    async def keep(self, event: JobEvent | WorkflowEvent) -> str:
        """Keep a delivery and return its name.

        Raises:
            JournalError: It cannot be kept now.
        """
        name = name_of(event)
        if len(self._names) >= MAX_KEPT and name not in self._names:
            raise JournalError(f"{MAX_KEPT} deliveries are kept already that belong to no row of the journal")
        await self._journal.save_batch_answer(name, Body(event.body, event.content_type))
        self._names[name] = None
        await self._write_names()
        return name

    async def load(self, name: str) -> JobEvent | WorkflowEvent | None:
        """Return a delivery, or None."""
        body = await self._journal.load_batch_answer(name)
        event = None if body is None else read_event(name, body)
        return None if event is None else replace(event, trusted=True)  # only such are kept

    async def remove(self, name: str) -> None:
        """Forget a delivery."""
        if name in self._names:
            del self._names[name]
            await self._write_names()
            await self._journal.settle_batch(name, ())

    async def _write_names(self) -> None:
        if not isinstance(self._journal, ListsAnswers):
            await self._journal.set_meta(NAMES, json.dumps(list(self._names)))


class EarlyDeliveries:
    """Deliveries that came before the answer to the submit of their job: kept until its id is known."""

    def __init__(self, kept: KeptDeliveries) -> None:
        self._kept = kept
        self._awaiting: dict[str, set[int]] = {}
        """Name → the submits without an answer when it came: one of them may be that of its job."""

    async def keep(self, event: JobEvent, awaiting: Collection[int]) -> None:
        """Keep a delivery.

        Raises:
            JournalError: It cannot be kept now.
        """
        name = name_of(event)
        if len(self._awaiting) >= MAX_EARLY and name not in self._awaiting:
            raise JournalError("too many deliveries wait for the answers to submits")
        await self._kept.keep(event)
        self._awaiting.setdefault(name, set(awaiting))

    @property
    def names(self) -> Collection[str]:
        """The names of those that wait."""
        return self._awaiting.keys()

    async def claim(self, job_id: str | None) -> JobEvent | None:
        """Return the delivery of a job, if it has come; it stays in the journal until the caller removes it."""
        return await self._claim(f"{JOB}{job_id}")

    async def claim_orphans(self, answered: int) -> list[JobEvent]:
        """Return the deliveries that await no submit any more, now that this one was answered; they stay likewise."""
        for awaiting in self._awaiting.values():
            awaiting.discard(answered)
        orphans = [name for name, awaiting in self._awaiting.items() if not awaiting]
        return [event for name in orphans if (event := await self._claim(name)) is not None]

    async def _claim(self, name: str) -> JobEvent | None:
        if self._awaiting.pop(name, None) is None:
            return None
        event = await self._kept.load(name)
        return event if isinstance(event, JobEvent) else None
