"""What is no operation that runs as a job is named by its place, and the rows before it are delivered."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any

import anyio
import pytest

from sixtyfour_async import FindEmail, InputError, JobRunner, Outcome, ReverseEmail
from sixtyfour_async.operations import CheckBalance
from sixtyfour_async.testing import simulated
from tests.runner.questions import fact, question, questions

pytestmark = pytest.mark.anyio

MAKE = "make an operation of each row, such as FindEmail(lead=row)"
SEND = "send it with client.send()"
WRONG: list[tuple[Any, str, str]] = [
    (None, "None", MAKE),
    ("x", "a str", MAKE),
    ({"name": "Ada"}, "a dict", MAKE),
    (7, "an int", MAKE),
    (FindEmail, "the class FindEmail", MAKE),
    (CheckBalance(), "a CheckBalance", SEND),
]


def as_generator(items: list[Any]) -> Iterable[Any]:
    yield from items


async def as_async_generator(items: list[Any]) -> AsyncGenerator[Any, None]:
    for item in items:
        await anyio.sleep(0.5)
        yield item


async def collect(stream: AsyncGenerator[Outcome[Any], None], outcomes: list[Outcome[Any]]) -> None:
    """Take what comes until the stream ends or raises."""
    async for outcome in stream:
        outcomes.append(outcome)  # noqa: PERF401 (those before an error are wanted)


MAKERS = pytest.mark.parametrize(
    "make", [list[Any], as_generator, as_async_generator], ids=["list", "generator", "async generator"]
)


@MAKERS
@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize(("item", "named", "remedy"), WRONG, ids=[named for _, named, _ in WRONG])
async def test_an_item_that_is_no_job_is_named_after_the_outcomes_before_it(
    make: Callable[[list[Any]], Any], item: Any, named: str, remedy: str, *, ordered: bool
) -> None:
    rows, outcomes = questions(4), list[Outcome[Any]]()
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        with pytest.raises(InputError) as caught:
            await collect(runner.map(make([*rows[:2], item, *rows[2:]]), ordered=ordered), outcomes)
        later = await runner.run(question(2))

    assert caught.value.message == f"item 2 of the input is {named}, not an operation that runs as a job"
    assert (caught.value.field, caught.value.remedy) == ("operations.2", remedy)
    found = {outcome.index: outcome.result().structured_data["headquarters"] for outcome in outcomes}
    assert found == {0: fact(0), 1: fact(1)}
    assert later.ok
    assert len(simulator.books.jobs) == 3


@pytest.mark.parametrize("batching", ["auto", "single", "file"])
async def test_rows_that_wait_for_a_batch_are_sent_and_delivered_before_the_error(batching: Any) -> None:
    rows: list[Any] = [ReverseEmail(lead={"email": f"p{number}@x.example"}) for number in range(30)]
    rows.append(None)
    outcomes = list[Outcome[Any]]()
    async with simulated() as (client, _), JobRunner(client, max_in_flight=7) as runner:
        with pytest.raises(InputError, match="item 30 of the input is None"):
            await collect(runner.map(rows, batching=batching, deliver="once"), outcomes)

    assert sorted(outcome.index for outcome in outcomes) == list(range(30))
    assert {outcome.status for outcome in outcomes} == {"completed"}


@pytest.mark.parametrize(
    ("given", "named", "remedy"),
    [
        (question(0), "the input is a CompanyIntelligence, not an iterable", "pass a list, or call run()"),
        (None, "the input is None, not an iterable", "pass a list, a generator or an async generator"),
        (5, "the input is an int, not an iterable", "pass a list, a generator or an async generator"),
        (FindEmail, "the input is the class FindEmail, not an iterable", "pass a list, a generator"),
        (["x"], "item 0 of the input is a str, not an operation", MAKE),
        ("x", "item 0 of the input is a str, not an operation", MAKE),
        ({"name": "Ada"}, "item 0 of the input is a str, not an operation", MAKE),
        ([None], "item 0 of the input is None, not an operation", MAKE),
        ([[question(0)]], "item 0 of the input is a list, not an operation", MAKE),
    ],
    ids=str,
)
async def test_map_and_plan_name_what_they_cannot_read(given: Any, named: str, remedy: str) -> None:
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        with pytest.raises(InputError, match=named) as mapped:
            _ = [outcome async for outcome in runner.map(given)]
        with pytest.raises(InputError, match=named) as planned:
            await runner.plan(given)

    assert mapped.value == planned.value
    assert mapped.value.remedy.startswith(remedy)
    assert simulator.books.requests == []


@MAKERS
async def test_a_plan_names_the_place_of_an_item_that_is_no_job(make: Callable[[list[Any]], Any]) -> None:
    async with simulated() as (client, _), JobRunner(client) as runner:
        with pytest.raises(InputError, match="item 1 of the input is None, not an operation that runs as a job"):
            await runner.plan(make([question(0), None, question(1)]))


@pytest.mark.parametrize(("item", "named", "remedy"), WRONG, ids=[named for _, named, _ in WRONG])
async def test_run_names_what_is_no_job(item: Any, named: str, remedy: str) -> None:
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        with pytest.raises(InputError) as caught:
            await runner.run(item)
        assert (await runner.run(question(0))).ok

    assert str(caught.value) == f"the operation is {named}, not an operation that runs as a job ({remedy})"
    assert caught.value.field == "operation"
    assert len(simulator.books.jobs) == 1


async def test_an_item_that_is_no_job_does_not_disturb_another_map() -> None:
    rows: list[Any] = [question(0), None]
    outcomes = list[Outcome[Any]]()

    async def broken() -> None:
        with pytest.raises(InputError, match="item 1 of the input is None"):
            _ = [outcome async for outcome in runner.map(rows)]

    async with simulated() as (client, _), JobRunner(client) as runner, anyio.create_task_group() as tasks:
        tasks.start_soon(broken)
        await collect(runner.map(questions(5)), outcomes)

    assert sorted(outcome.index for outcome in outcomes) == list(range(5))
    assert all(outcome.ok for outcome in outcomes)


async def test_a_key_function_is_called_for_operations_only() -> None:
    async with simulated() as (client, _), JobRunner(client) as runner:
        rows: list[Any] = [question(0), None]
        with pytest.raises(InputError, match="item 1 of the input is None"):
            _ = [outcome async for outcome in runner.map(rows, key=lambda row: row.fingerprint())]
