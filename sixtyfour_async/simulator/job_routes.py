"""The enrichment routes: the operations of the table, and the status of their jobs."""

from __future__ import annotations

from typing import Any

from sixtyfour_async.simulator.answers import ANSWERS
from sixtyfour_async.simulator.calls import Call, Reply
from sixtyfour_async.simulator.chance import identifier
from sixtyfour_async.simulator.clock import iso
from sixtyfour_async.simulator.faults import DRIFTED
from sixtyfour_async.simulator.money import CENTS_PER_CREDIT
from sixtyfour_async.simulator.operations import BY_KIND, Operation, tier_of
from sixtyfour_async.simulator.refusal import detail, general
from sixtyfour_async.simulator.validation import Field
from sixtyfour_async.simulator.world import Job, World

FAILURE = "Enrichment failed: upstream provider error"
_COST_UNITS = (Field("cost_units", "string", nullable=False, choices=("cents", "credits")),)
_WITH_COST = frozenset({"find_email", "find_phone", "reverse_email", "reverse_phone"})


def start(operation: Operation, world: World, call: Call) -> Reply:
    """Answer an ``-async`` route: the work is accepted."""
    job = _submit(operation, world, call)
    return Reply({"task_id": job.id, "status": operation.started})


def run(operation: Operation, world: World, call: Call) -> Reply:
    """Answer a synchronous route: the result, when the work is done."""
    job = _submit(operation, world, call)

    def finish(_: float) -> Reply:
        if job.failed:
            raise detail(500, "An unexpected error occurred")
        return Reply(result_of(world.settings.seed, job, "cents"))

    return Reply(wait_until=job.ends_at, finish=finish)


def _submit(operation: Operation, world: World, call: Call) -> Job:
    body = call.body(operation.fields)
    if not body[operation.subject_key]:
        raise general(400, "Bad Request", operation.empty, "enrichment")
    if operation.kind == "qa_agent" and not body["qualification_criteria"]:
        text = "Missing required field: qualification_criteria"
        raise general(400, "Bad Request", text, "enrichment")
    tier = tier_of(body)
    if operation.tier_noun and tier not in world.settings.enabled_tiers:
        noun = operation.tier_noun
        text = (
            f"{tier.capitalize()} tier {noun} enrichment is not enabled for this org. Contact sales to request access."
        )
        raise detail(403, text)
    kept = {key: value for key, value in body.items() if value is not None}
    return world.submit(operation, kept, call.now, call.fate)


def result_of(seed: int, job: Job, units: str) -> dict[str, Any]:
    """Give the result of a finished job."""
    answer = ANSWERS[job.kind](seed, job.body)
    return {**answer, **_cost("cost", job.charge, units)} if job.kind in _WITH_COST else answer


def _cost(name: str, cents: int, units: str) -> dict[str, Any]:
    if units == "credits":
        return {f"{name}_credits": cents / CENTS_PER_CREDIT}
    return {"charge_amount" if name == "charge" else "cost_cents": cents}


def job_status(world: World, call: Call) -> Reply:
    """Answer ``GET /job-status/{job_id}`` (docs.sixtyfour.ai, api-reference job-status)."""
    units = call.queried(_COST_UNITS)["cost_units"] or "cents"
    job = world.jobs.get(call.params["job_id"])
    if job is None or call.now < job.visible_at:
        raise detail(404, "Job not found")
    run_id = "temporal-run-" + identifier("temporal", job.id)
    shown = {"status": "running", "id": job.id, "run_id": run_id, "start_time": iso(job.submitted_at)}
    if call.drifted():
        return Reply({**shown, "status": DRIFTED})
    if not job.done(call.now):
        return Reply(shown)
    if job.failed:
        return Reply({**shown, "status": "failed", "error": FAILURE})
    return Reply(
        {
            **shown,
            "status": "completed",
            "close_time": iso(job.ends_at),
            "result": result_of(world.settings.seed, job, units),
            **_cost("charge", job.charge, units),
            "task_type": BY_KIND[job.kind].task_type,
        }
    )


def check_balance(world: World, _: Call) -> Reply:
    """Answer ``GET /check-balance``."""
    return Reply({"credits": world.credits()})
