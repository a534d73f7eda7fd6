"""What a poll may cost: the seconds of lag that one request is worth.

Polls and submits draw on one budget. In the terms of optimisation the cost of a poll is the multiplier of the
constraint "requests per second ≤ rate": every job is polled by the schedule that is best at this cost (`poll_plan`),
and the cost is moved until the requests that all of them ask for fit. What moves it:

- *Patience*, the caller's number, is the cost while submits wait their turn.
- A short queue makes polls cheaper. A request spent on a poll makes each of ``n`` waiting rows wait ``1/rate`` seconds
  longer, so it costs them ``n/rate`` seconds together: less than the patience when ``n`` is small.
- With nothing to submit, the cost is the lowest at which the polls asked for fit into the budget, down to
  `MIN_POLL_COST_SECONDS`: a job is then polled every few seconds.
- With more jobs running than the budget can poll, it rises above the patience, as long as that makes for fewer polls.
- While the event loop is late and rows are still to be read, it rises up to the patience (`punctuality`).

Some jobs have a cost of their own:

- One whose slot is contended is polled at the lowest cost: others cannot start before its end is seen.
- One that somebody waits for (foreground) at the lowest cost at which all such jobs together ask for at most
  `FOREGROUND_FRACTION` of the budget: few are seen within seconds.
- The first few of an unknown kind at a small cost, the exploration cost, for what they teach.
- One of many on which a single request reports, at a part of that request.

Costs lie on a ladder, ``patience · 2^(-step/2)``, so that schedules can be cached: a higher step is a cheaper poll, and
means more polls.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.poll_plan import EXPLORATION_COST_SECONDS, MIN_POLL_COST_SECONDS, PollSchedule
from sixtyfour_async._scheduling.punctuality import Punctuality
from sixtyfour_async._scheduling.push import Push
from sixtyfour_async._scheduling.runtimes import Runtimes
from sixtyfour_async._scheduling.schedules import Schedules

DEFAULT_PATIENCE_SECONDS = 30.0
"""Seconds of lag that one request is worth, unless the caller says otherwise."""

PATIENCE_STEP = 0
"""The step of the ladder at which a poll costs the patience."""

STEPS_PER_DOUBLING = 2
"""Steps of the ladder between one cost and its double."""

MAX_STEPS_ABOVE_PATIENCE = 5 * STEPS_PER_DOUBLING
"""Steps by which the cost may rise above the patience when the budget cannot poll everything that runs."""

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


@dataclass(slots=True)
class PollCost:
    """The cost of a poll, now.

    Attributes:
        patience: Seconds of lag that one request is worth while submits wait.
        runtimes: The learned run times.
        push: What is known of webhook deliveries: jobs that are delivered ask for no polls.
        loop: Whether the event loop has time for what is due.
        step: Where on the ladder the cost stands.
        queue_seconds: Seconds that the budget takes for all submits that wait for it; infinite when none does.
        update_at: When the cost must be updated; infinite when it has settled.
        running: Jobs that run, by variant.
    """

    patience: float
    runtimes: Runtimes
    push: Push
    loop: Punctuality
    step: int = field(init=False)
    queue_seconds: float = math.inf
    update_at: float = math.inf
    running: Counter[str] = field(default_factory=Counter[str])
    _cheapest_step: int = field(init=False)
    _foreground_step: int = field(init=False)
    _foreground_running: Counter[str] = field(default_factory=Counter[str])
    _updated_at: float = 0.0
    _schedules: Schedules = field(init=False)

    def __post_init__(self) -> None:
        cheapest = max(0, math.ceil(STEPS_PER_DOUBLING * math.log2(self.patience / MIN_POLL_COST_SECONDS)))
        self.step = self._cheapest_step = self._foreground_step = cheapest
        self._schedules = Schedules(self.runtimes, self.at)

    # --- what moves it ------------------------------------------------------------------------------------------

    def start(self, job: ScheduledJob) -> None:
        """Count a job that runs from now on."""
        self.running[job.variant] += 1
        self._foreground_running[job.variant] += job.urgent
        self.update_soon()

    def hurry(self, job: ScheduledJob) -> None:
        """Count a job that runs as one that somebody waits for."""
        self._foreground_running[job.variant] += 1
        self.update_soon()

    def stop(self, job: ScheduledJob) -> None:
        """Count a job no longer."""
        self.running[job.variant] -= 1
        self._foreground_running[job.variant] -= job.urgent
        if any(self.running.values()):
            self.update_soon()
        else:
            self.update_at = math.inf

    def looked(self, now: float, *, sent: bool, rate: float) -> None:
        """Learn that the loop has looked at what is due: as long as it is late, the cost may move.

        Args:
            now: The instant.
            sent: Whether there was something to send.
            rate: Requests per second that the budget gives; a delay shorter than from one to the next does not count.
        """
        if self.loop.looked(now, sent=sent, tolerance=1.0 / rate):
            self.update_at = min(self.update_at, now + COST_UPDATE_SECONDS)

    def update_soon(self) -> None:
        """Update the cost again as soon as it may move."""
        self.update_at = min(self.update_at, self._updated_at + COST_UPDATE_SECONDS)

    # --- what it is ---------------------------------------------------------------------------------------------

    @property
    def seconds(self) -> float:
        """Seconds of lag that one poll is worth now."""
        return self.at(self.step)

    @property
    def submits_wait(self) -> bool:
        """Whether submits waited for the budget when the cost was last updated: they take what polls do not."""
        return self.queue_seconds < math.inf

    def at(self, step: int) -> float:
        """Return the cost at a step, seconds."""
        return self.patience * math.exp2(-step / STEPS_PER_DOUBLING)

    def step_for(self, job: ScheduledJob, *, sharing: int, slot_contended: bool) -> int:
        """Return the step that holds for one job.

        One request that reports on *n* jobs costs each of them an n-th of it: log2(n) doublings cheaper.

        Args:
            job: The job.
            sharing: The jobs on which one request reports, this one among them.
            slot_contended: Whether others wait for its slot.
        """
        if slot_contended:
            return self._cheapest_step
        if job.urgent:
            return max(self.step, self._foreground_step)
        if job.is_probe:
            return max(self.step, math.ceil(STEPS_PER_DOUBLING * math.log2(self.patience / EXPLORATION_COST_SECONDS)))
        return min(self._cheapest_step, self.step + math.floor(STEPS_PER_DOUBLING * math.log2(sharing)))

    def schedule(self, variant: str, step: int) -> PollSchedule:
        """Return when jobs of a variant are best polled at a step."""
        return self._schedules.get(variant, step)

    def expected(self) -> tuple[float, float]:
        """Return the polls that a job takes at this cost, and the seconds its end lies unseen: means of what runs."""
        polls, lag, jobs = 0.0, 0.0, 0
        for variant, number in self._polled().items():
            schedule = self._schedules.estimate(variant, self.step)
            polls += schedule.polls * number
            lag += schedule.lag * number
            jobs += number
        return (polls / jobs, lag / jobs) if polls else (1.0, 0.0)

    # --- how it moves -------------------------------------------------------------------------------------------

    def update(self, now: float, waiting: int, rate: float) -> None:
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
        max_step = math.floor(STEPS_PER_DOUBLING * math.log2(self.patience / queue_cost))
        before = self.step
        self.step = min(self.step, max_step)
        for _ in range(max(1, min(STEPS_PER_DOUBLING, int((now - self._updated_at) / COST_UPDATE_SECONDS)))):
            self.step += self._step_change(max_step, rate * PLANNED_BUDGET_FRACTION)
        self._update_foreground(rate * FOREGROUND_FRACTION)
        self._updated_at = now
        settled = self.step == before and self.loop.is_punctual
        self.update_at = math.inf if settled else now + COST_UPDATE_SECONDS

    def _step_change(self, max_step: int, affordable: float) -> int:
        """Return -1 when polls must become dearer, 1 when they may become cheaper, else 0.

        Dearer only while that makes for clearly fewer polls, since each job needs one; for a late event loop up to the
        patience, as if rows waited for the budget.
        """
        if self.loop.is_late and self.step > 0:
            return -1
        demand = self._demand(self.step, self._polled())
        may_rise = self.step > -MAX_STEPS_ABOVE_PATIENCE
        dearer = demand > affordable and may_rise
        if dearer and self._demand(self.step - 1, self._polled()) < WORTHWHILE_DEMAND_RATIO * demand:
            return -1
        may_fall = self.step < max_step and self.loop.is_punctual
        return int(may_fall and self._demand(self.step + 1, self._polled()) <= affordable)

    def _update_foreground(self, affordable: float) -> None:
        """Find the lowest cost at which foreground jobs ask for no more than their part of the budget."""
        polled = self._polled()
        foreground = {kind: min(number, polled[kind]) for kind, number in self._foreground_running.items() if number}
        self._foreground_step = self._cheapest_step
        while self._foreground_step > self.step and self._demand(self._foreground_step, foreground) > affordable:
            self._foreground_step -= 1

    def _polled(self) -> Counter[str]:
        """Return the running jobs per variant that are polled in full."""
        return self.running - self.push.silent if self.push.is_trusted and self.push.silent else self.running

    def _demand(self, step: int, jobs: Mapping[str, int]) -> float:
        """Return the polls per second that so many jobs of each variant ask for at a step."""
        return sum(
            number * self._schedules.estimate(variant, step).demand for variant, number in jobs.items() if number
        )
