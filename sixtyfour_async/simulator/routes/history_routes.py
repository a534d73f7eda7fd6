"""The search history of a key: list, volume, details, deletion, favourites.

Source: docs.sixtyfour.ai, search/search-endpoints. The answers are untyped objects there; their keys are assumed,
except ``search.{query, parsed_query, search_mode}``.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.error_responses import error_response, validation_error
from sixtyfour_async.simulator.base.validation import Field, problem
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.routes.stored_searches import KIND
from sixtyfour_async.simulator.state.records import Record
from sixtyfour_async.simulator.state.service import Service

_LIST = (
    Field("limit", "integer", nullable=False, minimum=1, maximum=250),
    Field("status", "string", nullable=False, choices=("all", "success", "failed", "in_progress")),
    Field("kind", "string", nullable=False, choices=("all", "favourites", "deep_search")),
    Field("query_text", "string"),
    Field("sort_by", "string", nullable=False, choices=("timestamp", "cost", "duration")),
    Field("sort_dir", "string", nullable=False, choices=("asc", "desc")),
    Field("cursor", "string"),
    Field("from", "instant"),
    Field("to", "instant"),
)
_VOLUME = (Field("from", "instant", required=True), Field("to", "instant", required=True))
_FAVOURITE = (Field("favourite", "boolean", required=True),)


def _mine(service: Service, call: Call) -> list[Record]:
    return [found for found in service.records.all(KIND) if found["key"] == call.key and found["in_history"]]


def _entry(service: Service, found: Record, now: float) -> dict[str, Any]:
    work = service.searches.get(found["task_id"] or "")
    status = "success"
    if work is not None:
        status = "in_progress" if not work.done(now) else "failed" if work.failed else "success"
    return {
        "search_id": found["search_id"],
        "query": found["query"],
        "query_label": found["query_label"],
        "search_mode": found["mode"],
        "kind": found["kind"],
        "status": status,
        "timestamp": iso(found["at"]),
        "cost_cents": found["cost_cents"],
        "duration_ms": 40 if work is None else int((work.ends_at - work.submitted_at) * 1000),
        "total_results": found["total"],
        "is_favourite": found["favourite"],
    }


def history(service: Service, call: Call) -> Reply:
    """Handle ``GET /search/history``; the cursor is the number of entries before the page (assumed)."""
    query = call.query_values(_LIST)
    if query["cursor"] is not None and not query["cursor"].isdigit():
        raise validation_error([problem("value_error", ("query", "cursor"), "Invalid cursor", query["cursor"])])
    first, limit = int(query["cursor"] or 0), query["limit"] or 25
    entries = [
        (found["at"], entry)
        for found in _mine(service, call)
        if (query["from"] or 0) <= found["at"] <= (query["to"] or found["at"])
        and _wanted(entry := _entry(service, found, call.now), query)
    ]
    by = {"cost": "cost_cents", "duration": "duration_ms"}.get(query["sort_by"] or "")
    entries.sort(key=lambda pair: pair[1][by] if by else pair[0], reverse=query["sort_dir"] != "asc")
    more = first + limit < len(entries)
    page = [entry for _, entry in entries[first : first + limit]]
    return Reply({"searches": page, "has_more": more, "next_cursor": str(first + limit) if more else None})


def _wanted(entry: dict[str, Any], query: dict[str, Any]) -> bool:
    kind = query["kind"] or "all"
    text = f"{entry['query'] or ''} {entry['query_label'] or ''}".casefold()
    return (
        query["status"] in {None, "all", entry["status"]}
        and (kind in {"all", entry["kind"]} or (kind == "favourites" and entry["is_favourite"]))
        and (query["query_text"] or "").casefold() in text
    )


def volume(service: Service, call: Call) -> Reply:
    """Handle ``GET /search/history/volume``: searches by day."""
    query = call.query_values(_VOLUME)
    found = [each["at"] for each in _mine(service, call) if query["from"] <= each["at"] <= query["to"]]
    days = Counter(dt.datetime.fromtimestamp(at, dt.UTC).date().isoformat() for at in found)
    return Reply({"buckets": [{"date": day, "count": days[day]} for day in sorted(days)], "total": len(found)})


def _found(service: Service, call: Call) -> Record:
    found = service.records.get(KIND, call.params["search_id"])
    if found is None or found["key"] != call.key or not found["in_history"]:
        raise error_response(404, "Search not found")
    return found


def show(service: Service, call: Call) -> Reply:
    """Handle ``GET /search/history/{search_id}``."""
    found = _found(service, call)
    entry = _entry(service, found, call.now)
    return Reply({"search": {**entry, "parsed_query": found["parsed_query"]}})


def forget(service: Service, call: Call) -> Reply:
    """Handle ``DELETE /search/history/{search_id}``; the search itself can still be repeated."""
    _hide(service, call, _found(service, call))
    return Reply({"success": True})


def forget_all(service: Service, call: Call) -> Reply:
    """Handle ``DELETE /search/history``."""
    for found in _mine(service, call):
        _hide(service, call, found)
    return Reply({"success": True})


def _hide(service: Service, call: Call, found: Record) -> None:
    service.records.put(KIND, found["search_id"], {**found, "in_history": False}, call.now)


def favourite(service: Service, call: Call) -> Reply:
    """Handle ``PATCH /search/history/{search_id}/favourite``."""
    wanted = call.body(_FAVOURITE)["favourite"]
    found = _found(service, call)
    service.records.put(KIND, found["search_id"], {**found, "favourite": wanted}, call.now)
    return Reply({"success": True})
