"""The running jobs: which is looked at next, when, and what a look may cost.

Looks and submits draw on one budget, so a look has a poll_cost_seconds: the seconds of lag that one request is worth. What sets it:

- *Patience*, the caller's number, is what submits waiting their turn make of it.
- A short queue makes less of it: a request spent on a look makes every waiting row wait one request longer, so it costs
  them together the time in which the whole queue is sent. The poll_cost_seconds falls as the list runs out.
- With nothing to submit, it is the floor_step at which the polls that all running jobs ask for fit into the budget, down to
  `MIN_POLL_COST_SECONDS`: then a job is looked at every few seconds.
- With more running than the budget can watch, it rises above all that, as long as that makes for fewer polls.
- A job whose end is needed, since others wait for its slot, is looked at for the floor's poll_cost_seconds.
- The first few jobs of a kind about which nothing is known are looked at for a small poll_cost_seconds: what they teach is worth
  more than the requests.

When the poll_cost_seconds falls, or much more is known than when they were plan_number, polls are plan_number anew.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob, Transition
from sixtyfour_async._scheduling.poll_plan import (
    MIN_POLL_COST_SECONDS,
    PollSchedule,
    exploration_wait,
    optimal_schedule,
    wait_after_failures,
)
from sixtyfour_async._scheduling.runtimes import EFFECTIVE_SAMPLES, LONGEST_SECONDS, Runtimes
from sixtyfour_async.models.jobs import Report

DEFAULT_PATIENCE_SECONDS = 30.0
"""Seconds of lag worth one request, unless the caller says otherwise."""

STEPS_PER_DOUBLING = 2
"""Prices a plan is made for, between one and its double."""

STEPS_ABOVE_PATIENCE = 5 * STEPS_PER_DOUBLING
"""Steps above the patience up to which the poll_cost_seconds may rise when the budget cannot watch what runs."""

PROBES_PER_KIND = 5
"""Jobs of a kind not met before that are looked at for `PROBE_COST_SECONDS`."""

PROBE_COST_SECONDS = 2.0
"""Seconds of lag worth a look at a is_probe, at most."""

WORTHWHILE_DEMAND_RATIO = 0.95
"""What a higher poll_cost_seconds must bring the polls asked for down to, to be worth its lag: each job needs one."""

PLANNED_BUDGET_FRACTION = 0.9
"""Part of the budget that the polls plan_number may ask for: they do not come evenly."""

COST_UPDATE_SECONDS = 1.0
"""Seconds after which the poll_cost_seconds is worked out again."""

MIN_JOBS_PER_LIST_POLL = 3
"""Running jobs from which one request that reports on all of them is better than one for each."""


@dataclass(slots=True)
class Poller:
    """The polls at everything that runs.

    Attributes:
        jobs: All jobs of the runner by number, those not running too.
        deadline: Seconds after acceptance at which a job must be looked at whatever the plan says.
        patience: Seconds of lag worth one request while submits wait.
        runtimes: What is known of run times.
        polls: Looks that were answered so far.
        ended: Jobs they saw to their end.
        update_cost_at: When the poll_cost_seconds must be worked out again; infinite when it has settled.
        lags: How long the last ends lay unseen, seconds, as far as it can be told.
    """

    jobs: dict[int, ScheduledJob]
    deadline: float
    patience: float = DEFAULT_PATIENCE_SECONDS
    runtimes: Runtimes = field(default_factory=Runtimes)
    polls: int = 0
    ended: int = 0
    update_cost_at: float = math.inf
    lags: deque[float] = field(default_factory=lambda: deque[float](maxlen=255))
    _floor_step: int = 0
    _step: int = 0
    _scheduled_at_step: int = 0
    _scheduled_at_polls: int = PROBES_PER_KIND
    _cost_updated_at: float = 0.0
    _running: Counter[str] = field(default_factory=Counter[str])
    _by_list_endpoint: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    _schedules: dict[tuple[str, int], tuple[int, PollSchedule]] = field(
        default_factory=dict[tuple[str, int], tuple[int, PollSchedule]]
    )
    _heap: list[tuple[float, int, int]] = field(default_factory=list[tuple[float, int, int]])
    _order: Iterator[int] = field(default_factory=count)

    # --- jobs come and go ---------------------------------------------------------------------------------------

    def __post_init__(self) -> None:
        self._floor_step = max(0, math.ceil(STEPS_PER_DOUBLING * math.log2(self.patience / MIN_POLL_COST_SECONDS)))
        self._step = self._scheduled_at_step = self._floor_step

    def start(self, job: ScheduledJob, now: float, *, at_once: bool = False, slot_contended: bool = False) -> None:
        """Poller a job from now on."""
        self._running[job.variant] += 1
        job.is_probe = self._running[job.variant] <= PROBES_PER_KIND and not self.runtimes.of(job.variant).evidence
        self._wake()
        if job.list_endpoint:
            self._by_list_endpoint.setdefault(job.list_endpoint, set()).add(job.id)
        job.accepted_at = job.polled_at = now
        self._look_at(job, now if at_once else now + self.wait(job, now, slot_contended=slot_contended), now)

    def still_running(self, job: ScheduledJob, now: float, *, slot_contended: bool = False) -> None:
        """A look found it running; plan the next."""
        self.polls += 1
        job.polls += 1
        if not job.resumed:
            learned = self.runtimes.of(job.variant)
            learned.still_running(job.polled_at - job.accepted_at, now - job.accepted_at)
        job.polled_at = now
        self._look_at(job, now + self.wait(job, now, slot_contended=slot_contended), now)

    def failed(self, job: ScheduledJob, now: float, wait: float | None = None) -> None:
        """A look was not answered; plan the next."""
        self._look_at(job, now + (wait_after_failures(job.failed_polls) if wait is None else wait), now)

    def poll_alone(self, job: ScheduledJob, now: float) -> None:
        """What a report on many said of this job must be looked at more closely."""
        job.poll_alone = True
        self._look_at(job, now, now)

    def found_ended(self, job: ScheduledJob, report: Report, now: float) -> None:
        """A look found it ended: learn how long it ran."""
        self.polls += 1
        job.polls += 1
        self.ended += 1
        learned, age = self.runtimes.of(job.variant), now - job.accepted_at
        since = 0.0 if job.resumed else job.polled_at - job.accepted_at
        if not job.resumed:
            learned.ended_between(since, age, report.run_time)
            ran = (since + age) / 2 if report.run_time is None else min(age, max(since, report.run_time))
            self.lags.append(age - ran)
        elif report.run_time is not None:
            learned.ended_between(since, LONGEST_SECONDS, report.run_time)

    def end(self, job: ScheduledJob) -> None:
        """Poller it no longer."""
        self._running[job.variant] -= 1
        if any(self._running.values()):
            self._wake()
        else:
            self.update_cost_at = math.inf
        if job.list_endpoint:
            self._by_list_endpoint[job.list_endpoint].discard(job.id)

    def _wake(self) -> None:
        self.update_cost_at = min(self.update_cost_at, self._cost_updated_at + COST_UPDATE_SECONDS)

    # --- which look is next -------------------------------------------------------------------------------------

    def next_at(self) -> float:
        """When the next look is due; infinite when nothing runs."""
        while self._heap and not self._counts(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else math.inf

    def take(self) -> list[ScheduledJob]:
        """The job that `next_at` spoke of, with all that one request reports on along with it."""
        head = self.jobs[heapq.heappop(self._heap)[2]]
        together = (
            []
            if head.poll_alone
            else [self.jobs[id_] for id_ in sorted(self._by_list_endpoint.get(head.list_endpoint, ()))]
        )
        together = [one for one in together if one.phase is Phase.RUNNING and not one.poll_alone]
        taken = together if len(together) >= MIN_JOBS_PER_LIST_POLL else [head]
        for job in taken:
            job.advance(Transition.POLL_SENT)
        return taken

    def _look_at(self, job: ScheduledJob, at: float, now: float) -> None:
        latest = job.accepted_at + self.deadline
        job.poll_at = min(at, latest) if latest > now else at
        job.plan_number = next(self._order)
        heapq.heappush(self._heap, (job.poll_at, job.plan_number, job.id))

    def _counts(self, entry: tuple[float, int, int]) -> bool:
        """An entry is stale when its job has ended or was plan_number anew since."""
        job = self.jobs.get(entry[2])
        return job is not None and job.phase is Phase.RUNNING and job.plan_number == entry[1]

    # --- the poll_cost_seconds ----------------------------------------------------------------------------------------------

    @property
    def poll_cost_seconds(self) -> float:
        """Seconds of lag that one look is worth now."""
        return self._cost_at(self._step)

    def poll_cost_for(self, job: ScheduledJob, *, slot_contended: bool = False) -> float:
        """Seconds of lag that a look at this job is worth now."""
        return self._cost_at(self._step_for(job, slot_contended=slot_contended))

    def update_cost(self, now: float, waiting: int, rate: float) -> None:
        """Work the poll_cost_seconds out again, from the submits that wait for the budget and the requests it gives a second.

        It rises at once when rows wait, and otherwise goes a step a second.
        """
        queue = max(MIN_POLL_COST_SECONDS, min(self.patience, waiting / rate))
        floor_step = math.floor(STEPS_PER_DOUBLING * math.log2(self.patience / queue))
        before = self._step
        self._step = min(self._step, floor_step)
        for _ in range(max(1, min(STEPS_PER_DOUBLING, int((now - self._cost_updated_at) / COST_UPDATE_SECONDS)))):
            self._step += self._step_change(floor_step, rate * PLANNED_BUDGET_FRACTION)
        self._cost_updated_at = now
        settled = self._step == before or not self._heap
        self.update_cost_at = math.inf if settled else now + COST_UPDATE_SECONDS
        if (
            self._step >= self._scheduled_at_step + STEPS_PER_DOUBLING
            or self._scheduled_at_polls * 2 <= self.polls <= 8 * EFFECTIVE_SAMPLES
        ):
            self._scheduled_at_step, self._scheduled_at_polls = self._step, max(self._scheduled_at_polls, self.polls)
            self._reschedule(now)
        self._scheduled_at_step = min(self._scheduled_at_step, self._step)

    def _step_change(self, floor_step: int, most: float) -> int:
        """Up one step, or down, until the polls asked for just fit."""
        asked = self._demand(self._step)
        if (
            asked > most
            and self._step > -STEPS_ABOVE_PATIENCE
            and self._demand(self._step - 1) < WORTHWHILE_DEMAND_RATIO * asked
        ):
            return -1
        return int(self._step < floor_step and self._demand(self._step + 1) <= most)

    def polls_per_job(self) -> float:
        """Looks that the jobs running now take, on average, at this poll_cost_seconds."""
        running = self._running.total()
        polls = sum(
            number * self._schedule(variant, self._step, fresh=False).polls for variant, number in self._running.items()
        )
        return polls / running if running else 1.0

    def wait(self, job: ScheduledJob, now: float, *, slot_contended: bool = False) -> float:
        """Seconds until the next look at a job that runs now."""
        plan, age = (
            self._schedule(job.variant, self._step_for(job, slot_contended=slot_contended)),
            now - job.accepted_at,
        )
        return exploration_wait(age, plan) if job.is_probe else plan.wait(age)

    def _step_for(self, job: ScheduledJob, *, slot_contended: bool) -> int:
        if slot_contended:
            return self._floor_step
        if job.is_probe:
            return max(self._step, math.ceil(STEPS_PER_DOUBLING * math.log2(self.patience / PROBE_COST_SECONDS)))
        sharing = 1 if job.poll_alone else max(1, len(self._by_list_endpoint.get(job.list_endpoint, ())))
        return min(self._floor_step, self._step + math.floor(STEPS_PER_DOUBLING * math.log2(sharing)))

    def _cost_at(self, step: int) -> float:
        return self.patience * math.exp2(-step / STEPS_PER_DOUBLING)

    def _demand(self, step: int) -> float:
        """Looks a second that everything running asks for at a poll_cost_seconds."""
        return sum(
            number * self._schedule(variant, step, fresh=False).demand
            for variant, number in self._running.items()
            if number
        )

    def _schedule(self, variant: str, step: int, *, fresh: bool = True) -> PollSchedule:
        """The plan at a poll_cost_seconds, made anew when enough was learned since; for an estimate, less fresh will do."""
        learned = self.runtimes.of(variant)
        made = self._schedules.get((variant, step))
        known = 0 if made is None else made[0]
        enough = min(EFFECTIVE_SAMPLES, max(1, known // 2)) if fresh else max(EFFECTIVE_SAMPLES, known)
        if made is None or learned.evidence - known >= enough:
            made = learned.evidence, optimal_schedule(learned.pmf(), self._cost_at(step))
            self._schedules[variant, step] = made
        return made[1]

    def _reschedule(self, now: float) -> None:
        """Looks that were put off at a higher poll_cost_seconds come sooner at this one."""
        self._heap = [entry for entry in self._heap if self._counts(entry)]
        plans = {variant: self._schedule(variant, self._step) for variant, number in self._running.items() if number}
        for job in [self.jobs[id_] for _, _, id_ in self._heap]:
            if job.failed_polls:
                continue
            usual = not (job.list_endpoint or job.is_probe)
            age = job.polled_at - job.accepted_at
            wait = plans[job.variant].wait(age) if usual else self.wait(job, job.polled_at)
            at = max(now, job.polled_at + wait)
            if at < job.poll_at:
                self._look_at(job, at, now)
