"""What is asked of the core schema that pydantic made of a class: its types, its fields, what they allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from pydantic_core import CoreSchema

from sixtyfour_async.models._base import json_array

Node: TypeAlias = Mapping[str, Any]
"""A node of a pydantic core schema."""

CLASSES: Final = frozenset({"model", "dataclass", "typed-dict"})
FIELDS: Final = frozenset({"model-fields", "dataclass-args", "typed-dict"})
FUNCTIONS: Final = frozenset({"function-before", "function-after", "function-wrap"})
UNIONS: Final = frozenset({"union", "tagged-union"})
LISTS: Final = frozenset({"list", "set", "frozenset", "tuple"})
NUMBERS: Final = frozenset({"int", "float", "decimal"})
DAYS: Final = frozenset({"date", "datetime", "time"})
SCALARS: Final = NUMBERS | DAYS | {"str", "bool", "literal", "enum", "url", "uuid", "timedelta"}


def as_schema(node: Node) -> CoreSchema:
    """Return a node as the type that pydantic declares."""
    schema: Any = node
    return cast("CoreSchema", schema)


@dataclass(frozen=True, slots=True)
class Nodes:
    """Reads nodes that may be references.

    Attributes:
        definitions: What the references stand for.
    """

    definitions: Mapping[str, Node]

    def resolved(self, node: Node) -> Node:
        """Return the node that a reference stands for."""
        while node["type"] == "definition-ref":
            node = self.definitions[str(node["schema_ref"])]
        return node

    def bare(self, node: Node) -> Node:
        """Return the type below validator functions, defaults and None."""
        node = self.resolved(node)
        while node["type"] in FUNCTIONS | {"nullable", "default", "json-or-python", "lax-or-strict"}:
            node = self.resolved(node.get("schema") or node.get("json_schema") or node["lax_schema"])
        return node

    def class_of(self, node: Node) -> Node | None:
        """Return the class that a node is, with its validator functions; None when it is something else."""
        found = node = self.resolved(node)
        while found["type"] in FUNCTIONS:
            found = self.resolved(found["schema"])
        return node if found["type"] in CLASSES and not found.get("root_model") else None

    def allows_none(self, node: Node) -> bool:
        """Return whether None is a value of a type."""
        node = self.resolved(node)
        if node["type"] in UNIONS:
            return any(map(self.allows_none, self.arms(node)))
        inner = node.get("schema") if node["type"] in FUNCTIONS | {"default"} else None
        return node["type"] in {"nullable", "none", "any"} or (inner is not None and self.allows_none(inner))

    def arms(self, node: Node) -> list[Node]:
        """Return the types of a union."""
        choices: Any = node["choices"]
        arms: Iterable[Any] = choices.values() if node["type"] == "tagged-union" else choices
        return [self.resolved(arm[0] if issubclass(type(arm), tuple) else arm) for arm in arms]

    def item_kinds(self, node: Node) -> frozenset[str]:
        """Return the types of a list's items; a class is ``class``."""
        items = node.get("items_schema") or {"type": "any"}
        return frozenset(map(self.kind, json_array(items) or [items]))

    def kind(self, node: Node) -> str:
        """Return the bare type of a node; a class is ``class``."""
        bare = self.bare(node)
        return "class" if bare["type"] in CLASSES else str(bare["type"])


def inner_node(node: Node, kinds: frozenset[str]) -> Node:
    """Return the first node of certain types on the way down a class."""
    while node["type"] not in kinds:
        node = node["schema"]
    return node


def fields_of(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield name and node of each field."""
    fields: Any = node["fields"]
    yield from fields.items() if isinstance(fields, dict) else ((each["name"], each) for each in fields)


def field_names(name: str, node: Node) -> list[str]:
    """Return the names of a field in answers: its aliases, then its own. The first is that of the request."""
    alias: Any = node.get("validation_alias")
    if isinstance(alias, str):
        return [alias, name]
    paths = (json_array(path) for path in json_array(alias) or [])  # a path of its own is a flat list
    return [*(path[0] for path in paths if path is not None and len(path) == 1), name]
