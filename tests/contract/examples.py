"""Arguments for an example of every operation, generated from the table of the service's documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sixtyfour_async.operations import REGISTRY, Operation, Upload
from tests.contract.table import Entry, Field

BY_KIND: Mapping[str, Any] = {
    "any": {"free": [1]},
    "array": ["one"],
    "boolean": True,
    "file": Upload(b"name\nAda\n", "people.csv"),
    "object": {"name": "Ada Example"},
    "string": "text",
}

LEAD = {"name": "Ada Example", "email": "ada@acme.example", "phone": "+1 555-0100"}
WORKFLOW: Mapping[str, Any] = {
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
    "workflow_definition": WORKFLOW,
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
"""Field → an example value, for fields whose value has a special form."""

ALSO_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "search-query": ("simple_filters",),
    "search-export": ("search_id",),
    "lookalike": ("linkedin_urls",),
    "exclusion-list-create": ("name",),
    "schedules-disable-bound": ("created_by",),
    "workflow-cancel": ("job_id",),
}
"""Operation → fields that the table calls optional, but one of which the route or this package requires."""

EXCLUDED: Mapping[str, tuple[str, ...]] = {
    "deep-search": ("exclude_public_ids",),
    "search-query": ("exclude_public_ids", "filters", "parsed_query", "search_id", "query", "cursor"),
    "search-export": ("exclude_public_ids",),
    "filter-search": ("cursor",),
    "lookalike": ("csv_resource_handle_id",),
    "schedules-disable-bound": ("api_key_id",),
}
"""Operation → fields that cannot be combined with another field of its full example."""

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
"""Operation → the keys of its form field ``config``, a JSON text. Unknown keys are rejected.

Source: the vendor's specification.
"""

ALWAYS_SENT = {"grant_type", "client_assertion_type"}
"""Fields with a constant value, which the operation adds itself."""


def python_name(name: str) -> str:
    """Return the parameter for a name on the wire."""
    return {"from": "from_", "Idempotency-Key": "idempotency_key"}.get(name, name)


def value_of(field: Field) -> Any:
    """Return a value that the documentation allows."""
    if field.choices:
        return field.choices[0]
    if field.name in BY_NAME:
        return BY_NAME[field.name]
    return max(1, field.low or 1) if field.kind == "integer" else BY_KIND[field.kind]


def fields_of(entry: Entry, name: str) -> dict[str, Field]:
    """Return every field that can be set; the keys of ``config`` are fields of their own."""
    fields = {one.name: one for one in entry.fields() if one.name not in ALWAYS_SENT}
    fields |= {part: Field(part, required=True, kind="string") for part in entry.path_fields}
    if name in CONFIG:
        fields.pop("config")
        fields |= {one.name: one for one in (Field.parse(*pair) for pair in CONFIG[name].items())}
    return fields


def minimal(entry: Entry, name: str) -> dict[str, Any]:
    """Return the required arguments only."""
    fields = fields_of(entry, name).values()
    return {
        python_name(one.name): value_of(one)
        for one in fields
        if one.required or one.name in ALSO_REQUIRED.get(name, ())
    }


def full(entry: Entry, name: str) -> dict[str, Any]:
    """Return every argument that can be set in one call."""
    fields = fields_of(entry, name).values()
    return {python_name(one.name): value_of(one) for one in fields if one.name not in EXCLUDED.get(name, ())}


def make(name: str, fields: Mapping[str, Any]) -> Operation[Any]:
    """Return the operation of that name with these arguments."""
    operation: Any = REGISTRY[name]
    instance: Operation[Any] = operation(**fields)
    return instance
