"""Filter search page by page: ``/search/query`` and ``/search/start-filter-search``.

Rules: docs.sixtyfour.ai, api-reference/search/search-query. Exclusions are taken out of each page after it was cut, so
pages may be short or empty, and the last page may go beyond ``max_results`` (a third party saw both). Assumed: the
status words of a refusal, and that a cursor is good for a quarter of an hour.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from sixtyfour_async.simulator.base.refusal import detail, unprocessable
from sixtyfour_async.simulator.base.validation import Field, problem, texts
from sixtyfour_async.simulator.knowledge.documents import shown
from sixtyfour_async.simulator.knowledge.money import PRICES
from sixtyfour_async.simulator.knowledge.phrases import people_filters
from sixtyfour_async.simulator.routes import exclusions, searches
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.routes.stored_searches import charge, store, stored
from sixtyfour_async.simulator.state.records import Record
from sixtyfour_async.simulator.state.work import Fate, Job, Order
from sixtyfour_async.simulator.state.world import World

MAX_RESULTS = 1000
"""What an API key may ask for (docs.sixtyfour.ai: the default of a credential)."""
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
    Field("query_label", "string", longest=50_000),
    Field("persist_history", "boolean"),
    Field("from_offset", "integer", minimum=0),
    Field("output_shape", "string", nullable=False, choices=("raw", "workflow")),
    *exclusions.FIELDS,
    texts("selected_company_names", 1000),
    Field("selected_company_ids", "object", longest=1000),
    Field("expand_structured_location", "boolean", nullable=False),
    Field("location_expansion_enabled", "boolean", nullable=False),
    Field("location_expansion_radius_miles", "integer", nullable=False, minimum=5, maximum=200),
)


def query(world: World, call: Call) -> Reply:
    """Answer ``POST /search/query``: the first page of a search, or with a cursor the next one."""
    return Reply(_answer(world, call, call.body(_QUERY)))


def filter_search(world: World, call: Call) -> Reply:
    """Answer ``POST /search/start-filter-search``, which is synchronous despite its name."""
    unset = {field.name: None for field in _QUERY}
    return Reply(_answer(world, call, {**unset, **call.body(_FILTER_SEARCH)}))


def limits(_world: World, _call: Call) -> Reply:
    """Answer ``GET /search/limits``."""
    return Reply({"max_results": MAX_RESULTS})


def _answer(world: World, call: Call, body: dict[str, Any]) -> dict[str, Any]:
    if body["cursor"] is None:
        return _page(world, call, _open(world, call, body), 0, 0)
    sent = [name for name in (*_SOURCES, *_EXCLUDE, "output_shape") if body[name] is not None]
    if sent:
        raise detail(400, f"A cursor request must not send {', '.join(sent)}.")
    return _page(world, call, *_resumed(world, call, body["cursor"]))


def _open(world: World, call: Call, body: dict[str, Any]) -> Record:
    """Begin a search: a record of everything its further pages follow from."""
    given = [name for name in _SOURCES if body[name] is not None]
    if len(given) != 1:
        text = f"Value error, Exactly one of {', '.join(_SOURCES)} must be provided"
        raise unprocessable([problem("value_error", ("body",), text, body)])
    if body["max_results"] is not None and body["max_results"] > MAX_RESULTS:
        raise detail(400, f"max_results must not exceed {MAX_RESULTS} for this credential.")
    mode, parsed = _asked(world, call, body, given[0])
    gone = exclusions.excluded(world, call.now, mode, body)
    searches.documents(world.settings.seed, mode, parsed)
    more: dict[str, Any] = {
        "query": body["query"],
        "query_label": body["query_label"],
        "kind": "filter" if body["query"] is None else "natural_language",
        "in_history": body["persist_history"] is not False,
    }
    search = store(world, call, mode=mode, parsed=parsed, **more)
    session = world.records.new_id("session")
    record = {
        "id": session,
        "search_id": search["search_id"],
        "page_size": body["page_size"] or 10,
        "max_results": body["max_results"] or MAX_RESULTS,
        "excluded": gone,
        "output_shape": body["output_shape"] or "raw",
        "from": body["from_offset"] or 0,
        "expires_at": call.now + CURSOR_SECONDS,
    }
    return world.records.put("session", session, record, call.now)


def _asked(world: World, call: Call, body: Mapping[str, Any], source: str) -> tuple[str, Mapping[str, Any]]:
    """Give the mode and the parsed query of a first request."""
    mode = body["mode"] or "company"
    if source == "search_id":
        found = stored(world, body["search_id"], call.now)
        return found["mode"], found["parsed_query"]
    if source == "parsed_query":
        return mode, body["parsed_query"]
    if source == "query":
        if body["mode"] == "company":
            raise detail(400, "query is for people mode only.")
        return "people", {"simple_filters": people_filters(body["query"])}
    return mode, {source: body[source]}


def _token(session: Record, page: int, returned: int) -> str:
    return base64.urlsafe_b64encode(f"{session['id']}:{page}:{returned}".encode()).decode()


def _resumed(world: World, call: Call, cursor: str) -> tuple[Record, int, int]:
    """Read a cursor: its search, the page and the rows before it."""
    try:
        session, page, returned = base64.urlsafe_b64decode(cursor).decode().split(":")
        place, before = int(page), int(returned)
    except ValueError as error:
        raise detail(400, "Invalid cursor") from error
    found = world.records.get("session", session)
    if found is None or call.now >= found["expires_at"]:
        raise detail(400, "Invalid cursor" if found is None else "Cursor has expired")
    return found, place, before


def _page(world: World, call: Call, session: Record, page: int, before: int) -> dict[str, Any]:
    search = stored(world, session["search_id"], call.now)
    mode, size, most = search["mode"], session["page_size"], session["max_results"]
    found = searches.documents(world.settings.seed, mode, search["parsed_query"])
    first = session["from"] + page * size
    cut = searches.kept(mode, found[first : first + size], session["excluded"])
    rows = [shown(mode, document, session["output_shape"]) for document in cut]
    returned = before + len(rows)
    more = first + size < len(found) and returned < most
    price = len(rows) * PRICES["search_row"]
    subject = f"{mode} {json.dumps(search['parsed_query'])} from {first}"
    world.accept(Job, Order("search_query", subject, {"rows": len(rows)}, price), call.now, Fate)
    charge(world, call, search, cents=price, total=returned)
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
        "max_pages": -(-most // size),
        "max_results": most,
        "remaining_results": max(0, most - returned),
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
