"""A journal of many finished rows: what does it cost to replay it, to skip it, to export it and to look at it?

The journal is written through `SqliteJournal` with the answer that the simulator gave to one row of the same kind. Each
step is measured with a quarter of the rows and with all of them, so that a cost that grows faster than the rows shows.
In this process: the questions and their fingerprints without any journal, which is the least that a run takes to get
to its last row; ``map`` over all rows and one new row behind them, with ``deliver="every call"`` (each row is answered
from the journal), the same with each value used, the same with rows from an asynchronous generator in another order
than the journal's, and ``deliver="once"`` (each row was delivered before and is skipped); both with the new row before
all others; ``unknown()``, ``reparse()`` with each value used. As commands of their own, start-up included: ``sixtyfour
export`` and ``sixtyfour status``.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, Literal, TypedDict

import anyio
import httpx

from benchmarks.journal_cost import REQUESTS_PER_MINUTE, SIMULATOR_SPEED, questions
from benchmarks.results import Cell, Column, Dot, Dots, Report, Spread, Table
from sixtyfour_async import AsyncClient, CompanyIntelligence, JobRunner, SqliteJournal
from sixtyfour_async._journal.base import Entry, request_text
from sixtyfour_async._runner.input_rows import Operations
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.testing import SimulatedTransport

ROWS, QUICK_ROWS = 100_000, 5_000
SMALLER = 4
"""Part of the rows with which each step is measured first."""

CHUNK = 1_000
"""Rows that are written in one commit."""


class Answer(TypedDict):
    """The struct of the questions."""

    headquarters: str


class NotingTransport(SimulatedTransport):
    """Note when the first request leaves."""

    first_at: float | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        if self.first_at is None:
            self.first_at = time.perf_counter()
        return await super().handle_async_request(request)


@asynccontextmanager
async def runner_on(path: Path) -> AsyncGenerator[tuple[JobRunner, NotingTransport]]:
    """Open a journal, with a simulator in this process behind it."""
    settings = SimulatorSettings(speed=SIMULATOR_SPEED, limit=REQUESTS_PER_MINUTE)
    transport = NotingTransport(Simulator(settings, now=anyio.current_time))
    async with (
        httpx.AsyncClient(transport=transport) as http_client,
        AsyncClient(
            DEFAULT_KEY,
            base_url="http://simulator",
            speed=SIMULATOR_SPEED,
            http_client=http_client,
            requests_per_minute=REQUESTS_PER_MINUTE,
        ) as client,
        JobRunner(client, journal=path) as runner,
    ):
        yield runner, transport


async def generate(path: Path, rows: int) -> None:
    """Write a journal of so many delivered rows: one that was really run, and copies of it."""
    first = next(questions(1))
    async with runner_on(path) as (runner, _):
        async for outcome in runner.map([first], deliver="once"):
            if not outcome.ok:
                raise AssertionError(outcome)
    journal = SqliteJournal(path)
    await journal.open()
    entry = await journal.find(first.fingerprint())
    if entry is None:
        raise AssertionError("the row that was run is not in the journal")
    for chunk in _chunks(rows):
        await journal.put(*(_copy(entry, question, number) for number, question in chunk))
    await journal.close()


def _chunks(rows: int) -> Iterator[list[tuple[int, CompanyIntelligence]]]:
    numbered = [*enumerate(questions(rows))][1:]
    return (numbered[at : at + CHUNK] for at in range(0, len(numbered), CHUNK))


def _copy(entry: Entry, question: CompanyIntelligence, number: int) -> Entry:
    name, request = question.fingerprint(), request_text(question.payload())
    return replace(
        entry, key=name, fingerprint=name, request=request, job_id=f"job {number}", delivered=True, version=0
    )


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of a step: of the clock, of CPU, and until a new row was sent where there was one."""

    wall: float
    cpu: float
    first_sent: float | None = None


async def input_alone(_path: Path, rows: int) -> Cost:
    """Make the questions and their fingerprints, as any run must, and nothing else."""
    began, cpu = time.perf_counter(), time.process_time()
    for question in questions(rows):
        question.fingerprint()
    return Cost(time.perf_counter() - began, time.process_time() - cpu)


async def mapped(
    path: Path,
    rows: int,
    deliver: Literal["every call", "once"],
    *,
    using: bool = False,
    shuffled: bool = False,
    new_first: bool = False,
) -> Cost:
    """Open the journal, and run its rows and a new one.

    Args:
        path: The journal.
        rows: Rows in it.
        deliver: How often outcomes are delivered.
        using: Whether each value is used.
        shuffled: Whether the rows come from an asynchronous generator, in an order of their own.
        new_first: Whether the new row stands before the others, and not behind them.
    """
    new = CompanyIntelligence(target_company={"company_name": "New"}, struct={"headquarters": "City"}, tier="low")
    known = questions(rows)
    in_order = chain([new], known) if new_first else chain(known, [new])
    asked: Operations[Any] = _in_another_order([*known], new) if shuffled else in_order
    began, cpu, outcomes = time.perf_counter(), time.process_time(), 0
    async with runner_on(path) as (runner, transport):
        async for outcome in runner.map(asked, deliver=deliver):
            outcomes += 1
            if using:
                _ = outcome.value
        wall, used, first_at = time.perf_counter() - began, time.process_time() - cpu, transport.first_at
        await _forget(runner, new)
    expected = rows + 1 if deliver == "every call" else 1
    if outcomes != expected or first_at is None:
        raise AssertionError(f"{outcomes} outcomes instead of {expected}")
    return Cost(wall, used, first_at - began)


