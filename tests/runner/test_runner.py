"""`JobRunner`: outcomes, duplicates, replays, caps and counters."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable

import anyio
import pytest
from pydantic import BaseModel, ConfigDict, JsonValue

from sixtyfour_async import (
    CompanyIntelligence,
    ConfigurationError,
    CostCapError,
    Criterion,
    DeepSearch,
    FindEmail,
    FindPhone,
    InputError,
    JobCancelledError,
    JobFailedError,
    JobOperation,
    JobRunner,
    MemoryJournal,
    PeopleIntelligence,
    QAAgent,
    ResearchAgent,
    ResponseError,
    ReverseEmail,
    ReversePhone,
    RunWorkflow,
)
from sixtyfour_async.simulator import companies
from sixtyfour_async.testing import simulated
from tests.runner.questions import Question, fact, question, questions

pytestmark = pytest.mark.anyio

FACTS_WORKFLOW = "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0001"
MakeIterable = Callable[[list[Question]], Iterable[Question] | AsyncIterable[Question]]


async def test_run_returns_the_outcome_of_one_job() -> None:
    """One operation in, one outcome with everything about it out, as a web handler needs it."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcome = await runner.run(question(0))

    [work] = simulator.books.jobs
    assert outcome.ok
    assert outcome.result().structured_data["headquarters"] == fact(0)
    assert (work.id, 10, "completed") == (outcome.job_id, outcome.cost_cents, outcome.status)
    assert (question(0), question(0).fingerprint()) == (outcome.input, outcome.key)


async def as_async_generator(operations: list[Question]) -> AsyncGenerator[Question, None]:
    for operation in operations:
        await anyio.sleep(0.5)
        yield operation


def as_generator(operations: list[Question]) -> Iterable[Question]:
    yield from operations


@pytest.mark.parametrize(
    "make_iterable", [list[Question], as_generator, as_async_generator], ids=["list", "generator", "async generator"]
)
async def test_every_row_of_any_iterable_has_one_outcome(make_iterable: MakeIterable) -> None:
    """``map`` accepts lists, generators and async generators; each outcome carries the index of its row."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(make_iterable(questions(30)))]

    assert sorted(outcome.index for outcome in outcomes) == list(range(30))
    for outcome in outcomes:
        assert outcome.input == question(outcome.index)
        assert outcome.result().structured_data["headquarters"] == fact(outcome.index)
    assert (len(simulator.books.jobs), simulator.books.repeated) == (30, {})


async def test_outcomes_come_in_order_of_completion() -> None:
    """A slow row does not hold back the others."""
    slow = question(0, tier="medium")
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        indexes = [outcome.index async for outcome in runner.map([slow, *questions(5)[1:]])]

    ends = {work.subject: work.ends_at for work in simulator.books.jobs}
    assert max(ends, key=lambda subject: ends[subject]) == simulator.books.jobs[0].subject
    assert indexes[-1] == 0


async def test_an_empty_input_has_no_outcomes_and_sends_no_request() -> None:
    """``map`` over nothing ends at once."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        nothing: list[Question] = []
        assert [outcome async for outcome in runner.map(nothing)] == []

    assert simulator.books.requests == []


async def test_a_key_function_names_the_rows() -> None:
    """``key`` links an outcome to the caller's own row id."""
    async with simulated() as (client, _), JobRunner(client) as runner:
        names = {
            outcome.key
            async for outcome in runner.map(questions(5), key=lambda row: str(row.payload()["target_company"]))
        }
        single = await runner.run(question(7), key="seven")

    assert names == {str(row.payload()["target_company"]) for row in questions(5)}
    assert single.key == "seven"


