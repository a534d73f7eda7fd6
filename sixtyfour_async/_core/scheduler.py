"""When to submit and when to look: ``(event, now) → commands``, ``due(now) → commands``, ``wake_at(now)``.

The runner is a shell around this: it carries commands out and posts what happened as events. One timer serves all
jobs: a waiting job is an entry in a heap, not a task.

Under contention looks that are due and submits take turns. A look that waits for its turn finds its job ended more
often, so the fewer requests there are, the better each is spent: two to three a job, against the four or five of a
fixed interval (``python -m benchmarks.first_light``). Neither side starves.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from sixtyfour_async._core.budget import Budget, Gate
from sixtyfour_async._core.inspection import next_look
from sixtyfour_async._core.job import Phase, Step, Ticket
from sixtyfour_async._core.ledger import Ledger
from sixtyfour_async._core.messages import (
    Accepted,
    Command,
    Event,
    Finish,
    HandBack,
    Hold,
    Look,
    Looked,
    LookFailed,
    Release,
    Submit,
    SubmitFailed,
    Withdrawn,
)
from sixtyfour_async._core.retry import Again, GiveUp, Park, decide, is_unclear
from sixtyfour_async.errors import (
    AuthenticationError,
    CostCapError,
    CreditsError,
    JobLostError,
    JobTimeoutError,
    JobUnknownError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    SixtyfourError,
)
from sixtyfour_async.models.jobs import JobState, Report

SUBMIT_ATTEMPTS = 6
"""Attempts to deliver a submit: five waits, half a minute in all."""

LOOKS_PER_SUBMIT = 1
"""Under contention, looks that go before the next submit."""

SENDING = 50
"""Submits on their way at most: each is a row that a crash leaves in doubt."""

FEW = 16
"""Running jobs up to which looks are made as often as on an idle budget: looks every 2 s use what the budget gives."""

GATE_PAUSE = 15.0
"""Seconds a gate stays closed after the service said "too many are running" and none of ours has ended."""

GONE_AFTER = (5, 60.0)
"""Looks in a row answered 404, and seconds since acceptance, after which a job counts as lost. Assumed: a fresh id may
be unknown for a moment."""

DENIED_AFTER = 3
"""Looks in a row refused for the key's sake (401, 402, 403) after which a job is handed back unfinished."""


