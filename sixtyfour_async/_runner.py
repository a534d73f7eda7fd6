"""JobRunner: any number of jobs under one budget; rows in, outcomes out.

The runner takes rows on and hands outcomes over; `_engine` carries out what `_core.scheduler` decides in between.
"""

from __future__ import annotations

import logging
import math
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any, Self, TypeVar

import anyio
import anyio.abc

from sixtyfour_async._client import AsyncClient
from sixtyfour_async._core.gates import Gate, RateGate
from sixtyfour_async._core.job import Phase
from sixtyfour_async._core.ledger import Ledger
from sixtyfour_async._core.scheduler import Scheduler
from sixtyfour_async._core.watch import PATIENCE
from sixtyfour_async._core.wire import job_route
from sixtyfour_async._engine import Engine, Row
from sixtyfour_async._feed import Feed, Operations, each
from sixtyfour_async._journal import Entry, Journal, MemoryJournal, SqliteJournal, request_text
from sixtyfour_async._reading import read_outcome
from sixtyfour_async.errors import ConfigurationError, CostCapError, InputError, JournalError, RunStoppedError
from sixtyfour_async.operations import JobOperation
from sixtyfour_async.outcomes import Explanation, Outcome, Stats, Unfinished

R = TypeVar("R")

DEEP_SEARCHES = 5
"""Deep searches one organization may run at once. Source: docs.sixtyfour.ai, search pages."""

BULK_SUBMITS = 10
"""Bulk submissions one organization may make a minute. Source: docs.sixtyfour.ai, bulk-intelligence."""

RUNTIMES = "runtimes"
"""The journal's note of what was learned."""

logger = logging.getLogger("sixtyfour_async.runner")


