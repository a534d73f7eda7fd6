"""A table and a question: which operation each row becomes, and which cells its outcome becomes.

No input or output of its own besides reading the table. Nothing of the input is lost: each input row gives one output
row, in order, with every input cell, whatever became of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pydantic import JsonValue

from sixtyfour_async._runner.outcomes import Outcome
from sixtyfour_async.cli.subjects import SubjectMap
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
    ResearchAgent,
    ReverseEmail,
    ReversePhone,
)
from sixtyfour_async.tables import Row, Table, added_columns

Asked: TypeAlias = JobOperation[Any]

OUTCOME_COLUMNS = ("status", "error", "cost_cents", "confidence")
"""Columns every output has besides the answer's own."""

NOT_ASKED = "not asked"
"""The status of a row that the run never came to."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One operation as a table can ask it: its class, the answer's own columns, what it may be told."""

    operation: type[Asked]
    columns: tuple[str, ...] = ()
    wants_fields: bool = False
    takes_fields: bool = False
    takes_tier: bool = False


KINDS: Mapping[str, Kind] = {
    "company-intelligence": Kind(CompanyIntelligence, (), True, True, True),
    "people-intelligence": Kind(PeopleIntelligence, (), True, True, True),
    "find-email": Kind(FindEmail, ("email", "email_status", "email_type")),
    "find-phone": Kind(FindPhone, ("phone", "phone_region")),
    "reverse-email": Kind(ReverseEmail, ("name", "title", "company", "linkedin", "answer")),
    "reverse-phone": Kind(ReversePhone, ("name", "title", "company", "linkedin", "answer")),
    "qa-agent": Kind(QAAgent, ("notes",), False, True),
    "research-agent": Kind(ResearchAgent, (), True, True),
}
"""What `sixtyfour run` takes, by the API's own names."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about every row.

    Attributes:
        kind: The operation's name, a key of `KINDS`.
        fields: Field name → description, or ``{"description", "type"}``.
        criteria: For qa-agent: name → description.
        options: Further fields of the operation, such as ``{"tier": "low"}``.
    """

    kind: str
    fields: Mapping[str, FieldSpec] = field(default_factory=dict[str, FieldSpec])
    criteria: Mapping[str, str] = field(default_factory=dict[str, str])
    options: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])

    def check(self) -> None:
        """Say what is missing or out of place.

        Raises:
            InputError: The kind wants fields or criteria that were not given, or takes none.
        """
        kind = KINDS[self.kind]
        if kind.wants_fields and not self.fields:
            raise InputError(
                f"{self.kind} must be told what to find out", remedy='give --field "name=description" at least once'
            )
        if self.fields and not kind.takes_fields:
            raise InputError(f"{self.kind} takes no --field: it answers with its own columns")
        if self.kind == "qa-agent" and not self.criteria:
            raise InputError("qa-agent judges by criteria", remedy='give --criterion "name=description" at least once')
        if self.criteria and self.kind != "qa-agent":
            raise InputError(f"{self.kind} takes no --criterion: that is for qa-agent")
        if "tier" in self.options and not kind.takes_tier:
            raise InputError(f"{self.kind} has no tiers", remedy="leave --tier out")

    def about(self, subject: Mapping[str, JsonValue]) -> Asked:
        """Make the operation for one subject."""
        kind = KINDS[self.kind]
        arguments: dict[str, Any] = {kind.operation.endpoint.subject: subject, **self.options}
        if self.fields:
            arguments["struct"] = self.fields
        if self.criteria:
            arguments["qualification_criteria"] = [
                Criterion(criteria_name=name, description=text) for name, text in self.criteria.items()
            ]
        return kind.operation(**arguments)

    @property
    def answer_columns(self) -> tuple[str, ...]:
        """Names of the columns that an answer fills."""
        return (*self.fields, *self.criteria, *KINDS[self.kind].columns)

    @property
    def added_columns(self) -> tuple[str, ...]:
        """What an output adds to its input, under the names it would like to use."""
        return (*self.answer_columns, *OUTCOME_COLUMNS)

    def answer_cells(self, raw: JsonValue) -> tuple[str, ...]:
        """An answer as cells, one for each of `answer_columns`."""
        answer = json_object(raw) or {}
        data = json_object(answer.get("structured_data")) or {}
        if self.kind == "find-email":
            return _first(answer.get("email") or answer.get("personal_email"), ("0", "1", "2"))
        if self.kind == "find-phone":
            return _first(answer.get("phone"), ("number", "region"))
        own = {**answer, "answer": answer or None}
        return tuple(
            as_cell(data[name] if name in data else own.get(name) if name in KINDS[self.kind].columns else None)
            for name in self.answer_columns
        )


