# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""Read by mypy and pyright, never run: what the public face promises to a type checker.

A line with an ignore must be an error: both checkers honour ``type: ignore``, and report one that is not needed.
"""

from collections.abc import AsyncIterator, Iterator
from typing import assert_type

from pydantic import BaseModel, JsonValue

from sixtyfour_async import (
    AsyncClient,
    CompanyIntelligence,
    DeepSearch,
    FindEmail,
    Intelligence,
    Job,
    JobRunner,
    Outcome,
    PeopleIntelligence,
    ReverseEmail,
)
from sixtyfour_async.models import (
    Balance,
    EmailAddress,
    EmailResult,
    JobStatus,
    LiveStatus,
    Report,
    ResultFile,
    ReverseResult,
    SearchStatus,
    WorkflowRun,
)
from sixtyfour_async.operations import CheckBalance, GetJobStatus


class Lead(BaseModel):
    title: str


WHO = {"name": "Ada Example", "company": "Acme Corp"}


async def one_request(client: AsyncClient) -> None:
    typed = await client.people.intelligence(lead_info=WHO, struct=Lead, tier="low")
    assert_type(typed, Intelligence[Lead])
    assert_type(typed.structured_data, Lead)
    assert_type(typed.structured_data.title, str)

    untyped = await client.people.intelligence(lead_info=WHO, struct={"title": "Job title"})
    assert_type(untyped, Intelligence[dict[str, JsonValue]])
    company = await client.company.intelligence(target_company=WHO, struct=Lead)
    assert_type(company, Intelligence[Lead])

    found = await client.people.find_email(lead=WHO, mode="PERSONAL")
    assert_type(found, EmailResult)
    assert_type(found.email, list[EmailAddress])
    assert_type(await client.people.reverse_email(lead={"email": "a@b.example"}), ReverseResult)
    assert_type(await client.account.check_balance(), Balance)
    assert_type(await client.jobs.status(job_id="job_1"), JobStatus)
    assert_type(await client.workflows.runs(status="active"), list[WorkflowRun])
    assert_type(await client.workflows.download_links(run_id="r"), list[ResultFile])


async def sent_as_values(client: AsyncClient) -> None:
    assert_type(await client.send(FindEmail(lead=WHO)), EmailResult)
    assert_type(await client.send(CheckBalance()), Balance)
    assert_type(await client.send(PeopleIntelligence(lead_info=WHO, struct=Lead)), Intelligence[Lead])
    assert_type(await client.submit(CompanyIntelligence(target_company=WHO, struct=Lead)), Job[Intelligence[Lead]])


async def as_jobs(client: AsyncClient) -> None:
    job = await client.people.intelligence.submit(lead_info=WHO, struct=Lead)
    assert_type(job, Job[Intelligence[Lead]])
    assert_type(job.id, str)
    assert_type(await job.report(), Report)
    assert_type(await job.wait(deadline=60.0), Intelligence[Lead])
    assert_type(await client.people.find_email.submit(lead=WHO), Job[EmailResult])
    assert_type(await client.search.start_deep_search(query="VPs"), Job[SearchStatus])
    assert_type(await client.workflows.run(workflow_id="w"), Job[LiveStatus])


async def through_a_runner(runner: JobRunner) -> None:
    outcome = await runner.run(PeopleIntelligence(lead_info=WHO, struct=Lead))
    assert_type(outcome, Outcome[Intelligence[Lead]])
    assert_type(outcome.value, Intelligence[Lead] | None)
    assert_type(outcome.result().structured_data, Lead)
    assert_type(await runner.run(DeepSearch(query="VPs")), Outcome[SearchStatus])

    async for listed in runner.map([FindEmail(lead=WHO), FindEmail(lead=WHO, mode="PERSONAL")]):
        assert_type(listed, Outcome[EmailResult])
    async for made in runner.map(ReverseEmail(lead={"email": mail}) for mail in ["a@b.example"]):
        assert_type(made, Outcome[ReverseResult])
    async for read in runner.map(lazily(), key=lambda asked: asked.fingerprint()):
        assert_type(read, Outcome[EmailResult])
    async for awaited in runner.map(asynchronously()):
        assert_type(awaited, Outcome[EmailResult])


def lazily() -> Iterator[FindEmail]:
    yield FindEmail(lead=WHO)


async def asynchronously() -> AsyncIterator[FindEmail]:
    yield FindEmail(lead=WHO)


async def what_must_not_check(client: AsyncClient, runner: JobRunner) -> None:
    await client.people.find_email(lead=WHO, mode="PRIVATE")  # type: ignore[arg-type]
    await client.people.find_email(lead=WHO, bruteforce=True)  # type: ignore[call-arg]
    await client.people.find_email()  # type: ignore[call-arg]
    await client.people.find_email(WHO)  # type: ignore[call-arg]
    await client.people.find_email.submit(lead=WHO, verify=True)  # type: ignore[call-arg]
    await client.search.start_deep_search(query="q", mode="persons")  # type: ignore[arg-type]
    await client.account.check_balance.submit()  # type: ignore[attr-defined]
    await client.submit(CheckBalance())  # type: ignore[arg-type]
    await runner.run(CheckBalance())  # type: ignore[arg-type]
    await runner.run(GetJobStatus(job_id="job_1"))  # type: ignore[arg-type]
    runner.map([CheckBalance()])  # type: ignore[arg-type]
