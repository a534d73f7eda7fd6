"""A client and a runner in one event loop after another, entered again, and left in another task."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio

from sixtyfour_async import AsyncClient, ConfigurationError, JobRunner, JournalError
from sixtyfour_async._runner.engine import Engine
from sixtyfour_async.operations import CheckBalance
from sixtyfour_async.simulator import DEFAULT_KEY, SimulatorSettings
from sixtyfour_async.simulator.serving.process import simulator_process
from tests.client.network import KEY
from tests.client.raw_server import RawServer, answer, raw_server
from tests.runner.questions import question, questions

SPEED = 3000.0
Run = Callable[[Callable[[], Awaitable[Any]]], Any]


def on_asyncio(function: Callable[[], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        return await function()

    return asyncio.run(main())


def on_trio(function: Callable[[], Awaitable[Any]]) -> Any:
    return trio.run(function)


ORDERS: list[list[Run]] = [[on_asyncio, on_asyncio], [on_asyncio, on_trio, on_asyncio], [on_trio, on_trio]]
ORDER_IDS = ["asyncio twice", "asyncio, trio, asyncio", "trio twice"]


@pytest.fixture
def server() -> Any:
    with raw_server(lambda _: answer(b'{"credits": 7}')) as made:
        yield made


@pytest.mark.parametrize("runs", ORDERS, ids=ORDER_IDS)
def test_a_client_works_in_one_event_loop_after_another(server: RawServer, runs: list[Run]) -> None:
    """Without `async with`, and although connections of the first loop were kept open."""
    client = AsyncClient(KEY, base_url=server.url)

    async def balance() -> float | None:
        return (await client.send(CheckBalance())).credits

    assert [run(balance) for run in runs] == [7] * len(runs)
    assert len(server.received) == len(runs)


@pytest.mark.parametrize("runs", ORDERS, ids=ORDER_IDS)
def test_the_budget_survives_the_event_loop(server: RawServer, runs: list[Run]) -> None:
    """What the last minute has used up does not come back because the new loop's clock stands elsewhere."""
    client = AsyncClient(KEY, base_url=server.url)

    async def used() -> int:
        await client.send(CheckBalance())
        return client.rate_limit().last_minute

    assert [run(used) for run in runs] == list(range(1, len(runs) + 1))


@pytest.mark.parametrize("run", [on_asyncio, on_trio])
def test_a_client_can_be_entered_again(server: RawServer, run: Run) -> None:
    client = AsyncClient(KEY, base_url=server.url)

    async def twice() -> None:
        for _ in range(2):
            async with client:
                await client.send(CheckBalance())

    run(twice)
    run(twice)

    assert len(server.received) == 4


@pytest.mark.parametrize("run", [on_asyncio, on_trio])
def test_a_closed_client_says_so_before_anything_is_sent(server: RawServer, run: Run) -> None:
    async def use_after_close() -> None:
        async with AsyncClient(KEY, base_url=server.url) as client:
            pass
        with pytest.raises(ConfigurationError, match="the client is closed: enter it again"):
            await client.send(CheckBalance())

    run(use_after_close)

    assert server.received == []


def test_a_client_is_refused_in_a_second_event_loop_while_the_first_one_runs(server: RawServer) -> None:
    """The refusal names the remedy; nothing reaches the server from the second loop, not even by another method."""
    client = AsyncClient(KEY, base_url=server.url)
    refusals: list[str] = []

    async def misuse() -> None:
        for call in (client.send(CheckBalance()), client.request("GET", "/x"), client.submit(question(0))):
            try:
                await call
            except ConfigurationError as error:
                refusals.append(str(error))
        try:
            async with JobRunner(client):
                pass
        except ConfigurationError as error:
            refusals.append(str(error))

    async def main() -> None:
        await client.send(CheckBalance())
        for run in (on_asyncio, on_trio):
            thread = threading.Thread(target=run, args=[misuse])
            thread.start()
            await anyio.to_thread.run_sync(thread.join)
        await client.send(CheckBalance())

    asyncio.run(main())

    assert len(refusals) == 8
    assert all("in use by another event loop" in text and "make one for each" in text for text in refusals)
    assert len(server.received) == 2


def test_a_client_that_was_closed_may_go_to_another_running_event_loop(server: RawServer) -> None:
    client = AsyncClient(KEY, base_url=server.url)

    async def elsewhere() -> None:
        async with client:
            await client.send(CheckBalance())

    async def main() -> None:
        await elsewhere()
        await anyio.to_thread.run_sync(lambda: asyncio.run(elsewhere()))

    asyncio.run(main())

    assert len(server.received) == 2


def test_the_connections_of_a_caller_s_client_stay_in_their_event_loop(server: RawServer) -> None:
    import httpx  # noqa: PLC0415 (only here)

    http_client = httpx.AsyncClient()
    client = AsyncClient(KEY, base_url=server.url, http_client=http_client)

    async def first() -> None:
        await client.send(CheckBalance())
        await http_client.aclose()

    asyncio.run(first())
    with pytest.raises(ConfigurationError, match="http_client belong to that one: make both anew"):
        asyncio.run(client.send(CheckBalance()))

    assert len(server.received) == 1


# --- runners ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def service() -> Generator[str]:
    with simulator_process(SimulatorSettings(speed=SPEED)) as url:
        yield url


