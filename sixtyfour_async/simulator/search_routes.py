"""The deep-search routes, and the signed files of searches and workflow runs."""

from __future__ import annotations

from typing import Any

from sixtyfour_async.simulator import searches, workflows
from sixtyfour_async.simulator.calls import Call, Reply
from sixtyfour_async.simulator.clock import iso
from sixtyfour_async.simulator.faults import DRIFTED
from sixtyfour_async.simulator.files import LINK_SECONDS, MEDIA_TYPES, Link, read, sign, write
from sixtyfour_async.simulator.refusal import detail
from sixtyfour_async.simulator.validation import Field
from sixtyfour_async.simulator.world import Search, World

QUEUED = 2.0
"""Simulated seconds a search is queued before it runs (assumed)."""
_START = (
    Field("query", "string", required=True),
    Field("mode", "string", nullable=False, choices=("people", "company")),
    Field("max_results", "integer", nullable=False, minimum=1),
    Field("search_id", "string"),
    Field("output_mode", "string", nullable=False, choices=("csv", "query_only")),
    Field("exclude_public_ids", "array"),
    Field("exclude_entity_ids", "array"),
    Field("exclude_list_ids", "array"),
)
_DOWNLOAD = (Field("resource_handle_id", "string", required=True),)
_PHASES = ("Understanding the query", "Collecting candidates", "Finalizing results")


def start(world: World, call: Call) -> Reply:
    """Answer ``POST /search/start-deep-search``; a known ``search_id`` gives its task again."""
    body = call.body(_START)
    if not body["query"].strip():
        raise detail(400, "Invalid search query")
    if body["exclude_public_ids"] and (body["mode"] == "company" or body["exclude_entity_ids"]):
        raise detail(400, "exclude_public_ids is for people mode only and excludes exclude_entity_ids.")
    kept = {key: value for key, value in body.items() if value is not None}
    search = world.start_search(kept, call.now, call.fate)
    return Reply({"task_id": search.id, "status": "queued", "message": "Search started successfully"})


def status(world: World, call: Call) -> Reply:
    """Answer ``GET /search/status/{task_id}`` and its older twin."""
    search = world.searches.get(call.params["task_id"])
    if search is None or call.now < search.visible_at:
        raise detail(404, "Search not found")
    return Reply(_shown(search, call))


def _shown(search: Search, call: Call) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "task_id": search.id,
        "status": _word(search, call.now),
        "start_time": iso(search.submitted_at),
        "close_time": None,
        "current_phase": None,
        "progress_message": None,
        "resource_handle_id": None,
        "total_results": None,
        "exported_count": None,
        "error": None,
        "search_id": None,
        "iterations": None,
    }
    if call.drifted():
        return {**shown, "status": DRIFTED}
    share = (call.now - search.submitted_at) / (search.ends_at - search.submitted_at)
    phase = min(int(share * 3), 2)
    if shown["status"] == "failed":
        return {**shown, "close_time": iso(search.ends_at), "error": "Search failed"}
    if shown["status"] != "queued":
        shown |= {"current_phase": phase + 1, "progress_message": _PHASES[phase]}
    if shown["status"] == "completed":
        with_file = search.body.get("output_mode") != "query_only"
        shown |= {
            "close_time": iso(search.ends_at),
            "search_id": search.search_id,
            "total_results": search.rows,
            "exported_count": search.rows if with_file else 0,
            "resource_handle_id": _handle(search) if with_file else None,
        }
    return shown


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
    url = link_to(world, call, search.id, 0, "csv")
    return Reply({"url": url, "bucket": "search-results", "path": f"exports/{search.id}.csv"})


def link_to(world: World, call: Call, work_id: str, block: int, format_: str) -> str:
    """Sign a link to a file."""
    link = Link(work_id, block, format_, call.now + LINK_SECONDS)
    return f"{call.base_url}/signed/{sign(secret(world), link)}"


def secret(world: World) -> str:
    """Give what links are signed with."""
    return f"signed links of simulator {world.settings.seed}"


def signed_file(world: World, call: Call) -> Reply:
    """Serve a file as a storage host does: no key, XML when the link is not good."""
    link = read(secret(world), call.params["token"])
    if link is None:
        return _storage_error("SignatureDoesNotMatch", "The request signature does not match.")
    if call.now >= link.expires_at:
        return _storage_error("ExpiredToken", "The provided token has expired.")
    if (search := world.searches.get(link.work_id)) is not None:
        rows = searches.rows(world.settings.seed, search.body, search.rows)
    elif (run := world.runs.get(link.work_id)) is not None:
        rows = workflows.block_rows(world.settings.seed, run, link.block)
    else:
        return _storage_error("NoSuchKey", "The specified key does not exist.", 404)
    return Reply(content=write(rows, link.format), media_type=MEDIA_TYPES[link.format])


def _storage_error(code: str, message: str, status: int = 403) -> Reply:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Reply(status=status, content=text.encode(), media_type="application/xml")
