"""The running jobs: which is looked at next, when, and what a look may cost.

Looks and submits draw on one budget, so a look has a price: the seconds of lag that one request is worth. What sets it:

- *Patience*, the caller's number, is what submits waiting their turn make of it.
- A short queue makes less of it: a request spent on a look makes every waiting row wait one request longer, so it costs
  them together the time in which the whole queue is sent. The price falls as the list runs out.
- With nothing to submit, it is the lowest at which the looks that all running jobs ask for fit into the budget, down to
  `FLOOR`: then a job is looked at every few seconds.
- With more running than the budget can watch, it rises above all that, as long as that makes for fewer looks.
- A job whose end is needed, since others wait for its slot, is looked at for the floor's price.
- The first few jobs of a kind about which nothing is known are looked at for a small price: what they teach is worth
  more than the requests.

When the price falls, or much more is known than when they were planned, looks are planned anew.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from sixtyfour_async._scheduling.job_states import Phase, Step, Ticket
from sixtyfour_async._scheduling.poll_plan import FLOOR, Plan, after_trouble, make_plan, unknown_wait
from sixtyfour_async._scheduling.runtimes import LONGEST, MEMORY, Runtimes
from sixtyfour_async.models.jobs import Report

PATIENCE = 30.0
"""Seconds of lag worth one request, unless the caller says otherwise."""

STEPS = 2
"""Prices a plan is made for, between one and its double."""

DEAREST = 5 * STEPS
"""Steps above the patience up to which the price may rise when the budget cannot watch what runs."""

SCOUTS = 5
"""Jobs of a kind not met before that are looked at for `SCOUTING`."""

SCOUTING = 2.0
"""Seconds of lag worth a look at a scout, at most."""

HELPS = 0.95
"""What a higher price must bring the looks asked for down to, to be worth its lag: each job needs one."""

FULL = 0.9
"""Part of the budget that the looks planned may ask for: they do not come evenly."""

REPRICED_EVERY = 1.0
"""Seconds after which the price is worked out again."""

MANY = 3
"""Running jobs from which one request that reports on all of them is better than one for each."""


@dataclass(slots=True)
class Watch:
    """The looks at everything that runs.

    Attributes:
        tickets: All jobs of the runner by number, those not running too.
        deadline: Seconds after acceptance at which a job must be looked at whatever the plan says.
        patience: Seconds of lag worth one request while submits wait.
        runtimes: What is known of run times.
        looks: Looks that were answered so far.
        ended: Jobs they saw to their end.
        reprice_at: When the price must be worked out again; infinite when it has settled.
        lags: How long the last ends lay unseen, seconds, as far as it can be told.
    """

    tickets: dict[int, Ticket]
    deadline: float
    patience: float = PATIENCE
    runtimes: Runtimes = field(default_factory=Runtimes)
    looks: int = 0
    ended: int = 0
    reprice_at: float = math.inf
    lags: deque[float] = field(default_factory=lambda: deque[float](maxlen=255))
    _lowest: int = 0
    _level: int = 0
    _planned_at: int = 0
    _learned_at: int = SCOUTS
    _priced_at: float = 0.0
    _running: Counter[str] = field(default_factory=Counter[str])
    _rolls: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    _plans: dict[tuple[str, int], tuple[int, Plan]] = field(default_factory=dict[tuple[str, int], tuple[int, Plan]])
    _heap: list[tuple[float, int, int]] = field(default_factory=list[tuple[float, int, int]])
    _order: Iterator[int] = field(default_factory=count)

    # --- jobs come and go ---------------------------------------------------------------------------------------

    def __post_init__(self) -> None:
        self._lowest = max(0, math.ceil(STEPS * math.log2(self.patience / FLOOR)))
        self._level = self._planned_at = self._lowest

    def begin(self, ticket: Ticket, now: float, *, at_once: bool = False, hurried: bool = False) -> None:
        """Watch a job from now on."""
        self._running[ticket.variant] += 1
        ticket.scout = self._running[ticket.variant] <= SCOUTS and not self.runtimes.of(ticket.variant).evidence
        self._disturb()
        if ticket.roll:
            self._rolls.setdefault(ticket.roll, set()).add(ticket.id)
        ticket.accepted_at = ticket.looked_at = now
        self._look_at(ticket, now if at_once else now + self.wait(ticket, now, hurried=hurried), now)

    def still_running(self, ticket: Ticket, now: float, *, hurried: bool = False) -> None:
        """A look found it running; plan the next."""
        self.looks += 1
        ticket.looks += 1
        if not ticket.adopted:
            learned = self.runtimes.of(ticket.variant)
            learned.still_running(ticket.looked_at - ticket.accepted_at, now - ticket.accepted_at)
        ticket.looked_at = now
        self._look_at(ticket, now + self.wait(ticket, now, hurried=hurried), now)

    def failed(self, ticket: Ticket, now: float, wait: float | None = None) -> None:
        """A look was not answered; plan the next."""
        self._look_at(ticket, now + (after_trouble(ticket.trouble) if wait is None else wait), now)

    def look_alone(self, ticket: Ticket, now: float) -> None:
        """What a report on many said of this job must be looked at more closely."""
        ticket.alone = True
        self._look_at(ticket, now, now)

    def found_ended(self, ticket: Ticket, report: Report, now: float) -> None:
        """A look found it ended: learn how long it ran."""
        self.looks += 1
        ticket.looks += 1
        self.ended += 1
        learned, age = self.runtimes.of(ticket.variant), now - ticket.accepted_at
        since = 0.0 if ticket.adopted else ticket.looked_at - ticket.accepted_at
        if not ticket.adopted:
            learned.ended_between(since, age, report.run_time)
            ran = (since + age) / 2 if report.run_time is None else min(age, max(since, report.run_time))
            self.lags.append(age - ran)
        elif report.run_time is not None:
            learned.ended_between(since, LONGEST, report.run_time)

    def end(self, ticket: Ticket) -> None:
        """Watch it no longer."""
        self._running[ticket.variant] -= 1
        if any(self._running.values()):
            self._disturb()
        else:
            self.reprice_at = math.inf
        if ticket.roll:
            self._rolls[ticket.roll].discard(ticket.id)

    def _disturb(self) -> None:
        self.reprice_at = min(self.reprice_at, self._priced_at + REPRICED_EVERY)

    # --- which look is next -------------------------------------------------------------------------------------

    def next_at(self) -> float:
        """When the next look is due; infinite when nothing runs."""
        while self._heap and not self._counts(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else math.inf

    def take(self) -> list[Ticket]:
        """The job that `next_at` spoke of, with all that one request reports on along with it."""
        head = self.tickets[heapq.heappop(self._heap)[2]]
        together = [] if head.alone else [self.tickets[id_] for id_ in sorted(self._rolls.get(head.roll, ()))]
        together = [one for one in together if one.phase is Phase.RUNNING and not one.alone]
        taken = together if len(together) >= MANY else [head]
        for ticket in taken:
            ticket.step(Step.LOOK_SENT)
        return taken

    def _look_at(self, ticket: Ticket, at: float, now: float) -> None:
        latest = ticket.accepted_at + self.deadline
        ticket.look_at = min(at, latest) if latest > now else at
        ticket.planned = next(self._order)
        heapq.heappush(self._heap, (ticket.look_at, ticket.planned, ticket.id))

    def _counts(self, entry: tuple[float, int, int]) -> bool:
        """An entry is stale when its job has ended or was planned anew since."""
        ticket = self.tickets.get(entry[2])
        return ticket is not None and ticket.phase is Phase.RUNNING and ticket.planned == entry[1]

    # --- the price ----------------------------------------------------------------------------------------------

    @property
    def price(self) -> float:
        """Seconds of lag that one look is worth now."""
        return self._price_at(self._level)

    def price_for(self, ticket: Ticket, *, hurried: bool = False) -> float:
        """Seconds of lag that a look at this job is worth now."""
        return self._price_at(self._level_of(ticket, hurried=hurried))

    def reprice(self, now: float, waiting: int, rate: float) -> None:
        """Work the price out again, from the submits that wait for the budget and the requests it gives a second.

        It rises at once when rows wait, and otherwise goes a step a second.
        """
        queue = max(FLOOR, min(self.patience, waiting / rate))
        lowest = math.floor(STEPS * math.log2(self.patience / queue))
        before = self._level
        self._level = min(self._level, lowest)
        for _ in range(max(1, min(STEPS, int((now - self._priced_at) / REPRICED_EVERY)))):
            self._level += self._step(lowest, rate * FULL)
        self._priced_at = now
        settled = self._level == before or not self._heap
        self.reprice_at = math.inf if settled else now + REPRICED_EVERY
        if self._level >= self._planned_at + STEPS or self._learned_at * 2 <= self.looks <= 8 * MEMORY:
            self._planned_at, self._learned_at = self._level, max(self._learned_at, self.looks)
            self._plan_anew(now)
        self._planned_at = min(self._planned_at, self._level)

    def _step(self, lowest: int, most: float) -> int:
        """Up one level, or down, until the looks asked for just fit."""
        asked = self._demand(self._level)
        if asked > most and self._level > -DEAREST and self._demand(self._level - 1) < HELPS * asked:
            return -1
        return int(self._level < lowest and self._demand(self._level + 1) <= most)

    def looks_per_job(self) -> float:
        """Looks that the jobs running now take, on average, at this price."""
        running = self._running.total()
        looks = sum(
            number * self._plan(variant, self._level, fresh=False).looks for variant, number in self._running.items()
        )
        return looks / running if running else 1.0

    def wait(self, ticket: Ticket, now: float, *, hurried: bool = False) -> float:
        """Seconds until the next look at a job that runs now."""
        plan, age = self._plan(ticket.variant, self._level_of(ticket, hurried=hurried)), now - ticket.accepted_at
        return unknown_wait(age, plan) if ticket.scout else plan.wait(age)

    def _level_of(self, ticket: Ticket, *, hurried: bool) -> int:
        if hurried:
            return self._lowest
        if ticket.scout:
            return max(self._level, math.ceil(STEPS * math.log2(self.patience / SCOUTING)))
        sharing = 1 if ticket.alone else max(1, len(self._rolls.get(ticket.roll, ())))
        return min(self._lowest, self._level + math.floor(STEPS * math.log2(sharing)))

    def _price_at(self, level: int) -> float:
        return self.patience * math.exp2(-level / STEPS)

    def _demand(self, level: int) -> float:
        """Looks a second that everything running asks for at a price."""
        return sum(
            number * self._plan(variant, level, fresh=False).demand
            for variant, number in self._running.items()
            if number
        )

    def _plan(self, variant: str, level: int, *, fresh: bool = True) -> Plan:
        """The plan at a price, made anew when enough was learned since; for an estimate, less fresh will do."""
        learned = self.runtimes.of(variant)
        made = self._plans.get((variant, level))
        known = 0 if made is None else made[0]
        enough = min(MEMORY, max(1, known // 2)) if fresh else max(MEMORY, known)
        if made is None or learned.evidence - known >= enough:
            made = learned.evidence, make_plan(learned.odds(), self._price_at(level))
            self._plans[variant, level] = made
        return made[1]

    def _plan_anew(self, now: float) -> None:
        """Looks that were put off at a higher price come sooner at this one."""
        self._heap = [entry for entry in self._heap if self._counts(entry)]
        plans = {variant: self._plan(variant, self._level) for variant, number in self._running.items() if number}
        for ticket in [self.tickets[id_] for _, _, id_ in self._heap]:
            if ticket.trouble:
                continue
            usual = not (ticket.roll or ticket.scout)
            age = ticket.looked_at - ticket.accepted_at
            wait = plans[ticket.variant].wait(age) if usual else self.wait(ticket, ticket.looked_at)
            at = max(now, ticket.looked_at + wait)
            if at < ticket.look_at:
                self._look_at(ticket, at, now)
