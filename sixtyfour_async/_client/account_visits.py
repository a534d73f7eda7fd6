"""Carries a client's budget to the account of its key, and what it gets back; see `_scheduling.visits`.

A client without a runner visits while a request waits for the budget. While a runner is entered, one task of its own
visits for all that wait, and wakes the runner's engine.
"""

from __future__ import annotations

import logging
import math
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

from sixtyfour_async._client.clock import Clock
from sixtyfour_async._scheduling.shared_budget import SharedBudget
from sixtyfour_async.errors import ConfigurationError, JournalError

if TYPE_CHECKING:
    from sixtyfour_async._client.budget_store import BudgetStore
    from sixtyfour_async._postgres.address import Address
    from sixtyfour_async._scheduling.visits import Call, Grant

LEAVING_SECONDS = 2.0
"""Real seconds that the last visit may take; an account that is not given back is free again after its lease."""

PATIENCE_SECONDS = 60.0
"""Real seconds for which a runner waits for a database that cannot be reached."""

logger = logging.getLogger("sixtyfour_async.client")


class AccountVisits:
    """Where a client's budget comes from.

    Args:
        budget: The client's budget.
        clock: The client's clock.
        key: SHA-256 of the client's key.
        explicit: The place that the user named; None when the budget is that of the journal, or the client's own.
    """

    def __init__(self, budget: SharedBudget, clock: Clock, key: str, explicit: str | Path | None) -> None:
        self._budget, self._clock, self._key = budget, clock, key
        self._explicit = explicit
        self._places: list[str | Path] = []
        self._store: BudgetStore | None = None
        self._listeners: list[Callable[[], object]] = []
        self._error: JournalError | None = None
        self._has_visited = False
        self._move()
        clock.home.on_move(self._move)
        if explicit is not None:
            budget_place(explicit)
            self._join(explicit)

    def _move(self) -> None:
        """Make the locks anew, for another event loop."""
        self._line = anyio.Lock()
        self._limiter: anyio.CapacityLimiter | None = None
        self._changed = anyio.Event()

    # --- which account ------------------------------------------------------------------------------------------

    def check(self, place: str | Path | None) -> None:
        """Check that a journal's place is that of the client's budget, if the user named one.

        Raises:
            ConfigurationError: They differ.
        """
        if place is None or self._explicit is None or budget_place(place) == budget_place(self._explicit):
            return
        raise ConfigurationError(
            f"the client's budget is {shown(self._explicit)}, the runner's journal is {shown(place)}: a journal is the "
            "budget of its runner's client; leave budget= out, or name the same"
        )

    @asynccontextmanager
    async def shared_at(self, place: str | Path | None) -> AsyncGenerator[None, None]:
        """Take the client's requests out of the account at a place, unless they come from another one already."""
        if place is None or self._explicit is not None:
            self.check(place)
            yield
            return
        self._places.append(place)
        if not self._budget.is_shared:
            self._join(place)
        try:
            yield
        finally:
            self._places.remove(place)
            if not self._places:
                await self.leave()

    def _join(self, place: str | Path) -> None:
        self._runner = uuid.uuid4().hex
        from sixtyfour_async._client.budget_store import open_store

        self._store = open_store(place)
        self._error, self._has_visited = None, False
        self._budget.join(self.wake)

    async def leave(self) -> None:
        """Give back what is lent and release the database; a client with a budget of its own to name joins again."""
        store = self._store
        if store is None or not self._budget.is_shared:
            return
        call = self._budget.leave(self._clock.now())
        with anyio.CancelScope(shield=True), anyio.move_on_after(LEAVING_SECONDS):
            try:
                if self._has_visited and self._error is None:
                    await self._in_thread(partial(self._carry, store, call))
            except JournalError as error:
                logger.info("%s", error)
            finally:
                store.close()
        self.wake()
        if self._explicit is not None:
            self._join(self._explicit)

    # --- visits -------------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Have whoever waits look again."""
        self._changed.set()
        self._changed = anyio.Event()

    async def wait_until(self, at: float) -> None:
        """Wait until an instant of the client's clock, or until the budget may have changed; visit when it is time."""
        if not self._budget.is_shared:
            await self._clock.sleep_until(at)
            return
        now = self._clock.now()
        visit_at = self._budget.visit_at(now)
        if visit_at <= now:
            await self._visit()
            return
        with anyio.CancelScope(deadline=self._clock.loop_time(min(at, visit_at))):
            await self._changed.wait()

    async def run(self, on_change: Callable[[], object], on_failure: Callable[[JournalError], object]) -> None:
        """Visit for a runner until cancelled.

        Args:
            on_change: Called whenever the budget has changed.
            on_failure: Called once, at the end, when the database could not be reached for `PATIENCE_SECONDS`.
        """
        self._listeners.append(on_change)
        try:
            while True:
                await self.wait_until(math.inf)
                self.check_failing(PATIENCE_SECONDS)
        except JournalError as error:
            on_failure(error)
        finally:
            self._listeners.remove(on_change)

    def check_failing(self, patience: float) -> None:
        """Check that the database was reached within the last real seconds.

        Raises:
            JournalError: It was not.
        """
        since = self._budget.failing_since
        if since is None or self._error is None:
            return
        if self._clock.machine.read() - since / self._clock.speed > patience:
            raise JournalError(f"{self._error} (for {patience:g} s; nothing is sent without it)") from self._error

    async def _visit(self) -> None:
        async with self._line:
            now = self._clock.now()
            if self._budget.visit_at(now) > now or self._store is None:
                return
            asked = self._clock.machine.read() * self._clock.speed
            call = self._budget.call(now)
            try:
                grant = await self._in_thread(partial(self._carry, self._store, call))
            except JournalError as error:
                if self._error is None:
                    logger.warning("%s; waiting for it", error)
                self._error = error
                self._budget.visit_failed()
            except BaseException:
                self._budget.visit_failed()
                raise
            else:
                self._error, self._has_visited = None, True
                self._budget.take_grant(grant, asked, now)
        self.wake()
        for listener in self._listeners:
            listener()

    def _carry(self, store: BudgetStore, call: Call) -> Grant:
        from sixtyfour_async._client.budget_store import Visit

        return store.visit(Visit(self._key, self._runner, self._clock.speed, call, self._clock.machine))

    async def _in_thread(self, work: Callable[[], Grant]) -> Grant:
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(1)
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)


def budget_place(place: str | Path) -> Path | Address:
    """Return where the accounts are that a path or a URL names; see `budget_store.budget_place`."""
    from sixtyfour_async._client.budget_store import budget_place as found

    return found(place)


def shown(place: str | Path) -> str:
    """Return a place as it may be shown: a URL may hold a password."""
    found = budget_place(place)
    return repr(str(place) if isinstance(found, Path) else str(found))
