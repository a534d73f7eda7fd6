"""Submits that are answered with the same job id: only one of them can own its answer."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sixtyfour_async import CompanyIntelligence, FindEmail, JobOperation, JobRunner, MemoryJournal, Outcome
from tests.client.network import scripted

pytestmark = pytest.mark.anyio


def company(name: str) -> CompanyIntelligence[Any]:
    return CompanyIntelligence(target_company={"company_name": name}, struct={"hq": "Head office"})


ACME, GLOBEX = company("Acme"), company("Globex")


async def run(operations: list[Any], result: Any, **options: Any) -> list[Outcome[Any]]:
    def reply(request: httpx.Request) -> httpx.Response:
        ended = {"status": "completed", "result": result, "charge_amount": 10}
        return httpx.Response(200, json={"task_id": "j1"} if request.method == "POST" else ended)

    async with scripted(reply) as (client, _), JobRunner(client, journal=MemoryJournal()) as jobs:
        outcomes = {outcome.index: outcome async for outcome in jobs.map(operations, **options)}
    return [outcomes[index] for index in range(len(operations))]


@pytest.mark.parametrize("echo", [{"company_name": "GLOBEX"}, {"input": {"company_name": "globex"}}])
async def test_the_answer_goes_to_whom_it_names(echo: dict[str, Any]) -> None:
    for operations in ([ACME, GLOBEX], [GLOBEX, ACME]):
        outcomes = await run(operations, echo | {"structured_data": {"hq": "Springfield"}})
        by_name = {"Acme" if outcome.input is ACME else "Globex": outcome for outcome in outcomes}

        assert by_name["Globex"].status == "completed"
        assert by_name["Globex"].result().structured_data == {"hq": "Springfield"}
        assert by_name["Acme"].status == "unmatched"
        assert by_name["Acme"].value is None
        assert "2 submits the same job id, and its answer is another's" in str(by_name["Acme"].error)
        assert sum(outcome.cost_cents or 0 for outcome in outcomes) == 10


@pytest.mark.parametrize("echo", [{}, {"company_name": "Initech"}])
async def test_without_evidence_nobody_gets_it_and_all_are_told(echo: dict[str, Any]) -> None:
    operations: list[JobOperation[Any]] = [ACME, GLOBEX]
    outcomes = await run(operations, echo | {"structured_data": {"hq": "Springfield"}})

    assert [outcome.status for outcome in outcomes] == ["unmatched"] * 2
    assert all("nothing in its answer shows whose it is" in str(outcome.error) for outcome in outcomes)
    assert all("Springfield" in str(outcome.raw) for outcome in outcomes)
    assert sum(outcome.cost_cents or 0 for outcome in outcomes) == 10


async def test_the_same_question_under_two_keys_may_share_a_job() -> None:
    """A service that recognises a repeated question gives its job again."""
    keys = iter("ab")

    def key(_: object) -> str:
        return next(keys)

    outcomes = await run([ACME, company("Acme")], {"structured_data": {"hq": "Berlin"}}, key=key)

    assert [outcome.status for outcome in outcomes] == ["completed"] * 2


async def test_shared_submits_with_one_id_go_by_evidence_alone() -> None:
    leads = [
        FindEmail(lead={"name": name, "company": "Acme"}, mode=mode)
        for mode in ("PROFESSIONAL", "PERSONAL")
        for name in "AB"
    ]
    rows = [{"name": "A", "email": "a@acme.example"}, {"email": "b@acme.example"}]
    outcomes = await run(leads, rows)

    assert {outcome.matched_by for outcome in outcomes if outcome.status == "completed"} <= {"echo"}
    assert all(outcome.status == "unmatched" for outcome in outcomes if "'B'" in repr(outcome.input))


async def test_an_id_given_again_after_its_job_has_ended_is_doubted() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        ended = {"status": "completed", "result": {"structured_data": {"hq": "Berlin"}}}
        return httpx.Response(200, json={"task_id": "j1"} if request.method == "POST" else ended)

    async with scripted(reply) as (client, _), JobRunner(client, journal=MemoryJournal()) as jobs:
        first, second = await jobs.run(ACME), await jobs.run(GLOBEX)

    assert (first.status, second.status) == ("completed", "unmatched")
