"""What the journal keeps: unknown rows, deliveries, and answers that can be parsed again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import httpx
import pytest
from pydantic import BaseModel, ConfigDict, Field

from sixtyfour_async import (
    CompanyIntelligence,
    CostCapError,
    DeepSearch,
    FindEmail,
    JobRunner,
    JobUnknownError,
    MemoryJournal,
    ResponseError,
    RunWorkflow,
)
from sixtyfour_async._scheduling.row_states import OnUnknown
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.faults.network import networked
from tests.runner.questions import fact, question, questions

pytestmark = pytest.mark.anyio

FACTS_WORKFLOW = "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0001"
SUBMIT_PATH = "/company-intelligence-async"


def workflow_run(number: int = 0) -> RunWorkflow:
    return RunWorkflow(workflow_id=FACTS_WORKFLOW, webhook_payload=[{"company_name": "3M", "row": number}])


# --- unknown rows -------------------------------------------------------------------------------------------------


async def test_unknown_rows_are_listed_with_their_exposed_cents() -> None:
    """A parked row stays parked in later runs until the caller decides otherwise."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route=SUBMIT_PATH, times=2)
        async with JobRunner(client, journal=journal, prices={"company-intelligence": 10}) as runner:
            first = Counter([outcome.status async for outcome in runner.map(questions(5))])
        async with JobRunner(client, journal=journal, prices={"company-intelligence": 10}) as runner:
            again = [outcome async for outcome in runner.map(questions(5))]
            listed = await runner.unknown()
            stats = runner.stats()

    parked = [outcome for outcome in again if outcome.status == "unknown"]
    assert first == {"completed": 3, "unknown": 2}
    assert [row.key for row in listed] == sorted((outcome.key for outcome in parked), key=[r.key for r in listed].index)
    assert {row.operation for row in listed} == {outcome.input for outcome in parked}
    assert all(row.sent_at and row.exposed_cents == 10 and "may have been accepted" in row.why for row in listed)
    assert (stats.exposed_cents, stats.cost_cents) == (20, 30)
    assert all(isinstance(outcome.error, JobUnknownError) for outcome in parked)
    assert simulator.books.repeated == {}


async def test_an_unknown_row_is_resubmitted_only_when_requested() -> None:
    """``on_unknown="resubmit"`` may pay twice: the abandoned submit stays exposed under the cap."""
    journal = MemoryJournal()
    policies: list[OnUnknown] = ["park", "park", "resubmit", "park"]
    totals: list[tuple[int, float, float]] = []
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route=SUBMIT_PATH)
        for policy in policies:
            async with JobRunner(
                client, journal=journal, on_unknown=policy, prices={"company-intelligence": 10}
            ) as runner:
                answered = [outcome.ok async for outcome in runner.map(questions(3))].count(True)
                totals.append((answered, runner.stats().cost_cents, runner.stats().exposed_cents))

    assert totals == [(2, 20, 10), (2, 20, 10), (3, 30, 10), (3, 30, 10)]
    assert list(simulator.books.repeated.values()) == [2]


async def test_a_resubmission_refused_by_the_cap_is_exposed_once() -> None:
    """The earlier submit is abandoned only when the new one is sent, and here none is."""
    journal, prices = MemoryJournal(), {"company-intelligence": 10}
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route=SUBMIT_PATH)
        async with JobRunner(client, journal=journal, prices=prices) as runner:
            first = await runner.run(question(0))
        async with JobRunner(
            client, journal=journal, prices=prices, on_unknown="resubmit", max_cost_cents=15
        ) as runner:
            refused = await runner.run(question(0))
        exposed = sum(line.exposed_cents for line in await journal.lines())

    assert (first.status, refused.status) == ("unknown", "rejected")
    assert isinstance(refused.error, CostCapError)
    assert exposed == 10
    assert len(simulator.books.jobs) == 1


