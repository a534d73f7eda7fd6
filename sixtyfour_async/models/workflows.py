"""Answers of the workflow routes, and the result files of workflows and bulk jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic import Field, JsonValue

from sixtyfour_async.models._base import Instant, Model
from sixtyfour_async.models.jobs import JobState, Report, WrappedStatus, has_ended, judged_report, status_word
from sixtyfour_async.models.status_words import is_open_end

FULL_PERCENT = 100.0


class RunStarted(Model):
    """Answer of `RunWorkflow`. Source: docs.sixtyfour.ai, api-reference/workflow/run-workflow."""

    job_id: str
    """Id of the run; the ``run_id`` of the other workflow operations."""
    status: str | None = None
    """First status word, ``queued``."""
    workflow_id: str | None = None
    """Id of the workflow."""
    cache_config: JsonValue = None
    """Undocumented."""
    already_started: bool | None = None
    """True when the idempotency key repeats an earlier request, which started this run."""


class BlockStatus(Model):
    """Status of one block of a workflow run.

    Source: docs.sixtyfour.ai, api-reference/workflow/get-workflow-run-live-status.
    """

    block_name: str = ""
    """Registered name of the block."""
    sequence_number: int | None = None
    """Number of the block in the workflow."""
    status: str | None = None
    """``pending``, ``running``, ``completed`` or ``failed``."""
    last_updated: Instant = None
    """When this status was last updated."""
    block_id: str | None = None
    """Id of the block."""
    previous_block_ids: list[str] | None = None
    """Ids of the blocks whose output it takes."""
    started_at: Instant = None
    """When it started."""
    completed_at: Instant = None
    """When it ended."""
    current_step: str | None = None
    """What it is doing, as text."""
    progress_percentage: float | None = None
    """Progress, 0 to 100."""
    processed_count: int | None = None
    """Number of rows processed."""
    total_count: int | None = None
    """Number of rows to process."""
    estimated_total_count: int | None = None
    """Estimated number of rows to process, while the exact one is not known."""
    error_message: str | None = None
    """Why it failed."""
    metrics: JsonValue = None
    """Row counts, as ``{"row_count", "dataframe_type", "processed_count", "total_count"}``."""


class LiveStatus(WrappedStatus):
    """Answer of `GetLiveStatus`: one poll of a workflow run.

    Source: docs.sixtyfour.ai, api-reference/workflow/get-workflow-run-live-status.
    """

    run_id: str = ""
    """Id of the run."""
    overall_status: str = ""
    """Status word: ``queued``, ``running``, ``completed``, ``failed``, ``cancelled`` or ``timeout``."""
    workflow_id: str | None = None
    """Id of the workflow."""
    last_updated: Instant = None
    """When this status was last updated."""
    started_at: Instant = None
    """When the run started."""
    completed_at: Instant = None
    """When the run ended; None while it runs."""
    current_block: str | None = None
    """Name of the running block."""
    current_block_sequence: int | None = None
    """Number of the running block."""
    total_blocks: int | None = None
    """Number of blocks."""
    completed_blocks: int | None = None
    """Number of completed blocks."""
    overall_progress_percentage: float | None = None
    """Progress, 0 to 100."""
    estimation_blocked_by: JsonValue = None
    """Undocumented; by its name, what keeps the service from estimating the progress."""
    blocks: list[BlockStatus] = Field(default_factory=list[BlockStatus])
    """Status of each block."""

    def report(self) -> Report:
        """Return the status as a `Report`, whose result is the whole status; files are listed by `GetDownloadLinks`."""
        block_error = next((block.error_message for block in self.blocks if block.error_message), None)
        percent = self.overall_progress_percentage
        report = judged_report(
            self,
            has_result=has_ended(self) and self._is_through(),
            block_error=block_error,
            progress=None if percent is None else f"{percent:.0f} %",
        )
        return replace(report, result=self.model_dump(mode="json") if report.state is JobState.COMPLETED else None)

    def _is_through(self) -> bool:
        """Return whether every block has completed, or the word says that the run went as far as it could."""
        done, total = self.completed_blocks or 0, self.total_blocks or 0
        return done >= total > 0 or self.overall_progress_percentage == FULL_PERCENT or is_open_end(status_word(self))


class WorkflowRun(Model):
    """One run in the answer of `ListRuns`. Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution."""

    job_id: str = ""
    """Id of the run."""
    workflow_id: str | None = None
    """Id of the workflow."""
    status: str = ""
    """Status word of the run."""
    workflow_name: str | None = None
    """Name of the workflow."""
    step: str | None = None
    """Undocumented."""
    user_id: str | None = None
    """Id of the person who started it."""
    created_at: Instant = None
    """When the run was created."""
    updated_at: Instant = None
    """When it was last updated."""
    queued_at: Instant = None
    """When it was queued."""
    started_at: Instant = None
    """When it started."""
    completed_at: Instant = None
    """When it ended; None while it runs."""
    duration_ms: float | None = None
    """Run time in milliseconds."""
    status_reason: str | None = None
    """Explanation of the status."""
    error_message: str | None = None
    """Why it failed."""
    metrics: JsonValue = None
    """Undocumented object."""
    blocks: JsonValue = None
    """Undocumented; by its name, the blocks."""
    blocks_count: int | None = None
    """Number of blocks."""

    def report(self) -> Report:
        """Return the run as a `Report` without a result, which a listing does not contain."""
        return judged_report(self)


class Workflow(Model):
    """A workflow. Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management."""

    id: str = ""
    """Id of the workflow."""
    name: str | None = None
    """Name of the workflow."""
    status: str | None = None
    """Status word of the definition, such as ``draft``, ``ready`` or ``active``."""
    step: str | None = None
    """Undocumented."""
    description: str | None = None
    """Description, for people."""
    created_at: Instant = None
    """When it was created."""
    updated_at: Instant = None
    """When it was last changed."""
    last_run_date: Instant = None
    """When it last ran."""
    user_uuid: str | None = None
    """Id of the person who created it."""
    org_id: str | None = None
    """Id of the organization."""
    workflow_definition: JsonValue = None
    """The definition: a graph, an older list of blocks, or an object; None in a listing."""


class BlockKind(Model):
    """A kind of block that workflows may use.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.
    """

    block_name: str = ""
    """Registered name, for `Block.block_name`."""
    specs_schema: JsonValue = None
    """JSON Schema of `Block.specs`."""


class Cancelled(Model):
    """Answer of `CancelRun`. Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution."""

    job_id: str = ""
    """Id of the run."""
    status: str = ""
    """Status word, usually ``canceled``; a run that had ended keeps its status."""


class ResultFile(Model):
    """One result file of a workflow run or a bulk job.

    Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution.
    """

    filename: str | None = None
    """Name of the file."""
    download_url: str | None = Field(default=None, repr=False)
    """Signed link to the file, which expires after 900 seconds; None when the service failed to sign it."""
    download_expires_in_seconds: float | None = None
    """Lifetime of the link in seconds, 900."""
    block_number: int | None = None
    """Number of the block that wrote it; the highest is the final output."""
    row_count: int | None = None
    """Number of rows."""
    file_size: int | None = None
    """Uncompressed size in bytes."""
    storage_bucket: str | None = None
    """Name of the storage bucket."""
    created_at: Instant = None
    """When it was written."""
    message: str | None = None
    """A text for people."""
    results: list[JsonValue] | None = None
    """The rows themselves, when they are few."""
    content_type: str | None = None
    """Media type of the file."""


def final_file(files: Sequence[ResultFile]) -> ResultFile | None:
    """Return the final output among result files: that of the highest block number; None for no files.

    Source: docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence.
    """
    return max(files, key=lambda file: file.block_number or 0, default=None)
