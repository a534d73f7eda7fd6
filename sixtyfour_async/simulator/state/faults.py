"""Fault injection: each fault has a name, a probability in the settings, and can be scripted by tests.

==========================  ==============================================================================
lost_answer                 the work is accepted (or done, when synchronous), then the connection is reset
reset                       the connection is reset before any work is done
server_error                500, 502, 503 or 504 with a JSON body, before any work
html                        502 with a proxy's HTML page, before any work
truncated                   the work is done; half of the body, then the connection closes
slow_body                   the work is done; the body stalls half-way for `STALL_SECONDS`
throttled                   429 although the limit is kept, before any work
not_found_after_submit      polls of the new job answer 404 for the first `HIDDEN_SECONDS`
job_failed                  the new job will end as failed
drift                       a poll answers the undocumented status word ``finalizing``
==========================  ==============================================================================

Webhooks are delivered with faults of their own, see `base.webhooks.WEBHOOK_FAULTS`.

All of them are assumed: typical failures of networks, proxies and evolving services.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sixtyfour_async.simulator.base.seeded_random import uniform
from sixtyfour_async.simulator.base.settings import FAULTS

STALL_SECONDS = 45.0
"""Simulated seconds; see ``slow_body``."""
HIDDEN_SECONDS = 5.0
"""Simulated seconds; see ``not_found_after_submit``."""
UNKNOWN_STATUS = "finalizing"


@dataclass(slots=True)
class ScriptedFault:
    """A fault queued by a test, for *times* matching requests."""

    name: str
    route: str | None
    times: int
    status: int | None

    def matches(self, name: str, path: str) -> bool:
        """Return whether this fault applies to a request to *path*."""
        under = self.route is None or path == self.route or path.startswith(self.route.rstrip("/") + "/")
        return self.times > 0 and self.name == name and under


class Faults:
    """Decides which requests fail: scripted faults first, then by probability."""

    def __init__(self, seed: int, probabilities: Mapping[str, float]) -> None:
        self._seed = seed
        self._probabilities = {name: probability for name, probability in probabilities.items() if probability > 0}
        self._scripted: list[ScriptedFault] = []
        self._draws = 0
        self.struck: dict[str, int] = dict.fromkeys(FAULTS, 0)
        """Number of times each fault was injected."""

    def script(self, name: str, *, route: str | None = None, times: int = 1, status: int | None = None) -> None:
        """Inject a fault into the next *times* requests to which it applies.

        Args:
            name: One of the names in this module's table.
            route: Path such as ``/company-intelligence-async``, including paths below it; None for any path.
            times: Number of requests.
            status: Status of a ``server_error``; None for any of the four.

        Raises:
            ValueError: The name is unknown, or *times* is below 1.
        """
        if name not in FAULTS:
            raise ValueError(f"name must be one of {', '.join(FAULTS)}, not {name!r}")
        if times < 1:
            raise ValueError(f"times must be a whole number from 1, not {times!r}")
        self._scripted.append(ScriptedFault(name, route, times, status))

    def clear(self) -> None:
        """Remove the scripted faults that are still pending."""
        self._scripted.clear()

    def trigger(self, name: str, path: str) -> ScriptedFault | None:
        """Return the fault to inject into a request to *path*, if any, and count it as injected."""
        for fault in self._scripted:
            if fault.matches(name, path):
                fault.times -= 1
                self._scripted = [item for item in self._scripted if item.times > 0]
                self.struck[name] += 1
                return fault
        probability = self._probabilities.get(name, 0.0)
        if probability:
            # Requests have no identity of their own, so the draw is keyed by a counter: repeatable for the same
            # sequence of requests, unlike the draws for answers, which do not depend on the order.
            self._draws += 1
            if uniform(self._seed, "fault", name, self._draws) < probability:
                self.struck[name] += 1
                return ScriptedFault(name, None, 0, None)
        return None
