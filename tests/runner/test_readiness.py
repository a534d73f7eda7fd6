"""What a health or readiness check of an application learns from ``runner.stats()``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sixtyfour_async import JobRunner, JournalError, MemoryJournal
from sixtyfour_async.testing import simulated
from tests.runner.questions import find_emails, question

pytestmark = pytest.mark.anyio


class Broken(MemoryJournal):
    async def put(self, *_entries: Any) -> None:
        raise JournalError("the disk is full")


async def test_a_runner_is_ready_while_it_is_entered() -> None:
    async with simulated() as (client, _):
        runner = JobRunner(client)
        before = runner.stats()
        async with runner:
            during = runner.stats()
            await runner.run(question(0))
        after = runner.stats()

    assert [one.ready for one in (before, during, after)] == [False, True, False]
    assert during.problem is None
    assert "async with JobRunner(client)" in (before.problem or "")
    shown = json.loads(after.to_json())
    assert (shown["ready"], shown["problem"]) == (False, after.problem)
    assert shown["ended"] == {"completed": 1}


async def test_a_runner_whose_journal_broke_is_not_ready_and_says_why() -> None:
    async with simulated() as (client, _), JobRunner(client, journal=Broken()) as runner:
        await runner.run(question(0))
        stats = runner.stats()

    assert (stats.ready, stats.problem) == (False, "the disk is full")


async def test_a_journal_in_doubt_and_a_price_that_was_too_low_are_problems_too() -> None:
    doubtful: Any = MemoryJournal()
    doubtful.doubt = "it is an older copy"
    async with simulated() as (client, _):
        async with JobRunner(client, journal=doubtful) as runner:
            doubt = runner.stats()
        async with JobRunner(client, max_cost_cents=1000.0, prices={"find-email": 0.5}) as runner:
            await runner.run(find_emails(1)[0])
            surprise = runner.stats()

    assert (doubt.ready, doubt.problem) == (False, "it is an older copy")
    assert not surprise.ready
    assert "was charged" in (surprise.problem or "")
