# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""Read by mypy and pyright, never run: what the public face promises to a type checker.

A line with an ignore must be an error: both checkers honour ``type: ignore``, and report one that is not needed.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, TypedDict, assert_type

import polars as pl
from pydantic import BaseModel, JsonValue

from sixtyfour_async import (
    AsyncClient,
    CompanyIntelligence,
    Criterion,
    DeepSearch,
    FieldProblem,
    FindEmail,
    Intelligence,
    Job,
    JobRunner,
    Outcome,
    PeopleIntelligence,
    Question,
    ReverseEmail,
    Upload,
)
from sixtyfour_async.models import (
    Balance,
    EmailAddress,
    EmailResult,
    ExclusionList,
    JobStatus,
    LiveStatus,
    LookalikeStatus,
    OAuthClient,
    QAResult,
    Report,
    ResultFile,
    ReverseResult,
    Schedule,
    SearchPage,
    SearchStatus,
    SigningSecret,
    StoredFile,
    Workflow,
    WorkflowRun,
)
from sixtyfour_async.operations import CheckBalance, EntityIds, GetJobStatus


class Lead(BaseModel):
    title: str


class LeadDict(TypedDict):
    title: str


@dataclass
class LeadData:
    title: str


WHO = {"name": "Ada Example", "company": "Acme Corp"}
IDS = EntityIds(entity_ids=["ada-example"])
CRITERION = Criterion(criteria_name="size", description="Big")


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


async def other_classes_as_structs(client: AsyncClient, runner: JobRunner) -> None:
    keyed = await client.people.intelligence(lead_info=WHO, struct=LeadDict)
    assert_type(keyed, Intelligence[LeadDict])
    assert_type(keyed.structured_data["title"], str)
    data = await client.company.intelligence(target_company=WHO, struct=LeadData, lead_struct=LeadDict)
    assert_type(data.structured_data.title, str)
    assert_type(data.people_as(LeadDict), list[LeadDict])
    assert_type(data.problems, tuple[FieldProblem, ...])
    verdict = await client.agents.qa(data=WHO, qualification_criteria=[CRITERION], struct=LeadData)
    assert_type(verdict, QAResult[LeadData])
    assert_type(await client.send(PeopleIntelligence(lead_info=WHO, struct=LeadDict)), Intelligence[LeadDict])
    outcome = await runner.run(CompanyIntelligence(target_company=WHO, struct=LeadData))
    assert_type(outcome, Outcome[Intelligence[LeadData]])
    assert_type(outcome.problems, tuple[FieldProblem, ...])
    async for read in runner.reparse(LeadDict):
        assert_type(read, Outcome[Intelligence[LeadDict]])


async def sent_as_values(client: AsyncClient) -> None:
    assert_type(await client.send(FindEmail(lead=WHO)), EmailResult)
    assert_type(await client.send(CheckBalance()), Balance)
    assert_type(await client.send(PeopleIntelligence(lead_info=WHO, struct=Lead)), Intelligence[Lead])
    assert_type(await client.submit(CompanyIntelligence(target_company=WHO, struct=Lead)), Job[Intelligence[Lead]])


