"""A journal over a store that is synchronous: commits that are shared, and work that is done in worker threads.

The shell knows no SQL. What is written is a `Change`, decided and written by the store; writers that wait while a
commit is under way share the next one, so the disk, or the server, is asked once for many rows (group commit).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

import anyio
import anyio.to_thread

from sixtyfour_async._journal.base import Entry, FencedError, tally_of_replaced
from sixtyfour_async._journal.changes import (
    Change,
    Deliver,
    HandBack,
    Put,
    SaveAnswer,
    SetMeta,
    Take,
)
from sixtyfour_async._journal.fencing import WRITTEN
from sixtyfour_async._journal.pending import Pending, Waiting
from sixtyfour_async._journal.read_ahead import ReadAhead
from sixtyfour_async._journal.sharing import Claim, Limits
from sixtyfour_async._scheduling.ledger import Line, Tally
from sixtyfour_async._scheduling.row_states import State
from sixtyfour_async._wire.body import Body
from sixtyfour_async.errors import JournalError

T = TypeVar("T")

CHANGE_SECONDS = 0.25
"""Real seconds between two looks at whether another runner has written."""


class Store(Protocol):
    """Where the lines are. Each call comes from a worker thread, one at a time, and raises `JournalError` only.

    `may_send` alone may be called from anywhere at any time.
    """

    @property
    def doubt(self) -> str | None:
        """Why nothing may be submitted, in one line, with the remedy; None when the journal is whole."""
        ...

    @property
    def lease_seconds(self) -> float:
        """Real seconds without a heartbeat after which other runners take over from a runner."""
        ...

    def open(self) -> None:
        """Acquire it, create or migrate it, register as a runner, and free what nobody holds."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether it was opened, and not closed since."""
        ...

    def close(self) -> None:
        """Give up what this runner holds, and release it; nothing when it is not open."""
        ...

    def commit(self, changes: Sequence[Change]) -> list[Claim]:
        """Write in one transaction; durable on return.

        Returns:
            For each change, what became of it: a `Put` is refused for the rows that are fenced.
        """
        ...

    def beat(self) -> None:
        """See `SharedJournal.beat`."""
        ...

    def may_send(self) -> bool:
        """See `SharedJournal.may_send`."""
        ...

    def has_changed(self) -> bool:
        """Return whether another runner may have written since the last call."""
        ...

    def others_quiet_for(self) -> float | None:
        """See `SharedJournal.others_quiet_for`."""
        ...

    def bind(self, purpose: Mapping[str, str]) -> None:
        """See `Journal.bind`."""
        ...

    def get_meta(self, name: str) -> str | None:
        """See `Journal.get_meta`."""
        ...

    def find_from(self, key: str, count: int) -> list[Entry]:
        """Return a row, and rows that were first written after it: *count* at most; none when there is no such row."""
        ...

    def find_all(self, keys: Collection[str]) -> list[Entry]:
        """See `SharedJournal.find_all`."""
        ...

    def find_job(self, job_id: str) -> Entry | None:
        """See `FindsJobs.find_job`."""
        ...

    def pages(self, states: Collection[State]) -> Iterator[list[Entry]]:
        """Yield pages of rows in these states, the oldest first; other calls may come between two of them."""
        ...

    def batch_entries(self, batch: str) -> list[Entry]:
        """See `Journal.batch_entries`."""
        ...

    def load_batch_answer(self, batch: str) -> Body | None:
        """See `Journal.load_batch_answer`."""
        ...

    def list_batch_answers(self, prefix: str) -> list[str]:
        """See `ListsAnswers.list_batch_answers`."""
        ...

    def lines_since(self, instant: str) -> tuple[Line, ...]:
        """See `TimedJournal.lines_since`."""
        ...

    def forget(self, key: str) -> bool:
        """Erase a row and every trace of it but its cost; return whether there was one."""
        ...


