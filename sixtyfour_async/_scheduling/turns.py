"""Whose turn is it, a poll's or a submit's, while both want the next request.

Each poll earns an n-th of a submit, where n is the number of polls that a job takes on average at the current cost; one
whole submit earned goes before the next due poll. So polls and submits alternate as 1 : 1/n, which is the proportion in
which a steady stream of jobs needs them. Two corrections:

- Polls that are overdue by k times their cost earn less, by 1 + k/4: submits make new polls, and without this a backlog
  would never shrink.
- The last rows of a list go first: when all that wait can be sent within the patience, submits go before polls that
  are overdue by less than that. A list ends when its last rows do, and these cannot end before they were submitted;
  the polls that they delay come a few seconds later, and the budget has nothing else to do then.
"""

from __future__ import annotations

from dataclasses import dataclass

CATCH_UP_RATIO = 0.25
"""How much more of the budget polls get for each poll cost by which they are overdue, so that a backlog shrinks."""


@dataclass(slots=True)
class Turns:
    """The order of polls and submits.

    Attributes:
        patience: Seconds of lag that one request is worth while submits wait.
    """

    patience: float
    _submits_earned: float = 0.0

    def is_submits(self, overdue: float, queue_seconds: float) -> bool:
        """Return whether a submit goes before a poll that is due.

        Args:
            overdue: Seconds by which the poll is overdue.
            queue_seconds: Seconds that the budget takes for all submits that wait.
        """
        are_last = max(overdue, queue_seconds) <= self.patience
        return are_last or self._submits_earned >= 1.0

    def submitted(self) -> None:
        """Spend a submit; an unearned one costs nothing."""
        self._submits_earned = max(0.0, self._submits_earned - 1.0)

    def polled(self, overdue: float, cost: float, polls_per_job: float) -> None:
        """Earn part of a submit by a poll; none are saved up."""
        polls_per_submit = max(1.0, polls_per_job) * (1.0 + CATCH_UP_RATIO * overdue / cost)
        self._submits_earned = min(1.0, self._submits_earned + 1.0 / polls_per_submit)
