"""The limit of a key: kept by ourselves, and obeyed when the service says otherwise."""

from __future__ import annotations

import math
from itertools import pairwise, product

import anyio
import pytest

from sixtyfour_async import AsyncClient, DeepSearch, FindEmail, JobRunner, MemoryJournal
from sixtyfour_async._client.client import pipeline_of
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.simulator.base.settings import RetryAfter, Window
from sixtyfour_async.testing import simulated
from tests.faults.network import networked
from tests.runner.questions import questions

pytestmark = pytest.mark.anyio

WINDOWS: tuple[Window, ...] = ("fixed", "sliding", "bucket")
PACES: tuple[RetryAfter, ...] = ("none", "seconds", "date")


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("limit", [pytest.param(500, marks=pytest.mark.soak), 60])
async def test_no_minute_holds_more_than_the_limit(window: Window, limit: int) -> None:
    """Whatever the service counts, and whatever is asked in the foreground meanwhile: no 429, nothing over."""
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


async def test_a_restart_does_not_forget_the_minute_before_it() -> None:
    """A run that is left and started again at once keeps the limit across the seam."""
    journal = MemoryJournal()
    async with networked(settings=SimulatorSettings(window="sliding")) as (client, simulator, network):
        for stay in (70, 15, 15, 100_000):
            again = AsyncClient("sim_sk_local", base_url=client.base_url, http_client=network.http_client)
            with anyio.move_on_after(stay):
                async with JobRunner(again, journal=journal) as runner:
                    async for _outcome in runner.map(questions(300)):
                        pass

    assert simulator.books.peak() <= 500
    assert simulator.books.throttled == 0
    assert (len(simulator.books.jobs), simulator.books.repeated) == (300, {})


class Untold(Budget):
    """Hears nothing of what the service says of its limit."""

    def observe_headers(self, now: float, limit: int | None, remaining: int | None) -> None:
        """Do nothing."""


@pytest.mark.parametrize(
    ("window", "pace"),
    [
        pytest.param(window, pace, marks=[] if WINDOWS.index(window) == PACES.index(pace) else pytest.mark.soak)
        for window, pace in product(WINDOWS, PACES)
    ],
)
async def test_a_limit_lower_than_we_were_told_slows_us_down_and_loses_nothing(
    window: Window, pace: RetryAfter
) -> None:
    """Every 429 pauses the whole key; no row is lost, none is asked twice. The service's headers tell no limit here."""
    settings = SimulatorSettings(window=window, retry_after=pace, limit=60)
    async with simulated(settings) as (client, simulator):
        pipeline_of(client).budget = Untold(150)
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
                assert math.floor(later.at / 60) > math.floor(earlier.at / 60), "the next minute, as it was told"


@pytest.mark.parametrize("window", WINDOWS)
async def test_a_lower_limit_that_the_headers_tell_is_kept_without_a_single_429(window: Window) -> None:
    settings = SimulatorSettings(window=window, limit=200)
    async with simulated(settings) as (client, simulator), JobRunner(client) as runner:
        statuses = [outcome.status async for outcome in runner.map(questions(250))]

    assert statuses == ["completed"] * 250
    assert simulator.books.throttled == 0
    assert 180 <= simulator.books.peak() <= 200


@pytest.mark.parametrize("pace", PACES)
async def test_a_refused_submit_is_sent_again_at_the_named_pace(pace: RetryAfter) -> None:
    """429 means "not taken": it is the one answer to a paid POST after which it is sent again."""
    async with simulated(SimulatorSettings(retry_after=pace)) as (client, simulator), JobRunner(client) as runner:
        simulator.faults.script("throttled", route="/company-intelligence-async", times=7)
        statuses = [outcome.status async for outcome in runner.map(questions(5))]

    assert statuses == ["completed"] * 5
    assert simulator.books.throttled == 7
    assert (len(simulator.books.jobs), simulator.books.repeated) == (5, {})


async def test_a_foreground_call_waits_out_the_pause_too() -> None:
    """The pause is the key's, not the job's."""
    async with simulated(SimulatorSettings(retry_after="seconds")) as (client, simulator), JobRunner(client) as runner:
        simulator.faults.script("throttled", route="/company-intelligence-async")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(runner.run, questions(1)[0])
            await anyio.sleep(0.5)
            await client.account.check_balance()
    [refused] = [entry for entry in simulator.books.requests if entry.status == 429]
    [balance] = [entry for entry in simulator.books.requests if entry.path == "/check-balance"]

    assert math.floor(balance.at / 60) > math.floor(refused.at / 60)


async def test_two_clients_share_five_slots_and_all_searches_complete() -> None:
    """A 429 for running searches closes that limit for a while; the key goes on with everything else."""
    keys = ("key_of_the_first", "key_of_the_second")
    async with networked(settings=SimulatorSettings(keys=keys), api_key=keys[0]) as (client, simulator, network):
        other = AsyncClient(keys[1], base_url=client.base_url, http_client=network.http_client)
        done: list[str] = []

        async def search(one: AsyncClient, who: str) -> None:
            async with JobRunner(one) as runner:
                asked = (DeepSearch(query=f"{who} {number}", max_results=2) for number in range(10))
                async for outcome in runner.map(asked):
                    done.append(outcome.status)  # noqa: PERF401 (two write to it)

        async def find() -> None:
            async with JobRunner(client) as runner:
                asked = (FindEmail(lead={"name": f"Person {number}"}) for number in range(300))
                async for outcome in runner.map(asked, batching="single"):
                    assert outcome.ok

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(search, client, "shipyards")
            tasks.start_soon(search, other, "bakers")
            tasks.start_soon(find)

    books = simulator.books
    searches = [work for work in books.jobs if work.kind == "deep_search"]
    assert done == ["completed"] * 20
    assert (len(searches), books.repeated) == (20, {})
    assert books.slots_refused > 0
    assert books.rejected == 0
    ours = [entry for entry in books.requests if entry.key == "key-1"]
    last_submit = max(entry.at for entry in ours if entry.path == "/find-email-async")
    refused_while_rows_waited = [entry.at for entry in ours if entry.status == 429 and entry.at < last_submit]
    assert refused_while_rows_waited
    for at in refused_while_rows_waited:
        assert any(at < other.at <= at + 1 for other in ours), "no pause after it"


async def test_more_searches_than_slots_wait_for_one_to_end() -> None:
    """Alone, a runner never asks for a sixth."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        statuses = [outcome.status async for outcome in runner.map(DeepSearch(query=f"q {n}") for n in range(12))]

    assert statuses == ["completed"] * 12
    assert (len(simulator.books.jobs), simulator.books.slots_refused) == (12, 0)
