"""One of several processes on a journal file: ``python -m tests.journal.fleet_worker FOLDER LEASE ROWS SEED``.

It does what a runner does, without the network: claims a row, pays for it by a line in the service's book, and writes
what came of it. Every row that it was told to be durable stands in its log of acknowledgements, and the time of every
transaction and checkpoint in its log of turns.
"""

from __future__ import annotations

import functools
import os
import random
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import anyio

from sixtyfour_async import SqliteJournal
from sixtyfour_async._journal import journal_file
from sixtyfour_async._journal.base import Entry, FencedError, changed
from sixtyfour_async._journal.sharing import BEATS_PER_LEASE, Limits

OPERATION = "find-email"
CHECKPOINT_BYTES = 64 * 1024
"""A log that is moved into the main file all the time."""


class Log:
    """Lines that are on record as soon as they are written, whatever becomes of the process."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, line: str) -> None:
        os.write(self._descriptor, f"{line}\n".encode())


def record_turns(log: Log) -> None:
    """Record from when to when each transaction that writes, and each checkpoint, lasted."""

    class RecordingConnection(sqlite3.Connection):
        began = 0.0

        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            before = time.monotonic()
            if sql.startswith("BEGIN"):
                self.began = before
            result = super().execute(sql, parameters)
            if sql in {"COMMIT", "ROLLBACK"}:
                log.write(f"commit {self.began!r} {time.monotonic()!r}")
            elif sql.startswith("PRAGMA wal_checkpoint"):
                log.write(f"checkpoint {before!r} {time.monotonic()!r}")
            return result

    connect = sqlite3.connect
    vars(sqlite3)["connect"] = functools.partial(connect, factory=RecordingConnection)


class Worker:
    """Works on all rows until each is ended or parked."""

    def __init__(self, folder: Path, lease: float, rows: int, seed: int) -> None:
        self.journal = SqliteJournal(folder / "run.db", lease_seconds=lease)
        self.book = Log(folder / "book")
        self.acknowledged = Log(folder / "acknowledged")
        self.keys: list[str] = [f"row {number:04}" for number in range(rows)]
        random.Random(seed).shuffle(self.keys)  # noqa: S311 (no secret)

    async def run(self) -> None:
        await self.journal.open()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.beat)
            while self.keys:
                for start in range(0, len(self.keys), 8):
                    async with anyio.create_task_group() as group:
                        for key in self.keys[start : start + 8]:
                            group.start_soon(self.work, key)
                found = await self.journal.find_all(self.keys)
                ended = {entry.key for entry in found if entry.state in {"completed", "unknown"}}
                self.keys = [key for key in self.keys if key not in ended]
                await anyio.sleep(0.02)
            tasks.cancel_scope.cancel()
        await self.journal.close()

    async def beat(self) -> None:
        while True:
            await self.journal.beat()
            await anyio.sleep(self.journal.lease_seconds / BEATS_PER_LEASE)

    async def work(self, key: str) -> None:
        entry = await self.journal.find(key) or Entry(key, OPERATION, "f" * 32, "{}", "released")
        if entry.held_by is not None or entry.state not in {"released", "accepted"}:
            return
        try:
            await (self.poll if entry.state == "accepted" else self.submit)(entry)
        except FencedError:
            return

    async def submit(self, entry: Entry) -> None:
        at = f"{time.time():.9f} {os.getpid()}"
        entry = changed(entry, state="intended", sent_at=at, reserved_cents=5.0)
        if (await self.journal.claim([entry], Limits())).refused:
            return
        if not self.journal.may_send():
            await self.journal.put(changed(entry, state="released", sent_at=None, reserved_cents=0.0))
            return
        self.book.write(entry.key)
        entry = changed(entry, state="accepted", job_id=f"job {entry.key}")
        await self.journal.put(entry)
        self.acknowledged.write(f"accepted {entry.key}")
        await self.finish(entry)

    async def poll(self, entry: Entry) -> None:
        entry = changed(entry)
        if not (await self.journal.claim([entry], Limits())).refused:
            await self.finish(entry)

    async def finish(self, entry: Entry) -> None:
        await self.journal.put(changed(entry, state="completed", cost_cents=5.0, reserved_cents=0.0))
        self.acknowledged.write(f"completed {entry.key}")


def main(folder: Path, lease: float, rows: int, seed: int) -> None:
    journal_file.CHECKPOINT_BYTES = CHECKPOINT_BYTES
    record_turns(Log(folder / f"turns {os.getpid()}"))
    anyio.run(Worker(folder, lease, rows, seed).run)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
