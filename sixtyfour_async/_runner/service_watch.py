"""What a person is told of how the service lets a runner work: one event, and one line, for each change.

A 429 pauses the key; during an outage rows wait; webhook deliveries cease. However often the service is tried
meanwhile, each is said once when it begins and once when it is over.
"""

from __future__ import annotations

import logging
import math

from sixtyfour_async._client.runner_events import (
    BreakerClosed,
    BreakerOpened,
    BudgetPaused,
    BudgetResumed,
    DeliveriesResumed,
    DeliveriesStopped,
    ServiceChange,
)
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.push import MISSES, Push
from sixtyfour_async._scheduling.scheduler import Scheduler

logger = logging.getLogger("sixtyfour_async.runner")


class ServiceWatch:
    """Compares where scheduler and budget stand with what was said last, and logs what has changed."""

    def __init__(self, budget: Budget) -> None:
        self._paused_until = 0.0
        self._throttled = budget.throttled
        self._open_since: float | None = None
        self._delivered = True

    def changes(self, scheduler: Scheduler, now: float) -> list[ServiceChange]:
        """Return what has changed since the last call."""
        found = self._pause(scheduler.budget, now)
        found += self._outage(scheduler, now)
        return found + self._deliveries(scheduler.poller.push)

    def resumes_at(self, now: float) -> float:
        """Return when the present pause is over; infinity while there is none."""
        return self._paused_until if self._paused_until > now else math.inf

    def _pause(self, budget: Budget, now: float) -> list[ServiceChange]:
        found: list[ServiceChange] = []
        is_paused, self._throttled = budget.throttled > self._throttled, budget.throttled
        if 0.0 < self._paused_until <= now:
            self._paused_until = 0.0
            found.append(BudgetResumed())
        if is_paused and budget.paused_until > max(now, self._paused_until):
            found += [] if self._paused_until else [BudgetPaused(seconds=budget.paused_until - now)]
            self._paused_until = budget.paused_until
        return found

    def _outage(self, scheduler: Scheduler, now: float) -> list[ServiceChange]:
        breaker = scheduler.breaker
        if breaker.is_open and self._open_since is None and breaker.error is not None:
            self._open_since = now
            rows = scheduler.queues.waiting_rows()  # counted here only: this is asked after each round of the engine
            text = "no submit is accepted (%s); %d rows wait, and one is tried every %.0f s or later"
            logger.warning(text, breaker.error, rows, breaker.pause)
            return [BreakerOpened(error=type(breaker.error).__name__, rows=rows, seconds=breaker.pause)]
        if not breaker.is_open and self._open_since is not None:
            seconds, self._open_since = now - self._open_since, None
            logger.warning("submits are accepted again, after %.0f s", seconds)
            return [BreakerClosed(seconds=seconds)]
        return []

    def _deliveries(self, push: Push) -> list[ServiceChange]:
        if push.is_trusted == self._delivered:
            return []
        self._delivered = push.is_trusted
        if push.is_trusted:
            logger.info("webhook deliveries come again: jobs are polled late, if at all")
            return [DeliveriesResumed()]
        text = "webhook deliveries have stopped: the last %d jobs ended without one; polling in full"
        logger.warning(text, MISSES)
        return [DeliveriesStopped(missed=MISSES)]
