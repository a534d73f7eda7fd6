"""The published operations of the service, from its public OpenAPI file.

Each has a valid request with the keys of its answer, and an invalid request with the location of its error. ``@name``
in a path or a value is replaced by the id of an existing resource, see `existing`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx

from tests.simulator.conftest import COMPANY, COMPANY_WORKFLOW, LEAD, PERSON, QA, Harness


@dataclass(frozen=True, slots=True)
class Case:
    method: str
    path: str
    right: Any = None
    """A valid body or form, or for GET and DELETE the query string."""
    keys: tuple[str, ...] = ()
    wrong: Any = None
    loc: tuple[str | int, ...] = ()
    status: int = 200
    query: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    async def ids(self, harness: Harness) -> dict[str, str]:
        """Create the resources that the requests refer to."""
        return await existing(harness) if "@" in f"{self.path} {self.right} {self.query}" else {}


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart form with a file and, unless None, a ``config``."""

    content: bytes
    config: str | None = None


FORM = Form(b"company_name,website\n3M,3m.com\n", json.dumps({"struct": {"industry": "Industry"}}))
PEOPLE_FORM = Form(b"name,company\nBo Example,3M\n", "{}")
LEADS = {"leads": [LEAD["lead"]]}
EMAILS = {"lead": {"email": "bo@acme.example"}}
PHONES = {"lead": {"phone": "+1 555-0100"}}
GRAPH = {
    "blocks": [
        {
            "block_id": "a",
            "sequence_number": 1,
            "block_type": "io",
            "block_name": "webhook",
            "specs": {"dataframe_type": "LEAD"},
        }
    ],
    "edges": [],
}
WORKFLOW = {"workflow_name": "Mine", "workflow_description": "", "workflow_definition": GRAPH}
FILTERS = {"simple_filters": {"hq_country_iso2": {"$eq": "DE"}}}
TASK = ("task_id", "status")
STARTED = ("task_id", "status", "message")
STATUS = ("task_id", "status", "start_time")
PAGE = ("total_results", "results", "has_more", "next_cursor", "search_id", "parsed_query", "output_shape")
LIST = ("id", "name", "entity_type", "status", "source_type", "created_at", "updated_at")
STORED = ("id", "name", "status", "step", "created_at", "updated_at")
SCHEDULE = (
    *("id", "workflow_id", "name", "cron_expression", "timezone", "is_active", "created_at", "updated_at"),
    "next_run_times",
)
INTELLIGENCE = ("structured_data", "notes", "findings", "confidence_score", "references")
CAPABILITIES = ("mode", "index_name", "fields", "nested_paths", "limits", "cache_ttl_seconds", "generated_at_epoch_ms")
VALUES = (
    *("mode", "field", "canonical_field", "value_type", "supports_top_values", "supports_exact_filter_snippet"),
    *("total_scoped_documents", "values"),
)


def finder(path: str, right: Any, keys: tuple[str, ...]) -> list[Case]:
    bulk = {"leads": [right["lead"]]}
    return [
        Case("POST", path, right, keys, {}, ("body", "lead")),
        Case("POST", f"{path}-async", right, TASK, {"lead": "x"}, ("body", "lead")),
        Case("POST", f"{path}-bulk", bulk, keys, {"leads": {}}, ("body", "leads")),
        Case("POST", f"{path}-bulk-async", bulk, TASK, {"leads": [{}, 1]}, ("body", "leads", 1)),
    ]


def both(path: str, right: Any, keys: tuple[str, ...], wrong: Any, *loc: str) -> list[Case]:
    return [
        Case("POST", path, right, keys, wrong, ("body", *loc)),
        Case("POST", f"{path}-async", right, TASK, wrong, ("body", *loc)),
    ]


