"""The recipes of the module's documentation, each run as it stands there, in the framework it is for."""

from __future__ import annotations

import base64
import inspect
import queue
import re
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import flask
import pytest
from starlette.applications import Starlette

from sixtyfour_async import WebhookError, WebhookReceiver, webhooks
from tests.webhooks.deliveries import FINISHED, OTHER, SECRET, Kept, body_of, posting_to, signed

BODY = body_of(FINISHED | {"result": {"city": "Zürich"}})


def recipe(title: str) -> str:
    """Return the code below a title that ends with two colons."""
    documentation = inspect.getdoc(webhooks) or ""
    found = re.search(rf"^{title}[^:]*(?::[^:]+)?::\n\n((?:    .*\n|\n)+)", documentation, re.MULTILINE)
    assert found, title
    return inspect.cleandoc("\n" + found[1])


def run(title: str, **names: Any) -> tuple[dict[str, Any], list[Any]]:
    """Execute a recipe; return its names, and the events that it keeps."""
    kept: list[Any] = []
    namespace: dict[str, Any] = {
        "webhooks": webhooks,
        "WebhookError": WebhookError,
        "SECRETS": [OTHER, SECRET],
        "keep": kept.append,
        **names,
    }
    exec(recipe(title), namespace)  # noqa: S102 (our own documentation)
    return namespace, kept


Post = Callable[[bytes, dict[str, str]], int]


def flask_recipe() -> tuple[Post, list[Any]]:
    app = flask.Flask("web")
    _, kept = run("Flask", app=app, request=flask.request)

    def post(body: bytes, headers: dict[str, str]) -> int:
        return app.test_client().post("/sixtyfour", data=body, headers=headers).status_code

    return post, kept


def django_recipe() -> tuple[Post, list[Any]]:
    # Django has no types, and must be configured before most of it is imported.
    settings: Any = import_module("django.conf").settings
    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="none")
    requests: Any = import_module("django.test").RequestFactory()
    names, kept = run(
        "Django",
        csrf_exempt=import_module("django.views.decorators.csrf").csrf_exempt,
        require_POST=import_module("django.views.decorators.http").require_POST,
        HttpResponse=import_module("django.http").HttpResponse,
    )

    def post(body: bytes, headers: dict[str, str]) -> int:
        request = requests.post("/sixtyfour", body, content_type="application/json", headers=headers)
        status: int = names["sixtyfour"](request).status_code
        return status

    return post, kept


def lambda_recipe(*, encoded: bool) -> tuple[Post, list[Any]]:
    names, kept = run("AWS Lambda", base64=base64)

    def post(body: bytes, headers: dict[str, str]) -> int:
        # The fields of payload format 2.0 that the recipe reads; the gateway writes header names in lower case.
        request = {
            "version": "2.0",
            "headers": {name.lower(): value for name, value in headers.items()},
            "body": base64.b64encode(body).decode() if encoded else body.decode(),
            "isBase64Encoded": encoded,
        }
        status: int = names["lambda_handler"](request, SimpleNamespace())["statusCode"]
        return status

    return post, kept


def queue_recipe() -> tuple[Post, list[Any]]:
    messages: queue.Queue[Any] = queue.Queue()
    names, kept = run("A queue", queue=messages)

    def post(body: bytes, headers: dict[str, str]) -> int:
        try:
            names["receive"](body, headers)
        except WebhookError:
            return 401
        names["work"]()
        return 204

    return post, kept


RECIPES: dict[str, Callable[[], tuple[Post, list[Any]]]] = {
    "Flask": flask_recipe,
    "Django": django_recipe,
    "Lambda": lambda: lambda_recipe(encoded=False),
    "Lambda, base64": lambda: lambda_recipe(encoded=True),
    "queue": queue_recipe,
}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_keeps_what_is_signed_and_nothing_else(name: str) -> None:
    post, kept = RECIPES[name]()

    assert post(BODY, signed(BODY, event_id="e1")) == 204
    assert post(BODY, signed(BODY, "sk_whsec_" + "2" * 64)) == 401
    assert post(BODY.replace(b"job_1", b"job_2"), signed(BODY)) == 401
    assert post(BODY, {"Content-Type": "application/json"}) == 401
    assert [(event.job_id, event.event_id, event.report.result) for event in kept] == [
        ("job_1", "e1", {"city": "Zürich"})
    ]


@pytest.mark.anyio
async def test_the_recipe_for_asgi() -> None:
    app, kept = Starlette(), Kept()
    code = recipe("`WebhookReceiver`").replace("sk_whsec_…", SECRET)
    exec(code, {"WebhookReceiver": WebhookReceiver, "keep": kept, "app": app})  # noqa: S102 (our own documentation)

    async with posting_to(app) as client:
        answer = await client.post("/sixtyfour", content=BODY, headers=signed(BODY))

    assert answer.status_code == 204
    assert kept.job_ids == ["job_1"]
