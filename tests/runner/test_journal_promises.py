"""What the journal is good for: rows in doubt, deliveries, answers read again. One promise at a time."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import httpx
import pytest
from pydantic import BaseModel, Field

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
SUBMIT = "/company-intelligence-async"


def a_run(number: int = 0) -> RunWorkflow:
    return RunWorkflow(workflow_id=FACTS_WORKFLOW, webhook_payload=[{"company_name": "3M", "row": number}])


# --- unknown ------------------------------------------------------------------------------------------------------


async def test_rows_that_may_have_been_taken_are_listed_with_the_money_at_stake() -> None:
    """Parked once is parked in every later run, until the caller says otherwise."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route=SUBMIT, times=2)
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


async def test_an_unknown_row_is_sent_anew_on_the_callers_word_only() -> None:
    """``on_unknown="resubmit"`` may pay twice: what was given up stays at stake under the cap."""
    journal = MemoryJournal()
    words: list[OnUnknown] = ["park", "park", "resubmit", "park"]
    told: list[tuple[int, float, float]] = []
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route=SUBMIT)
        for word in words:
            async with JobRunner(
                client, journal=journal, on_unknown=word, prices={"company-intelligence": 10}
            ) as runner:
                answered = [outcome.ok async for outcome in runner.map(questions(3))].count(True)
                told.append((answered, runner.stats().cost_cents, runner.stats().exposed_cents))

    assert told == [(2, 20, 10), (2, 20, 10), (3, 30, 10), (3, 30, 10)]
    assert list(simulator.books.repeated.values()) == [2]


async def test_a_row_that_was_not_sent_anew_after_all_is_at_stake_once() -> None:
    """The earlier submit is given up when the new one leaves, not before: here nothing leaves."""
    journal, prices = MemoryJournal(), {"company-intelligence": 10}
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route=SUBMIT)
        async with JobRunner(client, journal=journal, prices=prices) as runner:
            first = await runner.run(question(0))
        async with JobRunner(
            client, journal=journal, prices=prices, on_unknown="resubmit", max_cost_cents=15
        ) as runner:
            refused = await runner.run(question(0))
        at_stake = sum(line.exposed_cents for line in await journal.lines())

    assert (first.status, refused.status) == ("unknown", "rejected")
    assert isinstance(refused.error, CostCapError)
    assert at_stake == 10
    assert len(simulator.books.jobs) == 1


