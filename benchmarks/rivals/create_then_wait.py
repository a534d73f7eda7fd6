"""Create every run, then wait for every run, as Parallel's SDK and its cookbook do with task runs.

There the wait is one request that the server answers when the run has ended. This service has no such request for a
job that was submitted, so the wait is the documented poll every 10 s. Both halves are paced (see `gather_limiter`).
"""

from __future__ import annotations

import asyncio

from benchmarks.rivals import Record, Task
from benchmarks.rivals.documented import client_for, submit, wait
from benchmarks.rivals.gather_limiter import limiter


def run(task: Task, record: Record) -> None:
    """Run every row."""

    async def main() -> None:
        pace = limiter(task)

        async def create(row: int) -> str | None:
            try:
                return await submit(client, task, row, pace)
            except Exception as error:  # noqa: BLE001 (one row's failure is noted, the others go on)
                record.failed(row, error)
                return None

        async def result(row: int, job_id: str | None) -> None:
            if job_id is None:
                return
            try:
                await wait(client, task, job_id, pace)
            except Exception as error:  # noqa: BLE001 (the same)
                record.failed(row, error)
            else:
                record.answered(row, job_id)

        async with client_for(task, 100) as client:
            job_ids = await asyncio.gather(*(create(row) for row in range(task.rows)))
            await asyncio.gather(*(result(row, job_id) for row, job_id in enumerate(job_ids)))

    asyncio.run(main())
