"""Metadata for searches: filter capabilities, field values, autocompletion, and titles.

Source of the shapes: docs.sixtyfour.ai, api-reference/search/search-endpoints. The mapping of autocomplete fields to
document fields is assumed; unmapped fields have no suggestions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sixtyfour_async.simulator.base.error_responses import error_response
from sixtyfour_async.simulator.base.json_values import as_array, as_list, as_object
from sixtyfour_async.simulator.base.seeded_random import identifier
from sixtyfour_async.simulator.base.validation import Field
from sixtyfour_async.simulator.knowledge import filters
from sixtyfour_async.simulator.knowledge.companies import find_company
from sixtyfour_async.simulator.knowledge.documents import Index, index_of
from sixtyfour_async.simulator.routes import searches
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.state.service import Service

_MODE = Field("mode", "string", nullable=False, choices=("people", "company"))
_CAPABILITIES = (_MODE, Field("refresh", "boolean", nullable=False))
_VALUES = (
    Field("field", "string", required=True),
    _MODE,
    Field("top_k", "integer", nullable=False, minimum=1, maximum=100),
    Field("filters", "object"),
    Field("simple_filters", "object"),
)
_AUTOCOMPLETE_FIELDS: Mapping[str, tuple[str, str]] = {
    "company_name": ("company_name", "company_name"),
    "job_title": ("job_title", ""),
    "school_name": ("school_name", ""),
    "degree": ("", ""),
    "field_of_study": ("", ""),
    "industry": ("industry", "industry"),
    "location": ("location", "headquarters"),
    "certification": ("", ""),
    "languages": ("", ""),
    "technologies_used.technology": ("", ""),
    "funding_rounds.lead_investors": ("", ""),
}
"""Fields of autocomplete, each with the document field of a person and of a company; "" if there is none."""
_AUTOCOMPLETE = (
    Field("field", "string", required=True, choices=tuple(_AUTOCOMPLETE_FIELDS)),
    Field("query", "string", required=True, min_length=1, max_length=250),
    Field("size", "integer", nullable=False, minimum=1, maximum=50),
    _MODE,
    Field("location_expansion_enabled", "boolean", nullable=False),
    Field("location_expansion_radius_miles", "integer", nullable=False, minimum=5, maximum=200),
)
_TITLE = (
    Field("parsedQuery", "object", required=True, max_length=50),
    Field("entityMode", "string", nullable=False, choices=("people", "company")),
)
CACHE_SECONDS = 3600


def capabilities(service: Service, call: Call) -> Reply:
    """Handle ``GET /search/filter-capabilities``."""
    mode = call.query_values(_CAPABILITIES)["mode"] or "company"
    index = index_of(mode, service.settings.seed)
    return Reply(
        {
            "mode": mode,
            "index_name": index.name,
            "mapping_hash": identifier(mode, *index.fields)[:8],
            "fields": [_capability(name, type_) for name, type_ in index.fields.items()],
            "nested_paths": [],
            "simple_query_operators": list(filters.OPERATOR_NAMES),
            "limits": filters.QUERY_LIMITS,
            "cache_ttl_seconds": CACHE_SECONDS,
            "generated_at_epoch_ms": int(call.now * 1000),
        }
    )


def _capability(name: str, type_: str) -> dict[str, Any]:
    text, number = type_ == "text", type_ == "long"
    return {
        "field": name,
        "field_type": type_,
        "queryable": True,
        "sortable": True,
        "rangeable": number,
        "value_type": "number" if number else "string",
        "supports_top_values": True,
        "supports_exact_filter_snippet": True,
        "nested_path": None,
        "sort_field": f"{name}.keyword" if text else name,
        "aggregation_field": f"{name}.keyword" if text else name,
        "related_fields": [],
        "preferred_for_exact_match": type_ == "keyword",
    }


def field_values(service: Service, call: Call) -> Reply:
    """Handle ``POST /search/filter-field-values``: the most frequent values within a scope."""
    body = call.body(_VALUES)
    mode = body["mode"] or "company"
    index = index_of(mode, service.settings.seed)
    name = body["field"].removesuffix(".keyword")
    if name not in index.fields:
        raise error_response(400, f"Unknown field '{body['field']}'")
    source = "filters" if body["filters"] is not None else "simple_filters"
    scope = searches.documents(service.settings.seed, mode, {source: body[source] or {}})
    counts = _counts(scope, name)
    capability = _capability(name, index.fields[name])
    same = ("value_type", "supports_top_values", "supports_exact_filter_snippet", "aggregation_field")
    more = ("nested_path", "related_fields", "preferred_for_exact_match")
    return Reply(
        {
            "mode": mode,
            "field": body["field"],
            "canonical_field": name,
            **{key: capability[key] for key in (*same, *more)},
            "total_scoped_documents": len(scope),
            "request_duration_ms": 12,
            "values": [
                {
                    "value": value,
                    "count": count,
                    "percent_of_scope": round(count / len(scope), 4),
                    "filter_snippet": {name: {"$eq": value}},
                }
                for value, count in counts.most_common(body["top_k"] or 25)
            ],
        }
    )


def _counts(found: Sequence[Mapping[str, Any]], name: str) -> Counter[Any]:
    return Counter(value for document in found for value in as_list(document[name]) if value not in {None, ""})


def autocomplete(service: Service, call: Call) -> Reply:
    """Handle ``POST /search/autocomplete``; its keys are camelCase."""
    body = call.body(_AUTOCOMPLETE)
    mode = body["mode"] or "people"
    index = index_of(mode, service.settings.seed)
    name = _AUTOCOMPLETE_FIELDS[body["field"]][mode == "company"]
    counts = _counts(index.documents, name) if name else Counter[Any]()
    prefix = body["query"].casefold()
    found = [(value, count) for value, count in counts.most_common() if _has_prefix(str(value), prefix)]
    return Reply(
        {"success": True, "suggestions": [_suggestion(index, name, *pair) for pair in found[: body["size"] or 50]]}
    )


def _has_prefix(value: str, prefix: str) -> bool:
    """Return whether a value, or a word in it, starts with *prefix*."""
    return value.casefold().startswith(prefix) or f" {prefix}" in value.casefold()


def _suggestion(index: Index, name: str, value: Any, count: int) -> dict[str, Any]:
    shown: dict[str, Any] = {"value": value, "count": count, "label": value, "selectionValue": value}
    company = find_company({"company_name": value}) if name == "company_name" else None
    if company is None:
        return shown
    meta = {
        "industry": company.industry,
        "employeeCount": company.employees,
        "linkedInEmployeeCount": None,
        "domain": company.website,
        "location": company.headquarters,
    }
    return {**shown, "publicId": None, "companyMeta": meta if index.name else None}


def generate_title(_world: Service, call: Call) -> Reply:
    """Handle ``POST /search/generate-title``: the first values of the query."""
    body = call.body(_TITLE)
    values = list(dict.fromkeys(_leaves(body["parsedQuery"])))[:4]
    noun = "Companies" if body["entityMode"] == "company" else "People"
    return Reply({"title": f"{noun}: {', '.join(values)}" if values else f"All {noun.lower()}"})


def _leaves(value: Any) -> list[str]:
    """Return all scalars nested in a JSON value, as strings."""
    inner = as_object(value)
    parts = list(inner.values()) if inner is not None else as_array(value)
    return [str(value)] if parts is None else [leaf for part in parts for leaf in _leaves(part)]
