"""Accepted work as immutable values. Its field names are the format of the state file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.knowledge.operations import subject_of


@dataclass(frozen=True, slots=True)
class WorkFaults:
    """Faults injected into new work: it will fail, is hidden from polls at first, or costs more than it should."""

    failed: bool = False
    hidden: bool = False
    overcharged: bool = False


@dataclass(frozen=True, slots=True)
class WorkRequest:
    """Work to be accepted. ``price``: cents; ``runtime``: simulated seconds."""

    kind: str
    subject: str
    body: Mapping[str, Any]
    price: int
    runtime: float = 0.0


@dataclass(frozen=True, slots=True)
class Work:
    """Accepted work. Instants are simulated Unix seconds; ``charge``: cents."""

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
        """Return whether the work has ended by *now*."""
        return now >= self.ends_at

    def progress(self, now: float) -> float:
        """Return the elapsed fraction of the run time at *now*, 0 to 1."""
        span = self.ends_at - self.submitted_at
        return min(max((now - self.submitted_at) / span, 0.0), 1.0) if span > 0 else 1.0

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subject, or those of the individual leads or rows."""
        return (self.subject,)


@dataclass(frozen=True, slots=True)
class Job(Work):
    """A synchronous call or a job of one of the operations; a bulk one has ``body["leads"]``."""

    @property
    def leads(self) -> Sequence[Mapping[str, Any]] | None:
        """Leads of a bulk job, else None."""
        return self.body.get("leads")

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subject, or one for each lead of a bulk job."""
        return (self.subject,) if self.leads is None else tuple(subject_of(lead) for lead in self.leads)


@dataclass(frozen=True, slots=True)
class Search(Work):
    """A deep search, an export or a lookalike search."""

    search_id: str
    rows: int


@dataclass(frozen=True, slots=True)
class Run(Work):
    """A run of ``body["blocks"]`` over ``body["rows"]``: a workflow run, or a bulk-intelligence file.

    The blocks are those at the start of the run, in order of execution.
    """

    workflow_id: str
    formats: Sequence[str]
    idempotency_key: str | None
    planned: float
    """Simulated seconds the run takes unless it is cancelled."""
    cancelled_at: float | None = None

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subject, or one for each row of a bulk-intelligence file, from its selected columns."""
        columns = self.body.get("columns")
        if columns is None:
            return (self.subject,)
        return tuple(subject_of({name: row.get(name) for name in columns}) for row in self.body["rows"])


def to_json(work: Work) -> dict[str, Any]:
    """Return the fields of work as JSON-serializable values."""
    return {item.name: getattr(work, item.name) for item in dataclasses.fields(work)}