async def test_a_duplicate_question_is_charged_once() -> None:
    """By default rows are identified by content; the duplicate gets the same answer, marked as replayed."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map([*questions(3), *questions(3)])]
        later = await runner.run(question(0))
        stats = runner.stats()

    assert len(simulator.books.jobs) == 3
    assert sorted((outcome.index, outcome.replayed) for outcome in outcomes) == [
        *((first, False) for first in range(3)),
        *((copy, True) for copy in range(3, 6)),
    ]
    assert all(outcome.value == outcomes[0].value for outcome in outcomes if outcome.key == outcomes[0].key)
    assert later.replayed
    assert later.result().structured_data["headquarters"] == fact(0)
    assert (stats.replayed, stats.cost_cents) == (4, 30)


async def test_one_question_under_two_keys_is_two_rows() -> None:
    """Explicit keys decide which rows are the same."""
    numbers = iter(range(9))
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        operations = [question(0), question(0)]
        outcomes = [outcome async for outcome in runner.map(operations, key=lambda _: str(next(numbers)))]

    assert [outcome.replayed for outcome in outcomes] == [False, False]
    assert list(simulator.books.repeated.values()) == [2]


async def test_one_key_for_two_questions_is_rejected_unpaid() -> None:
    """Otherwise a row would get the answer of another."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(questions(2), key=lambda _: "same")]
        later = await runner.run(question(5), key="same")

    by_index = {outcome.index: outcome for outcome in outcomes}
    assert (by_index[0].status, by_index[1].status, later.status) == ("completed", "rejected", "rejected")
    assert isinstance(by_index[1].error, InputError)
    assert "another question" in str(later.error)
    assert len(simulator.books.jobs) == 1


