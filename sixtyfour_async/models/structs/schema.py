"""A class → the service's ``struct`` form, made from the JSON schema that pydantic writes of it.

The service knows a few type words and a description per field. What the words cannot say is asked for in the
description, at any depth: the choices of an enum or literal, the keys of an object with their own descriptions, the
format of a date. A type without a word of its own is asked for as ``str`` and read by pydantic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import JsonValue
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from sixtyfour_async.errors import ConfigurationError
from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.models.structs.classes import cached_by_class, struct_adapter

JsonSchema = Mapping[str, Any]

_WORDS: Final[Mapping[str, str]] = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "array": "list",
    "object": "dict",
}
_TEXT_HINTS: Final[Mapping[str, str]] = {
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "list": "JSON list",
    "dict": "JSON object",
}
"""What an endpoint that takes no types is told about a value, unless its shape says it already."""

_FORMATS: Final[Mapping[str, str]] = {
    "date": "ISO 8601 date, YYYY-MM-DD",
    "date-time": "ISO 8601 date and time",
    "time": "ISO 8601 time, HH:MM:SS",
    "duration": "ISO 8601 duration, such as P3M",
    "decimal": "decimal number",
    "uri": "full URL",
    "uuid": "UUID",
    "email": "email address",
}
_NO_TYPE = "x-no-type"
"""The key under which the schema holds a type that JSON cannot express."""


class _Schema(GenerateJsonSchema):
    """pydantic's schema, in which a Decimal is one type and a type that JSON cannot express is marked."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012 (as in pydantic)

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:  # noqa: ARG002 (as in pydantic)
        return {"type": "string", "format": "decimal"}

    def bytes_schema(self, schema: core_schema.BytesSchema) -> JsonSchemaValue:  # noqa: ARG002 (as in pydantic)
        return {_NO_TYPE: "bytes"}

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> JsonSchemaValue:  # noqa: ARG002 (as above)
        return {_NO_TYPE: error_info}


@cached_by_class
def describe_class(cls: type[Any], *, typed: bool = True) -> Mapping[str, JsonValue]:
    """Return a class in the service's ``struct`` form.

    Args:
        cls: A pydantic model, a dataclass or a TypedDict.
        typed: Whether the route takes types; if not, a field is its description, which then names the type.

    Raises:
        ConfigurationError: The class has a field that no text can express, or pydantic cannot read the class.
    """
    schema = struct_adapter(cls).json_schema(schema_generator=_Schema)
    definitions = json_object(schema.get("$defs")) or {}
    properties = json_object(_Description(definitions).resolved(schema).get("properties")) or {}
    struct: dict[str, JsonValue] = {}
    for name, asked in properties.items():
        description = _Description(definitions)
        text = description.of_field(name, asked, typed=typed)
        if description.no_type:
            raise ConfigurationError(
                f"{cls.__name__}.{name}: the service has no type for {description.no_type}; use str, a number, bool, "
                "a date, an enum, a list or dict of these, or a class of such fields"
            )
        struct[name] = {"description": text, "type": description.word(asked)} if typed else text
    return struct


