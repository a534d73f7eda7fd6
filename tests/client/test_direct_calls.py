"""Single calls and single jobs: the client without a runner."""

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
    InputError,
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


async def test_a_pydantic_struct_is_the_type_of_the_answer() -> None:
    """The class passed as ``struct`` is both sent as the question and used to parse the answer."""
    company = companies()[0]
    async with simulated() as (client, _):
        about = {"company_name": company.company_name, "website": company.website}
        found = await client.company.intelligence(target_company=about, struct=Facts, tier="low")

    assert found.structured_data == Facts(headquarters=company.headquarters or "", founded=company.founded)


async def test_a_dict_struct_returns_a_dict() -> None:
    """A mapping of field names to descriptions needs no class."""
    async with simulated() as (client, _):
        found = await client.send(question(0))

    assert found.structured_data["headquarters"] == fact(0)


async def test_a_synchronous_call_stays_open_until_the_answer() -> None:
    """It may take minutes, all in one request."""
    async with simulated(SimulatorSettings(runtimes="measured")) as (client, simulator):
        started = anyio.current_time()
        await client.send(question(0))
        elapsed = anyio.current_time() - started

    [work] = simulator.books.jobs
    assert elapsed >= work.ends_at - work.submitted_at > 30


async def test_wait_polls_a_submitted_job_until_its_answer() -> None:
    """``submit`` returns at once with an id; ``wait`` polls until the job has ended."""
    async with simulated() as (client, simulator):
        job = await client.company.intelligence.submit(
            target_company={"company_name": "3M"}, struct={"headquarters": "Where the head office is"}
        )
        assert anyio.current_time() < simulator.books.jobs[0].ends_at
        found = await job.wait()

    assert found.structured_data["headquarters"] == "Maplewood, Minnesota, U.S."
    assert [work.id for work in simulator.books.jobs] == [job.id]


async def test_a_wait_deadline_raises_with_the_job_id_and_its_last_state() -> None:
    """The job continues at the service and can be waited for again."""
    async with simulated(SimulatorSettings(runtimes="measured")) as (client, simulator):
        job = await client.submit(question(0))
        started = anyio.current_time()
        with pytest.raises(JobTimeoutError) as caught:
            await job.wait(deadline=15)
        elapsed = anyio.current_time() - started
        found = await job.wait()

    assert (job.id, "running") == (caught.value.job_id, caught.value.state)
    assert elapsed == pytest.approx(15)
    assert job.id in str(caught.value)
    assert found.structured_data["headquarters"] == fact(0)
    assert len(simulator.books.jobs) == 1


async def test_a_failed_job_raises_with_the_text_of_the_service() -> None:
    """The error carries the job id and state."""
    async with simulated(SimulatorSettings(faults={"job_failed": 1.0})) as (client, _):
        job = await client.submit(question(0))
        with pytest.raises(JobFailedError, match="upstream provider error") as caught:
            await job.wait()

    assert (job.id, "failed") == (caught.value.job_id, caught.value.state)


async def test_finders_return_typed_answers() -> None:
    """Addresses and numbers are parsed in every format that the service uses."""
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


async def test_agents_return_typed_answers() -> None:
    """QA, research and people intelligence are called alike."""
    async with simulated() as (client, _):
        qualified = await client.agents.qa(
            data={"company_name": "3M"},
            qualification_criteria=[Criterion(criteria_name="size", description="More than 1,000 staff")],
        )
        researched = await client.agents.research(input_data={"company_name": "3M"}, struct=Facts)
        person = await client.people.intelligence(lead_info=ADA, struct={"title": "Job title"})

    assert {"size", "score"} <= set(qualified.structured_data)
    assert researched.structured_data.headquarters == "Maplewood, Minnesota, U.S."
    assert isinstance(person, Intelligence)
    assert person.structured_data["title"]


async def test_check_balance_reflects_charges() -> None:
    """The balance is in credits of ten cents."""
    async with simulated(SimulatorSettings(balance_credits=100)) as (client, simulator):
        before = await client.account.check_balance()
        await client.send(question(0))
        after = await client.account.check_balance()

    assert before.credits == 100
    assert 100 - simulator.books.charged_cents / 10 == after.credits == 99


async def test_send_raw_returns_any_status() -> None:
    """``send_raw`` neither decodes, nor raises, nor retries."""
    async with simulated() as (client, simulator):
        simulator.faults.script("server_error", status=503)
        refused = await client.send_raw(CheckBalance())
        answered = await client.send_raw(CheckBalance())

    assert [refused.status, answered.status] == [503, 200]
    assert json.loads(answered.body) == {"credits": 1_000_000.0}
    assert answered.headers["x-ratelimit-limit"] == "500"
    assert len(simulator.books.requests) == 2


