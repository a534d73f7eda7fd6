"""Job handles: waiting, progress, deadlines, failed polls, resuming by id and cancelling."""

from __future__ import annotations

from typing import Any

import anyio
import httpx
import pytest
from pydantic import BaseModel, ConfigDict

from sixtyfour_async import (
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    DeepSearch,
    FindEmail,
    JobFailedError,
    JobTimeoutError,
    NotFoundError,
    PeopleIntelligence,
    ResponseError,
    RunWorkflow,
)
from sixtyfour_async.models.jobs import JobState, Report
from sixtyfour_async.testing import simulated
from tests.client.network import BreakingStream, Reply, scripted
from tests.runner.questions import question

pytestmark = pytest.mark.anyio

OPERATION = FindEmail(lead={"name": "Ada"})


class Polls:
    """Accepts any submit and answers polls in turn, repeating the last reply."""

    def __init__(self, *replies: Reply | dict[str, Any]) -> None:
        self.replies = list(replies)
        self.polled_at: list[float] = []

    def __call__(self, request: httpx.Request) -> Reply:
        if request.method == "POST":
            return httpx.Response(200, json={"task_id": "t", "status": "RUNNING"})
        self.polled_at.append(anyio.current_time())
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return httpx.Response(200, json=reply) if isinstance(reply, dict) else reply


RUNNING = {"status": "running", "id": "t"}
DONE = {"status": "completed", "id": "t", "result": {"email": [["a@b.example", "OK", "COMPANY"]]}}


def at_step(completed: int) -> dict[str, Any]:
    return RUNNING | {"progress": {"completed": completed, "total": 3}}


async def test_awaiting_a_job_waits_for_its_answer() -> None:
    async with simulated() as (client, _):
        job = await client.submit(question(0))
        awaited = await job
        again = await job.wait()

    assert awaited == again


CUT = BreakingStream(b'{"task_id": "t", "status": "RUN', error=httpx.ReadError("reset"))


@pytest.mark.parametrize(
    "receipt",
    [
        httpx.Response(200, text="{'task_id': 't'}"),
        httpx.Response(200, text='{"task_id": "t", '),
        httpx.Response(200, stream=CUT),
    ],
    ids=["printed", "cut", "reset"],
)
async def test_an_id_in_an_answer_that_cannot_be_read_is_the_jobs(receipt: httpx.Response) -> None:
    async with scripted(lambda request: receipt if request.method == "POST" else Polls(DONE)(request)) as (client, _):
        job = await client.submit(OPERATION)
        found = await job

    assert (job.id, found.email[0].address) == ("t", "a@b.example")


async def test_on_progress_is_called_once_per_change() -> None:
    reports: list[Report] = []
    polls = Polls(RUNNING, RUNNING, at_step(1), at_step(1), at_step(2), DONE)
    async with scripted(polls) as (client, _):
        await (await client.submit(OPERATION)).wait(on_progress=reports.append)

    assert [(report.word, report.progress) for report in reports] == [
        ("running", None),
        ("running", "1 of 3"),
        ("running", "2 of 3"),
        ("completed", None),
    ]


async def test_watch_yields_a_report_per_poll() -> None:
    async with scripted(Polls(RUNNING, DONE)) as (client, _):
        job = await client.submit(OPERATION)
        async with job.watch() as reports:
            words = [report.word async for report in reports]
        async with job.watch() as abandoned:
            async for _report in abandoned:
                break

    assert words == ["running", "completed"]


async def test_a_missed_deadline_raises_with_the_job_id_and_its_last_state() -> None:
    polls = Polls(RUNNING)
    async with scripted(polls) as (client, _):
        job = await client.submit(OPERATION)
        begun = anyio.current_time()
        with pytest.raises(JobTimeoutError, match=r"not finished within 30 s \(job t\)") as caught:
            await job.wait(deadline=30)

    assert (caught.value.job_id, caught.value.state) == ("t", "running")
    assert polls.polled_at[-1] - begun == 30
    assert isinstance(caught.value, TimeoutError)


async def test_a_hanging_poll_delays_the_deadline_by_a_bounded_time() -> None:
    async def hang(request: httpx.Request) -> httpx.Response:
        await anyio.sleep(0 if request.method == "POST" else 1000)
        return httpx.Response(200, json={"task_id": "t"})

    async with scripted(hang) as (client, _):
        job = await client.submit(OPERATION)
        begun = anyio.current_time()
        with pytest.raises(JobTimeoutError):
            await job.wait(deadline=20)

    assert 20 <= anyio.current_time() - begun <= 40


@pytest.mark.parametrize(
    "failure",
    [
        httpx.Response(500),
        httpx.ConnectError("refused"),
        httpx.Response(200, json={"no": "status"}),
        httpx.ReadError("x"),
    ],
    ids=["5xx", "unconnected", "misfit", "reset"],
)
async def test_failed_polls_do_not_fail_the_job(failure: Reply) -> None:
    polls = Polls(RUNNING, *[failure] * 12, DONE)
    async with scripted(polls, retries=1) as (client, _):
        found = await (await client.submit(OPERATION)).wait()

    assert found.email[0].address == "a@b.example"


