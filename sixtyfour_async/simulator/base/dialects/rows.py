"""Dialects of the rows of a shared answer: their order, their number, and what they echo of their leads.

Rows of jobs over several leads, of their synchronous form, and of result files with one row for each input row.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from sixtyfour_async.simulator.base.dialects.answer import JSON, Answer, Dialect, Draw, Kind, Lead, Row
from sixtyfour_async.simulator.base.seeded_random import randint, uniform

Rows = Sequence[Row]
_KINDS: frozenset[Kind] = frozenset({"poll", "direct", "file"})
_STRANGER = {
    "name": "Zelda Nobody",
    "company": "Nowhere Holdings",
    "company_name": "Nowhere Holdings",
    "website": "nowhere.example",
    "email": "zelda@nowhere.example",
    "phone": "+1 555 0199",
}
"""A person nobody asked about, by the keys of a lead."""


def _reordered(doc: str, order: Callable[[Rows, Draw], Rows]) -> Dialect:
    """Return a dialect that changes which rows come, and where; it needs at least two."""

    def rewrite(answer: Answer, draw: Draw) -> Answer | None:
        rows = answer.rows or ()
        return answer.with_rows(order(rows, draw)) if len(rows) > 1 else None

    return Dialect(doc, _KINDS, rewrite)


def _echoing(doc: str, echo: Callable[[Row, JSON], JSON]) -> Dialect:
    """Return a dialect that replaces what the rows echo; *echo* is given a row and its echo."""

    def change(row: Row) -> Row:
        repeated = row.echo()
        if not repeated:
            return row
        found = {key: value for key, value in row.values.items() if key not in repeated}
        return dataclasses.replace(row, values={**echo(row, repeated), **found})

    def rewrite(answer: Answer, _: Draw) -> Answer | None:
        rows = tuple(map(change, answer.rows or ()))
        return answer.with_rows(rows) if rows != (answer.rows or ()) else None

    return Dialect(doc, _KINDS, rewrite)


def _spelt(doc: str, spell: Callable[[str], str]) -> Dialect:
    def echo(_: Row, repeated: JSON) -> JSON:
        return {key: spell(value) if isinstance(value, str) else value for key, value in repeated.items()}

    return _echoing(doc, echo)


def _shuffled(rows: Rows, draw: Draw) -> Rows:
    """Return the rows in a drawn order, never in their own."""
    numbers = sorted(range(len(rows)), key=lambda at: uniform(*draw.parts, at))
    if numbers == list(range(len(rows))):
        numbers = [*numbers[1:], numbers[0]]
    return [rows[at] for at in numbers]


def _one(rows: Rows, draw: Draw) -> int:
    return randint(0, len(rows) - 1, *draw.parts)


def _missing(rows: Rows, draw: Draw) -> Rows:
    lost = _one(rows, draw)
    return [*rows[:lost], *rows[lost + 1 :]]


def _doubled(rows: Rows, draw: Draw) -> Rows:
    twice = _one(rows, draw)
    return [*rows[: twice + 1], *rows[twice:]]


def _stranger(lead: Lead) -> Mapping[str, object]:
    """Return a lead with the same keys that is nobody anyone asked about."""
    return {
        key: _STRANGER.get(key, "nobody known here") if isinstance(value, str) else value for key, value in lead.items()
    }


def _foreign(answer: Answer, draw: Draw) -> Answer | None:
    """Replace one row by the true row of a stranger."""
    if not answer.rows or answer.answer_to is None:
        return None
    at = _one(answer.rows, draw)
    stranger = _stranger(answer.rows[at].lead)
    row = Row(answer.answer_to(stranger), stranger, answer.rows[at].at)
    return answer.with_rows((*answer.rows[:at], row, *answer.rows[at + 1 :]))


def _null(answer: Answer, draw: Draw) -> Answer | None:
    if not answer.rows:
        return None
    at = _one(answer.rows, draw)
    row = dataclasses.replace(answer.rows[at], values=None)
    return answer.with_rows((*answer.rows[:at], row, *answer.rows[at + 1 :]))


def _indexed(answer: Answer, _: Draw) -> Answer | None:
    """Give each row its lead's number instead of an echo."""

    def change(row: Row) -> Row:
        found = {key: value for key, value in row.values.items() if key not in row.echo()}
        return dataclasses.replace(row, values={"index": row.at, **found})

    whole = [isinstance(row.values, dict) for row in answer.rows or ()]
    return answer.with_rows(map(change, answer.rows or ())) if whole and all(whole) else None


ROWS: Mapping[str, Dialect] = {
    "rows_reversed": _reordered("the last row comes first", lambda rows, _: rows[::-1]),
    "rows_shuffled": _reordered("the rows come in another order", _shuffled),
    "row_missing": _reordered("one row does not come", _missing),
    "row_doubled": _reordered("one row comes twice", _doubled),
    "row_foreign": Dialect("one row is about somebody nobody asked about", _KINDS, _foreign),
    "row_null": Dialect("one row is null", frozenset({"poll", "direct"}), _null),
    "rows_index": Dialect("rows echo no lead, but its number, from 0, as `index`", _KINDS, _indexed),
    "rows_echo_uppercase": _spelt("rows echo their leads in capitals", str.upper),
    "rows_echo_spaced": _spelt(
        "rows echo their leads with more spaces", lambda text: f" {text.replace(' ', '  ')} " if text else text
    ),
    "rows_echo_decomposed": _spelt(
        "rows echo their leads in another Unicode form (NFD)", lambda text: unicodedata.normalize("NFD", text)
    ),
    "rows_echo_one_key": _echoing(
        "rows echo one key of their leads only", lambda _, echo: dict(list(echo.items())[:1])
    ),
    "rows_echo_nested": _echoing("rows echo their leads as an object under `lead`", lambda _, echo: {"lead": echo}),
    "rows_without_echo": _echoing("rows echo nothing of their leads", lambda _row, _echo: {}),
}
