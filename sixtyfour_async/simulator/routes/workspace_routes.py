"""The dashboard's workspaces: the open viewers, and a stream of changes.

Source of the shapes: the public OpenAPI file, where these routes were hidden and later removed. Untyped answers are
assumed. The stream sends one snapshot and ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.error_responses import error_response
from sixtyfour_async.simulator.base.validation import Field
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.routes.chat_routes import events
from sixtyfour_async.simulator.routes.signing_secrets import ORGANIZATION
from sixtyfour_async.simulator.state.records import Record
from sixtyfour_async.simulator.state.service import Service

KIND = "workspace"
_MOUNT = (
    Field("kind", "string", required=True, choices=("search", "workflow", "notebook")),
    Field("id", "string", required=True, max_length=200),
    Field("title", "string", max_length=200),
    Field("state", "object"),
)
_PATCH = (Field("state", "object", required=True),)
_ACTIVE = (Field("activeViewerKey", "string", max_length=500),)


def _found(service: Service, call: Call) -> Record:
    found = service.records.get(KIND, call.params["workspace_id"])
    if found is None:
        raise error_response(404, "Workspace not found")
    return found


def _put(service: Service, call: Call, workspace: Record, viewers: list[dict[str, Any]], active: str | None) -> Record:
    state = {"viewers": viewers, "activeViewerKey": active}
    changed = {**workspace, "state": state, "version": workspace["version"] + 1, "updated_at": iso(call.now)}
    return service.records.put(KIND, workspace["id"], changed, call.now)


def create(service: Service, call: Call) -> Reply:
    """Handle ``POST /workspaces``."""
    workspace = {
        "id": service.records.new_id(KIND),
        "is_owner": True,
        "org_id": ORGANIZATION,
        "version": 0,
        "created_at": iso(call.now),
    }
    return Reply(_put(service, call, workspace, [], None))


def show(service: Service, call: Call) -> Reply:
    """Handle ``GET /workspaces/{workspace_id}``."""
    return Reply(_found(service, call))


def mount(service: Service, call: Call) -> Reply:
    """Handle ``POST /workspaces/{workspace_id}/viewers``."""
    body = call.body(_MOUNT)
    workspace = _found(service, call)
    key = f"{body['kind']}:{body['id']}"
    others = [viewer for viewer in workspace["state"]["viewers"] if viewer["key"] != key]
    viewer: dict[str, Any] = {"key": key, **body, "state": body["state"] or {}}
    return Reply(_put(service, call, workspace, [*others, viewer], key))


def _viewer(workspace: Record, key: str) -> Mapping[str, Any]:
    for viewer in workspace["state"]["viewers"]:
        if viewer["key"] == key:
            return dict(viewer)
    raise error_response(404, "Viewer not found")


def unmount(service: Service, call: Call) -> Reply:
    """Handle ``DELETE /workspaces/{workspace_id}/viewers/{key}``."""
    workspace = _found(service, call)
    excluded_ids = _viewer(workspace, call.params["key"])
    left = [viewer for viewer in workspace["state"]["viewers"] if viewer["key"] != excluded_ids["key"]]
    active = workspace["state"]["activeViewerKey"]
    return Reply(_put(service, call, workspace, left, None if active == excluded_ids["key"] else active))


def patch(service: Service, call: Call) -> Reply:
    """Handle ``PATCH /workspaces/{workspace_id}/viewers/{key}``."""
    state = call.body(_PATCH)["state"]
    workspace = _found(service, call)
    changed = _viewer(workspace, call.params["key"])
    viewers = [
        {**viewer, "state": {**viewer["state"], **state}} if viewer["key"] == changed["key"] else viewer
        for viewer in workspace["state"]["viewers"]
    ]
    return Reply(_put(service, call, workspace, viewers, workspace["state"]["activeViewerKey"]))


def activate(service: Service, call: Call) -> Reply:
    """Handle ``PATCH /workspaces/{workspace_id}/active-viewer``."""
    key = call.body(_ACTIVE)["activeViewerKey"]
    workspace = _found(service, call)
    if key is not None:
        _viewer(workspace, key)
    return Reply(_put(service, call, workspace, workspace["state"]["viewers"], key))


def stream(service: Service, call: Call) -> Reply:
    """Handle ``GET /workspaces/{workspace_id}/stream``."""
    return events([("snapshot", _found(service, call))])
