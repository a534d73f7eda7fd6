"""When to submit and when to look: ``(event, now) → commands``, ``due(now) → commands``, ``wake_at(now)``.

The runner is a shell around this: it carries commands out and posts what happened as events. One timer serves all
jobs: a waiting job is an entry in a heap, not a task.

Which look is due is `watch`'s affair. Under contention looks that are due and submits alternate in the proportion in
which the plan needs them: as many looks to each submit as a job takes on average. Neither side starves, and a flood of
submits at the start of a list is not followed by a drought.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import Phase, Step, Ticket
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import AnyGate, Gate
from sixtyfour_async._scheduling.messages import (
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
from sixtyfour_async._scheduling.poller import PATIENCE, Watch
from sixtyfour_async._scheduling.queues import Waiting
from sixtyfour_async._scheduling.retry import Again, GiveUp, Park, decide, is_unclear, undelivered
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

OUTAGE_ATTEMPTS = 15
"""Attempts in a row to reach a service that has answered before: some ten minutes. A network comes back; a service that
has never answered has a wrong address."""

CATCH_UP = 0.25
"""How much more of the budget looks get that are overdue by the time a request is worth, so that a backlog shrinks."""

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
        waiting: The jobs that wait.
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
    waiting: Waiting = field(init=False)
    _submits_earned: float = 0.0
    _reached: bool = False

    def __post_init__(self) -> None:
        self.watch = Watch(self.tickets, self.job_deadline, self.patience)
        self.waiting = Waiting(self.tickets, self.gates, self.in_flight)

    def add(self, ticket: Ticket, now: float, *, remote_id: str | None = None, at_stake: float = 0.0) -> None:
        """Take a job on, for which an earlier run set *at_stake* aside; with *remote_id* it was accepted by it."""
        self.tickets[ticket.id] = ticket
        if remote_id is None:
            ticket.at_stake = at_stake
            if self.waiting.add(ticket):
                self.watch.reprice_at = now
            return
        ticket.reserved = at_stake
        self.ledger.resume(at_stake)
        ticket.adopted = True
        self.waiting.hold(ticket, now)
        self._accept(ticket, remote_id, now)

    # --- what happened ------------------------------------------------------------------------------------------

    def handle(self, event: Event, now: float) -> list[Command]:
        """Take note of an event; what must be done about it at once comes back."""
        self._reached = self._reached or isinstance(event, Accepted | Looked | ManyLooked)
        match event:
            case ManyLooked(ids=ids, reports=reports):
                for ticket in self._known(ids):
                    self._listed(ticket, reports.get(ticket.remote_id or ""), now)
                return []
            case ManyFailed(ids=ids, error=error):
                return self._looks_failed(self._known(ids), error, now)
            case _:
                known = self.tickets.get(event.id)
                return [] if known is None else self._handle(known, event, now)

    def _known(self, ids: Iterable[int]) -> list[Ticket]:
        return [ticket for id_ in ids if (ticket := self.tickets.get(id_)) is not None]

    def _handle(
        self, ticket: Ticket, event: Accepted | SubmitFailed | Looked | LookFailed | Withdrawn, now: float
    ) -> list[Command]:
        match event:
            case Accepted(remote_id=remote_id):
                self.waiting.sending.give_back()
                self._accept(ticket, remote_id, now)
            case SubmitFailed(error=error):
                self.waiting.sending.give_back()
                return self._submit_failed(ticket, error, now)
            case Looked(report=report):
                return self._looked(ticket, report, now)
            case LookFailed(error=error):
                return self._looks_failed([ticket], error, now)
            case Withdrawn(error=error):
                ticket.withdrawn = error
                if ticket.phase is Phase.WAITING:
                    return self._unsent(ticket, error)
        return []

    def _accept(self, ticket: Ticket, remote_id: str, now: float) -> None:
        ticket.step(Step.ACCEPTED)
        ticket.remote_id = remote_id
        self.watch.begin(ticket, now, at_once=ticket.adopted, hurried=self.waiting.want_slot_of(ticket, now))

    def _submit_failed(self, ticket: Ticket, error: SixtyfourError, now: float) -> list[Command]:
        refused = isinstance(error, RateLimitError)
        ticket.refusals += refused
        decision = decide(
            error,
            repeatable=ticket.repeatable,
            attempt=ticket.refusals if refused else ticket.attempts - ticket.refusals,
            attempts=OUTAGE_ATTEMPTS if self._reached and undelivered(error) else SUBMIT_ATTEMPTS,
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
        ticket.at_stake = ticket.reserved if ticket.unclear else 0.0
        self._release(ticket, parked=ticket.unclear)
        ticket.step(Step.SUBMIT_AGAIN)
        self.waiting.add_later(ticket, now + again.after)
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
        self.watch.still_running(ticket, now, hurried=self.waiting.want_slot_of(ticket, now))
        return []

    def _listed(self, ticket: Ticket, report: Report | None, now: float) -> None:
        """A look at many told of this one too; answer, deadline and absence are seen by a look of its own."""
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
        late = age >= self.job_deadline and not (undelivered(error) and ticket.trouble < OUTAGE_ATTEMPTS)
        if late or (denied and ticket.trouble >= DENIED_AFTER):
            return self._end(ticket, HandBack(ticket.id, error), parked=True)
        ticket.step(Step.STILL_RUNNING)
        self.watch.failed(ticket, now, wait)
        return []

    def _end(self, ticket: Ticket, command: Command, *, parked: bool = False) -> list[Command]:
        if ticket.phase is not Phase.WAITING:
            self._release(ticket, parked=parked)
        if ticket.remote_id is not None:
            self.watch.end(ticket)
        ticket.step(Step.ENDED)
        del self.tickets[ticket.id]
        return [command]

    # --- what may be sent now -----------------------------------------------------------------------------------

    def due(self, now: float) -> list[Command]:
        """Every submit and look that budget, gates and cap allow now."""
        commands: list[Command] = []
        self.waiting.requeue(now)
        if now >= self.watch.reprice_at:
            self.watch.reprice(now, self.waiting.number(now), self.budget.rate)
        while (command := self._next(now)) is not None:
            commands.append(command)
        self.budget.background = self._ready_at(now) <= now
        return commands

    def wake_at(self, now: float) -> float | None:
        """The next instant at which something may be due; None when only an event can help."""
        ready = max(self._ready_at(now), self.budget.ready_at(now))
        at = min(ready, self.waiting.requeue(now), max(now, self.watch.reprice_at))
        return None if at == math.inf else at

    def binds(self, now: float) -> Literal["rate", "gate", "cap", "server", "nothing"]:
        """Say what keeps the jobs that wait from being sent faster."""
        if self.budget.paused_until > now:
            return "server"
        if self._ready_at(now) <= now:
            return "rate"
        if self.waiting.behind_gates(now):
            return "gate"
        return "cap" if self.waiting else "nothing"

    def _next(self, now: float) -> Command | None:
        overdue = now - self.watch.next_at()
        look_due = overdue >= 0.0
        if not look_due and not self.waiting:
            return None
        if self.budget.ready_at(now) > now:
            return None
        short = overdue <= self.watch.price < self.patience
        if not look_due or short or self._submits_earned >= 1.0:
            submit = self._take_submit(now)
            if submit is not None or not look_due:
                return submit
        looks = max(1.0, self.watch.looks_per_job()) * (1.0 + CATCH_UP * overdue / self.watch.price)
        self._submits_earned = min(1.0, self._submits_earned + 1.0 / looks)
        self.budget.take(now)
        first, *others = self.watch.take()
        return LookMany((first.id, *(one.id for one in others))) if others else Look(first.id, first.remote_id or "")

    def _take_submit(self, now: float) -> Command | None:
        for ticket in self.waiting.heads(now):
            amount = self.ledger.reserve(ticket.sold_as, ticket.rows, already=ticket.at_stake)
            if amount is None:
                if self.in_flight.held == 0:
                    return self._over_cap(ticket)
                continue
            self.waiting.take(ticket)
            self.waiting.hold(ticket, now)
            self.waiting.sending.take(now)
            ticket.reserved, ticket.at_stake = amount, 0.0
            ticket.step(Step.SUBMIT_SENT)
            ticket.attempts += 1
            self._submits_earned = max(0.0, self._submits_earned - 1.0)
            self.budget.take(now)
            return Submit(ticket.id, amount)
        return None

    def _over_cap(self, ticket: Ticket) -> Command:
        """Nothing is under way that could give money back: this row cannot be afforded."""
        self.waiting.take(ticket)
        ledger = self.ledger
        left = (ledger.cap or 0.0) - ledger.charged - ledger.at_stake
        lost = f" ({ledger.at_stake:g} are at stake in rows whose end is not known)" if ledger.at_stake else ""
        error = CostCapError(f"max_cost_cents={ledger.cap:g} leaves {left:g} cents, too little for this row{lost}")
        return self._unsent(ticket, error)[0]

    def _unsent(self, ticket: Ticket, error: SixtyfourError) -> list[Command]:
        """End a job that waits: nothing was sold, unless an earlier submit of it was taken."""
        if not ticket.unclear:
            return self._end(ticket, Release(ticket.id, error, again=False))
        unknown = JobUnknownError(f"may have been accepted, and is not sent again: {error}")
        unknown.__cause__ = error
        return self._end(ticket, Hold(ticket.id, unknown))

    def _ready_at(self, now: float) -> float:
        """When the next look or submit is due, were the budget endless."""
        return min(self.watch.next_at(), self.waiting.ready_at(now, self._affords))

    def _affords(self, ticket: Ticket) -> bool:
        room = self.ledger.room(ticket.sold_as, ticket.rows, already=ticket.at_stake)
        return self.ledger.cap is None or room is not None

    def _release(self, ticket: Ticket, *, parked: bool = False) -> None:
        """Give back its places and the money set aside for it, unless that is at stake."""
        self.waiting.release(ticket)
        (self.ledger.park if parked else self.ledger.release)(ticket.reserved)
        ticket.reserved = 0.0
