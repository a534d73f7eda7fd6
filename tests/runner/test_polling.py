"""How a runner polls: batch polls, counters, `explain`, and learned run times."""

from __future__ import annotations

import anyio
import pytest

from sixtyfour_async import ConfigurationError, JobRunner, MemoryJournal, RunWorkflow
from sixtyfour_async._runner.outcomes import Explanation
from sixtyfour_async.simulator import SimulatorSettings, companies
from sixtyfour_async.testing import simulated
from tests.runner.questions import question, questions

pytestmark = pytest.mark.anyio

WORKFLOW_ID = "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0001"


def workflow_runs(count: int) -> list[RunWorkflow]:
    rows = [{"company_name": company.company_name, "website": company.website} for company in companies()[:count]]
    return [
        RunWorkflow(workflow_id=WORKFLOW_ID, webhook_payload=row, idempotency_key=f"row-{number}")
        for number, row in enumerate(rows)
    ]


async def test_many_workflow_runs_are_polled_by_one_request() -> None:
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(workflow_runs(40))]

    paths = [request.path for request in simulator.books.requests if request.method == "GET"]
    assert [outcome.status for outcome in outcomes] == ["completed"] * 40
    assert all(outcome.result().overall_status == "completed" for outcome in outcomes)
    assert paths.count("/workflows/runs") > 0
    assert sum(path.endswith("/live_status") for path in paths) < 1.5 * 40


async def test_stats_report_the_bottleneck_and_the_poll_cost() -> None:
    settings = SimulatorSettings(limit=200)
    async with simulated(settings, requests_per_minute=200) as (client, _), JobRunner(client, patience=20.0) as runner:
        before = runner.stats()
        snapshots = [runner.stats() async for _ in runner.map(questions(360))]

    assert (before.bottleneck, before.lag, before.last_minute) == ("nothing", None, 0)
    assert snapshots[60].bottleneck == "rate"
    assert snapshots[150].poll_cost_seconds >= 20.0
    assert snapshots[-1].poll_cost_seconds < 1.0
    assert 185 <= max(stats.last_minute for stats in snapshots) <= 200
    assert 1.0 <= snapshots[-1].polls_per_job < 3.0
    assert 0.0 < (snapshots[-1].lag or 0.0) < 25.0
    assert {stats.other_traffic for stats in snapshots} == {0}


async def test_a_running_row_can_be_explained() -> None:
    explanation: Explanation | None = None
    async with simulated() as (client, _), JobRunner(client) as runner, anyio.create_task_group() as tasks:
        tasks.start_soon(runner.run, question(0))
        await anyio.sleep(5.0)
        explanation = runner.explain(question(0).fingerprint())

    assert explanation is not None
    assert explanation.phase == "running"
    assert explanation.age == pytest.approx(5.0, abs=1.0)
    assert explanation.next_poll is not None
    assert "next in" in str(explanation)
    assert runner.explain("nobody") is None
    assert runner.explain(question(0).fingerprint()) is None


async def first_poll_age(journal: MemoryJournal, number: int) -> float:
    """Run a question and return when its first poll is scheduled, seconds after it was accepted."""
    explanation: Explanation | None = None
    async with simulated() as (client, _), JobRunner(client, journal=journal) as runner:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(runner.run, question(number))
            await anyio.sleep(1.0)
            explanation = runner.explain(question(number).fingerprint())
        assert explanation is not None
        return (explanation.age or 0.0) + (explanation.next_poll or 0.0)


async def test_learned_run_times_are_reused_by_the_next_run_on_the_journal() -> None:
    """No job takes less than ten seconds; a runner without learned run times polls after two."""
    journal = MemoryJournal()

    untrained = await first_poll_age(journal, 0)
    async with simulated() as (client, _), JobRunner(client, journal=journal) as runner:
        async for _outcome in runner.map(questions(100)):
            pass
    trained = await first_poll_age(journal, 300)

    assert untrained < 4.0
    assert trained > 7.0


async def test_learned_run_times_are_persisted_during_the_run() -> None:
    """A killed run could not persist them at its end."""
    journal = MemoryJournal()
    stored: list[str | None] = []
    async with simulated() as (client, _), JobRunner(client, journal=journal) as runner:
        async for outcome in runner.map(questions(60)):
            assert outcome.ok
        await anyio.sleep(60)
        await runner.run(question(60))
        stored.append(await journal.get_meta("runtimes"))

    assert "company-intelligence/low" in (stored[0] or "")


@pytest.mark.parametrize("patience", [0.0, -1.0, float("inf"), float("nan")])
async def test_an_invalid_patience_is_rejected(patience: float) -> None:
    async with simulated() as (client, _):
        with pytest.raises(ConfigurationError, match="patience"):
            JobRunner(client, patience=patience)
