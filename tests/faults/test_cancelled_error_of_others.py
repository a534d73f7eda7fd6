"""``CancelledError`` out of the caller's own code ends what it was called for; a real cancellation still cancels.

A hook that looks at the result of a cancelled future raises it, an iterable that awaits a cancelled task, a journal
over a driver that gave up. A task group takes it for a cancellation and ends everything that runs in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Annotated, Any

import anyio
import httpx
import pytest
from pydantic import AfterValidator, BaseModel, Field

from sixtyfour_async import (
    AsyncClient,
    CompanyIntelligence,
    FindEmail,
    Hooks,
    JobOperation,
    JobRunner,
    JobSubmitted,
    MemoryJournal,
    Outcome,
)
from sixtyfour_async._journal.sharing import Claim
from sixtyfour_async.errors.foreign import StrayCancellationError, is_cancelled, stray_cancellation_contained
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator
from sixtyfour_async.testing import SimulatedTransport, simulated
from tests.runner.pushing import pushed
from tests.runner.questions import KNOWN, find_emails, question, questions
from tests.webhooks.deliveries import body_of

pytestmark = pytest.mark.anyio


def cancelled(*_: Any, **__: Any) -> Any:
    """Do what the result of a cancelled future does."""
    raise asyncio.CancelledError


async def outcomes_of(runner: JobRunner, rows: list[Any]) -> list[Outcome[Any]]:
    return [outcome async for outcome in runner.map(rows)]


@pytest.mark.parametrize("batching", ["single", "auto"])
@pytest.mark.parametrize("hook", ["on_request", "on_response", "on_retry", "on_job", "on_money", "on_service", "carry"])
async def test_of_any_hook_it_costs_no_row(hook: str, batching: Any) -> None:
    prices, failing = {"find-email": 5.0}, Hooks(**{hook: cancelled})
    async with simulated(hooks=[failing]) as (client, simulator), JobRunner(client, prices=prices) as runner:
        outcomes = [outcome async for outcome in runner.map(find_emails(8), batching=batching)]
        last = await runner.run(question(0))

    assert {outcome.status for outcome in [*outcomes, last]} == {"completed"}
    assert simulator.books.repeated == {}


async def test_of_a_hook_it_ends_no_call_either() -> None:
    async with simulated(hooks=[Hooks(on_request=cancelled, on_response=cancelled)]) as (client, _):
        balance = await client.account.check_balance()

    assert balance.credits is not None


async def test_of_on_progress_it_costs_no_answer() -> None:
    async with pushed() as whole:
        outcome = await whole.runner.run(question(0), on_progress=cancelled)
        again = await whole.runner.run(question(1))

    assert (outcome.status, again.status) == ("completed", "completed")


class OnceCancelled:
    """A hook of the caller's HTTP client that raises once for a method."""

    def __init__(self, method: str) -> None:
        self._method, self.raised = method, 0

    async def __call__(self, response: httpx.Response) -> None:
        if response.request.method == self._method and not self.raised:
            self.raised += 1
            raise asyncio.CancelledError


@pytest.mark.parametrize(("method", "in_doubt"), [("GET", 0), ("POST", 1)])
async def test_of_an_http_client_it_is_the_failure_of_one_request(method: str, in_doubt: int) -> None:
    simulator, hook = Simulator(now=anyio.current_time), OnceCancelled(method)
    async with (
        httpx.AsyncClient(transport=SimulatedTransport(simulator), event_hooks={"response": [hook]}) as http_client,
        AsyncClient(DEFAULT_KEY, base_url="http://simulator", http_client=http_client) as client,
        JobRunner(client) as runner,
    ):
        outcomes = await outcomes_of(runner, questions(6))

    statuses = [outcome.status for outcome in outcomes]
    assert hook.raised == 1
    assert (statuses.count("unknown"), statuses.count("completed")) == (in_doubt, 6 - in_doubt)


def iterable() -> Iterator[JobOperation[Any]]:
    yield question(0)
    raise asyncio.CancelledError


async def async_iterable() -> AsyncGenerator[JobOperation[Any]]:
    yield question(0)
    task = asyncio.create_task(anyio.sleep(1.0))
    task.cancel()
    await task


@pytest.mark.parametrize("operations", [iterable, async_iterable])
async def test_of_an_input_it_ends_that_map_alone(operations: Callable[[], Any]) -> None:
    async with simulated() as (client, _), JobRunner(client) as runner:
        outcomes = runner.map(operations())
        first = await anext(outcomes)
        with pytest.raises(StrayCancellationError):
            await anext(outcomes)
        other = await runner.run(question(1))

    assert (first.status, other.status) == ("completed", "completed")


async def test_of_a_key_function_it_ends_that_map_alone() -> None:
    async with simulated() as (client, _), JobRunner(client) as runner:
        with pytest.raises(StrayCancellationError):
            async for _ in runner.map(questions(2), key=cancelled):
                pass
        assert (await runner.run(question(0))).status == "completed"


def cancelled_validator(value: str) -> str:
    raise asyncio.CancelledError(value)


