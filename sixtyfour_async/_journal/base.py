"""The durable record of what was asked, sent, accepted and answered. Write before you act.

For each row, under its key, in this order: the *intent* is committed before the request leaves, the service's *id*
before anyone sees it, the raw *answer* before it is parsed, the *delivery* once the consumer has said so. What a crash
can leave between is one thing only: an intent without an id. Such a row is unknown: it may have been accepted, so it is
never sent again by itself.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sixtyfour_async._scheduling.ledger import Line, Tally
from sixtyfour_async._scheduling.row_states import State
from sixtyfour_async.errors import JournalError

CRASHED = "a run ended while this was being sent; it may have been accepted"
"""Why a row is unknown whose intent is all that a crash left."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one row.

    Attributes:
        key: The row's key.
        operation: The operation's name.
        fingerprint: The question's content, as `Operation.fingerprint` names it.
        request: The question's fields as JSON text.
        state: Where it stands.
        job_id: The service's id once accepted.
        answer: The raw body of the last look, once ended.
        error: Why there is no answer, as text.
        cost_cents: What the service said it charged.
        variant: What its price depends on, such as ``"company-intelligence/low"``.
        reserved_cents: What is set aside for it; once it has ended, what it counts as when no charge was told.
        asked: How often it was sent anew on purpose, after it had failed or been lost.
        sent_at: When it was last about to be sent, ISO text, our wall clock.
        delivered: Has the consumer acknowledged its outcome?
        batch: The submit it shares with other rows, if it does.
        place: Its place among them, from 0.
    """

    key: str
    operation: str
    fingerprint: str
    request: str
    state: State
    job_id: str | None = None
    answer: str | None = None
    error: str | None = None
    cost_cents: float | None = None
    variant: str = ""
    reserved_cents: float = 0.0
    asked: int = 0
    sent_at: str | None = None
    delivered: bool = False
    batch: str | None = None
    place: int | None = None


class Journal(Protocol):
    """What a runner needs of a journal. Every write returns once it is durable, but for `tally`."""

    async def open(self) -> None:
        """Take the journal, alone, and call rows unknown whose intent is all there is.

        Raises `JournalError` when it cannot be used.
        """
        ...

    async def close(self) -> None:
        """Give it up."""
        ...

    async def bind(self, purpose: Mapping[str, str]) -> None:
        """Say what this journal is for.

        Raises `JournalError` when it is for something else already, unless nothing in it was ever accepted.
        """
        ...

    async def get_meta(self, name: str) -> str | None:
        """Read a text that `set_meta` stored, or None."""
        ...

    async def set_meta(self, name: str, text: str) -> None:
        """Store a text under a name, such as the run times learned so far."""
        ...

    async def find(self, key: str) -> Entry | None:
        """Read one row."""
        ...

    def entries(self, states: Collection[State]) -> AsyncGenerator[Entry, None]:
        """Yield the rows in these states, the oldest first; rows that change meanwhile may be left out."""
        ...

    async def put(self, *entries: Entry) -> None:
        """Write rows whole, all of them or none."""
        ...

    async def deliver(self, key: str) -> None:
        """Note that a row's outcome was acknowledged."""
        ...

    async def batch_entries(self, batch: str) -> list[Entry]:
        """Read the rows that share a submit, in the order in which they were sent."""
        ...

    async def save_batch_answer(self, batch: str, body: str) -> None:
        """Write the raw answer to a shared submit."""
        ...

    async def load_batch_answer(self, batch: str) -> str | None:
        """Read an answer that no row has its part of yet."""
        ...

    async def settle_batch(self, batch: str, entries: Sequence[Entry]) -> None:
        """Write each row's part of a shared answer, and let go of the whole."""
        ...

    def tally(self, variant: str, name: Tally, cents: float) -> None:
        """Count one more row that cost nothing, or was given up; durable with the next write."""
        ...

    async def lines(self) -> tuple[Line, ...]:
        """Sum up: one line for each kind and state."""
        ...


