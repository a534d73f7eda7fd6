"""Between the consumers' feeds and the engine: rows are taken on, outcomes handed over, each to everyone who waits."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Any, TypeVar

import anyio

from sixtyfour_async._journal.base import Entry, Journal
from sixtyfour_async._runner.admission import RowAdmission, clash
from sixtyfour_async._runner.engine import Engine
from sixtyfour_async._runner.outcome_stream import Operations, OutcomeStream, each
from sixtyfour_async._runner.outcomes import Outcome
from sixtyfour_async._runner.reading import read_outcome, restore
from sixtyfour_async._runner.submission import Row
from sixtyfour_async._scheduling.row_states import OPEN
from sixtyfour_async._wire.codec import job_route
from sixtyfour_async.errors import CostCapError, RunStoppedError
from sixtyfour_async.operations import JobOperation

R = TypeVar("R")


class Handover:
    """Takes rows on, and hands outcomes over.

    Attributes:
        engine: Where the rows are under way.
        feeds: The ``map`` and ``run`` calls that are open.
        ended: Outcomes so far per status, without the withdrawn.
        replayed: Those of them that were answered without asking.
        withdrawn: Rows that were dropped before they were sent, because the run was stopped.
    """

    def __init__(self, journal: Journal, engine: Engine, admission: RowAdmission, max_rows: int | None) -> None:
        self.engine = engine
        engine.on_end = self._hand_over
        self.feeds: set[OutcomeStream[Any]] = set()
        self.ended: dict[str, int] = {}
        self.replayed = 0
        self.withdrawn = 0
        self._journal = journal
        self._admission = admission
        self._max_rows = math.inf if max_rows is None else max_rows
        self._rows_read = 0
        self._door = anyio.Lock()

    # --- rows in ------------------------------------------------------------------------------------------------

    async def read(self, feed: OutcomeStream[R], operations: Operations[R], key: Callable[[Any], str] | None) -> None:
        """Take on what an iterable gives, as far as there are places."""
        index = 0
        try:
            async with aclosing(each(operations)) as reading:
                while await feed.place():
                    operation = await anext(reading, None)
                    if operation is None:
                        break
                    self._rows_read += 1
                    if self._rows_read > self._max_rows:
                        feed.stop(CostCapError(f"max_rows={self._max_rows} rows were read already"))
                        break
                    await self.admit(feed, operation, None if key is None else key(operation), index)
                    index += 1
        except Exception as error:  # noqa: BLE001 (the input's own error: raised to the consumer, unchanged)
            feed.stop(error)
        finally:
            feed.finish_reading()
            self.engine.flush()

    async def admit(self, feed: OutcomeStream[R], operation: JobOperation[R], key: str | None, index: int) -> None:
        """Take a row on: new, known from the journal, or a twin of one under way.

        One at a time: between reading the journal and taking the row on, nobody else may take the same row on.
        """
        job_route(operation)
        if self.engine.broken is not None:
            raise self.engine.broken
        fingerprint = operation.fingerprint()
        key = fingerprint if key is None else key
        async with self._door:
            twin = self.engine.rows.get(key)
            if twin is not None and twin.entry.fingerprint == fingerprint:
                feed.owe()
                twin.waiting.append((feed, index))
                return
            known = twin.entry if twin else await self._journal.find(key)
            told = "conflict" if twin else self._admission.welcome(operation, fingerprint, known, feed.delivers)
            if told == "skip":
                feed.skip(index)
                return
            feed.owe()
            if told == "conflict":
                self._tell(feed, Outcome(key, index, operation, "rejected", error=clash(key)))
            elif told == "replay" and known is not None:
                self._replay(feed, read_outcome(operation, known, index=index, replayed=True), known)
            elif told != "resume" and (refusal := self._admission.over_cap(operation)) is not None:
                self._tell(feed, Outcome(key, index, operation, "rejected", error=refusal))
            else:
                entry = self._admission.entry(operation, key, fingerprint, known, told)
                gives_up = known.reserved_cents if known and told == "resubmit" and known.state in OPEN else None
                await self._take_on(feed, Row(entry, operation, [(feed, index)], feed.urgent, gives_up=gives_up))

    async def _take_on(self, feed: OutcomeStream[Any], row: Row) -> None:
        entry, operation = row.entry, row.operation
        if entry.batch is not None and entry.state in {"accepted", "unknown"}:
            members = [other for other in await self._journal.batch_entries(entry.batch) if other.state == entry.state]
            rows = [row if one.key == entry.key else Row(one, restore(one), []) for one in members]
            await self.engine.resume(entry.batch, rows)
        else:
            asked = self._admission.with_idempotency_key(operation, entry.key, entry.asked)
            self.engine.add(row, asked, feed.batching)

    def _replay(self, feed: OutcomeStream[Any], outcome: Outcome[Any], known: Entry) -> None:
        if outcome.status == "completed":
            self._journal.tally(known.variant, "reused", known.cost_cents or 0.0)
        self._tell(feed, outcome)

    # --- outcomes out -------------------------------------------------------------------------------------------

    def withdraw(self, wanted: Callable[[Row], bool]) -> None:
        """Drop rows that have not been sent."""
        for row in list(self.engine.rows.values()):
            if row.waiting and wanted(row):
                refusal = row.waiting[0][0].left_over
                why = RunStoppedError(f"not sent: {refusal or 'the run was stopped before'}")
                why.__cause__ = refusal
                self.engine.withdraw(row, why)

    def _hand_over(self, row: Row, outcome: Outcome[Any]) -> None:
        """Give an outcome to everyone who waits for this row; whoever came second gets a copy, paid once."""
        stopped: set[OutcomeStream[Any]] = set()
        for number, (feed, index) in enumerate(row.waiting):
            reading = not feed.stopped
            self._tell(feed, replace(outcome, index=index, replayed=number > 0))
            if number > 0 and outcome.status == "completed":
                self._journal.tally(row.entry.variant, "duplicate", row.entry.cost_cents or 0.0)
            if reading and feed.stopped:
                stopped.add(feed)
        if stopped:
            self.withdraw(lambda other: any(feed in stopped for feed, _ in other.waiting))

    def _tell(self, feed: OutcomeStream[Any], outcome: Outcome[Any]) -> None:
        if isinstance(outcome.error, RunStoppedError):
            self.withdrawn += 1
        else:
            self.ended[outcome.status] = self.ended.get(outcome.status, 0) + 1
        self.replayed += outcome.replayed
        feed.deliver(outcome)