def parse_field(text: str) -> tuple[str, FieldSpec]:
    """Read ``name=description`` or ``name:type=description``.

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
    """Read ``name=value`` of an option such as ``--criterion``."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not (name and equals and value):
        raise InputError(f"{option} {text!r} is not name=value")
    return name, value


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table, a question, and how the one becomes the other.

    Attributes:
        table: The input.
        question: What is asked.
        subjects: Which column becomes which key.
        limit: Rows to ask about, the first ones; None for all.
        added: Names of the columns that the output adds, in order.
    """

    table: Table
    question: Question
    subjects: SubjectMap
    limit: int | None
    added: tuple[str, ...]

    @classmethod
    def plan(
        cls,
        table: Table,
        question: Question,
        *,
        skip: Sequence[str] = (),
        rename: Mapping[str, str] | None = None,
        limit: int | None = None,
    ) -> Sheet:
        """Match a table with a question.

        Raises:
            InputError: No column identifies the subject, or an option names a column that is not there.
        """
        subjects = SubjectMap.plan(
            question.kind, table.columns, skip=skip, asked_fields=tuple(question.fields), rename=rename
        )
        return cls(table, question, subjects, limit, added_columns(table.columns, question.added_columns))

    @property
    def columns(self) -> tuple[str, ...]:
        """The output's header."""
        return (*self.table.columns, *self.added)

    @property
    def rows(self) -> int:
        """How many rows are asked about."""
        return self.table.rows if self.limit is None else min(self.limit, self.table.rows)

    def operation(self, row: Row) -> Asked | InputError:
        """What a row asks, or why it cannot be asked."""
        problem = self.subjects.problem(row)
        if problem is not None:
            return problem
        try:
            return self.question.about(self.subjects.subject(row))
        except InputError as error:
            return InputError(
                error.reason, row=row.number, column=self.subjects.column_of(error.field), remedy=error.remedy
            )

    def asked(self) -> Iterator[tuple[Row, Asked | InputError]]:
        """Rows with what they ask, read lazily, up to the limit."""
        for row in self.table:
            if row.number > self.rows:
                return
            yield row, self.operation(row)

    def problems(self) -> Iterator[InputError]:
        """Every row that cannot be asked."""
        return (asked for _, asked in self.asked() if isinstance(asked, InputError))

    def cells(self, row: Row, status: str, error: str, outcome: Outcome[Any] | None = None) -> tuple[str, ...]:
        """One row of the output: every input cell, the answer if there is an outcome, and how it ended."""
        if outcome is None:
            return (*row.cells, *("",) * len(self.question.answer_columns), status, error, "", "")
        confidence = (json_object(outcome.raw) or {}).get("confidence_score")
        answer = self.question.answer_cells(outcome.raw)
        return (*row.cells, *answer, status, error, as_cell(outcome.cost_cents), as_cell(confidence))


def as_cell(value: object) -> str:
    """Write one JSON value as a cell: text as it is, nothing for null, whole numbers without a point, else JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def _first(found: object, keys: Sequence[str]) -> tuple[str, ...]:
    """The first address or number as cells; a text, a list, or an object as the service sends them."""
    many = json_array(found)
    one = many[0] if many else (None if many is not None else found)
    parts = json_array(one)
    if parts is not None:
        return tuple(as_cell(part) for part in [*parts, *[None] * len(keys)][: len(keys)])
    named = json_object(one)
    if named is not None:
        return tuple(as_cell(named.get(key)) for key in keys)
    return (as_cell(one), *[""] * (len(keys) - 1))
