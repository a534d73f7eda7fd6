"""What the server knows happened: tests compare a client's story with these books."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class RequestEntry:
    """One request to the API, in the order of arrival. ``at``: simulated Unix seconds.

    ``status`` is 0 while there is no answer and stays 0 when the connection was broken instead of answered.
    ``key``: which accepted key, ``key-1`` being the first in the settings; "" for none of them.
    """

    at: float
    method: str
    path: str
    status: int
    key: str


@dataclass(frozen=True, slots=True)
class WorkEntry:
    """Work that was accepted. ``charge``: cents that it costs once it has ended, 0 when it fails."""

    id: str
    kind: str
    subject: str
    body: Mapping[str, Any]
    submitted_at: float
    ends_at: float
    charge: int
    subjects: tuple[str, ...] = ()
    """What it is about, one by one: the leads of a bulk job, the rows of a file, else only ``subject``."""
    replayed: bool = False
    """Read from the state file, accepted by an earlier simulator."""


@dataclass(slots=True)
class Books:
    """The server's own record, complete since it was started."""

    requests: list[RequestEntry] = field(default_factory=list[RequestEntry])
    """Every request to the API; downloads from the signed host are in `downloads`."""
    jobs: list[WorkEntry] = field(default_factory=list[WorkEntry])
    """Accepted work of every kind: jobs, synchronous calls, searches and workflow runs. Bulk work is one entry."""
    downloads: list[RequestEntry] = field(default_factory=list[RequestEntry])
    leaked_keys: list[str] = field(default_factory=list[str])
    """Paths on the signed host that were asked with a credential."""
    rejected: int = 0
    """Requests over the rate limit, or refused by the fault ``throttled``."""
    slots_refused: int = 0
    """Deep searches refused because all slots were taken."""
    charged_cents: int = 0
    """Everything charged for work that has ended."""
    _job_indexes: dict[str, int] = field(default_factory=dict[str, int])

    def record_arrival(self, at: float, method: str, path: str, key: str) -> int:
        """Write a request down and give its place."""
        self.requests.append(RequestEntry(at, method, path, 0, key))
        return len(self.requests) - 1

    def record_status(self, place: int, status: int) -> None:
        """Complete a request with the status of its answer."""
        self.requests[place] = replace(self.requests[place], status=status)

    def record_work(self, entry: WorkEntry) -> None:
        """Write accepted work down."""
        self._job_indexes[entry.id] = len(self.jobs)
        self.jobs.append(entry)

    def amend_work(self, work_id: str, *, ends_at: float, charge: int) -> None:
        """Correct the entry of work that was cancelled."""
        place = self._job_indexes[work_id]
        self.jobs[place] = replace(self.jobs[place], ends_at=ends_at, charge=charge)

    @property
    def throttled(self) -> int:
        """Answers with status 429, whatever the reason."""
        return sum(entry.status == 429 for entry in self.requests)  # noqa: PLR2004 -- an HTTP status

    @property
    def submits(self) -> Counter[str]:
        """How often each subject was accepted, e.g. ``{"1&1 | www.1und1.ag": 1}``; bulk work counts row by row."""
        return Counter(subject for entry in self.jobs for subject in entry.subjects)

    @property
    def repeated(self) -> dict[str, int]:
        """The subjects accepted more than once: what a client paid twice."""
        return {subject: times for subject, times in self.submits.items() if times > 1}

    def statuses(self) -> Counter[int]:
        """How often each status was answered."""
        return Counter(entry.status for entry in self.requests)

    def count_since(self, instant: float, key: str) -> int:
        """Count the requests of a key from an instant on."""
        recent = itertools.takewhile(lambda entry: entry.at >= instant, reversed(self.requests))
        return sum(entry.key == key for entry in recent)

    def peak(self, seconds: float = 60.0, *, key: str | None = None) -> int:
        """Give the most requests that arrived within any window of *seconds*, refused ones included."""
        instants = sorted(entry.at for entry in self.requests if key in (None, entry.key))
        most = first = 0
        for place, instant in enumerate(instants):
            while instants[first] <= instant - seconds:
                first += 1
            most = max(most, place - first + 1)
        return most
