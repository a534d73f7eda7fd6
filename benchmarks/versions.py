"""Is this scheduler faster than another version's? Both in one run, on the same lists, at equal mean lag.

python -m benchmarks.versions FOLDER [--rows N] [--seeds N] [--only WORKLOAD]

FOLDER is another checkout. Only its ``sixtyfour_async`` is used; lists, simulated service and clock are the same.

Lag buys pace, so each of our runs is compared with the point of the other's patience curve that has our mean lag. One
patience says little, since the end of a list depends on a few last rows; so three around the default are averaged.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

from benchmarks.questions import FIRST_SEED
from benchmarks.results import Cell, Column, Report, Spread, Table
from benchmarks.results.text import report_lines
from benchmarks.scheduler_run import run_scheduler
from benchmarks.workloads import WORKLOADS, jobs

PATIENCE_SECONDS = 30.0
OURS = tuple(PATIENCE_SECONDS * 2.0 ** (step / 2) for step in (-1, 0, 1))
THEIRS = tuple(PATIENCE_SECONDS * 2.0 ** (step / 2) for step in range(-4, 5))

_HERE = Path(__file__).parents[1]
_CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
import sixtyfour_async
sys.path[0] = sys.argv[2]
from benchmarks.versions import serve
serve(int(sys.argv[3]))
"""
"""Imports the package of one version, and all else from here."""


@dataclass(frozen=True, slots=True)
class Task:
    """One run of the scheduler."""

    workload: str
    seed: int
    patience: float


@dataclass(frozen=True, slots=True)
class Point:
    """What a run achieved: jobs a minute, lag in seconds, polls a job."""

    per_minute: float
    mean_lag: float
    median_lag: float
    p95: float
    polls: float


def serve(rows: int) -> None:
    """Run the tasks that come in on stdin, one a line, and print their points."""
    for line in sys.stdin:
        task = Task(**json.loads(line))
        found = run_scheduler(jobs(task.workload, rows, task.seed), patience=task.patience)
        point = Point(found.per_minute, found.mean_lag, found.lag, found.p95, found.polls)
        print(json.dumps(asdict(point)), flush=True)


def measure(folder: Path, tasks: Sequence[Task], rows: int) -> dict[Task, Point]:
    """Run the tasks with the version in a folder, in a process of its own."""
    command = [sys.executable, "-c", _CHILD, str(folder), str(_HERE), str(rows)]
    lines = "".join(f"{json.dumps(asdict(task))}\n" for task in tasks)
    printed = subprocess.run(command, input=lines, stdout=subprocess.PIPE, text=True, check=True).stdout  # noqa: S603
    return {task: Point(**json.loads(line)) for task, line in zip(tasks, printed.splitlines(), strict=True)}


def at_mean_lag(curve: Iterable[Point], mean_lag: float) -> tuple[float, float]:
    """Return jobs a minute and p95 of a curve at a mean lag, interpolated; beyond its ends, those of the end."""
    ordered = sorted(curve, key=lambda point: point.mean_lag)
    above = next((at for at, point in enumerate(ordered) if point.mean_lag >= mean_lag), len(ordered) - 1)
    low, high = ordered[max(0, above - 1)], ordered[above]
    width = math.log(high.mean_lag / low.mean_lag)
    part = 0.0 if width <= 0 else min(1.0, max(0.0, math.log(mean_lag / low.mean_lag) / width))
    return (
        low.per_minute + part * (high.per_minute - low.per_minute),
        low.p95 + part * (high.p95 - low.p95),
    )


COLUMNS = (
    Column("workload"),
    Column("pace", ".3f", True, "jobs a minute at equal mean lag, as a multiple of the other version's"),
    Column("p95", ".2f", True, "95th percentile of lag at equal mean lag, as a multiple"),
    Column(
        "jobs/min", meaning="at the default patience, then mean and 95th percentile of lag, seconds; before: theirs"
    ),
    Column("before"),
    Column("mean"),
    Column("before"),
    Column("p95 s"),
    Column("before"),
)


def compare(folder: Path, workloads: Sequence[str], rows: int, seeds: Sequence[int]) -> Report:
    """Compare this checkout's scheduler with another's."""
    ours, theirs = (
        [Task(workload, seed, patience) for workload in workloads for seed in seeds for patience in values]
        for values in (OURS, THEIRS)
    )
    with ThreadPoolExecutor() as both:
        here, there = both.map(measure, (_HERE, folder), (ours, theirs), (rows, rows))
    cells = [_row(workload, seeds, here, there) for workload in workloads]
    title = (
        f"This scheduler and the one of {folder.name}, {rows:,} rows; medians over seeds {', '.join(map(str, seeds))}"
    )
    return Report({"rows": rows}, [Table(title, COLUMNS, cells)])


def _row(workload: str, seeds: Sequence[int], ours: Mapping[Task, Point], theirs: Mapping[Task, Point]) -> list[Cell]:
    ratios = [_ratios(workload, seed, ours, theirs) for seed in seeds]
    here, there = ([points[Task(workload, seed, PATIENCE_SECONDS)] for seed in seeds] for points in (ours, theirs))
    row: list[Cell] = [workload, *(Spread(values) for values in zip(*ratios, strict=True))]
    for name in ("per_minute", "mean_lag", "p95"):
        row += [Spread(tuple(getattr(point, name) for point in points)) for points in (here, there)]
    return row


def _ratios(workload: str, seed: int, ours: Mapping[Task, Point], theirs: Mapping[Task, Point]) -> tuple[float, float]:
    """Return ours as a multiple of theirs at our mean lags: jobs a minute and p95."""
    curve = [theirs[Task(workload, seed, patience)] for patience in THEIRS]
    pairs = [(point, at_mean_lag(curve, point.mean_lag)) for point in (ours[Task(workload, seed, one)] for one in OURS)]
    return (
        fmean(point.per_minute / pace for point, (pace, _) in pairs),
        fmean(point.p95 / p95 for point, (_, p95) in pairs),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare, and print the table."""
    parser = argparse.ArgumentParser("python -m benchmarks.versions", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--rows", type=int, default=1000, metavar="N")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="number of seeds")
    parser.add_argument("--only", action="append", default=[], choices=WORKLOADS, metavar="WORKLOAD")
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    if not (folder / "sixtyfour_async" / "_scheduling").is_dir():
        parser.error(f"{options.folder}: not a checkout, it has no sixtyfour_async/_scheduling")
    seeds = range(FIRST_SEED, FIRST_SEED + options.seeds)
    print("\n".join(report_lines(compare(folder, options.only or list(WORKLOADS), options.rows, seeds))))


if __name__ == "__main__":
    main()
