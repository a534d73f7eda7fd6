"""The routes of long-running searches: deep search, export, lookalike, their status and their files.

Source: docs.sixtyfour.ai, api-reference/search/{start-deep-search-async, deep-search-status, search-endpoints}. What
exports and lookalike searches find, and how fast, is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.error_responses import error_response, validation_error
from sixtyfour_async.simulator.base.validation import Field, problem, string_array
from sixtyfour_async.simulator.knowledge.people import invent_person
from sixtyfour_async.simulator.knowledge.pricing import PRICES_CENTS
from sixtyfour_async.simulator.routes import exclusions, searches
from sixtyfour_async.simulator.routes.calls import About, Call, Reply
from sixtyfour_async.simulator.routes.stored_searches import load_search, store_search
from sixtyfour_async.simulator.routes.uploads import find_upload
from sixtyfour_async.simulator.state.faults import UNKNOWN_STATUS
from sixtyfour_async.simulator.state.result_files import LINK_SECONDS, Link
from sixtyfour_async.simulator.state.service import Service
from sixtyfour_async.simulator.state.work import Search, WorkRequest

QUEUED_SECONDS = 2.0
"""Simulated seconds for which a search is queued (assumed)."""
_MODE = Field("mode", "string", nullable=False, choices=("people", "company"))
_START = (
    Field("query", "string", required=True),
    _MODE,
    Field("max_results", "integer", nullable=False, minimum=1),
    Field("search_id", "string"),
    Field("output_mode", "string", nullable=False, choices=("csv", "query_only")),
    *exclusions.FIELDS,
)
_EXPORT = (
    Field("search_id", "string"),
    Field("parsed_query", "object"),
    _MODE,
    Field("max_results", "integer", nullable=False, minimum=1),
    *exclusions.FIELDS,
)
_LOOKALIKE = (
    Field("csv_resource_handle_id", "string"),
    string_array("linkedin_urls", 1000, max_length=500),
    Field("guidance", "string", max_length=2000),
    Field("analysis_sample_size", "integer", nullable=False, minimum=1, maximum=100),
)
_LOOKALIKE_STATUS = (
    Field("include_filters", "boolean", nullable=False),
    Field("include_analysis", "boolean", nullable=False),
)
_DOWNLOAD = (Field("resource_handle_id", "string", required=True),)
_PHASES = ("Understanding the query", "Collecting candidates", "Finalizing results")
_AVERAGE_CONFIDENCE = 0.87
"""Confidence shown for resolved seeds, 0 to 1."""


def start(service: Service, call: Call) -> Reply:
    """Handle ``POST /search/start-deep-search``; a known ``search_id`` returns the same task."""
    body = call.body(_START)
    if not body["query"].strip():
        raise error_response(400, "Invalid search query")
    search = service.deep_search(body["search_id"] or "") or _start_deep(service, call, body)
    return _started(search, "Search started successfully")


def _started(search: Search, message: str) -> Reply:
    body = {"task_id": search.id, "status": "queued", "message": message}
    return Reply(body, about=About("submit", search))


def _start_deep(service: Service, call: Call, body: dict[str, Any]) -> Search:
    mode = body["mode"] or "people"
    excluded_ids = exclusions.excluded(service, call.now, mode, body)
    service.require_search_slot(call.now)
    query = body["query"]
    parsed = {"deep_search": {"query": query}}
    search_id = body["search_id"] or service.records.new_id("search")
    search = _accept(service, call, "deep_search", _search_body(body, mode, parsed, excluded_ids), search_id)
    more = {"query": query, "kind": "deep_search", "task_id": search.id}
    store_search(
        service,
        call,
        mode=mode,
        parsed=parsed,
        search_id=search_id,
        total=search.rows,
        cost_cents=search.charge,
        **more,
    )
    return search


def _search_body(
    body: Mapping[str, Any], mode: str, parsed: Mapping[str, Any], excluded_ids: list[str]
) -> dict[str, Any]:
    """Return everything that determines the rows of a search."""
    max_results = body.get("max_results") or searches.DEFAULT_MAX_RESULTS
    given = {name: value for name, value in body.items() if value is not None}
    return {**given, "mode": mode, "parsed_query": parsed, "excluded": excluded_ids, "max_results": max_results}


def _accept(service: Service, call: Call, kind: str, body: dict[str, Any], search_id: str) -> Search:
    rows = len(searches.find_documents(service.settings.seed, body))
    price = PRICES_CENTS["lookalike"] if kind == "lookalike" else rows * PRICES_CENTS["search_row"]
    subject = body.get("query") or f"{kind} {search_id}"
    request = WorkRequest(kind, subject, body, price, service.runtime(kind, subject))
    return service.accept(Search, request, call.now, call.draw_faults, search_id=search_id, rows=rows)


def export(service: Service, call: Call) -> Reply:
    """Handle ``POST /search/export``: 409 while another export of the same search is running."""
    body = call.body(_EXPORT)
    if (body["search_id"] is None) == (body["parsed_query"] is None):
        text = "Value error, Exactly one of search_id or parsed_query must be provided"
        raise validation_error([problem("value_error", ("body",), text, body)])
    if body["search_id"] is not None:
        found = load_search(service, body["search_id"], call.now)
        search_id, mode, parsed = found["search_id"], found["mode"], found["parsed_query"]
    else:
        mode, parsed = body["mode"] or "company", body["parsed_query"]
        search_id = service.records.new_id("search")
    if service.has_running_export(search_id, call.now):
        raise error_response(409, "Export workflow is already running for this search.")
    excluded_ids = exclusions.excluded(service, call.now, mode, body)
    search = _accept(service, call, "export", _search_body(body, mode, parsed, excluded_ids), search_id)
    if body["search_id"] is None:
        store_search(service, call, mode=mode, parsed=parsed, search_id=search_id, in_history=False)
    return _started(search, "Export started successfully")


def _found(service: Service, call: Call, *kinds: str) -> Search:
    search = service.searches.get(call.params["task_id"])
    if search is None or search.kind not in kinds or call.now < search.visible_at:
        raise error_response(404, "Search not found")
    return search


def status(service: Service, call: Call) -> Reply:
    """Handle ``GET /search/status/{task_id}`` and its older alias, for deep searches and exports."""
    search = _found(service, call, "deep_search", "export")
    status_body: dict[str, Any] = {
        **_search_status(search, call.now),
        "resource_handle_id": None,
        "exported_count": None,
        "iterations": None,
    }
    if call.draw_drift():
        return Reply({**status_body, "status": UNKNOWN_STATUS})
    if status_body["status"] == "completed":
        with_file = search.body.get("output_mode") != "query_only"
        status_body["exported_count"] = search.rows if with_file else 0
        status_body["resource_handle_id"] = _handle(search) if with_file else None
    return Reply(status_body, about=About("poll", search))


def _search_status(search: Search, now: float) -> dict[str, Any]:
    """Return the status fields that all kinds of searches share."""
    word = _status_word(search, now)
    phase = None if word in {"queued", "failed"} else min(int(search.progress(now) * 3), 2)
    return {
        "task_id": search.id,
        "status": word,
        "start_time": iso(search.submitted_at),
        "close_time": iso(search.ends_at) if word in {"completed", "failed"} else None,
        "current_phase": None if phase is None else phase + 1,
        "progress_message": None if phase is None else _PHASES[phase],
        "total_results": search.rows if word == "completed" else None,
        "search_id": search.search_id if word == "completed" else None,
        "error": "Search failed" if word == "failed" else None,
    }


def _status_word(search: Search, now: float) -> str:
    if search.done(now):
        return "failed" if search.failed else "completed"
    return "queued" if now < search.submitted_at + QUEUED_SECONDS else "running"


def _handle(search: Search) -> str:
    return f"rh_{search.id}"


def download(service: Service, call: Call) -> Reply:
    """Handle ``GET /search/download``: a signed link, valid for 15 minutes."""
    handle = call.query_values(_DOWNLOAD)["resource_handle_id"]
    search = service.searches.get(handle.removeprefix("rh_"))
    good = search is not None and search.done(call.now) and not search.failed and handle == _handle(search)
    if search is None or not good or search.body.get("output_mode") == "query_only":
        raise error_response(404, "Resource not found")
    url = call.base_url + Link(search.id, 0, "csv", call.now + LINK_SECONDS).signed_path(service.settings.seed)
    return Reply({"url": url, "bucket": "search-results", "path": f"exports/{search.id}.csv"})


def lookalike(service: Service, call: Call) -> Reply:
    """Handle ``POST /search/lookalike``: people with the same job titles as the seeds."""
    body = call.body(_LOOKALIKE)
    if (body["csv_resource_handle_id"] is None) == (not body["linkedin_urls"]):
        text = "Value error, Exactly one of csv_resource_handle_id or linkedin_urls must be provided"
        raise validation_error([problem("value_error", ("body",), text, body)])
    seeds, supplied = _seeds(service, call, body)
    titles = list(dict.fromkeys(invent_person(service.settings.seed, seed).title for seed in seeds))
    parsed = {"simple_filters": {"job_title": {"$in": titles}}}
    search_id = service.records.new_id("search")
    excluded_ids = [name for seed in seeds if (name := searches.exclusion_id("people", seed.get("linkedin", "")))]
    diagnostics = _diagnostics(body, supplied, len(seeds))
    search_body = {**_search_body(body, "people", parsed, excluded_ids), "seed_diagnostics": diagnostics}
    search = _accept(service, call, "lookalike", search_body, search_id)
    store_search(service, call, mode="people", parsed=parsed, search_id=search_id, kind="lookalike", task_id=search.id)
    started = {"task_id": search.id, "search_id": search_id, "status": "queued", "seed_diagnostics": diagnostics}
    return Reply(started, status=202, about=About("submit", search))


def _seeds(service: Service, call: Call, body: Mapping[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """Return the seed people of a lookalike search, and the number supplied."""
    if body["linkedin_urls"]:
        urls = body["linkedin_urls"]
        return [{"linkedin": url} for url in dict.fromkeys(urls) if "linkedin.com/in/" in url], len(urls)
    upload = find_upload(service, body["csv_resource_handle_id"], call.now)
    if upload is None:
        raise error_response(400, "csv_resource_handle_id is unknown or has expired")
    return [dict(row) for row in upload["rows"]], len(upload["rows"])


def _diagnostics(body: Mapping[str, Any], supplied: int, resolved: int) -> dict[str, Any]:
    return {
        "seed_type": "linkedin_urls" if body["linkedin_urls"] else "csv",
        "supplied": supplied,
        "parsed": supplied,
        "resolved": resolved,
        "skipped": supplied - resolved,
        "analyzed": min(resolved, body["analysis_sample_size"] or 100),
        "errors": [],
        "warnings": ["Some seeds could not be resolved"] if resolved < supplied else [],
        "identity_resolution": {
            "exact_matches": resolved,
            "similarity_matches": 0,
            "dropped_below_threshold": 0,
            "ambiguous_matches": 0,
            "duplicates_removed": 0,
            "average_confidence": _AVERAGE_CONFIDENCE if resolved else None,
        },
    }


def lookalike_status(service: Service, call: Call) -> Reply:
    """Handle ``GET /search/lookalike/{task_id}``."""
    wanted = call.query_values(_LOOKALIKE_STATUS)
    search = _found(service, call, "lookalike")
    status_body = {**_search_status(search, call.now), "search_id": search.search_id}
    if call.draw_drift():
        return Reply({**status_body, "status": UNKNOWN_STATUS})
    done = status_body["status"] == "completed"
    filters = search.body["parsed_query"]["simple_filters"]
    titles = {"job_titles": filters["job_title"]["$in"]}
    return Reply(
        {
            **status_body,
            "filters": filters if done and wanted["include_filters"] is not False else None,
            "analysis": titles if done and wanted["include_analysis"] is not False else None,
            "seed_diagnostics": search.body["seed_diagnostics"],
            "excluded_public_ids": search.body["excluded"] if done else None,
            "warnings": search.body["seed_diagnostics"]["warnings"],
        },
        about=About("poll", search),
    )
