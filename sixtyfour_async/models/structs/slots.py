"""Places for values, in a class, list or mapping, and what happens when one cannot be filled."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic_core import CoreSchema, PydanticOmit, PydanticUseDefault, core_schema

from sixtyfour_async.errors.foreign import FOREIGN
from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.models.structs.names import fold_name
from sixtyfour_async.models.structs.nodes import LISTS, SCALARS, Node, Nodes, as_schema
from sixtyfour_async.models.structs.problems import FINDINGS, NOT_FOUND, reason
from sixtyfour_async.models.structs.text import says_not_found

Handler: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Slot:
    """A field, or an item of a list or mapping.

    Attributes:
        name: The field's name in requests; "" for an item.
        kind: The type of the value; ``class`` for a class.
        is_scalar: Whether the value, or each item of it, is no object and of no class.
        nullable: Whether it may be None.
        has_default: Whether it has a default.
        omittable: Whether it may be left out: an item, or such a key of a TypedDict.
    """

    name: str
    kind: str
    is_scalar: bool
    nullable: bool
    has_default: bool
    omittable: bool

    @classmethod
    def of(cls, nodes: Nodes, node: Node, name: str = "", *, omittable: bool = True) -> Slot:
        """Describe the slot for a type."""
        kind = nodes.kind(node)
        kinds = nodes.item_kinds(nodes.bare(node)) if kind in LISTS else {kind}
        has_default = node["type"] == "default"
        return cls(name, kind, kinds <= SCALARS, nodes.allows_none(node), has_default, omittable)

    @property
    def must_be_filled(self) -> bool:
        """Whether an instance without this value is incomplete."""
        return not (self.nullable or self.has_default or self.omittable)

    def schema(self, node: Node, lenient: Callable[[Node], CoreSchema]) -> CoreSchema:
        """Return the schema of the value, which never fails: it reports, and leaves out what cannot be read."""
        inner = lenient(node["schema"] if self.has_default else node)
        filled = core_schema.no_info_wrap_validator_function(self.fill, inner)
        if self.has_default:
            return as_schema({**node, "schema": filled})
        return filled if self.omittable else core_schema.with_default_schema(filled, default_factory=self._absent)

    def _absent(self) -> None:
        """Report a required field that is not in the answer."""
        with FINDINGS.get().at(self.name):
            FINDINGS.get().report(None, NOT_FOUND, refuses=True)

    def fill(self, value: Any, handler: Handler) -> Any:
        """Read a value, or return what stands for it."""
        findings = FINDINGS.get()
        with findings.at(self.name or next(findings.items[-1])):
            inner = _unwrapped(value) if self.is_scalar else value
            if inner is None or (isinstance(inner, str) and not inner.strip()):
                return self._blank(inner, handler)
            before, why = len(findings.problems), ""
            for form in (inner, *_only_item(inner)):
                try:
                    return handler(form)
                except (PydanticOmit, PydanticUseDefault):
                    raise
                except FOREIGN as error:  # a validator of the caller's may raise anything
                    why = why or reason(error)
                    findings.rewind(before)
            is_said = isinstance(inner, str) and says_not_found(inner)
            return self._missing(value, NOT_FOUND if is_said else why, handler)

    def _blank(self, value: Any, handler: Handler) -> Any:
        """Return what stands for an empty text or null, with which the service says that it found nothing."""
        if not self.nullable and not (value is None and self.has_default):
            if self.kind == "str" and not (value is None and self.omittable):
                with suppress(*FOREIGN):
                    return handler(value or "")
            if self.kind in LISTS and not self.has_default:
                with suppress(*FOREIGN):
                    return handler([])
            if self.must_be_filled:
                return self._missing(value, NOT_FOUND, handler)
        return self._stand_in(handler)

    def _missing(self, value: Any, why: str, handler: Handler) -> Any:
        FINDINGS.get().report(value, why, refuses=why != NOT_FOUND or self.must_be_filled)
        return self._stand_in(handler)

    def _stand_in(self, handler: Handler) -> Any:
        """Return None where the class allows it, else its default; leave out what may be left out."""
        if self.nullable:
            try:
                return handler(None)
            except FOREIGN:  # a validator of the caller's that does not expect None
                return None
        if self.has_default:
            raise PydanticUseDefault
        if self.omittable:
            raise PydanticOmit
        return None


def _unwrapped(value: Any) -> Any:
    """Return the value of ``{"value": …, …}``, where the class declares no object."""
    found = json_object(value) or {}
    keys = [key for key in found if fold_name(key) == "value"]
    return found[keys[0]] if len(keys) == 1 else value


def _only_item(value: Any) -> list[Any]:
    rows = json_array(value) or []
    return rows if len(rows) == 1 else []
