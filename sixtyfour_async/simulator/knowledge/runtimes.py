"""Run times of work in simulated seconds: log-normal distributions, clamped to a range.

Profile "documented" follows the ranges in the vendor's public skill repository (finders 2 to 10 s, low 10 to 60 s,
medium and qa-agent 30 to 180 s, deep search 30 to 120 s with a documented example of 272 s). Profile "measured" uses
the medians of the vendor's public benchmark (sixtyfour-ai/benchmarks, June 2026).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sixtyfour_async.simulator.base.seeded_random import normal


@dataclass(frozen=True, slots=True)
class RunTime:
    """A log-normal distribution whose draws are clamped to ``min_seconds`` and ``max_seconds``."""

    median_seconds: float
    sigma: float
    min_seconds: float
    max_seconds: float

    def draw(self, *parts: object) -> float:
        """Return the run time drawn for *parts*."""
        drawn = self.median_seconds * math.exp(self.sigma * normal("run time", *parts))
        return min(max(drawn, self.min_seconds), self.max_seconds)


_FINDER = RunTime(5, 0.4, 2, 10)  # skill repository: 2 to 10 s; the median is assumed
_LOW = RunTime(25, 0.5, 10, 60)  # skill repository: 10 to 60 s; the median is assumed
_MEDIUM = RunTime(80, 0.5, 30, 180)  # skill repository: 30 to 180 s; the median is assumed
_HIGH = RunTime(459, 0.5, 120, 1800)  # benchmark: median 459 s; "minutes, no cap"
_SEARCH = RunTime(75, 0.5, 30, 270)  # skill repository: 30 to 120 s typical; documented example 272 s
_WORKFLOW = RunTime(120, 0.3, 40, 600)  # "several minutes and up"; assumed

_COMMON: Mapping[str, RunTime] = {
    "find_email": _FINDER,
    "find_phone": _FINDER,
    "reverse_email": _FINDER,
    "reverse_phone": _FINDER,
    "qa_agent": _MEDIUM,
    "research_agent": _MEDIUM,
    "deep_search": _SEARCH,
    "lookalike": _SEARCH,  # assumed: as a deep search
    "export": RunTime(12, 0.4, 5, 60),  # assumed
    "verify_age": _MEDIUM,  # assumed; "high-tier research"
    "linkedin": RunTime(5, 0.4, 2, 10),  # "one LLM call"; assumed: as a finder
    "org_chart": _MEDIUM,  # assumed
    "workflow": _WORKFLOW,
    "intelligence:high": _HIGH,
    "intelligence:xhigh": _HIGH,  # assumed: as high
    "intelligence:scout": _HIGH,  # assumed: as high
}

PROFILES: Mapping[str, Mapping[str, RunTime]] = {
    "documented": {
        **_COMMON,
        "intelligence:micro": _LOW,  # assumed: as low
        "intelligence:low": _LOW,
        "intelligence:medium": _MEDIUM,
    },
    "measured": {
        **_COMMON,
        "intelligence:micro": RunTime(230, 0.5, 10, 1800),  # assumed: as low
        "intelligence:low": RunTime(230, 0.5, 10, 1800),  # benchmark: median 230 s
        "intelligence:medium": RunTime(223, 0.5, 30, 1800),  # benchmark: median 223 s
    },
}


def bulk_seconds(one: float, leads: int) -> float:
    """Return the run time of a bulk job whose leads take *one* seconds each; it grows logarithmically (assumed)."""
    return one * (1 + math.log(max(leads, 1)))


ROWS_PER_SECOND = 50.0
"""Rows by which a bulk-intelligence file takes one second longer (assumed)."""
ROWS_PER_BATCH = 10
SECONDS_PER_BATCH = 10.0
"""Additional seconds of a workflow run for each started batch of rows (assumed)."""
