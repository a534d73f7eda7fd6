"""Validate bodies and queries as the service does: FastAPI's 422 items, unknown keys ignored.

Items have the shape ``{"type", "loc", "msg", "input"[, "ctx"]}`` that docs.sixtyfour.ai shows for 422. The messages
are pydantic's.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sixtyfour_async.simulator.base.json_values import as_array, as_object

Problem = dict[str, Any]
Loc = tuple[str | int, ...]
Type = Literal["any", "object", "string", "boolean", "integer", "number", "array", "strings", "url", "instant"]


@dataclass(frozen=True, slots=True)
class Field:
    """Schema of one key. An optional key may also be null if it is *nullable*."""

    name: str
    type: Type
    required: bool = False
    nullable: bool = True
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    items: tuple[Field, ...] = ()
    """Fields of an object, or of each object in an array."""
    element: Field | None = None
    """Schema of the entries of an array; its name is ignored."""
    min_length: int = 0
    """Minimum number of characters or entries."""
    max_length: int | None = None
    """Maximum number of characters or entries."""
    pattern: str = ""


_Error = tuple[str, str]
_OBJECT: _Error = ("dict_type", "Input should be a valid dictionary")
_ARRAY: _Error = ("list_type", "Input should be a valid list")
_STRING: _Error = ("string_type", "Input should be a valid string")
_MAX_URL_CHARACTERS = 2083
_BOOLEAN_TEXTS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1", "1.0"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0", "0.0"), False),
}


def problem(type_: str, loc: Loc, msg: str, given: Any, **ctx: Any) -> Problem:
    """Return one item of a 422 response."""
    item: Problem = {"type": type_, "loc": list(loc), "msg": msg, "input": given}
    if ctx:
        item["ctx"] = ctx
    return item


def missing(loc: Loc, given: Any) -> Problem:
    """Return the item for a missing required field."""
    return problem("missing", loc, "Field required", given)


def string_array(name: str, max_entries: int | None = None, *, max_length: int | None = None) -> Field:
    """Return the schema of an array of strings, limited in entries and in characters of each."""
    return Field(
        name, "array", element=Field("", "string", required=True, max_length=max_length), max_length=max_entries
    )


def validate(
    fields: Sequence[Field], given: Mapping[str, Any], loc: Loc = ("body",), *, forbid_extra: bool = False
) -> tuple[dict[str, Any], list[Problem]]:
    """Validate an object.

    Args:
        fields: Its schema.
        given: The object.
        loc: Its location in the request.
        forbid_extra: Report unknown keys instead of ignoring them.

    Returns:
        The values by name (None for absent and null ones) and the problems found.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for item in fields:
        values[item.name] = None
        if item.name not in given:
            if item.required:
                problems.append(missing((*loc, item.name), given))
        elif given[item.name] is not None or item.required or not item.nullable:
            values[item.name], found = _value(item, given[item.name], (*loc, item.name))
            problems += found
    if forbid_extra:
        known = {item.name for item in fields}
        text = "Extra inputs are not permitted"
        problems += [problem("extra_forbidden", (*loc, key), text, given[key]) for key in given if key not in known]
    return values, problems


def _value(item: Field, given: Any, loc: Loc) -> tuple[Any, list[Problem]]:
    if item.choices:
        return given, _choice_problems(item, given, loc)
    value, error = _READERS[item.type](given)
    if error is not None:
        return None, [problem(error[0], loc, error[1], given)]
    if item.type == "strings":
        return value, _string_value_problems(value, loc)
    if item.type in {"integer", "number"}:
        return value, _range_problems(item, value, loc)
    return value, _length_problems(item, value, loc) or _nested_problems(item, value, loc)


def _nested_problems(item: Field, value: Any, loc: Loc) -> list[Problem]:
    if item.type == "object" and item.items:
        return validate(item.items, value, loc)[1]
    if item.type != "array":
        return []
    entry = item.element or (Field("", "object", required=True, items=item.items) if item.items else None)
    return [] if entry is None else [p for at, one in enumerate(value) for p in _value(entry, one, (*loc, at))[1]]


def _object(given: Any) -> tuple[Any, _Error | None]:
    return given, None if as_object(given) is not None else _OBJECT


def _array(given: Any) -> tuple[Any, _Error | None]:
    return given, None if as_array(given) is not None else _ARRAY


def _string(given: Any) -> tuple[Any, _Error | None]:
    return given, None if isinstance(given, str) else _STRING


def _anything(given: Any) -> tuple[Any, _Error | None]:
    return given, None


