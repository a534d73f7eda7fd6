"""How a runner watches: what it tells about it, what it remembers, and many workflow runs at once."""

from __future__ import annotations

import anyio
import pytest

from sixtyfour_async import ConfigurationError, JobRunner, MemoryJournal, RunWorkflow
from sixtyfour_async._runner.outcomes import Explanation
from sixtyfour_async.simulator import SimulatorSettings, companies
from sixtyfour_async.testing import simulated
from tests.runner.questions import question, questions

pytestmark = pytest.mark.anyio

WORKFLOW = "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0001"


def workflow_runs(count: int) -> list[RunWorkflow]:
    rows = [{"company_name": company.company_name, "website": company.website} for company in companies()[:count]]
    return [
        RunWorkflow(workflow_id=WORKFLOW, webhook_payload=row, idempotency_key=f"row-{number}")
        for number, row in enumerate(rows)
    ]


async def test_many_workflow_runs_are_watched_by_one_request_each_time() -> None:
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(workflow_runs(40))]

    paths = [request.path for request in simulator.books.requests if request.method == "GET"]
    assert [outcome.status for outcome in outcomes] == ["completed"] * 40
    assert all(outcome.result().overall_status == "completed" for outcome in outcomes)
    assert paths.count("/workflows/runs") > 0
    assert sum(path.endswith("/live_status") for path in paths) < 1.5 * 40


async def test_the_numbers_say_what_binds_and_what_a_request_is_worth() -> None:
    settings = SimulatorSettings(limit=200)
    async with simulated(settings, requests_per_minute=200) as (client, _), JobRunner(client, patience=20.0) as runner:
        before = runner.stats()
        numbers = [runner.stats() async for _ in runner.map(questions(360))]

    assert (before.bottleneck, before.lag, before.last_minute) == ("nothing", None, 0)
    assert numbers[60].bottleneck == "rate"
    assert numbers[150].poll_cost_seconds >= 20.0
    assert numbers[-1].poll_cost_seconds < 1.0
    assert 185 <= max(stats.last_minute for stats in numbers) <= 200
    assert 1.0 <= numbers[-1].polls_per_job < 3.0
    assert 0.0 < (numbers[-1].lag or 0.0) < 25.0
    assert {stats.other_traffic for stats in numbers} == {0}


async def test_a_row_under_way_can_be_explained() -> None:
    told: Explanation | None = None
    async with simulated() as (client, _), JobRunner(client) as runner, anyio.create_task_group() as tasks:
        tasks.start_soon(runner.run, question(0))
        await anyio.sleep(5.0)
        told = runner.explain(question(0).fingerprint())

    assert told is not None
    assert told.phase == "running"
    assert told.age == pytest.approx(5.0, abs=1.0)
    assert told.next_poll is not None
    assert "next in" in str(told)
    assert runner.explain("nobody") is None
    assert runner.explain(question(0).fingerprint()) is None


async def first_look(journal: MemoryJournal, number: int) -> float:
    """Run a question and say when its first look was planned, seconds after it was accepted."""
    told: Explanation | None = None
    async with simulated() as (client, _), JobRunner(client, journal=journal) as runner:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(runner.run, question(number))
            await anyio.sleep(1.0)
            told = runner.explain(question(number).fingerprint())
        assert told is not None
        return (told.age or 0.0) + (told.next_poll or 0.0)


async def test_a_run_on_the_same_journal_knows_how_long_such_jobs_take() -> None:
    """None takes less than ten seconds: a runner that does not know that looks for their end after two."""
    journal = MemoryJournal()

    unknown = await first_look(journal, 0)
    async with simulated() as (client, _), JobRunner(client, journal=journal) as runner:
        async for _outcome in runner.map(questions(100)):
            pass
    known = await first_look(journal, 300)

    assert unknown < 4.0
    assert known > 7.0


async def test_what_was_learned_is_kept_while_the_run_goes_on() -> None:
    """A run that is killed cannot do it at its end."""
    journal = MemoryJournal()
    kept: list[str | None] = []
    async with simulated() as (client, _), JobRunner(client, journal=journal) as runner:
        async for outcome in runner.map(questions(60)):
            assert outcome.ok
        await anyio.sleep(60)
        await runner.run(question(60))
        kept.append(await journal.get_meta("runtimes"))

    assert "company-intelligence/low" in (kept[0] or "")


@pytest.mark.parametrize("patience", [0.0, -1.0, float("inf"), float("nan")])
async def test_a_patience_that_is_none_is_refused(patience: float) -> None:
    async with simulated() as (client, _):
        with pytest.raises(ConfigurationError, match="patience"):
            JobRunner(client, patience=patience)
