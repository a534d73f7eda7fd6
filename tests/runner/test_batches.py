"""Rows that share a submit: fewer requests than rows, and each row with its own answer, price and fate."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncGenerator, Sequence

import anyio
import httpx
import pytest
from pydantic import JsonValue

from sixtyfour_async import CostCapError, FindEmail, FindPhone, JobOperation, JobRunner, MemoryJournal, ReverseEmail
from sixtyfour_async._client.client import pipeline_of
from sixtyfour_async._journal.base import Entry
from sixtyfour_async.testing import simulated
from tests.faults.network import networked

pytestmark = pytest.mark.anyio


def lead(number: int) -> dict[str, JsonValue]:
    return {"name": f"Person {number}", "company": f"Company {number % 7}"}


def leads(count: int) -> list[FindEmail]:
    return [FindEmail(lead=lead(number)) for number in range(count)]


async def test_a_hundred_rows_are_one_submit() -> None:
    """350 rows: four submits and a few looks; every row has the answer that it would have had alone."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        shared = {outcome.index: outcome async for outcome in runner.map(leads(350))}
        requests = len(simulator.books.requests)
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        single = {outcome.index: outcome async for outcome in runner.map(leads(20), batching="single")}

    assert requests < 60
    assert all(shared[index].input == asked for index, asked in enumerate(leads(350)))
    assert [shared[index].result().email for index in range(20)] == [
        single[index].result().email for index in range(20)
    ]
    assert {outcome.cost_cents for outcome in shared.values()} == {outcome.cost_cents for outcome in single.values()}
    assert simulator.books.repeated == {}


async def test_a_row_of_a_slow_stream_does_not_wait_for_the_hundredth() -> None:
    """Two seconds after its first row a batch goes as it is; a row that a caller waits for goes alone, at once."""
    async with simulated() as (client, simulator):
        arrived: list[float] = []

        async def trickle() -> AsyncGenerator[FindEmail, None]:
            for asked in leads(5):
                yield asked
                await anyio.sleep(30)

        async with JobRunner(client) as runner:
            begun = pipeline_of(client).clock.now()
            async for _ in runner.map(trickle()):
                arrived.append(pipeline_of(client).clock.now() - begun)  # noqa: PERF401 (when it came)
            await runner.run(FindEmail(lead=lead(99)))

    assert all(at < 30 * (index + 1) for index, at in enumerate(arrived))
    assert [work.kind for work in simulator.books.jobs][-1] == "find_email"


async def test_questions_that_differ_in_more_than_the_lead_do_not_share() -> None:
    """Each kind and each wish has batches of its own; one with a webhook of its own goes alone."""
    asked: list[JobOperation[object]] = [
        *leads(3),
        *(FindEmail(lead=lead(number), mode="PERSONAL") for number in range(3)),
        *(FindPhone(lead=lead(number)) for number in range(3)),
        FindEmail(lead=lead(50), webhook_url="https://example.com/hook"),
    ]
    submits: list[tuple[str, int]] = []

    def watch(request: httpx.Request) -> None:
        if request.method == "POST":
            submits.append((request.url.path, len(json.loads(request.content).get("leads", [None]))))

    async with networked(watch) as (client, _, _), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(asked)]

    assert all(outcome.ok for outcome in outcomes)
    assert sorted(submits) == [
        ("/find-email-async", 1),
        ("/find-email-bulk-async", 3),
        ("/find-email-bulk-async", 3),
        ("/find-phone-bulk-async", 3),
    ]


async def test_one_bad_lead_does_not_sink_the_others() -> None:
    """A batch that is refused for its content is asked row by row; only the bad one is refused again."""

    def refuse(request: httpx.Request) -> httpx.Response | None:
        bad = request.method == "POST" and b'Person 7"' in request.content
        return httpx.Response(422, json={"detail": [{"loc": ["body"], "msg": "no such lead"}]}) if bad else None

    async with networked(refuse) as (client, simulator, _), JobRunner(client) as runner:
        statuses = {outcome.index: outcome.status async for outcome in runner.map(leads(12))}

    assert {index: "rejected" if index == 7 else "completed" for index in range(12)} == statuses
    assert simulator.books.repeated == {}


