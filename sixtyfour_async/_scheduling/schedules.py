"""Poll schedules, made when they are needed and made again when enough was learned since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sixtyfour_async._scheduling.poll_plan import PollSchedule, optimal_schedule
from sixtyfour_async._scheduling.runtimes import EFFECTIVE_SAMPLES, Runtimes


@dataclass(frozen=True, slots=True)
class Made:
    """A schedule, and the evidence (`Learned.evidence`) from which on it is out of date.

    Attributes:
        schedule: The schedule.
        fresh_until: When half as much again is known as when it was made, or `EFFECTIVE_SAMPLES` polls more.
        estimate_until: When twice as much is known, and at least `EFFECTIVE_SAMPLES` polls more.
    """

    schedule: PollSchedule
    fresh_until: float
    estimate_until: float


@dataclass(slots=True)
class Schedules:
    """The schedules made so far, by variant and step of the cost.

    Attributes:
        runtimes: The learned run times.
        cost_at: The cost of a poll, seconds, at a step.
    """

    runtimes: Runtimes
    cost_at: Callable[[int], float]
    _made: dict[tuple[str, int], Made] = field(default_factory=dict[tuple[str, int], Made])

    def get(self, variant: str, step: int) -> PollSchedule:
        """Return the schedule of a variant at a step, made again when enough was learned since.

        A kind costs O(log polls) schedules until its bins forget as fast as they learn, and one per
        `EFFECTIVE_SAMPLES` polls from then on.
        """
        made = self._made.get((variant, step))
        if made is None or self.runtimes.of(variant).evidence >= made.fresh_until:
            made = self._make(variant, step)
        return made.schedule

    def estimate(self, variant: str, step: int) -> PollSchedule:
        """Return the same for an estimate of demand, which asks at many steps and is content with an older one."""
        made = self._made.get((variant, step))
        if made is None or self.runtimes.of(variant).evidence >= made.estimate_until:
            made = self._make(variant, step)
        return made.schedule

    def _make(self, variant: str, step: int) -> Made:
        learned = self.runtimes.of(variant)
        known = learned.evidence
        schedule = optimal_schedule(learned.pmf(), self.cost_at(step), learned.last_ends())
        fresh, estimate = min(EFFECTIVE_SAMPLES, max(1, known // 2)), max(EFFECTIVE_SAMPLES, known)
        made = self._made[variant, step] = Made(schedule, known + fresh, known + estimate)
        return made
