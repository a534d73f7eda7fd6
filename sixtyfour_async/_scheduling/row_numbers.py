"""Numbers in the rows of a batch's answer: which place of the batch a row names by one."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

Texts: TypeAlias = dict[str, set[str]]
"""Normalised key → the normalised values found under it."""

INDEX_KEYS = frozenset(
    ("index", "idx", "row", "position", "leadindex", "rowindex", "inputindex", "requestindex", "itemindex")
)
"""Normalised keys under which a service numbers rows. Assumed."""


def row_number(text: str) -> int | None:
    """Return a whole number from its normalised text; None when it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None  # noqa: PLR2004 (digits)


def numbers_under(rows: Sequence[Texts], keys: AbstractSet[str]) -> list[int | None]:
    """Return the one whole number that each row has under some keys; None where it has none, or several."""
    numbers: list[int | None] = []
    for texts_of_row in rows:
        texts = set[str]().union(*(texts_of_row[key] for key in texts_of_row.keys() & keys))
        found = {number for text in texts if (number := row_number(text)) is not None}
        numbers.append(found.pop() if len(found) == 1 else None)
    return numbers


def places_named(numbers: Sequence[int | None], leads: int) -> list[int | None] | None:
    """Return the places, from 0, that the numbers of rows name; None when it is unproven what they count from."""
    present = {number for number in numbers if number is not None}
    base = 1 if None not in numbers and present == set(range(1, leads + 1)) else 0
    if base == 0 and 0 not in present:
        return None
    return [None if number is None else number - base for number in numbers]
