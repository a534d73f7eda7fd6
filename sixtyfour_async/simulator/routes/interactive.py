"""The dashboard's interactive workflows: blocks are added one by one to a running job.

Source of the shapes: the public OpenAPI file, where these routes were hidden and later removed. Each block takes
`BLOCK_SECONDS` and transforms the output of its parent (assumed).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.error_responses import error_response, validation_error
from sixtyfour_async.simulator.base.validation import Field, problem
from sixtyfour_async.simulator.knowledge.blocks import registered_blocks
from sixtyfour_async.simulator.knowledge.pricing import PRICES_CENTS
from sixtyfour_async.simulator.routes import graphs
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.state.records import Record
from sixtyfour_async.simulator.state.service import Service
from sixtyfour_async.simulator.state.work import Job, WorkFaults, WorkRequest

KIND = "interactive"
BLOCK_SECONDS = 5.0
"""Simulated run time of a block."""
_BLOCK = (Field("block_name", "string", required=True), Field("specs", "object", required=True))
_START = (
    *_BLOCK,
    Field("webhook_payload", "any"),
    Field("save_json", "boolean"),
    Field("result_formats", "array"),
    Field("cache_config", "object"),
)
_ADD = (*_BLOCK, Field("parent_block_id", "string", required=True))
_OUTPUT = (Field("block_id", "string", required=True),)
_SAVE = (
    Field("block_id", "string"),
    Field("workflow_name", "string", required=True),
    Field("workflow_description", "string"),
)


def _found(service: Service, call: Call) -> Record:
    found = service.records.get(KIND, call.params["job_id"])
    if found is None:
        raise error_response(404, "Interactive run not found")
    return found


def _block(
    service: Service, call: Call, body: Mapping[str, Any], rows: list[Any], parent: str | None
) -> dict[str, Any]:
    if body["block_name"] not in registered_blocks():
        loc, text = ("body", "block_name"), f"Unknown block: {body['block_name']}"
        raise validation_error([problem("value_error", loc, text, body["block_name"])])
    price = len(rows) * PRICES_CENTS["workflow_row"] if parent else 0
    service.accept(
        Job, WorkRequest("interactive_block", body["block_name"], {}, price, BLOCK_SECONDS), call.now, WorkFaults
    )
    output_rows = registered_blocks()[body["block_name"]].transform(service.settings.seed, body["specs"], rows)
    return {
        "block_id": service.records.new_id(KIND),
        "block_name": body["block_name"],
        "specs": body["specs"],
        "parent": parent,
        "rows": output_rows,
        "at": call.now,
    }


def start(service: Service, call: Call) -> Reply:
    """Handle ``POST /workflows/interactive/start``."""
    body = call.body(_START)
    rows = graphs.payload_rows(body["webhook_payload"]) if body["webhook_payload"] is not None else []
    first = _block(service, call, body, rows or [], None)
    job_id = service.records.new_id(KIND)
    service.records.put(KIND, job_id, {"id": job_id, "blocks": [first], "finished": False, "at": call.now}, call.now)
    return Reply({"job_id": job_id, "status": "running"})


def add_block(service: Service, call: Call) -> Reply:
    """Handle ``POST /workflows/interactive/{job_id}/add-block``."""
    body = call.body(_ADD)
    run = _found(service, call)
    parent = next((each for each in run["blocks"] if each["block_id"] == body["parent_block_id"]), None)
    if run["finished"] or parent is None:
        text = "The run is finished" if run["finished"] else "Unknown parent block"
        return Reply({"accepted": False, "block_id": None, "error": text})
    block = _block(service, call, body, parent["rows"], parent["block_id"])
    service.records.put(KIND, run["id"], {**run, "blocks": [*run["blocks"], block]}, call.now)
    return Reply({"accepted": True, "block_id": block["block_id"], "error": None})


def finish(service: Service, call: Call) -> Reply:
    """Handle ``POST /workflows/interactive/{job_id}/finish``."""
    run = _found(service, call)
    service.records.put(KIND, run["id"], {**run, "finished": True}, call.now)
    return Reply({"status": "completed"})


def state(service: Service, call: Call) -> Reply:
    """Handle ``GET /workflows/interactive/{job_id}/state``, in the shape of a live status."""
    run = _found(service, call)
    blocks = [_shown(block, at, call.now) for at, block in enumerate(run["blocks"])]
    done = sum(block["status"] == "completed" for block in blocks)
    return Reply(
        {
            "run_id": run["id"],
            "workflow_id": "",
            "overall_status": "completed" if run["finished"] else "running",
            "total_blocks": len(blocks),
            "completed_blocks": done,
            "started_at": iso(run["at"]),
            "last_updated": iso(call.now),
            "blocks": blocks,
            "overall_progress_percentage": round(100 * done / len(blocks), 1),
        }
    )


def _shown(block: Mapping[str, Any], at: int, now: float) -> dict[str, Any]:
    done = now >= block["at"] + BLOCK_SECONDS
    count = len(block["rows"])
    processed = count if done else 0
    return {
        "block_id": block["block_id"],
        "block_name": block["block_name"],
        "sequence_number": at + 1,
        "status": "completed" if done else "running",
        "previous_block_ids": [block["parent"]] if block["parent"] else [],
        "last_updated": iso(min(now, block["at"] + BLOCK_SECONDS)),
        "progress_percentage": 100.0 if done else 0.0,
        "metrics": {
            "row_count": processed,
            "dataframe_type": registered_blocks()[block["block_name"]].row_kind or "LEAD",
            "processed_count": processed,
            "total_count": count,
        },
    }


def output(service: Service, call: Call) -> Reply:
    """Handle ``GET /workflows/interactive/{job_id}/output``."""
    wanted = call.query_values(_OUTPUT)["block_id"]
    for block in _found(service, call)["blocks"]:
        if block["block_id"] == wanted and call.now >= block["at"] + BLOCK_SECONDS:
            return Reply({"block_id": wanted, "resource_handle_id": f"rh_{wanted}", "row_count": len(block["rows"])})
    raise error_response(404, "Output not found")


def save(service: Service, call: Call) -> Reply:
    """Handle ``POST /workflows/interactive/{job_id}/save``: store the blocks as a workflow."""
    body = call.body(_SAVE)
    blocks = _found(service, call)["blocks"]
    workflow_id = service.records.new_id(graphs.KIND)
    definition = graphs.linear_definition(workflow_id, [(block["block_name"], block["specs"]) for block in blocks])
    description = body["workflow_description"] or ""
    workflow = graphs.workflow_record(workflow_id, body["workflow_name"], description, definition, iso(call.now))
    return Reply(service.records.put(graphs.KIND, workflow_id, workflow, call.now))