async def test_a_search_with_an_uncertain_outcome_is_retried_with_its_search_id() -> None:
    """The runner gives each row its own ``search_id``, so a lost response loses no search."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route="/search/start-deep-search", times=3)
        async with JobRunner(client, journal=journal) as runner:
            outcomes = [outcome async for outcome in runner.map(DeepSearch(query=f"q {n}") for n in range(3))]

    assert [outcome.status for outcome in outcomes] == ["completed"] * 3
    assert len(simulator.books.jobs) == 3
    assert all(outcome.input.search_id is None for outcome in outcomes if isinstance(outcome.input, DeepSearch))


async def test_a_search_id_is_stable_across_runs_and_unique_to_a_journal() -> None:
    """It is derived from the journal's id and the row."""
    sent: list[str] = []

    def lose_responses(request: httpx.Request) -> Exception | None:
        if request.url.path != "/search/start-deep-search":
            return None
        sent.append(request.content.decode())
        return httpx.ReadError("lost", request=request)

    journal = MemoryJournal()
    async with networked(lose_responses) as (client, _, _):
        for current in (journal, journal, MemoryJournal()):
            async with JobRunner(client, journal=current) as runner:
                outcome = await runner.run(DeepSearch(query="bakers"))
                assert outcome.status == "unknown"

    assert len(sent) == 3 * 6, "six attempts each"
    assert len(set(sent[:12])) == 1
    assert set(sent[12:]).isdisjoint(sent[:12])


async def test_a_workflow_run_with_an_uncertain_outcome_is_retried_with_its_idempotency_key() -> None:
    """Each row has its own ``Idempotency-Key``, so no row gets the run of another."""
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route="/workflows/run", times=4)
        async with JobRunner(client) as runner:
            outcomes = {
                outcome.index: outcome async for outcome in runner.map(workflow_run(number) for number in range(4))
            }

    assert [outcomes[index].status for index in range(4)] == ["completed"] * 4
    accepted = {work.id: work.body["rows"][0]["row"] for work in simulator.books.jobs}
    assert {outcome.job_id: index for index, outcome in outcomes.items()} == accepted


async def test_an_answer_older_than_reuse_is_requested_again() -> None:
    """``reuse`` is the age up to which an answer is replayed for free; an older row is submitted again."""
    journal = MemoryJournal()
    job_counts: list[int] = []
    async with simulated() as (client, simulator):
        for reuse in (None, timedelta(days=30), timedelta(0)):
            async with JobRunner(client, journal=journal, reuse=reuse) as runner:
                assert (await runner.run(question(0))).ok
                job_counts.append(len(simulator.books.jobs))

    assert job_counts == [1, 1, 2]


# --- delivery -----------------------------------------------------------------------------------------------------


async def test_deliver_once_skips_rows_delivered_earlier() -> None:
    """Delivery is at least once: only the outcome in progress when the consumer leaves comes again."""
    journal = MemoryJournal()
    seen: list[list[int]] = []
    async with simulated() as (client, simulator):
        for leave_after in (4, 3, 99):
            async with JobRunner(client, journal=journal) as runner:
                seen.append([])
                async for outcome in runner.map(questions(10), deliver="once"):
                    seen[-1].append(outcome.index)
                    if len(seen[-1]) == leave_after:
                        break

    in_hand = [indexes[-1] for indexes in seen[:2]]
    assert Counter(index for indexes in seen for index in indexes) == {
        index: 2 if index in in_hand else 1 for index in range(10)
    }
    assert len(simulator.books.jobs) == 10


async def test_an_acknowledged_outcome_is_not_delivered_again() -> None:
    """``ack`` makes the delivery exactly once; without ``deliver="once"`` every outcome comes each time."""
    journal = MemoryJournal()
    async with simulated() as (client, _):
        async with JobRunner(client, journal=journal) as runner:
            async for outcome in runner.map(questions(1), deliver="once"):
                await runner.ack(outcome)
                break
        async with JobRunner(client, journal=journal) as runner:
            once = [outcome.key async for outcome in runner.map(questions(1), deliver="once")]
            always = [outcome.key async for outcome in runner.map(questions(1))]

    assert (once, always) == ([], [question(0).fingerprint()])


