"""Test your own pipelines: a client connected to a simulator in this process, and virtual time.

    async def test_my_pipeline() -> None:
        async with simulated() as (client, simulator):
            simulator.faults.script("server_error", route="/job-status", times=3)
            await my_pipeline(client)
            assert not simulator.books.repeated

On a `VirtualTimeLoop` hours of waiting pass at once, with a journal in memory or on a file::

    anyio.run(test_my_pipeline, backend_options={"loop_factory": VirtualTimeLoop})

Under pytest with anyio's plugin, let the fixture ``anyio_backend`` return
``("asyncio", {"loop_factory": VirtualTimeLoop})``. On trio use ``trio.testing.MockClock``; it does not wait for worker
threads, so keep the journal in memory there. Requires the extra ``simulator``.
"""

from __future__ import annotations

import asyncio
import selectors
import threading
import uuid
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import Context
from typing import Any, TypeVar, TypeVarTuple

import anyio
import httpx

from sixtyfour_async._client.client import AsyncClient
from sixtyfour_async._uptime import MachineClock
from sixtyfour_async.simulator import DEFAULT_KEY, SimulatedDisconnect, Simulator, SimulatorSettings

__all__ = ["SimulatedTransport", "VirtualTimeLoop", "simulated"]

# How often the loop checks whether a thread is still at work. A result wakes the loop at once; a thread that ends
# without one, such as an idle worker that is stopped, is noticed by checking.
_THREAD_CHECK_SECONDS = 0.01

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class SimulatedTransport(httpx.AsyncBaseTransport):
    """Transport of httpx that calls a simulator in this process.

    A connection that the simulator breaks raises `httpx.ReadError`, as a broken socket does.
    """

    def __init__(self, simulator: Simulator) -> None:
        self._inner = httpx.ASGITransport(simulator.app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the simulator's response to a request."""
        try:
            return await self._inner.handle_async_request(request)
        except SimulatedDisconnect as error:
            raise httpx.ReadError("the simulator broke the connection", request=request) from error


@asynccontextmanager
async def simulated(
    settings: SimulatorSettings | None = None, **client: Any
) -> AsyncGenerator[tuple[AsyncClient, Simulator], None]:
    """Yield a client and the simulator it is connected to, both on the event loop's clock.

    Args:
        settings: Settings of the simulator; see `SimulatorSettings`.
        client: Further arguments of `AsyncClient`.
    """
    settings = settings or SimulatorSettings()
    simulator = Simulator(settings, now=anyio.current_time)
    async with httpx.AsyncClient(transport=SimulatedTransport(simulator)) as http_client:
        arguments: dict[str, Any] = {"api_key": DEFAULT_KEY, "base_url": "http://simulator", "speed": settings.speed}
        async with AsyncClient(**(arguments | client), http_client=http_client) as made:
            yield made, simulator


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An asyncio event loop whose clock jumps to the next timer instead of waiting for it.

    The clock stands still while a worker thread is at work for the loop, however long that takes: a thread started by
    `anyio.to_thread.run_sync`, `asyncio.to_thread` or `run_in_executor`, name resolution, and the joining of the
    default executor. So no timeout expires on a journal that is writing to its file. A thread of
    `anyio.to_thread.run_sync` that never ends stops the clock for good, even if its call was abandoned; a call in an
    executor stops the clock until it ends or is cancelled. A thread that waits for a coroutine of the loop, as in
    `anyio.from_thread.run`, does not stop the clock, because the coroutine may be sleeping.

    Sockets, subprocesses and threads that you start yourself are not waited for; the clock jumps over them.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.machine_clock = MachineClock(f"virtual time {uuid.uuid4()}", self.time)
        self._executor_calls = 0
        self._executor_threads: set[int] = set()
        self._waiting_threads: list[int] = []
        self._calling_thread: int | None = None
        super().__init__(_JumpingSelector(self._has_thread_at_work, self._advance))

    def time(self) -> float:
        """Return the virtual seconds since the loop was created."""
        return self.now

    def _advance(self, seconds: float) -> None:
        self.now += seconds

    def _has_thread_at_work(self) -> bool:
        anyio_threads = _busy_anyio_threads(self)
        waiting = (anyio_threads | self._executor_threads).intersection(self._waiting_threads)
        return len(anyio_threads) + self._executor_calls > len(waiting)

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        """Run a function in an executor; the clock stands still until the future is done."""
        if executor is None or isinstance(executor, ThreadPoolExecutor):
            future = super().run_in_executor(executor, self._work_in_executor, func, *args)
        else:
            future = super().run_in_executor(executor, func, *args)
        self._executor_calls += 1
        # Counted down in the loop, after the result has arrived. Counted down in the thread, there would be an instant
        # in which no thread is at work and the result is still on its way.
        future.add_done_callback(self._end_executor_call)
        return future

    def _work_in_executor(self, func: Callable[[*Ts], T], *args: *Ts) -> T:
        thread = threading.get_ident()
        self._executor_threads.add(thread)
        try:
            return func(*args)
        finally:
            self._executor_threads.discard(thread)

    def _end_executor_call(self, _: asyncio.Future[Any]) -> None:
        self._executor_calls -= 1

    async def shutdown_default_executor(self, *args: Any, **kwargs: Any) -> None:
        """Join the threads of the default executor; the clock stands still meanwhile, so that no timeout expires."""
        self._executor_calls += 1
        try:
            await super().shutdown_default_executor(*args, **kwargs)
        finally:
            self._executor_calls -= 1

    # A worker thread may start a coroutine in the loop and wait for it. By every other sign it is at work, but what it
    # waits for may be a timer, so it must not stop the clock. Whether it waits cannot be seen; that a callback which it
    # scheduled created a task can, and nearly always it waits for that task.

    def call_soon_threadsafe(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        """Schedule a callback from any thread; a worker thread is taken to wait for the tasks that it creates."""
        thread = threading.get_ident()
        if thread in self._executor_threads or thread in _busy_anyio_threads(self):
            return super().call_soon_threadsafe(self._call_for_thread, thread, callback, *args, context=context)
        return super().call_soon_threadsafe(callback, *args, context=context)

    def _call_for_thread(self, thread: int, callback: Callable[[*Ts], object], *args: *Ts) -> None:
        self._calling_thread = thread
        try:
            callback(*args)
        finally:
            self._calling_thread = None

    def create_task(self, *args: Any, **kwargs: Any) -> asyncio.Task[Any]:
        """Create a task."""
        task = super().create_task(*args, **kwargs)
        if (thread := self._calling_thread) is not None:
            self._waiting_threads.append(thread)
            task.add_done_callback(lambda _: self._waiting_threads.remove(thread))
        return task


def _busy_anyio_threads(loop: asyncio.AbstractEventLoop) -> set[int]:
    """Return the worker threads of anyio that hold a call of this loop.

    anyio has no public way to learn this (its default limiter sees only the calls without a limiter of their own). Its
    worker threads carry their ``loop`` and a ``queue`` of calls, and mark a call as done after its result was scheduled
    in the loop (anyio 4.10 to 4.16). A thread without these attributes is not counted: should anyio rename them, the
    clock would jump over its threads, and tests/test_testing.py would fail.
    """
    workers = (thread for thread in threading.enumerate() if getattr(thread, "loop", None) is loop)
    return {
        worker.ident
        for worker in workers
        if worker.ident is not None and getattr(getattr(worker, "queue", None), "unfinished_tasks", 0) > 0
    }


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, has_thread_at_work: Callable[[], bool], advance: Callable[[float], None]) -> None:
        super().__init__()
        self._has_thread_at_work = has_thread_at_work
        self._advance = advance

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready; if nothing is, wait for a thread at work, or else move the clock to the next timer."""
        if timeout is None:
            return super().select(None)
        ready = super().select(0)
        if ready or timeout <= 0:
            return ready
        if self._has_thread_at_work():
            return super().select(_THREAD_CHECK_SECONDS)
        # A thread may have finished since the first look: it has written to the loop's pipe before it stopped counting
        # as at work, so only this second look proves that nothing is on its way.
        ready = super().select(0)
        if not ready:
            self._advance(timeout)
        return ready
