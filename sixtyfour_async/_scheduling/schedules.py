"""Poll schedules, made when they are needed and made again when enough was learned since."""

from __future__ import annotations

from dataclasses import dataclass, field

from sixtyfour_async._scheduling.poll_plan import PollSchedule, optimal_schedule
from sixtyfour_async._scheduling.runtimes import EFFECTIVE_SAMPLES, Learned


@dataclass(slots=True)
class Schedules:
    """The schedules made so far, by variant and step of the cost."""

    _made: dict[tuple[str, int], tuple[int, PollSchedule]] = field(
        default_factory=dict[tuple[str, int], tuple[int, PollSchedule]]
    )

    def get(self, variant: str, step: int, learned: Learned, cost: float, *, fresh: bool) -> PollSchedule:
        """Return the schedule of a variant at a step, made again when enough was learned since.

        Enough is half of what was known when it was made, so a kind costs O(log polls) schedules until its bins
        forget as fast as they learn, and one per `EFFECTIVE_SAMPLES` polls from then on. Estimates of demand
        (``fresh=False``) ask at many steps and are content with older ones.
        """
        made = self._made.get((variant, step))
        known = 0 if made is None else made[0]
        enough = min(EFFECTIVE_SAMPLES, max(1, known // 2)) if fresh else max(EFFECTIVE_SAMPLES, known)
        if made is None or learned.evidence - known >= enough:
            made = learned.evidence, optimal_schedule(learned.pmf(), cost, learned.last_ends())
            self._made[variant, step] = made
        return made[1]
