"""Run an enrichment through a `JobRunner`, or forecast it."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Literal

import anyio

from sixtyfour_async._client.client import AsyncClient, pipeline_of
from sixtyfour_async._journal.base import Journal, doubt_of
from sixtyfour_async._journal.places import as_named, exists
from sixtyfour_async._journal.sharing import SharedJournal
from sixtyfour_async._runner.outcomes import Outcome, RunPlan, Stats, Unfinished
from sixtyfour_async._runner.runner import JobRunner
from sixtyfour_async._scheduling.row_states import Batching
from sixtyfour_async.cli.draining import Draining
from sixtyfour_async.cli.enrichment import Enrichment
from sixtyfour_async.cli.formatting import row_count
from sixtyfour_async.cli.journal_notes import AGREEMENT, COLUMNS, JournalNotes
from sixtyfour_async.cli.listening import receiving
from sixtyfour_async.cli.rows_to_ask import RowsToAsk
from sixtyfour_async.cli.signals import recorded
from sixtyfour_async.errors import JournalError, SixtyfourError
from sixtyfour_async.questions.agreement import Agreement

REFRESH_SECONDS = 0.25
"""Real seconds between two updates of the progress display."""


@dataclass(slots=True)
class RunResult:
    """How a run ended.

    Attributes:
        ending: ``finished``: every row has ended. ``refused``: *error* stopped the run, because every later row would
            have met it, too. ``drained`` and ``detached``: it was asked to end early; see `Draining`.
        error: The error that stopped the run.
        signal: The signal that ended it early; None when there was none.
        stats: The runner's counters at the end.
        seconds: Duration in the service's seconds.
        real_seconds: Duration in real seconds.
        left_running: Jobs that are still running at the service and will be billed.
    """

    ending: Literal["finished", "refused", "drained", "detached"] = "finished"
    error: SixtyfourError | None = None
    signal: int | None = None
    stats: Stats | None = None
    seconds: float = 0.0
    real_seconds: float = 0.0
    left_running: tuple[Unfinished, ...] = ()

    @property
    def nothing_accepted(self) -> bool:
        """Whether the service accepted no row, so that nothing is billed and there is nothing to write."""
        return self.stats is not None and not self.stats.in_flight and not set(self.stats.ended) - {"rejected"}


def purpose(kind: str, service: str) -> dict[str, str]:
    """Return what a journal is bound to: the operation, and the service, so that no simulated answer passes for real.

    Not the table: a row is known by what is sent about it, wherever it stands.
    """
    return {"operation": kind, "service": service}


@dataclass(frozen=True, slots=True)
class Following:
    """How a run is followed from outside.

    Attributes:
        draining: When to end early besides on a signal, and for how long to drain.
        on_progress: Called several times a second with the counters and the service's seconds since the start.
        on_message: Called with a line of text when a signal is handled.
        listen: Where to receive webhook deliveries, ``HOST:PORT``; None receives none.
    """

    draining: Draining
    on_progress: Callable[[Stats, float], None]
    on_message: Callable[[str], None]
    listen: str | None = None


async def execute(
    enrichment: Enrichment,
    client: AsyncClient,
    *,
    notes: JournalNotes,
    service: str,
    agreement: Agreement | None,
    sample: int | None,
    batching: Batching,
    following: Following,
    **settings: Any,
) -> RunResult:
    """Submit rows and poll until all have ended; the first signal drains, the second detaches.

    The journal has the outcomes, and the output is written from it.

    Args:
        enrichment: The rows and the question.
        client: The client of the service.
        notes: The journal, and what was known of it before.
        service: What the journal is bound to; see `purpose`.
        agreement: The terms of a new yes, to be kept; it begins a new run for the cap on a run.
        sample: How many rows without an answer to ask; None for all rows.
        batching: How rows are grouped into submits, as for `JobRunner.map`.
        following: How it is followed.
        settings: Passed to `JobRunner`.

    Raises:
        JournalError: The journal cannot be used for this enrichment; nothing was sent.
    """
    runner = JobRunner(client, journal=as_named(notes.path), new_run=agreement is not None, **settings)

    async def outcomes() -> AsyncGenerator[Outcome[Any], None]:
        rows = RowsToAsk(enrichment, notes.field_sets, runner.journal, keeps=True, sample=sample)
        async with aclosing(runner.map(rows.operations(), batching=batching)) as ended:
            async for outcome in ended:
                yield outcome

    async def begin() -> None:
        await _begin(runner.journal, enrichment, notes, service, agreement)

    return await follow(runner, begin, outcomes(), following)


async def follow(
    runner: JobRunner,
    begin: Callable[[], Awaitable[None]],
    outcomes: AsyncGenerator[Outcome[Any], None],
    following: Following,
    on_outcome: Callable[[Outcome[Any]], None] = lambda _: None,
) -> RunResult:
    """Enter a runner and take its outcomes until all rows have ended; the first signal drains, the second detaches.

    Args:
        runner: The runner, not entered yet.
        begin: Called when the journal is open, before anything is sent.
        outcomes: The outcomes, from `JobRunner.map`.
        following: How the run is followed.
        on_outcome: Called with each outcome.

    Raises:
        JournalError: The journal cannot be used for this; nothing was sent.
    """
    result, clock = RunResult(), pipeline_of(runner.client).clock
    started, started_real = clock.now(), anyio.current_time()
    with recorded() as signals, anyio.CancelScope() as run_scope:
        async with receiving(runner, following.listen), runner, aclosing(outcomes):
            await begin()
            _report_doubt(runner, result, following.on_message)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(following.draining.watch, runner, run_scope, signals, following.on_message)
                tasks.start_soon(_report_progress, runner, following, started)
                await _take_all(outcomes, result, on_outcome)
                tasks.cancel_scope.cancel()
    result.seconds, result.real_seconds = clock.now() - started, anyio.current_time() - started_real
    following.on_progress(_conclude(result, runner, following.draining), result.seconds)
    return result


def _conclude(result: RunResult, runner: JobRunner, draining: Draining) -> Stats:
    if result.error is None and draining.ending is not None:
        result.ending, result.signal = draining.ending, draining.signal
    result.stats, result.left_running = runner.stats(), runner.left_running
    return result.stats


async def _take_all(
    outcomes: AsyncGenerator[Outcome[Any], None], result: RunResult, on_outcome: Callable[[Outcome[Any]], None]
) -> None:
    try:
        async for outcome in outcomes:
            on_outcome(outcome)
    except SixtyfourError as error:
        result.ending, result.error = "refused", error


def _report_doubt(runner: JobRunner, result: RunResult, on_message: Callable[[str], None]) -> None:
    """Report that the journal is in doubt; the run goes on without submitting anything."""
    doubt = doubt_of(runner.journal)
    if doubt is not None:
        result.ending, result.error = "refused", doubt
        on_message(f"{doubt}; jobs that were accepted are polled")


async def _begin(
    journal: Journal, enrichment: Enrichment, notes: JournalNotes, service: str, agreement: Agreement | None
) -> None:
    """Bind the journal, and keep in it which columns are sent, and what was agreed to."""
    await journal.bind(purpose(enrichment.question.kind, service))
    columns = {**(notes.columns or {}), **enrichment.mapping.sent}
    if columns != notes.columns or notes.began_before:
        await journal.set_meta(COLUMNS, json.dumps(columns, ensure_ascii=False))
    if agreement is not None:
        await journal.set_meta(AGREEMENT, json.dumps(agreement.as_json(), ensure_ascii=False))


async def plan(
    enrichment: Enrichment,
    client: AsyncClient,
    *,
    notes: JournalNotes,
    batching: Batching,
    **settings: Any,
) -> tuple[RunPlan, RowsToAsk]:
    """Forecast requests, duration and cost of a run, and count what is asked about how many rows.

    Nothing is sent; the journal is read, and not created.
    """
    existing = as_named(notes.path) if exists(notes.path) else None
    async with JobRunner(client, journal=existing, **settings) as runner:
        rows = RowsToAsk(enrichment, notes.field_sets, runner.journal, keeps=False)
        return await runner.plan(rows.operations(), batching=batching), rows


async def _report_progress(runner: JobRunner, following: Following, started: float) -> None:
    clock, is_said = pipeline_of(runner.client).clock, False
    while True:
        following.on_progress(runner.stats(), clock.now() - started)
        is_said = is_said or await _report_others(runner, following.on_message)
        await anyio.sleep(REFRESH_SECONDS)


async def _report_others(runner: JobRunner, on_message: Callable[[str], None]) -> bool:
    """Report rows of another process that are waited for, and until when that is if it is dead; say whether."""
    rows, journal = runner.stats().followed, runner.journal
    if rows and isinstance(journal, SharedJournal):
        with suppress(JournalError):  # the runner notices that, too
            quiet = await journal.others_quiet_for()
            if quiet is not None:
                on_message(waiting_for_others(rows, time.time() - quiet, journal.lease_seconds))
                return True
    return False


def waiting_for_others(rows: int, heard_at: float, lease_seconds: float) -> str:
    """Return what a run waits for whose rows another process has under way.

    Args:
        rows: Their number.
        heard_at: When that process was last heard of, Unix seconds.
        lease_seconds: Real seconds from then on after which others take over from it.
    """
    heard, end = (time.strftime("%H:%M:%S", time.localtime(at)) for at in (heard_at, heard_at + lease_seconds))
    return (
        f"waiting for {row_count(rows)} under way in another process, last heard of at {heard}; if it is not heard of "
        f"again, this one goes on with them soon after {end}"
    )
