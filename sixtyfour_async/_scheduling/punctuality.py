"""Whether the event loop comes in time to send what is due.

The budget is not all that a request takes: each keeps the processor busy for a moment, as does whatever else runs in
the loop. When these moments fill its time, what is due waits for the loop, and tokens pile up meanwhile. They are no
idle budget: spent on polls that are worth little, they keep the loop from what is worth more, such as reading rows.

Measured is the part of the last seconds for which something that the budget allowed waited to be sent. A delay shorter
than the time from one token to the next does not count: the budget would hardly have allowed more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

MEMORY_SECONDS = 10.0
"""Time after which what was measured counts a third: some poll intervals, so that a higher cost shows before the next.

A shorter memory swings, and saves less; twice as long a one saves no more.
"""

LATE_PART = 0.2
"""Part of the time from which on the loop counts as late; below half of it, it counts as punctual."""


@dataclass(slots=True)
class Punctuality:
    """How much of the time what was due waited for the event loop.

    Attributes:
        late_part: The part of the time, 0 to 1, that it waited; older seconds count less.
        expected_at: When the loop was to send next; infinite when it waits for an event.
    """

    late_part: float = 0.0
    expected_at: float = math.inf
    _looked_at: float = 0.0

    @property
    def is_late(self) -> bool:
        """Whether less should be sent than the budget allows."""
        return self.late_part >= LATE_PART

    @property
    def is_punctual(self) -> bool:
        """Whether more could be sent, if the budget allows it."""
        return self.late_part < LATE_PART / 2

    def looked(self, now: float, *, sent: bool, tolerance: float) -> bool:
        """Learn that the loop has looked at what is due; return whether it is late.

        Args:
            now: The instant.
            sent: Whether there was something to send.
            tolerance: Seconds of delay that do not count.
        """
        passed = now - self._looked_at
        if passed <= 0.0:
            return self.is_late
        late = min(passed, max(0.0, now - self.expected_at - tolerance)) if sent else 0.0
        if late or self.late_part:
            kept = math.exp(-passed / MEMORY_SECONDS)
            self.late_part = self.late_part * kept + late / passed * (1.0 - kept)
        self._looked_at = now
        return self.is_late
