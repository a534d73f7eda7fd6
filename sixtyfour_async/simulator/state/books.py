"""The server's own record of requests, work and charges, for tests to compare with what a client reports."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class RequestEntry:
    """One request. ``at``: simulated Unix seconds.

    ``status`` is 0 until the request is answered, and stays 0 if the connection was reset instead. ``key`` names the
    accepted key, ``key-1`` being the first in the settings; "" if there was none.
    """

    at: float
    method: str
    path: str
    status: int
    key: str


@dataclass(frozen=True, slots=True)
class WorkEntry:
    """Accepted work. ``charge``: cents charged when it ends, 0 if it fails; instants are simulated Unix seconds."""

    id: str
    kind: str
    subject: str
    body: Mapping[str, Any]
    submitted_at: float
    ends_at: float
    charge: int
    subjects: tuple[str, ...] = ()
    """The leads of a bulk job, the rows of a file, else only ``subject``."""
    replayed: bool = False
    """Whether an earlier simulator accepted it and it was read from the state file."""


@dataclass(frozen=True, slots=True)
class DeliveryEntry:
    """One attempt to deliver a webhook. ``at``: simulated Unix seconds at its end.

    ``status`` is that of the receiver, 0 if there was no answer. ``fault`` names the fault that struck this attempt, ""
    if none did. A delivery that the fault ``webhook_lost`` struck is one entry, with attempt 0.
    """

    at: float
    work_id: str
    url: str
    event_id: str
    attempt: int
    status: int
    fault: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the receiver has taken the event."""
        return 200 <= self.status < 300  # noqa: PLR2004 -- HTTP statuses


@dataclass(slots=True)
class Books:
    """Everything that happened since the simulator was started."""

    requests: list[RequestEntry] = field(default_factory=list[RequestEntry])
    """Requests to the API in order of arrival; those to the storage host are in `downloads`."""
    jobs: list[WorkEntry] = field(default_factory=list[WorkEntry])
    """Accepted work: jobs, synchronous calls, searches and workflow runs. Bulk work is one entry."""
    downloads: list[RequestEntry] = field(default_factory=list[RequestEntry])
    deliveries: list[DeliveryEntry] = field(default_factory=list[DeliveryEntry])
    """Attempts to deliver webhooks, in the order of their ends."""
    leaked_keys: list[str] = field(default_factory=list[str])
    """Paths on the storage host that were requested with a credential."""
    rejected: int = 0
    """Requests rejected by the rate limit or by the fault ``throttled``."""
    slots_refused: int = 0
    """Deep searches rejected because all slots were taken."""
    charged_cents: int = 0
    """Cents charged for work that has ended."""
    _job_indexes: dict[str, int] = field(default_factory=dict[str, int])

    def record_arrival(self, at: float, method: str, path: str, key: str) -> int:
        """Append a request and return its index."""
        self.requests.append(RequestEntry(at, method, path, 0, key))
        return len(self.requests) - 1

    def record_status(self, index: int, status: int) -> None:
        """Set the response status of a request."""
        self.requests[index] = replace(self.requests[index], status=status)

    def record_work(self, entry: WorkEntry) -> None:
        """Append accepted work."""
        self._job_indexes[entry.id] = len(self.jobs)
        self.jobs.append(entry)

    def number_of(self, work_id: str) -> int:
        """Return the position of accepted work in `jobs`."""
        return self._job_indexes[work_id]

    def amend_work(self, work_id: str, *, ends_at: float, charge: int) -> None:
        """Update the entry of work that ended otherwise than planned."""
        index = self._job_indexes[work_id]
        self.jobs[index] = replace(self.jobs[index], ends_at=ends_at, charge=charge)

    @property
    def throttled(self) -> int:
        """Number of responses with status 429, for whatever reason."""
        return sum(entry.status == 429 for entry in self.requests)  # noqa: PLR2004 -- an HTTP status

    @property
    def submits(self) -> Counter[str]:
        """Number of times each subject was accepted, e.g. ``{"1&1 | www.1und1.ag": 1}``; bulk work counts by row."""
        return Counter(subject for entry in self.jobs for subject in entry.subjects)

    @property
    def repeated(self) -> dict[str, int]:
        """Subjects accepted more than once, that is, paid more than once."""
        return {subject: times for subject, times in self.submits.items() if times > 1}

    def statuses(self) -> Counter[int]:
        """Return the number of requests by response status."""
        return Counter(entry.status for entry in self.requests)

    def count_since(self, instant: float, key: str) -> int:
        """Return the number of requests of a key since an instant."""
        recent = itertools.takewhile(lambda entry: entry.at >= instant, reversed(self.requests))
        return sum(entry.key == key for entry in recent)

    def peak(self, seconds: float = 60.0, *, key: str | None = None) -> int:
        """Return the maximum number of requests, rejected ones included, in any window of *seconds*."""
        instants = sorted(entry.at for entry in self.requests if key in (None, entry.key))
        peak = first = 0
        for last, instant in enumerate(instants):
            while instants[first] <= instant - seconds:
                first += 1
            peak = max(peak, last - first + 1)
        return peak
