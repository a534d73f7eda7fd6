"""What becomes of a job whose end a webhook delivers.

It ends as if a poll had found it, but for its charge, which a delivery does not state: what is reserved for it stands.
Only while no job of its kind was ever charged, a poll asks for the charge: the next of its kind are reserved by it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from sixtyfour_async._scheduling.endings import Endings
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.messages import Announced, Command, Delivered
from sixtyfour_async._scheduling.poller import Poller
from sixtyfour_async.models.jobs import JobState, Report

MAX_CHARGE_POLLS_PER_KIND = 3
"""Delivered jobs of a kind never charged before that are polled for their charge: it may be that there is none."""


@dataclass(slots=True)
class Deliveries:
    """What webhooks say of jobs.

    Attributes:
        poller: Polls the jobs that run.
        endings: Ends jobs.
        ledger: Knows which kinds were charged.
    """

    poller: Poller
    endings: Endings
    ledger: Ledger
    _charge_polls: Counter[str] = field(default_factory=Counter[str])

    def heard(self, job: ScheduledJob | None, event: Delivered | Announced, now: float) -> list[Command]:
        """Take in what a webhook said of a job, None for one that has ended."""
        if job is None:
            self.poller.push.heard_after_end(event.id, now)
            return []
        if isinstance(event, Delivered):
            self.poller.delivered(job, event.report, now)
            if not self._needs_charge(job, event.report):
                return self.endings.finish(job, event.report)
            job.delivered = event.report
        self.poller.poll_soon(job, now)
        return []

    def charge_polled(self, job: ScheduledJob, delivered: Report, polled: Report | None) -> list[Command]:
        """End a delivered job with the charge that a poll has found; None is a poll that failed."""
        if polled is not None:
            self.poller.polls += 1
            delivered = replace(delivered, cost_cents=polled.cost_cents, run_time=polled.run_time)
        return self.endings.finish(job, delivered)

    def _needs_charge(self, job: ScheduledJob, report: Report) -> bool:
        kind = job.priced_as
        if report.state is not JobState.COMPLETED or report.cost_cents is not None or not job.reports_charge:
            return False
        if self.ledger.was_charged(kind) or self._charge_polls[kind] >= MAX_CHARGE_POLLS_PER_KIND:
            return False
        self._charge_polls[kind] += 1
        return True
