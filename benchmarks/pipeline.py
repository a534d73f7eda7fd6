"""What does the client cost on top of httpx, and how much of the limit does a runner use? Over real HTTP.

First, processor time per request: `AsyncClient.send` and the bare ``httpx.AsyncClient`` under it make the same JSON
request to the same server and read the answer's JSON, in turns whose order is reversed every other time, at 1, 20 and
200 at a time; the same with ``httpx2`` where it is installed, and with clients of other APIs that are built on either.
Ours has connections of its own, as a user's has; the others are given as many as they need, and decode JSON into no
class of theirs, where ours validates a model.

httpx goes through all connections of a client for each request, so that many in one client, as people have them, cost
it more than a client with one connection for each task. The latter, *apart*, is the best that bare httpx can do, and
what all are compared with.

The column ``retrying`` is the share of the retry machinery in the client's time: what `send` takes beyond the same
request made by `Pipeline.send_json_once`, which is all of it but the first attempt's own line. stamina's loop, a tenth
of the time when it drove every attempt, begins after a failure.

Then `JobRunner` against the simulator with each of its three windows: requests used of the limit while work waits, and
429s. Servers run in other processes.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from itertools import product
from typing import Any

import anyio

from benchmarks.canned_server import canned_server
from benchmarks.results import Cell, Chart, Column, Dot, Dots, Report, Spread, Table
from sixtyfour_async import AsyncClient, CompanyIntelligence, JobRunner
from sixtyfour_async._client.client import pipeline_of
from sixtyfour_async._wire.codec import answer_route, decode_answer, encode
from sixtyfour_async.operations import FindEmail
from sixtyfour_async.simulator import DEFAULT_KEY, SimulatorSettings, companies
from sixtyfour_async.simulator.base.settings import Window
from sixtyfour_async.simulator.serving.process import simulator_process

REQUESTS, QUICK_REQUESTS = 400, 100
"""Requests in a turn: short ones, since the speed of a machine changes by the second."""

LEAST_EACH, QUICK_LEAST_EACH = 2, 1
"""Requests that each of those at a time makes in a turn at least; with fewer, chance decides who waits for whom."""

MINUTES, QUICK_MINUTES = 4.0, 1.0
"""Simulated, for each window."""

SPEED, QUICK_SPEED = 4.0, 8.0
"""Simulated seconds in a real one."""

AT_A_TIME = (1, 20, 200)
MOST_AT_A_TIME = max(AT_A_TIME)
OURS, TOGETHER, APART = "sixtyfour_async", "httpx", "httpx, apart"
LEAD = {"name": "Ada", "company": "Acme"}
WINDOWS: tuple[Window, ...] = ("fixed", "sliding", "bucket")
UNLIMITED = 1_000_000_000
"""Requests a minute that never make the client wait."""

PEERS = {"openai": "AsyncOpenAI", "anthropic": "AsyncAnthropic", "parallel": "AsyncParallel"}
"""Module of a client that is built on httpx or httpx2 → its class; left out where it is not installed."""

Ask = Callable[[], Awaitable[object]]
Costs = dict[str, list[float]]
"""Contender → microseconds of processor time for each request, turn by turn."""


async def cpu_per_request(asks: Sequence[Ask], requests: int) -> float:
    """Microseconds of this process's time for each of so many requests, made by a task for each of *asks*."""
    left = requests

    async def worker(ask: Ask) -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await ask()

    gc.collect()  # nobody pays for the garbage of the turn before
    begun = time.process_time()
    async with anyio.create_task_group() as tasks:
        for ask in asks:
            tasks.start_soon(worker, ask)
    return (time.process_time() - begun) / requests * 1e6


async def client_cost(family: Any, requests: int, turns: int, at_a_time: int) -> Costs:
    """Measure a request through the client, and through httpx (or httpx2) alone, in turns after one to warm up."""
    with canned_server() as url:
        async with AsyncExitStack() as stack:
            contenders = await contenders_of(family, url, at_a_time, stack)
            costs: Costs = {name: [] for name in contenders}
            for turn in range(turns + 1):
                for name in reversed(list(contenders)) if turn % 2 else contenders:
                    number = requests if turn else at_a_time
                    costs[name].append(await cpu_per_request(contenders[name], number))
            return {name: values[1:] for name, values in costs.items()}


