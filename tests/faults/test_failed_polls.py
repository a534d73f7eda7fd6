"""A failed poll never fails a job."""

from __future__ import annotations

from collections import Counter

import anyio
import httpx
import pytest

from sixtyfour_async import DeepSearch, JobLostError, JobOperation, JobRunner, MemoryJournal, RunWorkflow
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.faults.network import networked
from tests.runner.questions import fact, questions

pytestmark = pytest.mark.anyio

POLL_FAULTS = ("server_error", "html", "truncated", "lost_answer", "reset", "slow_body", "drift", "throttled")
FACTS_WORKFLOW = "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0001"


@pytest.mark.parametrize("fault", POLL_FAULTS)
async def test_jobs_survive_failed_polls(fault: str) -> None:
    """Fifteen polls in a row fail; ten jobs, submitted once each, have ten answers."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        simulator.faults.script(fault, route="/job-status", times=15)
        outcomes = {outcome.index: outcome async for outcome in runner.map(questions(10))}

    answers = [outcomes[index].result().structured_data["headquarters"] for index in range(10)]
    assert answers == [fact(index) for index in range(10)]
    assert simulator.faults.struck[fault] == 15
    assert (len(simulator.books.jobs), simulator.books.repeated) == (10, {})


@pytest.mark.parametrize("fault", POLL_FAULTS)
async def test_searches_and_workflow_runs_survive_failed_polls(fault: str) -> None:
    """They are polled at their own routes."""
    operations: list[JobOperation[object]] = [
        DeepSearch(query="shipyards", max_results=5),
        RunWorkflow(workflow_id=FACTS_WORKFLOW, webhook_payload=[{"company_name": "3M"}]),
    ]
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        simulator.faults.script(fault, route="/search/status", times=2)
        simulator.faults.script(fault, route="/workflows/runs", times=2)
        statuses = [outcome.status async for outcome in runner.map(operations)]

    assert statuses == ["completed"] * 2
    assert simulator.faults.struck[fault] == 4
    assert len(simulator.books.jobs) == 2


@pytest.mark.parametrize("fault", ["server_error", "html", "truncated", "reset", "drift", "throttled"])
async def test_wait_survives_failed_polls(fault: str) -> None:
    """``job.wait()`` retries polls as often as the client's ``retries`` allow: reads cost nothing."""
    async with simulated() as (client, simulator):
        job = await client.submit(questions(1)[0])
        simulator.faults.script(fault, route="/job-status", times=3)
        found = await job.wait()

    assert found.structured_data["headquarters"] == fact(0)
    assert simulator.faults.struck[fault] == 3
    assert len(simulator.books.jobs) == 1


