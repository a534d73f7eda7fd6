"""One question, one answer: the client without a runner."""

from __future__ import annotations

import gc
import json
from typing import Any

import anyio
import httpx
import pytest
from pydantic import BaseModel, Field

from sixtyfour_async import (
    AsyncClient,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    Criterion,
    DeepSearch,
    FindEmail,
    Intelligence,
    JobFailedError,
    JobRunner,
    JobTimeoutError,
    UnprocessableError,
)
from sixtyfour_async.operations import CheckBalance, GetJobStatus
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings, companies
from sixtyfour_async.testing import SimulatedTransport, simulated
from tests.faults.network import networked
from tests.runner.questions import fact, question

pytestmark = pytest.mark.anyio

ADA = {"name": "Ada Example", "company": "3M"}


class Facts(BaseModel):
    headquarters: str = Field(description="Where the head office is")
    founded: int | None = Field(None, description="Year of founding")


async def test_an_answer_comes_as_the_class_that_was_asked_for() -> None:
    """A pydantic class as ``struct`` is the question and the type of the answer."""
    company = companies()[0]
    async with simulated() as (client, _):
        about = {"company_name": company.company_name, "website": company.website}
        found = await client.company.intelligence(target_company=about, struct=Facts, tier="low")

    assert found.structured_data == Facts(headquarters=company.headquarters or "", founded=company.founded)


async def test_an_answer_to_a_plain_struct_is_a_plain_dict() -> None:
    """A mapping of names to descriptions needs no class."""
    async with simulated() as (client, _):
        found = await client.send(question(0))

    assert found.structured_data == {"headquarters": fact(0)}


async def test_a_direct_call_waits_as_long_as_the_service_works() -> None:
    """A synchronous answer may take minutes; the request stays open for it."""
    async with simulated(SimulatorSettings(runtimes="measured")) as (client, simulator):
        begun = anyio.current_time()
        await client.send(question(0))
        took = anyio.current_time() - begun

    [work] = simulator.books.jobs
    assert took >= work.ends_at - work.submitted_at > 30


async def test_a_submitted_job_is_waited_for() -> None:
    """``submit`` returns at once with an id, ``wait`` looks until the answer is there."""
    async with simulated() as (client, simulator):
        job = await client.company.intelligence.submit(
            target_company={"company_name": "3M"}, struct={"headquarters": "Where the head office is"}
        )
        assert anyio.current_time() < simulator.books.jobs[0].ends_at
        found = await job.wait()

    assert found.structured_data == {"headquarters": "Maplewood, Minnesota, U.S."}
    assert [work.id for work in simulator.books.jobs] == [job.id]


async def test_a_deadline_tells_the_id_and_the_last_word() -> None:
    """A wait that is over gives everything needed to go on; the job runs on over there."""
    async with simulated(SimulatorSettings(runtimes="measured")) as (client, simulator):
        job = await client.submit(question(0))
        begun = anyio.current_time()
        with pytest.raises(JobTimeoutError) as caught:
            await job.wait(deadline=15)
        waited = anyio.current_time() - begun
        found = await job.wait()

    assert (job.id, "running") == (caught.value.job_id, caught.value.state)
    assert waited == pytest.approx(15)
    assert job.id in str(caught.value)
    assert found.structured_data == {"headquarters": fact(0)}
    assert len(simulator.books.jobs) == 1


async def test_a_job_that_failed_raises_what_the_service_said() -> None:
    """The error names the job and carries the service's text."""
    async with simulated(SimulatorSettings(faults={"job_failed": 1.0})) as (client, _):
        job = await client.submit(question(0))
        with pytest.raises(JobFailedError, match="upstream provider error") as caught:
            await job.wait()

    assert (job.id, "failed") == (caught.value.job_id, caught.value.state)


async def test_the_finders_answer_in_one_call() -> None:
    """Addresses and numbers come typed, whichever way the service wrote them."""
    async with simulated() as (client, _):
        email = await client.people.find_email(lead=ADA)
        private = await client.people.find_email(lead=ADA, mode="PERSONAL")
        phones = [await client.people.find_phone(lead={"name": f"Person {number}"}) for number in range(12)]
        of_email = await client.people.reverse_email(lead={"email": "ada@3m.example"})
        of_phone = await client.people.reverse_phone(lead={"phone": "+1 555 0100"})

    assert [(address.address, address.status) for address in email.email] == [("ada.example@3m.example", "OK")]
    assert (email.cost_cents, private.cost_cents) == (5, 20)
    assert private.personal_email[0].address.startswith("ada")
    assert {bool(found.phone) for found in phones} == {True, False}
    assert all(found.phone[0].number for found in phones if found.phone)
    assert (of_email.model_extra or {})["email"] == "ada@3m.example"
    assert (of_phone.model_extra or {})["name"]


async def test_the_agents_answer_in_one_call() -> None:
    """Judging, researching and looking into a person take the same shape of call."""
    async with simulated() as (client, _):
        judged = await client.agents.qa(
            data={"company_name": "3M"},
            qualification_criteria=[Criterion(criteria_name="size", description="More than 1,000 staff")],
        )
        researched = await client.agents.research(input_data={"company_name": "3M"}, struct=Facts)
        person = await client.people.intelligence(lead_info=ADA, struct={"title": "Job title"})

    assert {"size", "score"} <= set(judged.structured_data)
    assert researched.structured_data.headquarters == "Maplewood, Minnesota, U.S."
    assert isinstance(person, Intelligence)
    assert person.structured_data["title"]


