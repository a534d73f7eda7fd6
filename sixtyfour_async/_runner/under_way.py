"""The rows that were handed over and have not ended, and the submissions that carry them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import count

from sixtyfour_async._runner.submission import Row, Submission


class UnderWay:
    """Rows under way. One that no submission carries is collected for a batch, or followed.

    Attributes:
        rows: All of them, by key.
        submissions: The submits that carry them, by the runner's number.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.submissions: dict[int, Submission] = {}
        self._carriers: dict[str, Submission] = {}
        self._numbers = count(1)

    def number(self) -> int:
        """Return a number for one more submission."""
        return next(self._numbers)

    def carry(self, submission: Submission) -> None:
        """Take a submission on, for each of its rows."""
        self.submissions[submission.id] = submission
        self._carriers.update((row.entry.key, submission) for row in submission.rows)

    def carrier(self, key: str) -> Submission | None:
        """Return the submission that carries a row; None while none does."""
        return self._carriers.get(key)

    def is_unsent(self, id_: int) -> bool:
        """Return whether nothing was sent of a submission, so that there is nothing to take back."""
        return id_ in self.submissions and self.submissions[id_].first.state == "released"

    def leave_out(self, submission: Submission, keys: Collection[str]) -> list[Row]:
        """Leave rows out of a submission, by key, and return them; others remain."""
        dropped = submission.drop(keys)
        for row in dropped:
            self._carriers.pop(row.entry.key, None)
        return dropped

    def forget(self, submission: Submission) -> list[Row]:
        """Forget a submission, unless that was done already, and return its rows."""
        if self.submissions.pop(submission.id, None) is None:
            return []
        for row in submission.rows:
            self._carriers.pop(row.entry.key, None)
        return submission.rows

    def forget_all(self) -> None:
        """Forget all submissions; their rows are still to be ended."""
        self.submissions.clear()
        self._carriers.clear()

    def __iter__(self) -> Iterator[Submission]:
        return iter(self.submissions.values())
