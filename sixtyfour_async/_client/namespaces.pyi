# Written by `python -m tests.surface.stubs`; do not edit.
"""What the methods of a client look like to a type checker and an editor; `namespaces.py` binds them."""

import builtins
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from pydantic import BaseModel, JsonValue
from sixtyfour_async._client.bindings import Namespace
from sixtyfour_async._client.job import Job
from sixtyfour_async.models.account import Balance, GeneratedStruct, NewSigningSecret, OAuthClient, OAuthKey, OAuthMetadata, OAuthToken, Schedule, SigningSecret, StoredFile, StructField
from sixtyfour_async.models.enrichment import AgeStatus, EmailResult, Intelligence, PhoneResult, QAResult, ReverseResult, S
from sixtyfour_async.models.jobs import JobStatus
from sixtyfour_async.models.search import DownloadLink, ExclusionList, FieldValues, FilterCapabilities, LookalikeStatus, SearchLimits, SearchPage, SearchStatus, SearchTitle, Suggestions
from sixtyfour_async.models.workflows import BlockKind, Cancelled, LiveStatus, ResultFile, Workflow, WorkflowRun
from sixtyfour_async.operations._files import Upload
from sixtyfour_async.operations.agents import Criterion
from sixtyfour_async.operations.lists import EntityIds, SearchResults, UploadedFile
from sixtyfour_async.operations.workflows import Graph
from typing import Literal


class _PeopleIntelligence:
    """Research one person: 10 to 60 s for ``low``, 30 to 180 s for ``medium``, minutes for ``high``.

    The vendor's benchmark measured medians of 230, 223 and 459 s. The price per tier is not published.
    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

    Args:
        lead_info: Give an email, or a LinkedIn URL, or name and company; any further key helps.
        struct: Your own pydantic class, or field name → description.
        research_plan: Instructions to the researcher, in words.
        tier: How deep to research; the service's default is ``low``.
        field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
        webhook_url: Where the service posts the result of a job.
        include_workspace: Undocumented; named by the live specification of September 2026.
        investigation_id: Undocumented; named by the live specification of September 2026.
        investigation_name: Undocumented; named by the live specification of September 2026.
        budget: Undocumented; named by the live specification of September 2026.
        dispatch_id: Undocumented; named by the live specification of September 2026.
        exclusive_run: Undocumented; named by the live specification of September 2026.
        extra: Body keys that the service added and this package does not know yet.
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
        """Research one person: 10 to 60 s for ``low``, 30 to 180 s for ``medium``, minutes for ``high``.

        The vendor's benchmark measured medians of 230, 223 and 459 s. The price per tier is not published.
        Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

        Args:
            lead_info: Give an email, or a LinkedIn URL, or name and company; any further key helps.
            struct: Your own pydantic class, or field name → description.
            research_plan: Instructions to the researcher, in words.
            tier: How deep to research; the service's default is ``low``.
            field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
            webhook_url: Where the service posts the result of a job.
            include_workspace: Undocumented; named by the live specification of September 2026.
            investigation_id: Undocumented; named by the live specification of September 2026.
            investigation_name: Undocumented; named by the live specification of September 2026.
            budget: Undocumented; named by the live specification of September 2026.
            dispatch_id: Undocumented; named by the live specification of September 2026.
            exclusive_run: Undocumented; named by the live specification of September 2026.
            extra: Body keys that the service added and this package does not know yet.
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

        Research one person: 10 to 60 s for ``low``, 30 to 180 s for ``medium``, minutes for ``high``.

        The vendor's benchmark measured medians of 230, 223 and 459 s. The price per tier is not published.
        Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

        Args:
            lead_info: Give an email, or a LinkedIn URL, or name and company; any further key helps.
            struct: Your own pydantic class, or field name → description.
            research_plan: Instructions to the researcher, in words.
            tier: How deep to research; the service's default is ``low``.
            field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
            webhook_url: Where the service posts the result of a job.
            include_workspace: Undocumented; named by the live specification of September 2026.
            investigation_id: Undocumented; named by the live specification of September 2026.
            investigation_name: Undocumented; named by the live specification of September 2026.
            budget: Undocumented; named by the live specification of September 2026.
            dispatch_id: Undocumented; named by the live specification of September 2026.
            exclusive_run: Undocumented; named by the live specification of September 2026.
            extra: Body keys that the service added and this package does not know yet.
        """

class _PeopleEnrichLead:
    """The older name of `PeopleIntelligence`. Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

    Args:
        lead_info: Give an email, or a LinkedIn URL, or name and company; any further key helps.
        struct: Your own pydantic class, or field name → description.
        research_plan: Instructions to the researcher, in words.
        tier: How deep to research; the service's default is ``low``.
        field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
        webhook_url: Where the service posts the result of a job.
        include_workspace: Undocumented; named by the live specification of September 2026.
        investigation_id: Undocumented; named by the live specification of September 2026.
        investigation_name: Undocumented; named by the live specification of September 2026.
        budget: Undocumented; named by the live specification of September 2026.
        dispatch_id: Undocumented; named by the live specification of September 2026.
        exclusive_run: Undocumented; named by the live specification of September 2026.
        extra: Body keys that the service added and this package does not know yet.
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
        """The older name of `PeopleIntelligence`. Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

        Args:
            lead_info: Give an email, or a LinkedIn URL, or name and company; any further key helps.
            struct: Your own pydantic class, or field name → description.
            research_plan: Instructions to the researcher, in words.
            tier: How deep to research; the service's default is ``low``.
            field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
            webhook_url: Where the service posts the result of a job.
            include_workspace: Undocumented; named by the live specification of September 2026.
            investigation_id: Undocumented; named by the live specification of September 2026.
            investigation_name: Undocumented; named by the live specification of September 2026.
            budget: Undocumented; named by the live specification of September 2026.
            dispatch_id: Undocumented; named by the live specification of September 2026.
            exclusive_run: Undocumented; named by the live specification of September 2026.
            extra: Body keys that the service added and this package does not know yet.
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

        The older name of `PeopleIntelligence`. Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

        Args:
            lead_info: Give an email, or a LinkedIn URL, or name and company; any further key helps.
            struct: Your own pydantic class, or field name → description.
            research_plan: Instructions to the researcher, in words.
            tier: How deep to research; the service's default is ``low``.
            field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
            webhook_url: Where the service posts the result of a job.
            include_workspace: Undocumented; named by the live specification of September 2026.
            investigation_id: Undocumented; named by the live specification of September 2026.
            investigation_name: Undocumented; named by the live specification of September 2026.
            budget: Undocumented; named by the live specification of September 2026.
            dispatch_id: Undocumented; named by the live specification of September 2026.
            exclusive_run: Undocumented; named by the live specification of September 2026.
            extra: Body keys that the service added and this package does not know yet.
        """

class _PeopleFindEmail:
    """Find one person's email address: 2 to 10 s; 5 cents for ``PROFESSIONAL``, 20 for ``PERSONAL``.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

    Args:
        lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
        mode: Which address to find: the one at work, or a private one. The service's default is
            ``PROFESSIONAL``.
        verify_emails: Ask the mail server whether the address exists; the service's default is true.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.
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
        """Find one person's email address: 2 to 10 s; 5 cents for ``PROFESSIONAL``, 20 for ``PERSONAL``.

        Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

        Args:
            lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
            mode: Which address to find: the one at work, or a private one. The service's default is
                ``PROFESSIONAL``.
            verify_emails: Ask the mail server whether the address exists; the service's default is true.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
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

        Find one person's email address: 2 to 10 s; 5 cents for ``PROFESSIONAL``, 20 for ``PERSONAL``.

        Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

        Args:
            lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
            mode: Which address to find: the one at work, or a private one. The service's default is
                ``PROFESSIONAL``.
            verify_emails: Ask the mail server whether the address exists; the service's default is true.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
        """

class _PeopleFindEmailBulk:
    """Find the addresses of up to 100 people with one request, each at the price of `FindEmail`.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

    Args:
        leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
            ``email`` …
        mode: Which address to find: the one at work, or a private one. The service's default is
            ``PROFESSIONAL``.
        verify_emails: Ask the mail server whether the address exists; the service's default is true.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.
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
        """Find the addresses of up to 100 people with one request, each at the price of `FindEmail`.

        Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

        Args:
            leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
                ``email`` …
            mode: Which address to find: the one at work, or a private one. The service's default is
                ``PROFESSIONAL``.
            verify_emails: Ask the mail server whether the address exists; the service's default is true.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
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

        Find the addresses of up to 100 people with one request, each at the price of `FindEmail`.

        Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

        Args:
            leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
                ``email`` …
            mode: Which address to find: the one at work, or a private one. The service's default is
                ``PROFESSIONAL``.
            verify_emails: Ask the mail server whether the address exists; the service's default is true.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
        """

