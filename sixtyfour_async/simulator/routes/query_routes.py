"""Paged filter search: ``/search/query`` and ``/search/start-filter-search``.

Source: docs.sixtyfour.ai, api-reference/search/search-query. Exclusions are removed after a page was cut, so that pages
may be short or empty, and the last page may exceed ``max_results`` (both reported by a third party). Assumed: the
status codes of errors, and that a cursor is valid for 15 minutes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from sixtyfour_async.simulator.base.error_responses import error_response, validation_error
from sixtyfour_async.simulator.base.validation import Field, problem, string_array
from sixtyfour_async.simulator.knowledge.documents import as_row
from sixtyfour_async.simulator.knowledge.natural_language import people_filters
from sixtyfour_async.simulator.knowledge.pricing import PRICES_CENTS
from sixtyfour_async.simulator.routes import exclusions, searches
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.routes.stored_searches import add_page_cost, load_search, store_search
from sixtyfour_async.simulator.state.records import Record
from sixtyfour_async.simulator.state.service import Service
from sixtyfour_async.simulator.state.work import Job, WorkFaults, WorkRequest

MAX_RESULTS = 1000
"""Maximum ``max_results`` of an API key. Source: docs.sixtyfour.ai, default of a credential."""
CURSOR_SECONDS = 900
_SOURCES = ("simple_filters", "filters", "parsed_query", "search_id", "query")
_EXCLUDE = ("exclude_public_ids", "exclude_entity_ids", "exclude_list_ids")
_FILTER = (
    Field("simple_filters", "object"),
    Field("filters", "object"),
    Field("mode", "string", nullable=False, choices=("people", "company")),
    Field("max_results", "integer", minimum=1),
    Field("page_size", "integer", nullable=False, minimum=1, maximum=100),
    Field("cursor", "string"),
)
_FILTER_SEARCH = (*_FILTER, Field("save_json", "boolean", nullable=False))
_QUERY = (
    *_FILTER,
    Field("parsed_query", "object"),
    Field("search_id", "string"),
    Field("query", "string"),
    Field("query_label", "string", max_length=50_000),
    Field("persist_history", "boolean"),
    Field("from_offset", "integer", minimum=0),
    Field("output_shape", "string", nullable=False, choices=("raw", "workflow")),
    *exclusions.FIELDS,
    string_array("selected_company_names", 1000),
    Field("selected_company_ids", "object", max_length=1000),
    Field("expand_structured_location", "boolean", nullable=False),
    Field("location_expansion_enabled", "boolean", nullable=False),
    Field("location_expansion_radius_miles", "integer", nullable=False, minimum=5, maximum=200),
)
_USER = (Field("user_id", "string"),)
"""The forwarded user; any is taken for one of the organization."""


def query(service: Service, call: Call) -> Reply:
    """Handle ``POST /search/query``: the first page of a search, or with a cursor the next one."""
    call.query_values(_USER)
    return Reply(_answer(service, call, call.body(_QUERY)))


def filter_search(service: Service, call: Call) -> Reply:
    """Handle ``POST /search/start-filter-search``, which is synchronous despite its name."""
    unset = {field.name: None for field in _QUERY}
    return Reply(_answer(service, call, {**unset, **call.body(_FILTER_SEARCH)}))


def limits(_world: Service, _call: Call) -> Reply:
    """Handle ``GET /search/limits``."""
    return Reply({"max_results": MAX_RESULTS})


def _answer(service: Service, call: Call, body: dict[str, Any]) -> dict[str, Any]:
    if body["cursor"] is None:
        return _page(service, call, _new_session(service, call, body), 0, 0)
    sent = [name for name in (*_SOURCES, *_EXCLUDE, "output_shape") if body[name] is not None]
    if sent:
        raise error_response(400, f"A cursor request must not send {', '.join(sent)}.")
    return _page(service, call, *_parse_cursor(service, call, body["cursor"]))


def _new_session(service: Service, call: Call, body: dict[str, Any]) -> Record:
    """Store a new search, and a session with everything that determines its pages."""
    given = [name for name in _SOURCES if body[name] is not None]
    if len(given) != 1:
        text = f"Value error, Exactly one of {', '.join(_SOURCES)} must be provided"
        raise validation_error([problem("value_error", ("body",), text, body)])
    if body["max_results"] is not None and body["max_results"] > MAX_RESULTS:
        raise error_response(400, f"max_results must not exceed {MAX_RESULTS} for this credential.")
    mode, parsed = _requested_query(service, call, body, given[0])
    excluded_ids = exclusions.excluded(service, call.now, mode, body)
    searches.documents(service.settings.seed, mode, parsed)
    more: dict[str, Any] = {
        "query": body["query"],
        "query_label": body["query_label"],
        "kind": "filter" if body["query"] is None else "natural_language",
        "in_history": body["persist_history"] is not False,
    }
    search = store_search(service, call, mode=mode, parsed=parsed, **more)
    session = service.records.new_id("session")
    record = {
        "id": session,
        "search_id": search["search_id"],
        "page_size": body["page_size"] or 10,
        "max_results": body["max_results"] or MAX_RESULTS,
        "excluded": excluded_ids,
        "output_shape": body["output_shape"] or "raw",
        "from": body["from_offset"] or 0,
        "expires_at": call.now + CURSOR_SECONDS,
    }
    return service.records.put("session", session, record, call.now)


def _requested_query(
    service: Service, call: Call, body: Mapping[str, Any], source: str
) -> tuple[str, Mapping[str, Any]]:
    """Return mode and parsed query of a first request."""
    mode = body["mode"] or "company"
    if source == "search_id":
        found = load_search(service, body["search_id"], call.now)
        return found["mode"], found["parsed_query"]
    if source == "parsed_query":
        return mode, body["parsed_query"]
    if source == "query":
        if body["mode"] == "company":
            raise error_response(400, "query is for people mode only.")
        return "people", {"simple_filters": people_filters(body["query"])}
    return mode, {source: body[source]}


def _token(session: Record, page: int, returned: int) -> str:
    return base64.urlsafe_b64encode(f"{session['id']}:{page}:{returned}".encode()).decode()


def _parse_cursor(service: Service, call: Call, cursor: str) -> tuple[Record, int, int]:
    """Return the session of a cursor, the page, and the number of rows before it."""
    try:
        session, page, returned = base64.urlsafe_b64decode(cursor).decode().split(":")
        place, before = int(page), int(returned)
    except ValueError as error:
        raise error_response(400, "Invalid cursor") from error
    found = service.records.get("session", session)
    if found is None or call.now >= found["expires_at"]:
        raise error_response(400, "Invalid cursor" if found is None else "Cursor has expired")
    return found, place, before


def _page(service: Service, call: Call, session: Record, page: int, before: int) -> dict[str, Any]:
    search = load_search(service, session["search_id"], call.now)
    mode, size, max_results = search["mode"], session["page_size"], session["max_results"]
    found = searches.documents(service.settings.seed, mode, search["parsed_query"])
    first = session["from"] + page * size
    documents = searches.without_excluded(mode, found[first : first + size], session["excluded"])
    rows = [as_row(mode, document, session["output_shape"]) for document in documents]
    returned = before + len(rows)
    more = first + size < len(found) and returned < max_results
    price = len(rows) * PRICES_CENTS["search_row"]
    subject = f"{mode} {json.dumps(search['parsed_query'])} from {first}"
    service.accept(Job, WorkRequest("search_query", subject, {"rows": len(rows)}, price), call.now, WorkFaults)
    add_page_cost(service, call, search, cents=price, total=returned)
    people = mode == "people"
    return {
        "search_id": search["search_id"],
        "resource_handle_id": "",
        "next_cursor": _token(session, page + 1, returned) if more else None,
        "cursor_expires_in_seconds": int(session["expires_at"] - call.now) if more else None,
        "request_duration_ms": 40,
        "has_more": more,
        "page_size": size,
        "page_count": len(rows),
        "page_number": None if people else page + 1,
        "total_pages": None if more else page + 1,
        "max_pages": -(-max_results // size),
        "max_results": max_results,
        "remaining_results": max(0, max_results - returned),
        "total_results": returned,
        "total_available": len(found) if people else None,
        "total_available_lower_bound": None,
        "output_shape": session["output_shape"],
        "exported_count": 0,
        "results": rows,
        "parsed_query": search["parsed_query"],
        "natural_language_query": search["query"],
        "company_filter_truncated": None,
    }
