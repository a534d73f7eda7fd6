"""Rows in: what becomes of each operation that a consumer hands over.

A row is *skipped* (it was delivered before), *answered at once* (from the journal, or with a refusal), *joined* to the
same row under way, *followed* while another runner has it, or handed to the engine to be submitted or polled.
`_scheduling.row_states.admission` and the ledger decide which; here the facts are collected for them, and the row's
line in the journal is begun.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

import anyio

from sixtyfour_async._journal.base import CRASHED, Entry, Journal, doubt_of, request_text
from sixtyfour_async._journal.sharing import SharedJournal
from sixtyfour_async._runner.delivery import Delivery
from sixtyfour_async._runner.engine import Engine
from sixtyfour_async._runner.exchange import contained
from sixtyfour_async._runner.input_rows import InputRow, InputRows, Operations
from sixtyfour_async._runner.looked_up import LookedUp, Lookup
from sixtyfour_async._runner.outcome_stream import OutcomeStream
from sixtyfour_async._runner.outcomes import Outcome
from sixtyfour_async._runner.reading import read_outcome, without_answer
from sixtyfour_async._runner.submission import Row
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.row_states import (
    ENDED,
    HELD,
    IN_DOUBT,
    POLLABLE,
    Admission,
    Batching,
    Deliver,
    ReusePolicy,
    admission,
    idempotency_key,
)
from sixtyfour_async.errors import CostCapError, InputError, JobUnknownError, JournalError, RunStoppedError
from sixtyfour_async.errors.foreign import stray_cancellation_contained
from sixtyfour_async.operations import JobOperation

R = TypeVar("R")


class Intake:
    """Admits rows, one at a time.

    Args:
        journal: What is known of rows.
        engine: Where rows are under way.
        delivery: Where outcomes go that are known at once.
        ledger: The caps on money and jobs.
        policy: What may be submitted a second time.
        max_rows: Rows read at most; None for any number.
    """

    def __init__(
        self,
        journal: Journal,
        engine: Engine,
        delivery: Delivery,
        *,
        ledger: Ledger,
        policy: ReusePolicy,
        max_rows: int | None = None,
    ) -> None:
        self._journal = journal
        self._lookup = Lookup(journal)
        self._engine = engine
        self._delivery = delivery
        self._ledger = ledger
        self._policy = policy
        self._max_rows = math.inf if max_rows is None else max_rows
        self._rows_read = 0
        self._journal_id = ""
        # Nobody else may admit the same row between reading the journal and handing it over: it would be paid twice.
        self._lock = anyio.Lock(fast_acquire=True)  # a round of the event loop for each row would be most of its cost

    async def open(self) -> None:
        """Read the journal's identity, or give it one."""
        known = await self._journal.get_meta("id")
        if known is None and isinstance(self._journal, SharedJournal):
            known = await self._journal.keep_meta("id", str(uuid4()))
        self._journal_id = known or str(uuid4())
        if known is None:
            await self._journal.set_meta("id", self._journal_id)

    async def read(self, stream: OutcomeStream[R], operations: Operations[R], key: Callable[[Any], str] | None) -> None:
        """Admit what an iterable yields, as far as the stream has slots."""
        try:
            with stray_cancellation_contained():
                await self._read(stream, operations, key)
        except Exception as error:  # noqa: BLE001 (the input's own error: raised to the consumer, unchanged)
            stream.stop(error)
        finally:
            stream.finish_reading()
            self._engine.flush()

    async def _read(
        self, stream: OutcomeStream[R], operations: Operations[R], key: Callable[[Any], str] | None
    ) -> None:
        async def take(group: list[InputRow[R]]) -> None:
            stream.occupy(len(group))
            self._rows_read += len(group)
            excess = int(max(0, self._rows_read - self._max_rows))
            await self._admit_all(stream, group[: len(group) - excess])
            if excess:
                stream.stop(CostCapError(f"max_rows={self._max_rows} rows were read already"))

        await InputRows(operations, key, partial(self._room, stream)).read(take)

    async def _room(self, stream: OutcomeStream[Any]) -> int:
        """Wait until rows are wanted; return how many, and one beyond the limit, which shows that there are more."""
        return int(min(await stream.room(), max(1, 1 + self._max_rows - self._rows_read)))

    async def _admit_all(self, stream: OutcomeStream[R], rows: Sequence[InputRow[R]]) -> None:
        async with self._lock:
            known = await self._lookup.group(rows, self._engine.rows)
            for row in rows:
                if stream.stopped:  # what was read by then is not wanted any more
                    return
                await self._admit_contained(stream, row, known)

    async def _admit_contained(self, stream: OutcomeStream[R], row: InputRow[R], known: LookedUp) -> None:
        """Admit one row; an exception that it raises by itself is its own outcome, and does not end the others."""
        try:
            with stray_cancellation_contained():
                await self._admit(stream, row, known)
        except JournalError:
            raise
        except Exception as error:  # noqa: BLE001 (see contained)
            stream.expect()
            refusal = contained(error)
            self._delivery.send(stream, Outcome(row.key or "", row.index, row.operation, "rejected", error=refusal))

    async def admit(self, stream: OutcomeStream[R], operation: JobOperation[R], key: str | None, index: int) -> None:
        """Admit one row.

        Args:
            stream: The consumer that waits for it.
            operation: The question.
            key: The row's key; None for the question's fingerprint.
            index: The row's place in the input.
        """
        async with self._lock:
            await self._admit(stream, InputRow(operation, key, index), self._lookup.later())

    async def _admit(self, stream: OutcomeStream[R], row: InputRow[R], looked_up: LookedUp) -> None:
        if self._engine.broken is not None:
            raise self._engine.broken
        operation, index, fingerprint = row.operation, row.index, row.fingerprint
        key = fingerprint if row.key is None else row.key
        twin = self._engine.rows.get(key)
        if twin is not None and twin.entry.fingerprint == fingerprint:
            stream.expect()
            self._engine.join(twin, stream, index)
            return
        # The row under way is newer than its line on the disk: a commit may be on its way.
        known = twin.entry if twin else await looked_up.find(key)
        decision = "conflict" if twin else self.decide(operation, fingerprint, known, stream.deliver)
        if decision == "skip":
            stream.skip(index)
            return
        if decision == "follow" and known is not None:
            stream.expect()
            self._engine.follow(Row(known, operation, [(stream, index)], stream.urgent))
            return
        outcome = self._outcome_at_once(decision, operation, key, known, index)
        if outcome is not None:
            stream.expect()
            self._delivery.send(stream, outcome)
            return
        entry = self._entry(decision, operation, key, fingerprint, known)
        replaced = known if decision == "resubmit" else None
        stream.expect()
        await self._start(Row(entry, operation, [(stream, index)], stream.urgent, replaced), stream.batching)

    async def admit_again(self, row: Row, known: Entry | None) -> None:
        """Admit a row that another runner had: it has ended, or nobody has it any more.

        Its end there is its end here: what was parked, failed or is too old is not asked for once more. What a runner
        left that died is treated like what an earlier run left.

        Args:
            row: The row, with everyone who waits for it.
            known: Its line in the journal; None when it was erased.
        """
        try:
            self._leave_out_acknowledged(row, known)
            if known is not None and _ended_elsewhere(known):
                self._engine.ends.end(row, self._replayed(row.operation, known, 0))
            elif known is None and row.entry.state in HELD and row.entry.held_by is None:
                self._end_erased(row)
            else:
                await self._go_on(row, known)
        except JournalError:
            raise
        except Exception as error:  # noqa: BLE001 (see contained)
            self._engine.ends.end_without_answer(row, "rejected", contained(error))

    def _end_erased(self, row: Row) -> None:
        """End a row that was under way here when it was erased from the journal: it is not sent, and paid, again."""
        job_id = row.entry.job_id
        error = JobUnknownError("it was erased from the journal while it was under way", job_id=job_id)
        self._engine.ends.end_without_answer(row, "unfinished" if job_id else "unknown", error)

    async def _go_on(self, row: Row, known: Entry | None) -> None:
        decision = self.decide(row.operation, row.entry.fingerprint, known, "every call")
        if decision == "follow" and known is not None:
            row.entry = known
            self._engine.follow(row)
            return
        outcome = self._outcome_at_once(decision, row.operation, row.entry.key, known, 0)
        if decision in {"submit", "resubmit"} and (row.withdrawn is not None or not row.waiting):
            outcome = without_answer(row.operation, row.entry, "rejected", row.withdrawn or RunStoppedError("not sent"))
        if outcome is not None:
            self._engine.ends.end(row, outcome)
            return
        row.entry = self._entry(decision, row.operation, row.entry.key, row.entry.fingerprint, known)
        row.replaced = known if decision == "resubmit" else None
        await self._start(row, row.waiting[0][0].batching if row.waiting else "single")

    def _leave_out_acknowledged(self, row: Row, known: Entry | None) -> None:
        """Let those wait no longer who asked for what was not delivered yet, when it has been."""
        if known is not None and known.delivered:
            for stream, index in row.waiting:
                if stream.deliver == "once":
                    stream.leave_out(index)
            row.waiting = [(stream, index) for stream, index in row.waiting if stream.deliver != "once"]

    def decide(
        self, operation: JobOperation[Any], fingerprint: str, known: Entry | None, deliver: Deliver
    ) -> Admission:
        """Decide what to do with a row of this content, of which the journal knows this much."""
        in_doubt = known is not None and known.state in IN_DOUBT
        return admission(
            None if known is None else known.state,
            self._policy,
            same_question=known is not None and known.fingerprint == fingerprint,
            held=known is not None and known.held_by is not None,
            delivered=known is not None and known.delivered,
            retry_safe=in_doubt and _is_retry_safe(operation, known),
            age=timedelta() if self._policy.reuse is None else _age(known),
            deliver=deliver,
        )

    def _outcome_at_once(
        self, decision: Admission, operation: JobOperation[R], key: str, known: Entry | None, index: int
    ) -> Outcome[R] | None:
        """Return the outcome of a row that needs neither submit nor poll; None for one that does."""
        if decision == "conflict":
            return Outcome(key, index, operation, "rejected", error=key_conflict(key))
        if decision == "replay" and known is not None:
            return self._replayed(operation, known, index)
        if decision == "resume":
            return None
        refusal = doubt_of(self._journal) or self._ledger.refusal(operation.variant())
        return None if refusal is None else Outcome(key, index, operation, "rejected", error=refusal)

    def _replayed(self, operation: JobOperation[R], known: Entry, index: int) -> Outcome[R]:
        """Return the outcome of a row that somebody has asked for before, and count it."""
        outcome = read_outcome(operation, known, index=index, replayed=True)
        if outcome.status == "completed":
            self._journal.tally(known.variant, "reused", known.cost_cents or 0.0)
        return outcome

    def _entry(
        self, decision: Admission, operation: JobOperation[Any], key: str, fingerprint: str, known: Entry | None
    ) -> Entry:
        """Return the row's line in the journal: the one it has when that goes on, else a new one."""
        if known is not None and decision != "resubmit" and known.state != "released":
            return known
        self._ledger.jobs += 1
        earlier = 0 if known is None else known.resubmissions
        return Entry(
            key,
            operation.endpoint.name,
            fingerprint,
            request_text(operation.payload()),
            "released",
            variant=operation.variant(),
            resubmissions=earlier + (decision == "resubmit"),
            version=0 if known is None else known.version,
        )

    async def _start(self, row: Row, batching: Batching) -> None:
        """Hand a row to the engine, with the others of its batch when an earlier run submitted it in one."""
        entry = row.entry
        row.carried = await self._engine.reporter.carried(entry.job_id)
        if entry.batch is None or entry.state not in POLLABLE | {"unknown"}:
            self._engine.submit(row, self._keyed(row.operation, entry), batching)
            return
        members = [
            other
            for other in await self._journal.batch_entries(entry.batch)
            if other.state == entry.state and self._engine.job_of(other.key) is None
        ]
        rows = [row if one.key == entry.key else self._engine.following.take(one) for one in members]
        rows[0].carried = row.carried
        await self._engine.resume_batch(entry.batch, rows)

    def _keyed(self, operation: JobOperation[Any], entry: Entry) -> JobOperation[Any]:
        """Return a row's operation with the row's idempotency key, where the service takes one."""
        if operation.endpoint.retry_safe != "key":
            return operation
        return operation.with_idempotency_key(idempotency_key(self._journal_id, entry.key, entry.resubmissions))


def _ended_elsewhere(known: Entry) -> bool:
    """Return whether a row that was followed came to an end; a crash is none."""
    return known.state in ENDED or (known.state in {"unknown", "lost"} and known.error != CRASHED)


def _is_retry_safe(operation: JobOperation[Any], known: Entry | None) -> bool:
    """Return whether the service will recognise a second submit, by the row's key or by that of its batch."""
    if known is not None and known.batch is not None:
        bulk = operation.bulk_endpoint()
        return bulk is not None and bulk.retry_safe == "key"
    return operation.with_idempotency_key("a key").is_retry_safe()


def _age(known: Entry | None) -> timedelta:
    """Return the time since a row was sent, by our wall clock; answers are reused for days, so it need not be exact."""
    if known is None or known.sent_at is None:
        return timedelta()
    return datetime.now(UTC) - datetime.fromisoformat(known.sent_at)


def key_conflict(key: str) -> InputError:
    """Return the refusal of a row whose key belongs to another question."""
    return InputError(f"key {key!r} belongs to another question already", remedy="give each question a key of its own")
