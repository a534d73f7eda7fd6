"""Faults on demand: each has a name, a probability in the settings and a queue for tests to script.

==========================  ==============================================================================
lost_answer                 the work is accepted (or done, when synchronous), then the connection is reset
reset                       the connection is reset before any work
server_error                500, 502, 503 or 504 with a JSON body, before any work
html                        502 with a proxy's HTML page, before any work
truncated                   the work is done; half of the body, then the connection closes
slow_body                   the work is done; the body stalls half-way for `STALL` seconds
throttled                   429 although the limit is kept, before any work
not_found_after_submit      looks at the new job answer 404 for the first `HIDDEN` seconds
job_failed                  the new job will end failed
drift                       a look at a job answers the status word ``finalizing``, which no page names
==========================  ==============================================================================

All of them are assumed: they are what networks, proxies and changing services do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sixtyfour_async.simulator.base.seeded_random import uniform
from sixtyfour_async.simulator.base.settings import FAULTS

STALL_SECONDS = 45.0
"""Simulated seconds for which a slow body stalls."""
HIDDEN_SECONDS = 5.0
"""Simulated seconds for which a new job is not found."""
UNKNOWN_STATUS = "finalizing"


@dataclass(slots=True)
class ScriptedFault:
    """A fault that a test asked for."""

    name: str
    route: str | None
    times: int
    status: int | None

    def matches(self, name: str, path: str) -> bool:
        """Say whether this one is due for a request to *path*."""
        under = self.route is None or path == self.route or path.startswith(self.route.rstrip("/") + "/")
        return self.times > 0 and self.name == name and under


class Faults:
    """Decides which fault strikes which request: scripted ones first, then by probability."""

    def __init__(self, seed: int, probabilities: Mapping[str, float]) -> None:
        self._seed = seed
        self._probabilities = {name: probability for name, probability in probabilities.items() if probability > 0}
        self._scripted: list[ScriptedFault] = []
        self._draws = 0
        self.struck: dict[str, int] = dict.fromkeys(FAULTS, 0)
        """How often each fault has struck."""

    def script(self, name: str, *, route: str | None = None, times: int = 1, status: int | None = None) -> None:
        """Let a fault strike the next *times* requests it can strike.

        Args:
            name: One of the names in this module's table.
            route: A path such as ``/company-intelligence-async`` (anything below it too); None means any.
            times: How many requests.
            status: For ``server_error``, which status; None means any of the four.

        Raises:
            ValueError: There is no such fault, or *times* is below 1.
        """
        if name not in FAULTS:
            raise ValueError(f"name must be one of {', '.join(FAULTS)}, not {name!r}")
        if times < 1:
            raise ValueError(f"times must be a whole number from 1, not {times!r}")
        self._scripted.append(ScriptedFault(name, route, times, status))

    def clear(self) -> None:
        """Forget what was scripted and has not struck yet."""
        self._scripted.clear()

    def trigger(self, name: str, path: str) -> ScriptedFault | None:
        """Decide whether *name* strikes a request to *path*, and use it up."""
        for fault in self._scripted:
            if fault.matches(name, path):
                fault.times -= 1
                self._scripted = [item for item in self._scripted if item.times > 0]
                self.struck[name] += 1
                return fault
        probability = self._probabilities.get(name, 0.0)
        if probability:
            self._draws += 1
            if uniform(self._seed, "fault", name, self._draws) < probability:
                self.struck[name] += 1
                return ScriptedFault(name, None, 0, None)
        return None
