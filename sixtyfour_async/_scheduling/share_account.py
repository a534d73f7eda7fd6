"""The requests of one key, shared by several processes: an account that hands out shares, as a value.

Each process *visits* the account (`visits`) and is granted a *share*: a few tokens that die `SHARE_SECONDS` later, and
that are spent at once. A process that was frozen wakes up with dead tokens; one that was killed leaves nothing behind
that has to be cleared away. Nothing is ever handed back.

**Why no 60 seconds overflow.** Let P be the tokens in the account (`level`) and those in live shares together. P never
exceeds `capacity`: the account is filled to what the live shares leave of it, and that ceiling rises only when a share
dies, at the very instant at which it dies. What is sent in (t, t + 60] was, at t, in a live share or in the account, or
was refilled since: at most ``capacity + 60·rate``, which is ``limit - margin`` by the choice of the rate. Two tempting
simplifications break this. When the ceiling is looked up at visits only, tokens are refilled for a time in which they
were still in somebody's hands. When unspent tokens are handed back, they get another life, and a request that was
under way is counted once for two.

**When nobody else is there** the account is *lent* whole: the process spends it by its own `budget.Budget`, for a lease
that it extends, and returns what is left. It refills as the account would, so P is what it holds. A lease that ran out
unreturned counts as spent to the last token at its last instant.

**Clocks.** Instants are those of the database, in service seconds. A clock that goes back shifts every instant of the
account along, to the last visit: what was to be waited for is waited for from then on, and nothing is refilled for the
time that is lost. After another boot, instants mean nothing any more: the account starts with one token, as `Budget`
does. A clock that is set *forward* ends the shares too early, and may give `capacity` once more.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from sixtyfour_async._scheduling.allotment import MIN_RATE_FRACTION, MINUTE, SHARE_SECONDS, allotment

VISIT_SECONDS = 0.25
"""Time between the visits of a process that waits for many requests and has nobody beside it."""

PRESENCE_SECONDS = 60.0
"""Time for which a process that came once counts as present, so that the account is not lent to another one."""

LIMIT_BELIEVED_SECONDS = 3600.0
"""Time for which a lower limit than a visitor's own is believed after it was last named."""

RESERVE = 1
"""Tokens that are left in the account for whoever comes next and is waited for."""

FORMAT = 1
"""Of the text; an account of another format starts anew."""


@dataclass(slots=True)
class Visitor:
    """A process that came before.

    Attributes:
        waits: Requests that it still waits for: foreground, due polls, submits.
        ticket: Its place in the line; lower is earlier.
        next: When it is to come again.
        seen: When it came last.
    """

    waits: tuple[int, int, int]
    ticket: int
    next: float
    seen: float


@dataclass(slots=True)
class Outage:
    """Trouble that a submit breaker found, and what the breakers of all processes make of it.

    Attributes:
        runner: Whose breaker it is: it checks and tries for all.
        until: When another takes its place, if it has not been heard of again.
        error: The failure, for messages.
    """

    runner: str
    until: float
    error: str


