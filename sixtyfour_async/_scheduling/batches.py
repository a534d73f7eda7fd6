"""Rows that share a submit: gathered as they stream in, and told apart again in the answer.

A finder's question costs two requests or three when it goes alone, and a hundredth of that in a batch of a hundred. A
batch is sent when it is full, when the input ends, or a short while after its first row, so that a slow stream does not
wait for a hundredth row that never comes.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import JsonValue

from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.operations._files import ROW_COLUMN

T = TypeVar("T")

MAX_BULK_LEADS = 100
"""Leads that one bulk submit takes. Source: docs.sixtyfour.ai, api-reference/endpoint/find-email (bulk)."""

MAX_FILE_ROWS = 20_000
"""Rows in a file. The service takes 100,000 and 100 MB; a smaller file keeps little in memory, and ten submits a minute
leave room for ten of them. Source: docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence."""

MAX_FILE_BYTES = 90_000_000
"""Bytes of questions, as JSON, after which a file is full."""

LINGER_SECONDS = 2.0
"""Seconds for which the first row of a batch waits for others."""

FILE_LINGER_SECONDS = 30.0
"""The same for a file."""


@dataclass(slots=True)
class _Open(Generic[T]):
    """A batch that is being filled: until when, and the bytes in it."""

    until: float
    rows: list[T] = field(default_factory=list[T])
    size: int = 0


@dataclass(slots=True)
class Batcher(Generic[T]):
    """Batches that are being filled."""

    _open: dict[str, _Open[T]] = field(default_factory=dict[str, _Open[T]])

    def add(self, row: T, kind: str, now: float, *, size: int, filed: bool) -> list[T] | None:
        """Put a row with others of its kind; the batch comes back when that filled it.

        Args:
            row: The row.
            kind: What its batch has in common.
            now: The instant.
            size: Its bytes.
            filed: Will the batch be a file?
        """
        batch = self._open.setdefault(kind, _Open(now + (FILE_LINGER_SECONDS if filed else LINGER_SECONDS)))
        batch.rows.append(row)
        batch.size += size
        full = len(batch.rows) >= (MAX_FILE_ROWS if filed else MAX_BULK_LEADS) or batch.size >= MAX_FILE_BYTES
        return self._open.pop(kind).rows if full else None

    def remove(self, row: T) -> None:
        """Take a row out again."""
        for kind, batch in list(self._open.items()):
            if row in batch.rows:
                batch.rows.remove(row)
                if not batch.rows:
                    del self._open[kind]

    def due(self, now: float) -> list[list[T]]:
        """Batches that have waited long enough."""
        ripe = [kind for kind, batch in self._open.items() if batch.until <= now]
        return [self._open.pop(kind).rows for kind in ripe]

    def flush(self) -> None:
        """No more rows will come."""
        for batch in self._open.values():
            batch.until = -math.inf

    def wake_at(self) -> float:
        """When the next batch will have waited long enough; infinite when none waits."""
        return min((batch.until for batch in self._open.values()), default=math.inf)


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What a batch's answer says of one row. ``error`` is set when it says that nothing came of it."""

    answer: JsonValue
    cost_cents: float | None
    error: str | None = None


def split_answer(leads: Sequence[Mapping[str, JsonValue]], result: JsonValue, charged: float | None) -> list[RowAnswer]:
    """Tell the rows of a batch's answer apart.

    The service echoes each lead beside what it found, so a row is known by its echo, and by its place only where the
    echo does not say. Assumed, as no page tells: rows come in the order of the leads. A row that is missing is an
    error of its own, never another lead's answer.

    Args:
        leads: What was asked about, in the order in which it was sent.
        result: The answer, a list or an object that wraps one.
        charged: What the whole was charged, cents; None when the service did not say.
    """
    rows = _listed(result)
    places = _places(leads, rows)
    told = [None if place is None else _cost(rows[place]) for place in places]
    untold = sum(cost is None for cost in told)
    rest = None if charged is None else max(0.0, charged - sum(cost or 0.0 for cost in told))
    each = None if rest is None else rest / max(1, untold)
    return [
        RowAnswer(None, each, "the batch's answer has no row for this lead")
        if place is None
        else RowAnswer(rows[place], each if cost is None else cost, _error(rows[place]))
        for place, cost in zip(places, told, strict=True)
    ]


def split_file(rows: int, text: str, fields: Collection[str], charged: float | None) -> list[RowAnswer]:
    """Tell the rows of a file apart by the number they went out with.

    Args:
        rows: How many went out.
        text: The finished file, CSV.
        fields: What was asked for; a column of each is expected.
        charged: What the whole was charged, cents; every row bears its part of it.
    """
    each = None if charged is None else charged / max(1, rows)
    shares = [RowAnswer(None, each, "the file that came back has no such row")] * rows
    for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        number = row.get(ROW_COLUMN) or ""
        if number.isdecimal() and int(number) < rows:
            data: dict[str, JsonValue] = {name: row.get(name) for name in fields if name in row}
            shares[int(number)] = RowAnswer({"structured_data": data}, each)
    return shares


def _listed(result: JsonValue) -> list[Any]:
    wrapped = json_object(result) or {}
    for found in (result, *(wrapped.get(name) for name in ("results", "leads", "data"))):
        rows = json_array(found)
        if rows is not None:
            return rows
    return []


def _places(leads: Sequence[Mapping[str, JsonValue]], rows: Sequence[Any]) -> list[int | None]:
    places: list[int | None] = [None] * len(leads)
    free = dict.fromkeys(range(len(rows)))
    for by_echo in (True, False):
        for number, lead in enumerate(leads):
            if places[number] is not None:
                continue
            same_place = [number] if number in free and (by_echo or len(rows) == len(leads)) else []
            for place in [*same_place, *(free if by_echo else ())]:
                if not by_echo or _echoes(rows[place], lead):
                    places[number] = place
                    del free[place]
                    break
    return places


def _echoes(row: Any, lead: Mapping[str, JsonValue]) -> bool:
    """Does a row repeat everything plain that was known of a lead?"""
    found = json_object(row) or {}
    plain = {name: value for name, value in lead.items() if isinstance(value, str | int | float)}
    return bool(plain) and all(found.get(name) == value for name, value in plain.items())


def _cost(row: Any) -> float | None:
    cost = (json_object(row) or {}).get("cost_cents")
    return float(cost) if isinstance(cost, int | float) else None


def _error(row: Any) -> str | None:
    told = (json_object(row) or {}).get("error")
    return told if isinstance(told, str) and told else None
