"""A runner's own lease, and the clock that it is measured by."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sixtyfour_async._journal.sharing import BEATS_PER_LEASE, LEASE_SECONDS, SENDING_MARGIN
from sixtyfour_async._uptime import uptime

Clock: TypeAlias = Callable[[], float]
"""Seconds that go on while the process, or the machine, is frozen."""

PUNCTUAL_BEATS = 4
"""Heartbeats that must have come on time before others lose their rows: what delayed ours may have delayed theirs."""


class Lease:
    """The lease of one runner.

    Args:
        seconds: How long it lasts.
        clock: What it is measured by.
    """

    def __init__(self, seconds: float = LEASE_SECONDS, clock: Clock = uptime) -> None:
        self.seconds = seconds
        self.now = clock
        self._until = _NEVER
        self._last_beat = _NEVER
        self._punctual = 0

    def beat(self, at: float) -> bool:
        """Count a heartbeat that reached the database; return whether this runner may take over from others.

        It may when the last ones came on time, this one included: what delays ours may delay theirs.
        """
        on_time = at - self._last_beat <= 2 * self.seconds / BEATS_PER_LEASE
        self._punctual = self._punctual + 1 if on_time else 0
        self._last_beat = at
        return self._punctual >= PUNCTUAL_BEATS

    def extended(self, asked_at: float) -> None:
        """Note that it was extended; it began when that was asked for, at the latest."""
        self._until = asked_at + self.seconds

    def ended(self) -> None:
        """Note that it was given up."""
        self._until = self._last_beat = _NEVER
        self._punctual = 0

    def quiet_for(self, until: float) -> float:
        """Return the seconds since a runner whose lease ends at an instant was heard of; all leases are as long."""
        return max(0.0, self.now() - until + self.seconds)

    def may_send(self) -> bool:
        """Return whether enough of it is left to send a request that costs money."""
        return self.now() < self._until - self.seconds * SENDING_MARGIN


_NEVER = float("-inf")
