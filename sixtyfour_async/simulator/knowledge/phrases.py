"""A crude but steady reading of natural language: which filters over people a sentence asks for."""

from __future__ import annotations

from typing import Any

from sixtyfour_async.simulator.knowledge.companies import companies
from sixtyfour_async.simulator.knowledge.facts import words
from sixtyfour_async.simulator.knowledge.people import PLACES, TITLES

_SMALL = frozenset({"of", "the", "and", "in", "at"})


def _essence(text: str) -> set[str]:
    """Give the words that matter, in the singular."""
    return {word.removesuffix("s") for word in words(text).split()} - _SMALL


def people_filters(sentence: str) -> dict[str, Any]:
    """Read job titles, places and an employer out of a sentence; without any of them its words must match."""
    said = _essence(sentence)
    titles = [title for title in TITLES if _essence(title) <= said]
    places = [
        place
        for place in PLACES
        if _essence(place.partition(",")[0]) <= said or _essence(place.rpartition(", ")[2]) <= said
    ]
    plain = f" {words(sentence)} "
    employers = [each.company_name for each in companies() if f" at {words(each.company_name)} " in plain]
    asked = {"job_title": titles, "location": places, "company_name": employers}
    found: dict[str, Any] = {field: {"$in": values} for field, values in asked.items() if values}
    return found or {"headline": {"$match": sentence}}
