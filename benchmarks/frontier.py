"""How many jobs a minute at what lag: every way of looking, on every kind of run time, in virtual time.

Lag buys jobs: whoever looks seldom gets more jobs through one key and sees each end later. So a schedule is compared
with ours where its median lag is the same: its one number is turned, with hindsight and for this very list, until it
is. "One look each, never early" is impossible; with the submits first, it bounds how soon any list can end, and so the
jobs a minute over the whole of it.

    python -m benchmarks.frontier [--rows 3000] [--patience 30] [--seed 1] [--only "high"] [--quick]
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import fmean

from benchmarks.desk import (
    WORKLOADS,
    Job,
    Result,
    Wait,
    backoff,
    fixed,
    jobs,
    never_early,
    optimum,
    ours,
    scheduled,
)
from sixtyfour_async._scheduling.poller import DEFAULT_PATIENCE_SECONDS

Schedule = Callable[[float], Callable[[Job], Wait]]
"""Its one number, seconds → the schedule."""

SCHEDULES: dict[str, Schedule] = {
    "every x s": fixed,
    "x s, growing by half": lambda first: backoff(first, 1.5, 1e9),
    "2 s, growing by half up to x s": lambda most: backoff(2.0, 1.5, most),
}
VENDOR_IN_FLIGHT = 10
TURNS = 9
"""Halvings of the interval in which a schedule's number is sought."""


@dataclass(frozen=True, slots=True)
class Line:
    """A policy on a workload. *against* heads its column in the last table; of several, the best counts."""

    policy: str
    result: Result
    against: str = ""


def tuned(work: Sequence[Job], schedule: Schedule, lag: float) -> tuple[float, Result]:
    """Turn a schedule's number until its median lag is the one wanted, never above it."""
    low, high = 1.0, 4096.0
    best: tuple[float, Result] | None = None
    for _ in range(TURNS):
        number = exp((log(low) + log(high)) / 2)
        result = scheduled(work, schedule(number))
        low, high = (number, high) if result.lag <= lag else (low, number)
        if result.lag <= lag * 1.02 and (best is None or result.per_minute > best[1].per_minute):
            best = number, result
    return best or (low, scheduled(work, schedule(low)))


def compare(workload: str, rows: int, patience: float, seed: int) -> list[Line]:
    """Run every policy on one list, ours last."""
    work = jobs(workload, rows, seed)
    mine, known = ours(work, patience=patience), optimum(workload, patience)
    lines = [
        Line(
            "vendor's script: 10 in flight, every 10 s",
            scheduled(work, fixed(10), in_flight=VENDOR_IN_FLIGHT),
            "vendor's",
        ),
        Line("every 10 s, unlimited", scheduled(work, fixed(10)), "10 s"),
        Line("every 30 s, unlimited", scheduled(work, fixed(30))),
        Line("2 s, growing by half up to 30 s", scheduled(work, backoff(2, 1.5, 30))),
        Line("everything at once, first come first served", scheduled(work, fixed(10), submits_first=True)),
    ]
    for name, schedule in SCHEDULES.items():
        number, result = tuned(work, schedule, mine.lag)
        lines.append(Line(f"{name}, x = {number:.0f}: our lag", result, "tuned"))
    lines += [
        Line("distribution known, same patience", scheduled(work, known), "optimum"),
        Line("the same, submits first", scheduled(work, known, submits_first=True)),
        Line("one look each, never early (impossible)", scheduled(work, never_early)),
        Line("the same, submits first: no list ends sooner", scheduled(work, never_early, submits_first=True), "bound"),
        Line(f"JobRunner, patience {patience:g}", mine),
    ]
    return lines


def show(workload: str, lines: Sequence[Line]) -> None:
    """Print one workload's table."""
    mine = lines[-1].result
    titles = {"": 50, "jobs/min": 9, "ours/it": 8, "lag s": 7, "mean": 7, "looks": 7, "end s": 8, "answer s": 9}
    print(f"\n{workload}\n" + "".join(f"{title:{'<' if width > 9 else '>'}{width}}" for title, width in titles.items()))  # noqa: PLR2004
    for line in lines:
        got = line.result
        print(
            f"{line.policy:<50}{got.per_minute:>9.1f}{mine.per_minute / got.per_minute:>8.2f}{got.lag:>7.1f}"
            f"{got.mean_lag:>7.1f}{got.looks:>7.2f}{got.end:>8.0f}{got.answered:>9.0f}"
        )


AGAINST = ("vendor's", "10 s", "tuned", "optimum", "bound")


def summarize(compared: dict[str, list[Line]]) -> None:
    """Print one row for each workload: ours, and how many times the jobs a minute of the others that is."""
    heads = "".join(f"{f'/ {name}':>12}" for name in AGAINST)
    print(f"\n{'JobRunner':<24}{'jobs/min':>9}{'lag s':>7}{heads}{'end / optimum':>15}")
    for workload, lines in compared.items():
        mine = lines[-1].result
        best = {line.against: line for line in sorted(lines, key=lambda line: line.result.per_minute)}
        ratios = "".join(f"{mine.per_minute / best[name].result.per_minute:>12.2f}" for name in AGAINST)
        end = mine.end / best["optimum"].result.end
        print(f"{workload:<24}{mine.per_minute:>9.1f}{mine.lag:>7.1f}{ratios}{end:>15.2f}")


def geometric(values: Sequence[float]) -> float:
    """The geometric mean."""
    return exp(fmean(log(value) for value in values))


def best_for_all(rows: int, seed: int, mine: dict[str, Result]) -> tuple[str, float]:
    """The single schedule, one number for all workloads, that does best at our geometric mean of median lags."""
    work = {name: jobs(name, rows, seed) for name in mine}
    lag = geometric([result.lag for result in mine.values()])
    best = ("none", 0.0)
    for name, schedule in SCHEDULES.items():
        for number in (5, 10, 15, 20, 30, 45, 60, 90, 120, 180):
            results = [scheduled(list_, schedule(number)) for list_ in work.values()]
            reached = geometric([result.per_minute for result in results])
            if geometric([result.lag for result in results]) <= lag * 1.02 and reached > best[1]:
                best = (f"{name}, x = {number}", reached)
    return best


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description="Compare ways of looking.")
    options.add_argument("--rows", type=int, default=3000)
    options.add_argument("--patience", type=float, default=DEFAULT_PATIENCE_SECONDS)
    options.add_argument("--seed", type=int, default=1, help="constants were chosen on seed 1")
    options.add_argument("--only", action="append", choices=[*WORKLOADS], help="a workload; repeatable")
    options.add_argument("--quick", action="store_true", help="500 rows")
    chosen = options.parse_args()
    rows = 500 if chosen.quick else chosen.rows
    print(f"{rows} rows, 500 requests a minute, Python {platform.python_version()}, seed {chosen.seed}, virtual time")
    print("answer s: when a row's answer was in hand, from the start of the run, on average")
    compared: dict[str, list[Line]] = {}
    for workload in chosen.only or WORKLOADS:
        compared[workload] = compare(workload, rows, chosen.patience, chosen.seed)
        show(workload, compared[workload])
    summarize(compared)
    mine = {workload: lines[-1].result for workload, lines in compared.items()}
    name, reached = best_for_all(rows, chosen.seed, mine)
    ours_ = geometric([result.per_minute for result in mine.values()])
    print(f"\nall workloads, geometric mean: ours {ours_:.1f} jobs/min; best single schedule at our lag, {name}: "
          f"{reached:.1f}; ratio {ours_ / reached:.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
