"""The budget of one process that shares its key's account with others; see `share_account` and `visits`.

To scheduler and pipeline it is a `Budget` like any other. While it has joined an account, its tokens come from there:
as shares, or, as long as nobody else is there, as the account itself, which it then spends as it would its own. Nothing
here waits: a shell asks `visit_at`, carries `call` to the database and brings back what `take_grant` takes in.

A share is timed by the machine's clock, which goes on while the process is frozen or the machine sleeps, from before
the visit was asked. So it dies here before it dies there. Each request that is taken has a ticket, which knows whether
the share that it is from still lives; requests that are written down first ask it again before they are sent.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sixtyfour_async._scheduling.allotment import MIN_LIMIT, SHARE_SECONDS
from sixtyfour_async._scheduling.budget import Budget, Ticket
from sixtyfour_async._scheduling.shared_window import SharedWindow

if TYPE_CHECKING:
    from sixtyfour_async._scheduling.breaker import SubmitBreaker
    from sixtyfour_async._scheduling.visits import Call, Grant

MOST_WANTED_SECONDS = 2.0
"""The time in which all the requests come in that are asked for at once; more makes no difference."""

MOST_COUNTED = 16
"""Due polls that are counted: more makes no difference."""

LEASE_SECONDS = 1.0
"""Real seconds for which the account is lent: who comes meanwhile waits half as long, or as long when it is frozen."""

MOST_PERMITS = 2
"""Bulk submits that are asked for at once: a permit that is not used in time is lost."""

OUTAGE_LOOK_SECONDS = 5.0
"""Service seconds after which a process looks again whether another one's breaker has closed, or says so of its own."""

RETRY_SECONDS = 0.25
"""Real seconds after a visit that failed."""

MachineClock = Callable[[], float]
"""Service seconds of a clock that goes on while the process is frozen."""


@dataclass(slots=True)
class Share:
    """Tokens that may be spent until an instant of the machine's clock."""

    until: float
    tokens: int


@dataclass(slots=True)
class Loan:
    """The account itself, until an instant of the machine's clock.

    Attributes:
        until: When it ends, unless it is extended.
        given_back: When it was asked back before; None while it was not.
    """

    until: float
    given_back: float | None = None


class SharedTicket(Ticket):
    """The right to send a request by a share, or out of a loan."""

    __slots__ = ("_clock", "_of", "_taken_at")

    def __init__(self, of: Share | Loan, taken_at: float, clock: MachineClock) -> None:
        self._of, self._taken_at, self._clock = of, taken_at, clock

    def holds(self) -> bool:
        """Return whether the request may still be sent; to be asked as late as possible before it is.

        A loan that was given back is still good for what was counted as unsent then, as long as that share lives.
        """
        now, of = self._clock(), self._of
        if isinstance(of, Loan) and of.given_back is not None:
            return of.given_back - SHARE_SECONDS < self._taken_at and now < of.given_back + SHARE_SECONDS
        return now < of.until


