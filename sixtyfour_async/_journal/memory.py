"""A journal in memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sixtyfour_async._journal.base import CRASHED, Entry, merge_purpose, tally_line, tally_of_replaced
from sixtyfour_async._scheduling.ledger import Line, Tally
from sixtyfour_async._scheduling.row_states import State
from sixtyfour_async._wire.body import Body


class MemoryJournal:
    """A journal that dies with the process: for tests, and for runs whose rows may be paid again."""

    def __init__(self) -> None:
        self.rows: dict[str, Entry] = {}
        self.purpose: dict[str, str] = {}
        self.meta: dict[str, str] = {}
        self.answers: dict[str, Body] = {}
        self.tallies: dict[tuple[str, Tally], tuple[int, float]] = {}
        self.replaced: list[Entry] = []

    async def open(self) -> None:
        """Turn rows with an intent only into unknown ones."""
        for key, entry in self.rows.items():
            if entry.state == "intended":
                self.rows[key] = replace(entry, state="unknown", error=CRASHED)

    async def close(self) -> None:
        """Keep the entries for whoever still holds the journal."""

    async def bind(self, purpose: Mapping[str, str]) -> None:
        """Record what this journal is for."""
        blank = all(entry.state == "released" for entry in self.rows.values())
        self.purpose = merge_purpose({} if blank else self.purpose, purpose, "this journal")

    async def get_meta(self, name: str) -> str | None:
        """Return a text that `set_meta` stored, or None."""
        return self.meta.get(name)

    async def set_meta(self, name: str, text: str) -> None:
        """Store a text under a name."""
        self.meta[name] = text

    async def find(self, key: str) -> Entry | None:
        """Return one row, or None."""
        return self.rows.get(key)

    async def find_job(self, job_id: str) -> Entry | None:
        """Return a row by the service's id of its job, or None."""
        return next((entry for entry in self.rows.values() if entry.job_id == job_id), None)

    async def entries(self, states: Collection[State]) -> AsyncGenerator[Entry, None]:
        """Yield the rows in these states, the oldest first."""
        for entry in list(self.rows.values()):
            if entry.state in states:
                yield entry

    async def put(self, *entries: Entry) -> None:
        """Write rows."""
        self.rows.update((entry.key, entry) for entry in entries)

    async def deliver(self, key: str) -> None:
        """Record that a row's outcome was acknowledged."""
        self.rows[key] = replace(self.rows[key], delivered=True)

    async def batch_entries(self, batch: str) -> list[Entry]:
        """Return the rows of a batch, in the order in which they were sent."""
        rows = [entry for entry in self.rows.values() if entry.batch == batch]
        return sorted(rows, key=lambda entry: entry.place or 0)

    async def save_batch_answer(self, batch: str, body: Body) -> None:
        """Write the answer to a batch as it came."""
        self.answers[batch] = body

    async def load_batch_answer(self, batch: str) -> Body | None:
        """Return the answer to a batch that is not settled yet, or None."""
        return self.answers.get(batch)

    async def list_batch_answers(self, prefix: str) -> list[str]:
        """Return the names of answers that begin so."""
        return [name for name in self.answers if name.startswith(prefix)]

    async def settle_batch(self, batch: str, entries: Sequence[Entry]) -> None:
        """Write each row with its part of a batch's answer, or with the whole of it, and delete the whole."""
        if entries:
            await self.put(*entries)
        self.answers.pop(batch, None)

    def tally(self, variant: str, name: Tally, cents: float) -> None:
        """Count one more row."""
        rows, total = self.tallies.get((variant, name), (0, 0.0))
        self.tallies[variant, name] = (rows + 1, total + cents)

    def replace(self, entry: Entry) -> None:
        """Keep the money of a row's line that the next write replaces."""
        self.replaced.append(entry)

    async def lines(self) -> tuple[Line, ...]:
        """Return sums: one line for each kind and state."""
        return await self.lines_since("")

    async def lines_since(self, instant: str) -> tuple[Line, ...]:
        """Return sums over the rows that were sent at an instant or later."""
        tallies = {} if instant else dict(self.tallies)
        for entry in self.replaced:
            if (entry.sent_at or "") >= instant:
                name, cents = tally_of_replaced(entry)
                rows, total = tallies.get((entry.variant, name), (0, 0.0))
                tallies[entry.variant, name] = (rows + 1, total + cents)
        rows_sent = (entry for entry in self.rows.values() if (entry.sent_at or "") >= instant)
        return (*_sums(rows_sent), *(tally_line(*name, *counted) for name, counted in tallies.items()))


def _sums(entries: Iterable[Entry]) -> Iterable[Line]:
    """Return one line for each kind and state."""
    sums: dict[tuple[str, State], Line] = {}
    for entry in entries:
        seen = sums.get((entry.variant, entry.state), Line(entry.variant, entry.state, 0))
        sums[entry.variant, entry.state] = Line(
            entry.variant,
            entry.state,
            seen.rows + 1,
            seen.charged_cents + (entry.cost_cents or 0.0),
            seen.reserved_cents + entry.reserved_cents,
            max(seen.dearest_cents, entry.cost_cents or 0.0),
        )
    return sums.values()
