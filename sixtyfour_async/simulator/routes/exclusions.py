"""Exclusions: ids sent with a search, and saved lists. Source: docs.sixtyfour.ai, search/search-exclusions.

Assumed: how long a list takes to be ready, the status codes of errors, and the maximum of five lists in one search.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.error_responses import error_response, validation_error
from sixtyfour_async.simulator.base.validation import Field, problem, string_array, validate
from sixtyfour_async.simulator.routes import searches
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.routes.stored_searches import load_search
from sixtyfour_async.simulator.routes.uploads import find_upload
from sixtyfour_async.simulator.state.records import Record
from sixtyfour_async.simulator.state.service import Service

KIND = "exclusion_list"
PENDING_SECONDS, READY_AFTER_SECONDS = 2.0, 6.0
"""Simulated seconds after creation at which a list leaves ``pending``, and at which it is ready."""
MAX_LISTS, MAX_LISTS_PER_SEARCH = 20, 5
FIELDS = (
    string_array("exclude_public_ids", 1000),
    string_array("exclude_entity_ids", 1000),
    string_array("exclude_list_ids", 10),
)
_CREATE = (
    Field("name", "string", min_length=1, max_length=120),
    Field("entity_type", "string", nullable=False, choices=("person", "company")),
    Field("source", "object", required=True),
)
_SOURCES: Mapping[str, tuple[Field, ...]] = {
    "entity_ids": (
        Field(
            "entity_ids",
            "array",
            required=True,
            element=Field("", "string", required=True),
            min_length=1,
            max_length=10_000,
        ),
    ),
    "resource_handle": (Field("resource_handle_id", "string", required=True), Field("id_column", "string")),
    "search_id": (
        Field("search_id", "string", required=True),
        Field("max_results", "integer", nullable=False, minimum=1, maximum=250_000),
        *FIELDS,
    ),
}
_ID_COLUMNS = ("public_id", "linkedin", "linkedin_url", "id", "domain", "website", "company_url")


def excluded(service: Service, now: float, mode: str, body: Mapping[str, Any]) -> list[str]:
    """Return the normalized ids that a search excludes.

    Raises:
        ErrorResponse: 400 for public ids in company mode or together with entity ids, for too many lists, and for a
            list that is not ready or of the other entity type; 404 for an unknown list.
    """
    public, entities = body["exclude_public_ids"], body["exclude_entity_ids"]
    if public and (mode == "company" or entities):
        raise error_response(400, "exclude_public_ids is for people mode only and excludes exclude_entity_ids.")
    lists: list[str] = body["exclude_list_ids"] or []
    if len(lists) > MAX_LISTS_PER_SEARCH:
        raise error_response(400, f"At most {MAX_LISTS_PER_SEARCH} exclusion lists can be used at once.")
    wanted = "company" if mode == "company" else "person"
    names: dict[str, None] = dict.fromkeys(searches.exclusion_id(mode, item) for item in (public or entities or ()))
    for list_id in lists:
        found = _found(service, list_id)
        if found["entity_type"] != wanted:
            raise error_response(400, f"Exclusion list {list_id} holds {found['entity_type']} ids.")
        if _status(found, now) != "ready":
            raise error_response(400, f"Exclusion list {list_id} is not ready.")
        names |= dict.fromkeys(found["ids"])
    return list(names)


def _found(service: Service, list_id: str) -> Record:
    found = service.records.get(KIND, list_id)
    if found is None or found["deleted"]:
        raise error_response(404, "Exclusion list not found")
    return found


def _status(found: Record, now: float) -> str:
    if now < found["at"] + PENDING_SECONDS:
        return "pending"
    if now < found["at"] + READY_AFTER_SECONDS:
        return "materializing"
    return "failed" if found["error"] else "ready"


def create(service: Service, call: Call) -> Reply:
    """Handle ``POST /search/exclusion-lists``: accepted at once, ready `READY_AFTER_SECONDS` later."""
    body = call.body(_CREATE)
    source = _source(body["source"])
    if body["name"] is None and body["source"]["type"] != "search_id":
        raise validation_error([problem("value_error", ("body", "name"), "Value error, name is required", None)])
    if len([item for item in service.records.all(KIND) if not item["deleted"]]) >= MAX_LISTS:
        raise error_response(400, f"An organization can have at most {MAX_LISTS} exclusion lists.")
    mode = "company" if body["entity_type"] == "company" else "people"
    ids, error = _ids(service, call, mode, body["source"]["type"], source)
    list_id = service.records.new_id(KIND)
    record = {
        "id": list_id,
        "name": body["name"] or f"Search results {iso(call.now)[:10]}",
        "entity_type": body["entity_type"] or "person",
        "source_type": body["source"]["type"],
        "id_column": source.get("id_column"),
        "ids": list(dict.fromkeys(name for name in ids if name)),
        "unresolved": sum(not name for name in ids),
        "error": error,
        "at": call.now,
        "deleted": False,
    }
    service.records.put(KIND, list_id, record, call.now)
    return Reply({"id": list_id, "status": "pending"}, status=202)


def _source(given: Mapping[str, Any]) -> dict[str, Any]:
    loc = ("body", "source")
    fields = _SOURCES.get(str(given.get("type")))
    if fields is None:
        text = f"Input tag does not match any of the expected tags: {', '.join(_SOURCES)}"
        raise validation_error([problem("union_tag_invalid", loc, text, given)])
    values, problems = validate(fields, given, (*loc, given["type"]))
    if problems:
        raise validation_error(problems)
    return values


def _ids(
    service: Service, call: Call, mode: str, type_: str, source: Mapping[str, Any]
) -> tuple[list[str], str | None]:
    """Return the ids of a source, or the error message of the list."""
    if type_ == "entity_ids":
        return [searches.exclusion_id(mode, item) for item in source["entity_ids"]], None
    if type_ == "search_id":
        found = load_search(service, source["search_id"], call.now)
        excluded_ids = excluded(service, call.now, found["mode"], source)
        every = searches.without_excluded(
            mode, searches.documents(service.settings.seed, found["mode"], found["parsed_query"]), excluded_ids
        )
        return [searches.exclusion_ids(mode, each)[0] for each in every[: source["max_results"]]], None
    upload = find_upload(service, source["resource_handle_id"], call.now)
    if upload is None:
        return [], "resource_handle_id is unknown or has expired"
    column = source["id_column"] or next((name for name in _ID_COLUMNS if name in upload["columns"]), None)
    if column is None or column not in upload["columns"]:
        return [], "No column of the file holds ids"
    return [searches.exclusion_id(mode, row.get(column, "")) for row in upload["rows"]], None


def _shown(found: Record, now: float) -> dict[str, Any]:
    status = _status(found, now)
    ended = status in {"ready", "failed"}
    return {
        "id": found["id"],
        "name": found["name"],
        "entity_type": found["entity_type"],
        "status": status,
        "source_type": found["source_type"],
        "created_at": iso(found["at"]),
        "updated_at": iso(min(now, found["at"] + READY_AFTER_SECONDS)),
        "size": len(found["ids"]) if status == "ready" else None,
        "source_total_available": None,
        "id_column": found["id_column"],
        "unresolved_count": found["unresolved"] if ended else None,
        "error_message": found["error"] if status == "failed" else None,
    }


def lists(service: Service, call: Call) -> Reply:
    """Handle ``GET /search/exclusion-lists``, newest first."""
    there = [found for found in service.records.all(KIND) if not found["deleted"]]
    return Reply([_shown(found, call.now) for found in reversed(there)])


def show(service: Service, call: Call) -> Reply:
    """Handle ``GET /search/exclusion-lists/{list_id}``."""
    return Reply(_shown(_found(service, call.params["list_id"]), call.now))


def delete(service: Service, call: Call) -> Reply:
    """Handle ``DELETE /search/exclusion-lists/{list_id}``: hide the list; its record stays."""
    found = _found(service, call.params["list_id"])
    service.records.put(KIND, found["id"], {**found, "deleted": True}, call.now)
    return Reply({"id": found["id"], "deleted": True})
