"""Webhook deliveries that are due: one for a job with a ``webhook_url``, one for each ``outgoing_webhook`` block."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sixtyfour_async.simulator.state.work import Job, Run, Work


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery of the end of a job, or of the rows after block number *block* (from 1) of a run."""

    work_id: str
    url: str
    block: int | None = None


@dataclass(slots=True)
class Outbox:
    """Deliveries by the simulated instant at which their work ends.

    ``on_change`` is called when one is added.
    """

    on_change: Callable[[], None] | None = None
    _due: list[tuple[float, int, Delivery]] = field(default_factory=list[tuple[float, int, Delivery]])
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def add(self, work: Work) -> None:
        """Add the deliveries that work has asked for."""
        for delivery in _deliveries(work):
            heapq.heappush(self._due, (work.ends_at, next(self._numbers), delivery))
            if self.on_change is not None:
                self.on_change()

    def take(self, now: float) -> Iterator[Delivery]:
        """Remove and yield what is due by *now*."""
        while self._due and self._due[0][0] <= now:
            yield heapq.heappop(self._due)[2]

    def drop_before(self, start: float) -> None:
        """Remove what was due before *start*: of earlier work, read from the state file, that was delivered then."""
        self._due = [item for item in self._due if item[0] >= start]
        heapq.heapify(self._due)

    def next_at(self) -> float | None:
        """Return when the next delivery is due; None if there is none."""
        return self._due[0][0] if self._due else None


def _deliveries(work: Work) -> Iterator[Delivery]:
    match work:
        case Job() if url := work.body.get("webhook_url"):
            yield Delivery(work.id, url)
        case Run():
            for number, block in enumerate(work.body["blocks"], 1):
                url = block["specs"].get("url") if block["block_name"] == "outgoing_webhook" else None
                if isinstance(url, str):
                    yield Delivery(work.id, url, number)
        case _:
            pass
