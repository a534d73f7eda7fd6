"""The requests one key may make, as a value: a token bucket that no 60 seconds can overfill.

A bucket sends at most ``burst + rate·T`` requests in any *T* seconds, so ``burst + 60·rate ≤ limit - margin`` keeps the
limit whatever window the server counts in: a fixed minute, a sliding one, or a bucket of its own. A bucket of the
limit's own size would let nearly twice the limit through in its first minute.

It starts with one token, not full: what the process before us sent in the last minute is not remembered.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MINUTE = 60.0
_ALMOST = 1.0 - 1e-9  # a token that rounding left a hair short of whole is whole
_TURN = 4  # foreground requests in a row after which one in the background may go first


@dataclass(slots=True)
class Budget:
    """Requests a minute, shared by everything that uses one key.

    Two kinds of takers: callers who wait in the foreground go first; looks and submits of a runner go in the
    background, and get one request in five even when the foreground never pauses.

    Attributes:
        limit: Requests a minute that the service allows. Source: docs.sixtyfour.ai, errors page: 500 per key.
        margin: Requests a minute left unused, against requests that the network squeezes together.
        burst: Requests that may go at once after a rest.
        rate: Requests a second, derived.
        foreground: Callers waiting in the foreground just now.
        background: Is a runner waiting for a request just now?
        used: Requests made so far.
        throttled: 429 answers so far.
    """

    limit: int = 500
    margin: int | None = None
    burst: int | None = None
    rate: float = field(init=False)
    foreground: int = 0
    background: bool = False
    used: int = 0
    throttled: int = 0
    _size: float = 1.0
    _tokens: float = 1.0
    _filled_at: float | None = None
    _eased_until: float = 0.0
    _in_a_row: int = 0

    def __post_init__(self) -> None:
        if self.limit < 3:  # noqa: PLR2004 (one for the margin, one for the burst, one to refill)
            raise ValueError(f"limit must be at least 3 requests a minute, not {self.limit}")
        least = 2 if self.limit >= 6 else 1  # noqa: PLR2004 (two let one side leave a request to the other)
        burst = max(least, min(10, self.limit // 50)) if self.burst is None else self.burst
        margin = max(1, self.limit // 125) if self.margin is None else self.margin
        self._size, self.burst, self.margin = float(burst), burst, margin
        self.rate = (self.limit - margin - burst) / MINUTE
        if self.rate <= 0 or burst < 1:
            raise ValueError(f"burst {burst} and margin {margin} leave nothing of a limit of {self.limit}")

    def ready_at(self, now: float, *, foreground: bool = False) -> float:
        """The instant at which the next request may go; *now* when it may go at once."""
        self._refill(now)
        missing = self._wanted(foreground) - self._tokens
        start = max(now, self._filled_at or now)
        if missing <= 0:
            return start
        eased = max(0.0, self._eased_until - start)
        if missing <= eased * self.rate / 2:
            return start + missing / (self.rate / 2)
        return start + eased + (missing - eased * self.rate / 2) / self.rate

    def take(self, now: float, *, foreground: bool = False) -> None:
        """Spend one request."""
        self._refill(now)
        self._tokens -= 1.0
        self.used += 1
        self._in_a_row = self._in_a_row + 1 if foreground else 0

    def pause(self, until: float) -> None:
        """Stop the whole key until an instant, then go on with one request and half the rate for a minute."""
        self.throttled += 1
        if self._filled_at is None or until > self._filled_at:
            self._refill(until)
            self._tokens = min(1.0, self._tokens)
            self._eased_until = until + MINUTE

    def _wanted(self, foreground: bool) -> float:
        """One token; two for whoever must leave the next one to the other side."""
        turn_of_background = self.background and self._in_a_row >= _TURN
        must_leave_one = turn_of_background if foreground else (self.foreground > 0 and not turn_of_background)
        return _ALMOST + (1.0 if must_leave_one and self._size > 1 else 0.0)

    def _refill(self, now: float) -> None:
        if self._filled_at is None:
            self._filled_at = now
        elapsed = now - self._filled_at
        if elapsed <= 0:
            return
        eased = min(elapsed, max(0.0, self._eased_until - self._filled_at))
        self._tokens = min(self._size, self._tokens + (elapsed - eased / 2) * self.rate)
        self._filled_at = now
