"""Many questions: the runner, one promise at a time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable

import anyio
import pytest
from pydantic import BaseModel, JsonValue

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
Shape = Callable[[list[Question]], Iterable[Question] | AsyncIterable[Question]]


async def test_one_job_is_run_to_its_outcome() -> None:
    """``run`` is for a web handler: one question, one outcome, everything about it inside."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcome = await runner.run(question(0))

    [work] = simulator.books.jobs
    assert outcome.ok
    assert outcome.result().structured_data == {"headquarters": fact(0)}
    assert (work.id, 10, "completed") == (outcome.job_id, outcome.cost_cents, outcome.status)
    assert (question(0), question(0).fingerprint()) == (outcome.input, outcome.key)


async def asynchronously(asked: list[Question]) -> AsyncGenerator[Question, None]:
    for one in asked:
        await anyio.sleep(0.5)
        yield one


def lazily(asked: list[Question]) -> Iterable[Question]:
    yield from asked


@pytest.mark.parametrize("shape", [list[Question], lazily, asynchronously], ids=["list", "generator", "asynchronous"])
async def test_every_row_of_any_iterable_has_one_outcome(shape: Shape) -> None:
    """``map`` takes what you have; outcomes come as jobs end, with the place of their row."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(shape(questions(30)))]

    assert sorted(outcome.index for outcome in outcomes) == list(range(30))
    for outcome in outcomes:
        assert outcome.input == question(outcome.index)
        assert outcome.result().structured_data == {"headquarters": fact(outcome.index)}
    assert (len(simulator.books.jobs), simulator.books.repeated) == (30, {})


async def test_outcomes_come_in_the_order_in_which_jobs_end() -> None:
    """Nobody waits for the slowest row of all."""
    slow = question(0, tier="medium")
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        arrived = [outcome.index async for outcome in runner.map([slow, *questions(5)[1:]])]

    ends = {work.subject: work.ends_at for work in simulator.books.jobs}
    assert max(ends, key=lambda subject: ends[subject]) == simulator.books.jobs[0].subject
    assert arrived[-1] == 0


async def test_an_empty_input_has_no_outcomes_and_asks_nothing() -> None:
    """Zero rows are a number of rows like any other."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        nothing: list[Question] = []
        assert [outcome async for outcome in runner.map(nothing)] == []

    assert simulator.books.requests == []


async def test_rows_are_named_by_a_key_of_ones_own() -> None:
    """``key`` leads from an outcome back to the row of a table."""
    async with simulated() as (client, _), JobRunner(client) as runner:
        names = {
            outcome.key
            async for outcome in runner.map(questions(5), key=lambda asked: str(asked.payload()["target_company"]))
        }
        single = await runner.run(question(7), key="seven")

    assert names == {str(asked.payload()["target_company"]) for asked in questions(5)}
    assert single.key == "seven"


async def test_the_same_question_asked_twice_is_paid_once() -> None:
    """By default a question is known by its content; the copy comes with the same answer, marked as replayed."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map([*questions(3), *questions(3)])]
        late = await runner.run(question(0))
        stats = runner.stats()

    assert len(simulator.books.jobs) == 3
    assert sorted((outcome.index, outcome.replayed) for outcome in outcomes) == [
        *((first, False) for first in range(3)),
        *((copy, True) for copy in range(3, 6)),
    ]
    assert all(outcome.value == outcomes[0].value for outcome in outcomes if outcome.key == outcomes[0].key)
    assert late.replayed
    assert late.result().structured_data == {"headquarters": fact(0)}
    assert (stats.replayed, stats.cost_cents) == (4, 30)


async def test_the_same_question_under_two_keys_is_two_rows() -> None:
    """Whoever names the rows decides what is the same."""
    numbers = iter(range(9))
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        asked = [question(0), question(0)]
        outcomes = [outcome async for outcome in runner.map(asked, key=lambda _: str(next(numbers)))]

    assert [outcome.replayed for outcome in outcomes] == [False, False]
    assert list(simulator.books.repeated.values()) == [2]


async def test_one_key_for_two_questions_is_refused_before_it_is_paid() -> None:
    """A key that stood for something else would give a row another row's answer."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(questions(2), key=lambda _: "same")]
        later = await runner.run(question(5), key="same")

    by_index = {outcome.index: outcome for outcome in outcomes}
    assert (by_index[0].status, by_index[1].status, later.status) == ("completed", "rejected", "rejected")
    assert isinstance(by_index[1].error, InputError)
    assert "another question" in str(later.error)
    assert len(simulator.books.jobs) == 1


