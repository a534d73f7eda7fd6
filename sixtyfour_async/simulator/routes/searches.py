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

from sixtyfour_async.simulator.base.chance import whole
from sixtyfour_async.simulator.base.json_values import as_object
from sixtyfour_async.simulator.base.refusal import detail
from sixtyfour_async.simulator.knowledge import filters
from sixtyfour_async.simulator.knowledge.companies import Company, companies, domain_of
from sixtyfour_async.simulator.knowledge.documents import company_document, index_of, person_document, shown
from sixtyfour_async.simulator.knowledge.facts import words
from sixtyfour_async.simulator.knowledge.people import person_of
from sixtyfour_async.simulator.state.work import Search

Document = Mapping[str, Any]
DEFAULT_RESULTS = 1000
_NOISE = frozenset(
    re.findall(
        r"\w+",
        "a all an and are at by companies company find firms for from in is list me more most of on or over "
        "show than that the their to top which with who largest big",
    )
)


@functools.lru_cache(maxsize=256)
def matching(query: str) -> tuple[tuple[int, Company], ...]:
    """Give the companies whose facts hold most of the words of *query*, with their places in the file."""
    asked = set(words(query).split()) - _NOISE
    hits = [(len(asked & facts), at, company) for at, (facts, company) in enumerate(_word_index())]
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
        raise detail(400, "Invalid parsed_query")
    index = index_of(mode, seed)
    return filters.apply(index, filters.simple(index, filters.dsl(query["filters"]) if simple is None else simple))


def _deep(seed: int, mode: str, query: str) -> list[Document]:
    if mode == "company":
        return [company_document(at, company) for at, company in matching(query)]
    count = whole(20, 400, seed, "people found", query)
    return [person_document(at, person_of(seed, {"query": query, "position": at})) for at in range(count)]


def names_of(mode: str, document: Document) -> tuple[str, ...]:
    """Give the names under which a document can be excluded."""
    if mode == "company":
        return (str(document["id"]), str(document["domain"]))
    return (str(document["public_id"]).casefold(),)


def excluded_name(mode: str, given: object) -> str:
    """Read what excludes a document: a numeric id or domain of a company, a LinkedIn id of a person, or a URL."""
    text = str(given).strip().casefold()
    if mode == "company":
        return text if text.isdigit() else domain_of(text)
    return text.rstrip("/").rpartition("/")[2]


def kept(mode: str, found: Sequence[Document], excluded: Collection[str]) -> list[Document]:
    """Leave out what is excluded."""
    gone = frozenset(excluded)
    return [document for document in found if gone.isdisjoint(names_of(mode, document))] if gone else list(found)


def of_order(seed: int, order: Mapping[str, Any]) -> list[Document]:
    """Give what a search that was ordered finds: its ``mode``, ``parsed_query``, ``excluded`` and ``max_results``."""
    found = kept(order["mode"], documents(seed, order["mode"], order["parsed_query"]), order["excluded"])
    return found[: order["max_results"]]


def rows(seed: int, search: Search) -> list[dict[str, Any]]:
    """Give the rows of a finished search."""
    found = of_order(seed, search.body)
    return [shown(search.body["mode"], document, "workflow") for document in found]
