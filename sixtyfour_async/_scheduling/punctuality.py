"""Whether the event loop comes in time to send what is due.

The budget is not all that a request takes: each keeps the processor busy for a moment, as does whatever else runs in
the loop. When these moments fill its time, what is due waits for the loop, and tokens pile up meanwhile. While rows are
still to be read, these are no idle budget: spent on polls that are worth little, they keep the loop from reading rows,
so that fewer wait and polls seem cheaper still. Once all rows are read, nothing but polls is held up by polls.

Measured is the part of the last seconds for which something that the budget allowed waited to be sent. A delay shorter
than the time from one token to the next does not count: the budget would hardly have allowed more.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

MEMORY_SECONDS = 10.0
"""Time after which what was measured counts a third: some poll intervals, so that a higher cost shows before the next.

A shorter memory swings, and saves less; twice as long a one saves no more.
"""

LATE_PART = 0.1
"""Part of the time from which on the loop counts as late; below half of it, it counts as punctual."""


@dataclass(slots=True)
class Punctuality:
    """How much of the time what was due waited for the event loop.

    Attributes:
        rows_to_come: Whether rows are still to be read, and there is room for them.
        late_part: The part of the time, 0 to 1, that it waited; older seconds count less.
        expected_at: When the loop was to send next; infinite when it waits for an event.
    """

    rows_to_come: Callable[[], bool] = lambda: False
    late_part: float = 0.0
    expected_at: float = math.inf
    _looked_at: float = 0.0

    @property
    def is_late(self) -> bool:
        """Whether polls keep rows from being read: fewer should be sent than the budget allows."""
        return self.late_part >= LATE_PART and self.rows_to_come()

    @property
    def is_punctual(self) -> bool:
        """Whether more could be sent, if the budget allows it."""
        return self.late_part < LATE_PART / 2 or not self.rows_to_come()

    def looked(self, now: float, *, sent: bool, tolerance: float) -> bool:
        """Learn that the loop has looked at what is due; return whether it was late, often lately.

        Args:
            now: The instant.
            sent: Whether there was something to send.
            tolerance: Seconds of delay that do not count.
        """
        passed = now - self._looked_at
        if passed <= 0.0:
            return False
        late = min(passed, max(0.0, now - self.expected_at - tolerance)) if sent else 0.0
        if late or self.late_part:
            kept = math.exp(-passed / MEMORY_SECONDS)
            self.late_part = self.late_part * kept + late / passed * (1.0 - kept)
        self._looked_at = now
        return self.late_part >= LATE_PART
