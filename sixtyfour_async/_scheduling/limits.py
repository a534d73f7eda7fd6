"""Limits besides the request budget, as values: how many jobs of a kind may run at once, or start in a minute."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

MAX_DEEP_SEARCHES = 5
"""Deep searches that one organization may run at once. Source: docs.sixtyfour.ai, search pages."""

MAX_BULK_SUBMITS_PER_MINUTE = 10
"""Bulk submits that one organization may make. Source: docs.sixtyfour.ai, bulk-intelligence."""

BULK_LIMIT = "bulk-intelligence"
"""The name that operations give the limit on bulk submits."""

BULK_WINDOW_SECONDS = 62.0
"""The minute of `MAX_BULK_SUBMITS_PER_MINUTE`, and two seconds, since the network may squeeze requests together."""

LIMIT_PAUSE_SECONDS = 15.0
"""Time for which a limit stays closed after the service said "too many are running" and none of ours has ended."""

Bottleneck: TypeAlias = Literal["rate", "job_limit", "cap", "server", "outage", "nothing"]
"""What keeps waiting jobs from being submitted faster."""

WaitReason: TypeAlias = Bottleneck | Literal["retry", "batch", "process"]
"""What keeps one row from being submitted: besides the bottlenecks, the pause before a retry, others for its batch, or
another process that has it under way."""


@dataclass(slots=True)
class ConcurrencyLimit:
    """A limit on something held for a while, such as five running deep searches.

    Attributes:
        capacity: How many may be held at once.
        held: How many this process holds now.
        others: How many others hold, as far as is known.
    """

    capacity: int
    held: int = 0
    others: int = 0
    _closed_until: float = 0.0

    def opens_at(self, now: float) -> float | None:
        """Return the instant at which one more may be acquired; None when one must be released first."""
        return None if self.held + self.others >= self.capacity else max(now, self._closed_until)

    def acquire(self, _now: float) -> None:
        """Hold one more."""
        self.held += 1

    def close(self, until: float) -> None:
        """Hold no more until an instant: the service refused one, so others must hold some too."""
        self._closed_until = max(self._closed_until, until)

    def release(self, *, reopen: bool = True) -> None:
        """Release one; *reopen* when it had really been running, so that the service has room again."""
        self.held -= 1
        if reopen:
            self._closed_until = 0.0


@dataclass(slots=True)
class WindowLimit:
    """A limit on how many may start in any window of time, such as ten bulk submits a minute.

    Attributes:
        capacity: How many may start in `window` seconds.
        window: Seconds in which they are counted.
    """

    capacity: int
    window: float = BULK_WINDOW_SECONDS
    _started_at: deque[float] = field(default_factory=deque[float])
    _closed_until: float = 0.0

    def opens_at(self, now: float) -> float:
        """Return the instant at which one more may start."""
        full = len(self._started_at) >= self.capacity
        return max(now, self._closed_until, self._started_at[0] + self.window if full else now)

    def acquire(self, now: float) -> None:
        """Start one more."""
        self._started_at.append(now)
        while len(self._started_at) > self.capacity:
            self._started_at.popleft()

    def close(self, until: float) -> None:
        """Start no more until an instant: the service refused one."""
        self._closed_until = max(self._closed_until, until)

    def release(self, *, reopen: bool = True) -> None:
        """Do nothing: a start stays counted until its window has passed."""


JobLimit: TypeAlias = ConcurrencyLimit | WindowLimit


def new_job_limits(deep_searches: int) -> dict[str, JobLimit]:
    """Return the limits besides the budget, by the name that operations give them."""
    return {
        "deep-search": ConcurrencyLimit(deep_searches),
        BULK_LIMIT: WindowLimit(MAX_BULK_SUBMITS_PER_MINUTE),
    }
