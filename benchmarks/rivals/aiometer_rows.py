"""``aiometer.run_on_each``: rows started at a steady pace, so many at once.

aiometer paces starts of tasks, not requests, so the pace of rows is the limit divided by the requests that a row takes:
the best pace, known with hindsight only, is an option (``requests_per_row``).
"""

from __future__ import annotations

import importlib
from typing import Any

import anyio

from benchmarks.rivals import PACE_PER_SECOND, Record, Task
from benchmarks.rivals.documented import client_for, research

aiometer: Any = importlib.import_module("aiometer")  # a peer: type checkers need not find it


def run(task: Task, record: Record) -> None:
    """Run every row."""
    in_flight: int = task.options["in_flight"]
    rows_per_second = PACE_PER_SECOND / task.options["requests_per_row"]

    async def main() -> None:
        async def one(row: int) -> None:
            await research(client, task, record, row)

        async with client_for(task, in_flight) as client:
            pace = rows_per_second * task.speed
            await aiometer.run_on_each(one, range(task.rows), max_at_once=in_flight, max_per_second=pace)

    anyio.run(main)