async def test_a_search_in_doubt_is_asked_for_again_by_its_own_id() -> None:
    """The runner gives each row a ``search_id`` of its own, so that no answer on its way back can be lost."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route="/search/start-deep-search", times=3)
        async with JobRunner(client, journal=journal) as runner:
            outcomes = [outcome async for outcome in runner.map(DeepSearch(query=f"q {n}") for n in range(3))]

    assert [outcome.status for outcome in outcomes] == ["completed"] * 3
    assert len(simulator.books.jobs) == 3
    assert all(outcome.input.search_id is None for outcome in outcomes if isinstance(outcome.input, DeepSearch))


async def test_the_id_of_a_search_is_the_same_after_a_crash_and_another_in_another_journal() -> None:
    """It is made from the journal and the row, not from chance."""
    sent: list[str] = []

    def lose(request: httpx.Request) -> Exception | None:
        if request.url.path != "/search/start-deep-search":
            return None
        sent.append(request.content.decode())
        return httpx.ReadError("lost", request=request)

    journal = MemoryJournal()
    async with networked(lose) as (client, _, _):
        for used in (journal, journal, MemoryJournal()):
            async with JobRunner(client, journal=used) as runner:
                outcome = await runner.run(DeepSearch(query="bakers"))
                assert outcome.status == "unknown"

    assert len(sent) == 3 * 6, "six attempts each"
    assert len(set(sent[:12])) == 1
    assert set(sent[12:]).isdisjoint(sent[:12])


async def test_a_workflow_run_in_doubt_is_asked_for_again_by_its_own_key() -> None:
    """Each row has an ``Idempotency-Key``; runs of others, in doubt or not, are never mistaken for it."""
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route="/workflows/run", times=4)
        async with JobRunner(client) as runner:
            outcomes = {outcome.index: outcome async for outcome in runner.map(a_run(number) for number in range(4))}

    assert [outcomes[index].status for index in range(4)] == ["completed"] * 4
    taken = {work.id: work.body["rows"][0]["row"] for work in simulator.books.jobs}
    assert {outcome.job_id: index for index, outcome in outcomes.items()} == taken


async def test_an_answer_may_be_too_old_to_be_given_again() -> None:
    """``reuse`` is the age up to which the journal answers for free; beyond it the row is asked, and paid, anew."""
    journal = MemoryJournal()
    paid: list[int] = []
    async with simulated() as (client, simulator):
        for reuse in (None, timedelta(days=30), timedelta(0)):
            async with JobRunner(client, journal=journal, reuse=reuse) as runner:
                assert (await runner.run(question(0))).ok
                paid.append(len(simulator.books.jobs))

    assert paid == [1, 1, 2]


# --- delivery -----------------------------------------------------------------------------------------------------


async def test_what_was_delivered_is_left_out_when_outcomes_are_delivered_once() -> None:
    """At least once: the outcome in hand when the consumer leaves comes again, the acknowledged ones do not."""
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


async def test_an_acknowledged_outcome_never_comes_again() -> None:
    """``ack`` before leaving makes it exactly once; without ``deliver="once"`` everything comes each time."""
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


async def test_a_row_whose_end_is_not_known_is_not_delivered_by_an_acknowledgement() -> None:
    """An unknown row comes up in every run until it is settled."""
    journal = MemoryJournal()
    statuses: list[list[str]] = []
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route=SUBMIT)
        for _ in range(2):
            async with JobRunner(client, journal=journal) as runner:
                statuses.append([outcome.status async for outcome in runner.map(questions(2), deliver="once")])

    assert [sorted(told) for told in statuses] == [["completed", "unknown"], ["unknown"]]


# --- answers read again -------------------------------------------------------------------------------------------


class Place(BaseModel):
    headquarters: str = Field(min_length=2)


class Number(BaseModel):
    headquarters: str = Field(pattern=r"^\d+$")


async def test_answers_are_read_again_as_another_class_for_free() -> None:
    """The raw answer outlives the class it was asked with, and a process; what does not fit is told, not raised."""
    journal = MemoryJournal()
    wrong = [
        CompanyIntelligence(target_company=asked.target_company, struct=Number, tier="low") for asked in questions(4)
    ]
    async with simulated() as (client, simulator):
        async with JobRunner(client, journal=journal) as runner:
            misfits = [outcome async for outcome in runner.map(wrong)]
            await runner.run(FindEmail(lead={"name": "Ada Example", "company": "3M"}))
        paid = len(simulator.books.requests)
        async with JobRunner(client, journal=journal) as runner:
            read = [outcome async for outcome in runner.reparse(Place)]
            unread = [outcome async for outcome in runner.reparse(Number)]

    assert all(isinstance(outcome.error, ResponseError) and outcome.raw for outcome in misfits)
    assert {outcome.result().structured_data.headquarters for outcome in read} == {fact(n) for n in range(4)}
    assert [outcome.ok for outcome in unread] == [False] * 4
    assert [outcome.raw for outcome in read] == [outcome.raw for outcome in unread]
    assert paid == len(simulator.books.requests)


async def test_a_question_of_the_journal_is_the_question_that_was_asked() -> None:
    """Body keys that the service added last night included."""
    journal = MemoryJournal()
    asked = CompanyIntelligence(
        target_company={"company_name": "3M"}, struct={"headquarters": "Where"}, extra={"research_plan": "look it up"}
    )
    async with simulated(SimulatorSettings()) as (client, simulator):
        simulator.faults.script("lost_answer", route=SUBMIT)
        async with JobRunner(client, journal=journal) as runner:
            await runner.run(asked)
            [row] = await runner.unknown()

    assert row.operation.fingerprint() == asked.fingerprint()
    assert row.operation.payload() == asked.payload()