class MemoryJournal:
    """A journal that dies with the process: for tests, and for runs whose rows may be paid again."""

    def __init__(self) -> None:
        self.rows: dict[str, Entry] = {}
        self.purpose: dict[str, str] = {}
        self.meta: dict[str, str] = {}
        self.answers: dict[str, str] = {}
        self.tallies: dict[tuple[str, Tally], tuple[int, float]] = {}

    async def open(self) -> None:
        """Call rows unknown whose intent is all there is."""
        for key, entry in self.rows.items():
            if entry.state == "intended":
                self.rows[key] = replace(entry, state="unknown", error=CRASHED)

    async def close(self) -> None:
        """Keep the entries for whoever still holds the journal."""

    async def bind(self, purpose: Mapping[str, str]) -> None:
        """Say what this journal is for."""
        blank = all(entry.state == "released" for entry in self.rows.values())
        self.purpose = bound({} if blank else self.purpose, purpose, "this journal")

    async def get_meta(self, name: str) -> str | None:
        """Read a text that `set_meta` stored, or None."""
        return self.meta.get(name)

    async def set_meta(self, name: str, text: str) -> None:
        """Store a text under a name."""
        self.meta[name] = text

    async def find(self, key: str) -> Entry | None:
        """Read one row."""
        return self.rows.get(key)

    async def entries(self, states: Collection[State]) -> AsyncGenerator[Entry, None]:
        """Yield the rows in these states, the oldest first."""
        for entry in list(self.rows.values()):
            if entry.state in states:
                yield entry

    async def put(self, *entries: Entry) -> None:
        """Write rows."""
        self.rows.update((entry.key, entry) for entry in entries)

    async def deliver(self, key: str) -> None:
        """Note that a row's outcome was acknowledged."""
        self.rows[key] = replace(self.rows[key], delivered=True)

    async def batch_entries(self, batch: str) -> list[Entry]:
        """Read the rows that share a submit."""
        rows = [entry for entry in self.rows.values() if entry.batch == batch]
        return sorted(rows, key=lambda entry: entry.place or 0)

    async def save_batch_answer(self, batch: str, body: str) -> None:
        """Write the raw answer to a shared submit."""
        self.answers[batch] = body

    async def load_batch_answer(self, batch: str) -> str | None:
        """Read an answer that no row has its part of yet."""
        return self.answers.get(batch)

    async def settle_batch(self, batch: str, entries: Sequence[Entry]) -> None:
        """Write each row's part of a shared answer."""
        await self.put(*entries)
        self.answers.pop(batch, None)

    def tally(self, variant: str, name: Tally, cents: float) -> None:
        """Count one more row."""
        rows, sum_ = self.tallies.get((variant, name), (0, 0.0))
        self.tallies[variant, name] = (rows + 1, sum_ + cents)

    async def lines(self) -> tuple[Line, ...]:
        """Sum up."""
        sums: dict[tuple[str, State], Line] = {}
        for entry in self.rows.values():
            seen = sums.get((entry.variant, entry.state), Line(entry.variant, entry.state, 0))
            sums[entry.variant, entry.state] = Line(
                entry.variant,
                entry.state,
                seen.rows + 1,
                seen.charged_cents + (entry.cost_cents or 0.0),
                seen.reserved_cents + entry.reserved_cents,
                max(seen.dearest_cents, entry.cost_cents or 0.0),
            )
        return (
            *sums.values(),
            *(tally_line(variant, name, *counted) for (variant, name), counted in self.tallies.items()),
        )


def tally_line(variant: str, name: Tally, rows: int, cents: float) -> Line:
    """Write a tally as a line: what was given up is at stake, everything else was charged, or would have been."""
    if name == "resubmitted":
        return Line(variant, name, rows, reserved_cents=cents)
    return Line(variant, name, rows, charged_cents=cents)


def bound(stored: Mapping[str, str], purpose: Mapping[str, str], journal: str) -> dict[str, str]:
    """Join what a journal was for with what it is wanted for.

    Raises:
        JournalError: They differ.
    """
    different = [name for name in purpose if name in stored and stored[name] != purpose[name]]
    if different:
        told = "; ".join(f"{name} was {stored[name]!r}, now {purpose[name]!r}" for name in different)
        raise JournalError(f"{journal} belongs to another run: {told}. Choose another --journal; nothing was changed")
    return dict(stored) | dict(purpose)


def request_text(fields: Mapping[str, Any]) -> str:
    """Write a question's fields for the journal."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
