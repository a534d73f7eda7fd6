"""One question about every row of a table: a value that can be kept, pickled, and asked again tomorrow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Final, cast

from pydantic import JsonValue

from sixtyfour_async.errors import InputError
from sixtyfour_async.models.struct import FieldSpec, Struct, to_struct
from sixtyfour_async.operations import Criterion, JobOperation, Request
from sixtyfour_async.questions.outcome_columns import OUTCOME_COLUMNS
from sixtyfour_async.questions.table_operations import TABLE_OPERATIONS, answer_cells, answer_columns
from sixtyfour_async.tables import Cell

ANYBODY: Final = {"name": "Ada Example", "email": "ada@example.com", "phone": "+1 555 0100"}
"""A subject with which the options of every operation can be checked before a row is read."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How messages call the parts of a question: Python has parameters, the command line flags.

    Attributes:
        fields: The requested fields.
        criteria: The criteria.
        add_field: How to request one.
        add_criterion: How to give one.
        options: Option → what it is called, where that is not ``options['name']``.
    """

    fields: str = "fields"
    criteria: str = "criteria"
    add_field: str = 'pass fields={"name": "description"}, or a struct'
    add_criterion: str = 'pass criteria={"name": "description"}'
    options: Mapping[str, str] = field(default_factory=dict[str, str])

    def name_of(self, parameter: str | None) -> str:
        """Return what a parameter of the operation is called: an option, or the fields, which are its ``struct``."""
        return self.fields if parameter == "struct" else self.option(parameter or "")

    def option(self, name: str) -> str:
        """Return what an option is called."""
        return self.options.get(name, f"options[{name!r}]")


PARAMETERS: Final = Wording()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about every row of a table.

    Attributes:
        kind: The operation by the API's own name, such as ``"company-intelligence"``; a key of `TABLE_OPERATIONS`.
        fields: Fields to find out: name → description, or ``{"description": …, "type": …}``.
        struct: In place of *fields*: a pydantic class, dataclass or TypedDict, or a mapping like *fields*.
        criteria: For qa-agent: name → description.
        options: Further fields of the operation. Shape: ``{"tier": "low", "research_plan": "…"}``.
        columns: Column → key under which it is sent; None: those are sent that the service has names for.
        key: The column that names a row; None: a row is known by what is sent about it.

    Raises:
        InputError: The parts do not fit each other or the operation.
    """

    kind: str
    fields: Mapping[str, FieldSpec] = field(default_factory=dict[str, FieldSpec])
    struct: type[Any] | Struct | None = None
    criteria: Mapping[str, str] = field(default_factory=dict[str, str])
    options: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    columns: Mapping[str, str] | None = None
    key: str | None = None

    def __post_init__(self) -> None:
        if self.struct is not None and self.fields:
            raise InputError("a question has fields or a struct, not both", field="struct")
        check_parts(self.kind, self.requested, self.criteria, self.options, PARAMETERS)
        self._check_values()

    def _check_values(self) -> None:
        try:
            self.operation_for(ANYBODY)
        except InputError as error:
            name = (error.field or "").partition(".")[0]
            if name in self.options or name == "struct":
                text = f"{PARAMETERS.name_of(name)} {error.reason}"
                raise InputError(text, field=name, reason=error.reason, remedy=error.remedy) from error

    @property
    def requested(self) -> dict[str, FieldSpec]:
        """The requested fields: name → `FieldSpec`."""
        return cast("dict[str, FieldSpec]", to_struct(self.fields if self.struct is None else self.struct))

    @property
    def variant(self) -> str:
        """What its price depends on, such as ``"company-intelligence/low"``."""
        return self.operation_for(ANYBODY).variant()

    def with_fields(self, fields: Mapping[str, FieldSpec]) -> Question:
        """Return the same question about other fields."""
        return replace(self, fields=dict(fields), struct=None)

    def operation_for(self, subject: Mapping[str, JsonValue]) -> JobOperation[Any]:
        """Return the operation that asks this question about one subject.

        Raises:
            InputError: The subject cannot be sent.
        """
        operation = TABLE_OPERATIONS[self.kind].operation
        arguments: dict[str, Any] = {operation.endpoint.subject: subject, **self.options}
        if self.struct is not None and not self.criteria:
            arguments["struct"] = self.struct
        elif self.requested:
            # An answer has exactly the requested fields, so the score of each criterion must be requested as well.
            scores = {name: f"Score for: {text}" for name, text in self.criteria.items()}
            arguments["struct"] = {**scores, **self.requested}
        if self.criteria:
            arguments["qualification_criteria"] = [
                Criterion(criteria_name=name, description=text) for name, text in self.criteria.items()
            ]
        return operation(**arguments)

    @property
    def answer_columns(self) -> tuple[str, ...]:
        """Names of the columns that an answer fills."""
        return answer_columns(self.kind, self.requested, self.criteria)

    @property
    def added_columns(self) -> tuple[str, ...]:
        """Names of all columns to add to a table; a column of the same name in the table makes one of them change."""
        return (*self.answer_columns, *OUTCOME_COLUMNS)

    def answer_cells(self, raw: JsonValue) -> tuple[Cell, ...]:
        """Return an answer as cells, one for each of `answer_columns`: the values as they were answered."""
        return answer_cells(self.kind, self.answer_columns, raw)


def check_parts(
    kind: str, fields: Collection[str], criteria: Collection[str], options: Collection[str], wording: Wording
) -> None:
    """Check that the parts of a question are there, and that its operation takes them.

    Raises:
        InputError: A field or criterion is missing, or a part does not apply to this operation.
    """
    if kind not in TABLE_OPERATIONS:
        near = get_close_matches(kind, TABLE_OPERATIONS, n=1)
        remedy = f"use one of {', '.join(TABLE_OPERATIONS)}"
        meant = f": did you mean {near[0]!r}?" if near else ""
        raise InputError(f"unknown operation {kind!r}{meant}", field="kind", remedy=remedy)
    known = TABLE_OPERATIONS[kind]
    if known.needs_fields and not fields:
        raise InputError(f"{kind} needs a field to find out", field="fields", remedy=wording.add_field)
    if fields and not known.takes_fields:
        raise InputError(f"{kind} takes no {wording.fields}: its answer has columns of its own", field="fields")
    if kind == "qa-agent" and not criteria:
        raise InputError("qa-agent needs a criterion to judge by", field="criteria", remedy=wording.add_criterion)
    if criteria and kind != "qa-agent":
        raise InputError(f"{kind} takes no {wording.criteria}: that is for qa-agent", field="criteria")
    both = {name.casefold() for name in fields} & {criterion.casefold() for criterion in criteria}
    if both:
        message = f"{wording.fields} and {wording.criteria} both name {both.pop()!r}"
        raise InputError(message, field="criteria", remedy="give them different names")
    if "tier" in options and not known.takes_tier:
        raise InputError(f"{kind} has no tiers", field="tier", remedy=f"leave {wording.option('tier')} out")
    for option in options:
        if option not in cast("type[Request]", known.operation).model_fields:
            raise InputError(f"{kind} takes no {wording.option(option)}", field=option, remedy="leave it out")
