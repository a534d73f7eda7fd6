"""How many jobs a minute at what lag? All polling policies on all workloads, in virtual time.

Lag buys throughput: a policy that polls rarely gets more jobs through one key and notices each end later. So a schedule
is compared with `JobRunner` at equal median lag: its one parameter is tuned, with hindsight and for this very list.
"One poll each, never early" is impossible; with submits first it bounds how soon any list can end, and so the jobs a
minute over the whole list.

    python -m benchmarks.frontier [--rows 3000] [--patience 30] [--seed 1] [--only "high"] [--quick]
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import fmean

from benchmarks.policies import (
    WORKLOADS,
    Job,
    Result,
    Wait,
    backoff,
    fixed,
    jobs,
    never_early,
    optimum,
    run_intervals,
    run_scheduler,
)
from sixtyfour_async._scheduling.poller import DEFAULT_PATIENCE_SECONDS

Schedule = Callable[[float], Callable[[Job], Wait]]
"""Its one parameter, seconds → the schedule."""

SCHEDULES: dict[str, Schedule] = {
    "every x s": fixed,
    "x s, growing by half": lambda first: backoff(first, 1.5, 1e9),
    "2 s, growing by half up to x s": lambda longest: backoff(2.0, 1.5, longest),
}
VENDOR_IN_FLIGHT = 10
TUNING_STEPS = 9
"""Bisections of the interval in which a schedule's parameter is tuned."""


@dataclass(frozen=True, slots=True)
class Line:
    """A policy on a workload. *against* heads its column in the last table; of several lines the best counts."""

    policy: str
    result: Result
    against: str = ""


def tuned(work: Sequence[Job], schedule: Schedule, lag: float) -> tuple[float, Result]:
    """Tune a schedule's parameter until its median lag is *lag*, never more than 2% above it."""
    low, high = 1.0, 4096.0
    best: tuple[float, Result] | None = None
    for _ in range(TUNING_STEPS):
        number = exp((log(low) + log(high)) / 2)
        result = run_intervals(work, schedule(number))
        low, high = (number, high) if result.lag <= lag else (low, number)
        if result.lag <= lag * 1.02 and (best is None or result.per_minute > best[1].per_minute):
            best = number, result
    return best or (low, run_intervals(work, schedule(low)))


def compare(workload: str, rows: int, patience: float, seed: int) -> list[Line]:
    """Run every policy on one list, `JobRunner` last."""
    work = jobs(workload, rows, seed)
    job_runner, known = run_scheduler(work, patience=patience), optimum(workload, patience)
    lines = [
        Line(
            "vendor's script: 10 in flight, every 10 s",
            run_intervals(work, fixed(10), in_flight=VENDOR_IN_FLIGHT),
            "vendor's",
        ),
        Line("every 10 s, unlimited", run_intervals(work, fixed(10)), "10 s"),
        Line("every 30 s, unlimited", run_intervals(work, fixed(30))),
        Line("2 s, growing by half up to 30 s", run_intervals(work, backoff(2, 1.5, 30))),
        Line("everything at once, first come first served", run_intervals(work, fixed(10), submits_first=True)),
    ]
    for name, schedule in SCHEDULES.items():
        number, result = tuned(work, schedule, job_runner.lag)
        lines.append(Line(f"{name}, x = {number:.0f}: our lag", result, "tuned"))
    lines += [
        Line("distribution known, same patience", run_intervals(work, known), "optimum"),
        Line("the same, submits first", run_intervals(work, known, submits_first=True)),
        Line("one poll each, never early (impossible)", run_intervals(work, never_early)),
        Line(
            "the same, submits first: no list ends sooner",
            run_intervals(work, never_early, submits_first=True),
            "bound",
        ),
        Line(f"JobRunner, patience {patience:g}", job_runner),
    ]
    return lines


