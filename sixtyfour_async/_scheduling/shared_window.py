"""The limit on bulk submits of a process that shares its key with others: each one needs a permit of the account."""

from __future__ import annotations

import math
from collections.abc import Callable

from sixtyfour_async._scheduling.limits import BULK_WINDOW_SECONDS, MAX_BULK_SUBMITS_PER_MINUTE, WindowLimit


class SharedWindow(WindowLimit):
    """Bulk submits in a minute.

    Args:
        machine_clock: The clock that permits are timed by.
        counts_itself: Returns whether this process has the limit for itself, and needs no permits.
        on_start: Called when it has started one without a permit.
    """

    def __init__(
        self, machine_clock: Callable[[], float], counts_itself: Callable[[], bool], on_start: Callable[[], object]
    ) -> None:
        super().__init__(MAX_BULK_SUBMITS_PER_MINUTE)
        self._clock, self._counts_itself, self._on_start = machine_clock, counts_itself, on_start
        self._permits, self._permits_until = 0, -math.inf

    def opens_at(self, now: float) -> float:
        """Return the instant at which one more may start; infinity when a permit must come first."""
        if self._counts_itself():
            return WindowLimit.opens_at(self, now)
        return max(now, self._closed_until) if self.permitted() else math.inf

    def acquire(self, now: float) -> None:
        """Start one more."""
        WindowLimit.acquire(self, now)
        if self._counts_itself():
            self._on_start()
        else:
            self._permits -= 1

    def permitted(self) -> int:
        """Return how many may start now by permit."""
        return self._permits if self._clock() < self._permits_until else 0

    def permit(self, starts: int, until: float) -> None:
        """Permit so many more, until an instant of the machine's clock."""
        if starts:
            self._permits, self._permits_until = self.permitted() + starts, until

    def ages(self, now: float) -> tuple[float, ...]:
        """Return the seconds since each start that counts still."""
        return tuple(now - at for at in self._started_at if at > now - BULK_WINDOW_SECONDS)

    def take_over(self, ages: tuple[float, ...], now: float) -> None:
        """Count what other processes started, by the seconds since."""
        self._started_at.clear()
        self._started_at.extend(now - age for age in sorted(ages, reverse=True))
