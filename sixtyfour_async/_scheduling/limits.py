"""Limits besides the budget, as values: how many of a kind may be held at once, or begun in a minute."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(slots=True)
class ConcurrencyLimit:
    """A limit on something held for a while, such as five running deep searches.

    Attributes:
        capacity: How many may be held at once.
        held: How many are held now, by us.
    """

    capacity: int
    held: int = 0
    _closed_until: float = 0.0

    def opens_at(self, now: float) -> float | None:
        """The instant at which one more may be taken; None when one must be given back first."""
        return None if self.held >= self.capacity else max(now, self._closed_until)

    def acquire(self, _now: float) -> None:
        """Park one more."""
        self.held += 1

    def close(self, until: float) -> None:
        """The service said there are too many: others hold some too."""
        self._closed_until = max(self._closed_until, until)

    def release(self, *, reopen: bool = True) -> None:
        """One of ours is no longer held; when it had really been running, there is room again."""
        self.held -= 1
        if reopen:
            self._closed_until = 0.0


@dataclass(slots=True)
class WindowLimit:
    """A limit on how many of a kind may begin in any stretch of time, such as ten bulk submissions a minute.

    Attributes:
        capacity: How many may begin in `window` seconds.
        window: Seconds, a little more than the service counts, for what the network squeezes together.
    """

    capacity: int
    window: float = 62.0
    _begun: deque[float] = field(default_factory=deque[float])
    _closed_until: float = 0.0

    def opens_at(self, now: float) -> float:
        """The instant at which one more may begin."""
        full = len(self._begun) >= self.capacity
        return max(now, self._closed_until, self._begun[0] + self.window if full else now)

    def acquire(self, now: float) -> None:
        """One more begins."""
        self._begun.append(now)
        while len(self._begun) > self.capacity:
            self._begun.popleft()

    def close(self, until: float) -> None:
        """The service said there were too many."""
        self._closed_until = max(self._closed_until, until)

    def release(self, *, reopen: bool = True) -> None:
        """Do nothing: what has begun has begun."""


JobLimit: TypeAlias = ConcurrencyLimit | WindowLimit
