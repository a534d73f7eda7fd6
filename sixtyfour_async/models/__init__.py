"""What comes back: frozen, unknown keys kept, unknown words kept."""

from sixtyfour_async.models._base import Model
from sixtyfour_async.models.account import Balance
from sixtyfour_async.models.enrichment import (
    EmailAddress,
    EmailResult,
    Intelligence,
    PhoneNumber,
    PhoneResult,
    QAResult,
    ReverseResult,
)
from sixtyfour_async.models.jobs import JobState, JobStatus, Report, Started
from sixtyfour_async.models.search import DownloadLink, SearchStatus
from sixtyfour_async.models.workflows import (
    BlockStatus,
    Cancelled,
    LiveStatus,
    ResultFile,
    RunStarted,
    Workflow,
    WorkflowRun,
    final_file,
)

__all__ = [
    "Balance",
    "BlockStatus",
    "Cancelled",
    "DownloadLink",
    "EmailAddress",
    "EmailResult",
    "Intelligence",
    "JobState",
    "JobStatus",
    "LiveStatus",
    "Model",
    "PhoneNumber",
    "PhoneResult",
    "QAResult",
    "Report",
    "ResultFile",
    "ReverseResult",
    "RunStarted",
    "SearchStatus",
    "Started",
    "Workflow",
    "WorkflowRun",
    "final_file",
]
