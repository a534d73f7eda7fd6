"""A whole sheet through a runner: ask, watch, and write the output from input and journal.

The output is a function of the input and the journal, so it can be written again at any time, and a run that was cut
short leaves the same file as one that was not, but for the rows it never came to.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import anyio

from sixtyfour_async._client.client import AsyncClient
from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.schema import reading
from sixtyfour_async._runner.outcomes import Outcome, RunPlan, Stats, Unfinished
from sixtyfour_async._runner.reading import read_outcome
from sixtyfour_async._runner.runner import JobRunner
from sixtyfour_async._scheduling.row_states import Batching
from sixtyfour_async.cli.enrichment import NOT_ASKED, Asked, Sheet
from sixtyfour_async.errors import InputError, SixtyfourError
from sixtyfour_async.tables import Row, write_table

REFRESH = 0.25
"""Real seconds between two looks of the progress display at the runner."""

ERRORS_SHOWN = 3
"""Errors a summary quotes."""


@dataclass(slots=True)
class Run:
    """What became of a run.

    Attributes:
        ending: ``finished``: every row came to an end. ``refused``: the service would take no more rows, see ``error``.
            ``drained``: stopped by hand, what ran was watched to its end. ``left``: left at once.
        error: What stopped it.
        stats: The runner's numbers at the end.
        seconds: How long it took, in the service's seconds.
        real_seconds: The same in real ones.
        left_running: Jobs that run on over there.
    """

    ending: Literal["finished", "refused", "drained", "left"] = "finished"
    error: SixtyfourError | None = None
    stats: Stats | None = None
    seconds: float = 0.0
    real_seconds: float = 0.0
    left_running: tuple[Unfinished, ...] = ()

    @property
    def took_nothing(self) -> bool:
        """Was every row that was sent refused, so that nothing is paid and there is nothing to write?"""
        return self.stats is not None and not set(self.stats.ended) - {"rejected"}


@dataclass(slots=True)
class Counts:
    """The written output in numbers: rows per status, and cents of the answers in it, each paid once."""

    rows: int = 0
    statuses: dict[str, int] = field(default_factory=dict[str, int])
    cost_cents: float = 0.0
    first_errors: list[str] = field(default_factory=list[str])

    def add(self, row: Row, status: str, error: str) -> None:
        """Count one row."""
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if error and len(self.first_errors) < ERRORS_SHOWN:
            self.first_errors.append(f"row {row.number}: {error}")


def purpose(sheet: Sheet, service: str) -> dict[str, str]:
    """Say what a journal of this sheet is for; another run with other words is refused the same journal."""
    question = sheet.question
    sent = {use.column: use.key for use in sheet.subjects.uses if use.key is not None}
    asked = {"fields": question.fields, "criteria": question.criteria, "options": question.options, "columns": sent}
    return {
        "operation": question.kind,
        "service": service,
        "question": json.dumps(asked, ensure_ascii=False, sort_keys=True, default=dict),
        "input": f"{sheet.table.rows} rows, sha256 {sheet.table.sha256[:16]}",
    }


def operations(sheet: Sheet) -> Iterator[Asked]:
    """Every row that can be asked, as an operation."""
    return (asked for _, asked in sheet.asked() if not isinstance(asked, InputError))


async def enrich(
    sheet: Sheet,
    client: AsyncClient,
    *,
    journal: Path,
    service: str,
    batching: Batching = "auto",
    watch: Callable[[Stats, float], None],
    say: Callable[[str], None],
    **settings: Any,
) -> Run:
    """Ask about every row of a sheet; the first interrupt drains, the second leaves at once.

    Args:
        sheet: What to ask.
        client: Whom to ask.
        journal: The journal's path.
        service: What the journal is bound to besides the sheet.
        batching: How rows travel, as for `JobRunner.map`.
        watch: Told the runner's numbers and the service's seconds since the start, several times a second.
        say: Told what an interrupt did.
        settings: Passed on to `JobRunner`.

    Raises:
        JournalError: The journal cannot be used for this; nothing was sent.
    """
    run = Run()
    runner = JobRunner(client, journal=journal, **settings)
    begun, begun_real = client.clock.now(), anyio.current_time()
    with anyio.CancelScope() as whole:
        async with runner:
            await runner.journal.bind(purpose(sheet, service))
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_interrupts, runner, whole, run, say)
                tasks.start_soon(_progress, runner, client, watch, begun)
                try:
                    async for _ in runner.map(operations(sheet), batching=batching):
                        pass
                except SixtyfourError as error:
                    run.ending, run.error = "refused", error
                tasks.cancel_scope.cancel()
    run.stats, run.left_running = runner.stats(), runner.left_running
    run.seconds, run.real_seconds = client.clock.now() - begun, anyio.current_time() - begun_real
    watch(run.stats, run.seconds)
    return run


async def foresee(
    sheet: Sheet, client: AsyncClient, *, journal: Path | None, batching: Batching, **settings: Any
) -> RunPlan:
    """Say what a run would take, with what is in a journal that is there already."""
    async with JobRunner(client, journal=journal, **settings) as runner:
        return await runner.plan(operations(sheet), batching=batching)


async def _progress(
    runner: JobRunner, client: AsyncClient, watch: Callable[[Stats, float], None], begun: float
) -> None:
    while True:
        watch(runner.stats(), client.clock.now() - begun)
        await anyio.sleep(REFRESH)


async def _interrupts(runner: JobRunner, whole: anyio.CancelScope, run: Run, say: Callable[[str], None]) -> None:
    with suppress(NotImplementedError), anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            if run.ending == "drained":
                run.ending = "left"
                whole.cancel()
                return
            run.ending = "drained"
            flying = runner.stats().in_flight
            runner.stop()
            say(f"stopping: nothing more is sent; {flying:,} jobs are watched to their end; Ctrl-C again leaves")


def write_output(sheet: Sheet, journal: Path, out: Path) -> Counts:
    """Write the output, one row per input row in the input's order, from input and journal.

    Raises:
        InputError: The file cannot be written; one that was there stays as it was.
        JournalError: The journal cannot be read.
    """
    counts = Counts()
    with reading(journal) as reader:
        paid: set[str] = set()

        def written() -> Generator[tuple[str, ...], None, None]:
            for row in sheet.table:
                yield _written(sheet, row, reader.find, counts, paid)

        counts.rows = write_table(out, sheet.columns, written())
    return counts


def _written(
    sheet: Sheet, row: Row, find: Callable[[str], Entry | None], counts: Counts, paid: set[str]
) -> tuple[str, ...]:
    asked = sheet.operation(row)
    entry = None if isinstance(asked, InputError) else find(asked.fingerprint())
    if isinstance(asked, InputError) or entry is None or entry.state == "released":
        told = asked.message if isinstance(asked, InputError) else (entry and entry.error) or ""
        status = "rejected" if told else NOT_ASKED
        counts.add(row, status, told)
        return sheet.cells(row, status, told)
    outcome: Outcome[Any] = read_outcome(asked, entry)
    told = "" if outcome.error is None else str(outcome.error)
    counts.add(row, outcome.status, told)
    if entry.key not in paid:
        paid.add(entry.key)
        counts.cost_cents += entry.cost_cents or 0.0
    return sheet.cells(row, outcome.status, told, outcome)
