"""The questions that benchmarks answer. Each is a module with ``answer(quick, seeds) -> Report``.

A module may have ``PARTS``, the names of what it goes through; its ``answer`` then takes ``only=`` a few of them.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.results import Report


@dataclass(frozen=True, slots=True)
class Question:
    """A question in one line, and how many seeds or rounds it takes unless told otherwise: in full, and quickly."""

    asks: str
    seeds: int = 5
    quick_seeds: int = 2


QUESTIONS: Mapping[str, Question] = {
    "first_light": Question(
        "Jobs a minute of the vendor's loop, everything at once and JobRunner on the simulator", 3, 1
    ),
    "frontier": Question(
        "Jobs a minute at what lag (median, mean, 95th percentile)? Rivals tuned with hindsight", 5, 1
    ),
    "busy": Question("Jobs a minute and requests a job where the machine is the bottleneck, not the key", 5, 1),
    "foreground": Question("How long does somebody wait for one answer beside a bulk run?", 3, 1),
    "push": Question("Requests a job and lag with webhooks, learned polling and a fixed loop", 3, 1),
    "push_http": Question("The same over real HTTP, with lost, doubled and forged deliveries; a flood of them", 3, 1),
    "bulk": Question("A list over real HTTP beside rivals: jobs a minute, lag, CPU; what do faults cost?", 3, 1),
    "fleet": Question("What does it cost to share a key and a journal: pace, claims, requests to the database?", 3, 1),
    "pipeline": Question("What does the client cost beside bare httpx, and how much of the limit is used?", 20, 2),
    "ceiling": Question("How many jobs can one process run, and at what CPU, beside bare httpx? With a journal?", 7, 3),
    "start": Question("CPU of the import, the first client and the first call, beside other API clients", 9, 3),
    "scale": Question("What does an event cost, and a job in memory? A long list in constant memory", 3, 1),
    "safety": Question("Kills and faults: what is lost, paid twice or in doubt? Ours beside a careful loop", 3, 1),
    "resume": Question("A journal of many finished rows: replay, skip, export, status", 3, 1),
}
"""Name, which is the module's → what it asks."""

FIRST_SEED = 2
"""The scheduler's constants were chosen on seed 1, so that one is not measured."""


def seeds_for(name: str, *, quick: bool, number: int | None = None) -> range:
    """Return the seeds of a run; where nothing is random they number its rounds."""
    question = QUESTIONS[name]
    chosen = number or (question.quick_seeds if quick else question.seeds)
    return range(FIRST_SEED, FIRST_SEED + chosen)


def parts_of(name: str) -> Sequence[str]:
    """Return the names of what a benchmark goes through, as far as one may choose among them."""
    return tuple(getattr(importlib.import_module(f"benchmarks.{name}"), "PARTS", ()))


def takes_rows(name: str) -> bool:
    """Return whether a benchmark runs lists whose length one may choose."""
    return "rows" in inspect.signature(importlib.import_module(f"benchmarks.{name}").answer).parameters


def answer(name: str, *, quick: bool, seeds: Sequence[int], only: Sequence[str] = (), rows: int = 0) -> Report:
    """Run a benchmark: all that it goes through, and its own number of rows, unless told otherwise."""
    module = importlib.import_module(f"benchmarks.{name}")
    chosen: dict[str, Any] = ({"only": only} if only else {}) | ({"rows": rows} if rows else {})
    report: Report = module.answer(quick, seeds, **chosen)
    return report
