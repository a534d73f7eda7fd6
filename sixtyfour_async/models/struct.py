"""What a caller passes as ``struct``: a class or a mapping, checked, and in the service's form.

The service takes field name → description, or field name → ``{"description", "type"}``, with the types in `TYPES`. A
``dict`` comes back as a JSON-encoded string, and a value that was not found as ``""``.
Source: docs.sixtyfour.ai, guides/struct-and-type-casting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from difflib import get_close_matches
from typing import Any, TypeAlias, cast

from pydantic import BaseModel, JsonValue

from sixtyfour_async.models._base import json_mapping
from sixtyfour_async.models.structs.classes import is_struct_class
from sixtyfour_async.models.structs.schema import describe_class

FieldSpec: TypeAlias = str | Mapping[str, JsonValue]
"""A requested field: its description, or ``{"description": …, "type": …}``."""

Struct: TypeAlias = Mapping[str, FieldSpec]
"""Field name → `FieldSpec`. Shape: ``{"employees": {"description": "Head count", "type": "int"}}``."""

TYPES = frozenset(
    {"str", "string", "int", "integer", "float", "bool", "boolean", "list", "dict"}
    | {"list[str]", "list[int]", "list[float]", "list[bool]", "list[boolean]"}
)
"""The documented type words. Source: docs.sixtyfour.ai, guides/struct-and-type-casting."""

_BUILT_TYPES = frozenset({"enum", "list[enum]", "object", "object_list"})
"""Further type words that the service's own struct builder writes."""


def check_struct(struct: object, *, typed: bool = True) -> None:
    """Raise if a value is not a struct; the message names what is wrong with it.

    Args:
        struct: The value passed as ``struct``.
        typed: Whether the route takes types; if not, a field is a description only.

    Raises:
        ValueError: It is neither a class with fields nor a mapping of field name → description or spec.
    """
    problem = _problem_with(struct, typed=typed)
    if problem:
        raise ValueError(problem)


def _problem_with(struct: object, *, typed: bool) -> str:
    """Name what is wrong with a struct; "" when nothing is."""
    if is_struct_class(struct):
        return ""
    fields = json_mapping(struct)
    if fields is None:
        return _problem_with_other(struct)
    for name, spec in fields.items():
        if not isinstance(name, str):
            return f"has a field name that is not a string: {name!r}"
        problem = _problem_of(spec, typed=typed)
        if problem:
            return f"field {name!r} {problem}"
    return ""


def _problem_with_other(value: object) -> str:
    """Name what is wrong with a value that is neither a class with fields nor a mapping."""
    wanted = "give a pydantic class, or a mapping of field name to description"
    if isinstance(value, type):
        return f"is the class {value.__name__}, which is not a pydantic model, dataclass or TypedDict; {wanted}"
    name = type(value).__name__
    is_instance = isinstance(value, BaseModel) or is_dataclass(value)
    return f"is an instance of {name}; give the class itself: {name}" if is_instance else f"is of type {name}; {wanted}"


def _problem_of(spec: object, *, typed: bool) -> str:
    """Name what is wrong with what a mapping says of a field; "" when nothing is."""
    if isinstance(spec, str):
        return ""
    if not typed:
        return f"should be a description, not {_named(spec)}: this route takes no types"
    facts = json_mapping(spec)
    if facts is None:
        return f'should be a description, or {{"description": …, "type": …}}, not {_named(spec)}'
    if not isinstance(facts.get("description"), str):
        return "has no 'description'"
    word = facts.get("type")
    if word is None or (isinstance(word, str) and word in TYPES | _BUILT_TYPES):
        return ""
    near = get_close_matches(str(word), sorted(TYPES), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"the service knows {', '.join(sorted(TYPES))}"
    return f"has the unknown type {word!r}; {hint}"


def _named(spec: object) -> str:
    return f"the class {spec.__name__}" if isinstance(spec, type) else type(spec).__name__


def to_struct(struct: type[Any] | Struct) -> dict[str, JsonValue]:
    """Return a class, or a mapping, in the service's ``struct`` form.

    The service takes up to 100 fields by its notebooks of 2025; the number is not checked.

    Raises:
        ConfigurationError: The class has a field that no text can express.
    """
    fields = cast("Struct", describe_class(struct) if is_struct_class(struct) else struct)
    return {name: spec if isinstance(spec, str) else dict(spec) for name, spec in fields.items()}


def to_text_struct(struct: type[Any] | Mapping[str, str]) -> dict[str, JsonValue]:
    """Return a class, or a mapping, in the form of endpoints that take descriptions only and answer with text.

    Raises:
        ConfigurationError: The class has a field that no text can express.
    """
    if is_struct_class(struct):
        return dict(describe_class(struct, typed=False))
    return dict(cast("Mapping[str, str]", struct))
