"""Rows that share a submit: collected as they stream in, and told apart again in the answer.

A finder's question costs two or three requests by itself, and a hundredth of that in a batch of a hundred. A batch is
sent when it is full, when the input ends, or a short while after its first row, so that a slow stream does not wait for
a hundredth row that never comes.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import JsonValue

from sixtyfour_async._scheduling.retry import may_be_fault_of_one_row
from sixtyfour_async.errors import CostCapError, SixtyfourError
from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.operations._files import ROW_COLUMN

T = TypeVar("T")

MAX_BULK_LEADS = 100
"""Leads that one bulk submit takes. Source: docs.sixtyfour.ai, api-reference/endpoint/find-email (bulk)."""

MAX_FILE_ROWS = 20_000
"""Rows in a file. The service takes 100,000 and 100 MB; a smaller file keeps little in memory, and ten submits a minute
leave room for ten of them. Source: docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence."""

MAX_FILE_BYTES = 90_000_000
"""Bytes of questions, as JSON, from which on a file is full."""

LINGER_SECONDS = 2.0
"""Time for which the first row of a batch waits for others."""

FILE_LINGER_SECONDS = 30.0
"""The same for a file."""


@dataclass(slots=True)
class _OpenBatch(Generic[T]):
    """A batch that is being filled."""

    due_at: float
    rows: list[T] = field(default_factory=list[T])
    size: int = 0


@dataclass(slots=True)
class Batcher(Generic[T]):
    """Batches that are being filled, one per batch key."""

    _open: dict[str, _OpenBatch[T]] = field(default_factory=dict[str, _OpenBatch[T]])

    def add(self, row: T, batch_key: str, now: float, *, size: int, in_file: bool) -> list[T] | None:
        """Add a row to the batch of its key; return the batch's rows if that filled it.

        Args:
            row: The row.
            batch_key: What the questions of its batch have in common.
            now: The instant.
            size: Its bytes.
            in_file: Will the batch be sent as a file?
        """
        linger = FILE_LINGER_SECONDS if in_file else LINGER_SECONDS
        batch = self._open.setdefault(batch_key, _OpenBatch(now + linger))
        batch.rows.append(row)
        batch.size += size
        full = len(batch.rows) >= (MAX_FILE_ROWS if in_file else MAX_BULK_LEADS) or batch.size >= MAX_FILE_BYTES
        return self._open.pop(batch_key).rows if full else None

    def remove(self, row: T) -> None:
        """Remove a row that nobody wants any more."""
        for batch_key, batch in list(self._open.items()):
            if row in batch.rows:
                batch.rows.remove(row)
                if not batch.rows:
                    del self._open[batch_key]

    def due(self, now: float) -> list[list[T]]:
        """Return the rows of each batch that has waited long enough."""
        ripe = [batch_key for batch_key, batch in self._open.items() if batch.due_at <= now]
        return [self._open.pop(batch_key).rows for batch_key in ripe]

    def flush(self) -> None:
        """Make every batch due: no more rows will come."""
        for batch in self._open.values():
            batch.due_at = -math.inf

    def wake_at(self) -> float:
        """Return when the next batch will be due; infinity when none is open."""
        return min((batch.due_at for batch in self._open.values()), default=math.inf)


def parts_of_refused(rows: int, error: SixtyfourError, *, one_row_fits: bool) -> tuple[int, ...]:
    """Return the sizes of the parts in which a refused batch goes on; none when it is given up.

    Row by row, when one of them may have been the fault; in halves, when the cap has room for some of them only.

    Args:
        rows: Number of rows in the batch.
        error: Why it was refused.
        one_row_fits: Has the cap room for at least one of its rows?
    """
    if rows < 2:  # noqa: PLR2004 (a single row has no parts)
        return ()
    if may_be_fault_of_one_row(error):
        return (1,) * rows
    if isinstance(error, CostCapError) and one_row_fits:
        return (rows // 2, rows - rows // 2)
    return ()


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What the answer to a batch says of one row; ``error`` is set when nothing came of it."""

    answer: JsonValue
    cost_cents: float | None
    error: str | None = None


def split_answer(leads: Sequence[Mapping[str, JsonValue]], result: JsonValue, charged: float | None) -> list[RowAnswer]:
    """Split the answer to a bulk submit into one for each lead.

    The service echoes each lead beside what it found, so a row is identified by its echo, and by its place only where
    the echo does not decide. Assumed, as no page states it: rows come in the order of the leads. A row that is missing
    is an error of its own, never another lead's answer.

    Args:
        leads: The leads, in the order in which they were sent.
        result: The answer, a list or an object that wraps one.
        charged: What the batch was charged, cents; None when the service did not report it.
    """
    rows = _row_list(result)
    places = _match(leads, rows)
    own_costs = [None if place is None else _cost(rows[place]) for place in places]
    without_cost = sum(cost is None for cost in own_costs)
    rest = None if charged is None else max(0.0, charged - sum(cost or 0.0 for cost in own_costs))
    each = None if rest is None else rest / max(1, without_cost)
    return [
        RowAnswer(None, each, "the batch's answer has no row for this lead")
        if place is None
        else RowAnswer(rows[place], each if cost is None else cost, _error(rows[place]))
        for place, cost in zip(places, own_costs, strict=True)
    ]


def split_file(rows: int, text: str, fields: Collection[str], charged: float | None) -> list[RowAnswer]:
    """Split a file that came back into one answer for each row, by the row numbers that went out with it.

    Args:
        rows: Number of rows that went out.
        text: The finished file, CSV.
        fields: Names of the fields asked for; each is a column.
        charged: What the file was charged, cents; every row bears an equal share.
    """
    each = None if charged is None else charged / max(1, rows)
    answers = [RowAnswer(None, each, "the file that came back has no such row")] * rows
    for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        number = row.get(ROW_COLUMN) or ""
        if number.isdecimal() and int(number) < rows:
            data: dict[str, JsonValue] = {name: row.get(name) for name in fields if name in row}
            answers[int(number)] = RowAnswer({"structured_data": data}, each)
    return answers


def _row_list(result: JsonValue) -> list[Any]:
    wrapped = json_object(result) or {}
    for found in (result, *(wrapped.get(name) for name in ("results", "leads", "data"))):
        rows = json_array(found)
        if rows is not None:
            return rows
    return []


def _match(leads: Sequence[Mapping[str, JsonValue]], rows: Sequence[Any]) -> list[int | None]:
    """Return the place of each lead's row: first by echo, the same place preferred; then, if counts agree, by place."""
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
    """Return whether a row repeats every plain value of a lead."""
    found = json_object(row) or {}
    plain = {name: value for name, value in lead.items() if isinstance(value, str | int | float)}
    return bool(plain) and all(found.get(name) == value for name, value in plain.items())


def _cost(row: Any) -> float | None:
    cost = (json_object(row) or {}).get("cost_cents")
    return float(cost) if isinstance(cost, int | float) else None


def _error(row: Any) -> str | None:
    error = (json_object(row) or {}).get("error")
    return error if isinstance(error, str) and error else None
