"""Outcomes as columns: each answer's values typed by what was asked, then how each row ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final, TypedDict, cast

from pydantic import JsonValue

from sixtyfour_async._runner.outcomes import Outcome
from sixtyfour_async._values import plain
from sixtyfour_async.errors import SixtyfourError
from sixtyfour_async.models import FieldProblem
from sixtyfour_async.models._base import json_object
from sixtyfour_async.models.struct import FieldSpec
from sixtyfour_async.models.structs.classes import struct_adapter
from sixtyfour_async.models.structs.problems import NOT_FOUND
from sixtyfour_async.models.structs.reading import read_struct
from sixtyfour_async.questions.outcome_columns import NOT_ASKED, OUTCOME_COLUMNS, output_columns
from sixtyfour_async.questions.question import Question
from sixtyfour_async.tables import Cell
from sixtyfour_async.tables.arrow_cells import arrow
from sixtyfour_async.tables.column_kinds import Kind
from sixtyfour_async.tables.frames.arrow_frame import arrow_table
from sixtyfour_async.tables.frames.base import AddedColumn

TYPES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "int": int,
        "integer": int,
        "float": float,
        "bool": bool,
        "boolean": bool,
        "list": list[Any],
        "list[str]": list[str],
        "list[int]": list[int],
        "list[float]": list[float],
        "list[bool]": list[bool],
        "list[boolean]": list[bool],
    }
)
"""Type word of a field → the type as which its answer is read; the others are kept as they came."""

KINDS: Final[Mapping[Any, Kind]] = MappingProxyType(
    {
        int: "int",
        float: "float",
        bool: "bool",
        list[Any]: "list of text",
        list[str]: "list of text",
        list[int]: "list of int",
        list[float]: "list of float",
        list[bool]: "list of bool",
    }
)
"""Type of a field → the kind of a column that holds its answers."""

OUTCOME_KINDS: Final[Mapping[str, Kind]] = MappingProxyType({"cost_cents": "float", "confidence": "float"})


@dataclass(frozen=True, slots=True)
class Ending:
    """How a row of an output ended.

    Attributes:
        status: `Outcome.status`, or ``"not asked"``.
        error: Why there is no answer; "" when there is one.
        outcome: None when the row was never sent.
    """

    status: str = NOT_ASKED
    error: str = ""
    outcome: Outcome[Any] | None = None

    @classmethod
    def of(cls, outcome: Outcome[Any]) -> Ending:
        """Return how an outcome ended its row."""
        return cls(outcome.status, "" if outcome.error is None else str(outcome.error), outcome)

    @classmethod
    def rejected(cls, error: SixtyfourError) -> Ending:
        """Return the ending of a row that could not be sent."""
        return cls("rejected", str(error))


def answer_columns(question: Question, endings: Sequence[Ending], names: Sequence[str]) -> list[AddedColumn]:
    """Return the columns to add to a table.

    A value that cannot be read as the type that was asked for is missing in its column, and told in ``error``.

    Args:
        question: What was asked.
        endings: How each row ended.
        names: Names for `Question.added_columns`, none of which the table has.
    """
    rows = [_row(question, ending) for ending in endings]
    kinds = {**_declared(question), **OUTCOME_KINDS}
    return [
        AddedColumn(name, [row[index] for row in rows], kinds.get(wanted, "text"))
        for index, (wanted, name) in enumerate(zip(question.added_columns, names, strict=True))
    ]


def outcomes_to_table(outcomes: Iterable[Outcome[Any]], question: Question | None = None) -> Any:
    """Return the outcomes of `JobRunner.map` as a ``pyarrow.Table``, a row for each, in the order given.

    polars takes it as ``pl.DataFrame(table)``, pandas gets it by ``table.to_pandas()``, DuckDB reads it by its name.

    Args:
        outcomes: They are read once.
        question: What was asked: its fields are the columns, in their types. None: the keys of the answers are the
            columns, with the values as they came.

    Returns:
        Columns: ``key``, ``index``, the answer's, then ``status``, ``error``, ``cost_cents`` (US cents),
        ``confidence`` and ``matched_by``. A field with one of these names gets ``_answer`` after its own.

    Raises:
        ConfigurationError: pyarrow is missing; `outcomes_to_dicts` does without.
    """
    return arrow_table(arrow("a table of outcomes")[0], _columns(outcomes, question))


def outcomes_to_dicts(outcomes: Iterable[Outcome[Any]], question: Question | None = None) -> list[dict[str, Any]]:
    """Return what `outcomes_to_table` returns as a list of dicts; nothing needs to be installed for it."""
    columns = _columns(outcomes, question)
    rows = len(columns[0].values)
    return [{column.name: column.values[index] for column in columns} for index in range(rows)]


def _columns(outcomes: Iterable[Outcome[Any]], question: Question | None) -> list[AddedColumn]:
    listed = list(outcomes)
    endings = [Ending.of(outcome) for outcome in listed]
    first = [
        AddedColumn("key", [outcome.key for outcome in listed]),
        AddedColumn("index", [outcome.index for outcome in listed], "int"),
    ]
    if question is not None:
        return [*first, *answer_columns(question, endings, _distinct(question.answer_columns))]
    found = [_own_keys(outcome.raw) for outcome in listed]
    keys = list(dict.fromkeys(key for one in found for key in one))
    ends = [_end_cells(ending) for ending in endings]
    answers = zip(_distinct(keys), keys, strict=False)
    return [
        *first,
        *(AddedColumn(name, [cast("Cell", one.get(key)) for one in found]) for name, key in answers),
        *(
            AddedColumn(name, [end[index] for end in ends], OUTCOME_KINDS.get(name, "text"))
            for index, name in enumerate(OUTCOME_COLUMNS)
        ),
    ]


def _distinct(answers: Sequence[str]) -> tuple[str, ...]:
    return output_columns(("key", "index"), answers)


def _own_keys(raw: JsonValue) -> Mapping[str, JsonValue]:
    answer = json_object(raw) or {}
    return json_object(answer.get("structured_data")) or answer


def _row(question: Question, ending: Ending) -> list[Cell]:
    if ending.outcome is None:
        return [*[None] * len(question.answer_columns), *_end_cells(ending)]
    cells = dict(zip(question.answer_columns, question.answer_cells(ending.outcome.raw), strict=True))
    typed, problems = _typed(question, ending.outcome.raw)
    cells = {name: None if cell == "" else cell for name, cell in (cells | typed).items()}
    end = _end_cells(ending, "; ".join(str(problem) for problem in problems if problem.why != NOT_FOUND))
    return [*(cells[name] for name in question.answer_columns), *end]


def _end_cells(ending: Ending, problems: str = "") -> list[Cell]:
    error = ending.error or problems or None
    if ending.outcome is None:
        return [ending.status, error, None, None, None]
    confidence = (json_object(ending.outcome.raw) or {}).get("confidence_score")
    return [ending.status, error, ending.outcome.cost_cents, confidence, ending.outcome.matched_by]


def _typed(question: Question, raw: JsonValue) -> tuple[dict[str, Cell], tuple[FieldProblem, ...]]:
    """Read the requested fields of an answer as the types that were asked for."""
    data = json_object((json_object(raw) or {}).get("structured_data"))
    cls = _class_of(question)
    if data is None or cls is None:
        return {}, ()
    try:
        found = read_struct(cls, data)
    except ValueError:  # a strict class refuses it; the outcome's own error says so
        return {}, ()
    values = struct_adapter(cls).dump_python(found.value, mode="json", by_alias=True, warnings=False)
    return {name: cast("Cell", plain(values[name])) for name in question.requested if name in values}, found.problems


def _class_of(question: Question) -> type[Any] | None:
    """Return the class as which answers are read: the caller's, or one of the fields that have a type."""
    if isinstance(question.struct, type):
        return question.struct
    typed = tuple((name, word) for name, spec in question.requested.items() if (word := _word(spec)) in TYPES)
    return _class_of_fields(typed) if typed else None


@cache
def _class_of_fields(fields: tuple[tuple[str, str], ...]) -> type[Any]:
    # A TypedDict takes any text as a name, which a class does not.
    make: Any = TypedDict
    made: type[Any] = make("Answer", {name: TYPES[word] | None for name, word in fields})
    return made


def _word(spec: FieldSpec) -> str:
    return "" if isinstance(spec, str) else str(spec.get("type") or "")


def _declared(question: Question) -> dict[str, Kind]:
    words = {name: _word(spec) for name, spec in question.requested.items()}
    return {name: KINDS[TYPES[word]] for name, word in words.items() if word in TYPES}
