"""Questions to the workflow routes: definitions, runs and their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from sixtyfour_async.models import (
    BlockKind,
    Cancelled,
    LiveStatus,
    ResultFile,
    Rows,
    RunStarted,
    Workflow,
    WorkflowRun,
)
from sixtyfour_async.models._base import json_object
from sixtyfour_async.operations._base import REGISTRY, JobOperation, Operation, Request
from sixtyfour_async.operations._fields import JsonObject

ResultFormat = Literal["csv", "json", "ndjson"]


class Block(BaseModel):
    """One step of a workflow. ``list_blocks`` tells every ``block_name`` with the schema of its ``specs``.

    ``block_type`` is a category by the specification (``io``, ``enrichment``, ``output``) and the name again in older
    examples: left out, the name is sent. Ids that are no UUIDs are replaced by the service.
    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    block_name: str
    sequence_number: int
    block_type: str = ""
    specs: JsonObject = Field(default_factory=dict[str, JsonValue])
    block_id: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, fields: Any) -> Any:
        found = json_object(fields)
        return fields if found is None else {"specs": {}, "block_type": found.get("block_name"), **found}


class Edge(BaseModel):
    """From one block to the next; the order of blocks in a graph means nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    from_block_id: str
    to_block_id: str
    condition: str | None = None
    """Reserved by the service."""


class Graph(BaseModel):
    """A workflow's definition: at least one block, and the edges between them."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    blocks: Annotated[Sequence[Block], Field(min_length=1)]
    edges: Sequence[Edge] = ()

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, fields: Any) -> Any:
        found = json_object(fields)
        return fields if found is None else {"edges": [], **found}


Definition: TypeAlias = Graph | JsonObject
"""A `Graph`, or one as JSON, such as `Workflow.workflow_definition` of an existing workflow."""


class _Defined(Request):
    @field_validator("workflow_definition", check_fields=False)
    @classmethod
    def _has_blocks(cls, definition: Definition | None) -> Definition | None:
        if not isinstance(definition, Mapping):
            return definition
        if not definition.get("blocks"):
            raise ValueError("needs at least one block in 'blocks'")
        return {"edges": [], **definition}


class _New(_Defined):
    workflow_name: str
    workflow_description: str
    workflow_definition: Definition
    id: str | None = None
    """An id of your own: with it the same workflow can safely be sent twice; 409 when it exists."""


class _Changed(_Defined):
    workflow_id: str
    workflow_name: str | None = None
    workflow_description: str | None = None
    workflow_definition: Definition | None = None
    starred: bool | None = None
    locked: bool | None = None


class CreateWorkflow(
    _New,
    Operation[Workflow],
    name="workflow-create",
    http="POST /workflows/create_workflow",
    retry_safe="key",  # a second one with the same id is refused
    idempotency_field="id",
):
    """Store a workflow. Source: docs.sixtyfour.ai, api-reference/workflow/create-workflow."""


class UpdateWorkflow(
    _Changed,
    Operation[Workflow],
    name="workflow-update",
    http="POST /workflows/update_workflow",
    retry_safe="always",  # absolute values
    in_query=("workflow_id",),
):
    """Change what is given of a workflow; one that does not exist is created.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.
    """


class DeleteWorkflow(
    Request,
    Operation[Workflow],
    name="workflow-delete",
    http="POST /workflows/delete_workflow",
    retry_safe="always",  # what is gone is gone
    in_query=("workflow_id",),
):
    """Delete a workflow; the history of its runs is kept.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.
    """

    workflow_id: str


class ListWorkflows(Request, Operation[Rows[Workflow]], name="workflows", http="GET /workflows"):
    """List workflows, without their definitions. Source: docs.sixtyfour.ai, api-reference/workflows."""


class GetWorkflow(Request, Operation[Workflow], name="workflow", http="GET /workflows/{workflow_id}"):
    """Read one workflow with its definition.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.
    """

    workflow_id: str
    prefer_draft: bool | None = None
    """The service's default is true."""


