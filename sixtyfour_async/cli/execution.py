"""Run an enrichment through a `JobRunner`, and write its output.

The output is a function of the input and the journal. It can therefore be written again at any time, and an interrupted
run leaves the same file as a complete one, except for the rows that were never sent.
"""

from __future__ import annotations

import json
import signal
import stat
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import anyio

from sixtyfour_async._client.client import AsyncClient, pipeline_of
from sixtyfour_async._journal.base import Entry, doubt_of
from sixtyfour_async._journal.schema import reading
from sixtyfour_async._runner.outcomes import Outcome, RunPlan, Stats, Unfinished
from sixtyfour_async._runner.reading import read_outcome
from sixtyfour_async._runner.runner import JobRunner
from sixtyfour_async._scheduling.row_states import Batching
from sixtyfour_async.cli.enrichment import NOT_ASKED, Enrichment
from sixtyfour_async.cli.exit_codes import with_flags
from sixtyfour_async.cli.table_files import Output
from sixtyfour_async.errors import InputError, SixtyfourError
from sixtyfour_async.tables import Cell, Row

REFRESH_SECONDS = 0.25
"""Real seconds between two updates of the progress display."""

MAX_ERRORS_SHOWN = 3
"""Errors that a summary quotes."""


@dataclass(slots=True)
class RunResult:
    """How a run ended.

    Attributes:
        ending: ``finished``: every row has ended. ``refused``: *error* stopped the run, because every later row would
            have met it, too. ``drained``: interrupted once; jobs in flight were polled until they ended. ``detached``:
            interrupted twice; jobs in flight were left running at the service.
        error: The error that stopped the run.
        stats: The runner's counters at the end.
        seconds: Duration in the service's seconds.
        real_seconds: Duration in real seconds.
        left_running: Jobs that are still running at the service and will be billed.
    """

    ending: Literal["finished", "refused", "drained", "detached"] = "finished"
    error: SixtyfourError | None = None
    stats: Stats | None = None
    seconds: float = 0.0
    real_seconds: float = 0.0
    left_running: tuple[Unfinished, ...] = ()

    @property
    def nothing_accepted(self) -> bool:
        """Whether the service accepted no row, so that nothing is billed and there is nothing to write."""
        return self.stats is not None and not set(self.stats.ended) - {"rejected"}


@dataclass(slots=True)
class OutputCounts:
    """The written output in numbers.

    Attributes:
        rows: Rows written.
        statuses: Rows per status.
        cost_cents: US cents charged for the answers; an answer that several rows share counts once.
        first_errors: The first errors, each with its row.
        notes: Which cells the output could not hold as they are, a sentence each.
    """

    rows: int = 0
    statuses: dict[str, int] = field(default_factory=dict[str, int])
    cost_cents: float = 0.0
    first_errors: list[str] = field(default_factory=list[str])
    notes: tuple[str, ...] = ()

    def add(self, row: Row, status: str, error: str) -> None:
        """Count one row."""
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if error and len(self.first_errors) < MAX_ERRORS_SHOWN:
            self.first_errors.append(f"row {row.number}: {error}")


def purpose(enrichment: Enrichment, service: str) -> dict[str, str]:
    """Return the identity of this enrichment, as its journal stores it.

    A journal refuses a run with another identity, so that answers to different
    questions, or about different tables, are never mixed.
    """
    question = enrichment.question
    sent = {mapped.column: mapped.key for mapped in enrichment.mapping.columns if mapped.key is not None}
    settings = {"fields": question.fields, "criteria": question.criteria, "options": question.options, "columns": sent}
    return {
        "operation": question.operation,
        "service": service,
        "question": json.dumps(settings, ensure_ascii=False, sort_keys=True, default=dict),
        "input": f"{enrichment.table.rows} rows, sha256 {enrichment.table.sha256[:16]}",
    }


async def execute(
    enrichment: Enrichment,
    client: AsyncClient,
    *,
    journal: Path,
    service: str,
    batching: Batching = "auto",
    on_progress: Callable[[Stats, float], None],
    on_message: Callable[[str], None],
    **settings: Any,
) -> RunResult:
    """Submit every row and poll until all have ended; the first interrupt drains, the second detaches.

    Args:
        enrichment: What to ask about each row.
        client: The client of the service.
        journal: The journal's path.
        service: What the journal is bound to besides the enrichment; see `purpose`.
        batching: How rows are grouped into submits, as for `JobRunner.map`.
        on_progress: Called several times a second with the runner's counters and the service's seconds since the start.
        on_message: Called with a line of text when a signal is handled.
        settings: Passed to `JobRunner`.

    Raises:
        JournalError: The journal cannot be used for this enrichment; nothing was sent.
    """
    result = RunResult()
    runner = JobRunner(client, journal=journal, **settings)
    clock = pipeline_of(client).clock
    started, started_real = clock.now(), anyio.current_time()
    with anyio.CancelScope() as run_scope:
        async with runner:
            await runner.journal.bind(purpose(enrichment, service))
            _report_doubt(runner, result, on_message)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_handle_signals, runner, run_scope, result, on_message)
                tasks.start_soon(_report_progress, runner, client, on_progress, started)
                try:
                    # The outcomes themselves are not kept: the journal has them, and the output is written from it.
                    async for _ in runner.map(enrichment.sendable(), batching=batching):
                        pass
                except SixtyfourError as error:
                    result.ending, result.error = "refused", error
                tasks.cancel_scope.cancel()
    result.stats, result.left_running = runner.stats(), runner.left_running
    result.seconds, result.real_seconds = clock.now() - started, anyio.current_time() - started_real
    on_progress(result.stats, result.seconds)
    return result


