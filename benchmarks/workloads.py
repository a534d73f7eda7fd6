"""Lists of jobs to run through one key: how long each runs, when it arrives, and whether somebody waits for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

Draw = Callable[[Random, float], float]
"""Random generator, and the fraction of the list that precedes the row → a run time, seconds."""

NEVER = math.inf
"""Run time of a job that never ends."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job.

    Attributes:
        variant: Kind and tier, which every policy knows.
        run_time: Seconds.
        arrives: When it can be submitted at the earliest, seconds from the start.
        urgent: Whether somebody waits for it alone.
        stratum: What one who knows every distribution, and when it changes, knows about its run time beforehand.
        takes: Seconds that each of its requests takes; it reaches the service after half of them.
    """

    variant: str
    run_time: float
    arrives: float = 0.0
    urgent: bool = False
    stratum: str = ""
    takes: float = 0.0

    @property
    def counts(self) -> bool:
        """Whether the list is over only once this job was seen ended."""
        return not self.urgent and self.run_time < NEVER


@dataclass(frozen=True, slots=True)
class Workload:
    """A kind of list.

    Attributes:
        draws: Variant → its run times; a row's variant is drawn evenly.
        phase: Fraction of the list that precedes a row → name of what holds for it.
        every: Seconds between two arrivals; 0 when all rows are there at the start.
        urgent_every: Seconds between two urgent jobs beside the list; 0 for none.
        takes: Seconds that a request takes.
    """

    draws: Mapping[str, Draw]
    phase: Callable[[float], str] = lambda _fraction: ""
    every: float = 0.0
    urgent_every: float = 0.0
    takes: float = 0.0


def _lognormal(median: float, sigma: float, shortest: float, longest: float) -> Draw:
    return lambda rng, _fraction: min(max(median * math.exp(sigma * rng.gauss(0, 1)), shortest), longest)


LOW, MEDIUM = _lognormal(25, 0.5, 10, 60), _lognormal(80, 0.5, 30, 180)
MEASURED, HIGH = _lognormal(225, 0.5, 10, 1800), _lognormal(459, 0.5, 120, 1800)
FAST, SLOW = _lognormal(15, 0.3, 5, 60), _lognormal(300, 0.3, 60, 1800)
DAY_SECONDS_RATIO = 0.6
"""How far the diurnal run times rise and fall around their middle."""

JUMP_AT, JUMP_RATIO = 0.6, 5.0
STUCK_FRACTION = 0.1
URGENT_PER_ROW = 0.05
"""Urgent jobs that are drawn for each row: more than can be submitted while the list lasts."""


def _bimodal(rng: Random, fraction: float) -> float:
    return rng.choice((FAST, SLOW))(rng, fraction)


def _drifting(rng: Random, fraction: float) -> float:
    """Draw run times that are three times longer in the middle third of the list."""
    return MEDIUM(rng, fraction) * (3 if 1 / 3 <= fraction < 2 / 3 else 1)


def _diurnal(rng: Random, fraction: float) -> float:
    """Draw run times that rise and fall in two waves and, from `JUMP_AT` on, are `JUMP_RATIO` times longer at once."""
    wave = 1 + DAY_SECONDS_RATIO * math.sin(4 * math.pi * fraction)
    return MEDIUM(rng, fraction) * wave * (JUMP_RATIO if fraction >= JUMP_AT else 1)


def _stuck(rng: Random, fraction: float) -> float:
    return NEVER if rng.random() < STUCK_FRACTION else MEDIUM(rng, fraction)


def _pareto(rng: Random, _fraction: float) -> float:
    """Draw run times with a heavy tail: shape 1.5 from 30 s on, an hour at most."""
    return min(30 * rng.paretovariate(1.5), 3600.0)


def _third(fraction: float) -> str:
    return "slow" if 1 / 3 <= fraction < 2 / 3 else ""


def _hour(fraction: float) -> str:
    return f"hour {int(fraction * 20)}"


def _either_tier(rng: Random, fraction: float) -> float:
    return rng.choice((LOW, HIGH))(rng, fraction)


PEOPLE = "people-intelligence"
WORKLOADS: Mapping[str, Workload] = {
    "low, documented": Workload({f"{PEOPLE}/low": LOW}),
    "medium, documented": Workload({f"{PEOPLE}/medium": MEDIUM}),
    "low/medium, measured": Workload({f"{PEOPLE}/medium": MEASURED}),
    "high": Workload({f"{PEOPLE}/high": HIGH}),
    "bimodal": Workload({f"{PEOPLE}/low": _bimodal}),
    "drifting": Workload({f"{PEOPLE}/medium": _drifting}, _third),
    "mixed": Workload(
        {
            "company-intelligence/low": LOW,
            f"{PEOPLE}/low": MEASURED,
            f"{PEOPLE}/medium": MEDIUM,
            f"{PEOPLE}/high": HIGH,
        }
    ),
    "concentrated": Workload({f"{PEOPLE}/medium": lambda rng, _fraction: rng.uniform(119, 121)}),
    "diurnal, jump": Workload({f"{PEOPLE}/medium": _diurnal}, _hour),
    "stuck 10 %": Workload({f"{PEOPLE}/medium": _stuck}),
    "Pareto": Workload({f"{PEOPLE}/medium": _pareto}),
    "two tiers, one kind": Workload({f"{PEOPLE}/medium": _either_tier}),
    "two tiers, two kinds": Workload({f"{PEOPLE}/low": LOW, f"{PEOPLE}/high": HIGH}),
    "trickle": Workload({f"{PEOPLE}/medium": MEDIUM}, every=3.0),
    "bulk with foreground": Workload({f"{PEOPLE}/medium": MEDIUM}, urgent_every=20.0),
    "requests take 3 s": Workload({f"{PEOPLE}/medium": MEDIUM}, takes=3.0),
}
"""Medians: the vendor's skill (documented) and its benchmark of June 2026 (measured).

In "two tiers, one kind" nobody but the service knows the tier of a job.
"""


def jobs(workload: str, rows: int, seed: int = 1) -> list[Job]:
    """Draw a list of jobs; urgent ones, if there are any, come on top of the rows."""
    made, rng = WORKLOADS[workload], Random(f"{workload} {seed}")
    bulk = [_job(made, rng, row, rows) for row in range(rows)]
    return bulk + (urgent_jobs(workload, int(rows * URGENT_PER_ROW) + 1, seed) if made.urgent_every else [])


def urgent_jobs(workload: str, number: int, seed: int, every: float = 0.0) -> list[Job]:
    """Draw jobs that somebody waits for, one at a time, from the same distributions."""
    made, rng = WORKLOADS[workload], Random(f"{workload} urgent {seed}")
    drawn = (_job(made, rng, row, number) for row in range(number))
    apart = every or made.urgent_every
    return [replace(job, arrives=row * apart, urgent=True) for row, job in enumerate(drawn)]


def _job(workload: Workload, rng: Random, row: int, rows: int) -> Job:
    draws, fraction = list(workload.draws.items()), row / rows
    variant, draw = draws[row % len(draws)] if len(draws) == 1 else rng.choice(draws)
    stratum = f"{variant} {workload.phase(fraction)}".strip()
    return Job(variant, draw(rng, fraction), row * workload.every, stratum=stratum, takes=workload.takes)
