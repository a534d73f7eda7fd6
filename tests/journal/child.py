"""A run in a process of its own, to be killed: ``python -m tests.journal.child URL JOURNAL ROWS SPEED [MOMENT]``.

*MOMENT* lets the process kill itself, as hard as a power cut: ``intended`` before the third submit leaves,
``answered`` when its answer has come and nobody has seen it, ``looking`` before the third look.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys

import httpx

from sixtyfour_async import AsyncClient, JobRunner
from sixtyfour_async.simulator import DEFAULT_KEY
from tests.fundamentals.questions import questions


class Deadly(httpx.AsyncHTTPTransport):
    def __init__(self, moment: str) -> None:
        super().__init__()
        self.moment = moment
        self.left = 3

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        watched = "/job-status" if self.moment == "looking" else "-async"
        self.left -= watched in request.url.path
        deadly = bool(self.moment) and watched in request.url.path and self.left == 0
        if deadly and self.moment in {"intended", "looking"}:
            os.kill(os.getpid(), signal.SIGKILL)
        response = await super().handle_async_request(request)
        if deadly:
            await response.aread()
            os.kill(os.getpid(), signal.SIGKILL)
        return response


async def main(url: str, journal: str, rows: int, speed: float, moment: str = "") -> None:
    async with httpx.AsyncClient(transport=Deadly(moment)) as http_client:
        client = AsyncClient(DEFAULT_KEY, base_url=url, speed=speed, http_client=http_client)
        async with client, JobRunner(client, journal=journal) as runner:
            sys.stdout.write("begun\n")
            sys.stdout.flush()
            async for outcome in runner.map(questions(rows)):
                found = outcome.value.structured_data if outcome.value else None
                sys.stdout.write(json.dumps([outcome.index, outcome.status, outcome.job_id, found]) + "\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), *sys.argv[5:]))
