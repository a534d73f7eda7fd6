"""Deliveries as the service makes them, and receivers that keep them in a list."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from sixtyfour_async.webhooks import JobEvent, WebhookReceiver, WorkflowEvent, sign_test_payload

SECRET = "sk_whsec_" + "0" * 64
OTHER = "sk_whsec_" + "1" * 64

FINISHED: dict[str, Any] = {
    "task_id": "job_1",
    "status": "completed",
    "task_type": "find_email",
    "result": {"email": [["a@b.c", "OK"]]},
}
FAILED: dict[str, Any] = {"task_id": "job_1", "status": "failed", "task_type": "find_email", "error": "no such person"}
WORKFLOW: dict[str, Any] = {
    "event_id": "event_1",
    "run_id": "run_1",
    "results": [{"name": "Ada"}],
    "results_download_url": "https://storage.example/rows?signature=secret",
}


def body_of(payload: Any) -> bytes:
    return json.dumps(payload).encode()


def signed(body: bytes, secrets: str | list[str] = SECRET, **more: Any) -> dict[str, str]:
    return sign_test_payload(body, secrets, **more)


@dataclass(slots=True)
class Kept:
    """A handler that keeps events in a list, and does first what a test wants."""

    events: list[JobEvent | WorkflowEvent] = field(default_factory=list[JobEvent | WorkflowEvent])

    async def __call__(self, event: JobEvent | WorkflowEvent) -> None:
        self.events.append(event)

    @property
    def job_ids(self) -> list[str]:
        return [event.job_id for event in self.events]


@asynccontextmanager
async def posting_to(app: Any) -> AsyncGenerator[httpx.AsyncClient]:
    """Yield a client of an ASGI application in this process."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://web.example") as client:
        yield client


async def deliver(
    receiver: WebhookReceiver, body: bytes = body_of(FINISHED), headers: Any = None, **request: Any
) -> httpx.Response:
    """Return the answer to one delivery; signed unless *headers* are given."""
    async with posting_to(receiver) as client:
        return await client.request(
            request.pop("method", "POST"), "/", content=body, headers=signed(body) if headers is None else headers
        )