async def the_rest_of_the_service(client: AsyncClient) -> None:
    verdict = await client.agents.qa(data=WHO, qualification_criteria=[CRITERION], struct=Lead)
    assert_type(verdict, QAResult[Lead])
    assert_type(await client.agents.qa(data=WHO, qualification_criteria=[CRITERION]), QAResult[dict[str, JsonValue]])
    assert_type((await client.people.enrich_linkedin(linkedin_url="u", struct=Lead)).structured_data, Lead)
    assert_type(await client.people.enrich_lead(lead_info=WHO, struct=Lead), Intelligence[Lead])
    firm = await client.company.enrich_company(target_company=WHO, struct=Lead, lead_struct=Lead, find_people=True)
    assert_type(firm.people_as(Lead), list[Lead])
    assert_type(await client.people.find_email_bulk(leads=[WHO]), list[EmailResult])
    assert_type(await client.people.start_bulk_intelligence(file=Upload(b"")), Job[list[ResultFile]])
    assert_type(await client.people.start_verify_age(subject=WHO), Job[dict[str, JsonValue]])
    assert_type(await client.search.exclusion_lists.create(name="n", source=IDS), Job[ExclusionList])
    assert_type(await client.search.exclusion_lists.list(), list[ExclusionList])
    assert_type(await client.search.start_lookalike(linkedin_urls=["u"]), Job[LookalikeStatus])
    assert_type(await client.search.start_export(search_id="s"), Job[SearchStatus])
    assert_type(await client.search.query(search_id="s"), SearchPage)
    async for page in client.search.query.pages(search_id="s"):
        assert_type(page, SearchPage)
    async for row in client.search.filter_search.rows(simple_filters={}):
        assert_type(row, dict[str, JsonValue])
    async for event in client.dashboard.chat.send(session_id="s"):
        assert_type(event, JsonValue)
    assert_type(await client.workflows.get(workflow_id="w"), Workflow)
    assert_type(await client.schedules.update(schedule_id="s", is_active=False), Schedule)
    assert_type(await client.storage.upload_csv(file=Upload(b"")), StoredFile)
    assert_type((await client.structs.generate(description="d")).as_struct(), dict[str, dict[str, JsonValue]])
    assert_type(await client.webhooks.signing_secret.get(), SigningSecret | None)
    assert_type(await client.oauth.clients.list(), list[OAuthClient])


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


async def frames(runner: JobRunner, frame: pl.DataFrame) -> None:
    question = Question("find-email")
    assert_type(await runner.enrich(frame, question, progress=True), pl.DataFrame)
    assert_type(await runner.enrich([{"name": "Ada"}, {"name": None}], question), list[dict[str, Any]])
    assert_type(await runner.enrich(({"name": name} for name in "ab"), question), list[dict[str, Any]])


async def what_must_not_check(client: AsyncClient, runner: JobRunner) -> None:
    await client.people.find_email(lead=WHO, mode="PRIVATE")  # type: ignore[arg-type]
    await client.people.find_email(lead=WHO, bruteforce=True)  # type: ignore[call-arg]
    await client.people.find_email()  # type: ignore[call-arg]
    await client.people.find_email(WHO)  # type: ignore[call-arg]
    await client.people.find_email.submit(lead=WHO, verify=True)  # type: ignore[call-arg]
    await client.search.start_deep_search(query="q", mode="persons")  # type: ignore[arg-type]
    await client.people.start_bulk_intelligence(file="people.csv")  # type: ignore[arg-type]
    await client.search.query(search_id="s", mode="person")  # type: ignore[arg-type]
    await client.search.exclusion_lists.create(name="n", source=IDS, entity_type="people")  # type: ignore[arg-type]
    await client.search.autocomplete(field="colour", query="r")  # type: ignore[arg-type]
    await client.agents.qa(data=WHO, qualification_criteria=[CRITERION], struct={"a": {"type": "int"}})  # type: ignore[dict-item]
    await client.workflows.create(workflow_name="n", workflow_description="d")  # type: ignore[call-arg]
    await client.people.start_bulk_intelligence.pages(file=Upload(b""))  # type: ignore[attr-defined]
    client.search.status.rows(task_id="t")  # type: ignore[attr-defined]
    await client.dashboard.chat.send(session_id="s")  # type: ignore[misc]
    await client.account.check_balance.submit()  # type: ignore[attr-defined]
    await client.submit(CheckBalance())  # type: ignore[arg-type]
    await runner.run(CheckBalance())  # type: ignore[arg-type]
    await runner.run(GetJobStatus(job_id="job_1"))  # type: ignore[arg-type]
    runner.map([CheckBalance()])  # type: ignore[arg-type]
    await runner.enrich("rows.csv", Question("find-email"))  # type: ignore[arg-type]
