"""What does the client cost on top of httpx, and how much of the limit does a runner use? Over real HTTP.

First, processor time per request: `AsyncClient.send` and the bare ``httpx.AsyncClient`` under it make the same JSON
request to the same server and read the answer's JSON, in turns, at 1, 20 and 200 at a time; the same with ``httpx2``
where it is installed. The column ``retrying`` is the share of the retry machinery in the client's time: what `send`
takes beyond the same request made by `Pipeline.send_json_once`, which is all of it but stamina's loop.

That share is 6 to 10 % (70 us of 800 us on the machine it was first measured on), a third of it in stamina's own code
and two thirds in the garbage collector, since each retry context is a reference cycle. At the 500 requests a minute
of one key it comes to 0.06 % of a core, which does not justify a second loop that drives the first attempt.

Then `JobRunner` against the simulator with each of its three windows: requests used of the limit while work waits, and
429s. Servers run in other processes.

    python -m benchmarks.pipeline [--requests 8000] [--minutes 4] [--quick]
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import multiprocessing
import platform
import socket
import time
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from statistics import median
from typing import Any, cast

import anyio

from sixtyfour_async import AsyncClient, CompanyIntelligence, JobRunner
from sixtyfour_async._client.client import pipeline_of
from sixtyfour_async._wire.codec import answer_route, decode_answer, encode
from sixtyfour_async.operations import FindEmail
from sixtyfour_async.simulator import DEFAULT_KEY, SimulatorSettings, companies
from sixtyfour_async.simulator.base.settings import Window
from sixtyfour_async.simulator.serving.process import simulator_process

ROUNDS = 20
"""Turns that the contenders take: short ones, since the speed of a machine changes by the second."""

LEAD = {"name": "Ada", "company": "Acme"}
ANSWER = json.dumps({"email": [["ada@example.com", "OK", "COMPANY"]], "cost_cents": 5, "filler": "x" * 400}).encode()
WINDOWS: tuple[Window, ...] = ("fixed", "sliding", "bucket")
UNLIMITED = 1_000_000_000
"""Requests a minute that never make the client wait."""


def answer_all(listener: socket.socket) -> None:
    """Serve one canned answer to whatever is asked."""
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(ANSWER)}\r\n\r\n"

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while header := await reader.readuntil(b"\r\n\r\n"):
                length = int(header.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
                await reader.readexactly(length)
                writer.write(head.encode() + ANSWER)
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(converse, sock=listener)
        await server.serve_forever()

    asyncio.run(main())


@contextmanager
def canned_server() -> Generator[str]:
    """Run `answer_all` in a process of its own."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        process = multiprocessing.get_context("fork").Process(target=answer_all, args=(listener,), daemon=True)
        process.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            process.terminate()
            process.join()


async def cpu_per_request(ask: Callable[[], Awaitable[object]], requests: int, at_a_time: int) -> float:
    """Microseconds of this process's time for each of so many requests."""
    left = requests

    async def worker() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await ask()

    begun = time.process_time()
    async with anyio.create_task_group() as tasks:
        for _ in range(at_a_time):
            tasks.start_soon(worker)
    return (time.process_time() - begun) / requests * 1e6


async def client_cost(family: Any, requests: int) -> None:
    """Print what a request costs through the client and through httpx (or httpx2) alone."""
    limits = family.Limits(max_connections=200, max_keepalive_connections=200)
    name = family.__name__
    print(f"{'at a time':>10}{name + ' us':>11}{'client us':>11}{'ratio':>7}{'retrying':>10}")
    with canned_server() as url:
        async with (
            family.AsyncClient(limits=limits, timeout=60) as bare,
            family.AsyncClient(limits=limits, timeout=60) as under,
            AsyncClient("key", base_url=url, http_client=under, requests_per_minute=UNLIMITED) as client,
        ):
            pipeline = pipeline_of(client)
            pipeline.budget.ready_at(-1e9)  # a long rest: no request waits for its budget

            async def through_httpx() -> object:
                response = await bare.post(f"{url}/find-email", json={"lead": LEAD}, headers={"x-api-key": "key"})
                return response.json()

            async def through_client() -> object:
                return await client.send(FindEmail(lead=LEAD))

            async def without_retries() -> object:
                operation = FindEmail(lead=LEAD)
                request = encode(operation, answer_route(operation))
                value, request_id = await pipeline.send_json_once(request, operation)
                return decode_answer(operation.answer_type(), value, operation=request.operation, request_id=request_id)

            contenders = {"httpx": through_httpx, "client": through_client, "once": without_retries}
            for at_a_time in (1, 20, 200):
                costs: dict[str, list[float]] = {name: [] for name in contenders}
                for _ in range(ROUNDS):
                    for contender, ask in contenders.items():
                        costs[contender].append(await cpu_per_request(ask, requests // ROUNDS, at_a_time))
                alone, ours = median(costs["httpx"]), median(costs["client"])
                retrying = 1 - median(once / all_ for once, all_ in zip(costs["once"], costs["client"], strict=True))
                print(f"{at_a_time:>10}{alone:>11.0f}{ours:>11.0f}{ours / alone:>7.2f}{retrying:>10.1%}")


def families() -> Iterator[Any]:
    """Give the HTTP libraries that are installed."""
    for name in ("httpx", "httpx2"):
        with suppress(ModuleNotFoundError):
            yield importlib.import_module(name)


async def budget_use(window: Window, speed: float, minutes: float) -> None:
    """Print how much of the limit a runner uses while rows wait."""
    settings = SimulatorSettings(window=window, speed=speed)
    rows = [
        CompanyIntelligence(target_company={"company_name": one.company_name}, struct={"hq": "Where"}, tier="low")
        for one in companies()
    ]
    with simulator_process(settings) as url:
        async with AsyncClient(DEFAULT_KEY, base_url=url, speed=speed) as client, JobRunner(client) as runner:
            with anyio.move_on_after(minutes * 60 / client.speed):
                async for _ in runner.map(rows):
                    pass
            stats = runner.stats()
    used = stats.requests / minutes / stats.requests_per_minute
    print(
        f"{window:>10}{stats.requests:>10}{used:>10.1%}{stats.last_minute:>14}{stats.throttled:>7}{stats.bottleneck:>9}"
    )


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description="Measure the pipeline over real HTTP.")
    options.add_argument("--requests", type=int, default=8000)
    options.add_argument("--speed", type=float, default=4.0, help="simulated seconds in a real one")
    options.add_argument("--minutes", type=float, default=4.0, help="simulated, for each window")
    options.add_argument("--quick", action="store_true", help="2,000 requests, 2 minutes")
    chosen = options.parse_args()
    print(f"Python {platform.python_version()}")
    for family in families():
        anyio.run(client_cost, family, 2000 if chosen.quick else cast("int", chosen.requests))
    print(f"\n{'window':>10}{'requests':>10}{'of limit':>10}{'last minute':>14}{'429s':>7}{'bottleneck':>9}")
    for window in WINDOWS:
        anyio.run(budget_use, window, chosen.speed, 2.0 if chosen.quick else chosen.minutes)


if __name__ == "__main__":
    main()