@dataclass(slots=True)
class ShareAccount:
    """The account of one key. Every instant is one of the database's clock, in service seconds.

    Attributes:
        limit: Requests a minute that the service allows: the lowest that was named lately.
        limit_until: When a higher one is believed again.
        level: Tokens in the account; below 0 when more was spent than there was.
        filled: The last visit.
        live: Shares that have not died: when each does, and its tokens.
        paused: When the pause after a 429 ends.
        eased: When the slow start ends.
        upper_in_a_row: Tokens given to one class while a lower one waited.
        tickets: Places in the line that were given out.
        visitors: Runner → what is known of it.
        lent_to: The runner that holds the whole account; "" for none.
        lent_until: When it does no longer.
        granted: Tokens granted lately, by the second in which they were: ``[second, tokens]``.
        other_traffic: Requests a minute that others than our processes seem to make.
        other_traffic_until: When less of it is believed.
        bulk_starts: When the last bulk submits were granted.
        outage: What the breaker of one process keeps all of them from; see `visits`.
        clock: Which clock the instants are of.
        format: `FORMAT`.
    """

    limit: int
    limit_until: float = 0.0
    level: float = 1.0
    filled: float = 0.0
    live: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    paused: float = 0.0
    eased: float = 0.0
    upper_in_a_row: int = 0
    tickets: int = 0
    visitors: dict[str, Visitor] = field(default_factory=dict[str, Visitor])
    lent_to: str = ""
    lent_until: float = 0.0
    granted: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    other_traffic: int = 0
    other_traffic_until: float = 0.0
    bulk_starts: list[float] = field(default_factory=list[float])
    outage: Outage | None = None
    clock: str = ""
    format: int = FORMAT

    # --- size ---------------------------------------------------------------------------------------------------

    @property
    def capacity(self) -> int:
        """Tokens in the account and in live shares together, at most.

        Live shares hold ``rate·SHARE_SECONDS`` while all is spent at once, and that much more must have come in until
        the next visit; with less than this, processes would find the account empty. Three would be the one size at
        which the reserve often leaves nothing to take.
        """
        burst, margin, rate = allotment(self.limit)
        needed = math.ceil(rate * (SHARE_SECONDS + VISIT_SECONDS)) + RESERVE
        needed = 4 if needed == 3 else needed  # noqa: PLR2004 (see above)
        return max(burst, min(needed, self.limit - margin - 1))

    @property
    def rate(self) -> float:
        """Tokens that come in, in a second: what the capacity and other traffic leave of the limit."""
        _, margin, _ = allotment(self.limit)
        rate = (self.limit - margin - self.capacity) / MINUTE
        return max(rate * MIN_RATE_FRACTION, rate - self.other_traffic / MINUTE)

    @property
    def held(self) -> int:
        """Tokens in live shares."""
        return sum(tokens for _, tokens in self.live)

    @property
    def room(self) -> float:
        """Tokens that the account can take in before it overflows."""
        return self.capacity - self.held - self.level

    # --- time ---------------------------------------------------------------------------------------------------

    def advance(self, now: float, clock: str) -> None:
        """Go on to an instant: refill, and forget what is over.

        Args:
            now: The instant.
            clock: Which clock it was read from.
        """
        if clock != self.clock:
            self._start_anew(now, clock)
        elif now < self.filled:
            self._shift(now - self.filled)
        self._refill(now)
        self.granted = [(second, tokens) for second, tokens in self.granted if second > now - MINUTE - 10]
        for runner in [runner for runner, one in self.visitors.items() if one.seen <= now - PRESENCE_SECONDS]:
            del self.visitors[runner]
        if self.lent_to and self.lent_to not in self.visitors and self.lent_until <= now:
            self.lent_to = ""

    def _refill(self, now: float) -> None:
        """Take in what came since the last visit, the ceiling rising at each instant at which a share died."""
        at = self.filled
        if self.lent_to:
            at = min(max(at, self.lent_until), now)  # its holder refills it until then
        while self.live and self.live[0][0] <= now:
            died = self.live[0][0]
            self._fill(at, died)
            at = max(at, died)
            del self.live[0]
        self._fill(at, now)
        self.filled = now

    def _fill(self, start: float, end: float) -> None:
        start = max(start, min(self.paused, end))  # nothing comes in during a pause
        elapsed = max(0.0, end - start)
        slow = min(elapsed, max(0.0, self.eased - start))
        self.level = min(self.capacity - self.held, self.level + (elapsed - slow / 2) * self.rate)

    def _start_anew(self, now: float, clock: str) -> None:
        """Begin by another clock: of all instants the time that was left at the last visit is what is known."""
        self._shift(now - self.filled)
        self.clock, self.level = clock, min(1.0, self.level)
        self.live, self.visitors, self.lent_to, self.outage = [], {}, "", None

    def _shift(self, by: float) -> None:
        self.filled += by
        self.paused += by
        self.eased += by
        self.limit_until += by
        self.lent_until += by
        self.other_traffic_until += by
        self.live = [(until + by, tokens) for until, tokens in self.live]
        self.granted = [(math.ceil(second + by), tokens) for second, tokens in self.granted]
        self.bulk_starts = [at + by for at in self.bulk_starts]
        for visitor in self.visitors.values():
            visitor.next += by
            visitor.seen += by
        if self.outage is not None:
            self.outage.until += by

    # --- what visitors tell -------------------------------------------------------------------------------------

    def name_limit(self, limit: int, now: float) -> None:
        """Learn a visitor's own limit, or what the service told it: the lowest holds, an hour after it was named."""
        if limit <= self.limit or now >= self.limit_until:
            self.limit, self.limit_until = limit, now + LIMIT_BELIEVED_SECONDS
            self.level = min(self.level, self.capacity - self.held)

    def pause(self, until: float) -> None:
        """Pause the key, then go on with one token and half the rate for a minute; as `Budget.pause`."""
        if until > self.paused:
            self.paused, self.eased = until, until + MINUTE
            self.level = min(1.0, self.level)

    def observe_remaining(self, remaining: int, at: float, now: float) -> None:
        """Learn from the service how many requests were left in its window at an instant; as `Budget` does."""
        _, margin, _ = allotment(self.limit)
        ours = sum(tokens for second, tokens in self.granted if at - MINUTE < second <= at)
        others = max(0, self.limit - margin - self.capacity - ours - remaining)
        if others >= self.other_traffic or now >= self.other_traffic_until:
            self.other_traffic, self.other_traffic_until = others, now + MINUTE

    # --- what they get ------------------------------------------------------------------------------------------

    def grant(self, tokens: int, now: float) -> None:
        """Move tokens from the account into a share that begins to live now."""
        self.level -= tokens
        self.hold(tokens, now)
        self.count(tokens, now)

    def hold(self, tokens: int, now: float) -> None:
        """Count tokens as a share that begins to live now."""
        self.live.append((now + SHARE_SECONDS, tokens))  # later than all others: `advance` never goes back

    def count(self, tokens: int, now: float) -> None:
        """Count requests as ours, when the service says how many are left."""
        second = math.floor(now)
        if self.granted and self.granted[-1][0] == second:
            tokens += self.granted.pop()[1]
        self.granted.append((second, tokens))

    def lend(self, runner: str, until: float) -> None:
        """Give everything to one process until an instant; then the account begins to fill from nothing."""
        self.lent_to, self.lent_until, self.level = runner, until, 0.0

    def others(self, runner: str) -> Iterator[Visitor]:
        """Yield what is known of the other processes."""
        return (visitor for name, visitor in self.visitors.items() if name != runner)

    # --- as text ------------------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """Return the account as text."""
        plain = {name: getattr(self, name) for name in FIELDS}
        plain["visitors"] = {
            runner: [*one.waits, one.ticket, one.next, one.seen] for runner, one in self.visitors.items()
        }
        plain["outage"] = self.outage and [self.outage.runner, self.outage.until, self.outage.error]
        return json.dumps(plain, separators=(",", ":"))

    @classmethod
    def read_json(cls, text: str | None, limit: int) -> ShareAccount:
        """Return an account from its text; a new one for None, for a text of another format, and for a damaged one."""
        try:
            return cls._of(json.loads(text or "{}"), limit)
        except (ValueError, TypeError, LookupError, AttributeError):
            return cls(limit)

    @classmethod
    def _of(cls, plain: dict[str, Any], limit: int) -> ShareAccount:
        if plain.get("format") != FORMAT:
            return cls(limit)
        plain["live"] = [(until, tokens) for until, tokens in plain["live"]]
        plain["granted"] = [(second, tokens) for second, tokens in plain["granted"]]
        plain["visitors"] = {
            runner: Visitor((one[0], one[1], one[2]), *one[3:]) for runner, one in plain["visitors"].items()
        }
        plain["outage"] = plain["outage"] and Outage(*plain["outage"])
        return cls(**plain)


FIELDS = tuple(one.name for one in fields(ShareAccount))
