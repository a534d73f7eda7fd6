"""``python -m tests.cli.forked_commands``: commands, each in a fork of a process with everything imported and warm.

Reads one order a line (JSON: folder, environment, arguments, speed, and the files for its output) and writes its exit
code. The simulator of ``--simulate`` is a fork too. The client's default speed is set to that of its server.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import sys
from collections.abc import Mapping
from typing import Any

import anyio
import httpx

import sixtyfour_async
from sixtyfour_async import AsyncClient, JobRunner
from sixtyfour_async.__main__ import main as run_command
from sixtyfour_async.testing import VirtualTimeLoop, simulated
from tests.forked_simulator import fork_simulators
from tests.runner.questions import questions


async def warm_up() -> None:
    """Build every class that requests and answers are read into; start no thread, since a fork would not inherit it."""
    await httpx.AsyncHTTPTransport(verify=False).aclose()
    async with simulated() as (client, _), JobRunner(client, prices={"company-intelligence": 1}) as runner:
        await client.account.check_balance()
        async for _outcome in runner.map(questions(3)):
            pass


def run_in_fork(order: Mapping[str, Any]) -> int:
    """Run the command inside the fork and return its exit code."""
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(order[name], os.O_CREAT | os.O_WRONLY), number)
    sys.argv = ["sixtyfour", *order["arguments"]]
    defaults: Any = AsyncClient.__init__.__kwdefaults__
    defaults["speed"] = order["speed"]
    try:
        run_command()
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def main() -> None:
    for found in pkgutil.walk_packages(sixtyfour_async.__path__, "sixtyfour_async."):
        importlib.import_module(found.name)
    fork_simulators()
    anyio.run(warm_up, backend_options={"loop_factory": VirtualTimeLoop})
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            code = run_in_fork(order)
            sys.stdout.flush()
            os._exit(code)  # interpreter shutdown takes longer than most commands
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
