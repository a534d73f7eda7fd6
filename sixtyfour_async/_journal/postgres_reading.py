"""What is read from the tables of a journal in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, get_args

from sixtyfour_async._journal.base import Entry, tally_line
from sixtyfour_async._journal.postgres_link import Link
from sixtyfour_async._journal.postgres_rows import SELECTED, as_text, entry_of, id_of, text_of
from sixtyfour_async._scheduling.ledger import Line
from sixtyfour_async._scheduling.row_states import State
from sixtyfour_async._wire.body import Body

ROWS_PER_PAGE = 500

KEYS_PER_QUERY = 1000

_LINES = (
    "SELECT variant, state, count(*), coalesce(sum(cost_cents), 0), coalesce(sum(reserved_cents), 0),"
    " coalesce(max(cost_cents), 0) FROM sixtyfour_jobs {} GROUP BY variant, state"
)
_TALLIES = (
    "SELECT variant, name, sum(rows)::bigint, sum(cents) FROM sixtyfour_tallies WHERE sent_at >= %s"
    " GROUP BY variant, name"
)
_PAGE = (
    f"SELECT job.number, {SELECTED} FROM sixtyfour_jobs AS job WHERE job.number = ANY (ARRAY("  # noqa: S608 (our own words)
    "SELECT one.number FROM unnest(%s::text[]) AS wanted (state) CROSS JOIN LATERAL ("
    "SELECT number FROM sixtyfour_jobs WHERE state = wanted.state AND number > %s ORDER BY number LIMIT %s"
    ") AS one ORDER BY one.number LIMIT %s)) ORDER BY job.number"
)
"""A page by its place: each state along its own part of the index, and only the page's rows are read."""


class PostgresReader:
    """A journal in PostgreSQL, read beside the runners that write it; nothing is changed.

    Attributes:
        runner: The number of the runner that reads; rows that others hold have its `Entry.held_by` set.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self.runner = 0

    def select(self, where: str, values: Sequence[object]) -> list[Entry]:
        """Return the rows for which something holds."""
        query = f"SELECT {SELECTED} FROM sixtyfour_jobs AS job WHERE {where}"  # noqa: S608 (our own words)
        return [entry_of(row) for row in self._link.ask(query, (self.runner, *values))]

    def find(self, key: str) -> Entry | None:
        """Return one row, or None."""
        return next(iter(self.find_from(key, 1)), None)

    def find_from(self, key: str, count: int) -> list[Entry]:
        """Return a row, and rows that were first written after it."""
        if count == 1:
            return self.select("job.id = %s", (id_of(key),))
        after = "job.number >= (SELECT number FROM sixtyfour_jobs WHERE id = %s) ORDER BY job.number LIMIT %s"
        return self.select(after, (id_of(key), count))

    def find_all(self, keys: Collection[str]) -> list[Entry]:
        """Return the rows of these keys that there are."""
        wanted, found = [id_of(key) for key in keys], list[Entry]()
        for start in range(0, len(wanted), KEYS_PER_QUERY):
            found += self.select("job.id = ANY (%s)", (wanted[start : start + KEYS_PER_QUERY],))
        return found

    def find_job(self, job_id: str) -> Entry | None:
        """Return a row by the service's id of its job, or None."""
        return next(iter(self.select("job.job_id = %s LIMIT 1", (as_text(job_id),))), None)

    def pages(self, states: Collection[State]) -> Iterator[list[Entry]]:
        """Yield pages of rows in these states, the oldest first, each page a query of its own."""
        after = 0
        while rows := self._link.ask(_PAGE, (self.runner, list(states), after, ROWS_PER_PAGE, ROWS_PER_PAGE)):
            after = rows[-1][0]
            yield [entry_of(row[1:]) for row in rows]

    def entries(self, states: Collection[State] = get_args(State)) -> Iterator[Entry]:
        """Yield the rows in these states, the oldest first."""
        return (entry for page in self.pages(states) for entry in page)

    def batch_entries(self, batch: str) -> list[Entry]:
        """Return the rows of a batch, in the order in which they were sent."""
        return self.select("job.batch = %s ORDER BY job.place", (as_text(batch),))

    def load_batch_answer(self, batch: str) -> Body | None:
        """Return the answer to a batch that is not settled yet, or None."""
        query = "SELECT body, body_type FROM sixtyfour_answers WHERE batch = %s"
        found = self._link.ask(query, (as_text(batch),))
        return Body(bytes(found[0][0]), text_of(found[0][1])) if found else None

    def answer_names(self, prefix: str) -> list[str]:
        """Return the names of answers that begin so, the oldest first."""
        query = "SELECT batch FROM sixtyfour_answers WHERE starts_with(batch, %s) ORDER BY number"
        return [text_of(name) for (name,) in self._link.ask(query, (as_text(prefix),))]

    def answers(self, prefix: str) -> Iterator[tuple[str, Body]]:
        """Yield the answers whose names begin so, the oldest first."""
        for name in self.answer_names(prefix):
            body = self.load_batch_answer(name)
            if body is not None:  # else it was removed meanwhile
                yield name, body

    def lines(self) -> tuple[Line, ...]:
        """Return sums: one line for each kind and state."""
        return tuple(self.lines_since(""))

    def lines_since(self, instant: str) -> Iterator[Line]:
        """Yield sums over what was sent at an instant or later."""
        rows = self._link.ask(_LINES.format("WHERE sent_at >= %s" if instant else ""), (instant,) if instant else ())
        yield from (Line(*row) for row in rows)
        yield from self.tallies(instant)

    def tallies(self, instant: str = "") -> tuple[Line, ...]:
        """Return the sums over what was counted besides rows, at an instant or later."""
        return tuple(tally_line(*row) for row in self._link.ask(_TALLIES, (instant,)))

    def note(self, name: str) -> str | None:
        """Return a text that `Journal.set_meta` stored, or None."""
        found = self._link.ask("SELECT value FROM sixtyfour_meta WHERE name = %s", (as_text(f"note:{name}"),))
        return text_of(str(found[0][0])) if found else None

    def purpose(self) -> dict[str, str]:
        """Return what the journal is for."""
        rows: list[tuple[Any, ...]] = self._link.ask(
            "SELECT name, value FROM sixtyfour_meta WHERE name NOT LIKE 'note:%'"
        )
        return {text_of(name): text_of(value) for name, value in rows}
