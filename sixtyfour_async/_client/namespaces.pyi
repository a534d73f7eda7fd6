# Written by `python -m tests.surface.stubs`; do not edit.
"""The client's methods, as type checkers and editors see them; `namespaces.py` binds them."""

import builtins
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from pydantic import JsonValue
from sixtyfour_async._client.bindings import Namespace
from sixtyfour_async._client.job import Job
from sixtyfour_async.models.account import Balance, GeneratedStruct, NewSigningSecret, OAuthClient, OAuthKey, OAuthMetadata, OAuthToken, Schedule, SigningSecret, StoredFile, StructField
from sixtyfour_async.models.contact_results import EmailResult, PhoneResult, ReverseResult
from sixtyfour_async.models.discovery import FieldValues, FilterCapabilities, SearchLimits, SearchTitle, Suggestions
from sixtyfour_async.models.enrichment import AgeStatus, Intelligence, QAResult, S
from sixtyfour_async.models.jobs import JobStatus
from sixtyfour_async.models.lists import ExclusionList, LookalikeStatus
from sixtyfour_async.models.search import DownloadLink, SearchPage, SearchStatus
from sixtyfour_async.models.workflows import BlockKind, Cancelled, LiveStatus, ResultFile, Workflow, WorkflowRun
from sixtyfour_async.operations._files import Upload
from sixtyfour_async.operations.agents import Criterion
from sixtyfour_async.operations.lists import EntityIds, SearchResults, UploadedFile
from sixtyfour_async.operations.workflows import Graph
from typing import Any, Literal


