"""The dashboard's own plumbing, by the vendor's older specification: unpublished, and changed without notice.

Answers are free JSON. Nothing here is needed to use the service.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from sixtyfour_async.models import LiveStatus, Workflow
from sixtyfour_async.operations._base import Operation, Request
from sixtyfour_async.operations._fields import LONG, JsonObject

Free = dict[str, JsonValue]


class _Unpublished(Request):
    def __init_subclass__(cls, *, name: str = "", **facts: Any) -> None:
        super().__init_subclass__(name=name, **({"standing": "unpublished", **facts} if name else {}))


# --- chat -------------------------------------------------------------------------------------------------------


class _Session(_Unpublished):
    session_id: str


class Chat(_Session, Operation[JsonValue], name="chat", http="POST /chat", events=True, read_timeout=LONG):
    """Say something in a session and stream the answer."""

    messages: Sequence[JsonObject] | None = None
    timezone: str | None = None
    workflow_id: str | None = None
    workspace_id: str | None = None
    page_context: JsonObject | None = None
    page_data: JsonObject | None = None
    search_rerun: JsonObject | None = None
    is_onboarding: bool | None = None


class StopChat(_Session, Operation[JsonValue], name="chat-stop", http="POST /chat/stop", retry_safe="always"):
    """Stop an answer; stopped twice is stopped."""


class ApproveInChat(_Session, Operation[JsonValue], name="chat-approval", http="POST /chat/approval"):
    """Answer a question that a session asks before it goes on."""

    approval_id: str
    approved: bool
    reason: str | None = None
    answers: JsonValue = None


class CreateChatSession(_Unpublished, Operation[Free], name="chat-session-create", http="POST /chat/sessions"):
    """Open a session."""

    workflow_id: str | None = None
    workspace_id: str | None = None


class ListChatSessions(_Unpublished, Operation[Free], name="chat-history", http="GET /chat/history"):
    """List sessions."""

    cursor: str | None = None


class GetChatSession(_Session, Operation[Free], name="chat-session", http="GET /chat/session/{session_id}"):
    """Read a session's messages."""


class RenameChatSession(
    _Session,
    Operation[JsonValue],
    name="chat-session-rename",
    http="PATCH /chat/session/{session_id}",
    retry_safe="always",
):
    """Name a session; an absolute value."""

    title: str


class DeleteChatSession(
    _Session,
    Operation[JsonValue],
    name="chat-session-delete",
    http="DELETE /chat/session/{session_id}",
    retry_safe="always",
):
    """Delete a session; what is gone is gone."""


class StreamChatSession(
    _Session,
    Operation[JsonValue],
    name="chat-session-stream",
    http="GET /chat/session/{session_id}/stream",
    events=True,
    read_timeout=LONG,
):
    """Stream what happens in a session."""


class GetChatEngine(
    _Session, Operation[JsonValue], name="chat-session-engine", http="GET /chat/session/{session_id}/engine"
):
    """Read which engine a session uses."""


class MarkChatRead(
    _Session,
    Operation[JsonValue],
    name="chat-session-read",
    http="POST /chat/session/{session_id}/read",
    retry_safe="always",
):
    """Mark a session as read; read twice is read."""


class GetChatSettings(_Unpublished, Operation[Free], name="chat-settings", http="GET /chat/settings"):
    """Read the settings."""


class UpdateChatSettings(
    _Unpublished, Operation[Free], name="chat-settings-update", http="PATCH /chat/settings", retry_safe="always"
):
    """Change the settings; absolute values."""

    yolo_mode: bool | None = None
    custom_prompt: str | None = None


# --- workspaces -------------------------------------------------------------------------------------------------


class _Workspace(_Unpublished):
    workspace_id: str


class CreateWorkspace(_Unpublished, Operation[Free], name="workspace-create", http="POST /workspaces"):
    """Open a workspace."""


class GetWorkspace(_Workspace, Operation[Free], name="workspace", http="GET /workspaces/{workspace_id}"):
    """Read a workspace."""


class MountViewer(
    _Workspace, Operation[Free], name="workspace-viewer-mount", http="POST /workspaces/{workspace_id}/viewers"
):
    """Show a search, workflow or notebook in a workspace."""

    kind: Literal["search", "workflow", "notebook"]
    id: Annotated[str, Field(max_length=200)]
    title: Annotated[str, Field(max_length=200)] | None = None
    state: JsonObject | None = None


