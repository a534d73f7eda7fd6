"""Runners that are killed and frozen at random while they share a journal: nothing is paid twice, nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import anyio
import pytest

from sixtyfour_async.operations import JobOperation
from tests.runner.fleet import LEASE_SECONDS, Fleet, fleet, in_file, in_memory
from tests.runner.questions import find_emails, questions

pytestmark = pytest.mark.anyio

ROWS = 16


@pytest.mark.parametrize("kind", ["memory", "file"])
@pytest.mark.parametrize("seed", range(8))
async def test_nothing_is_paid_twice_and_nothing_is_lost(kind: str, seed: int, tmp_path: Path) -> None:
    random = Random(seed)  # noqa: S311
    operations: Sequence[JobOperation[Any]] = find_emails(ROWS) if seed % 2 else questions(ROWS)
    async with fleet(in_memory() if kind == "memory" else in_file(tmp_path / "run.db"), random) as made:
        for _ in range(random.randint(2, 4)):
            made.start(random.sample(operations, ROWS), {"ordered": random.random() < 0.3})
        await disturb(made, random)
        survivor = made.start(operations)
        await made.done()
        entries = await made.entries()

    assert made.simulator.books.repeated == {}
    for worker in made.workers:
        if not worker.killed:
            assert worker.error is None
            assert sorted(outcome.index for outcome in worker.outcomes) == list(range(ROWS))
            assert {outcome.status for outcome in worker.outcomes} <= {"completed", "unknown"}
    states = {entry.state for entry in entries.values()}
    killed = any(worker.killed for worker in made.workers)
    assert states <= ({"completed", "unknown"} if killed else {"completed"})
    assert len(entries) == len(survivor.outcomes)


async def disturb(made: Fleet, random: Random) -> None:
    """Kill and freeze workers now and then, for less and for more than a lease."""
    for _ in range(random.randint(1, 6)):
        await anyio.sleep(random.choice((0.05, 0.3, 1, 5, 20)))
        worker = random.choice(made.workers)
        if random.random() < 0.4:
            worker.kill()
        else:
            worker.freeze()
            await anyio.sleep(random.choice((0.5, 0.5 * LEASE_SECONDS, 3 * LEASE_SECONDS)))
            worker.thaw()
