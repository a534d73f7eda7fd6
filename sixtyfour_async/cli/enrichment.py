"""An enrichment is a table and a question: it makes an operation of each input row, and output cells of its outcome.

The only I/O is reading the table. Nothing of the input is lost: each input row gives one output row, in order, with
every input cell, whatever its outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from pydantic import JsonValue

from sixtyfour_async._runner.outcomes import Outcome
from sixtyfour_async.cli.column_mapping import ColumnMapping
from sixtyfour_async.errors import InputError
from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.models.struct import TYPES, FieldSpec
from sixtyfour_async.operations import (
    CompanyIntelligence,
    Criterion,
    FindEmail,
    FindPhone,
    JobOperation,
    PeopleIntelligence,
    QAAgent,
    Request,
    ResearchAgent,
    ReverseEmail,
    ReversePhone,
)
from sixtyfour_async.tables import Cell, Row, Table, added_columns

T = TypeVar("T")

OUTCOME_COLUMNS = ("status", "error", "cost_cents", "confidence", "matched_by")
"""Columns that every output has after the answer's own."""

NOT_ASKED = "not asked"
"""The status of a row that was never sent."""


FLAGS: Final[Mapping[str, str]] = {"tier": "--tier", "mode": "--mode", "research_plan": "--plan"}
"""Option of a question → the flag that sets it."""


@dataclass(frozen=True, slots=True)
class TableOperation:
    """An operation that can be run over a table.

    Attributes:
        operation: Its class.
        columns: Columns that its answer fills besides the requested fields and criteria.
        needs_fields: Whether at least one ``--field`` is required.
        takes_fields: Whether ``--field`` is allowed.
        takes_tier: Whether ``--tier`` is allowed.
    """

    operation: type[JobOperation[Any]]
    columns: tuple[str, ...] = ()
    needs_fields: bool = False
    takes_fields: bool = False
    takes_tier: bool = False


REVERSE_COLUMNS = ("name", "title", "company", "linkedin", "answer")
TABLE_OPERATIONS: Mapping[str, TableOperation] = {
    "company-intelligence": TableOperation(CompanyIntelligence, needs_fields=True, takes_fields=True, takes_tier=True),
    "people-intelligence": TableOperation(PeopleIntelligence, needs_fields=True, takes_fields=True, takes_tier=True),
    "find-email": TableOperation(FindEmail, ("email", "email_status", "email_type")),
    "find-phone": TableOperation(FindPhone, ("phone", "phone_region")),
    "reverse-email": TableOperation(ReverseEmail, REVERSE_COLUMNS),
    "reverse-phone": TableOperation(ReversePhone, REVERSE_COLUMNS),
    "qa-agent": TableOperation(QAAgent, ("notes",), takes_fields=True),
    "research-agent": TableOperation(ResearchAgent, needs_fields=True, takes_fields=True),
}
"""What ``sixtyfour run`` accepts, by the API's own names."""