def connections(family: Any, number: int = MOST_AT_A_TIME) -> Any:
    """Return a client of httpx, or httpx2, with as many connections as there are requests at a time."""
    limits = family.Limits(max_connections=number, max_keepalive_connections=number)
    return family.AsyncClient(limits=limits, timeout=60, verify=_NO_CERTIFICATES)


_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For the server, which is plain http: two hundred clients would load them two hundred times."""


async def contenders_of(family: Any, url: str, at_a_time: int, stack: AsyncExitStack) -> dict[str, Sequence[Ask]]:
    """Return the same request in all ways: name → what each task does."""
    together = await stack.enter_async_context(connections(family))
    apart = [await stack.enter_async_context(connections(family, 1)) for _ in range(at_a_time)]
    is_other = family.__name__ != "httpx"
    under = await stack.enter_async_context(connections(family)) if is_other else None
    client = AsyncClient("key", base_url=url, http_client=under, requests_per_minute=UNLIMITED)
    through_client, without_retries = ways_of(await stack.enter_async_context(client))
    contenders: dict[str, Sequence[Ask]] = {
        TOGETHER: [partial(through_httpx, together, url)] * at_a_time,
        APART: [partial(through_httpx, one, url) for one in apart],
        "client": [through_client] * at_a_time,
        "once": [without_retries] * at_a_time,
    }
    for module in () if is_other else peers():
        peer = await stack.enter_async_context(peer_client(module, url))
        contenders[module] = [partial(peer.post, "/find-email", body={"lead": LEAD}, cast_to=object)] * at_a_time
    return contenders


async def through_httpx(bare: Any, url: str) -> object:
    """Make the request with httpx alone."""
    response = await bare.post(f"{url}/find-email", json={"lead": LEAD}, headers={"x-api-key": "key"})
    return response.json()


def ways_of(client: AsyncClient) -> tuple[Ask, Ask]:
    """Return the request through the client, and through its pipeline without the machinery of retries."""
    pipeline = pipeline_of(client)
    pipeline.budget.ready_at(-1e9)  # a long rest: no request waits for its budget

    async def through_client() -> object:
        return await client.send(FindEmail(lead=LEAD))

    async def without_retries() -> object:
        operation = FindEmail(lead=LEAD)
        request = encode(operation, answer_route(operation))
        value, request_id = await pipeline.send_json_once(request, operation)
        return decode_answer(operation.answer_type(), value, operation=request.operation, request_id=request_id)

    return through_client, without_retries


def peers() -> list[str]:
    """Return the modules of the other clients that are installed."""
    return [module for module in PEERS if importlib.util.find_spec(module) is not None]


def peer_client(module: str, url: str) -> Any:
    """Return another client, over the library that it is built on."""
    make = getattr(importlib.import_module(module), PEERS[module])
    for family in families():
        with suppress(TypeError):  # it is built on the other one
            return make(api_key="key", base_url=url, http_client=connections(family))
    raise RuntimeError(f"{module} takes neither httpx nor httpx2")


def families() -> Iterator[Any]:
    """Give the HTTP libraries that are installed."""
    for name in ("httpx", "httpx2"):
        with suppress(ModuleNotFoundError):
            yield importlib.import_module(name)


async def budget_use(window: Window, speed: float, minutes: float) -> list[Cell]:
    """Return how much of the limit a runner uses while rows wait."""
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
    return [window, stats.requests, 100 * used, stats.last_minute, stats.throttled, stats.bottleneck]


COST_COLUMNS = (
    Column("over"),
    Column("at a time", "d"),
    Column("one us", ".0f", meaning="bare, all connections in one client"),
    Column("apart us", ".0f", meaning="bare, a client with one connection for each task"),
    Column("client us", ".0f"),
    Column("ratio", ".2f", range=True, meaning="client / apart, turn by turn"),
    Column("retrying %", ".1f", meaning="share of the retry loop in the client's time"),
)
PEER_COLUMNS = (
    Column("client"),
    Column("at a time", "d"),
    Column("us", ".0f"),
    Column("of apart", ".2f", range=True, meaning="as a multiple of bare httpx, apart, turn by turn"),
)
USE_COLUMNS = (
    Column("window"),
    Column("requests", ",d"),
    Column("of limit %"),
    Column("last minute", "d"),
    Column("429s", "d"),
    Column("bottleneck"),
)


def answer(
    quick: bool,
    seeds: Sequence[int],
    *,
    requests: int = 0,
    levels: Sequence[int] = AT_A_TIME,
    windows: Sequence[Window] = WINDOWS,
    minutes: float = 0.0,
) -> Report:
    """Measure the client's cost, a turn for each seed, and the use of the limit."""
    requests = requests or (QUICK_REQUESTS if quick else REQUESTS)
    minutes = minutes or (QUICK_MINUTES if quick else MINUTES)
    least_each = QUICK_LEAST_EACH if quick else LEAST_EACH
    costs, beside, charts = costs_of({level: max(requests, least_each * level) for level in levels}, len(seeds))
    speed = QUICK_SPEED if quick else SPEED
    use = [anyio.run(budget_use, window, speed, minutes) for window in windows]
    n = {"requests a turn": requests, "turns": len(seeds), "minutes": minutes, "speed": speed}
    missing = [f"Not installed, not measured: {module}." for module in PEERS if module not in peers()]
    use_table = Table("Requests used of the limit while rows wait", USE_COLUMNS, use)
    return Report(n, [costs, beside, use_table], charts, [*NOTES, *missing])


