"""Filters over documents: MongoDB-style ``simple_filters``, and the allowed subset of OpenSearch queries.

Source of the operators: docs.sixtyfour.ai, api-reference/search/search-query. Unknown fields and operators are rejected
with 400 (assumed). Strings are compared case-insensitively.
"""

from __future__ import annotations

import fnmatch
import functools
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base.error_responses import error_response
from sixtyfour_async.simulator.base.json_values import as_array, as_object
from sixtyfour_async.simulator.knowledge.documents import Index
from sixtyfour_async.simulator.knowledge.facts import words

Document = Mapping[str, Any]
Test = Callable[[Document], bool]
QUERY_LIMITS = {
    "max_query_depth": 8,
    "max_clause_count": 256,
    "max_terms_per_clause": 1000,
    "max_sort_clauses": 3,
    "max_string_length": 1000,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter. ``sort``: pairs of field and whether it is descending; ``limit``: maximum documents."""

    test: Test
    sort: tuple[tuple[str, bool], ...] = ()
    limit: int | None = None


def _casefolded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _equal(actual: Any, value: Any) -> bool:
    return isinstance(actual, bool) == isinstance(value, bool) and bool(_casefolded(actual) == _casefolded(value))


def _compares(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def test(actual: Any, value: Any) -> bool:
        same = isinstance(actual, str) == isinstance(value, str)
        return actual is not None and same and compare(_casefolded(actual), _casefolded(value))

    return test


def _matches(actual: Any, value: Any) -> bool:
    """Return whether a text contains all words of *value*, or matches it if it contains wildcards."""
    if any(sign in str(value) for sign in "*?"):
        return fnmatch.fnmatchcase(str(actual).casefold(), str(value).casefold())
    return set(words(str(value)).split()) <= set(words(str(actual)).split())


def _phrase(actual: Any, value: Any) -> bool:
    return f" {words(str(value))} " in f" {words(str(actual))} "


def _any(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Extend a test to arrays: any of the entries may pass."""

    def applied(actual: Any, value: Any) -> bool:
        entries = as_array(actual)
        return test(actual, value) if entries is None else any(test(entry, value) for entry in entries)

    return applied


def _in(actual: Any, value: Any) -> bool:
    return any(_equal(actual, item) for item in value)


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$eq": _any(_equal),
    "$ne": lambda actual, value: not _any(_equal)(actual, value),
    "$gt": _any(_compares(operator.gt)),
    "$gte": _any(_compares(operator.ge)),
    "$lt": _any(_compares(operator.lt)),
    "$lte": _any(_compares(operator.le)),
    "$in": _any(_in),
    "$nin": lambda actual, value: not _any(_in)(actual, value),
    "$exists": lambda actual, value: (actual not in (None, "", [])) == bool(value),
    "$match": _any(_matches),
    "$phrase": _any(_phrase),
    "$search": _any(_matches),
}
_COMBINATORS: Mapping[str, Callable[[list[bool]], bool]] = {
    "$and": all,
    "$or": any,
    "$nor": lambda tests: not any(tests),
}
OPERATOR_NAMES = (*_OPERATORS, *_COMBINATORS, "$not", "$elemMatch", "$sort", "$limit")


def parse_simple_filters(index: Index, given: Mapping[str, Any]) -> Filter:
    """Parse ``simple_filters``.

    Raises:
        ErrorResponse: 400, naming the unknown field or operator.
    """
    rest = {name: value for name, value in given.items() if name not in {"$sort", "$limit"}}
    limit = given.get("$limit")
    if limit is not None and not isinstance(limit, int):
        raise error_response(400, "Invalid simple_filters: $limit must be a whole number")
    return Filter(_group(index, rest), _sort(index, given.get("$sort")), limit)


def _sort(index: Index, given: Any) -> tuple[tuple[str, bool], ...]:
    entries = as_array(given) or ([] if given is None else [given])
    pairs: list[tuple[str, bool]] = []
    for entry in entries:
        if (order := as_object(entry)) is not None:
            pairs += [(name, str(way).lower() in {"-1", "desc"}) for name, way in order.items()]
        else:
            pairs.append((str(entry).removeprefix("-"), str(entry).startswith("-")))
    for name, _ in pairs:
        _require_field(index, name)
    return tuple(pairs)


