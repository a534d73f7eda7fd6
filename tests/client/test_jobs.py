"""A job as a handle: waited for, watched, taken up by its id, cancelled where that is possible."""

from __future__ import annotations

from typing import Any

import anyio
import httpx
import pytest
from pydantic import BaseModel

from sixtyfour_async import (
    AuthenticationError,
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
from tests.client.network import Given, scripted
from tests.runner.questions import question

pytestmark = pytest.mark.anyio

WHO = FindEmail(lead={"name": "Ada"})


class Looks:
    """Accepts any submit and answers looks as told, the last answer for ever."""

    def __init__(self, *answers: Given | dict[str, Any]) -> None:
        self.answers = list(answers)
        self.at: list[float] = []

    def __call__(self, request: httpx.Request) -> Given:
        if request.method == "POST":
            return httpx.Response(200, json={"task_id": "t", "status": "RUNNING"})
        self.at.append(anyio.current_time())
        given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return httpx.Response(200, json=given) if isinstance(given, dict) else given


RUNNING = {"status": "running", "id": "t"}
DONE = {"status": "completed", "id": "t", "result": {"email": [["a@b.example", "OK", "COMPANY"]]}}


def at_step(completed: int) -> dict[str, Any]:
    return RUNNING | {"progress": {"completed": completed, "total": 3}}


async def test_a_job_is_waited_for_by_awaiting_it() -> None:
    async with simulated() as (client, _):
        job = await client.submit(question(0))
        awaited = await job
        again = await job.wait()

    assert awaited == again


async def test_progress_is_told_when_there_is_news() -> None:
    told: list[Report] = []
    looks = Looks(RUNNING, RUNNING, at_step(1), at_step(1), at_step(2), DONE)
    async with scripted(looks) as (client, _):
        await (await client.submit(WHO)).wait(on_progress=told.append)

    assert [(report.word, report.progress) for report in told] == [
        ("running", None),
        ("running", "1 of 3"),
        ("running", "2 of 3"),
        ("completed", None),
    ]


async def test_a_job_can_be_watched_look_by_look() -> None:
    async with scripted(Looks(RUNNING, DONE)) as (client, _):
        job = await client.submit(WHO)
        async with job.watch() as reports:
            words = [report.word async for report in reports]
        async with job.watch() as left:
            async for _report in left:
                break

    assert words == ["running", "completed"]


async def test_a_deadline_carries_id_and_last_state() -> None:
    looks = Looks(RUNNING)
    async with scripted(looks) as (client, _):
        job = await client.submit(WHO)
        begun = anyio.current_time()
        with pytest.raises(JobTimeoutError, match=r"not finished within 30 s \(job t\)") as caught:
            await job.wait(deadline=30)

    assert (caught.value.job_id, caught.value.state) == ("t", "running")
    assert looks.at[-1] - begun == 30
    assert isinstance(caught.value, TimeoutError)


async def test_a_look_that_hangs_does_not_outlast_the_deadline_by_much() -> None:
    async def hang(request: httpx.Request) -> httpx.Response:
        await anyio.sleep(0 if request.method == "POST" else 1000)
        return httpx.Response(200, json={"task_id": "t"})

    async with scripted(hang) as (client, _):
        job = await client.submit(WHO)
        begun = anyio.current_time()
        with pytest.raises(JobTimeoutError):
            await job.wait(deadline=20)

    assert 20 <= anyio.current_time() - begun <= 40


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.Response(500),
        httpx.ConnectError("refused"),
        httpx.Response(200, json={"no": "status"}),
        httpx.ReadError("x"),
    ],
    ids=["5xx", "unconnected", "misfit", "reset"],
)
async def test_looks_that_fail_do_not_fail_the_job(trouble: Given) -> None:
    looks = Looks(RUNNING, *[trouble] * 12, DONE)
    async with scripted(looks, retries=1) as (client, _):
        found = await (await client.submit(WHO)).wait()

    assert found.email[0].address == "a@b.example"


