"""The dashboard's chat: sessions, messages, settings, and a stream of events.

Source of paths and request keys: the public OpenAPI file, where these routes were hidden and later removed. Answers are
minimal. The events of the stream are assumed; it ends after the last one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.error_responses import error_response
from sixtyfour_async.simulator.base.validation import Field
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.state.records import Record
from sixtyfour_async.simulator.state.service import Service

KIND = "chat_session"
_SETTINGS = "chat_settings"
_SESSION = Field("session_id", "string", required=True)
_CHAT = (
    _SESSION,
    Field("messages", "array", items=(Field("role", "string"),)),
    Field("timezone", "string", nullable=False),
    Field("workflow_id", "string"),
    Field("workspace_id", "string"),
    Field("page_context", "any"),
    Field("page_data", "any"),
    Field("search_rerun", "any"),
    Field("is_onboarding", "boolean"),
)
_APPROVAL = (
    _SESSION,
    Field("approval_id", "string", required=True),
    Field("approved", "boolean", required=True),
    Field("reason", "string"),
    Field("answers", "any"),
)
_OPEN = (Field("workflow_id", "string"), Field("workspace_id", "string"))
_HISTORY = (Field("cursor", "string"),)
_TITLE = (Field("title", "string", required=True),)
_CHANGE = (Field("yolo_mode", "boolean"), Field("custom_prompt", "string"))
_PAGE_SIZE = 20


def events(named: Iterable[tuple[str, Mapping[str, Any]]]) -> Reply:
    """Return a finite stream of server-sent events, numbered from 1."""
    lines = (f"id: {at}\nevent: {name}\ndata: {json.dumps(data)}\n\n" for at, (name, data) in enumerate(named, 1))
    return Reply(content="".join(lines).encode(), media_type="text/event-stream")


def _session(service: Service, session_id: str) -> Record:
    found = service.records.get(KIND, session_id)
    if found is None:
        raise error_response(404, "Session not found")
    return found


def _put(service: Service, call: Call, session: Record, changes: Mapping[str, Any]) -> Record:
    changed = {**session, **changes, "updated_at": iso(call.now)}
    return service.records.put(KIND, session["session_id"], changed, call.now)


def _new(call: Call, session_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "title": "New chat",
        "workflow_id": body["workflow_id"],
        "workspace_id": body["workspace_id"],
        "messages": [],
        "unread": False,
        "created_at": iso(call.now),
        "updated_at": iso(call.now),
    }


def chat(service: Service, call: Call) -> Reply:
    """Handle ``POST /chat``: store the messages and an answer, which the session's stream sends."""
    body = call.body(_CHAT)
    session = service.records.get(KIND, body["session_id"]) or _new(call, body["session_id"], body)
    text = list(body["messages"] or [])
    answer = {"role": "assistant", "content": f"{len(text)} message(s) read. Nothing was done."}
    _put(service, call, session, {"messages": [*text, answer], "unread": True})
    return Reply({"session_id": body["session_id"], "status": "started"})


def stop(service: Service, call: Call) -> Reply:
    """Handle ``POST /chat/stop``."""
    session = _session(service, call.body((_SESSION,))["session_id"])
    return Reply({"session_id": session["session_id"], "status": "stopped"})


def approval(service: Service, call: Call) -> Reply:
    """Handle ``POST /chat/approval``."""
    body = call.body(_APPROVAL)
    _session(service, body["session_id"])
    return Reply({"success": True, "approval_id": body["approval_id"], "approved": body["approved"]})


def open_session(service: Service, call: Call) -> Reply:
    """Handle ``POST /chat/sessions``."""
    body = call.body(_OPEN, optional=True)
    session_id = service.records.new_id(KIND)
    return Reply(_listed(_put(service, call, _new(call, session_id, body), {})))


def _listed(session: Record) -> dict[str, Any]:
    return {name: value for name, value in session.items() if name != "messages"}


def _in_history(session: Record) -> dict[str, Any]:
    """Return the item of a session in the history, which names it ``id`` (the public OpenAPI file)."""
    more = {"id": session["session_id"], "has_unread": session["unread"], "started_at": session["created_at"]}
    return {**_listed(session), **more}


def history(service: Service, call: Call) -> Reply:
    """Handle ``GET /chat/history``, newest first."""
    cursor = call.query_values(_HISTORY)["cursor"] or "0"
    first = int(cursor) if cursor.isdigit() else 0
    found = service.records.all(KIND)[::-1]
    more = first + _PAGE_SIZE < len(found)
    page = [_in_history(session) for session in found[first : first + _PAGE_SIZE]]
    return Reply({"sessions": page, "has_more": more, "next_cursor": str(first + _PAGE_SIZE) if more else None})


def show(service: Service, call: Call) -> Reply:
    """Handle ``GET /chat/session/{session_id}``."""
    return Reply({**_session(service, call.params["session_id"]), "generating": False, "generation_parts": []})


def rename(service: Service, call: Call) -> Reply:
    """Handle ``PATCH /chat/session/{session_id}``."""
    title = call.body(_TITLE)["title"]
    return Reply(_listed(_put(service, call, _session(service, call.params["session_id"]), {"title": title})))


def delete(service: Service, call: Call) -> Reply:
    """Handle ``DELETE /chat/session/{session_id}``."""
    session = _session(service, call.params["session_id"])
    service.records.delete(KIND, session["session_id"], call.now)
    return Reply({"success": True})


def stream(service: Service, call: Call) -> Reply:
    """Handle ``GET /chat/session/{session_id}/stream``: one event per word of the last answer."""
    session = _session(service, call.params["session_id"])
    text = session["messages"][-1]["content"] if session["messages"] else ""
    words = [("text-delta", {"delta": f"{word} "}) for word in text.split()]
    about = {"session_id": session["session_id"]}
    return events([("start", about), *words, ("finish", about)])


def engine(service: Service, call: Call) -> Reply:
    """Handle ``GET /chat/session/{session_id}/engine``."""
    session = _session(service, call.params["session_id"])
    return Reply({"session_id": session["session_id"], "engine": "simulated"})


def read(service: Service, call: Call) -> Reply:
    """Handle ``POST /chat/session/{session_id}/read``."""
    _put(service, call, _session(service, call.params["session_id"]), {"unread": False})
    return Reply({"success": True})


def settings(service: Service, _: Call) -> Reply:
    """Handle ``GET /chat/settings``."""
    return Reply(service.records.get(_SETTINGS, "") or {"yolo_mode": False, "custom_prompt": None})


def change_settings(service: Service, call: Call) -> Reply:
    """Handle ``PATCH /chat/settings``."""
    changes = {name: value for name, value in call.body(_CHANGE).items() if value is not None}
    before = {"yolo_mode": False, "custom_prompt": None} | dict(service.records.get(_SETTINGS, "") or {})
    return Reply(service.records.put(_SETTINGS, "", before | changes, call.now))
