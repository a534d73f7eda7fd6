"""The one clock of a client: monotonic, and faster than real time only against a simulator."""

from __future__ import annotations

from dataclasses import dataclass

import anyio


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds as the service lives them: ``speed`` of them pass in one real second.

    Budget, looks and deadlines follow this clock; limits on network calls stay in real seconds.
    """

    speed: float = 1.0

    def now(self) -> float:
        """Monotonic service seconds."""
        return anyio.current_time() * self.speed

    def real(self, seconds: float) -> float:
        """Real seconds for a duration, or the event loop's instant for an instant."""
        return seconds / self.speed

    async def sleep_until(self, at: float) -> None:
        """Wait until an instant of this clock."""
        await anyio.sleep_until(self.real(at))
