"""The bulk-intelligence routes: a file in, a run of blocks over its rows, files out.

Shapes, limits and the Idempotency-Key: docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence. Assumed: the
status words of what is wrong with a file (see `sheets.py`), how long it takes, that a replay is not one of the ten
submissions a minute, and that a webhook is a last block whose rows hold its delivery.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base import sheets
from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.forms import Part, form
from sixtyfour_async.simulator.base.json_values import as_object
from sixtyfour_async.simulator.base.refusal import detail, general, unprocessable
from sixtyfour_async.simulator.base.validation import Field, check, missing, problem, texts
from sixtyfour_async.simulator.knowledge.money import shown
from sixtyfour_async.simulator.knowledge.operations import BY_KIND, COST_UNITS, Operation, tier_of
from sixtyfour_async.simulator.knowledge.runtimes import ROWS_PER_SECOND, bulk_seconds
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.routes.graphs import chain
from sixtyfour_async.simulator.state.files import LINK_SECONDS, MEDIA_TYPES, Link, write
from sixtyfour_async.simulator.state.work import Order, Run
from sixtyfour_async.simulator.state.world import World

PER_MINUTE = 10
LONGEST_CONFIG = 300_000
_FORMATS = ("csv", "json", "ndjson")
_MORE = (
    texts("columns"),
    Field("result_formats", "array", of=Field("", "string", required=True, choices=_FORMATS)),
    Field("save_json", "boolean", nullable=False),
)
_ID = "b01c0000-0000-4000-8000-00000000"
"""What the ids of the blocks of such a run begin with."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One of the two routes."""

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
        """Give what a ``config`` may hold: what the single request may, but for the record itself."""
        return (*(field for field in self.operation.fields if field.name != self.subject_key), *_MORE)


PEOPLE = Upload("people", BY_KIND["people_intelligence"], "lead_info", "lead_enrichment")
COMPANY = Upload("company", BY_KIND["company_intelligence"], "target_company", "company_enrichment")


def start(upload: Upload, world: World, call: Call) -> Reply:
    """Answer ``POST /bulk-intelligence/…``; the same Idempotency-Key gives the same job again."""
    units = call.queried(COST_UNITS)["cost_units"] or "cents"
    parts = _parts(call)
    config = _config(upload, parts["config"].text)
    known = world.run_of(call.path, call.headers.get("idempotency-key"))
    if known is not None:
        return Reply({"task_id": known.id, "status": "RUNNING", "already_started": True})
    if world.bulk_starts(call.now) >= PER_MINUTE:
        raise general(429, "Too Many Requests", "Rate limit exceeded", "enrichment")
    world.allow_tier(upload.operation.tier_noun, tier_of(config))
    sheet = sheets.read(parts["file"].filename or "", parts["file"].content)
    run = _accept(upload, world, call, config, sheet)
    count = len(sheet.rows)
    cost = shown("estimated_cost", _price(upload, config, count), units)
    return Reply({"task_id": run.id, "status": "RUNNING", "row_count": count, **cost})


def _parts(call: Call) -> Mapping[str, Part]:
    parts = form(call.headers.get("content-type", ""), call.content)
    problems = [missing(("body", name), None) for name in ("file", "config") if name not in parts]
    if not problems and parts["file"].filename is None:
        text = "Value error, Expected UploadFile, received: <class 'str'>"
        problems = [problem("value_error", ("body", "file"), text, parts["file"].text)]
    if problems:
        raise unprocessable(problems)
    return parts


def _config(upload: Upload, text: str) -> dict[str, Any]:
    """Read the ``config`` field; unknown keys are refused."""
    loc = ("body", "config")
    if len(text) > LONGEST_CONFIG:
        message = f"String should have at most {LONGEST_CONFIG} characters"
        raise unprocessable([problem("string_too_long", loc, message, None, max_length=LONGEST_CONFIG)])
    try:
        config = as_object(json.loads(text))
    except ValueError as error:
        raise unprocessable([problem("json_invalid", loc, f"Invalid JSON: {error}", text)]) from error
    if config is None:
        raise unprocessable([problem("model_type", loc, "Input should be an object", text)])
    values, problems = check(upload.fields, config, loc, closed=True)
    if problems:
        raise unprocessable(problems)
    return {name: value for name, value in values.items() if value is not None}


def _price(upload: Upload, config: Mapping[str, Any], rows: int) -> int:
    return rows * upload.operation.price(config)


def _accept(upload: Upload, world: World, call: Call, config: dict[str, Any], sheet: sheets.Sheet) -> Run:
    count = len(sheet.rows)
    columns: Sequence[str] = config.get("columns") or sheet.columns
    absent = [name for name in columns if name not in sheet.columns]
    if absent:
        raise detail(400, f"The uploaded file has no columns {', '.join(absent)}")
    one = world.runtime(upload.operation.runtime_key(config), upload.kind, world.accepted)
    runtime = bulk_seconds(one, count) + count / ROWS_PER_SECOND
    rows = {"name": upload.kind, "rows": list(sheet.rows), "columns": list(columns)}
    body = {**rows, "blocks": _blocks(upload, config, columns)}
    formats = {*(config.get("result_formats") or ()), "csv", *(("json",) if config.get("save_json") else ())}
    order = Order(upload.kind, f"{count} rows", body, _price(upload, config, count), runtime)
    more = {"workflow_id": call.path, "formats": sorted(formats), "planned": runtime}
    key = call.headers.get("idempotency-key")
    return world.accept(Run, order, call.now, call.fate, idempotency_key=key, **more)


def _blocks(upload: Upload, config: dict[str, Any], columns: Sequence[str]) -> list[dict[str, Any]]:
    specs = {**config, "return_fields": config.get("struct"), "columns": list(columns)}
    webhook = [("outgoing_webhook", {"url": config["webhook_url"]})] if "webhook_url" in config else []
    blocks: list[dict[str, Any]] = chain(_ID, [("read_csv", {}), (upload.block, specs), *webhook])["blocks"]
    return blocks


def results(world: World, call: Call, run: Run) -> list[dict[str, Any]]:
    """List the files of a finished job, one of each block, with new links; the final one is not the last."""
    numbers = list(range(1, len(run.body["blocks"]) + 1))
    return [result_item(world, call, run, number, "csv") for number in (numbers[-1], *numbers[:-1])]


_WEIGHED_ROWS = 1000
"""The size of larger files is not told: their rows are worked out when they are downloaded."""


def result_item(world: World, call: Call, run: Run, number: int, format_: str) -> dict[str, Any]:
    """Show the file of a block, with a link that is good for 15 minutes."""
    small = len(run.body["rows"]) <= _WEIGHED_ROWS
    rows = world.outputs.of(run, number) if small else None
    link = Link(run.id, number, format_, call.now + LINK_SECONDS)
    return {
        "filename": f"{run.id}_block_{number}.{format_}",
        "storage_bucket": "workflow-results",
        "file_size": None if rows is None else len(write(rows, format_)),
        "row_count": len(run.body["rows"]) if rows is None else len(rows),
        "block_number": number,
        "created_at": iso(min(call.now, run.ends_at)),
        "message": None,
        "content_type": MEDIA_TYPES[format_],
        "download_url": call.base_url + link.sign(world.settings.seed),
        "download_expires_in_seconds": LINK_SECONDS,
        "results": None,
    }
