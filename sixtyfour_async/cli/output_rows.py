"""Write the output of an enrichment from its input and its journal.

The output is a function of these two. It can therefore be written again at any time, and an interrupted run leaves the
same file as a complete one, except for the rows that were never sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sixtyfour_async._journal.base import JournalReader
from sixtyfour_async._journal.places import Place, mode_of, reading
from sixtyfour_async._runner.outcomes import Outcome
from sixtyfour_async._runner.reading import read_outcome
from sixtyfour_async.cli.enrichment import Ending, Enrichment
from sixtyfour_async.cli.exit_codes import with_flags
from sixtyfour_async.cli.journal_notes import JournalNotes
from sixtyfour_async.cli.rows_to_ask import is_asked
from sixtyfour_async.cli.table_files import Output
from sixtyfour_async.errors import InputError
from sixtyfour_async.operations import JobOperation
from sixtyfour_async.questions.outcome_columns import NOT_ASKED
from sixtyfour_async.questions.parts import AskedBefore, Part
from sixtyfour_async.tables import Cell, Row

MAX_ERRORS_SHOWN = 3
"""Errors that a summary quotes."""


@dataclass(slots=True)
class OutputCounts:
    """The written output in numbers.

    Attributes:
        rows: Rows written.
        statuses: Rows per status.
        cost_cents: US cents charged for the answers; an answer that several rows share counts once.
        first_errors: The first errors, each with its row.
        notes: Which cells the output could not hold as they are, a sentence each.
        filled: Rows that had a value already, and were not to be asked.
    """

    rows: int = 0
    statuses: dict[str, int] = field(default_factory=dict[str, int])
    cost_cents: float = 0.0
    first_errors: list[str] = field(default_factory=list[str])
    notes: tuple[str, ...] = ()
    filled: int = 0

    def add(self, row: Row, status: str, error: str) -> None:
        """Count one row."""
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if error and len(self.first_errors) < MAX_ERRORS_SHOWN:
            self.first_errors.append(f"row {row.number}: {error}")


def write_output(enrichment: Enrichment, journal: Place, output: Output) -> OutputCounts:
    """Write the output, one row for each input row in the input's order, from input and journal.

    A new file gets the journal's permissions: the same people stand in both.

    Raises:
        InputError: The file cannot be written; an existing one is unchanged.
        JournalError: The journal cannot be read.
        OSError: Standard output has not taken all of it.
    """
    asked = AskedBefore(enrichment.question, JournalNotes.read(journal).field_sets)
    with reading(journal) as reader:
        rows = _OutputRows(enrichment, asked, reader)
        written = output.write(enrichment.columns, rows.cells(), mode=mode_of(journal))
    rows.counts.rows, rows.counts.notes = written.rows, written.notes
    return rows.counts


class _OutputRows:
    """The rows of an output, counted as they are read."""

    def __init__(self, enrichment: Enrichment, asked: AskedBefore, reader: JournalReader) -> None:
        self.counts = OutputCounts()
        self._enrichment = enrichment
        self._asked = asked
        self._reader = reader
        self._counted: set[str] = set()
        """Keys whose cost is in the sum already: equal rows share an answer."""

    def cells(self) -> Iterator[tuple[Cell, ...]]:
        """Yield a row for each row of the input."""
        for row in self._enrichment.table:
            ending = self._ending(row)
            self.counts.add(row, ending.status, ending.error)
            yield self._enrichment.cells(row, ending)

    def _ending(self, row: Row) -> Ending:
        if self._enrichment.is_filled(row):
            self.counts.filled += row.number <= self._enrichment.rows
            return Ending(NOT_ASKED)
        subject = self._enrichment.subject(row)
        if isinstance(subject, InputError):
            return Ending("rejected", subject.message)
        try:
            known = self._asked.lookups(subject) if self._asked.is_divided else {}
            answered = [question for key, question in known.items() if is_asked(self._reader.find(key))]
            return self._together(self._asked.divide(subject, answered))
        except InputError as error:
            return Ending("rejected", self._enrichment.mapping.located(error, row).message)

    def _together(self, parts: list[tuple[Part, JobOperation[Any]]]) -> Ending:
        endings, outcomes = list[tuple[str, str]](), list[tuple[Part, Outcome[Any]]]()
        for part, operation in parts:
            entry = self._reader.find(operation.fingerprint())
            if entry is None or entry.state == "released":
                # A released row was refused, with the service's error, or withdrawn before it was sent, without one.
                refusal = with_flags((entry and entry.error) or "")
                endings.append(("rejected" if refusal else NOT_ASKED, refusal))
                continue
            outcome: Outcome[Any] = read_outcome(operation, entry)
            endings.append((outcome.status, "" if outcome.error is None else with_flags(str(outcome.error))))
            outcomes.append((part, outcome))
            if entry.key not in self._counted:
                self._counted.add(entry.key)
                self.counts.cost_cents += entry.cost_cents or 0.0
        return Ending.of(endings, outcomes)
