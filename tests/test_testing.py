"""Virtual time stands still while a worker thread is at work, and jumps otherwise."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import anyio.from_thread
import anyio.lowlevel
import anyio.to_thread
import httpx
import pytest

from sixtyfour_async import AsyncClient, JobRunner
from sixtyfour_async.operations import CheckBalance
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.testing import SimulatedTransport, VirtualTimeLoop, simulated
from tests.runner.questions import Question, question

REAL_SECONDS = 0.1
HOUR = 3600.0

Work = Callable[[], object]
RunInThread = Callable[[Work], Coroutine[Any, Any, object]]


def slow() -> None:
    time.sleep(REAL_SECONDS)


async def with_limiter(work: Work) -> None:
    await anyio.to_thread.run_sync(work, limiter=anyio.CapacityLimiter(1))


async def abandonable(work: Work) -> None:
    await anyio.to_thread.run_sync(work, abandon_on_cancel=True)


async def in_default_executor(work: Work) -> None:
    await asyncio.get_running_loop().run_in_executor(None, work)


async def in_own_executor(work: Work) -> None:
    with ThreadPoolExecutor(1) as executor:
        await asyncio.get_running_loop().run_in_executor(executor, work)


THREADS: list[RunInThread] = [
    anyio.to_thread.run_sync,
    with_limiter,
    abandonable,
    asyncio.to_thread,
    in_default_executor,
    in_own_executor,
]


@contextlib.asynccontextmanager
async def ticking() -> AsyncGenerator[list[float]]:
    """A task beside the test that always has a timer to jump to, and its ticks."""
    ticks: list[float] = []

    async def tick() -> None:
        while True:
            await anyio.sleep(1)
            ticks.append(anyio.current_time())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(tick)
        await anyio.lowlevel.checkpoint()
        yield ticks
        tasks.cancel_scope.cancel()


# --- the clock stands still ---------------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize("run", THREADS)
async def test_no_timer_fires_while_a_thread_is_at_work(run: RunInThread) -> None:
    begun = anyio.current_time()
    async with ticking() as ticks:
        with anyio.move_on_after(0.001) as scope:
            await run(slow)

    assert (scope.cancelled_caught, anyio.current_time() - begun, ticks) == (False, 0, [])


@pytest.mark.anyio
async def test_name_resolution_takes_no_virtual_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_args: Any, **_kwargs: Any) -> list[Any]:
        slow()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with anyio.fail_after(0.001):
        await anyio.getaddrinfo("api.example", 443)

    assert anyio.current_time() == 0


@pytest.mark.anyio
@pytest.mark.parametrize("run", [anyio.to_thread.run_sync, asyncio.to_thread])
async def test_no_instant_lies_between_the_end_of_a_thread_and_its_result(run: RunInThread) -> None:
    """Thousands of short calls, each with a timeout that the smallest jump would trip."""
    async with ticking() as ticks:
        for _ in range(3000):
            with anyio.fail_after(1e-6):
                await run(int)

    assert (anyio.current_time(), ticks) == (0, [])


@pytest.mark.anyio
@pytest.mark.parametrize("run", THREADS)
async def test_the_clock_waits_for_the_last_of_many_threads(run: RunInThread) -> None:
    ended: list[float] = []

    async def one(seconds: float) -> None:
        await run(lambda: time.sleep(seconds))
        ended.append(anyio.current_time())

    async with ticking(), anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(one, number / 100)

    assert ended == [0] * 20


def test_a_busy_default_executor_is_joined_without_a_warning() -> None:
    """From Python 3.13 on the loop allows it 300 seconds by a timer, to which the clock used to jump."""
    ended = threading.Event()

    def work() -> None:
        slow()
        ended.set()

    async def main() -> None:
        call = asyncio.get_running_loop().run_in_executor(None, work)
        await asyncio.sleep(0)
        call.cancel()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(main())

    assert ended.is_set()


# --- the clock jumps ----------------------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize("run", THREADS)
async def test_idle_threads_do_not_stop_the_clock(run: RunInThread) -> None:
    begun = time.monotonic()
    for _ in range(3):
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(run, int)
        await anyio.sleep(HOUR)

    assert anyio.current_time() == pytest.approx(3 * HOUR)
    assert time.monotonic() - begun < 10


@pytest.mark.anyio
async def test_a_cancelled_call_of_an_executor_does_not_stop_the_clock() -> None:
    """Nobody waits for its result any more."""
    released = threading.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(asyncio.to_thread, released.wait)
        await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()
    await anyio.sleep(HOUR)
    released.set()

    assert anyio.current_time() == HOUR


def sleep_from_anyio_thread() -> None:
    anyio.from_thread.run(anyio.sleep, HOUR)


@pytest.mark.anyio
async def test_a_thread_that_waits_for_a_sleeping_coroutine_does_not_stop_the_clock() -> None:
    await anyio.to_thread.run_sync(sleep_from_anyio_thread)
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(lambda: asyncio.run_coroutine_threadsafe(asyncio.sleep(HOUR), loop).result())

    assert anyio.current_time() == pytest.approx(2 * HOUR)


@pytest.mark.anyio
async def test_a_waiting_thread_does_not_excuse_a_working_one() -> None:
    ended: list[float] = []

    async def work() -> None:
        await anyio.to_thread.run_sync(slow)
        ended.append(anyio.current_time())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(anyio.to_thread.run_sync, sleep_from_anyio_thread)
        tasks.start_soon(work)

    assert (ended, anyio.current_time()) == ([0], HOUR)


@pytest.mark.anyio
async def test_a_thread_that_has_waited_is_at_work_again() -> None:
    def wait_and_work() -> None:
        sleep_from_anyio_thread()
        slow()

    with anyio.fail_after(HOUR + 0.001):
        await anyio.to_thread.run_sync(wait_and_work)

    assert anyio.current_time() == HOUR


@pytest.mark.anyio
async def test_a_coroutine_that_its_thread_left_behind_excuses_no_other_thread() -> None:
    loop = asyncio.get_running_loop()
    call = loop.run_in_executor(None, lambda: asyncio.run_coroutine_threadsafe(asyncio.sleep(HOUR), loop))
    while not call.done():  # until then the thread is taken to wait for the coroutine
        await anyio.lowlevel.checkpoint()
    with anyio.fail_after(0.001):
        await anyio.to_thread.run_sync(slow)

    assert anyio.current_time() == 0


def test_a_loop_in_a_portal_waits_for_its_threads() -> None:
    """The thread outside waits for everything in the loop, and is none of the loop's own."""

    async def main() -> float:
        with anyio.fail_after(0.001):
            await anyio.to_thread.run_sync(slow)
        await anyio.sleep(HOUR)
        return anyio.current_time()

    with anyio.from_thread.start_blocking_portal(backend_options={"loop_factory": VirtualTimeLoop}) as portal:
        assert portal.call(main) == HOUR


