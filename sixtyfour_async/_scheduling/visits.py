"""What a process gets when it visits the account of its key: ``visit(account, now, …, call) → grant``, pure.

A process gets few tokens, and is told when to come again: the *visit* is booked, not the request. Who comes late finds
what is in the account by then. So nothing goes stale that was promised, and whoever is waited for finds a token: the
last one is left for whoever comes next and is in a class above (`RESERVE`).

**Order.** Requests that somebody waits for, then polls that are due, then submits; of any process before those of a
lower class of any other. After `UPPER_RUN` tokens to one class, while a lower one waits, the lower ones go first once:
they get one in five. In a class, tickets are drawn: who got something draws a new one, who did not keeps its place. A
process leaves a token to each that is before it and is about to come, and a few come to it by each visit, as many as
there is time for until it comes again.

**Overflow.** What does not fit into the account is lost, so whoever is there when it is about to overflow gets a token
whatever its place, and more when there are more tokens than those before it can want soon.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sixtyfour_async._scheduling.allotment import allotment
from sixtyfour_async._scheduling.limits import BULK_WINDOW_SECONDS, MAX_BULK_SUBMITS_PER_MINUTE
from sixtyfour_async._scheduling.share_account import (
    RESERVE,
    VISIT_SECONDS,
    Outage,
    ShareAccount,
    Visitor,
)

CLASSES = (0, 1, 2)
"""Foreground, due polls, submits."""

UPPER_RUN = 4
"""Tokens to one class in a row after which the lower ones that wait go first."""

MANY_RIVALS = 8
"""Rivals from which on each gets half as much at a visit, so that the round takes no longer."""

SOONEST_SECONDS = 0.02
"""The shortest time until the next visit."""

PUNCTUAL_SECONDS = 0.1
"""Delay of a booked visit up to which its process is reckoned with."""

GONE_SECONDS = 1.0
"""Delay of a booked visit from which on its process waits for nothing any more: it has died, or was served."""

OUTAGE_GRACE_SECONDS = 60.0
"""Time in which the process whose breaker is open must be heard of again."""

LAST_PLACE = 1 << 60


@dataclass(frozen=True, slots=True)
class Call:
    """What a process tells when it visits.

    Attributes:
        limit: Requests a minute that it believes to be allowed.
        waits: Requests that it wants to send now: foreground, due polls, submits.
        lease: Seconds for which it may be lent the whole account.
        kept: Tokens that are left of the account that it was lent; None when it was lent none.
        unsent: Tokens that it took of that account within `SHARE_SECONDS`: their requests may be under way to be sent.
        sent: Requests that it sent in the last minute, out of that account or of a budget of its own.
        paused: Seconds of a pause that the service has asked for.
        remaining: Requests left in the service's window, as an answer said, and that answer's age in seconds.
        bulk: Bulk submits that wait.
        bulk_ages: Seconds since each bulk submit that it made while it was lent the account.
        other_traffic: What it found of it while it was lent the account.
        outage: Why its breaker is open; None while it is closed.
        can_check: It has a breaker, so that it can check whether an outage is over.
        leaving: It waits for nothing and comes no more.
    """

    limit: int
    waits: tuple[int, int, int] = (0, 0, 0)
    lease: float = 0.0
    kept: float | None = None
    unsent: int = 0
    sent: int = 0
    paused: float = 0.0
    remaining: tuple[int, float] | None = None
    bulk: int = 0
    bulk_ages: tuple[float, ...] = ()
    other_traffic: int | None = None
    outage: str | None = None
    can_check: bool = False
    leaving: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """What it gets. Seconds count from before it asked, so that its tokens die no later than the account's.

    Attributes:
        tokens: Requests that it may send within `SHARE_SECONDS`.
        lent: The account itself, for the lease that it named: the tokens to begin with; None for a share.
        extended: It goes on to have the account that it was lent.
        again: Seconds until it is to come again; None when it waits for nothing more.
        limit: Requests a minute that the service allows.
        rate: Requests in a second that it may reckon with, others being there.
        paused: Seconds of the pause that is left.
        eased: Seconds until the slow start ends.
        other_traffic: Requests a minute that others than our processes seem to make.
        bulk: Bulk submits that it may make within `SHARE_SECONDS`.
        bulk_ages: When it is lent the account: seconds since each of the last bulk submits.
        bulk_again: Seconds until another bulk submit may be granted.
        outage: Why no process may submit until the one whose breaker is open has found the service well; None for no
            outage, and for that process itself.
        inherits_outage: The process whose breaker was open is gone: it is this one's turn to check.
    """

    tokens: int = 0
    lent: float | None = None
    extended: bool = False
    again: float | None = None
    limit: int = 0
    rate: float = 0.0
    paused: float = 0.0
    eased: float = 0.0
    other_traffic: int = 0
    bulk: int = 0
    bulk_ages: tuple[float, ...] = ()
    bulk_again: float = 0.0
    outage: str | None = None
    inherits_outage: bool = False


def visit(account: ShareAccount, now: float, clock: str, runner: str, call: Call) -> Grant:
    """Let a process visit the account, and return what it gets.

    Args:
        account: The account; it is changed.
        now: The database's instant, in service seconds.
        clock: Which clock it was read from.
        runner: The process, by a name that no other one ever had.
        call: What it tells.
    """
    account.advance(now, clock)
    before = account.visitors.pop(runner, None)
    borrowed = account.lent_to == runner
    if account.lent_to and (borrowed or now >= account.lent_until):
        account.lent_to = ""
        extended = borrowed and call.kept is not None and not account.visitors and not call.leaving
        if borrowed and not extended:
            _take_back(account, now, call)
    else:
        extended = False
    _hear(account, now, runner, call, new=before is None and not borrowed)
    if call.leaving:
        return Grant()
    if extended:
        return _extend(account, now, runner, call)
    if account.lent_to:  # to somebody else: it is asked back by being waited for
        return _come_again(account, now, runner, call, min(account.lent_until - now, call.lease / 8))
    if not account.visitors and call.lease:
        return _lend(account, now, runner, call)
    if now < account.paused:
        return _come_again(account, now, runner, call, account.paused - now)
    division = _Division(account, now, call.waits, before, list(account.visitors.values()))
    division.divide()
    bulk = min(call.bulk, sum(division.got), _free_bulk_starts(account, now))
    account.bulk_starts += [now] * bulk
    again = division.again()
    account.visitors[runner] = Visitor(division.rest, division.ticket, now + (again or 0.0), now)
    return _grant(account, now, runner, tokens=sum(division.got), again=again, bulk=bulk)


def _take_back(account: ShareAccount, now: float, call: Call) -> None:
    """Take the account back from the process that it was lent to, with what is left in it.

    What it took last may be on its way to be sent, and counts as a share that begins to live now.
    """
    if call.unsent:
        account.hold(call.unsent, now)
    if call.kept is not None:
        account.level = min(account.capacity - account.held, call.kept)
    account.count(call.sent, now)
    account.bulk_starts = [now - age for age in call.bulk_ages]
    account.other_traffic = call.other_traffic or 0


def _hear(account: ShareAccount, now: float, runner: str, call: Call, *, new: bool) -> None:
    """Take in what a process tells of itself and of the service."""
    account.name_limit(call.limit, now)
    if new:  # its own budget knew nothing of this one: what that spent in the last minute is paid for here
        account.level -= min(call.sent, account.capacity)
        account.count(call.sent, now)
        account.bulk_starts += [now - age for age in call.bulk_ages]
        account.bulk_starts.sort()
    if call.paused:
        account.pause(now + call.paused)
    if call.remaining is not None:
        remaining, age = call.remaining
        account.observe_remaining(remaining, now - age, now)
    _hear_outage(account, now, runner, call)


def _hear_outage(account: ShareAccount, now: float, runner: str, call: Call) -> None:
    """The first process whose breaker opens keeps that of the others open, until it has closed its own.

    One that is gone leaves the outage to whoever comes next and can check.
    """
    outage = account.outage
    if call.outage is not None:
        if outage is None or outage.runner == runner or now >= outage.until:
            account.outage = Outage(runner, now + (0.0 if call.leaving else OUTAGE_GRACE_SECONDS), call.outage)
    elif outage is not None and outage.runner == runner and now < outage.until:
        account.outage = None
    elif outage is not None and now >= outage.until and call.can_check and not call.leaving:
        account.outage = Outage(runner, now + OUTAGE_GRACE_SECONDS, outage.error)


def _lend(account: ShareAccount, now: float, runner: str, call: Call) -> Grant:
    """Lend the whole account to the only process there is, as soon as its last share has died.

    Until then its tokens and its share could be more than the capacity. Its own burst is smaller than that at limits
    other than the documented one: it owes the difference, or the minute in which it takes over would overflow.
    """
    account.visitors[runner] = Visitor((0, 0, 0), account.tickets, now, now)
    if account.live:
        return _grant(account, now, runner, again=max(SOONEST_SECONDS, account.live[-1][0] - now))
    burst, _, rate = allotment(account.limit)
    lent = account.level - (account.capacity - burst)
    ages = tuple(now - at for at in account.bulk_starts)
    account.lend(runner, now + call.lease)
    return _grant(account, now, runner, lent=lent, rate=rate, bulk_ages=ages)


def _extend(account: ShareAccount, now: float, runner: str, call: Call) -> Grant:
    """Let the process that has the account go on with it, whatever is in it."""
    account.visitors[runner] = Visitor((0, 0, 0), account.tickets, now, now)
    account.lend(runner, now + call.lease)
    account.bulk_starts = [now - age for age in call.bulk_ages]  # in case that it never comes back
    return _grant(account, now, runner, extended=True)


def _come_again(account: ShareAccount, now: float, runner: str, call: Call, seconds: float) -> Grant:
    seconds = max(SOONEST_SECONDS, seconds)
    account.tickets += 1
    account.visitors[runner] = Visitor(call.waits, account.tickets, now + seconds, now)
    return _grant(account, now, runner, again=seconds)


def _free_bulk_starts(account: ShareAccount, now: float) -> int:
    account.bulk_starts = [at for at in account.bulk_starts if at > now - BULK_WINDOW_SECONDS]
    return max(0, MAX_BULK_SUBMITS_PER_MINUTE - len(account.bulk_starts))


def _grant(
    account: ShareAccount,
    now: float,
    runner: str,
    *,
    tokens: int = 0,
    lent: float | None = None,
    extended: bool = False,
    again: float | None = None,
    rate: float | None = None,
    bulk: int = 0,
    bulk_ages: tuple[float, ...] = (),
) -> Grant:
    if tokens:
        account.grant(tokens, now)
    waiting = 1 + sum(1 for one in account.others(runner) if any(one.waits) and now < one.next + GONE_SECONDS)
    full = not _free_bulk_starts(account, now)
    outage = account.outage
    mine = outage is not None and outage.runner == runner
    return Grant(
        tokens=tokens,
        lent=lent,
        extended=extended,
        again=again,
        limit=account.limit,
        rate=account.rate / waiting if rate is None else rate,
        paused=max(0.0, account.paused - now),
        eased=max(0.0, account.eased - now),
        other_traffic=account.other_traffic,
        bulk=bulk,
        bulk_ages=bulk_ages,
        bulk_again=account.bulk_starts[0] + BULK_WINDOW_SECONDS - now if full else 0.0,
        outage=None if outage is None or mine else outage.error,
        inherits_outage=mine,
    )


@dataclass(slots=True)
class _Division:
    """One visit: how many tokens go to each class of what the visitor waits for, and when it is to come again.

    Attributes:
        account: The account; `level` is what has not been given yet.
        now: The instant.
        waits: What the visitor waits for, by class.
        before: What was known of it; None for a newcomer.
        visitors: The others that are there.
        got: Tokens that it got, by class.
        ticket: Its place in the line from now on.
    """

    account: ShareAccount
    now: float
    waits: tuple[int, int, int]
    before: Visitor | None
    visitors: list[Visitor]
    got: list[int] = field(default_factory=lambda: [0, 0, 0])
    ticket: int = 0
    level: float = field(init=False)
    all_waits: list[int] = field(init=False)

    def __post_init__(self) -> None:
        waiting = [one for one in self.visitors if self.now < one.next + GONE_SECONDS and any(one.waits)]
        self.visitors = [one for one in waiting if self.now < one.next + PUNCTUAL_SECONDS]
        self.all_waits = [self.waits[one] + sum(other.waits[one] for other in waiting) for one in CLASSES]
        self.level = self.account.level
        self.ticket = self.account.tickets

    @property
    def rest(self) -> tuple[int, int, int]:
        """What it still waits for."""
        first, second, third = (wanted - got for wanted, got in zip(self.waits, self.got, strict=True))
        return first, second, third

    def divide(self) -> None:
        """Give tokens to each class, the first of them first."""
        account, full = self.account, self.account.room < 1
        for class_ in CLASSES:
            if not self.waits[class_]:
                continue
            self.got[class_] = tokens = self._tokens_for(class_, full=full)
            self.level -= tokens
            if tokens:
                account.upper_in_a_row = account.upper_in_a_row + tokens if self._lower_wait(class_) else 0

    def _tokens_for(self, class_: int, *, full: bool) -> int:
        wanted, rivals, mine = self.waits[class_], self._rivals(class_), self._place(class_)
        free = int(self.level - self._to_leave(class_) + 1e-9)
        earlier = sum(1 for one in rivals if one.ticket < mine and one.next <= self.now + 0.05)
        by_turn = min(wanted, self._at_once(len(rivals)), free - earlier)
        before_it_is_lost = 1 if full and free > 0 else 0
        plenty = min(wanted, free - max(4, 2 * self._chunk))
        return max(0, by_turn, before_it_is_lost, plenty)

    def _to_leave(self, class_: int) -> int:
        """Return the tokens to leave for other classes: those above, or those below when it is their turn."""
        if self.account.upper_in_a_row >= UPPER_RUN:
            return int(self._lower_wait(class_))
        above = sum(self.all_waits[:class_]) - sum(self.got[:class_])
        return 0 if class_ == 0 else self._reserve + min(2, above, self.account.capacity - 2)

    @property
    def _reserve(self) -> int:
        """Where no more than two tokens fit, one in reserve and one in a share would leave none to give."""
        return RESERVE if self.account.capacity > RESERVE + 1 else 0

    def _lower_wait(self, class_: int) -> bool:
        return any(self.all_waits[class_ + 1 :])

    def _rivals(self, class_: int) -> list[Visitor]:
        return [one for one in self.visitors if one.waits[class_]]

    def _place(self, class_: int) -> int:
        return self.before.ticket if self.before is not None and self.before.waits[class_] else LAST_PLACE

    @property
    def _chunk(self) -> int:
        """Tokens that come in between two visits of a process that has nobody beside it."""
        return max(1, int(self.account.rate * VISIT_SECONDS))

    def _at_once(self, rivals: int) -> int:
        """Return the tokens that one process gets by one visit when it is its turn."""
        if not rivals:
            return LAST_PLACE
        return self._chunk if rivals < MANY_RIVALS else max(1, self._chunk // 2)

    def again(self) -> float | None:
        """Draw a ticket, and return the seconds until the tokens of those before it and its own should be there."""
        class_ = next((one for one in CLASSES if self.rest[one]), None)
        if class_ is None:
            return None
        if self.before is not None and self.before.waits[class_] and not self.got[class_]:
            self.ticket = self.before.ticket
        else:
            self.account.tickets += 1
            self.ticket = self.account.tickets
        rivals = self._rivals(class_)
        rate, at_once = self.account.rate, self._chunk if len(rivals) < MANY_RIVALS else max(1, self._chunk // 2)
        ahead = sum(1 for one in rivals if one.ticket < self.ticket) * at_once
        needed = ahead + min(self.rest[class_], at_once) + (self._reserve if class_ else 0) - self.level
        soonest = SOONEST_SECONDS if not class_ else VISIT_SECONDS if sum(self.got) else 0.05
        latest = max(GONE_SECONDS, len(rivals) / rate)
        return min(max(soonest, needed / rate), latest)
