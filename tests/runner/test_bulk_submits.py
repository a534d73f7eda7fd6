"""Rows that share a bulk submit: fewer requests than rows, and an answer, a price and an outcome for each row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any
from unicodedata import normalize

import anyio
import httpx
import pytest
from pydantic import JsonValue

from sixtyfour_async import (
    CostCapError,
    FindEmail,
    FindPhone,
    JobOperation,
    JobRunner,
    MemoryJournal,
    Outcome,
    ReverseEmail,
)
from sixtyfour_async._client.client import pipeline_of
from sixtyfour_async._journal.base import Entry
from sixtyfour_async._wire.body import Body
from sixtyfour_async.testing import simulated
from tests.faults.network import networked
from tests.runner.questions import find_email, find_emails, lead

pytestmark = pytest.mark.anyio


async def test_up_to_a_hundred_rows_share_one_submit() -> None:
    """350 rows take four submits and a few polls; every row has the answer it would have had alone."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        shared = {outcome.index: outcome async for outcome in runner.map(find_emails(350))}
        requests = len(simulator.books.requests)
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        single = {outcome.index: outcome async for outcome in runner.map(find_emails(20), batching="single")}

    assert requests < 60
    assert all(shared[index].input == operation for index, operation in enumerate(find_emails(350)))
    assert [shared[index].result().email for index in range(20)] == [
        single[index].result().email for index in range(20)
    ]
    assert {outcome.cost_cents for outcome in shared.values()} == {outcome.cost_cents for outcome in single.values()}
    assert simulator.books.repeated == {}


async def test_a_batch_is_submitted_incomplete_when_its_input_is_slow() -> None:
    """A batch is flushed two seconds after its first row; `run` submits its row alone and at once."""
    async with simulated() as (client, simulator):
        arrival_times: list[float] = []

        async def trickle() -> AsyncGenerator[FindEmail, None]:
            for operation in find_emails(5):
                yield operation
                await anyio.sleep(30)

        async with JobRunner(client) as runner:
            started = pipeline_of(client).clock.now()
            async for _ in runner.map(trickle()):
                arrival_times.append(pipeline_of(client).clock.now() - started)  # noqa: PERF401 (a time per outcome)
            await runner.run(find_email(99))

    assert all(at < 30 * (index + 1) for index, at in enumerate(arrival_times))
    assert [work.kind for work in simulator.books.jobs][-1] == "find_email"


async def test_operations_that_differ_in_more_than_the_lead_are_not_batched_together() -> None:
    """Each variant has its own batches; a row with its own webhook is submitted alone."""
    operations: list[JobOperation[object]] = [
        *find_emails(3),
        *(FindEmail(lead=lead(number), mode="PERSONAL") for number in range(3)),
        *(FindPhone(lead=lead(number)) for number in range(3)),
        FindEmail(lead=lead(50), webhook_url="https://example.com/hook"),
    ]
    submits: list[tuple[str, int]] = []

    def record_submits(request: httpx.Request) -> None:
        if request.method == "POST":
            submits.append((request.url.path, len(json.loads(request.content).get("leads", [None]))))

    async with networked(record_submits) as (client, _, _), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(operations)]

    assert all(outcome.ok for outcome in outcomes)
    assert sorted(submits) == [
        ("/find-email-async", 1),
        ("/find-email-bulk-async", 3),
        ("/find-email-bulk-async", 3),
        ("/find-phone-bulk-async", 3),
    ]


async def test_one_invalid_lead_does_not_reject_the_others() -> None:
    """A batch refused for its content is resubmitted row by row; only the invalid row is rejected."""

    def refuse(request: httpx.Request) -> httpx.Response | None:
        is_invalid = request.method == "POST" and b'Person 7"' in request.content
        return httpx.Response(422, json={"detail": [{"loc": ["body"], "msg": "no such lead"}]}) if is_invalid else None

    async with networked(refuse) as (client, simulator, _), JobRunner(client) as runner:
        statuses = {outcome.index: outcome.status async for outcome in runner.map(find_emails(12))}

    assert {index: "rejected" if index == 7 else "completed" for index in range(12)} == statuses
    assert simulator.books.repeated == {}