async def test_rows_of_a_refused_batch_are_watched_on_one_by_one_by_the_next_run() -> None:
    """Each has a job of its own by then: the batch that never was must not bring them together again."""
    journal = MemoryJournal()

    def refuse(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(422, json={"detail": "no"}) if "bulk" in request.url.path else None

    async with networked(refuse) as (client, simulator, _):
        with anyio.move_on_after(1.5):
            async with JobRunner(client, journal=journal) as runner:
                [outcome async for outcome in runner.map(leads(6))]
        accepted = {entry.job_id for entry in journal.rows.values() if entry.state == "accepted"}
        async with JobRunner(client, journal=journal) as runner:
            outcomes = {outcome.index: outcome async for outcome in runner.map(leads(6))}

    assert len(accepted) > 1
    assert [outcomes[index].status for index in range(6)] == ["completed"] * 6
    assert len({outcome.job_id for outcome in outcomes.values()}) == 6
    assert simulator.books.repeated == {}


async def test_a_lead_that_the_answer_leaves_out_fails_alone() -> None:
    """Rows are known by their echo, not by their place: no row is given another one's answer."""

    def shuffle(request: httpx.Request) -> httpx.Response | None:
        if "/job-status/" not in request.url.path:
            return None
        rows = [{**lead(number), "email": [[f"{number}@x.example", "OK", "COMPANY"]]} for number in (3, 1, 0, 4)]
        return httpx.Response(200, json={"status": "completed", "result": rows, "charge_amount": 20})

    async with networked(shuffle) as (client, _, _), JobRunner(client) as runner:
        outcomes = {outcome.index: outcome async for outcome in runner.map(leads(5))}

    assert [outcomes[index].status for index in range(5)] == [
        "completed",
        "completed",
        "failed",
        "completed",
        "completed",
    ]
    for index in (0, 1, 3, 4):
        assert outcomes[index].result().email[0].address == f"{index}@x.example"
    assert "no row for this lead" in str(outcomes[2].error)
    assert sum(outcome.cost_cents or 0 for outcome in outcomes.values()) == 20


async def test_a_batch_in_doubt_is_parked_row_by_row() -> None:
    """No row of it is sent again by itself; each stands in the list with its own share of the money."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route="/find-email-bulk-async")
        async with JobRunner(client, journal=journal) as runner:
            first = Counter([outcome.status async for outcome in runner.map(leads(30))])
        async with JobRunner(client, journal=journal) as runner:
            again = Counter([outcome.status async for outcome in runner.map(leads(40))])
            listed = await runner.unknown()

    assert (first, again) == ({"unknown": 30}, {"unknown": 30, "completed": 10})
    assert [(row.exposed_cents, row.operation) for row in listed] == [(5, asked) for asked in leads(30)]
    assert simulator.books.repeated == {}


class Frozen(MemoryJournal):
    """Stops writing after so many writes, as a process does that is killed."""

    def __init__(self, writes: int) -> None:
        super().__init__()
        self.left = writes

    async def _gone(self) -> None:
        if self.left == 0:
            await anyio.sleep_forever()
        self.left -= 1

    async def put(self, *entries: Entry) -> None:
        await self._gone()
        await super().put(*entries)

    async def save_batch_answer(self, batch: str, body: str) -> None:
        await self._gone()
        await super().save_batch_answer(batch, body)

    async def settle_batch(self, batch: str, entries: Sequence[Entry]) -> None:
        await self._gone()
        await super().settle_batch(batch, entries)


@pytest.mark.parametrize("writes", range(7))
async def test_a_run_killed_between_any_two_writes_of_a_batch_goes_on(writes: int) -> None:
    """Every row ends, answered or parked; an answer that was kept is shared out without asking for it again."""
    journal = Frozen(writes)
    async with simulated() as (client, simulator):
        with anyio.move_on_after(600):
            async with JobRunner(client, journal=journal) as runner:
                [outcome async for outcome in runner.map(leads(30))]
        journal.left = 1000
        kept, looks = bool(journal.answers), len(simulator.books.requests)
        async with JobRunner(client, journal=journal) as runner:
            statuses = Counter([outcome.status async for outcome in runner.map(leads(30))])

    assert statuses in ({"completed": 30}, {"unknown": 30})
    assert simulator.books.repeated == {}
    assert (len(simulator.books.requests) == looks) or not kept
    assert journal.answers == {}


async def test_stopping_withdraws_rows_that_are_still_being_gathered() -> None:
    """They are handed back unsent; those on their way are watched to their end."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:

        async def until_stopped() -> AsyncGenerator[FindEmail, None]:
            for asked in leads(130):
                yield asked
            await anyio.sleep(1)
            runner.stop()

        statuses = Counter([outcome.status async for outcome in runner.map(until_stopped())])

    assert statuses == {"completed": 100, "rejected": 30}
    assert len(simulator.books.jobs) == 1


async def test_a_cap_counts_each_row_of_a_batch_and_lets_through_what_fits() -> None:
    """Price times rows is set aside before a batch leaves; one that does not fit is halved until its parts do."""
    asked = [ReverseEmail(lead={"email": f"p{number}@x.example"}) for number in range(300)]
    seen: Counter[str] = Counter()
    async with simulated() as (client, simulator):

        async def capped() -> None:
            async with JobRunner(client, max_cost_cents=1203, max_row_cents=5) as runner:
                async for outcome in runner.map(asked):
                    seen[outcome.status] += 1

        with pytest.raises(CostCapError, match="max_cost_cents=1203 leaves 3 cents"):
            await capped()

    assert seen == {"completed": 240, "rejected": 60}
    assert simulator.books.charged_cents == 1200
    assert len(simulator.books.jobs) < 12
