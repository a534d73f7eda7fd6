"""The operations that can be asked about each row of a table, and the columns that their answers fill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import JsonValue

from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.operations import (
    CompanyIntelligence,
    FindEmail,
    FindPhone,
    JobOperation,
    PeopleIntelligence,
    QAAgent,
    ResearchAgent,
    ReverseEmail,
    ReversePhone,
)
from sixtyfour_async.tables import Cell


@dataclass(frozen=True, slots=True)
class TableOperation:
    """An operation that can be run over a table.

    Attributes:
        operation: Its class.
        columns: Columns that its answer fills besides the requested fields and criteria.
        needs_fields: Whether at least one field must be requested.
        takes_fields: Whether fields can be requested.
        takes_tier: Whether it has tiers.
    """

    operation: type[JobOperation[Any]]
    columns: tuple[str, ...] = ()
    needs_fields: bool = False
    takes_fields: bool = False
    takes_tier: bool = False


REVERSE_COLUMNS: Final = ("name", "title", "company", "linkedin", "answer")
TABLE_OPERATIONS: Final[Mapping[str, TableOperation]] = {
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


def answer_columns(kind: str, fields: Iterable[str], criteria: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the columns that an answer fills: the fields', the criteria's, the operation's own."""
    return (*fields, *criteria, *TABLE_OPERATIONS[kind].columns)


def answer_cells(kind: str, columns: Sequence[str], raw: JsonValue) -> tuple[Cell, ...]:
    """Return an answer as cells, one for each of its `answer_columns`: the values as they were answered."""
    answer = json_object(raw) or {}
    data = json_object(answer.get("structured_data")) or {}
    if kind == "find-email":
        return _first_contact(answer.get("email") or answer.get("personal_email"), ("0", "1", "2"))
    if kind == "find-phone":
        return _first_contact(answer.get("phone"), ("number", "region"))
    # A requested field is looked up in structured_data only: a top-level key of the same name is not its answer.
    own = TABLE_OPERATIONS[kind].columns
    return tuple([data[name] if name in data else _own(answer, name) if name in own else None for name in columns])


def _own(answer: dict[str, Any], name: str) -> JsonValue:
    """Return a column of the operation's own; one that is called ``answer`` is the whole of it."""
    return answer.get(name) if name != "answer" else answer or None


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
