"""Workflow definitions: packaged ones, those stored by users, their validation and their execution order.

A definition is ``{"blocks": […], "edges": […]}``. Execution follows the edges, whatever the order of the blocks
(Source: docs.sixtyfour.ai, guides/programmatic-workflows).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from sixtyfour_async.simulator.base.json_values import as_array, as_object
from sixtyfour_async.simulator.base.seeded_random import identifier
from sixtyfour_async.simulator.base.validation import Field, Loc, Problem, problem, validate
from sixtyfour_async.simulator.knowledge.blocks import registered_blocks
from sixtyfour_async.simulator.state.records import Records

JSON = dict[str, Any]
Workflow = Mapping[str, Any]
_EPOCH = "2026-01-05T09:00:00Z"
_BLOCK = (
    Field("sequence_number", "integer", required=True),
    Field("block_type", "string", required=True),
    Field("block_name", "string", required=True),
    Field("specs", "object", required=True),
    Field("block_id", "string"),
)
_EDGE = (
    Field("from_block_id", "string", required=True),
    Field("to_block_id", "string", required=True),
    Field("condition", "string"),
)
_GRAPH = (
    Field("blocks", "array", required=True, items=_BLOCK, min_length=1),
    Field("edges", "array", required=True, items=_EDGE),
)


def linear_definition(workflow_id: str, blocks: Sequence[tuple[str, JSON]]) -> JSON:
    """Return the definition of a linear workflow from the names and specs of its blocks."""
    ids = [f"{workflow_id[:-4]}{at + 1:04d}" for at in range(len(blocks))]
    return {
        "blocks": [
            {
                "block_id": ids[at],
                "sequence_number": at + 1,
                "block_type": registered_blocks()[name].category,
                "block_name": name,
                "specs": specs,
            }
            for at, (name, specs) in enumerate(blocks)
        ],
        "edges": [
            {"from_block_id": one, "to_block_id": other, "condition": None} for one, other in itertools.pairwise(ids)
        ],
    }


def _packaged(number: int, name: str, description: str, *blocks: tuple[str, JSON]) -> Workflow:
    workflow_id = f"7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d{number:04d}"
    return workflow_record(workflow_id, name, description, linear_definition(workflow_id, blocks), _EPOCH)


def workflow_record(workflow_id: str, name: str, description: str, definition: Mapping[str, Any], at: str) -> JSON:
    """Return a new workflow record."""
    return {
        "id": workflow_id,
        "name": name,
        "description": description,
        "status": "ready",
        "step": "completed",
        "created_at": at,
        "updated_at": at,
        "last_run_date": None,
        "starred": False,
        "locked": False,
        "workflow_definition": definition,
    }


PACKAGED: tuple[Workflow, ...] = (
    _packaged(
        1,
        "Company facts",
        "Adds head office, founding year, head count and industry to a list of companies.",
        ("webhook", {"input_schema": {"company_name": "string"}, "dataframe_type": "COMPANY"}),
        ("company_enrichment", {}),
        ("deduplicate", {}),
    ),
    _packaged(
        2,
        "Lead e-mails",
        "Adds a title and a work e-mail to a list of people.",
        ("webhook", {"input_schema": {"name": "string", "company": "string"}, "dataframe_type": "LEAD"}),
        ("lead_enrichment", {}),
        ("find_email", {}),
    ),
    _packaged(
        3,
        "Companies from a file",
        "As Company facts, from an uploaded CSV.",
        ("read_csv", {"dataframe_type": "COMPANY"}),
        ("company_enrichment", {}),
    ),
)
KIND = "workflow"


def find_workflow(records: Records, workflow_id: str) -> Workflow | None:
    """Return a workflow, or None if it is unknown or was deleted."""
    packaged = next((workflow for workflow in PACKAGED if workflow["id"] == workflow_id), None)
    stored = records.get(KIND, workflow_id) or packaged
    return None if stored is None or stored.get("deleted") else stored


def all_workflows(records: Records) -> list[Workflow]:
    """Return all workflows, packaged ones first."""
    ids = [workflow["id"] for workflow in (*PACKAGED, *records.all(KIND))]
    found = (find_workflow(records, workflow_id) for workflow_id in dict.fromkeys(ids))
    return [workflow for workflow in found if workflow is not None]


def definition_problems(definition: Any, loc: Loc) -> list[Problem]:
    """Validate a definition: it needs blocks, all registered, and no cycles."""
    graph = as_object(definition)
    if graph is None:
        return [problem("dict_type", loc, "Input should be a valid dictionary", definition)]
    problems = validate(_GRAPH, graph, loc)[1]
    if problems:
        return problems
    unknown = [
        problem("value_error", (*loc, "blocks", at, "block_name"), f"Unknown block: {block['block_name']}", block)
        for at, block in enumerate(graph["blocks"])
        if block["block_name"] not in registered_blocks()
    ]
    if not unknown and not _topological_order(graph):
        return [problem("value_error", (*loc, "edges"), "Value error, the graph must not have cycles", graph["edges"])]
    return unknown


def with_block_ids(records: Records, definition: Mapping[str, Any]) -> JSON:
    """Return the definition with a UUID for each block; other ids are replaced, in the edges too."""
    names = {
        str(block.get("block_id") or at): block.get("block_id")
        if _is_uuid(block.get("block_id"))
        else identifier(records.new_id(KIND), at)
        for at, block in enumerate(definition["blocks"])
    }
    blocks = [
        {**block, "block_id": names[str(block.get("block_id") or at)]} for at, block in enumerate(definition["blocks"])
    ]
    ends = ("from_block_id", "to_block_id")
    edges = [{**edge, **{end: names.get(edge[end], edge[end]) for end in ends}} for edge in definition["edges"]]
    return {**definition, "blocks": blocks, "edges": edges}


def _is_uuid(text: Any) -> bool:
    return isinstance(text, str) and [len(part) for part in text.split("-")] == [8, 4, 4, 4, 12]


def _topological_order(graph: Mapping[str, Any]) -> list[str]:
    """Return the block ids ordered by edges, then by sequence number; [] if there is a cycle."""
    blocks: list[JSON] = graph["blocks"]
    numbers = sorted(range(len(blocks)), key=lambda at: int(blocks[at]["sequence_number"]))
    before: dict[str, list[str]] = {str(blocks[at].get("block_id") or at): [] for at in numbers}
    for edge in graph["edges"]:
        before.setdefault(edge["to_block_id"], []).append(edge["from_block_id"])
    try:
        return list(TopologicalSorter(before).static_order())
    except CycleError:
        return []


def blocks_in_order(workflow: Workflow) -> list[JSON]:
    """Return the blocks of a workflow in execution order."""
    graph = workflow["workflow_definition"]
    by_id = {str(block["block_id"]): block for block in graph["blocks"]}
    return [by_id[block_id] for block_id in _topological_order(graph) if block_id in by_id]


def required_columns(source: Mapping[str, Any]) -> list[str]:
    """Return the columns that a webhook block requires: those of its ``input_schema`` that are not optional."""
    schema: Mapping[str, Any] = source["specs"].get("input_schema") or {}
    return [name for name, about in schema.items() if (as_object(about) or {}).get("required") is not False]


def payload_rows(value: Any) -> list[JSON] | None:
    """Return the rows of a ``webhook_payload``, a record or a list of records, or None if it is neither."""
    entries = as_array(value)
    rows = [as_object(entry) for entry in ([value] if entries is None else entries)]
    good = [row for row in rows if row is not None]
    return good if len(good) == len(rows) else None