def _require_field(index: Index, name: str) -> None:
    if name not in index.fields:
        raise error_response(400, f"Invalid simple_filters: unknown field '{name}'")


def _group(index: Index, given: Any) -> Test:
    clauses = as_object(given)
    if clauses is None:
        raise error_response(400, "Invalid simple_filters: a filter must be an object")
    tests = [_clause(index, name, value) for name, value in clauses.items()]
    return lambda document: all(test(document) for test in tests)


def _clause(index: Index, name: str, value: Any) -> Test:
    if name in _COMBINATORS:
        tests = [_group(index, entry) for entry in as_array(value) or []]
        together = _COMBINATORS[name]
        return lambda document: together([test(document) for test in tests])
    if name == "$not":
        test = _group(index, value)
        return lambda document: not test(document)
    if name == "$search":
        return lambda document: any(_matches(entry, value) for entry in document.values() if isinstance(entry, str))
    _require_field(index, name)
    requested: dict[str, Any] | None = as_object(value)
    if requested is None:
        requested = {"$in" if isinstance(value, list) else "$eq": value}
    tests = [_test(index, name, sign, wanted) for sign, wanted in requested.items()]
    return lambda document: all(test(document) for test in tests)


def _test(index: Index, name: str, sign: str, wanted: Any) -> Test:
    if sign in {"$not", "$elemMatch"}:
        inner = _clause(index, name, wanted)
        return inner if sign == "$elemMatch" else lambda document: not inner(document)
    compare = _OPERATORS.get(sign)
    if compare is None:
        raise error_response(400, f"Invalid simple_filters: unknown operator '{sign}'")
    if sign in {"$in", "$nin"} and not isinstance(wanted, list):
        raise error_response(400, f"Invalid simple_filters: {sign} needs an array")
    return lambda document: compare(document.get(name), wanted)


_DSL = {"term": "$eq", "terms": "$in", "match": "$match", "match_phrase": "$phrase", "wildcard": "$match"}


def translate_query(given: Any) -> dict[str, Any]:
    """Translate an OpenSearch query to ``simple_filters``.

    Raises:
        ErrorResponse: 400 if the query is not one of the allowed ones.
    """
    query = as_object(given) or {}
    query = as_object(query.get("query")) or query
    if len(query) != 1:
        raise error_response(400, "Invalid filters: one query clause expected")
    [(word, inner)] = query.items()
    body = as_object(inner) or {}
    if word == "match_all":
        return {}
    if word == "bool":
        return {"$and": _bool(body)}
    if word == "exists":
        return {str(body.get("field")): {"$exists": True}}
    if len(body) != 1 or word not in {*_DSL, "range"}:
        raise error_response(400, f"Invalid filters: query '{word}' is not allowed")
    [(name, value)] = body.items()
    requested = as_object(value)
    if word == "range":
        return {name: {f"${sign}": bound for sign, bound in (requested or {}).items()}}
    name = name.removesuffix(".keyword")
    return {name: {_DSL[word]: next(iter(requested.values()), None) if requested else value}}


def _bool(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    def parts(word: str) -> list[dict[str, Any]]:
        given = body.get(word, [])
        entries = as_array(given)
        return [translate_query(entry) for entry in ([given] if entries is None else entries)]

    either = parts("should")
    return [
        *parts("must"),
        *parts("filter"),
        *({"$not": one} for one in parts("must_not")),
        *([{"$or": either}] if either else []),
    ]


def apply_filter(index: Index, requested: Filter) -> list[Document]:
    """Return the matching documents in the requested order; documents without the sort field come last."""
    found = [document for document in index.documents if requested.test(document)]
    for name, falls in reversed(requested.sort):
        there = [document for document in found if document.get(name) is not None]
        there.sort(key=functools.partial(_sorted_by, name), reverse=falls)
        found = [*there, *(document for document in found if document.get(name) is None)]
    return found if requested.limit is None else found[: requested.limit]


def _sorted_by(name: str, document: Document) -> Any:
    return _casefolded(document[name])
