"""A row as an operation, or why it cannot be sent: an error that names the row and its column."""

from __future__ import annotations

from typing import Any

from sixtyfour_async.errors import InputError
from sixtyfour_async.operations import JobOperation
from sixtyfour_async.questions.column_mapping import ColumnMapping
from sixtyfour_async.questions.question import Question
from sixtyfour_async.tables import Row


def row_operation(question: Question, mapping: ColumnMapping, row: Row) -> JobOperation[Any] | InputError:
    """Return the operation that asks the whole question about a row, or why the row must not be sent."""
    problem = mapping.problem(row)
    if problem is not None:
        return problem
    try:
        return question.operation_for(dict(mapping.subject(row)))
    except InputError as error:
        return mapping.located(error, row)
