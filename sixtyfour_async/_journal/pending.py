"""Changes that wait for the next commit, and the tallies that go along with it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from sixtyfour_async._journal.changes import Change, Count
from sixtyfour_async._journal.sharing import Claim
from sixtyfour_async._scheduling.ledger import Tally

TallyKey: TypeAlias = tuple[str, Tally, str]
"""Variant, name, and when the rows were sent."""


@dataclass(slots=True)
class Waiting:
    """A change on its way, and what became of it; None until it is committed."""

    change: Change
    result: Claim | None = None


@dataclass(slots=True)
class Pending:
    """What is to be written.

    Attributes:
        waiting: Changes, in order.
        tallies: Sums of rows and cents, so that a row that costs nothing costs no commit either.
    """

    waiting: list[Waiting] = field(default_factory=list[Waiting])
    tallies: dict[TallyKey, tuple[int, float]] = field(default_factory=dict[TallyKey, tuple[int, float]])

    def add(self, change: Change) -> Waiting:
        """Add a change."""
        waiting = Waiting(change)
        self.waiting.append(waiting)
        return waiting

    def count(self, kind: TallyKey, rows: int, cents: float) -> None:
        """Add to a tally."""
        counted, total = self.tallies.get(kind, (0, 0.0))
        self.tallies[kind] = (counted + rows, total + cents)

    def put_before(self, later: Pending) -> None:
        """Go on with what came later: these could not be written."""
        self.waiting += later.waiting
        for kind, counted in later.tallies.items():
            self.count(kind, *counted)

    def changes(self) -> list[Change]:
        """Return all of it, in order."""
        return [
            *(waiting.change for waiting in self.waiting),
            *(Count(*kind, *one) for kind, one in self.tallies.items()),
        ]
