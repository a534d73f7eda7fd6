"""Rivals tuned with hindsight: the best numbers of a schedule, for one very list.

Each candidate has one number left to tune, x seconds. It is run at every power of two first, and, where it has no other
number, at quantiles of the run times; then the best candidates are searched around their best number in steps that
halve. What is returned has really run: nothing is interpolated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.policies import Order, Result, Wait, backoff, first_then, fixed, run_at_most
from benchmarks.results import quantile
from benchmarks.workloads import NEVER, Job

GRID = tuple(2.0**power for power in range(11))
"""Seconds: 1 to 1,024."""

FINEST_STEP = 2.0**0.03
"""The search around the best number ends at steps of 2 %."""

FINALISTS = 4
"""Candidates that are searched more finely."""

POLLS_RATIO = 3.0
"""A number that takes this many times our requests is given up: it cannot have half of our jobs a minute."""

FIRST_QUANTILES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.995)
ORDERS: tuple[Order, ...] = ("polls first", "alternating", "submits first")


@dataclass(slots=True)
class Candidate:
    """A schedule with one number to tune, and its runs of one list.

    Attributes:
        name: What it does; ``{x}`` stands for the number.
        schedule: The number → the schedule.
        max_polls: Polls a job at which a run is given up.
        order: Which request goes first.
        numbers: What is tried first.
        runs: Number → result; None for a run that was given up.
    """

    name: str
    schedule: Callable[[float], Callable[[Job], Wait]]
    max_polls: float
    order: Order = "polls first"
    numbers: Sequence[float] = GRID
    runs: dict[float, Result | None] = field(default_factory=dict[float, "Result | None"])

    def at(self, number: float, work: Sequence[Job]) -> Result | None:
        """Return the result with this number."""
        if number not in self.runs:
            wait = self.schedule(number)
            self.runs[number] = run_at_most(work, wait, self.max_polls, order=self.order)
        return self.runs[number]


def one_number(work: Sequence[Job], ours: Result) -> list[Candidate]:
    """Return schedules of one number."""
    times = sorted(job.run_time for job in work if job.run_time < NEVER)
    numbers = (*GRID, *(quantile(times, part) + 1e-6 for part in FIRST_QUANTILES))
    schedules: dict[str, Callable[[float], Callable[[Job], Wait]]] = {
        "every {x} s": fixed,
        "{x} s, growing by half": lambda first: backoff(first, 1.5, 1e9),
        "2 s, growing by half up to {x} s": lambda longest: backoff(2.0, 1.5, longest),
    }
    return [
        Candidate(name + _suffix(order), schedule, _max_polls(ours), order, numbers)
        for name, schedule in schedules.items()
        for order in ORDERS
    ]


def _max_polls(ours: Result) -> float:
    return POLLS_RATIO * (1 + ours.polls)


def two_numbers(work: Sequence[Job], ours: Result) -> list[Candidate]:
    """Return "first at d, then every x": d is a quantile of each variant's run times, known with hindsight."""
    return [
        Candidate(f"first at {text}, then every {{x}} s{_suffix(order)}", _then(first), _max_polls(ours), order)
        for part in FIRST_QUANTILES
        for first, text in [_first_at(work, part)]
        for order in ORDERS
    ]


def _suffix(order: Order) -> str:
    return "" if order == "polls first" else f", {order}"


def _then(first: Callable[[Job], float]) -> Callable[[float], Callable[[Job], Wait]]:
    return lambda every: first_then(first, every)


def _first_at(work: Sequence[Job], part: float) -> tuple[Callable[[Job], float], str]:
    """Return the age of the first poll of each job, and its name."""
    ages = dict[str, float]()
    for variant in {job.variant for job in work}:
        times = sorted(job.run_time for job in work if job.variant == variant and job.run_time < NEVER)
        ages[variant] = quantile(times, part) + 1e-6
    text = f"{next(iter(ages.values())):.0f} s" if len(ages) == 1 else f"{part:.1%} of each"
    return (lambda job: ages[job.variant]), text


@dataclass(frozen=True, slots=True)
class Tuned:
    """A candidate at its best number."""

    name: str
    result: Result


def tune(
    work: Sequence[Job],
    candidates: Sequence[Candidate],
    allowed: Callable[[Result], bool],
    score: Callable[[Result], float],
) -> Tuned | None:
    """Return the candidate and number with the highest score among the results that are allowed; None without one."""
    scored = [
        (best, candidate) for candidate in candidates for best in [_best_of_grid(candidate, work, allowed, score)]
    ]
    finalists = sorted((entry for entry in scored if entry[0]), key=lambda entry: entry[0] or (0.0,), reverse=True)
    best: tuple[float, float, Candidate] | None = None
    for start, candidate in finalists[:FINALISTS]:
        if start is None:
            continue
        reached, number = _climb(candidate, work, start, allowed, score)
        if best is None or reached > best[0]:
            best = reached, number, candidate
    if best is None:
        return None
    result = best[2].at(best[1], work)
    return None if result is None else Tuned(best[2].name.format(x=f"{best[1]:.3g}"), result)


def _best_of_grid(
    candidate: Candidate, work: Sequence[Job], allowed: Callable[[Result], bool], score: Callable[[Result], float]
) -> tuple[float, float] | None:
    """Return the best score on the grid and its number."""
    return max(_scored(candidate, work, candidate.numbers, allowed, score), default=None)


def _climb(
    candidate: Candidate,
    work: Sequence[Job],
    start: tuple[float, float],
    allowed: Callable[[Result], bool],
    score: Callable[[Result], float],
) -> tuple[float, float]:
    """Search around a number of the grid; return the best score and its number."""
    best, step = start, 2.0**0.5
    while step >= FINEST_STEP:
        around = (best[1] / step, best[1] * step)
        best = max(best, *_scored(candidate, work, around, allowed, score), best)
        step **= 0.5
    return best


def _scored(
    candidate: Candidate,
    work: Sequence[Job],
    numbers: Sequence[float],
    allowed: Callable[[Result], bool],
    score: Callable[[Result], float],
) -> Iterator[tuple[float, float]]:
    for number in numbers:
        result = candidate.at(number, work)
        if result is not None and allowed(result):
            yield score(result), number
