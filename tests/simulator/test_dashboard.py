"""Routes of the dashboard: chat, workspaces, interactive workflows, connected accounts."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.simulator.conftest import Harness, Start

pytestmark = pytest.mark.anyio
KEYS = {"block_name", "block_id", "sequence_number", "status", "last_updated", "metrics"}


def told(answer: httpx.Response) -> list[str]:
    """Return the names of server-sent events."""
    assert answer.headers["content-type"].startswith("text/event-stream")
    return [line.removeprefix("event: ") for line in answer.text.splitlines() if line.startswith("event: ")]


async def test_chat_lifecycle(start: Start) -> None:
    harness = start()
    opened = (await harness.post("/chat/sessions", {"workspace_id": "w"})).json()
    path = f"/chat/session/{opened['session_id']}"
    said = {"session_id": opened["session_id"], "messages": [{"role": "user", "content": "Hello"}]}
    assert (await harness.post("/chat", said)).json()["session_id"] == opened["session_id"]

    shown = (await harness.get(path)).json()
    assert ([message["role"] for message in shown["messages"]], shown["generating"]) == (["user", "assistant"], False)
    words = told(await harness.get(f"{path}/stream"))
    assert (words[0], set(words[1:-1]), words[-1]) == ("start", {"text-delta"}, "finish")
    assert (await harness.client.patch(path, json={"title": "Greetings"})).json()["title"] == "Greetings"
    [listed] = (await harness.get("/chat/history")).json()["sessions"]
    assert (listed["title"], listed["unread"], "messages" in listed) == ("Greetings", True, False)
    assert (listed["id"], listed["has_unread"]) == (opened["session_id"], True)
    assert listed["started_at"] == listed["created_at"]
    assert (await harness.post(f"{path}/read")).json() == {"success": True}
    assert (await harness.get(f"{path}/engine")).json()["session_id"] == opened["session_id"]
    assert (await harness.post("/chat/stop", {"session_id": opened["session_id"]})).json()["status"] == "stopped"
    approval = {"session_id": opened["session_id"], "approval_id": "a", "approved": False}
    assert (await harness.post("/chat/approval", approval)).json()["approved"] is False
    assert (await harness.client.delete(path)).json() == {"success": True}
    for gone in (path, f"{path}/stream", f"{path}/engine"):
        assert (await harness.get(gone)).status_code == 404


async def test_chat_history_is_paged(start: Start) -> None:
    harness = start()
    made = [(await harness.post("/chat", {"session_id": f"s{at}"})).json()["session_id"] for at in range(21)]
    first = (await harness.get("/chat/history")).json()
    rest = (await harness.get("/chat/history", cursor=first["next_cursor"])).json()
    assert [item["session_id"] for page in (first, rest) for item in page["sessions"]] == made[::-1]
    assert (first["has_more"], rest["has_more"]) == (True, False)


async def test_chat_settings_are_stored(start: Start) -> None:
    harness = start()
    assert (await harness.get("/chat/settings")).json() == {"yolo_mode": False, "custom_prompt": None}
    changed = {"yolo_mode": False, "custom_prompt": "Be brief"}
    assert (await harness.client.patch("/chat/settings", json={"custom_prompt": "Be brief"})).json() == changed
    assert (await harness.get("/chat/settings")).json() == changed


async def test_workspace_lifecycle(start: Start) -> None:
    harness = start()
    made = (await harness.post("/workspaces")).json()
    path = f"/workspaces/{made['id']}"
    assert (made["state"], made["version"]) == ({"viewers": [], "activeViewerKey": None}, 1)
    mounted = (await harness.post(f"{path}/viewers", {"kind": "search", "id": "s1"})).json()
    assert mounted["state"]["activeViewerKey"] == "search:s1"
    patched = await harness.client.patch(f"{path}/viewers/search:s1", json={"state": {"page": 2}})
    assert patched.json()["state"]["viewers"][0]["state"] == {"page": 2}
    assert (await harness.client.patch(f"{path}/active-viewer", json={"activeViewerKey": "x"})).status_code == 404
    active = await harness.client.patch(f"{path}/active-viewer", json={"activeViewerKey": None})
    assert active.json()["state"]["activeViewerKey"] is None
    assert told(await harness.get(f"{path}/stream")) == ["snapshot"]
    left = await harness.client.delete(f"{path}/viewers/search:s1")
    assert left.json()["state"]["viewers"] == []
    assert (await harness.client.delete(f"{path}/viewers/search:s1")).status_code == 404
    assert (await harness.get(path)).json()["version"] == 5
    assert (await harness.get("/workspaces/x")).status_code == 404
    assert (await harness.post(f"{path}/viewers", {"kind": "chat", "id": "x" * 201})).status_code == 422


async def start_interactive(harness: Harness) -> str:
    body: dict[str, Any] = {"block_name": "webhook", "specs": {}, "webhook_payload": [{"name": "Bo", "company": "3M"}]}
    answer = (await harness.post("/workflows/interactive/start", body)).json()
    assert answer["status"] == "running"
    return f"/workflows/interactive/{answer['job_id']}"


async def test_interactive_workflow_lifecycle(start: Start) -> None:
    harness = start()
    path = await start_interactive(harness)
    [first] = (await harness.get(f"{path}/state")).json()["blocks"]
    block: dict[str, Any] = {"block_name": "find_email", "specs": {}, "parent_block_id": first["block_id"]}
    added = (await harness.post(f"{path}/add-block", block)).json()
    assert (added["accepted"], added["error"]) == (True, None)
    wrong = (await harness.post(f"{path}/add-block", {**block, "parent_block_id": "x"})).json()
    assert (wrong["accepted"], wrong["error"]) == (False, "Unknown parent block")
    assert (await harness.post(f"{path}/add-block", {**block, "block_name": "x"})).status_code == 422
    orphan: dict[str, Any] = {"block_name": "find_email", "specs": {}}
    assert (await harness.post(f"{path}/add-block", orphan)).json()["detail"][0]["loc"] == ["body", "parent_block_id"]
    early = await harness.get(f"{path}/output", block_id=added["block_id"])
    harness.clock.seconds = 10

    shown = (await harness.get(f"{path}/state")).json()

    assert early.status_code == 404
    assert (shown["overall_status"], shown["completed_blocks"], shown["total_blocks"]) == ("running", 2, 2)
    assert all(set(block) >= KEYS for block in shown["blocks"])
    output = (await harness.get(f"{path}/output", block_id=added["block_id"])).json()
    assert (output["block_id"], output["row_count"]) == (added["block_id"], 1)
    saved = (await harness.post(f"{path}/save", {"workflow_name": "Kept"})).json()
    names = [block["block_name"] for block in saved["workflow_definition"]["blocks"]]
    assert (await harness.get(f"/workflows/{saved['id']}")).json()["name"] == "Kept"
    assert names == ["webhook", "find_email"]
    assert (await harness.post(f"{path}/finish")).json() == {"status": "completed"}
    assert (await harness.get(f"{path}/state")).json()["overall_status"] == "completed"
    late = (await harness.post(f"{path}/add-block", block)).json()
    assert (late["accepted"], late["block_id"]) == (False, None)
    assert (await harness.get("/workflows/interactive/x/state")).status_code == 404
    assert harness.simulator.books.charged_cents == 10


async def test_connected_accounts(start: Start) -> None:
    harness = start()
    assert (await harness.get("/google/sheets/status")).json() == {"connected": False, "google_sub": None}
    assert (await harness.post("/google/sheets/access-token")).status_code == 400
    await harness.post("/google/sheets/connect", {"code": "x", "redirect_uri": "https://a.example"})
    assert (await harness.get("/google/sheets/status")).json()["connected"] is True
    assert (await harness.post("/google/sheets/access-token")).json()["expires_in"] > 0
    await harness.client.delete("/google/sheets/connect")
    assert (await harness.get("/google/sheets/status")).json()["connected"] is False

    link = (await harness.post("/me/slack-links/confirm", {"token": "abc"})).json()["link"]
    assert (await harness.get("/me/slack-links")).json() == [link]
    path = f"/me/slack-links/{link['slack_team_id']}/{link['slack_user_id']}"
    assert (await harness.client.delete(path)).json() == {"success": True}
    assert (await harness.client.delete(path)).status_code == 404
    assert (await harness.get("/me/slack-links")).json() == []


async def test_usage_counts_the_requests_of_the_key(start: Start) -> None:
    harness = start(keys=("sim_sk_local", "other"))
    await harness.get("/check-balance")
    harness.clock.seconds = 100
    await harness.get("/check-balance")
    await harness.client.get("/check-balance", headers={"x-api-key": "other"})
    assert (await harness.get("/api/usage", time_window=50)).json() == {"time_window": 50, "requests": 2}
    assert (await harness.get("/api/usage")).json()["requests"] == 4
