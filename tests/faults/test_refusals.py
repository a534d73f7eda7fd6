"""Refusals that every later row would meet: no key, no credits, a tier that is not enabled."""

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
    runner: JobRunner, asked: list[Question], expected: type[SixtyfourError]
) -> tuple[list[Outcome[object]], SixtyfourError]:
    outcomes: list[Outcome[object]] = []

    async def consume() -> None:
        async for outcome in runner.map(asked):
            outcomes.append(outcome)  # noqa: PERF401 (what came before the error is what counts)

    with pytest.raises(expected) as caught:
        await consume()
    return outcomes, caught.value


def withdrawn(outcomes: list[Outcome[object]]) -> list[Outcome[object]]:
    return [outcome for outcome in outcomes if isinstance(outcome.error, RunStoppedError)]


async def test_without_credits_the_run_stops_and_what_was_paid_arrives() -> None:
    """402 on a submit: nothing more is read, rows in flight are watched to their end, then the error is raised."""
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
        assert all("402" in str(outcome.error) for outcome in withdrawn(outcomes)), "each says why it was not sent"
        assert submits_of(simulator)[402] == len(refused) <= 11, "a burst at most"

        simulator.service.account.opening_cents += 10_000
        async with JobRunner(client, journal=journal) as runner:
            again = [outcome async for outcome in runner.map(questions(40))]

    assert sum(outcome.ok for outcome in again) == 40
    assert sum(outcome.replayed for outcome in again) == 12
    assert (len(simulator.books.jobs), simulator.books.repeated) == (40, {})


async def test_a_tier_that_is_not_enabled_stops_the_run() -> None:
    """403 names the tier; rows of other tiers already under way are delivered."""
    asked = [*questions(10), *[question(number, tier="high") for number in range(10, 200)]]
    async with simulated() as (client, simulator), JobRunner(client, max_in_flight=40) as runner:
        outcomes, error = await collect(runner, asked, PermissionDeniedError)

    assert "High tier company enrichment is not enabled" in str(error)
    assert 10 == sum(outcome.ok for outcome in outcomes) == len(simulator.books.jobs)
    assert withdrawn(outcomes)
    assert len(outcomes) <= 51
    assert submits_of(simulator)[403] <= 11


async def test_a_wrong_key_stops_the_run_at_its_first_rows() -> None:
    """401: nothing was accepted, nothing is paid, nothing is sent any more."""
    async with simulated(api_key="sk_of_somebody_else") as (client, simulator), JobRunner(client) as runner:
        outcomes, _ = await collect(runner, questions(300), AuthenticationError)

    assert all(outcome.status == "rejected" for outcome in outcomes)
    assert withdrawn(outcomes)
    assert simulator.books.jobs == []
    assert len(simulator.books.requests) <= 11


async def test_a_key_revoked_on_the_way_hands_back_every_id() -> None:
    """Looks are refused too: what runs is told by its id, and fetched when the key is good again."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        good = simulator.service.settings
        outcomes: list[Outcome[object]] = []

        async def gather() -> None:
            outcomes.extend((await collect(runner, questions(120), AuthenticationError))[0])

        async def revoke() -> None:
            await anyio.sleep(8)
            simulator.service.settings = dataclasses.replace(good, keys=("another_key",))

        async with JobRunner(client, journal=journal) as runner, anyio.create_task_group() as tasks:
            tasks.start_soon(revoke)
            tasks.start_soon(gather)
        accepted = {work.id for work in simulator.books.jobs}
        unfinished = {outcome.job_id for outcome in outcomes if outcome.status == "unfinished"}
        assert accepted == unfinished | {outcome.job_id for outcome in outcomes if outcome.ok}
        assert unfinished

        simulator.service.settings = good
        async with JobRunner(client, journal=journal) as runner:
            again = [outcome async for outcome in runner.map(questions(40))]

    assert sum(outcome.ok for outcome in again) == 40
    assert simulator.books.repeated == {}


async def test_a_refusal_in_one_call_leaves_the_other_call_alone() -> None:
    """Each ``map`` ends for its own reasons."""
    async with simulated() as (client, _), JobRunner(client) as runner:
        good: list[Outcome[object]] = []

        async def other() -> None:
            async for outcome in runner.map(questions(60)):
                good.append(outcome)  # noqa: PERF401 (read by whoever waits outside)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(other)
            await collect(runner, [question(number, tier="high") for number in range(60)], PermissionDeniedError)

    assert sum(outcome.ok for outcome in good) == 60
