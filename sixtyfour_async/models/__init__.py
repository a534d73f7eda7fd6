"""The answers of the API, as frozen models that keep unknown keys and unknown words.

In: decoded JSON. Out: values with attributes, and for every kind of job a `Report` of where it stands. Imports `errors`
only.
"""

from typing import TYPE_CHECKING

from sixtyfour_async._facade import facade
from sixtyfour_async.models._homes import HOMES

if TYPE_CHECKING:
    from sixtyfour_async.models._base import Model, Rows
    from sixtyfour_async.models.account import (
        Balance,
        GeneratedStruct,
        NewSigningSecret,
        OAuthClient,
        OAuthKey,
        OAuthMetadata,
        OAuthToken,
        Schedule,
        SigningSecret,
        StoredFile,
        StructField,
        StructSubfield,
    )
    from sixtyfour_async.models.contact_results import (
        EmailAddress,
        EmailResult,
        PhoneNumber,
        PhoneResult,
        ReverseResult,
    )
    from sixtyfour_async.models.discovery import (
        CompanyMeta,
        FieldCapability,
        FieldValue,
        FieldValues,
        FilterCapabilities,
        FilterLimits,
        SearchLimits,
        SearchTitle,
        Suggestion,
        Suggestions,
    )
    from sixtyfour_async.models.enrichment import (
        AgeStatus,
        BulkStarted,
        Intelligence,
        QAResult,
    )
    from sixtyfour_async.models.jobs import JobState, JobStatus, Report
    from sixtyfour_async.models.lists import (
        ExclusionList,
        ExclusionListCreated,
        IdentityResolution,
        LookalikeStarted,
        LookalikeStatus,
        SeedDiagnostics,
    )
    from sixtyfour_async.models.search import (
        DownloadLink,
        SearchPage,
        SearchStatus,
    )
    from sixtyfour_async.models.started import Started
    from sixtyfour_async.models.structs.problems import FieldProblem
    from sixtyfour_async.models.workflows import (
        BlockKind,
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
    "AgeStatus",
    "Balance",
    "BlockKind",
    "BlockStatus",
    "BulkStarted",
    "Cancelled",
    "CompanyMeta",
    "DownloadLink",
    "EmailAddress",
    "EmailResult",
    "ExclusionList",
    "ExclusionListCreated",
    "FieldCapability",
    "FieldProblem",
    "FieldValue",
    "FieldValues",
    "FilterCapabilities",
    "FilterLimits",
    "GeneratedStruct",
    "IdentityResolution",
    "Intelligence",
    "JobState",
    "JobStatus",
    "LiveStatus",
    "LookalikeStarted",
    "LookalikeStatus",
    "Model",
    "NewSigningSecret",
    "OAuthClient",
    "OAuthKey",
    "OAuthMetadata",
    "OAuthToken",
    "PhoneNumber",
    "PhoneResult",
    "QAResult",
    "Report",
    "ResultFile",
    "ReverseResult",
    "Rows",
    "RunStarted",
    "Schedule",
    "SearchLimits",
    "SearchPage",
    "SearchStatus",
    "SearchTitle",
    "SeedDiagnostics",
    "SigningSecret",
    "Started",
    "StoredFile",
    "StructField",
    "StructSubfield",
    "Suggestion",
    "Suggestions",
    "Workflow",
    "WorkflowRun",
    "final_file",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = facade(__name__, HOMES)
