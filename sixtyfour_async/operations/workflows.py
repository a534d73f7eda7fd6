"""Questions to the workflow routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from sixtyfour_async.models import Cancelled, LiveStatus, ResultFile, RunStarted, Workflow, WorkflowRun
from sixtyfour_async.operations._base import REGISTRY, JobOperation, Operation, Request

ResultFormat = Literal["csv", "json", "ndjson"]


class RunWorkflow(
    Request,
    JobOperation[LiveStatus],
    name="workflow-run",
    job="POST /workflows/run",
    repeat="key",
    repeat_key="idempotency_key",
    look_every=8.0,
    started=RunStarted,
    id_field="job_id",
    tells_charge=False,
    in_query=("workflow_id", "save_json", "result_formats"),
    in_headers={"idempotency_key": "Idempotency-Key"},
):
    """Run a workflow: several minutes and up; its files are then asked for by run id.

    Source: docs.sixtyfour.ai, api-reference/workflow/run-workflow. ``Idempotency-Key`` is named in the text of the
    answer only (``already_started``), not declared on the route.
    """

    workflow_id: str
    webhook_payload: Sequence[Mapping[str, JsonValue]] | Mapping[str, JsonValue] | None = None
    """One row each; the workflow must start with a ``webhook`` block."""
    specs_override: Mapping[str, JsonValue] | None = None
    save_json: bool | None = None
    result_formats: Sequence[ResultFormat] | None = None
    idempotency_key: str | None = None

    def look(self, job_id: str) -> Operation[Any]:
        """Ask how the run is going."""
        return REGISTRY["workflow-live-status"](run_id=job_id)  # type: ignore[call-arg]


class GetLiveStatus(
    Request, Operation[LiveStatus], name="workflow-live-status", http="GET /workflows/runs/{run_id}/live_status"
):
    """Look at a run once. Source: docs.sixtyfour.ai, api-reference/workflow/get-workflow-run-live-status."""

    run_id: str


class ListWorkflows(Request, Operation[list[Workflow]], name="workflows", http="GET /workflows"):
    """List workflows, without their definitions. Source: docs.sixtyfour.ai, api-reference/workflows."""


class ListRuns(Request, Operation[list[WorkflowRun]], name="workflow-runs", http="GET /workflows/runs"):
    """List runs, newest first. Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution."""

    status: Literal["running", "completed", "cancelled", "active"] | None = None
    workflow_id: str | None = None
    limit: Annotated[int, Field(ge=1, le=500)] | None = None
    """The service's default is 100."""


class GetDownloadLinks(
    Request,
    Operation[list[ResultFile]],
    name="workflow-download-links",
    http="GET /workflows/runs/{run_id}/results/download-links",
):
    """Get signed links to a run's files, one per block; see `final_file`. They live 900 seconds.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution.
    """

    run_id: str
    format: ResultFormat | None = None


class CancelRun(
    Request,
    Operation[Cancelled],
    name="workflow-cancel",
    http="POST /workflows/cancel",
    repeat="always",
    in_query=("job_id",),
):
    """Cancel a run; one that has ended answers with the status it has.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution.
    """

    job_id: str