async def test_the_balance_falls_by_what_was_charged() -> None:
    """``check_balance`` is the service's own count, in credits of ten cents."""
    async with simulated(SimulatorSettings(balance_credits=100)) as (client, simulator):
        before = await client.account.check_balance()
        await client.send(question(0))
        after = await client.account.check_balance()

    assert before.credits == 100
    assert 100 - simulator.books.charged_cents / 10 == after.credits == 99


async def test_a_raw_answer_is_given_whatever_its_status() -> None:
    """``send_raw`` neither decodes nor raises nor repeats."""
    async with simulated() as (client, simulator):
        simulator.faults.script("server_error", status=503)
        refused = await client.send_raw(CheckBalance())
        answered = await client.send_raw(CheckBalance())

    assert [refused.status, answered.status] == [503, 200]
    assert json.loads(answered.body) == {"credits": 1_000_000.0}
    assert answered.headers["x-ratelimit-limit"] == "500"
    assert len(simulator.books.requests) == 2


async def test_a_route_that_is_not_known_yet_can_be_reached() -> None:
    """``request`` sends the key, the body and further headers to any path."""
    async with simulated() as (client, simulator):
        listed = await client.request("GET", "/workflows/runs?limit=5")
        body: Any = question(1).payload()
        started = await client.request("POST", "/enrich-company-async", json=body, headers={"x-more": "1"})
        missing = await client.request("GET", "/new-thing")

    assert (listed.status, json.loads(listed.body)) == (200, [])
    assert json.loads(started.body)["task_id"] == simulator.books.jobs[0].id
    assert missing.status == 404
    assert {"key-1"} == {entry.key for entry in simulator.books.requests}


async def test_keys_that_the_service_added_last_night_travel_in_extra() -> None:
    """``extra`` reaches the body, and the question's identity with it."""
    plain = FindEmail(lead=ADA)
    more = FindEmail(lead=ADA, extra={"providers": ["a"]})
    async with simulated() as (client, simulator):
        await client.send(more)

    assert simulator.books.jobs[0].body["providers"] == ["a"]
    assert plain.fingerprint() != more.fingerprint()


@pytest.mark.parametrize("scheme", ["x-api-key", "bearer"])
async def test_the_key_travels_in_one_header_of_two(scheme: str) -> None:
    """``auth_scheme="bearer"`` sends a bearer token, and not the other header as well."""
    async with networked(auth_scheme=scheme) as (client, simulator, network):
        await client.account.check_balance()

    [request] = network.seen
    wanted = {"authorization": f"Bearer {DEFAULT_KEY}"} if scheme == "bearer" else {"x-api-key": DEFAULT_KEY}
    assert {name: request.headers[name] for name in ("x-api-key", "authorization") if name in request.headers} == wanted
    assert [entry.key for entry in simulator.books.requests] == ["key-1"]


async def test_a_wrong_key_is_an_error_of_its_own() -> None:
    """401 is not retried: the next attempt would meet the same."""
    async with simulated(api_key="sk_of_somebody_else") as (client, simulator):
        with pytest.raises(AuthenticationError) as caught:
            await client.account.check_balance()

    assert (caught.value.status, caught.value.operation) == (401, "GET /check-balance")
    assert len(simulator.books.requests) == 1


async def test_what_the_service_does_not_take_is_told_by_field() -> None:
    """422 and 400 carry the service's own words."""
    async with simulated() as (client, simulator):
        with pytest.raises(UnprocessableError, match="tier") as unfit:
            await client.send(question(0, tier="bottomless"))
        with pytest.raises(BadRequestError, match="Invalid search query"):
            await client.search.start_deep_search(query=" ")

    assert [path for path, _ in unfit.value.errors] == ["body.tier"]
    assert simulator.books.jobs == []


async def test_a_client_of_ones_own_is_used_and_left_open() -> None:
    """``http_client`` brings proxies, certificates or a test's transport; whoever made it closes it."""
    simulator = Simulator(now=anyio.current_time)
    async with httpx.AsyncClient(transport=SimulatedTransport(simulator)) as mine:
        async with AsyncClient(DEFAULT_KEY, base_url="http://elsewhere", http_client=mine) as client:
            await client.account.check_balance()
        assert not mine.is_closed

    assert [entry.status for entry in simulator.books.requests] == [200]


async def test_a_job_is_looked_at_by_its_id_alone() -> None:
    """An id kept from yesterday is enough, in cents or in credits."""
    async with simulated() as (client, simulator):
        job = await client.submit(question(0))
        await anyio.sleep(600)
        in_cents = await client.jobs.status(job_id=job.id)
        in_credits = await client.send(GetJobStatus(job_id=job.id, cost_units="credits"))

    assert (in_cents.status, in_cents.charge_amount) == ("completed", 10)
    assert in_credits.charge_credits == 1.0
    assert simulator.books.charged_cents == 10


async def test_a_question_without_a_direct_answer_says_what_to_use() -> None:
    """A deep search is a job only."""
    async with simulated() as (client, simulator):
        with pytest.raises(ConfigurationError, match=r"client\.submit\(\) or a JobRunner"):
            await client.send(DeepSearch(query="x"))

    assert simulator.books.requests == []


async def test_a_question_that_is_no_job_says_what_to_use() -> None:
    """A runner takes jobs only, and a refused one leaves nothing open."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        with pytest.raises(ConfigurationError, match=r"client\.send\(\)"):
            await runner.run(CheckBalance())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    assert simulator.books.requests == []
    gc.collect()
