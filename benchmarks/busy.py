"""How many jobs a minute, and at how many requests a job, where the machine is the bottleneck and not the key?

Each request keeps the one processor busy for a while, in virtual time (`busy_run`): 124 ms of it at 500 requests a
minute are all there is. What is due is then seen late, and tokens pile up that nobody had time to spend. Requests a job
should not grow for that: each one makes the machine the tighter.

Rows come in two ways, as an iterable that has them ready, which are admitted in groups, or one by one, each after some
turns of the event loop. The latter is the harder: the longer the loop takes to come round, the fewer rows come in, and
the more idle the key seems. The third line is what that would be if the cost of a poll did not rise in a late loop.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from unittest.mock import patch

from benchmarks.bound import bound_of
from benchmarks.busy_run import ADMISSION_COST, BusyRun
from benchmarks.policies import Result
from benchmarks.results import Cell, Chart, Column, Lines, Panel, Report, Series, Spread, Table
from benchmarks.workloads import jobs
from sixtyfour_async._scheduling import punctuality
from sixtyfour_async._scheduling.poll_cost import DEFAULT_PATIENCE_SECONDS

ROWS, QUICK_ROWS = 600, 250
COSTS_MS, QUICK_COSTS_MS = (0, 30, 60, 120, 240), (0, 60, 240)
PARTS = ("low, documented", "medium, documented", "low/medium, measured", "bimodal", "mixed", "concentrated")

GROUPS, ONE_BY_ONE, INDIFFERENT = "in groups", "one by one", "one by one, any loop"
WAYS = {GROUPS: (64, punctuality.LATE_PART), ONE_BY_ONE: (1, punctuality.LATE_PART), INDIFFERENT: (1, math.inf)}
"""Name → rows that are admitted together, and the part of the time from which on the event loop counts as late."""

COLUMNS = (
    Column("ms", ".0f", meaning="for which a request keeps the processor busy"),
    Column("rows come"),
    Column("jobs/min", ".0f", range=True),
    Column("of bound", ".2f", meaning="as a multiple of what processor and key allow at this mean lag, at the most"),
    Column("requests/job", ".2f", range=True),
    Column("of idle", ".2f", meaning="requests a job as a multiple of those that take the processor no time"),
    Column("mean", ".1f", meaning="lag, seconds; then its 95th percentile"),
    Column("p95", ".0f"),
    Column("busy", ".0%", meaning="part of the time that the processor worked"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One run, and the part of the time that the processor worked."""

    result: Result
    busy: float

    @property
    def requests(self) -> float:
        """Requests a job: the submit and its polls."""
        return 1.0 + self.result.polls


def measure(workload: str, rows: int, seed: int, way: str, milliseconds: float) -> Measured:
    """Run a list on a processor that a request keeps busy for so long."""
    group, late_part = WAYS[way]
    with patch.object(punctuality, "LATE_PART", late_part):
        run = BusyRun(
            jobs(workload, rows, seed), cost=milliseconds / 1000, group=group, patience=DEFAULT_PATIENCE_SECONDS
        )
        return Measured(run.run(), run.processor.busy / run.processor.now)


def most_per_minute(workload: str, result: Result, milliseconds: float) -> float:
    """Return the jobs a minute that no policy exceeds at the mean lag of a run, on this processor and with this key."""
    bound = bound_of(workload)
    by_key = bound.per_minute(result.rows, result.mean_lag)
    seconds = (1 + ADMISSION_COST + bound.polls(result.mean_lag)) * milliseconds / 1000
    return min(by_key, 60 / seconds) if seconds else by_key


Runs = dict[str, dict[float, list[Measured]]]
"""Way → milliseconds → its runs, one for each seed."""


def _row(workload: str, way: str, cost: float, runs: Sequence[Measured], idle: Sequence[Measured]) -> list[Cell]:
    requests = Spread.over(runs, lambda one: one.requests)
    pace = Spread.over(runs, lambda one: one.result.per_minute)
    most = Spread.over(runs, lambda one: most_per_minute(workload, one.result, cost))
    return [
        cost,
        way,
        pace,
        pace.over_each(most),
        requests,
        requests.over_each(Spread.over(idle, lambda one: one.requests)),
        Spread.over(runs, lambda one: one.result.mean_lag),
        Spread.over(runs, lambda one: one.result.p95),
        Spread.over(runs, lambda one: one.busy),
    ]


def _lines(title: str, axis: str, found: dict[str, Runs], number: str) -> Lines:
    """Return a number against the milliseconds of a request, a panel for each workload."""

    def points(runs: dict[float, list[Measured]]) -> list[tuple[float, float]]:
        return [(cost, Spread.over(some, lambda one: _number(one, number)).median) for cost, some in runs.items()]

    panels = [
        Panel(f"{workload}: ms a request", [Series(way, points(runs)) for way, runs in ways.items()])
        for workload, ways in found.items()
    ]
    return Lines(title, axis, panels)


def _number(one: Measured, name: str) -> float:
    return one.requests if name == "requests" else one.result.per_minute


def answer(
    quick: bool, seeds: Sequence[int], *, only: Sequence[str] = (), rows: int = 0, costs: Sequence[float] = ()
) -> Report:
    """Run all workloads, or those of *only*, at each cost of a request in both ways."""
    rows, costs = rows or (QUICK_ROWS if quick else ROWS), costs or (QUICK_COSTS_MS if quick else COSTS_MS)
    found: dict[str, Runs] = {
        workload: {
            way: {cost: [measure(workload, rows, seed, way, cost) for seed in seeds] for cost in costs} for way in WAYS
        }
        for workload in only or PARTS
    }
    tables = [
        Table(
            workload,
            COLUMNS,
            [_row(workload, way, cost, ways[way][cost], ways[way][costs[0]]) for cost in costs for way in WAYS],
        )
        for workload, ways in found.items()
    ]
    charts: dict[str, Chart] = {
        "": _lines("Requests a job on a busy processor", "requests a job", found, "requests"),
        "pace": _lines("Jobs a minute on a busy processor", "jobs a minute", found, "pace"),
    }
    return Report({"rows": rows, "requests a minute": 500}, tables, charts, NOTES)


NOTES = (
    "Virtual time, one processor, no network: 240 ms a request are 4 ms on a machine at 60 times real speed.",
    "The bound leaves out that a list ends slowly: while its last jobs run, neither processor nor key has much to do.",
    "Fewer requests a job than with an idle processor, and more lag: nothing is left over for polls of little worth.",
    "The same over real HTTP, on whatever machine this is: benchmarks.bulk, at a high speed.",
)
