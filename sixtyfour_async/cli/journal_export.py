"""A journal's rows as a table: each question, its answer, its status and its cost. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sixtyfour_async._journal.base import Entry
from sixtyfour_async._runner.reading import read_outcome, restore
from sixtyfour_async.cli.journal_bodies import body_file
from sixtyfour_async.models._base import json_object
from sixtyfour_async.questions.outcome_columns import NOT_ASKED, OUTCOME_COLUMNS, output_columns
from sixtyfour_async.questions.stored_questions import answer_of, columns_filled_by, subject_of
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
            sent = entry.sent()
            subject |= dict.fromkeys(subject_of(entry.operation, sent))
            answer |= dict.fromkeys(columns_filled_by(entry.operation, sent))
        return cls(tuple(subject), tuple(answer), with_bodies)

    @property
    def header(self) -> tuple[str, ...]:
        """Names of all columns; a field of the answer that is named like a key of the subject gets another name."""
        first = (*KEY_COLUMNS, *added_columns(KEY_COLUMNS, self.subject))
        last = (*OUTCOME_COLUMNS, "body_file") if self.with_bodies else OUTCOME_COLUMNS
        return (*first, *output_columns(first, self.answer, last))


def export_row(entry: Entry, columns: Columns) -> tuple[Cell, ...]:
    """Return an entry's row of the export."""
    request = entry.sent()
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
