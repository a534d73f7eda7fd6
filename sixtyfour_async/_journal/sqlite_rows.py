"""The rows and sums of a journal file as SQL: how they are stored, and how they are read back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import fields
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Any

from sixtyfour_async._journal.base import READ_ONLY, Entry, tally_line
from sixtyfour_async._scheduling.ledger import Line
from sixtyfour_async._scheduling.row_states import SHARED, State
from sixtyfour_async._wire.body import Body

ROWS_PER_PAGE = 500

_BODIES = ("answer", "receipt")
"""Fields of an entry that are a `Body`: two columns each, the bytes and the content type."""

_FIELDS = tuple(field.name for field in fields(Entry) if field.name not in READ_ONLY)

COLUMNS = tuple(column for name in _FIELDS for column in ((name, f"{name}_type") if name in _BODIES else (name,)))
"""The columns of an entry, in the order in which `as_row` gives them."""

_values_of = attrgetter(*_FIELDS)

_BODY_PLACES = tuple(map(_FIELDS.index, _BODIES))
_ANSWER_PLACE = _FIELDS.index("answer")
_DELIVERED_PLACE = _FIELDS.index("delivered")

_WHOLE = "(SELECT {} FROM answers WHERE answers.batch = jobs.batch AND jobs.state IN ('unmatched', 'unreadable'))"
"""The answer to a row's batch, for a row that has no part of it; see `SHARED`."""

HELD_BY = "(SELECT number FROM runners WHERE number = jobs.owner AND number <> ?)"
"""The runner that holds a row, if that is another one than the reader."""

_SELECTED = ", ".join(
    [
        *(
            {
                "answer": f"coalesce(answer, {_WHOLE.format('body')})",
                "answer_type": f"coalesce(answer_type, {_WHOLE.format('body_type')})",
            }.get(column, column)
            for column in COLUMNS
        ),
        HELD_BY,
        "changed_at",
    ]
)

_LINES = (
    "SELECT variant, state, count(*), total(cost_cents), total(reserved_cents), coalesce(max(cost_cents), 0)"
    " FROM jobs {} GROUP BY variant, state"
)
_TALLIES = "SELECT variant, name, sum(rows), total(cents) FROM tallies WHERE sent_at >= ? GROUP BY variant, name"


def select(database: sqlite3.Connection, where: str, values: Sequence[object], runner: int = 0) -> list[Entry]:
    """Return rows as a runner sees them: held by another one, or not."""
    query = f"SELECT {_SELECTED} FROM jobs WHERE {where}"  # noqa: S608 (our own words)
    return [_entry(row) for row in database.execute(query, (runner, *values))]


def select_from(database: sqlite3.Connection, key: str, count: int, runner: int = 0) -> list[Entry]:
    """Return a row, and rows after it in the order in which they were first written: *count* of them at most."""
    after = "rowid >= (SELECT rowid FROM jobs WHERE key = ?) ORDER BY rowid LIMIT ?"
    return select(database, after, (key, count), runner)


def as_row(entry: Entry) -> tuple[Any, ...]:
    """Return an entry as values of `COLUMNS`. A row in `SHARED` has no answer of its own to store."""
    values = list(_values_of(entry))
    if entry.state in SHARED and entry.batch is not None:
        values[_ANSWER_PLACE] = None
    for place in reversed(_BODY_PLACES):  # the last one first: each takes one place more than before
        body: Body | None = values[place]
        values[place : place + 1] = (None, None) if body is None else (body.content, body.content_type)
    return tuple(values)


def _entry(row: Sequence[Any]) -> Entry:
    values = list(row)
    for place in _BODY_PLACES:
        content, content_type = values[place : place + 2]
        values[place : place + 2] = [None if content is None else Body(content, content_type)]
    values[_DELIVERED_PLACE] = bool(values[_DELIVERED_PLACE])
    return Entry(*values)


def batch_entries_of(database: sqlite3.Connection, batch: str, runner: int = 0) -> list[Entry]:
    """Return the rows of a batch, in the order in which they were sent."""
    return select(database, "batch = ? ORDER BY place", (batch,), runner)


def lines_of(database: sqlite3.Connection, since: str = "") -> Iterator[Line]:
    """Yield sums over a journal's rows and tallies, of all or of what was sent at an instant or later."""
    lines = database.execute(_LINES.format("WHERE sent_at >= ?" if since else "WHERE ? = ''"), (since,))
    yield from (Line(*row) for row in lines)
    yield from tallies_of(database, since)


def tallies_of(database: sqlite3.Connection, since: str = "") -> Iterator[Line]:
    """Yield the sums over a journal's tallies."""
    return (tally_line(*row) for row in database.execute(_TALLIES, (since,)))


def pages(
    connect: Callable[[], sqlite3.Connection], states: Collection[State], runner: int = 0
) -> Iterator[list[Entry]]:
    """Yield pages of rows by age, each page a query of its own, so that writers are not locked out in between.

    Each state is read along its own part of the index, and the states are merged: a query for several states would
    sort all of their rows for every page.
    """
    merged = merge(*(_by_age(connect, state, runner) for state in states), key=lambda row: row[:2])
    while rows := list(islice(merged, ROWS_PER_PAGE)):
        yield [_entry(row[1:]) for row in rows]


_PAGE = (
    f"SELECT created_at, {_SELECTED} FROM jobs WHERE state = ? AND (created_at, key) > (?, ?)"  # noqa: S608 (our field names)
    " ORDER BY created_at, key LIMIT ?"
)


def _by_age(connect: Callable[[], sqlite3.Connection], state: State, runner: int) -> Iterator[tuple[Any, ...]]:
    """Yield the rows in one state, the oldest first; each begins with its age and key."""
    after = ("", "")
    while rows := connect().execute(_PAGE, (runner, state, *after, ROWS_PER_PAGE)).fetchall():
        after = rows[-1][:2]
        yield from rows


def answer_names(database: sqlite3.Connection, prefix: str) -> list[str]:
    """Return the names of answers that begin so, the oldest first."""
    wanted = "SELECT batch FROM answers WHERE batch >= ? AND batch < ? || char(0x10FFFF) ORDER BY rowid"
    return [str(name) for (name,) in database.execute(wanted, (prefix, prefix))]


def answer_of(database: sqlite3.Connection, name: str) -> Body | None:
    """Return the answer of a name, or None."""
    found = database.execute("SELECT body, body_type FROM answers WHERE batch = ?", (name,)).fetchone()
    return None if found is None else Body(*found)