class UnmountViewer(
    _Workspace,
    Operation[JsonValue],
    name="workspace-viewer-unmount",
    http="DELETE /workspaces/{workspace_id}/viewers/{key}",
    retry_safe="always",
):
    """Take a viewer out of a workspace; what is gone is gone."""

    key: str


class PatchViewer(
    _Workspace,
    Operation[Free],
    name="workspace-viewer-patch",
    http="PATCH /workspaces/{workspace_id}/viewers/{key}",
    retry_safe="always",
):
    """Set a viewer's state; an absolute value."""

    key: str
    state: JsonObject


class ActivateViewer(
    _Workspace,
    Operation[Free],
    name="workspace-active-viewer",
    http="PATCH /workspaces/{workspace_id}/active-viewer",
    retry_safe="always",
):
    """Bring a viewer to the front; an absolute value."""

    activeViewerKey: Annotated[str, Field(max_length=500)] | None = None  # noqa: N815 (the service's own word)


class StreamWorkspace(
    _Workspace,
    Operation[JsonValue],
    name="workspace-stream",
    http="GET /workspaces/{workspace_id}/stream",
    events=True,
    read_timeout=LONG,
):
    """Stream a workspace's changes; the first event is the whole of it."""


# --- interactive workflows ----------------------------------------------------------------------------------------


class _Interactive(_Unpublished):
    job_id: str


class StartInteractive(
    _Unpublished, Operation[Free], name="interactive-start", http="POST /workflows/interactive/start"
):
    """Run a first block and keep the workflow open."""

    block_name: str
    specs: JsonObject
    webhook_payload: JsonValue = None
    save_json: bool | None = None
    result_formats: Sequence[str] | None = None
    cache_config: JsonValue = None


class AddInteractiveBlock(
    _Interactive, Operation[Free], name="interactive-add-block", http="POST /workflows/interactive/{job_id}/add-block"
):
    """Run one more block."""

    block_name: str
    specs: JsonObject
    parent_block_id: str | None = None


class FinishInteractive(
    _Interactive, Operation[Free], name="interactive-finish", http="POST /workflows/interactive/{job_id}/finish"
):
    """Close the workflow."""


class GetInteractiveState(
    _Interactive, Operation[LiveStatus], name="interactive-state", http="GET /workflows/interactive/{job_id}/state"
):
    """Look at the workflow."""


class GetInteractiveOutput(
    _Interactive, Operation[Free], name="interactive-output", http="GET /workflows/interactive/{job_id}/output"
):
    """Get a handle to what a block made."""

    block_id: str


class SaveInteractive(
    _Interactive, Operation[Workflow], name="interactive-save", http="POST /workflows/interactive/{job_id}/save"
):
    """Store what was done as a workflow."""

    block_id: str
    workflow_name: str
    workflow_description: str | None = None


# --- Slack links and Google Sheets ----------------------------------------------------------------------------------


class ConfirmSlackLink(_Unpublished, Operation[Free], name="slack-link-confirm", http="POST /me/slack-links/confirm"):
    """Confirm a link that the Slack bot offered."""

    token: str = Field(repr=False)


class ListSlackLinks(_Unpublished, Operation[JsonValue], name="slack-links", http="GET /me/slack-links"):
    """List links."""


class DeleteSlackLink(
    _Unpublished,
    Operation[JsonValue],
    name="slack-link-delete",
    http="DELETE /me/slack-links/{slack_team_id}/{slack_user_id}",
    retry_safe="always",
):
    """Delete a link; what is gone is gone."""

    slack_team_id: str
    slack_user_id: str


class GetSheetsStatus(
    _Unpublished, Operation[Free], name="google-sheets-status", http="GET /google/sheets/status", standing="published"
):
    """Read whether an account is connected."""


class ConnectSheets(
    _Unpublished,
    Operation[JsonValue],
    name="google-sheets-connect",
    http="POST /google/sheets/connect",
    standing="published",
):
    """Connect an account with the code that Google gave; a code works once."""

    code: str = Field(repr=False)
    redirect_uri: str


class DisconnectSheets(
    _Unpublished,
    Operation[JsonValue],
    name="google-sheets-disconnect",
    http="DELETE /google/sheets/connect",
    standing="published",
    retry_safe="always",
):
    """Disconnect the account; what is gone is gone."""


class GetSheetsToken(
    _Unpublished,
    Operation[Free],
    name="google-sheets-token",
    http="POST /google/sheets/access-token",
    standing="published",
    retry_safe="always",
):
    """Get an access token for the connected account; a second one costs nothing."""
