"""The requests that one key may make, as a value: a token bucket that no 60 seconds can overfill.

Why no window is ever exceeded. A bucket of size ``burst``, refilled at ``rate``, releases at most ``burst + rate·T``
requests in any *T* seconds, wherever they begin: the tokens it held at the beginning, and those that came in since.
With ``burst + 60·rate ≤ limit - margin`` that keeps the limit in a fixed minute, in a sliding one, and against a bucket
of the server's own. A bucket as large as the limit itself would let nearly twice the limit through in its first minute.

It starts with one token, not full: what the process before us sent in the last minute is not known.

After a 429 the whole key pauses, then goes on with one token and half the rate for a minute (slow start): whatever made
the service refuse, such as other clients of the same key, is still in its window.

What the service reports of the limit is believed when it is stricter than what we know: a lower limit, or a remainder
lower than the limit less all that we sent in the last minute. Whatever window the service counts in, we alone could not
have reached that remainder: others use the key too, and we take what they leave.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sixtyfour_async._scheduling.allotment import MIN_LIMIT, MIN_RATE_FRACTION, MINUTE, allotment

if TYPE_CHECKING:
    from sixtyfour_async._scheduling.breaker import SubmitBreaker

_WHOLE_TOKEN = 1.0 - 1e-9
"""A token, less what rounding may have taken off it."""

_FOREGROUND_RUN = 4
"""Foreground requests in a row after which one of the background goes first."""


class Ticket:
    """The right to send one request. That of a budget that nobody else spends holds for ever."""

    __slots__ = ()

    def holds(self) -> bool:
        """Return whether the request may still be sent; to be asked as late as possible before it is."""
        return True


TICKET = Ticket()


@dataclass(slots=True)
class Budget:
    """Requests a minute, shared by everything that uses one key.

    There are two kinds of traffic. Calls that somebody waits for are the foreground and go first; polls and submits of
    a runner are the background, and get one request in five even when the foreground never pauses.

    Attributes:
        limit: Requests a minute that the service allows. Source: docs.sixtyfour.ai, errors page: 500 per key.
        margin: Requests a minute left unused, against requests that the network squeezes together.
        burst: Requests that may go at once after a rest.
        rate: Requests per second, derived from the three.
        foreground: Foreground callers that wait for a request.
        background: Does a runner wait for a request?
        used: Requests made so far.
        throttled: 429 answers so far.
        other_traffic: Requests a minute that others seem to make with the same key.
        paused_until: Instant before which no request may be sent.
    """

    limit: int = 500
    margin: int | None = None
    burst: int | None = None
    rate: float = field(default=0.0, init=False)
    foreground: int = 0
    background: bool = False
    used: int = 0
    throttled: int = 0
    other_traffic: int = 0
    paused_until: float = 0.0
    _wanted_by: dict[int, tuple[int, int, int]] = field(default_factory=dict[int, tuple[int, int, int]])
    _sent: deque[float] = field(default_factory=deque[float])
    _other_traffic_until: float = 0.0
    _capacity: float = 1.0
    _tokens: float = 1.0
    _filled_at: float | None = None
    _slow_start_until: float = 0.0
    _foreground_in_a_row: int = 0

    def __post_init__(self) -> None:
        if self.limit < MIN_LIMIT:
            raise ValueError(f"limit must be at least {MIN_LIMIT} requests a minute, not {self.limit}")
        self._apply_limit(self.limit, self.burst, self.margin)

    def _apply_limit(self, limit: int, burst: int | None, margin: int | None) -> None:
        """Derive burst, margin and rate that keep a limit, less what other traffic takes of it."""
        burst, margin, rate = allotment(limit, burst, margin)
        self.limit, self.burst, self.margin, self._capacity = limit, burst, margin, float(burst)
        self._tokens = min(self._tokens, self._capacity)
        self.rate = max(rate * MIN_RATE_FRACTION, rate - self.other_traffic / MINUTE)

    def ready_at(self, now: float, *, foreground: bool = False) -> float:
        """Return the instant at which the next request may be sent; *now* when it may be sent at once.

        Tokens come in at half the rate until the slow start ends, and at the full rate from then on, so the time to
        the missing one has two parts.
        """
        self._refill(now)
        missing = self._wanted(foreground) - self._tokens
        start = max(now, self._filled_at or now)
        if missing <= 0:
            return start
        slow = max(0.0, self._slow_start_until - start)
        if missing <= slow * self.rate / 2:
            return start + missing / (self.rate / 2)
        return start + slow + (missing - slow * self.rate / 2) / self.rate

    def take(self, now: float, *, foreground: bool = False) -> Ticket:
        """Spend one request; the caller has waited until `ready_at`."""
        self._refill(now)
        self._tokens -= 1.0
        self._count(now, foreground=foreground)
        return TICKET

    @property
    def most_counted(self) -> int:
        """How many of what is wanted make a difference: nobody but the foreground asks whether there is any."""
        return 1

    def want(self, who: int, polls: int, submits: int, bulk: int = 0) -> None:
        """Learn what one of those who share the budget in the background would send now.

        Args:
            who: A number of its own.
            polls: Polls that are due.
            submits: Submits that nothing but the budget holds back.
            bulk: Bulk submits that nothing but the budget and their own limit hold back.
        """
        wanted = (polls, submits, bulk)
        if self._wanted_by.get(who, (0, 0, 0)) == wanted:  # nearly always: it is told after each round
            return
        self._wanted_by.pop(who, None)
        if any(wanted):
            self._wanted_by[who] = wanted
        self.background = any(polls or submits for polls, submits, _ in self._wanted_by.values())

    def share_outage(self, breaker: SubmitBreaker, now: float) -> None:
        """Tell other processes what the breaker of submits found, and the breaker what they did: there are none."""

    def _count(self, now: float, *, foreground: bool) -> None:
        self.used += 1
        self._sent.append(now)
        self.last_minute(now)
        self._foreground_in_a_row = self._foreground_in_a_row + 1 if foreground else 0

    def pause(self, until: float) -> None:
        """Pause the whole key until an instant, then go on with one token and half the rate for a minute."""
        self.throttled += 1
        self.paused_until = max(self.paused_until, until)
        if self._filled_at is None or until > self._filled_at:
            # Filling up to an instant that is yet to come is the pause: until then nothing is refilled, and `ready_at`
            # starts to count there. A second 429 that names an earlier instant changes nothing.
            self._refill(until)
            self._tokens = min(1.0, self._tokens)
            self._slow_start_until = until + MINUTE

    def last_minute(self, now: float) -> int:
        """Return the requests made in the last 60 seconds."""
        while self._sent and self._sent[0] <= now - MINUTE:
            self._sent.popleft()
        return len(self._sent)

    def observe_headers(self, now: float, limit: int | None, remaining: int | None) -> None:
        """Learn from the headers of an answer (``X-RateLimit-Limit``, ``X-RateLimit-Remaining``).

        More other traffic than known is believed at once; less, only when a minute has passed since: a remainder read
        early in the server's window says little.
        """
        if limit is not None and MIN_LIMIT <= limit < self.limit:
            self._refill(now)
            self._apply_limit(limit, None, None)
        if remaining is None:
            return
        allowance = (self.margin or 0) + (self.burst or 0)
        other_traffic = max(0, self.limit - allowance - self.last_minute(now) - remaining)
        if other_traffic >= self.other_traffic or now >= self._other_traffic_until:
            self._refill(now)
            self.other_traffic, self._other_traffic_until = other_traffic, now + MINUTE
            self._apply_limit(self.limit, self.burst, self.margin)

    def _wanted(self, foreground: bool) -> float:
        """Return the tokens that one side needs: one, or two for the side that must leave the next one to the other."""
        turn_of_background = self.background and self._foreground_in_a_row >= _FOREGROUND_RUN
        must_leave_one = turn_of_background if foreground else (self.foreground > 0 and not turn_of_background)
        return _WHOLE_TOKEN + (1.0 if must_leave_one and self._capacity > 1 else 0.0)

    def _refill(self, now: float) -> None:
        if self._filled_at is None:
            self._filled_at = now
        elapsed = now - self._filled_at
        if elapsed <= 0:
            return
        slow = min(elapsed, max(0.0, self._slow_start_until - self._filled_at))
        self._tokens = min(self._capacity, self._tokens + (elapsed - slow / 2) * self.rate)
        self._filled_at = now
