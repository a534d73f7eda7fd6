"""What a run would do and take: rows sorted as intake would sort them, nothing sent, nothing written."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import anyio.lowlevel

from sixtyfour_async._journal.base import Journal
from sixtyfour_async._runner.input_rows import InputRows, Operations
from sixtyfour_async._runner.intake import Intake
from sixtyfour_async._runner.looked_up import LookedUp
from sixtyfour_async._runner.outcome_stream import ROWS_AT_ONCE
from sixtyfour_async._runner.outcomes import RunPlan
from sixtyfour_async._scheduling.batches import MAX_BULK_LEADS, MAX_FILE_ROWS
from sixtyfour_async._scheduling.forecast import Load, forecast
from sixtyfour_async._scheduling.row_states import Batching
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.operations import JobOperation

COUNTED = {
    "replay": "answered",
    "skip": "answered",
    "follow": "running",
    "resume": "running",
    "submit": "to_submit",
    "resubmit": "to_submit",
}
"""Admission → what a row counts as in a plan; a conflict counts as rejected."""


@dataclass(slots=True)
class _Kinds:
    """Rows to submit or poll, counted by kind: those that go alone, and those that share submits."""

    alone: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    shared: Counter[str] = field(default_factory=Counter[str])
    running: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    bulk: dict[str, JobOperation[Any]] = field(default_factory=dict[str, JobOperation[Any]])

    def add(self, operation: JobOperation[Any], batching: Batching) -> None:
        batch_key = None if batching == "single" else operation.batch_key(in_files=batching == "file")
        if batch_key is None:
            self.alone[operation.variant(), operation.endpoint.job_limit] += 1
        else:
            self.shared[batch_key] += 1
            if batch_key not in self.bulk:
                self.bulk[batch_key] = operation.batch_with((), "plan")

    def loads(self) -> list[Load]:
        keys = self.alone.keys() | self.running.keys()
        alone = [
            Load(variant, self.alone[variant, job_limit], self.running[variant, job_limit], job_limit)
            for variant, job_limit in keys
        ]
        return [*alone, *(self._load(self.bulk[batch_key], rows) for batch_key, rows in self.shared.items())]

    def _load(self, bulk: JobOperation[Any], rows: int) -> Load:
        size = MAX_FILE_ROWS if bulk.endpoint.takes_file else MAX_BULK_LEADS
        return Load(bulk.variant(), math.ceil(rows / size), job_limit=bulk.endpoint.job_limit)


async def plan(
    operations: Operations[Any],
    journal: Journal,
    intake: Intake,
    scheduler: Scheduler,
    *,
    key: Callable[[Any], str] | None,
    batching: Batching,
) -> RunPlan:
    """Read all operations, decide about each as intake would, and forecast."""
    counts, prices, kinds, seen = Counter[str](), Counter[str](), _Kinds(), set[str]()
    async with InputRows(operations, key, _room).groups() as groups:
        async for group in groups:
            looked_up = await LookedUp.of(journal, group)
            for row in group:
                operation, fingerprint = row.operation, row.fingerprint
                counts["rows"] += 1
                name = fingerprint if row.key is None else row.key
                if name in seen:
                    counts["duplicates"] += 1
                    continue
                seen.add(name)
                decision = intake.decide(operation, fingerprint, await looked_up.find(name), "every call")
                counts[COUNTED.get(decision, "rejected")] += 1
                if decision == "resume":
                    kinds.running[operation.variant(), operation.endpoint.job_limit] += 1
                elif decision in {"submit", "resubmit"}:
                    prices[operation.variant()] += 1
                    kinds.add(operation, batching)
    return _plan(counts, prices, kinds.loads(), scheduler)


async def _room() -> int:
    """Let the event loop have its turn; a plan has room for any number of rows."""
    await anyio.lowlevel.checkpoint()
    return ROWS_AT_ONCE


def _plan(counts: Counter[str], prices: Counter[str], loads: list[Load], scheduler: Scheduler) -> RunPlan:
    expected = forecast(
        loads,
        runtimes=scheduler.poller.runtimes,
        patience=scheduler.patience,
        budget=scheduler.budget,
        job_limits=scheduler.job_limits,
        in_flight=scheduler.in_flight,
    )
    ledger = scheduler.ledger
    cents = sum((ledger.price(variant) or 0.0) * rows for variant, rows in prices.items())
    unpriced = {variant: rows for variant, rows in prices.items() if ledger.price(variant) is None}
    too_dear = cents > ledger.left_cents() or (ledger.is_capped and bool(unpriced))
    early, middle, late = (seconds / 60 for seconds in expected.seconds)
    return RunPlan(
        rows=counts["rows"],
        duplicates=counts["duplicates"],
        answered=counts["answered"],
        running=counts["running"],
        rejected=counts["rejected"],
        to_submit=counts["to_submit"],
        submits=sum(load.submits for load in loads),
        requests=expected.requests,
        minutes=middle,
        minutes_range=(early, late),
        cost_cents=cents,
        unpriced=unpriced,
        bottleneck="cap" if too_dear else expected.bottleneck,
    )