def client_of(url: str) -> AsyncClient:
    return AsyncClient(DEFAULT_KEY, base_url=url, speed=SPEED, requests_per_minute=100_000)


async def statuses_of(runner: JobRunner, count: int) -> list[tuple[str, bool]]:
    return [(one.status, one.replayed) async for one in runner.map(questions(count), ordered=True)]


@pytest.mark.parametrize("runs", ORDERS, ids=ORDER_IDS)
@pytest.mark.parametrize("on_file", [False, True])
def test_a_runner_can_be_entered_again(service: str, tmp_path: Path, runs: list[Run], on_file: bool) -> None:
    """Twice in each event loop. What was answered before is replayed from the journal, in memory or on a file."""
    runner = JobRunner(client_of(service), journal=tmp_path / "run.db" if on_file else None)
    counts = iter(range(1, 7))
    seen: list[tuple[str, bool]] = []

    async def enter() -> None:
        for _ in range(2):
            async with runner:
                seen.extend(await statuses_of(runner, next(counts)))

    for run in runs:
        run(enter)

    expected = [("completed", number < count - 1) for count in range(1, 2 * len(runs) + 1) for number in range(count)]
    assert seen == expected


@pytest.mark.parametrize("run", [on_asyncio, on_trio])
def test_a_runner_that_is_open_is_not_entered_a_second_time(service: str, run: Run) -> None:
    async def nested() -> list[tuple[str, bool]]:
        async with JobRunner(client_of(service)) as runner:
            with pytest.raises(ConfigurationError, match="open already"):
                await runner.__aenter__()
            return await statuses_of(runner, 1)

    assert run(nested) == [("completed", False)]


@pytest.mark.parametrize("run", [on_asyncio, on_trio])
def test_a_runner_may_be_left_in_another_task(service: str, tmp_path: Path, run: Run) -> None:
    """As in notebook cells and fixtures: each step runs in a task of its own, and the first two are long gone."""
    runner = JobRunner(client_of(service), journal=tmp_path / "run.db")
    seen: list[tuple[str, bool]] = []

    async def enter() -> None:
        await runner.__aenter__()

    async def use() -> None:
        seen.extend(await statuses_of(runner, 3))

    async def leave() -> None:
        await runner.__aexit__(None, None, None)

    async def cells() -> None:
        for _ in range(2):
            for cell in (enter, use, leave):
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(cell)

    run(cells)

    assert seen == [("completed", False)] * 3 + [("completed", True)] * 3


@pytest.mark.parametrize("run", [on_asyncio, on_trio])
def test_a_runner_survives_the_cancellation_of_the_task_that_entered_it(service: str, run: Run) -> None:
    async def main() -> list[tuple[str, bool]]:
        runner, entered = JobRunner(client_of(service)), anyio.Event()

        async def enter_and_be_cancelled() -> None:
            await runner.__aenter__()
            entered.set()
            await anyio.sleep_forever()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(enter_and_be_cancelled)
            await entered.wait()
            tasks.cancel_scope.cancel()
        try:
            return await statuses_of(runner, 2)
        finally:
            await runner.__aexit__(None, None, None)

    assert run(main) == [("completed", False)] * 2


@pytest.mark.parametrize("run", [on_asyncio, on_trio])
def test_an_event_loop_that_ends_closes_an_open_runner(service: str, tmp_path: Path, run: Run) -> None:
    """A notebook or a fixture may forget to leave: the next runner on the journal finds it free and in order."""
    runner = JobRunner(client_of(service), journal=tmp_path / "run.db")

    async def forget() -> None:
        await runner.__aenter__()
        await statuses_of(runner, 2)

    async def again() -> list[tuple[str, bool]]:
        async with runner:
            return await statuses_of(runner, 2)

    run(forget)

    assert run(again) == [("completed", True)] * 2


async def fail_inside(runner: JobRunner) -> None:
    async with runner:
        await runner.run(question(0))
        raise KeyError("of the block")


@pytest.mark.parametrize("run", [on_asyncio, on_trio])
def test_errors_of_opening_and_of_the_block_arrive_as_they_are(service: str, tmp_path: Path, run: Run) -> None:
    async def main() -> None:
        missing = JobRunner(client_of(service), journal=tmp_path / "missing" / "run.db")
        for _ in range(2):
            with pytest.raises(JournalError, match="there is no folder"):
                await missing.__aenter__()
        with pytest.raises(ConfigurationError, match="works inside"):
            await missing.run(question(0))
        with pytest.raises(KeyError, match="of the block"):
            await fail_inside(JobRunner(client_of(service)))

    run(main)


@pytest.mark.parametrize("run", [on_asyncio, on_trio])
def test_a_defect_of_the_runner_reaches_its_consumers_and_whoever_leaves_it(
    service: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for ever."""

    async def broken(*_: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(Engine, "run", broken)

    async def main() -> None:
        with pytest.raises((ExceptionGroup, ConfigurationError)):
            async with JobRunner(client_of(service)) as runner:
                await statuses_of(runner, 2)
        runner = JobRunner(client_of(service))
        await runner.__aenter__()
        await anyio.sleep(0.01)
        with pytest.raises(ExceptionGroup) as caught:
            await runner.__aexit__(None, None, None)
        assert caught.group_contains(ZeroDivisionError)

    run(main)
