"""What do the import, the first client and the first call cost? Ours beside other API clients that are installed.

Each contender runs in a fresh interpreter, in turns, and makes one call to the same server on loopback. Processor time
only, from after the start of the interpreter; compiled files are in a cache of the benchmark's own, as they are in
anybody's from the second start on, whether this environment lets Python write some or not.

The server is plain http. Other clients load certificates all the same; ours does so when a connection needs them, as
those to the service do, so it is made to load them here. What it takes without, as with a simulator, is a line of its
own.
Peers are measured where they are installed, and named where they are not: `PEERS` says how to get them.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.canned_server import canned_server
from benchmarks.results import Cell, Column, Dot, Dots, Report, Spread, Table


@dataclass(frozen=True, slots=True)
class Contender:
    """An API client.

    Attributes:
        module: What is imported.
        package: What is installed to have it.
        imports: Statements that import what a program needs for one call.
        client: An expression for the client; ``url`` is the server.
        call: An expression for one call.
        is_async: Whether the call is awaited; the event loop counts as part of the call.
        also: A statement that counts as part of the client: what it would not do before it uses https.
        name: What the tables call it, if not by its module.
    """

    module: str
    package: str
    imports: str
    client: str
    call: str
    is_async: bool = True
    also: str = "pass"
    name: str = ""


OURS = Contender(
    "sixtyfour_async",
    "sixtyfour_async",
    "from sixtyfour_async import AsyncClient",
    'AsyncClient("key", base_url=url)',
    'client.people.find_email(lead={"name": "Ada", "company": "Acme"})',
    also="import httpx; httpx.create_ssl_context()",
)
OVER_HTTP = replace(OURS, also="pass", name="the same, plain http")
PEERS = (
    Contender("httpx", "httpx", "import httpx", "httpx.AsyncClient()", 'client.post(url, json={"lead": {}})'),
    Contender(
        "stripe",
        "stripe",
        "import stripe",
        'stripe.StripeClient("sk_test", base_addresses={"api": url})',
        'client.v1.customers.retrieve("cus_1")',
        is_async=False,
    ),
    Contender(
        "parallel",
        "parallel-web",
        "from parallel import AsyncParallel",
        'AsyncParallel(api_key="key", base_url=url)',
        'client.task_run.retrieve("run")',
    ),
    Contender(
        "apify_client",
        "apify-client",
        "from apify_client import ApifyClientAsync",
        'ApifyClientAsync("key", api_url=url)',
        'client.user("me").get()',
    ),
    Contender(
        "openai",
        "openai",
        "from openai import AsyncOpenAI",
        'AsyncOpenAI(api_key="key", base_url=url)',
        'client.models.retrieve("model")',
    ),
    Contender(
        "anthropic",
        "anthropic",
        "from anthropic import AsyncAnthropic",
        'AsyncAnthropic(api_key="key", base_url=url)',
        'client.models.retrieve("model")',
    ),
)

USER = '{"id": "x", "username": "x", "profile": {}, "email": "x@x.example", "proxy": {"password": "x", "groups": []}}'
CANNED = f'{{"id": "x", "object": "x", "email": [], "data": {USER}, "cost_cents": 5}}'.encode()
"""An answer that all of them read without an error."""


def program(contender: Contender) -> str:
    """Return a program that prints the milliseconds of the import, the client and the call."""
    define, run = "", contender.call
    if contender.is_async:
        define, run = f"async def main():\n    return await {contender.call}", "asyncio.run(main())"
    imports = f"import asyncio\n{contender.imports}" if contender.is_async else contender.imports
    steps = ("from time import process_time as now", "import sys", "url = sys.argv[1]", "marks = [now()]")
    timed = (imports, "marks.append(now())", f"client = {contender.client}", contender.also, "marks.append(now())")
    last = (define, run, "marks.append(now())", "print([1000 * (b - a) for a, b in zip(marks, marks[1:])])")
    return "\n".join((*steps, *timed, *last))


def measure(contender: Contender, url: str, compiled: str) -> list[float]:
    """Run a contender in a fresh interpreter; return milliseconds of CPU of each step.

    Args:
        contender: Who runs.
        url: The server.
        compiled: The folder in which Python keeps compiled files.
    """
    command = (sys.executable, "-c", program(contender), url)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPYCACHEPREFIX"] = compiled
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{contender.module}: {done.stderr.strip().splitlines()[-1]}")
    times: list[float] = json.loads(done.stdout.splitlines()[-1])
    return times


COLUMNS = (
    Column("client"),
    Column("import ms", ".0f"),
    Column("client ms", ".0f"),
    Column("first call ms", ".0f"),
    Column("all ms", ".0f", range=True),
    Column("of ours", ".2f", range=True, meaning="as a multiple of ours, round by round"),
)


def answer(quick: bool, seeds: Sequence[int], *, peers: Sequence[Contender] = PEERS) -> Report:
    """Measure every contender that is installed, a round for each seed after one to warm up."""
    del quick
    notes, contenders = list(NOTES), [OURS, OVER_HTTP]
    for peer in peers:
        if importlib.util.find_spec(peer.module) is None:
            notes.append(f"Not installed, not measured: {peer.package}.")
        else:
            contenders.append(peer)
    found = _rounds(contenders, len(seeds), notes)
    total = {name: Spread.over(runs, sum) for name, runs in found.items()}
    cells: list[list[Cell]] = [
        [
            name,
            *(Spread(column) for column in zip(*runs, strict=True)),
            total[name],
            total[name].over_each(total[OURS.module]),
        ]
        for name, runs in found.items()
    ]
    dots = [(name, [Dot("all", one.median, one.low, one.high)]) for name, one in total.items()]
    chart = Dots("Import, first client and first call", "milliseconds of CPU", dots)
    return Report({"rounds": len(seeds)}, [Table("CPU in a fresh interpreter", COLUMNS, cells)], {"": chart}, notes)


def _rounds(contenders: Sequence[Contender], rounds: int, notes: list[str]) -> dict[str, list[list[float]]]:
    """Measure in turns; a peer that fails in the round that warms up is left out, and said to be."""
    found = dict[str, list[list[float]]]()
    with canned_server(lambda _: CANNED) as url, tempfile.TemporaryDirectory() as compiled:
        for contender in contenders:
            try:
                measure(contender, url, compiled)
            except RuntimeError as error:
                if contender is OURS:
                    raise
                notes.append(f"Not measured: {error}")
            else:
                found[contender.name or contender.module] = []
        for number in range(rounds):
            for contender in reversed(contenders) if number % 2 else contenders:
                if (name := contender.name or contender.module) in found:
                    found[name].append(measure(contender, url, compiled))
    return found


NOTES: Sequence[str] = (
    "stripe's call is synchronous, as its usual client is; all others are awaited in asyncio.run.",
    "Ours is made to load certificates, as it does over https; what it takes without is the second line.",
)
