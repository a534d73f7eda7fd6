"""A run on a disk that is too small: ``python -m tests.journal.full_disk_run FOLDER LIMIT BYTES``; prints JSON.

*LIMIT* is ``disk``, where FOLDER is a file system of BYTES bytes, or ``quota``, where no file may exceed BYTES. Either
way the kernel itself refuses the write.
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
AMPLE_BYTES = 1 << 26


def resize_disk(folder: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True)  # noqa: S607 (found on PATH)


def resize_quota(_: Path, size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


RESIZE: dict[str, Callable[[Path, int], None]] = {"disk": resize_disk, "quota": resize_quota}


async def attempt(client: AsyncClient, path: Path) -> tuple[dict[int, tuple[str, str | None]], str]:
    """Run once; return the outcomes by index, and the journal's error if it failed."""
    outcomes: dict[int, tuple[str, str | None]] = {}
    try:
        async with JobRunner(client, journal=path, max_in_flight=40) as runner:
            async for outcome in runner.map(questions(ROWS)):
                outcomes[outcome.index] = (outcome.status, outcome.job_id)
    except JournalError as error:
        return outcomes, str(error)
    return outcomes, ""


async def main(folder: Path, limit: str, size: int) -> None:
    path = folder / "run.db"
    RESIZE[limit](folder, size)
    report: dict[str, Any] = {}
    async with simulated(SimulatorSettings(speed=SPEED)) as (client, simulator):
        for name in ("first", "second", "third"):
            if name == "third":
                RESIZE[limit](folder, AMPLE_BYTES)
            outcomes, error = await attempt(client, path)
            accepted = [work.id for work in simulator.books.jobs]
            report[name] = {"outcomes": list(outcomes.values()), "error": error, "accepted": accepted}
        report["repeated"] = simulator.books.repeated
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    anyio.run(main, Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
