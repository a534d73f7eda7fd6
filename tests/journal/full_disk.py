"""A run on a disk that is too small: ``python -m tests.journal.full_disk FOLDER HOW ROOM``, told as one line of JSON.

*HOW* is ``disk``, FOLDER being a file system of its own of ROOM bytes, or ``quota``, ROOM being the most that one file
may hold. Either is the kernel's own refusal.
"""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio

from sixtyfour_async import AsyncClient, JobRunner, JournalError
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.runner.questions import questions

SPEED = 600.0
ROWS = 150
PLENTY = 1 << 26


def grow_disk(folder: Path, room: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={room}", str(folder)], check=True)  # noqa: S607 (wherever it lies)


def grow_quota(_: Path, room: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


GROW: dict[str, Callable[[Path, int], None]] = {"disk": grow_disk, "quota": grow_quota}


async def attempt(client: AsyncClient, path: Path) -> tuple[dict[int, tuple[str, str | None]], str]:
    """Run once; give what was told, and how the journal failed."""
    told: dict[int, tuple[str, str | None]] = {}
    try:
        async with JobRunner(client, journal=path, max_in_flight=40) as runner:
            async for outcome in runner.map(questions(ROWS)):
                told[outcome.index] = (outcome.status, outcome.job_id)
    except JournalError as error:
        return told, str(error)
    return told, ""


async def main(folder: Path, how: str, room: int) -> None:
    path = folder / "run.db"
    GROW[how](folder, room)
    found: dict[str, Any] = {}
    async with simulated(SimulatorSettings(speed=SPEED)) as (client, simulator):
        for name in ("first", "second", "third"):
            if name == "third":
                GROW[how](folder, PLENTY)
            told, error = await attempt(client, path)
            accepted = [work.id for work in simulator.books.jobs]
            found[name] = {"told": list(told.values()), "error": error, "accepted": accepted}
        found["repeated"] = simulator.books.repeated
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    anyio.run(main, Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
