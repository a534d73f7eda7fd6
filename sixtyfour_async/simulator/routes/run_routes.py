"""The routes of workflow runs: start, list, live status, result files, cancel."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from sixtyfour_async.simulator.base.error_responses import error_response, validation_error
from sixtyfour_async.simulator.base.json_values import as_array
from sixtyfour_async.simulator.base.validation import Field, problem
from sixtyfour_async.simulator.knowledge.documents import as_row
from sixtyfour_async.simulator.knowledge.pricing import PRICES_CENTS
from sixtyfour_async.simulator.knowledge.runtimes import ROWS_PER_BATCH, SECONDS_PER_BATCH
from sixtyfour_async.simulator.routes import searches
from sixtyfour_async.simulator.routes.bulk_files import result_item
from sixtyfour_async.simulator.routes.calls import About, Call, Reply
from sixtyfour_async.simulator.routes.graphs import blocks_in_order, find_workflow, payload_rows, required_columns
from sixtyfour_async.simulator.routes.uploads import find_upload
from sixtyfour_async.simulator.state.faults import UNKNOWN_STATUS
from sixtyfour_async.simulator.state.run_progress import blocks_done, live_status, run_entry, run_status
from sixtyfour_async.simulator.state.service import BULK, Service
from sixtyfour_async.simulator.state.work import Run, WorkRequest

_FORMATS = ("csv", "json", "ndjson")
_MAX_INLINE_ROWS = 5
"""Maximum rows of a file that is also included in the answer (assumed)."""
_RUN = (
    Field("workflow_id", "string", required=True),
    Field("save_json", "boolean", nullable=False),
    Field("result_formats", "string", nullable=False, choices=_FORMATS),
)
_RUN_BODY = (Field("specs_override", "object"), Field("webhook_payload", "any"))
_RUNS = (
    Field("status", "string"),
    Field("workflow_id", "string"),
    Field("limit", "integer", nullable=False, minimum=1, maximum=500),
)
_LINKS = (Field("format", "string", nullable=False, choices=_FORMATS),)
_CANCEL = (Field("job_id", "string"),)


def run(service: Service, call: Call) -> Reply:
    """Handle ``POST /workflows/run``; a repeated Idempotency-Key returns the same run."""
    query = call.query_values(_RUN)
    workflow = find_workflow(service.records, query["workflow_id"])
    if workflow is None:
        raise error_response(404, "Workflow not found")
    formats = {value for name, value in call.query if name == "result_formats"} | {"csv"}
    if query["save_json"]:
        formats.add("json")
    key = call.headers.get("idempotency-key")
    known = service.run_for_key(workflow["id"], key)
    started = known or _start(service, call, workflow, sorted(formats), key)
    status_body = {"status": "queued", "workflow_id": workflow["id"], "job_id": started.id, "cache_config": None}
    repeated = {"already_started": True} if known else {}
    return Reply({**status_body, **repeated}, about=About("submit", started))


def _start(service: Service, call: Call, workflow: Mapping[str, Any], formats: list[str], key: str | None) -> Run:
    body = call.body(_RUN_BODY, optional=True)
    blocks = blocks_in_order(workflow)
    if not blocks:
        raise error_response(400, "Workflow has no blocks.")
    override: dict[str, Any] = body["specs_override"] or {}
    first: dict[str, Any] = {**blocks[0], "specs": {**blocks[0]["specs"], **override}}
    rows = _rows(service, call, first, body["webhook_payload"])
    subject = f"{workflow['id']} | {len(rows)} rows"
    batches = -(-len(rows) // ROWS_PER_BATCH)
    runtime = service.runtime("workflow", subject, service.accepted) + SECONDS_PER_BATCH * batches
    work_body = {"name": workflow["name"], "rows": rows, "blocks": [first, *blocks[1:]]}
    request = WorkRequest("workflow", subject, work_body, len(rows) * PRICES_CENTS["workflow_row"], runtime)
    more = {"workflow_id": workflow["id"], "formats": formats, "idempotency_key": key, "planned": runtime}
    return service.accept(Run, request, call.now, call.draw_faults, **more)


def _rows(service: Service, call: Call, source: Mapping[str, Any], payload: Any) -> list[dict[str, Any]]:
    """Return the input rows of a run: from the payload, an upload, or the search of its source block."""
    if source["block_name"] == "webhook":
        return _payload_rows(source, payload)
    if payload is not None:
        raise error_response(400, "webhook_payload requires a workflow whose source block is 'webhook'.")
    if source["block_name"] == "read_csv":
        upload = find_upload(service, source["specs"].get("resource_handle_id"), call.now)
        if upload is None:
            raise error_response(400, "read_csv workflows require a valid specs_override.resource_handle_id.")
        return list(upload["rows"])
    return _found_rows(service, source["specs"]) if source["block_name"] == "search" else []


def _found_rows(service: Service, specs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a ``search`` block, those of a deep search for its query."""
    mode = "company" if specs.get("dataframe_type") == "COMPANY" else "people"
    parsed = {"deep_search": {"query": str(specs.get("query") or "")}}
    found = searches.documents(service.settings.seed, mode, parsed)
    max_rows: int = specs.get("max_results") or searches.DEFAULT_MAX_RESULTS
    return [as_row(mode, document, "workflow") for document in found[:max_rows]]


