"""Operations on workflows: definitions, runs and result files."""

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
from sixtyfour_async.operations._base import JobOperation, Operation, Request, make_operation
from sixtyfour_async.operations._json_types import JsonObject

ResultFormat = Literal["csv", "json", "ndjson"]
"""A file format of results."""


class Block(BaseModel):
    """One step of a workflow; `ListBlocks` returns every ``block_name`` with the JSON Schema of its ``specs``.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    block_name: str
    """Registered name of the block, such as ``lead_enrichment``."""
    sequence_number: int
    """Number of the block in the workflow; examples count from 1, and the order of execution follows the edges."""
    block_type: str = ""
    """Category such as ``io``, ``enrichment`` or ``output``; by default ``block_name``, as in older examples."""
    specs: JsonObject = Field(default_factory=dict[str, JsonValue])
    """Settings of the block; by default none."""
    block_id: str | None = None
    """Id by which edges refer to the block; the service replaces ids that are not UUIDs."""

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, fields: Any) -> Any:
        found = json_object(fields)
        return fields if found is None else {"specs": {}, "block_type": found.get("block_name"), **found}


class Edge(BaseModel):
    """A connection from one block to the next; edges alone determine the order of execution.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    from_block_id: str
    """``block_id`` of the block whose rows flow on."""
    to_block_id: str
    """``block_id`` of the block that receives them."""
    condition: str | None = None
    """Reserved by the service for conditional branching."""


class Graph(BaseModel):
    """Definition of a workflow: an acyclic graph of blocks.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    blocks: Annotated[Sequence[Block], Field(min_length=1)]
    """The blocks, at least one, in any order."""
    edges: Sequence[Edge] = ()
    """The connections between blocks; by default none."""

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, fields: Any) -> Any:
        found = json_object(fields)
        return fields if found is None else {"edges": [], **found}


Definition: TypeAlias = Graph | JsonObject
"""A `Graph`, or the same as a JSON object, such as `Workflow.workflow_definition` of an existing workflow."""


class _Defined(Request):
    @field_validator("workflow_definition", check_fields=False)
    @classmethod
    def _has_blocks(cls, definition: Definition | None) -> Definition | None:
        if not isinstance(definition, Mapping):
            return definition
        if not definition.get("blocks"):
            raise ValueError("'blocks' must hold at least one block")
        return {"edges": [], **definition}


class _New(_Defined):
    workflow_name: str
    """Name of the workflow."""
    workflow_definition: Definition
    """The blocks and edges: a `Graph`, or the same as a JSON object."""
    id: str | None = None
    """A workflow id of the caller's choice, which makes the request safe to repeat; an existing one is answered 409."""


class _Changed(_Defined):
    workflow_id: str
    """Id of the workflow."""
    workflow_name: str | None = None
    """New name."""
    workflow_description: str | None = None
    """New description, for people."""
    workflow_definition: Definition | None = None
    """New blocks and edges: a `Graph`, or the same as a JSON object."""
    starred: bool | None = None
    """Whether the workflow is starred in the dashboard."""
    locked: bool | None = None
    """Whether the workflow is locked; undocumented beyond its name."""


class CreateWorkflow(
    _New,
    Operation[Workflow],
    name="workflow-create",
    http="POST /workflows/create_workflow",
    retry_safe="key",  # a second one with the same id is refused
    idempotency_field="id",
):
    """Create a workflow and return it.

    Source: docs.sixtyfour.ai, api-reference/workflow/create-workflow.
    """

    workflow_description: str
    """Description of the workflow, for people; may be empty."""


class UpdateWorkflow(
    _Changed,
    Operation[Workflow],
    name="workflow-update",
    http="POST /workflows/update_workflow",
    retry_safe="always",  # absolute values
    in_query=("workflow_id",),
):
    """Change the given fields of a workflow and leave the others; creates a workflow that does not exist.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.
    """


class DeleteWorkflow(
    Request,
    Operation[Workflow],
    name="workflow-delete",
    http="POST /workflows/delete_workflow",
    retry_safe="always",  # deleting twice changes nothing
    in_query=("workflow_id",),
):
    """Delete a workflow and return it; the history of its runs is kept.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.
    """

    workflow_id: str
    """Id of the workflow."""


class ListWorkflows(Request, Operation[Rows[Workflow]], name="workflows", http="GET /workflows"):
    """List the organization's workflows, without their definitions.

    Source: docs.sixtyfour.ai, api-reference/workflows.
    """


class GetWorkflow(Request, Operation[Workflow], name="workflow", http="GET /workflows/{workflow_id}"):
    """Return one workflow with its definition.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.
    """

    workflow_id: str
    """Id of the workflow, a UUID."""
    prefer_draft: bool | None = None
    """Whether to return the draft where there is one; the service's default is true."""