async def _in_another_order(
    known: list[CompanyIntelligence], new: CompanyIntelligence
) -> AsyncGenerator[CompanyIntelligence]:
    for question in random.Random(len(known)).sample(known, len(known)):
        yield question
    yield new


async def _forget(runner: JobRunner, new: CompanyIntelligence) -> None:
    """Take the new row out of the journal again, so that it is new to the next step."""
    if isinstance(runner.journal, SqliteJournal):
        await runner.journal.forget(new.fingerprint())


async def reparsed(path: Path, rows: int) -> Cost:
    """Open the journal, and read every answer again."""
    began, cpu, outcomes = time.perf_counter(), time.process_time(), 0
    async with runner_on(path) as (runner, _):
        async for outcome in runner.reparse(Answer):
            outcome.result()
            outcomes += 1
    if outcomes != rows:
        raise AssertionError(f"{outcomes} of {rows} answers were read")
    return Cost(time.perf_counter() - began, time.process_time() - cpu)


async def unknown(path: Path, _rows: int) -> Cost:
    """Open the journal, and ask for rows that may have been accepted; there are none."""
    began, cpu = time.perf_counter(), time.process_time()
    async with runner_on(path) as (runner, _):
        await runner.unknown()
    return Cost(time.perf_counter() - began, time.process_time() - cpu)


def command(*arguments: str) -> Cost:
    """Run a command line of ours."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run((sys.executable, "-m", "sixtyfour_async", *arguments), check=True, capture_output=True)  # noqa: S603 (ours)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(time.perf_counter() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


async def export(path: Path, _rows: int) -> Cost:
    """Export the journal to CSV."""
    return await anyio.to_thread.run_sync(command, "export", str(path), "--out", f"{path}.csv", "--overwrite")


async def status(path: Path, _rows: int) -> Cost:
    """Show the journal's state."""
    return await anyio.to_thread.run_sync(command, "status", str(path), "--json")


STEPS: dict[str, Callable[[Path, int], Awaitable[Cost]]] = {
    "input: questions and fingerprints alone": input_alone,
    'replay: map(…, deliver="every call")': lambda path, rows: mapped(path, rows, "every call"),
    "replay and use: each value read": lambda path, rows: mapped(path, rows, "every call", using=True),
    "replay shuffled: from an asynchronous generator": lambda path, rows: mapped(
        path, rows, "every call", shuffled=True
    ),
    "replay, new first: before the others": lambda path, rows: mapped(path, rows, "every call", new_first=True),
    'skip: map(…, deliver="once")': lambda path, rows: mapped(path, rows, "once"),
    "skip, new first: before the others": lambda path, rows: mapped(path, rows, "once", new_first=True),
    "reparse()": reparsed,
    "unknown()": unknown,
    "sixtyfour export": export,
    "sixtyfour status": status,
}
COLUMNS = (
    Column("step"),
    Column("rows", ",d"),
    Column("wall s", ".2f", range=True),
    Column("CPU s", ".2f"),
    Column("rows/s", ",.0f", meaning="of the clock"),
    Column("us/row", ".0f", meaning="microseconds of CPU"),
    Column("growth", ".2f", meaning="CPU as a multiple of a quarter of the rows; 4 is linear"),
    Column("new row s", ".2f", meaning="until the new row was sent; it stands behind the others but for `new first`"),
)


async def measure(rows: int) -> dict[str, Cost]:
    """Write a journal of so many rows, and go through all steps."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:  # not in /tmp: a file system in memory is no disk
        path = Path(folder) / "run.db"
        await generate(path, rows)
        return {name: await step(path, rows) for name, step in STEPS.items()}


def _row(name: str, rows: int, costs: Sequence[Cost], less: Sequence[Cost] = ()) -> list[Cell]:
    wall, cpu = Spread.over(costs, lambda one: one.wall), Spread.over(costs, lambda one: one.cpu)
    growth = cpu.over_each(Spread.over(less, lambda one: one.cpu)) if less else None
    sent = tuple(one.first_sent for one in costs if one.first_sent is not None)
    return [name, rows, wall, cpu, rows / wall.median, 1e6 * cpu.median / rows, growth, Spread(sent) if sent else None]


def answer(quick: bool, seeds: Sequence[int], *, rows: int = 0) -> Report:
    """Measure all steps, a round for each seed."""
    rows = rows or (QUICK_ROWS if quick else ROWS)
    few = [anyio.run(measure, rows // SMALLER) for _ in seeds]
    all_ = [anyio.run(measure, rows) for _ in seeds]
    cells, dots = list[list[Cell]](), list[tuple[str, list[Dot]]]()
    for name in STEPS:
        less, costs = [one[name] for one in few], [one[name] for one in all_]
        cells += [_row(name, rows // SMALLER, less), _row(name, rows, costs, less)]
        wall = Spread.over(costs, lambda one: one.wall)
        dots.append((name.partition(":")[0], [Dot("wall", wall.median, wall.low, wall.high)]))
    title = f"A journal of {rows:,} finished rows"
    chart = Dots(title, "seconds of the clock", dots)
    return Report({"rows": rows}, [Table(title, COLUMNS, cells)], {"": chart}, NOTES)


NOTES = (
    "What a run needs beyond the input alone is ours; a new row cannot be sent before the rows before it were read.",
    "What a consumer does between two rows delays the last row, too: at most max_in_flight are read ahead of it.",
    "replay shuffled does not include making the questions.",
    "Each step opens and closes the journal; the commands include the start of the interpreter.",
    "map also waits for the answer to the new row, less than a second here.",
)
