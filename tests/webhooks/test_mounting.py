"""Where a receiver can be mounted, and what stands before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.routing import Mount, Router

from sixtyfour_async import WebhookReceiver
from tests.webhooks.deliveries import FINISHED, SECRET, Kept, body_of, posting_to, signed

pytestmark = pytest.mark.anyio

BODY = body_of(FINISHED)


def at_a_mount(receiver: WebhookReceiver) -> tuple[Any, list[str]]:
    app = Starlette()
    app.mount("/sixtyfour", receiver)
    return app, ["/sixtyfour/"]


def mounted_on_starlette(receiver: WebhookReceiver) -> tuple[Any, list[str]]:
    app = Starlette()
    receiver.mount_on(app, "/sixtyfour")
    return app, ["/sixtyfour", "/sixtyfour/"]


def mounted_on_fastapi(receiver: WebhookReceiver) -> tuple[Any, list[str]]:
    app = FastAPI()
    receiver.mount_on(app, "/hooks/sixtyfour/")
    assert "/hooks" not in str(app.openapi())
    return app, ["/hooks/sixtyfour", "/hooks/sixtyfour/"]


def at_the_root(receiver: WebhookReceiver) -> tuple[Any, list[str]]:
    app = Starlette()
    receiver.mount_on(app, "/")
    return app, ["/"]


def in_a_mount(receiver: WebhookReceiver) -> tuple[Any, list[str]]:
    inner = Router()
    receiver.mount_on(inner, "/sixtyfour")
    return Starlette(routes=[Mount("/api", Mount("/v1", inner))]), ["/api/v1/sixtyfour", "/api/v1/sixtyfour/"]


def behind_a_root_path(receiver: WebhookReceiver) -> tuple[Any, list[str]]:
    app = FastAPI()
    receiver.mount_on(app, "/sixtyfour")

    async def served(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "root_path": "/api"}, receive, send)

    return served, ["/sixtyfour", "/sixtyfour/", "/api/sixtyfour", "/api/sixtyfour/"]


def by_itself(receiver: WebhookReceiver) -> tuple[Any, list[str]]:
    return receiver, ["/", "", "/any/where"]


def behind_a_middleware_that_reads(receiver: WebhookReceiver) -> tuple[Any, list[str]]:
    app = FastAPI()

    @app.middleware("http")
    async def log_body(request: Request, call_next: Any) -> Response:
        await request.json()
        answer: Response = await call_next(request)
        return answer

    receiver.mount_on(app, "/sixtyfour")
    return app, ["/sixtyfour", "/sixtyfour/"]


@pytest.mark.parametrize(
    "place",
    [
        at_a_mount,
        mounted_on_starlette,
        mounted_on_fastapi,
        at_the_root,
        in_a_mount,
        behind_a_root_path,
        by_itself,
        behind_a_middleware_that_reads,
    ],
)
async def test_deliveries_are_taken_wherever_it_is_mounted(
    place: Callable[[WebhookReceiver], tuple[Any, list[str]]],
) -> None:
    kept = Kept()
    app, paths = place(WebhookReceiver(kept, secrets=SECRET))

    async with posting_to(app) as client:
        answers = [await client.post(path, content=BODY, headers=signed(BODY)) for path in paths]

    assert [answer.status_code for answer in answers] == [204] * len(paths)
    assert kept.job_ids == ["job_1"] * len(paths)


async def test_a_middleware_that_swallows_the_body_makes_a_refusal_and_no_hang() -> None:
    class Swallow(BaseHTTPMiddleware):
        async def dispatch(self, request: Request, call_next: Any) -> Response:
            async for _ in request.stream():
                pass
            answer: Response = await call_next(request)
            return answer

    app = Starlette()
    app.add_middleware(Swallow)
    WebhookReceiver(Kept(), secrets=SECRET).mount_on(app, "/sixtyfour")

    async with posting_to(app) as client:
        answer = await client.post("/sixtyfour", content=BODY, headers=signed(BODY))

    assert answer.status_code in {401, 408}
