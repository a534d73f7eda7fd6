"""Several runners on one journal: a web app's workers, or a nightly job beside them."""

from __future__ import annotations

from collections import Counter

import anyio
import pytest

from sixtyfour_async import CostCapError, JobRunner
from sixtyfour_async.simulator import SimulatorSettings
from tests.runner.fleet import LEASE_SECONDS, fleet
from tests.runner.questions import find_emails, question, questions

pytestmark = pytest.mark.anyio


async def test_rows_that_all_workers_ask_for_are_paid_once_and_answered_everywhere() -> None:
    async with fleet() as made:
        for _ in range(4):
            made.start(questions(30))
        await made.done()
        answered = [Counter(outcome.status for outcome in worker.outcomes) for worker in made.workers]

    assert answered == [{"completed": 30}] * 4
    assert (len(made.simulator.books.jobs), made.simulator.books.repeated) == (30, {})
    assert sum(not outcome.replayed for worker in made.workers for outcome in worker.outcomes) == 30
