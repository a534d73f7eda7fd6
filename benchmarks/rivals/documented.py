"""The vendor's published loop: so many jobs in flight, five attempts at a submit, and a poll every 10 s.

After ``sixtyfour-ai/benchmarks``, recon/scripts/sixtyfour.py, whose default is 10 in flight. Submits are tried again
after 1, 2, 4 … seconds when the answer is 429, 500, 502, 503 or 504 or the connection broke; a poll that failed is
made up for by the next one. Other rivals make the same two steps under a pool and a pace of their own.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext

import httpx

from benchmarks.rivals import POLL_SECONDS, RETRIED, Record, Task, question

ATTEMPTS = 5
Pace = AbstractAsyncContextManager[None]
"""Entered before each request."""


def client_for(task: Task, connections: int) -> httpx.AsyncClient:
    """Return a client with the script's time-out, and a connection for each request in flight."""
    limits = httpx.Limits(max_connections=connections * 2, max_keepalive_connections=connections)
    return httpx.AsyncClient(base_url=task.url, headers=task.headers, timeout=60.0, limits=limits)


async def submit(client: httpx.AsyncClient, task: Task, row: int, pace: Pace) -> str:
    """Submit a row; return the job's id."""
    last: object = None
    for attempt in range(ATTEMPTS):
        try:
            async with pace:
                response = await client.post("/people-intelligence-async", json=question(row))
            if response.status_code not in RETRIED:
                response.raise_for_status()
                return str(response.json()["task_id"])
            last = f"status {response.status_code}"
        except httpx.TransportError as error:
            last = repr(error)
        await asyncio.sleep(task.real(2**attempt))
    raise RuntimeError(f"submit failed after {ATTEMPTS} attempts: {last}")


async def wait(client: httpx.AsyncClient, task: Task, job_id: str, pace: Pace, every: float = POLL_SECONDS) -> None:
    """Poll a job until it has been completed.

    Raises:
        RuntimeError: It failed.
    """
    status = ""
    while status != "completed":
        await asyncio.sleep(task.real(every))
        try:
            async with pace:
                response = await client.get(f"/job-status/{job_id}")
        except httpx.TransportError:
            continue
        if response.status_code in RETRIED:
            continue
        response.raise_for_status()
        status = response.json().get("status", "").lower()
        if status in {"failed", "cancelled"}:
            raise RuntimeError(f"job {status}")


async def research(
    client: httpx.AsyncClient,
    task: Task,
    record: Record,
    row: int,
    *,
    pace: Pace | None = None,
    every: float = POLL_SECONDS,
) -> None:
    """Take one row from its submit to its answer."""
    pace = nullcontext() if pace is None else pace
    try:
        job_id = await submit(client, task, row, pace)
        await wait(client, task, job_id, pace, every)
    except Exception as error:  # noqa: BLE001 (as the script does: one row's failure is noted, the others go on)
        record.failed(row, error)
    else:
        record.answered(row, job_id)


def run(task: Task, record: Record) -> None:
    """Run the loop; the option ``in_flight`` is its ``--concurrency``."""

    async def main() -> None:
        slots = asyncio.Semaphore(task.options["in_flight"])

        async def one(row: int) -> None:
            async with slots:
                await research(client, task, record, row)

        async with client_for(task, task.options["in_flight"]) as client:
            await asyncio.gather(*(one(row) for row in range(task.rows)))

    asyncio.run(main())
