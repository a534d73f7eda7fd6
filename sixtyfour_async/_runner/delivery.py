"""Outcomes out: each goes to every consumer that waits for its row, and is counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sixtyfour_async._journal.base import Journal
from sixtyfour_async._runner.outcome_stream import OutcomeStream
from sixtyfour_async._runner.outcomes import Outcome
from sixtyfour_async._runner.submission import Row
from sixtyfour_async._scheduling.row_states import ENDED
from sixtyfour_async.errors import RunStoppedError


class Delivery:
    """Delivers outcomes.

    Attributes:
        streams: The consumers: every ``map`` and ``run`` call that is open.
        ended: Outcomes so far per status, without the withdrawn.
        replayed: Those of them that were answered without asking.
        withdrawn: Rows that were dropped before they were sent, because the run was stopped.
    """

    def __init__(self, journal: Journal) -> None:
        self.streams: set[OutcomeStream[Any]] = set()
        self.ended: dict[str, int] = {}
        self.replayed = 0
        self.withdrawn = 0
        self._journal = journal

    def has_rows_to_come(self) -> bool:
        """Return whether a consumer's rows are still to be read, and there is room for them."""
        return any(stream.is_reading for stream in self.streams)

    def deliver(self, row: Row, outcome: Outcome[Any]) -> set[OutcomeStream[Any]]:
        """Send an outcome to everyone who waits for its row; whoever came second gets a copy, which was paid once.

        Returns:
            The streams that stopped reading because of it.
        """
        stopped: set[OutcomeStream[Any]] = set()
        for number, (stream, index) in enumerate(row.waiting):
            was_reading = not stream.stopped
            self.send(stream, _as_seen_at(outcome, index, replayed=outcome.replayed or number > 0))
            if number > 0 and outcome.status == "completed":
                self._journal.tally(row.entry.variant, "duplicate", row.entry.cost_cents or 0.0)
            if was_reading and stream.stopped:
                stopped.add(stream)
        return stopped

    def send(self, stream: OutcomeStream[Any], outcome: Outcome[Any]) -> None:
        """Send an outcome to one consumer."""
        if outcome.status not in ENDED and isinstance(outcome.error, RunStoppedError):
            self.withdrawn += 1
        else:
            self.ended[outcome.status] = self.ended.get(outcome.status, 0) + 1
        self.replayed += outcome.replayed
        stream.send(outcome)


def _as_seen_at(outcome: Outcome[Any], index: int, *, replayed: bool) -> Outcome[Any]:
    """Return an outcome as one consumer sees it; a copy, for which its answer must be read, only where it differs."""
    is_same = outcome.index == index and outcome.replayed == replayed
    return outcome if is_same else replace(outcome, index=index, replayed=replayed)
