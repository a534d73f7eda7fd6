"""Does anything in the rows of an answer speak against their order?

Position is believed only while nothing contradicts it. What `attribution` reads as evidence is what a row repeats under
a lead's own keys. Here everything counts, under whatever name and however deep: it need not show whose a row is, only
that the order was not kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.models.spelling import normal_key, normal_text

MIN_TEXT_LENGTH = 3
"""Characters from which on a text of a lead is looked for inside others; ``US`` is in anything."""


def order_is_disproved(leads: Sequence[Mapping[str, set[str]]], rows: Sequence[Any]) -> bool:
    """Return whether a row mentions another lead than that of its place, or a number shows another order.

    Args:
        leads: The normalised texts of each lead, by key.
        rows: The rows of the answer, as many as leads.
    """
    return _mentions_others(leads, rows) or any(_is_other_order(numbers) for numbers in _columns(rows))


def _mentions_others(leads: Sequence[Mapping[str, set[str]]], rows: Sequence[Any]) -> bool:
    texts = [{text for found in lead.values() for text in found if len(text) >= MIN_TEXT_LENGTH} for lead in leads]
    count = dict[str, int]()
    for own in texts:
        for text in own:
            count[text] = count.get(text, 0) + 1
    distinguishing = [{text for text in own if count[text] == 1} for own in texts]
    for place, row in enumerate(rows):
        said = list(_leaves(row))
        named = {lead for lead, own in enumerate(distinguishing) if any(text in one for text in own for one in said)}
        if named and place not in named:
            return True
    return False


def _leaves(value: Any) -> Iterator[str]:
    """Yield every text in a value, normalised."""
    left = [value]
    while left:
        one = left.pop()
        if (members := json_object(one)) is not None:
            left.extend(members.values())
        elif (items := json_array(one)) is not None:
            left.extend(items)
        elif text := normal_text(one):
            yield text


def _columns(rows: Sequence[Any]) -> Iterator[list[int]]:
    """Yield the whole numbers that all rows have under one key."""
    objects = [{normal_key(key): value for key, value in (json_object(row) or {}).items()} for row in rows]
    for key in set[str]().union(*objects[:1]):
        numbers = [row.get(key) for row in objects]
        if all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
            yield [number for number in numbers if isinstance(number, int)]


def _is_other_order(numbers: Sequence[int]) -> bool:
    """Return whether numbers count the rows, from 0 or from 1, in another order than theirs."""
    first = min(numbers, default=0)
    counted = list(range(first, first + len(numbers)))
    return first in {0, 1} and sorted(numbers) == counted and list(numbers) != counted
