"""The table of runners of a journal file: who has it open, and what becomes of the rows of one that is gone."""

from __future__ import annotations

import sqlite3

from sixtyfour_async._journal.base import CRASHED
from sixtyfour_async._journal.lease import Lease
from sixtyfour_async._uptime import boot_id

_REGISTER = "INSERT INTO runners (boot, lease_until) VALUES (?, ?)"
_EXTEND = "UPDATE runners SET lease_until = ? WHERE number = ?"
_SUCCEED = "DELETE FROM runners WHERE number <> ? AND (lease_until < ? OR boot <> ?)"
_PARK = (
    "UPDATE jobs SET state = 'unknown', error = ?, owner = NULL, version = version + 1"
    " WHERE state = 'intended' AND (owner IS NULL OR owner NOT IN (SELECT number FROM runners))"
)
_FREE = (
    "UPDATE jobs SET owner = NULL, version = version + 1"
    " WHERE state = 'accepted' AND owner IS NOT NULL AND owner NOT IN (SELECT number FROM runners)"
)


def free_rows(database: sqlite3.Connection) -> int:
    """Park what runners that are gone were about to send, and free what was accepted; return how many were parked."""
    parked = database.execute(_PARK, (CRASHED,)).rowcount
    database.execute(_FREE)
    return parked


def dismiss_all(database: sqlite3.Connection) -> int:
    """Take all registrations away: whoever is alone with a file knows that all other runners are dead."""
    database.execute("DELETE FROM runners")
    return free_rows(database)


class Runner:
    """This process's own line, under a number that is never used again."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.number = 0

    def register(self, database: sqlite3.Connection) -> None:
        """Register as a new runner, if this one is not registered."""
        if not self.is_registered(database):
            at = self.lease.now()
            until = at + self.lease.seconds
            self.number = database.execute(_REGISTER, (boot_id(), until)).lastrowid or 0
            self.lease.ended()
            self.lease.beat(at)
            self.lease.extended(at)

    def is_registered(self, database: sqlite3.Connection) -> bool:
        """Return whether nobody has taken the registration away."""
        return database.execute("SELECT 1 FROM runners WHERE number = ?", (self.number,)).fetchone() is not None

    def beat(self, database: sqlite3.Connection) -> None:
        """Extend the lease, take over from runners whose lease has run out, and free what nobody holds."""
        self.register(database)
        at = self.lease.now()
        database.execute(_EXTEND, (at + self.lease.seconds, self.number))
        if self.lease.beat(at):
            database.execute(_SUCCEED, (self.number, at, boot_id()))
        free_rows(database)

    def leave(self, database: sqlite3.Connection) -> None:
        """Give the registration up; what was accepted is free from now on."""
        self.lease.ended()
        database.execute("DELETE FROM runners WHERE number = ?", (self.number,))
