"""Stored searches: each has an id by which its query can be repeated, and an entry in the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sixtyfour_async.simulator.base.error_responses import error_response
from sixtyfour_async.simulator.routes.calls import Call
from sixtyfour_async.simulator.state.records import Record
from sixtyfour_async.simulator.state.service import Service

KIND = "search"


def store_search(
    service: Service, call: Call, *, mode: str, parsed: Mapping[str, Any], search_id: str | None = None, **more: Any
) -> Record:
    """Store a search. *more*: fields of the history, or ``task_id`` of the work behind it."""
    search_id = search_id or service.records.new_id(KIND)
    record = {
        "search_id": search_id,
        "key": call.key,
        "mode": mode,
        "parsed_query": parsed,
        "query": None,
        "query_label": None,
        "task_id": None,
        "kind": "filter",
        "at": call.now,
        "cost_cents": 0,
        "total": 0,
        "favourite": False,
        "in_history": True,
        **more,
    }
    return service.records.put(KIND, search_id, record, call.now)


def load_search(service: Service, search_id: str, now: float) -> Record:
    """Return a stored search whose query can be repeated.

    Raises:
        ErrorResponse: 404 if it is unknown, or if the work behind it has failed or not ended.
    """
    found = service.records.get(KIND, search_id)
    work = None if found is None else service.searches.get(found["task_id"] or "")
    if found is None or (work is not None and (work.failed or not work.done(now))):
        raise error_response(404, "Search not found or has no parsed_query.")
    return found


def add_page_cost(service: Service, call: Call, found: Record, *, cents: int, total: int) -> None:
    """Add the cost of another page to a search, and set the number of rows returned so far."""
    updated = {**found, "cost_cents": found["cost_cents"] + cents, "total": total}
    service.records.put(KIND, found["search_id"], updated, call.now)
