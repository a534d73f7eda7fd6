"""The routes of searches that take a while: deep search, export, lookalike, their status and their files.

Sources: docs.sixtyfour.ai, api-reference/search/{start-deep-search-async, deep-search-status, search-endpoints}; how an
export or a lookalike search goes about its work is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.refusal import detail, unprocessable
from sixtyfour_async.simulator.base.validation import Field, problem, texts
from sixtyfour_async.simulator.knowledge.money import PRICES
from sixtyfour_async.simulator.knowledge.people import person_of
from sixtyfour_async.simulator.routes import exclusions, searches
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.routes.storage import upload_of
from sixtyfour_async.simulator.routes.stored_searches import store, stored
from sixtyfour_async.simulator.state.faults import DRIFTED
from sixtyfour_async.simulator.state.files import LINK_SECONDS, Link
from sixtyfour_async.simulator.state.work import Order, Search
from sixtyfour_async.simulator.state.world import World

QUEUED = 2.0
"""Simulated seconds a search is queued before it runs (assumed)."""
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
    texts("linkedin_urls", 1000, longest=500),
    Field("guidance", "string", longest=2000),
    Field("analysis_sample_size", "integer", nullable=False, minimum=1, maximum=100),
)
_LOOK = (Field("include_filters", "boolean", nullable=False), Field("include_analysis", "boolean", nullable=False))
_DOWNLOAD = (Field("resource_handle_id", "string", required=True),)
_PHASES = ("Understanding the query", "Collecting candidates", "Finalizing results")
_LIKENESS = 0.87
"""How sure the identities of seeds are said to be."""


def start(world: World, call: Call) -> Reply:
    """Answer ``POST /search/start-deep-search``; a known ``search_id`` gives its task again."""
    body = call.body(_START)
    if not body["query"].strip():
        raise detail(400, "Invalid search query")
    search = world.deep_search(body["search_id"] or "") or _start_deep(world, call, body)
    return Reply({"task_id": search.id, "status": "queued", "message": "Search started successfully"})


def _start_deep(world: World, call: Call, body: dict[str, Any]) -> Search:
    mode = body["mode"] or "people"
    gone = exclusions.excluded(world, call.now, mode, body)
    world.take_slot(call.now)
    query = body["query"]
    parsed = {"deep_search": {"query": query}}
    search_id = body["search_id"] or world.records.new_id("search")
    search = _accept(world, call, "deep_search", _ordered(body, mode, parsed, gone), search_id)
    more = {"query": query, "kind": "deep_search", "task_id": search.id}
    store(
        world, call, mode=mode, parsed=parsed, search_id=search_id, total=search.rows, cost_cents=search.charge, **more
    )
    return search


def _ordered(body: Mapping[str, Any], mode: str, parsed: Mapping[str, Any], gone: list[str]) -> dict[str, Any]:
    """Put together what the rows of a search follow from."""
    most = body.get("max_results") or searches.DEFAULT_RESULTS
    kept = {name: value for name, value in body.items() if value is not None}
    return {**kept, "mode": mode, "parsed_query": parsed, "excluded": gone, "max_results": most}


def _accept(world: World, call: Call, kind: str, body: dict[str, Any], search_id: str) -> Search:
    rows = len(searches.of_order(world.settings.seed, body))
    price = PRICES["lookalike"] if kind == "lookalike" else rows * PRICES["search_row"]
    subject = body.get("query") or f"{kind} {search_id}"
    order = Order(kind, subject, body, price, world.runtime(kind, subject))
    return world.accept(Search, order, call.now, call.fate, search_id=search_id, rows=rows)


def export(world: World, call: Call) -> Reply:
    """Answer ``POST /search/export``: 409 while another export of the same search goes on."""
    body = call.body(_EXPORT)
    if (body["search_id"] is None) == (body["parsed_query"] is None):
        text = "Value error, Exactly one of search_id or parsed_query must be provided"
        raise unprocessable([problem("value_error", ("body",), text, body)])
    if body["search_id"] is not None:
        found = stored(world, body["search_id"], call.now)
        search_id, mode, parsed = found["search_id"], found["mode"], found["parsed_query"]
    else:
        mode, parsed = body["mode"] or "company", body["parsed_query"]
        search_id = world.records.new_id("search")
    if world.export_running(search_id, call.now):
        raise detail(409, "Export workflow is already running for this search.")
    gone = exclusions.excluded(world, call.now, mode, body)
    search = _accept(world, call, "export", _ordered(body, mode, parsed, gone), search_id)
    if body["search_id"] is None:
        store(world, call, mode=mode, parsed=parsed, search_id=search_id, in_history=False)
    return Reply({"task_id": search.id, "status": "queued", "message": "Export started successfully"})


def _found(world: World, call: Call, *kinds: str) -> Search:
    search = world.searches.get(call.params["task_id"])
    if search is None or search.kind not in kinds or call.now < search.visible_at:
        raise detail(404, "Search not found")
    return search


def status(world: World, call: Call) -> Reply:
    """Answer ``GET /search/status/{task_id}`` and its older twin, for deep searches and exports."""
    search = _found(world, call, "deep_search", "export")
    told: dict[str, Any] = {
        **_told(search, call.now),
        "resource_handle_id": None,
        "exported_count": None,
        "iterations": None,
    }
    if call.drifted():
        return Reply({**told, "status": DRIFTED})
    if told["status"] == "completed":
        with_file = search.body.get("output_mode") != "query_only"
        told["exported_count"] = search.rows if with_file else 0
        told["resource_handle_id"] = _handle(search) if with_file else None
    return Reply(told)


def _told(search: Search, now: float) -> dict[str, Any]:
    """Say how far a search of any kind is."""
    word = _word(search, now)
    phase = None if word in {"queued", "failed"} else min(int(search.share(now) * 3), 2)
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


def _word(search: Search, now: float) -> str:
    if search.done(now):
        return "failed" if search.failed else "completed"
    return "queued" if now < search.submitted_at + QUEUED else "running"


def _handle(search: Search) -> str:
    return f"rh_{search.id}"


def download(world: World, call: Call) -> Reply:
    """Answer ``GET /search/download``: a signed link, good for 15 minutes."""
    handle = call.queried(_DOWNLOAD)["resource_handle_id"]
    search = world.searches.get(handle.removeprefix("rh_"))
    good = search is not None and search.done(call.now) and not search.failed and handle == _handle(search)
    if search is None or not good or search.body.get("output_mode") == "query_only":
        raise detail(404, "Resource not found")
    url = call.base_url + Link(search.id, 0, "csv", call.now + LINK_SECONDS).sign(world.settings.seed)
    return Reply({"url": url, "bucket": "search-results", "path": f"exports/{search.id}.csv"})


def lookalike(world: World, call: Call) -> Reply:
    """Answer ``POST /search/lookalike``: people with the job titles that the seeds have."""
    body = call.body(_LOOKALIKE)
    if (body["csv_resource_handle_id"] is None) == (not body["linkedin_urls"]):
        text = "Value error, Exactly one of csv_resource_handle_id or linkedin_urls must be provided"
        raise unprocessable([problem("value_error", ("body",), text, body)])
    seeds, supplied = _seeds(world, call, body)
    titles = list(dict.fromkeys(person_of(world.settings.seed, seed).title for seed in seeds))
    parsed = {"simple_filters": {"job_title": {"$in": titles}}}
    search_id = world.records.new_id("search")
    gone = [name for seed in seeds if (name := searches.excluded_name("people", seed.get("linkedin", "")))]
    diagnostics = _diagnostics(body, supplied, len(seeds))
    ordered = {**_ordered(body, "people", parsed, gone), "seed_diagnostics": diagnostics}
    search = _accept(world, call, "lookalike", ordered, search_id)
    store(world, call, mode="people", parsed=parsed, search_id=search_id, kind="lookalike", task_id=search.id)
    started = {"task_id": search.id, "search_id": search_id, "status": "queued", "seed_diagnostics": diagnostics}
    return Reply(started, status=202)


def _seeds(world: World, call: Call, body: Mapping[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """Give the people a lookalike search begins with, and how many were named."""
    if body["linkedin_urls"]:
        urls = body["linkedin_urls"]
        return [{"linkedin": url} for url in dict.fromkeys(urls) if "linkedin.com/in/" in url], len(urls)
    upload = upload_of(world, body["csv_resource_handle_id"], call.now)
    if upload is None:
        raise detail(400, "csv_resource_handle_id is unknown or has expired")
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
            "average_confidence": _LIKENESS if resolved else None,
        },
    }


def lookalike_status(world: World, call: Call) -> Reply:
    """Answer ``GET /search/lookalike/{task_id}``."""
    wanted = call.queried(_LOOK)
    search = _found(world, call, "lookalike")
    told = {**_told(search, call.now), "search_id": search.search_id}
    if call.drifted():
        return Reply({**told, "status": DRIFTED})
    done = told["status"] == "completed"
    filters = search.body["parsed_query"]["simple_filters"]
    titles = {"job_titles": filters["job_title"]["$in"]}
    return Reply(
        {
            **told,
            "filters": filters if done and wanted["include_filters"] is not False else None,
            "analysis": titles if done and wanted["include_analysis"] is not False else None,
            "seed_diagnostics": search.body["seed_diagnostics"],
            "excluded_public_ids": search.body["excluded"] if done else None,
            "warnings": search.body["seed_diagnostics"]["warnings"],
        }
    )