class _PeopleIntelligence:
    """Research one person; returns `Intelligence` with the requested fields in ``structured_data``.

    Takes 10 to 60 seconds for tier ``low``, 30 to 180 for ``medium``, minutes for ``high``; the vendor's benchmark
    measured medians of 230, 223 and 459 seconds, so prefer submitting a job. The price per tier is not published. A
    request that is abandoned is still billed.
    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

    Args:
        lead_info: What is known about the person: an email, a LinkedIn URL, or name and company; any
            further key helps.
        struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
            description; up to 100 fields.
        research_plan: Instructions on how to research, in plain words.
        tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
            ``low``. ``high`` must be enabled for the organization (403 otherwise); ``xhigh`` and
            ``scout`` exist, undocumented.
        field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
            without early access.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        include_workspace: Undocumented; passed through. By its name, attaches a workspace (live
            specification, September 2026).
        investigation_id: Undocumented; passed through. By its name, the id of an investigation that
            groups several requests.
        investigation_name: Undocumented; passed through. By its name, the name of an investigation that
            groups several requests.
        budget: Undocumented; passed through. By its name, a limit on what the request may spend.
        dispatch_id: Undocumented; passed through. By its name, an id for the dispatch of the request.
        exclusive_run: Undocumented; passed through. By its name, forbids a second concurrent run.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        lead_info: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        research_plan: str | None = None,
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        include_workspace: JsonValue = None,
        investigation_id: JsonValue = None,
        investigation_name: JsonValue = None,
        budget: JsonValue = None,
        dispatch_id: JsonValue = None,
        exclusive_run: JsonValue = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Intelligence[S]:
        """Research one person; returns `Intelligence` with the requested fields in ``structured_data``.

        Takes 10 to 60 seconds for tier ``low``, 30 to 180 for ``medium``, minutes for ``high``; the vendor's benchmark
        measured medians of 230, 223 and 459 seconds, so prefer submitting a job. The price per tier is not published. A
        request that is abandoned is still billed.
        Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

        Args:
            lead_info: What is known about the person: an email, a LinkedIn URL, or name and company; any
                further key helps.
            struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
                description; up to 100 fields.
            research_plan: Instructions on how to research, in plain words.
            tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
                ``low``. ``high`` must be enabled for the organization (403 otherwise); ``xhigh`` and
                ``scout`` exist, undocumented.
            field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
                without early access.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            include_workspace: Undocumented; passed through. By its name, attaches a workspace (live
                specification, September 2026).
            investigation_id: Undocumented; passed through. By its name, the id of an investigation that
                groups several requests.
            investigation_name: Undocumented; passed through. By its name, the name of an investigation that
                groups several requests.
            budget: Undocumented; passed through. By its name, a limit on what the request may spend.
            dispatch_id: Undocumented; passed through. By its name, an id for the dispatch of the request.
            exclusive_run: Undocumented; passed through. By its name, forbids a second concurrent run.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        lead_info: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        research_plan: str | None = None,
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        include_workspace: JsonValue = None,
        investigation_id: JsonValue = None,
        investigation_name: JsonValue = None,
        budget: JsonValue = None,
        dispatch_id: JsonValue = None,
        exclusive_run: JsonValue = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[Intelligence[S]]:
        """Start a job of the kind ``people-intelligence`` and return its handle; ``await job`` waits for the answer.

        Research one person; returns `Intelligence` with the requested fields in ``structured_data``.

        Takes 10 to 60 seconds for tier ``low``, 30 to 180 for ``medium``, minutes for ``high``; the vendor's benchmark
        measured medians of 230, 223 and 459 seconds, so prefer submitting a job. The price per tier is not published. A
        request that is abandoned is still billed.
        Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

        Args:
            lead_info: What is known about the person: an email, a LinkedIn URL, or name and company; any
                further key helps.
            struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
                description; up to 100 fields.
            research_plan: Instructions on how to research, in plain words.
            tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
                ``low``. ``high`` must be enabled for the organization (403 otherwise); ``xhigh`` and
                ``scout`` exist, undocumented.
            field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
                without early access.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            include_workspace: Undocumented; passed through. By its name, attaches a workspace (live
                specification, September 2026).
            investigation_id: Undocumented; passed through. By its name, the id of an investigation that
                groups several requests.
            investigation_name: Undocumented; passed through. By its name, the name of an investigation that
                groups several requests.
            budget: Undocumented; passed through. By its name, a limit on what the request may spend.
            dispatch_id: Undocumented; passed through. By its name, an id for the dispatch of the request.
            exclusive_run: Undocumented; passed through. By its name, forbids a second concurrent run.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _PeopleEnrichLead:
    """Research one person through the older route; the same as `PeopleIntelligence`, which new code should use.

    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

    Args:
        lead_info: What is known about the person: an email, a LinkedIn URL, or name and company; any
            further key helps.
        struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
            description; up to 100 fields.
        research_plan: Instructions on how to research, in plain words.
        tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
            ``low``. ``high`` must be enabled for the organization (403 otherwise); ``xhigh`` and
            ``scout`` exist, undocumented.
        field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
            without early access.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        include_workspace: Undocumented; passed through. By its name, attaches a workspace (live
            specification, September 2026).
        investigation_id: Undocumented; passed through. By its name, the id of an investigation that
            groups several requests.
        investigation_name: Undocumented; passed through. By its name, the name of an investigation that
            groups several requests.
        budget: Undocumented; passed through. By its name, a limit on what the request may spend.
        dispatch_id: Undocumented; passed through. By its name, an id for the dispatch of the request.
        exclusive_run: Undocumented; passed through. By its name, forbids a second concurrent run.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        lead_info: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        research_plan: str | None = None,
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        include_workspace: JsonValue = None,
        investigation_id: JsonValue = None,
        investigation_name: JsonValue = None,
        budget: JsonValue = None,
        dispatch_id: JsonValue = None,
        exclusive_run: JsonValue = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Intelligence[S]:
        """Research one person through the older route; the same as `PeopleIntelligence`, which new code should use.

        Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

        Args:
            lead_info: What is known about the person: an email, a LinkedIn URL, or name and company; any
                further key helps.
            struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
                description; up to 100 fields.
            research_plan: Instructions on how to research, in plain words.
            tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
                ``low``. ``high`` must be enabled for the organization (403 otherwise); ``xhigh`` and
                ``scout`` exist, undocumented.
            field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
                without early access.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            include_workspace: Undocumented; passed through. By its name, attaches a workspace (live
                specification, September 2026).
            investigation_id: Undocumented; passed through. By its name, the id of an investigation that
                groups several requests.
            investigation_name: Undocumented; passed through. By its name, the name of an investigation that
                groups several requests.
            budget: Undocumented; passed through. By its name, a limit on what the request may spend.
            dispatch_id: Undocumented; passed through. By its name, an id for the dispatch of the request.
            exclusive_run: Undocumented; passed through. By its name, forbids a second concurrent run.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        lead_info: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        research_plan: str | None = None,
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        include_workspace: JsonValue = None,
        investigation_id: JsonValue = None,
        investigation_name: JsonValue = None,
        budget: JsonValue = None,
        dispatch_id: JsonValue = None,
        exclusive_run: JsonValue = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[Intelligence[S]]:
        """Start a job of the kind ``enrich-lead`` and return its handle; ``await job`` waits for the answer.

        Research one person through the older route; the same as `PeopleIntelligence`, which new code should use.

        Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

        Args:
            lead_info: What is known about the person: an email, a LinkedIn URL, or name and company; any
                further key helps.
            struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
                description; up to 100 fields.
            research_plan: Instructions on how to research, in plain words.
            tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
                ``low``. ``high`` must be enabled for the organization (403 otherwise); ``xhigh`` and
                ``scout`` exist, undocumented.
            field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
                without early access.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            include_workspace: Undocumented; passed through. By its name, attaches a workspace (live
                specification, September 2026).
            investigation_id: Undocumented; passed through. By its name, the id of an investigation that
                groups several requests.
            investigation_name: Undocumented; passed through. By its name, the name of an investigation that
                groups several requests.
            budget: Undocumented; passed through. By its name, a limit on what the request may spend.
            dispatch_id: Undocumented; passed through. By its name, an id for the dispatch of the request.
            exclusive_run: Undocumented; passed through. By its name, forbids a second concurrent run.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _PeopleFindEmail:
    """Find one person's email address.

    Takes 2 to 10 seconds. Costs 5 cents for ``PROFESSIONAL``, 20 cents for ``PERSONAL``. A lead that already has an
    address of the requested kind gets it back with its status.
    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

    Args:
        lead: What is known about the person: ``name``, ``company``, ``title``, ``domain``, ``linkedin``
            and so on.
        mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
        verify_emails: Whether to verify the address with its mail server first; the service's default
            is true.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        lead: Mapping[str, JsonValue],
        mode: Literal['PROFESSIONAL', 'PERSONAL'] | None = None,
        verify_emails: bool | None = None,
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> EmailResult:
        """Find one person's email address.

        Takes 2 to 10 seconds. Costs 5 cents for ``PROFESSIONAL``, 20 cents for ``PERSONAL``. A lead that already has an
        address of the requested kind gets it back with its status.
        Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

        Args:
            lead: What is known about the person: ``name``, ``company``, ``title``, ``domain``, ``linkedin``
                and so on.
            mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
            verify_emails: Whether to verify the address with its mail server first; the service's default
                is true.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        lead: Mapping[str, JsonValue],
        mode: Literal['PROFESSIONAL', 'PERSONAL'] | None = None,
        verify_emails: bool | None = None,
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[EmailResult]:
        """Start a job of the kind ``find-email`` and return its handle; ``await job`` waits for the answer.

        Find one person's email address.

        Takes 2 to 10 seconds. Costs 5 cents for ``PROFESSIONAL``, 20 cents for ``PERSONAL``. A lead that already has an
        address of the requested kind gets it back with its status.
        Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

        Args:
            lead: What is known about the person: ``name``, ``company``, ``title``, ``domain``, ``linkedin``
                and so on.
            mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
            verify_emails: Whether to verify the address with its mail server first; the service's default
                is true.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _PeopleFindEmailBulk:
    """Find the email addresses of up to 100 people with one request; returns a list of results.

    Each person costs as much as with `FindEmail`.
    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

    Args:
        leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
            ``domain``, ``linkedin``.
        mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
        verify_emails: Whether to verify the address with its mail server first; the service's default
            is true.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        mode: Literal['PROFESSIONAL', 'PERSONAL'] | None = None,
        verify_emails: bool | None = None,
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> list[EmailResult]:
        """Find the email addresses of up to 100 people with one request; returns a list of results.

        Each person costs as much as with `FindEmail`.
        Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

        Args:
            leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
                ``domain``, ``linkedin``.
            mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
            verify_emails: Whether to verify the address with its mail server first; the service's default
                is true.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        mode: Literal['PROFESSIONAL', 'PERSONAL'] | None = None,
        verify_emails: bool | None = None,
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[list[EmailResult]]:
        """Start a job of the kind ``find-email-bulk`` and return its handle; ``await job`` waits for the answer.

        Find the email addresses of up to 100 people with one request; returns a list of results.

        Each person costs as much as with `FindEmail`.
        Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

        Args:
            leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
                ``domain``, ``linkedin``.
            mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
            verify_emails: Whether to verify the address with its mail server first; the service's default
                is true.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _PeopleFindPhone:
    """Find one person's phone numbers.

    Takes 2 to 10 seconds. Costs 30 cents in the vendor's example.
    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

    Args:
        lead: What is known about the person: ``name``, ``company``, ``email``, ``linkedin`` and so on.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        lead: Mapping[str, JsonValue],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> PhoneResult:
        """Find one person's phone numbers.

        Takes 2 to 10 seconds. Costs 30 cents in the vendor's example.
        Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

        Args:
            lead: What is known about the person: ``name``, ``company``, ``email``, ``linkedin`` and so on.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        lead: Mapping[str, JsonValue],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[PhoneResult]:
        """Start a job of the kind ``find-phone`` and return its handle; ``await job`` waits for the answer.

        Find one person's phone numbers.

        Takes 2 to 10 seconds. Costs 30 cents in the vendor's example.
        Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

        Args:
            lead: What is known about the person: ``name``, ``company``, ``email``, ``linkedin`` and so on.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _PeopleFindPhoneBulk:
    """Find the phone numbers of up to 100 people with one request; returns a list of results.

    Each person costs as much as with `FindPhone`.
    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

    Args:
        leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
            ``email``, ``linkedin``.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> list[PhoneResult]:
        """Find the phone numbers of up to 100 people with one request; returns a list of results.

        Each person costs as much as with `FindPhone`.
        Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

        Args:
            leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
                ``email``, ``linkedin``.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[list[PhoneResult]]:
        """Start a job of the kind ``find-phone-bulk`` and return its handle; ``await job`` waits for the answer.

        Find the phone numbers of up to 100 people with one request; returns a list of results.

        Each person costs as much as with `FindPhone`.
        Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

        Args:
            leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
                ``email``, ``linkedin``.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _PeopleReverseEmail:
    """Find the person behind an email address.

    Takes 2 to 10 seconds. Price: not published. Returns name, company, title, LinkedIn and other profile data.
    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

    Args:
        lead: The address as ``{"email": "…"}``, with anything else that is known beside it.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        lead: Mapping[str, JsonValue],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> ReverseResult:
        """Find the person behind an email address.

        Takes 2 to 10 seconds. Price: not published. Returns name, company, title, LinkedIn and other profile data.
        Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

        Args:
            lead: The address as ``{"email": "…"}``, with anything else that is known beside it.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        lead: Mapping[str, JsonValue],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[ReverseResult]:
        """Start a job of the kind ``reverse-email`` and return its handle; ``await job`` waits for the answer.

        Find the person behind an email address.

        Takes 2 to 10 seconds. Price: not published. Returns name, company, title, LinkedIn and other profile data.
        Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

        Args:
            lead: The address as ``{"email": "…"}``, with anything else that is known beside it.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _PeopleReverseEmailBulk:
    """Find the people behind up to 100 email addresses with one request; returns a list of results.

    Price: not published. Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

    Args:
        leads: 1 to 100 addresses, each as ``{"email": "…"}`` with anything else that is known beside
            it.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> list[ReverseResult]:
        """Find the people behind up to 100 email addresses with one request; returns a list of results.

        Price: not published. Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

        Args:
            leads: 1 to 100 addresses, each as ``{"email": "…"}`` with anything else that is known beside
                it.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[list[ReverseResult]]:
        """Start a job of the kind ``reverse-email-bulk`` and return its handle; ``await job`` waits for the answer.

        Find the people behind up to 100 email addresses with one request; returns a list of results.

        Price: not published. Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

        Args:
            leads: 1 to 100 addresses, each as ``{"email": "…"}`` with anything else that is known beside
                it.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _PeopleReversePhone:
    """Find the person behind a phone number.

    Takes 2 to 10 seconds. Price: not published. Returns name, company, title, LinkedIn and other profile data.
    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

    Args:
        lead: The number as ``{"phone": "…"}``, with anything else that is known beside it.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        lead: Mapping[str, JsonValue],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> ReverseResult:
        """Find the person behind a phone number.

        Takes 2 to 10 seconds. Price: not published. Returns name, company, title, LinkedIn and other profile data.
        Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

        Args:
            lead: The number as ``{"phone": "…"}``, with anything else that is known beside it.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        lead: Mapping[str, JsonValue],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[ReverseResult]:
        """Start a job of the kind ``reverse-phone`` and return its handle; ``await job`` waits for the answer.

        Find the person behind a phone number.

        Takes 2 to 10 seconds. Price: not published. Returns name, company, title, LinkedIn and other profile data.
        Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

        Args:
            lead: The number as ``{"phone": "…"}``, with anything else that is known beside it.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _PeopleReversePhoneBulk:
    """Find the people behind up to 100 phone numbers with one request; returns a list of results.

    Price: not published. Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

    Args:
        leads: 1 to 100 numbers, each as ``{"phone": "…"}`` with anything else that is known beside it.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> list[ReverseResult]:
        """Find the people behind up to 100 phone numbers with one request; returns a list of results.

        Price: not published. Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

        Args:
            leads: 1 to 100 numbers, each as ``{"phone": "…"}`` with anything else that is known beside it.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[list[ReverseResult]]:
        """Start a job of the kind ``reverse-phone-bulk`` and return its handle; ``await job`` waits for the answer.

        Find the people behind up to 100 phone numbers with one request; returns a list of results.

        Price: not published. Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

        Args:
            leads: 1 to 100 numbers, each as ``{"phone": "…"}`` with anything else that is known beside it.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _PeopleFindEmailV2:
    """Find one person's email address, with the answer of each data provider. Deprecated: use `FindEmail`.

    The answer is JSON of unpublished shape. Price: not published. Source: the vendor's older specification.

    Args:
        lead: What is known about the person: ``name``, ``company``, ``title``, ``domain``, ``linkedin``
            and so on.
        mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
        verify_emails: Whether to verify the address with its mail server first; the service's default
            is true.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        lead: Mapping[str, JsonValue],
        mode: Literal['PROFESSIONAL', 'PERSONAL'] | None = None,
        verify_emails: bool | None = None,
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Find one person's email address, with the answer of each data provider. Deprecated: use `FindEmail`.

        The answer is JSON of unpublished shape. Price: not published. Source: the vendor's older specification.

        Args:
            lead: What is known about the person: ``name``, ``company``, ``title``, ``domain``, ``linkedin``
                and so on.
            mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
            verify_emails: Whether to verify the address with its mail server first; the service's default
                is true.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        lead: Mapping[str, JsonValue],
        mode: Literal['PROFESSIONAL', 'PERSONAL'] | None = None,
        verify_emails: bool | None = None,
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[JsonValue]:
        """Start a job of the kind ``find-email-v2`` and return its handle; ``await job`` waits for the answer.

        Find one person's email address, with the answer of each data provider. Deprecated: use `FindEmail`.

        The answer is JSON of unpublished shape. Price: not published. Source: the vendor's older specification.

        Args:
            lead: What is known about the person: ``name``, ``company``, ``title``, ``domain``, ``linkedin``
                and so on.
            mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
            verify_emails: Whether to verify the address with its mail server first; the service's default
                is true.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _PeopleFindEmailV2Bulk:
    """Find the email addresses of up to 100 people, with each provider's answer. Deprecated: use `FindEmailBulk`.

    Returns a list of JSON values of unpublished shape. Price: not published.
    Source: the vendor's older specification.

    Args:
        leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
            ``domain``, ``linkedin``.
        mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
        verify_emails: Whether to verify the address with its mail server first; the service's default
            is true.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        mode: Literal['PROFESSIONAL', 'PERSONAL'] | None = None,
        verify_emails: bool | None = None,
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> list[JsonValue]:
        """Find the email addresses of up to 100 people, with each provider's answer. Deprecated: use `FindEmailBulk`.

        Returns a list of JSON values of unpublished shape. Price: not published.
        Source: the vendor's older specification.

        Args:
            leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
                ``domain``, ``linkedin``.
            mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
            verify_emails: Whether to verify the address with its mail server first; the service's default
                is true.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        mode: Literal['PROFESSIONAL', 'PERSONAL'] | None = None,
        verify_emails: bool | None = None,
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[list[JsonValue]]:
        """Start a job of the kind ``find-email-v2-bulk`` and return its handle; ``await job`` waits for the answer.

        Find the email addresses of up to 100 people, with each provider's answer. Deprecated: use `FindEmailBulk`.

        Returns a list of JSON values of unpublished shape. Price: not published.
        Source: the vendor's older specification.

        Args:
            leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
                ``domain``, ``linkedin``.
            mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
            verify_emails: Whether to verify the address with its mail server first; the service's default
                is true.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _PeopleFindPhoneV2:
    """Find one person's phone numbers, with the answer of each data provider. Deprecated: use `FindPhone`.

    The answer is JSON of unpublished shape. Price: not published. Source: the vendor's older specification.

    Args:
        lead: What is known about the person: ``name``, ``company``, ``email``, ``linkedin`` and so on.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        lead: Mapping[str, JsonValue],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Find one person's phone numbers, with the answer of each data provider. Deprecated: use `FindPhone`.

        The answer is JSON of unpublished shape. Price: not published. Source: the vendor's older specification.

        Args:
            lead: What is known about the person: ``name``, ``company``, ``email``, ``linkedin`` and so on.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        lead: Mapping[str, JsonValue],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[JsonValue]:
        """Start a job of the kind ``find-phone-v2`` and return its handle; ``await job`` waits for the answer.

        Find one person's phone numbers, with the answer of each data provider. Deprecated: use `FindPhone`.

        The answer is JSON of unpublished shape. Price: not published. Source: the vendor's older specification.

        Args:
            lead: What is known about the person: ``name``, ``company``, ``email``, ``linkedin`` and so on.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _PeopleFindPhoneV2Bulk:
    """Find the phone numbers of up to 100 people, with each provider's answer. Deprecated: use `FindPhoneBulk`.

    Returns a list of JSON values of unpublished shape. Price: not published.
    Source: the vendor's older specification.

    Args:
        leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
            ``email``, ``linkedin``.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> list[JsonValue]:
        """Find the phone numbers of up to 100 people, with each provider's answer. Deprecated: use `FindPhoneBulk`.

        Returns a list of JSON values of unpublished shape. Price: not published.
        Source: the vendor's older specification.

        Args:
            leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
                ``email``, ``linkedin``.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[list[JsonValue]]:
        """Start a job of the kind ``find-phone-v2-bulk`` and return its handle; ``await job`` waits for the answer.

        Find the phone numbers of up to 100 people, with each provider's answer. Deprecated: use `FindPhoneBulk`.

        Returns a list of JSON values of unpublished shape. Price: not published.
        Source: the vendor's older specification.

        Args:
            leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
                ``email``, ``linkedin``.
            providers: Ids of the data providers to query, in order; ids are not published and newer
                specifications lack the key.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class People(Namespace):
    """Research people, find and reverse their addresses and numbers."""

    intelligence: _PeopleIntelligence
    """``intelligence(*, lead_info, struct=None, research_plan=None, tier=None, field_confidence=None, webhook_url=None, include_workspace=None, investigation_id=None, investigation_name=None, budget=None, dispatch_id=None, exclusive_run=None, extra={})``

    Research one person; returns `Intelligence` with the requested fields in ``structured_data``.

    Takes 10 to 60 seconds for tier ``low``, 30 to 180 for ``medium``, minutes for ``high``; the vendor's benchmark
    measured medians of 230, 223 and 459 seconds, so prefer submitting a job. The price per tier is not published. A
    request that is abandoned is still billed.
    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

    Args:
        lead_info: What is known about the person: an email, a LinkedIn URL, or name and company; any
            further key helps.
        struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
            description; up to 100 fields.
        research_plan: Instructions on how to research, in plain words.
        tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
            ``low``. ``high`` must be enabled for the organization (403 otherwise); ``xhigh`` and
            ``scout`` exist, undocumented.
        field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
            without early access.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        include_workspace: Undocumented; passed through. By its name, attaches a workspace (live
            specification, September 2026).
        investigation_id: Undocumented; passed through. By its name, the id of an investigation that
            groups several requests.
        investigation_name: Undocumented; passed through. By its name, the name of an investigation that
            groups several requests.
        budget: Undocumented; passed through. By its name, a limit on what the request may spend.
        dispatch_id: Undocumented; passed through. By its name, an id for the dispatch of the request.
        exclusive_run: Undocumented; passed through. By its name, forbids a second concurrent run.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``people-intelligence`` and return its handle; ``await job`` waits for the answer.
    """

    async def start_bulk_intelligence(
        self,
        *,
        file: Upload,
        struct: type[Any] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        research_plan: str | None = None,
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        columns: Sequence[str] | None = None,
        result_formats: Sequence[str] | None = None,
        save_json: bool | None = None,
        idempotency_key: str | None = None,
        cost_units: Literal['cents', 'credits'] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[list[ResultFile]]:
        """Start a job of the kind ``bulk-people-intelligence`` and return its handle; ``await job`` waits for the answer.

        Research every person in a file, as one job; returns links to result files (see `final_file`).

        Costs the tier's price per row, which is not published; `BulkStarted` reports the estimate, and 402 means that the
        balance does not cover it and nothing was charged. Limited to 10 submits a minute per organization. Rows that
        cannot be researched come back unchanged.
        Source: docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence.

        Args:
            file: The rows: a ``.csv``, ``.json``, ``.jsonl`` or ``.ndjson`` file of up to 100 MB and
                100,000 rows. Pass an `Upload`, a `pathlib.Path`, bytes or an async iterable of bytes.
            struct: What to find in each row: a pydantic class, dataclass or TypedDict, or a mapping of
                field name to description.
            research_plan: Instructions on how to research each row, in plain words.
            tier: Research depth per row: ``micro``, ``low``, ``medium`` or ``high``; the service's default
                is ``low``.
            field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
                without early access.
            webhook_url: URL to which the service posts the result of the job: http(s), up to 2083
                characters.
            columns: Names of the columns to use as input; all columns when not sent.
            result_formats: Formats in which to save the results; ``csv``, ``json`` and ``ndjson`` are known
                from workflow runs.
            save_json: Whether to save the results as JSON too; the service's default is false.
            idempotency_key: A key of the caller's choice, sent as a header: a repeated submit with the same
                key starts no second job.
            cost_units: Unit of the estimate in the answer, ``cents`` or ``credits``; the service's default
                is ``cents``.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    enrich_lead: _PeopleEnrichLead
    """``enrich_lead(*, lead_info, struct=None, research_plan=None, tier=None, field_confidence=None, webhook_url=None, include_workspace=None, investigation_id=None, investigation_name=None, budget=None, dispatch_id=None, exclusive_run=None, extra={})``

    Research one person through the older route; the same as `PeopleIntelligence`, which new code should use.

    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

    Args:
        lead_info: What is known about the person: an email, a LinkedIn URL, or name and company; any
            further key helps.
        struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
            description; up to 100 fields.
        research_plan: Instructions on how to research, in plain words.
        tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
            ``low``. ``high`` must be enabled for the organization (403 otherwise); ``xhigh`` and
            ``scout`` exist, undocumented.
        field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
            without early access.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        include_workspace: Undocumented; passed through. By its name, attaches a workspace (live
            specification, September 2026).
        investigation_id: Undocumented; passed through. By its name, the id of an investigation that
            groups several requests.
        investigation_name: Undocumented; passed through. By its name, the name of an investigation that
            groups several requests.
        budget: Undocumented; passed through. By its name, a limit on what the request may spend.
        dispatch_id: Undocumented; passed through. By its name, an id for the dispatch of the request.
        exclusive_run: Undocumented; passed through. By its name, forbids a second concurrent run.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``enrich-lead`` and return its handle; ``await job`` waits for the answer.
    """

    find_email: _PeopleFindEmail
    """``find_email(*, lead, mode=None, verify_emails=None, providers=None, webhook_url=None, extra={})``

    Find one person's email address.

    Takes 2 to 10 seconds. Costs 5 cents for ``PROFESSIONAL``, 20 cents for ``PERSONAL``. A lead that already has an
    address of the requested kind gets it back with its status.
    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

    Args:
        lead: What is known about the person: ``name``, ``company``, ``title``, ``domain``, ``linkedin``
            and so on.
        mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
        verify_emails: Whether to verify the address with its mail server first; the service's default
            is true.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-email`` and return its handle; ``await job`` waits for the answer.
    """

    find_email_bulk: _PeopleFindEmailBulk
    """``find_email_bulk(*, leads, mode=None, verify_emails=None, providers=None, webhook_url=None, extra={})``

    Find the email addresses of up to 100 people with one request; returns a list of results.

    Each person costs as much as with `FindEmail`.
    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

    Args:
        leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
            ``domain``, ``linkedin``.
        mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
        verify_emails: Whether to verify the address with its mail server first; the service's default
            is true.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-email-bulk`` and return its handle; ``await job`` waits for the answer.
    """

    find_phone: _PeopleFindPhone
    """``find_phone(*, lead, providers=None, webhook_url=None, extra={})``

    Find one person's phone numbers.

    Takes 2 to 10 seconds. Costs 30 cents in the vendor's example.
    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

    Args:
        lead: What is known about the person: ``name``, ``company``, ``email``, ``linkedin`` and so on.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-phone`` and return its handle; ``await job`` waits for the answer.
    """

    find_phone_bulk: _PeopleFindPhoneBulk
    """``find_phone_bulk(*, leads, providers=None, webhook_url=None, extra={})``

    Find the phone numbers of up to 100 people with one request; returns a list of results.

    Each person costs as much as with `FindPhone`.
    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

    Args:
        leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
            ``email``, ``linkedin``.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-phone-bulk`` and return its handle; ``await job`` waits for the answer.
    """

    reverse_email: _PeopleReverseEmail
    """``reverse_email(*, lead, providers=None, webhook_url=None, extra={})``

    Find the person behind an email address.

    Takes 2 to 10 seconds. Price: not published. Returns name, company, title, LinkedIn and other profile data.
    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

    Args:
        lead: The address as ``{"email": "…"}``, with anything else that is known beside it.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``reverse-email`` and return its handle; ``await job`` waits for the answer.
    """

    reverse_email_bulk: _PeopleReverseEmailBulk
    """``reverse_email_bulk(*, leads, providers=None, webhook_url=None, extra={})``

    Find the people behind up to 100 email addresses with one request; returns a list of results.

    Price: not published. Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

    Args:
        leads: 1 to 100 addresses, each as ``{"email": "…"}`` with anything else that is known beside
            it.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``reverse-email-bulk`` and return its handle; ``await job`` waits for the answer.
    """

    reverse_phone: _PeopleReversePhone
    """``reverse_phone(*, lead, providers=None, webhook_url=None, extra={})``

    Find the person behind a phone number.

    Takes 2 to 10 seconds. Price: not published. Returns name, company, title, LinkedIn and other profile data.
    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

    Args:
        lead: The number as ``{"phone": "…"}``, with anything else that is known beside it.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``reverse-phone`` and return its handle; ``await job`` waits for the answer.
    """

    reverse_phone_bulk: _PeopleReversePhoneBulk
    """``reverse_phone_bulk(*, leads, providers=None, webhook_url=None, extra={})``

    Find the people behind up to 100 phone numbers with one request; returns a list of results.

    Price: not published. Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

    Args:
        leads: 1 to 100 numbers, each as ``{"phone": "…"}`` with anything else that is known beside it.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``reverse-phone-bulk`` and return its handle; ``await job`` waits for the answer.
    """

    async def enrich_linkedin(
        self,
        *,
        linkedin_url: str,
        struct: type[S] | Mapping[str, str] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Intelligence[S]:
        """Extract fields from one LinkedIn profile or company page.

        Makes a single language-model call; cannot be submitted as a job. Run time and price: not published.
        Source: docs.sixtyfour.ai, api-reference/enrichment/enrich-linkedin-profile.

        Args:
            linkedin_url: Full URL of the page, under ``/in/`` or ``/company/``.
            struct: What to return: a pydantic class, dataclass or TypedDict, or a mapping of field name to
                description.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def get_linkedin(
        self,
        *,
        linkedin_url: str,
        include_fresh: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Return the service's stored copy of one LinkedIn page, as JSON of unpublished shape.

        Price: not published. Source: the vendor's older specification.

        Args:
            linkedin_url: URL of the page.
            include_fresh: Whether to fetch the page again; the service's default is false, and the effect
                is known by name only.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def start_verify_age(
        self,
        *,
        subject: Mapping[str, JsonValue],
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[dict[str, JsonValue]]:
        """Start a job of the kind ``verify-age`` and return its handle; ``await job`` waits for the answer.

        Research a person's age and date of birth, as a job.

        The result is a JSON object of unpublished shape. Run time and price: not published; the vendor calls it
        high-tier research. Source: the vendor's specification, verify-age.

        Args:
            subject: What is known about the person: ``name``, ``company``, ``linkedin``, ``email``,
                ``location`` and so on.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def verify_age_status(
        self,
        *,
        task_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> AgeStatus:
        """Poll one age verification once; returns its status and, when it has completed, its result.

        Source: the vendor's specification, verify-age.

        Args:
            task_id: Id of the job: the ``task_id`` that `VerifyAge` returned.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def enrich_dataframe(
        self,
        *,
        csv_data: str,
        enrichment_type: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Enrich a CSV table through a legacy route; prefer `BulkPeopleIntelligence`.

        The answer is JSON of unpublished shape. Price: not published. Source: a third-party reference; in no specification.

        Args:
            csv_data: The whole table as CSV text with a header line, such as ``"name,company\\nA,B"``.
            enrichment_type: What to add to each row, such as ``phone``; other values are not published.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    find_email_v2: _PeopleFindEmailV2
    """``find_email_v2(*, lead, mode=None, verify_emails=None, providers=None, webhook_url=None, extra={})``

    Find one person's email address, with the answer of each data provider. Deprecated: use `FindEmail`.

    The answer is JSON of unpublished shape. Price: not published. Source: the vendor's older specification.

    Args:
        lead: What is known about the person: ``name``, ``company``, ``title``, ``domain``, ``linkedin``
            and so on.
        mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
        verify_emails: Whether to verify the address with its mail server first; the service's default
            is true.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-email-v2`` and return its handle; ``await job`` waits for the answer.
    """

    find_email_v2_bulk: _PeopleFindEmailV2Bulk
    """``find_email_v2_bulk(*, leads, mode=None, verify_emails=None, providers=None, webhook_url=None, extra={})``

    Find the email addresses of up to 100 people, with each provider's answer. Deprecated: use `FindEmailBulk`.

    Returns a list of JSON values of unpublished shape. Price: not published.
    Source: the vendor's older specification.

    Args:
        leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
            ``domain``, ``linkedin``.
        mode: Kind of address to find, work or private; the service's default is ``PROFESSIONAL``.
        verify_emails: Whether to verify the address with its mail server first; the service's default
            is true.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-email-v2-bulk`` and return its handle; ``await job`` waits for the answer.
    """

    find_phone_v2: _PeopleFindPhoneV2
    """``find_phone_v2(*, lead, providers=None, webhook_url=None, extra={})``

    Find one person's phone numbers, with the answer of each data provider. Deprecated: use `FindPhone`.

    The answer is JSON of unpublished shape. Price: not published. Source: the vendor's older specification.

    Args:
        lead: What is known about the person: ``name``, ``company``, ``email``, ``linkedin`` and so on.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-phone-v2`` and return its handle; ``await job`` waits for the answer.
    """

    find_phone_v2_bulk: _PeopleFindPhoneV2Bulk
    """``find_phone_v2_bulk(*, leads, providers=None, webhook_url=None, extra={})``

    Find the phone numbers of up to 100 people, with each provider's answer. Deprecated: use `FindPhoneBulk`.

    Returns a list of JSON values of unpublished shape. Price: not published.
    Source: the vendor's older specification.

    Args:
        leads: 1 to 100 people, each a mapping of what is known, such as ``name``, ``company``,
            ``email``, ``linkedin``.
        providers: Ids of the data providers to query, in order; ids are not published and newer
            specifications lack the key.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-phone-v2-bulk`` and return its handle; ``await job`` waits for the answer.
    """


class _CompanyIntelligence:
    """Research one company; returns `Intelligence` with the requested fields in ``structured_data``.

    Takes as long as `PeopleIntelligence` of the same tier, or 5 to 10 minutes by the vendor's notebook, so prefer
    submitting a job. The price per tier is not published. A request that is abandoned is still billed.
    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

    Args:
        target_company: What is known about the company: ``company_name``, ``website``, ``domain``,
            ``linkedin`` and so on.
        struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
            description; up to 100 fields.
        tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
            ``low``. ``high`` must be enabled for the organization (403 otherwise).
        research_plan: Instructions on how to research, in plain words.
        lead_struct: What to find about each person, in the same form; with ``find_people``, and read by
            `Intelligence.people_as`.
        find_people: Whether to find people of the company too; the service's default is false.
        full_org_chart: Whether to return the full org chart instead of a focused list of people; the
            service's default is false.
        people_focus_prompt: Which people to find, in plain words; with ``find_people``.
        field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
            without early access.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        target_company: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]],
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        research_plan: str | None = None,
        lead_struct: type[Any] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        find_people: bool | None = None,
        full_org_chart: bool | None = None,
        people_focus_prompt: str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Intelligence[S]:
        """Research one company; returns `Intelligence` with the requested fields in ``structured_data``.

        Takes as long as `PeopleIntelligence` of the same tier, or 5 to 10 minutes by the vendor's notebook, so prefer
        submitting a job. The price per tier is not published. A request that is abandoned is still billed.
        Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

        Args:
            target_company: What is known about the company: ``company_name``, ``website``, ``domain``,
                ``linkedin`` and so on.
            struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
                description; up to 100 fields.
            tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
                ``low``. ``high`` must be enabled for the organization (403 otherwise).
            research_plan: Instructions on how to research, in plain words.
            lead_struct: What to find about each person, in the same form; with ``find_people``, and read by
                `Intelligence.people_as`.
            find_people: Whether to find people of the company too; the service's default is false.
            full_org_chart: Whether to return the full org chart instead of a focused list of people; the
                service's default is false.
            people_focus_prompt: Which people to find, in plain words; with ``find_people``.
            field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
                without early access.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        target_company: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]],
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        research_plan: str | None = None,
        lead_struct: type[Any] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        find_people: bool | None = None,
        full_org_chart: bool | None = None,
        people_focus_prompt: str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[Intelligence[S]]:
        """Start a job of the kind ``company-intelligence`` and return its handle; ``await job`` waits for the answer.

        Research one company; returns `Intelligence` with the requested fields in ``structured_data``.

        Takes as long as `PeopleIntelligence` of the same tier, or 5 to 10 minutes by the vendor's notebook, so prefer
        submitting a job. The price per tier is not published. A request that is abandoned is still billed.
        Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

        Args:
            target_company: What is known about the company: ``company_name``, ``website``, ``domain``,
                ``linkedin`` and so on.
            struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
                description; up to 100 fields.
            tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
                ``low``. ``high`` must be enabled for the organization (403 otherwise).
            research_plan: Instructions on how to research, in plain words.
            lead_struct: What to find about each person, in the same form; with ``find_people``, and read by
                `Intelligence.people_as`.
            find_people: Whether to find people of the company too; the service's default is false.
            full_org_chart: Whether to return the full org chart instead of a focused list of people; the
                service's default is false.
            people_focus_prompt: Which people to find, in plain words; with ``find_people``.
            field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
                without early access.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _CompanyEnrichCompany:
    """Research one company through the older route; the same as `CompanyIntelligence`, which new code should use.

    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

    Args:
        target_company: What is known about the company: ``company_name``, ``website``, ``domain``,
            ``linkedin`` and so on.
        struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
            description; up to 100 fields.
        tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
            ``low``. ``high`` must be enabled for the organization (403 otherwise).
        research_plan: Instructions on how to research, in plain words.
        lead_struct: What to find about each person, in the same form; with ``find_people``, and read by
            `Intelligence.people_as`.
        find_people: Whether to find people of the company too; the service's default is false.
        full_org_chart: Whether to return the full org chart instead of a focused list of people; the
            service's default is false.
        people_focus_prompt: Which people to find, in plain words; with ``find_people``.
        field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
            without early access.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        target_company: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]],
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        research_plan: str | None = None,
        lead_struct: type[Any] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        find_people: bool | None = None,
        full_org_chart: bool | None = None,
        people_focus_prompt: str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Intelligence[S]:
        """Research one company through the older route; the same as `CompanyIntelligence`, which new code should use.

        Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

        Args:
            target_company: What is known about the company: ``company_name``, ``website``, ``domain``,
                ``linkedin`` and so on.
            struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
                description; up to 100 fields.
            tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
                ``low``. ``high`` must be enabled for the organization (403 otherwise).
            research_plan: Instructions on how to research, in plain words.
            lead_struct: What to find about each person, in the same form; with ``find_people``, and read by
                `Intelligence.people_as`.
            find_people: Whether to find people of the company too; the service's default is false.
            full_org_chart: Whether to return the full org chart instead of a focused list of people; the
                service's default is false.
            people_focus_prompt: Which people to find, in plain words; with ``find_people``.
            field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
                without early access.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        target_company: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]],
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        research_plan: str | None = None,
        lead_struct: type[Any] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        find_people: bool | None = None,
        full_org_chart: bool | None = None,
        people_focus_prompt: str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[Intelligence[S]]:
        """Start a job of the kind ``enrich-company`` and return its handle; ``await job`` waits for the answer.

        Research one company through the older route; the same as `CompanyIntelligence`, which new code should use.

        Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

        Args:
            target_company: What is known about the company: ``company_name``, ``website``, ``domain``,
                ``linkedin`` and so on.
            struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
                description; up to 100 fields.
            tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
                ``low``. ``high`` must be enabled for the organization (403 otherwise).
            research_plan: Instructions on how to research, in plain words.
            lead_struct: What to find about each person, in the same form; with ``find_people``, and read by
                `Intelligence.people_as`.
            find_people: Whether to find people of the company too; the service's default is false.
            full_org_chart: Whether to return the full org chart instead of a focused list of people; the
                service's default is false.
            people_focus_prompt: Which people to find, in plain words; with ``find_people``.
            field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
                without early access.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _CompanyEnrichCompanyV2:
    """Research one company through a retired route. Deprecated: use `CompanyIntelligence`.

    Source: the vendor's older specification.

    Args:
        target_company: What is known about the company: ``company_name``, ``website``, ``domain``,
            ``linkedin`` and so on.
        struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
            description; up to 100 fields.
        tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
            ``low``. ``high`` must be enabled for the organization (403 otherwise).
        research_plan: Instructions on how to research, in plain words.
        lead_struct: What to find about each person, in the same form; with ``find_people``, and read by
            `Intelligence.people_as`.
        find_people: Whether to find people of the company too; the service's default is false.
        full_org_chart: Whether to return the full org chart instead of a focused list of people; the
            service's default is false.
        people_focus_prompt: Which people to find, in plain words; with ``find_people``.
        field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
            without early access.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        target_company: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]],
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        research_plan: str | None = None,
        lead_struct: type[Any] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        find_people: bool | None = None,
        full_org_chart: bool | None = None,
        people_focus_prompt: str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Intelligence[S]:
        """Research one company through a retired route. Deprecated: use `CompanyIntelligence`.

        Source: the vendor's older specification.

        Args:
            target_company: What is known about the company: ``company_name``, ``website``, ``domain``,
                ``linkedin`` and so on.
            struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
                description; up to 100 fields.
            tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
                ``low``. ``high`` must be enabled for the organization (403 otherwise).
            research_plan: Instructions on how to research, in plain words.
            lead_struct: What to find about each person, in the same form; with ``find_people``, and read by
                `Intelligence.people_as`.
            find_people: Whether to find people of the company too; the service's default is false.
            full_org_chart: Whether to return the full org chart instead of a focused list of people; the
                service's default is false.
            people_focus_prompt: Which people to find, in plain words; with ``find_people``.
            field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
                without early access.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        target_company: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]],
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        research_plan: str | None = None,
        lead_struct: type[Any] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        find_people: bool | None = None,
        full_org_chart: bool | None = None,
        people_focus_prompt: str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[Intelligence[S]]:
        """Start a job of the kind ``enrich-company-v2`` and return its handle; ``await job`` waits for the answer.

        Research one company through a retired route. Deprecated: use `CompanyIntelligence`.

        Source: the vendor's older specification.

        Args:
            target_company: What is known about the company: ``company_name``, ``website``, ``domain``,
                ``linkedin`` and so on.
            struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
                description; up to 100 fields.
            tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
                ``low``. ``high`` must be enabled for the organization (403 otherwise).
            research_plan: Instructions on how to research, in plain words.
            lead_struct: What to find about each person, in the same form; with ``find_people``, and read by
                `Intelligence.people_as`.
            find_people: Whether to find people of the company too; the service's default is false.
            full_org_chart: Whether to return the full org chart instead of a focused list of people; the
                service's default is false.
            people_focus_prompt: Which people to find, in plain words; with ``find_people``.
            field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
                without early access.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class Company(Namespace):
    """Research companies."""

    intelligence: _CompanyIntelligence
    """``intelligence(*, target_company, struct, tier=None, research_plan=None, lead_struct=None, find_people=None, full_org_chart=None, people_focus_prompt=None, field_confidence=None, webhook_url=None, extra={})``

    Research one company; returns `Intelligence` with the requested fields in ``structured_data``.

    Takes as long as `PeopleIntelligence` of the same tier, or 5 to 10 minutes by the vendor's notebook, so prefer
    submitting a job. The price per tier is not published. A request that is abandoned is still billed.
    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

    Args:
        target_company: What is known about the company: ``company_name``, ``website``, ``domain``,
            ``linkedin`` and so on.
        struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
            description; up to 100 fields.
        tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
            ``low``. ``high`` must be enabled for the organization (403 otherwise).
        research_plan: Instructions on how to research, in plain words.
        lead_struct: What to find about each person, in the same form; with ``find_people``, and read by
            `Intelligence.people_as`.
        find_people: Whether to find people of the company too; the service's default is false.
        full_org_chart: Whether to return the full org chart instead of a focused list of people; the
            service's default is false.
        people_focus_prompt: Which people to find, in plain words; with ``find_people``.
        field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
            without early access.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``company-intelligence`` and return its handle; ``await job`` waits for the answer.
    """

    async def start_bulk_intelligence(
        self,
        *,
        struct: type[Any] | Mapping[str, str | Mapping[str, JsonValue]],
        file: Upload,
        lead_struct: type[Any] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        find_people: bool | None = None,
        full_org_chart: bool | None = None,
        people_focus_prompt: str | None = None,
        research_plan: str | None = None,
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        columns: Sequence[str] | None = None,
        result_formats: Sequence[str] | None = None,
        save_json: bool | None = None,
        idempotency_key: str | None = None,
        cost_units: Literal['cents', 'credits'] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[list[ResultFile]]:
        """Start a job of the kind ``bulk-company-intelligence`` and return its handle; ``await job`` waits for the answer.

        Research every company in a file, as one job; returns links to result files (see `final_file`).

        Limits and price as for `BulkPeopleIntelligence`; people found with ``find_people`` cost more than the estimate.
        Source: docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence.

        Args:
            struct: What to find in each row: a pydantic class, dataclass or TypedDict, or a mapping of
                field name to description.
            file: The rows: a ``.csv``, ``.json``, ``.jsonl`` or ``.ndjson`` file of up to 100 MB and
                100,000 rows. Pass an `Upload`, a `pathlib.Path`, bytes or an async iterable of bytes.
            lead_struct: What to find about each person, in the same form; with ``find_people``.
            find_people: Whether to find people of each company too; the service's default is false.
            full_org_chart: Whether to return the full org chart instead of a focused list of people; the
                service's default is false.
            people_focus_prompt: Which people to find, in plain words; with ``find_people``.
            research_plan: Instructions on how to research each row, in plain words.
            tier: Research depth per row: ``micro``, ``low``, ``medium`` or ``high``; the service's default
                is ``low``.
            field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
                without early access.
            webhook_url: URL to which the service posts the result of the job: http(s), up to 2083
                characters.
            columns: Names of the columns to use as input; all columns when not sent.
            result_formats: Formats in which to save the results; ``csv``, ``json`` and ``ndjson`` are known
                from workflow runs.
            save_json: Whether to save the results as JSON too; the service's default is false.
            idempotency_key: A key of the caller's choice, sent as a header: a repeated submit with the same
                key starts no second job.
            cost_units: Unit of the estimate in the answer, ``cents`` or ``credits``; the service's default
                is ``cents``.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    enrich_company: _CompanyEnrichCompany
    """``enrich_company(*, target_company, struct, tier=None, research_plan=None, lead_struct=None, find_people=None, full_org_chart=None, people_focus_prompt=None, field_confidence=None, webhook_url=None, extra={})``

    Research one company through the older route; the same as `CompanyIntelligence`, which new code should use.

    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

    Args:
        target_company: What is known about the company: ``company_name``, ``website``, ``domain``,
            ``linkedin`` and so on.
        struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
            description; up to 100 fields.
        tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
            ``low``. ``high`` must be enabled for the organization (403 otherwise).
        research_plan: Instructions on how to research, in plain words.
        lead_struct: What to find about each person, in the same form; with ``find_people``, and read by
            `Intelligence.people_as`.
        find_people: Whether to find people of the company too; the service's default is false.
        full_org_chart: Whether to return the full org chart instead of a focused list of people; the
            service's default is false.
        people_focus_prompt: Which people to find, in plain words; with ``find_people``.
        field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
            without early access.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``enrich-company`` and return its handle; ``await job`` waits for the answer.
    """

    enrich_company_v2: _CompanyEnrichCompanyV2
    """``enrich_company_v2(*, target_company, struct, tier=None, research_plan=None, lead_struct=None, find_people=None, full_org_chart=None, people_focus_prompt=None, field_confidence=None, webhook_url=None, extra={})``

    Research one company through a retired route. Deprecated: use `CompanyIntelligence`.

    Source: the vendor's older specification.

    Args:
        target_company: What is known about the company: ``company_name``, ``website``, ``domain``,
            ``linkedin`` and so on.
        struct: What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to
            description; up to 100 fields.
        tier: Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is
            ``low``. ``high`` must be enabled for the organization (403 otherwise).
        research_plan: Instructions on how to research, in plain words.
        lead_struct: What to find about each person, in the same form; with ``find_people``, and read by
            `Intelligence.people_as`.
        find_people: Whether to find people of the company too; the service's default is false.
        full_org_chart: Whether to return the full org chart instead of a focused list of people; the
            service's default is false.
        people_focus_prompt: Which people to find, in plain words; with ``find_people``.
        field_confidence: Whether to return a confidence of 0 to 100 for each field; silently ignored
            without early access.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``enrich-company-v2`` and return its handle; ``await job`` waits for the answer.
    """