class SharedBudget(Budget):
    """Requests a minute of one key, of which other processes may send some.

    Args:
        limit: Requests a minute that the service allows.
        machine_clock: Service seconds of a clock that goes on while the process is frozen.
        speed: Service seconds in a real one.

    Attributes:
        is_shared: It has joined an account.
        bulk: The limit on bulk submits, which belongs to the account as well.
        failing_since: When, by the machine's clock, visits began to fail; None while they do not.
        on_want: Called when a visit may have become due.
    """

    def __init__(self, limit: int, machine_clock: MachineClock, speed: float = 1.0) -> None:
        super().__init__(limit)
        self.is_shared = False
        self.failing_since: float | None = None
        self.on_want: Callable[[], object] = lambda: None
        self._clock, self._lease, self._retry = machine_clock, LEASE_SECONDS * speed, RETRY_SECONDS * speed
        self._own_limit, self._full_rate = limit, self.rate
        self.bulk = SharedWindow(machine_clock, lambda: self._spends_own, self._tell_at_once)
        self._forget()

    def _forget(self) -> None:
        self._asking = False
        self._new = True
        self._shares: list[Share] = []
        self._loan: Loan | None = None
        self._renew_at = 0.0
        self._again_at = self._foreground_again_at = 0.0
        self._pause_to_tell: float | None = None
        self._remaining_to_tell: tuple[int, float] | None = None
        self._called: Call | None = None
        self._bulk_again_at = 0.0
        self._outage: str | None = None
        self._has_news = False
        self._outage_elsewhere: str | None = None
        self._asked_at = 0.0
        self._inherits_outage = self._has_breaker = False

    # --- to scheduler and pipeline ------------------------------------------------------------------------------

    @property
    def _spends_own(self) -> bool:
        """Whether tokens come from this budget's own bucket: it shares with nobody, or was lent the account."""
        if not self.is_shared:
            return True
        return self._loan is not None and not self._asking and self._clock() < self._loan.until

    def ready_at(self, now: float, *, foreground: bool = False) -> float:
        """Return the instant at which the next request may be sent; infinity when a visit must come first."""
        if self._spends_own:
            return Budget.ready_at(self, now, foreground=foreground)
        return now if self._in_hand() >= self._wanted(foreground) else math.inf

    def take(self, now: float, *, foreground: bool = False) -> Ticket:
        """Spend one request; the caller has waited until `ready_at`."""
        if self._spends_own:
            ticket = Budget.take(self, now, foreground=foreground)
            return ticket if self._loan is None else SharedTicket(self._loan, self._clock(), self._clock)
        # The share that `ready_at` saw may have run out in between: then the ticket does not hold, as the sender finds.
        share = self._shares[0] if self._shares else Share(-math.inf, 1)
        share.tokens -= 1
        self._count(now, foreground=foreground)
        return SharedTicket(share, self._clock(), self._clock)

    def pause(self, until: float) -> None:
        """Pause the whole key, in all processes, until an instant of the client's clock; see `Budget.pause`."""
        Budget.pause(self, until)
        if self.is_shared:
            self._shares.clear()
            self._pause_to_tell = max(until, self._pause_to_tell or until)
            self._tell_at_once()

    def observe_headers(self, now: float, limit: int | None, remaining: int | None) -> None:
        """Learn from the headers of an answer; how many of the requests were ours, the account knows."""
        own = self._spends_own
        Budget.observe_headers(self, now, limit, remaining if own else None)
        if limit is not None and limit >= MIN_LIMIT:
            self._own_limit = min(self._own_limit, limit)
        if not own and remaining is not None:
            self._remaining_to_tell = remaining, self._clock()

    @property
    def most_counted(self) -> int:
        """How many of what is wanted make a difference: as many as are asked for at once, at the published limit."""
        return MOST_COUNTED if self.is_shared else 1

    def want(self, who: int, polls: int, submits: int, bulk: int = 0) -> None:
        """Learn what one of those who share the budget in the background would send now; see `Budget.want`."""
        Budget.want(self, who, polls, submits, bulk)
        if self.visit_at(0.0) < math.inf:
            self.on_want()

    def share_outage(self, breaker: SubmitBreaker, now: float) -> None:
        """Tell other processes what the breaker of submits found, and the breaker what they did."""
        if not self.is_shared:
            breaker.hear(None, now, inherited=True)
            return
        breaker.hear(self._outage_elsewhere, now, inherited=self._inherits_outage)
        self._has_breaker, known, self._outage = True, self._outage, breaker.outage
        if (known is None) != (self._outage is None):
            self._tell_at_once()

    def _tell_at_once(self) -> None:
        """Have the account visited though nothing may be waited for: there is something that others must know."""
        if self.is_shared:
            self._has_news = True
            self.on_want()

    # --- to the shell -------------------------------------------------------------------------------------------

    def join(self, on_want: Callable[[], object]) -> None:
        """Take all further requests out of an account."""
        self._forget()
        self.is_shared, self.failing_since, self.on_want = True, None, on_want

    def leave(self, now: float) -> Call:
        """Return the last call to the account; what is sent from now on is this budget's own, from no token on."""
        call = self._call(now, leaving=True)
        self._forget()
        self.is_shared, self.on_want = False, lambda: None
        self._apply_limit(self._own_limit, None, None)
        self._refill(now)
        self._tokens = min(0.0, self._tokens)
        return call

    def visit_at(self, now: float) -> float:
        """Return when the account is to be visited, by the client's clock; infinity when there is no need."""
        if not self.is_shared or self._asking:
            return math.inf
        if self._has_news and self.failing_since is None:
            return now
        waits, at = self._waits(), self._clock()
        again_at = math.inf
        if self._loan is None and (self._outage is not None or self._outage_elsewhere is not None):
            again_at = max(self._again_at, self._asked_at + OUTAGE_LOOK_SECONDS)
        if any(waits) and (self._loan is None or at >= self._renew_at):
            again_at = min(again_at, self._foreground_again_at if waits[0] else self._again_at)
        if self._bulk_wanted():
            again_at = min(again_at, max(self._again_at, self._bulk_again_at))
        return now + max(0.0, again_at - at)

    def call(self, now: float) -> Call:
        """Return what to tell the account, and spend nothing that is lent until `take_grant` or `visit_failed`."""
        self._called = self._call(now)
        self._asking, self._has_news = True, False
        return self._called

    def take_grant(self, grant: Grant, asked: float, now: float) -> None:
        """Take in what a visit brought.

        Args:
            grant: What it brought.
            asked: The machine's instant before the visit was asked.
            now: The client's instant of the same moment.
        """
        called, self._called = self._called, None
        self._asking = self._new = False
        self._asked_at = asked
        self.failing_since = self._remaining_to_tell = None
        if called is not None and called.paused:
            self._pause_to_tell = None
        self._take_loan(grant, asked, now)
        self._outage_elsewhere, self._inherits_outage = grant.outage, grant.inherits_outage
        self.bulk.permit(grant.bulk, asked + SHARE_SECONDS)
        self._bulk_again_at = asked + grant.bulk_again
        if grant.tokens:
            self._shares.append(Share(asked + SHARE_SECONDS, grant.tokens))
        self._again_at = asked + (grant.again or 0.0)
        foreground_is_booked = called is not None and called.waits[0] > grant.tokens
        self._foreground_again_at = self._again_at if foreground_is_booked else 0.0
        if grant.paused:
            self.paused_until = max(self.paused_until, now + grant.paused)

    def visit_failed(self) -> None:
        """Learn that a visit brought nothing: shares live as long as they do, and a loan is over.

        What was told may have been heard, or not; telling it once more does no harm.
        """
        self._asking, self._called, self._has_news = False, None, True
        at = self._clock()
        self.failing_since = at if self.failing_since is None else self.failing_since
        self._again_at = self._foreground_again_at = at + self._retry
        if self._loan is not None:
            self._loan.until = min(self._loan.until, at)

    def _take_loan(self, grant: Grant, asked: float, now: float) -> None:
        self._renew_at = (asked + self._lease + self._clock()) / 2  # a slow database leaves time to spend as well
        if grant.extended and self._loan is not None:
            self._loan.until = asked + self._lease
            return
        if self._loan is not None:
            self._loan.given_back, self._loan = asked, None
        self._apply_limit(grant.limit, None, None)
        self.other_traffic, self.rate = grant.other_traffic, grant.rate
        if grant.lent is not None:
            self._loan = Loan(asked + self._lease)
            self._shares.clear()
            self._tokens, self._filled_at = grant.lent, max(now, now + grant.paused)
            self._slow_start_until = now + grant.eased
            self.bulk.take_over(grant.bulk_ages, now)

    def _call(self, now: float, *, leaving: bool = False) -> Call:
        kept = unsent = None
        if self._loan is not None:
            self._refill(now)
            kept = self._tokens
            unsent = sum(1 for at in self._sent if at > now - SHARE_SECONDS)
        remaining, bulk = self._remaining_to_tell, self._bulk_wanted()
        bulk = bulk if self._clock() >= self._bulk_again_at else 0
        foreground, polls, submits = self._waits()
        from sixtyfour_async._scheduling.visits import Call  # noqa: PLC0415 (most budgets are shared with nobody)

        return Call(
            limit=self._own_limit,
            waits=(foreground, polls, submits + bulk),
            lease=self._lease,
            kept=kept,
            unsent=unsent or 0,
            sent=self.last_minute(now) if self._new or self._loan is not None else 0,
            paused=0.0 if self._pause_to_tell is None else max(0.0, self._pause_to_tell - now),
            remaining=remaining and (remaining[0], self._clock() - remaining[1]),
            bulk=bulk,
            bulk_ages=self.bulk.ages(now) if self._new or self._loan is not None else (),
            other_traffic=self.other_traffic,
            outage=self._outage,
            can_check=self._has_breaker,
            leaving=leaving,
        )

    def _waits(self) -> tuple[int, int, int]:
        """Return what is to be sent now and has no token yet, by class; an urgent request is the first to have one."""
        in_hand = 0 if self._loan is not None else self._in_hand()
        polls = sum(polls for polls, _, _ in self._wanted_by.values())
        submits = sum(submits for _, submits, _ in self._wanted_by.values())
        waits, most = list[int](), max(1, math.ceil(self._full_rate * MOST_WANTED_SECONDS))
        for wanted in (self.foreground, polls, submits):
            waits.append(min(most, max(0, wanted - in_hand)))
            in_hand = max(0, in_hand - wanted)
        return waits[0], waits[1], waits[2]

    def _bulk_wanted(self) -> int:
        """Return how many bulk submits wait for a permit; none are needed while the account is lent."""
        if self._spends_own:
            return 0
        wanted = sum(bulk for _, _, bulk in self._wanted_by.values())
        return max(0, min(MOST_PERMITS, wanted) - self.bulk.permitted())

    def _in_hand(self) -> int:
        at = self._clock()
        while self._shares and (self._shares[0].until <= at or not self._shares[0].tokens):
            del self._shares[0]
        return sum(share.tokens for share in self._shares)
