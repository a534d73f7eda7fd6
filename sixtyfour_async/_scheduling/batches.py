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

from sixtyfour_async._scheduling.attribution import (
    MatchedBy,
    contradicts,
    match_rows,
    texts_of,
)
from sixtyfour_async._scheduling.retry import may_be_fault_of_one_row
from sixtyfour_async._scheduling.row_numbers import row_number
from sixtyfour_async.errors import CostCapError, SixtyfourError
from sixtyfour_async.models._base import json_array, json_object, read_cents
from sixtyfour_async.models.spelling import normal_key, normal_text
from sixtyfour_async.models.status_words import error_text, has_content
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
    """What the answer to a batch says of one row.

    Attributes:
        answer: The row's own answer; None when none could be attributed to it.
        cost_cents: Its part of the charge; None when the service did not report one.
        error: Why nothing came of it; None when something did.
        matched_by: What showed that the answer is the row's own; None without an answer.
        is_ambiguous: Whether the batch has an answer, a part of which may be this row's.
    """

    answer: JsonValue
    cost_cents: float | None
    error: str | None = None
    matched_by: MatchedBy | None = None
    is_ambiguous: bool = True


def no_parts(rows: int, charged: float | None, result: JsonValue, reason: str | None) -> list[RowAnswer]:
    """Return what an answer without a list of rows says of each row of a batch.

    An error, in an object of texts alone, is that of each row. Anything else may hold their answers in a form that is
    not known, and is kept whole for all of them.

    Args:
        rows: Number of rows in the batch.
        charged: What it was charged, cents.
        result: The answer.
        reason: The service's words on why there is none, as far as it has any.
    """
    each = None if charged is None else charged / max(1, rows)
    members = json_object(result)
    is_error = members is not None and not any(map(_is_container, members.values()))
    if has_content(result) and not (is_error and reason):
        return [RowAnswer(None, each, "the batch's answer holds no list of rows")] * rows
    return [RowAnswer(None, each, reason, is_ambiguous=False)] * rows


def _is_container(value: object) -> bool:
    return json_object(value) is not None or json_array(value) is not None


def split_answer(
    leads: Sequence[Mapping[str, JsonValue]],
    rows: Sequence[Any],
    charged: float | None,
    operation: str = "",
    *,
    names: Sequence[str] = (),
    by_position: bool = True,
) -> list[RowAnswer]:
    """Split the answer to a bulk submit into one for each lead.

    `match_rows` decides whose each row is. A lead without a row gets an error of its own, never another lead's answer.

    Args:
        leads: The leads, in the order in which they were sent.
        rows: The rows of the answer.
        charged: What the batch was charged, cents; None when the service did not report it.
        operation: Name of the operation that the leads were sent with, such as ``"find-email"``.
        names: The name under which each row came; none when they came in a list.
        by_position: Whether position may decide where nothing else does.
    """
    matches = match_rows(leads, rows, operation, names=names, by_position=by_position)
    own_costs = [None if match.row is None else _cost(rows[match.row]) for match in matches]
    without_cost = sum(cost is None for cost in own_costs)
    rest = None if charged is None else max(0.0, charged - sum(cost or 0.0 for cost in own_costs))
    each = None if rest is None else rest / max(1, without_cost)
    return [
        RowAnswer(None, each, match.reason)
        if match.row is None
        else RowAnswer(rows[match.row], each if cost is None else cost, _error(rows[match.row]), match.matched_by)
        for match, cost in zip(matches, own_costs, strict=True)
    ]


def split_file(
    leads: Sequence[Mapping[str, JsonValue]], text: str, fields: Collection[str], charged: float | None
) -> list[RowAnswer]:
    """Split a file that came back into one answer for each lead, by the row numbers that went out with it.

    A number that occurs twice is nobody's, and so is a row that repeats a column of its lead with another value.

    Args:
        leads: The leads, in the order of the rows that went out.
        text: The finished file, CSV.
        fields: Names of the fields asked for; each is a column.
        charged: What the file was charged, cents; every row bears an equal share.
    """
    each = None if charged is None else charged / max(1, len(leads))
    answers = [RowAnswer(None, each, "the file that came back has no such row")] * len(leads)
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = next(lines, list[str]())
    keys = [normal_key(name) for name in header]
    if ROW_COLUMN not in keys:
        return answers
    number_at = keys.index(ROW_COLUMN)  # a lead may have a column of this name too; ours is the first
    not_repeated = {ROW_COLUMN, *map(normal_key, fields)}
    repeated_names = [name for name, key in zip(header, keys, strict=True) if key not in not_repeated]
    seen: set[int] = set()
    for line in lines:
        number = row_number(normal_text(line[number_at])) if number_at < len(line) else None
        if number is None or number >= len(leads):
            continue
        cells = dict(zip(header, line, strict=False))
        repeated = texts_of({name: cells.get(name) for name in repeated_names})
        if number in seen:
            answers[number] = RowAnswer(None, each, "the file that came back has several rows of this number")
        elif contradicts(repeated, texts_of(leads[number])):
            answers[number] = RowAnswer(None, each, "the row of this number in the file that came back is another's")
        else:
            data: dict[str, JsonValue] = {name: cells.get(name) for name in fields if name in header}
            answers[number] = RowAnswer({"structured_data": data}, each, matched_by="index")
        seen.add(number)
    return answers


def _cost(row: Any) -> float | None:
    return read_cents((json_object(row) or {}).get("cost_cents"))


def _error(row: Any) -> str | None:
    error = (json_object(row) or {}).get("error")
    return error_text(error) if isinstance(error, str) else None
