"""Fields as questions of their own: which part of a question was asked before, and what is left to ask about a row.

A job answers all fields that it was asked for together, and is paid once. So the unit in a journal is a *field set*:
the fields that went out in one job. When a field is added tomorrow, a row that was asked before is asked for that field
only; a new row is asked for all of them, in one job. When the description of a field changed, it is another field.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic import JsonValue

from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.models.struct import FieldSpec
from sixtyfour_async.operations import JobOperation
from sixtyfour_async.questions.question import Question


@dataclass(frozen=True, slots=True)
class FieldSet:
    """What one job was asked for besides its subject.

    Attributes:
        fields: Field name → description or spec.
        criteria: Name → description.
        options: Option → value.
    """

    fields: Mapping[str, FieldSpec]
    criteria: Mapping[str, str]
    options: Mapping[str, JsonValue]

    @classmethod
    def of(cls, question: Question) -> FieldSet:
        """Return the field set of a job that asks a whole question."""
        return cls(dict(question.requested), dict(question.criteria), dict(question.options))

    @classmethod
    def from_json(cls, value: JsonValue) -> FieldSet:
        """Read what `as_json` returned; version 0.1 kept the same three names.

        Raises:
            ValueError: It is something else.
        """
        parts = [json_object((json_object(value) or {}).get(name)) for name in ("fields", "criteria", "options")]
        if None in parts:
            raise ValueError(f"not a field set: {value!r}")
        return cls(*cast("Any", parts))

    def as_json(self) -> dict[str, JsonValue]:
        """Return it as JSON, as a journal keeps it."""
        fields = {name: spec if isinstance(spec, str) else dict(spec) for name, spec in self.fields.items()}
        return {"fields": cast("JsonValue", fields), "criteria": dict(self.criteria), "options": dict(self.options)}

    def is_like(self, question: Question) -> bool:
        """Return whether its fields were asked in the same way: by the same criteria and options."""
        return (self.criteria, self.options) == (dict(question.criteria), dict(question.options))

    def answers(self, name: str, spec: FieldSpec) -> bool:
        """Return whether it has this field, with the same description and type."""
        return name in self.fields and self.fields[name] == spec


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a question that goes out, or went out, in one job.

    Attributes:
        question: What that job is asked.
        fields: Those of the wanted fields that are taken from its answer.
        is_new: Whether it is still to be asked.
    """

    question: Question
    fields: tuple[str, ...]
    is_new: bool = False


def earlier_questions(wanted: Question, asked: Sequence[FieldSet]) -> list[Question]:
    """Return the questions that may have answered a part of *wanted*, the newest first."""
    fields = wanted.requested
    return [
        wanted.with_fields(before.fields)
        for before in reversed(asked)
        if before.is_like(wanted) and any(before.answers(name, spec) for name, spec in fields.items())
    ]


def parts_of(wanted: Question, answered: Iterable[Question]) -> list[Part]:
    """Divide a question into the parts that one row was asked before, and the rest, which is one job.

    Args:
        wanted: The question.
        answered: Those of its `earlier_questions` that this row was asked, the newest first.
    """
    missing, parts = wanted.requested, list[Part]()
    if not missing:
        return [Part(wanted, ())]
    for question in answered:
        before = question.requested
        taken = tuple(name for name in missing if name in before and before[name] == missing[name])
        if taken:
            parts.append(Part(question, taken))
            missing = {name: spec for name, spec in missing.items() if name not in taken}
    if not parts:
        return [Part(wanted, tuple(missing), is_new=True)]
    return [Part(wanted.with_fields(missing), tuple(missing), is_new=True), *parts] if missing else parts


def changed_fields(wanted: Question, asked: Sequence[FieldSet]) -> dict[str, Question]:
    """Return the fields that were asked before under another description, each with the question that asked it."""
    fields, found = wanted.requested, dict[str, Question]()
    for before in asked:
        if before.is_like(wanted):
            known = fields.keys() & before.fields.keys()
            found |= {name: wanted.with_fields(before.fields) for name in known}
    same = {name for before in asked if before.is_like(wanted) for name in fields if before.answers(name, fields[name])}
    return {name: question for name, question in found.items() if name not in same}


def changed_options(wanted: Question, asked: Collection[FieldSet]) -> list[str]:
    """Return the options, and ``criteria``, that differ from everything that was asked before."""
    if not asked or any(before.is_like(wanted) for before in asked):
        return []
    last = list(asked)[-1]
    options = sorted(last.options.keys() | wanted.options.keys())
    changed = [name for name in options if last.options.get(name) != wanted.options.get(name)]
    return [*changed, *(["criteria"] if last.criteria != dict(wanted.criteria) else [])]


def read_field_sets(value: JsonValue) -> list[FieldSet]:
    """Read a list of field sets.

    Raises:
        ValueError: It is something else.
    """
    listed = json_array(value)
    if listed is None:
        raise ValueError("not a list of field sets")
    return [FieldSet.from_json(one) for one in listed]


class AskedBefore:
    """The field sets that a journal was asked so far, and how they divide a question for each row.

    Args:
        wanted: The question.
        field_sets: What was asked so far, the oldest first.
    """

    def __init__(self, wanted: Question, field_sets: Iterable[FieldSet] = ()) -> None:
        self.wanted = wanted
        self.field_sets = [*field_sets]
        self._earlier = earlier_questions(wanted, self.field_sets)

    @property
    def is_divided(self) -> bool:
        """Whether a row may have been asked a part of the question only; if not, a row's question is one job."""
        return any(question.requested != self.wanted.requested for question in self._earlier)

    def add(self, question: Question) -> bool:
        """Remember what is about to be asked; return whether it is new, and must be kept before it is sent."""
        asked = FieldSet.of(question)
        if asked in self.field_sets:
            return False
        self.field_sets.append(asked)
        self._earlier = earlier_questions(self.wanted, self.field_sets)
        return True

    def lookups(self, subject: Mapping[str, JsonValue]) -> dict[str, Question]:
        """Return the fingerprints under which a journal may know a row, each with its question, the newest first.

        Raises:
            InputError: The subject cannot be sent.
        """
        return {question.operation_for(subject).fingerprint(): question for question in self._earlier}

    def divide(
        self, subject: Mapping[str, JsonValue], answered: Iterable[Question]
    ) -> list[tuple[Part, JobOperation[Any]]]:
        """Return the parts of the question about one row, each with its operation.

        Args:
            subject: The row's subject.
            answered: Those of its `lookups` that the journal knows.

        Raises:
            InputError: The subject cannot be sent.
        """
        return [(part, part.question.operation_for(subject)) for part in parts_of(self.wanted, answered)]
