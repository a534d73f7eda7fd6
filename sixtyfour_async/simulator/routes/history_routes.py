"""The search history of a key: list, volume, one, forget, favourite (docs.sixtyfour.ai, search/search-endpoints).

The answers are free objects on the pages; their keys here are assumed, but for ``search.{query, parsed_query,
search_mode}``.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.refusal import detail, unprocessable
from sixtyfour_async.simulator.base.validation import Field, problem
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.routes.stored_searches import KIND
from sixtyfour_async.simulator.state.records import Record
from sixtyfour_async.simulator.state.world import World

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


def _mine(world: World, call: Call) -> list[Record]:
    return [found for found in world.records.all(KIND) if found["key"] == call.key and found["in_history"]]


def _entry(world: World, found: Record, now: float) -> dict[str, Any]:
    work = world.searches.get(found["task_id"] or "")
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


def history(world: World, call: Call) -> Reply:
    """Answer ``GET /search/history``; the cursor is the number of entries before the page."""
    asked = call.queried(_LIST)
    if asked["cursor"] is not None and not asked["cursor"].isdigit():
        raise unprocessable([problem("value_error", ("query", "cursor"), "Invalid cursor", asked["cursor"])])
    first, limit = int(asked["cursor"] or 0), asked["limit"] or 25
    entries = [
        (found["at"], entry)
        for found in _mine(world, call)
        if (asked["from"] or 0) <= found["at"] <= (asked["to"] or found["at"])
        and _wanted(entry := _entry(world, found, call.now), asked)
    ]
    by = {"cost": "cost_cents", "duration": "duration_ms"}.get(asked["sort_by"] or "")
    entries.sort(key=lambda pair: pair[1][by] if by else pair[0], reverse=asked["sort_dir"] != "asc")
    more = first + limit < len(entries)
    page = [entry for _, entry in entries[first : first + limit]]
    return Reply({"searches": page, "has_more": more, "next_cursor": str(first + limit) if more else None})


def _wanted(entry: dict[str, Any], asked: dict[str, Any]) -> bool:
    kind = asked["kind"] or "all"
    text = f"{entry['query'] or ''} {entry['query_label'] or ''}".casefold()
    return (
        asked["status"] in {None, "all", entry["status"]}
        and (kind in {"all", entry["kind"]} or (kind == "favourites" and entry["is_favourite"]))
        and (asked["query_text"] or "").casefold() in text
    )


def volume(world: World, call: Call) -> Reply:
    """Answer ``GET /search/history/volume``: searches by day."""
    asked = call.queried(_VOLUME)
    found = [each["at"] for each in _mine(world, call) if asked["from"] <= each["at"] <= asked["to"]]
    days = Counter(dt.datetime.fromtimestamp(at, dt.UTC).date().isoformat() for at in found)
    return Reply({"buckets": [{"date": day, "count": days[day]} for day in sorted(days)], "total": len(found)})


def _found(world: World, call: Call) -> Record:
    found = world.records.get(KIND, call.params["search_id"])
    if found is None or found["key"] != call.key or not found["in_history"]:
        raise detail(404, "Search not found")
    return found


def show(world: World, call: Call) -> Reply:
    """Answer ``GET /search/history/{search_id}``."""
    found = _found(world, call)
    entry = _entry(world, found, call.now)
    return Reply({"search": {**entry, "parsed_query": found["parsed_query"]}})


def forget(world: World, call: Call) -> Reply:
    """Answer ``DELETE /search/history/{search_id}``; the search itself can still be asked again."""
    _hide(world, call, _found(world, call))
    return Reply({"success": True})


def forget_all(world: World, call: Call) -> Reply:
    """Answer ``DELETE /search/history``."""
    for found in _mine(world, call):
        _hide(world, call, found)
    return Reply({"success": True})


def _hide(world: World, call: Call, found: Record) -> None:
    world.records.put(KIND, found["search_id"], {**found, "in_history": False}, call.now)


def favourite(world: World, call: Call) -> Reply:
    """Answer ``PATCH /search/history/{search_id}/favourite``."""
    wanted = call.body(_FAVOURITE)["favourite"]
    found = _found(world, call)
    world.records.put(KIND, found["search_id"], {**found, "favourite": wanted}, call.now)
    return Reply({"success": True})
