"""Whose turn is it, a poll's or a submit's, while both want the next request.

Each poll earns an n-th of a submit, where n is the number of polls that a job takes on average at the current cost; one
whole submit earned goes before the next due poll. So polls and submits alternate as 1 : 1/n, which is the proportion in
which a steady stream of jobs needs them. Two corrections:

- Polls that are overdue by k times the lag that their schedule reckons with earn less, by 1 + 2k, at most three times
  less: submits make new polls, and without this a backlog would never shrink. Where all jobs run equally long, that lag
  is a second or two, and each second of delay is one of lag; where run times spread, a late poll is also one that need
  not be repeated.
- The last rows of a list go first: when all that wait can be sent within the patience, submits go before polls that
  are overdue by less than that. A list ends when its last rows do, and these cannot end before they were submitted;
  the polls that they delay come a few seconds later, and the budget has nothing else to do then.
"""

from __future__ import annotations

from dataclasses import dataclass

from sixtyfour_async._scheduling.poll_plan import MIN_INTERVAL_SECONDS

CATCH_UP_RATIO = 2.0
"""How much more of the budget polls get for each planned lag by which they are overdue, so that a backlog shrinks."""

MOST_CATCH_UP = 3.0
"""How much more they get at most: a backlog of jobs that never end must not keep rows from being submitted."""

MIN_LAG_SECONDS = MIN_INTERVAL_SECONDS / 2
"""The lag that a schedule reckons with at least: polls of a job are no closer together."""


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

    def polled(self, overdue: float, polls_per_job: float, planned_lag: float) -> None:
        """Earn part of a submit by a poll; none are saved up.

        Args:
            overdue: Seconds by which the poll was overdue.
            polls_per_job: Polls that a job takes, on average.
            planned_lag: Seconds for which its end lies unseen, on average, if no poll is overdue.
        """
        late = overdue / max(MIN_LAG_SECONDS, planned_lag)
        polls_per_submit = max(1.0, polls_per_job) * min(MOST_CATCH_UP, 1.0 + CATCH_UP_RATIO * late)
        self._submits_earned = min(1.0, self._submits_earned + 1.0 / polls_per_submit)