async def test_a_failed_job_is_an_outcome() -> None:
    """It raises only when ``result()`` is called; the other rows continue."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        simulator.faults.script("job_failed", times=2)
        outcomes = [outcome async for outcome in runner.map(questions(6))]

    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    assert (len(failed), sum(outcome.ok for outcome in outcomes)) == (2, 4)
    assert all(isinstance(outcome.error, JobFailedError) and outcome.job_id for outcome in failed)
    with pytest.raises(JobFailedError, match="upstream provider error"):
        failed[0].result()
    assert simulator.books.charged_cents == 40


async def test_a_cancelled_job_is_an_outcome() -> None:
    """A workflow run may be cancelled by somebody else while it is polled."""
    async with simulated() as (client, _), JobRunner(client) as runner:
        [outcome] = [outcome async for outcome in runner.map(cancel_while_running(runner))]

    assert outcome.status == "cancelled"
    assert isinstance(outcome.error, JobCancelledError)
    assert outcome.job_id == outcome.error.job_id


async def cancel_while_running(runner: JobRunner) -> AsyncGenerator[RunWorkflow, None]:
    yield RunWorkflow(workflow_id=FACTS_WORKFLOW, webhook_payload=[{"company_name": "3M"}])
    await anyio.sleep(10)
    [running] = await runner.client.workflows.runs(status="active")
    await runner.client.workflows.cancel(job_id=running.job_id)


class MismatchedStruct(BaseModel):
    model_config = ConfigDict(strict=True)
    headquarters: int


async def test_an_answer_that_does_not_fit_the_class_keeps_its_raw_body() -> None:
    """Parsing it again with another class costs nothing."""
    untyped: CompanyIntelligence[MismatchedStruct] = CompanyIntelligence(
        target_company={"company_name": "3M"}, struct={"headquarters": "Where"}
    )
    mismatched = CompanyIntelligence(
        target_company={"company_name": "3M"}, struct=MismatchedStruct, extra={"struct": {"headquarters": "Where"}}
    )
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcome = await runner.run(mismatched)
        again = await runner.run(untyped)

    raw = outcome.raw
    assert isinstance(raw, dict)
    assert (outcome.status, outcome.ok) == ("completed", False)
    assert raw["structured_data"] == {"headquarters": "Maplewood, Minnesota, U.S.", "company_name": "3M"}
    assert isinstance(outcome.error, ResponseError)
    assert outcome.job_id
    assert again.ok, "parsed as a plain dict the paid answer is valid"
    assert len(simulator.books.jobs) == 1


async def test_an_invalid_row_is_rejected_between_valid_ones() -> None:
    """A 422 is the outcome of its row and does not end the map."""
    operations: list[JobOperation[object]] = [question(0), question(1, tier="bottomless"), question(2)]
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcomes = {outcome.index: outcome async for outcome in runner.map(operations)}

    assert [outcomes[index].status for index in range(3)] == ["completed", "rejected", "completed"]
    assert "tier" in str(outcomes[1].error)
    assert len(simulator.books.jobs) == 2


async def test_every_kind_of_job_runs_in_one_map() -> None:
    """Each answer has the type of its operation."""
    person: dict[str, JsonValue] = {"name": "Ada Example", "company": "3M"}
    operations: list[JobOperation[object]] = [
        question(0),
        PeopleIntelligence(lead_info=person, struct={"title": "Job title"}, tier="medium"),
        FindEmail(lead=person),
        FindPhone(lead=person),
        ReverseEmail(lead={"email": "ada@3m.example"}),
        ReversePhone(lead={"phone": "+1 555 0100"}),
        QAAgent(data=person, qualification_criteria=[Criterion(criteria_name="fit", description="Sells glue")]),
        ResearchAgent(input_data={"company_name": "3M"}, struct={"industry": "Industry"}),
        DeepSearch(query="german telecommunications", mode="company", max_results=3),
        RunWorkflow(workflow_id=FACTS_WORKFLOW, webhook_payload=[{"company_name": "3M"}]),
    ]
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcomes = {outcome.index: outcome async for outcome in runner.map(operations)}

    assert ["completed"] * len(operations) == [outcomes[index].status for index in range(len(operations))]
    assert all(outcome.ok for outcome in outcomes.values())
    kinds = {work.kind for work in simulator.books.jobs}
    assert kinds == {
        "company_intelligence",
        "people_intelligence",
        "find_email",
        "find_phone",
        "reverse_email",
        "reverse_phone",
        "qa_agent",
        "research_agent",
        "deep_search",
        "workflow",
    }
    assert {work.id for work in simulator.books.jobs} == {outcome.job_id for outcome in outcomes.values()}


async def test_answered_rows_are_replayed_by_the_next_runner() -> None:
    """The same journal gives the same outcomes without a request."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        async with JobRunner(client, journal=journal) as runner:
            first = {outcome.index: outcome.value async for outcome in runner.map(questions(20))}
        requests = len(simulator.books.requests)
        async with JobRunner(client, journal=journal) as runner:
            again = {outcome.index: outcome async for outcome in runner.map(questions(20))}

    assert first == {index: outcome.value for index, outcome in again.items()}
    assert all(outcome.replayed for outcome in again.values())
    assert requests == len(simulator.books.requests)