@dataclass(frozen=True, slots=True)
class Question:
    """The question put to the service for every row.

    Attributes:
        operation: The operation's name, a key of `TABLE_OPERATIONS`.
        fields: Field name → description, or ``{"description", "type"}``.
        criteria: For qa-agent: name → description.
        options: Further fields of the operation, such as ``{"tier": "low"}``.
    """

    operation: str
    fields: Mapping[str, FieldSpec] = field(default_factory=dict[str, FieldSpec])
    criteria: Mapping[str, str] = field(default_factory=dict[str, str])
    options: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])

    def check(self) -> None:
        """Check that the options fit the operation.

        Raises:
            InputError: A field or criterion is missing, or an option does not apply to this operation.
        """
        name, known = self.operation, TABLE_OPERATIONS[self.operation]
        if known.needs_fields and not self.fields:
            raise InputError(f"{name} needs a field to find out", remedy='add --field "name=description"')
        if self.fields and not known.takes_fields:
            raise InputError(f"{name} takes no --field: its answer has columns of its own")
        if name == "qa-agent" and not self.criteria:
            raise InputError("qa-agent needs a criterion to judge by", remedy='add --criterion "name=description"')
        if self.criteria and name != "qa-agent":
            raise InputError(f"{name} takes no --criterion: that is for qa-agent")
        both = {field.casefold() for field in self.fields} & {criterion.casefold() for criterion in self.criteria}
        if both:
            raise InputError(f"--field and --criterion both name {both.pop()!r}", remedy="give them different names")
        if "tier" in self.options and not known.takes_tier:
            raise InputError(f"{name} has no tiers", remedy="leave --tier out")
        for option in self.options:
            if option not in cast("type[Request]", known.operation).model_fields:
                raise InputError(f"{name} takes no {FLAGS[option]}", remedy="leave it out")
        self._check_options()

    def _check_options(self) -> None:
        """Check the words of the options, which are the same for every row, before any row is read."""
        anybody = {"name": "Ada Example", "email": "ada@example.com", "phone": "+1 555 0100"}
        try:
            self.operation_for(anybody)
        except InputError as error:
            flag = FLAGS.get(error.field or "")
            if flag is not None:
                raise InputError(f"{flag} {error.reason}") from error

    def operation_for(self, subject: Mapping[str, JsonValue]) -> JobOperation[Any]:
        """Return the operation that asks this question about one subject."""
        operation = TABLE_OPERATIONS[self.operation].operation
        arguments: dict[str, Any] = {operation.endpoint.subject: subject, **self.options}
        if self.fields:
            # An answer has exactly the requested fields, so the score of each criterion must be requested as well.
            scores = {name: f"Score for: {text}" for name, text in self.criteria.items()}
            arguments["struct"] = {**scores, **self.fields}
        if self.criteria:
            arguments["qualification_criteria"] = [
                Criterion(criteria_name=name, description=text) for name, text in self.criteria.items()
            ]
        return operation(**arguments)

    @property
    def answer_columns(self) -> tuple[str, ...]:
        """Names of the columns that an answer fills."""
        return (*self.fields, *self.criteria, *TABLE_OPERATIONS[self.operation].columns)

    @property
    def added_columns(self) -> tuple[str, ...]:
        """Names of all columns to add to the input; an input column of the same name makes `Enrichment` change one."""
        return (*self.answer_columns, *OUTCOME_COLUMNS)

    def answer_cells(self, raw: JsonValue) -> tuple[Cell, ...]:
        """Return an answer as cells, one for each of `answer_columns`: the values as they were answered."""
        answer = json_object(raw) or {}
        data = json_object(answer.get("structured_data")) or {}
        if self.operation == "find-email":
            return _first_contact(answer.get("email") or answer.get("personal_email"), ("0", "1", "2"))
        if self.operation == "find-phone":
            return _first_contact(answer.get("phone"), ("number", "region"))
        # A requested field is looked up in structured_data only: a top-level key of the same name is not its answer.
        whole = {**answer, "answer": answer or None}
        own = TABLE_OPERATIONS[self.operation].columns
        return tuple(
            data[name] if name in data else whole.get(name) if name in own else None for name in self.answer_columns
        )


def parse_field(text: str) -> tuple[str, FieldSpec]:
    """Parse ``name=description`` or ``name:type=description``.

    Raises:
        InputError: No name, no description, or a type that the service does not document.
    """
    name_and_type, equals, description = text.partition("=")
    name, colon, word = (part.strip() for part in name_and_type.partition(":"))
    if not (name and equals and description.strip()):
        raise InputError(f"--field {text!r} is not name=description", remedy='such as "employees:int=Head count"')
    if not colon:
        return name, description.strip()
    if word not in TYPES:
        raise InputError(f"--field {text!r}: unknown type {word!r}", remedy=f"one of {', '.join(sorted(TYPES))}")
    return name, {"description": description.strip(), "type": word}