# --- a journal on a file ------------------------------------------------------------------------------------------


async def arriving(count: int, every_seconds: float) -> AsyncGenerator[Question]:
    for number in range(count):
        await anyio.sleep(every_seconds)
        yield question(number)


async def run_for_hours(journal: Path | None) -> list[tuple[int, str, float]]:
    """Return each outcome's index, status and instant."""
    async with simulated() as (client, simulator), JobRunner(client, journal=journal) as runner:
        found = [(one.index, str(one.status), anyio.current_time()) async for one in runner.map(arriving(100, 150))]

    assert not simulator.books.repeated
    return found


def test_a_journal_on_a_file_takes_no_virtual_time(tmp_path: Path) -> None:
    """Four hours and hundreds of commits, and each row arrives when it does with a journal in memory."""
    on_virtual_time = {"loop_factory": VirtualTimeLoop}
    in_memory = anyio.run(run_for_hours, None, backend_options=on_virtual_time)
    on_file = anyio.run(run_for_hours, tmp_path / "run.db", backend_options=on_virtual_time)

    assert on_file == in_memory
    assert {status for _, status, _ in on_file} == {"completed"}
    assert len(on_file) == 100
    assert on_file[-1][2] > 4 * HOUR


def test_two_clients_of_one_key_share_its_requests_in_virtual_time(tmp_path: Path) -> None:
    """Their shares are timed by the loop's clock as well: they wait for as long as one client would."""

    async def use(simulator: Simulator) -> None:
        async with (
            httpx.AsyncClient(transport=SimulatedTransport(simulator)) as http_client,
            AsyncClient(
                DEFAULT_KEY, base_url="http://simulator", http_client=http_client, budget=tmp_path / "run.db"
            ) as client,
            anyio.create_task_group() as tasks,
        ):
            for _ in range(600):
                tasks.start_soon(client.send, CheckBalance())

    async def main() -> float:
        simulator = Simulator(SimulatorSettings(), now=anyio.current_time)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(use, simulator)
            tasks.start_soon(use, simulator)
        assert len(simulator.books.requests) == 1200
        assert not simulator.books.rejected
        return anyio.current_time()

    assert 120 < anyio.run(main, backend_options={"loop_factory": VirtualTimeLoop}) < 240
