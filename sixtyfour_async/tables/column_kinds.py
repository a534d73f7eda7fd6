"""What kind of values a column has, and so the type that it has in a format or a frame with types. No I/O."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, TypeAlias

from sixtyfour_async.tables.base import Cell

Kind: TypeAlias = str
"""``"bool"``, ``"int"``, ``"float"``, ``"text"``, one of them after ``"list of "``, or ``"mixed"``: no type but text."""

LIST_OF: Final = "list of "

SMALL: Final = 2**53
LARGE: Final = 2**63
"""Whole numbers below the first one are the same as floats, those below the second one fit 64 bits."""


def kind_of(value: Cell) -> Kind:
    """Return the kind of a value, also ``"none"`` and ``"small int"``; two kinds share no type but text."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "small int" if abs(value) <= SMALL else "int" if -LARGE <= value < LARGE else "text"
    if isinstance(value, float):
        return "float"
    if isinstance(value, list):
        kinds = {kind_of(item) for item in value} - {"none"}
        kinds = {"int" if kind == "small int" else kind for kind in kinds}
        listed = next(iter(kinds), "text")
        return f"{LIST_OF}{listed}" if len(kinds) <= 1 and listed in {"bool", "int", "float", "text"} else "mixed"
    return "text" if isinstance(value, str) else "mixed"


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
    if len(found) == 1:
        return found.pop()
    return "float" if found == {"small int", "float"} else "mixed"
