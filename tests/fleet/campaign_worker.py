"""``python -m tests.fleet.campaign_worker``: runners of a fleet, each in a fork of a process with everything imported.

Reads one order a line (JSON) and answers it with one number: to a start, with the pid; to a question about a pid, with
its exit code, minus the signal that killed it, or `ALIVE`.
"""

from __future__ import annotations

import gc
import json
import os
import random
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio

from sixtyfour_async import (
    AsyncClient,
    FindEmail,
    JobOperation,
    JobRunner,
    PeopleIntelligence,
    PostgresJournal,
    SqliteJournal,
)
from sixtyfour_async._journal.sharing import SharedJournal
from sixtyfour_async.simulator import DEFAULT_KEY
from sixtyfour_async.testing import VirtualTimeLoop, simulated

ALIVE = 1000


@dataclass(frozen=True, slots=True)
class Order:
    """What a runner does.

    Attributes:
        journal: A path or a URL.
        folder: Where it writes ``number PID``, its number in the journal, ``errors PID`` and, once it has ended by
            itself, ``outcomes PID``.
        seed: Shuffles the rows.
    """

    url: str
    journal: str
    folder: str
    rows: int
    speed: float
    lease: float
    seed: int
    max_in_flight: int = 12


def operation_of(number: int) -> JobOperation[Any]:
    """Return the question of a row: of ten, two are sent in bulk with others."""
    if number % 10 in {3, 4}:
        return FindEmail(lead={"name": subject_of(number), "company": "Acme"})
    lead = {"name": subject_of(number), "company": "Acme"}
    return PeopleIntelligence(lead_info=lead, struct={"age": "Age in years"}, tier="low")


def subject_of(number: int) -> str:
    return f"Person {number:05}"


def name_of(operation: Any) -> str:
    """Return the key of a row: the name of the person."""
    lead = operation.lead if isinstance(operation, FindEmail) else operation.lead_info
    return str(lead["name"])


def _journal_of(order: Order) -> SharedJournal:
    if "://" in order.journal:
        return PostgresJournal(order.journal, lease_seconds=order.lease)
    return SqliteJournal(order.journal, lease_seconds=order.lease)


async def _work(order: Order) -> None:
    folder, pid = Path(order.folder), os.getpid()
    rows = list(range(order.rows))
    random.Random(order.seed).shuffle(rows)  # noqa: S311 (no secret)
    journal = _journal_of(order)
    client = AsyncClient(DEFAULT_KEY, base_url=order.url, speed=order.speed)
    outcomes: dict[str, str] = {}
    async with client, JobRunner(client, journal=journal, max_in_flight=order.max_in_flight) as runner:
        store: Any = getattr(journal, "_store")  # noqa: B009 (private, and of two kinds)
        number = store._reader.runner if hasattr(store, "_reader") else store._runner.number
        (folder / f"number {pid}").write_text(str(number))
        async for outcome in runner.map((operation_of(row) for row in rows), key=name_of):
            outcomes[outcome.key] = f"{outcome.status} {outcome.job_id} {outcome.error}"
    (folder / f"outcomes {pid}").write_text(json.dumps(outcomes))


def _run_in_fork(order: Order) -> int:
    errors = os.open(Path(order.folder) / f"errors {os.getpid()}", os.O_CREAT | os.O_WRONLY, 0o600)
    for descriptor, replacement in ((0, os.open(os.devnull, os.O_RDONLY)), (1, errors), (2, errors)):
        os.dup2(replacement, descriptor)
    try:
        anyio.run(_work, order)
    except BaseException:  # noqa: BLE001 (written down; the fork must not go on as its parent)
        traceback.print_exc()
        sys.stderr.flush()
        return 1
    return 0


class Runners:
    """The forks, by pid."""

    def __init__(self) -> None:
        self._codes: dict[int, int] = {}

    def carry_out(self, order: Mapping[str, Any]) -> int:
        if "code_of" in order:
            return self._code_of(order["code_of"])
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            os._exit(_run_in_fork(Order(**order)))
        return pid

    def _code_of(self, pid: int) -> int:
        if pid not in self._codes:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                return ALIVE
            self._codes[pid] = os.waitstatus_to_exitcode(status)
        return self._codes[pid]


async def _warm_up() -> None:
    """Build every class that answers are parsed into; start no thread, since a fork would not inherit it."""
    async with simulated() as (client, _), JobRunner(client) as runner:
        async for _outcome in runner.map(operation_of(row) for row in range(10)):
            pass


def main() -> None:
    anyio.run(_warm_up, backend_options={"loop_factory": VirtualTimeLoop})
    gc.freeze()
    runners = Runners()
    for line in sys.stdin:
        sys.stdout.write(f"{runners.carry_out(json.loads(line))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