async def test_failed_rows_are_resubmitted_only_with_retry_failed() -> None:
    """``retry_failed`` accepts paying again."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        simulator.faults.script("job_failed", times=3)
        statuses: list[list[str]] = []
        for retry in (False, False, True):
            async with JobRunner(client, journal=journal, retry_failed=retry) as runner:
                statuses.append([outcome.status async for outcome in runner.map(questions(3))])

    assert statuses == [["failed"] * 3, ["failed"] * 3, ["completed"] * 3]
    assert {2} == set(simulator.books.submits.values())


async def statuses_until_cap(runner: JobRunner, rows: int, match: str) -> list[str]:
    """Return the statuses delivered before `CostCapError` ends the map."""
    statuses: list[str] = []

    async def consume() -> None:
        async for outcome in runner.map(questions(rows)):
            statuses.append(outcome.status)  # noqa: PERF401 (outcomes before the error count)

    with pytest.raises(CostCapError, match=match):
        await consume()
    return statuses


async def test_the_cost_cap_is_never_exceeded() -> None:
    """Cents are reserved before a submit; a row that does not fit is rejected and ends the map."""
    async with simulated() as (client, simulator), JobRunner(client, max_cost_cents=65, max_row_cents=10) as runner:
        statuses = await statuses_until_cap(runner, 12, "max_cost_cents=65")

    assert (statuses.count("completed"), simulator.books.charged_cents) == (6, 60)


async def test_a_cap_with_an_unknown_price_submits_nothing() -> None:
    """An unknown price is never zero: the caller passes a ceiling or a price."""
    async with simulated() as (client, simulator):
        async with JobRunner(client, max_cost_cents=65) as runner:
            statuses = await statuses_until_cap(runner, 3, "the price of company-intelligence/low is.*max_row")
        async with JobRunner(client, max_cost_cents=25, prices={"company-intelligence": 10}) as runner:
            priced = await statuses_until_cap(runner, 3, "leaves 5 cents")

    assert "completed" not in statuses
    assert (priced.count("completed"), len(simulator.books.jobs)) == (2, 2)


async def test_a_cap_covers_all_runs_of_a_journal() -> None:
    """Cents that an earlier run spent or left exposed count."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route="/company-intelligence-async")
        totals: list[tuple[int, float, float, float]] = []
        for _ in range(2):
            async with JobRunner(client, journal=journal, max_cost_cents=50, max_row_cents=10) as runner:
                with pytest.raises(CostCapError, match=r"10 are exposed in rows whose end is not known"):
                    [outcome async for outcome in runner.map(questions(12))]
                stats = runner.stats()
                jobs = len(simulator.books.jobs)
                totals.append((jobs, stats.cost_cents, stats.exposed_cents, stats.reserved_cents))

    assert totals == [(5, 40, 10, 0)] * 2


async def test_max_jobs_and_max_rows_end_the_map() -> None:
    """``max_jobs`` counts submitted jobs of all runs; ``max_rows`` counts rows read in this one."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        async with JobRunner(client, journal=journal, max_jobs=4) as runner:
            jobs = await statuses_until_cap(runner, 12, "max_jobs=4")
        async with JobRunner(client, journal=journal, max_jobs=4) as runner:
            again = await statuses_until_cap(runner, 12, "max_jobs=4")
        async with JobRunner(client, journal=journal, max_rows=7) as runner:
            rows = await statuses_until_cap(runner, 12, "max_rows=7")

    assert [jobs.count("completed"), again.count("completed"), rows.count("completed")] == [4, 4, 7]
    assert len(simulator.books.jobs) == 7


async def test_numbers_add_up_at_every_moment() -> None:
    """Rows read are waiting, in flight, ended or withdrawn; requests are those the server saw."""
    async with simulated() as (client, simulator):
        async with JobRunner(client, max_in_flight=40) as runner:
            ended = 0
            async for _ in runner.map(questions(120)):
                ended += 1
                stats = runner.stats()
                assert ended <= sum(stats.ended.values())
                assert stats.waiting + stats.in_flight <= 40
                assert stats.in_flight >= sum(
                    not work.ends_at <= simulator.clock.now() for work in simulator.books.jobs
                )
            stats = runner.stats()

        assert (stats.ended, stats.waiting, stats.in_flight, stats.withdrawn) == ({"completed": 120}, 0, 0, 0)
        assert (stats.cost_cents, stats.reserved_cents) == (1200, 0)
        assert (len(simulator.books.requests), simulator.books.throttled) == (stats.requests, stats.throttled)
        assert simulator.books.charged_cents == 1200


async def test_using_a_runner_outside_its_block_raises() -> None:
    """Before it is entered and after it is left."""
    async with simulated() as (client, _):
        runner = JobRunner(client)
        with pytest.raises(ConfigurationError, match="async with JobRunner"):
            await runner.run(question(0))
        async with runner:
            pass
        with pytest.raises(ConfigurationError, match="async with JobRunner"):
            [outcome async for outcome in runner.map(questions(1))]


def test_the_companies_of_the_tests_are_distinct() -> None:
    """Otherwise the tests above would compare equal answers."""
    assert len({operation.fingerprint() for operation in questions(120)}) == 120
    assert len(companies()) > 1000
