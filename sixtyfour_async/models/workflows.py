"""Answers of the workflow routes."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, JsonValue

from sixtyfour_async.models._base import Instant, Model
from sixtyfour_async.models.jobs import JobState, Report, first_text, read_state, seconds_between


class RunStarted(Model):
    """``POST /workflows/run``: ``job_id`` is the run id of every other route."""

    job_id: str
    status: str | None = None
    workflow_id: str | None = None
    cache_config: JsonValue = None
    already_started: bool | None = None


class BlockStatus(Model):
    """One block of a running workflow. ``progress_percentage`` is 0 to 100."""

    block_name: str = ""
    sequence_number: int | None = None
    status: str | None = None
    last_updated: Instant = None
    block_id: str | None = None
    previous_block_ids: list[str] | None = None
    started_at: Instant = None
    completed_at: Instant = None
    current_step: str | None = None
    progress_percentage: float | None = None
    processed_count: int | None = None
    total_count: int | None = None
    estimated_total_count: int | None = None
    error_message: str | None = None
    metrics: JsonValue = None


class LiveStatus(Model):
    """``GET /workflows/runs/{run_id}/live_status``. ``overall_progress_percentage`` is 0 to 100.

    Source: docs.sixtyfour.ai, api-reference/workflow/get-workflow-run-live-status.
    """

    run_id: str = ""
    overall_status: str = ""
    workflow_id: str | None = None
    last_updated: Instant = None
    started_at: Instant = None
    completed_at: Instant = None
    current_block: str | None = None
    current_block_sequence: int | None = None
    total_blocks: int | None = None
    completed_blocks: int | None = None
    overall_progress_percentage: float | None = None
    estimation_blocked_by: JsonValue = None
    blocks: list[BlockStatus] = Field(default_factory=list[BlockStatus])

    def report(self) -> Report:
        """Bring it into the form the runner reads; the status is the answer, its files are asked for by run id."""
        state = read_state(self.overall_status)
        blamed = next((block.error_message for block in self.blocks if block.error_message), None)
        done = self.overall_progress_percentage
        return Report(
            state=state,
            word=self.overall_status,
            result=self.model_dump(mode="json") if state is JobState.COMPLETED else None,
            error=first_text(self, "error", "error_message", "detail") or blamed,
            progress=None if done is None else f"{done:.0f} %",
            run_time=seconds_between(self.started_at, self.completed_at),
        )


class WorkflowRun(Model):
    """One run in a listing. ``duration_ms`` is milliseconds."""

    job_id: str = ""
    workflow_id: str | None = None
    status: str = ""
    workflow_name: str | None = None
    step: str | None = None
    user_id: str | None = None
    created_at: Instant = None
    updated_at: Instant = None
    queued_at: Instant = None
    started_at: Instant = None
    completed_at: Instant = None
    duration_ms: float | None = None
    status_reason: str | None = None
    error_message: str | None = None
    metrics: JsonValue = None
    blocks: JsonValue = None
    blocks_count: int | None = None

    def report(self) -> Report:
        """Bring it into the form the runner reads; the answer of a run that ended is not in it."""
        return Report(read_state(self.status), self.status, error=self.error_message)


class Workflow(Model):
    """A workflow; a listing leaves its definition out, which is a graph, an older list of blocks, or an object.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.
    """

    id: str = ""
    name: str | None = None
    status: str | None = None
    step: str | None = None
    description: str | None = None
    created_at: Instant = None
    updated_at: Instant = None
    last_run_date: Instant = None
    user_uuid: str | None = None
    org_id: str | None = None
    workflow_definition: JsonValue = None


class BlockKind(Model):
    """A kind of block that workflows may use; ``specs_schema`` is the JSON Schema of its specs."""

    block_name: str = ""
    specs_schema: JsonValue = None


class Cancelled(Model):
    """``POST /workflows/cancel``: a finished run answers with the status it has."""

    job_id: str = ""
    status: str = ""


class ResultFile(Model):
    """One file of a run or a bulk job; ``download_url`` is signed, lives 900 seconds, and is None when signing failed.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution.
    """

    filename: str | None = None
    download_url: str | None = None
    download_expires_in_seconds: float | None = None
    block_number: int | None = None
    row_count: int | None = None
    file_size: int | None = None
    storage_bucket: str | None = None
    created_at: Instant = None
    message: str | None = None
    results: list[JsonValue] | None = None
    """The rows themselves, when they are few."""
    content_type: str | None = None


def final_file(files: Sequence[ResultFile]) -> ResultFile | None:
    """Pick the finished output: the file of the highest block, wherever it stands in the list."""
    return max(files, key=lambda file: file.block_number or 0, default=None)