class _AgentsQa:
    """Judge a record against criteria; returns ``structured_data`` and notes.

    Takes 30 to 180 seconds. Price: not published. The service sends every value in ``structured_data`` as
    text, which a class as ``struct`` reads.
    Source: docs.sixtyfour.ai, api-reference/endpoint/qa-agent.

    Args:
        data: The record to judge, as a mapping of at least one key.
        qualification_criteria: The criteria to judge by; at least one `Criterion`, or a mapping of its
            fields.
        references: Pages to consult, each as ``{"url": "…", "description": "…"}``; the service's
            default is none.
        struct: What to return: a pydantic class, dataclass or TypedDict, or a mapping of field name to
            description.
        max_tool_calls: Maximum number of tool calls by the agent, 1 to 50; the service's default is 10.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        data: Mapping[str, JsonValue],
        qualification_criteria: Sequence[Criterion],
        references: Sequence[Mapping[str, str]] | None = None,
        struct: type[S] | Mapping[str, str] | None = None,
        max_tool_calls: int | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> QAResult[S]:
        """Judge a record against criteria; returns ``structured_data`` and notes.

        Takes 30 to 180 seconds. Price: not published. The service sends every value in ``structured_data`` as
        text, which a class as ``struct`` reads.
        Source: docs.sixtyfour.ai, api-reference/endpoint/qa-agent.

        Args:
            data: The record to judge, as a mapping of at least one key.
            qualification_criteria: The criteria to judge by; at least one `Criterion`, or a mapping of its
                fields.
            references: Pages to consult, each as ``{"url": "…", "description": "…"}``; the service's
                default is none.
            struct: What to return: a pydantic class, dataclass or TypedDict, or a mapping of field name to
                description.
            max_tool_calls: Maximum number of tool calls by the agent, 1 to 50; the service's default is 10.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        data: Mapping[str, JsonValue],
        qualification_criteria: Sequence[Criterion],
        references: Sequence[Mapping[str, str]] | None = None,
        struct: type[S] | Mapping[str, str] | None = None,
        max_tool_calls: int | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[QAResult[S]]:
        """Start a job of the kind ``qa-agent`` and return its handle; ``await job`` waits for the answer.

        Judge a record against criteria; returns ``structured_data`` and notes.

        Takes 30 to 180 seconds. Price: not published. The service sends every value in ``structured_data`` as
        text, which a class as ``struct`` reads.
        Source: docs.sixtyfour.ai, api-reference/endpoint/qa-agent.

        Args:
            data: The record to judge, as a mapping of at least one key.
            qualification_criteria: The criteria to judge by; at least one `Criterion`, or a mapping of its
                fields.
            references: Pages to consult, each as ``{"url": "…", "description": "…"}``; the service's
                default is none.
            struct: What to return: a pydantic class, dataclass or TypedDict, or a mapping of field name to
                description.
            max_tool_calls: Maximum number of tool calls by the agent, 1 to 50; the service's default is 10.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _AgentsResearch:
    """Research any record, not only people and companies.

    The specification has not listed this route since mid 2026, though the webhook pages still name it; it may
    disappear. Run time and price: not published.
    Source: docs.sixtyfour.ai, guides/using-webhooks, and the vendor's older specification.

    Args:
        input_data: What is already known about the subject, as a mapping of at least one key.
        struct: What to return: a pydantic class, dataclass or TypedDict, or a mapping of field name to
            description.
        research_plan: Instructions on how to research, in plain words.
        max_iterations: Maximum number of rounds of the agent, from 1; the default of the specification
            of May 2026 is 2.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        benchmark: Undocumented; passed through. The default of the specification of May 2026 is false.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        input_data: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        research_plan: str | None = None,
        max_iterations: int | None = None,
        webhook_url: str | None = None,
        benchmark: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Intelligence[S]:
        """Research any record, not only people and companies.

        The specification has not listed this route since mid 2026, though the webhook pages still name it; it may
        disappear. Run time and price: not published.
        Source: docs.sixtyfour.ai, guides/using-webhooks, and the vendor's older specification.

        Args:
            input_data: What is already known about the subject, as a mapping of at least one key.
            struct: What to return: a pydantic class, dataclass or TypedDict, or a mapping of field name to
                description.
            research_plan: Instructions on how to research, in plain words.
            max_iterations: Maximum number of rounds of the agent, from 1; the default of the specification
                of May 2026 is 2.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            benchmark: Undocumented; passed through. The default of the specification of May 2026 is false.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def submit(
        self,
        *,
        input_data: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        research_plan: str | None = None,
        max_iterations: int | None = None,
        webhook_url: str | None = None,
        benchmark: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[Intelligence[S]]:
        """Start a job of the kind ``research-agent`` and return its handle; ``await job`` waits for the answer.

        Research any record, not only people and companies.

        The specification has not listed this route since mid 2026, though the webhook pages still name it; it may
        disappear. Run time and price: not published.
        Source: docs.sixtyfour.ai, guides/using-webhooks, and the vendor's older specification.

        Args:
            input_data: What is already known about the subject, as a mapping of at least one key.
            struct: What to return: a pydantic class, dataclass or TypedDict, or a mapping of field name to
                description.
            research_plan: Instructions on how to research, in plain words.
            max_iterations: Maximum number of rounds of the agent, from 1; the default of the specification
                of May 2026 is 2.
            webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
            benchmark: Undocumented; passed through. The default of the specification of May 2026 is false.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class Agents(Namespace):
    """Qualify a record against criteria, or research open questions about it."""

    qa: _AgentsQa
    """``qa(*, data, qualification_criteria, references=None, struct=None, max_tool_calls=None, webhook_url=None, extra={})``

    Judge a record against criteria; returns ``structured_data`` and notes.

    Takes 30 to 180 seconds. Price: not published. The service sends every value in ``structured_data`` as
    text, which a class as ``struct`` reads.
    Source: docs.sixtyfour.ai, api-reference/endpoint/qa-agent.

    Args:
        data: The record to judge, as a mapping of at least one key.
        qualification_criteria: The criteria to judge by; at least one `Criterion`, or a mapping of its
            fields.
        references: Pages to consult, each as ``{"url": "…", "description": "…"}``; the service's
            default is none.
        struct: What to return: a pydantic class, dataclass or TypedDict, or a mapping of field name to
            description.
        max_tool_calls: Maximum number of tool calls by the agent, 1 to 50; the service's default is 10.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``qa-agent`` and return its handle; ``await job`` waits for the answer.
    """

    research: _AgentsResearch
    """``research(*, input_data, struct=None, research_plan=None, max_iterations=None, webhook_url=None, benchmark=None, extra={})``

    Research any record, not only people and companies.

    The specification has not listed this route since mid 2026, though the webhook pages still name it; it may
    disappear. Run time and price: not published.
    Source: docs.sixtyfour.ai, guides/using-webhooks, and the vendor's older specification.

    Args:
        input_data: What is already known about the subject, as a mapping of at least one key.
        struct: What to return: a pydantic class, dataclass or TypedDict, or a mapping of field name to
            description.
        research_plan: Instructions on how to research, in plain words.
        max_iterations: Maximum number of rounds of the agent, from 1; the default of the specification
            of May 2026 is 2.
        webhook_url: URL to which the service posts the result of a job: http(s), up to 2083 characters.
        benchmark: Undocumented; passed through. The default of the specification of May 2026 is false.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``research-agent`` and return its handle; ``await job`` waits for the answer.
    """