class ListBlocks(Request, Operation[Rows[BlockKind]], name="workflow-blocks", http="GET /workflows/blocks"):
    """List the kinds of blocks, each with the JSON Schema of its specs: the authority on what a workflow can do.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.
    """


class RunWorkflow(
    Request,
    JobOperation[LiveStatus],
    name="workflow-run",
    job="POST /workflows/run",
    retry_safe="key",
    idempotency_field="idempotency_key",
    poll="workflow-live-status",
    started=RunStarted,
    id_field="job_id",
    reports_charge=False,
    in_query=("workflow_id", "save_json", "result_formats"),
    in_headers={"idempotency_key": "Idempotency-Key"},
    cancel="workflow-cancel",
):
    """Run a workflow: several minutes and up; its files are then asked for by run id.

    Source: docs.sixtyfour.ai, api-reference/workflow/run-workflow. ``Idempotency-Key`` is named in the text of the
    answer only (``already_started``), not declared on the route.
    """

    workflow_id: str
    webhook_payload: Sequence[JsonObject] | JsonObject | None = None
    """One row each; the workflow must start with a ``webhook`` block."""
    specs_override: JsonObject | None = None
    """For the first block of this run, such as ``{"resource_handle_id": …}`` where it is ``read_csv``."""
    save_json: bool | None = None
    result_formats: Sequence[ResultFormat] | None = None
    idempotency_key: str | None = None

    def poll_many(self) -> Operation[Any]:
        """Ask how the newest 500 runs are going."""
        return REGISTRY["workflow-runs"](limit=500)  # type: ignore[call-arg]


class ListRuns(Request, Operation[Rows[WorkflowRun]], name="workflow-runs", http="GET /workflows/runs"):
    """List runs, newest first. Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution."""

    status: Literal["running", "completed", "cancelled", "active"] | None = None
    """``active``: queued or running."""
    workflow_id: str | None = None
    limit: Annotated[int, Field(ge=1, le=500)] | None = None
    """The service's default is 100."""


class GetLiveStatus(
    Request, Operation[LiveStatus], name="workflow-live-status", http="GET /workflows/runs/{run_id}/live_status"
):
    """Look at a run once. Source: docs.sixtyfour.ai, api-reference/workflow/get-workflow-run-live-status."""

    run_id: str


class GetDownloadLinks(
    Request,
    Operation[Rows[ResultFile]],
    name="workflow-download-links",
    http="GET /workflows/runs/{run_id}/results/download-links",
):
    """Get signed links to a run's files, one per block; see `final_file`. They live 900 seconds.

    Formats other than csv need a run that saved them. Source: docs.sixtyfour.ai,
    api-reference/workflows/workflows-execution.
    """

    run_id: str
    format: ResultFormat | None = None


class CancelRun(
    Request,
    Operation[Cancelled],
    name="workflow-cancel",
    http="POST /workflows/cancel",
    retry_safe="always",  # a run that has ended answers with the status it has
    in_query=("job_id",),
):
    """Cancel a run; one that has ended answers with the status it has.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution.
    """

    job_id: str


class PostWorkflow(
    _New,
    Operation[Workflow],
    name="workflow-post",
    http="POST /workflows",
    retry_safe="key",  # as CreateWorkflow
    idempotency_field="id",
    standing="documented",
):
    """Store a workflow, in the form of an older third-party reference; unconfirmed: use `CreateWorkflow`."""


class PatchWorkflow(
    _Changed,
    Operation[Workflow],
    name="workflow-patch",
    http="PATCH /workflows/{workflow_id}",
    retry_safe="always",  # absolute values
    standing="documented",
):
    """Change a workflow, in the form of an older third-party reference; unconfirmed: use `UpdateWorkflow`."""


class RemoveWorkflow(
    Request,
    Operation[JsonValue],
    name="workflow-remove",
    http="DELETE /workflows/{workflow_id}",
    retry_safe="always",  # what is gone is gone
    standing="documented",
):
    """Delete a workflow, in the form of an older third-party reference; unconfirmed: use `DeleteWorkflow`."""

    workflow_id: str