class StoredJournal:
    """A journal over a `Store`; see `SharedJournal` for what it promises.

    A write that is cancelled while it waits is written with the next commit, or when the journal is closed.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = anyio.Lock(fast_acquire=True)  # a round of the event loop for each row would be most of its cost
        self._pending = Pending()
        self._next: anyio.Event | None = None
        self._queued = 0
        self._ahead = ReadAhead()
        self._failed = False

    async def open(self) -> None:
        """Acquire the journal, create or migrate it, and turn what a crash left into unknown rows."""
        await anyio.to_thread.run_sync(self._store.open)

    async def close(self) -> None:
        """Commit what is pending and release the journal."""
        with anyio.CancelScope(shield=True):
            async with self._lock:
                await anyio.to_thread.run_sync(self._close)

    @property
    def doubt(self) -> str | None:
        """Why nothing may be submitted, in one line, with the remedy; None when the journal is whole."""
        return self._store.doubt

    @property
    def lease_seconds(self) -> float:
        """Real seconds without a heartbeat after which other runners take over from a runner."""
        return self._store.lease_seconds

    # --- reading ------------------------------------------------------------------------------------------------

    async def bind(self, purpose: Mapping[str, str]) -> None:
        """Record what this journal is for, once; the same words every time after."""
        await self._alone(lambda: self._store.bind(purpose))

    async def get_meta(self, name: str) -> str | None:
        """Return a text that `set_meta` stored, or None."""
        return await self._alone(lambda: self._store.get_meta(name))

    async def find(self, key: str) -> Entry | None:
        """Return one row, or None."""
        known = self._ahead.take(key)
        if known is not None:
            return known
        queued, size = self._queued, self._ahead.size
        found = await self._alone(lambda: self._store.find_from(key, size), tallies=False)
        if queued == self._queued:  # else a row of these may have been written meanwhile
            self._ahead.keep(found[1:])
        return found[0] if found else None

    async def find_all(self, keys: Collection[str]) -> list[Entry]:
        """Return the rows of these keys that there are, as they stand now."""
        return await self._alone(lambda: self._store.find_all(keys), tallies=False)

    async def find_job(self, job_id: str) -> Entry | None:
        """Return a row by the service's id of its job, as it was committed, or None.

        A write that is pending is not waited for, nor seen: each of many deliveries at once looks for its row before it
        writes it, and would otherwise commit the one before it alone.
        """
        async with self._lock:
            return await anyio.to_thread.run_sync(lambda: self._store.find_job(job_id))

    async def entries(self, states: Collection[State]) -> AsyncGenerator[Entry, None]:
        """Yield the rows in these states, the oldest first, a page at a time."""
        found = self._store.pages(states)
        while page := await self._alone(lambda: next(found, None)):
            for entry in page:
                yield entry

    async def batch_entries(self, batch: str) -> list[Entry]:
        """Return the rows of a batch, in the order in which they were sent."""
        return await self._alone(lambda: self._store.batch_entries(batch))

    async def load_batch_answer(self, batch: str) -> Body | None:
        """Return the answer to a batch that is not settled yet, or None."""
        return await self._alone(lambda: self._store.load_batch_answer(batch))

    async def list_batch_answers(self, prefix: str) -> list[str]:
        """Return the names of answers that begin so, the oldest first."""
        return await self._alone(lambda: self._store.list_batch_answers(prefix), tallies=False)

    async def lines(self) -> tuple[Line, ...]:
        """Return sums: one line for each kind and state."""
        return await self.lines_since("")

    async def lines_since(self, instant: str) -> tuple[Line, ...]:
        """Return sums over what was sent at an instant or later."""
        return await self._alone(lambda: self._store.lines_since(instant))

    # --- writing ------------------------------------------------------------------------------------------------

    async def put(self, *entries: Entry) -> None:
        """Write rows, all of them or none; returns once they are durable."""
        await self._put(Put(entries))

    async def settle_batch(self, batch: str, entries: Sequence[Entry]) -> None:
        """Write each row with its part of a batch's answer; returns once that is durable.

        The whole is deleted, unless it is the answer of a row that has no part of it.
        """
        await self._put(Put(tuple(entries), settles=batch))

    async def _put(self, put: Put) -> None:
        done = await self._write(put)
        if done.refused:
            raise FencedError(done.refused)

    async def claim(self, entries: Sequence[Entry], limits: Limits, replaced: Sequence[Entry] = ()) -> Claim:
        """Write the lines of rows that this runner wants to hold, but for those that another one has."""
        return await self._write(Take(tuple(entries), limits, tuple(replaced)))

    async def hand_back(self, keys: Collection[str]) -> None:
        """Free accepted rows of this runner, which it polls no more; returns once that is durable."""
        await self._write(HandBack(tuple(keys)))

    async def keep_meta(self, name: str, text: str) -> str:
        """Store a text under a name unless there is one; return the one that is stored."""
        await self._write(SetMeta(name, text, once=True))
        return await self.get_meta(name) or text

    async def deliver(self, key: str) -> None:
        """Record that a row's outcome was acknowledged; returns once that is durable."""
        await self._write(Deliver(key))

    async def set_meta(self, name: str, text: str) -> None:
        """Store a text under a name; returns once it is durable."""
        await self._write(SetMeta(name, text))

    async def save_batch_answer(self, batch: str, body: Body) -> None:
        """Write the answer to a batch as it came; returns once it is durable."""
        await self._write(SaveAnswer(batch, body))

    async def forget(self, key: str) -> bool:
        """Erase a row, so that no trace of it is stored but its cost; return whether there was such a row.

        Raises:
            JournalError: Another process has it under way, and would write it again.
        """
        forgotten = await self._alone(lambda: self._store.forget(key))
        self._ahead.clear()
        return forgotten

    def tally(self, variant: str, name: Tally, cents: float) -> None:
        """Count one more row, with the next commit."""
        self._pending.count((variant, name, ""), 1, cents)

    def replace(self, entry: Entry) -> None:
        """Keep the money of a row's line that the next write replaces, with the next commit."""
        name, cents = tally_of_replaced(entry)
        self._pending.count((entry.variant, name, entry.sent_at or ""), 1, cents)

    # --- several runners ----------------------------------------------------------------------------------------

    async def others_quiet_for(self) -> float | None:
        """Return for how long nothing was heard of the others that hold rows; None when there are none."""
        return await self._alone(self._store.others_quiet_for, tallies=False)

    async def beat(self) -> None:
        """Extend this runner's lease, and take over from those whose lease has run out."""
        await self._alone(self._store.beat, tallies=False)
        self._ahead.clear()  # what was read ahead is not older than a beat

    def may_send(self) -> bool:
        """Return whether enough of this runner's lease is left to send a request that costs money."""
        return self._store.may_send()

    async def wait_for_change(self) -> None:
        """Return when another runner may have written since the last call returned."""
        while not await self._look_for_change():  # noqa: ASYNC110 (the others are in other processes)
            await anyio.sleep(CHANGE_SECONDS)
        self._ahead.clear()

    async def _look_for_change(self) -> bool:
        async with self._lock:
            return await anyio.to_thread.run_sync(self._store.has_changed)

    # --- commits that are shared --------------------------------------------------------------------------------

    async def _write(self, change: Change) -> Claim:
        """Queue a change and return once it is committed.

        The first writer after a commit has begun makes the next one, as soon as that is over; those who come until then
        wait for it together. In line for the lock, each would take a round of the event loop to find its change
        committed.
        """
        waiting = self._pending.add(change)
        self._queued += 1
        self._ahead.clear()
        if self._next is not None:
            await self._next.wait()
        if waiting.result is None:  # nobody was to commit it, or who was has failed or was cancelled
            await self._commit_next(waiting)
        return waiting.result or WRITTEN

    async def _commit_next(self, waiting: Waiting) -> None:
        """Commit what is pending, unless another one has committed this change by then."""
        over = self._next = anyio.Event()
        try:
            async with self._lock:
                self._next = None if self._next is over else self._next
                if waiting.result is None:
                    await self._commit_pending()
        finally:
            over.set()

    async def _commit_pending(self) -> None:
        batch, self._pending = self._pending, Pending()
        changes = batch.changes()
        try:
            results = await anyio.to_thread.run_sync(lambda: self._store.commit(changes))
        except BaseException:
            # Kept, in order: the store is given them once more when the journal is closed.
            self._failed = True
            batch.put_before(self._pending)
            self._pending = batch
            raise
        for waiting, result in zip(batch.waiting, results, strict=False):
            waiting.result = result

    def _close(self) -> None:
        """Commit what is pending, and close. A failure that was raised before is not raised a second time."""
        reported = self._failed
        try:
            due = self._pending.changes()
            if due and self._store.is_open:
                self._store.commit(due)
                self._pending = Pending()
        except JournalError:
            if not reported:
                raise
        finally:
            self._store.close()

    async def _alone(self, work: Callable[[], T], *, tallies: bool = True) -> T:
        """Run *work* after a commit of what is pending, so that a reader sees what was written before.

        A row does not depend on tallies: to find it must not cost a commit, or a replayed row would cost one.
        """
        async with self._lock:
            if self._pending.waiting or (tallies and self._pending.tallies):
                await self._commit_pending()
            return await anyio.to_thread.run_sync(work)