def show(workload: str, lines: Sequence[Line]) -> None:
    """Print one workload's table."""
    job_runner = lines[-1].result
    titles = {"": 50, "jobs/min": 9, "ours/it": 8, "lag s": 7, "mean": 7, "polls": 7, "end s": 8, "answer s": 9}
    print(f"\n{workload}\n" + "".join(f"{title:{'<' if width > 9 else '>'}{width}}" for title, width in titles.items()))  # noqa: PLR2004
    for line in lines:
        result = line.result
        print(
            f"{line.policy:<50}{result.per_minute:>9.1f}{job_runner.per_minute / result.per_minute:>8.2f}"
            f"{result.lag:>7.1f}{result.mean_lag:>7.1f}{result.polls:>7.2f}{result.end:>8.0f}{result.answered:>9.0f}"
        )


AGAINST = ("vendor's", "10 s", "tuned", "optimum", "bound")


def summarize(compared: dict[str, list[Line]]) -> None:
    """Print one row for each workload: `JobRunner`, and its jobs a minute as a multiple of the others'."""
    heads = "".join(f"{f'/ {name}':>12}" for name in AGAINST)
    print(f"\n{'JobRunner':<24}{'jobs/min':>9}{'lag s':>7}{heads}{'end / optimum':>15}")
    for workload, lines in compared.items():
        job_runner = lines[-1].result
        best = {line.against: line for line in sorted(lines, key=lambda line: line.result.per_minute)}
        ratios = "".join(f"{job_runner.per_minute / best[name].result.per_minute:>12.2f}" for name in AGAINST)
        end = job_runner.end / best["optimum"].result.end
        print(f"{workload:<24}{job_runner.per_minute:>9.1f}{job_runner.lag:>7.1f}{ratios}{end:>15.2f}")


def geometric(values: Sequence[float]) -> float:
    """Return the geometric mean."""
    return exp(fmean(log(value) for value in values))


def best_for_all(rows: int, seed: int, job_runner: dict[str, Result]) -> tuple[str, float]:
    """Return the best single schedule for all workloads at `JobRunner`'s geometric mean of median lags."""
    work = {name: jobs(name, rows, seed) for name in job_runner}
    lag = geometric([result.lag for result in job_runner.values()])
    best = ("none", 0.0)
    for name, schedule in SCHEDULES.items():
        for number in (5, 10, 15, 20, 30, 45, 60, 90, 120, 180):
            results = [run_intervals(list_, schedule(number)) for list_ in work.values()]
            reached = geometric([result.per_minute for result in results])
            if geometric([result.lag for result in results]) <= lag * 1.02 and reached > best[1]:
                best = (f"{name}, x = {number}", reached)
    return best


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description="Compare polling policies.")
    options.add_argument("--rows", type=int, default=3000)
    options.add_argument("--patience", type=float, default=DEFAULT_PATIENCE_SECONDS)
    options.add_argument("--seed", type=int, default=1, help="constants were chosen on seed 1")
    options.add_argument("--only", action="append", choices=[*WORKLOADS], help="a workload; repeatable")
    options.add_argument("--quick", action="store_true", help="500 rows")
    chosen = options.parse_args()
    rows = 500 if chosen.quick else chosen.rows
    print(f"{rows} rows, 500 requests a minute, Python {platform.python_version()}, seed {chosen.seed}, virtual time")
    print("answer s: mean time from the start of the run until a row's answer was received")
    compared: dict[str, list[Line]] = {}
    for workload in chosen.only or WORKLOADS:
        compared[workload] = compare(workload, rows, chosen.patience, chosen.seed)
        show(workload, compared[workload])
    summarize(compared)
    job_runner = {workload: lines[-1].result for workload, lines in compared.items()}
    name, reached = best_for_all(rows, chosen.seed, job_runner)
    ours_ = geometric([result.per_minute for result in job_runner.values()])
    print(f"\nall workloads, geometric mean: ours {ours_:.1f} jobs/min; best single schedule at our lag, {name}: "
          f"{reached:.1f}; ratio {ours_ / reached:.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
