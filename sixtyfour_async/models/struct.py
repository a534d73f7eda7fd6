"""Pydantic classes as ``struct``: the request that a class makes, and how answers are fitted to it.

The service takes field name → description, or field name → ``{"description", "type"}``, with the types in `TYPES`. A
``dict`` comes back as a JSON-encoded string, and a value that was not found as ``""``.
Source: docs.sixtyfour.ai, guides/struct-and-type-casting.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import AliasChoices, BaseModel, JsonValue
from pydantic.fields import FieldInfo

from sixtyfour_async.errors import ConfigurationError
from sixtyfour_async.models._base import json_array, json_mapping, json_object

FieldSpec: TypeAlias = str | Mapping[str, JsonValue]
"""A requested field: its description, or ``{"description": …, "type": …}``."""

Struct: TypeAlias = Mapping[str, FieldSpec]
"""Field name → `FieldSpec`. Shape: ``{"employees": {"description": "Head count", "type": "int"}}``."""

TYPES = frozenset(
    {"str", "string", "int", "integer", "float", "bool", "boolean", "list", "dict"}
    | {"list[str]", "list[int]", "list[float]", "list[bool]", "list[boolean]"}
)
"""The documented type words. Source: docs.sixtyfour.ai, guides/struct-and-type-casting."""

_SCALARS: Mapping[type, str] = {str: "str", int: "int", float: "float", bool: "bool"}

_BUILT_TYPES = frozenset({"enum", "list[enum]", "object", "object_list"})
"""Further type words that the service's own struct builder writes."""


def check_struct(struct: object, *, typed: bool = True) -> None:
    """Raise if a value is not a struct; the message names what is wrong with it.

    Args:
        struct: The value passed as ``struct``.
        typed: Whether the route takes types; if not, a field is a description only.

    Raises:
        ValueError: It is neither a pydantic class nor a mapping of field name → description or spec.
    """
    problem = _problem_with(struct, typed=typed)
    if problem:
        raise ValueError(problem)


def _problem_with(struct: object, *, typed: bool) -> str:
    """Name what is wrong with a struct; "" when nothing is."""
    wanted = "give a pydantic class, or a mapping of field name to description"
    if isinstance(struct, BaseModel):
        name = type(struct).__name__
        return f"is an instance of {name}; give the class itself: {name}"
    if isinstance(struct, type):
        is_model = issubclass(struct, BaseModel)
        return "" if is_model else f"is the class {struct.__name__}, which is not a pydantic model; {wanted}"
    fields = json_mapping(struct)
    if fields is None:
        return f"is of type {type(struct).__name__}; {wanted}"
    for name, spec in fields.items():
        if not isinstance(name, str):
            return f"has a field name that is not a string: {name!r}"
        problem = _problem_of(spec, typed=typed)
        if problem:
            return f"field {name!r} {problem}"
    return ""


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


def to_struct(struct: type[BaseModel] | Struct) -> dict[str, JsonValue]:
    """Return a class, or a mapping, in the service's ``struct`` form.

    The service takes up to 100 fields by its notebooks of 2025; the number is not checked.

    Raises:
        ConfigurationError: The class has a field that no documented type can express.
    """
    if not isinstance(struct, type):
        return {name: spec if isinstance(spec, str) else dict(spec) for name, spec in struct.items()}
    return {_wire_name(name, field): _field_spec(struct, name, field) for name, field in _fields(struct).items()}


def to_text_struct(struct: type[BaseModel] | Mapping[str, str]) -> dict[str, JsonValue]:
    """Return a class, or a mapping, in the form of endpoints that take descriptions only and answer with text.

    Raises:
        ConfigurationError: The class has a field that is not text.
    """
    if not isinstance(struct, type):
        return dict(struct)
    for name, field in _fields(struct).items():
        if _type_word(field.annotation) != "str":
            raise ConfigurationError(
                f"{struct.__name__}.{name}: this endpoint returns text only; declare the field as str and convert it"
            )
    return {_wire_name(name, field): _description(name, field) for name, field in _fields(struct).items()}


