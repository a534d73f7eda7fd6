"""A pool as Bespoke Labs' Curator has it, over the synchronous route, which is what fits it: one request for a row.

Rows are read one after the other, each waiting for a free slot, for capacity (refilled at so many requests a minute,
looked at every 0.1 s) and for the end of a pause of 10 s after a 429. What failed waits in a queue until the whole list
has been gone through, and is then tried again, up to ten times; at most 10 minutes a request. aiohttp, as there.

The service keeps the connection open until the job has ended. There is no id: whatever cuts the connection loses what
was paid for. The simulator cuts it by its faults only; proxies and load balancers usually do after 60 to 300 s.
"""

from __future__ import annotations

import asyncio
import importlib
import time
from collections import Counter, deque
from typing import Any

from benchmarks.rivals import BURST, PACE_PER_SECOND, Record, Task, question

aiohttp: Any = importlib.import_module("aiohttp")  # a peer: type checkers need not find it

RETRIES = 10
TIMEOUT_SECONDS = 600.0
PAUSE_SECONDS = 10.0
LOOK_SECONDS = 0.1


class Pool:
    """Slots, capacity and the pause."""

    def __init__(self, task: Task, record: Record, session: Any) -> None:
        self.slots = asyncio.Semaphore(task.options["in_flight"])
        self.again: deque[int] = deque()
        self._task, self._record, self._session = task, record, session
        self._capacity, self._updated, self._paused_until = 1.0, time.monotonic(), 0.0
        self._tried = Counter[int]()

    def _has_capacity(self) -> bool:
        now = time.monotonic()
        refilled = PACE_PER_SECOND * self._task.speed * (now - self._updated)
        self._capacity, self._updated = min(self._capacity + refilled, BURST), now
        return self._capacity >= 1

    async def start(self, row: int) -> asyncio.Task[None]:
        """Start a row when there is a slot and capacity, and no pause."""
        await self.slots.acquire()
        while not self._has_capacity():  # noqa: ASYNC110 (it looks again and again, as there)
            await asyncio.sleep(self._task.real(LOOK_SECONDS))
        await asyncio.sleep(max(0.0, self._paused_until - time.monotonic()))
        self._capacity -= 1
        return asyncio.create_task(self._one(row))

    async def _one(self, row: int) -> None:
        try:
            timeout = aiohttp.ClientTimeout(TIMEOUT_SECONDS)
            async with self._session.post("/people-intelligence", json=question(row), timeout=timeout) as response:
                if response.status == 429:  # noqa: PLR2004 (HTTP)
                    self._paused_until = time.monotonic() + self._task.real(PAUSE_SECONDS)
                response.raise_for_status()
                await response.json()
            self._record.answered(row, "")
        except Exception as error:  # noqa: BLE001 (as there: whatever failed is tried again)
            self._tried[row] += 1
            if self._tried[row] > RETRIES:
                self._record.failed(row, error)
            else:
                self.again.append(row)
        finally:
            self.slots.release()


def run(task: Task, record: Record) -> None:
    """Run every row."""

    async def main() -> None:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(task.url, headers=task.headers, connector=connector) as session:
            pool, rows = Pool(task, record, session), deque(range(task.rows))
            while rows:
                await asyncio.gather(*[await pool.start(row) for row in rows])
                rows, pool.again = pool.again, deque()

    asyncio.run(main())
