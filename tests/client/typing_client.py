"""Checked by type checkers and never run: the types that the client returns, and the arguments it rejects."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path
from typing import assert_type

import httpx
import httpx2
from pydantic import BaseModel

from sixtyfour_async import (
    Answer,
    AsyncClient,
    DeepSearch,
    FindEmail,
    Hooks,
    Intelligence,
    Job,
    OAuth,
    PeopleIntelligence,
    ResponseSeen,
    RunWorkflow,
    Upload,
)
from sixtyfour_async.models import EmailResult, LiveStatus, SearchStatus
from sixtyfour_async.models.jobs import Report
from tests.client.sample_operations import Item, ItemPage, ListItems, StreamTokens, Token


class Lead(BaseModel):
    title: str


LEAD = {"name": "Ada"}


def on_response(seen: ResponseSeen) -> None:
    assert_type(seen.status, int | None)


def constructor_arguments() -> None:
    AsyncClient(http_client=httpx.AsyncClient())
    AsyncClient(http_client=httpx2.AsyncClient())
    AsyncClient(auth=OAuth(client_id="c", private_key=Path("key.pem"), kid="k"), hooks=[Hooks(on_response=on_response)])
    AsyncClient(auth_scheme="basic")  # type: ignore[arg-type]
    AsyncClient(http_client=httpx.Client())  # type: ignore[arg-type]
    OAuth("c", "key", "kid")  # type: ignore[call-arg]
    Upload("rows.csv")  # type: ignore[arg-type]


async def return_types(client: AsyncClient) -> None:
    operation = PeopleIntelligence(lead_info=LEAD, struct=Lead)
    answer = await client.send_with_raw(operation)
    assert_type(answer, Answer[Intelligence[Lead]])
    assert_type(answer.result().structured_data, Lead)
    assert_type(client.with_options(timeout=5.0), AsyncClient)

    job = client.job(operation, "id")
    assert_type(job, Job[Intelligence[Lead]])
    assert_type(await job, Intelligence[Lead])
    assert_type(await job.answer(), Answer[Intelligence[Lead]])
    assert_type(await client.job(FindEmail, "id").wait(), EmailResult)
    assert_type(await client.job(DeepSearch, "id"), SearchStatus)
    assert_type(await client.job(RunWorkflow, "id"), LiveStatus)
    async with job.watch() as reports:
        async for report in reports:
            assert_type(report, Report)

    async for page in client.pages(ListItems()):
        assert_type(page, ItemPage)
    async for row in client.rows(ListItems()):
        assert_type(row, Item)
    async with aclosing(client.events(StreamTokens(message="hi"))) as events:
        async for event in events:
            assert_type(event, Token)
    assert_type(await client.save(job, "rows.csv"), int)
    client.rows(FindEmail(lead=LEAD))  # type: ignore[arg-type]
    client.job(ListItems, "id")  # type: ignore[arg-type]
