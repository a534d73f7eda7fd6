"""An enrichment is a table and a question: it makes operations of each input row, and output cells of their outcomes.

The only I/O is reading the table. Nothing of the input is lost: each input row gives one output row, in order, with
every input cell, whatever its outcome.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import JsonValue

from sixtyfour_async._runner.outcomes import Outcome
from sixtyfour_async.errors import InputError
from sixtyfour_async.models._base import json_object
from sixtyfour_async.operations import JobOperation
from sixtyfour_async.questions.column_mapping import ColumnMapping
from sixtyfour_async.questions.outcome_columns import SEVERITY, output_columns, own_columns
from sixtyfour_async.questions.parts import Part
from sixtyfour_async.questions.question import Question, Wording
from sixtyfour_async.questions.row_operations import row_operation
from sixtyfour_async.questions.sent_cells import is_meaningful, sent_text
from sixtyfour_async.tables import Cell, Row, Table

FLAGS: Final = Wording(
    fields="--field",
    criteria="--criterion",
    add_field='add --field "name=description"',
    add_criterion='add --criterion "name=description"',
    options={"tier": "--tier", "mode": "--mode", "research_plan": "--plan"},
)
"""How the command line calls the parts of a question."""

EVIDENCE: Final = ("echo", "index", "position")
"""What may show that a part of a shared answer is a row's, the strongest first."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a row stands in the output, all parts of its question taken together.

    Attributes:
        status: The worst of its parts'.
        error: The errors of its parts, joined.
        outcomes: The parts that were sent, each with its outcome.
    """

    status: str
    error: str = ""
    outcomes: tuple[tuple[Part, Outcome[Any]], ...] = ()

    @classmethod
    def of(cls, endings: Sequence[tuple[str, str]], outcomes: Sequence[tuple[Part, Outcome[Any]]]) -> Ending:
        """Take parts together, given their statuses and errors, and the outcomes of those that were sent."""
        errors = dict.fromkeys(error for _, error in endings if error)
        return cls(max((status for status, _ in endings), key=SEVERITY.index), "; ".join(errors), tuple(outcomes))


@dataclass(frozen=True, slots=True)
class Enrichment:
    """A table, the question to ask about its rows, and how columns become keys and answers become columns.

    Attributes:
        table: The input.
        question: What to ask.
        mapping: Which column is sent under which key.
        limit: How many rows to ask about, from the first; None for all.
        added: Names of the columns that the output adds, in order.
        only_empty: Index of a column; rows that have a value in it are not asked. None: all are.
    """

    table: Table
    question: Question
    mapping: ColumnMapping
    limit: int | None
    added: tuple[str, ...]
    only_empty: int | None = None

    @classmethod
    def of(
        cls,
        table: Table,
        question: Question,
        *,
        limit: int | None = None,
        only_empty: str | None = None,
        rename: Mapping[str, str] | None = None,
        skip: Collection[str] = (),
        send: Collection[str] = (),
        send_all: bool = False,
        kept: Mapping[str, str] | None = None,
    ) -> Enrichment:
        """Match a table with a question; the arguments after *only_empty* are those of `ColumnMapping.from_header`.

        Raises:
            InputError: No column identifies the subject, or an option names a column that the table does not have.
        """
        mapping = ColumnMapping.from_header(
            question.kind,
            table.columns,
            skip=skip,
            requested_fields=tuple(question.requested),
            rename=rename,
            send=send,
            send_all=send_all,
            own=own_columns(table.columns, table, question.answer_columns),
            kept=kept,
        )
        added = output_columns(table.columns, question.answer_columns)
        empty = None if only_empty is None else mapping.index_of(only_empty, "--only-empty")
        return cls(table, question, mapping, limit, added, empty)

    @property
    def columns(self) -> tuple[str, ...]:
        """The output's header."""
        return (*self.table.columns, *self.added)

    def renamed_columns(self) -> list[str]:
        """Return a sentence for each column of the output that has another name than its answer, and why."""
        wanted = self.question.added_columns
        existing = {column.strip().casefold() for column in self.table.columns}
        lines: list[str] = []
        for name, added in zip(wanted, self.added, strict=True):
            if name != added:
                whose = "the input" if name.strip().casefold() in existing else "the output"
                lines.append(f"{name} goes to column {added}: {whose} has a column {name}")
        return lines

    @property
    def rows(self) -> int:
        """How many rows to ask about."""
        return self.table.rows if self.limit is None else min(self.limit, self.table.rows)

    def rows_to_ask(self) -> Iterator[Row]:
        """Yield the rows that are asked about; the table is read lazily."""
        for row in self.table:
            if row.number > self.rows:
                return
            if not self.is_filled(row):
                yield row

    def is_filled(self, row: Row) -> bool:
        """Return whether a row has a value already in the column of ``--only-empty``."""
        return self.only_empty is not None and is_meaningful(sent_text(row.cells[self.only_empty]))

    def subject(self, row: Row) -> dict[str, JsonValue] | InputError:
        """Return what is sent about a row, or why it must not be sent."""
        return self.mapping.problem(row) or dict[str, JsonValue](self.mapping.subject(row))

    def operation(self, row: Row) -> JobOperation[Any] | InputError:
        """Return the operation that asks the whole question about a row, or why it must not be sent."""
        return row_operation(self.question, self.mapping, row)

    def problems(self) -> Iterator[InputError]:
        """Yield why rows cannot be sent, one error for each such row."""
        operations = (self.operation(row) for row in self.rows_to_ask())
        return (problem for problem in operations if isinstance(problem, InputError))

    def cells(self, row: Row, ending: Ending) -> tuple[Cell, ...]:
        """Return a row of the output: every input cell, the answers, and how the row ended."""
        answer = dict[str, Cell]()
        for part, outcome in reversed(ending.outcomes):  # a later part's own columns win over an earlier one's
            names = part.question.answer_columns
            cells = dict(zip(names, part.question.answer_cells(outcome.raw), strict=True))
            fields = part.question.requested
            answer |= {name: cell for name, cell in cells.items() if name in part.fields or name not in fields}
        outcomes = [outcome for _, outcome in ending.outcomes]
        return (
            *row.cells,
            *(answer.get(name) for name in self.question.answer_columns),
            ending.status,
            ending.error or None,
            _total([outcome.cost_cents for outcome in outcomes]),
            _lowest([(json_object(outcome.raw) or {}).get("confidence_score") for outcome in outcomes]),
            max(filter(None, (outcome.matched_by for outcome in outcomes)), key=EVIDENCE.index, default=None),
        )


def _total(cents: Sequence[float | None]) -> float | None:
    known = [amount for amount in cents if amount is not None]
    return sum(known) if known else None


def _lowest(scores: Sequence[JsonValue]) -> JsonValue:
    """Return the lowest confidence; a single one as it came, whatever it is."""
    given = [score for score in scores if score is not None]
    numbers = [score for score in given if isinstance(score, int | float)]
    return min(numbers) if len(numbers) > 1 else given[0] if given else None