class Strict(BaseModel):
    headquarters: Annotated[str, AfterValidator(cancelled_validator)] = Field(description="Where the head office is")


async def test_of_a_validator_it_costs_the_field_and_keeps_the_answer() -> None:
    company = {"company_name": KNOWN[0].company_name, "website": KNOWN[0].website}
    row = CompanyIntelligence(target_company=company, struct=Strict, tier="low")
    async with simulated() as (client, _), JobRunner(client) as runner:
        [outcome] = await outcomes_of(runner, [row])
        other = await runner.run(question(1))

    assert outcome.status == "completed"
    assert outcome.raw is not None
    assert outcome.cost_cents
    assert other.ok


class CancelledJournal(MemoryJournal):
    """A journal whose driver gives up once, when a row is in a state."""

    def __init__(self, state: str) -> None:
        super().__init__()
        self._state, self.raised = state, 0

    async def put(self, *entries: Any) -> None:
        self._give_up_on(entries)
        await super().put(*entries)

    async def claim(self, entries: Any, limits: Any, replaced: Any = ()) -> Claim:
        self._give_up_on(entries)
        return await super().claim(entries, limits, replaced)

    def _give_up_on(self, entries: Any) -> None:
        if entries[0].state == self._state and not self.raised:
            self.raised += 1
            raise asyncio.CancelledError


@pytest.mark.parametrize("state", ["intended", "accepted", "completed"])
async def test_of_a_journal_it_costs_one_row_its_certainty(state: str) -> None:
    journal = CancelledJournal(state)
    async with simulated() as (client, simulator), JobRunner(client, journal=journal) as runner:
        outcomes = await outcomes_of(runner, questions(5))

    assert journal.raised == 1
    assert [outcome.status for outcome in outcomes].count("completed") >= 4
    assert simulator.books.repeated == {}


async def test_of_a_journal_that_is_opened_it_is_raised_where_the_runner_is_entered() -> None:
    class Unopened(MemoryJournal):
        async def open(self) -> None:
            raise asyncio.CancelledError

    async with simulated() as (client, _):
        with pytest.raises(StrayCancellationError):
            async with JobRunner(client, journal=Unopened()):
                pass


async def test_of_a_handler_of_events_it_ends_no_run() -> None:
    async def on_event(_event: object) -> None:
        raise asyncio.CancelledError

    async with pushed(on_event=on_event) as whole:
        status = await whole.deliver({"task_id": "of-somebody-else", "status": "completed", "result": {"a": "b"}})
        await anyio.sleep(1.0)
        outcome = await whole.runner.run(question(0))

    assert status == 204
    assert outcome.status == "completed"


async def test_of_a_secret_store_it_is_a_delivery_to_be_sent_again() -> None:
    async with simulated() as (client, _), JobRunner(client) as runner:
        receiver = runner.webhooks(secrets=cancelled)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(receiver), base_url="http://web") as web:
            answer = await web.post("/", content=body_of({"task_id": "t", "status": "completed"}))

    assert answer.status_code == 503


# --- real cancellations ---------------------------------------------------------------------------------------------


async def test_a_waiter_that_is_cancelled_ends_and_its_job_goes_on() -> None:
    submitted = anyio.Event()

    def look(event: object) -> None:
        if isinstance(event, JobSubmitted):
            submitted.set()

    async with simulated(hooks=[Hooks(on_job=look)]) as (client, simulator), JobRunner(client) as runner:
        task = asyncio.create_task(runner.run(question(0)))
        await submitted.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        outcome = await runner.run(question(0))

    assert outcome.status == "completed"
    assert len(simulator.books.jobs) == 1


async def test_a_call_that_is_cancelled_ends_although_a_hook_raises_the_same() -> None:
    async with simulated(hooks=[Hooks(on_request=cancelled)]) as (client, _):
        task = asyncio.create_task(client.send(FindEmail(lead={"name": "Ada"})))
        await anyio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_cancelled_scope_is_told_from_an_error_of_that_name() -> None:
    with anyio.CancelScope() as scope:
        scope.cancel()
        with stray_cancellation_contained():
            await anyio.sleep(1.0)
    assert scope.cancelled_caught

    with pytest.raises(StrayCancellationError), stray_cancellation_contained():
        cancelled()
    with anyio.move_on_after(5.0) as timed, stray_cancellation_contained():
        await anyio.sleep(10.0)
    assert timed.cancelled_caught
    assert not is_cancelled()


@pytest.mark.parametrize("anyio_backend", ["trio"])
async def test_under_trio_the_same_holds() -> None:
    with anyio.move_on_after(0.01) as timed, stray_cancellation_contained():
        await anyio.sleep(10.0)
    assert timed.cancelled_caught
    with pytest.raises(StrayCancellationError), stray_cancellation_contained():
        cancelled()
    async with simulated(hooks=[Hooks(on_job=cancelled)]) as (client, _), JobRunner(client) as runner:
        runner.webhooks()
        assert (await runner.run(find_emails(1)[0])).ok