def _fields(cls: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """Return the fields of a class, with forward references resolved."""
    cls.model_rebuild()
    return cls.model_fields


def _wire_name(name: str, field: FieldInfo) -> str:
    """Return the key of a field in requests and answers: its validation alias, else its name."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        alias = next((choice for choice in alias.choices if isinstance(choice, str)), None)
    return alias if isinstance(alias, str) else name


def _field_spec(owner: type[BaseModel], name: str, field: FieldInfo) -> JsonValue:
    word = _type_word(field.annotation)
    if word is None:
        raise ConfigurationError(
            f"{owner.__name__}.{name}: the service has no type for {field.annotation!r}; use "
            "str, int, float, bool, a list of these, dict or a nested model"
        )
    return {"description": _description(name, field), "type": word}


def _description(name: str, field: FieldInfo) -> str:
    """Return the field's description, else its name, followed by its choices or by the keys of its nested model."""
    bare = _without_none(field.annotation)
    described = field.description or name.replace("_", " ")
    choices = _choices(bare)
    if choices:
        return f"{described} (one of: {', '.join(choices)})"
    nested = _nested_model(bare)
    if nested is None:
        return described
    keys = "; ".join(
        f"{_wire_name(inner, one)}: {one.description}" if one.description else _wire_name(inner, one)
        for inner, one in _fields(nested).items()
    )
    return f"{described} ({'JSON object' if bare is nested else 'JSON list of objects'} with the keys {keys})"


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) is Annotated:
        return _without_none(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        left = [arm for arm in get_args(annotation) if arm is not type(None)]
        return _without_none(left[0]) if len(left) == 1 else annotation
    return annotation


def _item_type(annotation: Any) -> Any:
    """Return the item type of a list; None for anything but a list of one type."""
    bare = _without_none(annotation)
    if get_origin(bare) not in (list, tuple, set, frozenset):
        return None
    inner = [arm for arm in get_args(bare) if arm is not Ellipsis]
    return inner[0] if len(inner) == 1 else None


def _nested_model(annotation: Any) -> type[BaseModel] | None:
    """Return the model that a field holds, alone or as items of a list; None when there is none."""
    bare = _without_none(annotation)
    bare = bare if isinstance(bare, type) and get_origin(bare) is None else _without_none(_item_type(bare))
    return bare if isinstance(bare, type) and issubclass(bare, BaseModel) else None


def _choices(annotation: Any) -> list[str]:
    """Return the values of a Literal or an Enum as text; empty for other types."""
    if get_origin(annotation) is Literal:
        return [str(choice) for choice in get_args(annotation)]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [str(member.value) for member in annotation]
    return []


def _type_word(annotation: Any) -> str | None:
    """Return the service's word for a type; None when it has none."""
    bare = _without_none(annotation)
    if _choices(bare):
        return "str"
    if get_origin(bare) in (list, tuple, set, frozenset):
        word = _type_word(_item_type(bare))
        whole = {"dict": "list"}.get(word or "", f"list[{word}]")
        return whole if whole in TYPES else None
    if get_origin(bare) in (dict, Mapping):
        return "dict"
    return _class_type_word(bare) if isinstance(bare, type) else None


def _class_type_word(bare: type) -> str | None:
    for scalar in (bool, int, float, str):
        if issubclass(bare, scalar):
            return _SCALARS[scalar]
    if issubclass(bare, dict | BaseModel):
        return "dict"
    return "list" if issubclass(bare, list) else None


def adapt(answer: Mapping[str, Any], cls: type[BaseModel]) -> dict[str, Any]:
    """Return a copy of ``structured_data`` that fits a class better, for pydantic to validate.

    ``""`` and null both mean "not found": they become None, the default, or an empty text or list, whichever the class
    allows first. A JSON-encoded string is decoded where the class declares an object or a list, a comma-separated
    string is split where it declares a list, and a number becomes text where it declares text. Nested models are
    treated alike.
    """
    adapted = dict(answer)
    for name, field in _fields(cls).items():
        key = _wire_name(name, field)
        if key in adapted:
            adapted[key] = _adapt_value(adapted[key], field)
            if adapted[key] is None and not field.is_required() and not _allows_none(field.annotation):
                del adapted[key]
    return adapted


def _allows_none(annotation: Any) -> bool:
    return annotation is Any or annotation is type(None) or type(None) in get_args(annotation)


def _adapt_value(value: Any, field: FieldInfo) -> Any:
    word = _type_word(field.annotation) or "str"
    if value is None or (isinstance(value, str) and not value.strip()):
        return _missing_value(value, field, word)
    if word == "str":
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return str(value) if number and not _choices(_without_none(field.annotation)) else value
    if isinstance(value, str):
        value = _parse_text(value.strip(), word)
    return _adapt_nested(value, field.annotation)


def _missing_value(value: Any, field: FieldInfo, word: str) -> Any:
    """Return what stands for a value that was not found."""
    if _allows_none(field.annotation) or (value is None and not field.is_required()):
        return None
    if word == "str":
        return None if _choices(_without_none(field.annotation)) and not field.is_required() else value or ""
    return [] if word.startswith("list") and field.is_required() else None


def _parse_text(text: str, word: str) -> Any:
    if word == "dict" or text[:1] in "[{":
        return _decode_json(text)
    return [part.strip() for part in text.split(",")] if word.startswith("list") else text


def _adapt_nested(value: Any, annotation: Any) -> Any:
    """Adapt the objects meant for a nested model."""
    nested = _nested_model(annotation)
    if nested is None:
        return value
    rows = json_array(value)
    if rows is not None:
        return [adapt(row, nested) if json_object(row) is not None else row for row in rows]
    return value if json_object(value) is None else adapt(value, nested)


def _decode_json(text: str) -> Any:
    """Return decoded JSON; text that is not JSON is left for validation to reject."""
    try:
        return json.loads(text)
    except ValueError:
        return text
