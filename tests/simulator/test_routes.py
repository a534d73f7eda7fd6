"""Every published operation returns its documented shape and its documented errors."""

from __future__ import annotations

from typing import Any

import pytest

from sixtyfour_async.simulator import Simulator
from sixtyfour_async.simulator.base.json_values import as_list
from sixtyfour_async.simulator.routes.table import ROUTES
from tests.simulator.conftest import Start
from tests.simulator.published import PUBLISHED, Case, ask, existing

pytestmark = pytest.mark.anyio
UNPUBLISHED = """
POST /research-agent, POST /research-agent-async, POST /enrich-lead, POST /enrich-lead-async, POST /enrich-company,
POST /enrich-company-async, POST /enrich-company-v2, POST /enrich-company-v2-async, POST /find-email-v2,
POST /find-email-v2-async, POST /find-email-v2-bulk, POST /find-email-v2-bulk-async, POST /find-phone-v2,
POST /find-phone-v2-async, POST /find-phone-v2-bulk, POST /find-phone-v2-bulk-async, POST /get-linkedin, GET /api/usage,
GET /org-chart/filter-capabilities, POST /org-chart/find-people, POST /org-chart/full, POST /schedules/disable-bound,
GET /schedules/active-counts, POST /workflows/interactive/start, POST /workflows/interactive/@/add-block,
POST /workflows/interactive/@/finish, GET /workflows/interactive/@/state, GET /workflows/interactive/@/output,
POST /workflows/interactive/@/save, GET /webhooks/signing-secret, POST /webhooks/signing-secret,
DELETE /webhooks/signing-secret, POST /webhooks/signing-secret/roll, GET /.well-known/oauth-authorization-server,
POST /oauth/token, POST /oauth/clients, GET /oauth/clients, GET /oauth/clients/@, PATCH /oauth/clients/@,
DELETE /oauth/clients/@, POST /oauth/clients/@/keys, GET /oauth/clients/@/keys, DELETE /oauth/clients/@/keys/@,
POST /oauth/clients/@/validate-jwks, POST /me/slack-links/confirm, GET /me/slack-links, DELETE /me/slack-links/@/@,
POST /chat, POST /chat/stop, POST /chat/approval, POST /chat/sessions, GET /chat/history, GET /chat/session/@,
PATCH /chat/session/@, DELETE /chat/session/@, GET /chat/session/@/stream, GET /chat/session/@/engine,
POST /chat/session/@/read, GET /chat/settings, PATCH /chat/settings, POST /workspaces, GET /workspaces/@,
POST /workspaces/@/viewers, DELETE /workspaces/@/viewers/@, PATCH /workspaces/@/viewers/@,
PATCH /workspaces/@/active-viewer, GET /workspaces/@/stream, POST /storage/csv/upload, POST /enrich-dataframe,
POST /workflows, PATCH /workflows/@, DELETE /workflows/@
"""
"""Hidden or older routes, and those named in documents only; ``@`` stands for a parameter."""


def plain(method: str, path: str, sign: str) -> str:
    """Return a route with its parameters replaced by *sign*."""
    words = ("@" if word.startswith(sign) else word for word in path.split("/"))
    return f"{method} {'/'.join(words)}"


def test_route_table_matches_the_published_operations() -> None:
    published = [plain(case.method, case.path, "@") for case in PUBLISHED]
    unpublished = [line.strip() for line in UNPUBLISHED.replace("\n", " ").split(",")]
    answered = [plain(method, path, "{") for method, path in Simulator().routes]

    assert len(published) == 74
    assert sorted(answered) == sorted(published + unpublished)
    assert len(set(answered)) == len(answered) == 146


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case.name)
async def test_minimal_request_returns_the_documented_keys(start: Start, case: Case) -> None:
    harness = start()
    ids = await existing(harness)

    answer = await ask(harness, case, case.right, ids)

    assert answer.status_code == case.status, answer.text
    shown: Any = answer.json() if answer.content else {}
    assert set(case.keys) <= set(as_list(shown)[0])


@pytest.mark.parametrize("case", [case for case in PUBLISHED if case.loc], ids=lambda case: case.name)
async def test_invalid_request_names_the_location_of_the_error(start: Start, case: Case) -> None:
    harness = start()
    ids = await case.ids(harness)
    accepted = len(harness.simulator.books.jobs)

    answer = await ask(harness, case, case.wrong, ids)

    assert answer.status_code == 422, answer.text
    assert list(case.loc) in [item["loc"] for item in answer.json()["detail"]]
    assert all(item["msg"] and item["type"] for item in answer.json()["detail"])
    assert len(harness.simulator.books.jobs) == accepted


async def test_only_public_routes_are_answered_without_a_key(start: Start) -> None:
    client = start(key=None).client

    answered = {route.path for route in ROUTES if (await client.request(route.method, route.path)).status_code != 401}

    assert answered == {"/oauth/token", "/.well-known/oauth-authorization-server"}
