"""When to submit and when to look: ``(event, now) → commands``, ``due(now) → commands``, ``wake_at(now)``.

The runner is a shell around this: it carries commands out and posts what happened as events. One timer serves all
jobs: a waiting job is an entry in a heap, not a task.

Which look is due is `watch`'s affair. Under contention looks that are due and submits alternate in the proportion in
which the plan needs them: as many looks to each submit as a job takes on average. Neither side starves, and a flood of
submits at the start of a list is not followed by a drought.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from sixtyfour_async._core.budget import Budget
from sixtyfour_async._core.gates import AnyGate, Gate
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
    LookMany,
    ManyFailed,
    ManyLooked,
    Release,
    Submit,
    SubmitFailed,
    Withdrawn,
)
from sixtyfour_async._core.retry import Again, GiveUp, Park, decide, is_unclear
from sixtyfour_async._core.watch import PATIENCE, Watch
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

SENDING = 50
"""Submits on their way at most: each is a row that a crash leaves in doubt."""

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
        patience: Seconds of lag worth one request while submits wait.
        watch: The jobs that run.
    """

    budget: Budget
    ledger: Ledger
    jitter: Callable[[], float]
    gates: Mapping[str, AnyGate]
    in_flight: Gate
    job_deadline: float
    patience: float = PATIENCE
    watch: Watch = field(init=False)
    tickets: dict[int, Ticket] = field(default_factory=dict[int, Ticket])
    _sending: Gate = field(default_factory=lambda: Gate(SENDING))
    _queues: dict[tuple[str, bool], deque[int]] = field(default_factory=dict[tuple[str, bool], deque[int]])
    _later: list[tuple[float, int, int]] = field(default_factory=list[tuple[float, int, int]])
    _order: Iterator[int] = field(default_factory=count)
    _submits_earned: float = 0.0

    def __post_init__(self) -> None:
        self.watch = Watch(self.tickets, self.job_deadline, self.patience)

    def add(self, ticket: Ticket, now: float, *, remote_id: str | None = None, at_stake: float = 0.0) -> None:
        """Take a job on, for which an earlier run set *at_stake* aside; with *remote_id* it was accepted by it."""
        self.tickets[ticket.id] = ticket
        if remote_id is None:
            self.ledger.at_stake = max(0.0, self.ledger.at_stake - at_stake)
            queue = self._queue(ticket)
            queue.append(ticket.id)
            if len(queue) == 1:
                self.watch.reprice_at = now
            return
        ticket.reserved = at_stake
        self.ledger.resume(at_stake)
        ticket.adopted = True
        self._hold_gates(ticket, now)
        self._accept(ticket, remote_id, now)

    # --- what happened ------------------------------------------------------------------------------------------

    def handle(self, event: Event, now: float) -> list[Command]:
        """Take note of an event; what must be done about it at once comes back."""
        match event:
            case ManyLooked(ids=ids, reports=reports):
                for ticket in self._known(ids):
                    self._listed(ticket, reports.get(ticket.remote_id or ""), now)
                return []
            case ManyFailed(ids=ids, error=error):
                return self._looks_failed(self._known(ids), error, now)
            case _:
                ticket = self.tickets.get(event.id)
                return [] if ticket is None else self._handle(ticket, event, now)

    def _known(self, ids: Iterable[int]) -> list[Ticket]:
        return [ticket for id_ in ids if (ticket := self.tickets.get(id_)) is not None]

    def _handle(
        self, ticket: Ticket, event: Accepted | SubmitFailed | Looked | LookFailed | Withdrawn, now: float
    ) -> list[Command]:
        match event:
            case Accepted(remote_id=remote_id):
                self._sending.give_back()
                self._accept(ticket, remote_id, now)
            case SubmitFailed(error=error):
                self._sending.give_back()
                return self._submit_failed(ticket, error, now)
            case Looked(report=report):
                return self._looked(ticket, report, now)
            case LookFailed(error=error):
                return self._looks_failed([ticket], error, now)
            case Withdrawn(error=error):
                ticket.withdrawn = error
                if ticket.phase is Phase.WAITING:
                    return self._end(ticket, Release(ticket.id, error, again=False))
        return []

    def _accept(self, ticket: Ticket, remote_id: str, now: float) -> None:
        ticket.step(Step.ACCEPTED)
        ticket.remote_id = remote_id
        self.watch.begin(ticket, now, at_once=ticket.adopted, hurried=self._is_needed(ticket, now))

    def _is_needed(self, ticket: Ticket, now: float) -> bool:
        """Do others wait for the slot that this job holds?"""
        gate = self.gates.get(ticket.gate)
        waiting = any(queue for (name, _), queue in self._queues.items() if name == ticket.gate)
        opens = None if gate is None else gate.opens_at(now)
        return waiting and gate is not None and (opens is None or opens > now)

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
            self.watch.found_ended(ticket, report, now)
            free = report.state is not JobState.COMPLETED and report.cost_cents is None
            self.ledger.settle(ticket.sold_as, ticket.reserved, 0.0 if free else report.cost_cents, ticket.rows)
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
        self.watch.still_running(ticket, now, hurried=self._is_needed(ticket, now))
        return []

    def _listed(self, ticket: Ticket, report: Report | None, now: float) -> None:
        """A look at many told of this job too: its answer, its deadline and its absence are seen by a look of its own."""
        ticket.step(Step.STILL_RUNNING)
        late = now >= ticket.accepted_at + self.job_deadline
        if report is None or late or report.state is not JobState.RUNNING:
            self.watch.look_alone(ticket, now)
        else:
            ticket.trouble = ticket.missing = 0
            self.watch.still_running(ticket, now)

    def _looks_failed(self, tickets: Sequence[Ticket], error: SixtyfourError, now: float) -> list[Command]:
        """One request failed, on which one job or many depended."""
        wait = None
        if isinstance(error, RateLimitError) and tickets:
            attempt = max(ticket.trouble for ticket in tickets) + 1
            again = decide(error, repeatable=True, attempt=attempt, attempts=1, jitter=self.jitter())
            if isinstance(again, Again):
                self.budget.pause(now + again.after)
                wait = again.after
        return [command for ticket in tickets for command in self._look_failed(ticket, error, now, wait)]

    def _look_failed(self, ticket: Ticket, error: SixtyfourError, now: float, wait: float | None) -> list[Command]:
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
        ticket.step(Step.STILL_RUNNING)
        self.watch.failed(ticket, now, wait)
        return []

    def _end(self, ticket: Ticket, command: Command, *, parked: bool = False) -> list[Command]:
        if ticket.phase is not Phase.WAITING:
            self._give_back(ticket, parked=parked)
        if ticket.remote_id is not None:
            self.watch.end(ticket)
        ticket.step(Step.ENDED)
        del self.tickets[ticket.id]
        return [command]

    # --- what may be sent now -----------------------------------------------------------------------------------

    def due(self, now: float) -> list[Command]:
        """Every submit and look that budget, gates and cap allow now."""
        commands: list[Command] = []
        self._requeue(now)
        if now >= self.watch.reprice_at:
            self.watch.reprice(now, self._submittable(now), self.budget.rate)
        while (command := self._next(now)) is not None:
            commands.append(command)
        self.budget.background = self._ready_at(now) <= now
        return commands

    def wake_at(self, now: float) -> float | None:
        """The next instant at which something may be due; None when only an event can help."""
        ready = self._ready_at(now)
        later = self._later[0][0] if self._later else float("inf")
        at = min(max(ready, self.budget.ready_at(now)), later, max(now, self.watch.reprice_at))
        return None if at == float("inf") else at

    def _next(self, now: float) -> Command | None:
        look_due = self.watch.next_at() <= now
        if not look_due and not any(self._queues.values()):
            return None
        if self.budget.ready_at(now) > now:
            return None
        if not look_due or self._submits_earned >= 1.0:
            submit = self._take_submit(now)
            if submit is not None or not look_due:
                return submit
        looked_at = self.watch.take()
        self._submits_earned = min(1.0, self._submits_earned + 1.0 / max(1.0, self.watch.looks_per_job()))
        self.budget.take(now)
        first = looked_at[0]
        return (
            Look(first.id, first.remote_id or "") if len(looked_at) == 1 else LookMany(tuple(t.id for t in looked_at))
        )

    def _submittable(self, now: float) -> int:
        """Submits that wait for nothing but the budget."""
        room = self.in_flight.capacity - self.in_flight.held
        if room <= 0 or self._submit_ready_at(now) > now:
            return 0
        waiting = sum(
            len(queue) for (gate, _), queue in self._queues.items() if self._gate_opens(gate, now) is not None
        )
        return min(room, waiting)

    def _take_submit(self, now: float) -> Command | None:
        for ticket in self._heads(now):
            amount = self.ledger.reserve(ticket.sold_as, ticket.rows)
            if amount is None:
                if self.in_flight.held == 0:
                    return self._over_cap(ticket)
                continue
            self._queue(ticket).popleft()
            ticket.reserved = amount
            ticket.step(Step.SUBMIT_SENT)
            self._sending.held += 1
            ticket.attempts += 1
            self._hold_gates(ticket, now)
            self._submits_earned = max(0.0, self._submits_earned - 1.0)
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
        at = now
        for one in (self.in_flight, self._sending, self.gates.get(gate)):
            opens = now if one is None else one.opens_at(now)
            if opens is None:
                return None
            at = max(at, opens)
        return at

    def _ready_at(self, now: float) -> float:
        """When the next look or submit is due, were the budget endless."""
        return min(self.watch.next_at(), self._submit_ready_at(now))

    def _submit_ready_at(self, now: float) -> float:
        at = float("inf")
        for (gate, _), queue in self._queues.items():
            opens = self._gate_opens(gate, now) if queue else None
            if opens is not None and (self._affords(queue[0]) or self.in_flight.held == 0):
                at = min(at, opens)
        return at

    def _affords(self, id_: int) -> bool:
        ticket = self.tickets.get(id_)
        if self.ledger.cap is None or ticket is None:
            return True
        return self.ledger.room(ticket.sold_as, ticket.rows) is not None

    def _requeue(self, now: float) -> None:
        """Jobs whose wait is over go to the front: they are the oldest."""
        while self._later and self._later[0][0] <= now:
            ticket = self.tickets.get(heapq.heappop(self._later)[2])
            if ticket is not None:
                self._queue(ticket).appendleft(ticket.id)

    def _queue(self, ticket: Ticket) -> deque[int]:
        return self._queues.setdefault((ticket.gate, ticket.urgent), deque())

    def _hold_gates(self, ticket: Ticket, now: float) -> None:
        self.in_flight.take(now)
        if ticket.gate in self.gates:
            self.gates[ticket.gate].take(now)

    def _give_back(self, ticket: Ticket, *, parked: bool = False) -> None:
        """Give back its places and the money set aside for it, unless that is at stake."""
        self.in_flight.give_back()
        if ticket.gate in self.gates:
            self.gates[ticket.gate].give_back(reopen=ticket.remote_id is not None)
        (self.ledger.park if parked else self.ledger.release)(ticket.reserved)
        ticket.reserved = 0.0
