"""Poll schedules, made when they are needed and made again when enough was learned since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sixtyfour_async._scheduling.poll_plan import PollSchedule, optimal_schedule
from sixtyfour_async._scheduling.runtimes import EFFECTIVE_SAMPLES, Learned, Runtimes


@dataclass(frozen=True, slots=True)
class Made:
    """A schedule, and the polls (`Learned.evidence`) and ends from which on it is out of date.

    Attributes:
        schedule: The schedule.
        until_polls: Half as many again as when it was made, or `EFFECTIVE_SAMPLES` more.
        until_ends: The same of ends: the first few teach more than all polls before them, which found jobs running.
        estimate_until: Twice as many polls, and at least `EFFECTIVE_SAMPLES` more.
    """

    schedule: PollSchedule
    until_polls: float
    until_ends: float
    estimate_until: float

    def is_fresh(self, learned: Learned) -> bool:
        """Return whether too little was learned since to make it again."""
        return learned.evidence < self.until_polls and learned.ends < self.until_ends


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
        if made is None or not made.is_fresh(self.runtimes.of(variant)):
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
        polls = learned.evidence
        schedule = optimal_schedule(learned.pmf(), self.cost_at(step), learned.last_ends())
        until_polls, until_ends = _half_again(polls), _half_again(learned.ends)
        made = Made(schedule, until_polls, until_ends, polls + max(EFFECTIVE_SAMPLES, polls))
        self._made[variant, step] = made
        return made


def _half_again(known: int) -> float:
    return known + min(EFFECTIVE_SAMPLES, max(1, known // 2))
