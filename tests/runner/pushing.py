"""A runner with a receiver mounted in an application, and a simulator that delivers to it, all in one process."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import anyio
import httpx
from starlette.applications import Starlette

from sixtyfour_async import AsyncClient, FindEmail, JobRunner, WebhookReceiver
from sixtyfour_async._journal.base import ListsAnswers
from sixtyfour_async.simulator import Simulator, SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.webhooks.deliveries import SECRET, body_of, signed

URL = "http://web.example/sixtyfour"

QUIET = {"webhook_lost": 1.0}
"""Faults with which nothing is delivered but by the test."""


def finder(number: int = 0, **more: Any) -> FindEmail:
    return FindEmail(lead={"name": f"Ada {number}", "company": "Acme"}, **more)


@dataclass(slots=True)
class Pushed:
    """What a test needs of it all.

    Attributes:
        answers: Status of every delivery that was answered.
        gone: Is the application unreachable?
    """

    runner: JobRunner
    receiver: WebhookReceiver
    simulator: Simulator
    client: AsyncClient
    web: httpx.AsyncClient
    answers: list[int] = field(default_factory=list[int])
    gone: bool = False

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Post as the service does: redirects are not followed."""
        if self.gone:
            return 0
        response = await self.web.post(url, headers=headers, content=body)
        self.answers.append(response.status_code)
        return response.status_code

    async def deliver(self, payload: Mapping[str, Any], *, secret: str | None = SECRET, **headers: str) -> int:
        """Deliver a payload of the test's own, signed unless *secret* is None."""
        body = body_of(payload)
        return await self.post(f"{URL}/", (signed(body, secret) if secret else {}) | headers, body)

    async def kept(self) -> list[str]:
        """Return the names under which deliveries are kept in the journal."""
        assert isinstance(self.runner.journal, ListsAnswers)
        return await self.runner.journal.list_batch_answers("delivery")

    @property
    def polls(self) -> list[str]:
        """Paths of the polls."""
        return [request.path for request in self.simulator.books.requests if "/job-status" in request.path]

    @property
    def submits(self) -> list[str]:
        """Paths of the submits."""
        return [request.path for request in self.simulator.books.requests if request.path.endswith("-async")]


@asynccontextmanager
async def pushed(
    settings: SimulatorSettings | None = None,
    *,
    signing: bool = True,
    on_event: Any = None,
    client: Mapping[str, Any] | None = None,
    journal: Any = None,
    **options: Any,
) -> AsyncGenerator[Pushed]:
    """Yield a runner that is entered, whose simulator delivers.

    Args:
        settings: Of the simulator.
        signing: Has the organization a signing secret, and the receiver too?
        on_event: Passed to the receiver.
        client: Arguments of the client.
        journal: The runner's journal.
        options: Of the runner.
    """
    async with simulated(settings, **(client or {})) as (made, simulator):
        runner = JobRunner(made, journal=journal, webhook_url=options.pop("webhook_url", URL), **options)
        secrets = [SECRET]
        receiver = runner.webhooks(secrets=(lambda: secrets) if signing else None, on_event=on_event)
        app = Starlette()
        app.mount("/sixtyfour", receiver)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as web, anyio.create_task_group() as tasks:
            whole = Pushed(runner, receiver, simulator, made, web)
            if signing:
                secrets.append((await made.webhooks.signing_secret.create()).plaintext)
            tasks.start_soon(partial(simulator.deliver_webhooks, post=whole.post))
            async with runner:
                yield whole
            tasks.cancel_scope.cancel()
