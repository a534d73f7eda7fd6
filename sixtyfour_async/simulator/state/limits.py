"""The rate limit under three window algorithms, as immutable values.

The service documents 500 requests per minute and key (docs.sixtyfour.ai, errors and rate limits) but not the algorithm.
They differ in the worst case within 60 seconds: the fixed window admits twice the limit around the full minute, the
token bucket almost as many (a full bucket and one minute of refill), the sliding log never more than the limit. A
client that is correct under all three does not depend on the real one.
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
    """The decision about one request. Instants are simulated Unix seconds.

    ``reset_at``: when the window is empty again. ``next_allowed_at``: when one more request is admitted.
    """

    allowed: bool
    limit: int
    remaining: int
    reset_at: float
    next_allowed_at: float


class Limiter(Protocol):
    """A window algorithm with its state."""

    def take(self, now: float) -> tuple[Limiter, Verdict]:
        """Return the window after a request at *now*, and the decision about it."""
        ...


@dataclass(frozen=True, slots=True)
class FixedWindow:
    """Counts requests per minute of the clock and starts again at zero on each full minute."""

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
    """Admits a request if fewer than the limit were counted in the 60 seconds before it."""

    limit: int
    count_rejected: bool
    log: tuple[float, ...] = ()

    def take(self, now: float) -> tuple[SlidingLog, Verdict]:
        """Count a request made at *now*."""
        # Half open: a request exactly 60 seconds ago no longer counts.
        log = self.log[bisect_right(self.log, now - WINDOW_SECONDS) :]
        allowed = len(log) < self.limit
        if allowed or self.count_rejected:
            # Rejected requests that count could grow the log without bound. `next_allowed_at` needs the last `limit`
            # entries only.
            log = (*log, now)[-2 * self.limit :]
        reset = (log[-1] if log else now) + WINDOW_SECONDS
        free = log[-self.limit] + WINDOW_SECONDS if len(log) >= self.limit else now
        verdict = Verdict(allowed, self.limit, max(0, self.limit - len(log)), reset, free)
        return replace(self, log=log), verdict


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """Holds up to the limit in tokens, refilled continuously at the limit per minute; a request takes one token."""

    limit: int
    count_rejected: bool
    tokens: float = math.inf
    at: float = 0.0

    def take(self, now: float) -> tuple[TokenBucket, Verdict]:
        """Count a request made at *now*."""
        rate = self.limit / WINDOW_SECONDS
        tokens = min(float(self.limit), self.tokens + (now - self.at) * rate)
        allowed = tokens >= 1 - 1e-9  # refills accumulate rounding errors
        if allowed or self.count_rejected:
            tokens -= 1
        reset = now + (self.limit - tokens) / rate
        free = now + max(0.0, 1 - tokens) / rate
        verdict = Verdict(allowed, self.limit, max(0, math.floor(tokens + 1e-9)), reset, free)
        return replace(self, tokens=tokens, at=now), verdict


def make_limiter(settings: SimulatorSettings) -> Limiter:
    """Return an empty window of the algorithm in the settings."""
    kinds: dict[str, Callable[[int, bool], Limiter]] = {
        "fixed": FixedWindow,
        "sliding": SlidingLog,
        "bucket": TokenBucket,
    }
    return kinds[settings.window](settings.limit, settings.count_rejected)
