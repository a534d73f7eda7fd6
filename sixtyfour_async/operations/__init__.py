"""What can be asked: one class per question, and `REGISTRY` with all of them."""

from sixtyfour_async.operations._base import (
    REGISTRY,
    JobOperation,
    Operation,
    PagedOperation,
    Request,
    Route,
)
from sixtyfour_async.operations._files import Upload
from sixtyfour_async.operations.account import CheckBalance
from sixtyfour_async.operations.enrichment import (
    CompanyIntelligence,
    Criterion,
    FindEmail,
    FindPhone,
    GetJobStatus,
    PeopleIntelligence,
    QAAgent,
    ResearchAgent,
    ReverseEmail,
    ReversePhone,
)
from sixtyfour_async.operations.search import DeepSearch, DownloadSearch, GetSearchStatus
from sixtyfour_async.operations.workflows import (
    CancelRun,
    GetDownloadLinks,
    GetLiveStatus,
    ListRuns,
    ListWorkflows,
    RunWorkflow,
)

__all__ = [
    "REGISTRY",
    "CancelRun",
    "CheckBalance",
    "CompanyIntelligence",
    "Criterion",
    "DeepSearch",
    "DownloadSearch",
    "FindEmail",
    "FindPhone",
    "GetDownloadLinks",
    "GetJobStatus",
    "GetLiveStatus",
    "GetSearchStatus",
    "JobOperation",
    "ListRuns",
    "ListWorkflows",
    "Operation",
    "PagedOperation",
    "PeopleIntelligence",
    "QAAgent",
    "Request",
    "ResearchAgent",
    "ReverseEmail",
    "ReversePhone",
    "Route",
    "RunWorkflow",
    "Upload",
]