async def test_rows_of_a_split_batch_are_resumed_one_by_one_by_the_next_run() -> None:
    """Each row has its own job after the split; the refused batch does not rejoin them."""
    journal = MemoryJournal()

    def refuse(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(422, json={"detail": "no"}) if "bulk" in request.url.path else None

    async with networked(refuse) as (client, simulator, _):
        with anyio.move_on_after(1.5):
            async with JobRunner(client, journal=journal) as runner:
                [outcome async for outcome in runner.map(find_emails(6))]
        accepted = {entry.job_id for entry in journal.rows.values() if entry.state == "accepted"}
        async with JobRunner(client, journal=journal) as runner:
            outcomes = {outcome.index: outcome async for outcome in runner.map(find_emails(6))}

    assert len(accepted) > 1
    assert [outcomes[index].status for index in range(6)] == ["completed"] * 6
    assert len({outcome.job_id for outcome in outcomes.values()}) == 6
    assert simulator.books.repeated == {}


async def test_a_lead_missing_from_the_answer_fails_alone() -> None:
    """Rows are matched by their echoed fields, not by position, so no row gets the answer of another."""

    def answer_out_of_order(request: httpx.Request) -> httpx.Response | None:
        if "/job-status/" not in request.url.path:
            return None
        rows = [{**lead(number), "email": [[f"{number}@x.example", "OK", "COMPANY"]]} for number in (3, 1, 0, 4)]
        return httpx.Response(200, json={"status": "completed", "result": rows, "charge_amount": 20})

    async with networked(answer_out_of_order) as (client, _, _), JobRunner(client) as runner:
        outcomes = {outcome.index: outcome async for outcome in runner.map(find_emails(5))}

    assert [outcomes[index].status for index in range(5)] == [
        "completed",
        "completed",
        "unmatched",
        "completed",
        "completed",
    ]
    for index in (0, 1, 3, 4):
        assert outcomes[index].result().email[0].address == f"{index}@x.example"
    assert "no row for this lead" in str(outcomes[2].error)
    assert sum(outcome.cost_cents or 0 for outcome in outcomes.values()) == 20


PEOPLE: list[dict[str, JsonValue]] = [
    {"name": f"{name} Exämple", "company": "Acme"} for name in ("Ada", "Bob", "Cyd", "Ada")
]
PEOPLE[3]["company"] = "Beta"


async def outcomes_of(rows: list[Any]) -> list[Outcome[Any]]:
    """Return the outcomes of the people, in order, when the batch is answered by these rows at 5 cents a lead."""

    def answer(request: httpx.Request) -> httpx.Response | None:
        if "/job-status/" not in request.url.path:
            return None
        return httpx.Response(200, json={"status": "completed", "result": rows, "charge_amount": 20})

    async with networked(answer) as (client, _, _), JobRunner(client) as runner:
        found = {outcome.index: outcome async for outcome in runner.map([FindEmail(lead=lead) for lead in PEOPLE])}
    assert sum(outcome.cost_cents or 0 for outcome in found.values()) == 20
    return [found[index] for index in range(len(PEOPLE))]


def address(number: int) -> dict[str, Any]:
    return {"email": [[f"{number}@x.example", "OK", "COMPANY"]]}


def addresses(outcomes: list[Outcome[Any]]) -> list[str | None]:
    return [outcome.result().email[0].address if outcome.ok else None for outcome in outcomes]


REPEATED: dict[str, Callable[[dict[str, JsonValue]], dict[str, Any]]] = {
    "in capitals": lambda lead: {key: str(value).upper() for key, value in lead.items()},
    "decomposed and spaced": lambda lead: {key: f" {normalize('NFKD', str(value))}  " for key, value in lead.items()},
    "nested": lambda lead: {"lead": lead},
    "nested twice": lambda lead: {"data": {"query": lead}},
    "by an index": lambda lead: {"index": PEOPLE.index(lead)},
    "by an index from 1": lambda lead: {"position": PEOPLE.index(lead) + 1},
}


@pytest.mark.parametrize("repeat", REPEATED.values(), ids=REPEATED)
async def test_rows_in_another_order_reach_their_find_emails(
    repeat: Callable[[dict[str, JsonValue]], dict[str, Any]],
) -> None:
    """Whatever form a row repeats its lead in, it is matched."""
    rows = [{**repeat(lead), **address(number)} for number, lead in enumerate(PEOPLE)]

    assert addresses(await outcomes_of(rows[::-1])) == [f"{number}@x.example" for number in range(4)]


async def test_rows_that_repeat_nothing_are_taken_in_order_if_there_is_one_for_each_lead() -> None:
    """Nothing contradicts the order; with a row too few nobody knows whose is missing."""
    rows = [address(number) for number in range(4)]
    complete, incomplete = await outcomes_of(rows), await outcomes_of(rows[1:])

    assert addresses(complete) == [f"{number}@x.example" for number in range(4)]
    assert [outcome.status for outcome in incomplete] == ["unmatched"] * 4
    assert "3 rows came for 4 leads" in str(incomplete[0].error)


async def test_a_row_for_somebody_else_reaches_nobody() -> None:
    """The others are matched; the lead that is left over says why, and bears its share of the charge."""
    rows = [{**lead, **address(number)} for number, lead in enumerate(PEOPLE)]
    rows[1] |= {"name": "Zed Example"}
    outcomes = await outcomes_of(rows[::-1])

    assert addresses(outcomes) == ["0@x.example", None, "2@x.example", "3@x.example"]
    assert "no row for this lead; 1 of its rows are for nobody in the batch" in str(outcomes[1].error)


async def test_rows_that_repeat_only_what_leads_share_reach_nobody() -> None:
    """Two rows repeat only the name that two leads share."""
    rows = [{"name": PEOPLE[0]["name"], **address(0)}, {**PEOPLE[1], **address(1)}, {**PEOPLE[2], **address(2)}]
    outcomes = await outcomes_of([*rows, {"name": PEOPLE[0]["name"], **address(3)}])

    assert addresses(outcomes) == [None, "1@x.example", "2@x.example", None]
    assert "the answers of 2 rows of the batch could not be told apart" in str(outcomes[3].error)


async def test_a_batch_with_an_uncertain_outcome_parks_each_row() -> None:
    """No row is resubmitted automatically; each is listed with its own share of the exposed cents."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route="/find-email-bulk-async")
        async with JobRunner(client, journal=journal) as runner:
            first = Counter([outcome.status async for outcome in runner.map(find_emails(30))])
        async with JobRunner(client, journal=journal) as runner:
            again = Counter([outcome.status async for outcome in runner.map(find_emails(40))])
            listed = await runner.unknown()

    assert (first, again) == ({"unknown": 30}, {"unknown": 30, "completed": 10})
    assert [(row.exposed_cents, row.operation) for row in listed] == [(5, operation) for operation in find_emails(30)]
    assert simulator.books.repeated == {}


class DyingJournal(MemoryJournal):
    """Blocks for ever after a number of writes, like a killed process."""

    def __init__(self, writes: int) -> None:
        super().__init__()
        self.writes_left = writes

    async def _count_write(self) -> None:
        if self.writes_left == 0:
            await anyio.sleep_forever()
        self.writes_left -= 1

    async def put(self, *entries: Entry) -> None:
        await self._count_write()
        await super().put(*entries)

    async def save_batch_answer(self, batch: str, body: Body) -> None:
        await self._count_write()
        await super().save_batch_answer(batch, body)

    async def settle_batch(self, batch: str, entries: Sequence[Entry]) -> None:
        await self._count_write()
        await super().settle_batch(batch, entries)


@pytest.mark.parametrize("writes", range(7))
async def test_a_run_killed_between_any_two_writes_of_a_batch_is_resumed(writes: int) -> None:
    """Every row is answered or parked; a stored batch answer is split without another request."""
    journal = DyingJournal(writes)
    async with simulated() as (client, simulator):
        with anyio.move_on_after(600):
            async with JobRunner(client, journal=journal) as runner:
                [outcome async for outcome in runner.map(find_emails(30))]
        journal.writes_left = 1000
        has_answer, requests = bool(journal.answers), len(simulator.books.requests)
        async with JobRunner(client, journal=journal) as runner:
            statuses = Counter([outcome.status async for outcome in runner.map(find_emails(30))])

    assert statuses in ({"completed": 30}, {"unknown": 30})
    assert simulator.books.repeated == {}
    assert (len(simulator.books.requests) == requests) or not has_answer
    assert journal.answers == {}


async def test_a_batch_is_not_resumed_with_the_stored_answer_to_another() -> None:
    """The run was killed after it had kept what a cache answered, and before it had read it."""
    journal = DyingJournal(1000)
    async with simulated() as (client, simulator):
        with anyio.move_on_after(5):
            async with JobRunner(client, journal=journal) as runner:
                [outcome async for outcome in runner.map(find_emails(3))]
        [work] = simulator.books.jobs
        [batch] = {entry.batch for entry in journal.rows.values() if entry.batch}
        rows: list[JsonValue] = [{"email": [["x@another.example", "OK", "COMPANY"]]}] * 3
        journal.answers[batch] = Body.of(
            {
                "status": "completed",
                "id": f"{work.id[:-2]}{(int(work.id[-2:], 16) + 1) % 256:02x}",
                "result": list(rows),
            }
        )
        async with JobRunner(client, journal=journal) as runner:
            outcomes = [outcome async for outcome in runner.map(find_emails(3))]

    assert len(simulator.books.jobs) == 1
    assert all("another.example" not in str(outcome.raw) for outcome in outcomes)
    assert {outcome.status for outcome in outcomes} == {"completed"}


async def test_stop_withdraws_rows_of_an_incomplete_batch() -> None:
    """Their outcomes are rejections; submitted rows are polled to their end."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:

        async def until_stopped() -> AsyncGenerator[FindEmail, None]:
            for operation in find_emails(130):
                yield operation
            await anyio.sleep(1)
            runner.stop()

        statuses = Counter([outcome.status async for outcome in runner.map(until_stopped())])

    assert statuses == {"completed": 100, "rejected": 30}
    assert len(simulator.books.jobs) == 1


async def test_a_cost_cap_counts_every_row_of_a_batch() -> None:
    """Price times rows is reserved before a batch is sent; a batch that does not fit is halved until its parts do."""
    operations = [ReverseEmail(lead={"email": f"p{number}@x.example"}) for number in range(300)]
    seen: Counter[str] = Counter()
    async with simulated() as (client, simulator):

        async def run_with_cap() -> None:
            async with JobRunner(client, max_cost_cents=1203, max_row_cents=5) as runner:
                async for outcome in runner.map(operations):
                    seen[outcome.status] += 1

        with pytest.raises(CostCapError, match="max_cost_cents=1203 leaves 3 cents"):
            await run_with_cap()

    assert seen == {"completed": 240, "rejected": 60}
    assert simulator.books.charged_cents == 1200
    assert len(simulator.books.jobs) < 12
