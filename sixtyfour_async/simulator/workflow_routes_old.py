"""The workflow routes: list, run, watch, fetch, cancel."""

from __future__ import annotations

from typing import Any

from sixtyfour_async.simulator.calls import Call, Reply
from sixtyfour_async.simulator.chance import unit
from sixtyfour_async.simulator.clock import iso
from sixtyfour_async.simulator.faults import DRIFTED
from sixtyfour_async.simulator.files import LINK_SECONDS, MEDIA_TYPES, write
from sixtyfour_async.simulator.json_values import as_array, as_object
from sixtyfour_async.simulator.refusal import detail, unprocessable
from sixtyfour_async.simulator.search_routes import link_to
from sixtyfour_async.simulator.validation import Field, problem
from sixtyfour_async.simulator.workflows import (
    WORKFLOWS,
    Workflow,
    block_rows,
    blocks_done,
    find_workflow,
    listed,
    live_status,
    run_entry,
    run_status,
)
from sixtyfour_async.simulator.world import Run, World

_FORMATS = ("csv", "json", "ndjson")
_INLINE_ROWS = 5
"""Files of up to so many rows are inlined in the answer too; the bound is assumed."""
_RUN = (
    Field("workflow_id", "string", required=True),
    Field("save_json", "boolean", nullable=False),
    Field("result_formats", "string", nullable=False, choices=_FORMATS),
)
_RUNS = (
    Field("status", "string"),
    Field("workflow_id", "string"),
    Field("limit", "integer", nullable=False, minimum=1, maximum=500),
)
_LINKS = (Field("format", "string", nullable=False, choices=_FORMATS),)
_CANCEL = (Field("job_id", "string"),)


def workflows(_world: World, _call: Call) -> Reply:
    """Answer ``GET /workflows``."""
    return Reply([listed(workflow) for workflow in WORKFLOWS])


def run(world: World, call: Call) -> Reply:
    """Answer ``POST /workflows/run``; the same Idempotency-Key gives the same run again."""
    query = call.queried(_RUN)
    workflow = find_workflow(query["workflow_id"])
    if workflow is None:
        raise detail(404, "Workflow not found")
    formats = {value for name, value in call.query if name == "result_formats"} | {"csv"}
    if query["save_json"]:
        formats.add("json")
    order = {
        "workflow_id": workflow.id,
        "rows": _rows(workflow, call),
        "formats": sorted(formats),
        "idempotency_key": call.headers.get("idempotency-key"),
    }
    started, again = world.start_run(order, call.now, call.fate)
    shown = {"status": "queued", "workflow_id": workflow.id, "job_id": started.id, "cache_config": None}
    return Reply({**shown, **({"already_started": True} if again else {})})


def _rows(workflow: Workflow, call: Call) -> list[dict[str, Any]]:
    payload = (as_object(call.json()) or {}).get("webhook_payload")
    if not workflow.takes_payload:
        text = "webhook_payload requires a workflow whose source block is 'webhook'."
        if payload is None:
            text = "read_csv workflows require a valid specs_override.resource_handle_id."
        raise detail(400, text)
    entries = as_array(payload)
    if payload is None or entries == []:
        raise detail(400, "webhook_payload is required for this workflow.")
    rows = [as_object(entry) for entry in (entries or [payload])]
    good = [row for row in rows if row is not None]
    if len(good) < len(rows):
        text = "Input should be a valid dictionary"
        raise unprocessable([problem("dict_type", ("body", "webhook_payload"), text, payload)])
    absent = sorted({column for row in good for column in workflow.required if column not in row})
    if absent:
        raise detail(400, f"webhook_payload is missing required columns: {', '.join(absent)}")
    return good


def runs(world: World, call: Call) -> Reply:
    """Answer ``GET /workflows/runs``, newest first."""
    query = call.queried(_RUNS)
    wanted = {"active": {"queued", "running"}}.get(query["status"] or "", {query["status"]})
    found = [
        run
        for run in reversed(world.runs.values())
        if query["workflow_id"] in (None, run.workflow_id)
        and (query["status"] is None or run_status(run, call.now) in wanted)
    ]
    return Reply([run_entry(run, call.now) for run in found[: query["limit"] or 100]])


def _known(world: World, call: Call, run_id: str) -> Run:
    run = world.runs.get(run_id)
    if run is None or call.now < run.visible_at:
        raise detail(404, "Workflow run not found")
    return run


def watch(world: World, call: Call) -> Reply:
    """Answer ``GET /workflows/runs/{run_id}/live_status``."""
    shown = live_status(_known(world, call, call.params["run_id"]), call.now)
    return Reply({**shown, "overall_status": DRIFTED} if call.drifted() else shown)


def links(world: World, call: Call) -> Reply:
    """Answer ``…/results/download-links``: an item per finished block, in an order that means nothing."""
    format_ = call.queried(_LINKS)["format"] or "csv"
    run = _known(world, call, call.params["run_id"])
    if format_ not in run.formats:
        raise detail(400, f"Results in format '{format_}' were not saved for this run.")
    numbers = range(1, int(blocks_done(run, call.now)) + 1)
    return Reply([_item(world, call, run, number, format_) for number in _shuffled(run.id, list(numbers))])


def _shuffled(run_id: str, numbers: list[int]) -> list[int]:
    """Keep the highest number away from the end and, where there is room, from the start."""
    others = sorted(numbers[:-1], key=lambda number: unit(run_id, number))
    return others[:1] * (len(others) > 1) + numbers[-1:] + others[len(others) > 1 :]


def _item(world: World, call: Call, run: Run, number: int, format_: str) -> dict[str, Any]:
    rows = block_rows(world.settings.seed, run, number)
    content = write(rows, format_)
    return {
        "filename": f"{run.id}_block_{number}.{format_}",
        "storage_bucket": "workflow-results",
        "file_size": len(content),
        "row_count": len(rows),
        "block_number": number,
        "created_at": iso(min(call.now, run.ends_at)),
        "message": None,
        "content_type": MEDIA_TYPES[format_],
        "download_url": link_to(world, call, run.id, number, format_),
        "download_expires_in_seconds": LINK_SECONDS,
        "results": rows if len(rows) <= _INLINE_ROWS else None,
    }


def cancel(world: World, call: Call) -> Reply:
    """Answer ``POST /workflows/cancel``: ``canceled``, or the status of a run that has ended already."""
    job_id = call.queried(_CANCEL)["job_id"] or (as_object(call.json()) or {}).get("job_id")
    if not isinstance(job_id, str):
        raise detail(400, "job_id is required")
    run = _known(world, call, job_id)
    before = run_status(run, call.now)
    if before in {"completed", "failed", "cancelled"}:
        return Reply({"job_id": run.id, "status": before})
    world.cancel_run(run, call.now)
    return Reply({"job_id": run.id, "status": "canceled"})
