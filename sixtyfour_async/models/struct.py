"""A pydantic class as ``struct``: what it asks for, and how an answer is brought into its shape.

The service takes field name → description, or field name → ``{"description", "type"}``, with the types listed in
`TYPES`; a ``dict`` comes back as a JSON-encoded string, and a value that was not found as ``""``.
Source: docs.sixtyfour.ai, guides/struct-and-type-casting.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo

from sixtyfour_async.errors import ConfigurationError

FieldSpec: TypeAlias = str | Mapping[str, JsonValue]
"""A field asked for: a description, or ``{"description": …, "type": …}``."""

Struct: TypeAlias = Mapping[str, FieldSpec]
"""Field name → `FieldSpec`. Shape: ``{"employees": {"description": "Head count", "type": "int"}}``."""

TYPES = frozenset(
    {"str", "string", "int", "integer", "float", "bool", "boolean", "list", "dict"}
    | {"list[str]", "list[int]", "list[float]", "list[bool]", "list[boolean]"}
)
"""The documented type words."""

_SCALARS: Mapping[type, str] = {str: "str", int: "int", float: "float", bool: "bool"}


def to_struct(asked: type[BaseModel] | Struct) -> dict[str, JsonValue]:
    """Say what a class, or a mapping, asks for in the service's own form.

    Raises:
        ConfigurationError: The class has a field that the documented types cannot express.
    """
    if not isinstance(asked, type):
        return {name: spec if isinstance(spec, str) else dict(spec) for name, spec in asked.items()}
    return {(field.alias or name): _spec(asked, name, field) for name, field in asked.model_fields.items()}


def _spec(owner: type[BaseModel], name: str, field: FieldInfo) -> JsonValue:
    word = _type_word(field.annotation)
    if word is None:
        raise ConfigurationError(
            f"{owner.__name__}.{name}: the service cannot be asked for {field.annotation!r}; it knows "
            "str, int, float, bool, lists of these, and dict (a nested model is asked for as dict)"
        )
    described = field.description or name.replace("_", " ")
    choices = _choices(_without_none(field.annotation))
    if choices:
        described += f" (one of: {', '.join(choices)})"
    return {"description": described, "type": word}


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) is Annotated:
        return _without_none(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        left = [arm for arm in get_args(annotation) if arm is not type(None)]
        return _without_none(left[0]) if len(left) == 1 else annotation
    return annotation


def _choices(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [str(choice) for choice in get_args(annotation)]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [str(member.value) for member in annotation]
    return []


def _type_word(annotation: Any) -> str | None:
    bare = _without_none(annotation)
    if _choices(bare):
        return "str"
    if get_origin(bare) in (list, tuple, set, frozenset):
        inner = [arm for arm in get_args(bare) if arm is not Ellipsis]
        word = _type_word(inner[0]) if len(inner) == 1 else None
        whole = {"dict": "list"}.get(word or "", f"list[{word}]")
        return whole if whole in TYPES else None
    if get_origin(bare) in (dict, Mapping):
        return "dict"
    return _class_word(bare) if isinstance(bare, type) else None


def _class_word(bare: type) -> str | None:
    for scalar in (bool, int, float, str):
        if issubclass(bare, scalar):
            return _SCALARS[scalar]
    if issubclass(bare, dict | BaseModel):
        return "dict"
    return "list" if issubclass(bare, list) else None


def adapt(answer: Mapping[str, Any], cls: type[BaseModel]) -> dict[str, Any]:
    """Bring ``structured_data`` closer to a class before it is validated; the raw answer is not touched.

    ``""`` becomes a missing value where the class does not want text, a JSON-encoded string is decoded where it
    wants an object or a list, and one comma-separated string where it wants a list of text.
    """
    adapted = dict(answer)
    for name, field in cls.model_fields.items():
        key = field.alias or name
        if key in adapted:
            adapted[key] = _adapt_value(adapted[key], field)
            if adapted[key] is None and not field.is_required() and not _takes_none(field.annotation):
                del adapted[key]
    return adapted


def _takes_none(annotation: Any) -> bool:
    return annotation is Any or annotation is type(None) or type(None) in get_args(annotation)


def _adapt_value(value: Any, field: FieldInfo) -> Any:
    if not isinstance(value, str):
        return value
    word = _type_word(field.annotation) or "str"
    if word == "str":
        return None if value == "" and _takes_none(field.annotation) else value
    text = value.strip()
    if not text:
        return [] if word.startswith("list") and field.is_required() else None
    if word == "dict" or text[:1] in "[{":
        return _decoded(text)
    return [part.strip() for part in text.split(",")] if word.startswith("list") else text


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
