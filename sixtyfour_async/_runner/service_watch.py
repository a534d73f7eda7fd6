"""What a person is told of an outage: one line when rows begin to wait for it, one when they go on.

So it is when webhook deliveries stop, and when they come again.
"""

from __future__ import annotations

import logging

from sixtyfour_async._scheduling.push import MISSES, Push
from sixtyfour_async._scheduling.scheduler import Scheduler

logger = logging.getLogger("sixtyfour_async.runner")


class OutageLog:
    """Logs the beginning and the end of each outage, however often the service is tried in between."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._delivered = True

    def update(self, scheduler: Scheduler, now: float) -> None:
        """Compare where the scheduler's breaker stands with what was logged last."""
        breaker = scheduler.breaker
        if breaker.is_open and self._since is None and breaker.error is not None:
            self._since = now
            rows = scheduler.queues.waiting_rows()
            text = "no submit is accepted (%s); %d rows wait, and one is tried every %.0f s or later"
            logger.warning(text, breaker.error, rows, breaker.pause)
        elif not breaker.is_open and self._since is not None:
            logger.warning("submits are accepted again, after %.0f s", now - self._since)
            self._since = None
        self._say_if_deliveries_stop(scheduler.poller.push)

    def _say_if_deliveries_stop(self, push: Push) -> None:
        if push.is_trusted == self._delivered:
            return
        self._delivered = push.is_trusted
        if push.is_trusted:
            logger.info("webhook deliveries come again: jobs are polled late, if at all")
        else:
            text = "webhook deliveries have stopped: the last %d jobs ended without one; polling in full"
            logger.warning(text, MISSES)
