"""Several runners on one journal, with a clock that stands still until it is moved."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import psycopg

from sixtyfour_async import JournalError, MemoryJournal, PostgresJournal, SqliteJournal
from sixtyfour_async._journal.base import Entry, changed
from sixtyfour_async._journal.sharing import BEATS_PER_LEASE, Limits, SharedJournal

LEASE_SECONDS = 15.0
BEAT_SECONDS = LEASE_SECONDS / BEATS_PER_LEASE


class Fleet(Protocol):
    """What a kind of journal offers to these tests."""

    def runner(self) -> SharedJournal:
        """Return one more journal on the same rows; not open yet."""
        ...

    def pass_time(self, seconds: float) -> None:
        """Let time pass for all leases."""
        ...


class LocalFleet:
    """Journals of this process, by a clock of its own."""

    def __init__(self, make: Callable[[Callable[[], float]], SharedJournal]) -> None:
        self._make = make
        self.now = 1000.0

    def runner(self) -> SharedJournal:
        return self._make(lambda: self.now)

    def pass_time(self, seconds: float) -> None:
        self.now += seconds


def memory_fleet() -> Fleet:
    """Return a fleet on a journal in memory."""
    first = MemoryJournal()
    return LocalFleet(lambda clock: MemoryJournal(shared_with=first, clock=clock, lease_seconds=LEASE_SECONDS))


def sqlite_fleet(path: Path) -> Fleet:
    """Return a fleet on a journal file."""
    return LocalFleet(lambda clock: SqliteJournal(path, clock=clock, lease_seconds=LEASE_SECONDS))


class PostgresFleet(LocalFleet):
    """Journals in a database, whose clock nobody can set: so leases are moved instead."""

    def __init__(self, url: str) -> None:
        super().__init__(lambda clock: PostgresJournal(url, clock=clock, lease_seconds=LEASE_SECONDS))
        self._url = url

    def pass_time(self, seconds: float) -> None:
        super().pass_time(seconds)
        earlier = "UPDATE sixtyfour_runners SET lease_until = lease_until - make_interval(secs => %s)"
        with psycopg.connect(self._url) as connection:
            connection.execute(earlier, (seconds,))


async def beat_for(fleet: Fleet, seconds: float, *runners: SharedJournal) -> None:
    """Let time pass in which these runners beat as they should."""
    for _ in range(round(seconds / BEAT_SECONDS)):
        fleet.pass_time(BEAT_SECONDS)
        for runner in runners:
            await runner.beat()


async def close_all(*runners: SharedJournal) -> None:
    """Close whatever is open."""
    for runner in runners:
        with suppress(JournalError):
            await runner.close()


NEW = Entry("row 1", "find-email", "f" * 32, "{}", "released", variant="find-email")
SENT_AT = "2026-11-26T10:00:00.000+00:00"
INTENT = changed(NEW, state="intended", sent_at=SENT_AT, reserved_cents=5.0)


async def row(journal: SharedJournal, key: str = "row 1") -> Entry:
    found = await journal.find(key)
    assert found is not None
    assert [found] == await journal.find_all([key])
    return found


def named(entry: Entry, *keys: str) -> list[Entry]:
    return [replace(entry, key=key) for key in keys]


async def accepted(journal: SharedJournal, intent: Entry = INTENT) -> Entry:
    """Claim a row and write its id; return its line."""
    assert not (await journal.claim([intent], Limits())).refused
    entry = changed(intent, state="accepted", job_id=f"job of {intent.key}")
    await journal.put(entry)
    return entry
