"""Commands are carried out all at once, by no more tasks than that needs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial

import anyio
import pytest

from sixtyfour_async._runner.crew import Crew

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Run on both."""
    backend: str = request.param
    return backend


class Work:
    """Carries out a command once it is allowed to end, and remembers which tasks were at it."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.tasks: set[int] = set()
        self.may_end = {number: anyio.Event() for number in range(10)}

    async def carry_out(self, command: int) -> None:
        self.tasks.add(anyio.get_current_task().id)
        self.begun.append(command)
        await self.may_end[command].wait()
        self.ended.append(command)


@asynccontextmanager
async def at_work(work: Work) -> AsyncGenerator[Callable[[int], None], None]:
    """Give what starts a command; at the end all goes as far as it can, and is cancelled."""
    crew = Crew(work.carry_out)
    async with anyio.create_task_group() as tasks:
        yield partial(crew.start, tasks)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()


async def test_each_command_begins_though_none_has_ended() -> None:
    work = Work()
    async with at_work(work) as start:
        for number in range(5):
            start(number)

    assert sorted(work.begun) == [0, 1, 2, 3, 4]
    assert len(work.tasks) == 5
    assert work.ended == []


async def test_who_has_carried_out_one_carries_out_the_next() -> None:
    work = Work()
    async with at_work(work) as start:
        for number in range(10):
            start(number)
            work.may_end[number].set()
            await anyio.wait_all_tasks_blocked()

    assert work.ended == list(range(10))
    assert len(work.tasks) == 1


async def test_who_is_at_work_is_given_nothing() -> None:
    work = Work()
    async with at_work(work) as start:
        start(0)
        start(1)
        work.may_end[1].set()
        await anyio.wait_all_tasks_blocked()
        for number in (2, 3):  # one is idle, so that one more is needed
            start(number)

    assert sorted(work.begun) == [0, 1, 2, 3]
    assert len(work.tasks) == 3
    assert work.ended == [1]
