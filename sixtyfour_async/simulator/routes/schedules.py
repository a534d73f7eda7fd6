"""The schedule routes. Source: docs.sixtyfour.ai, api-reference/workflows.

Schedules are stored and shown, but start no runs. Assumed: that three next run times are shown, and the error messages.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sixtyfour_async.simulator.base import cron
from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.error_responses import error_response, validation_error
from sixtyfour_async.simulator.base.validation import Field, problem
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.routes.graphs import find_workflow
from sixtyfour_async.simulator.state.records import Record
from sixtyfour_async.simulator.state.service import Service

KIND = "schedule"
_NEXT_RUNS_COUNT = 3
_CREATE = (
    Field("workflow_id", "string", required=True),
    Field("name", "string", required=True, min_length=1, max_length=120),
    Field("cron_expression", "string", required=True),
    Field("timezone", "string", nullable=False),
    Field("description", "string"),
    Field("is_active", "boolean", nullable=False),
)
_CHANGE = (
    Field("name", "string", min_length=1, max_length=120),
    Field("cron_expression", "string"),
    Field("timezone", "string"),
    Field("description", "string"),
    Field("is_active", "boolean"),
)
_LIST = (Field("workflow_id", "string"),)
_DISABLE = (Field("api_key_id", "integer"), Field("created_by", "string"), Field("team_id", "string"))


def create(service: Service, call: Call) -> Reply:
    """Handle ``POST /schedules``."""
    body = call.body(_CREATE)
    _check(body)
    if find_workflow(service.records, body["workflow_id"]) is None:
        raise error_response(404, "Workflow not found")
    schedule_id = service.records.new_id(KIND)
    record = {
        **body,
        "id": schedule_id,
        "timezone": body["timezone"] or "UTC",
        "is_active": body["is_active"] is not False,
        "team_id": None,
        "disabled_reason": None,
        "created_by": call.key,
        "api_key_id": 1,
        "created_at": iso(call.now),
        "updated_at": iso(call.now),
    }
    return Reply(_shown(service.records.put(KIND, schedule_id, record, call.now), call.now), status=201)


def _check(body: Mapping[str, Any]) -> None:
    if body["cron_expression"] is not None and cron.parse(body["cron_expression"]) is None:
        loc, text = ("body", "cron_expression"), "Value error, cron_expression must have five valid fields"
        raise validation_error([problem("value_error", loc, text, body["cron_expression"])])
    if body["timezone"] is not None and _zone(body["timezone"]) is None:
        text = "Value error, timezone must be an IANA time zone"
        raise validation_error([problem("value_error", ("body", "timezone"), text, body["timezone"])])


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _shown(record: Record, now: float) -> dict[str, Any]:
    zone = _zone(record["timezone"])
    times: Iterable[float] = (
        [] if zone is None or not record["is_active"] else cron.upcoming(record["cron_expression"], zone, now)
    )
    return {**record, "next_run_times": [iso(at) for at in itertools.islice(times, _NEXT_RUNS_COUNT)]}


def _found(service: Service, call: Call) -> Record:
    found = service.records.get(KIND, call.params["schedule_id"])
    if found is None:
        raise error_response(404, "Schedule not found")
    return found


def schedules(service: Service, call: Call) -> Reply:
    """Handle ``GET /schedules``."""
    wanted = call.query_values(_LIST)["workflow_id"]
    found = [each for each in service.records.all(KIND) if wanted in (None, each["workflow_id"])]
    return Reply([_shown(each, call.now) for each in found])


def show(service: Service, call: Call) -> Reply:
    """Handle ``GET /schedules/{schedule_id}``."""
    return Reply(_shown(_found(service, call), call.now))


def change(service: Service, call: Call) -> Reply:
    """Handle ``PATCH /schedules/{schedule_id}``; reactivating a schedule binds it to the caller's credential."""
    body = call.body(_CHANGE)
    _check(body)
    found = _found(service, call)
    changes = {name: value for name, value in body.items() if value is not None}
    if body["is_active"]:
        changes |= {"disabled_reason": None, "created_by": call.key}
    return Reply(_shown(_put(service, call, found, changes), call.now))


def _put(service: Service, call: Call, found: Record, changes: Mapping[str, Any]) -> Record:
    return service.records.put(KIND, found["id"], {**found, **changes, "updated_at": iso(call.now)}, call.now)


def delete(service: Service, call: Call) -> Reply:
    """Handle ``DELETE /schedules/{schedule_id}``."""
    found = _found(service, call)
    service.records.delete(KIND, found["id"], call.now)
    return Reply({"id": found["id"], "deleted": True})


def disable_bound(service: Service, call: Call) -> Reply:
    """Handle ``POST /schedules/disable-bound``: deactivate the schedules of a key or a user."""
    body = call.body(_DISABLE)
    if body["api_key_id"] is None and body["created_by"] is None:
        raise error_response(400, "api_key_id or created_by is required")
    bound = [
        each
        for each in service.records.all(KIND)
        if each["is_active"] and (each["api_key_id"] == body["api_key_id"] or each["created_by"] == body["created_by"])
    ]
    for each in bound:
        _put(service, call, each, {"is_active": False, "disabled_reason": "credential revoked"})
    return Reply({"disabled": len(bound)})


def active_counts(service: Service, _: Call) -> Reply:
    """Handle ``GET /schedules/active-counts``: the number of active schedules by workflow."""
    counts: dict[str, int] = {}
    for each in service.records.all(KIND):
        if each["is_active"]:
            counts[each["workflow_id"]] = counts.get(each["workflow_id"], 0) + 1
    return Reply({"counts": counts})