class Jobs(Namespace):
    """Poll a job by its id."""

    async def status(
        self,
        *,
        job_id: str,
        cost_units: Literal['cents', 'credits'] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> JobStatus:
        """Poll one job once; returns its status and, when it has completed, its result.

        Every poll counts against the 500 requests a minute; the vendor advises one every 10 seconds. A failed job is
        reported with HTTP 200. Download links in a result expire after 15 minutes; poll again for fresh ones.
        Source: docs.sixtyfour.ai, api-reference, job status.

        Args:
            job_id: Id of the job: the ``task_id`` that the submit returned.
            cost_units: Unit of the charge in the answer, ``cents`` or ``credits``; the service's default is
                ``cents``.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class ExclusionLists(Namespace):
    """Saved lists of people or companies that searches leave out."""

    async def create(
        self,
        *,
        source: EntityIds | UploadedFile | SearchResults,
        name: str | None = None,
        entity_type: Literal['person', 'company'] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[ExclusionList]:
        """Start a job of the kind ``exclusion-list-create`` and return its handle; ``await job`` waits for the answer.

        Create a list of people or companies that searches leave out, as a job.

        The list can be used once its status is ``ready`` and cannot be changed afterwards. An organization may keep 20
        lists, 40 with extended limits. Run time and price: not published.
        Source: docs.sixtyfour.ai, api-reference/search/create-exclusion-list-endpoint.

        Args:
            source: What to build the list from: `EntityIds`, `UploadedFile` or `SearchResults`.
            name: Name of the list, 1 to 120 characters; required unless the source is `SearchResults`,
                which get a dated name.
            entity_type: Kind of entity in the list; the service's default is ``person`` (which searches
                call ``people``).
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def list(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[ExclusionList]:
        """List the organization's exclusion lists, newest first.

        Source: docs.sixtyfour.ai, api-reference/search/search-exclusions.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def get(
        self,
        *,
        list_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> ExclusionList:
        """Return one exclusion list with its status; also the poll of `CreateExclusionList`.

        Source: docs.sixtyfour.ai, api-reference/search/search-exclusions.

        Args:
            list_id: Id of the list.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def delete(
        self,
        *,
        list_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Delete an exclusion list.

        Source: docs.sixtyfour.ai, api-reference/search/search-exclusions.

        Args:
            list_id: Id of the list.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class _HistoryList:
    """List past searches, newest first, page by page; ``.rows(…)`` yields them one by one.

    History belongs to a user, so an API key may see none. The shape is not published: rows and cursor are read from
    the service's usual keys (assumed). Source: the vendor's specification, search/history.

    Args:
        limit: Searches per page, 1 to 250; the service's default is 25.
        status: Which searches to list by outcome; the service's default is not published.
        kind: Which searches to list by kind; the service's default is not published.
        query_text: Text that the query of a listed search must contain.
        sort_by: Sort key; the service's default is not published.
        sort_dir: Sort direction; the service's default is ``desc``.
        cursor: The ``next_cursor`` of the previous page.
        from_: Earliest time of a listed search; sent as ``from``, which is a keyword in Python.
        to: Latest time of a listed search.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        limit: int | None = None,
        status: Literal['all', 'success', 'failed', 'in_progress'] | None = None,
        kind: Literal['all', 'favourites', 'deep_search'] | None = None,
        query_text: str | None = None,
        sort_by: Literal['timestamp', 'cost', 'duration'] | None = None,
        sort_dir: Literal['asc', 'desc'] | None = None,
        cursor: str | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """List past searches, newest first, page by page; ``.rows(…)`` yields them one by one.

        History belongs to a user, so an API key may see none. The shape is not published: rows and cursor are read from
        the service's usual keys (assumed). Source: the vendor's specification, search/history.

        Args:
            limit: Searches per page, 1 to 250; the service's default is 25.
            status: Which searches to list by outcome; the service's default is not published.
            kind: Which searches to list by kind; the service's default is not published.
            query_text: Text that the query of a listed search must contain.
            sort_by: Sort key; the service's default is not published.
            sort_dir: Sort direction; the service's default is ``desc``.
            cursor: The ``next_cursor`` of the previous page.
            from_: Earliest time of a listed search; sent as ``from``, which is a keyword in Python.
            to: Latest time of a listed search.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    def pages(
        self,
        *,
        limit: int | None = None,
        status: Literal['all', 'success', 'failed', 'in_progress'] | None = None,
        kind: Literal['all', 'favourites', 'deep_search'] | None = None,
        query_text: str | None = None,
        sort_by: Literal['timestamp', 'cost', 'duration'] | None = None,
        sort_dir: Literal['asc', 'desc'] | None = None,
        cursor: str | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> AsyncGenerator[dict[str, JsonValue], None]:
        """Iterate over the pages of ``search-history``; each page is one request, sent when the page is consumed.

        List past searches, newest first, page by page; ``.rows(…)`` yields them one by one.

        History belongs to a user, so an API key may see none. The shape is not published: rows and cursor are read from
        the service's usual keys (assumed). Source: the vendor's specification, search/history.

        Args:
            limit: Searches per page, 1 to 250; the service's default is 25.
            status: Which searches to list by outcome; the service's default is not published.
            kind: Which searches to list by kind; the service's default is not published.
            query_text: Text that the query of a listed search must contain.
            sort_by: Sort key; the service's default is not published.
            sort_dir: Sort direction; the service's default is ``desc``.
            cursor: The ``next_cursor`` of the previous page.
            from_: Earliest time of a listed search; sent as ``from``, which is a keyword in Python.
            to: Latest time of a listed search.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    def rows(
        self,
        *,
        limit: int | None = None,
        status: Literal['all', 'success', 'failed', 'in_progress'] | None = None,
        kind: Literal['all', 'favourites', 'deep_search'] | None = None,
        query_text: str | None = None,
        sort_by: Literal['timestamp', 'cost', 'duration'] | None = None,
        sort_dir: Literal['asc', 'desc'] | None = None,
        cursor: str | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> AsyncGenerator[dict[str, JsonValue], None]:
        """Iterate over the rows of all pages of ``search-history``; the next page is requested when the previous one is used up.

        List past searches, newest first, page by page; ``.rows(…)`` yields them one by one.

        History belongs to a user, so an API key may see none. The shape is not published: rows and cursor are read from
        the service's usual keys (assumed). Source: the vendor's specification, search/history.

        Args:
            limit: Searches per page, 1 to 250; the service's default is 25.
            status: Which searches to list by outcome; the service's default is not published.
            kind: Which searches to list by kind; the service's default is not published.
            query_text: Text that the query of a listed search must contain.
            sort_by: Sort key; the service's default is not published.
            sort_dir: Sort direction; the service's default is ``desc``.
            cursor: The ``next_cursor`` of the previous page.
            from_: Earliest time of a listed search; sent as ``from``, which is a keyword in Python.
            to: Latest time of a listed search.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class History(Namespace):
    """Past searches of the user the key belongs to."""

    list: _HistoryList
    """``list(*, limit=None, status=None, kind=None, query_text=None, sort_by=None, sort_dir=None, cursor=None, from_=None, to=None, extra={})``

    List past searches, newest first, page by page; ``.rows(…)`` yields them one by one.

    History belongs to a user, so an API key may see none. The shape is not published: rows and cursor are read from
    the service's usual keys (assumed). Source: the vendor's specification, search/history.

    Args:
        limit: Searches per page, 1 to 250; the service's default is 25.
        status: Which searches to list by outcome; the service's default is not published.
        kind: Which searches to list by kind; the service's default is not published.
        query_text: Text that the query of a listed search must contain.
        sort_by: Sort key; the service's default is not published.
        sort_dir: Sort direction; the service's default is ``desc``.
        cursor: The ``next_cursor`` of the previous page.
        from_: Earliest time of a listed search; sent as ``from``, which is a keyword in Python.
        to: Latest time of a listed search.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.pages(…)``: Iterate over the pages of ``search-history``; each page is one request, sent when the page is consumed.

    ``.rows(…)``: Iterate over the rows of all pages of ``search-history``; the next page is requested when the previous one is used up.
    """

    async def get(
        self,
        *,
        search_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Return one past search, with ``search.query``, ``search.parsed_query`` and ``search.search_mode``.

        Answers 404 for searches of other organizations. Source: the vendor's specification, search/history.

        Args:
            search_id: Id of the search.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def volume(
        self,
        *,
        from_: datetime | str,
        to: datetime | str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Return the number of past searches over time, as a JSON object of unpublished shape.

        Source: the vendor's specification, search/history.

        Args:
            from_: Beginning of the period; sent as ``from``, which is a keyword in Python.
            to: End of the period.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def favourite(
        self,
        *,
        search_id: str,
        favourite: bool,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Mark a past search as a favourite, or remove the mark.

        Source: the vendor's specification, search/history.

        Args:
            search_id: Id of the search.
            favourite: True to mark the search, false to remove the mark.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def delete(
        self,
        *,
        search_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Delete one past search from the history.

        Source: the vendor's specification, search/history.

        Args:
            search_id: Id of the search.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def delete_all(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Delete the whole search history.

        Source: the vendor's specification, search/history.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class _SearchQuery:
    """Search by filters or plain words, or replay a search, page by page; ``.rows(…)`` yields row after row.

    Pass exactly one of ``simple_filters``, ``filters``, ``parsed_query``, ``search_id`` and ``query``, or ``cursor``
    alone. A request that may have arrived is never repeated automatically, because rows are charged: a third party saw
    0.1 credit per row.
    Source: docs.sixtyfour.ai, api-reference/search/search-query.

    Args:
        parsed_query: A structured query, as the ``parsed_query`` of an earlier answer.
        search_id: Id of an earlier search to replay; its exclusions are not kept and must be passed
            again.
        query: What to search for, in plain words; people only.
        query_label: Label of the search, for display only; up to 50,000 characters.
        output_shape: Shape of rows: ``raw`` index rows, the service's default, or ``workflow`` for flat
            people or companies.
        selected_company_names: Names of selected companies, up to 1,000; a hint of the vendor's own
            dashboard.
        selected_company_ids: Ids of selected companies, a mapping of up to 1,000 entries; a hint of the
            vendor's own dashboard.
        expand_structured_location: Whether to include places near a location in ``parsed_query``; the
            service's default is false.
        location_expansion_enabled: Whether to include places near a location named in ``query``; the
            service's default is true.
        location_expansion_radius_miles: Radius of location expansion in miles, 5 to 200; the service's
            default is 10.
        user_id: Id of a user of the organization on whose behalf to search (the vendor's specification
            of May 2026).
        simple_filters: Filter in MongoDB style, such as ``{"employees_count": {"$gte": 50}}``.
            `GetFilterCapabilities` lists the fields and operators.
        filters: Filter as an OpenSearch query, within the limits that `GetFilterCapabilities` returns.
        mode: Kind of entity to find, ``people`` or ``company``; the service's default is ``company``.
        page_size: Rows per page, 1 to 100; the service's default is 10.
        max_results: Maximum number of rows in all; the service's default is 1000, and `GetSearchLimits`
            gives the ceiling.
        cursor: The ``next_cursor`` of the previous page; no other field may be passed with it.
        exclude_public_ids: LinkedIn public ids of people to leave out, up to 1,000; people searches
            only, not with exclude_entity_ids.
        exclude_entity_ids: Ids of entities to leave out, up to 1,000. People: LinkedIn public ids or
            URLs. Companies: numeric ids, company URLs or slugs, exact domains; the service ignores
            values that it cannot resolve.
        exclude_list_ids: Ids of ready exclusion lists whose entities are left out: up to 10, of which
            the service may accept only 5.
        persist_history: Undocumented; passed through. By its name, keeps the search in the history
            (live specification, 2026).
        from_offset: Undocumented; passed through. By its name, starts at an offset (live specification,
            September 2026).
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        parsed_query: Mapping[str, JsonValue] | None = None,
        search_id: str | None = None,
        query: str | None = None,
        query_label: str | None = None,
        output_shape: Literal['raw', 'workflow'] | None = None,
        selected_company_names: Sequence[str] | None = None,
        selected_company_ids: Mapping[str, str] | None = None,
        expand_structured_location: bool | None = None,
        location_expansion_enabled: bool | None = None,
        location_expansion_radius_miles: int | None = None,
        user_id: str | None = None,
        simple_filters: Mapping[str, JsonValue] | None = None,
        filters: Mapping[str, JsonValue] | None = None,
        mode: Literal['people', 'company'] | None = None,
        page_size: int | None = None,
        max_results: int | None = None,
        cursor: str | None = None,
        exclude_public_ids: Sequence[str] | None = None,
        exclude_entity_ids: Sequence[str] | None = None,
        exclude_list_ids: Sequence[str] | None = None,
        persist_history: JsonValue = None,
        from_offset: JsonValue = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> SearchPage:
        """Search by filters or plain words, or replay a search, page by page; ``.rows(…)`` yields row after row.

        Pass exactly one of ``simple_filters``, ``filters``, ``parsed_query``, ``search_id`` and ``query``, or ``cursor``
        alone. A request that may have arrived is never repeated automatically, because rows are charged: a third party saw
        0.1 credit per row.
        Source: docs.sixtyfour.ai, api-reference/search/search-query.

        Args:
            parsed_query: A structured query, as the ``parsed_query`` of an earlier answer.
            search_id: Id of an earlier search to replay; its exclusions are not kept and must be passed
                again.
            query: What to search for, in plain words; people only.
            query_label: Label of the search, for display only; up to 50,000 characters.
            output_shape: Shape of rows: ``raw`` index rows, the service's default, or ``workflow`` for flat
                people or companies.
            selected_company_names: Names of selected companies, up to 1,000; a hint of the vendor's own
                dashboard.
            selected_company_ids: Ids of selected companies, a mapping of up to 1,000 entries; a hint of the
                vendor's own dashboard.
            expand_structured_location: Whether to include places near a location in ``parsed_query``; the
                service's default is false.
            location_expansion_enabled: Whether to include places near a location named in ``query``; the
                service's default is true.
            location_expansion_radius_miles: Radius of location expansion in miles, 5 to 200; the service's
                default is 10.
            user_id: Id of a user of the organization on whose behalf to search (the vendor's specification
                of May 2026).
            simple_filters: Filter in MongoDB style, such as ``{"employees_count": {"$gte": 50}}``.
                `GetFilterCapabilities` lists the fields and operators.
            filters: Filter as an OpenSearch query, within the limits that `GetFilterCapabilities` returns.
            mode: Kind of entity to find, ``people`` or ``company``; the service's default is ``company``.
            page_size: Rows per page, 1 to 100; the service's default is 10.
            max_results: Maximum number of rows in all; the service's default is 1000, and `GetSearchLimits`
                gives the ceiling.
            cursor: The ``next_cursor`` of the previous page; no other field may be passed with it.
            exclude_public_ids: LinkedIn public ids of people to leave out, up to 1,000; people searches
                only, not with exclude_entity_ids.
            exclude_entity_ids: Ids of entities to leave out, up to 1,000. People: LinkedIn public ids or
                URLs. Companies: numeric ids, company URLs or slugs, exact domains; the service ignores
                values that it cannot resolve.
            exclude_list_ids: Ids of ready exclusion lists whose entities are left out: up to 10, of which
                the service may accept only 5.
            persist_history: Undocumented; passed through. By its name, keeps the search in the history
                (live specification, 2026).
            from_offset: Undocumented; passed through. By its name, starts at an offset (live specification,
                September 2026).
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    def pages(
        self,
        *,
        parsed_query: Mapping[str, JsonValue] | None = None,
        search_id: str | None = None,
        query: str | None = None,
        query_label: str | None = None,
        output_shape: Literal['raw', 'workflow'] | None = None,
        selected_company_names: Sequence[str] | None = None,
        selected_company_ids: Mapping[str, str] | None = None,
        expand_structured_location: bool | None = None,
        location_expansion_enabled: bool | None = None,
        location_expansion_radius_miles: int | None = None,
        user_id: str | None = None,
        simple_filters: Mapping[str, JsonValue] | None = None,
        filters: Mapping[str, JsonValue] | None = None,
        mode: Literal['people', 'company'] | None = None,
        page_size: int | None = None,
        max_results: int | None = None,
        cursor: str | None = None,
        exclude_public_ids: Sequence[str] | None = None,
        exclude_entity_ids: Sequence[str] | None = None,
        exclude_list_ids: Sequence[str] | None = None,
        persist_history: JsonValue = None,
        from_offset: JsonValue = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> AsyncGenerator[SearchPage, None]:
        """Iterate over the pages of ``search-query``; each page is one request, sent when the page is consumed.

        Search by filters or plain words, or replay a search, page by page; ``.rows(…)`` yields row after row.

        Pass exactly one of ``simple_filters``, ``filters``, ``parsed_query``, ``search_id`` and ``query``, or ``cursor``
        alone. A request that may have arrived is never repeated automatically, because rows are charged: a third party saw
        0.1 credit per row.
        Source: docs.sixtyfour.ai, api-reference/search/search-query.

        Args:
            parsed_query: A structured query, as the ``parsed_query`` of an earlier answer.
            search_id: Id of an earlier search to replay; its exclusions are not kept and must be passed
                again.
            query: What to search for, in plain words; people only.
            query_label: Label of the search, for display only; up to 50,000 characters.
            output_shape: Shape of rows: ``raw`` index rows, the service's default, or ``workflow`` for flat
                people or companies.
            selected_company_names: Names of selected companies, up to 1,000; a hint of the vendor's own
                dashboard.
            selected_company_ids: Ids of selected companies, a mapping of up to 1,000 entries; a hint of the
                vendor's own dashboard.
            expand_structured_location: Whether to include places near a location in ``parsed_query``; the
                service's default is false.
            location_expansion_enabled: Whether to include places near a location named in ``query``; the
                service's default is true.
            location_expansion_radius_miles: Radius of location expansion in miles, 5 to 200; the service's
                default is 10.
            user_id: Id of a user of the organization on whose behalf to search (the vendor's specification
                of May 2026).
            simple_filters: Filter in MongoDB style, such as ``{"employees_count": {"$gte": 50}}``.
                `GetFilterCapabilities` lists the fields and operators.
            filters: Filter as an OpenSearch query, within the limits that `GetFilterCapabilities` returns.
            mode: Kind of entity to find, ``people`` or ``company``; the service's default is ``company``.
            page_size: Rows per page, 1 to 100; the service's default is 10.
            max_results: Maximum number of rows in all; the service's default is 1000, and `GetSearchLimits`
                gives the ceiling.
            cursor: The ``next_cursor`` of the previous page; no other field may be passed with it.
            exclude_public_ids: LinkedIn public ids of people to leave out, up to 1,000; people searches
                only, not with exclude_entity_ids.
            exclude_entity_ids: Ids of entities to leave out, up to 1,000. People: LinkedIn public ids or
                URLs. Companies: numeric ids, company URLs or slugs, exact domains; the service ignores
                values that it cannot resolve.
            exclude_list_ids: Ids of ready exclusion lists whose entities are left out: up to 10, of which
                the service may accept only 5.
            persist_history: Undocumented; passed through. By its name, keeps the search in the history
                (live specification, 2026).
            from_offset: Undocumented; passed through. By its name, starts at an offset (live specification,
                September 2026).
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    def rows(
        self,
        *,
        parsed_query: Mapping[str, JsonValue] | None = None,
        search_id: str | None = None,
        query: str | None = None,
        query_label: str | None = None,
        output_shape: Literal['raw', 'workflow'] | None = None,
        selected_company_names: Sequence[str] | None = None,
        selected_company_ids: Mapping[str, str] | None = None,
        expand_structured_location: bool | None = None,
        location_expansion_enabled: bool | None = None,
        location_expansion_radius_miles: int | None = None,
        user_id: str | None = None,
        simple_filters: Mapping[str, JsonValue] | None = None,
        filters: Mapping[str, JsonValue] | None = None,
        mode: Literal['people', 'company'] | None = None,
        page_size: int | None = None,
        max_results: int | None = None,
        cursor: str | None = None,
        exclude_public_ids: Sequence[str] | None = None,
        exclude_entity_ids: Sequence[str] | None = None,
        exclude_list_ids: Sequence[str] | None = None,
        persist_history: JsonValue = None,
        from_offset: JsonValue = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> AsyncGenerator[dict[str, JsonValue], None]:
        """Iterate over the rows of all pages of ``search-query``; the next page is requested when the previous one is used up.

        Search by filters or plain words, or replay a search, page by page; ``.rows(…)`` yields row after row.

        Pass exactly one of ``simple_filters``, ``filters``, ``parsed_query``, ``search_id`` and ``query``, or ``cursor``
        alone. A request that may have arrived is never repeated automatically, because rows are charged: a third party saw
        0.1 credit per row.
        Source: docs.sixtyfour.ai, api-reference/search/search-query.

        Args:
            parsed_query: A structured query, as the ``parsed_query`` of an earlier answer.
            search_id: Id of an earlier search to replay; its exclusions are not kept and must be passed
                again.
            query: What to search for, in plain words; people only.
            query_label: Label of the search, for display only; up to 50,000 characters.
            output_shape: Shape of rows: ``raw`` index rows, the service's default, or ``workflow`` for flat
                people or companies.
            selected_company_names: Names of selected companies, up to 1,000; a hint of the vendor's own
                dashboard.
            selected_company_ids: Ids of selected companies, a mapping of up to 1,000 entries; a hint of the
                vendor's own dashboard.
            expand_structured_location: Whether to include places near a location in ``parsed_query``; the
                service's default is false.
            location_expansion_enabled: Whether to include places near a location named in ``query``; the
                service's default is true.
            location_expansion_radius_miles: Radius of location expansion in miles, 5 to 200; the service's
                default is 10.
            user_id: Id of a user of the organization on whose behalf to search (the vendor's specification
                of May 2026).
            simple_filters: Filter in MongoDB style, such as ``{"employees_count": {"$gte": 50}}``.
                `GetFilterCapabilities` lists the fields and operators.
            filters: Filter as an OpenSearch query, within the limits that `GetFilterCapabilities` returns.
            mode: Kind of entity to find, ``people`` or ``company``; the service's default is ``company``.
            page_size: Rows per page, 1 to 100; the service's default is 10.
            max_results: Maximum number of rows in all; the service's default is 1000, and `GetSearchLimits`
                gives the ceiling.
            cursor: The ``next_cursor`` of the previous page; no other field may be passed with it.
            exclude_public_ids: LinkedIn public ids of people to leave out, up to 1,000; people searches
                only, not with exclude_entity_ids.
            exclude_entity_ids: Ids of entities to leave out, up to 1,000. People: LinkedIn public ids or
                URLs. Companies: numeric ids, company URLs or slugs, exact domains; the service ignores
                values that it cannot resolve.
            exclude_list_ids: Ids of ready exclusion lists whose entities are left out: up to 10, of which
                the service may accept only 5.
            persist_history: Undocumented; passed through. By its name, keeps the search in the history
                (live specification, 2026).
            from_offset: Undocumented; passed through. By its name, starts at an offset (live specification,
                September 2026).
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class _SearchFilterSearch:
    """Search by filters, page by page; `QuerySearch` is its successor.

    Answers synchronously in spite of its name. A request that may have arrived is never repeated automatically:
    assumed to be charged like `QuerySearch`.
    Source: docs.sixtyfour.ai, api-reference/search/start-filter-search-sync.

    Args:
        save_json: Whether to save the results as JSON too; the service's default is false.
        simple_filters: Filter in MongoDB style, such as ``{"employees_count": {"$gte": 50}}``.
            `GetFilterCapabilities` lists the fields and operators.
        filters: Filter as an OpenSearch query, within the limits that `GetFilterCapabilities` returns.
        mode: Kind of entity to find, ``people`` or ``company``; the service's default is ``company``.
        page_size: Rows per page, 1 to 100; the service's default is 10.
        max_results: Maximum number of rows in all; the service's default is 1000, and `GetSearchLimits`
            gives the ceiling.
        cursor: The ``next_cursor`` of the previous page; no other field may be passed with it.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.
    """

    async def __call__(
        self,
        *,
        save_json: bool | None = None,
        simple_filters: Mapping[str, JsonValue] | None = None,
        filters: Mapping[str, JsonValue] | None = None,
        mode: Literal['people', 'company'] | None = None,
        page_size: int | None = None,
        max_results: int | None = None,
        cursor: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> SearchPage:
        """Search by filters, page by page; `QuerySearch` is its successor.

        Answers synchronously in spite of its name. A request that may have arrived is never repeated automatically:
        assumed to be charged like `QuerySearch`.
        Source: docs.sixtyfour.ai, api-reference/search/start-filter-search-sync.

        Args:
            save_json: Whether to save the results as JSON too; the service's default is false.
            simple_filters: Filter in MongoDB style, such as ``{"employees_count": {"$gte": 50}}``.
                `GetFilterCapabilities` lists the fields and operators.
            filters: Filter as an OpenSearch query, within the limits that `GetFilterCapabilities` returns.
            mode: Kind of entity to find, ``people`` or ``company``; the service's default is ``company``.
            page_size: Rows per page, 1 to 100; the service's default is 10.
            max_results: Maximum number of rows in all; the service's default is 1000, and `GetSearchLimits`
                gives the ceiling.
            cursor: The ``next_cursor`` of the previous page; no other field may be passed with it.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    def pages(
        self,
        *,
        save_json: bool | None = None,
        simple_filters: Mapping[str, JsonValue] | None = None,
        filters: Mapping[str, JsonValue] | None = None,
        mode: Literal['people', 'company'] | None = None,
        page_size: int | None = None,
        max_results: int | None = None,
        cursor: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> AsyncGenerator[SearchPage, None]:
        """Iterate over the pages of ``filter-search``; each page is one request, sent when the page is consumed.

        Search by filters, page by page; `QuerySearch` is its successor.

        Answers synchronously in spite of its name. A request that may have arrived is never repeated automatically:
        assumed to be charged like `QuerySearch`.
        Source: docs.sixtyfour.ai, api-reference/search/start-filter-search-sync.

        Args:
            save_json: Whether to save the results as JSON too; the service's default is false.
            simple_filters: Filter in MongoDB style, such as ``{"employees_count": {"$gte": 50}}``.
                `GetFilterCapabilities` lists the fields and operators.
            filters: Filter as an OpenSearch query, within the limits that `GetFilterCapabilities` returns.
            mode: Kind of entity to find, ``people`` or ``company``; the service's default is ``company``.
            page_size: Rows per page, 1 to 100; the service's default is 10.
            max_results: Maximum number of rows in all; the service's default is 1000, and `GetSearchLimits`
                gives the ceiling.
            cursor: The ``next_cursor`` of the previous page; no other field may be passed with it.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    def rows(
        self,
        *,
        save_json: bool | None = None,
        simple_filters: Mapping[str, JsonValue] | None = None,
        filters: Mapping[str, JsonValue] | None = None,
        mode: Literal['people', 'company'] | None = None,
        page_size: int | None = None,
        max_results: int | None = None,
        cursor: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> AsyncGenerator[dict[str, JsonValue], None]:
        """Iterate over the rows of all pages of ``filter-search``; the next page is requested when the previous one is used up.

        Search by filters, page by page; `QuerySearch` is its successor.

        Answers synchronously in spite of its name. A request that may have arrived is never repeated automatically:
        assumed to be charged like `QuerySearch`.
        Source: docs.sixtyfour.ai, api-reference/search/start-filter-search-sync.

        Args:
            save_json: Whether to save the results as JSON too; the service's default is false.
            simple_filters: Filter in MongoDB style, such as ``{"employees_count": {"$gte": 50}}``.
                `GetFilterCapabilities` lists the fields and operators.
            filters: Filter as an OpenSearch query, within the limits that `GetFilterCapabilities` returns.
            mode: Kind of entity to find, ``people`` or ``company``; the service's default is ``company``.
            page_size: Rows per page, 1 to 100; the service's default is 10.
            max_results: Maximum number of rows in all; the service's default is 1000, and `GetSearchLimits`
                gives the ceiling.
            cursor: The ``next_cursor`` of the previous page; no other field may be passed with it.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

class Search(Namespace):
    """Search people and companies."""

    async def start_deep_search(
        self,
        *,
        query: str,
        mode: Literal['people', 'company'] | None = None,
        max_results: int | None = None,
        search_id: str | None = None,
        output_mode: Literal['csv', 'query_only'] | None = None,
        exclude_public_ids: Sequence[str] | None = None,
        exclude_entity_ids: Sequence[str] | None = None,
        exclude_list_ids: Sequence[str] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[SearchStatus]:
        """Start a job of the kind ``deep-search`` and return its handle; ``await job`` waits for the answer.

        Search people or companies by a description in plain words, as a job.

        Takes 30 to 120 seconds by the vendor's skill, 4.5 minutes in its documented example. An organization may run five
        at once; a sixth is answered 429. The result leads to a CSV file (`DownloadSearch`) and to rows (`QuerySearch`).
        Price: not published; a third party saw 0.1 credit per row.
        Source: docs.sixtyfour.ai, api-reference/search/start-deep-search-async.

        Args:
            query: What to search for, in plain words.
            mode: Kind of entity to find, ``people`` or ``company``; the service's default is ``people``.
            max_results: Maximum number of results, at least 1; the service's default is 1000, and
                `GetSearchLimits` gives the ceiling.
            search_id: A search id of the caller's choice: a repeated submit with the same id starts no
                second search.
            output_mode: ``csv`` writes a file, the service's default; ``query_only`` writes none, and
                `QuerySearch` reads the rows.
            exclude_public_ids: LinkedIn public ids of people to leave out, up to 1,000; people searches
                only, not with exclude_entity_ids.
            exclude_entity_ids: Ids of entities to leave out, up to 1,000. People: LinkedIn public ids or
                URLs. Companies: numeric ids, company URLs or slugs, exact domains; the service ignores
                values that it cannot resolve.
            exclude_list_ids: Ids of ready exclusion lists whose entities are left out: up to 10, of which
                the service may accept only 5.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def status(
        self,
        *,
        task_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> SearchStatus:
        """Poll one deep search or export once; returns its status and, when it has completed, its result.

        Source: docs.sixtyfour.ai, api-reference/search/deep-search-status.

        Args:
            task_id: Id of the job: the ``task_id`` that the submit returned.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def deep_search_status(
        self,
        *,
        task_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> SearchStatus:
        """Poll one deep search once, on the older of two routes; `GetSearchStatus` falls back to it on 404.

        Source: docs.sixtyfour.ai, api-reference/search/deep-search-status.

        Args:
            task_id: Id of the job: the ``task_id`` that the submit returned.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def download(
        self,
        *,
        resource_handle_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> DownloadLink:
        """Return a signed link to the CSV file of a search; the link expires after 15 minutes.

        Source: docs.sixtyfour.ai, api-reference/search/search-endpoints.

        Args:
            resource_handle_id: Handle of the file, from `SearchStatus.resource_handle_id`.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    query: _SearchQuery
    """``query(*, parsed_query=None, search_id=None, query=None, query_label=None, output_shape=None, selected_company_names=None, selected_company_ids=None, expand_structured_location=None, location_expansion_enabled=None, location_expansion_radius_miles=None, user_id=None, simple_filters=None, filters=None, mode=None, page_size=None, max_results=None, cursor=None, exclude_public_ids=None, exclude_entity_ids=None, exclude_list_ids=None, persist_history=None, from_offset=None, extra={})``

    Search by filters or plain words, or replay a search, page by page; ``.rows(…)`` yields row after row.

    Pass exactly one of ``simple_filters``, ``filters``, ``parsed_query``, ``search_id`` and ``query``, or ``cursor``
    alone. A request that may have arrived is never repeated automatically, because rows are charged: a third party saw
    0.1 credit per row.
    Source: docs.sixtyfour.ai, api-reference/search/search-query.

    Args:
        parsed_query: A structured query, as the ``parsed_query`` of an earlier answer.
        search_id: Id of an earlier search to replay; its exclusions are not kept and must be passed
            again.
        query: What to search for, in plain words; people only.
        query_label: Label of the search, for display only; up to 50,000 characters.
        output_shape: Shape of rows: ``raw`` index rows, the service's default, or ``workflow`` for flat
            people or companies.
        selected_company_names: Names of selected companies, up to 1,000; a hint of the vendor's own
            dashboard.
        selected_company_ids: Ids of selected companies, a mapping of up to 1,000 entries; a hint of the
            vendor's own dashboard.
        expand_structured_location: Whether to include places near a location in ``parsed_query``; the
            service's default is false.
        location_expansion_enabled: Whether to include places near a location named in ``query``; the
            service's default is true.
        location_expansion_radius_miles: Radius of location expansion in miles, 5 to 200; the service's
            default is 10.
        user_id: Id of a user of the organization on whose behalf to search (the vendor's specification
            of May 2026).
        simple_filters: Filter in MongoDB style, such as ``{"employees_count": {"$gte": 50}}``.
            `GetFilterCapabilities` lists the fields and operators.
        filters: Filter as an OpenSearch query, within the limits that `GetFilterCapabilities` returns.
        mode: Kind of entity to find, ``people`` or ``company``; the service's default is ``company``.
        page_size: Rows per page, 1 to 100; the service's default is 10.
        max_results: Maximum number of rows in all; the service's default is 1000, and `GetSearchLimits`
            gives the ceiling.
        cursor: The ``next_cursor`` of the previous page; no other field may be passed with it.
        exclude_public_ids: LinkedIn public ids of people to leave out, up to 1,000; people searches
            only, not with exclude_entity_ids.
        exclude_entity_ids: Ids of entities to leave out, up to 1,000. People: LinkedIn public ids or
            URLs. Companies: numeric ids, company URLs or slugs, exact domains; the service ignores
            values that it cannot resolve.
        exclude_list_ids: Ids of ready exclusion lists whose entities are left out: up to 10, of which
            the service may accept only 5.
        persist_history: Undocumented; passed through. By its name, keeps the search in the history
            (live specification, 2026).
        from_offset: Undocumented; passed through. By its name, starts at an offset (live specification,
            September 2026).
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.pages(…)``: Iterate over the pages of ``search-query``; each page is one request, sent when the page is consumed.

    ``.rows(…)``: Iterate over the rows of all pages of ``search-query``; the next page is requested when the previous one is used up.
    """

    async def start_export(
        self,
        *,
        search_id: str | None = None,
        parsed_query: Mapping[str, JsonValue] | None = None,
        mode: Literal['people', 'company'] | None = None,
        max_results: int | None = None,
        exclude_public_ids: Sequence[str] | None = None,
        exclude_entity_ids: Sequence[str] | None = None,
        exclude_list_ids: Sequence[str] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[SearchStatus]:
        """Start a job of the kind ``search-export`` and return its handle; ``await job`` waits for the answer.

        Write all rows of a search to a CSV file, as a job; `DownloadSearch` returns the link to it.

        Pass ``search_id`` or ``parsed_query``. Answers 409 while an export of the same search is running. Price: not
        published. Source: docs.sixtyfour.ai, api-reference/search/search-endpoints.

        Args:
            search_id: Id of an earlier search to replay; its exclusions are not kept and must be passed
                again.
            parsed_query: A structured query, as the ``parsed_query`` of an earlier answer.
            mode: Kind of entity, ``people`` or ``company``; by default that of the stored search, else
                ``company``.
            max_results: Maximum number of rows, at least 1; the service's default is 1000.
            exclude_public_ids: LinkedIn public ids of people to leave out, up to 1,000; people searches
                only, not with exclude_entity_ids.
            exclude_entity_ids: Ids of entities to leave out, up to 1,000. People: LinkedIn public ids or
                URLs. Companies: numeric ids, company URLs or slugs, exact domains; the service ignores
                values that it cannot resolve.
            exclude_list_ids: Ids of ready exclusion lists whose entities are left out: up to 10, of which
                the service may accept only 5.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    filter_search: _SearchFilterSearch
    """``filter_search(*, save_json=None, simple_filters=None, filters=None, mode=None, page_size=None, max_results=None, cursor=None, extra={})``

    Search by filters, page by page; `QuerySearch` is its successor.

    Answers synchronously in spite of its name. A request that may have arrived is never repeated automatically:
    assumed to be charged like `QuerySearch`.
    Source: docs.sixtyfour.ai, api-reference/search/start-filter-search-sync.

    Args:
        save_json: Whether to save the results as JSON too; the service's default is false.
        simple_filters: Filter in MongoDB style, such as ``{"employees_count": {"$gte": 50}}``.
            `GetFilterCapabilities` lists the fields and operators.
        filters: Filter as an OpenSearch query, within the limits that `GetFilterCapabilities` returns.
        mode: Kind of entity to find, ``people`` or ``company``; the service's default is ``company``.
        page_size: Rows per page, 1 to 100; the service's default is 10.
        max_results: Maximum number of rows in all; the service's default is 1000, and `GetSearchLimits`
            gives the ceiling.
        cursor: The ``next_cursor`` of the previous page; no other field may be passed with it.
        extra: Further body keys, sent as they are, for parameters that this package does not know yet.

    ``.pages(…)``: Iterate over the pages of ``filter-search``; each page is one request, sent when the page is consumed.

    ``.rows(…)``: Iterate over the rows of all pages of ``filter-search``; the next page is requested when the previous one is used up.
    """

    async def filter_capabilities(
        self,
        *,
        mode: Literal['people', 'company'] | None = None,
        refresh: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> FilterCapabilities:
        """Return the fields and operators that search filters may use, and how large a filter may be.

        Source: docs.sixtyfour.ai, api-reference/search/filter-search.

        Args:
            mode: Kind of entity to describe, ``people`` or ``company``; the service's default is not
                published.
            refresh: Whether to bypass the service's cache; the service's default is false.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def filter_field_values(
        self,
        *,
        field: str,
        mode: Literal['people', 'company'] | None = None,
        top_k: int | None = None,
        filters: Mapping[str, JsonValue] | None = None,
        simple_filters: Mapping[str, JsonValue] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> FieldValues:
        """Return the most frequent values of one field, with counts and ready-made filters.

        Source: docs.sixtyfour.ai, api-reference/search/filter-search.

        Args:
            field: Name of the field, as `GetFilterCapabilities` lists it.
            mode: Kind of entity, ``people`` or ``company``; the service's default is ``company``.
            top_k: Number of values to return, 1 to 100; the service's default is 25.
            filters: OpenSearch query that limits which entities are counted; all of them when not sent.
            simple_filters: The same in MongoDB style, such as ``{"employees_count": {"$gte": 50}}``.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def autocomplete(
        self,
        *,
        field: Literal['company_name', 'job_title', 'school_name', 'degree', 'field_of_study', 'industry', 'location', 'certification', 'languages', 'technologies_used.technology', 'funding_rounds.lead_investors'],
        query: str,
        size: int | None = None,
        mode: Literal['people', 'company'] | None = None,
        location_expansion_enabled: bool | None = None,
        location_expansion_radius_miles: int | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Suggestions:
        """Return completions of a partial value of one field.

        Source: the vendor's specification, search/autocomplete.

        Args:
            field: The field whose values to complete.
            query: Beginning of the value, 1 to 250 characters.
            size: Number of suggestions to return, 1 to 50; the service's default is 50.
            mode: Kind of entity, ``people`` or ``company``; the service's default is ``people``.
            location_expansion_enabled: Whether to include places near a matching location; the service's
                default is true.
            location_expansion_radius_miles: Radius of that expansion in miles, 5 to 200; the service's
                default is 10.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def limits(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> SearchLimits:
        """Return the largest ``max_results`` that this credential may request.

        Source: the vendor's specification, search/limits.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def start_lookalike(
        self,
        *,
        linkedin_urls: Sequence[str] | None = None,
        csv_resource_handle_id: str | None = None,
        guidance: str | None = None,
        analysis_sample_size: int | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[LookalikeStatus]:
        """Start a job of the kind ``lookalike`` and return its handle; ``await job`` waits for the answer.

        Search for people who resemble the given ones, as a job.

        Pass exactly one of ``linkedin_urls`` and ``csv_resource_handle_id``. The result carries a ``search_id`` for
        `QuerySearch`. Run time and price: not published. Source: the vendor's specification, search/lookalike.

        Args:
            linkedin_urls: LinkedIn URLs of the people to resemble: 1 to 1,000 of up to 500 characters each.
            csv_resource_handle_id: Handle of a CSV file of people, uploaded with
                ``client.storage.upload_csv``; instead of ``linkedin_urls``.
            guidance: What makes the people alike, in plain words; up to 2,000 characters.
            analysis_sample_size: Number of the given people to analyse, 1 to 100; the service's default is
                100.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def lookalike_status(
        self,
        *,
        task_id: str,
        include_filters: bool | None = None,
        include_analysis: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> LookalikeStatus:
        """Poll one lookalike search once; returns its status and, when it has completed, its result.

        Source: the vendor's specification, search/lookalike.

        Args:
            task_id: Id of the job: the ``task_id`` that `Lookalike` returned.
            include_filters: Whether to return the filters that the search derived; the service's default is
                true.
            include_analysis: Whether to return the analysis of the given people; the service's default is
                true.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def generate_title(
        self,
        *,
        parsedQuery: Mapping[str, JsonValue],
        entityMode: Literal['people', 'company'] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> SearchTitle:
        """Generate a short title for a search.

        Source: the vendor's specification, search/generate-title.

        Args:
            parsedQuery: The search, as the ``parsed_query`` of an earlier answer; at most 50 keys.
            entityMode: Kind of entity searched for, ``people`` or ``company``; the service's default is
                ``people``.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    exclusion_lists: ExclusionLists
    """Saved lists of people or companies that searches leave out."""

    history: History
    """Past searches of the user the key belongs to."""


class RestWorkflows(Namespace):
    """The REST-style routes that an older third-party reference gives for workflows; unconfirmed."""

    async def create(
        self,
        *,
        workflow_name: str,
        workflow_definition: Graph | Mapping[str, JsonValue],
        workflow_description: str | None = None,
        id: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Workflow:
        """Create a workflow through a REST-style route that is not confirmed; use `CreateWorkflow`.

        Source: an older third-party reference, which documents name and definition only.

        Args:
            workflow_name: Name of the workflow.
            workflow_definition: The blocks and edges: a `Graph`, or the same as a JSON object.
            workflow_description: Description of the workflow, for people.
            id: A workflow id of the caller's choice, which makes the request safe to repeat; an existing
                one is answered 409.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def update(
        self,
        *,
        workflow_id: str,
        workflow_name: str | None = None,
        workflow_description: str | None = None,
        workflow_definition: Graph | Mapping[str, JsonValue] | None = None,
        starred: bool | None = None,
        locked: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Workflow:
        """Change a workflow through a REST-style route that is not confirmed; use `UpdateWorkflow`.

        Source: an older third-party reference.

        Args:
            workflow_id: Id of the workflow.
            workflow_name: New name.
            workflow_description: New description, for people.
            workflow_definition: New blocks and edges: a `Graph`, or the same as a JSON object.
            starred: Whether the workflow is starred in the dashboard.
            locked: Whether the workflow is locked; undocumented beyond its name.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def delete(
        self,
        *,
        workflow_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Delete a workflow through a REST-style route that is not confirmed; use `DeleteWorkflow`.

        Source: an older third-party reference.

        Args:
            workflow_id: Id of the workflow.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class Workflows(Namespace):
    """Define and run workflows and fetch what they made."""

    async def create(
        self,
        *,
        workflow_description: str,
        workflow_name: str,
        workflow_definition: Graph | Mapping[str, JsonValue],
        id: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Workflow:
        """Create a workflow and return it.

        Source: docs.sixtyfour.ai, api-reference/workflow/create-workflow.

        Args:
            workflow_description: Description of the workflow, for people; may be empty.
            workflow_name: Name of the workflow.
            workflow_definition: The blocks and edges: a `Graph`, or the same as a JSON object.
            id: A workflow id of the caller's choice, which makes the request safe to repeat; an existing
                one is answered 409.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def update(
        self,
        *,
        workflow_id: str,
        workflow_name: str | None = None,
        workflow_description: str | None = None,
        workflow_definition: Graph | Mapping[str, JsonValue] | None = None,
        starred: bool | None = None,
        locked: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Workflow:
        """Change the given fields of a workflow and leave the others; creates a workflow that does not exist.

        Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.

        Args:
            workflow_id: Id of the workflow.
            workflow_name: New name.
            workflow_description: New description, for people.
            workflow_definition: New blocks and edges: a `Graph`, or the same as a JSON object.
            starred: Whether the workflow is starred in the dashboard.
            locked: Whether the workflow is locked; undocumented beyond its name.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def delete(
        self,
        *,
        workflow_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> Workflow:
        """Delete a workflow and return it; the history of its runs is kept.

        Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.

        Args:
            workflow_id: Id of the workflow.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def list(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[Workflow]:
        """List the organization's workflows, without their definitions.

        Source: docs.sixtyfour.ai, api-reference/workflows.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def get(
        self,
        *,
        workflow_id: str,
        prefer_draft: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Workflow:
        """Return one workflow with its definition.

        Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.

        Args:
            workflow_id: Id of the workflow, a UUID.
            prefer_draft: Whether to return the draft where there is one; the service's default is true.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def blocks(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[BlockKind]:
        """List the kinds of blocks, each with the JSON Schema of its ``specs``; the authority on what workflows can do.

        Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def run(
        self,
        *,
        workflow_id: str,
        webhook_payload: Sequence[Mapping[str, JsonValue]] | Mapping[str, JsonValue] | None = None,
        specs_override: Mapping[str, JsonValue] | None = None,
        save_json: bool | None = None,
        result_formats: Sequence[Literal['csv', 'json', 'ndjson']] | None = None,
        idempotency_key: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[LiveStatus]:
        """Start a job of the kind ``workflow-run`` and return its handle; ``await job`` waits for the answer.

        Run a workflow, as a job; its files are then listed by `GetDownloadLinks`.

        Takes several minutes and up. Costs what its blocks cost. ``Idempotency-Key`` is named only in the text of the
        answer (``already_started``), not declared on the route.
        Source: docs.sixtyfour.ai, api-reference/workflow/run-workflow.

        Args:
            workflow_id: Id of the workflow.
            webhook_payload: Input rows, one mapping each, or a single one; the workflow must start with a
                ``webhook`` block.
            specs_override: Settings of the first block for this run, such as ``{"resource_handle_id":
                "…"}`` for a ``read_csv`` block.
            save_json: Whether to save the results as JSON too; the service's default is false.
            result_formats: Formats in which to save the results: ``csv``, ``json``, ``ndjson``.
            idempotency_key: A key of the caller's choice, sent as a header, so that a repeated submit
                should start no second run.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def runs(
        self,
        *,
        status: Literal['queued', 'running', 'completed', 'failed', 'cancelled', 'active'] | None = None,
        workflow_id: str | None = None,
        limit: int | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[WorkflowRun]:
        """List workflow runs, newest first.

        Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution.

        Args:
            status: Which runs to list, ``active`` meaning queued or running; all when not sent. The
                specification names ``running``, ``completed``, ``cancelled`` and ``active``; runs have the
                other two as well.
            workflow_id: Id of the workflow whose runs to list; all workflows when not sent.
            limit: Maximum number of runs, 1 to 500; the service's default is 100.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def live_status(
        self,
        *,
        run_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> LiveStatus:
        """Poll one workflow run once; returns its status, progress and blocks.

        Source: docs.sixtyfour.ai, api-reference/workflow/get-workflow-run-live-status.

        Args:
            run_id: Id of the run: the ``job_id`` that `RunWorkflow` returned.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def download_links(
        self,
        *,
        run_id: str,
        format: Literal['csv', 'json', 'ndjson'] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[ResultFile]:
        """Return signed links to the result files of a run, one per block; `final_file` picks the last.

        Links expire after 900 seconds. Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution.

        Args:
            run_id: Id of the run: the ``job_id`` that `RunWorkflow` returned.
            format: Format of the files; the service's default is ``csv``, and the run must have saved any
                other one.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def cancel(
        self,
        *,
        job_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> Cancelled:
        """Cancel a workflow run and return its status; a run that has ended keeps its status.

        Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution.

        Args:
            job_id: Id of the run: the ``job_id`` that `RunWorkflow` returned.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    rest: RestWorkflows
    """The REST-style routes that an older third-party reference gives for workflows; unconfirmed."""


class Schedules(Namespace):
    """Workflows that run by the clock."""

    async def create(
        self,
        *,
        workflow_id: str,
        name: str,
        cron_expression: str,
        timezone: str | None = None,
        description: str | None = None,
        is_active: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Schedule:
        """Create a schedule that runs a workflow at set times; each run is billed as usual.

        The request is never repeated automatically, because two schedules would run the workflow twice.
        Source: the vendor's specification, schedules.

        Args:
            workflow_id: Id of the workflow to run.
            name: Name of the schedule, 1 to 120 characters.
            cron_expression: When to run, as five cron fields: minute, hour, day of month, month, day of
                week; such as ``0 7 * * 1``.
            timezone: Time zone of the cron expression, as an IANA name such as ``Europe/Berlin``; the
                service's default is ``UTC``.
            description: Description of the schedule, for people.
            is_active: Whether the schedule starts active; the service's default is true.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def list(
        self,
        *,
        workflow_id: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[Schedule]:
        """List the schedules of one workflow, or of all.

        Source: the vendor's specification, schedules.

        Args:
            workflow_id: Id of the workflow whose schedules to list; all workflows when not sent.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def get(
        self,
        *,
        schedule_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> Schedule:
        """Return one schedule.

        Source: the vendor's specification, schedules.

        Args:
            schedule_id: Id of the schedule.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def update(
        self,
        *,
        schedule_id: str,
        name: str | None = None,
        cron_expression: str | None = None,
        timezone: str | None = None,
        description: str | None = None,
        is_active: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Schedule:
        """Change the given fields of a schedule and leave the others.

        Reactivating a schedule binds it to the caller's credential and clears its ``disabled_reason``.
        Source: the vendor's specification, schedules.

        Args:
            schedule_id: Id of the schedule.
            name: New name, 1 to 120 characters.
            cron_expression: New times, as five cron fields: minute, hour, day of month, month, day of week.
            timezone: New time zone of the cron expression, as an IANA name.
            description: New description, for people.
            is_active: Whether the schedule is active; false pauses it.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def delete(
        self,
        *,
        schedule_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Delete a schedule.

        Source: the vendor's specification, schedules.

        Args:
            schedule_id: Id of the schedule.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def disable_bound(
        self,
        *,
        api_key_id: int | None = None,
        created_by: str | None = None,
        team_id: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Pause every schedule that is bound to one API key or to one person.

        Meant for keys that were revoked and people who have left. Source: the vendor's older specification, schedules.

        Args:
            api_key_id: Numeric id of the API key; pass this or ``created_by``.
            created_by: Id of the person; pass this or ``api_key_id``.
            team_id: Id of the team to which the person's schedules are limited; only with ``created_by``.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def active_counts(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Return the numbers of active schedules, as JSON of unpublished shape.

        Source: the vendor's older specification, schedules.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class Storage(Namespace):
    """Upload files, and refer to them by handle in later calls."""

    async def upload_csv(
        self,
        *,
        file: Upload,
        extra: Mapping[str, JsonValue] = {},
    ) -> StoredFile:
        """Upload a CSV file and return a handle for workflows, exclusion lists and lookalike searches.

        Handles expire and belong to the organization. Size limit and lifetime are not published.
        Source: docs.sixtyfour.ai, api-reference/workflows (named there, not described). Assumed: the part name ``file``.

        Args:
            file: The CSV file to upload, as an `Upload`, a `pathlib.Path`, bytes or an async iterable of
                bytes.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class Account(Namespace):
    """Credit balance and usage of the account."""

    async def check_balance(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> Balance:
        """Return the organization's remaining credits.

        Source: docs.sixtyfour.ai, api-reference, check balance.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def usage(
        self,
        *,
        time_window: int | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Return the recent usage of this API key, as JSON of unpublished shape.

        The newest specification no longer lists this route; it may disappear.
        Source: the vendor's older specification.

        Args:
            time_window: How far back to count, in seconds, at least 1; the service's default is 3600.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class Structs(Namespace):
    """Generate a ``struct``, the fields to research, from a description."""

    async def generate(
        self,
        *,
        description: str,
        existing_struct: Sequence[StructField] | None = None,
        block_type: Literal['lead_enrichment', 'company_enrichment', 'linkedin_enrichment', 'research_agent', 'webhook', 'transform_data'] | None = None,
        allow_nested: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> GeneratedStruct:
        """Generate a struct from a description; `GeneratedStruct.as_struct` gives the form that ``struct=`` takes.

        The request is never repeated automatically, because its price is not published.
        Source: the vendor's specification, struct-builder.

        Args:
            description: What the struct should capture, in plain words; 1 to 4,000 characters.
            existing_struct: Fields to extend or revise, each a `StructField` such as
                `GeneratedStruct.struct` holds.
            block_type: The kind of workflow block that the struct is for; the service's default is none.
            allow_nested: Whether fields may be objects with subfields; the service's default is false.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class SigningSecrets(Namespace):
    """The secret that signs webhooks; administrators only."""

    async def get(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> SigningSecret | None:
        """Return the metadata of the active signing secret, without the secret itself; None when there is none.

        Source: docs.sixtyfour.ai, api-reference/webhooks/signing-secrets.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def create(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> NewSigningSecret:
        """Create a signing secret and return it; the service never shows it again.

        An active secret is revoked at once; use `RollSigningSecret` for a rotation without a gap. Administrators only.
        Source: docs.sixtyfour.ai, api-reference/webhooks/signing-secrets.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def delete(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Delete the signing secret; later webhooks are sent unsigned. Administrators only.

        Source: docs.sixtyfour.ai, api-reference/webhooks/signing-secrets.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def roll(
        self,
        *,
        expire_overlap_hours: int | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> NewSigningSecret:
        """Replace the signing secret and return the new one; the service never shows it again.

        Both secrets sign during the overlap, so that receivers can switch without a gap. Administrators only.
        Source: docs.sixtyfour.ai, api-reference/webhooks/signing-secrets.

        Args:
            expire_overlap_hours: Hours during which the old secret signs too, 0 to 72; the service's
                default is 24, and 0 revokes it at once.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class Webhooks(Namespace):
    """What the service posts to you."""

    signing_secret: SigningSecrets
    """The secret that signs webhooks; administrators only."""


class OAuthClients(Namespace):
    """The OAuth clients of an organization and their keys; administrators only."""

    async def create(
        self,
        *,
        name: str,
        jwks_uri: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> OAuthClient:
        """Register an OAuth client, either with a JWKS URL or for keys uploaded later; the choice is permanent.

        Administrators only. Source: docs.sixtyfour.ai, guides/oauth-clients.

        Args:
            name: Name of the client, 1 to 255 characters.
            jwks_uri: URL of the client's key set; leave it out to upload keys with `AddOAuthKey` instead.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def list(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[OAuthClient]:
        """List the organization's OAuth clients. Administrators only.

        Source: the vendor's older specification, oauth/clients.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def get(
        self,
        *,
        client_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> OAuthClient:
        """Return one OAuth client with its keys. Administrators only.

        Source: the vendor's older specification, oauth/clients.

        Args:
            client_id: Id of the OAuth client.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def update(
        self,
        *,
        client_id: str,
        name: str | None = None,
        status: Literal['active', 'disabled'] | None = None,
        access_token_ttl_seconds: int | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> OAuthClient:
        """Change the given fields of an OAuth client and leave the others. Administrators only.

        Source: the vendor's older specification, oauth/clients.

        Args:
            client_id: Id of the OAuth client.
            name: New name, 1 to 255 characters.
            status: New status; a disabled client should get no tokens.
            access_token_ttl_seconds: Lifetime of new access tokens in seconds, 60 to 86,400.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def delete(
        self,
        *,
        client_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Delete an OAuth client. Administrators only.

        Source: the vendor's older specification, oauth/clients.

        Args:
            client_id: Id of the OAuth client.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def add_key(
        self,
        *,
        client_id: str,
        public_key_pem: str,
        kid: str | None = None,
        algorithm: Literal['RS256'] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> OAuthKey:
        """Add a public key to an OAuth client that was registered without a JWKS URL. Administrators only.

        Source: docs.sixtyfour.ai, guides/oauth-clients.

        Args:
            client_id: Id of the OAuth client.
            public_key_pem: The public key as PEM text.
            kid: Key id to use in assertion headers, 1 to 255 characters; undocumented when not sent.
            algorithm: Signing algorithm; ``RS256`` is the only one and the service's default.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def keys(
        self,
        *,
        client_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[OAuthKey]:
        """List the public keys of an OAuth client. Administrators only.

        Source: the vendor's older specification, oauth/clients.

        Args:
            client_id: Id of the OAuth client.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def revoke_key(
        self,
        *,
        client_id: str,
        kid: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Revoke a public key of an OAuth client. Administrators only.

        Source: the vendor's older specification, oauth/clients.

        Args:
            client_id: Id of the OAuth client.
            kid: Id of the key.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def validate_jwks(
        self,
        *,
        client_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Have the service fetch an OAuth client's JWKS URL and report whether it is usable. Administrators only.

        The answer is JSON of unpublished shape. Source: the vendor's older specification, oauth/clients.

        Args:
            client_id: Id of the OAuth client.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class OAuth(Namespace):
    """Tokens instead of a key."""

    async def metadata(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> OAuthMetadata:
        """Return the OAuth discovery document; sent without a credential.

        Source: docs.sixtyfour.ai, guides/oauth-clients.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def token(
        self,
        *,
        client_id: str,
        client_assertion: str,
        grant_type: Literal['client_credentials'] = 'client_credentials',
        client_assertion_type: Literal['urn:ietf:params:oauth:client-assertion-type:jwt-bearer'] = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        scope: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> OAuthToken:
        """Exchange a signed client assertion for an access token; sent without a credential.

        `AsyncClient` does this by itself when it is given OAuth credentials.
        Source: docs.sixtyfour.ai, guides/oauth-clients.

        Args:
            client_id: Id of the OAuth client.
            client_assertion: A short-lived JWT signed with RS256, with the ``kid`` of the client's key in
                its header.
            grant_type: Always ``client_credentials``, the only grant the service supports.
            client_assertion_type: Always the JWT bearer constant of RFC 7523.
            scope: Scope of the token; the only known one is ``full_access``.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    clients: OAuthClients
    """The OAuth clients of an organization and their keys; administrators only."""


class OrgChart(Namespace):
    """Org charts, by an older specification; ``company.intelligence`` supersedes them."""

    async def filter_capabilities(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Return the fields and operators by which an org chart can be filtered.

        Source: the vendor's older specification, org-chart.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def find_people(
        self,
        *,
        people_focus_prompt: str,
        company_name: str | None = None,
        linkedin_public_id: str | None = None,
        linkedin_company_url: str | None = None,
        company_member_id: int | None = None,
        max_iterations: int | None = None,
        max_results: int | None = None,
        include_resolution_debug: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Find the people of a company who match a description.

        Run time and price: not published. Source: the vendor's older specification, org-chart.

        Args:
            people_focus_prompt: Whom to look for, in plain words.
            company_name: Name of the company; identify it by this or by one of the next three fields.
            linkedin_public_id: LinkedIn public id, by which to identify the company.
            linkedin_company_url: URL of the company's LinkedIn page, by which to identify it.
            company_member_id: Numeric id, by which to identify the company; undocumented beyond its name.
            max_iterations: Maximum number of search rounds, 1 to 20; the service's default is 8.
            max_results: Maximum number of people to return, 1 to 50,000; the service's default is not
                published.
            include_resolution_debug: Whether to add details of how the company was identified; the
                service's default is false.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def full(
        self,
        *,
        page: int | None = None,
        page_size: int | None = None,
        cursor: str | None = None,
        company_name: str | None = None,
        linkedin_public_id: str | None = None,
        linkedin_company_url: str | None = None,
        company_member_id: int | None = None,
        max_iterations: int | None = None,
        max_results: int | None = None,
        include_resolution_debug: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Return one page of a company's whole org chart.

        Run time and price: not published. Source: the vendor's older specification, org-chart.

        Args:
            page: Number of the page, from 1; the service's default is 1.
            page_size: People per page, 1 to 500; the service's default is 50.
            cursor: Cursor from the previous page's answer.
            company_name: Name of the company; identify it by this or by one of the next three fields.
            linkedin_public_id: LinkedIn public id, by which to identify the company.
            linkedin_company_url: URL of the company's LinkedIn page, by which to identify it.
            company_member_id: Numeric id, by which to identify the company; undocumented beyond its name.
            max_iterations: Maximum number of search rounds, 1 to 20; the service's default is 8.
            max_results: Maximum number of people to return, 1 to 50,000; the service's default is not
                published.
            include_resolution_debug: Whether to add details of how the company was identified; the
                service's default is false.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class Chat(Namespace):
    """Unpublished: the dashboard's chat."""

    def send(
        self,
        *,
        session_id: str,
        messages: Sequence[Mapping[str, JsonValue]] | None = None,
        timezone: str | None = None,
        workflow_id: str | None = None,
        workspace_id: str | None = None,
        page_context: Mapping[str, JsonValue] | None = None,
        page_data: Mapping[str, JsonValue] | None = None,
        search_rerun: Mapping[str, JsonValue] | None = None,
        is_onboarding: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> AsyncGenerator[JsonValue, None]:
        """Send messages to a chat session; the answer is a stream of server-sent events.

        Source: the vendor's older specification.

        Args:
            session_id: Id of the chat session.
            messages: The messages to send; the shape of a message is not published.
            timezone: IANA name of the time zone of the user; the service's default is ``UTC``.
            workflow_id: Id of the workflow that the session is about.
            workspace_id: Id of the workspace that the session belongs to.
            page_context: Undocumented; passed through.
            page_data: Undocumented; passed through.
            search_rerun: Undocumented; passed through.
            is_onboarding: Undocumented; passed through.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def stop(
        self,
        *,
        session_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Stop the answer that a chat session is generating.

        Source: the vendor's older specification.

        Args:
            session_id: Id of the chat session.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def approve(
        self,
        *,
        approval_id: str,
        approved: bool,
        session_id: str,
        reason: str | None = None,
        answers: JsonValue = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Approve or reject an action that a chat session asks about before it goes on.

        Source: the vendor's older specification.

        Args:
            approval_id: Id of the question, from the session's events.
            approved: True to approve, false to reject.
            session_id: Id of the chat session.
            reason: Reason for the decision.
            answers: Undocumented; passed through.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def create_session(
        self,
        *,
        workflow_id: str | None = None,
        workspace_id: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Create a chat session and return it.

        Source: the vendor's older specification.

        Args:
            workflow_id: Id of the workflow that the session is about.
            workspace_id: Id of the workspace that the session belongs to.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def list_sessions(
        self,
        *,
        cursor: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """List chat sessions, with ``has_more``.

        Source: the vendor's older specification.

        Args:
            cursor: Cursor from the previous page's answer.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def get_session(
        self,
        *,
        session_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Return one chat session with its messages.

        Source: the vendor's older specification.

        Args:
            session_id: Id of the chat session.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def rename_session(
        self,
        *,
        title: str,
        session_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Set the title of a chat session.

        Source: the vendor's older specification.

        Args:
            title: New title.
            session_id: Id of the chat session.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def delete_session(
        self,
        *,
        session_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Delete a chat session.

        Source: the vendor's older specification.

        Args:
            session_id: Id of the chat session.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    def stream_session(
        self,
        *,
        session_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> AsyncGenerator[JsonValue, None]:
        """Stream the events of a chat session, as server-sent events.

        Source: the vendor's older specification.

        Args:
            session_id: Id of the chat session.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def get_engine(
        self,
        *,
        session_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Return the engine that a chat session uses.

        Source: the vendor's older specification.

        Args:
            session_id: Id of the chat session.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def mark_read(
        self,
        *,
        session_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Mark a chat session as read.

        Source: the vendor's older specification.

        Args:
            session_id: Id of the chat session.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def get_settings(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Return the chat settings.

        Source: the vendor's older specification.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def update_settings(
        self,
        *,
        custom_prompt: str | None = None,
        yolo_mode: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Change the given chat settings and leave the others.

        Source: the vendor's older specification.

        Args:
            custom_prompt: Instructions that every session follows, by its name.
            yolo_mode: Undocumented; by its name, whether actions run without approval.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class Workspaces(Namespace):
    """Unpublished: the dashboard's workspaces."""

    async def create(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Create a workspace and return it.

        Source: the vendor's older specification.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def get(
        self,
        *,
        workspace_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Return one workspace with its state.

        Source: the vendor's older specification.

        Args:
            workspace_id: Id of the workspace.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def mount_viewer(
        self,
        *,
        kind: Literal['search', 'workflow', 'notebook'],
        id: str,
        workspace_id: str,
        title: str | None = None,
        state: Mapping[str, JsonValue] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Add a viewer for a search, workflow or notebook to a workspace.

        Source: the vendor's older specification.

        Args:
            kind: What the viewer shows.
            id: Id of the thing shown, up to 200 characters.
            workspace_id: Id of the workspace.
            title: Title of the viewer, up to 200 characters.
            state: Initial state of the viewer; its shape is not published.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def unmount_viewer(
        self,
        *,
        key: str,
        workspace_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Remove a viewer from a workspace.

        Source: the vendor's older specification.

        Args:
            key: Key of the viewer in the workspace's state.
            workspace_id: Id of the workspace.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def update_viewer(
        self,
        *,
        key: str,
        state: Mapping[str, JsonValue],
        workspace_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Replace the state of a viewer.

        Source: the vendor's older specification.

        Args:
            key: Key of the viewer in the workspace's state.
            state: New state of the viewer; its shape is not published.
            workspace_id: Id of the workspace.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def activate_viewer(
        self,
        *,
        workspace_id: str,
        activeViewerKey: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Set the active viewer of a workspace.

        Source: the vendor's older specification.

        Args:
            workspace_id: Id of the workspace.
            activeViewerKey: Key of the viewer to activate, up to 500 characters.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    def stream(
        self,
        *,
        workspace_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> AsyncGenerator[JsonValue, None]:
        """Stream the changes of a workspace, as server-sent events that begin with a snapshot.

        Source: the vendor's older specification.

        Args:
            workspace_id: Id of the workspace.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class Interactive(Namespace):
    """Unpublished: workflows that are built while they run."""

    async def start(
        self,
        *,
        block_name: str,
        specs: Mapping[str, JsonValue],
        webhook_payload: JsonValue = None,
        save_json: bool | None = None,
        result_formats: Sequence[str] | None = None,
        cache_config: JsonValue = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Start an interactive workflow run with its first block; returns ``job_id`` and ``status``.

        Source: the vendor's older specification.

        Args:
            block_name: Registered name of the block to run, such as ``webhook``.
            specs: Settings of the block, by the schema that `ListBlocks` returns.
            webhook_payload: Input rows for a ``webhook`` block: a list of objects, or one object.
            save_json: Whether to save the results as JSON too.
            result_formats: Formats in which to save the results, such as ``csv``.
            cache_config: Undocumented; passed through.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def add_block(
        self,
        *,
        block_name: str,
        specs: Mapping[str, JsonValue],
        parent_block_id: str,
        job_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Add a block to an interactive run and run it; returns ``accepted``, ``block_id`` and ``error``.

        Source: the vendor's older specification.

        Args:
            block_name: Registered name of the block to run, such as ``webhook``.
            specs: Settings of the block, by the schema that `ListBlocks` returns.
            parent_block_id: Id of the block whose output the new one takes; `GetInteractiveState` lists the
                blocks of the run.
            job_id: Id of the interactive run, as `StartInteractive` returned it.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def finish(
        self,
        *,
        job_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Finish an interactive run.

        Source: the vendor's older specification.

        Args:
            job_id: Id of the interactive run, as `StartInteractive` returned it.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def state(
        self,
        *,
        job_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> LiveStatus:
        """Return the status of an interactive run and its blocks.

        Source: the vendor's older specification.

        Args:
            job_id: Id of the interactive run, as `StartInteractive` returned it.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def output(
        self,
        *,
        block_id: str,
        job_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Return a handle to the output of one block, with its row count.

        Source: the vendor's older specification.

        Args:
            block_id: Id of the block.
            job_id: Id of the interactive run, as `StartInteractive` returned it.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def save(
        self,
        *,
        block_id: str,
        workflow_name: str,
        job_id: str,
        workflow_description: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Workflow:
        """Save the blocks of an interactive run as a workflow and return it.

        Source: the vendor's older specification.

        Args:
            block_id: Id of the last block to save.
            workflow_name: Name of the new workflow.
            job_id: Id of the interactive run, as `StartInteractive` returned it.
            workflow_description: Description of the new workflow; the service's default is empty.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class SlackLinks(Namespace):
    """Unpublished: Slack users who are users of the dashboard."""

    async def confirm(
        self,
        *,
        token: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Confirm a link between this account and a Slack user.

        Source: the vendor's older specification.

        Args:
            token: The token that the Slack bot showed.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def list(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """List the Slack users linked to this account.

        Source: the vendor's older specification.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def delete(
        self,
        *,
        slack_team_id: str,
        slack_user_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Remove the link to a Slack user.

        Source: the vendor's older specification.

        Args:
            slack_team_id: Id of the Slack workspace.
            slack_user_id: Id of the Slack user.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class GoogleSheets(Namespace):
    """The dashboard's connection to Google Sheets; in the specification, but of use to the dashboard only."""

    async def status(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Return whether a Google account is connected.

        Source: the vendor's specification, google-sheets.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def connect(
        self,
        *,
        code: str,
        redirect_uri: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Connect a Google account.

        Source: the vendor's specification, google-sheets.

        Args:
            code: The authorization code that Google returned; it works once.
            redirect_uri: The redirect URI for which the code was issued.
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def disconnect(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Disconnect the Google account.

        Source: the vendor's specification, google-sheets.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """

    async def access_token(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Return an access token for the connected Google account, with its lifetime in seconds.

        Source: the vendor's specification, google-sheets.

        Args:
            extra: Further body keys, sent as they are, for parameters that this package does not know yet.
        """


class Dashboard(Namespace):
    """The dashboard's own plumbing: unpublished, changed without notice, not needed to use the service."""

    chat: Chat
    """Unpublished: the dashboard's chat."""

    workspaces: Workspaces
    """Unpublished: the dashboard's workspaces."""

    interactive: Interactive
    """Unpublished: workflows that are built while they run."""

    slack_links: SlackLinks
    """Unpublished: Slack users who are users of the dashboard."""

    google_sheets: GoogleSheets
    """The dashboard's connection to Google Sheets; in the specification, but of use to the dashboard only."""


class Namespaces:
    """Every operation of the service, in groups."""

    people: People
    """Research people, find and reverse their addresses and numbers."""

    company: Company
    """Research companies."""

    agents: Agents
    """Qualify a record against criteria, or research open questions about it."""

    jobs: Jobs
    """Poll a job by its id."""

    search: Search
    """Search people and companies."""

    workflows: Workflows
    """Define and run workflows and fetch what they made."""

    schedules: Schedules
    """Workflows that run by the clock."""

    storage: Storage
    """Upload files, and refer to them by handle in later calls."""

    account: Account
    """Credit balance and usage of the account."""

    structs: Structs
    """Generate a ``struct``, the fields to research, from a description."""

    webhooks: Webhooks
    """What the service posts to you."""

    oauth: OAuth
    """Tokens instead of a key."""

    org_chart: OrgChart
    """Org charts, by an older specification; ``company.intelligence`` supersedes them."""

    dashboard: Dashboard
    """The dashboard's own plumbing: unpublished, changed without notice, not needed to use the service."""
