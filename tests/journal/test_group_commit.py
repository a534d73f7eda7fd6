"""Writers that wait while a commit is under way share the next one, whatever becomes of them or of it."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.abc
import anyio.to_thread
import pytest

from sixtyfour_async import JournalError
from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.changes import Change
from sixtyfour_async._journal.sharing import LEASE_SECONDS, Claim
from sixtyfour_async._journal.sqlite_store import SqliteStore
from sixtyfour_async._journal.stored import StoredJournal
from sixtyfour_async._uptime import uptime

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Run on the real clock, which threads follow."""
    backend: str = request.param
    return backend


class SlowStore(SqliteStore):
    """A file whose first commit takes until it is allowed to end; later ones fail while `fails` is set."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, LEASE_SECONDS, uptime)
        self.began, self.may_end = threading.Event(), threading.Event()
        self.fails = False
        self.commits: list[int] = []

    def commit(self, changes: Sequence[Change]) -> list[Claim]:
        self.commits.append(len(changes))
        self.began.set()
        self.may_end.wait(20)
        if self.fails and len(self.commits) > 1:
            raise JournalError("the disk is full")
        return super().commit(changes)


def entry(number: int) -> Entry:
    return Entry(f"row {number}", "find-email", "f" * 32, "{}", "released", version=1)


class Writers:
    """Writers of one row each, and what became of them."""

    def __init__(self, journal: StoredJournal, tasks: anyio.abc.TaskGroup) -> None:
        self.written: list[int] = []
        self.failed: list[int] = []
        self._journal, self._tasks = journal, tasks

    async def start(self, number: int) -> anyio.CancelScope:
        """Start a writer, and return when it waits."""
        scope = anyio.CancelScope()
        self._tasks.start_soon(self._write, number, scope)
        await anyio.wait_all_tasks_blocked()
        return scope

    async def _write(self, number: int, scope: anyio.CancelScope) -> None:
        with scope:
            try:
                await self._journal.put(entry(number))
                self.written.append(number)
            except JournalError:
                self.failed.append(number)


@asynccontextmanager
async def first_commit_under_way(path: Path) -> AsyncGenerator[tuple[SlowStore, StoredJournal, Writers], None]:
    """Open a journal in whose first commit row 0 is being written; at the end it is over."""
    store = SlowStore(path / "run.db")
    journal = StoredJournal(store)
    await journal.open()
    async with anyio.create_task_group() as tasks:
        writers = Writers(journal, tasks)
        try:
            tasks.start_soon(writers.start, 0)
            await anyio.to_thread.run_sync(store.began.wait)
            yield store, journal, writers
        finally:
            store.may_end.set()


async def rows_in(journal: StoredJournal) -> list[str]:
    return sorted([one.key async for one in journal.entries({"released"})])


async def test_all_who_come_during_a_commit_are_in_the_next(tmp_path: Path) -> None:
    async with first_commit_under_way(tmp_path) as (store, journal, writers):
        for number in range(1, 20):
            await writers.start(number)

    assert store.commits == [1, 19]
    assert sorted(writers.written) == list(range(20))
    assert len(await rows_in(journal)) == 20
    await journal.close()


@pytest.mark.parametrize("cancelled", [[1], [2], [1, 2], [1, 2, 3]])
async def test_a_writer_that_is_cancelled_holds_up_no_other(tmp_path: Path, cancelled: list[int]) -> None:
    """Whichever it is, the one whose turn it would have been included; its own row is written all the same."""
    async with first_commit_under_way(tmp_path) as (_, journal, writers):
        scopes = {number: await writers.start(number) for number in (1, 2, 3)}
        for number in cancelled:
            scopes[number].cancel()
        await anyio.wait_all_tasks_blocked()
        await writers.start(4)

    assert sorted(writers.written) == sorted({0, 1, 2, 3, 4} - set(cancelled))
    assert await rows_in(journal) == [f"row {number}" for number in range(5)]
    await journal.close()


async def test_a_commit_that_fails_fails_for_each_of_its_writers(tmp_path: Path) -> None:
    """What it was to write is written by the next one that succeeds."""
    async with first_commit_under_way(tmp_path) as (store, journal, writers):
        for number in (1, 2, 3):
            await writers.start(number)
        store.fails = True
    failed = list(writers.failed)
    store.fails = False
    await journal.put(entry(4))

    assert (writers.written, sorted(failed)) == ([0], [1, 2, 3])
    assert await rows_in(journal) == [f"row {number}" for number in range(5)]
    await journal.close()


async def test_a_reader_between_two_commits_sees_what_was_to_be_written(tmp_path: Path) -> None:
    """It commits for those who wait, and they do not wait any longer."""
    found: list[list[str]] = []

    async def read() -> None:
        found.append([one.key for one in await journal.find_all(["row 0", "row 1", "row 2"])])

    async with first_commit_under_way(tmp_path) as (store, journal, writers), anyio.create_task_group() as tasks:
        tasks.start_soon(read)
        await anyio.wait_all_tasks_blocked()
        await writers.start(1)
        await writers.start(2)
        store.may_end.set()

    assert found == [["row 0", "row 1", "row 2"]]
    assert sorted(writers.written) == [0, 1, 2]
    await journal.close()
