"""Translate natural-language searches to filters over people, by keywords."""

from __future__ import annotations

from typing import Any

from sixtyfour_async.simulator.knowledge.companies import companies
from sixtyfour_async.simulator.knowledge.facts import words
from sixtyfour_async.simulator.knowledge.people import PLACES, TITLES

_STOP_WORDS = frozenset({"of", "the", "and", "in", "at"})


def _significant_words(text: str) -> set[str]:
    """Return the words without stop words, in the singular."""
    return {word.removesuffix("s") for word in words(text).split()} - _STOP_WORDS


def people_filters(sentence: str) -> dict[str, Any]:
    """Return filters for the job titles, places and employers in a sentence, else a match of its words."""
    sentence_words = _significant_words(sentence)
    titles = [title for title in TITLES if _significant_words(title) <= sentence_words]
    places = [
        place
        for place in PLACES
        if _significant_words(place.partition(",")[0]) <= sentence_words
        or _significant_words(place.rpartition(", ")[2]) <= sentence_words
    ]
    plain = f" {words(sentence)} "
    employers = [each.company_name for each in companies() if f" at {words(each.company_name)} " in plain]
    values_by_field = {"job_title": titles, "location": places, "company_name": employers}
    found: dict[str, Any] = {field: {"$in": values} for field, values in values_by_field.items() if values}
    return found or {"headline": {"$match": sentence}}
