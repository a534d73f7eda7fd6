"""Status and progress of runs.

Source of the shapes: docs.sixtyfour.ai, api-reference/workflow/{run-workflow, get-workflow-run-live-status} and
api-reference/workflows/workflows-execution.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.knowledge.blocks import registered_blocks
from sixtyfour_async.simulator.state.work import Run

JSON = dict[str, Any]
QUEUED_SECONDS = 2.0
"""Simulated seconds for which a run is queued (assumed)."""
_ENDED = frozenset({"completed", "failed", "cancelled"})


def blocks_done(run: Run, now: float) -> float:
    """Return the number of completed blocks at *now*, plus the fraction of the current one."""
    span = run.planned - QUEUED_SECONDS
    at = min(now, run.ends_at)
    count = len(run.body["blocks"])
    if run.cancelled_at is None and not run.failed and now >= run.ends_at:
        return float(count)
    share = min(max((at - run.submitted_at - QUEUED_SECONDS) / span, 0.0), 0.999) if span > 0 else 0.0
    return count * (min(share, 0.5) if run.failed else share)


def run_status(run: Run, now: float) -> str:
    """Return the status of a run: ``cancelled`` here, while the cancel route answers ``canceled``."""
    if run.cancelled_at is not None:
        return "cancelled"
    if run.done(now):
        return "failed" if run.failed else "completed"
    return "queued" if now < run.submitted_at + QUEUED_SECONDS else "running"


def live_status(run: Run, now: float) -> JSON:
    """Return the live status of a run."""
    status = run_status(run, now)
    done = blocks_done(run, now)
    blocks = [_block_status(run, at, status, done, now) for at in range(len(run.body["blocks"]))]
    current = int(done) if status == "running" else None
    ended = status in _ENDED
    return {
        "run_id": run.id,
        "workflow_id": run.workflow_id,
        "overall_status": status,
        "current_block": None if current is None else blocks[current]["block_name"],
        "current_block_sequence": None if current is None else current + 1,
        "total_blocks": len(blocks),
        "completed_blocks": int(done),
        "started_at": None if status == "queued" else iso(run.submitted_at + QUEUED_SECONDS),
        "completed_at": iso(run.ends_at) if ended else None,
        "last_updated": iso(min(now, run.ends_at) if ended else now),
        "blocks": blocks,
        "overall_progress_percentage": round(100 * done / len(blocks), 1),
        "estimation_blocked_by": None,
    }


def _block_status(run: Run, at: int, status: str, done: float, now: float) -> JSON:
    block = run.body["blocks"][at]
    share = min(max(done - at, 0.0), 1.0)
    word = "completed" if share >= 1 else "pending"
    if at <= done < at + 1 and status in {"running", "failed"}:
        word = status
    count = len(run.body["rows"])
    processed = int(count * share)
    return {
        "block_id": block["block_id"],
        "block_name": block["block_name"],
        "sequence_number": at + 1,
        "status": word,
        "previous_block_ids": [run.body["blocks"][at - 1]["block_id"]] if at else [],
        "started_at": None if word == "pending" else iso(run.submitted_at + QUEUED_SECONDS),
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
            "dataframe_type": _row_kind(run.body["blocks"][: at + 1]),
            "processed_count": processed,
            "total_count": count,
        },
    }


def _row_kind(blocks: Sequence[JSON]) -> str:
    """Return the kind of the rows after *blocks*: that of the last block that sets one."""
    kinds = (
        registered_blocks()[block["block_name"]].row_kind or block["specs"].get("dataframe_type") for block in blocks
    )
    return next((word for word in reversed(list(kinds)) if word), "LEAD")


def run_entry(run: Run, now: float) -> JSON:
    """Return the entry of a run in the list of runs."""
    status = run_status(run, now)
    ended = status in _ENDED
    return {
        "job_id": run.id,
        "workflow_id": run.workflow_id,
        "workflow_name": run.body["name"],
        "status": status,
        "created_at": iso(run.submitted_at),
        "queued_at": iso(run.submitted_at),
        "updated_at": iso(min(now, run.ends_at)),
        "started_at": None if status == "queued" else iso(run.submitted_at + QUEUED_SECONDS),
        "completed_at": iso(run.ends_at) if ended else None,
        "duration_ms": int((run.ends_at - run.submitted_at) * 1000) if ended else None,
        "status_reason": None,
        "error_message": "Workflow block failed" if status == "failed" else None,
        "metrics": {"row_count": len(run.body["rows"])},
        "blocks_count": len(run.body["blocks"]),
    }