def parse_pair(option: str, text: str) -> tuple[str, str]:
    """Parse ``name=value`` of an option such as ``--criterion``."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not (name and equals and value):
        raise InputError(f"{option} {text!r} is not name=value")
    return name, value


def by_name(option: str, pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    """Return the pairs of a repeated option by name.

    Raises:
        InputError: A name is given twice: one of the two would be dropped.
    """
    found: dict[str, T] = {}
    for name, value in pairs:
        same = next((other for other in found if other.casefold() == name.casefold()), None)
        if same is not None:
            remedy = "give each name once, in one spelling"
            raise InputError(
                f"{option} {name!r} is given twice" + (f", also as {same!r}" * (same != name)), remedy=remedy
            )
        found[name] = value
    return found


def parse_number(option: str, text: str) -> tuple[str, float]:
    """Parse ``name=0.01`` of an option such as ``--fault``."""
    name, number = parse_pair(option, text)
    try:
        return name, float(number)
    except ValueError as error:
        raise InputError(f"{option} {text!r}: {number!r} is not a number") from error


@dataclass(frozen=True, slots=True)
class Enrichment:
    """A table, the question to ask about its rows, and how columns become keys and answers become columns.

    Attributes:
        table: The input.
        question: What to ask.
        mapping: Which column is sent under which key.
        limit: How many rows to ask about, from the first; None for all.
        added: Names of the columns that the output adds, in order.
    """

    table: Table
    question: Question
    mapping: ColumnMapping
    limit: int | None
    added: tuple[str, ...]

    @classmethod
    def of(
        cls,
        table: Table,
        question: Question,
        *,
        skip: Sequence[str] = (),
        rename: Mapping[str, str] | None = None,
        limit: int | None = None,
    ) -> Enrichment:
        """Match a table with a question.

        Raises:
            InputError: No column identifies the subject, or an option names a column that the table does not have.
        """
        mapping = ColumnMapping.from_header(
            question.operation, table.columns, skip=skip, requested_fields=tuple(question.fields), rename=rename
        )
        return cls(table, question, mapping, limit, output_columns(table.columns, question.answer_columns))

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

    def operation(self, row: Row) -> JobOperation[Any] | InputError:
        """Return the operation of a row, or why it must not be sent."""
        problem = self.mapping.problem(row)
        if problem is not None:
            return problem
        try:
            return self.question.operation_for(self.mapping.subject(row))
        except InputError as error:
            column = self.mapping.column_of(error.field)
            return InputError(error.reason, row=row.number, column=column, remedy=error.remedy)

    def operations(self) -> Iterator[JobOperation[Any] | InputError]:
        """Yield `operation` of each row up to the limit; the table is read lazily."""
        for row in self.table:
            if row.number > self.rows:
                return
            yield self.operation(row)

    def sendable(self) -> Iterator[JobOperation[Any]]:
        """Yield the operations of the rows that can be sent."""
        return (operation for operation in self.operations() if not isinstance(operation, InputError))

    def problems(self) -> Iterator[InputError]:
        """Yield why rows cannot be sent, one error for each such row."""
        return (problem for problem in self.operations() if isinstance(problem, InputError))

    def cells(self, row: Row, status: str, error: str, outcome: Outcome[Any] | None = None) -> tuple[Cell, ...]:
        """Return a row of the output: every input cell, the answer if there is an outcome, and how it ended."""
        if outcome is None:
            return (*row.cells, *(None,) * len(self.question.answer_columns), status, error or None, None, None, None)
        confidence = (json_object(outcome.raw) or {}).get("confidence_score")
        answer = self.question.answer_cells(outcome.raw)
        return (*row.cells, *answer, status, error or None, outcome.cost_cents, confidence, outcome.matched_by)


def output_columns(
    existing: Sequence[str], answers: Sequence[str], outcome: Sequence[str] = OUTCOME_COLUMNS
) -> tuple[str, ...]:
    """Return the names of the columns that an output adds to existing ones: the answers', then how each row ended.

    Programs look for the latter by name: a field that is called like one of them gets another name, not the reverse.
    """
    names = added_columns(existing, (*outcome, *answers))
    return (*names[len(outcome) :], *names[: len(outcome)])


def _first_contact(found: JsonValue, keys: Sequence[str]) -> tuple[Cell, ...]:
    """Return the first address or number of an answer as cells.

    Several shapes are documented, and all are read: a text, an object, or a list of texts, of objects, or of lists such
    as ``["ada@acme.example", "OK", "COMPANY"]``.
    """
    listed = json_array(found)
    first = listed[0] if listed else (None if listed is not None else found)
    parts = json_array(first)
    if parts is not None:
        return tuple([*parts, *[None] * len(keys)][: len(keys)])
    named = json_object(first)
    if named is not None:
        return tuple(named.get(key) for key in keys)
    return (first, *[None] * (len(keys) - 1))