class JobRunner:
    """Submits jobs, looks at them until they end, and hands their outcomes over; any number under one budget.

    Args:
        client: Its budget is shared: calls made on the client go first.
        journal: A path, a journal of your own, or None for one that dies with the process. With a path, a row that was
            answered is never asked again, and a job that was accepted is watched on, whatever happened in between.
        max_in_flight: Jobs sent and not ended, at most; also how many rows are read ahead of the consumer.
        max_cost_cents: The most that may be spent, earlier runs on the same journal included. See `Ledger`.
        prices: Cents per answer that you know of, by operation or ``operation/tier``.
        job_deadline: Seconds after which a job that has not ended is handed back as ``unfinished``.
        retry_failed: Ask again what the service had accepted and then failed or cancelled, in an earlier run.
        deep_searches: How many deep searches may run at once.
        patience: Seconds that a finished answer may lie unseen to save one request, while rows wait for the budget.
            More of it gets more jobs through in a minute; less brings each answer sooner.

    Units: cents are US cents; seconds are the service's (`AsyncClient.speed`).

    Use it as ``async with JobRunner(client) as runner``. When it is left, rows not sent are dropped, and what still
    runs over there is listed in `left_running`.
    """

    def __init__(
        self,
        client: AsyncClient,
        *,
        journal: str | Path | Journal | None = None,
        max_in_flight: int = 2000,
        max_cost_cents: float | None = None,
        prices: Mapping[str, float] | None = None,
        job_deadline: float = 4 * 3600.0,
        retry_failed: bool = False,
        deep_searches: int = DEEP_SEARCHES,
        patience: float = PATIENCE,
    ) -> None:
        if not 0 < patience < math.inf:
            raise ConfigurationError("patience must be above 0 seconds, and finite")
        if max_in_flight < 1 or deep_searches < 1:
            raise ConfigurationError("max_in_flight and deep_searches must be at least 1")
        if max_cost_cents is not None and max_cost_cents <= 0:
            raise ConfigurationError("max_cost_cents must be above 0, or None for no cap")
        if isinstance(journal, str | Path):
            journal = SqliteJournal(journal)
        self.client = client
        self.journal: Journal = journal or MemoryJournal()
        self.left_running: tuple[Unfinished, ...] = ()
        self._max_in_flight = max_in_flight
        self._retry_failed = retry_failed
        self._scheduler = Scheduler(
            budget=client.budget,
            ledger=Ledger(cap=max_cost_cents, prices=dict(prices or {})),
            jitter=random.random,
            gates={"deep-search": Gate(deep_searches), "bulk-intelligence": RateGate(BULK_SUBMITS)},
            in_flight=Gate(max_in_flight),
            job_deadline=job_deadline,
            patience=patience,
        )
        self._engine = Engine(client, self.journal, self._scheduler, on_end=self._hand_over)
        self._by_key: dict[str, Row] = {}
        self._feeds: set[Feed[Any]] = set()
        self._ended: dict[str, int] = {}
        self._replayed = 0
        self._withdrawn = 0
        self._rows_read = 0
        self._admission = anyio.Lock()
        self._tasks: anyio.abc.TaskGroup | None = None

    # --- life ---------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.journal.open()
        try:
            self._scheduler.ledger.charged = (await self.journal.totals()).cost_cents
            self._scheduler.watch.runtimes.read_json(await self.journal.note(RUNTIMES) or "")
            self._tasks = await anyio.create_task_group().__aenter__()
        except BaseException:
            await self.journal.close()
            raise
        self._tasks.start_soon(self._engine.run, self._tasks)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Detach. An error of the block goes on as it is: the task group never sees it, so it is not wrapped."""
        tasks = self._running
        self._engine.hurry()
        tasks.cancel_scope.cancel()
        try:
            await tasks.__aexit__(None, None, None)
        finally:
            self._tasks = None
            self.client.budget.background = False
            self._leave()
            await self._keep_runtimes()
            await self.journal.close()

    async def _keep_runtimes(self) -> None:
        """What was learned helps a later run; a journal that broke has been reported already."""
        if not self._scheduler.watch.looks:
            return
        with suppress(JournalError), anyio.CancelScope(shield=True):
            await self.journal.note(RUNTIMES, self._scheduler.watch.runtimes.to_json())

    def _leave(self) -> None:
        self.left_running = tuple(
            Unfinished(row.entry.key, row.operation, row.entry.job_id)
            for row in self._engine.rows.values()
            if row.entry.job_id is not None
        )
        for feed in list(self._feeds):
            feed.leave()
        if self.left_running:
            ids = ", ".join(unfinished.job_id for unfinished in self.left_running[:5])
            logger.warning("%d jobs run on over there and are billed: %s …", len(self.left_running), ids)

    @property
    def _running(self) -> anyio.abc.TaskGroup:
        if self._tasks is None:
            raise ConfigurationError("a JobRunner works inside `async with JobRunner(client) as runner:`")
        return self._tasks

    def stop(self) -> None:
        """Read and submit no further; what runs is watched to its end and handed over."""
        for feed in self._feeds:
            feed.stop()
        self._withdraw(lambda _row: True)

    def stats(self) -> Stats:
        """Say where the runner stands."""
        waiting = sum(ticket.phase is Phase.WAITING for ticket in self._scheduler.tickets.values())
        budget, ledger, watch = self._scheduler.budget, self._scheduler.ledger, self._scheduler.watch
        now = self.client.clock.now()
        return Stats(
            waiting=waiting,
            in_flight=len(self._scheduler.tickets) - waiting,
            ended=dict(self._ended),
            withdrawn=self._withdrawn,
            replayed=self._replayed,
            requests=budget.used,
            throttled=budget.throttled,
            requests_per_minute=budget.limit,
            cost_cents=ledger.charged,
            reserved_cents=ledger.reserved,
            last_minute=budget.last_minute(now),
            others=budget.others,
            binds=self._scheduler.binds(now),
            price=watch.price,
            lag=median(watch.lags) if watch.lags else None,
            looks_per_job=watch.looks / watch.ended if watch.ended else 0.0,
        )

    def explain(self, key: str) -> Explanation | None:
        """Say why a row was or was not looked at; None when no row of this key is under way."""
        row = self._by_key.get(key)
        ticket = None if row is None else self._scheduler.tickets.get(row.id)
        if ticket is None:
            return None
        now, watch = self.client.clock.now(), self._scheduler.watch
        accepted = ticket.remote_id is not None
        return Explanation(
            key,
            ticket.phase.value,
            self._scheduler.binds(now),
            now - ticket.accepted_at if accepted else None,
            ticket.looks,
            now - ticket.looked_at if ticket.looks else None,
            ticket.look_at - now if ticket.phase is Phase.RUNNING else None,
            watch.price_for(ticket, hurried=self._scheduler.waiting.want_slot_of(ticket, now)),
        )

    # --- asking -------------------------------------------------------------------------------------------------

    async def run(self, operation: JobOperation[R], *, key: str | None = None) -> Outcome[R]:
        """Submit one operation, before the waiting rows of any `map`, and return its outcome.

        If cancelled, the job stays in the journal and is watched on while the runner is open.

        Raises:
            JournalError: The journal failed; nothing more is sent.
        """
        async with self._feed(1, urgent=True) as feed:
            await self._admit(feed, operation, key, 0)
            feed.finish_reading()
            async for outcome in feed.take():
                return outcome
            raise feed.error or RunStoppedError("the runner was left before the job ended")

    async def map(
        self, operations: Operations[R], *, key: Callable[[Any], str] | None = None
    ) -> AsyncGenerator[Outcome[R], None]:
        """Submit operations as they are read and yield one outcome for each, as they end.

        Args:
            operations: Any iterable or async iterable, read no further ahead than ``max_in_flight`` rows.
            key: Names a row from its operation; by default the question's own content does, so that the same question
                asked twice in a run, or again in a later run with the same journal, is paid once.

        Raises:
            SixtyfourError: After the last outcome: the refusal that every later row would have met (wrong key, no
                credits, tier not enabled, no connection, cap reached), or the journal's failure.
            Exception: After the last outcome: what reading *operations* raised.

        Each row is yielded once per call: a later run with the same journal yields it again, ``replayed``, for free.
        Leaving the loop early withdraws what has not been sent.
        """
        async with self._feed(self._max_in_flight) as feed:
            self._running.start_soon(self._read, feed, operations, key)
            async with aclosing(feed.take()) as outcomes:
                async for outcome in outcomes:
                    yield outcome
            if feed.error is not None:
                raise feed.error

    @asynccontextmanager
    async def _feed(self, places: int, *, urgent: bool = False) -> AsyncGenerator[Feed[Any], None]:
        tasks = self._running
        feed: Feed[Any] = Feed(places, urgent=urgent)
        self._feeds.add(feed)
        try:
            yield feed
        finally:
            feed.leave()
            self._feeds.discard(feed)
            if self._tasks is tasks:
                self._withdraw(lambda row: all(waiting is feed for waiting, _ in row.waiting))

    async def _read(self, feed: Feed[R], operations: Operations[R], key: Callable[[Any], str] | None) -> None:
        index = 0
        try:
            async with aclosing(each(operations)) as reading:
                while await feed.place():
                    operation = await anext(reading, None)
                    if operation is None:
                        break
                    await self._admit(feed, operation, None if key is None else key(operation), index)
                    index += 1
        except Exception as error:  # noqa: BLE001 (the input's own error: raised to the consumer, unchanged)
            feed.stop(error)
        finally:
            feed.finish_reading()

    # --- rows in ------------------------------------------------------------------------------------------------

    async def _admit(self, feed: Feed[R], operation: JobOperation[R], key: str | None, index: int) -> None:
        """Take a row on: new, known from the journal, or a twin of one under way.

        One at a time: between reading the journal and taking the row on, nobody else may take the same row on.
        """
        job_route(operation)
        if self._engine.broken is not None:
            raise self._engine.broken
        fingerprint = operation.fingerprint()
        key = fingerprint if key is None else key
        async with self._admission:
            twin = self._by_key.get(key)
            known = twin.entry if twin else await self.journal.find(key)
            feed.owe()
            if known and known.fingerprint != fingerprint and (twin is not None or known.state != "released"):
                clash = InputError(
                    f"key {key!r} stands for another question already", remedy="give each question a key of its own"
                )
                self._tell(feed, Outcome(key, index, operation, "rejected", error=clash))
            elif twin is not None:
                twin.waiting.append((feed, index))
            elif known is not None and self._is_settled(operation, known):
                self._tell(feed, read_outcome(operation, known, index=index, replayed=True))
            elif (unpriced := self._unpriced(operation)) is not None and (known is None or known.state != "accepted"):
                self._tell(feed, Outcome(key, index, operation, "rejected", error=unpriced))
            else:
                watched = known if known is not None and known.state == "accepted" else None
                self._take_on(feed, index, operation, watched or _new_entry(operation, key, fingerprint))

    def _is_settled(self, operation: JobOperation[Any], entry: Entry) -> bool:
        """Say whether a row of the journal is answered as it stands, without asking."""
        if entry.state in {"failed", "cancelled"}:
            return not self._retry_failed
        if entry.state in {"unknown", "intended"}:
            return not operation.may_repeat()
        return entry.state == "completed"

    def _unpriced(self, operation: JobOperation[Any]) -> CostCapError | None:
        """A cap cannot be kept for what has no price beforehand and whose charge is never told afterwards."""
        ledger, variant = self._scheduler.ledger, operation.variant()
        if ledger.cap is None or operation.endpoint.tells_charge or ledger.price(variant) is not None:
            return None
        name = operation.endpoint.name
        return CostCapError(
            f"max_cost_cents needs a price for {name}: pass prices={{{name!r}: cents}}; the service tells none"
        )

    def _take_on(self, feed: Feed[R], index: int, operation: JobOperation[R], entry: Entry) -> None:
        self._rows_read += 1
        row = Row(self._rows_read, entry, operation, [(feed, index)], urgent=feed.urgent)
        self._by_key[entry.key] = row
        self._engine.add(row)

    def _withdraw(self, wanted: Callable[[Row], bool]) -> None:
        for row in list(self._engine.rows.values()):
            if wanted(row):
                refusal = row.waiting[0][0].left_over
                why = RunStoppedError(f"not sent: {refusal or 'the run was stopped before'}")
                why.__cause__ = refusal
                self._engine.withdraw(row, why)

    # --- outcomes out -------------------------------------------------------------------------------------------

    def _hand_over(self, row: Row, outcome: Outcome[Any]) -> None:
        """Give an outcome to everyone who waits for this row; whoever came second gets a copy, paid once."""
        del self._by_key[row.entry.key]
        stopped: set[Feed[Any]] = set()
        for number, (feed, index) in enumerate(row.waiting):
            reading = not feed.stopped
            self._tell(feed, replace(outcome, index=index, replayed=number > 0))
            if reading and feed.stopped:
                stopped.add(feed)
        if stopped:
            self._withdraw(lambda other: any(feed in stopped for feed, _ in other.waiting))

    def _tell(self, feed: Feed[Any], outcome: Outcome[Any]) -> None:
        if isinstance(outcome.error, RunStoppedError):
            self._withdrawn += 1
        else:
            self._ended[outcome.status] = self._ended.get(outcome.status, 0) + 1
        self._replayed += outcome.replayed
        feed.deliver(outcome)


def _new_entry(operation: JobOperation[Any], key: str, fingerprint: str) -> Entry:
    return Entry(key, operation.endpoint.name, fingerprint, request_text(operation.payload()), "released")
