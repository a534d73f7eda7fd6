"""A pydantic class as ``struct``: what it asks for, and how an answer is brought into its shape.

The service takes field name → description, or field name → ``{"description", "type"}``, with the types listed in
`TYPES`; a ``dict`` comes back as a JSON-encoded string, and a value that was not found as ``""``.
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
"""A field asked for: a description, or ``{"description": …, "type": …}``."""

Struct: TypeAlias = Mapping[str, FieldSpec]
"""Field name → `FieldSpec`. Shape: ``{"employees": {"description": "Head count", "type": "int"}}``."""

TYPES = frozenset(
    {"str", "string", "int", "integer", "float", "bool", "boolean", "list", "dict"}
    | {"list[str]", "list[int]", "list[float]", "list[bool]", "list[boolean]"}
)
"""The documented type words."""

_SCALARS: Mapping[type, str] = {str: "str", int: "int", float: "float", bool: "bool"}

_BUILT_TYPES = frozenset({"enum", "list[enum]", "object", "object_list"})
"""Further type words that the service's own struct builder writes."""


def check_struct(asked: object, *, typed: bool = True) -> None:
    """Refuse what is no struct, naming what is wrong with it.

    Args:
        asked: What was given as ``struct``.
        typed: Does the route take types? Else a field is a description and no more.

    Raises:
        ValueError: It is no pydantic class, and no mapping of field name → description or spec.
    """
    problem = _problem_with(asked, typed=typed)
    if problem:
        raise ValueError(problem)


def _problem_with(asked: object, *, typed: bool) -> str:
    """Name what is wrong with a struct; "" when nothing is."""
    wanted = "give a pydantic class, or a mapping of field name to description"
    if isinstance(asked, BaseModel):
        name = type(asked).__name__
        return f"is an instance of {name}; give the class itself: {name}"
    if isinstance(asked, type):
        is_model = issubclass(asked, BaseModel)
        return "" if is_model else f"is the class {asked.__name__}, which is no pydantic model; {wanted}"
    fields = json_mapping(asked)
    if fields is None:
        return f"is of type {type(asked).__name__}; {wanted}"
    for name, spec in fields.items():
        if not isinstance(name, str):
            return f"has a field name that is no text: {name!r}"
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


def to_struct(asked: type[BaseModel] | Struct) -> dict[str, JsonValue]:
    """Say what a class, or a mapping, asks for in the service's own form.

    The service takes up to 100 fields (its notebooks of 2025); nothing is refused here.

    Raises:
        ConfigurationError: The class has a field that the documented types cannot express.
    """
    if not isinstance(asked, type):
        return {name: spec if isinstance(spec, str) else dict(spec) for name, spec in asked.items()}
    return {_key(name, field): _spec(asked, name, field) for name, field in _fields(asked).items()}


def to_text_struct(asked: type[BaseModel] | Mapping[str, str]) -> dict[str, JsonValue]:
    """Say what a class, or a mapping, asks for where the service takes descriptions only and answers with texts.

    Raises:
        ConfigurationError: The class has a field that is no text.
    """
    if not isinstance(asked, type):
        return dict(asked)
    for name, field in _fields(asked).items():
        if _type_word(field.annotation) != "str":
            raise ConfigurationError(
                f"{asked.__name__}.{name}: this route answers with texts only; make it str and convert it yourself"
            )
    return {_key(name, field): _description(name, field) for name, field in _fields(asked).items()}


def _fields(cls: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """Read a class's fields, its forward references resolved."""
    cls.model_rebuild()
    return cls.model_fields


def _key(name: str, field: FieldInfo) -> str:
    """The name a field has in an answer."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        alias = next((choice for choice in alias.choices if isinstance(choice, str)), None)
    return alias if isinstance(alias, str) else name


def _spec(owner: type[BaseModel], name: str, field: FieldInfo) -> JsonValue:
    word = _type_word(field.annotation)
    if word is None:
        raise ConfigurationError(
            f"{owner.__name__}.{name}: the service cannot be asked for {field.annotation!r}; it knows "
            "str, int, float, bool, lists of these, and dict (a nested model is asked for as dict)"
        )
    return {"description": _description(name, field), "type": word}


def _description(name: str, field: FieldInfo) -> str:
    """What to look for: the field's own description, else its name; with the words or keys that are possible."""
    bare = _without_none(field.annotation)
    described = field.description or name.replace("_", " ")
    choices = _choices(bare)
    if choices:
        return f"{described} (one of: {', '.join(choices)})"
    nested = _nested(bare)
    if nested is None:
        return described
    keys = "; ".join(
        f"{_key(inner, one)}: {one.description}" if one.description else _key(inner, one)
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


def _item(annotation: Any) -> Any:
    """What a list holds; None for what is no list of one kind."""
    bare = _without_none(annotation)
    if get_origin(bare) not in (list, tuple, set, frozenset):
        return None
    inner = [arm for arm in get_args(bare) if arm is not Ellipsis]
    return inner[0] if len(inner) == 1 else None


def _nested(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, one or many of."""
    bare = _without_none(annotation)
    bare = bare if isinstance(bare, type) and get_origin(bare) is None else _without_none(_item(bare))
    return bare if isinstance(bare, type) and issubclass(bare, BaseModel) else None


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
        word = _type_word(_item(bare))
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

    ``""`` and null are both "not found": None, the default, or an empty text or list, whichever the class allows
    first. A JSON-encoded string is decoded where the class wants an object or a list, one comma-separated string is
    split where it wants a list, and a number becomes text where it wants text. Nested models are treated alike.
    """
    adapted = dict(answer)
    for name, field in _fields(cls).items():
        key = _key(name, field)
        if key in adapted:
            adapted[key] = _adapt_value(adapted[key], field)
            if adapted[key] is None and not field.is_required() and not _takes_none(field.annotation):
                del adapted[key]
    return adapted


def _takes_none(annotation: Any) -> bool:
    return annotation is Any or annotation is type(None) or type(None) in get_args(annotation)


def _adapt_value(value: Any, field: FieldInfo) -> Any:
    word = _type_word(field.annotation) or "str"
    if value is None or (isinstance(value, str) and not value.strip()):
        return _not_found(value, field, word)
    if word == "str":
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return str(value) if number and not _choices(_without_none(field.annotation)) else value
    if isinstance(value, str):
        value = _from_text(value.strip(), word)
    return _into_models(value, field.annotation)


def _not_found(value: Any, field: FieldInfo, word: str) -> Any:
    """Say what a missing value is for a field."""
    if _takes_none(field.annotation) or (value is None and not field.is_required()):
        return None
    if word == "str":
        return None if _choices(_without_none(field.annotation)) and not field.is_required() else value or ""
    return [] if word.startswith("list") and field.is_required() else None


def _from_text(text: str, word: str) -> Any:
    if word == "dict" or text[:1] in "[{":
        return _decoded(text)
    return [part.strip() for part in text.split(",")] if word.startswith("list") else text


def _into_models(value: Any, annotation: Any) -> Any:
    """Adapt what is meant for nested models."""
    nested = _nested(annotation)
    if nested is None:
        return value
    rows = json_array(value)
    if rows is not None:
        return [adapt(row, nested) if json_object(row) is not None else row for row in rows]
    return value if json_object(value) is None else adapt(value, nested)


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
