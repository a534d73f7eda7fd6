"""Snapshots of a runner: its counters, and why a row was or was not polled."""

from __future__ import annotations

import logging
from statistics import median

from sixtyfour_async._runner.delivery import Delivery
from sixtyfour_async._runner.engine import Engine
from sixtyfour_async._runner.outcomes import Explanation, Stats, Unfinished
from sixtyfour_async._scheduling.job_states import Phase
from sixtyfour_async._scheduling.limits import WaitReason
from sixtyfour_async._scheduling.row_states import HELD
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.errors import SixtyfourError
from sixtyfour_async.errors.printable import printable

logger = logging.getLogger("sixtyfour_async.runner")


def stats_of(
    scheduler: Scheduler, engine: Engine, delivery: Delivery, now: float, problem: SixtyfourError | None
) -> Stats:
    """Return the counters at an instant; *problem*: why no row is taken."""
    rows = engine.rows
    followed = len(engine.following.rows)
    in_flight = sum(row.entry.state in HELD for key, row in engine.rows.items() if key not in engine.following.rows)
    budget, ledger, poller = scheduler.budget, scheduler.ledger, scheduler.poller
    problem = problem or engine.broken or ledger.surprise
    return Stats(
        waiting=len(rows) - in_flight - followed,
        in_flight=in_flight,
        ended=dict(delivery.ended),
        withdrawn=delivery.withdrawn,
        replayed=delivery.replayed,
        requests=budget.used,
        throttled=budget.throttled,
        requests_per_minute=budget.limit,
        cost_cents=ledger.charged_cents,
        unstated_cents=ledger.unstated_cents,
        reserved_cents=ledger.reserved_cents,
        exposed_cents=ledger.exposed_cents,
        last_minute=budget.last_minute(now),
        other_traffic=budget.other_traffic,
        bottleneck=scheduler.bottleneck(now),
        poll_cost_seconds=poller.cost.seconds,
        lag=median(poller.lags) if poller.lags else None,
        polls_per_job=poller.polls / poller.ended if poller.ended else 0.0,
        delivered=poller.push.delivered,
        followed=followed,
        deliveries_trusted=poller.push.is_trusted if engine.webhooks.is_bound else None,
        ready=problem is None,
        problem=None if problem is None else str(problem),
        paused_for=max(0.0, budget.paused_until - now),
        outage=scheduler.breaker.is_open,
    )


def unfinished_of(engine: Engine) -> tuple[Unfinished, ...]:
    """Return the jobs that run on at the service when a runner is closed, and warn of what they will cost."""
    running = (
        Unfinished(row.entry.key, row.operation, row.entry.job_id)
        for key, row in engine.rows.items()
        if row.entry.job_id is not None and key not in engine.following.rows
    )
    found = (*engine.ends.left_running, *running)
    if found:
        ids = printable(", ".join(unfinished.job_id for unfinished in found[:5]))
        logger.warning("%d jobs are still running at the service and will be billed: %s …", len(found), ids)
    return found


def explanation_of(scheduler: Scheduler, engine: Engine, key: str, now: float) -> Explanation | None:
    """Return why a row was or was not polled; None when no row of this key is under way."""
    job = engine.job_of(key)
    if job is None:
        if key not in engine.rows:
            return None
        reason: WaitReason = "process" if key in engine.following.rows else "batch"
        return Explanation(key, "waiting", reason, None, 0, None, None, scheduler.poller.cost.seconds)
    contended = scheduler.queues.slot_contended(job, now)
    return Explanation(
        key,
        job.phase.value,
        scheduler.waits_for(job, now),
        None if job.job_id is None else now - job.accepted_at,
        job.polls,
        now - job.polled_at if job.polls else None,
        job.poll_at - now if job.phase is Phase.RUNNING else None,
        scheduler.poller.cost_for(job, slot_contended=contended),
    )
