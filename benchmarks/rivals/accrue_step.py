"""accrue 1.5: a `FunctionStep` that makes the documented submit and polls, in the pipeline's pool of workers.

accrue retries calls of language models, not functions, so the step has the documented retries. ``in_flight`` is its
``max_workers``; its cache and its progress bar are off. Answers are taken in the step, before the pipeline has them.
"""

from __future__ import annotations

import asyncio
import importlib
from typing import Any

from benchmarks.rivals import Record, Task
from benchmarks.rivals.documented import client_for, research

accrue: Any = importlib.import_module("accrue")  # a peer: type checkers need not find it


def run(task: Task, record: Record) -> None:
    """Run every row."""
    workers: int = task.options["in_flight"]

    async def main() -> None:
        async def step(context: Any) -> dict[str, Any]:
            await research(client, task, record, context.row["row"])
            return {"done": True}

        pipeline = accrue.Pipeline([accrue.FunctionStep("research", step, ["done"], cache=False)])
        config = accrue.EnrichmentConfig(
            max_workers=workers, enable_caching=False, enable_progress_bar=False, log_level="ERROR"
        )
        async with client_for(task, workers) as client:
            await pipeline.run_async([{"row": row} for row in range(task.rows)], config)

    asyncio.run(main())
