"""Simulated time: one object that says what time it is there and waits for a later one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate


@dataclass(frozen=True, slots=True)
class Clock:
    """Simulated Unix time: ``start + (now() - origin) * speed``.

    Units: instants are Unix seconds (float), simulated.
    """

    now_real: Callable[[], float]
    sleep_real: Callable[[float], Awaitable[None]]
    speed: float
    start: float
    origin: float

    def now(self) -> float:
        """Say what time it is in the simulation."""
        return self.start + (self.now_real() - self.origin) * self.speed

    async def wait_until(self, instant: float) -> None:
        """Return when the simulated clock has reached *instant*, at once if it has."""
        left = instant - self.now()
        if left > 0:
            await self.sleep_real(left / self.speed)


def iso(instant: float) -> str:
    """Write an instant as the service does, e.g. ``2026-06-10T00:00:00.250000Z``."""
    text = dt.datetime.fromtimestamp(instant, dt.UTC).isoformat()
    return text.removesuffix("+00:00") + "Z"


def http_date(instant: float) -> str:
    """Write an instant as HTTP's Date header does."""
    return formatdate(instant, usegmt=True)
