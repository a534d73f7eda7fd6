"""What a journal needs besides when several runners use it at once, in one process, on one machine or on many.

Every opening of a journal is a *runner*, with a number that was never used before. A row that is ``intended`` or
``accepted`` is held by the runner that wrote it so, for as long as that runner is registered. A runner extends its
*lease* with a heartbeat, one statement for all of its rows; when a lease has run out, another runner's heartbeat takes
the registration away: what was intended becomes ``unknown``, what was accepted becomes free, to be polled by whoever
asks for it.

*Fencing.* A line carries the number of times that it was written (`Entry.version`). Whoever writes it names the number
that it read; a line that has another one by now was taken by somebody else, and the write is refused. So a runner that
was frozen for longer than its lease cannot overwrite what its successor wrote.

Time comes from one clock: the database's, or the machine's since its boot, together with the id of that boot. It is
never compared between machines.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from sixtyfour_async._journal.base import Entry, TimedJournal

LEASE_SECONDS = 15.0
"""Real seconds without a heartbeat after which other runners take over from a runner."""

BEATS_PER_LEASE = 5
"""Heartbeats in the time of a lease."""

SENDING_MARGIN = 1 / BEATS_PER_LEASE
"""Part of its lease that a runner must have left to send a request that costs money."""


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that may be spent on what is sent at an instant or later.

    Attributes:
        since: ISO text, UTC; "" for the beginning of the journal.
        cents: The most, US cents; reservations of open rows included.
    """

    since: str
    cents: float


@dataclass(frozen=True, slots=True)
class Room:
    """How many rows of some operations may be ``intended`` or ``accepted`` at once, whoever holds them.

    Attributes:
        operations: Names of operations, such as ``"search-start"``.
        most: Number of rows.
        variant: What their price depends on, to count only those; None for all rows of these operations.
    """

    operations: frozenset[str]
    most: int
    variant: str | None = None

    def counts(self, operation: str, variant: str) -> bool:
        """Return whether a row takes up room."""
        return operation in self.operations and self.variant in {None, variant}


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for all runners together; checked in the transaction that writes the intents."""

    caps: tuple[Cap, ...] = ()
    rooms: tuple[Room, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of a claim.

    Attributes:
        refused: Keys of rows that another runner has taken or changed meanwhile; all others are written.
        exceeded: The limit that the claim would exceed: then nothing is written. None when it fits.
    """

    refused: frozenset[str] = frozenset()
    exceeded: Cap | Room | None = None


@runtime_checkable
class SharedJournal(TimedJournal, Protocol):
    """A journal that several runners may have open at once.

    Entries that it returns have `Entry.held_by` set when another registered runner holds the row.
    """

    @property
    def lease_seconds(self) -> float:
        """Real seconds without a heartbeat after which other runners take over from a runner."""
        ...

    async def claim(self, entries: Sequence[Entry], limits: Limits, replaced: Sequence[Entry] = ()) -> Claim:
        """Write the lines of rows that this runner wants to hold, ``intended`` or ``accepted``; durable on return.

        Each names, by its version, the line that was read. Of a row that another registered runner holds, or whose line
        has changed, nothing is written. When the rest would exceed a limit, nothing at all is. A claim that does not
        raise what a limit counts fits, whatever that is already.

        Args:
            entries: The lines.
            limits: What must hold afterwards. Caps are checked for claims with ``intended`` rows only.
            replaced: Lines of earlier submits whose money is kept as a tally of their time, as `TimedJournal.replace`
                does, where the row is written.
        """
        ...

    async def hand_back(self, keys: Collection[str]) -> None:
        """Free accepted rows of this runner, which it polls no more, for whoever asks for them; durable on return.

        Their versions go up, since the line of each is written; other rows stay as they are.
        """
        ...

    async def others_quiet_for(self) -> float | None:
        """Return for how long nothing was heard of the others that hold rows, of the one that was quiet longest.

        Real seconds since its last heartbeat, or claim; None when no other registered runner holds any row.
        """
        ...

    async def keep_meta(self, name: str, text: str) -> str:
        """Store a text under a name unless there is one; return the one that is stored, which is the same for all."""
        ...

    async def beat(self) -> None:
        """Extend this runner's lease, and take over from runners whose lease has run out.

        To be called `BEATS_PER_LEASE` times in a lease. A runner whose own rows were taken over registers anew; what it
        held is fenced. It takes over from others only after its own last beats came on time: whatever stalls the
        database, or the machine, stalls everybody's.
        """
        ...

    def may_send(self) -> bool:
        """Return whether `SENDING_MARGIN` of the lease is left, by a clock that goes on while the process is frozen."""
        ...

    async def find_all(self, keys: Collection[str]) -> list[Entry]:
        """Return the rows of these keys that there are, as they stand now, in any order."""
        ...

    async def wait_for_change(self) -> None:
        """Return when another runner may have changed rows since the last call returned; early at times, never late.

        Late is more than a second, on a journal that can be reached. May be cancelled.
        """
        ...
