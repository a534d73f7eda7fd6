"""The enrichment routes: job operations, synchronous and asynchronous, and the status of their jobs."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.error_responses import error_response, group_error
from sixtyfour_async.simulator.base.seeded_random import identifier
from sixtyfour_async.simulator.knowledge.answers import ANSWERS
from sixtyfour_async.simulator.knowledge.operations import BY_KIND, COST_UNITS, Operation, subject_of, tier_of
from sixtyfour_async.simulator.knowledge.pricing import amount_field
from sixtyfour_async.simulator.knowledge.runtimes import bulk_seconds
from sixtyfour_async.simulator.routes import bulk_files
from sixtyfour_async.simulator.routes.calls import About, Call, Reply, RowsOf
from sixtyfour_async.simulator.state.faults import UNKNOWN_STATUS
from sixtyfour_async.simulator.state.service import BULK, Service
from sixtyfour_async.simulator.state.work import Job, Run, Work, WorkRequest

FAILURE = "Enrichment failed: upstream provider error"
_WITH_COST = frozenset({"find_email", "find_phone", "reverse_email", "reverse_phone"})


def start(operation: Operation, service: Service, call: Call, *, bulk: bool = False) -> Reply:
    """Handle an ``-async`` route: accept the work."""
    job = _submit(operation, service, call, bulk=bulk)
    finished = None if job.failed else functools.partial(result_of, service.settings.seed, job, "cents")
    started = {"task_id": job.id, "status": operation.started_status}
    return Reply(started, about=About("submit", job, finished=finished))


def run(operation: Operation, service: Service, call: Call, *, bulk: bool = False) -> Reply:
    """Handle a synchronous route: answer with the result, or an array of them, when the work is done."""
    job = _submit(operation, service, call, bulk=bulk)

    def finish(_: float) -> Reply:
        if job.failed:
            raise error_response(500, "An unexpected error occurred")
        result = result_of(service.settings.seed, job, "cents")
        return Reply(result, about=About("direct", job, _rows_of(service.settings.seed, job, "cents")))

    return Reply(wait_until=job.ends_at, finish=finish)


def _submit(operation: Operation, service: Service, call: Call, *, bulk: bool) -> Job:
    request = _bulk_work_request(operation, service, call) if bulk else _work_request(operation, service, call)
    if not call.path.endswith("-async"):  # documented, and without an effect
        body = {name: value for name, value in request.body.items() if name != "webhook_url"}
        request = dataclasses.replace(request, body=body)
    return service.accept(Job, request, call.now, call.draw_faults)


def _work_request(operation: Operation, service: Service, call: Call) -> WorkRequest:
    body = call.body(operation.fields)
    if not body[operation.subject_key]:
        raise group_error(400, "Bad Request", operation.empty_message, "enrichment")
    if operation.kind == "qa_agent" and not body["qualification_criteria"]:
        text = "Missing required field: qualification_criteria"
        raise group_error(400, "Bad Request", text, "enrichment")
    if operation.tier_noun:
        service.require_tier(operation.tier_noun, tier_of(body))
    given = _given(body)
    subject = subject_of(body[operation.subject_key])
    runtime = service.runtime(operation.runtime_key(body), operation.kind, subject)
    return WorkRequest(operation.kind, subject, given, operation.price(body), runtime)


def _bulk_work_request(operation: Operation, service: Service, call: Call) -> WorkRequest:
    body = _given(call.body(operation.bulk_fields))
    if not body["leads"]:
        raise group_error(400, "Bad Request", operation.empty_message, "enrichment")
    kind = f"{operation.kind}_bulk"
    subject = f"{len(body['leads'])} leads"
    one = service.runtime(operation.kind, kind, service.accepted)
    price = operation.bulk_price(body)
    return WorkRequest(kind, subject, body, price, bulk_seconds(one, len(body["leads"])))


def _given(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if value is not None}


def result_of(seed: int, job: Job, units: str) -> Any:
    """Return the result of a finished job; that of a bulk job is an array in the order of its leads."""
    if job.leads is None:
        answer = ANSWERS[job.kind](seed, job.body)
        return {**answer, **amount_field("cost", job.charge, units)} if job.kind in _WITH_COST else answer
    operation = BY_KIND[job.kind.removesuffix("_bulk")]
    factor = _charged_factor(job, operation)
    return [_row(seed, operation, {**job.body, "lead": lead}, units, factor) for lead in job.leads]


def _rows_of(seed: int, job: Job, units: str) -> RowsOf | None:
    """Return the leads of a bulk job, None of any other."""
    if job.leads is None:
        return None
    operation = BY_KIND[job.kind.removesuffix("_bulk")]
    factor = _charged_factor(job, operation)
    return RowsOf(job.leads, lambda lead: _row(seed, operation, {**job.body, "lead": lead}, units, factor))


def _charged_factor(job: Job, operation: Operation) -> int:
    """Return what a bulk job is charged, as a multiple of its price."""
    return job.charge // (operation.bulk_price(job.body) or 1)


def _row(seed: int, operation: Operation, body: dict[str, Any], units: str, factor: int) -> dict[str, Any]:
    """Return the result for a lead of a bulk job; a lead that cannot be looked up gets an ``error`` (assumed).

    *factor* is what is charged as a multiple of the price.
    """
    if not operation.can_look_up(body["lead"]):
        return {**body["lead"], "error": operation.empty_message, **amount_field("cost", 0, units)}
    return {**ANSWERS[operation.kind](seed, body), **amount_field("cost", operation.price(body) * factor, units)}


def job_status(service: Service, call: Call) -> Reply:
    """Handle ``GET /job-status/{job_id}``. Source: docs.sixtyfour.ai, api-reference job-status."""
    units = call.query_values(COST_UNITS)["cost_units"] or "cents"
    work = _found(service, call.params["job_id"])
    if work is None or call.now < work.visible_at:
        raise error_response(404, "Job not found")
    run_id = "temporal-run-" + identifier("temporal", work.id)
    status_body = {"status": "running", "id": work.id, "run_id": run_id, "start_time": iso(work.submitted_at)}
    if call.draw_drift():
        return Reply({**status_body, "status": UNKNOWN_STATUS})
    about = About("poll", work, _rows_of(service.settings.seed, work, units) if isinstance(work, Job) else None)
    return Reply({**status_body, **_progress_or_end(service, call, work, units)}, about=about)


def _progress_or_end(service: Service, call: Call, work: Job | Run, units: str) -> dict[str, Any]:
    if not work.done(call.now):
        return _progress(work, call.now)
    if work.failed:
        return {"status": "failed", "error": FAILURE}
    if isinstance(work, Run) and work.cancelled_at is not None:
        return {"status": "cancelled"}
    return {
        "status": "completed",
        "close_time": iso(work.ends_at),
        **_result(service, call, work, units),
        **amount_field("charge", work.charge, units),
        "task_type": _task_type(work.kind),
    }


def delivered_job(service: Service, call: Call) -> dict[str, Any]:
    """Return what a webhook delivers about an ended job: what a poll says, without its charge."""
    job = service.jobs[call.params["job_id"]]
    status = job_status(service, dataclasses.replace(call, now=max(call.now, job.visible_at))).body
    told = {name: status[name] for name in ("result", "error") if name in status}
    return {"task_id": job.id, "status": status["status"], "task_type": _task_type(job.kind), **told}


def _found(service: Service, job_id: str) -> Job | Run | None:
    job = service.jobs.get(job_id)
    if job is not None and job.kind.removesuffix("_bulk") in BY_KIND:
        return job
    run = service.runs.get(job_id)
    return run if run is not None and run.kind in BULK else None


def _progress(work: Work, now: float) -> dict[str, Any]:
    """Return the progress of bulk work; single jobs show none."""
    subjects = len(work.subjects)
    if isinstance(work, Job) and work.leads is None:
        return {}
    return {"progress": {"completed": int(subjects * work.progress(now)), "total": subjects}}


def _result(service: Service, call: Call, work: Job | Run, units: str) -> dict[str, Any]:
    if isinstance(work, Run):
        return {"results": bulk_files.results(service, call, work)}
    return {"result": result_of(service.settings.seed, work, units)}


def _task_type(kind: str) -> str:
    return BY_KIND[kind].task_type if kind in BY_KIND else kind
