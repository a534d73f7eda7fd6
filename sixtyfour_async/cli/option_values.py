"""Values of repeatable options, such as ``--field "employees:int=Head count"``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sixtyfour_async.errors import InputError
from sixtyfour_async.models.struct import TYPES, FieldSpec

T = TypeVar("T")


def parse_field(option: str, text: str) -> tuple[str, FieldSpec]:
    """Parse ``name=description`` or ``name:type=description`` of an option such as ``--field``.

    Raises:
        InputError: No name, no description, or a type that the service does not document.
    """
    name_and_type, equals, description = text.partition("=")
    name, colon, word = (part.strip() for part in name_and_type.partition(":"))
    if not (name and equals and description.strip()):
        raise InputError(f"{option} {text!r} is not name=description", remedy='such as "employees:int=Head count"')
    if not colon:
        return name, description.strip()
    if word not in TYPES:
        raise InputError(f"{option} {text!r}: unknown type {word!r}", remedy=f"one of {', '.join(sorted(TYPES))}")
    return name, {"description": description.strip(), "type": word}


def parse_pair(option: str, text: str) -> tuple[str, str]:
    """Parse ``name=value`` of an option such as ``--criterion``."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not (name and equals and value):
        raise InputError(f"{option} {text!r} is not name=value")
    return name, value


def by_name(option: str, pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    """Return the pairs of a repeated option by name.

    Raises:
        InputError: A name is given twice: one of the two would be dropped.
    """
    found: dict[str, T] = {}
    for name, value in pairs:
        same = next((other for other in found if other.casefold() == name.casefold()), None)
        if same is not None:
            remedy = "give each name once, in one spelling"
            raise InputError(
                f"{option} {name!r} is given twice" + (f", also as {same!r}" * (same != name)), remedy=remedy
            )
        found[name] = value
    return found


def parse_number(option: str, text: str) -> tuple[str, float]:
    """Parse ``name=0.01`` of an option such as ``--fault``."""
    name, number = parse_pair(option, text)
    try:
        return name, float(number)
    except ValueError as error:
        raise InputError(f"{option} {text!r}: {number!r} is not a number") from error


def parse_prices(texts: Iterable[str]) -> dict[str, float]:
    """Return the prices that ``--price`` names, US cents by operation and tier.

    Raises:
        InputError: One is no number, or is given twice.
    """
    return by_name("--price", (parse_number("--price", text) for text in texts))
