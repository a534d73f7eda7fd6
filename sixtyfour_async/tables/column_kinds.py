"""What kind of values a column has, and so the type that it has in a format or a frame with types. No I/O."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, TypeAlias

from sixtyfour_async.tables.base import Cell

Kind: TypeAlias = str
"""``"bool"``, ``"int"``, ``"float"``, ``"text"``, one of them after ``"list of "``; ``"mixed"``: text only."""

LIST_OF: Final = "list of "

SMALL: Final = 2**53
LARGE: Final = 2**63
"""Whole numbers below the first one are the same as floats, those below the second one fit 64 bits."""


SIMPLE: Final = frozenset(("bool", "int", "float", "text"))


def kind_of(value: Cell) -> Kind:
    """Return the kind of a value, also ``"none"`` and ``"small int"``, both also in lists."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "small int" if abs(value) <= SMALL else "int" if -LARGE <= value < LARGE else "text"
    if isinstance(value, float):
        return "float"
    if isinstance(value, list):
        kinds = {_item_kind(item) for item in value} - {"none"}
        listed = kinds.pop() if len(kinds) == 1 else _listed_kind(kinds, "none")
        return f"{LIST_OF}{listed}" if listed in SIMPLE | {"none", "small int"} else "mixed"
    return "text" if isinstance(value, str) else "mixed"


def _item_kind(item: Cell) -> Kind:
    """Return the kind of a list's item: a number that is too large for a column of numbers is no text among others."""
    kind = kind_of(item)
    return "mixed" if kind == "text" and not isinstance(item, str) else kind


def common_kind(kinds: Collection[Kind], declared: Kind = "text") -> Kind:
    """Return the kind of a column in which values of these kinds occur.

    Args:
        kinds: What `kind_of` returned for each value.
        declared: The kind of a column without values, and of one whose whole numbers are meant as floats.
    """
    found = set(kinds) - {"none"}
    if not found:
        return declared
    if found <= {"int", "small int"}:
        return "float" if declared == "float" and found == {"small int"} else "int"
    if found == {"small int", "float"}:
        return "float"
    if all(kind.startswith(LIST_OF) for kind in found):
        items = declared.removeprefix(LIST_OF) if declared.startswith(LIST_OF) else "text"
        listed = _listed_kind({kind.removeprefix(LIST_OF) for kind in found}, items)
        return f"{LIST_OF}{listed}" if listed in SIMPLE else "mixed"
    return found.pop() if len(found) == 1 else "mixed"


def _listed_kind(kinds: Collection[Kind], declared: Kind) -> Kind:
    """Return the common kind of items: inside a list, the text of ``1`` and of ``1.0`` differ, unlike in a cell."""
    return "mixed" if "float" in kinds and not {*kinds} <= {"float", "none"} else common_kind(kinds, declared)
