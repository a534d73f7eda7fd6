"""The running jobs: which is polled next, when, and what a poll may cost.

Polls and submits draw on one budget, so a poll has a cost: the seconds of lag that one request is worth. In the terms
of optimisation it is the multiplier of the constraint "requests per second ≤ rate": every job is polled by the schedule
that is best at this cost (`poll_plan`), and the cost is moved until the requests that all of them ask for fit. What
moves it:

- *Patience*, the caller's number, is the cost while submits wait their turn.
- A short queue makes polls cheaper. A request spent on a poll makes each of ``n`` waiting rows wait ``1/rate`` seconds
  longer, so it costs them ``n/rate`` seconds together: less than the patience when ``n`` is small.
- With nothing to submit, the cost is the lowest at which the polls asked for fit into the budget, down to
  `MIN_POLL_COST_SECONDS`: a job is then polled every few seconds.
- With more jobs running than the budget can poll, it rises above the patience, as long as that makes for fewer polls.
- While the event loop is late and rows are still to be read, it rises up to the patience (`punctuality`).
- A job whose slot is contended is polled at the lowest cost: others cannot start before its end is seen.
- A job that somebody waits for (foreground) is polled before the others, at a cost of its own: the lowest at which all
  such jobs together ask for at most `FOREGROUND_FRACTION` of the budget: few are seen within seconds.
- A job whose end a webhook delivers is polled late, at no cost of this ladder, while deliveries come (`push`).
- The first few jobs of an unknown kind are polled at a small cost, the exploration cost, for what they teach.

Costs lie on a ladder, ``patience · 2^(-step/2)``, so that schedules can be cached: a higher step is a cheaper poll, and
means more polls. When polls become cheaper, or much more is known than when they were planned, they are planned again;
a poll that became dearer keeps its time, which is at most one poll too many for each job.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob, Transition
from sixtyfour_async._scheduling.poll_heap import PollHeap, PollQueue
from sixtyfour_async._scheduling.poll_plan import (
    EXPLORATION_COST_SECONDS,
    MIN_INTERVAL_SECONDS,
    MIN_POLL_COST_SECONDS,
    PollSchedule,
    exploration_wait,
)
from sixtyfour_async._scheduling.punctuality import Punctuality
from sixtyfour_async._scheduling.push import Push, Quantile
from sixtyfour_async._scheduling.runtimes import EFFECTIVE_SAMPLES, LONGEST_SECONDS, Runtimes, age_at
from sixtyfour_async._scheduling.schedules import Schedules
from sixtyfour_async.models.jobs import Report

DEFAULT_PATIENCE_SECONDS = 30.0
"""Seconds of lag that one request is worth, unless the caller says otherwise."""

STEPS_PER_DOUBLING = 2
"""Steps of the ladder between one cost and its double."""

MAX_STEPS_ABOVE_PATIENCE = 5 * STEPS_PER_DOUBLING
"""Steps by which the cost may rise above the patience when the budget cannot poll everything that runs."""

PROBES_PER_KIND = 5
"""Jobs of a kind not met before that are polled at the exploration cost."""

WORTHWHILE_DEMAND_RATIO = 0.95
"""A higher cost must bring the polls asked for below this part of what they were, or its lag buys nothing."""

PLANNED_BUDGET_FRACTION = 0.9
"""Part of the budget that planned polls may ask for: they do not come evenly."""

FOREGROUND_FRACTION = 0.1
"""Part of the budget that polls of jobs somebody waits for may ask for at a lower cost than that of the others.

