"""The columns that an output adds to its table, and how they are recognized when the output is fed back in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Final

from sixtyfour_async.questions.sent_cells import sent_text
from sixtyfour_async.tables import Row, added_columns

OUTCOME_COLUMNS: Final = ("status", "error", "cost_cents", "confidence", "matched_by")
"""Columns that every output has after the answer's own."""

NOT_ASKED: Final = "not asked"
"""The status of a row that was never sent."""

SEVERITY: Final = (
    *("completed", "no_answer", "unmatched", "unreadable", "cancelled", "failed", "rejected", NOT_ASKED),
    *("unfinished", "lost", "unknown"),
)
"""Every status of a row in an output, the best first: of several, the last counts."""

ROWS_LOOKED_AT: Final = 1000
"""Rows of a table whose values decide whether a column is one of ours."""

_SUFFIX: Final = re.compile(r"(_answer(_\d+)?)?")
"""What `added_columns` appends to a name that was taken."""


def output_columns(
    existing: Sequence[str], answers: Sequence[str], outcome: Sequence[str] = OUTCOME_COLUMNS
) -> tuple[str, ...]:
    """Return the names of the columns that an output adds to existing ones: the answers', then how each row ended.

    Programs look for the latter by name: a field that is called like one of them gets another name, not the reverse.
    """
    names = added_columns(existing, (*outcome, *answers))
    return (*names[len(outcome) :], *names[: len(outcome)])


def own_columns(header: Sequence[str], rows: Iterable[Row], answers: Iterable[str]) -> frozenset[str]:
    """Return the columns that an earlier output added.

    A column is ours when it has the name of an outcome column and holds what we write there: a person's own ``status``
    of ``customer`` and ``lead`` is not. ``error`` holds any text, so it is ours when it stands beside a status that is;
    likewise the operation's own columns, such as ``email_status``.

    Args:
        header: The table's columns.
        rows: The table's rows; the first thousand are looked at.
        answers: Names of the columns that an answer to this question fills.
    """
    if not any(_is_named(column, "status") for column in header):
        return frozenset()
    seen = [[sent_text(cell) for cell in row.cells] for row in islice(rows, ROWS_LOOKED_AT)]

    def holds(index: int, is_ours: Callable[[str], bool]) -> bool:
        values = [cells[index] for cells in seen if cells[index]]
        return all(map(is_ours, values))

    found = {
        column: name
        for index, column in enumerate(header)
        for name, is_ours in _VALUES.items()
        if _is_named(column, name) and holds(index, is_ours)
    }
    if "status" not in found.values() or not {"cost_cents", "confidence", "matched_by"} & set(found.values()):
        return frozenset()
    return frozenset(found).union(*(_last_named(header, name) for name in ("error", *answers)))


def _last_named(header: Sequence[str], name: str) -> list[str]:
    """Return the columns of this name that an output added: beside ``email_answer``, ``email`` is the person's own."""
    named = [column for column in header if _is_named(column, name)]
    suffixed = [column for column in named if column.strip().casefold() != name.casefold()]
    return suffixed or named


def _is_named(column: str, name: str) -> bool:
    text = column.strip().casefold()
    return text.startswith(name.casefold()) and bool(_SUFFIX.fullmatch(text[len(name) :]))


def _is_number(text: str) -> bool:
    with suppress(ValueError):
        return float(text) >= 0
    return False


_VALUES: Final[Mapping[str, Callable[[str], bool]]] = {
    "status": frozenset(SEVERITY).__contains__,
    "cost_cents": _is_number,
    "confidence": _is_number,
    "matched_by": frozenset({"echo", "index", "position"}).__contains__,
}
"""Outcome column → whether a value is one that we write there."""
