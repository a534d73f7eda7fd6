"""The bulk-intelligence routes: an uploaded file starts a run of blocks over its rows, which ends in result files.

Source of shapes, limits and the Idempotency-Key: docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence. Assumed:
the status codes for invalid files (see `base.table_files`), run times, that a replay is not one of the ten submissions
per minute, and that a webhook is a last block whose rows record its delivery.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base import table_files
from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.error_responses import error_response, group_error, validation_error
from sixtyfour_async.simulator.base.forms import Part, parse_form
from sixtyfour_async.simulator.base.json_values import as_object
from sixtyfour_async.simulator.base.validation import Field, missing, problem, string_array, validate
from sixtyfour_async.simulator.knowledge.operations import BY_KIND, COST_UNITS, Operation, tier_of
from sixtyfour_async.simulator.knowledge.pricing import amount_field
from sixtyfour_async.simulator.knowledge.runtimes import ROWS_PER_SECOND, bulk_seconds
from sixtyfour_async.simulator.routes.calls import About, Call, Reply
from sixtyfour_async.simulator.routes.graphs import linear_definition
from sixtyfour_async.simulator.state.result_files import LINK_SECONDS, MEDIA_TYPES, Link, write_rows
from sixtyfour_async.simulator.state.service import Service
from sixtyfour_async.simulator.state.work import Run, WorkRequest

MAX_SUBMISSIONS_PER_MINUTE = 10
MAX_CONFIG_CHARACTERS = 300_000
_FORMATS = ("csv", "json", "ndjson")
_BULK_FIELDS = (
    string_array("columns"),
    Field("result_formats", "array", element=Field("", "string", required=True, choices=_FORMATS)),
    Field("save_json", "boolean", nullable=False),
)
_BLOCK_ID_PREFIX = "b01c0000-0000-4000-8000-00000000"
"""Prefix of the block ids of these runs."""


@dataclass(frozen=True, slots=True)
class BulkRoute:
    """One of the two routes: people or companies."""

    word: str
    operation: Operation
    subject_key: str
    block: str

    @property
    def kind(self) -> str:
        """Kind of the work, and ``task_type`` of its job."""
        return f"{self.word}_bulk_intelligence"

    @property
    def fields(self) -> tuple[Field, ...]:
        """Fields of ``config``: those of the single request except the record, and those of bulk requests."""
        return (*(field for field in self.operation.fields if field.name != self.subject_key), *_BULK_FIELDS)


PEOPLE = BulkRoute("people", BY_KIND["people_intelligence"], "lead_info", "lead_enrichment")
COMPANY = BulkRoute("company", BY_KIND["company_intelligence"], "target_company", "company_enrichment")


def start(route: BulkRoute, service: Service, call: Call) -> Reply:
    """Handle ``POST /bulk-intelligence/…``; a repeated Idempotency-Key returns the same job."""
    units = call.query_values(COST_UNITS)["cost_units"] or "cents"
    parts = _parts(call)
    config = _config(route, parts["config"].text)
    known = service.run_for_key(call.path, call.headers.get("idempotency-key"))
    if known is not None:
        repeated = {"task_id": known.id, "status": "RUNNING", "already_started": True}
        return Reply(repeated, about=About("submit", known))
    if service.bulk_starts_last_minute(call.now) >= MAX_SUBMISSIONS_PER_MINUTE:
        raise group_error(429, "Too Many Requests", "Rate limit exceeded", "enrichment")
    service.require_tier(route.operation.tier_noun, tier_of(config))
    table = table_files.parse(parts["file"].filename or "", parts["file"].content)
    run = _accept(route, service, call, config, table)
    count = len(table.rows)
    cost = amount_field("estimated_cost", _price(route, config, count), units)
    started = {"task_id": run.id, "status": "RUNNING", "row_count": count, **cost}
    return Reply(started, about=About("submit", run))


def _parts(call: Call) -> Mapping[str, Part]:
    parts = parse_form(call.headers.get("content-type", ""), call.content)
    problems = [missing(("body", name), None) for name in ("file", "config") if name not in parts]
    if not problems and parts["file"].filename is None:
        text = "Value error, Expected UploadFile, received: <class 'str'>"
        problems = [problem("value_error", ("body", "file"), text, parts["file"].text)]
    if problems:
        raise validation_error(problems)
    return parts


def _config(route: BulkRoute, text: str) -> dict[str, Any]:
    """Parse the ``config`` field; unknown keys are rejected."""
    loc = ("body", "config")
    if len(text) > MAX_CONFIG_CHARACTERS:
        message = f"String should have at most {MAX_CONFIG_CHARACTERS} characters"
        raise validation_error([problem("string_too_long", loc, message, None, max_length=MAX_CONFIG_CHARACTERS)])
    try:
        config = as_object(json.loads(text))
    except ValueError as error:
        raise validation_error([problem("json_invalid", loc, f"Invalid JSON: {error}", text)]) from error
    if config is None:
        raise validation_error([problem("model_type", loc, "Input should be an object", text)])
    values, problems = validate(route.fields, config, loc, forbid_extra=True)
    if problems:
        raise validation_error(problems)
    return {name: value for name, value in values.items() if value is not None}


def _price(route: BulkRoute, config: Mapping[str, Any], rows: int) -> int:
    return rows * route.operation.price(config)


def _accept(route: BulkRoute, service: Service, call: Call, config: dict[str, Any], table: table_files.Table) -> Run:
    count = len(table.rows)
    columns: Sequence[str] = config.get("columns") or table.columns
    absent = [name for name in columns if name not in table.columns]
    if absent:
        raise error_response(400, f"The uploaded file has no columns {', '.join(absent)}")
    one = service.runtime(route.operation.runtime_key(config), route.kind, service.accepted)
    runtime = bulk_seconds(one, count) + count / ROWS_PER_SECOND
    rows = {"name": route.kind, "rows": list(table.rows), "columns": list(columns)}
    body = {**rows, "blocks": _blocks(route, config, columns)}
    formats = {*(config.get("result_formats") or ()), "csv", *(("json",) if config.get("save_json") else ())}
    request = WorkRequest(route.kind, f"{count} rows", body, _price(route, config, count), runtime)
    more = {"workflow_id": call.path, "formats": sorted(formats), "planned": runtime}
    key = call.headers.get("idempotency-key")
    return service.accept(Run, request, call.now, call.draw_faults, idempotency_key=key, **more)


def _blocks(route: BulkRoute, config: dict[str, Any], columns: Sequence[str]) -> list[dict[str, Any]]:
    specs = {**config, "return_fields": config.get("struct"), "columns": list(columns)}
    webhook = [("outgoing_webhook", {"url": config["webhook_url"]})] if "webhook_url" in config else []
    blocks: list[dict[str, Any]] = linear_definition(
        _BLOCK_ID_PREFIX, [("read_csv", {}), (route.block, specs), *webhook]
    )["blocks"]
    return blocks


def results(service: Service, call: Call, run: Run) -> list[dict[str, Any]]:
    """Return the file of each block of a finished job in their order, with new links; the last one is final."""
    return [result_item(service, call, run, number, "csv") for number in range(1, len(run.body["blocks"]) + 1)]


_MAX_MEASURED_ROWS = 1000
"""Maximum rows of a file whose size is shown; the rows of larger ones are computed on download only."""


def result_item(service: Service, call: Call, run: Run, number: int, format_: str) -> dict[str, Any]:
    """Return the entry of a block's file, with a link valid for 15 minutes."""
    small = len(run.body["rows"]) <= _MAX_MEASURED_ROWS
    rows = service.outputs.rows_of(run, number) if small else None
    link = Link(run.id, number, format_, call.now + LINK_SECONDS)
    return {
        "filename": f"{run.id}_block_{number}.{format_}",
        "storage_bucket": "workflow-results",
        "file_size": None if rows is None else len(write_rows(rows, format_)),
        "row_count": len(run.body["rows"]) if rows is None else len(rows),
        "block_number": number,
        "created_at": iso(min(call.now, run.ends_at)),
        "message": None,
        "content_type": MEDIA_TYPES[format_],
        "download_url": call.base_url + link.signed_path(service.settings.seed),
        "download_expires_in_seconds": LINK_SECONDS,
        "results": None,
    }
