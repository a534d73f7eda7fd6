"""JobRunner: any number of jobs under one budget; operations in, outcomes out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import anyio
import anyio.abc

from sixtyfour_async._client.client import AsyncClient, pipeline_of
from sixtyfour_async._journal.base import Journal, doubt_of
from sixtyfour_async._runner.caps import Caps, check_settings, new_ledger, open_ledger
from sixtyfour_async._runner.enrichment import EnrichesFrames
from sixtyfour_async._runner.heartbeat import keep_lease
from sixtyfour_async._runner.host import Host
from sixtyfour_async._runner.input_rows import Operations, check_job
from sixtyfour_async._runner.learned_runtimes import LearnedRuntimes
from sixtyfour_async._runner.machine import Machine, Settings, budget_place_of
from sixtyfour_async._runner.outcome_stream import OutcomeStream
from sixtyfour_async._runner.outcomes import Explanation, Outcome, RunPlan, Stats, Unfinished, Unknown
from sixtyfour_async._runner.planning import plan
from sixtyfour_async._runner.reading import read_outcome, restore
from sixtyfour_async._runner.receivers import Receivers, ReceivesWebhooks
from sixtyfour_async._runner.snapshots import explanation_of, stats_of, unfinished_of
from sixtyfour_async._runner.submission import wall_clock
from sixtyfour_async._scheduling.batches import MAX_FILE_ROWS
from sixtyfour_async._scheduling.limits import MAX_DEEP_SEARCHES
from sixtyfour_async._scheduling.poll_cost import DEFAULT_PATIENCE_SECONDS
from sixtyfour_async._scheduling.row_states import ENDED, Batching, Deliver, OnUnknown, ReusePolicy
from sixtyfour_async.errors import ConfigurationError, JournalError, RunStoppedError
from sixtyfour_async.models import Intelligence
from sixtyfour_async.models.jobs import Report
from sixtyfour_async.operations import JobOperation
from sixtyfour_async.operations._structured import Typed
from sixtyfour_async.webhooks.urls import delivery_url

R = TypeVar("R")
M = TypeVar("M")

NOT_ENTERED = "a JobRunner works inside `async with JobRunner(client) as runner:`"


class JobRunner(EnrichesFrames, ReceivesWebhooks):
    """Submits jobs, polls them until they end, and hands their outcomes over; any number under one budget.

    Args:
        client: Its budget is shared; calls made on the client go first.
        journal: A path, a PostgreSQL URL, a journal of your own, or None for one that dies with the process. With the
            first two, a row that was answered is never paid again, and an accepted job is polled by the next run if
            this one ends or dies before it.
        max_in_flight: Jobs of this runner submitted and not ended, at most; also how many rows are read ahead of the
            consumer. Each process has its own: n of them have up to n times as many jobs running.
        max_cost_cents: The most that may be spent, earlier runs and other processes on the same journal included. A
            row's price is reserved before it is sent; a row whose price is not known is refused unless *max_row_cents*
            is given. While a price was never charged, at most three rows of its kind are in flight; a charge above its
            reservation stops the run. All of this holds for any of the four caps, and none of it without a cap.
        max_cost_cents_per_run: The same for the current run, see *new_run*.
        max_cost_cents_per_day: The same for a day, UTC, by this machine's clock; a row counts on the day on which it
            is sent. What does not fit today is rejected; the run does not wait for tomorrow.
        max_cost_cents_per_month: The same for a month, UTC.
        new_run: Begin a new run in the journal. Without it, the journal's current run goes on, also after a crash: by
            default all that is ever sent from one journal is one run.
        max_row_cents: What a row of unknown price counts as under the cap: the most you expect it to cost.
        max_jobs: Rows that may be submitted, those that the journal held as submitted when this runner was entered
            included; of rows that share a submit, each counts. What other processes submit meanwhile does not count: to
            bound all of them together, cap the money.
        max_rows: Rows read at most by this runner, answered from the journal or not; each process has its own.
        prices: Cents per answer that you know of, by operation or ``operation/tier``.
        job_deadline: Seconds after which a job that has not ended is handed back as ``unfinished``.
        retry_failed: Submit again what the service accepted and then failed or cancelled, in an earlier run.
        reuse: The age up to which an answer in the journal is replayed; None for any age. An older one is asked for,
            and paid, again.
        on_unknown: What to do with rows that an earlier run left unknown: ``"park"`` leaves them alone, ``"resubmit"``
            submits them again, and perhaps pays twice. Where the service recognises a second submit it is repeated in
            any case.
        deep_searches: Deep searches that may run at once.
        patience: Seconds that a finished answer may lie unseen to save one request, while rows wait for the budget.
            A higher value gets more jobs through in a minute, a lower one brings each answer sooner.
        webhook_url: Public URL at which `webhooks` is mounted: the ends of jobs are delivered there instead of being
            polled for. Sent with a slash at the end, for every operation that takes a ``webhook_url`` and has none.
            Processes that share a journal may share it: a delivery reaches the one that waits.

    Units: cents are US cents; seconds are the service's (`AsyncClient.speed`).

    *Several processes* may use one journal at once, such as the workers of a web app. A row is under way in one; others
    that ask for it wait for its answer, and take it over when that one ends, dies, or stands still for a lease (15 s).
    Caps on money, the trial of an unknown price and *deep_searches* hold for all together; *max_in_flight*, *max_jobs*
    and *max_rows* for each.

    Use it as ``async with JobRunner(client) as runner``. When it is closed, rows not sent are dropped, and what is
    still running at the service is listed in `left_running`. It can be entered again, also in another event loop. In a
    notebook, or in a fixture, call ``await runner.__aenter__()`` in one cell and ``await runner.__aexit__(None, None,
    None)`` in another: the task that leaves need not be the one that entered.
    """

    def __init__(
        self,
        client: AsyncClient,
        *,
        journal: str | Path | Journal | None = None,
        max_in_flight: int = 4000,
        max_cost_cents: float | None = None,
        max_cost_cents_per_run: float | None = None,
        max_cost_cents_per_day: float | None = None,
        max_cost_cents_per_month: float | None = None,
        new_run: bool = False,
        max_row_cents: float | None = None,
        max_jobs: int | None = None,
        max_rows: int | None = None,
        prices: Mapping[str, float] | None = None,
        job_deadline: float = 4 * 3600.0,
        retry_failed: bool = False,
        reuse: timedelta | None = None,
        on_unknown: OnUnknown = "park",
        deep_searches: int = MAX_DEEP_SEARCHES,
        patience: float = DEFAULT_PATIENCE_SECONDS,
        webhook_url: str | None = None,
    ) -> None:
        check_settings(patience, max_in_flight, deep_searches, max_rows)
        self.client = client
        self.left_running: tuple[Unfinished, ...] = ()
        self._max_in_flight = max_in_flight
        self._account, self._clock = pipeline_of(client).account, pipeline_of(client).clock
        caps = Caps(max_cost_cents, max_cost_cents_per_run, max_cost_cents_per_day, max_cost_cents_per_month)
        self._receivers = Receivers(None if webhook_url is None else delivery_url(webhook_url))
        self._settings = Settings(
            journal=journal,
            ledger=lambda made: new_ledger(caps, prices, max_row_cents, max_jobs, made),
            policy=ReusePolicy(retry_failed=retry_failed, on_unknown=on_unknown, reuse=reuse),
            max_in_flight=max_in_flight,
            max_rows=max_rows,
            deep_searches=deep_searches,
            job_deadline=job_deadline,
            patience=patience,
            receivers=self._receivers,
        )
        self._new_run = new_run
        self._host: Host | None = None
        self._tasks: anyio.abc.TaskGroup | None = None
        self._build()

    def _build(self) -> None:
        """Build the machine for one ``async with``: what was sent and delivered in an earlier one is history."""
        made = Machine(self.client, self._settings)
        self.journal: Journal = made.journal
        self._scheduler, self._delivery, self._engine = made.scheduler, made.delivery, made.engine
        self._intake = made.intake
        self._runtimes = LearnedRuntimes(made.journal, made.scheduler.poller)

    # --- life ---------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        self._clock.home.settle()  # in an event loop that the client cannot work in, nothing is opened or sent
        if self._host is not None:
            if self._host.is_alive:
                raise ConfigurationError(
                    "this JobRunner is open already: leave its `async with` first, or make another"
                )
            self._build()
        self._host = Host(self._live)
        await self._host.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Detach. An error of the block propagates as it is; one of the runner itself is raised if there is none."""
        self._clock.home.settle()
        if self._host is not None:
            await self._host.stop()
            if self._host.error is not None and error is None:
                raise self._host.error

    async def _live(self, host: Host) -> None:
        """Open the journal, serve until told to leave, and leave everything in order, however it ends."""
        try:
            await self.journal.open()
            await open_ledger(self._scheduler.ledger, self.journal, wall_clock(), new_run=self._new_run)
            await self._intake.open()
            await self._engine.webhooks.load()
            await self._runtimes.load(self._clock.now())
            async with self._account.shared_at(budget_place_of(self.journal)):
                await self._serve(host)
        except BaseException as error:
            for stream in self._delivery.streams:
                stream.fail(error)
            raise
        finally:
            self._tasks = None
            self._engine.webhooks.close()
            self._scheduler.budget.want(id(self._scheduler), 0, 0)  # or foreground calls would leave tokens to nobody
            self._detach()
            await self._runtimes.save()
            with suppress(JournalError), anyio.CancelScope(shield=True):  # a broken journal was reported earlier
                await self._engine.following.meet_others(is_last=True)
            await self.journal.close()

    async def _serve(self, host: Host) -> None:
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            tasks.start_soon(self._engine.run, tasks)
            following = self._engine.following
            tasks.start_soon(keep_lease, self.journal, lambda: self._engine.broken is not None, following.meet_others)
            tasks.start_soon(self._account.run, self._engine.wake, self._engine.break_off)
            self._engine.webhooks.open(tasks)
            host.ready.set()
            await host.leave.wait()
            self._engine.webhooks.close()
            self._engine.begin_shutdown()  # before cancelling: submits in transit are shielded and get a deadline
            tasks.cancel_scope.cancel()

    def _detach(self) -> None:
        self._engine.leave()
        self.left_running = unfinished_of(self._engine)
        for stream in list(self._delivery.streams):
            stream.stop(RunStoppedError("the runner was closed before the job ended"))
            stream.close()

    @property
    def _entered(self) -> anyio.abc.TaskGroup | None:
        """What works for this runner; None while it is not entered, or its event loop is gone."""
        return self._tasks if self._host is not None and self._host.is_alive else None

    @property
    def _running(self) -> anyio.abc.TaskGroup:
        self._clock.home.settle()
        if self._entered is None:
            raise ConfigurationError(NOT_ENTERED)
        return self._entered

    def stop(self) -> None:
        """Read and submit no further; what runs is polled to its end and handed over.

        `map` ends by itself after that. To bound the wait, leave its loop, or cancel a scope around it, when the time
        is over: once the runner is closed, `left_running` lists what still runs.
        """
        for stream in self._delivery.streams:
            stream.stop()
        self._engine.withdraw(lambda _row: True)

    def stats(self) -> Stats:
        """Return a snapshot of the runner's counters, and of whether it takes rows."""
        problem = doubt_of(self.journal) if self._entered else ConfigurationError(NOT_ENTERED)
        return stats_of(self._scheduler, self._engine, self._delivery, self._clock.now(), problem)

    def explain(self, key: str) -> Explanation | None:
        """Return why a row was or was not polled; None when no row of this key is under way."""
        return explanation_of(self._scheduler, self._engine, key, self._clock.now())

    async def plan(
        self, operations: Operations[Any], *, key: Callable[[Any], str] | None = None, batching: Batching = "auto"
    ) -> RunPlan:
        """Return what `map` would do with these operations, and what it would take; nothing is sent or written.

        All of *operations* is read: pass something that can be read again, such as a list, not the generator meant for
        `map`. What other ``map`` calls on this runner have under way is not counted.

        Raises:
            InputError: An item is no operation that runs as a job, or *operations* cannot be iterated over.
        """
        self._running  # noqa: B018 (raises outside the block: the journal must be open)
        return await plan(operations, self.journal, self._intake, self._scheduler, key=key, batching=batching)

    # --- the journal --------------------------------------------------------------------------------------------

    async def unknown(self) -> list[Unknown]:
        """Return the rows that may have been accepted, with the money exposed, whatever run they come from."""
        return [
            Unknown(entry.key, restore(entry), entry.error or "", entry.sent_at, entry.reserved_cents, entry.job_id)
            async for entry in self.journal.entries({"unknown"})
        ]

    async def reparse(self, model: type[M]) -> AsyncGenerator[Outcome[Intelligence[M]], None]:
        """Yield every research answer of the journal again, read as another class; nothing is asked or paid.

        Args:
            model: A pydantic class, a dataclass or a TypedDict.

        Yields:
            Outcomes as `map` has them: what cannot be read is among the ``problems``, the raw answer in ``raw``.
        """
        index = 0
        async for entry in self.journal.entries({"completed"}):
            operation = restore(entry, struct=model)
            if isinstance(operation, Typed):
                typed = cast("JobOperation[Intelligence[M]]", operation)
                yield read_outcome(typed, entry, index=index, replayed=True)
                index += 1

    async def ack(self, outcome: Outcome[Any]) -> None:
        """Record that an outcome has arrived: ``map(…, deliver="once")`` leaves its row out from now on.

        Once this returns it is on the disk. A row whose end is not known yet is not acknowledged by it.
        """
        if outcome.status in ENDED:
            await self.journal.deliver(outcome.key)

    # --- jobs ---------------------------------------------------------------------------------------------------

    async def run(
        self,
        operation: JobOperation[R],
        *,
        key: str | None = None,
        on_progress: Callable[[Report], object] | None = None,
    ) -> Outcome[R]:
        """Submit one operation, before the waiting rows of any `map`, and return its outcome.

        Args:
            operation: The question.
            key: The row's key; by default its question's fingerprint.
            on_progress: Called with what each poll or delivery of its job reports; must not block.

        If cancelled, the job stays in the journal and is polled on while the runner is open.

        Raises:
            InputError: *operation* is no operation that runs as a job.
            JournalError: The journal failed; nothing more is sent.
        """
        check_job(operation, "the operation", field="operation")
        async with self._stream(1, urgent=True, on_progress=on_progress) as stream:
            await self._intake.admit(stream, operation, key, 0)
            stream.finish_reading()
            async with aclosing(stream.take()) as outcomes:
                async for outcome in outcomes:
                    await self._runtimes.save_if_due(self._clock.now)
                    return outcome
            raise stream.error or AssertionError("a stream without an outcome was stopped")

    async def map(
        self,
        operations: Operations[R],
        *,
        key: Callable[[Any], str] | None = None,
        deliver: Deliver = "every call",
        ordered: bool = False,
        batching: Batching = "auto",
    ) -> AsyncGenerator[Outcome[R], None]:
        """Submit operations as they are read and yield one outcome for each, as they end.

        Args:
            operations: Any iterable or async iterable, read no further ahead than ``max_in_flight`` rows.
            key: Returns a row's key; by default its question's fingerprint, so that the same question, asked twice in a
                run or again in a later run with the same journal, is paid once.
            deliver: ``"every call"`` yields each row once per call: what an earlier run answered comes again,
                ``replayed``, for free. ``"once"`` leaves out rows that were acknowledged before, by you with `ack` or,
                failing that, by your asking for the next outcome. It is *at least once*: the outcome in your hands when
                the process dies comes again, and no other; with a sink that deduplicates by key it is exactly once.
            ordered: Yield outcomes in the order of the input. A slow row then holds the others back, ``max_in_flight``
                at most; after that nothing is submitted until it ends.
            batching: ``"auto"`` lets find and reverse questions that differ in their lead only share bulk submits of up
                to 100: a hundredth of the requests. ``"file"`` also sends research on people and companies as files of
                up to 20,000 rows: a few requests for all of it, and no answer before the slowest row's; fields come
                back as text. ``"single"`` submits each row by itself.

        Raises:
            InputError: After the last outcome of the rows before it: an item of *operations* is no operation that runs
                as a job, or *operations* cannot be iterated over.
            SixtyfourError: After the last outcome: the refusal that every later row would have met (wrong key, no
                credits, tier not enabled, no connection, cap reached), or the journal's failure.
            Exception: After the last outcome: what reading *operations* raised.

        Leaving the loop early withdraws what has not been sent.
        """
        slots = max(self._max_in_flight, MAX_FILE_ROWS) if batching == "file" else self._max_in_flight
        async with self._stream(slots, deliver=deliver, ordered=ordered, batching=batching) as stream:
            self._running.start_soon(self._intake.read, stream, operations, key)
            async with aclosing(stream.take()) as outcomes:
                async for outcome in outcomes:
                    yield outcome
                    if deliver == "once":
                        await self.ack(outcome)
                    await self._runtimes.save_if_due(self._clock.now)
            if stream.error is not None:
                raise stream.error

    @asynccontextmanager
    async def _stream(self, slots: int, **options: Any) -> AsyncGenerator[OutcomeStream[Any], None]:
        tasks = self._running
        stream: OutcomeStream[Any] = OutcomeStream(slots, **options)
        self._delivery.streams.add(stream)
        try:
            yield stream
        finally:
            stream.close()
            self._delivery.streams.discard(stream)
            if self._tasks is tasks:
                self._engine.withdraw(lambda row: all(waiting is stream for waiting, _ in row.waiting))
