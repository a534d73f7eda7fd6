"""Programs that research the same people over the same HTTP, each in a process of its own: ours and its rivals.

Each module has ``run(task, record)``, which asks about every row of a `Task` and tells a `Record` what became of it.
Rivals are written from what their documentation or published code describes, with the settings that suit this service
best. All waits are in seconds of the service, which passes them `Task.speed` times as fast as real ones.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LIMIT = 500
"""Requests a minute and key, as the service documents it."""

BURST = 10
PACE_PER_SECOND = (LIMIT - 4 - BURST) / 60
"""What a program may send so that no 60 seconds hold more than the limit: at this pace, after a burst. JobRunner's own
budget; rivals that can be paced get the same."""

POLL_SECONDS = 10.0
"""Seconds between polls (docs.sixtyfour.ai, vendor's scripts)."""

RETRIED = frozenset({429, 500, 502, 503, 504})
"""Statuses after which the vendor's scripts try again."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a program has to do.

    Attributes:
        url: Base URL of the service.
        key: API key.
        rows: Number of rows.
        speed: Seconds of the service in a real one.
        options: Settings of the program.
    """

    url: str
    key: str
    rows: int
    speed: float
    options: Mapping[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        """Headers of each request."""
        return {"x-api-key": self.key}

    def real(self, seconds: float) -> float:
        """Return seconds of the service as real ones."""
        return seconds / self.speed


@dataclass(slots=True)
class Record:
    """What became of the rows.

    Attributes:
        answers: Row, job id ("" where there is none), and the instant at which the program had the answer in hand.
        failures: Row → why it has no answer.
        in_doubt: Rows that the program reported as perhaps paid.
    """

    answers: list[tuple[int, str, float]] = field(default_factory=list[tuple[int, str, float]])
    failures: dict[int, str] = field(default_factory=dict[int, str])
    in_doubt: list[int] = field(default_factory=list[int])

    def answered(self, row: int, job_id: str) -> None:
        """Record an answer, as soon as the program could use it."""
        self.answers.append((row, job_id, time.monotonic()))

    def failed(self, row: int, error: object) -> None:
        """Record that a row was given up."""
        self.failures[row] = str(error)


def person(row: int) -> str:
    """Return the name of the person that a row is about."""
    return f"Person {row}"


def question(row: int) -> dict[str, Any]:
    """Return the body of a request for a row."""
    return {
        "lead_info": {"name": person(row), "company": "Acme Corp"},
        "struct": {"email": "Work email", "title": "Current job title"},
        "tier": "low",
    }


def most_per_minute(run_times: Sequence[float], requests_per_row: int) -> float:
    """Return the jobs a minute that nobody exceeds who submits rows in their order, at the pace of the budget."""
    submits = (max(0, number - BURST) / PACE_PER_SECOND for number, _ in enumerate(run_times, 1))
    last_end = max(at + run_time for at, run_time in zip(submits, run_times, strict=True))
    last_request = (requests_per_row * len(run_times) - BURST) / PACE_PER_SECOND
    return len(run_times) / max(last_end, last_request) * 60
