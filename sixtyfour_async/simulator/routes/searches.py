"""Find the documents of a search.

A search consists of its mode and its ``parsed_query``, in one of three forms: ``{"simple_filters": …}``,
``{"filters": …}`` or ``{"deep_search": {"query": …}}``. The forms are assumed; documented is only that an echoed
``parsed_query`` may be sent back. Deep search matches companies by the words of the query, and invents people.
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
    """Return the companies that share the most words with *query*, with their positions in the file."""
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
    """Return the documents that match a search, before exclusions.

    Raises:
        ErrorResponse: 400 if the filters are invalid.
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
    """Return the ids by which a document can be excluded."""
    if mode == "company":
        return (str(document["id"]), str(document["domain"]))
    return (str(document["public_id"]).casefold(),)


def exclusion_id(mode: str, given: object) -> str:
    """Normalize an id of an exclusion: a numeric id, domain or URL of a company; a LinkedIn id or URL of a person."""
    text = str(given).strip().casefold()
    if mode == "company":
        return text if text.isdigit() else domain_of(text)
    return text.rstrip("/").rpartition("/")[2]


def without_excluded(mode: str, found: Sequence[Document], excluded: Collection[str]) -> list[Document]:
    """Return the documents that are not excluded."""
    ids = frozenset(excluded)
    return [document for document in found if ids.isdisjoint(exclusion_ids(mode, document))] if ids else list(found)


def find_documents(seed: int, body: Mapping[str, Any]) -> list[Document]:
    """Return the documents of an accepted search.

    Its body holds ``mode``, ``parsed_query``, ``excluded`` and ``max_results``.
    """
    found = documents(seed, body["mode"], body["parsed_query"])
    return without_excluded(body["mode"], found, body["excluded"])[: body["max_results"]]


def rows(seed: int, search: Search) -> list[dict[str, Any]]:
    """Return the rows of the result file of a search."""
    found = find_documents(seed, search.body)
    return [as_row(search.body["mode"], document, "workflow") for document in found]