def _report_doubt(runner: JobRunner, result: RunResult, on_message: Callable[[str], None]) -> None:
    """Report that the journal is in doubt; the run goes on without submitting anything."""
    doubt = doubt_of(runner.journal)
    if doubt is not None:
        result.ending, result.error = "refused", doubt
        on_message(f"{doubt}; jobs that were accepted are polled")


async def plan(
    enrichment: Enrichment, client: AsyncClient, *, journal: Path | None, batching: Batching, **settings: Any
) -> RunPlan:
    """Forecast requests, duration and cost of a run; rows that an existing journal answers are not counted."""
    async with JobRunner(client, journal=journal, **settings) as runner:
        return await runner.plan(enrichment.sendable(), batching=batching)


async def _report_progress(
    runner: JobRunner, client: AsyncClient, on_progress: Callable[[Stats, float], None], started: float
) -> None:
    clock = pipeline_of(client).clock
    while True:
        on_progress(runner.stats(), clock.now() - started)
        await anyio.sleep(REFRESH_SECONDS)


async def _handle_signals(
    runner: JobRunner, run_scope: anyio.CancelScope, result: RunResult, on_message: Callable[[str], None]
) -> None:
    """Drain on the first SIGINT or SIGTERM, detach on the second.

    Signals are received in a task, not in a handler or as KeyboardInterrupt: a run is cut at an await only, where the
    journal is consistent. To drain, the runner stops reading rows, and `JobRunner.map` ends by itself once the jobs in
    flight have. To detach, the scope around the runner is cancelled; the runner's own exit still lists what is running.
    """
    # NotImplementedError: asyncio on Windows has no signal receivers; Ctrl-C then ends the process at once.
    with suppress(NotImplementedError), anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            if result.ending == "drained":
                result.ending = "detached"
                run_scope.cancel()
                return
            result.ending = "drained"
            in_flight = runner.stats().in_flight
            runner.stop()
            on_message(
                f"stopping: no more rows are sent; polling {in_flight:,} jobs until they end; Ctrl-C again to leave now"
            )


def write_output(enrichment: Enrichment, journal: Path, output: Output) -> OutputCounts:
    """Write the output, one row for each input row in the input's order, from input and journal.

    A new file gets the journal's permissions: the same people stand in both.

    Raises:
        InputError: The file cannot be written; an existing one is unchanged.
        JournalError: The journal cannot be read.
        BrokenPipeError: The output is standard output, which nobody reads any more.
    """
    counts = OutputCounts()
    with reading(journal) as reader:
        counted: set[str] = set()

        def output_rows() -> Generator[tuple[Cell, ...], None, None]:
            for row in enrichment.table:
                yield _output_row(enrichment, row, reader.find, counts, counted)

        written = output.write(enrichment.columns, output_rows(), mode=stat.S_IMODE(journal.stat().st_mode))
        counts.rows, counts.notes = written.rows, written.notes
    return counts


def _output_row(
    enrichment: Enrichment, row: Row, find: Callable[[str], Entry | None], counts: OutputCounts, counted: set[str]
) -> tuple[Cell, ...]:
    """Return a row of the output, and count it; *counted* holds the keys whose cost is in the sum already."""
    operation = enrichment.operation(row)
    entry = None if isinstance(operation, InputError) else find(operation.fingerprint())
    if isinstance(operation, InputError) or entry is None or entry.state == "released":
        # A released row was refused and has the service's error, or was withdrawn before it was sent and has none.
        error = operation.message if isinstance(operation, InputError) else with_flags((entry and entry.error) or "")
        status = "rejected" if error else NOT_ASKED
        counts.add(row, status, error)
        return enrichment.cells(row, status, error)
    outcome: Outcome[Any] = read_outcome(operation, entry)
    error = "" if outcome.error is None else with_flags(str(outcome.error))
    counts.add(row, outcome.status, error)
    if entry.key not in counted:
        counted.add(entry.key)
        counts.cost_cents += entry.cost_cents or 0.0
    return enrichment.cells(row, outcome.status, error, outcome)