@dataclass(slots=True)
class _Description:
    """The description of one field.

    Attributes:
        definitions: The classes and enums of the schema, by name.
        described: Classes whose keys the text has named, with the key that holds the first; a class that holds itself
            is described once.
        no_type: What JSON cannot express; "" when there is nothing.
    """

    definitions: Mapping[str, Any]
    described: dict[str, str] = field(default_factory=dict[str, str])
    no_type: str = ""

    def resolved(self, schema: JsonSchema) -> JsonSchema:
        """Return the schema that a reference stands for."""
        while "$ref" in schema:
            schema = self.definitions[self.reference(schema)]
        return schema

    def reference(self, schema: JsonSchema) -> str:
        return str(schema.get("$ref", "")).rpartition("/")[2]

    def arms(self, schema: JsonSchema) -> list[JsonSchema]:
        """Return what a value may be, besides null; the schema itself when that is one thing."""
        found = self.resolved(schema)
        inner = next((arms for key in ("anyOf", "oneOf", "allOf") if (arms := json_array(found.get(key)))), None)
        if inner is None:
            return [] if found.get("type") == "null" else [schema]
        return [arm for one in inner for arm in self.arms(one)]

    def word(self, schema: JsonSchema) -> str:
        """Return the service's word for a type; ``str`` for one that has none."""
        words = {self._word(arm) for arm in self.arms(schema)}
        if words == {"int", "float"}:
            return "float"
        return words.pop() if len(words) == 1 else "str"

    def _word(self, schema: JsonSchema) -> str:
        found = self.resolved(schema)
        word = "str" if _choices(found) else _WORDS.get(str(found.get("type")), "str")
        if word != "list":
            return word
        words = {self.word(item) for item in _items(found)}
        item = words.pop() if len(words) == 1 else ""
        return f"list[{item}]" if item in {"str", "int", "float", "bool"} else "list"

    def of_field(self, name: str, schema: JsonSchema, *, typed: bool) -> str:
        """Return the description of a field, else its name, followed by the shape of its value."""
        described = schema.get("description") or name.replace("_", " ")
        shape = self.shape(schema, name)
        if not shape and not typed:
            shape = _TEXT_HINTS.get(self.word(schema).partition("[")[0], "")
        return f"{described} ({shape})" if shape else str(described)

    def shape(self, schema: JsonSchema, name: str) -> str:
        """Return what the type word does not say of a value; "" when the word says it all."""
        shapes = [self._shape(arm, name) for arm in self.arms(schema)]
        return ", or ".join(dict.fromkeys(filter(None, shapes)))

    def _shape(self, schema: JsonSchema, name: str) -> str:
        found = self.resolved(schema)
        self.no_type = self.no_type or str(found.get(_NO_TYPE, ""))
        choices = _choices(found)
        if choices:
            return f"one of: {', '.join(choices)}"
        if found.get("type") == "object":
            return self._object(schema, name)
        if found.get("type") == "array":
            return self._array(found, name)
        return _FORMATS.get(str(found.get("format")), "")

    def _object(self, schema: JsonSchema, name: str) -> str:
        found, reference = self.resolved(schema), self.reference(schema)
        if "properties" not in found:
            values = [self.shape(value, name) for value in _values(found)]
            keys = self.shape(json_object(found.get("propertyNames")) or {}, name)
            told = [f"whose keys are {keys}"] if keys else []
            told += [f"whose values are each {_article(one)}" for one in values if one]
            return f"JSON object {' and '.join(told)}" if told else ""
        if reference in self.described:
            return f"JSON object with the same keys as {self.described[reference]}"
        if reference:
            self.described[reference] = name
        keys = "; ".join(self._key(key, value) for key, value in found["properties"].items())
        return f"JSON object with the keys {keys}"

    def _key(self, name: str, schema: JsonSchema) -> str:
        """Return a key of an object, with its description and shape."""
        described, shape = schema.get("description"), self.shape(schema, name)
        return f"{name}{f': {described}' if described else ''}{f' ({shape})' if shape else ''}"

    def _array(self, schema: JsonSchema, name: str) -> str:
        shapes = [self.shape(item, name) for item in _items(schema)]
        if "prefixItems" in schema:
            words = [shape or self.word(item) for shape, item in zip(shapes, _items(schema), strict=True)]
            return f"JSON list of {len(words)}: {', '.join(words)}"
        shape = next(filter(None, shapes), "")
        if shape.startswith("JSON object with "):
            return f"JSON list of objects with {shape.removeprefix('JSON object with ')}"
        if shape.startswith("one of: "):
            return f"each {shape}"
        return f"list, each {shape}" if shape else ""


def _article(shape: str) -> str:
    return f"a {shape}" if shape.startswith("JSON ") else shape


def _choices(schema: JsonSchema) -> list[str]:
    """Return the values of an enum or literal as text; empty for other types."""
    values = json_array(schema.get("enum")) or ([schema["const"]] if "const" in schema else [])
    return [_json_text(value) for value in values if value is not None]


def _json_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _items(schema: JsonSchema) -> list[JsonSchema]:
    """Return what the items of a list may be."""
    found = [*(json_array(schema.get("prefixItems")) or []), schema.get("items")]
    return [item for item in map(json_object, found) if item]


def _values(schema: JsonSchema) -> Iterator[JsonSchema]:
    """Yield what the values of an object without fixed keys may be."""
    patterns = json_object(schema.get("patternProperties")) or {}
    found = map(json_object, (*patterns.values(), schema.get("additionalProperties")))
    yield from (value for value in found if value)