class ListBlocks(Request, Operation[Rows[BlockKind]], name="workflow-blocks", http="GET /workflows/blocks"):
    """List the kinds of blocks, each with the JSON Schema of its ``specs``; the authority on what workflows can do.

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
    """Run a workflow, as a job; its files are then listed by `GetDownloadLinks`.

    Takes several minutes and up. Costs what its blocks cost. ``Idempotency-Key`` is named only in the text of the
    answer (``already_started``), not declared on the route.
    Source: docs.sixtyfour.ai, api-reference/workflow/run-workflow.
    """

    workflow_id: str
    """Id of the workflow."""
    webhook_payload: Sequence[JsonObject] | JsonObject | None = None
    """Input rows, one mapping each, or a single one; the workflow must start with a ``webhook`` block."""
    specs_override: JsonObject | None = None
    """Settings of the first block for this run, such as ``{"resource_handle_id": "…"}`` for a ``read_csv`` block."""
    save_json: bool | None = None
    """Whether to save the results as JSON too; the service's default is false."""
    result_formats: Sequence[ResultFormat] | None = None
    """Formats in which to save the results: ``csv``, ``json``, ``ndjson``."""
    idempotency_key: str | None = None
    """A key of the caller's choice, sent as a header, so that a repeated submit should start no second run."""

    def poll_many(self) -> Operation[Any]:
        """Return the operation that lists the newest 500 runs, so that one request polls many."""
        return make_operation("workflow-runs", limit=500)


class ListRuns(Request, Operation[Rows[WorkflowRun]], name="workflow-runs", http="GET /workflows/runs"):
    """List workflow runs, newest first.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution.
    """

    status: Literal["queued", "running", "completed", "failed", "cancelled", "active"] | None = None
    """Which runs to list, ``active`` meaning queued or running; all when not sent.

    The specification names ``running``, ``completed``, ``cancelled`` and ``active``; runs have the other two as well.
    """
    workflow_id: str | None = None
    """Id of the workflow whose runs to list; all workflows when not sent."""
    limit: Annotated[int, Field(ge=1, le=500)] | None = None
    """Maximum number of runs, 1 to 500; the service's default is 100."""


class GetLiveStatus(
    Request, Operation[LiveStatus], name="workflow-live-status", http="GET /workflows/runs/{run_id}/live_status"
):
    """Poll one workflow run once; returns its status, progress and blocks.

    Source: docs.sixtyfour.ai, api-reference/workflow/get-workflow-run-live-status.
    """

    run_id: str
    """Id of the run: the ``job_id`` that `RunWorkflow` returned."""


class GetDownloadLinks(
    Request,
    Operation[Rows[ResultFile]],
    name="workflow-download-links",
    http="GET /workflows/runs/{run_id}/results/download-links",
):
    """Return signed links to the result files of a run, one per block; `final_file` picks the last.

    Links expire after 900 seconds. Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution.
    """

    run_id: str
    """Id of the run: the ``job_id`` that `RunWorkflow` returned."""
    format: ResultFormat | None = None
    """Format of the files; the service's default is ``csv``, and the run must have saved any other one."""


class CancelRun(
    Request,
    Operation[Cancelled],
    name="workflow-cancel",
    http="POST /workflows/cancel",
    retry_safe="always",  # a run that has ended keeps its status
    in_query=("job_id",),
):
    """Cancel a workflow run and return its status; a run that has ended keeps its status.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution.
    """

    job_id: str
    """Id of the run: the ``job_id`` that `RunWorkflow` returned."""


class PostWorkflow(
    _New,
    Operation[Workflow],
    name="workflow-post",
    http="POST /workflows",
    retry_safe="key",  # as CreateWorkflow
    idempotency_field="id",
    standing="documented",
):
    """Create a workflow through a REST-style route that is not confirmed; use `CreateWorkflow`.

    Source: an older third-party reference, which documents name and definition only.
    """

    workflow_description: str | None = None
    """Description of the workflow, for people."""


class PatchWorkflow(
    _Changed,
    Operation[Workflow],
    name="workflow-patch",
    http="PATCH /workflows/{workflow_id}",
    retry_safe="always",  # absolute values
    standing="documented",
):
    """Change a workflow through a REST-style route that is not confirmed; use `UpdateWorkflow`.

    Source: an older third-party reference.
    """


class RemoveWorkflow(
    Request,
    Operation[JsonValue],
    name="workflow-remove",
    http="DELETE /workflows/{workflow_id}",
    retry_safe="always",  # deleting twice changes nothing
    standing="documented",
):
    """Delete a workflow through a REST-style route that is not confirmed; use `DeleteWorkflow`.

    Source: an older third-party reference.
    """

    workflow_id: str
    """Id of the workflow."""
