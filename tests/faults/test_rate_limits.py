"""The rate limit of a key: kept by the client, and lowered when the service enforces a lower one."""

from __future__ import annotations

import math
from itertools import pairwise, product

import anyio
import pytest

from sixtyfour_async import AsyncClient, DeepSearch, JobRunner, MemoryJournal
from sixtyfour_async._client.client import pipeline_of
from sixtyfour_async._scheduling.shared_budget import SharedBudget
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.simulator.base.settings import RetryAfter, Window
from sixtyfour_async.testing import simulated
from tests.faults.network import networked
from tests.runner.questions import find_emails, questions

pytestmark = pytest.mark.anyio

WINDOWS: tuple[Window, ...] = ("fixed", "sliding", "bucket")
RETRY_AFTERS: tuple[RetryAfter, ...] = ("none", "seconds", "date")


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("limit", [pytest.param(500, marks=pytest.mark.soak), 60])
async def test_no_minute_exceeds_the_limit(window: Window, limit: int) -> None:
    """No 429 under any window, with foreground calls in between."""
    settings = SimulatorSettings(window=window, limit=limit)
    async with simulated(settings, requests_per_minute=limit) as (client, simulator), JobRunner(client) as runner:

        async def handler() -> None:
            while True:
                await client.account.check_balance()
                await anyio.sleep(0.9)

        statuses: list[str] = []
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(handler)
            statuses = [outcome.status async for outcome in runner.map(questions(limit // 3 + 40))]
            tasks.cancel_scope.cancel()

    assert ["completed"] * (limit // 3 + 40) == statuses
    assert simulator.books.throttled == 0
    assert limit * 0.7 < simulator.books.peak() <= limit
    assert simulator.books.repeated == {}


async def test_a_restart_keeps_the_limit_across_runs() -> None:
    """A run that is left and started again at once stays within the limit."""
    journal = MemoryJournal()
    async with networked(settings=SimulatorSettings(window="sliding")) as (client, simulator, network):
        for run_seconds in (70, 15, 15, 100_000):
            again = AsyncClient("sim_sk_local", base_url=client.base_url, http_client=network.http_client)
            with anyio.move_on_after(run_seconds):
                async with JobRunner(again, journal=journal) as runner:
                    async for _outcome in runner.map(questions(300)):
                        pass

    assert simulator.books.peak() <= 500
    assert simulator.books.throttled == 0
    assert (len(simulator.books.jobs), simulator.books.repeated) == (300, {})


class BudgetIgnoringHeaders(SharedBudget):
    """Ignores the rate limit headers."""

    def observe_headers(self, now: float, limit: int | None, remaining: int | None) -> None:
        """Do nothing."""


@pytest.mark.parametrize(
    ("window", "retry_after"),
    [
        pytest.param(
            window,
            retry_after,
            marks=[] if WINDOWS.index(window) == RETRY_AFTERS.index(retry_after) else pytest.mark.soak,
        )
        for window, retry_after in product(WINDOWS, RETRY_AFTERS)
    ],
)
async def test_an_unannounced_lower_limit_slows_the_run_and_loses_nothing(
    window: Window, retry_after: RetryAfter
) -> None:
    """Every 429 pauses the whole key; no row is lost or submitted twice. The budget ignores the headers here."""
    settings = SimulatorSettings(window=window, retry_after=retry_after, limit=60)
    async with simulated(settings) as (client, simulator):
        pipeline_of(client).budget = BudgetIgnoringHeaders(150, float)
        async with JobRunner(client) as runner:
            statuses = [outcome.status async for outcome in runner.map(questions(90))]
            counted = runner.stats().throttled

    assert statuses == ["completed"] * 90
    assert (len(simulator.books.jobs), simulator.books.repeated) == (90, {})
    assert 0 < simulator.books.throttled == counted
    assert simulator.books.throttled < 0.15 * len(simulator.books.requests)
    requests = simulator.books.requests
    for earlier, later in pairwise(requests):
        if earlier.status == 429 and later.at > earlier.at + 1e-6:
            assert later.at >= earlier.at + 1
            if window == "fixed":
                assert math.floor(later.at / 60) > math.floor(earlier.at / 60), (
                    "the next minute, as Retry-After demands"
                )


@pytest.mark.parametrize("window", WINDOWS)
async def test_a_lower_limit_in_the_headers_is_kept_without_a_429(window: Window) -> None:
    settings = SimulatorSettings(window=window, limit=200)
    async with simulated(settings) as (client, simulator), JobRunner(client) as runner:
        statuses = [outcome.status async for outcome in runner.map(questions(250))]

    assert statuses == ["completed"] * 250
    assert simulator.books.throttled == 0
    assert 180 <= simulator.books.peak() <= 200


@pytest.mark.parametrize("retry_after", RETRY_AFTERS)
async def test_a_throttled_submit_is_retried_after_its_retry_after(retry_after: RetryAfter) -> None:
    """A 429 means that the request was not accepted, so a paid POST may be retried."""
    async with (
        simulated(SimulatorSettings(retry_after=retry_after)) as (client, simulator),
        JobRunner(client) as runner,
    ):
        simulator.faults.script("throttled", route="/company-intelligence-async", times=7)
        statuses = [outcome.status async for outcome in runner.map(questions(5))]

    assert statuses == ["completed"] * 5
    assert simulator.books.throttled == 7
    assert (len(simulator.books.jobs), simulator.books.repeated) == (5, {})


async def test_a_pause_applies_to_foreground_calls_too() -> None:
    """The pause belongs to the key, not to the job."""
    async with simulated(SimulatorSettings(retry_after="seconds")) as (client, simulator), JobRunner(client) as runner:
        simulator.faults.script("throttled", route="/company-intelligence-async")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(runner.run, questions(1)[0])
            await anyio.sleep(0.5)
            await client.account.check_balance()
    [throttled] = [entry for entry in simulator.books.requests if entry.status == 429]
    [balance] = [entry for entry in simulator.books.requests if entry.path == "/check-balance"]

    assert math.floor(balance.at / 60) > math.floor(throttled.at / 60)


async def test_two_clients_share_five_search_slots_and_all_searches_complete() -> None:
    """A 429 for running searches closes that limit only; other requests of the key continue."""
    keys = ("key_of_the_first", "key_of_the_second")
    async with networked(settings=SimulatorSettings(keys=keys), api_key=keys[0]) as (client, simulator, network):
        other = AsyncClient(keys[1], base_url=client.base_url, http_client=network.http_client)
        statuses: list[str] = []

        async def search(own_client: AsyncClient, topic: str) -> None:
            async with JobRunner(own_client) as runner:
                operations = (DeepSearch(query=f"{topic} {number}", max_results=2) for number in range(10))
                async for outcome in runner.map(operations):
                    statuses.append(outcome.status)  # noqa: PERF401 (shared by two tasks)

        async def find() -> None:
            async with JobRunner(client) as runner:
                async for outcome in runner.map(find_emails(300), batching="single"):
                    assert outcome.ok

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(search, client, "shipyards")
            tasks.start_soon(search, other, "bakers")
            tasks.start_soon(find)

    books = simulator.books
    searches = [work for work in books.jobs if work.kind == "deep_search"]
    assert statuses == ["completed"] * 20
    assert (len(searches), books.repeated) == (20, {})
    assert books.slots_refused > 0
    assert books.rejected == 0
    ours = [entry for entry in books.requests if entry.key == "key-1"]
    last_submit = max(entry.at for entry in ours if entry.path == "/find-email-async")
    refused_while_rows_waited = [entry.at for entry in ours if entry.status == 429 and entry.at < last_submit]
    assert refused_while_rows_waited
    for at in refused_while_rows_waited:
        assert any(at < other.at <= at + 1 for other in ours), "the key was not paused"


async def test_searches_beyond_the_slots_wait_for_one_to_end() -> None:
    """A runner alone on its key is never refused for slots."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        statuses = [outcome.status async for outcome in runner.map(DeepSearch(query=f"q {n}") for n in range(12))]

    assert statuses == ["completed"] * 12
    assert (len(simulator.books.jobs), simulator.books.slots_refused) == (12, 0)