@dataclass(slots=True)
class Scheduler:
    """All jobs of a runner: which wait, which run, and what may be sent now.

    Attributes:
        budget: The key's requests, shared with the client.
        ledger: Money reserved and spent.
        jitter: A random number, 0 to 1, at each call.
        gates: Gate name → limit on running jobs of its kind.
        in_flight: The limit on jobs sent and not ended, of every kind.
        job_deadline: Seconds after acceptance at which a job is handed back unfinished.
    """

    budget: Budget
    ledger: Ledger
    jitter: Callable[[], float]
    gates: Mapping[str, Gate]
    in_flight: Gate
    job_deadline: float
    tickets: dict[int, Ticket] = field(default_factory=dict[int, Ticket])
    _sending: Gate = field(default_factory=lambda: Gate(SENDING))
    _queues: dict[tuple[str, bool], deque[int]] = field(default_factory=dict[tuple[str, bool], deque[int]])
    _later: list[tuple[float, int, int]] = field(default_factory=list[tuple[float, int, int]])
    _looks: list[tuple[float, int, int]] = field(default_factory=list[tuple[float, int, int]])
    _order: Iterator[int] = field(default_factory=count)
    _looks_in_a_row: int = 0

    def add(self, ticket: Ticket, now: float, *, remote_id: str | None = None, at_stake: float = 0.0) -> None:
        """Take a job on; with *remote_id* it was accepted in an earlier run, which set *at_stake* aside for it."""
        self.tickets[ticket.id] = ticket
        if remote_id is None:
            self._queue(ticket).append(ticket.id)
            return
        ticket.reserved = at_stake
        self.ledger.resume(at_stake)
        self._hold_gates(ticket)
        self._accept(ticket, remote_id, now)
        self._look_at(ticket, now)

    # --- what happened ------------------------------------------------------------------------------------------

    def handle(self, event: Event, now: float) -> list[Command]:
        """Take note of an event; what must be done about it at once comes back."""
        ticket = self.tickets.get(event.id)
        if ticket is None:
            return []
        match event:
            case Accepted(remote_id=remote_id):
                self._sending.give_back()
                self._accept(ticket, remote_id, now)
                self._look_at(ticket, now + next_look(age=0.0, every=ticket.every, idle=self._idle(now)))
            case SubmitFailed(error=error):
                self._sending.give_back()
                return self._submit_failed(ticket, error, now)
            case Looked(report=report):
                return self._looked(ticket, report, now)
            case LookFailed(error=error):
                return self._look_failed(ticket, error, now)
            case Withdrawn(error=error):
                ticket.withdrawn = error
                if ticket.phase is Phase.WAITING:
                    return self._end(ticket, Release(ticket.id, error, again=False))
        return []

    def _idle(self, now: float) -> bool:
        """Say whether the budget has requests to spare: few jobs run, and nothing could be submitted now."""
        return self.in_flight.held <= FEW and self._submit_ready_at(now) > now

    def _accept(self, ticket: Ticket, remote_id: str, now: float) -> None:
        ticket.step(Step.ACCEPTED)
        ticket.remote_id = remote_id
        ticket.accepted_at = now

    def _submit_failed(self, ticket: Ticket, error: SixtyfourError, now: float) -> list[Command]:
        refused = isinstance(error, RateLimitError)
        ticket.refusals += refused
        decision = decide(
            error,
            repeatable=ticket.repeatable,
            attempt=ticket.refusals if refused else ticket.attempts - ticket.refusals,
            attempts=SUBMIT_ATTEMPTS,
            jitter=self.jitter(),
        )
        match decision:
            case Again():
                ticket.unclear = ticket.unclear or is_unclear(error)
                return self._submit_again(ticket, error, decision, now)
            case GiveUp() if not (ticket.unclear or is_unclear(error)):
                return self._end(ticket, Release(ticket.id, error, again=False))
            case Park() | GiveUp():
                unknown = JobUnknownError(f"may have been accepted, and no id came back: {error}")
                unknown.__cause__ = error
                return self._end(ticket, Hold(ticket.id, unknown), parked=True)

    def _submit_again(self, ticket: Ticket, error: SixtyfourError, again: Again, now: float) -> list[Command]:
        if again.pause_key:
            self.budget.pause(now + again.after)
        if again.close_gate and ticket.gate in self.gates:
            self.gates[ticket.gate].close(now + max(again.after, GATE_PAUSE))
        if ticket.withdrawn is not None and not ticket.unclear:
            return self._end(ticket, Release(ticket.id, ticket.withdrawn, again=False))
        self._give_back(ticket)
        ticket.step(Step.SUBMIT_AGAIN)
        heapq.heappush(self._later, (now + again.after, next(self._order), ticket.id))
        return [Release(ticket.id, error, again=True)]

    def _looked(self, ticket: Ticket, report: Report, now: float) -> list[Command]:
        ticket.trouble = ticket.missing = 0
        if report.state is not JobState.RUNNING:
            free = report.state is not JobState.COMPLETED and report.cost_cents is None
            self.ledger.settle(ticket.variant, ticket.reserved, 0.0 if free else report.cost_cents)
            ticket.reserved = 0.0
            return self._end(ticket, Finish(ticket.id, report))
        ticket.step(Step.STILL_RUNNING)
        if now >= ticket.accepted_at + self.job_deadline:
            late = JobTimeoutError(
                f"not finished within {self.job_deadline:g} s; it runs on over there and is billed",
                job_id=ticket.remote_id,
                state=report.word,
            )
            return self._end(ticket, HandBack(ticket.id, late), parked=True)
        age = now - ticket.accepted_at
        self._look_at(ticket, now + next_look(age=age, every=ticket.every, idle=self._idle(now)))
        return []

    def _look_failed(self, ticket: Ticket, error: SixtyfourError, now: float) -> list[Command]:
        ticket.trouble += 1
        ticket.missing = ticket.missing + 1 if isinstance(error, NotFoundError) else 0
        age = now - ticket.accepted_at
        if ticket.missing >= GONE_AFTER[0] and age >= GONE_AFTER[1]:
            lost = JobLostError("the service no longer knows this job", job_id=ticket.remote_id)
            lost.__cause__ = error
            return self._end(ticket, Hold(ticket.id, lost), parked=True)
        denied = isinstance(error, AuthenticationError | CreditsError | PermissionDeniedError)
        if age >= self.job_deadline or (denied and ticket.trouble >= DENIED_AFTER):
            return self._end(ticket, HandBack(ticket.id, error), parked=True)
        wait = next_look(age=age, every=ticket.every, trouble=ticket.trouble)
        if isinstance(error, RateLimitError):
            again = decide(error, repeatable=True, attempt=ticket.trouble, attempts=1, jitter=self.jitter())
            if isinstance(again, Again):
                self.budget.pause(now + again.after)
                wait = again.after
        ticket.step(Step.STILL_RUNNING)
        self._look_at(ticket, now + wait)
        return []

    def _end(self, ticket: Ticket, command: Command, *, parked: bool = False) -> list[Command]:
        if ticket.phase is not Phase.WAITING:
            self._give_back(ticket, parked=parked)
        ticket.step(Step.ENDED)
        del self.tickets[ticket.id]
        return [command]

    # --- what may be sent now -----------------------------------------------------------------------------------

    def due(self, now: float) -> list[Command]:
        """Every submit and look that budget, gates and cap allow now."""
        commands: list[Command] = []
        self._requeue(now)
        while (command := self._next(now)) is not None:
            commands.append(command)
        self.budget.background = self._ready_at(now) <= now
        return commands

    def wake_at(self, now: float) -> float | None:
        """The next instant at which something may be due; None when only an event can help."""
        ready = self._ready_at(now)
        later = self._later[0][0] if self._later else float("inf")
        at = min(max(ready, self.budget.ready_at(now)), later)
        return None if at == float("inf") else at

    def _next(self, now: float) -> Command | None:
        look = self._due_look(now)
        if look is None and not any(self._queues.values()):
            return None
        if self.budget.ready_at(now) > now:
            return None
        if look is None or self._looks_in_a_row >= LOOKS_PER_SUBMIT:
            submit = self._take_submit(now)
            if submit is not None or look is None:
                return submit
        heapq.heappop(self._looks)
        look.step(Step.LOOK_SENT)
        self._looks_in_a_row += 1
        self.budget.take(now)
        return Look(look.id, look.remote_id or "")

    def _due_look(self, now: float) -> Ticket | None:
        """The job whose look has been due longest; entries of jobs that ended are dropped on the way."""
        while self._looks and self._looks[0][0] <= now:
            ticket = self.tickets.get(self._looks[0][2])
            if ticket is not None and ticket.phase is Phase.RUNNING:
                return ticket
            heapq.heappop(self._looks)
        return None

    def _take_submit(self, now: float) -> Command | None:
        for ticket in self._heads(now):
            amount = self.ledger.reserve(ticket.variant)
            if amount is None:
                if self.in_flight.held == 0:
                    return self._over_cap(ticket)
                continue
            self._queue(ticket).popleft()
            ticket.reserved = amount
            ticket.step(Step.SUBMIT_SENT)
            self._sending.held += 1
            ticket.attempts += 1
            self._hold_gates(ticket)
            self._looks_in_a_row = 0
            self.budget.take(now)
            return Submit(ticket.id, amount)
        return None

    def _over_cap(self, ticket: Ticket) -> Command:
        """Nothing is under way that could give money back: this row cannot be afforded."""
        self._queue(ticket).popleft()
        ledger = self.ledger
        left = (ledger.cap or 0.0) - ledger.charged - ledger.at_stake
        lost = f" ({ledger.at_stake:g} are at stake in rows whose end is not known)" if ledger.at_stake else ""
        error = CostCapError(f"max_cost_cents={ledger.cap:g} leaves {left:g} cents, too little for this row{lost}")
        return self._end(ticket, Release(ticket.id, error, again=False))[0]

    def _heads(self, now: float) -> Iterator[Ticket]:
        """The first waiting job of each queue whose gate is open, urgent ones first, then the oldest."""
        heads: list[Ticket] = []
        for (gate, _), queue in self._queues.items():
            while queue and queue[0] not in self.tickets:
                queue.popleft()
            opens = self._gate_opens(gate, now) if queue else None
            if opens is not None and opens <= now:
                heads.append(self.tickets[queue[0]])
        return iter(sorted(heads, key=lambda ticket: (not ticket.urgent, ticket.id)))

    def _gate_opens(self, gate: str, now: float) -> float | None:
        gates = [self.in_flight, self._sending, *([self.gates[gate]] if gate in self.gates else [])]
        opens = [one.opens_at(now) for one in gates]
        return None if None in opens else max(at for at in opens if at is not None)

    def _ready_at(self, now: float) -> float:
        """When the next look or submit is due, were the budget endless."""
        self._due_look(now)
        look_at = self._looks[0][0] if self._looks else float("inf")
        return min(look_at, self._submit_ready_at(now))

    def _submit_ready_at(self, now: float) -> float:
        at = float("inf")
        for (gate, _), queue in self._queues.items():
            opens = self._gate_opens(gate, now) if queue else None
            if opens is not None and (self._affords(queue[0]) or self.in_flight.held == 0):
                at = min(at, opens)
        return at

    def _affords(self, id_: int) -> bool:
        ticket = self.tickets.get(id_)
        return ticket is None or self.ledger.room(ticket.variant) is not None

    def _requeue(self, now: float) -> None:
        """Jobs whose wait is over go to the front: they are the oldest."""
        while self._later and self._later[0][0] <= now:
            ticket = self.tickets.get(heapq.heappop(self._later)[2])
            if ticket is not None:
                self._queue(ticket).appendleft(ticket.id)

    def _queue(self, ticket: Ticket) -> deque[int]:
        return self._queues.setdefault((ticket.gate, ticket.urgent), deque())

    def _look_at(self, ticket: Ticket, at: float) -> None:
        at = min(at, ticket.accepted_at + self.job_deadline)
        heapq.heappush(self._looks, (at, next(self._order), ticket.id))

    def _hold_gates(self, ticket: Ticket) -> None:
        self.in_flight.held += 1
        if ticket.gate in self.gates:
            self.gates[ticket.gate].held += 1

    def _give_back(self, ticket: Ticket, *, parked: bool = False) -> None:
        """Give back its places and the money set aside for it, unless that is at stake."""
        self.in_flight.give_back()
        if ticket.gate in self.gates:
            self.gates[ticket.gate].give_back(reopen=ticket.remote_id is not None)
        (self.ledger.park if parked else self.ledger.release)(ticket.reserved)
        ticket.reserved = 0.0
