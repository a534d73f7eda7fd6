"""`JobRunner` with its defaults; option ``journal`` says whether it keeps a journal on the disk."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import anyio

from benchmarks.rivals import Record, Task, question
from sixtyfour_async import AsyncClient, JobRunner, PeopleIntelligence


def run(task: Task, record: Record) -> None:
    """Run every row."""
    operations = (PeopleIntelligence(**question(row)) for row in range(task.rows))

    async def main(journal: Path | None) -> None:
        async with (
            AsyncClient(task.key, base_url=task.url, speed=task.speed) as client,
            JobRunner(client, journal=journal) as runner,
        ):
            async for outcome in runner.map(operations):
                if outcome.ok or outcome.status == "no_answer":  # nothing was found: rivals do not look at that
                    record.answered(outcome.index, outcome.job_id or "")
                elif outcome.status in {"unknown", "lost", "unfinished"}:
                    record.in_doubt.append(outcome.index)
                else:
                    record.failed(outcome.index, outcome.error)

    if task.options.get("journal"):
        with TemporaryDirectory(dir=Path.cwd()) as folder:  # not in /tmp: memory flushes for free
            anyio.run(main, Path(folder) / "run.db")
    else:
        anyio.run(main, None)
