"""The workflows that exist, and what a run of one shows while it goes on.

Shapes: docs.sixtyfour.ai, api-reference/workflow/{run-workflow, get-workflow-run-live-status} and
api-reference/workflows/workflows-execution. The workflows themselves are invented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator import answers
from sixtyfour_async.simulator.chance import unit
from sixtyfour_async.simulator.clock import iso
from sixtyfour_async.simulator.people import person_of
from sixtyfour_async.simulator.world import Run

JSON = dict[str, Any]
QUEUED = 2.0
"""Simulated seconds a run is queued before it starts (assumed)."""
_SEVERAL_LINES = 0.3
"""Share of rows whose notes go over several lines."""
_EPOCH = "2026-01-05T09:00:00Z"
_COMPANY_STRUCT = {
    "headquarters": "City and country of the head office",
    "founded": {"description": "Year of founding", "type": "int"},
    "employees": {"description": "Number of employees", "type": "int"},
    "industry": "Industry",
}


@dataclass(frozen=True, slots=True)
class Block:
    """One step of a workflow: its registered name and what kind of rows it gives."""

    name: str
    category: str
    gives: str


@dataclass(frozen=True, slots=True)
class Workflow:
    """A stored workflow. ``required``: columns its source block insists on."""

    id: str
    name: str
    description: str
    blocks: tuple[Block, ...]
    required: tuple[str, ...]

    @property
    def takes_payload(self) -> bool:
        """Say whether it can be started with a ``webhook_payload``."""
        return self.blocks[0].name == "webhook"


WORKFLOWS: tuple[Workflow, ...] = (
    Workflow(
        "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0001",
        "Company facts",
        "Adds head office, founding year, head count and industry to a list of companies.",
        (
            Block("webhook", "io", "COMPANY"),
            Block("company_enrichment", "enrichment", "COMPANY"),
            Block("deduplicate", "data", "COMPANY"),
        ),
        ("company_name",),
    ),
    Workflow(
        "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0002",
        "Lead e-mails",
        "Adds a title and a work e-mail to a list of people.",
        (
            Block("webhook", "io", "LEAD"),
            Block("lead_enrichment", "enrichment", "LEAD"),
            Block("find_email", "enrichment", "LEAD"),
        ),
        ("name", "company"),
    ),
    Workflow(
        "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0003",
        "Companies from a file",
        "As Company facts, from an uploaded CSV.",
        (Block("read_csv", "io", "COMPANY"), Block("company_enrichment", "enrichment", "COMPANY")),
        (),
    ),
)
_BY_ID = {workflow.id: workflow for workflow in WORKFLOWS}


def find_workflow(workflow_id: str) -> Workflow | None:
    """Give the workflow of that id."""
    return _BY_ID.get(workflow_id)


def listed(workflow: Workflow) -> JSON:
    """Show a workflow as the list does: without its definition."""
    return {
        "id": workflow.id,
        "name": workflow.name,
        "description": workflow.description,
        "status": "ready",
        "step": "completed",
        "created_at": _EPOCH,
        "updated_at": _EPOCH,
        "last_run_date": None,
        "workflow_definition": None,
    }


def blocks_done(run: Run, now: float) -> float:
    """Say how many blocks a run has behind it at *now*, with the fraction of the current one."""
    planned = _planned_end(run)
    span = planned - run.submitted_at - QUEUED
    at = min(now, run.ends_at)
    count = len(_BY_ID[run.workflow_id].blocks)
    if run.cancelled_at is None and not run.failed and now >= run.ends_at:
        return float(count)
    share = min(max((at - run.submitted_at - QUEUED) / span, 0.0), 0.999) if span > 0 else 0.0
    return count * (min(share, 0.5) if run.failed else share)


def _planned_end(run: Run) -> float:
    return run.submitted_at + run.planned


def run_status(run: Run, now: float) -> str:
    """Give the word for a run; the cancel route writes ``canceled``, this one ``cancelled``."""
    if run.cancelled_at is not None:
        return "cancelled"
    if run.done(now):
        return "failed" if run.failed else "completed"
    return "queued" if now < run.submitted_at + QUEUED else "running"


def live_status(run: Run, now: float) -> JSON:
    """Show how far a run is."""
    workflow = _BY_ID[run.workflow_id]
    status = run_status(run, now)
    done = blocks_done(run, now)
    blocks = [_block_status(run, at, status, done, now) for at in range(len(workflow.blocks))]
    current = int(done) if status == "running" else None
    ended = status in {"completed", "failed", "cancelled"}
    return {
        "run_id": run.id,
        "workflow_id": run.workflow_id,
        "overall_status": status,
        "current_block": None if current is None else workflow.blocks[current].name,
        "current_block_sequence": None if current is None else current + 1,
        "total_blocks": len(blocks),
        "completed_blocks": int(done),
        "started_at": None if status == "queued" else iso(run.submitted_at + QUEUED),
        "completed_at": iso(run.ends_at) if ended else None,
        "last_updated": iso(min(now, run.ends_at) if ended else now),
        "blocks": blocks,
        "overall_progress_percentage": round(100 * done / len(blocks), 1),
        "estimation_blocked_by": None,
    }


def _block_status(run: Run, at: int, status: str, done: float, now: float) -> JSON:
    block = _BY_ID[run.workflow_id].blocks[at]
    share = min(max(done - at, 0.0), 1.0)
    word = "completed" if share >= 1 else "pending"
    if at <= done < at + 1 and status in {"running", "failed"}:
        word = status
    count = len(run.body["rows"])
    processed = int(count * share)
    return {
        "block_id": f"{run.workflow_id[:-4]}{at + 1:04d}",
        "block_name": block.name,
        "sequence_number": at + 1,
        "status": word,
        "previous_block_ids": [f"{run.workflow_id[:-4]}{at:04d}"] if at else [],
        "started_at": None if word == "pending" else iso(run.submitted_at + QUEUED),
        "completed_at": iso(min(now, run.ends_at)) if word == "completed" else None,
        "last_updated": iso(min(now, run.ends_at)),
        "progress_percentage": round(100 * share, 1),
        "current_step": None,
        "processed_count": processed,
        "total_count": count,
        "estimated_total_count": count,
        "error_message": "Block failed" if word == "failed" else None,
        "metrics": {
            "row_count": processed,
            "dataframe_type": block.gives,
            "processed_count": processed,
            "total_count": count,
        },
    }


def run_entry(run: Run, now: float) -> JSON:
    """Show a run as the list of runs does."""
    workflow = _BY_ID[run.workflow_id]
    status = run_status(run, now)
    ended = status in {"completed", "failed", "cancelled"}
    started = None if status == "queued" else iso(run.submitted_at + QUEUED)
    return {
        "job_id": run.id,
        "workflow_id": run.workflow_id,
        "workflow_name": workflow.name,
        "status": status,
        "created_at": iso(run.submitted_at),
        "queued_at": iso(run.submitted_at),
        "updated_at": iso(min(now, run.ends_at)),
        "started_at": started,
        "completed_at": iso(run.ends_at) if ended else None,
        "duration_ms": int((run.ends_at - run.submitted_at) * 1000) if ended else None,
        "status_reason": None,
        "error_message": "Workflow block failed" if status == "failed" else None,
        "metrics": {"row_count": len(run.body["rows"])},
        "blocks_count": len(workflow.blocks),
    }


def block_rows(seed: int, run: Run, block_number: int) -> list[JSON]:
    """Give the rows that block *block_number* of a run put out; the first block passes its input on."""
    rows: Sequence[Mapping[str, Any]] = run.body["rows"]
    blocks = _BY_ID[run.workflow_id].blocks[:block_number]
    put_out = [_enriched(seed, row, blocks) for row in rows]
    if blocks[-1].name == "deduplicate":
        return list({tuple(map(str, row.items())): row for row in put_out}.values())
    return put_out


def _enriched(seed: int, row: Mapping[str, Any], blocks: Sequence[Block]) -> JSON:
    enriched = dict(row)
    for block in blocks:
        match block.name:
            case "company_enrichment":
                answer = answers.company_answer(seed, {"target_company": row, "struct": _COMPANY_STRUCT})
                enriched |= {**answer["structured_data"], "notes": _notes(seed, row, answer["notes"])}
            case "lead_enrichment":
                enriched["title"] = person_of(seed, row).title
            case "find_email":
                tuples = answers.email_answer(seed, {"lead": row})["email"]
                enriched |= {"email": tuples[0][0], "email_status": tuples[0][1]}
            case _:
                pass
    return enriched


def _notes(seed: int, row: Mapping[str, Any], notes: str) -> str:
    several_lines = unit(seed, "notes", sorted(map(str, row.items()))) < _SEVERAL_LINES
    return notes.replace(". ", '.\nThe site says "about us". ', 1) if several_lines else notes