class _PeopleFindPhone:
    """Find one person's phone number: 2 to 10 s; 30 cents in the vendor's example.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

    Args:
        lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.
    """

    async def __call__(
        self,
        *,
        lead: Mapping[str, JsonValue],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> PhoneResult:
        """Find one person's phone number: 2 to 10 s; 30 cents in the vendor's example.

        Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

        Args:
            lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
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

        Find one person's phone number: 2 to 10 s; 30 cents in the vendor's example.

        Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

        Args:
            lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
        """

class _PeopleFindPhoneBulk:
    """Find the numbers of up to 100 people with one request, each at the price of `FindPhone`.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

    Args:
        leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
            ``email`` …
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.
    """

    async def __call__(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> list[PhoneResult]:
        """Find the numbers of up to 100 people with one request, each at the price of `FindPhone`.

        Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

        Args:
            leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
                ``email`` …
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
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

        Find the numbers of up to 100 people with one request, each at the price of `FindPhone`.

        Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

        Args:
            leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
                ``email`` …
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
        """

class _PeopleReverseEmail:
    """Find whom an email address belongs to: 2 to 10 s.

    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

    Args:
        lead: ``email`` at least.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.
    """

    async def __call__(
        self,
        *,
        lead: Mapping[str, JsonValue],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> ReverseResult:
        """Find whom an email address belongs to: 2 to 10 s.

        Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

        Args:
            lead: ``email`` at least.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
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

        Find whom an email address belongs to: 2 to 10 s.

        Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

        Args:
            lead: ``email`` at least.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
        """

class _PeopleReverseEmailBulk:
    """Find whom up to 100 email addresses belong to with one request.

    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

    Args:
        leads: Each with ``email`` at least.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.
    """

    async def __call__(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> list[ReverseResult]:
        """Find whom up to 100 email addresses belong to with one request.

        Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

        Args:
            leads: Each with ``email`` at least.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
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

        Find whom up to 100 email addresses belong to with one request.

        Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

        Args:
            leads: Each with ``email`` at least.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
        """

class _PeopleReversePhone:
    """Find whom a phone number belongs to: 2 to 10 s.

    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

    Args:
        lead: ``phone`` at least.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.
    """

    async def __call__(
        self,
        *,
        lead: Mapping[str, JsonValue],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> ReverseResult:
        """Find whom a phone number belongs to: 2 to 10 s.

        Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

        Args:
            lead: ``phone`` at least.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
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

        Find whom a phone number belongs to: 2 to 10 s.

        Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

        Args:
            lead: ``phone`` at least.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
        """

class _PeopleReversePhoneBulk:
    """Find whom up to 100 phone numbers belong to with one request.

    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

    Args:
        leads: Each with ``phone`` at least.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.
    """

    async def __call__(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> list[ReverseResult]:
        """Find whom up to 100 phone numbers belong to with one request.

        Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

        Args:
            leads: Each with ``phone`` at least.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
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

        Find whom up to 100 phone numbers belong to with one request.

        Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

        Args:
            leads: Each with ``phone`` at least.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
        """

class _PeopleFindEmailV2:
    """Deprecated: use `FindEmail`. Answers with what each provider said. Source: the vendor's older specification.

    Args:
        lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
        mode: Which address to find: the one at work, or a private one. The service's default is
            ``PROFESSIONAL``.
        verify_emails: Ask the mail server whether the address exists; the service's default is true.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.
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
        """Deprecated: use `FindEmail`. Answers with what each provider said. Source: the vendor's older specification.

        Args:
            lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
            mode: Which address to find: the one at work, or a private one. The service's default is
                ``PROFESSIONAL``.
            verify_emails: Ask the mail server whether the address exists; the service's default is true.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
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

        Deprecated: use `FindEmail`. Answers with what each provider said. Source: the vendor's older specification.

        Args:
            lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
            mode: Which address to find: the one at work, or a private one. The service's default is
                ``PROFESSIONAL``.
            verify_emails: Ask the mail server whether the address exists; the service's default is true.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
        """

class _PeopleFindEmailV2Bulk:
    """Deprecated: use `FindEmailBulk`. Source: the vendor's older specification.

    Args:
        leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
            ``email`` …
        mode: Which address to find: the one at work, or a private one. The service's default is
            ``PROFESSIONAL``.
        verify_emails: Ask the mail server whether the address exists; the service's default is true.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.
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
        """Deprecated: use `FindEmailBulk`. Source: the vendor's older specification.

        Args:
            leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
                ``email`` …
            mode: Which address to find: the one at work, or a private one. The service's default is
                ``PROFESSIONAL``.
            verify_emails: Ask the mail server whether the address exists; the service's default is true.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
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

        Deprecated: use `FindEmailBulk`. Source: the vendor's older specification.

        Args:
            leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
                ``email`` …
            mode: Which address to find: the one at work, or a private one. The service's default is
                ``PROFESSIONAL``.
            verify_emails: Ask the mail server whether the address exists; the service's default is true.
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
        """

class _PeopleFindPhoneV2:
    """Deprecated: use `FindPhone`. Answers with what each provider said. Source: the vendor's older specification.

    Args:
        lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.
    """

    async def __call__(
        self,
        *,
        lead: Mapping[str, JsonValue],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Deprecated: use `FindPhone`. Answers with what each provider said. Source: the vendor's older specification.

        Args:
            lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
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

        Deprecated: use `FindPhone`. Answers with what each provider said. Source: the vendor's older specification.

        Args:
            lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
        """

class _PeopleFindPhoneV2Bulk:
    """Deprecated: use `FindPhoneBulk`. Source: the vendor's older specification.

    Args:
        leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
            ``email`` …
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.
    """

    async def __call__(
        self,
        *,
        leads: Sequence[Mapping[str, JsonValue]],
        providers: Sequence[str] | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> list[JsonValue]:
        """Deprecated: use `FindPhoneBulk`. Source: the vendor's older specification.

        Args:
            leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
                ``email`` …
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
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

        Deprecated: use `FindPhoneBulk`. Source: the vendor's older specification.

        Args:
            leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
                ``email`` …
            providers: Another order of the providers that are asked; ids are not published, and newer
                specifications lack the key.
            webhook_url: Where a job's result is posted to.
            extra: Body keys that the service added and this package does not know yet.
        """

class People(Namespace):
    """Research people, find and reverse their addresses and numbers."""

    intelligence: _PeopleIntelligence
    """``intelligence(*, lead_info, struct=None, research_plan=None, tier=None, field_confidence=None, webhook_url=None, include_workspace=None, investigation_id=None, investigation_name=None, budget=None, dispatch_id=None, exclusive_run=None, extra={})``

    Research one person: 10 to 60 s for ``low``, 30 to 180 s for ``medium``, minutes for ``high``.

    The vendor's benchmark measured medians of 230, 223 and 459 s. The price per tier is not published.
    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

    Args:
        lead_info: Give an email, or a LinkedIn URL, or name and company; any further key helps.
        struct: Your own pydantic class, or field name → description.
        research_plan: Instructions to the researcher, in words.
        tier: How deep to research; the service's default is ``low``.
        field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
        webhook_url: Where the service posts the result of a job.
        include_workspace: Undocumented; named by the live specification of September 2026.
        investigation_id: Undocumented; named by the live specification of September 2026.
        investigation_name: Undocumented; named by the live specification of September 2026.
        budget: Undocumented; named by the live specification of September 2026.
        dispatch_id: Undocumented; named by the live specification of September 2026.
        exclusive_run: Undocumented; named by the live specification of September 2026.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``people-intelligence`` and return its handle; ``await job`` waits for the answer.
    """

    async def start_bulk_intelligence(
        self,
        *,
        file: Upload,
        struct: type[BaseModel] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
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

        Research every person in a file; answered with links to files, of which `final_file` picks the finished one.

        Ten submits a minute per organization; 402 when the balance does not cover the estimate, and nothing is charged.
        Source: docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence.

        Args:
            file: CSV, JSON or NDJSON: up to 100 MB and 100,000 rows.
            struct: The fields to research: your own pydantic class, or field name → description.
            research_plan: Instructions to the researcher, in words.
            tier: How deep to research; the service's default is ``low``.
            field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
            webhook_url: Where the service posts the result of a job.
            columns: Which columns of the file are used; all by default.
            result_formats: The formats to write the results in, such as ``csv`` and ``ndjson``.
            save_json: Keep the results as JSON too.
            idempotency_key: A key of your own: with it the same file can safely be sent twice.
            cost_units: The unit of the estimate in the answer; the service's default is ``cents``.
            extra: Body keys that the service added and this package does not know yet.
        """

    enrich_lead: _PeopleEnrichLead
    """``enrich_lead(*, lead_info, struct=None, research_plan=None, tier=None, field_confidence=None, webhook_url=None, include_workspace=None, investigation_id=None, investigation_name=None, budget=None, dispatch_id=None, exclusive_run=None, extra={})``

    The older name of `PeopleIntelligence`. Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.

    Args:
        lead_info: Give an email, or a LinkedIn URL, or name and company; any further key helps.
        struct: Your own pydantic class, or field name → description.
        research_plan: Instructions to the researcher, in words.
        tier: How deep to research; the service's default is ``low``.
        field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
        webhook_url: Where the service posts the result of a job.
        include_workspace: Undocumented; named by the live specification of September 2026.
        investigation_id: Undocumented; named by the live specification of September 2026.
        investigation_name: Undocumented; named by the live specification of September 2026.
        budget: Undocumented; named by the live specification of September 2026.
        dispatch_id: Undocumented; named by the live specification of September 2026.
        exclusive_run: Undocumented; named by the live specification of September 2026.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``enrich-lead`` and return its handle; ``await job`` waits for the answer.
    """

    find_email: _PeopleFindEmail
    """``find_email(*, lead, mode=None, verify_emails=None, providers=None, webhook_url=None, extra={})``

    Find one person's email address: 2 to 10 s; 5 cents for ``PROFESSIONAL``, 20 for ``PERSONAL``.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

    Args:
        lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
        mode: Which address to find: the one at work, or a private one. The service's default is
            ``PROFESSIONAL``.
        verify_emails: Ask the mail server whether the address exists; the service's default is true.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-email`` and return its handle; ``await job`` waits for the answer.
    """

    find_email_bulk: _PeopleFindEmailBulk
    """``find_email_bulk(*, leads, mode=None, verify_emails=None, providers=None, webhook_url=None, extra={})``

    Find the addresses of up to 100 people with one request, each at the price of `FindEmail`.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.

    Args:
        leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
            ``email`` …
        mode: Which address to find: the one at work, or a private one. The service's default is
            ``PROFESSIONAL``.
        verify_emails: Ask the mail server whether the address exists; the service's default is true.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-email-bulk`` and return its handle; ``await job`` waits for the answer.
    """

    find_phone: _PeopleFindPhone
    """``find_phone(*, lead, providers=None, webhook_url=None, extra={})``

    Find one person's phone number: 2 to 10 s; 30 cents in the vendor's example.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

    Args:
        lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-phone`` and return its handle; ``await job`` waits for the answer.
    """

    find_phone_bulk: _PeopleFindPhoneBulk
    """``find_phone_bulk(*, leads, providers=None, webhook_url=None, extra={})``

    Find the numbers of up to 100 people with one request, each at the price of `FindPhone`.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.

    Args:
        leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
            ``email`` …
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-phone-bulk`` and return its handle; ``await job`` waits for the answer.
    """

    reverse_email: _PeopleReverseEmail
    """``reverse_email(*, lead, providers=None, webhook_url=None, extra={})``

    Find whom an email address belongs to: 2 to 10 s.

    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

    Args:
        lead: ``email`` at least.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``reverse-email`` and return its handle; ``await job`` waits for the answer.
    """

    reverse_email_bulk: _PeopleReverseEmailBulk
    """``reverse_email_bulk(*, leads, providers=None, webhook_url=None, extra={})``

    Find whom up to 100 email addresses belong to with one request.

    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.

    Args:
        leads: Each with ``email`` at least.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``reverse-email-bulk`` and return its handle; ``await job`` waits for the answer.
    """

    reverse_phone: _PeopleReversePhone
    """``reverse_phone(*, lead, providers=None, webhook_url=None, extra={})``

    Find whom a phone number belongs to: 2 to 10 s.

    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

    Args:
        lead: ``phone`` at least.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``reverse-phone`` and return its handle; ``await job`` waits for the answer.
    """

    reverse_phone_bulk: _PeopleReversePhoneBulk
    """``reverse_phone_bulk(*, leads, providers=None, webhook_url=None, extra={})``

    Find whom up to 100 phone numbers belong to with one request.

    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.

    Args:
        leads: Each with ``phone`` at least.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``reverse-phone-bulk`` and return its handle; ``await job`` waits for the answer.
    """

    async def enrich_linkedin(
        self,
        *,
        linkedin_url: str,
        struct: type[S] | Mapping[str, str] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Intelligence[S]:
        """Read one LinkedIn profile or company page with one call of a language model; no job form.

        Source: docs.sixtyfour.ai, api-reference/enrichment/enrich-linkedin-profile.

        Args:
            linkedin_url: A full URL under ``/in/`` or ``/company/``.
            struct: Your own pydantic class with text fields only, or field name → description.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def get_linkedin(
        self,
        *,
        linkedin_url: str,
        include_fresh: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Fetch one LinkedIn page as the service keeps it. Source: the vendor's older specification.

        Args:
            linkedin_url: The URL of a LinkedIn profile or company page.
            include_fresh: Fetch the page anew. The service's default is false.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def start_verify_age(
        self,
        *,
        subject: Mapping[str, JsonValue],
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[dict[str, JsonValue]]:
        """Start a job of the kind ``verify-age`` and return its handle; ``await job`` waits for the answer.

        Research a person's age and date of birth; the shape of the answer is not published.

        Source: the vendor's specification, verify-age.

        Args:
            subject: ``name``, ``company``, ``linkedin``, ``email``, ``location`` …
            extra: Body keys that the service added and this package does not know yet.
        """

    async def verify_age_status(
        self,
        *,
        task_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> AgeStatus:
        """Look at an age verification once. Source: the vendor's specification, verify-age.

        Args:
            task_id: The id that the submit of the job returned.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def enrich_dataframe(
        self,
        *,
        csv_data: str,
        enrichment_type: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Enrich a table given as one text, in the form of an older third-party reference: use bulk-intelligence.

        Args:
            csv_data: ``"name,company\\nA,B"``.
            enrichment_type: Such as ``phone``.
            extra: Body keys that the service added and this package does not know yet.
        """

    find_email_v2: _PeopleFindEmailV2
    """``find_email_v2(*, lead, mode=None, verify_emails=None, providers=None, webhook_url=None, extra={})``

    Deprecated: use `FindEmail`. Answers with what each provider said. Source: the vendor's older specification.

    Args:
        lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
        mode: Which address to find: the one at work, or a private one. The service's default is
            ``PROFESSIONAL``.
        verify_emails: Ask the mail server whether the address exists; the service's default is true.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-email-v2`` and return its handle; ``await job`` waits for the answer.
    """

    find_email_v2_bulk: _PeopleFindEmailV2Bulk
    """``find_email_v2_bulk(*, leads, mode=None, verify_emails=None, providers=None, webhook_url=None, extra={})``

    Deprecated: use `FindEmailBulk`. Source: the vendor's older specification.

    Args:
        leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
            ``email`` …
        mode: Which address to find: the one at work, or a private one. The service's default is
            ``PROFESSIONAL``.
        verify_emails: Ask the mail server whether the address exists; the service's default is true.
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-email-v2-bulk`` and return its handle; ``await job`` waits for the answer.
    """

    find_phone_v2: _PeopleFindPhoneV2
    """``find_phone_v2(*, lead, providers=None, webhook_url=None, extra={})``

    Deprecated: use `FindPhone`. Answers with what each provider said. Source: the vendor's older specification.

    Args:
        lead: What is known of the person: ``name``, ``company``, ``linkedin``, ``email`` …
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-phone-v2`` and return its handle; ``await job`` waits for the answer.
    """

    find_phone_v2_bulk: _PeopleFindPhoneV2Bulk
    """``find_phone_v2_bulk(*, leads, providers=None, webhook_url=None, extra={})``

    Deprecated: use `FindPhoneBulk`. Source: the vendor's older specification.

    Args:
        leads: What is known of each person, 1 to 100 of them: ``name``, ``company``, ``linkedin``,
            ``email`` …
        providers: Another order of the providers that are asked; ids are not published, and newer
            specifications lack the key.
        webhook_url: Where a job's result is posted to.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``find-phone-v2-bulk`` and return its handle; ``await job`` waits for the answer.
    """


class _CompanyIntelligence:
    """Research one company: the tiers and times of `PeopleIntelligence`; the vendor's notebook says 5 to 10 minutes.

    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

    Args:
        target_company: ``company_name``, ``website``, ``domain``, ``linkedin``, ``address`` …
        struct: Your own pydantic class, or field name → description.
        lead_struct: The same for each person found with ``find_people``; read them with
            `Intelligence.people_as`.
        find_people: Find people of the company as well.
        full_org_chart: Find the whole org chart of the company.
        people_focus_prompt: Which people to find, in words.
        research_plan: Instructions to the researcher, in words.
        tier: How deep to research; the service's default is ``low``.
        field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
        webhook_url: Where the service posts the result of a job.
        extra: Body keys that the service added and this package does not know yet.
    """

    async def __call__(
        self,
        *,
        target_company: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]],
        lead_struct: type[BaseModel] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        find_people: bool | None = None,
        full_org_chart: bool | None = None,
        people_focus_prompt: str | None = None,
        research_plan: str | None = None,
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Intelligence[S]:
        """Research one company: the tiers and times of `PeopleIntelligence`; the vendor's notebook says 5 to 10 minutes.

        Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

        Args:
            target_company: ``company_name``, ``website``, ``domain``, ``linkedin``, ``address`` …
            struct: Your own pydantic class, or field name → description.
            lead_struct: The same for each person found with ``find_people``; read them with
                `Intelligence.people_as`.
            find_people: Find people of the company as well.
            full_org_chart: Find the whole org chart of the company.
            people_focus_prompt: Which people to find, in words.
            research_plan: Instructions to the researcher, in words.
            tier: How deep to research; the service's default is ``low``.
            field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
            webhook_url: Where the service posts the result of a job.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def submit(
        self,
        *,
        target_company: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]],
        lead_struct: type[BaseModel] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        find_people: bool | None = None,
        full_org_chart: bool | None = None,
        people_focus_prompt: str | None = None,
        research_plan: str | None = None,
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[Intelligence[S]]:
        """Start a job of the kind ``company-intelligence`` and return its handle; ``await job`` waits for the answer.

        Research one company: the tiers and times of `PeopleIntelligence`; the vendor's notebook says 5 to 10 minutes.

        Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

        Args:
            target_company: ``company_name``, ``website``, ``domain``, ``linkedin``, ``address`` …
            struct: Your own pydantic class, or field name → description.
            lead_struct: The same for each person found with ``find_people``; read them with
                `Intelligence.people_as`.
            find_people: Find people of the company as well.
            full_org_chart: Find the whole org chart of the company.
            people_focus_prompt: Which people to find, in words.
            research_plan: Instructions to the researcher, in words.
            tier: How deep to research; the service's default is ``low``.
            field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
            webhook_url: Where the service posts the result of a job.
            extra: Body keys that the service added and this package does not know yet.
        """

class _CompanyEnrichCompany:
    """The older name of `CompanyIntelligence`. Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

    Args:
        target_company: ``company_name``, ``website``, ``domain``, ``linkedin``, ``address`` …
        struct: Your own pydantic class, or field name → description.
        lead_struct: The same for each person found with ``find_people``; read them with
            `Intelligence.people_as`.
        find_people: Find people of the company as well.
        full_org_chart: Find the whole org chart of the company.
        people_focus_prompt: Which people to find, in words.
        research_plan: Instructions to the researcher, in words.
        tier: How deep to research; the service's default is ``low``.
        field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
        webhook_url: Where the service posts the result of a job.
        extra: Body keys that the service added and this package does not know yet.
    """

    async def __call__(
        self,
        *,
        target_company: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]],
        lead_struct: type[BaseModel] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        find_people: bool | None = None,
        full_org_chart: bool | None = None,
        people_focus_prompt: str | None = None,
        research_plan: str | None = None,
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Intelligence[S]:
        """The older name of `CompanyIntelligence`. Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

        Args:
            target_company: ``company_name``, ``website``, ``domain``, ``linkedin``, ``address`` …
            struct: Your own pydantic class, or field name → description.
            lead_struct: The same for each person found with ``find_people``; read them with
                `Intelligence.people_as`.
            find_people: Find people of the company as well.
            full_org_chart: Find the whole org chart of the company.
            people_focus_prompt: Which people to find, in words.
            research_plan: Instructions to the researcher, in words.
            tier: How deep to research; the service's default is ``low``.
            field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
            webhook_url: Where the service posts the result of a job.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def submit(
        self,
        *,
        target_company: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]],
        lead_struct: type[BaseModel] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        find_people: bool | None = None,
        full_org_chart: bool | None = None,
        people_focus_prompt: str | None = None,
        research_plan: str | None = None,
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[Intelligence[S]]:
        """Start a job of the kind ``enrich-company`` and return its handle; ``await job`` waits for the answer.

        The older name of `CompanyIntelligence`. Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

        Args:
            target_company: ``company_name``, ``website``, ``domain``, ``linkedin``, ``address`` …
            struct: Your own pydantic class, or field name → description.
            lead_struct: The same for each person found with ``find_people``; read them with
                `Intelligence.people_as`.
            find_people: Find people of the company as well.
            full_org_chart: Find the whole org chart of the company.
            people_focus_prompt: Which people to find, in words.
            research_plan: Instructions to the researcher, in words.
            tier: How deep to research; the service's default is ``low``.
            field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
            webhook_url: Where the service posts the result of a job.
            extra: Body keys that the service added and this package does not know yet.
        """

class _CompanyEnrichCompanyV2:
    """Deprecated: use `CompanyIntelligence`. Source: the vendor's older specification.

    Args:
        target_company: ``company_name``, ``website``, ``domain``, ``linkedin``, ``address`` …
        struct: Your own pydantic class, or field name → description.
        lead_struct: The same for each person found with ``find_people``; read them with
            `Intelligence.people_as`.
        find_people: Find people of the company as well.
        full_org_chart: Find the whole org chart of the company.
        people_focus_prompt: Which people to find, in words.
        research_plan: Instructions to the researcher, in words.
        tier: How deep to research; the service's default is ``low``.
        field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
        webhook_url: Where the service posts the result of a job.
        extra: Body keys that the service added and this package does not know yet.
    """

    async def __call__(
        self,
        *,
        target_company: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]],
        lead_struct: type[BaseModel] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        find_people: bool | None = None,
        full_org_chart: bool | None = None,
        people_focus_prompt: str | None = None,
        research_plan: str | None = None,
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Intelligence[S]:
        """Deprecated: use `CompanyIntelligence`. Source: the vendor's older specification.

        Args:
            target_company: ``company_name``, ``website``, ``domain``, ``linkedin``, ``address`` …
            struct: Your own pydantic class, or field name → description.
            lead_struct: The same for each person found with ``find_people``; read them with
                `Intelligence.people_as`.
            find_people: Find people of the company as well.
            full_org_chart: Find the whole org chart of the company.
            people_focus_prompt: Which people to find, in words.
            research_plan: Instructions to the researcher, in words.
            tier: How deep to research; the service's default is ``low``.
            field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
            webhook_url: Where the service posts the result of a job.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def submit(
        self,
        *,
        target_company: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]],
        lead_struct: type[BaseModel] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        find_people: bool | None = None,
        full_org_chart: bool | None = None,
        people_focus_prompt: str | None = None,
        research_plan: str | None = None,
        tier: Literal['micro', 'low', 'medium', 'high'] | str | None = None,
        field_confidence: bool | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[Intelligence[S]]:
        """Start a job of the kind ``enrich-company-v2`` and return its handle; ``await job`` waits for the answer.

        Deprecated: use `CompanyIntelligence`. Source: the vendor's older specification.

        Args:
            target_company: ``company_name``, ``website``, ``domain``, ``linkedin``, ``address`` …
            struct: Your own pydantic class, or field name → description.
            lead_struct: The same for each person found with ``find_people``; read them with
                `Intelligence.people_as`.
            find_people: Find people of the company as well.
            full_org_chart: Find the whole org chart of the company.
            people_focus_prompt: Which people to find, in words.
            research_plan: Instructions to the researcher, in words.
            tier: How deep to research; the service's default is ``low``.
            field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
            webhook_url: Where the service posts the result of a job.
            extra: Body keys that the service added and this package does not know yet.
        """

class Company(Namespace):
    """Research companies."""

    intelligence: _CompanyIntelligence
    """``intelligence(*, target_company, struct, lead_struct=None, find_people=None, full_org_chart=None, people_focus_prompt=None, research_plan=None, tier=None, field_confidence=None, webhook_url=None, extra={})``

    Research one company: the tiers and times of `PeopleIntelligence`; the vendor's notebook says 5 to 10 minutes.

    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

    Args:
        target_company: ``company_name``, ``website``, ``domain``, ``linkedin``, ``address`` …
        struct: Your own pydantic class, or field name → description.
        lead_struct: The same for each person found with ``find_people``; read them with
            `Intelligence.people_as`.
        find_people: Find people of the company as well.
        full_org_chart: Find the whole org chart of the company.
        people_focus_prompt: Which people to find, in words.
        research_plan: Instructions to the researcher, in words.
        tier: How deep to research; the service's default is ``low``.
        field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
        webhook_url: Where the service posts the result of a job.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``company-intelligence`` and return its handle; ``await job`` waits for the answer.
    """

    async def start_bulk_intelligence(
        self,
        *,
        struct: type[BaseModel] | Mapping[str, str | Mapping[str, JsonValue]],
        file: Upload,
        lead_struct: type[BaseModel] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
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

        Research every company in a file; as `BulkPeopleIntelligence`. People found cost more than the estimate says.

        Args:
            struct: The fields to research: your own pydantic class, or field name → description.
            file: CSV, JSON or NDJSON: up to 100 MB and 100,000 rows.
            lead_struct: The same for each person found with ``find_people``.
            find_people: Find people of the company as well.
            full_org_chart: Find the whole org chart of the company.
            people_focus_prompt: Which people to find, in words.
            research_plan: Instructions to the researcher, in words.
            tier: How deep to research; the service's default is ``low``.
            field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
            webhook_url: Where the service posts the result of a job.
            columns: Which columns of the file are used; all by default.
            result_formats: The formats to write the results in, such as ``csv`` and ``ndjson``.
            save_json: Keep the results as JSON too.
            idempotency_key: A key of your own: with it the same file can safely be sent twice.
            cost_units: The unit of the estimate in the answer; the service's default is ``cents``.
            extra: Body keys that the service added and this package does not know yet.
        """

    enrich_company: _CompanyEnrichCompany
    """``enrich_company(*, target_company, struct, lead_struct=None, find_people=None, full_org_chart=None, people_focus_prompt=None, research_plan=None, tier=None, field_confidence=None, webhook_url=None, extra={})``

    The older name of `CompanyIntelligence`. Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.

    Args:
        target_company: ``company_name``, ``website``, ``domain``, ``linkedin``, ``address`` …
        struct: Your own pydantic class, or field name → description.
        lead_struct: The same for each person found with ``find_people``; read them with
            `Intelligence.people_as`.
        find_people: Find people of the company as well.
        full_org_chart: Find the whole org chart of the company.
        people_focus_prompt: Which people to find, in words.
        research_plan: Instructions to the researcher, in words.
        tier: How deep to research; the service's default is ``low``.
        field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
        webhook_url: Where the service posts the result of a job.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``enrich-company`` and return its handle; ``await job`` waits for the answer.
    """

    enrich_company_v2: _CompanyEnrichCompanyV2
    """``enrich_company_v2(*, target_company, struct, lead_struct=None, find_people=None, full_org_chart=None, people_focus_prompt=None, research_plan=None, tier=None, field_confidence=None, webhook_url=None, extra={})``

    Deprecated: use `CompanyIntelligence`. Source: the vendor's older specification.

    Args:
        target_company: ``company_name``, ``website``, ``domain``, ``linkedin``, ``address`` …
        struct: Your own pydantic class, or field name → description.
        lead_struct: The same for each person found with ``find_people``; read them with
            `Intelligence.people_as`.
        find_people: Find people of the company as well.
        full_org_chart: Find the whole org chart of the company.
        people_focus_prompt: Which people to find, in words.
        research_plan: Instructions to the researcher, in words.
        tier: How deep to research; the service's default is ``low``.
        field_confidence: Ask for a confidence of 0 to 100 per field; silently absent without access.
        webhook_url: Where the service posts the result of a job.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``enrich-company-v2`` and return its handle; ``await job`` waits for the answer.
    """


class _AgentsQa:
    """Judge a record by criteria: 30 to 180 s. Source: docs.sixtyfour.ai, api-reference/endpoint/qa-agent.

    Args:
        data: The record to judge, as free keys.
        qualification_criteria: What the record is judged by; at least one.
        references: Shape: ``[{"url": …, "description": …}]``.
        struct: Your own pydantic class with text fields only, or field name → description; this route
            takes no types.
        max_tool_calls: Calls of tools that the agent may make. The service's default is 10.
        webhook_url: Where the service posts the result of a job.
        extra: Body keys that the service added and this package does not know yet.
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
        """Judge a record by criteria: 30 to 180 s. Source: docs.sixtyfour.ai, api-reference/endpoint/qa-agent.

        Args:
            data: The record to judge, as free keys.
            qualification_criteria: What the record is judged by; at least one.
            references: Shape: ``[{"url": …, "description": …}]``.
            struct: Your own pydantic class with text fields only, or field name → description; this route
                takes no types.
            max_tool_calls: Calls of tools that the agent may make. The service's default is 10.
            webhook_url: Where the service posts the result of a job.
            extra: Body keys that the service added and this package does not know yet.
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

        Judge a record by criteria: 30 to 180 s. Source: docs.sixtyfour.ai, api-reference/endpoint/qa-agent.

        Args:
            data: The record to judge, as free keys.
            qualification_criteria: What the record is judged by; at least one.
            references: Shape: ``[{"url": …, "description": …}]``.
            struct: Your own pydantic class with text fields only, or field name → description; this route
                takes no types.
            max_tool_calls: Calls of tools that the agent may make. The service's default is 10.
            webhook_url: Where the service posts the result of a job.
            extra: Body keys that the service added and this package does not know yet.
        """

class _AgentsResearch:
    """Research anything about a record. Unpublished since mid 2026, still named on the webhook pages; may vanish.

    Source: docs.sixtyfour.ai, guides/using-webhooks.

    Args:
        input_data: What is known of the subject, as free keys.
        struct: The fields to research: your own pydantic class, or field name → description.
        research_plan: Instructions to the researcher, in words.
        webhook_url: Where the service posts the result of a job.
        extra: Body keys that the service added and this package does not know yet.
    """

    async def __call__(
        self,
        *,
        input_data: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        research_plan: str | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Intelligence[S]:
        """Research anything about a record. Unpublished since mid 2026, still named on the webhook pages; may vanish.

        Source: docs.sixtyfour.ai, guides/using-webhooks.

        Args:
            input_data: What is known of the subject, as free keys.
            struct: The fields to research: your own pydantic class, or field name → description.
            research_plan: Instructions to the researcher, in words.
            webhook_url: Where the service posts the result of a job.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def submit(
        self,
        *,
        input_data: Mapping[str, JsonValue],
        struct: type[S] | Mapping[str, str | Mapping[str, JsonValue]] | None = None,
        research_plan: str | None = None,
        webhook_url: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Job[Intelligence[S]]:
        """Start a job of the kind ``research-agent`` and return its handle; ``await job`` waits for the answer.

        Research anything about a record. Unpublished since mid 2026, still named on the webhook pages; may vanish.

        Source: docs.sixtyfour.ai, guides/using-webhooks.

        Args:
            input_data: What is known of the subject, as free keys.
            struct: The fields to research: your own pydantic class, or field name → description.
            research_plan: Instructions to the researcher, in words.
            webhook_url: Where the service posts the result of a job.
            extra: Body keys that the service added and this package does not know yet.
        """

class Agents(Namespace):
    """Judge a record, or research anything about it."""

    qa: _AgentsQa
    """``qa(*, data, qualification_criteria, references=None, struct=None, max_tool_calls=None, webhook_url=None, extra={})``

    Judge a record by criteria: 30 to 180 s. Source: docs.sixtyfour.ai, api-reference/endpoint/qa-agent.

    Args:
        data: The record to judge, as free keys.
        qualification_criteria: What the record is judged by; at least one.
        references: Shape: ``[{"url": …, "description": …}]``.
        struct: Your own pydantic class with text fields only, or field name → description; this route
            takes no types.
        max_tool_calls: Calls of tools that the agent may make. The service's default is 10.
        webhook_url: Where the service posts the result of a job.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``qa-agent`` and return its handle; ``await job`` waits for the answer.
    """

    research: _AgentsResearch
    """``research(*, input_data, struct=None, research_plan=None, webhook_url=None, extra={})``

    Research anything about a record. Unpublished since mid 2026, still named on the webhook pages; may vanish.

    Source: docs.sixtyfour.ai, guides/using-webhooks.

    Args:
        input_data: What is known of the subject, as free keys.
        struct: The fields to research: your own pydantic class, or field name → description.
        research_plan: Instructions to the researcher, in words.
        webhook_url: Where the service posts the result of a job.
        extra: Body keys that the service added and this package does not know yet.

    ``.submit(…)``: Start a job of the kind ``research-agent`` and return its handle; ``await job`` waits for the answer.
    """


class Jobs(Namespace):
    """Look at a job by its id."""

    async def status(
        self,
        *,
        job_id: str,
        cost_units: Literal['cents', 'credits'] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> JobStatus:
        """Look at a job once; counts against the 500 requests a minute.

        Source: docs.sixtyfour.ai, api-reference, job status.

        Args:
            job_id: The id that the submit of the job returned.
            cost_units: The unit of the charge in the answer; the service's default is ``cents``.
            extra: Body keys that the service added and this package does not know yet.
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

        Make a list of people or companies that searches leave out; wait for it to be ``ready`` before using it.

        20 lists per organization (40 with extended limits); a list is never changed.
        Source: docs.sixtyfour.ai, api-reference/search/create-exclusion-list-endpoint.

        Args:
            source: Whom the list holds: `EntityIds`, an `UploadedFile`, or `SearchResults`.
            name: Required, unless the source is a search.
            entity_type: The service's default is ``person``; searches say ``people``.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def list(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[ExclusionList]:
        """List exclusion lists, newest first. Source: docs.sixtyfour.ai, api-reference/search/search-exclusions.

        Args:
            extra: Body keys that the service added and this package does not know yet.
        """

    async def get(
        self,
        *,
        list_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> ExclusionList:
        """Look at one list. Source: docs.sixtyfour.ai, api-reference/search/search-exclusions.

        Args:
            list_id: The id of the exclusion list.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def delete(
        self,
        *,
        list_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Delete a list. Source: docs.sixtyfour.ai, api-reference/search/search-exclusions.

        Args:
            list_id: The id of the exclusion list.
            extra: Body keys that the service added and this package does not know yet.
        """


class _HistoryList:
    """List past searches, newest first; per user, so that a bare key may see none. The shape is not published.

    Rows and cursor are looked for under the service's usual names. Source: the vendor's specification, search/history.

    Args:
        limit: Rows at most. The service's default is 25.
        status: Only searches that ended so.
        kind: Only searches of this kind.
        query_text: Only searches whose text contains this.
        sort_by: What to sort by.
        sort_dir: Ascending or descending.
        cursor: The ``next_cursor`` of the page before.
        from_: The beginning of the period; sent as ``from``, which is no name in Python.
        to: The end of the period.
        extra: Body keys that the service added and this package does not know yet.
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
        """List past searches, newest first; per user, so that a bare key may see none. The shape is not published.

        Rows and cursor are looked for under the service's usual names. Source: the vendor's specification, search/history.

        Args:
            limit: Rows at most. The service's default is 25.
            status: Only searches that ended so.
            kind: Only searches of this kind.
            query_text: Only searches whose text contains this.
            sort_by: What to sort by.
            sort_dir: Ascending or descending.
            cursor: The ``next_cursor`` of the page before.
            from_: The beginning of the period; sent as ``from``, which is no name in Python.
            to: The end of the period.
            extra: Body keys that the service added and this package does not know yet.
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
        """Iterate over the pages of ``search-history``; each is one request, made when it is wanted.

        List past searches, newest first; per user, so that a bare key may see none. The shape is not published.

        Rows and cursor are looked for under the service's usual names. Source: the vendor's specification, search/history.

        Args:
            limit: Rows at most. The service's default is 25.
            status: Only searches that ended so.
            kind: Only searches of this kind.
            query_text: Only searches whose text contains this.
            sort_by: What to sort by.
            sort_dir: Ascending or descending.
            cursor: The ``next_cursor`` of the page before.
            from_: The beginning of the period; sent as ``from``, which is no name in Python.
            to: The end of the period.
            extra: Body keys that the service added and this package does not know yet.
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
        """Iterate over the rows of all pages of ``search-history``; a page is requested when the one before is used up.

        List past searches, newest first; per user, so that a bare key may see none. The shape is not published.

        Rows and cursor are looked for under the service's usual names. Source: the vendor's specification, search/history.

        Args:
            limit: Rows at most. The service's default is 25.
            status: Only searches that ended so.
            kind: Only searches of this kind.
            query_text: Only searches whose text contains this.
            sort_by: What to sort by.
            sort_dir: Ascending or descending.
            cursor: The ``next_cursor`` of the page before.
            from_: The beginning of the period; sent as ``from``, which is no name in Python.
            to: The end of the period.
            extra: Body keys that the service added and this package does not know yet.
        """

class History(Namespace):
    """Past searches of the user the key belongs to."""

    list: _HistoryList
    """``list(*, limit=None, status=None, kind=None, query_text=None, sort_by=None, sort_dir=None, cursor=None, from_=None, to=None, extra={})``

    List past searches, newest first; per user, so that a bare key may see none. The shape is not published.

    Rows and cursor are looked for under the service's usual names. Source: the vendor's specification, search/history.

    Args:
        limit: Rows at most. The service's default is 25.
        status: Only searches that ended so.
        kind: Only searches of this kind.
        query_text: Only searches whose text contains this.
        sort_by: What to sort by.
        sort_dir: Ascending or descending.
        cursor: The ``next_cursor`` of the page before.
        from_: The beginning of the period; sent as ``from``, which is no name in Python.
        to: The end of the period.
        extra: Body keys that the service added and this package does not know yet.

    ``.pages(…)``: Iterate over the pages of ``search-history``; each is one request, made when it is wanted.

    ``.rows(…)``: Iterate over the rows of all pages of ``search-history``; a page is requested when the one before is used up.
    """

    async def get(
        self,
        *,
        search_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Read one past search: ``search.query``, ``search.parsed_query``, ``search.search_mode``.

        404 for ids of others. Source: the vendor's specification, search/history.

        Args:
            search_id: The id of the search.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def volume(
        self,
        *,
        from_: datetime | str,
        to: datetime | str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Count past searches over time; the shape is not published. Source: the vendor's specification, search/history.

        Args:
            from_: The beginning of the period; sent as ``from``, which is no name in Python.
            to: The end of the period.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def favourite(
        self,
        *,
        search_id: str,
        favourite: bool,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Mark a past search as a favourite, or not. Source: the vendor's specification, search/history.

        Args:
            search_id: The id of the search.
            favourite: True to mark it, False to unmark it.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def delete(
        self,
        *,
        search_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Forget one past search. Source: the vendor's specification, search/history.

        Args:
            search_id: The id of the search.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def delete_all(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Forget all past searches. Source: the vendor's specification, search/history.

        Args:
            extra: Body keys that the service added and this package does not know yet.
        """


class _SearchQuery:
    """Search by filters, or replay a search, page by page; ``.rows(…)`` yields row after row.

    Never sent twice after it may have arrived: rows are charged (0.1 credit each, seen by a third party).
    Source: docs.sixtyfour.ai, api-reference/search/search-query.

    Args:
        parsed_query: As an earlier answer gave it.
        search_id: Replays what that search asked; exclusions are not kept and must be given again.
        query: In words; people only.
        query_label: For display only.
        persist_history: Undocumented; named by the live specification of September 2026.
        from_offset: Undocumented; named by the live specification of September 2026.
        output_shape: ``raw``: rows of the index, the default; ``workflow``: flat people or companies.
        selected_company_names: Companies by name, up to 1000.
        selected_company_ids: Companies as id → name, up to 1000; the direction is not documented.
        expand_structured_location: Expand structured locations; not explained by the service.
        location_expansion_enabled: Include places around those named.
        location_expansion_radius_miles: How far around, in miles.
        simple_filters: ``{"employees_count": {"$gte": 50}}``; fields and operators are told by
            ``filter_capabilities``.
        filters: OpenSearch's own language, within the limits that ``filter_capabilities`` tells.
        mode: What is searched for: people or companies. The service's default is ``company``.
        page_size: Rows a page. The service's default is 10.
        max_results: Rows at most.
        cursor: The ``next_cursor`` of a page, and nothing else beside it: the question for the page
            after that one.
        exclude_public_ids: People only, and not together with ``exclude_entity_ids``, which does the
            same for both.
        exclude_entity_ids: People: LinkedIn public ids or URLs. Companies: numeric ids, company URLs or
            slugs, exact domains.
        exclude_list_ids: Saved lists that are ``ready``; the pages name 10, in practice 5 are taken
            unless the limit was extended.
        extra: Body keys that the service added and this package does not know yet.
    """

    async def __call__(
        self,
        *,
        parsed_query: Mapping[str, JsonValue] | None = None,
        search_id: str | None = None,
        query: str | None = None,
        query_label: str | None = None,
        persist_history: JsonValue = None,
        from_offset: JsonValue = None,
        output_shape: Literal['raw', 'workflow'] | None = None,
        selected_company_names: Sequence[str] | None = None,
        selected_company_ids: Mapping[str, str] | None = None,
        expand_structured_location: bool | None = None,
        location_expansion_enabled: bool | None = None,
        location_expansion_radius_miles: int | None = None,
        simple_filters: Mapping[str, JsonValue] | None = None,
        filters: Mapping[str, JsonValue] | None = None,
        mode: Literal['people', 'company'] | None = None,
        page_size: int | None = None,
        max_results: int | None = None,
        cursor: str | None = None,
        exclude_public_ids: Sequence[str] | None = None,
        exclude_entity_ids: Sequence[str] | None = None,
        exclude_list_ids: Sequence[str] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> SearchPage:
        """Search by filters, or replay a search, page by page; ``.rows(…)`` yields row after row.

        Never sent twice after it may have arrived: rows are charged (0.1 credit each, seen by a third party).
        Source: docs.sixtyfour.ai, api-reference/search/search-query.

        Args:
            parsed_query: As an earlier answer gave it.
            search_id: Replays what that search asked; exclusions are not kept and must be given again.
            query: In words; people only.
            query_label: For display only.
            persist_history: Undocumented; named by the live specification of September 2026.
            from_offset: Undocumented; named by the live specification of September 2026.
            output_shape: ``raw``: rows of the index, the default; ``workflow``: flat people or companies.
            selected_company_names: Companies by name, up to 1000.
            selected_company_ids: Companies as id → name, up to 1000; the direction is not documented.
            expand_structured_location: Expand structured locations; not explained by the service.
            location_expansion_enabled: Include places around those named.
            location_expansion_radius_miles: How far around, in miles.
            simple_filters: ``{"employees_count": {"$gte": 50}}``; fields and operators are told by
                ``filter_capabilities``.
            filters: OpenSearch's own language, within the limits that ``filter_capabilities`` tells.
            mode: What is searched for: people or companies. The service's default is ``company``.
            page_size: Rows a page. The service's default is 10.
            max_results: Rows at most.
            cursor: The ``next_cursor`` of a page, and nothing else beside it: the question for the page
                after that one.
            exclude_public_ids: People only, and not together with ``exclude_entity_ids``, which does the
                same for both.
            exclude_entity_ids: People: LinkedIn public ids or URLs. Companies: numeric ids, company URLs or
                slugs, exact domains.
            exclude_list_ids: Saved lists that are ``ready``; the pages name 10, in practice 5 are taken
                unless the limit was extended.
            extra: Body keys that the service added and this package does not know yet.
        """

    def pages(
        self,
        *,
        parsed_query: Mapping[str, JsonValue] | None = None,
        search_id: str | None = None,
        query: str | None = None,
        query_label: str | None = None,
        persist_history: JsonValue = None,
        from_offset: JsonValue = None,
        output_shape: Literal['raw', 'workflow'] | None = None,
        selected_company_names: Sequence[str] | None = None,
        selected_company_ids: Mapping[str, str] | None = None,
        expand_structured_location: bool | None = None,
        location_expansion_enabled: bool | None = None,
        location_expansion_radius_miles: int | None = None,
        simple_filters: Mapping[str, JsonValue] | None = None,
        filters: Mapping[str, JsonValue] | None = None,
        mode: Literal['people', 'company'] | None = None,
        page_size: int | None = None,
        max_results: int | None = None,
        cursor: str | None = None,
        exclude_public_ids: Sequence[str] | None = None,
        exclude_entity_ids: Sequence[str] | None = None,
        exclude_list_ids: Sequence[str] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> AsyncGenerator[SearchPage, None]:
        """Iterate over the pages of ``search-query``; each is one request, made when it is wanted.

        Search by filters, or replay a search, page by page; ``.rows(…)`` yields row after row.

        Never sent twice after it may have arrived: rows are charged (0.1 credit each, seen by a third party).
        Source: docs.sixtyfour.ai, api-reference/search/search-query.

        Args:
            parsed_query: As an earlier answer gave it.
            search_id: Replays what that search asked; exclusions are not kept and must be given again.
            query: In words; people only.
            query_label: For display only.
            persist_history: Undocumented; named by the live specification of September 2026.
            from_offset: Undocumented; named by the live specification of September 2026.
            output_shape: ``raw``: rows of the index, the default; ``workflow``: flat people or companies.
            selected_company_names: Companies by name, up to 1000.
            selected_company_ids: Companies as id → name, up to 1000; the direction is not documented.
            expand_structured_location: Expand structured locations; not explained by the service.
            location_expansion_enabled: Include places around those named.
            location_expansion_radius_miles: How far around, in miles.
            simple_filters: ``{"employees_count": {"$gte": 50}}``; fields and operators are told by
                ``filter_capabilities``.
            filters: OpenSearch's own language, within the limits that ``filter_capabilities`` tells.
            mode: What is searched for: people or companies. The service's default is ``company``.
            page_size: Rows a page. The service's default is 10.
            max_results: Rows at most.
            cursor: The ``next_cursor`` of a page, and nothing else beside it: the question for the page
                after that one.
            exclude_public_ids: People only, and not together with ``exclude_entity_ids``, which does the
                same for both.
            exclude_entity_ids: People: LinkedIn public ids or URLs. Companies: numeric ids, company URLs or
                slugs, exact domains.
            exclude_list_ids: Saved lists that are ``ready``; the pages name 10, in practice 5 are taken
                unless the limit was extended.
            extra: Body keys that the service added and this package does not know yet.
        """

    def rows(
        self,
        *,
        parsed_query: Mapping[str, JsonValue] | None = None,
        search_id: str | None = None,
        query: str | None = None,
        query_label: str | None = None,
        persist_history: JsonValue = None,
        from_offset: JsonValue = None,
        output_shape: Literal['raw', 'workflow'] | None = None,
        selected_company_names: Sequence[str] | None = None,
        selected_company_ids: Mapping[str, str] | None = None,
        expand_structured_location: bool | None = None,
        location_expansion_enabled: bool | None = None,
        location_expansion_radius_miles: int | None = None,
        simple_filters: Mapping[str, JsonValue] | None = None,
        filters: Mapping[str, JsonValue] | None = None,
        mode: Literal['people', 'company'] | None = None,
        page_size: int | None = None,
        max_results: int | None = None,
        cursor: str | None = None,
        exclude_public_ids: Sequence[str] | None = None,
        exclude_entity_ids: Sequence[str] | None = None,
        exclude_list_ids: Sequence[str] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> AsyncGenerator[dict[str, JsonValue], None]:
        """Iterate over the rows of all pages of ``search-query``; a page is requested when the one before is used up.

        Search by filters, or replay a search, page by page; ``.rows(…)`` yields row after row.

        Never sent twice after it may have arrived: rows are charged (0.1 credit each, seen by a third party).
        Source: docs.sixtyfour.ai, api-reference/search/search-query.

        Args:
            parsed_query: As an earlier answer gave it.
            search_id: Replays what that search asked; exclusions are not kept and must be given again.
            query: In words; people only.
            query_label: For display only.
            persist_history: Undocumented; named by the live specification of September 2026.
            from_offset: Undocumented; named by the live specification of September 2026.
            output_shape: ``raw``: rows of the index, the default; ``workflow``: flat people or companies.
            selected_company_names: Companies by name, up to 1000.
            selected_company_ids: Companies as id → name, up to 1000; the direction is not documented.
            expand_structured_location: Expand structured locations; not explained by the service.
            location_expansion_enabled: Include places around those named.
            location_expansion_radius_miles: How far around, in miles.
            simple_filters: ``{"employees_count": {"$gte": 50}}``; fields and operators are told by
                ``filter_capabilities``.
            filters: OpenSearch's own language, within the limits that ``filter_capabilities`` tells.
            mode: What is searched for: people or companies. The service's default is ``company``.
            page_size: Rows a page. The service's default is 10.
            max_results: Rows at most.
            cursor: The ``next_cursor`` of a page, and nothing else beside it: the question for the page
                after that one.
            exclude_public_ids: People only, and not together with ``exclude_entity_ids``, which does the
                same for both.
            exclude_entity_ids: People: LinkedIn public ids or URLs. Companies: numeric ids, company URLs or
                slugs, exact domains.
            exclude_list_ids: Saved lists that are ``ready``; the pages name 10, in practice 5 are taken
                unless the limit was extended.
            extra: Body keys that the service added and this package does not know yet.
        """

class _SearchFilterSearch:
    """Search by filters, page by page; answered at once in spite of its name. `QuerySearch` is its successor.

    Never sent twice after it may have arrived: assumed to be charged like `QuerySearch`.
    Source: docs.sixtyfour.ai, api-reference/search/start-filter-search-sync.

    Args:
        save_json: Keep the results as JSON too.
        simple_filters: ``{"employees_count": {"$gte": 50}}``; fields and operators are told by
            ``filter_capabilities``.
        filters: OpenSearch's own language, within the limits that ``filter_capabilities`` tells.
        mode: What is searched for: people or companies. The service's default is ``company``.
        page_size: Rows a page. The service's default is 10.
        max_results: Rows at most.
        cursor: The ``next_cursor`` of a page, and nothing else beside it: the question for the page
            after that one.
        extra: Body keys that the service added and this package does not know yet.
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
        """Search by filters, page by page; answered at once in spite of its name. `QuerySearch` is its successor.

        Never sent twice after it may have arrived: assumed to be charged like `QuerySearch`.
        Source: docs.sixtyfour.ai, api-reference/search/start-filter-search-sync.

        Args:
            save_json: Keep the results as JSON too.
            simple_filters: ``{"employees_count": {"$gte": 50}}``; fields and operators are told by
                ``filter_capabilities``.
            filters: OpenSearch's own language, within the limits that ``filter_capabilities`` tells.
            mode: What is searched for: people or companies. The service's default is ``company``.
            page_size: Rows a page. The service's default is 10.
            max_results: Rows at most.
            cursor: The ``next_cursor`` of a page, and nothing else beside it: the question for the page
                after that one.
            extra: Body keys that the service added and this package does not know yet.
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
        """Iterate over the pages of ``filter-search``; each is one request, made when it is wanted.

        Search by filters, page by page; answered at once in spite of its name. `QuerySearch` is its successor.

        Never sent twice after it may have arrived: assumed to be charged like `QuerySearch`.
        Source: docs.sixtyfour.ai, api-reference/search/start-filter-search-sync.

        Args:
            save_json: Keep the results as JSON too.
            simple_filters: ``{"employees_count": {"$gte": 50}}``; fields and operators are told by
                ``filter_capabilities``.
            filters: OpenSearch's own language, within the limits that ``filter_capabilities`` tells.
            mode: What is searched for: people or companies. The service's default is ``company``.
            page_size: Rows a page. The service's default is 10.
            max_results: Rows at most.
            cursor: The ``next_cursor`` of a page, and nothing else beside it: the question for the page
                after that one.
            extra: Body keys that the service added and this package does not know yet.
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
        """Iterate over the rows of all pages of ``filter-search``; a page is requested when the one before is used up.

        Search by filters, page by page; answered at once in spite of its name. `QuerySearch` is its successor.

        Never sent twice after it may have arrived: assumed to be charged like `QuerySearch`.
        Source: docs.sixtyfour.ai, api-reference/search/start-filter-search-sync.

        Args:
            save_json: Keep the results as JSON too.
            simple_filters: ``{"employees_count": {"$gte": 50}}``; fields and operators are told by
                ``filter_capabilities``.
            filters: OpenSearch's own language, within the limits that ``filter_capabilities`` tells.
            mode: What is searched for: people or companies. The service's default is ``company``.
            page_size: Rows a page. The service's default is 10.
            max_results: Rows at most.
            cursor: The ``next_cursor`` of a page, and nothing else beside it: the question for the page
                after that one.
            extra: Body keys that the service added and this package does not know yet.
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

        Search people or companies in depth: 30 to 120 s by the vendor's skill, 4.5 minutes in its documented example.

        Five may run at once per organization; a sixth is answered 429. Source: docs.sixtyfour.ai,
        api-reference/search/start-deep-search-async. The price was seen as 0.1 credit per row by a third party.

        Args:
            query: What to search for, in words.
            mode: What is searched for: people or companies. The service's default is ``people``.
            max_results: Rows at most. The service's default is 1000.
            search_id: An id of your own: with it the same search can safely be sent twice.
            output_mode: ``query_only`` writes no file: read the rows with `QuerySearch`.
            exclude_public_ids: People only, and not together with ``exclude_entity_ids``, which does the
                same for both.
            exclude_entity_ids: People: LinkedIn public ids or URLs. Companies: numeric ids, company URLs or
                slugs, exact domains.
            exclude_list_ids: Saved lists that are ``ready``; the pages name 10, in practice 5 are taken
                unless the limit was extended.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def status(
        self,
        *,
        task_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> SearchStatus:
        """Look at a deep search or an export once. Source: docs.sixtyfour.ai, api-reference/search/deep-search-status.

        Args:
            task_id: The id that the submit of the job returned.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def deep_search_status(
        self,
        *,
        task_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> SearchStatus:
        """Look at a deep search once, on the route that one specification prefers to `GetSearchStatus`.

        Source: docs.sixtyfour.ai, api-reference/search/deep-search-status.

        Args:
            task_id: The id that the submit of the job returned.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def download(
        self,
        *,
        resource_handle_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> DownloadLink:
        """Get a signed link to a search's CSV file; it lives 15 minutes.

        Source: docs.sixtyfour.ai, api-reference/search/search-endpoints.

        Args:
            resource_handle_id: The handle of the search's file, from its status.
            extra: Body keys that the service added and this package does not know yet.
        """

    query: _SearchQuery
    """``query(*, parsed_query=None, search_id=None, query=None, query_label=None, persist_history=None, from_offset=None, output_shape=None, selected_company_names=None, selected_company_ids=None, expand_structured_location=None, location_expansion_enabled=None, location_expansion_radius_miles=None, simple_filters=None, filters=None, mode=None, page_size=None, max_results=None, cursor=None, exclude_public_ids=None, exclude_entity_ids=None, exclude_list_ids=None, extra={})``

    Search by filters, or replay a search, page by page; ``.rows(…)`` yields row after row.

    Never sent twice after it may have arrived: rows are charged (0.1 credit each, seen by a third party).
    Source: docs.sixtyfour.ai, api-reference/search/search-query.

    Args:
        parsed_query: As an earlier answer gave it.
        search_id: Replays what that search asked; exclusions are not kept and must be given again.
        query: In words; people only.
        query_label: For display only.
        persist_history: Undocumented; named by the live specification of September 2026.
        from_offset: Undocumented; named by the live specification of September 2026.
        output_shape: ``raw``: rows of the index, the default; ``workflow``: flat people or companies.
        selected_company_names: Companies by name, up to 1000.
        selected_company_ids: Companies as id → name, up to 1000; the direction is not documented.
        expand_structured_location: Expand structured locations; not explained by the service.
        location_expansion_enabled: Include places around those named.
        location_expansion_radius_miles: How far around, in miles.
        simple_filters: ``{"employees_count": {"$gte": 50}}``; fields and operators are told by
            ``filter_capabilities``.
        filters: OpenSearch's own language, within the limits that ``filter_capabilities`` tells.
        mode: What is searched for: people or companies. The service's default is ``company``.
        page_size: Rows a page. The service's default is 10.
        max_results: Rows at most.
        cursor: The ``next_cursor`` of a page, and nothing else beside it: the question for the page
            after that one.
        exclude_public_ids: People only, and not together with ``exclude_entity_ids``, which does the
            same for both.
        exclude_entity_ids: People: LinkedIn public ids or URLs. Companies: numeric ids, company URLs or
            slugs, exact domains.
        exclude_list_ids: Saved lists that are ``ready``; the pages name 10, in practice 5 are taken
            unless the limit was extended.
        extra: Body keys that the service added and this package does not know yet.

    ``.pages(…)``: Iterate over the pages of ``search-query``; each is one request, made when it is wanted.

    ``.rows(…)``: Iterate over the rows of all pages of ``search-query``; a page is requested when the one before is used up.
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

        Write all rows of a search into a file; `DownloadSearch` leads to it.

        409 while an export of the same search runs. Source: docs.sixtyfour.ai, api-reference/search/search-endpoints.

        Args:
            search_id: Replays what that search asked; exclusions are not kept and must be given again.
            parsed_query: As an earlier answer gave it.
            mode: Left out, it is that of the stored search, else ``company``.
            max_results: Rows at most. The service's default is 1000.
            exclude_public_ids: People only, and not together with ``exclude_entity_ids``, which does the
                same for both.
            exclude_entity_ids: People: LinkedIn public ids or URLs. Companies: numeric ids, company URLs or
                slugs, exact domains.
            exclude_list_ids: Saved lists that are ``ready``; the pages name 10, in practice 5 are taken
                unless the limit was extended.
            extra: Body keys that the service added and this package does not know yet.
        """

    filter_search: _SearchFilterSearch
    """``filter_search(*, save_json=None, simple_filters=None, filters=None, mode=None, page_size=None, max_results=None, cursor=None, extra={})``

    Search by filters, page by page; answered at once in spite of its name. `QuerySearch` is its successor.

    Never sent twice after it may have arrived: assumed to be charged like `QuerySearch`.
    Source: docs.sixtyfour.ai, api-reference/search/start-filter-search-sync.

    Args:
        save_json: Keep the results as JSON too.
        simple_filters: ``{"employees_count": {"$gte": 50}}``; fields and operators are told by
            ``filter_capabilities``.
        filters: OpenSearch's own language, within the limits that ``filter_capabilities`` tells.
        mode: What is searched for: people or companies. The service's default is ``company``.
        page_size: Rows a page. The service's default is 10.
        max_results: Rows at most.
        cursor: The ``next_cursor`` of a page, and nothing else beside it: the question for the page
            after that one.
        extra: Body keys that the service added and this package does not know yet.

    ``.pages(…)``: Iterate over the pages of ``filter-search``; each is one request, made when it is wanted.

    ``.rows(…)``: Iterate over the rows of all pages of ``filter-search``; a page is requested when the one before is used up.
    """

    async def filter_capabilities(
        self,
        *,
        mode: Literal['people', 'company'] | None = None,
        refresh: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> FilterCapabilities:
        """Read which fields and operators a filter may use.

        Source: docs.sixtyfour.ai, api-reference/search/filter-search.

        Args:
            mode: What is searched for: people or companies.
            refresh: Read the capabilities anew instead of from the service's cache.
            extra: Body keys that the service added and this package does not know yet.
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
        """Read the most frequent values of a field. Source: docs.sixtyfour.ai, api-reference/search/filter-search.

        Args:
            field: The field whose values are asked for.
            mode: What is searched for: people or companies. The service's default is ``company``.
            top_k: How many values. The service's default is 25.
            filters: Counts only what these let through.
            simple_filters: Count only what these let through, in the language of ``filter_capabilities``.
            extra: Body keys that the service added and this package does not know yet.
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
        """Complete the beginning of a word in a field. Source: the vendor's specification, search/autocomplete.

        Args:
            field: The field whose values are asked for.
            query: The beginning of the word.
            size: How many suggestions. The service's default is 50.
            mode: What is searched for: people or companies. The service's default is ``people``.
            location_expansion_enabled: Include places around those named.
            location_expansion_radius_miles: How far around, in miles.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def limits(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> SearchLimits:
        """Read how many results this key may ask for. Source: the vendor's specification, search/limits.

        Args:
            extra: Body keys that the service added and this package does not know yet.
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

        Search for people like those given; neither duration nor price is published.

        Source: the vendor's specification, search/lookalike.

        Args:
            linkedin_urls: LinkedIn URLs of the people to start from, up to 1000; or give a file.
            csv_resource_handle_id: A file sent with ``client.storage.upload_csv``, instead of URLs.
            guidance: In words: what makes them alike.
            analysis_sample_size: How many of those given are analysed. The service's default is 100.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def lookalike_status(
        self,
        *,
        task_id: str,
        include_filters: bool | None = None,
        include_analysis: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> LookalikeStatus:
        """Look at a lookalike search once. Source: the vendor's specification, search/lookalike.

        Args:
            task_id: The id that the submit of the job returned.
            include_filters: Answer with the filters that were searched by. The service's default is true.
            include_analysis: Answer with the analysis of the people given. The service's default is true.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def generate_title(
        self,
        *,
        parsedQuery: Mapping[str, JsonValue],
        entityMode: Literal['people', 'company'] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> SearchTitle:
        """Have a title written for a search. Source: the vendor's specification, search/generate-title.

        Args:
            parsedQuery: The search, as an earlier answer gave it in ``parsed_query``.
            entityMode: What was searched for: people or companies.
            extra: Body keys that the service added and this package does not know yet.
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
        workflow_description: str,
        workflow_definition: Graph | Mapping[str, JsonValue],
        id: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Workflow:
        """Store a workflow, in the form of an older third-party reference; unconfirmed: use `CreateWorkflow`.

        Args:
            workflow_name: Its name.
            workflow_description: What it is for.
            workflow_definition: Its blocks and edges: a `Graph`, or one as JSON.
            id: An id of your own: with it the same workflow can safely be sent twice; 409 when it exists.
            extra: Body keys that the service added and this package does not know yet.
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
        """Change a workflow, in the form of an older third-party reference; unconfirmed: use `UpdateWorkflow`.

        Args:
            workflow_id: The id of the workflow.
            workflow_name: Its name.
            workflow_description: What it is for.
            workflow_definition: Its blocks and edges: a `Graph`, or one as JSON.
            starred: Mark it as a favourite, or not.
            locked: Lock it against changes, or unlock it.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def delete(
        self,
        *,
        workflow_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Delete a workflow, in the form of an older third-party reference; unconfirmed: use `DeleteWorkflow`.

        Args:
            workflow_id: The id of the workflow.
            extra: Body keys that the service added and this package does not know yet.
        """


class Workflows(Namespace):
    """Define and run workflows and fetch what they made."""

    async def create(
        self,
        *,
        workflow_name: str,
        workflow_description: str,
        workflow_definition: Graph | Mapping[str, JsonValue],
        id: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Workflow:
        """Store a workflow. Source: docs.sixtyfour.ai, api-reference/workflow/create-workflow.

        Args:
            workflow_name: Its name.
            workflow_description: What it is for.
            workflow_definition: Its blocks and edges: a `Graph`, or one as JSON.
            id: An id of your own: with it the same workflow can safely be sent twice; 409 when it exists.
            extra: Body keys that the service added and this package does not know yet.
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
        """Change what is given of a workflow; one that does not exist is created.

        Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.

        Args:
            workflow_id: The id of the workflow.
            workflow_name: Its name.
            workflow_description: What it is for.
            workflow_definition: Its blocks and edges: a `Graph`, or one as JSON.
            starred: Mark it as a favourite, or not.
            locked: Lock it against changes, or unlock it.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def delete(
        self,
        *,
        workflow_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> Workflow:
        """Delete a workflow; the history of its runs is kept.

        Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.

        Args:
            workflow_id: The id of the workflow.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def list(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[Workflow]:
        """List workflows, without their definitions. Source: docs.sixtyfour.ai, api-reference/workflows.

        Args:
            extra: Body keys that the service added and this package does not know yet.
        """

    async def get(
        self,
        *,
        workflow_id: str,
        prefer_draft: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> Workflow:
        """Read one workflow with its definition.

        Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.

        Args:
            workflow_id: The id of the workflow.
            prefer_draft: Read the draft, where there is one. The service's default is true.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def blocks(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[BlockKind]:
        """List the kinds of blocks, each with the JSON Schema of its specs: the authority on what a workflow can do.

        Source: docs.sixtyfour.ai, api-reference/workflows/workflows-management.

        Args:
            extra: Body keys that the service added and this package does not know yet.
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

        Run a workflow: several minutes and up; its files are then asked for by run id.

        Source: docs.sixtyfour.ai, api-reference/workflow/run-workflow. ``Idempotency-Key`` is named in the text of the
        answer only (``already_started``), not declared on the route.

        Args:
            workflow_id: The id of the workflow.
            webhook_payload: One row each; the workflow must start with a ``webhook`` block.
            specs_override: For the first block of this run, such as ``{"resource_handle_id": …}`` where it
                is ``read_csv``.
            save_json: Keep the results as JSON too.
            result_formats: The formats to write the results in, such as ``csv`` and ``ndjson``.
            idempotency_key: A key of your own: with it the same request can safely be sent twice.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def runs(
        self,
        *,
        status: Literal['running', 'completed', 'cancelled', 'active'] | None = None,
        workflow_id: str | None = None,
        limit: int | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[WorkflowRun]:
        """List runs, newest first. Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution.

        Args:
            status: ``active``: queued or running.
            workflow_id: The id of the workflow.
            limit: Rows at most. The service's default is 100.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def live_status(
        self,
        *,
        run_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> LiveStatus:
        """Look at a run once. Source: docs.sixtyfour.ai, api-reference/workflow/get-workflow-run-live-status.

        Args:
            run_id: The id of the run, which is the job's id.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def download_links(
        self,
        *,
        run_id: str,
        format: Literal['csv', 'json', 'ndjson'] | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[ResultFile]:
        """Get signed links to a run's files, one per block; see `final_file`. They live 900 seconds.

        Formats other than csv need a run that saved them. Source: docs.sixtyfour.ai,
        api-reference/workflows/workflows-execution.

        Args:
            run_id: The id of the run, which is the job's id.
            format: The format of the files; the service's default is csv.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def cancel(
        self,
        *,
        job_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> Cancelled:
        """Cancel a run; one that has ended answers with the status it has.

        Source: docs.sixtyfour.ai, api-reference/workflows/workflows-execution.

        Args:
            job_id: The id that the submit of the job returned.
            extra: Body keys that the service added and this package does not know yet.
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
        """Run a workflow by the clock. Never sent twice by itself: two schedules would run it twice.

        Args:
            workflow_id: The id of the workflow.
            name: What the schedule is called.
            cron_expression: When to run: minute, hour, day of month, month, day of week.
            timezone: An IANA name; the service's default is ``UTC``.
            description: What the schedule is for.
            is_active: Is the schedule switched on?
            extra: Body keys that the service added and this package does not know yet.
        """

    async def list(
        self,
        *,
        workflow_id: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[Schedule]:
        """List schedules, of one workflow or of all.

        Args:
            workflow_id: The id of the workflow.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def get(
        self,
        *,
        schedule_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> Schedule:
        """Read one schedule.

        Args:
            schedule_id: The id of the schedule.
            extra: Body keys that the service added and this package does not know yet.
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
        """Change what is given of a schedule; switching it on again binds it to the caller.

        Args:
            schedule_id: The id of the schedule.
            name: What the schedule is called.
            cron_expression: When to run: minute, hour, day of month, month, day of week.
            timezone: An IANA name.
            description: What the schedule is for.
            is_active: Is the schedule switched on?
            extra: Body keys that the service added and this package does not know yet.
        """

    async def delete(
        self,
        *,
        schedule_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Delete a schedule.

        Args:
            schedule_id: The id of the schedule.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def disable_bound(
        self,
        *,
        api_key_id: int | None = None,
        created_by: str | None = None,
        team_id: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Pause every schedule of a key that was revoked, or of a person who has left.

        Args:
            api_key_id: The key whose schedules are paused; or give ``created_by``.
            created_by: The person whose schedules are paused; or give ``api_key_id``.
            team_id: Only that person's schedules in one team.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def active_counts(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Count active schedules; the shape is not published.

        Args:
            extra: Body keys that the service added and this package does not know yet.
        """


class Storage(Namespace):
    """Files to be used later, by their handle."""

    async def upload_csv(
        self,
        *,
        file: Upload,
        extra: Mapping[str, JsonValue] = {},
    ) -> StoredFile:
        """Send a CSV file and get a handle for workflows, exclusion lists and lookalikes; handles expire.

        Named by docs.sixtyfour.ai, api-reference/workflows, and described nowhere: the part's name ``file`` is assumed.

        Args:
            file: A path, bytes or a stream of bytes, or an `Upload` that names them.
            extra: Body keys that the service added and this package does not know yet.
        """


class Account(Namespace):
    """The credits left, and what was used."""

    async def check_balance(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> Balance:
        """Read the credits left. Source: docs.sixtyfour.ai, api-reference, check balance.

        Args:
            extra: Body keys that the service added and this package does not know yet.
        """

    async def usage(
        self,
        *,
        time_window: int | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Read what this key has used lately; the shape is not published. Source: the vendor's older specification.

        Args:
            time_window: Seconds to look back; the service's default is 3600.
            extra: Body keys that the service added and this package does not know yet.
        """


class Structs(Namespace):
    """What to ask for, written by the service."""

    async def generate(
        self,
        *,
        description: str,
        existing_struct: Sequence[StructField] | None = None,
        block_type: Literal['lead_enrichment', 'company_enrichment', 'linkedin_enrichment', 'research_agent', 'webhook', 'transform_data'] | None = None,
        allow_nested: bool | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> GeneratedStruct:
        """Have a struct written from a description; `GeneratedStruct.as_struct` is what research takes.

        Never sent twice by itself: what it costs is not published. Source: the vendor's specification, struct-builder.

        Args:
            description: What to research, in words.
            existing_struct: Fields that are there already, to be extended.
            block_type: The kind of workflow block that the struct is for.
            allow_nested: May fields hold objects?
            extra: Body keys that the service added and this package does not know yet.
        """


class SigningSecrets(Namespace):
    """The secret that signs webhooks; administrators only."""

    async def get(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> SigningSecret | None:
        """Read what is known of the active secret, but the secret; None when there is none.

        Args:
            extra: Body keys that the service added and this package does not know yet.
        """

    async def create(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> NewSigningSecret:
        """Make a secret, shown this once; one that was active is revoked at once. Administrators only.

        Args:
            extra: Body keys that the service added and this package does not know yet.
        """

    async def delete(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Delete the secret; later deliveries are not signed. Administrators only.

        Args:
            extra: Body keys that the service added and this package does not know yet.
        """

    async def roll(
        self,
        *,
        expire_overlap_hours: int | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> NewSigningSecret:
        """Make a new secret, shown this once, while the old one goes on signing for some hours. Administrators only.

        Args:
            expire_overlap_hours: The service's default is 24; 0 revokes the old one at once.
            extra: Body keys that the service added and this package does not know yet.
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
        """Register a client, with a JWKS URL or with keys to be uploaded: that choice is for good. Administrators only.

        Args:
            name: What the client is called.
            jwks_uri: Where the service fetches the client's public keys; left out, keys are uploaded.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def list(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[OAuthClient]:
        """List clients.

        Args:
            extra: Body keys that the service added and this package does not know yet.
        """

    async def get(
        self,
        *,
        client_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> OAuthClient:
        """Read one client with its keys.

        Args:
            client_id: The id of the OAuth client.
            extra: Body keys that the service added and this package does not know yet.
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
        """Change what is given of a client.

        Args:
            client_id: The id of the OAuth client.
            name: What the client is called.
            status: Whether the client may get tokens.
            access_token_ttl_seconds: How long its access tokens live, in seconds.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def delete(
        self,
        *,
        client_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Delete a client.

        Args:
            client_id: The id of the OAuth client.
            extra: Body keys that the service added and this package does not know yet.
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
        """Upload a public key.

        Args:
            client_id: The id of the OAuth client.
            public_key_pem: The public key in PEM form.
            kid: The id of the key, as it stands in the header of a JWT.
            algorithm: The signature algorithm of the key.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def keys(
        self,
        *,
        client_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> builtins.list[OAuthKey]:
        """List the keys of a client.

        Args:
            client_id: The id of the OAuth client.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def revoke_key(
        self,
        *,
        client_id: str,
        kid: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Revoke a key.

        Args:
            client_id: The id of the OAuth client.
            kid: The id of the key, as it stands in the header of a JWT.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def validate_jwks(
        self,
        *,
        client_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Have the service fetch the client's JWKS URL and say whether it can be used.

        Args:
            client_id: The id of the OAuth client.
            extra: Body keys that the service added and this package does not know yet.
        """


class OAuth(Namespace):
    """Tokens instead of a key."""

    async def metadata(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> OAuthMetadata:
        """Read the discovery document; asked without a key.

        Args:
            extra: Body keys that the service added and this package does not know yet.
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
        """Exchange a signed assertion for an access token; asked without a key. `AsyncClient` does it by itself.

        Args:
            client_id: The id of the OAuth client.
            client_assertion: A short-lived JWT, signed RS256, with the key's ``kid`` in its header.
            grant_type: A constant of the protocol, always sent.
            client_assertion_type: A constant of the protocol, always sent.
            scope: What the token may be used for; the only known scope is ``full_access``.
            extra: Body keys that the service added and this package does not know yet.
        """

    clients: OAuthClients
    """The OAuth clients of an organization and their keys; administrators only."""


class OrgChart(Namespace):
    """Who works under whom, by an older specification; newer callers ask company-intelligence."""

    async def filter_capabilities(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Read what an org chart can be filtered by.

        Args:
            extra: Body keys that the service added and this package does not know yet.
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
        """Find the people of a company that a text describes.

        Args:
            people_focus_prompt: Which people to find, in words.
            company_name: The company by name.
            linkedin_public_id: The company by its LinkedIn public id.
            linkedin_company_url: The company by its LinkedIn URL.
            company_member_id: The company by its numeric id.
            max_iterations: Rounds of searching. The service's default is 8.
            max_results: People at most.
            include_resolution_debug: Explain in the answer how the company was found.
            extra: Body keys that the service added and this package does not know yet.
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
        """Read a company's whole chart, page by page.

        Args:
            page: The number of the page, from 1.
            page_size: People a page. The service's default is 50.
            cursor: The ``next_cursor`` of the page before.
            company_name: The company by name.
            linkedin_public_id: The company by its LinkedIn public id.
            linkedin_company_url: The company by its LinkedIn URL.
            company_member_id: The company by its numeric id.
            max_iterations: Rounds of searching. The service's default is 8.
            max_results: People at most.
            include_resolution_debug: Explain in the answer how the company was found.
            extra: Body keys that the service added and this package does not know yet.
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
        """Say something in a session and stream the answer.

        Args:
            session_id: The id of the chat session.
            messages: The messages of the conversation.
            timezone: An IANA name.
            workflow_id: The id of the workflow.
            workspace_id: The id of the workspace.
            page_context: Unpublished; passed on as it is.
            page_data: Unpublished; passed on as it is.
            search_rerun: Unpublished; passed on as it is.
            is_onboarding: Unpublished; passed on as it is.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def stop(
        self,
        *,
        session_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Stop an answer; stopped twice is stopped.

        Args:
            session_id: The id of the chat session.
            extra: Body keys that the service added and this package does not know yet.
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
        """Answer a question that a session asks before it goes on.

        Args:
            approval_id: The id of the question.
            approved: Yes or no.
            session_id: The id of the chat session.
            reason: Why.
            answers: Unpublished; passed on as it is.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def create_session(
        self,
        *,
        workflow_id: str | None = None,
        workspace_id: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Open a session.

        Args:
            workflow_id: The id of the workflow.
            workspace_id: The id of the workspace.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def list_sessions(
        self,
        *,
        cursor: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """List sessions.

        Args:
            cursor: The ``next_cursor`` of the page before.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def get_session(
        self,
        *,
        session_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Read a session's messages.

        Args:
            session_id: The id of the chat session.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def rename_session(
        self,
        *,
        title: str,
        session_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Name a session; an absolute value.

        Args:
            title: What it is called.
            session_id: The id of the chat session.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def delete_session(
        self,
        *,
        session_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Delete a session; what is gone is gone.

        Args:
            session_id: The id of the chat session.
            extra: Body keys that the service added and this package does not know yet.
        """

    def stream_session(
        self,
        *,
        session_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> AsyncGenerator[JsonValue, None]:
        """Stream what happens in a session.

        Args:
            session_id: The id of the chat session.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def get_engine(
        self,
        *,
        session_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Read which engine a session uses.

        Args:
            session_id: The id of the chat session.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def mark_read(
        self,
        *,
        session_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Mark a session as read; read twice is read.

        Args:
            session_id: The id of the chat session.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def get_settings(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Read the settings.

        Args:
            extra: Body keys that the service added and this package does not know yet.
        """

    async def update_settings(
        self,
        *,
        yolo_mode: bool | None = None,
        custom_prompt: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Change the settings; absolute values.

        Args:
            yolo_mode: Let the chat act without asking for approval.
            custom_prompt: Instructions for every session.
            extra: Body keys that the service added and this package does not know yet.
        """


class Workspaces(Namespace):
    """Unpublished: the dashboard's workspaces."""

    async def create(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Open a workspace.

        Args:
            extra: Body keys that the service added and this package does not know yet.
        """

    async def get(
        self,
        *,
        workspace_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Read a workspace.

        Args:
            workspace_id: The id of the workspace.
            extra: Body keys that the service added and this package does not know yet.
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
        """Show a search, workflow or notebook in a workspace.

        Args:
            kind: What is shown.
            id: The id of what is shown.
            workspace_id: The id of the workspace.
            title: What it is called.
            state: The viewer's state, as free keys.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def unmount_viewer(
        self,
        *,
        key: str,
        workspace_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Take a viewer out of a workspace; what is gone is gone.

        Args:
            key: The key of the viewer.
            workspace_id: The id of the workspace.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def update_viewer(
        self,
        *,
        key: str,
        state: Mapping[str, JsonValue],
        workspace_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Set a viewer's state; an absolute value.

        Args:
            key: The key of the viewer.
            state: The viewer's state, as free keys.
            workspace_id: The id of the workspace.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def activate_viewer(
        self,
        *,
        workspace_id: str,
        activeViewerKey: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Bring a viewer to the front; an absolute value.

        Args:
            workspace_id: The id of the workspace.
            activeViewerKey: The key of the viewer; None for none.
            extra: Body keys that the service added and this package does not know yet.
        """

    def stream(
        self,
        *,
        workspace_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> AsyncGenerator[JsonValue, None]:
        """Stream a workspace's changes; the first event is the whole of it.

        Args:
            workspace_id: The id of the workspace.
            extra: Body keys that the service added and this package does not know yet.
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
        """Run a first block and keep the workflow open.

        Args:
            block_name: The kind of block, by its name.
            specs: The settings of the block.
            webhook_payload: Rows for a workflow that starts with a ``webhook`` block.
            save_json: Keep the results as JSON too.
            result_formats: The formats to write the results in, such as ``csv`` and ``ndjson``.
            cache_config: Unpublished; passed on as it is.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def add_block(
        self,
        *,
        block_name: str,
        specs: Mapping[str, JsonValue],
        job_id: str,
        parent_block_id: str | None = None,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Run one more block.

        Args:
            block_name: The kind of block, by its name.
            specs: The settings of the block.
            job_id: The id that the submit of the job returned.
            parent_block_id: The block that this one follows.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def finish(
        self,
        *,
        job_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Close the workflow.

        Args:
            job_id: The id that the submit of the job returned.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def state(
        self,
        *,
        job_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> LiveStatus:
        """Look at the workflow.

        Args:
            job_id: The id that the submit of the job returned.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def output(
        self,
        *,
        block_id: str,
        job_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Get a handle to what a block made.

        Args:
            block_id: The id of the block.
            job_id: The id that the submit of the job returned.
            extra: Body keys that the service added and this package does not know yet.
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
        """Store what was done as a workflow.

        Args:
            block_id: The id of the block.
            workflow_name: Its name.
            job_id: The id that the submit of the job returned.
            workflow_description: What it is for.
            extra: Body keys that the service added and this package does not know yet.
        """


class SlackLinks(Namespace):
    """Unpublished: Slack users who are users of the dashboard."""

    async def confirm(
        self,
        *,
        token: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Confirm a link that the Slack bot offered.

        Args:
            token: The token of the link that the Slack bot sent.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def list(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """List links.

        Args:
            extra: Body keys that the service added and this package does not know yet.
        """

    async def delete(
        self,
        *,
        slack_team_id: str,
        slack_user_id: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Delete a link; what is gone is gone.

        Args:
            slack_team_id: The id of the Slack workspace.
            slack_user_id: The id of the Slack user.
            extra: Body keys that the service added and this package does not know yet.
        """


class GoogleSheets(Namespace):
    """The dashboard's connection to Google Sheets; in the specification, but of use to the dashboard only."""

    async def status(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Read whether an account is connected.

        Args:
            extra: Body keys that the service added and this package does not know yet.
        """

    async def connect(
        self,
        *,
        code: str,
        redirect_uri: str,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Connect an account with the code that Google gave; a code works once.

        Args:
            code: The authorization code that Google gave; it works once.
            redirect_uri: The redirect URI that the code was requested with.
            extra: Body keys that the service added and this package does not know yet.
        """

    async def disconnect(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> JsonValue:
        """Disconnect the account; what is gone is gone.

        Args:
            extra: Body keys that the service added and this package does not know yet.
        """

    async def access_token(
        self,
        *,
        extra: Mapping[str, JsonValue] = {},
    ) -> dict[str, JsonValue]:
        """Get an access token for the connected account; a second one costs nothing.

        Args:
            extra: Body keys that the service added and this package does not know yet.
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
    """Judge a record, or research anything about it."""

    jobs: Jobs
    """Look at a job by its id."""

    search: Search
    """Search people and companies."""

    workflows: Workflows
    """Define and run workflows and fetch what they made."""

    schedules: Schedules
    """Workflows that run by the clock."""

    storage: Storage
    """Files to be used later, by their handle."""

    account: Account
    """The credits left, and what was used."""

    structs: Structs
    """What to ask for, written by the service."""

    webhooks: Webhooks
    """What the service posts to you."""

    oauth: OAuth
    """Tokens instead of a key."""

    org_chart: OrgChart
    """Who works under whom, by an older specification; newer callers ask company-intelligence."""

    dashboard: Dashboard
    """The dashboard's own plumbing: unpublished, changed without notice, not needed to use the service."""
