"""From the words behind a flag to the value of an operation's parameter; nothing is sent."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from pydantic import JsonValue

from sixtyfour_async.cli.operation_fields import Field, Shape
from sixtyfour_async.cli.option_values import by_name, parse_field
from sixtyfour_async.errors import InputError
from sixtyfour_async.operations import REGISTRY, Operation, Upload

STANDARD: Final = "-"


def make_operation(name: str, fields: Sequence[Field], given: Mapping[str, Any]) -> Operation[Any]:
    """Make an operation from what stands behind its flags; what was not given is left to the service.

    Raises:
        InputError: A value cannot be read or does not fit; the message names the flag.
    """
    values = {field.name: value_of(field, given[field.name]) for field in fields if given.get(field.name)}
    values |= {field.name: False for field in fields if given.get(field.name) is False}
    made: Any = REGISTRY[name]
    try:
        operation: Operation[Any] = made(**values)
    except InputError as error:
        raise InputError(_with_flags(error, fields), remedy=_named(error.remedy, fields)) from error
    return operation


def value_of(field: Field, words: Any) -> Any:
    """Return the value of a parameter.

    Args:
        field: The parameter.
        words: A bool for ``flag``, one text for ``text``, ``json`` and ``file``, else the texts of a repeated flag.

    Raises:
        InputError: They cannot be read.
    """
    return words if field.shape in {"flag", "text"} else READERS[field.shape](field.flags[0], words)


def _texts(flag: str, words: Sequence[str]) -> list[Any]:
    """Return a list of texts; ``@@`` begins one that begins with @."""
    found: list[Any] = []
    for word in words:
        if word.startswith("[") or _is_file(word):
            found.extend(_json(flag, word, list))
        else:
            found.append(word.removeprefix("@") if word.startswith("@@") else word)
    return found


def _object(flag: str, words: Sequence[str]) -> dict[str, Any]:
    return by_name(flag, (pair for word in words for pair in _pairs(flag, word, _pair)))


def _struct(flag: str, words: Sequence[str]) -> dict[str, Any]:
    return by_name(flag, (pair for word in words for pair in _pairs(flag, word, parse_field)))


def _pairs(flag: str, word: str, parse: Callable[[str, str], tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
    if word.lstrip().startswith("{") or _is_file(word):
        members: dict[str, Any] = _json(flag, word, dict)
        return members.items()
    return [parse(flag, word)]


def _pair(flag: str, word: str) -> tuple[str, JsonValue]:
    """Parse ``key=text`` or ``key:=JSON``."""
    name, equals, text = word.partition("=")
    if not (name.rstrip(":") and equals):
        raise InputError(f"{flag} {word!r} is not key=value", remedy='such as name="Ada Lovelace"')
    if not name.endswith(":"):
        return name, text
    value: JsonValue = _parsed(flag, text)
    return name[:-1], value


def _objects(flag: str, words: Sequence[str]) -> list[Any]:
    found: list[Any] = []
    for word in words:
        value: list[Any] | dict[str, Any] = _json(flag, word, list | dict)
        found.extend(value if isinstance(value, list) else [value])
    return found


def _any(flag: str, word: str) -> JsonValue:
    """Return JSON if it is some, else the text itself."""
    if _is_file(word):
        read: JsonValue = _json(flag, word, object)
        return read
    try:
        value: JsonValue = json.loads(word)
    except ValueError:
        return word
    return value


def _file(flag: str, word: str) -> Upload:
    if word == STANDARD:
        return Upload(sys.stdin.buffer.read(), "upload.csv")
    path = Path(word)
    if not path.is_file():
        raise InputError(f"{flag} {word}: file not found")
    return Upload(path)


READERS: Final[Mapping[Shape, Callable[[str, Any], Any]]] = {
    "texts": _texts,
    "object": _object,
    "struct": _struct,
    "objects": _objects,
    "json": _any,
    "file": _file,
}


def _is_file(word: str) -> bool:
    return word.startswith("@") and not word.startswith("@@") and len(word) > 1


def _json(flag: str, word: str, kind: Any) -> Any:
    """Parse JSON, in the word itself or in the file that it names after an @; NDJSON counts as a list."""
    text = _content(flag, word[1:]) if _is_file(word) else word
    shown = f"{flag} {word}" if _is_file(word) else flag
    if kind is not dict and _is_file(word) and word.endswith((".ndjson", ".jsonl")):
        return [_parsed(shown, line) for line in text.splitlines() if line.strip()]
    value = _parsed(shown, text)
    if not isinstance(value, kind):
        wanted = "a JSON object" if kind is dict else "a JSON list" if kind is list else "a JSON object or list"
        raise InputError(f"{shown} is not {wanted}")
    return value


def _content(flag: str, name: str) -> str:
    try:
        return Path(name).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise InputError(f"{flag} @{name} cannot be read: {reason}") from error


def _parsed(shown: str, text: str) -> Any:
    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is not JSON")

    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{shown} is not JSON: {error}") from error


def _with_flags(error: InputError, fields: Sequence[Field]) -> str:
    """Return what is wrong with an operation's parameters in the language of flags."""
    first = (error.field or "").partition(".")[0]
    field = next((each for each in fields if each.name == first), None)
    if field is None:
        return _named(str(error).partition(": ")[2] or str(error), fields)
    place = error.field or first
    within = f" at {place.partition('.')[2]}" if "." in place else ""
    reason = _named(error.reason or str(error), fields)
    return f"{field.flags[0]} is {reason}" if reason.startswith("missing") else f"{field.flags[0]}{within} {reason}"


def _named(text: str | None, fields: Sequence[Field]) -> str:
    """Put flags in place of parameters whose names cannot be words of the sentence."""
    found = text or ""
    for field in fields:
        if "_" in field.name.strip("_"):
            found = re.sub(rf"(?<![\w-]){field.name}(?![\w-])", field.flags[0], found)
    return found