def _instant(given: Any) -> tuple[Any, _Error | None]:
    try:
        instant = dt.datetime.fromisoformat(given)
    except (TypeError, ValueError):
        return None, ("datetime_from_date_parsing", "Input should be a valid datetime or date")
    return (instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)).timestamp(), None


def _boolean(given: Any) -> tuple[Any, _Error | None]:
    broken = isinstance(given, float) and not given.is_integer()
    if broken or not isinstance(given, bool | int | float | str):
        return None, ("bool_type", "Input should be a valid boolean")
    value = _BOOLEAN_TEXTS.get(str(given).lower())
    text = "Input should be a valid boolean, unable to interpret input"
    return value, None if value is not None else ("bool_parsing", text)


def _number(given: Any) -> tuple[Any, _Error | None]:
    if not isinstance(given, bool | int | float | str):
        return None, ("float_type", "Input should be a valid number")
    try:
        return float(given), None
    except ValueError:
        text = "Input should be a valid number, unable to parse string as a number"
        return None, ("float_parsing", text)


def _integer(given: Any) -> tuple[Any, _Error | None]:
    wrong = "Input should be a valid integer"
    value, error = _number(given)
    if error is not None:
        text = f"{wrong}, unable to parse string as an integer"
        return None, ("int_parsing", text) if isinstance(given, str) else ("int_type", wrong)
    if not value.is_integer():
        text = f"{wrong}, got a number with a fractional part"
        return None, ("int_from_float", text)
    return int(value), None


def _url(given: Any) -> tuple[Any, _Error | None]:
    if not isinstance(given, str):
        return None, ("url_type", "URL input should be a string or URL")
    if len(given) > _MAX_URL_CHARACTERS:
        return None, ("url_too_long", f"URL should have at most {_MAX_URL_CHARACTERS} characters")
    scheme, separator, host = given.partition("://")
    wrong = "Input should be a valid URL"
    if not separator:
        text = f"{wrong}, relative URL without a base" if given else f"{wrong}, input is empty"
        return None, ("url_parsing", text)
    if scheme.lower() not in {"http", "https"}:
        return None, ("url_scheme", "URL scheme should be 'http' or 'https'")
    return given, None if host else ("url_parsing", f"{wrong}, empty host")


_READERS: Mapping[Type, Callable[[Any], tuple[Any, _Error | None]]] = {
    "any": _anything,
    "instant": _instant,
    "object": _object,
    "strings": _object,
    "array": _array,
    "string": _string,
    "url": _url,
    "boolean": _boolean,
    "number": _number,
    "integer": _integer,
}


def _string_value_problems(value: Mapping[str, Any], loc: Loc) -> list[Problem]:
    type_, msg = _STRING
    return [problem(type_, (*loc, key), msg, v) for key, v in value.items() if not isinstance(v, str)]


def _choice_problems(item: Field, value: Any, loc: Loc) -> list[Problem]:
    if value in item.choices:
        return []
    quoted = [f"'{choice}'" for choice in item.choices]
    expected = " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
    return [problem("literal_error", loc, f"Input should be {expected}", value, expected=expected)]


def _range_problems(item: Field, value: Any, loc: Loc) -> list[Problem]:
    if item.minimum is not None and value < item.minimum:
        text = f"Input should be greater than or equal to {item.minimum}"
        return [problem("greater_than_equal", loc, text, value, ge=item.minimum)]
    if item.maximum is not None and value > item.maximum:
        text = f"Input should be less than or equal to {item.maximum}"
        return [problem("less_than_equal", loc, text, value, le=item.maximum)]
    return []


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _length_problems(item: Field, value: Any, loc: Loc) -> list[Problem]:
    """Check the length of a string, array or object, and the pattern of a string."""
    if item.type not in {"string", "array", "object"}:
        return []
    kind, subject, unit = {
        "string": ("string_", "String", "character"),
        "array": ("", "List", "item"),
        "object": ("", "Dictionary", "item"),
    }[item.type]
    after = "" if item.type == "string" else f" after validation, not {len(value)}"
    if len(value) < item.min_length:
        text = f"{subject} should have at least {_plural(item.min_length, unit)}{after}"
        return [problem(f"{kind}too_short", loc, text, value, min_length=item.min_length)]
    if item.max_length is not None and len(value) > item.max_length:
        after = " after validation, not more" if item.type == "object" else after
        text = f"{subject} should have at most {_plural(item.max_length, unit)}{after}"
        return [problem(f"{kind}too_long", loc, text, None, max_length=item.max_length)]
    if item.pattern and not re.search(item.pattern, value):
        text = f"String should match pattern '{item.pattern}'"
        return [problem("string_pattern_mismatch", loc, text, value, pattern=item.pattern)]
    return []