async def test_a_job_not_found_right_after_its_submit_is_polled_again() -> None:
    """The service may answer 404 for a job it has just accepted."""
    hidden: Counter[str] = Counter()

    def hide_new_jobs(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.startswith("/job-status"):
            return None
        hidden[request.url.path] += 1
        return httpx.Response(404, json={"detail": "Job not found"}) if hidden[request.url.path] <= 3 else None

    async with networked(hide_new_jobs) as (client, simulator, _), JobRunner(client) as runner:
        statuses = [outcome.status async for outcome in runner.map(questions(8))]

    assert statuses == ["completed"] * 8
    assert min(hidden.values()) > 3
    assert (len(simulator.books.jobs), simulator.books.repeated) == (8, {})


async def test_jobs_hidden_by_the_simulator_after_their_submit_are_found() -> None:
    """With the simulator's fault ``not_found_after_submit``, for `wait` and for a runner."""
    async with simulated(SimulatorSettings(faults={"not_found_after_submit": 1.0})) as (client, simulator):
        job = await client.submit(questions(1)[0])
        hidden = await client.request("GET", f"/job-status/{job.id}")
        found = await job.wait()
        async with JobRunner(client) as runner:
            statuses = [outcome.status async for outcome in runner.map(questions(8))]

    assert hidden.status == 404
    assert found.structured_data["headquarters"] == fact(0)
    assert statuses == ["completed"] * 8
    assert simulator.faults.struck["not_found_after_submit"] == 9


async def test_a_job_that_stays_not_found_is_kept_and_polled_again_by_the_next_run() -> None:
    """It may have been billed, so the row is kept with its job id; a spell of 404 costs nothing but the wait."""
    journal = MemoryJournal()

    def answer_not_found(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(404, json={"detail": "Job not found"}) if "/job-status" in request.url.path else None

    async with networked(answer_not_found) as (client, simulator, network):
        async with JobRunner(client, journal=journal) as runner:
            lost = [outcome async for outcome in runner.map(questions(3))]
        network.refuse = None
        async with JobRunner(client, journal=journal) as runner:
            found = [outcome async for outcome in runner.map(questions(3))]

    assert [outcome.status for outcome in lost] == ["lost"] * 3
    assert all(isinstance(outcome.error, JobLostError) for outcome in lost)
    assert {work.id for work in simulator.books.jobs} == {outcome.job_id for outcome in lost}
    assert [outcome.status for outcome in found] == ["completed"] * 3
    assert len(simulator.books.jobs) == 3


NO_SUCH_JOB = [
    {"error": "Job not found"},
    {"detail": "No such task"},
    {"status": "not_found"},
    {"status": "error", "error": {"code": "JOB_NOT_FOUND", "message": None}},
    {"status": "failed", "message": "Unknown job id"},
    {"success": False, "Error": "The requested job no longer exists"},
    {"status": 404, "message": "Not Found"},
    {"error": "Could not find job 17", "job_id": "17"},
]


@pytest.mark.parametrize("answer", NO_SUCH_JOB, ids=str)
async def test_not_found_with_status_200_is_not_found(answer: dict[str, object]) -> None:
    """It is polled again, kept with its id when it stays away, and polled by the next run."""
    journal, hidden = MemoryJournal(), Counter[str]()

    def hide(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.startswith("/job-status"):
            return None
        hidden[request.url.path] += 1
        return httpx.Response(200, json=answer) if hidden[request.url.path] <= times else None

    async with networked(hide) as (client, simulator, _):
        times = 3
        async with JobRunner(client, journal=journal) as runner:
            found = [outcome.status async for outcome in runner.map(questions(2))]
        times = 1000
        async with JobRunner(client, journal=journal) as runner:
            lost = [outcome async for outcome in runner.map(questions(4)[2:])]
        times = 0
        async with JobRunner(client, journal=journal) as runner:
            found += [outcome.status async for outcome in runner.map(questions(4)[2:])]

    assert [outcome.status for outcome in lost] == ["lost"] * 2
    assert all(isinstance(outcome.error, JobLostError) and outcome.job_id for outcome in lost)
    assert found == ["completed"] * 4
    assert (len(simulator.books.jobs), simulator.books.repeated) == (4, {})


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "Company not found"},
        {"status": "failed", "error": "Job title not found"},
        {"status": "failed", "error": "Job not found", "close_time": "2026-06-10T00:01:00Z"},
        {"status": "failed", "error": "No such task", "charge_amount": 10},
    ],
    ids=str,
)
async def test_a_failure_that_names_something_else_or_shows_the_job_fails_it(answer: dict[str, object]) -> None:
    def fail(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(200, json=answer) if request.url.path.startswith("/job-status") else None

    async with networked(fail) as (client, _, _), JobRunner(client) as runner:
        [outcome] = [outcome async for outcome in runner.map(questions(1))]

    assert outcome.status == "failed"
    assert str(answer["error"]) in str(outcome.error)


async def test_wait_polls_again_after_not_found_with_status_200() -> None:
    answers = iter([{"error": "Job not found"}, {"detail": "no such job"}])

    def hide(request: httpx.Request) -> httpx.Response | None:
        answer = next(answers, None) if request.url.path.startswith("/job-status") else None
        return None if answer is None else httpx.Response(200, json=answer)

    async with networked(hide) as (client, _, _):
        job = await client.submit(questions(1)[0])
        found = await job.wait()

    assert found.structured_data["headquarters"] == fact(0)


async def test_a_stalled_poll_does_not_delay_other_jobs() -> None:
    """While one response stalls for minutes, the other jobs finish."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        simulator.faults.script("slow_body", route="/job-status", times=1)
        started = anyio.current_time()
        times = [anyio.current_time() - started async for _ in runner.map(questions(20))]

    assert simulator.faults.struck["slow_body"] == 1
    assert times[-2] < times[-1]
    assert len(times) == 20
