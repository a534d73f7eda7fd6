"""An example of every operation, made from the table of the service's documents under the names they use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sixtyfour_async.operations import REGISTRY, Operation, Upload
from tests.contract.table import Entry, Field

SHORT: Mapping[str, Any] = {
    "any": {"free": [1]},
    "array": ["one"],
    "boolean": True,
    "file": Upload(b"name\nAda\n", "people.csv"),
    "object": {"name": "Ada Example"},
    "string": "text",
}

LEAD = {"name": "Ada Example", "email": "ada@acme.example", "phone": "+1 555-0100"}
GRAPH: Mapping[str, Any] = {
    "blocks": [{"block_id": "b1", "sequence_number": 1, "block_type": "io", "block_name": "webhook", "specs": {}}]
}

BY_NAME: Mapping[str, Any] = {
    "lead": LEAD,
    "leads": [LEAD],
    "struct": {"title": "Job title"},
    "lead_struct": {"title": {"description": "Job title", "type": "str"}},
    "qualification_criteria": [{"criteria_name": "size", "description": "Big", "weight": 2.0, "threshold": 0.5}],
    "references": [{"url": "https://acme.example", "description": "Site"}],
    "webhook_url": "https://example.com/hook",
    "existing_struct": [{"name": "title", "description": "Job title", "type": "enum", "options": ["CEO"]}],
    "workflow_definition": GRAPH,
    "cron_expression": "0 7 * * 1",
    "source": {"type": "entity_ids", "entity_ids": ["ada-example"]},
    "result_formats": ["csv", "ndjson"],
    "webhook_payload": [{"company_name": "Acme"}],
    "messages": [{"role": "user"}],
    "columns": ["name"],
    "persist_history": True,
    "from_offset": 0,
    "timezone": "Europe/Berlin",
    "from": "2026-06-01T00:00:00Z",
    "to": "2026-06-10T00:00:00Z",
    "jwks_uri": "https://acme.example/jwks.json",
    "scope": "full_access",
    "enrichment_type": "phone",
}
"""Values that a route wants in a certain form."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "search-query": ("simple_filters",),
    "search-export": ("search_id",),
    "lookalike": ("linkedin_urls",),
    "exclusion-list-create": ("name",),
    "schedules-disable-bound": ("created_by",),
    "workflow-cancel": ("job_id",),
}
"""Fields of which a route wants one, or that are required by this package on purpose."""

APART: Mapping[str, tuple[str, ...]] = {
    "deep-search": ("exclude_public_ids",),
    "search-query": ("exclude_public_ids", "filters", "parsed_query", "search_id", "query", "cursor"),
    "search-export": ("exclude_public_ids",),
    "filter-search": ("cursor",),
    "lookalike": ("csv_resource_handle_id",),
    "schedules-disable-bound": ("api_key_id",),
}
"""Fields that do not go together with another one."""

CONFIG: Mapping[str, Mapping[str, str]] = {
    "bulk-people-intelligence": {
        "struct": "object",
        "research_plan": "string",
        "tier": "low|micro|medium|high|xhigh|scout",
        "webhook_url": "string[1..2083]",
        "field_confidence": "boolean",
        "columns": "array",
        "result_formats": "array",
        "save_json": "boolean",
    },
    "bulk-company-intelligence": {
        "struct*": "object",
        "research_plan": "string",
        "tier": "low|micro|medium|high",
        "webhook_url": "string[1..2083]",
        "field_confidence": "boolean",
        "columns": "array",
        "result_formats": "array",
        "save_json": "boolean",
        "find_people": "boolean",
        "people_focus_prompt": "string",
        "lead_struct": "object",
        "full_org_chart": "boolean",
    },
}
"""What the one text ``config`` may hold: unknown keys are rejected. Source: the vendor's specification."""

ALWAYS_SENT = {"grant_type", "client_assertion_type"}
"""Words of a protocol, which nobody sets."""


def python_name(name: str) -> str:
    """The parameter for a name on the wire."""
    return {"from": "from_", "Idempotency-Key": "idempotency_key"}.get(name, name)


def value_of(field: Field) -> Any:
    """A value that the documents allow."""
    if field.words:
        return field.words[0]
    if field.name in BY_NAME:
        return BY_NAME[field.name]
    return max(1, field.low or 1) if field.kind == "integer" else SHORT[field.kind]


def fields_of(entry: Entry, name: str) -> dict[str, Field]:
    """Everything that can be given, those packed into ``config`` by themselves."""
    found = {one.name: one for one in entry.fields() if one.name not in ALWAYS_SENT}
    found |= {part: Field(part, required=True, kind="string") for part in entry.path_fields}
    if name in CONFIG:
        found.pop("config")
        found |= {one.name: one for one in (Field.parse(*pair) for pair in CONFIG[name].items())}
    return found


def minimal(entry: Entry, name: str) -> dict[str, Any]:
    """What must be given, and no more."""
    fields = fields_of(entry, name).values()
    return {python_name(one.name): value_of(one) for one in fields if one.required or one.name in NEEDED.get(name, ())}


def full(entry: Entry, name: str) -> dict[str, Any]:
    """Everything that can be given at once."""
    fields = fields_of(entry, name).values()
    return {python_name(one.name): value_of(one) for one in fields if one.name not in APART.get(name, ())}


def make(name: str, fields: Mapping[str, Any]) -> Operation[Any]:
    """The operation of that name."""
    operation: Any = REGISTRY[name]
    made: Operation[Any] = operation(**fields)
    return made
