"""The routes of stored workflows: list, show, create, update, delete, and the available blocks.

The ``*_workflow`` routes and the REST routes of the older reference are equivalent (Source: docs.sixtyfour.ai,
api-reference/workflows/workflows-management).
"""

from __future__ import annotations

from typing import Any

from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.error_responses import error_response, validation_error
from sixtyfour_async.simulator.base.validation import Field
from sixtyfour_async.simulator.knowledge.blocks import registered_blocks
from sixtyfour_async.simulator.routes import graphs
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.routes.graphs import KIND, Workflow
from sixtyfour_async.simulator.state.service import Service

_CREATE = (
    Field("workflow_name", "string", required=True),
    Field("workflow_description", "string", required=True),
    Field("workflow_definition", "object", required=True),
    Field("id", "string"),
)
_POST = tuple(Field(field.name, field.type) if field.name == "workflow_description" else field for field in _CREATE)
"""The older reference documents name and definition only."""
_UNTITLED = "Untitled Workflow"
_UPDATE = (
    Field("workflow_name", "string"),
    Field("workflow_description", "string"),
    Field("workflow_definition", "object"),
    Field("starred", "boolean"),
    Field("locked", "boolean"),
)
_ID = (Field("workflow_id", "string", required=True),)
_SHOW = (Field("prefer_draft", "boolean", nullable=False),)
_STORED = {"workflow_name": "name", "workflow_description": "description"}


def workflows(service: Service, _: Call) -> Reply:
    """Handle ``GET /workflows``: without definitions."""
    return Reply([{**workflow, "workflow_definition": None} for workflow in graphs.all_workflows(service.records)])


def blocks(_world: Service, _call: Call) -> Reply:
    """Handle ``GET /workflows/blocks``."""
    return Reply([{"block_name": block.name, "specs_schema": block.schema} for block in registered_blocks().values()])


def show(service: Service, call: Call) -> Reply:
    """Handle ``GET /workflows/{workflow_id}``; drafts are not simulated."""
    call.query_values(_SHOW)
    return Reply(_found(service, call.params["workflow_id"]))


def _found(service: Service, workflow_id: str) -> Workflow:
    workflow = graphs.find_workflow(service.records, workflow_id)
    if workflow is None:
        raise error_response(404, "Workflow not found")
    return workflow


def create(service: Service, call: Call) -> Reply:
    """Handle ``POST /workflows/create_workflow``."""
    return _create(service, call, call.body(_CREATE))


def post(service: Service, call: Call) -> Reply:
    """Handle ``POST /workflows`` of the older reference."""
    return _create(service, call, call.body(_POST))


def _create(service: Service, call: Call, body: dict[str, Any]) -> Reply:
    _check(body["workflow_definition"])
    wanted = body["id"] or service.records.new_id(KIND)
    if graphs.find_workflow(service.records, wanted) is not None:
        text = f"Workflow with ID {wanted} already exists. Use update endpoint to modify existing workflows."
        raise error_response(409, text)
    return Reply(_store(service, call, wanted, body))


def _check(definition: Any) -> None:
    problems = graphs.definition_problems(definition, ("body", "workflow_definition"))
    if problems:
        raise validation_error(problems)


def _store(service: Service, call: Call, workflow_id: str, body: dict[str, Any]) -> Workflow:
    definition = graphs.with_block_ids(service.records, body["workflow_definition"])
    name, description = body["workflow_name"] or _UNTITLED, body["workflow_description"] or ""
    workflow = graphs.workflow_record(workflow_id, name, description, definition, iso(call.now))
    return service.records.put(KIND, workflow_id, workflow, call.now)


def update(service: Service, call: Call) -> Reply:
    """Handle ``POST /workflows/update_workflow``: a missing workflow is created, from whatever was sent."""
    return Reply(_update(service, call, call.query_values(_ID)["workflow_id"], create_missing=True))


def patch(service: Service, call: Call) -> Reply:
    """Handle ``PATCH /workflows/{workflow_id}``; unlike the other form, it creates nothing."""
    return Reply(_update(service, call, call.params["workflow_id"], create_missing=False))


def _update(service: Service, call: Call, workflow_id: str, *, create_missing: bool) -> Workflow:
    body = call.body(_UPDATE)
    if body["workflow_definition"] is not None:
        _check(body["workflow_definition"])
    stored = graphs.find_workflow(service.records, workflow_id)
    if stored is None:
        if not create_missing:
            raise error_response(404, "Workflow not found")
        stored = graphs.workflow_record(workflow_id, _UNTITLED, "", {"blocks": [], "edges": []}, iso(call.now))
    changes = {_STORED.get(name, name): value for name, value in body.items() if value is not None}
    if "workflow_definition" in changes:
        changes["workflow_definition"] = graphs.with_block_ids(service.records, changes["workflow_definition"])
    return service.records.put(KIND, workflow_id, {**stored, **changes, "updated_at": iso(call.now)}, call.now)


def delete(service: Service, call: Call) -> Reply:
    """Handle ``POST /workflows/delete_workflow``; its runs stay."""
    return Reply(_delete(service, call, call.query_values(_ID)["workflow_id"]))


def remove(service: Service, call: Call) -> Reply:
    """Handle ``DELETE /workflows/{workflow_id}`` of the older reference."""
    _delete(service, call, call.params["workflow_id"])
    return Reply(status=204)


def _delete(service: Service, call: Call, workflow_id: str) -> Workflow:
    workflow = _found(service, workflow_id)
    service.records.put(KIND, workflow_id, {**workflow, "deleted": True}, call.now)
    return workflow
