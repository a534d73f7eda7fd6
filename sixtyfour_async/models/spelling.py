"""Normal forms of keys and plain values, by which two spellings of the same are recognised."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from functools import lru_cache

from pydantic import JsonValue

from sixtyfour_async.models.status_words import has_content

_WHOLE_NUMBER = re.compile(r"-?[0-9]+\.0+")

_PHONE_NUMBER = re.compile(r"\+?[0-9 ().\-/]{7,30}")
"""Digits and what people write between them; a number has `MIN_PHONE_DIGITS` of them."""

MIN_PHONE_DIGITS = 7

_AROUND_A_HOST = re.compile(r"^(?:https?://)?(?:www\.)?|/+$")


@lru_cache(maxsize=4096)  # the same few keys come back in each answer
def normal_key(name: str) -> str:
    """Return a key without case, spaces, hyphens and underscores, so that ``companyName`` is ``company_name``."""
    return "".join(letter for letter in normal_text(name) if letter not in " _-")


def normal_text(value: object) -> str:
    """Return a plain value as text without case, surrounding and repeated white space and Unicode form; else "".

    A whole number is written without decimals, whether it comes as a number or as text. Services also repeat phone
    numbers and web addresses in a form of their own, so a number is its digits, and an address has no scheme.
    """
    if not isinstance(value, str | int | float):
        return ""
    # Case folding may decompose a letter again, so it is followed by a second normalisation.
    folded = unicodedata.normalize("NFKC", str(value)).casefold()
    text = " ".join(unicodedata.normalize("NFKC", folded).split())
    # A table turns a column of whole numbers into 7.0 as soon as one is missing.
    if _WHOLE_NUMBER.fullmatch(text):
        return text.partition(".")[0]
    digits = "".join(filter(str.isdecimal, text)) if _PHONE_NUMBER.fullmatch(text) else ""
    if len(digits) >= MIN_PHONE_DIGITS:
        return digits
    return text if " " in text else _AROUND_A_HOST.sub("", text)


def respell(found: Mapping[str, JsonValue], names: Collection[str]) -> dict[str, JsonValue]:
    """Return an object whose keys have the given spelling, where only one key can be meant.

    ``{"StructuredData": 1}`` becomes ``{"structured_data": 1}``. A key is left alone when its name is there already,
    with a value, when another key could be meant as well, and when several names differ in spelling only.
    """
    if all(key in names for key in found):  # the usual case, and by far the fastest
        return dict(found)
    close = _close_names(tuple(found), tuple(names))
    if not close:
        return dict(found)
    times = Counter(normal_key(key) for key in found if key not in names)
    wanted = Counter(key for key, _ in close)
    new_names = {
        key: name for key, name in close if wanted[key] == 1 == times[key] and not has_content([found.get(name)])
    }
    # A key that is renamed replaces the empty value under its name, wherever that stands.
    if not new_names:
        return dict(found)
    renamed = {key: new_names[normal_key(key)] for key in found if key not in names and normal_key(key) in new_names}
    replaced = set(renamed.values())
    return {renamed.get(key, key): value for key, value in found.items() if key not in replaced}


@lru_cache(maxsize=1024)  # answers of one kind mostly have the same keys
def _close_names(found: tuple[str, ...], names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the names that a key in another spelling may mean, each after its normalised form."""
    spelled = {normal_key(key) for key in found if key not in names}
    return [(key, name) for name in names if (key := normal_key(name)) in spelled]
