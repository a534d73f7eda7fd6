"""The running jobs: which is polled next, and when.

Every job is polled by the schedule that is best for its kind (`poll_plan`) at what a poll may cost now (`poll_cost`).
When polls become cheaper, or what was learned says that jobs end earlier, polls are planned again. What was learned in
the first minutes may also say that they end later than a prior told: then a poll is put off as it comes up. One that
became dearer keeps its time, which is at most one poll too many for each job.

- A job that somebody waits for (foreground) is polled before the others.
- A job whose end a webhook delivers is polled late, whatever a poll costs, while deliveries come (`push`).
- Jobs on which one request reports are polled together.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob, Transition
from sixtyfour_async._scheduling.poll_cost import DEFAULT_PATIENCE_SECONDS, PATIENCE_STEP, STEPS_PER_DOUBLING, PollCost
from sixtyfour_async._scheduling.poll_heap import PollHeap, PollQueue
from sixtyfour_async._scheduling.poll_plan import MIN_INTERVAL_SECONDS, exploration_wait
from sixtyfour_async._scheduling.punctuality import Punctuality
from sixtyfour_async._scheduling.push import Push, Quantile
from sixtyfour_async._scheduling.runtimes import LONGEST_SECONDS, Runtimes, age_at
from sixtyfour_async.models.jobs import Report

PROBES_PER_KIND = 5
"""Jobs of a kind not met before that are polled at the exploration cost."""

ENDS_KNOWN = 5
"""Ends of a kind from which on its polls go as planned, and are not put off by what was learned since."""

EARLIER_RATIO = 0.97
"""Polls are planned again when the first one of a kind would go before this part of the age that it was planned for."""

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
        lags: How long the last ends lay unseen, seconds, as far as it can be known.
        cost: What a poll may cost.
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
    lags: deque[float] = field(default_factory=lambda: deque[float](maxlen=255))
    cost: PollCost = field(init=False)
    queue: PollQueue = field(init=False)
    _planned_at_step: int = field(init=False)
    _latest_first: dict[str, float] = field(default_factory=dict[str, float])
    _by_list_endpoint: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    _order: Iterator[int] = field(default_factory=count)

    # --- jobs come and go ---------------------------------------------------------------------------------------

    def __post_init__(self) -> None:
        self.cost = PollCost(self.patience, self.runtimes, self.push, self.loop)
        self._planned_at_step = self.cost.step
        self.queue = PollQueue(PollHeap(self.jobs, self._put_off_at), PollHeap(self.jobs, self._put_off_at))

    def start(self, job: ScheduledJob, now: float, *, at_once: bool = False, slot_contended: bool = False) -> None:
        """Poll a job from now on."""
        self.cost.start(job)
        job.is_probe = self.cost.running[job.variant] <= PROBES_PER_KIND and not self.runtimes.of(job.variant).evidence
        if job.pushed:
            self.push.start(job, now)
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
        self.cost.hurry(job)
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
        self.cost.stop(job)
        if job.pushed:
            self.push.stop(job)
        if job.list_endpoint:
            self._by_list_endpoint[job.list_endpoint].discard(job.id)

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
            self.cost.update_soon()
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
        together = self._listed_with(head)
        taken = together if len(together) >= MIN_JOBS_PER_LIST_POLL else [head]
        for job in taken:
            job.advance(Transition.POLL_SENT)
        return taken

    def _listed_with(self, head: ScheduledJob) -> list[ScheduledJob]:
        """Return the jobs that one request for a list may report on, this one among them."""
        if head.poll_alone or not head.list_endpoint:
            return []
        listed = map(self.jobs.__getitem__, sorted(self._by_list_endpoint[head.list_endpoint]))
        return [job for job in listed if job.phase is Phase.RUNNING and not job.poll_alone]

    def _plan(self, job: ScheduledJob, at: float, now: float) -> None:
        """Set a job's next poll. The entry planned before stays in the heap and is recognised as stale there."""
        latest = job.accepted_at + self.deadline
        job.poll_at = job.planned_at = min(at, latest) if latest > now else at
        job.plan_number = next(self._order)
        self.queue.push(job)

    def _put_off_at(self, job: ScheduledJob) -> float:
        """Return when a poll that is planned goes: later, if more is known than when it was.

        That holds for a first safety poll, and while rows wait and hardly an end of its kind was seen: what is planned
        in the first minutes is planned from a prior, and each poll that finds a job running says the same of those
        submitted later. With no rows left, a poll too early takes nothing from anybody.
        Only by as many seconds as a poll is worth: where just the first jobs hang, that is all it costs the others.
        Not once ends are known: polls put off because jobs became slower would not see that they are fast again.
        """
        if job.is_probe or job.failed_polls or job.announced:
            return job.poll_at
        if self.push.covers(job):
            if job.polls:
                return job.poll_at
            return self._later(job, job.accepted_at + self.push.safety_age(job, self._known_quantile(job)))
        if not self.cost.submits_wait or self.runtimes.of(job.variant).ends >= ENDS_KNOWN:
            return job.poll_at
        if job.poll_alone or job.resumed or job.job_limit:
            return job.poll_at
        step = max(PATIENCE_STEP, self._step_for(job, slot_contended=False))  # not for a cost that rose
        learned = job.polled_at + self.cost.schedule(job.variant, step).wait(job.polled_at - job.accepted_at)
        return self._later(job, min(learned, job.planned_at + self.cost.at(step)))

    def _later(self, job: ScheduledJob, at: float) -> float:
        """Return when a poll goes that is put off to an instant: not earlier than planned, nor after the deadline."""
        return max(job.poll_at, min(at, job.accepted_at + self.deadline))

    # --- what it may cost ---------------------------------------------------------------------------------------

    def cost_for(self, job: ScheduledJob, *, slot_contended: bool = False) -> float:
        """Return the seconds of lag that a poll of this job is worth now."""
        return self.cost.at(self._step_for(job, slot_contended=slot_contended))

    def update_cost(self, now: float, waiting: int, rate: float) -> None:
        """Update the cost (`PollCost.update`), and bring forward the polls that are due earlier by it."""
        self.push.advance(now)
        self._plan_again_if_revised(now)
        self.cost.update(now, waiting, rate)
        self.cost.update_at = min(self.cost.update_at if self.queue else math.inf, self.push.next_at())
        cheaper = self.cost.step >= self._planned_at_step + STEPS_PER_DOUBLING
        if cheaper or self._is_earlier_than_planned():
            self._plan_again(now)
        self._planned_at_step = min(self._planned_at_step, self.cost.step)

    def _is_earlier_than_planned(self) -> bool:
        """Return whether jobs of some kind are polled clearly earlier by what was learned since polls were planned."""
        earlier = False
        for kind in self._running_kinds():
            first = self.cost.schedule(kind, PATIENCE_STEP).waits[0]
            latest = self._latest_first[kind] = max(first, self._latest_first.get(kind, 0.0))
            earlier = earlier or first < EARLIER_RATIO * latest
        return earlier

    def _running_kinds(self) -> list[str]:
        return [kind for kind, number in self.cost.running.items() if number]

    def wait(self, job: ScheduledJob, now: float, *, slot_contended: bool = False) -> float:
        """Return the seconds until the next poll of a job that runs now."""
        age = now - job.accepted_at
        if self.push.covers(job):
            return max(MIN_INTERVAL_SECONDS, self.push.wait(job, age, self._known_quantile(job)))
        schedule = self.cost.schedule(job.variant, self._step_for(job, slot_contended=slot_contended))
        return exploration_wait(age, schedule) if job.is_probe else schedule.wait(age)

    def _step_for(self, job: ScheduledJob, *, slot_contended: bool) -> int:
        sharing = 1 if job.poll_alone else max(1, len(self._by_list_endpoint.get(job.list_endpoint, ())))
        return self.cost.step_for(job, sharing=sharing, slot_contended=slot_contended)

    def _known_quantile(self, job: ScheduledJob) -> Quantile:
        return lambda quantile: age_at(self.runtimes.of(job.variant).pmf(), quantile)

    def _plan_again(self, now: float) -> None:
        """Bring polls forward that were planned at a higher cost, or from less knowledge."""
        self._planned_at_step = self.cost.step
        self._latest_first.clear()
        schedules = {kind: self.cost.schedule(kind, self.cost.step) for kind in self._running_kinds()}
        for job in self.queue.current():
            if job.failed_polls or job.announced:
                continue
            if job.list_endpoint or job.is_probe or job.urgent or self.push.covers(job):
                wait = self.wait(job, job.polled_at)
            elif job.poll_at > now:  # what is due cannot come earlier
                wait = schedules[job.variant].wait(job.polled_at - job.accepted_at)
            else:
                continue
            at = max(now, job.polled_at + wait)
            if at < job.poll_at:
                self._plan(job, at, now)
