"""Operations of the dashboard's chat and workspaces: unpublished, and subject to change without notice.

Answers are JSON of unpublished shape. None of this is needed to use the service. Source of all: the vendor's older
specification; field meanings are inferred from names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from sixtyfour_async.operations._base import Operation
from sixtyfour_async.operations._fields import LONG_ANSWER_TIMEOUT_SECONDS, FreeObject
from sixtyfour_async.operations._json_types import JsonObject
from sixtyfour_async.operations._unpublished import Unpublished

# --- chat -------------------------------------------------------------------------------------------------------


class _ChatSession(Unpublished):
    session_id: str
    """Id of the chat session."""


class Chat(
    _ChatSession,
    Operation[JsonValue],
    name="chat",
    http="POST /chat",
    events=True,
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
):
    """Send messages to a chat session; the answer is a stream of server-sent events.

    Source: the vendor's older specification.
    """

    messages: Sequence[JsonObject] | None = None
    """The messages to send; the shape of a message is not published."""
    timezone: str | None = None
    """IANA name of the time zone of the user; the service's default is ``UTC``."""
    workflow_id: str | None = None
    """Id of the workflow that the session is about."""
    workspace_id: str | None = None
    """Id of the workspace that the session belongs to."""
    page_context: JsonObject | None = None
    """Undocumented; passed through."""
    page_data: JsonObject | None = None
    """Undocumented; passed through."""
    search_rerun: JsonObject | None = None
    """Undocumented; passed through."""
    is_onboarding: bool | None = None
    """Undocumented; passed through."""


class StopChat(_ChatSession, Operation[JsonValue], name="chat-stop", http="POST /chat/stop", retry_safe="always"):
    """Stop the answer that a chat session is generating.

    Source: the vendor's older specification.
    """


class ApproveInChat(_ChatSession, Operation[JsonValue], name="chat-approval", http="POST /chat/approval"):
    """Approve or reject an action that a chat session asks about before it goes on.

    Source: the vendor's older specification.
    """

    approval_id: str
    """Id of the question, from the session's events."""
    approved: bool
    """True to approve, false to reject."""
    reason: str | None = None
    """Reason for the decision."""
    answers: JsonValue = None
    """Undocumented; passed through."""


class CreateChatSession(Unpublished, Operation[FreeObject], name="chat-session-create", http="POST /chat/sessions"):
    """Create a chat session and return it.

    Source: the vendor's older specification.
    """

    workflow_id: str | None = None
    """Id of the workflow that the session is about."""
    workspace_id: str | None = None
    """Id of the workspace that the session belongs to."""


class ListChatSessions(Unpublished, Operation[FreeObject], name="chat-history", http="GET /chat/history"):
    """List chat sessions, with ``has_more``.

    Source: the vendor's older specification.
    """

    cursor: str | None = None
    """Cursor from the previous page's answer."""


class GetChatSession(_ChatSession, Operation[FreeObject], name="chat-session", http="GET /chat/session/{session_id}"):
    """Return one chat session with its messages.

    Source: the vendor's older specification.
    """


class RenameChatSession(
    _ChatSession,
    Operation[JsonValue],
    name="chat-session-rename",
    http="PATCH /chat/session/{session_id}",
    retry_safe="always",
):
    """Set the title of a chat session.

    Source: the vendor's older specification.
    """

    title: str
    """New title."""


class DeleteChatSession(
    _ChatSession,
    Operation[JsonValue],
    name="chat-session-delete",
    http="DELETE /chat/session/{session_id}",
    retry_safe="always",
):
    """Delete a chat session.

    Source: the vendor's older specification.
    """


class StreamChatSession(
    _ChatSession,
    Operation[JsonValue],
    name="chat-session-stream",
    http="GET /chat/session/{session_id}/stream",
    events=True,
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
):
    """Stream the events of a chat session, as server-sent events.

    Source: the vendor's older specification.
    """


