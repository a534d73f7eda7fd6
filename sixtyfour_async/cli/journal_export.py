"""A journal's rows as a table: what was asked, what came back, how it ended. Decisions only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sixtyfour_async._journal.base import Entry
from sixtyfour_async._runner.reading import read_outcome, restore
from sixtyfour_async.cli.enrichment import KINDS, NOT_ASKED, OUTCOME_COLUMNS, Question, as_cell
from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.tables import added_columns

OWN_COLUMNS = ("key", "operation")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a journal's rows have between them: the subjects' keys, then the answers' fields."""

    subject: tuple[str, ...]
    answer: tuple[str, ...]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Columns:
        """Collect them, in the order in which they come up."""
        subject, answer = dict[str, None](), dict[str, None]()
        for entry in entries:
            sent = json.loads(entry.request)
            subject |= dict.fromkeys(subject_of(entry.operation, sent))
            answer |= dict.fromkeys(answer_columns(entry.operation, sent))
        return cls(tuple(subject), tuple(answer))

    @property
    def header(self) -> tuple[str, ...]:
        """Every column's name; an answer's field that is called like a key of the subject gets another one."""
        first = (*OWN_COLUMNS, *added_columns(OWN_COLUMNS, self.subject))
        return (*first, *added_columns(first, (*self.answer, *OUTCOME_COLUMNS)))


def written(entry: Entry, columns: Columns) -> tuple[str, ...]:
    """Write one row."""
    sent = json.loads(entry.request)
    subject = subject_of(entry.operation, sent)
    answer: Mapping[str, str] = {}
    status, told, confidence = NOT_ASKED if entry.state == "released" else entry.state, entry.error or "", None
    if entry.state != "released":
        outcome = read_outcome(restore(entry), entry)
        status, told = outcome.status, "" if outcome.error is None else str(outcome.error)
        answer = answer_of(entry.operation, sent, outcome.raw)
        confidence = (json_object(outcome.raw) or {}).get("confidence_score")
    return (
        entry.key,
        entry.operation,
        *(as_cell(subject.get(name)) for name in columns.subject),
        *(answer.get(name, "") for name in columns.answer),
        status,
        told,
        as_cell(entry.cost_cents),
        as_cell(confidence),
    )


def subject_of(operation: str, sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """Find what a request is about: the subject's keys, or every field of a question that has no subject."""
    kind = KINDS.get(operation)
    return sent if kind is None else json_object(sent.get(kind.operation.endpoint.subject)) or {}


def _question(operation: str, sent: Mapping[str, Any]) -> Question | None:
    if operation not in KINDS:
        return None
    criteria = [json_object(criterion) or {} for criterion in json_array(sent.get("qualification_criteria")) or []]
    named = {str(one.get("criteria_name")): str(one.get("description")) for one in criteria}
    return Question(operation, json_object(sent.get("struct")) or {}, named)


def answer_columns(operation: str, sent: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the columns that an answer to a request fills."""
    question = _question(operation, sent)
    return ("answer",) if question is None else question.answer_columns


def answer_of(operation: str, sent: Mapping[str, Any], raw: Any) -> Mapping[str, str]:
    """Write an answer as column → cell."""
    question = _question(operation, sent)
    if question is None:
        return {"answer": as_cell(raw)}
    return dict(zip(question.answer_columns, question.answer_cells(raw), strict=True))