async def test_request_reaches_any_route() -> None:
    """``request`` sends the key, a body and extra headers to any path."""
    async with simulated() as (client, simulator):
        listed = await client.request("GET", "/workflows/runs?limit=5")
        body: Any = question(1).payload()
        started = await client.request("POST", "/enrich-company-async", json=body, headers={"x-more": "1"})
        missing = await client.request("GET", "/new-thing")

    assert (listed.status, json.loads(listed.body)) == (200, [])
    assert json.loads(started.body)["task_id"] == simulator.books.jobs[0].id
    assert missing.status == 404
    assert {"key-1"} == {entry.key for entry in simulator.books.requests}


async def test_extra_fields_are_sent_and_fingerprinted() -> None:
    """``extra`` is merged into the body and changes the fingerprint."""
    plain = FindEmail(lead=ADA)
    more = FindEmail(lead=ADA, extra={"providers": ["a"]})
    async with simulated() as (client, simulator):
        await client.send(more)

    assert simulator.books.jobs[0].body["providers"] == ["a"]
    assert plain.fingerprint() != more.fingerprint()


@pytest.mark.parametrize("scheme", ["x-api-key", "bearer"])
async def test_the_key_is_sent_in_exactly_one_header(scheme: str) -> None:
    """``auth_scheme="bearer"`` sends a bearer token instead of the API key header."""
    async with networked(auth_scheme=scheme) as (client, simulator, network):
        await client.account.check_balance()

    [request] = network.seen
    expected = {"authorization": f"Bearer {DEFAULT_KEY}"} if scheme == "bearer" else {"x-api-key": DEFAULT_KEY}
    assert {
        name: request.headers[name] for name in ("x-api-key", "authorization") if name in request.headers
    } == expected
    assert [entry.key for entry in simulator.books.requests] == ["key-1"]


async def test_a_wrong_key_raises_an_authentication_error_without_a_retry() -> None:
    """The next attempt would get the same 401."""
    async with simulated(api_key="sk_of_somebody_else") as (client, simulator):
        with pytest.raises(AuthenticationError) as caught:
            await client.account.check_balance()

    assert (caught.value.status, caught.value.operation) == (401, "GET /check-balance")
    assert len(simulator.books.requests) == 1


async def test_validation_errors_name_the_field() -> None:
    """422 and 400 carry the message of the service."""
    async with simulated() as (client, simulator):
        with pytest.raises(UnprocessableError, match="tier") as unprocessable:
            await client.send(question(0, tier="bottomless"))
        with pytest.raises(BadRequestError, match="Invalid search query"):
            await client.search.start_deep_search(query=" ")

    assert [path for path, _ in unprocessable.value.errors] == ["body.tier"]
    assert simulator.books.jobs == []


async def test_a_custom_http_client_is_used_and_left_open() -> None:
    """Whoever passes ``http_client`` closes it."""
    simulator = Simulator(now=anyio.current_time)
    async with httpx.AsyncClient(transport=SimulatedTransport(simulator)) as http_client:
        async with AsyncClient(DEFAULT_KEY, base_url="http://elsewhere", http_client=http_client) as client:
            await client.account.check_balance()
        assert not http_client.is_closed

    assert [entry.status for entry in simulator.books.requests] == [200]


async def test_job_status_needs_only_the_job_id() -> None:
    """Costs can be reported in cents or in credits."""
    async with simulated() as (client, simulator):
        job = await client.submit(question(0))
        await anyio.sleep(600)
        in_cents = await client.jobs.status(job_id=job.id)
        in_credits = await client.send(GetJobStatus(job_id=job.id, cost_units="credits"))

    assert (in_cents.status, in_cents.charge_amount) == ("completed", 10)
    assert in_credits.charge_credits == 1.0
    assert simulator.books.charged_cents == 10


async def test_sending_a_job_only_operation_raises_and_names_the_alternative() -> None:
    """A deep search has no synchronous route."""
    async with simulated() as (client, simulator):
        with pytest.raises(ConfigurationError, match=r"client\.submit\(\) or a JobRunner"):
            await client.send(DeepSearch(query="x"))

    assert simulator.books.requests == []


async def test_running_an_operation_that_is_not_a_job_raises_and_names_the_alternative() -> None:
    """The rejected call leaves no coroutine or request open."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        with pytest.raises(InputError, match=r"client\.send\(\)"):
            await runner.run(CheckBalance())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    assert simulator.books.requests == []
    gc.collect()
