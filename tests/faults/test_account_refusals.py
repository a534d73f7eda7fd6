"""Refusals that concern every row: a wrong key, no credits, a tier that is not enabled."""

from __future__ import annotations

import dataclasses

import anyio
import pytest

from sixtyfour_async import (
    AuthenticationError,
    CreditsError,
    JobRunner,
    MemoryJournal,
    Outcome,
    PermissionDeniedError,
    RunStoppedError,
    SixtyfourError,
)
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.faults.network import submits_of
from tests.runner.questions import Question, question, questions

pytestmark = pytest.mark.anyio


async def collect(
    runner: JobRunner, operations: list[Question], expected: type[SixtyfourError]
) -> tuple[list[Outcome[object]], SixtyfourError]:
    outcomes: list[Outcome[object]] = []

    async def consume() -> None:
        async for outcome in runner.map(operations):
            outcomes.append(outcome)  # noqa: PERF401 (outcomes before the error count)

    with pytest.raises(expected) as caught:
        await consume()
    return outcomes, caught.value


def withdrawn(outcomes: list[Outcome[object]]) -> list[Outcome[object]]:
    return [outcome for outcome in outcomes if isinstance(outcome.error, RunStoppedError)]


async def test_out_of_credits_the_run_stops_and_delivers_paid_rows() -> None:
    """A 402 on a submit ends the reading; running jobs are polled to their end, then the error is raised."""
    journal = MemoryJournal()
    settings = SimulatorSettings(balance_credits=12)
    async with simulated(settings) as (client, simulator):
        async with JobRunner(client, journal=journal, max_in_flight=60) as runner:
            outcomes, error = await collect(runner, questions(400), CreditsError)
        refused = [outcome for outcome in outcomes if isinstance(outcome.error, CreditsError)]

        assert 12 == sum(outcome.ok for outcome in outcomes) == len(simulator.books.jobs)
        assert simulator.books.charged_cents == 120
        assert refused
        assert refused[0].error is error
        assert len(outcomes) == 12 + len(refused) + len(withdrawn(outcomes)) <= 12 + 61
        assert all(outcome.status == "rejected" for outcome in [*refused, *withdrawn(outcomes)])
        assert all("402" in str(outcome.error) for outcome in withdrawn(outcomes)), "each names the reason"
        assert submits_of(simulator)[402] == len(refused) <= 11, "at most one burst"

        simulator.service.account.opening_cents += 10_000
        async with JobRunner(client, journal=journal) as runner:
            again = [outcome async for outcome in runner.map(questions(40))]

    assert sum(outcome.ok for outcome in again) == 40
    assert sum(outcome.replayed for outcome in again) == 12
    assert (len(simulator.books.jobs), simulator.books.repeated) == (40, {})


async def test_a_disabled_tier_stops_the_run() -> None:
    """The 403 names the tier; running rows of other tiers are delivered."""
    operations = [*questions(10), *[question(number, tier="high") for number in range(10, 200)]]
    async with simulated() as (client, simulator), JobRunner(client, max_in_flight=40) as runner:
        outcomes, error = await collect(runner, operations, PermissionDeniedError)

    assert "High tier company enrichment is not enabled" in str(error)
    assert 10 == sum(outcome.ok for outcome in outcomes) == len(simulator.books.jobs)
    assert withdrawn(outcomes)
    assert len(outcomes) <= 51
    assert submits_of(simulator)[403] <= 11


async def test_a_wrong_key_stops_the_run_at_its_first_rows() -> None:
    """After a 401 nothing more is submitted."""
    async with simulated(api_key="sk_of_somebody_else") as (client, simulator), JobRunner(client) as runner:
        outcomes, _ = await collect(runner, questions(300), AuthenticationError)

    assert all(outcome.status == "rejected" for outcome in outcomes)
    assert withdrawn(outcomes)
    assert simulator.books.jobs == []
    assert len(simulator.books.requests) <= 11


async def test_a_key_revoked_during_the_run_detaches_every_running_job() -> None:
    """Polls are refused too; running jobs are returned with their ids and fetched once the key is valid again."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        valid = simulator.service.settings
        outcomes: list[Outcome[object]] = []

        async def run_all() -> None:
            outcomes.extend((await collect(runner, questions(120), AuthenticationError))[0])

        async def revoke_key() -> None:
            await anyio.sleep(8)
            simulator.service.settings = dataclasses.replace(valid, keys=("another_key",))

        async with JobRunner(client, journal=journal) as runner, anyio.create_task_group() as tasks:
            tasks.start_soon(revoke_key)
            tasks.start_soon(run_all)
        accepted = {work.id for work in simulator.books.jobs}
        unfinished = {outcome.job_id for outcome in outcomes if outcome.status == "unfinished"}
        assert accepted == unfinished | {outcome.job_id for outcome in outcomes if outcome.ok}
        assert unfinished

        simulator.service.settings = valid
        async with JobRunner(client, journal=journal) as runner:
            again = [outcome async for outcome in runner.map(questions(40))]

    assert sum(outcome.ok for outcome in again) == 40
    assert simulator.books.repeated == {}


async def test_a_refusal_in_one_map_does_not_end_another() -> None:
    """Only the ``map`` whose rows are refused ends early."""
    async with simulated() as (client, _), JobRunner(client) as runner:
        outcomes: list[Outcome[object]] = []

        async def consume_valid_rows() -> None:
            async for outcome in runner.map(questions(60)):
                outcomes.append(outcome)  # noqa: PERF401 (read outside the task)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(consume_valid_rows)
            await collect(runner, [question(number, tier="high") for number in range(60)], PermissionDeniedError)

    assert sum(outcome.ok for outcome in outcomes) == 60
