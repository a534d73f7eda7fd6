"""Workflow blocks: the registry, and the transformation each applies to its rows.

Source of the names: docs.sixtyfour.ai, guides/programmatic-workflows. The JSON Schemas of specs contain what those
pages show. Blocks that would need an external service pass rows through unchanged (assumed).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base.json_values import as_object
from sixtyfour_async.simulator.base.seeded_random import uniform
from sixtyfour_async.simulator.knowledge import answers
from sixtyfour_async.simulator.knowledge.companies import find_company
from sixtyfour_async.simulator.knowledge.people import first_text, invent_person

JSON = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]
Transform = Callable[[int, Mapping[str, Any], Rows], list[JSON]]
_MULTILINE_NOTES_PROBABILITY = 0.3
"""Probability that the notes of a row contain a line break."""
_COMPANY_STRUCT: JSON = {
    "headquarters": "City and country of the head office",
    "founded": {"description": "Year of founding", "type": "int"},
    "employees": {"description": "Number of employees", "type": "int"},
    "industry": "Industry",
}
_OBJECT: JSON = {"type": "object"}
_STRING: JSON = {"type": "string"}
_FRAME: JSON = {"type": "string", "enum": ["LEAD", "COMPANY"]}


@dataclass(frozen=True, slots=True)
class Block:
    """A registered block. ``row_kind``: LEAD or COMPANY, or "" for the kind of its input."""

    name: str
    category: str
    row_kind: str
    properties: Mapping[str, JSON]
    transform: Transform
    required: tuple[str, ...] = ()

    @property
    def schema(self) -> JSON:
        """JSON Schema of the specs."""
        return {"type": "object", "properties": dict(self.properties), "required": list(self.required)}


def _pass(_seed: int, _specs: Mapping[str, Any], rows: Rows) -> list[JSON]:
    return [dict(row) for row in rows]


def _each(transform: Callable[[int, Mapping[str, Any], JSON], JSON]) -> Transform:
    return lambda seed, specs, rows: [transform(seed, specs, dict(row)) for row in rows]


def _selected_columns(specs: Mapping[str, Any], row: JSON) -> JSON:
    """Return the columns that the block is configured to read."""
    columns: Sequence[str] | None = specs.get("columns")
    return row if columns is None else {name: row[name] for name in columns if name in row}


def _with_confidence(seed: int, specs: Mapping[str, Any], struct: Mapping[str, Any], data: JSON) -> JSON:
    """Add ``field_confidence`` if the specs request it."""
    if not specs.get("field_confidence"):
        return data
    return {**data, "field_confidence": answers.confidences(seed, {name: data[name] for name in struct})}


def _company(seed: int, specs: Mapping[str, Any], row: JSON) -> JSON:
    """Enrich a company; with ``return_fields``, a row of an unknown company passes unchanged."""
    target = _selected_columns(specs, row)
    struct = specs.get("return_fields")
    if struct and find_company(target) is None:
        return row
    data = answers.company_data(seed, {**specs, "target_company": target, "struct": struct or _COMPANY_STRUCT})
    if struct:
        return {**row, **_with_confidence(seed, specs, struct, data)}
    notes = answers.company_answer(seed, {"target_company": target, "struct": {}})["notes"]
    return {**row, **data, "notes": _notes(seed, row, notes)}


def _notes(seed: int, row: JSON, notes: str) -> str:
    several_lines = uniform(seed, "notes", sorted(map(str, row.items()))) < _MULTILINE_NOTES_PROBABILITY
    return notes.replace(". ", '.\nThe site says "about us". ', 1) if several_lines else notes


def _lead(seed: int, specs: Mapping[str, Any], row: JSON) -> JSON:
    """Enrich a person; a row that identifies nobody passes unchanged."""
    lead = _selected_columns(specs, row)
    if not answers.person_is_named(lead):
        return row
    struct = specs.get("return_fields") or {"title": "Job title"}
    data = answers.people_data(seed, {"lead_info": lead, "struct": struct})
    return {**row, **_with_confidence(seed, specs, struct, data)}


def _email(seed: int, specs: Mapping[str, Any], row: JSON) -> JSON:
    mode = str(specs.get("mode") or "").upper()
    answer = answers.email_answer(seed, {"lead": row, "mode": mode})
    address, status, _ = answer["personal_email" if mode == "PERSONAL" else "email"][0]
    return {**row, "email": address, "email_status": status}


def _phone(seed: int, _specs: Mapping[str, Any], row: JSON) -> JSON:
    found = answers.phone_answer(seed, {"lead": row})["phone"]
    return {**row, "phone": found[0]["number"] if found else ""}


def _reverse(seed: int, _specs: Mapping[str, Any], row: JSON) -> JSON:
    return answers.reverse_answer(seed, {"lead": row})


def _people_of(seed: int, _specs: Mapping[str, Any], rows: Rows) -> list[JSON]:
    people = [invent_person(seed, {"position": 0}, first_text(row, "company_name", "company", "name")) for row in rows]
    return [{"name": who.name, "company": who.company, "title": who.title} for who in people]


def _companies_of(_seed: int, _specs: Mapping[str, Any], rows: Rows) -> list[JSON]:
    names = dict.fromkeys(first_text(row, "company", "company_name") for row in rows)
    return [{"company_name": name} for name in names if name]


def _deduplicate(_seed: int, _specs: Mapping[str, Any], rows: Rows) -> list[JSON]:
    return [dict(row) for row in {tuple(map(str, row.items())): row for row in rows}.values()]


def _remove(_seed: int, specs: Mapping[str, Any], rows: Rows) -> list[JSON]:
    removed: Sequence[str] = specs.get("columns") or []
    return [{name: value for name, value in row.items() if name not in removed} for row in rows]


def _present(value: Any) -> bool:
    return value is not None and value != ""


def _always_true(_mine: Any, _value: Any) -> bool:
    return True


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": lambda actual, value: str(actual) == str(value),
    "not_equals": lambda actual, value: str(actual) != str(value),
    "contains": lambda actual, value: str(value).casefold() in str(actual).casefold(),
    "not_contains": lambda actual, value: str(value).casefold() not in str(actual).casefold(),
    "greater": lambda actual, value: _number(actual) > _number(value),
    "less": lambda actual, value: _number(actual) < _number(value),
    "in": lambda actual, value: actual in value,
    "not_in": lambda actual, value: actual not in value,
    "is_empty": lambda actual, _: not _present(actual),
    "is_not_empty": lambda actual, _: _present(actual),
}


def _filter(_seed: int, specs: Mapping[str, Any], rows: Rows) -> list[JSON]:
    """Keep the rows that match all filters; an unknown operator matches everything."""
    tests = [test for entry in specs.get("filters") or () if (test := as_object(entry)) is not None]

    def passes(row: Mapping[str, Any]) -> bool:
        good = (_TESTS.get(test.get("operator", ""), _always_true) for test in tests)
        return all(
            test_value(row.get(test.get("column", "")), test.get("value"))
            for test_value, test in zip(good, tests, strict=True)
        )

    return [dict(row) for row in rows if passes(row)]


def _mark_delivered(_seed: int, _specs: Mapping[str, Any], rows: Rows) -> list[JSON]:
    return [{**row, "webhook_status": "delivered"} for row in rows]


_RETURN: Mapping[str, JSON] = {"return_fields": _OBJECT, "tier": _STRING}
_FILTERS: Mapping[str, JSON] = {"filters": {"type": "array", "items": _OBJECT}}
_PASS_THROUGH = {
    "io": ("read_notebook", "hubspot_import", "yc_batches", "yc_companies"),
    "discovery": ("github_find_people", "google_maps_search"),
    "web": ("scrape_web", "backlinks_referring_domains", "find_subdomains"),
    "social": ("x_search", "tiktok_get_following", "kaggle_leaderboard"),
    "ai": ("llm_openai", "qa_agent", "research_agent", "transform_data"),
    "data": ("deduplicate_wrt_notebook", "group_by"),
    "enrichment": ("verify_email",),
    "output": ("append_to_notebook", "send_slack_message"),
}


@functools.cache
def registered_blocks() -> Mapping[str, Block]:
    """Return all blocks, keyed by name."""
    own = (
        Block(
            "webhook",
            "io",
            "",
            {"input_schema": _OBJECT, "webhook_input": _STRING, "dataframe_type": _FRAME},
            _pass,
            ("dataframe_type",),
        ),
        Block("read_csv", "io", "", {"resource_handle_id": _STRING, "dataframe_type": _FRAME}, _pass),
        Block(
            "search", "io", "", {"query": _STRING, "dataframe_type": _FRAME, "max_results": {"type": "integer"}}, _pass
        ),
        Block("lead_enrichment", "enrichment", "LEAD", _RETURN, _each(_lead)),
        Block("enrich_lead", "enrichment", "LEAD", _RETURN, _each(_lead)),
        Block("company_enrichment", "enrichment", "COMPANY", _RETURN, _each(_company)),
        Block("enrich_company", "enrichment", "COMPANY", {**_RETURN, "company_field": _STRING}, _each(_company)),
        Block("find_email", "enrichment", "LEAD", {"mode": _STRING}, _each(_email)),
        Block("find_phone", "enrichment", "LEAD", {}, _each(_phone)),
        Block("reverse_email", "enrichment", "LEAD", {}, _each(_reverse)),
        Block("reverse_phone", "enrichment", "LEAD", {}, _each(_reverse)),
        Block("company_to_leads", "enrichment", "LEAD", {}, _people_of),
        Block("leads_to_company", "enrichment", "COMPANY", {}, _companies_of),
        Block("deduplicate", "data", "", {}, _deduplicate),
        Block("filter", "data", "", _FILTERS, _filter),
        Block("remove_columns", "data", "", {"columns": {"type": "array", "items": _STRING}}, _remove),
        Block(
            "outgoing_webhook",
            "output",
            "",
            {"url": _STRING, "timeout_seconds": {"type": "number"}},
            _mark_delivered,
            ("url",),
        ),
    )
    others = (Block(name, category, "", {}, _pass) for category, names in _PASS_THROUGH.items() for name in names)
    return {block.name: block for block in (*own, *others)}
