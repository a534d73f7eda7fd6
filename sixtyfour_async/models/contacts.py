"""Email addresses and phone numbers in every shape in which a service may send them.

The vendor's pages show ``[[address, status, type]]`` and ``[{"number", "region"}]``. Assumed, as other services of this
field send them: objects with other keys, lists inside lists, one object with a list in it, several addresses in one
text, and an object whose keys are the addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.models.spelling import normal_key
from sixtyfour_async.models.status_words import has_content

MAX_DEPTH = 12
"""Levels of lists and objects that are searched."""

MIN_DIGITS = 5
"""Digits of the shortest phone number."""

_BETWEEN_ADDRESSES = re.compile(r"[,;\s]+")

_BARE_NUMBER = re.compile(r"\+?[0-9 ().\-/]+(?:(?:ext|x)\.? ?[0-9]+)?", re.IGNORECASE)


def _holds_address(text: str) -> bool:
    if "@" not in text:  # by far the fastest test, of every text in an answer
        return False
    before, _, after = text.partition("@")
    return bool(before.strip() and after.strip())


def _is_address(text: str) -> bool:
    return _holds_address(text) and text.count("@") == 1 and not re.search(r"\s", text.strip())


def _holds_number(text: str) -> bool:
    return sum(map(str.isdecimal, text)) >= MIN_DIGITS


def _is_number(text: str) -> bool:
    return _holds_number(text) and _BARE_NUMBER.fullmatch(text.strip()) is not None


@dataclass(frozen=True, slots=True)
class ContactShape:
    """How one kind of contact is written.

    Attributes:
        name: The documented key of the contact itself.
        others: The documented keys beside it, in the order of the list form.
        spellings: Normalised keys under which the contact, or a list of contacts, may be.
        holds: Whether a text holds such a contact, perhaps with words around it.
        is_bare: Whether a text is such a contact and nothing else.
    """

    name: str
    others: tuple[str, ...]
    spellings: tuple[str, ...]
    holds: Callable[[str], bool]
    is_bare: Callable[[str], bool]

    def read(self, value: Any, depth: int = MAX_DEPTH) -> list[Any]:
        """Return the contacts in a value, each as an object under the documented keys.

        What holds none is kept: a text becomes the contact itself, an object stays as it is. Instances of a class pass.
        """
        if depth == 0 or value is None or isinstance(value, bool | float):
            return []
        if (items := json_array(value)) is not None:
            return self._from_list(items, depth)
        if (members := json_object(value)) is not None:
            return self._from_object(members, depth)
        return self._from_text(str(value)) if isinstance(value, str | int) else [value]

    def found(self, value: Any) -> list[str]:
        """Return the contacts in a value as text, without those that hold none, such as ``"Not found"``."""
        contacts = [(json_object(contact) or {}).get(self.name) for contact in self.read(value)]
        return [str(one) for one in contacts if isinstance(one, str | int | float) and self.holds(str(one))]

    def _from_text(self, text: str) -> list[Any]:
        if not text.strip():
            return []
        parts = [part for part in _BETWEEN_ADDRESSES.split(text) if part]
        several = len(parts) > 1 and all(map(_is_address, parts))
        return [{self.name: part} for part in (parts if several else [text])]

    def _from_list(self, items: list[Any], depth: int) -> list[Any]:
        if self._is_one(items):
            return [dict(zip((self.name, *self.others), items, strict=False))]
        return [contact for item in items for contact in self.read(item, depth - 1)]

    def _is_one(self, items: list[Any]) -> bool:
        """Return whether a list is one contact with what is known of it, such as ``[address, status, type]``."""
        first, *rest = items or [None]
        if not rest or not (first is None or isinstance(first, str)):
            return False
        # Without a contact in front, a word that follows must be a status: of two texts, either may be the contact.
        for item in rest:
            if item is not None and (self.holds(item) if isinstance(item, str) else not isinstance(item, int | float)):
                return False
        return True

    def _from_object(self, members: Mapping[str, Any], depth: int) -> list[Any]:
        if self._is_documented(members):
            return [dict(members)]
        keys = {normal_key(key): key for key in members}
        spelled = [keys[name] for name in self.spellings if name in keys]
        found = next((key for key in spelled if has_content([members[key]])), None)
        if found is None:
            return self._from_unknown_keys(members, depth)
        beside = {key: value for key, value in members.items() if key != found}
        beside |= {name: beside.pop(keys[name]) for name in self.others if keys.get(name, name) in beside}
        value = members[found]
        if json_array(value) is None and json_object(value) is None:
            return [{**beside, self.name: value}]
        inner = self.read(value, depth - 1)
        common = {name: beside[name] for name in self.others if name in beside}
        return [contact if json_object(contact) is None else common | contact for contact in inner]

    def _is_documented(self, members: Mapping[str, Any]) -> bool:
        """Return whether an object is one contact under the documented keys, as it is in nearly every answer."""
        contact = members.get(self.name)
        return isinstance(contact, str) and bool(contact.strip()) and not members.keys() - {self.name, *self.others}

    def _from_unknown_keys(self, members: Mapping[str, Any], depth: int) -> list[Any]:
        """Read ``{address: details}`` and ``{kind: address}``; any other object is kept as it is."""
        named = [{**(json_object(value) or {}), self.name: key} for key, value in members.items() if self.is_bare(key)]
        if named:
            return named
        texts = [value for value in members.values() if not isinstance(value, str) or self.is_bare(value)]
        inside = [contact for value in texts for contact in self.read(value, depth - 1) if self.found([contact])]
        return inside or ([dict(members)] if has_content([members]) else [])


EMAILS = ContactShape(
    "address",
    ("status", "type"),
    ("address", "email", "emailaddress", "value", "emails", "emailaddresses", "addresses", "values", "results", "data"),
    _holds_address,
    _is_address,
)
"""Source of the documented keys: docs.sixtyfour.ai, api-reference/endpoint/find-email."""

PHONES = ContactShape(
    "number",
    ("region",),
    ("number", "phone", "phonenumber", "value", "phones", "numbers", "phonenumbers", "values", "results", "data"),
    _holds_number,
    _is_number,
)
"""Source of the documented keys: docs.sixtyfour.ai, api-reference/endpoint/find-phone."""
