"""Answers → instances of the caller's class: what fits is read, and one bad field costs one field.

pydantic does the validating. The core schema that it made of the class is rebuilt so that every field, list item and
value of a mapping fails alone, and an instance with a required field missing can still be made, with None in its place.
The caller's own validators run as always. One that raises costs its field; one of the whole class is reported, and the
instance is made without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from functools import cached_property
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, SchemaValidator, core_schema

from sixtyfour_async.errors.foreign import FOREIGN
from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.models.structs.classes import cached_by_class, struct_adapter
from sixtyfour_async.models.structs.forms import read_object, with_list_forms, with_mapping_forms, with_text_forms
from sixtyfour_async.models.structs.names import match_names
from sixtyfour_async.models.structs.nodes import (
    CLASSES,
    FIELDS,
    FUNCTIONS,
    LISTS,
    NUMBERS,
    SCALARS,
    UNIONS,
    Node,
    Nodes,
    as_schema,
    field_names,
    fields_of,
    inner_node,
)
from sixtyfour_async.models.structs.problems import FINDINGS, Attempt, FieldProblem, Findings, reason
from sixtyfour_async.models.structs.slots import Slot
from sixtyfour_async.models.structs.text import UNREAD, read_choice


class StructReading(NamedTuple):
    """An answer read as a class.

    Attributes:
        value: The instance; for a TypedDict, a dict.
        problems: The fields that could not be filled.
    """

    value: Any
    problems: tuple[FieldProblem, ...]


def read_struct(cls: type[Any], answer: object) -> StructReading:
    """Read an answer as the caller's class.

    A class with ``strict=True`` in its pydantic configuration refuses an answer with a value that cannot be read, or
    without a required field.

    Raises:
        ValidationError: The class is strict, and there is such a problem.
        ConfigurationError: pydantic cannot read the class.
    """
    findings = Findings()
    token = FINDINGS.set(findings)
    try:
        value = _reader(cls).read(answer, root=True)
    finally:
        FINDINGS.reset(token)
    refused = [problem for problem, refuses in findings.problems if refuses]
    if refused and _is_strict(cls):
        raise ValidationError.from_exception_data(cls.__name__, list(map(_as_error, refused)))
    return StructReading(value, tuple(problem for problem, _ in findings.problems))


def _is_strict(cls: type[Any]) -> bool:
    config: Any = getattr(cls, "model_config", None) or getattr(cls, "__pydantic_config__", None)
    return bool((json_object(config) or {}).get("strict"))


def _as_error(problem: FieldProblem) -> InitErrorDetails:
    what = PydanticCustomError("unread", "{why}", {"why": problem.why})
    return InitErrorDetails(type=what, loc=tuple(problem.name.split(".")) if problem.name else (), input=problem.raw)


@cached_by_class
def _reader(cls: type[Any]) -> ClassReader:
    schema: Node = struct_adapter(cls).core_schema
    known = json_array(schema.get("definitions")) or []
    rebuilder = Rebuilder(Nodes({node["ref"]: node for node in known}))
    return rebuilder.reader(schema["schema"] if schema["type"] == "definitions" else schema)


class Rebuilder:
    """Makes lenient schemas of the types that one class is built of."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self._readers: dict[str, ClassReader] = {}
        self._makers: dict[str, Callable[[Node], CoreSchema]] = {
            **dict.fromkeys(FUNCTIONS | {"nullable", "default"}, self._wrapped),
            **dict.fromkeys(SCALARS, with_text_forms),
            **dict.fromkeys(LISTS, self._list),
            **dict.fromkeys(UNIONS, self._union),
            "dict": self._mapping,
            "json-or-python": self._abstract,
        }

    def reader(self, node: Node) -> ClassReader:
        """Return the reader of a class, by the node that is its schema."""
        node = self.nodes.resolved(node)
        key = str(node.get("ref") or id(node))
        if key not in self._readers:
            self._readers[key] = ClassReader(self, node)
        return self._readers[key]

    def validator(self, schema: CoreSchema, config: Any) -> SchemaValidator:
        """Build a validator, with the definitions that it may refer to."""
        known: list[CoreSchema] = []
        for ref, node in self.nodes.definitions.items():
            rebuilt = node if self.nodes.class_of(node) else self.lenient(node)
            known.append(as_schema({**rebuilt, "ref": ref}))
        return SchemaValidator(core_schema.definitions_schema(schema, known) if known else schema, config)

    def lenient(self, node: Node) -> CoreSchema:
        """Return a node that reads more forms, and whose parts fail alone."""
        if self.nodes.class_of(node) is not None:
            return core_schema.no_info_plain_validator_function(lambda value: self.reader(node).read(value))
        return self._makers.get(node["type"], as_schema)(node)

    def _item(self, node: Node) -> CoreSchema:
        slot = Slot.of(self.nodes, node)
        return self.lenient(node) if slot.kind == "any" else slot.schema(node, self.lenient)

    def _wrapped(self, node: Node) -> CoreSchema:
        return as_schema({**node, "schema": self.lenient(node["schema"])})

    def _mapping(self, node: Node) -> CoreSchema:
        values = self._item(node.get("values_schema") or ANYTHING)
        keys = self.lenient(node.get("keys_schema") or ANYTHING)
        return with_mapping_forms({**node, "values_schema": values, "keys_schema": keys})

    def _abstract(self, node: Node) -> CoreSchema:
        """Return an abstract type, such as a Sequence, that reads what its form in JSON reads."""
        inner, schema = node["json_schema"], as_schema(node)
        return core_schema.chain_schema([self.lenient(inner), schema]) if inner["type"] in LISTS else schema

    def _list(self, node: Node) -> CoreSchema:
        """Return a list whose items fail alone, but for those of a tuple, where each has its place."""
        given = node.get("items_schema") or ANYTHING
        items = json_array(given)
        if items is None:
            rebuilt: Any = self._item(given)
        elif node.get("variadic_item_index") == 0 and len(items) == 1:
            rebuilt = [self._item(items[0])]
        else:
            rebuilt = list(map(self.lenient, items))
        numbers = self.nodes.item_kinds(node) <= NUMBERS
        return with_list_forms({**node, "items_schema": rebuilt}, numbers=numbers)

    def _union(self, node: Node) -> CoreSchema:
        """Return a union that takes what pydantic itself chooses, else the class with the most keys in common."""
        arms = self.nodes.arms(node)
        classes = [arm for arm in arms if self.nodes.class_of(arm) is not None]

        def read_nearest(value: Any) -> Any:
            found = read_object(value) or {}
            return max(map(self.reader, classes), key=lambda reader: reader.likeness(found)).read(value)

        nearest = [core_schema.no_info_plain_validator_function(read_nearest)] if classes else []
        others = [self.lenient(arm) for arm in arms if arm not in classes]
        return core_schema.union_schema([as_schema(node), *nearest, *others], mode="left_to_right")