def costs_of(requests: Mapping[int, int], turns: int) -> tuple[Table, Table, dict[str, Chart]]:
    """Measure what a request costs with each library, and beside other clients; requests in a turn by their level."""
    cells, beside, dots = list[list[Cell]](), list[list[Cell]](), list[tuple[str, list[Dot]]]()
    others: dict[int, list[Dot]] = {level: [] for level in requests}
    for family, at_a_time in product(families(), requests):
        costs = anyio.run(client_cost, family, requests[at_a_time], turns, at_a_time)
        one, apart, ours, once = (Spread(tuple(costs[name])) for name in (TOGETHER, APART, "client", "once"))
        ratio = ours.over_each(apart)
        retrying = 100 * (1 - once.over_each(ours).median)
        cells.append([family.__name__, at_a_time, one, apart, ours, ratio, retrying])
        dots.append((f"{family.__name__}, {at_a_time} at a time", [_quartiles(OURS, ratio)]))
        for name in ("client", TOGETHER, *peers()) if family.__name__ == "httpx" else ():
            spread, shown = Spread(tuple(costs[name])), OURS if name == "client" else name
            beside.append([shown, at_a_time, spread, spread.over_each(apart)])
            others[at_a_time].append(_quartiles(shown, spread.over_each(apart)))
    title = "CPU as a multiple of bare httpx, a client for each task"
    rows = [(f"{level} at a time", some) for level, some in others.items()]
    return (
        Table("Processor time of a request", COST_COLUMNS, cells),
        Table("Beside other clients that are built on httpx", PEER_COLUMNS, beside),
        {
            "": Dots(title, "ratio", dots, reference=1.0, range="quartiles"),
            "peers": Dots(title, "ratio", rows, reference=1.0, log=True, range="quartiles"),
        },
    )


NOTES: Sequence[str] = (
    "One client for many connections is what people write, and what the peers have; httpx searches all of them.",
    "Through httpx2 ours has all connections in one client, too: that is given to it, as by a user.",
    "In the first turn, which warms up and is not counted, each task makes one request.",
)


def _quartiles(name: str, ratio: Spread) -> Dot:
    ordered = sorted(ratio.values)
    return Dot(name, ratio.median, ordered[len(ordered) // 4], ordered[-1 - len(ordered) // 4])
