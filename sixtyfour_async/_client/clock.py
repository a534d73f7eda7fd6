"""The clock of a client: monotonic, and faster than real time only against a simulator."""

from __future__ import annotations

from dataclasses import dataclass

import anyio


@dataclass(frozen=True, slots=True)
class Clock:
    """Service seconds, of which ``speed`` pass in one real second.

    Budget, polls, backoff and deadlines follow this clock. Timeouts of network calls stay in real seconds, since the
    network is no faster for a simulator.
    """

    speed: float = 1.0

    def now(self) -> float:
        """Return the current instant: service seconds since the event loop's own zero."""
        return anyio.current_time() * self.speed

    def real(self, seconds: float) -> float:
        """Convert a duration to real seconds, or an instant of this clock to one of the event loop."""
        return seconds / self.speed

    async def sleep_until(self, at: float) -> None:
        """Sleep until an instant of this clock."""
        await anyio.sleep_until(self.real(at))
