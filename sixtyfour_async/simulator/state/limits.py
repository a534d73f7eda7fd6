"""The rate limit, counted in three ways; each window is a value that is replaced, not changed.

The service documents 500 requests a minute and key (docs.sixtyfour.ai, errors and rate limits) but not how a
minute is counted. A client that keeps the limit under all three windows keeps it under any of them.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from sixtyfour_async.simulator.base.settings import SimulatorSettings

WINDOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limit says about one request.

    Units: ``reset_at`` is a simulated Unix instant: when the window is as good as new.
    ``free_at``: when one request will be let in again.
    """

    allowed: bool
    limit: int
    remaining: int
    reset_at: float
    next_allowed_at: float


class Limiter(Protocol):
    """A window: asked at an instant, it answers and says what it is afterwards."""

    def take(self, now: float) -> tuple[Limiter, Verdict]:
        """Count a request made at *now*."""
        ...


@dataclass(frozen=True, slots=True)
class FixedWindow:
    """Counts from each full minute of the clock; forgets everything when the next one begins."""

    limit: int
    count_rejected: bool
    minute: float = -math.inf
    used: int = 0

    def take(self, now: float) -> tuple[FixedWindow, Verdict]:
        """Count a request made at *now*."""
        minute = math.floor(now / WINDOW_SECONDS) * WINDOW_SECONDS
        used = self.used if minute == self.minute else 0
        allowed = used < self.limit
        used += 1 if allowed or self.count_rejected else 0
        end = minute + WINDOW_SECONDS
        verdict = Verdict(allowed, self.limit, max(0, self.limit - used), end, end)
        return replace(self, minute=minute, used=used), verdict


@dataclass(frozen=True, slots=True)
class SlidingLog:
    """Looks back one minute from each request: never more than the limit in any 60 seconds."""

    limit: int
    count_rejected: bool
    log: tuple[float, ...] = ()

    def take(self, now: float) -> tuple[SlidingLog, Verdict]:
        """Count a request made at *now*."""
        log = self.log[bisect_right(self.log, now - WINDOW_SECONDS) :]
        allowed = len(log) < self.limit
        if allowed or self.count_rejected:
            log = (*log, now)[-2 * self.limit :]
        reset = (log[-1] if log else now) + WINDOW_SECONDS
        free = log[-self.limit] + WINDOW_SECONDS if len(log) >= self.limit else now
        verdict = Verdict(allowed, self.limit, max(0, self.limit - len(log)), reset, free)
        return replace(self, log=log), verdict


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """Holds up to the limit in tokens and fills at the limit per minute; a burst and a refill fit in one minute."""

    limit: int
    count_rejected: bool
    tokens: float = math.inf
    at: float = 0.0

    def take(self, now: float) -> tuple[TokenBucket, Verdict]:
        """Count a request made at *now*."""
        rate = self.limit / WINDOW_SECONDS
        tokens = min(float(self.limit), self.tokens + (now - self.at) * rate)
        allowed = tokens >= 1 - 1e-9
        if allowed or self.count_rejected:
            tokens -= 1
        reset = now + (self.limit - tokens) / rate
        free = now + max(0.0, 1 - tokens) / rate
        verdict = Verdict(allowed, self.limit, max(0, math.floor(tokens + 1e-9)), reset, free)
        return replace(self, tokens=tokens, at=now), verdict


def make_limiter(settings: SimulatorSettings) -> Limiter:
    """Give an untouched window of the kind the settings ask for."""
    kinds: dict[str, Callable[[int, bool], Limiter]] = {
        "fixed": FixedWindow,
        "sliding": SlidingLog,
        "bucket": TokenBucket,
    }
    return kinds[settings.window](settings.limit, settings.count_rejected)
