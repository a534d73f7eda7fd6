"""Rows of a batch's answer that come under names, not in a list: ``{"Row 0": {…}, "Row 1": {…}}``.

A name is evidence of whose the row is when it is a number of the row, or a value of a lead, alone or beside others:
``"ada@acme.example"``, ``"ada_example"``, ``"Ada Example, Acme"``. `attribution` weighs it with all other evidence;
only that the members of an object are rows at all is decided here. The order of an object's members means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.models.spelling import normal_key, normal_text

NAMED_INDEX = "index"
"""The key under which the number in a name counts."""

_NUMBER = re.compile(
    r"(?:rows?|leads?|items?|index|inputs?|records?|entry|person|people|contact|results?|question|no|nr|number)?"
    r"[ _#:.\-\[(]*(\d{1,9})[\])]?"
)
_BETWEEN_VALUES = re.compile(r"[,;|<>()\[\]/]+| - ")


def said_by_name(name: str, leads: Sequence[Mapping[str, set[str]]]) -> dict[str, set[str]]:
    """Return what a row's name says of its lead, by key, normalised: values of the leads, else a number.

    Args:
        name: The name.
        leads: The normalised texts of each lead, by key.
    """
    said: dict[str, set[str]] = {}
    parts = {normal_key(part) for part in (name, *_BETWEEN_VALUES.split(name))} - {""}
    for lead in leads:
        for key, texts in lead.items():
            if found := {text for text in texts if normal_key(text) in parts}:
                said.setdefault(key, set()).update(found)
    number = None if said else _NUMBER.fullmatch(normal_text(name))
    return said if number is None else {NAMED_INDEX: {str(int(number[1]))}}


def rows_under_names(
    objects: Sequence[Mapping[str, Any]], leads: Sequence[Mapping[str, set[str]]]
) -> Mapping[str, Any] | None:
    """Return the rows of the first object with names that are evidence, else of the first that holds nothing but rows.

    Beside rows there may be plain values only. Rows whose names say nothing are objects, and say themselves whose they
    are: at least two of them quote a lead.
    """
    for members in objects:
        rows = {name: value for name, value in members.items() if said_by_name(name, leads)}
        if rows and not any(map(_is_container, (members[name] for name in members.keys() - rows.keys()))):
            return rows
    return next((members for members in objects if _are_rows(members, leads)), None)


def _are_rows(members: Mapping[str, Any], leads: Sequence[Mapping[str, set[str]]]) -> bool:
    inside = [json_object(value) for value in members.values()]
    quoting = [row for row in inside if row is not None and any(_quotes(row, lead) for lead in leads)]
    return None not in inside and len(quoting) > 1


def _quotes(row: Mapping[str, Any], lead: Mapping[str, set[str]]) -> bool:
    return any(normal_text(value) in lead.get(normal_key(name), ()) for name, value in row.items())


def _is_container(value: object) -> bool:
    return json_object(value) is not None or json_array(value) is not None
