"""Whose answer a poll brings, and whether it is one: neither its status nor an id beside it decides alone."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sixtyfour_async import JobRunner, MemoryJournal
from tests.client.network import scripted
from tests.faults.one_question import DONE, QUESTION, RESULT, STARTED, Service, run

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("status", [400, 404, 410, 500, 503, 520])
async def test_a_result_is_none_the_worse_for_the_status_it_comes_with(status: int) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=STARTED) if request.method == "POST" else httpx.Response(status, json=DONE)

    async with scripted(reply) as (client, network), JobRunner(client, journal=MemoryJournal()) as jobs:
        outcome = await jobs.run(QUESTION)

    assert (outcome.status, outcome.cost_cents, len(network.seen)) == ("completed", 10, 2)
    assert outcome.result().structured_data == {"hq": "Berlin"}


@pytest.mark.parametrize("error", [{"status": "failed", "error": "x"}, {"error": "x", "result": RESULT}, {"data": {}}])
async def test_a_refused_poll_fails_no_job(error: Any) -> None:
    polls = [httpx.Response(500, json=error), httpx.Response(200, json=DONE)]

    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=STARTED) if request.method == "POST" else polls.pop(0)

    async with scripted(reply) as (client, _), JobRunner(client, journal=MemoryJournal()) as jobs:
        outcome = await jobs.run(QUESTION)

    assert outcome.result().structured_data == {"hq": "Berlin"}


# --- whose answer it is ---------------------------------------------------------------------------------------------

ANOTHER = {"structured_data": {"hq": "Bonn"}}
OF_ANOTHER: list[dict[str, Any]] = [
    {"task_id": "j2"},
    {"job_id": "another"},
    {"id": "j2"},
    {"id": "j2", "task_id": "j3", "run_id": "j1"},
    {"taskId": "J-2"},
]


@pytest.mark.parametrize("about", OF_ANOTHER, ids=repr)
async def test_an_answer_about_another_job_is_not_believed(about: dict[str, Any]) -> None:
    """A cache before the service answers one poll with what it answered to another."""
    other = {"status": "completed", "result": ANOTHER, "charge_amount": 99, **about}
    outcome, _, _ = await run(Service(other, other, DONE | {"task_id": "j1"}))

    assert (outcome.status, outcome.cost_cents) == ("completed", 10)
    assert outcome.result().structured_data == {"hq": "Berlin"}


async def test_an_answer_that_stays_another_jobs_is_handed_over_unread() -> None:
    outcome, took, _ = await run(Service({"status": "completed", "result": ANOTHER, "task_id": "j2"}))

    assert (outcome.status, outcome.value) == ("unreadable", None)
    assert "the answer is about another job, j2" in str(outcome.error)
    assert outcome.body is not None
    assert b"Bonn" in outcome.body.content
    assert took < 600


async def test_a_job_taken_up_by_its_id_believes_no_other_either() -> None:
    other = {"status": "completed", "result": ANOTHER, "id": "j2"}
    async with scripted(Service(other, DONE | {"id": "j1"})) as (client, _):
        found = await client.job(QUESTION, "j1")

    assert found.structured_data == {"hq": "Berlin"}


@pytest.mark.parametrize("about", [{"task_id": "J1"}, {"id": "rec_9f"}, {"task_id": "x", "job_id": "j1"}, {"id": 7}])
async def test_an_id_of_its_own_or_of_another_kind_is_no_objection(about: dict[str, Any]) -> None:
    outcome, _, network = await run(Service(DONE | about))

    assert outcome.result().structured_data == {"hq": "Berlin"}
    assert len(network.seen) == 2


async def test_an_empty_answer_is_called_empty() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=STARTED) if request.method == "POST" else httpx.Response(204)

    async with scripted(reply) as (client, _), JobRunner(client, journal=MemoryJournal()) as jobs:
        outcome = await jobs.run(QUESTION)

    assert outcome.status == "unreadable"
    assert "could not be read: an answer without content on" in str(outcome.error)
