"""``python -m tests.journal.child``: runs to be killed, each in a fork of a process that has everything imported.

Reads one order a line (JSON, the fields of `Order`), and answers each with how the fork ended: its exit code, or minus
the signal that killed it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import anyio
import httpx
from pydantic import JsonValue

from sixtyfour_async import AsyncClient, DeepSearch, FindEmail, JobOperation, JobRunner, Outcome, RunWorkflow
from sixtyfour_async._scheduling.row_states import Batching
from sixtyfour_async.simulator import DEFAULT_KEY, companies
from sixtyfour_async.testing import VirtualTimeLoop, simulated
from tests.journal.crash_points import DeadlyTransport, Death, deadly_connect
from tests.runner.questions import question

FACTS_WORKFLOW = "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0001"
PRICES = {"company-intelligence": 10, "workflow-run": 10, "deep-search": 5, "find-email": 5}
"""Cents, as the simulator charges; but what a search costs the service does not tell."""

Kind: TypeAlias = Literal["plain", "mixed", "shared", "filed"]
BATCHING: Mapping[str, Batching] = {"plain": "single", "filed": "file"}


@dataclass(frozen=True, slots=True)
class Order:
    """What to run, and when to die.

    Attributes:
        rows: How many rows the input has.
        speed: The simulator's.
        point: One of `deadly.POINTS` or None.
        times: How often that point is reached before it kills.
        after: Seconds after the fork at which it is killed from outside, or None.
        stay: Outcomes after which the run is left, or None.
        first: The number of its first row.
        kind: ``plain`` questions; ``mixed`` with rows that the service knows again and rows that are asked twice;
            ``shared`` and ``filed`` rows, of which one submit takes many.
    """

    url: str
    journal: str
    sink: str
    rows: int
    speed: float
    point: str | None = None
    times: int = 1
    after: float | None = None
    stay: int | None = None
    first: int = 0
    kind: Kind = "mixed"


def asked(rows: int, kind: Kind = "mixed", first: int = 0) -> Sequence[JobOperation[Any]]:
    """Make the input."""
    make = {"mixed": mixed, "shared": lead}.get(kind, question)
    return [make(number) for number in range(first, first + rows)]


def lead(number: int) -> FindEmail:
    """A row that shares its submit."""
    return FindEmail(lead={"name": f"Row {number}"})


def mixed(number: int) -> JobOperation[Any]:
    """Of ten rows one is a search, one a workflow, one the same question as the row before it."""
    match number % 10:
        case 2:
            return DeepSearch(query=f"shipyards {number}", max_results=5)
        case 5:
            row: dict[str, JsonValue] = {"company_name": companies()[number].company_name, "row": number}
            return RunWorkflow(workflow_id=FACTS_WORKFLOW, webhook_payload=[row])
        case 7:
            return question(number - 1)
        case _:
            return question(number)


def told(outcome: Outcome[Any]) -> dict[str, Any]:
    raw = outcome.raw if isinstance(outcome.raw, dict) else {}
    return {
        "key": outcome.key,
        "index": outcome.index,
        "status": outcome.status,
        "job_id": outcome.job_id,
        "found": raw.get("structured_data") or raw.get("name"),
    }


async def run(order: Order) -> None:
    """The consumer: each outcome is in its own file before it comes back for the next one."""
    death = Death(order.point, order.times)
    sqlite3.connect = deadly_connect(death)
    sink = os.open(order.sink, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    left = order.stay
    async with httpx.AsyncClient(transport=DeadlyTransport(death)) as http_client:
        client = AsyncClient(DEFAULT_KEY, base_url=order.url, speed=order.speed, http_client=http_client)
        runner = JobRunner(client, journal=order.journal, max_in_flight=16, prices=PRICES, deep_searches=50)
        async with client, runner:
            rows = asked(order.rows, order.kind, order.first)
            async for outcome in runner.map(rows, deliver="once", batching=BATCHING.get(order.kind, "auto")):
                os.write(sink, json.dumps(told(outcome)).encode() + b"\n")
                left = None if left is None else left - 1
                if left == 0:
                    break


async def warm_up() -> None:
    """Build every class that an answer is read as; without a thread, which a fork would not have."""
    await httpx.AsyncHTTPTransport(verify=False).aclose()  # what it imports takes longer than a run lives
    async with simulated() as (client, _), JobRunner(client, prices=PRICES) as runner:
        async for _outcome in runner.map(asked(10)):
            pass


def live(order: Order) -> int:
    """In the fork: run, and give the exit code."""
    try:
        anyio.run(run, order)
    except BaseException:  # noqa: BLE001 (told, and the fork must not go on as its parent)
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    anyio.run(warm_up, backend_options={"loop_factory": VirtualTimeLoop})
    gc.freeze()
    for line in sys.stdin:
        order = Order(**json.loads(line))
        child = os.fork()
        if child == 0:
            os._exit(live(order))
        if order.after is not None:
            time.sleep(order.after)
            os.kill(child, signal.SIGKILL)  # a child that has ended waits for its parent: nobody else has this number
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