ENRICHMENT = [
    *finder("/find-email", LEAD, ("name", "company", "email", "cost_cents")),
    *finder("/find-phone", LEAD, ("name", "company", "phone", "cost_cents")),
    *finder("/reverse-email", EMAILS, ("name", "company", "title", "linkedin", "email")),
    *finder("/reverse-phone", PHONES, ("name", "company", "title", "linkedin", "phone")),
    *both("/people-intelligence", PERSON, INTELLIGENCE, {}, "lead_info"),
    *both("/company-intelligence", COMPANY, INTELLIGENCE, {**COMPANY, "struct": None}, "struct"),
    *both("/qa-agent", QA, ("structured_data", "notes"), {"data": {}}, "qualification_criteria"),
    Case("POST", "/bulk-intelligence/people", PEOPLE_FORM, (*TASK, "row_count"), Form(b"a\n1\n"), ("body", "config")),
    Case(
        *("POST", "/bulk-intelligence/company", FORM, (*TASK, "row_count", "estimated_cost_cents")),
        *(Form(b"a\n1\n", config='{"struct": {}, "budget": 1}'), ("body", "config", "budget")),
    ),
    Case(
        "POST", "/enrich-linkedin", {"linkedin_url": "https://www.linkedin.com/in/x"}, (), {}, ("body", "linkedin_url")
    ),
    Case(
        *("GET", "/job-status/@job", {}, ("status", "id", "run_id", "start_time", "close_time", "result", "task_type")),
        *({"cost_units": "dollars"}, ("query", "cost_units")),
    ),
    Case("GET", "/check-balance", {}, ("credits",)),
    Case("POST", "/verify-age", {"subject": {"name": "Bo Example"}}, TASK, {"name": "Bo"}, ("body", "subject")),
    Case("GET", "/verify-age/@age", {}, (*TASK, "age", "date_of_birth")),
    Case(
        *("POST", "/struct-builder/generate", {"description": "Title and years of experience"}, ("struct",)),
        *({"description": ""}, ("body", "description")),
    ),
]
SEARCH = [
    Case("POST", "/search/start-deep-search", {"query": "german banks"}, STARTED, {}, ("body", "query")),
    Case("GET", "/search/status/@deep", {}, STATUS),
    Case("GET", "/search/deep-search-status/@deep", {}, STATUS),
    Case(
        *("GET", "/search/download", {"resource_handle_id": "rh_@deep"}, ("url", "bucket", "path")),
        *({}, ("query", "resource_handle_id")),
    ),
    Case("POST", "/search/query", FILTERS, PAGE, {**FILTERS, "page_size": 101}, ("body", "page_size")),
    Case("POST", "/search/export", {"search_id": "@search"}, STARTED, {}, ("body",)),
    Case("POST", "/search/start-filter-search", FILTERS, PAGE, {"filters": []}, ("body", "filters")),
    Case("GET", "/search/filter-capabilities", {}, CAPABILITIES, {"mode": "person"}, ("query", "mode")),
    Case("POST", "/search/filter-field-values", {"field": "industry"}, VALUES, {"top_k": 1}, ("body", "field")),
    Case(
        "POST",
        "/search/exclusion-lists",
        {"name": "Known", "source": {"type": "entity_ids", "entity_ids": ["a"]}},
        ("id", "status"),
        {"name": "x", "source": {"type": "rows"}},
        ("body", "source"),
        202,
    ),
    Case("GET", "/search/exclusion-lists", {}, LIST),
    Case("GET", "/search/exclusion-lists/@list", {}, LIST),
    Case("DELETE", "/search/exclusion-lists/@list", {}),
    Case(
        "POST",
        "/search/lookalike",
        {"linkedin_urls": ["https://www.linkedin.com/in/x"]},
        ("task_id", "search_id", "status", "seed_diagnostics"),
        {"linkedin_urls": []},
        ("body",),
        202,
    ),
    Case("GET", "/search/lookalike/@lookalike", {}, STATUS, {"include_filters": "?"}, ("query", "include_filters")),
    Case("GET", "/search/limits", {}, ("max_results",)),
    Case(
        *("POST", "/search/autocomplete", {"field": "job_title", "query": "vp"}, ("success", "suggestions")),
        *({"field": "job_title", "query": ""}, ("body", "query")),
    ),
    Case(
        *("POST", "/search/generate-title", {"parsedQuery": {"industry": "Banking"}}, ("title",)),
        *({"parsedQuery": {str(at): at for at in range(51)}}, ("body", "parsedQuery")),
    ),
    Case("GET", "/search/history", {}, ("searches",), {"limit": "251"}, ("query", "limit")),
    Case("DELETE", "/search/history", {}, ("success",)),
    Case(
        *("GET", "/search/history/volume", {"from": "2026-06-01", "to": "2026-07-01T00:00:00Z"}, ("total",)),
        *({"from": "2026-06-01"}, ("query", "to")),
    ),
    Case("GET", "/search/history/@search", {}, ("search",)),
    Case("DELETE", "/search/history/@search", {}, ("success",)),
    Case("PATCH", "/search/history/@search/favourite", {"favourite": True}, ("success",), {}, ("body", "favourite")),
]
ID = (("workflow_id", "@workflow"),)
CRON = {"workflow_id": COMPANY_WORKFLOW, "name": "Nightly", "cron_expression": "0 2 * * 1-5"}
WORKFLOWS = [
    Case(
        *("POST", "/workflows/create_workflow", WORKFLOW, (*STORED, "workflow_definition")),
        *(WORKFLOW | {"workflow_definition": {"blocks": [], "edges": []}}, ("body", "workflow_definition", "blocks")),
    ),
    Case(
        "POST", "/workflows/update_workflow", {"starred": True}, STORED, {"starred": 7}, ("body", "starred"), query=ID
    ),
    Case("POST", "/workflows/delete_workflow", None, STORED, query=ID),
    Case("GET", "/workflows", {}, STORED),
    Case(
        "GET",
        "/workflows/@workflow",
        {},
        (*STORED, "workflow_definition"),
        {"prefer_draft": "?"},
        ("query", "prefer_draft"),
    ),
    Case("GET", "/workflows/blocks", {}, ("block_name", "specs_schema")),
    Case(
        *("POST", "/workflows/run", {"webhook_payload": {"name": "Bo"}}, ("status", "workflow_id", "job_id")),
        *({"webhook_payload": ["x"]}, ("body", "webhook_payload")),
        query=ID,
    ),
    Case("GET", "/workflows/runs", {}, ("job_id", "workflow_id", "status"), {"limit": "0"}, ("query", "limit")),
    Case(
        *("GET", "/workflows/runs/@run/live_status", {}),
        ("run_id", "workflow_id", "overall_status", "last_updated", "blocks"),
    ),
    Case(
        *("GET", "/workflows/runs/@run/results/download-links", {}, ("filename", "storage_bucket", "download_url")),
        *({"format": "xml"}, ("query", "format")),
    ),
    Case("POST", "/workflows/cancel", {"job_id": "@run"}, ("job_id", "status"), {"job_id": 7}, ("body", "job_id")),
    Case("POST", "/schedules", CRON, SCHEDULE, CRON | {"cron_expression": "* * * *"}, ("body", "cron_expression"), 201),
    Case("GET", "/schedules", {}, SCHEDULE),
    Case("GET", "/schedules/@schedule", {}, SCHEDULE),
    Case("PATCH", "/schedules/@schedule", {"is_active": False}, SCHEDULE, {"timezone": "Mars"}, ("body", "timezone")),
    Case("DELETE", "/schedules/@schedule", {}),
]
CONNECT = {"code": "x", "redirect_uri": "https://app.example"}
SHEETS = [
    Case("GET", "/google/sheets/status", {}, ("connected", "google_sub")),
    Case("POST", "/google/sheets/connect", CONNECT, ("connected",), {"code": "x"}, ("body", "redirect_uri")),
    Case("DELETE", "/google/sheets/connect", {}, status=204),
    Case("POST", "/google/sheets/access-token", None, ("access_token", "expires_in")),
]
PUBLISHED = [*ENRICHMENT, *SEARCH, *WORKFLOWS, *SHEETS]