async def test_a_job_that_failed_over_there_is_an_outcome() -> None:
    """One bad row is data, not an exception; the others go on."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        simulator.faults.script("job_failed", times=2)
        outcomes = [outcome async for outcome in runner.map(questions(6))]

    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    assert (len(failed), sum(outcome.ok for outcome in outcomes)) == (2, 4)
    assert all(isinstance(outcome.error, JobFailedError) and outcome.job_id for outcome in failed)
    with pytest.raises(JobFailedError, match="upstream provider error"):
        failed[0].result()
    assert simulator.books.charged_cents == 40


async def test_a_run_that_was_cancelled_over_there_is_an_outcome() -> None:
    """Somebody else may cancel a workflow run while it is watched."""
    async with simulated() as (client, _), JobRunner(client) as runner:
        [outcome] = [outcome async for outcome in runner.map(cancelling(runner))]

    assert outcome.status == "cancelled"
    assert isinstance(outcome.error, JobCancelledError)
    assert outcome.job_id == outcome.error.job_id


async def cancelling(runner: JobRunner) -> AsyncGenerator[RunWorkflow, None]:
    yield RunWorkflow(workflow_id=FACTS_WORKFLOW, webhook_payload=[{"company_name": "3M"}])
    await anyio.sleep(10)
    [running] = await runner.client.workflows.runs(status="active")
    await runner.client.workflows.cancel(job_id=running.job_id)


class Impossible(BaseModel):
    headquarters: int


async def test_an_answer_that_does_not_fit_is_kept_raw() -> None:
    """A class that asks for the wrong type costs no second payment: the raw answer is inside."""
    wrong: CompanyIntelligence[Impossible] = CompanyIntelligence(
        target_company={"company_name": "3M"}, struct={"headquarters": "Where"}
    )
    asked = CompanyIntelligence(
        target_company={"company_name": "3M"}, struct=Impossible, extra={"struct": {"headquarters": "Where"}}
    )
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcome = await runner.run(asked)
        again = await runner.run(wrong)

    raw = outcome.raw
    assert isinstance(raw, dict)
    assert (
        outcome.status,
        outcome.ok,
        raw["structured_data"],
    ) == ("completed", False, {"headquarters": "Maplewood, Minnesota, U.S."})
    assert isinstance(outcome.error, ResponseError)
    assert outcome.job_id
    assert again.ok, "read as a plain dict, the paid answer is fine"
    assert len(simulator.books.jobs) == 1


async def test_no_row_of_a_bad_batch_is_raised() -> None:
    """Rows that the service refuses for their own sake are told one by one, between the good ones."""
    asked: list[JobOperation[object]] = [question(0), question(1, tier="bottomless"), question(2)]
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcomes = {outcome.index: outcome async for outcome in runner.map(asked)}

    assert [outcomes[index].status for index in range(3)] == ["completed", "rejected", "completed"]
    assert "tier" in str(outcomes[1].error)
    assert len(simulator.books.jobs) == 2


async def test_all_eight_kinds_and_the_others_run_side_by_side() -> None:
    """Every job the service knows goes through the same runner, each answer of its own type."""
    person: dict[str, JsonValue] = {"name": "Ada Example", "company": "3M"}
    asked: list[JobOperation[object]] = [
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
        outcomes = {outcome.index: outcome async for outcome in runner.map(asked)}

    assert ["completed"] * len(asked) == [outcomes[index].status for index in range(len(asked))]
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


async def test_what_was_answered_is_not_asked_again_by_the_next_runner() -> None:
    """The same journal, another runner: the same outcomes, no request."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        async with JobRunner(client, journal=journal) as runner:
            first = {outcome.index: outcome.value async for outcome in runner.map(questions(20))}
        asked = len(simulator.books.requests)
        async with JobRunner(client, journal=journal) as runner:
            again = {outcome.index: outcome async for outcome in runner.map(questions(20))}

    assert first == {index: outcome.value for index, outcome in again.items()}
    assert all(outcome.replayed for outcome in again.values())
    assert asked == len(simulator.books.requests)


