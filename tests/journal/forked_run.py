"""``python -m tests.journal.forked_run``: runs to be killed, each in a fork of a process with everything imported.

Reads one specification a line (JSON, the fields of `RunSpec`) and writes one result a line: the fork's exit code, or
minus the signal that killed it. Also starts and stops simulators, which outlive the runs: see `Simulators`.
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
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import anyio
import httpx
from pydantic import JsonValue

from sixtyfour_async import AsyncClient, DeepSearch, JobOperation, JobRunner, Outcome, RunWorkflow
from sixtyfour_async._scheduling.row_states import Batching
from sixtyfour_async.simulator import DEFAULT_KEY, SimulatorSettings, companies
from sixtyfour_async.simulator.serving.process import simulator_process
from sixtyfour_async.testing import VirtualTimeLoop, simulated
from tests.forked_simulator import fork_simulators
from tests.journal.crash_points import Crash, CrashingTransport, crashing_connect
from tests.runner.questions import find_email, question

FACTS_WORKFLOW = "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0001"
PRICES = {"company-intelligence": 10, "workflow-run": 10, "deep-search": 5, "find-email": 5}
"""Cents, as the simulator charges; the service does not report the price of a search."""

Kind: TypeAlias = Literal["plain", "mixed", "bulk", "file"]
BATCHING: Mapping[str, Batching] = {"plain": "single", "file": "file"}


@dataclass(frozen=True, slots=True)
class RunSpec:
    """What to run, and when to crash.

    Attributes:
        rows: How many rows the input has.
        speed: Speed of the simulator's clock.
        point: One of `crash_points.POINTS`, or None.
        times: Which visit of that point crashes, from 1.
        kill_after: Seconds after the fork at which it is killed from outside, or None.
        leave_after: Outcomes after which the consumer leaves the run, or None.
        first_row: The number of its first row.
        kind: ``plain`` questions; ``mixed`` with idempotent operations and repeated rows; ``bulk`` and ``file`` with
            rows that share a submit.
    """

    url: str
    journal: str
    consumer_log: str
    rows: int
    speed: float
    point: str | None = None
    times: int = 1
    kill_after: float | None = None
    leave_after: int | None = None
    first_row: int = 0
    kind: Kind = "mixed"


def operations_for(rows: int, kind: Kind = "mixed", first_row: int = 0) -> Sequence[JobOperation[Any]]:
    """Return the input rows."""
    make = {"mixed": mixed, "bulk": find_email}.get(kind, question)
    return [make(number) for number in range(first_row, first_row + rows)]


def mixed(number: int) -> JobOperation[Any]:
    """Return, of ten rows, one search, one workflow run, and one repetition of the row before it."""
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


def as_json(outcome: Outcome[Any]) -> dict[str, Any]:
    raw = outcome.raw if isinstance(outcome.raw, dict) else {}
    return {
        "key": outcome.key,
        "index": outcome.index,
        "status": outcome.status,
        "job_id": outcome.job_id,
        "found": raw.get("structured_data") or raw.get("name"),
    }


async def run(spec: RunSpec) -> None:
    """Consume a run; each outcome is logged before the next one is requested."""
    crash = Crash(spec.point, spec.times)
    sqlite3.connect = crashing_connect(crash)
    consumer_log = os.open(spec.consumer_log, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    remaining = spec.leave_after
    async with httpx.AsyncClient(transport=CrashingTransport(crash)) as http_client:
        client = AsyncClient(DEFAULT_KEY, base_url=spec.url, speed=spec.speed, http_client=http_client)
        runner = JobRunner(client, journal=spec.journal, max_in_flight=16, prices=PRICES, deep_searches=50)
        async with client, runner:
            rows = operations_for(spec.rows, spec.kind, spec.first_row)
            async for outcome in runner.map(rows, deliver="once", batching=BATCHING.get(spec.kind, "auto")):
                os.write(consumer_log, json.dumps(as_json(outcome)).encode() + b"\n")
                remaining = None if remaining is None else remaining - 1
                if remaining == 0:
                    break


async def warm_up() -> None:
    """Build every class that answers are parsed into; start no thread, since a fork would not inherit it."""
    await httpx.AsyncHTTPTransport(verify=False).aclose()  # its imports would outlast a run
    async with simulated() as (client, _), JobRunner(client, prices=PRICES) as runner:
        async for _outcome in runner.map(operations_for(10)):
            pass


def run_in_fork(spec: RunSpec) -> int:
    """Run inside the fork and return the exit code."""
    try:
        anyio.run(run, spec)
    except BaseException:  # noqa: BLE001 (printed; the fork must not continue as its parent)
        traceback.print_exc()
        return 1
    return 0


def fork_and_wait(spec: RunSpec) -> int:
    child = os.fork()
    if child == 0:
        os._exit(run_in_fork(spec))
    if spec.kill_after is not None:
        time.sleep(spec.kill_after)
        os.kill(child, signal.SIGKILL)  # not reaped yet, so the pid cannot have been reused
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Simulators:
    """The simulators that run, by their ports."""

    def __init__(self) -> None:
        self._running: dict[int, ExitStack] = {}

    def start(self, settings: Mapping[str, Any]) -> int:
        """Start one and return its port."""
        stack = ExitStack()
        url = stack.enter_context(simulator_process(SimulatorSettings.from_json(dict(settings))))
        port = int(url.rpartition(":")[2])
        self._running[port] = stack
        return port

    def stop(self, port: int) -> int:
        """Stop one, unless it ended with an earlier server that was given up."""
        self._running.pop(port, ExitStack()).close()
        return 0


def main() -> None:
    fork_simulators()
    anyio.run(warm_up, backend_options={"loop_factory": VirtualTimeLoop})
    gc.freeze()
    simulators = Simulators()
    for line in sys.stdin:
        match json.loads(line):
            case {"start_simulator": settings}:
                answer = simulators.start(settings)
            case {"stop_simulator": port}:
                answer = simulators.stop(port)
            case spec:
                answer = fork_and_wait(RunSpec(**spec))
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
