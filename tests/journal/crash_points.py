"""Named points at which a process sends itself SIGKILL, at the n-th visit.

They lie outside the package, at its two edges: the connection class passed to ``sqlite3.connect``, and the transport of
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
    "PRAGMA journal_mode = WAL": "wal",
    "UPDATE jobs SET state": "recovery",
    "UPDATE wholeness": "begin",
    "PRAGMA wal_checkpoint": "checkpoint",
    "UPDATE jobs SET delivered": "delivered",
    "INSERT INTO tallies": "tally",
}
"""Prefix of a statement → the step that it is, or the kind of write that it adds to a commit."""

WRITE_AGAIN = "UPDATE jobs SET key"
"""What a line begins with that is written over an earlier one, if there is one."""

OPENING = ("wal", "schema", "recovery", "begin", "checkpoint")
COMMITS = ("intended", "accepted", "completed", "delivered", "tally")
REQUESTS = ("submit", "run", "poll")
POINTS = (
    *(f"{when} {step}" for step in (*OPENING, *COMMITS, "close") for when in ("before", "after")),
    *(f"{step} {how}" for step in REQUESTS for how in ("starting", "sent", "answered")),
)
"""Every point. A commit has a point for each kind of write in it; ``run`` is the submit of a workflow."""


class Crash:
    """Kills the process at the n-th visit of a point."""

    def __init__(self, point: str | None, times: int) -> None:
        self._point = point
        self._remaining = times

    def visit(self, point: str) -> None:
        self._remaining -= point == self._point
        if point == self._point and self._remaining == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def step_of(statement: str, parameters: Any) -> str:
    """Return the step that a statement is, or its kind of write."""
    if statement.startswith(("INSERT INTO jobs", WRITE_AGAIN)):
        return str(parameters[4])  # the state: parameters follow the fields of `Entry`
    return next((step for prefix, step in STATEMENTS.items() if statement.startswith(prefix)), "")


def crashing_connect(crash: Crash) -> Any:
    """Return a ``sqlite3.connect`` whose connections visit the crash points."""

    class CrashingConnection(sqlite3.Connection):
        writes: tuple[str, ...] = ()
        has_written = False

        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            self.has_written |= sql.startswith("BEGIN")
            if sql == "COMMIT":
                steps, self.writes = self.writes, ()
            else:
                step = step_of(sql, parameters)
                self.writes = (*self.writes, step) if self.in_transaction else ()
                steps = (step,) if step in OPENING else ()
            for step in steps:
                crash.visit(f"before {step}")
            result = super().execute(sql, parameters)
            if sql.startswith(WRITE_AGAIN) and not result.rowcount:
                self.writes = self.writes[:-1]  # a new row: its insertion follows
            for step in steps:
                crash.visit(f"after {step}")
            return result

        def executescript(self, sql_script: str, /) -> sqlite3.Cursor:
            crash.visit("before schema")
            result = super().executescript(sql_script)
            crash.visit("after schema")
            return result

        def close(self) -> None:
            when = ("before close", "after close") if self.has_written else ("", "")
            crash.visit(when[0])
            super().close()
            crash.visit(when[1])

    return functools.partial(sqlite3.connect, factory=CrashingConnection)


class CrashingTransport(httpx.AsyncHTTPTransport):
    """Visits a crash point before a request is sent, once it is sent whole, and once its response has been received."""

    def __init__(self, crash: Crash) -> None:
        super().__init__(verify=False)
        self._crash = crash

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        step = "poll" if request.method == "GET" else "run" if request.url.path == "/workflows/run" else "submit"

        async def trace(event: str, _: Mapping[str, Any]) -> None:
            if event == "http11.send_request_body.complete":
                self._crash.visit(f"{step} sent")

        request.extensions["trace"] = trace
        self._crash.visit(f"{step} starting")
        response = await super().handle_async_request(request)
        await response.aread()
        self._crash.visit(f"{step} answered")
        return response
