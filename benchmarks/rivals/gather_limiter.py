"""``asyncio.gather`` under a semaphore, each request under a leaky bucket of aiolimiter: the recipe of many answers.

Its README has ``AsyncLimiter(requests, seconds)``. With ``AsyncLimiter(500, 60)`` the first minute may hold a thousand
requests; the settings here keep every minute, so that no request is wasted on a 429. Options: ``every``, the
interval of polls, and ``in_flight``, the semaphore.
"""

from __future__ import annotations

import asyncio
import importlib
from typing import Any

from benchmarks.rivals import BURST, PACE_PER_SECOND, Record, Task
from benchmarks.rivals.documented import Pace, client_for, research

aiolimiter: Any = importlib.import_module("aiolimiter")  # a peer: type checkers need not find it


def limiter(task: Task) -> Pace:
    """Return a bucket that lets through what keeps the limit in every minute."""
    bucket: Pace = aiolimiter.AsyncLimiter(BURST, task.real(BURST / PACE_PER_SECOND))
    return bucket


def run(task: Task, record: Record) -> None:
    """Run every row."""

    async def main() -> None:
        in_flight = min(task.options["in_flight"], task.rows)
        slots, pace = asyncio.Semaphore(in_flight), limiter(task)

        async def one(row: int) -> None:
            async with slots:
                await research(client, task, record, row, pace=pace, every=task.options["every"])

        async with client_for(task, min(in_flight, 200)) as client:
            await asyncio.gather(*(one(row) for row in range(task.rows)))

    asyncio.run(main())
