"""Deep search: which rows a query finds, and the file they come in.

Company rows are true and chosen by the words of the query; people are invented. The columns of the file are
assumed: docs.sixtyfour.ai says only that it is a CSV.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sixtyfour_async.simulator.chance import whole
from sixtyfour_async.simulator.companies import Company, companies, domain_of
from sixtyfour_async.simulator.facts import words
from sixtyfour_async.simulator.people import person_of

DEFAULT_RESULTS = 1000
_NOISE = frozenset(
    re.findall(
        r"\w+",
        "a all an and are at by companies company find firms for from in is list me more most of on or over "
        "show than that the their to top which with who largest big",
    )
)


@functools.lru_cache(maxsize=256)
def matching(query: str) -> tuple[Company, ...]:
    """Give the companies whose facts hold most of the words of *query*, in the order of the file."""
    asked = set(words(query).split()) - _NOISE
    hits = [(len(asked & facts), company) for facts, company in _word_index()]
    best = max((count for count, _ in hits), default=0)
    return tuple(company for count, company in hits if count == best) if best else ()


@functools.cache
def _word_index() -> tuple[tuple[frozenset[str], Company], ...]:
    return tuple((frozenset(words(_text(company)).split()), company) for company in companies())


def _text(company: Company) -> str:
    plural = {"Germany": "german", "France": "french", "Japan": "japanese", "Spain": "spanish"}
    more = plural.get(company.country, "")
    return f"{company.company_name} {company.country} {company.industry} {company.headquarters} {more}"


def count_rows(seed: int, body: Mapping[str, Any]) -> int:
    """Say how many rows a search finds."""
    most = _most(body)
    if body.get("mode") == "company":
        return min(most, len(_companies(body)))
    return min(most, whole(20, 400, seed, "people found", body["query"]))


def _most(body: Mapping[str, Any]) -> int:
    return DEFAULT_RESULTS if body.get("max_results") is None else body["max_results"]


def _companies(body: Mapping[str, Any]) -> Sequence[Company]:
    excluded = {domain_of(str(item)) for item in body.get("exclude_entity_ids") or ()}
    return [company for company in matching(body["query"]) if domain_of(company.website) not in excluded]


def rows(seed: int, body: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
    """Give the rows of a finished search."""
    if body.get("mode") == "company":
        return [_plain(company) for company in _companies(body)[:count]]
    return [_person(seed, body["query"], at) for at in range(count)]


def _plain(company: Company) -> dict[str, Any]:
    return {key: "" if value is None else value for key, value in dataclasses.asdict(company).items()}


def _person(seed: int, query: str, at: int) -> dict[str, Any]:
    person = person_of(seed, {"query": query, "position": at})
    plain = {"name": person.name, "title": person.title, "company": person.company}
    return {**plain, "location": person.location, "linkedin": person.linkedin}
