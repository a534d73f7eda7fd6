"""A question as the journal keeps it: what it was about, and the columns that its answer fills. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.questions.table_operations import TABLE_OPERATIONS, answer_cells, answer_columns
from sixtyfour_async.tables import Cell


def subject_of(operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the subject of a request; every field of it when the operation cannot be run over a table."""
    known = TABLE_OPERATIONS.get(operation)
    return request if known is None else json_object(request.get(known.operation.endpoint.subject)) or {}


def columns_filled_by(operation: str, request: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the columns that the answer to a request fills."""
    if operation not in TABLE_OPERATIONS:
        return ("answer",)
    struct = json_object(request.get("struct")) or {}
    criteria = json_array(request.get("qualification_criteria"))
    if not criteria:
        return answer_columns(operation, struct, ())
    names = [str((json_object(criterion) or {}).get("criteria_name")) for criterion in criteria]
    return answer_columns(operation, [name for name in struct if name not in names], names)


def answer_of(operation: str, request: Mapping[str, Any], raw: Any) -> Mapping[str, Cell]:
    """Return an answer as column → cell."""
    if operation not in TABLE_OPERATIONS:
        return {"answer": raw}
    names = columns_filled_by(operation, request)
    return dict(zip(names, answer_cells(operation, names, raw), strict=True))
