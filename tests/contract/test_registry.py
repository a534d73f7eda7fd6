"""The registry and the table of the service's documents say the same, in both directions."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from sixtyfour_async.operations import REGISTRY, Operation, Request
from tests.contract.examples import ALWAYS_SENT, CONFIG, NEEDED
from tests.contract.table import LINES, TABLE, Entry, Field

ROUTES = [
    (str(route), name)
    for name, operation in REGISTRY.items()
    for route in (operation.endpoint.route, operation.endpoint.job)
    if route
]

NOT_OF_THE_ROUTE = {"extra"}


def operation(name: str) -> tuple[type[Operation[Any]], dict[str, bool]]:
    """A class, and its fields by their names on the wire, with whether they are required."""
    cls = REGISTRY[name]
    assert issubclass(cls, Request)
    fields = {
        info.serialization_alias or field: info.is_required()
        for field, info in cls.model_fields.items()
        if field not in NOT_OF_THE_ROUTE
    }
    return cls, fields


def places(name: str, entry: Entry) -> dict[str, dict[str, bool]]:
    """Where each field of a class travels."""
    cls, fields = operation(name)
    headers = {header: fields.pop(field) for field, header in cls.endpoint.in_headers.items()}
    for part in entry.path_fields:
        assert fields.pop(part) is True
    reads = entry.route.startswith(("GET ", "DELETE "))
    query = fields if reads else {field: fields.pop(field) for field in cls.endpoint.in_query}
    return {"query": query, "header": headers, "body": {} if reads else fields}


def test_the_table_has_every_line_of_the_documents_but_the_route_that_is_gone() -> None:
    assert [line["row"] for line in LINES] == [row for row in range(1, 148) if row != 144]
    assert len(TABLE) == len(LINES) == 146


def test_every_route_is_asked_by_exactly_one_operation() -> None:
    assert Counter(route for route, _ in ROUTES) == Counter(list(TABLE))


@pytest.mark.parametrize(("route", "name"), ROUTES)
def test_an_operation_has_the_fields_of_its_route_each_in_its_place(route: str, name: str) -> None:
    found = places(name, TABLE[route])
    wanted = {
        place: {one.name: one.required for one in fields.values()} for place, fields in TABLE[route].places.items()
    }
    if name in CONFIG:
        config = [Field.parse(*pair) for pair in CONFIG[name].items()]
        wanted["body"] = {"file": True} | {one.name: one.required for one in config}
    for fields in wanted.values():
        fields.update(dict.fromkeys(ALWAYS_SENT & set(fields), False))
        fields.update({field: True for field in NEEDED.get(name, ()) if field in fields and name == "workflow-cancel"})

    assert found == wanted


def test_what_else_is_known_of_a_route_is_in_its_endpoint() -> None:
    endpoints = {route: REGISTRY[name].endpoint for route, name in ROUTES}

    assert {route: (one.standing, one.body, one.keyless, one.events) for route, one in endpoints.items()} == {
        route: (entry.standing, entry.kind, entry.keyless, entry.events) for route, entry in TABLE.items()
    }


# --- repeating and waiting ----------------------------------------------------------------------------------------

KEYED = {
    "bulk-people-intelligence": "idempotency_key",
    "bulk-company-intelligence": "idempotency_key",
    "workflow-run": "idempotency_key",
    "deep-search": "search_id",
    "workflow-create": "id",
    "workflow-post": "id",
}
POSTS_THAT_MAY_BE_REPEATED = {
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
"""Every other POST may be paid for, or done, twice."""


def repeat_of(route: str, name: str) -> str:
    """Reads may be repeated, and what the method or the list above says changes nothing the second time."""
    if name in KEYED:
        return f"key {KEYED[name]}"
    free = route.startswith(("GET ", "DELETE ", "PATCH ")) or name in POSTS_THAT_MAY_BE_REPEATED
    return "always" if free else "never"


def test_what_may_be_sent_again_is_what_this_table_allows() -> None:
    endpoints = {route: REGISTRY[name].endpoint for route, name in ROUTES}

    assert {route: f"{one.retry_safe} {one.idempotency_field}".strip() for route, one in endpoints.items()} == {
        route: repeat_of(route, name) for route, name in ROUTES
    }


LONG = {
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
FINDERS = {
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


def test_long_answers_are_waited_for_long_and_looks_are_not() -> None:
    assert {name: cls.endpoint.read_timeout for name, cls in REGISTRY.items()} == {
        name: 900.0 if name in LONG else 180.0 if name in FINDERS else 30.0 for name in REGISTRY
    }


def test_every_job_is_looked_at_with_an_operation_that_takes_its_id_alone() -> None:
    looks = {cls.endpoint.name: cls.endpoint.poll for cls in REGISTRY.values() if cls.endpoint.job}

    for name, look in looks.items():
        route = REGISTRY[look].endpoint.route
        assert route is not None, name
        assert route.method == "GET"
        assert len(route.parameters) == 1
    own = {name: look for name, look in looks.items() if look != "job-status"}
    assert own == {
        "deep-search": "search-status",
        "search-export": "search-status",
        "lookalike": "lookalike-status",
        "exclusion-list-create": "exclusion-list",
        "verify-age": "verify-age-status",
        "workflow-run": "workflow-live-status",
    }
    assert REGISTRY["search-status"].endpoint.fallback == "deep-search-status"
