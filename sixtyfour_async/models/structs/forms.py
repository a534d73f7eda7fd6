"""The forms in which the service writes a value of each type, as wrappers around the types of a pydantic core schema.

A value is offered to pydantic as it came; what pydantic refuses is offered again as its text reads. So text stays text
where the class declares text, and a validator of the caller's sees what the service sent.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from enum import Enum
from typing import Any, Final, TypeAlias

from pydantic import ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.models.structs.dates import read_date, read_datetime, read_time
from sixtyfour_async.models.structs.nodes import DAYS, NUMBERS, Node, as_schema
from sixtyfour_async.models.structs.notation import read_list, read_notation
from sixtyfour_async.models.structs.problems import FINDINGS, reason
from sixtyfour_async.models.structs.text import (
    UNREAD,
    read_choice,
    read_number,
    read_truth,
    read_whole_number,
    says_not_found,
)

Handler: TypeAlias = Callable[[Any], Any]

_TEXT_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "int": read_whole_number,
    "float": read_number,
    "decimal": read_number,
    "bool": read_truth,
    "date": read_date,
    "datetime": read_datetime,
    "time": read_time,
}
_LEAST_UNIX_TIME = 10**8
_FEW_DIGITS = re.compile(r"[-+]?[\d.]{0,8}")
"""A number that is no Unix time, as which pydantic would take it: a year, a month, a day in eight digits."""


def with_text_forms(node: Node) -> CoreSchema:
    """Return the node of a single value, such as a number, that also reads the forms of its type."""
    kind: str = node["type"]

    def validate(value: Any, handler: Handler) -> Any:
        error = _misleading(value, kind)
        if error is None:
            try:
                return _finite(handler(value), value)
            except ValidationError as refused:
                error = refused
        for reading in _readings(value, node):
            with suppress(ValidationError):
                return handler(reading)
        raise error

    return core_schema.no_info_wrap_validator_function(validate, as_schema(node))


def with_list_forms(node: Node, *, numbers: bool) -> CoreSchema:
    """Return the node of a list that also takes a single item, and text.

    Args:
        node: A list, set or tuple; its items fail alone.
        numbers: Whether its items are numbers.
    """

    def validate(value: Any, handler: Handler) -> Any:
        items = _as_items(value, numbers=numbers)
        findings = FINDINGS.get()
        before = len(findings.problems)
        with findings.over(map(str, itertools.count())):
            found = handler(items)
        if items and not found and len(findings.problems) > before:
            raise PydanticCustomError("no_item", "{why}", {"why": findings.problems[before][0].why})
        return found

    return core_schema.no_info_wrap_validator_function(validate, as_schema(node))


def _as_items(value: Any, *, numbers: bool) -> Any:
    if isinstance(value, str):
        is_none = says_not_found(value) and read_notation(value) is UNREAD
        items = UNREAD if is_none else read_list(value, numbers=numbers)
        if items is UNREAD:
            raise PydanticCustomError("list_text", "should be a list")
        return items
    several = (list, tuple, set, frozenset)
    return value if issubclass(type(value), several) else [value]


def with_mapping_forms(node: Node) -> CoreSchema:
    """Return the node of a mapping that also takes text."""

    def validate(value: Any, handler: Handler) -> Any:
        found, findings = read_object(value), FINDINGS.get()
        before = len(findings.problems)
        try:
            return _read_items(value if found is None else found, handler)
        except ValidationError:
            if found is None or len(found) < 2:  # noqa: PLR2004 (one key has no others to keep)
                raise
            findings.rewind(before)
        kept = {key: inner for key, inner in found.items() if _is_readable(key, inner, handler)}
        return _read_items(kept, handler)

    return core_schema.no_info_wrap_validator_function(validate, as_schema(node))


def _read_items(value: Any, handler: Handler) -> Any:
    with FINDINGS.get().over(map(str, list(value) if json_object(value) else ())):
        return handler(value)


def _is_readable(key: str, value: Any, handler: Handler) -> bool:
    """Return whether the mapping takes a key; one that it does not take is reported, and costs itself alone."""
    findings = FINDINGS.get()
    before = len(findings.problems)
    try:
        _read_items({key: value}, handler)
    except ValidationError as error:
        with findings.at(key):
            findings.report(value, reason(error), refuses=True)
        return False
    findings.rewind(before)
    return True


def read_object(value: object) -> dict[str, Any] | None:
    """Return an object, also from text and out of a list of one; None for anything else."""
    found = read_notation(value) if isinstance(value, str) else value
    rows = json_array(found)
    return json_object(rows[0] if rows is not None and len(rows) == 1 else found)


def _misleading(value: object, kind: str) -> Exception | None:
    """Return the error for a value that pydantic would read as something else than it says."""
    if kind in NUMBERS and isinstance(value, bool):
        return PydanticCustomError("bool_number", "should be a number, not true or false")
    is_number = isinstance(value, int | float) and (kind == "time" or abs(value) < _LEAST_UNIX_TIME)
    is_digits = isinstance(value, str) and _FEW_DIGITS.fullmatch(value.strip()) is not None
    if kind in DAYS and (is_number or is_digits):
        return PydanticCustomError("bare_number", "should be a {kind}, not a bare number", {"kind": kind})
    return None


def _finite(value: Any, raw: object) -> Any:
    """Refuse the text ``nan`` or ``inf``, which pydantic takes for a float."""
    if isinstance(value, float) and not math.isfinite(value):
        raise PydanticCustomError("finite_number", "should be a finite number, not {raw}", {"raw": repr(raw)})
    return value


def _readings(value: Any, node: Node) -> Iterator[Any]:
    """Yield what a value reads as."""
    kind: str = node["type"]
    if kind in _TEXT_READERS:
        found = _TEXT_READERS[kind](value) if isinstance(value, str) else UNREAD
    elif kind == "str":
        is_word = isinstance(value, bool | int | float)
        found = str(value).lower() if isinstance(value, bool) else str(value) if is_word else UNREAD
    else:
        found = _read_choice(value, node)
    if found is not UNREAD:
        yield found


def _read_choice(value: Any, node: Node) -> Any:
    """Return the choice of a literal or enum that a value equals, by value or else by the name of a member."""
    choices: list[Any] = node.get("expected") or node.get("members") or []
    values = [getattr(choice, "value", choice) for choice in choices]
    names = [choice.name if isinstance(choice, Enum) else "" for choice in choices]
    for known in (values, names):
        place = read_choice(value, known)
        if place is not UNREAD:
            return choices[place]
    return UNREAD