class GetChatEngine(
    _ChatSession, Operation[JsonValue], name="chat-session-engine", http="GET /chat/session/{session_id}/engine"
):
    """Return the engine that a chat session uses.

    Source: the vendor's older specification.
    """


class MarkChatRead(
    _ChatSession,
    Operation[JsonValue],
    name="chat-session-read",
    http="POST /chat/session/{session_id}/read",
    retry_safe="always",
):
    """Mark a chat session as read.

    Source: the vendor's older specification.
    """


class GetChatSettings(Unpublished, Operation[FreeObject], name="chat-settings", http="GET /chat/settings"):
    """Return the chat settings.

    Source: the vendor's older specification.
    """


class UpdateChatSettings(
    Unpublished, Operation[FreeObject], name="chat-settings-update", http="PATCH /chat/settings", retry_safe="always"
):
    """Change the given chat settings and leave the others.

    Source: the vendor's older specification.
    """

    yolo_mode: bool | None = None
    """Undocumented; by its name, whether actions run without approval."""
    custom_prompt: str | None = None
    """Instructions that every session follows, by its name."""


# --- workspaces -------------------------------------------------------------------------------------------------


class _Workspace(Unpublished):
    workspace_id: str
    """Id of the workspace."""


class CreateWorkspace(Unpublished, Operation[FreeObject], name="workspace-create", http="POST /workspaces"):
    """Create a workspace and return it.

    Source: the vendor's older specification.
    """


class GetWorkspace(_Workspace, Operation[FreeObject], name="workspace", http="GET /workspaces/{workspace_id}"):
    """Return one workspace with its state.

    Source: the vendor's older specification.
    """


class MountViewer(
    _Workspace, Operation[FreeObject], name="workspace-viewer-mount", http="POST /workspaces/{workspace_id}/viewers"
):
    """Add a viewer for a search, workflow or notebook to a workspace.

    Source: the vendor's older specification.
    """

    kind: Literal["search", "workflow", "notebook"]
    """What the viewer shows."""
    id: Annotated[str, Field(max_length=200)]
    """Id of the thing shown, up to 200 characters."""
    title: Annotated[str, Field(max_length=200)] | None = None
    """Title of the viewer, up to 200 characters."""
    state: JsonObject | None = None
    """Initial state of the viewer; its shape is not published."""


class UnmountViewer(
    _Workspace,
    Operation[JsonValue],
    name="workspace-viewer-unmount",
    http="DELETE /workspaces/{workspace_id}/viewers/{key}",
    retry_safe="always",
):
    """Remove a viewer from a workspace.

    Source: the vendor's older specification.
    """

    key: str
    """Key of the viewer in the workspace's state."""


class PatchViewer(
    _Workspace,
    Operation[FreeObject],
    name="workspace-viewer-patch",
    http="PATCH /workspaces/{workspace_id}/viewers/{key}",
    retry_safe="always",
):
    """Replace the state of a viewer.

    Source: the vendor's older specification.
    """

    key: str
    """Key of the viewer in the workspace's state."""
    state: JsonObject
    """New state of the viewer; its shape is not published."""


class ActivateViewer(
    _Workspace,
    Operation[FreeObject],
    name="workspace-active-viewer",
    http="PATCH /workspaces/{workspace_id}/active-viewer",
    retry_safe="always",
):
    """Set the active viewer of a workspace.

    Source: the vendor's older specification.
    """

    activeViewerKey: Annotated[str, Field(max_length=500)] | None = None  # noqa: N815 (the service's own word)
    """Key of the viewer to activate, up to 500 characters."""


class StreamWorkspace(
    _Workspace,
    Operation[JsonValue],
    name="workspace-stream",
    http="GET /workspaces/{workspace_id}/stream",
    events=True,
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
):
    """Stream the changes of a workspace, as server-sent events that begin with a snapshot.

    Source: the vendor's older specification.
    """
