"""Asyncio-native client and job runner for the Sixtyfour research API.

    from sixtyfour_async import AsyncClient, JobRunner, PeopleIntelligence

    async with AsyncClient() as client:                       # SIXTYFOUR_API_KEY
        async with JobRunner(client, journal="run.db") as runner:
            async for outcome in runner.map(PeopleIntelligence(lead_info=row, struct=Lead) for row in rows):
                print(outcome.key, outcome.status, outcome.value)

One budget for everything that uses a key, a journal so that no row is paid twice and no answer is lost, and a simulator
(`sixtyfour simulate`) to try it all without a key.

What happens inside is seen by `Hooks`, by OpenTelemetry (`sixtyfour_async.telemetry`), and in the logs below
``sixtyfour_async``: records about a job hold ``row_key``, ``job_id``, ``operation`` and ``tier``, those about a request
``operation``. ``sixtyfour guide`` shows the guide, which lies in the folder ``guide`` of the package, with examples.

Each name is imported when it is first asked for: `sixtyfour --help` and the simulator need few of them.
"""

import logging
from typing import TYPE_CHECKING, Any

from sixtyfour_async._facade import facade
from sixtyfour_async._homes import HOMES

if TYPE_CHECKING:
    from sixtyfour_async._client.answers import Answer, RawResponse
    from sixtyfour_async._client.client import AsyncClient
    from sixtyfour_async._client.hooks import Hooks
    from sixtyfour_async._client.job import Job
    from sixtyfour_async._client.oauth import OAuth
    from sixtyfour_async._client.pipeline import RateLimit
    from sixtyfour_async._client.request_events import RequestSent, ResponseSeen, RetryPlanned
    from sixtyfour_async._client.runner_events import (
        BreakerClosed,
        BreakerOpened,
        BudgetPaused,
        BudgetResumed,
        DeliveriesResumed,
        DeliveriesStopped,
        JobDelivered,
        JobDivided,
        JobEnded,
        JobHappening,
        JobLeft,
        JobParked,
        JobPolled,
        JobQueued,
        JobResumed,
        JobSending,
        JobSubmitted,
        MoneyMoved,
        RunnerEvent,
        ServiceChange,
    )
    from sixtyfour_async._journal.base import CRASHED, Entry, Journal, tally_line
    from sixtyfour_async._journal.memory import MemoryJournal
    from sixtyfour_async._journal.postgres import PostgresJournal
    from sixtyfour_async._journal.sqlite import SqliteJournal
    from sixtyfour_async._runner.answer_columns import outcomes_to_dicts, outcomes_to_table
    from sixtyfour_async._runner.listener import ListenerStats, WebhookListener
    from sixtyfour_async._runner.outcomes import Explanation, Outcome, RunPlan, Stats, Status, Unfinished, Unknown
    from sixtyfour_async._runner.runner import JobRunner
    from sixtyfour_async._scheduling.ledger import Line, Tally
    from sixtyfour_async._scheduling.row_states import State
    from sixtyfour_async._wire.body import Body
    from sixtyfour_async.errors import (
        AddressError,
        APIError,
        AuthenticationError,
        BadRequestError,
        ConfigurationError,
        ConflictError,
        ConnectError,
        CostCapError,
        CreditsError,
        InputError,
        JobCancelledError,
        JobError,
        JobFailedError,
        JobLostError,
        JobTimeoutError,
        JobUnknownError,
        JournalError,
        LinkRefusedError,
        NoAnswerError,
        NotFoundError,
        PayloadTooLargeError,
        PermissionDeniedError,
        ProtocolError,
        RateLimitError,
        RequestTimeoutError,
        ResponseError,
        RunStoppedError,
        ServerError,
        SixtyfourError,
        TransportError,
        UnmatchedError,
        UnprocessableError,
        UnreadableError,
        WebhookError,
    )
    from sixtyfour_async.models import FieldProblem, Intelligence, JobState, Report, final_file
    from sixtyfour_async.operations import (
        REGISTRY,
        BulkCompanyIntelligence,
        BulkPeopleIntelligence,
        CompanyIntelligence,
        CreateExclusionList,
        Criterion,
        DeepSearch,
        EnrichCompany,
        EnrichCompanyV2,
        EnrichLead,
        ExportSearch,
        FindEmail,
        FindEmailBulk,
        FindEmailV2,
        FindEmailV2Bulk,
        FindPhone,
        FindPhoneBulk,
        FindPhoneV2,
        FindPhoneV2Bulk,
        JobOperation,
        Lookalike,
        Operation,
        PeopleIntelligence,
        QAAgent,
        QuerySearch,
        ResearchAgent,
        ReverseEmail,
        ReverseEmailBulk,
        ReversePhone,
        ReversePhoneBulk,
        RunWorkflow,
        Upload,
        VerifyAge,
    )
    from sixtyfour_async.questions.question import Question
    from sixtyfour_async.webhooks import JobEvent, WebhookEvent, WebhookReceiver, WorkflowEvent

