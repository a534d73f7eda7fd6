"""When to submit and when to look: ``(event, now) → commands``, ``due(now) → commands``, ``wake_at(now)``.

The runner is a shell around this: it carries commands out and posts what happened as events. One timer serves all
jobs: a queues job is an entry in a heap, not a task.

Which look is due is `watch`'s affair. Under contention polls that are due and submits alternate in the proportion in
which the plan needs them: as many polls to each submit as a job takes on average. Neither side starves, and a flood of
submits at the start of a list is not followed by a drought.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob, Transition
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit, JobLimit
from sixtyfour_async._scheduling.messages import (
    Accepted,
    BatchPolled,
    BatchPollFailed,
    Command,
    Detach,
    Event,
    Finish,
    Park,
    Poll,
    PollBatch,
    Polled,
    PollFailed,
    Release,
    Submit,
    SubmitFailed,
    Withdrawn,
)
from sixtyfour_async._scheduling.poller import DEFAULT_PATIENCE_SECONDS, Poller
from sixtyfour_async._scheduling.queues import SubmitQueues
from sixtyfour_async._scheduling.retry import GiveUp, Retry, Uncertain, decide, is_uncertain, was_not_delivered
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

CATCH_UP_SHARE = 0.25
"""How much more of the budget polls get that are overdue by the time a request is worth, so that a backlog shrinks."""

LIMIT_PAUSE_SECONDS = 15.0
"""Seconds a job_limit stays closed after the service said "too many are running" and none of ours has ended."""

LOST_AFTER = (5, 60.0)
"""Looks in a row answered 404, and seconds since acceptance, after which a job counts as lost. Assumed: a fresh id may
be unknown for a moment."""

DENIED_POLLS = 3
"""Looks in a row refused for the key's sake (401, 402, 403) after which a job is handed back unfinished."""