async def test_an_unknown_row_is_delivered_in_every_run() -> None:
    """Consuming its outcome does not mark it as delivered."""
    journal = MemoryJournal()
    statuses: list[list[str]] = []
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route=SUBMIT_PATH)
        for _ in range(2):
            async with JobRunner(client, journal=journal) as runner:
                statuses.append([outcome.status async for outcome in runner.map(questions(2), deliver="once")])

    assert [sorted(ended) for ended in statuses] == [["completed", "unknown"], ["unknown"]]


# --- reparse ------------------------------------------------------------------------------------------------------


class Place(BaseModel):
    headquarters: str = Field(min_length=2)


class Number(BaseModel):
    model_config = ConfigDict(strict=True)

    headquarters: str = Field(pattern=r"^\d+$")


async def test_reparse_parses_stored_answers_as_another_class() -> None:
    """No request is sent; what a strict class refuses is reported in its outcome, not raised."""
    journal = MemoryJournal()
    wrong = [CompanyIntelligence(target_company=row.target_company, struct=Number, tier="low") for row in questions(4)]
    async with simulated() as (client, simulator):
        async with JobRunner(client, journal=journal) as runner:
            unparsed = [outcome async for outcome in runner.map(wrong)]
            await runner.run(FindEmail(lead={"name": "Ada Example", "company": "3M"}))
        requests = len(simulator.books.requests)
        async with JobRunner(client, journal=journal) as runner:
            parsed = [outcome async for outcome in runner.reparse(Place)]
            mismatched = [outcome async for outcome in runner.reparse(Number)]

    assert all(isinstance(outcome.error, ResponseError) and outcome.raw for outcome in unparsed)
    assert {outcome.result().structured_data.headquarters for outcome in parsed} == {fact(n) for n in range(4)}
    assert [outcome.ok for outcome in mismatched] == [False] * 4
    assert [outcome.raw for outcome in parsed] == [outcome.raw for outcome in mismatched]
    assert requests == len(simulator.books.requests)


class Facts(BaseModel):
    headquarters: str
    industry: int


async def test_a_field_that_cannot_be_read_is_listed_on_the_outcome_and_again_when_it_is_replayed() -> None:
    journal = MemoryJournal()
    struct = {"headquarters": "Where", "industry": "What it makes"}
    asked = CompanyIntelligence(target_company=questions(1)[0].target_company, struct=struct)
    async with simulated() as (client, _):
        async with JobRunner(client, journal=journal) as runner:
            untyped = await runner.run(asked)
        async with JobRunner(client, journal=journal) as runner:
            [outcome] = [outcome async for outcome in runner.reparse(Facts)]

    assert untyped.problems == ()
    assert (outcome.ok, outcome.result().structured_data.headquarters) == (True, fact(0))
    assert [problem.name for problem in outcome.problems] == ["industry"]
    assert outcome.problems == outcome.result().problems


async def test_an_operation_read_from_the_journal_equals_the_one_submitted() -> None:
    """Including its extra fields."""
    journal = MemoryJournal()
    operation = CompanyIntelligence(
        target_company={"company_name": "3M"}, struct={"headquarters": "Where"}, extra={"research_plan": "look it up"}
    )
    async with simulated(SimulatorSettings()) as (client, simulator):
        simulator.faults.script("lost_answer", route=SUBMIT_PATH)
        async with JobRunner(client, journal=journal) as runner:
            await runner.run(operation)
            [row] = await runner.unknown()

    assert row.operation.fingerprint() == operation.fingerprint()
    assert row.operation.payload() == operation.payload()
