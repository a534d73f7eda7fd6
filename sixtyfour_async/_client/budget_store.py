"""Where the account of a key is kept: one row for each key, changed by compare-and-swap.

A visit reads the row, decides in Python (`_scheduling.visits`), and writes the row if it is still the one that was
read. So a process that is frozen in between holds no lock, and the same rule decides in every database. The clock is
read after the row: no visit that is in the row can be later.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sixtyfour_async._postgres.address import Address, is_postgres
from sixtyfour_async._scheduling.share_account import ShareAccount
from sixtyfour_async._scheduling.visits import Call, Grant, visit
from sixtyfour_async._uptime import MachineClock
from sixtyfour_async.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit to be made.

    Attributes:
        key: SHA-256 of the key, in hexadecimal digits.
        runner: Who visits, by a name that no other ever had.
        speed: Service seconds in a real one.
        call: What it tells.
        clock: The visitor's machine's clock, for a database that has none of its own.
    """

    key: str
    runner: str
    speed: float
    call: Call
    clock: MachineClock

    def decide(self, text: str | None, at: float, clock: str) -> tuple[str, Grant]:
        """Return the row after the visit, and what the visitor gets.

        Args:
            text: The row; None when there is none.
            at: The database's instant, in real seconds.
            clock: Which clock it was read from.
        """
        account = ShareAccount.read_json(text, self.call.limit)
        grant = visit(account, at * self.speed, f"{clock} at {self.speed:g}", self.runner, self.call)
        return account.to_json(), grant


class BudgetStore(Protocol):
    """Keeps the accounts. Its methods block, and are called in a worker thread, one at a time."""

    def visit(self, wanted: Visit) -> Grant:
        """Make a visit.

        Raises:
            JournalError: The database cannot be reached; the visit was made or not.
        """
        ...

    def close(self) -> None:
        """Release the database; a later visit opens it again."""
        ...


def budget_path(path: str | Path) -> Path:
    """Return the file of accounts that belongs to a journal, by whatever name that is called."""
    real = os.path.realpath(path)
    return Path(real + "-budget")


def budget_place(place: str | Path) -> Path | Address:
    """Return where the accounts are that a path or a URL names: equal for two names of the same.

    Raises:
        ConfigurationError: It is neither a path nor a PostgreSQL URL, or psycopg is not installed.
        JournalError: The URL cannot be read.
    """
    text = str(place)
    if is_postgres(place):
        return Address.of(text, "budget")
    if not text or (isinstance(place, str) and "://" in text):
        raise ConfigurationError("budget: pass the path of a journal, such as 'run.db', or a postgresql:// URL")
    return budget_path(place)


def open_store(place: str | Path) -> BudgetStore:
    """Return the store at a path or URL; nothing is opened yet. Raises as `budget_place` does."""
    found = budget_place(place)
    # Only now: a client that shares its budget with nobody needs neither.
    if isinstance(found, Address):
        from sixtyfour_async._client.budget_postgres import BudgetTable  # noqa: PLC0415

        return BudgetTable(found)
    from sixtyfour_async._client.budget_file import BudgetFile  # noqa: PLC0415

    return BudgetFile(place)