__all__ = [
    "CRASHED",
    "REGISTRY",
    "APIError",
    "AddressError",
    "Answer",
    "AsyncClient",
    "AuthenticationError",
    "BadRequestError",
    "Body",
    "BreakerClosed",
    "BreakerOpened",
    "BudgetPaused",
    "BudgetResumed",
    "BulkCompanyIntelligence",
    "BulkPeopleIntelligence",
    "CompanyIntelligence",
    "ConfigurationError",
    "ConflictError",
    "ConnectError",
    "CostCapError",
    "CreateExclusionList",
    "CreditsError",
    "Criterion",
    "DeepSearch",
    "DeliveriesResumed",
    "DeliveriesStopped",
    "EnrichCompany",
    "EnrichCompanyV2",
    "EnrichLead",
    "Entry",
    "Explanation",
    "ExportSearch",
    "FieldProblem",
    "FindEmail",
    "FindEmailBulk",
    "FindEmailV2",
    "FindEmailV2Bulk",
    "FindPhone",
    "FindPhoneBulk",
    "FindPhoneV2",
    "FindPhoneV2Bulk",
    "Hooks",
    "InputError",
    "Intelligence",
    "Job",
    "JobCancelledError",
    "JobDelivered",
    "JobDivided",
    "JobEnded",
    "JobError",
    "JobEvent",
    "JobFailedError",
    "JobHappening",
    "JobLeft",
    "JobLostError",
    "JobOperation",
    "JobParked",
    "JobPolled",
    "JobQueued",
    "JobResumed",
    "JobRunner",
    "JobSending",
    "JobState",
    "JobSubmitted",
    "JobTimeoutError",
    "JobUnknownError",
    "Journal",
    "JournalError",
    "Line",
    "LinkRefusedError",
    "ListenerStats",
    "Lookalike",
    "MemoryJournal",
    "MoneyMoved",
    "NoAnswerError",
    "NotFoundError",
    "OAuth",
    "Operation",
    "Outcome",
    "PayloadTooLargeError",
    "PeopleIntelligence",
    "PermissionDeniedError",
    "PostgresJournal",
    "ProtocolError",
    "QAAgent",
    "QuerySearch",
    "Question",
    "RateLimit",
    "RateLimitError",
    "RawResponse",
    "Report",
    "RequestSent",
    "RequestTimeoutError",
    "ResearchAgent",
    "ResponseError",
    "ResponseSeen",
    "RetryPlanned",
    "ReverseEmail",
    "ReverseEmailBulk",
    "ReversePhone",
    "ReversePhoneBulk",
    "RunPlan",
    "RunStoppedError",
    "RunWorkflow",
    "RunnerEvent",
    "ServerError",
    "ServiceChange",
    "SixtyfourError",
    "SqliteJournal",
    "State",
    "Stats",
    "Status",
    "Tally",
    "TransportError",
    "Unfinished",
    "Unknown",
    "UnmatchedError",
    "UnprocessableError",
    "UnreadableError",
    "Upload",
    "VerifyAge",
    "WebhookError",
    "WebhookEvent",
    "WebhookListener",
    "WebhookReceiver",
    "WorkflowEvent",
    "final_file",
    "outcomes_to_dicts",
    "outcomes_to_table",
    "tally_line",
]

logging.getLogger("sixtyfour_async").addHandler(logging.NullHandler())


_import, __dir__ = facade(__name__, HOMES)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 (one source of it, read when asked for)

        return version("sixtyfour_async")
    return _import(name)
