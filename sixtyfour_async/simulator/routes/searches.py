"""Which documents a search finds.

A search is its mode and its ``parsed_query``, which has one of three forms: ``{"simple_filters": …}``,
``{"filters": …}`` or ``{"deep_search": {"query": …}}``. The forms are assumed: the service says only that what it
echoes may be sent back. Deep search finds companies by the words of the query, and invents people.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sixtyfour_async.simulator.base.error_responses import error_response
from sixtyfour_async.simulator.base.json_values import as_object
from sixtyfour_async.simulator.base.seeded_random import randint
from sixtyfour_async.simulator.knowledge import filters
from sixtyfour_async.simulator.knowledge.companies import Company, companies, domain_of
from sixtyfour_async.simulator.knowledge.documents import as_row, company_document, index_of, person_document
from sixtyfour_async.simulator.knowledge.facts import words
from sixtyfour_async.simulator.knowledge.people import invent_person
from sixtyfour_async.simulator.state.work import Search

Document = Mapping[str, Any]
DEFAULT_MAX_RESULTS = 1000
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a all an and are at by companies company find firms for from in is list me more most of on or over "
        "show than that the their to top which with who largest big",
    )
)


@functools.lru_cache(maxsize=256)
def matching_companies(query: str) -> tuple[tuple[int, Company], ...]:
    """Give the companies whose facts hold most of the words of *query*, with their places in the file."""
    query_words = set(words(query).split()) - _STOP_WORDS
    hits = [(len(query_words & facts), at, company) for at, (facts, company) in enumerate(_word_index())]
    best = max((count for count, _, _ in hits), default=0)
    return tuple((at, company) for count, at, company in hits if count == best) if best else ()


@functools.cache
def _word_index() -> tuple[tuple[frozenset[str], Company], ...]:
    return tuple((frozenset(words(_text(company)).split()), company) for company in companies())


def _text(company: Company) -> str:
    plural = {"Germany": "german", "France": "french", "Japan": "japanese", "Spain": "spanish"}
    more = plural.get(company.country, "")
    return f"{company.company_name} {company.country} {company.industry} {company.headquarters} {more}"


def documents(seed: int, mode: str, parsed: Mapping[str, Any]) -> Sequence[Document]:
    """Give the documents a search finds, before exclusions.

    Raises:
        Refused: 400, the filters are not understood.
    """
    return _documents(seed, mode, json.dumps(parsed))


@functools.lru_cache(maxsize=64)
def _documents(seed: int, mode: str, parsed: str) -> Sequence[Document]:
    query = json.loads(parsed)
    deep = as_object(query.get("deep_search"))
    if deep is not None:
        return _deep(seed, mode, str(deep.get("query")))
    simple = as_object(query.get("simple_filters"))
    if simple is None and "filters" not in query:
        raise error_response(400, "Invalid parsed_query")
    index = index_of(mode, seed)
    return filters.apply_filter(
        index,
        filters.parse_simple_filters(index, filters.translate_query(query["filters"]) if simple is None else simple),
    )


def _deep(seed: int, mode: str, query: str) -> list[Document]:
    if mode == "company":
        return [company_document(at, company) for at, company in matching_companies(query)]
    count = randint(20, 400, seed, "people found", query)
    return [person_document(at, invent_person(seed, {"query": query, "position": at})) for at in range(count)]


def exclusion_ids(mode: str, document: Document) -> tuple[str, ...]:
    """Give the names under which a document can be excluded."""
    if mode == "company":
        return (str(document["id"]), str(document["domain"]))
    return (str(document["public_id"]).casefold(),)


def exclusion_id(mode: str, given: object) -> str:
    """Read what excludes a document: a numeric id or domain of a company, a LinkedIn id of a person, or a URL."""
    text = str(given).strip().casefold()
    if mode == "company":
        return text if text.isdigit() else domain_of(text)
    return text.rstrip("/").rpartition("/")[2]


def without_excluded(mode: str, found: Sequence[Document], excluded: Collection[str]) -> list[Document]:
    """Leave out what is excluded."""
    excluded_ids = frozenset(excluded)
    return (
        [document for document in found if excluded_ids.isdisjoint(exclusion_ids(mode, document))]
        if excluded_ids
        else list(found)
    )


def find_documents(seed: int, request: Mapping[str, Any]) -> list[Document]:
    """Give what a search that was ordered finds: its ``mode``, ``parsed_query``, ``excluded`` and ``max_results``."""
    found = without_excluded(
        request["mode"], documents(seed, request["mode"], request["parsed_query"]), request["excluded"]
    )
    return found[: request["max_results"]]


def rows(seed: int, search: Search) -> list[dict[str, Any]]:
    """Give the rows of a finished search."""
    found = find_documents(seed, search.body)
    return [as_row(search.body["mode"], document, "workflow") for document in found]
