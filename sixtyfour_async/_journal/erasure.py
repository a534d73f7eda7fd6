"""Erase one row from an answer that it shares with others. Pure.

A batch's answer is kept whole while one of its rows has no part of it. Which part speaks of a row is then not known for
certain, so everything goes that mentions what only this row was asked with, or that repeats the part it was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sixtyfour_async._journal.base import Entry
from sixtyfour_async._wire.body import Body
from sixtyfour_async.models._base import json_array, json_object

MIN_TEXT_LENGTH = 3
"""Characters from which on a text is taken to identify a row; shorter ones, such as ``US``, are in anything."""


def without_row(whole: Body, row: Entry, others: Iterable[Entry]) -> Body | None:
    """Return a shared answer without what it says of a row; None when it must be erased as a whole.

    Args:
        whole: The answer as it came.
        row: The row to erase.
        others: The other rows of the batch.
    """
    try:
        value = whole.value()
    except ValueError:
        return None
    shared = {text for other in others for text in _texts(other.sent())}
    own = [text for text in _texts(row.sent()) if len(text) >= MIN_TEXT_LENGTH and text not in shared]
    part = _part_of(row)
    return Body.of(_cut(value, own, part, row.place))


def _part_of(row: Entry) -> Any:
    """Return the part that a row was given of the answer; None when it was given none."""
    if row.state in {"unmatched", "unreadable"} or row.answer is None:
        return None
    return (json_object(row.answer.value()) or {}).get("result")


def _texts(value: Any) -> Iterator[str]:
    """Yield every text and number in a value, in lower case."""
    members = json_object(value)
    items = members.values() if members is not None else json_array(value)
    if items is not None:
        for item in items:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value).casefold().strip()


def _cut(value: Any, own: list[str], part: Any, place: int | None) -> Any:
    """Return a value without the items, and the lines of a file, that speak of the row."""
    members, items = json_object(value), json_array(value)
    if members is not None:
        return {name: _cut(member, own, part, place) for name, member in members.items()}
    if items is not None:
        return [item for item in items if not (item == part and part is not None) and not _mentions(item, own)]
    if isinstance(value, str) and "\n" in value:
        return "".join(line for line in value.splitlines(keepends=True) if not _speaks_of(line, own, place))
    return None if _mentions(value, own) else value


def _speaks_of(line: str, own: list[str], place: int | None) -> bool:
    """Return whether a line of a file that came back is the row's: it went out with the row's number in front."""
    return line.partition(",")[0].strip() == str(place) or _mentions(line, own)


def _mentions(value: Any, own: list[str]) -> bool:
    return any(text in found for found in _texts(value) for text in own)