async def test_looks_that_only_fail_are_given_up_with_the_id() -> None:
    async with scripted(Looks(RUNNING, httpx.Response(500)), retries=0) as (client, _):
        job = await client.submit(WHO)
        with pytest.raises(JobTimeoutError, match="20 consecutive polls failed") as caught:
            await job.wait()

    assert (caught.value.job_id, caught.value.state) == ("t", "running")


async def test_a_look_that_is_refused_is_an_error_at_once() -> None:
    async with scripted(Looks(httpx.Response(401))) as (client, _):
        with pytest.raises(AuthenticationError):
            await (await client.submit(WHO)).wait()


async def test_a_job_that_is_not_visible_yet_is_looked_for_and_an_old_one_is_not() -> None:
    missing = httpx.Response(404, json={"detail": "Job not found"})
    async with scripted(Looks(missing, missing, DONE)) as (client, _):
        await (await client.submit(WHO)).wait()
    async with scripted(Looks(missing)) as (client, network):
        with pytest.raises(NotFoundError):
            await client.job(WHO, "t").wait()

    assert len(network.seen) == 1


async def test_a_job_is_taken_up_by_its_id_and_looked_at_at_once() -> None:
    looks = Looks(RUNNING, DONE)
    async with scripted(looks) as (client, _):
        begun = anyio.current_time()
        found = await client.job(FindEmail, "t").wait()

    assert found.email[0].address == "a@b.example"
    first, second = (at - begun for at in looks.at)
    assert first == 0
    assert 2 <= second <= 5


async def test_a_job_that_ended_long_ago_is_not_waited_for() -> None:
    async with simulated() as (client, _):
        job = await client.submit(question(0))
        await anyio.sleep(3600)
        begun = anyio.current_time()
        await job

    assert anyio.current_time() - begun < 1


class Person(BaseModel):
    title: str


async def test_a_job_taken_up_with_a_question_of_ones_own_has_its_type() -> None:
    answer = {"status": "completed", "id": "t", "result": {"structured_data": {"title": "CTO"}}}
    asked = PeopleIntelligence(lead_info={"name": "Ada"}, struct=Person)
    async with scripted(Looks(answer)) as (client, _):
        typed = await client.job(asked, "t")
        plain: Any = await client.job(PeopleIntelligence, "t")

    assert typed.structured_data == Person(title="CTO")
    assert plain.structured_data == {"title": "CTO"}


async def test_an_answer_that_does_not_fit_is_raised_or_returned_with_all_of_it() -> None:
    answer = {"status": "completed", "id": "t", "result": {"structured_data": {"years": 3}}}
    asked = PeopleIntelligence(lead_info={"name": "Ada"}, struct=Person)
    async with scripted(Looks(answer)) as (client, _):
        job = await client.submit(asked)
        with pytest.raises(ResponseError, match=r"structured_data\.title") as caught:
            await job.wait()
        returned = await job.answer()

    assert caught.value.raw == returned.raw == answer["result"]
    assert (returned.value, type(returned.error)) == (None, ResponseError)


async def test_leaving_off_does_not_cancel_over_there() -> None:
    async with simulated() as (client, simulator):
        job = await client.submit(question(0))
        with anyio.move_on_after(5):
            await job.wait()
        state = (await job.report()).state
        await job

    assert state is JobState.RUNNING
    assert simulator.books.charged_cents > 0


async def test_a_workflow_run_can_be_cancelled_and_nothing_else() -> None:
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
    assert network.asked == ["POST /workflows/cancel?job_id=r"]


async def test_a_job_that_failed_says_why() -> None:
    async with scripted(Looks({"status": "failed", "id": "t", "error": "no such person"})) as (client, _):
        with pytest.raises(JobFailedError, match="no such person"):
            await client.job(WHO, "t")