ANYTHING: Node = {"type": "any"}

_STATE = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")
"""What an instance of a model consists of, in the order in which pydantic validates it."""


class ClassReader:
    """Reads objects as one class.

    Its fields are validated once, by a schema that cannot fail. Then the class's own functions run around the result;
    when a required field is missing, or one of them raises, the instance is made without them.
    """

    def __init__(self, rebuilder: Rebuilder, node: Node) -> None:
        self._rebuilder = rebuilder
        self._node = node
        self._core = inner_node(node, CLASSES)
        self._fields = inner_node(self._core, FIELDS)
        self._slots: dict[str, Slot] = {}
        self._names: dict[str, list[str]] = {}
        for name, each in fields_of(self._fields):
            names = field_names(name, each)
            omittable = each.get("required") is False
            self._slots[name] = Slot.of(rebuilder.nodes, each["schema"], names[0], omittable=omittable)
            self._names[names[0]] = names

    def read(self, value: Any, *, root: bool = False) -> Any:
        """Read an object, also from text; as *root*, anything else is an empty one, which is reported."""
        if self._core["type"] != "typed-dict" and isinstance(value, self._core["cls"]):
            return value
        found, findings = read_object({} if value is None else value), FINDINGS.get()
        if found is None:
            if not root:
                raise PydanticCustomError("no_object", "should be an object")
            findings.report(value, "should be an object", refuses=True)
        matched = match_names(self._names, found or {})
        answer = {matched.get(name, name): inner for name, inner in (found or {}).items()}
        attempt = Attempt(len(findings.problems))
        findings.attempts.append(attempt)
        try:
            return self._whole.validate_python(answer, strict=False)
        except FOREIGN as error:  # a function of the caller's class may raise anything
            parts = attempt.parts
            if parts is None:  # a function that runs before the fields are validated raised
                parts = self._parts.validate_python(answer, strict=False)
            if not self._is_incomplete(parts):
                findings.report(found, reason(error), refuses=True)
            return self._make(parts, is_whole=False)
        finally:
            findings.attempts.pop()

    def likeness(self, answer: Mapping[str, Any]) -> int:
        """Count the keys that an answer has in common with the class; a choice that it does not have counts against."""
        matched = match_names(self._names, answer)
        wrong = 0
        for name, each in fields_of(self._fields):
            bare, key = self._rebuilder.nodes.bare(each["schema"]), field_names(name, each)[0]
            given = [answer[own] for own, field in matched.items() if field == key]
            if bare["type"] == "literal" and given:
                wrong += read_choice(given[0], bare["expected"]) is UNREAD
        return len(matched) - wrong * (len(self._names) + 1)

    @cached_property
    def _parts(self) -> SchemaValidator:
        """Validator of the fields alone: object → parts, as `_make` takes them."""
        config: Node = self._core.get("config") or {}
        extra = self._fields.get("extra_behavior") or config.get("extra_fields_behavior") or "ignore"
        # Keys that nobody asked for are normal: the service echoes its input.
        node = {**self._fields, "extra_behavior": "allow" if extra == "allow" else "ignore"}
        node.pop("ref", None)
        rebuilt = [(name, self._field(name, each)) for name, each in fields_of(self._fields)]
        node["fields"] = dict(rebuilt) if isinstance(node["fields"], dict) else [each for _, each in rebuilt]
        return self._rebuilder.validator(as_schema(node), config)

    def _field(self, name: str, node: Node) -> Node:
        optional = {"required": False} if "required" in node or self._fields["type"] == "typed-dict" else {}
        return {**node, **optional, "schema": self._slots[name].schema(node["schema"], self._rebuilder.lenient)}

    @cached_property
    def _whole(self) -> SchemaValidator:
        """Validator of the class, its functions included."""
        return SchemaValidator(self._around(self._node), self._core.get("config"))

    def _around(self, node: Node) -> CoreSchema:
        """Return the class's functions around the validator of its fields."""
        if node is self._fields and node is not self._core:
            return core_schema.no_info_plain_validator_function(self._validate_fields)
        if node is self._core:
            fields: CoreSchema = core_schema.no_info_plain_validator_function(self._validate_fields)
            inner = fields if node is self._fields else self._around(node["schema"])
            return core_schema.no_info_after_validator_function(lambda parts: self._make(parts, is_whole=True), inner)
        bare = {key: value for key, value in node.items() if key != "ref"}
        return as_schema({**bare, "schema": self._around(node["schema"])})

    def _validate_fields(self, answer: Any) -> Any:
        findings = FINDINGS.get()
        attempt = findings.attempts[-1]
        findings.rewind(attempt.start)
        attempt.parts = self._parts.validate_python(answer, strict=False)
        if self._is_incomplete(attempt.parts):
            raise PydanticCustomError("incomplete", "a required field is missing")
        return attempt.parts

    def _is_incomplete(self, parts: Any) -> bool:
        values: dict[str, Any] = parts if self._core["type"] == "typed-dict" else parts[0]
        return any(slot.must_be_filled and values.get(name) is None for name, slot in self._slots.items())

    def _make(self, parts: Any, *, is_whole: bool) -> Any:
        """Make the instance as pydantic does; unless it is whole, in spite of what the class does after that."""
        if self._core["type"] == "typed-dict":
            return parts
        cls, assign, after = self._core["cls"], object.__setattr__, self._core.get("post_init")
        made = cls.__new__(cls)
        if self._core["type"] == "dataclass":
            values, arguments = parts
            for name, value in values.items():
                assign(made, name, value)
            if is_whole and after:
                made.__post_init__(*arguments or ())
            return made
        for name, value in zip(_STATE, (*parts, None), strict=True):
            assign(made, name, value)
        if after:  # also sets the private attributes, before the method of the caller's
            with nullcontext() if is_whole else suppress(*FOREIGN):
                getattr(made, after)(None)
        return made
