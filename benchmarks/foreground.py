"""How long does somebody wait for one answer beside a bulk run, and what does that cost the bulk run?

Virtual time. A foreground job is submitted every `EVERY_SECONDS` beside a list of bulk rows. Three ways: every job
alike; foreground jobs submitted and polled first; and polled at a cost of their own besides, as `JobRunner.run` has it.
Waits are the seconds from the end of such a job to the poll that saw it.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple
from unittest.mock import patch

from benchmarks.results import Cell, Column, Dot, Dots, Report, Spread, Table, quantile
from benchmarks.scheduler_run import SchedulerRun
from benchmarks.workloads import WORKLOADS, jobs, urgent_jobs
from sixtyfour_async._scheduling import poll_cost

EVERY_SECONDS = 20.0
ROWS, QUICK_ROWS = 5_000, 1_500
PARTS = tuple(name for name, workload in WORKLOADS.items() if not (workload.urgent_every or workload.every))

WAYS = {
    "like bulk": (False, 0.0),
    "first": (True, 0.0),
    "first, at its own cost": (True, poll_cost.FOREGROUND_FRACTION),
}
"""Name → whether the jobs are urgent, and the part of the budget for cheaper polls of theirs."""

COLUMNS = (
    Column("workload"),
    Column("foreground jobs are polled"),
    Column("wait p50 s", ".1f", range=True),
    Column("mean s", ".1f"),
    Column("p95 s", ".1f"),
    Column("bulk/min", ".0f"),
    Column("of alike", ".3f", range=True, meaning="bulk rows a minute as a multiple of those with every job alike"),
)


class Measured(NamedTuple):
    """Waits in seconds, and bulk rows a minute."""

    median: float
    mean: float
    tail: float
    per_minute: float


def measure(workload: str, rows: int, seed: int, way: str) -> Measured:
    """Run one way on one list."""
    urgent, fraction = WAYS[way]
    work = jobs(workload, rows, seed) + urgent_jobs(workload, rows, seed, EVERY_SECONDS)
    with patch.object(poll_cost, "FOREGROUND_FRACTION", fraction):
        run = SchedulerRun(work, patience=poll_cost.DEFAULT_PATIENCE_SECONDS, tells_urgent=urgent)
        result = run.run()
    waits = result.urgent_lags
    return Measured(quantile(waits, 0.5), fmean(waits), quantile(waits, 0.95), result.per_minute)


def answer(quick: bool, seeds: Sequence[int], *, only: Sequence[str] = (), rows: int = 0) -> Report:
    """Measure all ways on all workloads, or on those of *only*."""
    rows = rows or (QUICK_ROWS if quick else ROWS)
    cells, dots = list[list[Cell]](), list[tuple[str, list[Dot]]]()
    for workload in only or PARTS:
        measured = {way: [measure(workload, rows, seed, way) for seed in seeds] for way in WAYS}
        dots.append((workload, []))
        for way, found in measured.items():
            wait, mean, tail, pace = (Spread(column) for column in zip(*found, strict=True))
            alike = Spread.over(measured["like bulk"], lambda one: one.per_minute)
            cells.append([workload, way, wait, mean, tail, pace, pace.over_each(alike)])
            dots[-1][1].append(Dot(way, wait.median, wait.low, wait.high))
    title = f"A foreground job every {EVERY_SECONDS:g} s beside {rows:,} rows"
    chart = Dots(title, "median wait, seconds", dots, log=True)
    return Report({"rows": rows}, [Table(title, COLUMNS, cells)], {"": chart}, NOTES)


NOTES = ("Virtual time. The third way is what JobRunner.run does; the others are what it would be without.",)
