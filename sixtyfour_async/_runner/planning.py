"""What a run would do: rows sorted as the runner would sort them, nothing sent, nothing written."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from sixtyfour_async._journal.base import Journal
from sixtyfour_async._runner.admission import RowAdmission
from sixtyfour_async._runner.outcome_stream import Operations, each
from sixtyfour_async._runner.outcomes import RunPlan
from sixtyfour_async._scheduling.batches import MAX_BULK_LEADS, MAX_FILE_ROWS
from sixtyfour_async._scheduling.forecast import Load, forecast
from sixtyfour_async._scheduling.row_states import Batching
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.operations import JobOperation

COUNTED = {"replay": "answered", "skip": "answered", "resume": "running", "submit": "asked", "resubmit": "asked"}
"""What a row counts as in a plan; a clash counts as rejected."""


@dataclass(slots=True)
class _Kinds:
    """Rows to ask, by what they have in common: alone, or as many as share submits."""

    alone: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    shared: Counter[str] = field(default_factory=Counter[str])
    running: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    bulk: dict[str, JobOperation[Any]] = field(default_factory=dict[str, JobOperation[Any]])

    def add(self, operation: JobOperation[Any], batching: Batching) -> None:
        kind = None if batching == "single" else operation.batch_key(in_files=batching == "file")
        if kind is None:
            self.alone[operation.variant(), operation.endpoint.job_limit] += 1
        else:
            self.shared[kind] += 1
            if kind not in self.bulk:
                self.bulk[kind] = operation.batch_with((), "plan")

    def loads(self) -> list[Load]:
        keys = self.alone.keys() | self.running.keys()
        alone = [
            Load(variant, self.alone[variant, job_limit], self.running[variant, job_limit], job_limit)
            for variant, job_limit in keys
        ]
        return [*alone, *(self._load(self.bulk[kind], rows) for kind, rows in self.shared.items())]

    def _load(self, bulk: JobOperation[Any], rows: int) -> Load:
        size = MAX_FILE_ROWS if bulk.endpoint.takes_file else MAX_BULK_LEADS
        return Load(bulk.variant(), math.ceil(rows / size), job_limit=bulk.endpoint.job_limit)


async def plan(
    operations: Operations[Any],
    journal: Journal,
    admission: RowAdmission,
    scheduler: Scheduler,
    *,
    key: Callable[[Any], str] | None,
    batching: Batching,
) -> RunPlan:
    """Read all operations, sort them, and forecast."""
    counts, prices, kinds, seen = Counter[str](), Counter[str](), _Kinds(), set[str]()
    async with aclosing(each(operations)) as reading:
        async for operation in reading:
            counts["rows"] += 1
            fingerprint = operation.fingerprint()
            name = fingerprint if key is None else key(operation)
            if name in seen:
                counts["duplicates"] += 1
                continue
            seen.add(name)
            told = admission.welcome(operation, fingerprint, await journal.find(name), "every call")
            counts[COUNTED.get(told, "rejected")] += 1
            if told == "resume":
                kinds.running[operation.variant(), operation.endpoint.job_limit] += 1
            elif told in {"submit", "resubmit"}:
                prices[operation.variant()] += 1
                kinds.add(operation, batching)
    return _plan(counts, prices, kinds.loads(), scheduler)


def _plan(counts: Counter[str], prices: Counter[str], loads: list[Load], scheduler: Scheduler) -> RunPlan:
    told = forecast(
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
    left = None if ledger.cap is None else ledger.cap - ledger.charged - ledger.exposed_cents
    too_dear = left is not None and (cents > left or bool(unpriced))
    early, expected, late = (seconds / 60 for seconds in told.seconds)
    return RunPlan(
        rows=counts["rows"],
        duplicates=counts["duplicates"],
        answered=counts["answered"],
        running=counts["running"],
        rejected=counts["rejected"],
        asked=counts["asked"],
        submits=sum(load.submits for load in loads),
        requests=told.requests,
        minutes=expected,
        minutes_range=(early, late),
        cost_cents=cents,
        unpriced=unpriced,
        bottleneck="cap" if too_dear else told.bottleneck,
    )
