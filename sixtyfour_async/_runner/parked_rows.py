"""Rows of the journal that nobody waits for now. A delivery ends them there, so that the next run finds the answer.

Such a row was accepted by an earlier run, or handed back by this one; or it is in doubt, since its submit was not
answered, and the delivery brings the id that it lacks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import anyio

from sixtyfour_async._journal.base import Entry, FindsJobs, Journal
from sixtyfour_async._runner.claims import Claims
from sixtyfour_async._runner.reading import delivered_end, restore
from sixtyfour_async._runner.submission import Row, Submission
from sixtyfour_async._scheduling.ownership import Doubt, owner_of
from sixtyfour_async._scheduling.row_states import ENDED, POLLABLE
from sixtyfour_async._wire.body import Body
from sixtyfour_async._wire.unwrapping import rows_in
from sixtyfour_async.models._base import json_object
from sixtyfour_async.operations import JobOperation
from sixtyfour_async.webhooks.events import JobEvent

logger = logging.getLogger("sixtyfour_async.runner")

LOCKS = 256
"""Locks that jobs share by their id's hash: deliveries of different jobs hardly ever wait for each other."""

MAX_DOUBTS = 1000
"""Rows in doubt among which the owner of an answer is looked for; with more, none is found."""


class ParkedRows:
    """The journal's rows that are not under way.

    Args:
        journal: The journal.
        claims: The claims of this runner.
        is_under_way: Whether the row of a key is under way.
    """

    def __init__(self, journal: Journal, claims: Claims, is_under_way: Callable[[str], bool]) -> None:
        self._journal = journal
        self._claims = claims
        self._is_under_way = is_under_way
        self._parked: set[str] = set()
        self._of_jobs = [anyio.Lock() for _ in range(LOCKS)]
        self._of_doubts = anyio.Lock()

    def park(self, submission: Submission) -> None:
        """Remember that this run sent a submission that is in doubt now."""
        self._parked.update(row.entry.key for row in submission.rows)

    async def end(self, event: JobEvent, *, alone: bool) -> bool:
        """End the row that a delivery is about; return whether there is one.

        Args:
            event: A delivery that can be trusted, for no job under way.
            alone: Has our URL never received a delivery for anybody else?
        """
        async with self._of_jobs[hash(event.job_id) % LOCKS]:  # the second of two at once finds it ended by the first
            known = await self.find(event.job_id)
            if known is None:
                return await self._end_doubt(event, alone=alone)
            if known.state not in ENDED and known.held_by is None and not self._is_under_way(known.key):
                await self._end(await self._members(known), event)
            return True

    async def _end_doubt(self, event: JobEvent, *, alone: bool) -> bool:
        async with self._of_doubts:  # two jobs must not find the same row
            members = await self._in_doubt(event, alone=alone)
            if members is not None:
                key, job_id = members[0].key, event.job_id
                fields = {"row_key": key, "job_id": job_id, "operation": members[0].operation}
                text = "the submit of row %r was accepted after all: job %s was delivered"
                logger.info(text, key, job_id, extra=fields)
                await self._end(members, event)
            return members is not None

    async def find(self, job_id: str) -> Entry | None:
        """Return a row of a job, by the service's id; None when there is none."""
        if isinstance(self._journal, FindsJobs):
            return await self._journal.find_job(job_id)
        async with aclosing(self._journal.entries(POLLABLE | ENDED)) as entries:
            async for entry in entries:
                if entry.job_id == job_id:
                    return entry
        return None

    async def _members(self, entry: Entry) -> list[Entry]:
        return [entry] if entry.batch is None else await self._journal.batch_entries(entry.batch)

    async def _in_doubt(self, event: JobEvent, *, alone: bool) -> list[Entry] | None:
        """Return the rows of the submit in doubt that a delivery settles; None when that is not beyond doubt."""
        submits: dict[str, list[Entry]] = {}
        async for entry in self._journal.entries({"unknown"}):
            if not self._is_under_way(entry.key):
                submits.setdefault(entry.batch or f"row {entry.key}", []).append(entry)
            if len(submits) > MAX_DOUBTS:
                return None
        groups = list(submits.values())
        doubts = [self._doubt(group) for group in groups]
        result = event.report.result
        place = owner_of(result, rows_in(result), event.task_type, doubts, alone=alone)
        return None if place is None else await self._members(groups[place][0])

    def _doubt(self, entries: list[Entry]) -> Doubt:
        operation = _sent(entries).operation.endpoint.name
        return Doubt(operation, [_lead(restore(one)) for one in entries], entries[0].key in self._parked)

    async def _end(self, entries: list[Entry], event: JobEvent) -> None:
        """Write rows as a delivery ends them; one that does not is to be polled by the next run."""
        submission, body = _sent(entries), Body(event.body, event.content_type)
        for row in submission.rows:
            row.entry = replace(row.entry, job_id=event.job_id, error=None)  # in one write with what follows
        end = None if submission.in_file else delivered_end(submission.operation, body)
        if end is None:
            await self._journal.put(*submission.advance("accepted"))
            await self._claims.hand_back(submission)  # to whoever asks for it next
            return
        submission.claim_end(body)
        if submission.batch is None:
            await self._journal.put(submission.finish(end))
        else:
            await self._journal.settle_batch(submission.batch, submission.settle(end))


def _sent(entries: list[Entry]) -> Submission:
    rows = [Row(entry, restore(entry), []) for entry in entries]
    batch = entries[0].batch
    return Submission(0, rows, rows[0].operation) if batch is None else Submission.batch_of(0, rows, batch)


def _lead(operation: JobOperation[Any]) -> dict[str, Any]:
    """Return what an operation asks about."""
    payload = operation.payload()
    return json_object(payload.get(operation.endpoint.subject)) or {}
