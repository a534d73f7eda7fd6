"""The enrichment routes: the operations of the table, and the status of their jobs."""

from __future__ import annotations

from typing import Any

from sixtyfour_async.simulator.base.chance import identifier
from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.refusal import detail, general
from sixtyfour_async.simulator.knowledge.answers import ANSWERS
from sixtyfour_async.simulator.knowledge.money import shown
from sixtyfour_async.simulator.knowledge.operations import BY_KIND, COST_UNITS, Operation, subject_of, tier_of
from sixtyfour_async.simulator.knowledge.runtimes import bulk_seconds
from sixtyfour_async.simulator.routes import bulk_files
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.state.faults import DRIFTED
from sixtyfour_async.simulator.state.work import Job, Order, Run, Work
from sixtyfour_async.simulator.state.world import BULK, World

FAILURE = "Enrichment failed: upstream provider error"
_WITH_COST = frozenset({"find_email", "find_phone", "reverse_email", "reverse_phone"})


def start(operation: Operation, world: World, call: Call, *, bulk: bool = False) -> Reply:
    """Answer an ``-async`` route: the work is accepted."""
    job = _submit(operation, world, call, bulk=bulk)
    return Reply({"task_id": job.id, "status": operation.started})


def run(operation: Operation, world: World, call: Call, *, bulk: bool = False) -> Reply:
    """Answer a synchronous route when the work is done: the result, of a bulk request an array of them."""
    job = _submit(operation, world, call, bulk=bulk)

    def finish(_: float) -> Reply:
        if job.failed:
            raise detail(500, "An unexpected error occurred")
        return Reply(result_of(world.settings.seed, job, "cents"))

    return Reply(wait_until=job.ends_at, finish=finish)


def _submit(operation: Operation, world: World, call: Call, *, bulk: bool) -> Job:
    order = _bulk_order(operation, world, call) if bulk else _order(operation, world, call)
    return world.accept(Job, order, call.now, call.fate)


def _order(operation: Operation, world: World, call: Call) -> Order:
    body = call.body(operation.fields)
    if not body[operation.subject_key]:
        raise general(400, "Bad Request", operation.empty, "enrichment")
    if operation.kind == "qa_agent" and not body["qualification_criteria"]:
        text = "Missing required field: qualification_criteria"
        raise general(400, "Bad Request", text, "enrichment")
    if operation.tier_noun:
        world.allow_tier(operation.tier_noun, tier_of(body))
    kept = _given(body)
    subject = subject_of(body[operation.subject_key])
    runtime = world.runtime(operation.runtime_key(body), operation.kind, subject)
    return Order(operation.kind, subject, kept, operation.price(body), runtime)


def _bulk_order(operation: Operation, world: World, call: Call) -> Order:
    body = _given(call.body(operation.bulk_fields))
    if not body["leads"]:
        raise general(400, "Bad Request", operation.empty, "enrichment")
    kind = f"{operation.kind}_bulk"
    subject = f"{len(body['leads'])} leads"
    one = world.runtime(operation.kind, kind, world.accepted)
    price = operation.bulk_price(body)
    return Order(kind, subject, body, price, bulk_seconds(one, len(body["leads"])))


def _given(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if value is not None}


def result_of(seed: int, job: Job, units: str) -> Any:
    """Give the result of a finished job: a bulk one's is an array in the order of its leads."""
    if job.leads is None:
        answer = ANSWERS[job.kind](seed, job.body)
        return {**answer, **shown("cost", job.charge, units)} if job.kind in _WITH_COST else answer
    operation = BY_KIND[job.kind.removesuffix("_bulk")]
    return [_row(seed, operation, {**job.body, "lead": lead}, units) for lead in job.leads]


def _row(seed: int, operation: Operation, body: dict[str, Any], units: str) -> dict[str, Any]:
    """Answer one lead; one that cannot be looked up says so in ``error`` and leaves the others alone (assumed)."""
    if not operation.usable(body["lead"]):
        return {**body["lead"], "error": operation.empty, **shown("cost", 0, units)}
    return {**ANSWERS[operation.kind](seed, body), **shown("cost", operation.price(body), units)}


def job_status(world: World, call: Call) -> Reply:
    """Answer ``GET /job-status/{job_id}`` (docs.sixtyfour.ai, api-reference job-status)."""
    units = call.queried(COST_UNITS)["cost_units"] or "cents"
    work = _found(world, call.params["job_id"])
    if work is None or call.now < work.visible_at:
        raise detail(404, "Job not found")
    run_id = "temporal-run-" + identifier("temporal", work.id)
    told = {"status": "running", "id": work.id, "run_id": run_id, "start_time": iso(work.submitted_at)}
    if call.drifted():
        return Reply({**told, "status": DRIFTED})
    if not work.done(call.now):
        return Reply({**told, **_progress(work, call.now)})
    if work.failed:
        return Reply({**told, "status": "failed", "error": FAILURE})
    if isinstance(work, Run) and work.cancelled_at is not None:
        return Reply({**told, "status": "cancelled"})
    return Reply(
        {
            **told,
            "status": "completed",
            "close_time": iso(work.ends_at),
            **_result(world, call, work, units),
            **shown("charge", work.charge, units),
            "task_type": _task_type(work.kind),
        }
    )


def _found(world: World, job_id: str) -> Job | Run | None:
    job = world.jobs.get(job_id)
    if job is not None and job.kind.removesuffix("_bulk") in BY_KIND:
        return job
    run = world.runs.get(job_id)
    return run if run is not None and run.kind in BULK else None


def _progress(work: Work, now: float) -> dict[str, Any]:
    """Say how far bulk work is; single jobs say nothing of the kind."""
    subjects = len(work.subjects)
    if isinstance(work, Job) and work.leads is None:
        return {}
    return {"progress": {"completed": int(subjects * work.share(now)), "total": subjects}}


def _result(world: World, call: Call, work: Job | Run, units: str) -> dict[str, Any]:
    if isinstance(work, Run):
        return {"results": bulk_files.results(world, call, work)}
    return {"result": result_of(world.settings.seed, work, units)}


def _task_type(kind: str) -> str:
    return BY_KIND[kind].task_type if kind in BY_KIND else kind