def _payload_rows(source: Mapping[str, Any], payload: Any) -> list[dict[str, Any]]:
    if payload is None or as_array(payload) == []:
        raise error_response(400, "webhook_payload is required for this workflow.")
    rows = payload_rows(payload)
    if rows is None:
        text = "Input should be a valid dictionary"
        raise validation_error([problem("dict_type", ("body", "webhook_payload"), text, payload)])
    required = required_columns(source)
    absent = sorted({column for row in rows for column in required if column not in row})
    if absent:
        raise error_response(400, f"webhook_payload is missing required columns: {', '.join(absent)}")
    return rows


def runs(service: Service, call: Call) -> Reply:
    """Handle ``GET /workflows/runs``, newest first, without bulk-intelligence files."""
    query = call.query_values(_RUNS)
    required = {"active": {"queued", "running"}}.get(query["status"] or "", {query["status"]})
    found = (
        run
        for run in reversed(service.runs.values())
        if run.kind not in BULK
        and query["workflow_id"] in (None, run.workflow_id)
        and (query["status"] is None or run_status(run, call.now) in required)
    )
    return Reply([run_entry(run, call.now) for run in itertools.islice(found, query["limit"] or 100)])


def _require_field(service: Service, call: Call, run_id: str) -> Run:
    run = service.runs.get(run_id)
    if run is None or call.now < run.visible_at:
        raise error_response(404, "Workflow run not found")
    return run


def run_live_status(service: Service, call: Call) -> Reply:
    """Handle ``GET /workflows/runs/{run_id}/live_status``."""
    run = _require_field(service, call, call.params["run_id"])
    status_body = live_status(run, call.now)
    if call.draw_drift():
        return Reply({**status_body, "overall_status": UNKNOWN_STATUS})
    return Reply(status_body, about=About("poll", run))


def links(service: Service, call: Call) -> Reply:
    """Handle ``…/results/download-links``: one item per finished block in the order of the blocks, the last is final.

    Source: the vendor's own demo client, which saves the last one.
    """
    format_ = call.query_values(_LINKS)["format"] or "csv"
    run = _require_field(service, call, call.params["run_id"])
    if format_ not in run.formats:
        raise error_response(400, f"Results in format '{format_}' were not saved for this run.")
    numbers = range(1, int(blocks_done(run, call.now)) + 1)
    return Reply([_with_rows(service, call, run, number, format_) for number in numbers])


def _with_rows(service: Service, call: Call, run: Run, number: int, format_: str) -> dict[str, Any]:
    item = result_item(service, call, run, number, format_)
    inline = item["row_count"] <= _MAX_INLINE_ROWS
    return {**item, "results": service.outputs.rows_of(run, number) if inline else None}


def cancel(service: Service, call: Call) -> Reply:
    """Handle ``POST /workflows/cancel``: ``canceled``, or the status of a run that has already ended."""
    job_id = call.query_values(_CANCEL)["job_id"] or call.body(_CANCEL, optional=True)["job_id"]
    if job_id is None:
        raise error_response(400, "job_id is required")
    run = _require_field(service, call, job_id)
    before = run_status(run, call.now)
    if before in {"completed", "failed", "cancelled"}:
        return Reply({"job_id": run.id, "status": before})
    service.cancel_run(run, call.now)
    return Reply({"job_id": run.id, "status": "canceled"})
