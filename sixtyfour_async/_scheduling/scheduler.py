"""When to submit and when to poll: ``(event, now) → commands``, ``due(now) → commands``, ``wake_at(now)``.

The engine is a shell around this: it carries commands out and reports what happened as events. One timer serves all
jobs: a job that waits or runs is an entry in a heap, not a task.
Which poll is due is the `poller`'s decision, which submit is next the `queues`', and whose turn it is that of `turns`:
as many polls go to each submit as a job takes on average. Neither side starves, and a flood of submits at the start of
a list is not followed by a drought.

Whether a job may have been accepted (``in_doubt``) is decided here as well; how it leaves, and what becomes of its
money and of a refused batch, in `endings`. During an outage a `breaker` holds submits back, and another one polls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sixtyfour_async._scheduling.breaker import SubmitBreaker
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.deliveries import Deliveries
from sixtyfour_async._scheduling.endings import Endings
from sixtyfour_async._scheduling.failed_polls import after_failed_poll, late_jobs
from sixtyfour_async._scheduling.failed_submits import FailedSubmits
from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob, Transition
from sixtyfour_async._scheduling.ledger import TRIAL_ROWS, Ledger
from sixtyfour_async._scheduling.limits import Bottleneck, ConcurrencyLimit, JobLimit, WaitReason
from sixtyfour_async._scheduling.messages import (
    Accepted,
    Announced,
    BatchPolled,
    BatchPollFailed,
    CheckHealth,
    Command,
    Delivered,
    Detach,
    Event,
    HealthChecked,
    JobEvent,
    NotSent,
    Park,
    Poll,
    PollBatch,
    Polled,
    PollFailed,
    RowsTaken,
    RowWanted,
    RowWithdrawn,
    Split,
    StopFeed,
    Submit,
    SubmitAnswered,
    SubmitFailed,
)
from sixtyfour_async._scheduling.poll_breaker import PollBreaker
from sixtyfour_async._scheduling.poll_cost import DEFAULT_PATIENCE_SECONDS
from sixtyfour_async._scheduling.poll_plan import wait_after_failures
from sixtyfour_async._scheduling.poller import Poller
from sixtyfour_async._scheduling.punctuality import Punctuality
from sixtyfour_async._scheduling.queues import SubmitQueues
from sixtyfour_async._scheduling.retry import Retry, decide
from sixtyfour_async._scheduling.spending import Spending, Verdict
from sixtyfour_async._scheduling.turns import Turns
from sixtyfour_async._scheduling.wants import wanted
from sixtyfour_async.errors import (
    JobTimeoutError,
    NotFoundError,
    RateLimitError,
    RunStoppedError,
    SixtyfourError,
)
from sixtyfour_async.models.jobs import JobState, Report


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
        rows_to_come: Whether rows are still to be read, and there is room for them.
        poller: The jobs that run.
        jobs: All of them, by number.
        queues: The jobs that wait.
        deliveries: What webhooks say of jobs.
        turns: Whose turn it is while polls and submits want the same request.
        endings: How jobs leave.
        failed_submits: What becomes of submits that brought no id.
        breaker: How many submits may be unanswered at once; none during an outage.
        poll_breaker: Whether polls go, or one is tried at a time.
        spending: The money of all of them.
        asked_at: When `due` was last asked.
    """

    budget: Budget
    ledger: Ledger
    jitter: Callable[[], float]
    job_limits: Mapping[str, JobLimit]
    in_flight: ConcurrencyLimit
    job_deadline: float
    patience: float = DEFAULT_PATIENCE_SECONDS
    rows_to_come: Callable[[], bool] = lambda: False
    poller: Poller = field(init=False)
    jobs: dict[int, ScheduledJob] = field(default_factory=dict[int, ScheduledJob])
    queues: SubmitQueues = field(init=False)
    turns: Turns = field(init=False)
    spending: Spending = field(init=False)
    deliveries: Deliveries = field(init=False)
    endings: Endings = field(init=False)
    failed_submits: FailedSubmits = field(init=False)
    breaker: SubmitBreaker = field(default_factory=SubmitBreaker)
    poll_breaker: PollBreaker = field(default_factory=PollBreaker)
    asked_at: float = math.inf

    def __post_init__(self) -> None:
        self.poller = Poller(self.jobs, self.job_deadline, self.patience, loop=Punctuality(self.rows_to_come))
        self.queues = SubmitQueues(self.jobs, self.job_limits, self.in_flight, self.breaker)
        self.turns = Turns(self.patience)
        self.spending = Spending(self.ledger, self.in_flight)
        self.endings = Endings(self.jobs, self.queues, self.poller, self.spending)
        self.failed_submits = FailedSubmits(
            self.budget, self.job_limits, self.queues, self.breaker, self.endings, self.jitter
        )
        self.deliveries = Deliveries(self.poller, self.endings, self.ledger)

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
            if self.queues.add(job, place=self.breaker.part_place()):
                self.poller.cost.update_at = now  # rows wait again: polls become dearer at once
            return
        self.spending.resume(job, exposed_cents)
        job.resumed = True
        self.queues.acquire(job, now)  # over the limit or not: the service counts it already
        self._accept(job, job_id, now)

    # --- what happened ------------------------------------------------------------------------------------------

    def handle(self, event: Event, now: float) -> list[Command]:
        """Take in an event; return what must be done about it at once."""
        commands = self._handle(event, now)
        hopeless = self.breaker.take_hopeless()
        return commands if hopeless is None else [*commands, StopFeed(hopeless)]

    def _handle(self, event: Event, now: float) -> list[Command]:
        match event:
            case HealthChecked(error=error):
                self.breaker.checked(error, now)
                return []
            case BatchPolled(ids=ids, reports=reports):
                self._poll_answered()
                for job in self._known(ids):
                    self._listed(job, reports.get(job.job_id or ""), now)
                return []
            case BatchPollFailed(ids=ids, error=error):
                return self._polls_failed(self._known(ids), error, now)
            case Delivered() | Announced():
                return self.deliveries.heard(self.jobs.get(event.id), event, now)
            case _:
                known = self.jobs.get(event.id)
                return [] if known is None else self._handle_job(known, event, now)

    def _known(self, ids: Iterable[int]) -> list[ScheduledJob]:
        return [self.jobs[id_] for id_ in ids if id_ in self.jobs]

    def _handle_job(self, job: ScheduledJob, event: JobEvent, now: float) -> list[Command]:
        match event:
            case Polled(report=report):
                self._poll_answered()
                return self._polled(job, report, now)
            case Accepted(job_id=job_id):
                self.breaker.succeeded()
                self._accept(job, job_id, now)
            case SubmitAnswered(report=report):
                self.breaker.succeeded()
                return self.endings.finish(job, report)
            case SubmitFailed() | NotSent() | RowsTaken():
                return self.failed_submits.heard(job, event, now)
            case PollFailed(error=error):
                return self._polls_failed([job], error, now)
            case RowWithdrawn(key=key, error=error):
                job.withdrawn[key] = error
                if job.unwanted is not None and job.phase is Phase.WAITING:
                    return self.endings.unsent(job, error)
            case RowWanted(key=key, urgent=urgent):
                if urgent and not job.urgent:
                    self._hurry(job, now)
                job.withdrawn.pop(key, None)
        return []

    def _hurry(self, job: ScheduledJob, now: float) -> None:
        """Put a job before those of every ``map``: somebody has begun to wait for it."""
        if job.phase is Phase.WAITING:
            self.queues.hurry(job)
        elif job.job_id is not None:
            self.poller.hurry(job, now)
        else:
            job.urgent = True

    def _accept(self, job: ScheduledJob, job_id: str, now: float) -> None:
        job.advance(Transition.ACCEPTED)
        job.job_id = job_id
        self.poller.start(job, now, at_once=job.resumed, slot_contended=self.queues.slot_contended(job, now))

    def _poll_answered(self) -> None:
        self.breaker.reached = True
        self.poll_breaker.succeeded()

    def _polled(self, job: ScheduledJob, report: Report, now: float) -> list[Command]:
        if job.delivered is not None:
            return self.deliveries.charge_polled(job, job.delivered, report)
        job.forget_failed_polls()
        if report.state is not JobState.RUNNING:
            self.poller.found_ended(job, report, now)
            return self.endings.finish(job, report)
        job.advance(Transition.STILL_RUNNING)
        if now >= job.accepted_at + self.job_deadline:
            late = JobTimeoutError(
                f"not finished within {self.job_deadline:g} s; it is still running at the service and will be billed",
                job_id=job.job_id,
                state=report.word,
            )
            return self.endings.end(job, Detach(job.id, late), exposed=True)
        self.poller.still_running(job, now, slot_contended=self.queues.slot_contended(job, now))
        return []

    def _listed(self, job: ScheduledJob, report: Report | None, now: float) -> None:
        """Take in what a list said of one job. Its end, its deadline and its absence need a poll of its own."""
        job.advance(Transition.STILL_RUNNING)
        late = now >= job.accepted_at + self.job_deadline
        if report is None or late or report.state is not JobState.RUNNING:
            self.poller.poll_alone(job, now)
        else:
            job.forget_failed_polls()
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
        is_outage = bool(jobs) and self.poll_breaker.failed(jobs[0].id, error, now)
        commands = [command for job in jobs for command in self._poll_failed(job, error, now, wait)]
        since = self.poll_breaker.failing_since
        for job in late_jobs(self.jobs.values(), error, now, self.job_deadline, since) if is_outage else ():
            commands += self.endings.end(job, Detach(job.id, error), exposed=True)
        return commands

    def _poll_failed(self, job: ScheduledJob, error: SixtyfourError, now: float, wait: float | None) -> list[Command]:
        self.poll_breaker.count(job, error)
        if job.delivered is not None:
            return self.deliveries.charge_polled(job, job.delivered, None)
        end = after_failed_poll(job, error, now, self.job_deadline, reached=self.breaker.reached)
        if end is None:
            job.advance(Transition.STILL_RUNNING)
            among_others = isinstance(error, NotFoundError) and len(self.jobs) > 1
            usual = wait_after_failures(job.failed_polls, among_others=among_others)
            self.poller.failed(job, now, usual if wait is None else wait)
            return []
        if isinstance(end, Park) and end.state == "unreadable":
            self.spending.settle(job, None, answered=True)  # there is an answer, so that it was paid for
        return self.endings.end(job, end, exposed=True)

    # --- what may be sent now -----------------------------------------------------------------------------------

    def due(self, now: float) -> list[Command]:
        """Return every submit and poll that budget, limits and cap allow now."""
        commands: list[Command] = []
        self.asked_at = now
        self.queues.requeue(now)
        self.budget.share_outage(self.breaker, now)
        if now >= self.poller.cost.update_at:
            self.poller.update_cost(now, self.queues.ready_count(now, self.spending.affordable), self.budget.rate)
        while next_commands := self._next(now):
            commands += next_commands
        self.poller.cost.looked(now, sent=bool(commands), rate=self.budget.rate)
        most = self.budget.most_counted
        wants = wanted(self.poller, self.poll_breaker, self.queues, self.spending, now, most=most)
        self.budget.want(id(self), *wants)
        return commands

    def wake_at(self, now: float) -> float | None:
        """Return the next instant at which something may be due; None when only an event can help.

        What has become due since `due` was asked is due at that instant, though it is past: a shared budget has not
        been told yet that it is wanted, and would never wake whoever waited for it.
        """
        now = min(now, self.asked_at)
        due_at, ready_at = self._next_due_at(now), self.budget.ready_at(now)
        ready = due_at if due_at > now and ready_at == math.inf else max(due_at, ready_at)  # inf: an event comes first
        self.poller.loop.expected_at = ready
        at = min(ready, self.queues.requeue(now), max(now, self.poller.cost.update_at))
        return None if at == math.inf else at

    def bottleneck(self, now: float) -> Bottleneck:
        """Return what keeps waiting jobs from being submitted faster."""
        return "server" if self.budget.paused_until > now else self.queues.bottleneck(now, self.spending.must_wait)

    def waits_for(self, job: ScheduledJob, now: float) -> WaitReason:
        """Return what keeps this job from being submitted now."""
        return "server" if self.budget.paused_until > now else self.queues.waits_for(job, now, self.spending.must_wait)

    def waits_for_others(self, now: float) -> bool:
        """Return whether a job waits for room or money that other processes hold, or may have given back."""
        return self.ledger.is_behind or self.queues.waits_for_others(now, self.spending.waits_for_others)

    def _next(self, now: float) -> list[Command]:
        """Return the next request to make, a poll or a submit; empty when nothing is due or allowed."""
        if self.budget.ready_at(now) > now:
            return self._refuse_unaffordable(now)
        overdue = now - self.poller.next_at()
        poll_due = overdue >= 0.0 and self.poll_breaker.opens_at(now) <= now
        if not poll_due and not self.queues:
            return []
        if self.queues and self.breaker.check_at() <= now:
            self.breaker.checking()
            return [CheckHealth(self.budget.take(now))]
        cost = self.poller.cost
        somebody_waits = poll_due and self.poller.foreground_at() <= now
        if not poll_due or (not somebody_waits and self.turns.is_submits(overdue, cost.queue_seconds)):
            submit = self._take_submit(now)
            if submit or not poll_due:
                return submit
        self.turns.polled(overdue, *cost.expected())
        ticket = self.budget.take(now)
        self.poll_breaker.polled()
        first, *others = self.poller.take(now, as_trial=self.poll_breaker.is_open)
        ids = (first.id, *(job.id for job in others))
        return [PollBatch(ids, ticket) if others else Poll(first.id, first.job_id or "", ticket)]

    def _refuse_unaffordable(self, now: float) -> list[Command]:
        """Refuse, or divide, what is too dear as it is: that takes no request, and asks for none to wait for."""
        for job in self.queues.heads(now) if self.ledger.is_capped else ():
            verdict = self.spending.verdict(job)
            if verdict not in {"submit", "wait"}:
                return self._not_sent(job, verdict)
        return []

    def _take_submit(self, now: float) -> list[Command]:
        for job in self.queues.heads(now):
            dropped = self.endings.drop_withdrawn(job)
            verdict = self.spending.verdict(job)
            if verdict != "refuse" and (size := self.breaker.rows_at_once(job)) < job.rows:
                return [*dropped, self._divide(job, size, RunStoppedError("not sent yet: the service is in trouble"))]
            if verdict != "submit":
                if dropped or verdict != "wait":
                    return dropped or self._not_sent(job, verdict)
                continue
            self.queues.take(job)
            self.queues.acquire(job, now)
            self.breaker.acquire(now)
            self.spending.reserve(job)
            job.advance(Transition.SUBMIT_SENT)
            job.attempts += 1
            self.turns.submitted()
            ticket, booked_at = self.budget.take(now), job.booked_at or ""
            return [*dropped, Submit(job.id, job.reserved_cents, job.in_doubt, booked_at, ticket)]
        return []

    def _divide(self, job: ScheduledJob, size: int, why: SixtyfourError) -> Split:
        """Divide a batch of which only some rows may be sent now; nothing else goes until its parts have come back."""
        self.queues.take(job)
        self.breaker.await_parts()
        self.endings.close(job)
        return Split(job.id, why, (size, job.rows - size))

    def _not_sent(self, job: ScheduledJob, verdict: Verdict) -> list[Command]:
        """Take out a job that there is no money for, or a batch of which a few rows must be charged first."""
        if verdict == "cut":
            return [self._divide(job, TRIAL_ROWS, self.spending.why_cut(job))]
        self.queues.take(job)
        return self.endings.unsent(job, self.spending.refusal(job))

    def _next_due_at(self, now: float) -> float:
        """Return when the next poll or submit would be due if the budget were endless."""
        poll_at = max(self.poller.next_at(), self.poll_breaker.opens_at(now))
        if poll_at <= now or not self.queues:
            return poll_at
        return min(poll_at, self.breaker.check_at(), self.queues.ready_at(now, self.spending.must_wait))
