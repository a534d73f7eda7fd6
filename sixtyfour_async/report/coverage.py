"""How often each field that was asked for was found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import JsonValue

from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.models.status_words import has_content
from sixtyfour_async.questions.stored_questions import answer_of, columns_filled_by

MAX_FIELDS: Final = 1000
"""Fields that are counted; journals of programs that make up field names would fill the memory otherwise."""


@dataclass(slots=True)
class FieldCoverage:
    """A field of an operation's answers.

    Attributes:
        operation: The operation.
        name: The field's name, or that of a column that the operation fills by itself.
        description: What was asked for, in the words of the first row; "" for the operation's own.
        asked: Rows whose job was completed.
        found: Those of them in which there was a value.
    """

    operation: str
    name: str
    description: str
    asked: int = 0
    found: int = 0

    @property
    def share(self) -> float:
        """Found of asked, 0 to 1."""
        return self.found / self.asked if self.asked else 0.0


class Coverage:
    """Counts values by operation and field."""

    def __init__(self) -> None:
        self._fields: dict[tuple[str, str], FieldCoverage] = {}
        self.left_out = 0
        """Values of fields that are not counted, because there are too many."""

    def add(self, operation: str, request: Mapping[str, Any], raw: JsonValue) -> None:
        """Count the fields of a completed row; *raw* is None for one without an answer."""
        cells: Mapping[str, Any] = (
            dict.fromkeys(columns_filled_by(operation, request)) if raw is None else answer_of(operation, request, raw)
        )
        known = self._fields
        for name, value in cells.items():
            field = known.get((operation, name)) or self._new(operation, name, request)
            if field is None:
                self.left_out += 1
                continue
            field.asked += 1
            field.found += is_found(value)

    def _new(self, operation: str, name: str, request: Mapping[str, Any]) -> FieldCoverage | None:
        if len(self._fields) >= MAX_FIELDS:
            return None
        made = self._fields[operation, name] = FieldCoverage(operation, name, _description(name, request))
        return made

    def fields(self) -> list[FieldCoverage]:
        """Return the fields, in the order in which they were first asked for."""
        return list(self._fields.values())


def is_found(value: object) -> bool:
    """Return whether a cell holds anything: 0 and False do, blank text and empty lists do not."""
    if isinstance(value, str):
        return value != "" and not value.isspace()
    if value is None:
        return False
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, bool | int) or has_content(value)


def _description(name: str, request: Mapping[str, Any]) -> str:
    """Return what was asked for under a name; a field is described by a text, or by an object with one."""
    asked = (json_object(request.get("struct")) or {}).get(name)
    if asked is None:
        criteria = [json_object(one) or {} for one in json_array(request.get("qualification_criteria")) or []]
        asked = next((one.get("description") for one in criteria if one.get("criteria_name") == name), None)
    found = (json_object(asked) or {"description": asked}).get("description")
    return found if isinstance(found, str) else ""