async def test_too_many_failed_polls_in_a_row_raise_with_the_job_id() -> None:
    async with scripted(Polls(RUNNING, httpx.Response(500)), retries=0) as (client, _):
        job = await client.submit(OPERATION)
        with pytest.raises(JobTimeoutError, match="20 consecutive polls failed") as caught:
            await job.wait()

    assert (caught.value.job_id, caught.value.state) == ("t", "running")


async def test_a_poll_rejected_with_401_raises_at_once() -> None:
    async with scripted(Polls(httpx.Response(401))) as (client, _):
        with pytest.raises(AuthenticationError):
            await (await client.submit(OPERATION)).wait()


async def test_a_404_is_retried_after_a_submit_but_not_for_a_job_resumed_by_id() -> None:
    missing = httpx.Response(404, json={"detail": "Job not found"})
    async with scripted(Polls(missing, missing, DONE)) as (client, _):
        await (await client.submit(OPERATION)).wait()
    async with scripted(Polls(missing)) as (client, network):
        with pytest.raises(NotFoundError):
            await client.job(OPERATION, "t").wait()

    assert len(network.seen) == 1


async def test_a_job_resumed_by_id_is_polled_at_once() -> None:
    polls = Polls(RUNNING, DONE)
    async with scripted(polls) as (client, _):
        begun = anyio.current_time()
        found = await client.job(FindEmail, "t").wait()

    assert found.email[0].address == "a@b.example"
    first, second = (at - begun for at in polls.polled_at)
    assert first == 0
    assert 2 <= second <= 5


async def test_awaiting_a_finished_job_returns_without_delay() -> None:
    async with simulated() as (client, _):
        job = await client.submit(question(0))
        await anyio.sleep(3600)
        begun = anyio.current_time()
        await job

    assert anyio.current_time() - begun < 1


class Person(BaseModel):
    model_config = ConfigDict(strict=True)
    title: str


async def test_a_job_resumed_with_its_operation_parses_the_struct() -> None:
    answer = {"status": "completed", "id": "t", "result": {"structured_data": {"title": "CTO"}}}
    operation = PeopleIntelligence(lead_info={"name": "Ada"}, struct=Person)
    async with scripted(Polls(answer)) as (client, _):
        typed = await client.job(operation, "t")
        plain: Any = await client.job(PeopleIntelligence, "t")

    assert typed.structured_data == Person(title="CTO")
    assert plain.structured_data == {"title": "CTO"}


async def test_an_answer_that_does_not_fit_is_raised_by_wait_and_returned_by_answer() -> None:
    answer = {"status": "completed", "id": "t", "result": {"structured_data": {"years": 3}}}
    operation = PeopleIntelligence(lead_info={"name": "Ada"}, struct=Person)
    async with scripted(Polls(answer)) as (client, _):
        job = await client.submit(operation)
        with pytest.raises(ResponseError, match=r"structured_data\.title") as caught:
            await job.wait()
        returned = await job.answer()

    assert caught.value.raw == returned.raw == answer["result"]
    assert (returned.value, type(returned.error)) == (None, ResponseError)


async def test_cancelling_a_wait_does_not_cancel_the_job() -> None:
    async with simulated() as (client, simulator):
        job = await client.submit(question(0))
        with anyio.move_on_after(5):
            await job.wait()
        state = (await job.report()).state
        await job

    assert state is JobState.RUNNING
    assert simulator.books.charged_cents > 0


async def test_only_a_workflow_run_can_be_cancelled() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/workflows/cancel":
            return httpx.Response(200, json={"job_id": "r", "status": "canceled"})
        return httpx.Response(200, json={"run_id": "r", "overall_status": "cancelled"})

    async with scripted(answer) as (client, network):
        cancelled = await client.job(RunWorkflow, "r").cancel()
        for other in (FindEmail, DeepSearch):
            with pytest.raises(ConfigurationError, match=r"cannot cancel .* keeps running and will be billed"):
                await client.job(other, "t").cancel()

    assert cancelled.status == "canceled"
    assert network.request_lines == ["POST /workflows/cancel?job_id=r"]


async def test_a_failed_job_raises_with_the_message_of_the_service() -> None:
    async with scripted(Polls({"status": "failed", "id": "t", "error": "no such person"})) as (client, _):
        with pytest.raises(JobFailedError, match="no such person"):
            await client.job(OPERATION, "t")


async def test_a_submit_answered_with_the_finished_result_needs_no_poll() -> None:
    """The handle has no id, and its answer is there at once."""
    finished = {"status": "completed", "result": {"email": [["ada@acme.example", "OK", "COMPANY"]]}}
    async with scripted(lambda _: httpx.Response(200, json=finished)) as (client, network):
        job = await client.submit(FindEmail(lead={"name": "Ada", "company": "Acme"}))
        found = await job

    assert (job.id, found.email[0].address, len(network.seen)) == ("", "ada@acme.example", 1)


async def test_a_submit_refused_with_status_200_raises_the_refusal() -> None:
    refusal = {"error": "Bad Request", "message": "lead needs a name"}
    async with scripted(lambda _: httpx.Response(200, json=refusal)) as (client, _):
        with pytest.raises(BadRequestError, match="lead needs a name"):
            await client.submit(FindEmail(lead={"company": "Acme"}))
