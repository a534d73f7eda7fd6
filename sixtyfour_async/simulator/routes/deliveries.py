"""The payloads of webhook deliveries.

Source: docs.sixtyfour.ai, guides/using-webhooks. The envelope of a workflow's delivery is described there without an
example; assumed are that ``results`` is an array of rows, and that a run that failed or was cancelled delivers nothing.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base.webhooks import FORGER, HUGE_BYTES
from sixtyfour_async.simulator.routes.bulk_files import result_item
from sixtyfour_async.simulator.routes.calls import Call
from sixtyfour_async.simulator.routes.job_routes import delivered_job
from sixtyfour_async.simulator.state.outbox import Delivery
from sixtyfour_async.simulator.state.run_progress import run_status
from sixtyfour_async.simulator.state.service import Service

WORKFLOW_EVENT = "outgoing_webhook.completed"


@dataclass(frozen=True, slots=True)
class Event:
    """What is delivered. ``secrets``: those that sign it; None for the organization's own."""

    id: str
    type: str
    payload: Mapping[str, Any]
    secrets: tuple[str, ...] | None = None

    @property
    def body(self) -> bytes:
        """The body."""
        return json.dumps(self.payload, ensure_ascii=False, separators=(",", ":")).encode()

    def again(self, event_id: str) -> Event:
        """Return the same event under another id."""
        return dataclasses.replace(self, id=event_id)

    def forged(self, event_id: str) -> Event:
        """Return an event that a stranger has invented about the same work."""
        of_rows = {"results": [{"forged": True}]}
        invented = of_rows if "results" in self.payload else {"status": "completed", "result": {"forged": True}}
        payload = {name: value for name, value in self.payload.items() if name != "error"} | invented
        return Event(event_id, self.type, payload, (FORGER,))

    def padded(self) -> Event:
        """Return the event with a payload that is far too large."""
        return dataclasses.replace(self, payload={**self.payload, "padding": "x" * HUGE_BYTES})


def event_of(service: Service, delivery: Delivery, event_id: str, now: float, base_url: str) -> Event | None:
    """Return the event to deliver; None if the work has come to nothing that is delivered."""
    call = Call(now, "", base_url, {"job_id": delivery.work_id}, (), {}, b"")
    if delivery.block is None:
        payload = delivered_job(service, call)
        return Event(event_id, payload["task_type"], payload)
    run = service.runs[delivery.work_id]
    if run_status(run, now) != "completed":
        return None
    link = result_item(service, call, run, delivery.block, "csv")["download_url"] if base_url else None
    results = service.outputs.rows_of(run, delivery.block)
    payload = {"event_id": event_id, "run_id": run.id, "results": results, "results_download_url": link}
    return Event(event_id, WORKFLOW_EVENT, payload)
