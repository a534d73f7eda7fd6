"""When to submit and when to poll: ``(event, now) → commands``, ``due(now) → commands``, ``wake_at(now)``.

The engine is a shell around this: it carries commands out and reports what happened as events. One timer serves all
jobs: a job that waits or runs is an entry in a heap, not a task.
Which poll is due is the `poller`'s decision, which submit is next the `queues`'. Here they share the budget. While both
want it, due polls and submits alternate in the proportion that the jobs need: as many polls to each submit as a job
takes on average. Neither side starves, and a flood of submits at the start of a list is not followed by a drought.

Whether a job may have been accepted (``in_doubt``), which of its rows are still wanted, what is reserved for it and
what becomes of a refused batch is decided here as well, and told to the engine in commands.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sixtyfour_async._scheduling.batches import parts_of_refused
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.failed_polls import after_failed_poll, caused, count_failed_poll
from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob, Transition
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import LIMIT_PAUSE_SECONDS, Bottleneck, ConcurrencyLimit, JobLimit, WaitReason
from sixtyfour_async._scheduling.messages import (
    Accepted,
    BatchPolled,
    BatchPollFailed,
    Command,
    Detach,
    DropRows,
    Event,
    Finish,
    JobEvent,
    Park,
    Poll,
    PollBatch,
    Polled,
    PollFailed,
    Release,
    RowWanted,
    RowWithdrawn,
    Split,
    Submit,
    SubmitAnswered,
    SubmitFailed,
    TakeBack,
)
from sixtyfour_async._scheduling.poller import DEFAULT_PATIENCE_SECONDS, Poller
from sixtyfour_async._scheduling.queues import SubmitQueues
from sixtyfour_async._scheduling.retry import (
    GiveUp,
    Retry,
    Uncertain,
    decide,
    is_uncertain,
    submit_attempts,
)
from sixtyfour_async.errors import JobTimeoutError, JobUnknownError, RateLimitError, SixtyfourError
from sixtyfour_async.models.jobs import JobState, Report

CATCH_UP_RATIO = 0.25
"""How much more of the budget polls get for each poll cost by which they are overdue, so that a backlog shrinks."""


@dataclass(slots=True)
class Scheduler:
    """All jobs of a runner: which wait, which run, and what may be sent now.

    Attributes:
        budget: The key's requests, shared with the client.
        ledger: Money and jobs: reserved, exposed and charged.
        jitter: Returns a random number, 0 to 1, at each call.
        job_limits: Name → limit on jobs of a kind.
        in_flight: The limit on jobs submitted and not ended, of every kind.
        job_deadline: Seconds after acceptance at which a job is handed back unfinished.
        patience: Seconds of lag that one request is worth while submits wait.
        poller: The jobs that run.
        jobs: All of them, by number.
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
        """Take a job on.

        Args:
            job: The job.
            now: The instant.
            job_id: The service's id when an earlier run submitted it; it is then polled at once.
            exposed_cents: What an earlier run set aside for it.
        """
        self.jobs[job.id] = job
        if job_id is None:
            job.exposed_cents = exposed_cents
            if self.queues.add(job):
                self.poller.update_cost_at = now  # rows wait again: polls become dearer at once
            return
        job.reserved_cents = exposed_cents
        self.ledger.resume(exposed_cents)
        job.resumed = True
        self.queues.acquire(job, now)  # over the limit or not: the service counts it already
        self._accept(job, job_id, now)

    # --- what happened ------------------------------------------------------------------------------------------

    def handle(self, event: Event, now: float) -> list[Command]:
        """Take in an event; return what must be done about it at once."""
        self._reached = self._reached or isinstance(event, Accepted | SubmitAnswered | Polled | BatchPolled)
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
        return [self.jobs[id_] for id_ in ids if id_ in self.jobs]

    def _handle(self, job: ScheduledJob, event: JobEvent, now: float) -> list[Command]:
        match event:
            case Accepted(job_id=job_id):
                self.queues.in_transit.release()
                self._accept(job, job_id, now)
            case SubmitAnswered(report=report):
                self.queues.in_transit.release()
                return self._finished(job, report)
            case SubmitFailed(error=error):
                self.queues.in_transit.release()
                return self._submit_failed(job, error, now)
            case Polled(report=report):
                return self._polled(job, report, now)
            case PollFailed(error=error):
                return self._polls_failed([job], error, now)
            case RowWithdrawn(key=key, error=error):
                job.withdrawn[key] = error
                if job.unwanted is not None and job.phase is Phase.WAITING:
                    return self._unsent(job, error)
            case RowWanted(key=key):
                job.withdrawn.pop(key, None)
        return []

    def _accept(self, job: ScheduledJob, job_id: str, now: float) -> None:
        job.advance(Transition.ACCEPTED)
        job.job_id = job_id
        self.poller.start(job, now, at_once=job.resumed, slot_contended=self.queues.slot_contended(job, now))

    def _submit_failed(self, job: ScheduledJob, error: SixtyfourError, now: float) -> list[Command]:
        refused = isinstance(error, RateLimitError)
        job.refusals += refused  # a 429 is no failed delivery: it uses up no attempt
        decision = decide(
            error,
            retry_safe=job.retry_safe,
            attempt=job.refusals if refused else job.attempts - job.refusals,
            attempts=submit_attempts(error, reached=self._reached),
            jitter=self.jitter(),
        )
        # Once in doubt, always in doubt: a later refusal says nothing about what became of an earlier attempt.
        job.in_doubt = job.in_doubt or is_uncertain(error)
        match decision:
            case Retry():
                return self._submit_again(job, error, decision, now)
            case GiveUp() if not job.in_doubt:
                return self._refused(job, error)
            case Uncertain() | GiveUp():
                unknown = JobUnknownError(f"may have been accepted, and no id came back: {error}")
                return self._end(job, Park(job.id, caused(unknown, error)), exposed=True)

    def _submit_again(self, job: ScheduledJob, error: SixtyfourError, retry: Retry, now: float) -> list[Command]:
        if retry.pause_key:
            self.budget.pause(now + retry.after)
        if retry.close_limit and job.job_limit in self.job_limits:
            self.job_limits[job.job_limit].close(now + max(retry.after, LIMIT_PAUSE_SECONDS))
        if job.unwanted and not job.in_doubt:
            return self._refused(job, job.unwanted)
        job.exposed_cents = job.reserved_cents if job.in_doubt else 0.0
        self._release(job, exposed=job.in_doubt)
        job.advance(Transition.SUBMIT_AGAIN)
        job.retry_at = now + retry.after
        self.queues.add_delayed(job, job.retry_at)  # to the front: it is older than whatever waits
        return [] if job.in_doubt else [TakeBack(job.id, error)]  # in doubt, a crash must find the intent

    def _polled(self, job: ScheduledJob, report: Report, now: float) -> list[Command]:
        job.failed_polls = job.not_found_polls = job.unreadable_polls = 0
        if report.state is not JobState.RUNNING:
            self.poller.found_ended(job, report, now)
            return self._finished(job, report)
        job.advance(Transition.STILL_RUNNING)
        if now >= job.accepted_at + self.job_deadline:
            late = JobTimeoutError(
                f"not finished within {self.job_deadline:g} s; it is still running at the service and will be billed",
                job_id=job.job_id,
                state=report.word,
            )
            return self._end(job, Detach(job.id, late), exposed=True)
        self.poller.still_running(job, now, slot_contended=self.queues.slot_contended(job, now))
        return []

    def _finished(self, job: ScheduledJob, report: Report) -> list[Command]:
        free = report.state is not JobState.COMPLETED and report.cost_cents is None  # no answer, no charge
        self._settle(job, 0.0 if free else report.cost_cents)
        return self._end(job, Finish(job.id, report))

    def _settle(self, job: ScheduledJob, charged: float | None) -> None:
        self.ledger.settle(job.priced_as, job.reserved_cents, charged, job.rows)
        job.reserved_cents = 0.0

    def _listed(self, job: ScheduledJob, report: Report | None, now: float) -> None:
        """Take in what a list said of one job. Its end, its deadline and its absence need a poll of its own."""
        job.advance(Transition.STILL_RUNNING)
        late = now >= job.accepted_at + self.job_deadline
        if report is None or late or report.state is not JobState.RUNNING:
            self.poller.poll_alone(job, now)
        else:
            job.failed_polls = job.not_found_polls = job.unreadable_polls = 0
            self.poller.still_running(job, now)

    def _polls_failed(self, jobs: Sequence[ScheduledJob], error: SixtyfourError, now: float) -> list[Command]:
        """Take in the failure of one request, on which one job or many depended."""
        wait = None
        if isinstance(error, RateLimitError) and jobs:
            attempt = max(job.failed_polls for job in jobs) + 1
            decision = decide(error, retry_safe=True, attempt=attempt, attempts=1, jitter=self.jitter())
            if isinstance(decision, Retry):
                self.budget.pause(now + decision.after)
                wait = decision.after
        return [command for job in jobs for command in self._poll_failed(job, error, now, wait)]

    def _poll_failed(self, job: ScheduledJob, error: SixtyfourError, now: float, wait: float | None) -> list[Command]:
        count_failed_poll(job, error)
        end = after_failed_poll(job, error, now, self.job_deadline)
        if end is None:
            job.advance(Transition.STILL_RUNNING)
            self.poller.failed(job, now, wait)
            return []
        if isinstance(end, Park) and end.state == "unreadable":
            self._settle(job, None)  # there is an answer, so that it was paid for
        return self._end(job, end, exposed=True)

    # --- ends of jobs that were not accepted --------------------------------------------------------------------

    def _unsent(self, job: ScheduledJob, error: SixtyfourError) -> list[Command]:
        """End a job that waits: nothing was sold, unless an earlier submit of it was accepted."""
        if not job.in_doubt:
            return self._refused(job, error)
        unknown = JobUnknownError(f"may have been accepted, and is not sent again: {error}")
        return self._end(job, Park(job.id, caused(unknown, error)))

    def _refused(self, job: ScheduledJob, error: SixtyfourError) -> list[Command]:
        """End a job that was certainly not accepted; the rows of a batch may go on in parts.

        All of its rows do, the withdrawn ones too: each has an intent in the journal that must be taken back first.
        """
        self._close(job)  # before the parts are sized: its own money must not be in their way
        sizes = parts_of_refused(job.rows, error, one_row_fits=self.ledger.room(job.priced_as) is not None)
        return [Split(job.id, error, sizes) if sizes else Release(job.id, error)]

    def _drop_withdrawn(self, job: ScheduledJob) -> list[Command]:
        """Leave out the rows of a batch that nobody wants any more, while others remain.

        Not from a batch in doubt: it is repeated as it was, since its rows may have been accepted and the key by which
        the service recognises it stands for all of them.
        """
        if job.in_doubt or not 0 < len(job.withdrawn) < job.rows:
            return []
        errors, job.withdrawn = job.withdrawn, {}
        job.rows -= len(errors)
        return [DropRows(job.id, errors)]

    def _end(self, job: ScheduledJob, command: Command, *, exposed: bool = False) -> list[Command]:
        self._close(job, exposed=exposed)
        return [command]

    def _close(self, job: ScheduledJob, *, exposed: bool = False) -> None:
        if job.phase is not Phase.WAITING:
            self._release(job, exposed=exposed)
        if job.job_id is not None:
            self.poller.stop(job)
        job.advance(Transition.ENDED)
        del self.jobs[job.id]

    def _release(self, job: ScheduledJob, *, exposed: bool = False) -> None:
        """Release its places, and the money reserved for it unless that stays exposed."""
        self.queues.release(job)
        (self.ledger.expose if exposed else self.ledger.release)(job.reserved_cents)
        job.reserved_cents = 0.0

    # --- what may be sent now -----------------------------------------------------------------------------------

    def due(self, now: float) -> list[Command]:
        """Return every submit and poll that budget, limits and cap allow now."""
        commands: list[Command] = []
        self.queues.requeue(now)
        if now >= self.poller.update_cost_at:
            self.poller.update_cost(now, self.queues.ready_count(now), self.budget.rate)
        while next_commands := self._next(now):
            commands += next_commands
        self.budget.background = self._next_due_at(now) <= now  # else the foreground need leave us no token
        return commands

    def wake_at(self, now: float) -> float | None:
        """Return the next instant at which something may be due; None when only an event can help."""
        ready = max(self._next_due_at(now), self.budget.ready_at(now))
        at = min(ready, self.queues.requeue(now), max(now, self.poller.update_cost_at))
        return None if at == math.inf else at

    def bottleneck(self, now: float) -> Bottleneck:
        """Return what keeps waiting jobs from being submitted faster."""
        return "server" if self.budget.paused_until > now else self.queues.bottleneck(now, self._affords)

    def waits_for(self, job: ScheduledJob, now: float) -> WaitReason:
        """Return what keeps this job from being submitted now."""
        return "server" if self.budget.paused_until > now else self.queues.waits_for(job, now, self._affords)

    def _next(self, now: float) -> list[Command]:
        """Return the next request to make, a poll or a submit; empty when nothing is due or allowed.

        Each poll earns an n-th of a submit, where n is the number of polls that a job takes on average at the current
        cost; one whole submit earned goes before the next due poll. So polls and submits alternate as 1 : 1/n, which is
        the proportion in which a steady stream of jobs needs them. Two corrections:

        - Polls that are overdue by k times their cost earn less, by 1 + k/4: submits make new polls, and without this a
          backlog would never shrink.
        - When the queue is short, so that the cost is below the patience, a submit goes before a poll that is overdue
          by less than its cost: the list ends sooner, and the poll is not yet worth its request.
        """
        overdue = now - self.poller.next_at()
        poll_due = overdue >= 0.0
        if not poll_due and not self.queues:
            return []
        if self.budget.ready_at(now) > now:
            return []
        cost = self.poller.poll_cost_seconds
        submit_first = overdue <= cost < self.patience
        if not poll_due or submit_first or self._submits_earned >= 1.0:
            submit = self._take_submit(now)
            if submit or not poll_due:
                return submit
        polls_per_submit = max(1.0, self.poller.polls_per_job()) * (1.0 + CATCH_UP_RATIO * overdue / cost)
        self._submits_earned = min(1.0, self._submits_earned + 1.0 / polls_per_submit)  # none are saved up
        self.budget.take(now)
        first, *others = self.poller.take()
        return [PollBatch((first.id, *(job.id for job in others))) if others else Poll(first.id, first.job_id or "")]

    def _take_submit(self, now: float) -> list[Command]:
        for job in self.queues.heads(now):
            dropped = self._drop_withdrawn(job)
            amount = self.ledger.reserve(job.priced_as, job.rows, already=job.exposed_cents)
            if amount is None:
                if dropped or self.in_flight.held == 0:
                    return dropped or self._over_cap(job)
                continue
            self.queues.take(job)
            self.queues.acquire(job, now)
            self.queues.in_transit.acquire(now)
            job.reserved_cents, job.exposed_cents = amount, 0.0
            job.advance(Transition.SUBMIT_SENT)
            job.attempts += 1
            self._submits_earned = max(0.0, self._submits_earned - 1.0)  # an unearned one costs nothing
            self.budget.take(now)
            return [*dropped, Submit(job.id, amount, job.in_doubt)]
        return []

    def _over_cap(self, job: ScheduledJob) -> list[Command]:
        """End a job that cannot be afforded: nothing is under way that could give money back."""
        self.queues.take(job)
        return self._unsent(job, self.ledger.exhausted())

    def _next_due_at(self, now: float) -> float:
        """Return when the next poll or submit would be due if the budget were endless."""
        return min(self.poller.next_at(), self.queues.ready_at(now, self._affords))

    def _affords(self, job: ScheduledJob) -> bool:
        return self.ledger.room(job.priced_as, job.rows, already=job.exposed_cents) is not None
