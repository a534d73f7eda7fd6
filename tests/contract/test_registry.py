"""The registry and the table of the service's documentation agree, in both directions."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from sixtyfour_async.operations import REGISTRY, Operation, Request
from tests.contract.examples import ALSO_REQUIRED, ALWAYS_SENT, CONFIG
from tests.contract.table import LINES, TABLE, Entry, Field

ROUTES = [
    (str(route), name)
    for name, operation in REGISTRY.items()
    for route in (operation.endpoint.route, operation.endpoint.job)
    if route
]

CLIENT_ONLY_FIELDS = {"extra"}


def operation_and_fields(name: str) -> tuple[type[Operation[Any]], dict[str, bool]]:
    """Return the class of an operation, and wire name → whether the field is required."""
    cls = REGISTRY[name]
    assert issubclass(cls, Request)
    fields = {
        info.serialization_alias or field: info.is_required()
        for field, info in cls.model_fields.items()
        if field not in CLIENT_ONLY_FIELDS
    }
    return cls, fields


def places(name: str, entry: Entry) -> dict[str, dict[str, bool]]:
    """Return the fields of an operation by the part of the request in which they are sent."""
    cls, fields = operation_and_fields(name)
    headers = {header: fields.pop(field) for field, header in cls.endpoint.in_headers.items()}
    for part in entry.path_fields:
        assert fields.pop(part) is True
    reads = entry.route.startswith(("GET ", "DELETE "))
    query = fields if reads else {field: fields.pop(field) for field in cls.endpoint.in_query}
    return {"query": query, "header": headers, "body": {} if reads else fields}


def test_the_table_has_every_documented_route_except_the_removed_one() -> None:
    assert [line["row"] for line in LINES] == [row for row in range(1, 148) if row != 144]
    assert len(TABLE) == len(LINES) == 146


def test_every_route_belongs_to_exactly_one_operation() -> None:
    assert Counter(route for route, _ in ROUTES) == Counter(list(TABLE))


@pytest.mark.parametrize(("route", "name"), ROUTES)
def test_an_operation_has_the_fields_of_its_route_each_in_its_part_of_the_request(route: str, name: str) -> None:
    actual = places(name, TABLE[route])
    expected = {
        place: {one.name: one.required for one in fields.values()} for place, fields in TABLE[route].places.items()
    }
    if name in CONFIG:
        config = [Field.parse(*pair) for pair in CONFIG[name].items()]
        expected["body"] = {"file": True} | {one.name: one.required for one in config}
    for fields in expected.values():
        fields.update(dict.fromkeys(ALWAYS_SENT & set(fields), False))
        fields.update(
            {field: True for field in ALSO_REQUIRED.get(name, ()) if field in fields and name == "workflow-cancel"}
        )

    assert actual == expected


def test_standing_body_auth_and_events_of_an_endpoint_match_the_table() -> None:
    endpoints = {route: REGISTRY[name].endpoint for route, name in ROUTES}

    assert {route: (one.standing, one.body, one.keyless, one.events) for route, one in endpoints.items()} == {
        route: (entry.standing, entry.kind, entry.keyless, entry.events) for route, entry in TABLE.items()
    }


# --- retries and timeouts -----------------------------------------------------------------------------------------

IDEMPOTENCY_FIELDS = {
    "bulk-people-intelligence": "idempotency_key",
    "bulk-company-intelligence": "idempotency_key",
    "workflow-run": "idempotency_key",
    "deep-search": "search_id",
    "workflow-create": "id",
    "workflow-post": "id",
}
RETRY_SAFE_POSTS = {
    "filter-field-values",
    "autocomplete",
    "generate-title",
    "workflow-update",
    "workflow-delete",
    "workflow-cancel",
    "storage-csv-upload",
    "schedules-disable-bound",
    "oauth-token",
    "oauth-validate-jwks",
    "chat-stop",
    "chat-session-read",
    "google-sheets-token",
}
"""POSTs without effect, or without a further effect when repeated; any other may be charged or carried out twice."""


def expected_retry_safety(route: str, name: str) -> str:
    """Return the retry safety: by key, always for idempotent methods and the POSTs above, never for the rest."""
    if name in IDEMPOTENCY_FIELDS:
        return f"key {IDEMPOTENCY_FIELDS[name]}"
    retry_safe = route.startswith(("GET ", "DELETE ", "PATCH ")) or name in RETRY_SAFE_POSTS
    return "always" if retry_safe else "never"


def test_retry_safety_of_every_route() -> None:
    endpoints = {route: REGISTRY[name].endpoint for route, name in ROUTES}

    assert {route: f"{one.retry_safe} {one.idempotency_field}".strip() for route, one in endpoints.items()} == {
        route: expected_retry_safety(route, name) for route, name in ROUTES
    }


LONG_ANSWERS = {
    "people-intelligence",
    "company-intelligence",
    "enrich-lead",
    "enrich-company",
    "enrich-company-v2",
    "qa-agent",
    "research-agent",
    "enrich-dataframe",
    "org-chart-find-people",
    "org-chart-full",
    "find-email-bulk",
    "find-phone-bulk",
    "reverse-email-bulk",
    "reverse-phone-bulk",
    "find-email-v2-bulk",
    "find-phone-v2-bulk",
    "storage-csv-upload",
    "chat",
    "chat-session-stream",
    "workspace-stream",
}
QUICK_ANSWERS = {
    "find-email",
    "find-phone",
    "reverse-email",
    "reverse-phone",
    "find-email-v2",
    "find-phone-v2",
    "enrich-linkedin",
    "get-linkedin",
    "search-query",
    "filter-search",
    "struct-builder",
}


def test_read_timeout_of_every_operation() -> None:
    assert {name: cls.endpoint.read_timeout for name, cls in REGISTRY.items()} == {
        name: 900.0 if name in LONG_ANSWERS else 180.0 if name in QUICK_ANSWERS else 30.0 for name in REGISTRY
    }


def test_every_job_is_polled_with_an_operation_that_takes_only_its_id() -> None:
    polls = {cls.endpoint.name: cls.endpoint.poll for cls in REGISTRY.values() if cls.endpoint.job}

    for name, poll in polls.items():
        route = REGISTRY[poll].endpoint.route
        assert route is not None, name
        assert route.method == "GET"
        assert len(route.parameters) == 1
    other = {name: poll for name, poll in polls.items() if poll != "job-status"}
    assert other == {
        "deep-search": "search-status",
        "search-export": "search-status",
        "lookalike": "lookalike-status",
        "exclusion-list-create": "exclusion-list",
        "verify-age": "verify-age-status",
        "workflow-run": "workflow-live-status",
    }
    assert REGISTRY["search-status"].endpoint.fallback == "deep-search-status"
