"""A journal's rows as a table: each question, its answer, its status and its cost. No I/O."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sixtyfour_async._journal.base import Entry
from sixtyfour_async._runner.reading import read_outcome, restore
from sixtyfour_async.cli.enrichment import NOT_ASKED, OUTCOME_COLUMNS, TABLE_OPERATIONS, Question, output_columns
from sixtyfour_async.cli.journal_bodies import body_file
from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.tables import Cell, added_columns

KEY_COLUMNS = ("key", "operation")
"""The first columns of every export."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of an export: a journal may hold different questions, and its rows fill different ones.

    Attributes:
        subject: Keys of the subjects, in order of appearance.
        answer: Fields of the answers, in order of appearance.
        with_bodies: Whether a last column names the file of what was received.
    """

    subject: tuple[str, ...]
    answer: tuple[str, ...]
    with_bodies: bool = False

    @classmethod
    def of(cls, entries: Iterable[Entry], *, with_bodies: bool = False) -> Columns:
        """Collect the columns that these entries fill."""
        subject, answer = dict[str, None](), dict[str, None]()
        for entry in entries:
            sent = json.loads(entry.request)
            subject |= dict.fromkeys(subject_of(entry.operation, sent))
            answer |= dict.fromkeys(answer_columns(entry.operation, sent))
        return cls(tuple(subject), tuple(answer), with_bodies)

    @property
    def header(self) -> tuple[str, ...]:
        """Names of all columns; a field of the answer that is named like a key of the subject gets another name."""
        first = (*KEY_COLUMNS, *added_columns(KEY_COLUMNS, self.subject))
        last = (*OUTCOME_COLUMNS, "body_file") if self.with_bodies else OUTCOME_COLUMNS
        return (*first, *output_columns(first, self.answer, last))


def export_row(entry: Entry, columns: Columns) -> tuple[Cell, ...]:
    """Return an entry's row of the export."""
    request = json.loads(entry.request)
    subject = subject_of(entry.operation, request)
    answer: Mapping[str, Cell] = {}
    status, error, confidence = NOT_ASKED, entry.error or "", None
    if entry.state != "released":
        outcome = read_outcome(restore(entry), entry)
        status, error = outcome.status, "" if outcome.error is None else str(outcome.error)
        answer = answer_of(entry.operation, request, outcome.raw)
        confidence = (json_object(outcome.raw) or {}).get("confidence_score")
    return (
        entry.key,
        entry.operation,
        *(subject.get(name) for name in columns.subject),
        *(answer.get(name) for name in columns.answer),
        status,
        error or None,
        entry.cost_cents,
        confidence,
        entry.matched_by,
        *((body_file(entry),) if columns.with_bodies else ()),
    )


def subject_of(operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the subject of a request; every field of it when the operation cannot be run over a table."""
    known = TABLE_OPERATIONS.get(operation)
    return request if known is None else json_object(request.get(known.operation.endpoint.subject)) or {}


def answer_columns(operation: str, request: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the columns that the answer to a request fills."""
    question = _question(operation, request)
    return ("answer",) if question is None else question.answer_columns


def answer_of(operation: str, request: Mapping[str, Any], raw: Any) -> Mapping[str, Cell]:
    """Return an answer as column → cell."""
    question = _question(operation, request)
    if question is None:
        return {"answer": raw}
    return dict(zip(question.answer_columns, question.answer_cells(raw), strict=True))


def _question(operation: str, request: Mapping[str, Any]) -> Question | None:
    """Rebuild the question of a request; None when the operation cannot be run over a table."""
    if operation not in TABLE_OPERATIONS:
        return None
    criteria = [json_object(criterion) or {} for criterion in json_array(request.get("qualification_criteria")) or []]
    by_name = {str(one.get("criteria_name")): str(one.get("description")) for one in criteria}
    struct = json_object(request.get("struct")) or {}
    return Question(operation, {name: spec for name, spec in struct.items() if name not in by_name}, by_name)
