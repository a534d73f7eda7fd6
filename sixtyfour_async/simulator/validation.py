"""Checks of bodies and queries in the way of the service: FastAPI's 422 items, unknown keys ignored.

The item shape ``{"type", "loc", "msg", "input"[, "ctx"]}`` is the one docs.sixtyfour.ai shows for 422; the texts are
pydantic's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sixtyfour_async.simulator.json_values import as_array, as_object

Problem = dict[str, Any]
Loc = tuple[str | int, ...]
Type = Literal["object", "string", "boolean", "integer", "number", "array", "strings", "url"]


@dataclass(frozen=True, slots=True)
class Field:
    """What one key may hold. A key that is not required may also be null when *nullable*."""

    name: str
    type: Type
    required: bool = False
    nullable: bool = True
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    items: tuple[Field, ...] = ()


_Error = tuple[str, str]
_OBJECT: _Error = ("dict_type", "Input should be a valid dictionary")
_ARRAY: _Error = ("list_type", "Input should be a valid list")
_STRING: _Error = ("string_type", "Input should be a valid string")
_LONGEST_URL = 2083
_WORDS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1", "1.0"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0", "0.0"), False),
}


def problem(type_: str, loc: Loc, msg: str, given: Any, **ctx: Any) -> Problem:
    """Make one item of a 422 answer."""
    item: Problem = {"type": type_, "loc": list(loc), "msg": msg, "input": given}
    if ctx:
        item["ctx"] = ctx
    return item


def missing(loc: Loc, given: Any) -> Problem:
    """Make the item for a field that has to be there."""
    return problem("missing", loc, "Field required", given)


def check(
    fields: Sequence[Field], given: Mapping[str, Any], loc: Loc = ("body",)
) -> tuple[dict[str, Any], list[Problem]]:
    """Read *given* by *fields*.

    Returns:
        The values read (absent and null ones are None) and what is wrong; unknown keys are left out.
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
    return values, problems


def _value(item: Field, given: Any, loc: Loc) -> tuple[Any, list[Problem]]:
    if item.choices:
        return given, _choice(item, given, loc)
    value, error = _READERS[item.type](given)
    if error is not None:
        return None, [problem(error[0], loc, error[1], given)]
    if item.type == "strings":
        return value, _strings(value, loc)
    if item.type == "array" and item.items:
        return value, _items(item, value, loc)
    return value, _bounds(item, value, loc) if item.type in {"integer", "number"} else []


def _object(given: Any) -> tuple[Any, _Error | None]:
    return given, None if as_object(given) is not None else _OBJECT


def _array(given: Any) -> tuple[Any, _Error | None]:
    return given, None if as_array(given) is not None else _ARRAY


def _string(given: Any) -> tuple[Any, _Error | None]:
    return given, None if isinstance(given, str) else _STRING


def _boolean(given: Any) -> tuple[Any, _Error | None]:
    broken = isinstance(given, float) and not given.is_integer()
    if broken or not isinstance(given, bool | int | float | str):
        return None, ("bool_type", "Input should be a valid boolean")
    value = _WORDS.get(str(given).lower())
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
    if len(given) > _LONGEST_URL:
        return None, ("url_too_long", f"URL should have at most {_LONGEST_URL} characters")
    scheme, separator, host = given.partition("://")
    wrong = "Input should be a valid URL"
    if not separator:
        text = f"{wrong}, relative URL without a base" if given else f"{wrong}, input is empty"
        return None, ("url_parsing", text)
    if scheme.lower() not in {"http", "https"}:
        return None, ("url_scheme", "URL scheme should be 'http' or 'https'")
    return given, None if host else ("url_parsing", f"{wrong}, empty host")


_READERS: Mapping[Type, Callable[[Any], tuple[Any, _Error | None]]] = {
    "object": _object,
    "strings": _object,
    "array": _array,
    "string": _string,
    "url": _url,
    "boolean": _boolean,
    "number": _number,
    "integer": _integer,
}


def _strings(value: Mapping[str, Any], loc: Loc) -> list[Problem]:
    type_, msg = _STRING
    return [problem(type_, (*loc, key), msg, v) for key, v in value.items() if not isinstance(v, str)]


def _items(item: Field, value: Sequence[Any], loc: Loc) -> list[Problem]:
    found: list[Problem] = []
    for at, entry in enumerate(value):
        record = as_object(entry)
        if record is None:
            type_, msg = _OBJECT
            found.append(problem(type_, (*loc, at), msg, entry))
        else:
            found += check(item.items, record, (*loc, at))[1]
    return found


def _choice(item: Field, value: Any, loc: Loc) -> list[Problem]:
    if value in item.choices:
        return []
    quoted = [f"'{choice}'" for choice in item.choices]
    expected = " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
    return [problem("literal_error", loc, f"Input should be {expected}", value, expected=expected)]


def _bounds(item: Field, value: Any, loc: Loc) -> list[Problem]:
    if item.minimum is not None and value < item.minimum:
        text = f"Input should be greater than or equal to {item.minimum}"
        return [problem("greater_than_equal", loc, text, value, ge=item.minimum)]
    if item.maximum is not None and value > item.maximum:
        text = f"Input should be less than or equal to {item.maximum}"
        return [problem("less_than_equal", loc, text, value, le=item.maximum)]
    return []