async def test_what_failed_is_asked_again_only_on_request() -> None:
    """``retry_failed`` is the caller's word for paying again."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        simulator.faults.script("job_failed", times=3)
        statuses: list[list[str]] = []
        for retry in (False, False, True):
            async with JobRunner(client, journal=journal, retry_failed=retry) as runner:
                statuses.append([outcome.status async for outcome in runner.map(questions(3))])

    assert statuses == [["failed"] * 3, ["failed"] * 3, ["completed"] * 3]
    assert {2} == set(simulator.books.submits.values())


async def statuses_under(runner: JobRunner, rows: int, match: str) -> list[str]:
    """How rows ended before the cap ended the map."""
    statuses: list[str] = []

    async def consume() -> None:
        async for outcome in runner.map(questions(rows)):
            statuses.append(outcome.status)  # noqa: PERF401 (what came before the error is what counts)

    with pytest.raises(CostCapError, match=match):
        await consume()
    return statuses


async def test_a_cap_is_never_passed() -> None:
    """``max_cost_cents`` reserves before it sends; what does not fit is refused, and the map ends with the reason."""
    async with simulated() as (client, simulator), JobRunner(client, max_cost_cents=65, max_row_cents=10) as runner:
        statuses = await statuses_under(runner, 12, "max_cost_cents=65")

    assert (statuses.count("completed"), simulator.books.charged_cents) == (6, 60)


async def test_a_cap_without_a_price_refuses_to_start_and_says_why() -> None:
    """An unknown price is never zero: the caller names a ceiling or a price, or nothing is sent."""
    async with simulated() as (client, simulator):
        async with JobRunner(client, max_cost_cents=65) as runner:
            statuses = await statuses_under(runner, 3, "the price of company-intelligence/low is.*max_row")
        async with JobRunner(client, max_cost_cents=25, prices={"company-intelligence": 10}) as runner:
            priced = await statuses_under(runner, 3, "leaves 5 cents")

    assert "completed" not in statuses
    assert (priced.count("completed"), len(simulator.books.jobs)) == (2, 2)


async def test_a_cap_covers_every_run_on_a_journal() -> None:
    """What an earlier run spent, and what it left at stake, counts."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route="/company-intelligence-async")
        told: list[tuple[int, float, float, float]] = []
        for _ in range(2):
            async with JobRunner(client, journal=journal, max_cost_cents=50, max_row_cents=10) as runner:
                with pytest.raises(CostCapError, match=r"10 are exposed in rows whose end is not known"):
                    [outcome async for outcome in runner.map(questions(12))]
                stats = runner.stats()
                jobs = len(simulator.books.jobs)
                told.append((jobs, stats.cost_cents, stats.exposed_cents, stats.reserved_cents))

    assert told == [(5, 40, 10, 0)] * 2


async def test_rows_and_jobs_are_capped_too() -> None:
    """``max_jobs`` counts what is submitted, in all runs; ``max_rows`` what is read in this one."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        async with JobRunner(client, journal=journal, max_jobs=4) as runner:
            jobs = await statuses_under(runner, 12, "max_jobs=4")
        async with JobRunner(client, journal=journal, max_jobs=4) as runner:
            again = await statuses_under(runner, 12, "max_jobs=4")
        async with JobRunner(client, journal=journal, max_rows=7) as runner:
            rows = await statuses_under(runner, 12, "max_rows=7")

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


async def test_a_runner_works_inside_its_block_only() -> None:
    """Before and after it, the error says how it is used."""
    async with simulated() as (client, _):
        runner = JobRunner(client)
        with pytest.raises(ConfigurationError, match="async with JobRunner"):
            await runner.run(question(0))
        async with runner:
            pass
        with pytest.raises(ConfigurationError, match="async with JobRunner"):
            [outcome async for outcome in runner.map(questions(1))]


def test_the_companies_asked_about_are_all_different() -> None:
    """Otherwise the tests above would compare too little."""
    assert len({asked.fingerprint() for asked in questions(120)}) == 120
    assert len(companies()) > 1000