@dataclass(slots=True)
class Scheduler:
    """All jobs of a runner: which wait, which run, and what may be sent now.

    Attributes:
        budget: The key's requests, shared with the client.
        ledger: Money reserved and spent.
        jitter: A random number, 0 to 1, at each call.
        job_limits: ConcurrencyLimit name → limit on running jobs of its kind.
        in_flight: The limit on jobs sent and not ended, of every kind.
        job_deadline: Seconds after acceptance at which a job is handed back unfinished.
        patience: Seconds of lag worth one request while submits wait.
        watch: The jobs that run.
        queues: The jobs that wait.
    """

    budget: Budget
    ledger: Ledger
    jitter: Callable[[], float]
    job_limits: Mapping[str, JobLimit]
    in_flight: ConcurrencyLimit
    job_deadline: float
    patience: float = DEFAULT_PATIENCE_SECONDS
    poller: Poller = field(init=False)
    jobs: dict[int, ScheduledJob] = field(default_factory=dict[int, ScheduledJob])
    queues: SubmitQueues = field(init=False)
    _submits_earned: float = 0.0
    _reached: bool = False

    def __post_init__(self) -> None:
        self.poller = Poller(self.jobs, self.job_deadline, self.patience)
        self.queues = SubmitQueues(self.jobs, self.job_limits, self.in_flight)

    def add(self, job: ScheduledJob, now: float, *, job_id: str | None = None, exposed_cents: float = 0.0) -> None:
        """Take a job on, for which an earlier run set *exposed_cents* aside; with *job_id* it was accepted by it."""
        self.jobs[job.id] = job
        if job_id is None:
            job.exposed_cents = exposed_cents
            if self.queues.add(job):
                self.poller.update_cost_at = now
            return
        job.reserved = exposed_cents
        self.ledger.resume(exposed_cents)
        job.resumed = True
        self.queues.acquire(job, now)
        self._accept(job, job_id, now)

    # --- what happened ------------------------------------------------------------------------------------------

    def handle(self, event: Event, now: float) -> list[Command]:
        """Take note of an event; what must be done about it at once comes back."""
        self._reached = self._reached or isinstance(event, Accepted | Polled | BatchPolled)
        match event:
            case BatchPolled(ids=ids, reports=reports):
                for job in self._known(ids):
                    self._listed(job, reports.get(job.job_id or ""), now)
                return []
            case BatchPollFailed(ids=ids, error=error):
                return self._polls_failed(self._known(ids), error, now)
            case _:
                known = self.jobs.get(event.id)
                return [] if known is None else self._handle(known, event, now)

    def _known(self, ids: Iterable[int]) -> list[ScheduledJob]:
        return [job for id_ in ids if (job := self.jobs.get(id_)) is not None]

    def _handle(
        self, job: ScheduledJob, event: Accepted | SubmitFailed | Polled | PollFailed | Withdrawn, now: float
    ) -> list[Command]:
        match event:
            case Accepted(job_id=job_id):
                self.queues.in_transit.release()
                self._accept(job, job_id, now)
            case SubmitFailed(error=error):
                self.queues.in_transit.release()
                return self._submit_failed(job, error, now)
            case Polled(report=report):
                return self._polled(job, report, now)
            case PollFailed(error=error):
                return self._polls_failed([job], error, now)
            case Withdrawn(error=error):
                job.withdrawn = error
                if job.phase is Phase.WAITING:
                    return self._unsent(job, error)
        return []

    def _accept(self, job: ScheduledJob, job_id: str, now: float) -> None:
        job.advance(Transition.ACCEPTED)
        job.job_id = job_id
        self.poller.start(job, now, at_once=job.resumed, slot_contended=self.queues.slot_contended(job, now))

    def _submit_failed(self, job: ScheduledJob, error: SixtyfourError, now: float) -> list[Command]:
        refused = isinstance(error, RateLimitError)
        job.refusals += refused
        decision = decide(
            error,
            retry_safe=job.retry_safe,
            attempt=job.refusals if refused else job.attempts - job.refusals,
            attempts=OUTAGE_ATTEMPTS if self._reached and was_not_delivered(error) else SUBMIT_ATTEMPTS,
            jitter=self.jitter(),
        )
        match decision:
            case Retry():
                job.in_doubt = job.in_doubt or is_uncertain(error)
                return self._submit_again(job, error, decision, now)
            case GiveUp() if not (job.in_doubt or is_uncertain(error)):
                return self._end(job, Release(job.id, error, again=False))
            case Uncertain() | GiveUp():
                unknown = JobUnknownError(f"may have been accepted, and no id came back: {error}")
                unknown.__cause__ = error
                return self._end(job, Park(job.id, unknown), parked=True)

    def _submit_again(self, job: ScheduledJob, error: SixtyfourError, again: Retry, now: float) -> list[Command]:
        if again.pause_key:
            self.budget.pause(now + again.after)
        if again.close_limit and job.job_limit in self.job_limits:
            self.job_limits[job.job_limit].close(now + max(again.after, LIMIT_PAUSE_SECONDS))
        if job.withdrawn is not None and not job.in_doubt:
            return self._end(job, Release(job.id, job.withdrawn, again=False))
        job.exposed_cents = job.reserved if job.in_doubt else 0.0
        self._release(job, parked=job.in_doubt)
        job.advance(Transition.SUBMIT_AGAIN)
        self.queues.add_delayed(job, now + again.after)
        return [Release(job.id, error, again=True)]

    def _polled(self, job: ScheduledJob, report: Report, now: float) -> list[Command]:
        job.failed_polls = job.not_found_polls = 0
        if report.state is not JobState.RUNNING:
            self.poller.found_ended(job, report, now)
            free = report.state is not JobState.COMPLETED and report.cost_cents is None
            self.ledger.settle(job.priced_as, job.reserved, 0.0 if free else report.cost_cents, job.rows)
            job.reserved = 0.0
            return self._end(job, Finish(job.id, report))
        job.advance(Transition.STILL_RUNNING)
        if now >= job.accepted_at + self.job_deadline:
            late = JobTimeoutError(
                f"not finished within {self.job_deadline:g} s; it runs on over there and is billed",
                job_id=job.job_id,
                state=report.word,
            )
            return self._end(job, Detach(job.id, late), parked=True)
        self.poller.still_running(job, now, slot_contended=self.queues.slot_contended(job, now))
        return []

    def _listed(self, job: ScheduledJob, report: Report | None, now: float) -> None:
        """A look at many told of this one too; answer, deadline and absence are seen by a look of its own."""
        job.advance(Transition.STILL_RUNNING)
        late = now >= job.accepted_at + self.job_deadline
        if report is None or late or report.state is not JobState.RUNNING:
            self.poller.poll_alone(job, now)
        else:
            job.failed_polls = job.not_found_polls = 0
            self.poller.still_running(job, now)

    def _polls_failed(self, jobs: Sequence[ScheduledJob], error: SixtyfourError, now: float) -> list[Command]:
        """One request failed, on which one job or many depended."""
        wait = None
        if isinstance(error, RateLimitError) and jobs:
            attempt = max(job.failed_polls for job in jobs) + 1
            again = decide(error, retry_safe=True, attempt=attempt, attempts=1, jitter=self.jitter())
            if isinstance(again, Retry):
                self.budget.pause(now + again.after)
                wait = again.after
        return [command for job in jobs for command in self._poll_failed(job, error, now, wait)]

    def _poll_failed(self, job: ScheduledJob, error: SixtyfourError, now: float, wait: float | None) -> list[Command]:
        job.failed_polls += 1
        job.not_found_polls = job.not_found_polls + 1 if isinstance(error, NotFoundError) else 0
        age = now - job.accepted_at
        if job.not_found_polls >= LOST_AFTER[0] and age >= LOST_AFTER[1]:
            lost = JobLostError("the service no longer knows this job", job_id=job.job_id)
            lost.__cause__ = error
            return self._end(job, Park(job.id, lost), parked=True)
        denied = isinstance(error, AuthenticationError | CreditsError | PermissionDeniedError)
        late = age >= self.job_deadline and not (was_not_delivered(error) and job.failed_polls < OUTAGE_ATTEMPTS)
        if late or (denied and job.failed_polls >= DENIED_POLLS):
            return self._end(job, Detach(job.id, error), parked=True)
        job.advance(Transition.STILL_RUNNING)
        self.poller.failed(job, now, wait)
        return []

    def _end(self, job: ScheduledJob, command: Command, *, parked: bool = False) -> list[Command]:
        if job.phase is not Phase.WAITING:
            self._release(job, parked=parked)
        if job.job_id is not None:
            self.poller.end(job)
        job.advance(Transition.ENDED)
        del self.jobs[job.id]
        return [command]

    # --- what may be sent now -----------------------------------------------------------------------------------

    def due(self, now: float) -> list[Command]:
        """Every submit and look that budget, job_limits and cap allow now."""
        commands: list[Command] = []
        self.queues.requeue(now)
        if now >= self.poller.update_cost_at:
            self.poller.update_cost(now, self.queues.ready_count(now), self.budget.rate)
        while (command := self._next(now)) is not None:
            commands.append(command)
        self.budget.background = self._next_due_at(now) <= now
        return commands

    def wake_at(self, now: float) -> float | None:
        """The next instant at which something may be due; None when only an event can help."""
        ready = max(self._next_due_at(now), self.budget.ready_at(now))
        at = min(ready, self.queues.requeue(now), max(now, self.poller.update_cost_at))
        return None if at == math.inf else at

    def bottleneck(self, now: float) -> Literal["rate", "job_limit", "cap", "server", "nothing"]:
        """Say what keeps the jobs that wait from being sent faster."""
        if self.budget.paused_until > now:
            return "server"
        if self._next_due_at(now) <= now:
            return "rate"
        if self.queues.all_behind_limits(now):
            return "job_limit"
        return "cap" if self.queues else "nothing"

    def _next(self, now: float) -> Command | None:
        overdue = now - self.poller.next_at()
        poll_due = overdue >= 0.0
        if not poll_due and not self.queues:
            return None
        if self.budget.ready_at(now) > now:
            return None
        short = overdue <= self.poller.poll_cost_seconds < self.patience
        if not poll_due or short or self._submits_earned >= 1.0:
            submit = self._take_submit(now)
            if submit is not None or not poll_due:
                return submit
        polls = max(1.0, self.poller.polls_per_job()) * (1.0 + CATCH_UP_SHARE * overdue / self.poller.poll_cost_seconds)
        self._submits_earned = min(1.0, self._submits_earned + 1.0 / polls)
        self.budget.take(now)
        first, *others = self.poller.take()
        return PollBatch((first.id, *(one.id for one in others))) if others else Poll(first.id, first.job_id or "")

    def _take_submit(self, now: float) -> Command | None:
        for job in self.queues.heads(now):
            amount = self.ledger.reserve(job.priced_as, job.rows, already=job.exposed_cents)
            if amount is None:
                if self.in_flight.held == 0:
                    return self._over_cap(job)
                continue
            self.queues.take(job)
            self.queues.acquire(job, now)
            self.queues.in_transit.acquire(now)
            job.reserved, job.exposed_cents = amount, 0.0
            job.advance(Transition.SUBMIT_SENT)
            job.attempts += 1
            self._submits_earned = max(0.0, self._submits_earned - 1.0)
            self.budget.take(now)
            return Submit(job.id, amount)
        return None

    def _over_cap(self, job: ScheduledJob) -> Command:
        """Nothing is under way that could give money back: this row cannot be afforded."""
        self.queues.take(job)
        ledger = self.ledger
        left = (ledger.cap or 0.0) - ledger.charged - ledger.exposed_cents
        lost = (
            f" ({ledger.exposed_cents:g} are at stake in rows whose end is not known)" if ledger.exposed_cents else ""
        )
        error = CostCapError(f"max_cost_cents={ledger.cap:g} leaves {left:g} cents, too little for this row{lost}")
        return self._unsent(job, error)[0]

    def _unsent(self, job: ScheduledJob, error: SixtyfourError) -> list[Command]:
        """End a job that waits: nothing was sold, unless an earlier submit of it was taken."""
        if not job.in_doubt:
            return self._end(job, Release(job.id, error, again=False))
        unknown = JobUnknownError(f"may have been accepted, and is not sent again: {error}")
        unknown.__cause__ = error
        return self._end(job, Park(job.id, unknown))

    def _next_due_at(self, now: float) -> float:
        """When the next look or submit is due, were the budget endless."""
        return min(self.poller.next_at(), self.queues.ready_at(now, self._affords))

    def _affords(self, job: ScheduledJob) -> bool:
        room = self.ledger.room(job.priced_as, job.rows, already=job.exposed_cents)
        return self.ledger.cap is None or room is not None

    def _release(self, job: ScheduledJob, *, parked: bool = False) -> None:
        """Give back its places and the money set aside for it, unless that is at stake."""
        self.queues.release(job)
        (self.ledger.park if parked else self.ledger.release)(job.reserved)
        job.reserved = 0.0