def filled(text: str, ids: dict[str, str]) -> str:
    """Replace the names of resources by their ids."""
    for name, id_ in ids.items():
        text = text.replace(f"@{name}", id_)
    return text


async def ask(harness: Harness, case: Case, given: Any, ids: dict[str, str]) -> httpx.Response:
    """Send a request as the operation expects it: with a query string, a form or JSON."""
    path = filled(case.path, ids)
    if isinstance(given, Form):
        data = {} if given.config is None else {"config": given.config}
        return await harness.client.post(path, data=data, files={"file": ("rows.csv", given.content)})
    body: Any = json.loads(filled(json.dumps(given), ids))
    if case.method in {"GET", "DELETE"}:
        return await harness.client.request(case.method, path, params=body or None)
    query = {name: filled(value, ids) for name, value in case.query}
    return await harness.client.request(case.method, path, json=body, params=query or None)


async def existing(harness: Harness) -> dict[str, str]:
    """Create one resource of each kind, let all work end, and return the ids by name."""
    source = {"type": "entity_ids", "entity_ids": ["a"]}
    made: list[tuple[str, str, Any, str]] = [
        ("job", "/people-intelligence-async", PERSON, "task_id"),
        ("age", "/verify-age", {"subject": {"name": "Bo Example"}}, "task_id"),
        ("deep", "/search/start-deep-search", {"query": "german banks"}, "task_id"),
        ("search", "/search/query", FILTERS, "search_id"),
        ("list", "/search/exclusion-lists", {"name": "Known", "source": source}, "id"),
        ("lookalike", "/search/lookalike", {"linkedin_urls": ["https://www.linkedin.com/in/x"]}, "task_id"),
        ("workflow", "/workflows/create_workflow", WORKFLOW, "id"),
        ("schedule", "/schedules", CRON, "id"),
    ]
    ids: dict[str, str] = {}
    for name, path, body, key in made:
        answer = await harness.post(path, body)
        assert answer.is_success, answer.text
        ids[name] = answer.json()[key]
    answer = await harness.post("/workflows/run", {"webhook_payload": {"name": "Bo"}}, workflow_id=ids["workflow"])
    ids["run"] = answer.json()["job_id"]
    await harness.post("/google/sheets/connect", CONNECT)
    harness.clock.seconds += 3600
    return ids
