"""Runners that are killed and frozen at random while they share a journal: nothing is paid twice, nothing is lost."""

from __future__ import annotations

from collections import Counter
from random import Random

import anyio
import pytest

from sixtyfour_async.simulator import SimulatorSettings
from tests.runner.fleet import LEASE_SECONDS, Fleet, fleet
from tests.runner.questions import find_emails, question, questions

pytestmark = pytest.mark.anyio

ROWS = 16


@pytest.mark.parametrize("seed", range(12))
async def test_nothing_is_paid_twice_and_nothing_is_lost(seed: int) -> None:
    random = Random(seed)
    async with fleet(random=random) as made:
        for _ in range(random.randint(2, 4)):
            made.start(random.sample(_operations(seed), ROWS), {"ordered": random.random() < 0.3})
        await _disturb(made, random)
        for worker in made.workers:
            worker.thaw()
        if all(worker.killed for worker in made.workers):
            made.start(_operations(seed))
        await made.done()

    books, rows = made.simulator.books, made.journal.rows
    assert books.repeated == {}
    for worker in made.workers:
        if not worker.killed:
            assert worker.error is None
            assert len(worker.outcomes) == len({outcome.index for outcome in worker.outcomes}) == ROWS
            assert {outcome.status for outcome in worker.outcomes} <= {"completed", "unknown"}
    states = Counter(entry.state for entry in rows.values())
    assert set(states) <= {"completed", "unknown", "accepted", "released"}
    if not any(worker.killed for worker in made.workers):
        assert states["unknown"] == 0
        assert states == {"completed": len(rows)}


def _operations(seed: int) -> list:
    return find_emails(ROWS) if seed % 2 else questions(ROWS)


async def _disturb(made: Fleet, random: Random) -> None:
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
