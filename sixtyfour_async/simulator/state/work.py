"""Accepted work, as values: what was asked, when it ends, what it costs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.knowledge.operations import subject_of


@dataclass(frozen=True, slots=True)
class WorkFaults:
    """What faults have in store for new work."""

    failed: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class WorkRequest:
    """Work that is asked for. ``price``: cents; ``runtime``: simulated seconds."""

    kind: str
    subject: str
    body: Mapping[str, Any]
    price: int
    runtime: float = 0.0


@dataclass(frozen=True, slots=True)
class Work:
    """Accepted work. Instants are simulated Unix seconds; ``charge`` is in cents."""

    id: str
    kind: str
    subject: str
    body: Mapping[str, Any]
    submitted_at: float
    visible_at: float
    ends_at: float
    charge: int
    failed: bool

    def done(self, now: float) -> bool:
        """Say whether it has ended by *now*."""
        return now >= self.ends_at

    def progress(self, now: float) -> float:
        """Say how much of its time has passed by *now*, 0..1."""
        span = self.ends_at - self.submitted_at
        return min(max((now - self.submitted_at) / span, 0.0), 1.0) if span > 0 else 1.0

    @property
    def subjects(self) -> tuple[str, ...]:
        """What it is about: one thing, or each of the leads or rows sent along."""
        return (self.subject,)


@dataclass(frozen=True, slots=True)
class Job(Work):
    """A synchronous call or a job of one of the operations; ``body["leads"]`` when it is a bulk one."""

    @property
    def leads(self) -> Sequence[Mapping[str, Any]] | None:
        """The leads of a bulk job."""
        return self.body.get("leads")

    @property
    def subjects(self) -> tuple[str, ...]:
        """Each lead of a bulk job by itself."""
        return (self.subject,) if self.leads is None else tuple(subject_of(lead) for lead in self.leads)


@dataclass(frozen=True, slots=True)
class Search(Work):
    """A deep search, an export or a lookalike search."""

    search_id: str
    rows: int


@dataclass(frozen=True, slots=True)
class Run(Work):
    """Blocks at work on the rows in ``body["rows"]``: a workflow run, or a bulk-intelligence file.

    ``body["blocks"]`` holds the blocks in their order as they were at the start.
    """

    workflow_id: str
    formats: Sequence[str]
    idempotency_key: str | None
    planned: float
    """Seconds it takes when nobody cancels it."""
    cancelled_at: float | None = None

    @property
    def subjects(self) -> tuple[str, ...]:
        """Each row of a bulk-intelligence file by itself, by the columns that were to be looked at."""
        columns = self.body.get("columns")
        if columns is None:
            return (self.subject,)
        return tuple(subject_of({name: row.get(name) for name in columns}) for row in self.body["rows"])


def to_json(work: Work) -> dict[str, Any]:
    """Write work as what JSON can hold."""
    return {item.name: getattr(work, item.name) for item in dataclasses.fields(work)}
