"""Named points at which a process kills itself, as hard as a power cut for the process: before or after the n-th time.

They lie outside the package, at its two edges: the connection class that ``sqlite3`` is asked for, and the transport of
the caller's own ``httpx`` client.
"""

from __future__ import annotations

import functools
import os
import signal
import sqlite3
from collections.abc import Mapping
from typing import Any

import httpx

STATEMENTS: Mapping[str, str] = {
    "BEGIN EXCLUSIVE": "lock",
    "PRAGMA journal_mode": "wal",
    "UPDATE jobs SET state": "recovery",
    "UPDATE jobs SET delivered": "delivered",
    "INSERT INTO tallies": "tally",
}
"""How the statements begin that are steps of their own, or stand for one in a commit."""

OPENING = ("lock", "wal", "schema", "recovery")
COMMITS = ("intended", "accepted", "completed", "delivered", "tally")
REQUESTS = ("submit", "run", "look")
POINTS = (
    *(f"{when} {step}" for step in (*OPENING, *COMMITS, "close") for when in ("before", "after")),
    *(f"{step} {how}" for step in REQUESTS for how in ("leaving", "sent", "answered")),
)
"""Every point. A commit is named after each kind of write in it; ``run`` is the submit of a workflow."""


class Death:
    """Waits for the n-th time that a point is reached."""

    def __init__(self, point: str | None, times: int) -> None:
        self._point = point
        self._left = times

    def reached(self, point: str) -> None:
        self._left -= point == self._point
        if point == self._point and self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def step_of(statement: str, parameters: Any) -> str:
    """Name the step that a statement is, or the kind of write."""
    if statement.startswith("INSERT INTO jobs"):
        return str(parameters[4])  # the state, as `Entry` has its fields
    return next((step for begun, step in STATEMENTS.items() if statement.startswith(begun)), "")


def deadly_connect(death: Death) -> Any:
    """Make a ``sqlite3.connect`` whose connections die at the point."""

    class Deadly(sqlite3.Connection):
        writes: tuple[str, ...] = ()

        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            if sql == "COMMIT":
                steps, self.writes = self.writes, ()
            else:
                step = step_of(sql, parameters)
                self.writes = (*self.writes, step) if self.in_transaction else ()
                steps = (step,) if step in OPENING else ()
            for step in steps:
                death.reached(f"before {step}")
            done = super().execute(sql, parameters)
            for step in steps:
                death.reached(f"after {step}")
            return done

        def executescript(self, sql_script: str, /) -> sqlite3.Cursor:
            death.reached("before schema")
            done = super().executescript(sql_script)
            death.reached("after schema")
            return done

        def close(self) -> None:
            death.reached("before close")
            super().close()
            death.reached("after close")

    return functools.partial(sqlite3.connect, factory=Deadly)


class DeadlyTransport(httpx.AsyncHTTPTransport):
    """Dies before a request leaves, when all of it has been sent, or when its answer is here and nobody has seen it."""

    def __init__(self, death: Death) -> None:
        super().__init__(verify=False)
        self._death = death

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        step = "look" if request.method == "GET" else "run" if request.url.path == "/workflows/run" else "submit"

        async def trace(event: str, _: Mapping[str, Any]) -> None:
            if event == "http11.send_request_body.complete":
                self._death.reached(f"{step} sent")

        request.extensions["trace"] = trace
        self._death.reached(f"{step} leaving")
        response = await super().handle_async_request(request)
        await response.aread()
        self._death.reached(f"{step} answered")
        return response