A larger part shows such an answer sooner and costs the rows of a ``map`` more of their pace: `benchmarks.foreground`.
"""

COST_UPDATE_SECONDS = 1.0
"""Time between two updates of the cost."""

MIN_JOBS_PER_LIST_POLL = 3
"""Running jobs from which on one request for the whole list is better than one for each."""


@dataclass(slots=True)
class Poller:
    """The polls of everything that runs.

    Attributes:
        jobs: All jobs of the runner by number, those not running included.
        deadline: Seconds after acceptance at which a job must be polled whatever its schedule says.
        patience: Seconds of lag that one request is worth while submits wait.
        runtimes: The learned run times.
        push: What is known of webhook deliveries.
        loop: Whether the event loop has time for what is due.
        polls: Polls answered so far.
        ended: Jobs that they saw to their end.
        queue_seconds: Seconds that the budget takes for all submits that wait for it; infinite when none does.
        update_cost_at: When the cost must be updated; infinite when it has settled.
        lags: How long the last ends lay unseen, seconds, as far as it can be known.
        queue: The planned polls.
    """

    jobs: dict[int, ScheduledJob]
    deadline: float
    patience: float = DEFAULT_PATIENCE_SECONDS
    runtimes: Runtimes = field(default_factory=Runtimes)
    push: Push = field(default_factory=Push)
    loop: Punctuality = field(default_factory=Punctuality)
    polls: int = 0
    ended: int = 0
    queue_seconds: float = math.inf
    update_cost_at: float = math.inf
    lags: deque[float] = field(default_factory=lambda: deque[float](maxlen=255))
    _cheapest_step: int = 0
    _step: int = 0
    _planned_at_step: int = 0
    _planned_at_polls: int = PROBES_PER_KIND
    _cost_updated_at: float = 0.0
    _running: Counter[str] = field(default_factory=Counter[str])
    _by_list_endpoint: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    _schedules: Schedules = field(default_factory=Schedules)
    _foreground_running: Counter[str] = field(default_factory=Counter[str])
    _foreground_step: int = 0
    queue: PollQueue = field(init=False)
    _order: Iterator[int] = field(default_factory=count)

    # --- jobs come and go ---------------------------------------------------------------------------------------

    def __post_init__(self) -> None:
        self._cheapest_step = max(0, math.ceil(STEPS_PER_DOUBLING * math.log2(self.patience / MIN_POLL_COST_SECONDS)))
        self._step = self._planned_at_step = self._foreground_step = self._cheapest_step
        self.queue = PollQueue(PollHeap(self.jobs, self._put_off_at), PollHeap(self.jobs, self._put_off_at))

    def start(self, job: ScheduledJob, now: float, *, at_once: bool = False, slot_contended: bool = False) -> None:
        """Poll a job from now on."""
        self._running[job.variant] += 1
        self._foreground_running[job.variant] += job.urgent
        job.is_probe = self._running[job.variant] <= PROBES_PER_KIND and not self.runtimes.of(job.variant).evidence
        if job.pushed:
            self.push.start(job, now)
        self._update_cost_soon()
        if job.list_endpoint:
            self._by_list_endpoint.setdefault(job.list_endpoint, set()).add(job.id)
        job.accepted_at = job.polled_at = now
        self._plan(job, now if at_once else now + self.wait(job, now, slot_contended=slot_contended), now)

    def still_running(self, job: ScheduledJob, now: float, *, slot_contended: bool = False) -> None:
        """Learn that a poll found it running, and plan the next."""
        self.polls += 1
        job.polls += 1
        job.announced = False
        if not job.resumed:
            self.runtimes.of(job.variant).still_running(job.polled_at - job.accepted_at, now - job.accepted_at)
        job.polled_at = now
        self._plan(job, now + self.wait(job, now, slot_contended=slot_contended), now)

    def failed(self, job: ScheduledJob, now: float, wait: float) -> None:
        """Plan the next poll after one that failed, in *wait* seconds."""
        self._plan(job, now + wait, now)

    def poll_alone(self, job: ScheduledJob, now: float) -> None:
        """Poll a job by itself, at once: a list that reports on many of them does not tell enough."""
        job.poll_alone = True
        self._plan(job, now, now)

    def hurry(self, job: ScheduledJob, now: float) -> None:
        """Poll a job from now on as one that somebody waits for."""
        job.urgent = True
        self._foreground_running[job.variant] += 1
        self._update_cost_soon()
        if job.phase is Phase.RUNNING:
            self._plan(job, max(now, min(job.poll_at, job.polled_at + self.wait(job, now))), now)

    def found_ended(self, job: ScheduledJob, report: Report, now: float) -> None:
        """Learn how long a job ran that a poll found ended."""
        self.polls += 1
        job.polls += 1
        self.ended += 1
        learned, age = self.runtimes.of(job.variant), now - job.accepted_at
        since = 0.0 if job.resumed else job.polled_at - job.accepted_at
        if not job.resumed:
            learned.ended_between(since, age, report.run_time)
            ran = (since + age) / 2 if report.run_time is None else min(age, max(since, report.run_time))
            job.run_time, job.lag = ran, age - ran
            self.lags.append(job.lag)
            self._not_delivered(job, job.accepted_at + ran, now)
        elif report.run_time is not None:
            learned.ended_between(since, LONGEST_SECONDS, report.run_time)

    def _not_delivered(self, job: ScheduledJob, end: float, now: float) -> None:
        if job.announced:
            self._heard(job, now)
        elif job.pushed:
            self.push.found_ended(job, end, now)
            self._plan_again_if_revised(now)

    def stop(self, job: ScheduledJob) -> None:
        """Poll a job no longer."""
        self._running[job.variant] -= 1
        self._foreground_running[job.variant] -= job.urgent
        if job.pushed:
            self.push.stop(job)
        if any(self._running.values()):
            self._update_cost_soon()
        else:
            self.update_cost_at = math.inf
        if job.list_endpoint:
            self._by_list_endpoint[job.list_endpoint].discard(job.id)

    def _update_cost_soon(self) -> None:
        self.update_cost_at = min(self.update_cost_at, self._cost_updated_at + COST_UPDATE_SECONDS)

    # --- webhooks -----------------------------------------------------------------------------------------------

    def delivered(self, job: ScheduledJob, report: Report, now: float) -> None:
        """Learn how long a job ran whose end was delivered."""
        self.ended += 1
        if not job.resumed:
            age = now - job.accepted_at
            job.run_time, job.lag = report.run_time or age, age - min(age, report.run_time or age)
            self.runtimes.of(job.variant).ended_between(job.polled_at - job.accepted_at, age, job.run_time)
        self._heard(job, now)

    def poll_soon(self, job: ScheduledJob, now: float) -> None:
        """Poll a job whose end was announced, at once, but not more often than any job is polled."""
        job.announced = True
        if job.phase is Phase.RUNNING and not job.failed_polls:
            soonest = max(now, job.polled_at + MIN_INTERVAL_SECONDS) if job.polls else now
            self._plan(job, min(job.poll_at, soonest), now)

    def _heard(self, job: ScheduledJob, now: float) -> None:
        if job.pushed:
            self.push.heard(job, now)
            self._plan_again_if_revised(now)

    def _plan_again_if_revised(self, now: float) -> None:
        if self.push.take_revision():
            self._update_cost_soon()
            self._plan_again(now)

    # --- which poll is next -------------------------------------------------------------------------------------

    def next_at(self) -> float:
        """Return when the next poll is due; infinity when nothing runs."""
        return self.queue.next_at()

    def foreground_at(self) -> float:
        """Return when the next poll of a job is due that somebody waits for; infinity when there is none."""
        return self.queue.foreground.next_at()

    def take(self, now: float, *, as_trial: bool = False) -> list[ScheduledJob]:
        """Return the job whose poll is next, with all others that the same request reports on.

        A due poll of a job that somebody waits for goes first, else the one that `next_at` is about.
        """
        head = self.queue.pop_trial(now) if as_trial else self.queue.pop(now)
        listed = [] if head.poll_alone else sorted(self._by_list_endpoint.get(head.list_endpoint, ()))
        together = [
            job for job in map(self.jobs.__getitem__, listed) if job.phase is Phase.RUNNING and not job.poll_alone
        ]
        taken = together if len(together) >= MIN_JOBS_PER_LIST_POLL else [head]
        for job in taken:
            job.advance(Transition.POLL_SENT)
        return taken

    def _plan(self, job: ScheduledJob, at: float, now: float) -> None:
        """Set a job's next poll. The entry planned before stays in the heap and is recognised as stale there."""
        latest = job.accepted_at + self.deadline
        job.poll_at = min(at, latest) if latest > now else at
        job.plan_number = next(self._order)
        self.queue.push(job)

    def _put_off_at(self, job: ScheduledJob) -> float:
        """Return when a poll that is planned goes: a first safety poll later, if more is known than when it was."""
        if not self.push.covers(job) or job.is_probe or job.polls or job.failed_polls or job.announced:
            return job.poll_at
        age = min(self.push.safety_age(job, self._known_quantile(job)), self.deadline)
        return max(job.poll_at, job.accepted_at + age)

    # --- the cost of a poll -------------------------------------------------------------------------------------

    @property
    def poll_cost_seconds(self) -> float:
        """Seconds of lag that one poll is worth now."""
        return self._cost_at(self._step)

    def poll_cost_for(self, job: ScheduledJob, *, slot_contended: bool = False) -> float:
        """Return the seconds of lag that a poll of this job is worth now."""
        return self._cost_at(self._step_for(job, slot_contended=slot_contended))

    def update_cost(self, now: float, waiting: int, rate: float) -> None:
        """Move the cost towards the one at which polls and submits just fit into the budget.

        It rises at once when rows wait for it, and otherwise moves one step a second: demand is an average over whole
        lives, so what a step changes shows only with time, and larger moves would swing.

        Args:
            now: The instant.
            waiting: Submits that wait for the budget.
            rate: Requests per second that the budget gives.
        """
        self.queue_seconds = waiting / rate if waiting else math.inf
        queue_cost = max(MIN_POLL_COST_SECONDS, min(self.patience, waiting / rate))
        self.push.advance(now)
        self._plan_again_if_revised(now)
        max_step = math.floor(STEPS_PER_DOUBLING * math.log2(self.patience / queue_cost))
        before = self._step
        self._step = min(self._step, max_step)
        for _ in range(max(1, min(STEPS_PER_DOUBLING, int((now - self._cost_updated_at) / COST_UPDATE_SECONDS)))):
            self._step += self._step_change(max_step, rate * PLANNED_BUDGET_FRACTION)
        self._foreground_step = self._cheapest_step
        while self._foreground_step > self._step and self._asks_too_much(self._foreground_step, rate):
            self._foreground_step -= 1
        self._cost_updated_at = now
        settled = (self._step == before and self.loop.is_punctual) or not self.queue
        self.update_cost_at = min(math.inf if settled else now + COST_UPDATE_SECONDS, self.push.next_at())
        # Plan again when polls became cheaper by half, or twice as much is known as at the last time. The lower bound
        # of `_planned_at_polls` keeps a handful of probes from setting this off at every poll.
        cheaper = self._step >= self._planned_at_step + STEPS_PER_DOUBLING
        if cheaper or self._planned_at_polls * 2 <= self.polls <= 8 * EFFECTIVE_SAMPLES:
            self._planned_at_step, self._planned_at_polls = self._step, max(self._planned_at_polls, self.polls)
            self._plan_again(now)
        self._planned_at_step = min(self._planned_at_step, self._step)

    def _step_change(self, max_step: int, affordable: float) -> int:
        """Return -1 when polls must become dearer, 1 when they may become cheaper, else 0.

        Dearer only while that makes for clearly fewer polls, since each job needs one; for a late event loop up to the
        patience, as if rows waited for the budget.
        """
        if self.loop.is_late and self._step > 0:
            return -1
        demand = self._demand(self._step)
        may_rise = self._step > -MAX_STEPS_ABOVE_PATIENCE
        if demand > affordable and may_rise and self._demand(self._step - 1) < WORTHWHILE_DEMAND_RATIO * demand:
            return -1
        return int(self._step < max_step and self.loop.is_punctual and self._demand(self._step + 1) <= affordable)

    def _asks_too_much(self, step: int, rate: float) -> bool:
        """Return whether foreground jobs would ask for more than their part of the budget at a step."""
        return self._demand(step, self._foreground_running & self._polled()) > rate * FOREGROUND_FRACTION

    def polls_per_job(self) -> float:
        """Return the polls that the jobs running now take, on average, at this cost."""
        polled = self._polled()
        polls = sum(self._schedule(kind, self._step, fresh=False).polls * number for kind, number in polled.items())
        return polls / polled.total() if polls else 1.0

    def wait(self, job: ScheduledJob, now: float, *, slot_contended: bool = False) -> float:
        """Return the seconds until the next poll of a job that runs now."""
        age = now - job.accepted_at
        if self.push.covers(job):
            return max(MIN_INTERVAL_SECONDS, self.push.wait(job, age, self._known_quantile(job)))
        schedule = self._schedule(job.variant, self._step_for(job, slot_contended=slot_contended))
        return exploration_wait(age, schedule) if job.is_probe else schedule.wait(age)

    def _step_for(self, job: ScheduledJob, *, slot_contended: bool) -> int:
        """Return the step of the ladder that holds for this job.

        One request that reports on *n* jobs costs each of them an n-th of it: log2(n) doublings cheaper.
        """
        if slot_contended:
            return self._cheapest_step
        if job.urgent:
            return max(self._step, self._foreground_step)
        if job.is_probe:
            return max(self._step, math.ceil(STEPS_PER_DOUBLING * math.log2(self.patience / EXPLORATION_COST_SECONDS)))
        sharing = 1 if job.poll_alone else max(1, len(self._by_list_endpoint.get(job.list_endpoint, ())))
        return min(self._cheapest_step, self._step + math.floor(STEPS_PER_DOUBLING * math.log2(sharing)))

    def _cost_at(self, step: int) -> float:
        return self.patience * math.exp2(-step / STEPS_PER_DOUBLING)

    def _polled(self) -> Counter[str]:
        """Return the running jobs per variant that are polled in full."""
        return self._running - self.push.silent if self.push.is_trusted and self.push.silent else self._running

    def _known_quantile(self, job: ScheduledJob) -> Quantile:
        return lambda quantile: age_at(self.runtimes.of(job.variant).pmf(), quantile)

    def _demand(self, step: int, running: Counter[str] | None = None) -> float:
        """Return the polls per second that jobs ask for at a step: those given by kind, else everything polled."""
        return sum(
            number * self._schedule(variant, step, fresh=False).demand
            for variant, number in (self._polled() if running is None else running).items()
            if number
        )

    def _schedule(self, variant: str, step: int, *, fresh: bool = True) -> PollSchedule:
        learned = self.runtimes.of(variant)
        return self._schedules.get(variant, step, learned, self._cost_at(step), fresh=fresh)

    def _plan_again(self, now: float) -> None:
        """Bring polls forward that were planned at a higher cost, or from less knowledge."""
        schedules = {kind: self._schedule(kind, self._step) for kind, number in self._running.items() if number}
        for job in self.queue.current():
            if job.failed_polls or job.announced:
                continue
            at_own_step = job.list_endpoint or job.is_probe or job.urgent or self.push.covers(job)
            age = job.polled_at - job.accepted_at
            wait = self.wait(job, job.polled_at) if at_own_step else schedules[job.variant].wait(age)
            at = max(now, job.polled_at + wait)
            if at < job.poll_at:
                self._plan(job, at, now)
