"""Simulated time, which may run faster than real time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate


@dataclass(frozen=True, slots=True)
class Clock:
    """Simulated Unix time in seconds: ``start + (now_real() - origin) * speed``."""

    now_real: Callable[[], float]
    sleep_real: Callable[[float], Awaitable[None]]
    speed: float
    start: float
    origin: float

    def now(self) -> float:
        """Return the simulated time in Unix seconds."""
        return self.start + (self.now_real() - self.origin) * self.speed

    async def wait_until(self, instant: float) -> None:
        """Sleep until the simulated clock reaches *instant*; return at once if it has passed."""
        left = instant - self.now()
        if left > 0:
            await self.sleep_real(left / self.speed)


def iso(instant: float) -> str:
    """Format an instant as the service does, e.g. ``2026-06-10T00:00:00.250000Z``."""
    text = dt.datetime.fromtimestamp(instant, dt.UTC).isoformat()
    return text.removesuffix("+00:00") + "Z"


def http_date(instant: float) -> str:
    """Format an instant as an HTTP date."""
    return formatdate(instant, usegmt=True)
