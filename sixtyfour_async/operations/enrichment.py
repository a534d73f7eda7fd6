"""Questions about people, companies and records; each may be asked at once or as a job.

Run times are the vendor's own estimates (its published skill, May 2026) unless said otherwise. Prices are US cents per
answer where a public source gives one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Generic, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue, PlainSerializer, field_validator

from sixtyfour_async.models import EmailResult, Intelligence, JobStatus, PhoneResult, QAResult, ReverseResult
from sixtyfour_async.models.enrichment import S
from sixtyfour_async.models.struct import Struct, to_struct
from sixtyfour_async.operations._base import JobOperation, Operation, Request

Subject: TypeAlias = Annotated[Mapping[str, JsonValue], Field(min_length=1)]
"""What is known already, as free keys: ``name``, ``company``, ``website``, ``domain``, ``linkedin``, ``email`` …"""

Tier: TypeAlias = Literal["micro", "low", "medium", "high"] | str  # noqa: PYI051 (known words complete, any is taken)
"""How deep to dig; the service's default is ``low``. ``high`` needs enabling; people also have ``xhigh``, ``scout``."""

WebhookURL: TypeAlias = Annotated[str, Field(min_length=1, max_length=2083)]

LONG = 900.0
"""Seconds a long synchronous answer may take. Source: docs.sixtyfour.ai, errors page (at least 15 minutes)."""

QUICK = 180.0
"""Seconds a finder may take; ours, wide above the 2 to 10 s that the vendor names."""


def _as_struct(asked: type[BaseModel] | Struct | None) -> dict[str, JsonValue] | None:
    return None if asked is None else to_struct(asked)


AsStruct = PlainSerializer(_as_struct)


class StructOperation(JobOperation[Intelligence[S]], Generic[S]):
    """A question whose answer is typed by the caller's own class."""

    def answer_type(self) -> Any:
        """Name ``Intelligence[Lead]`` for ``struct=Lead``, ``Intelligence[dict]`` for a plain mapping."""
        asked = getattr(self, "struct", None)
        shape: Any = asked if isinstance(asked, type) else dict[str, JsonValue]
        return Intelligence.__class_getitem__(shape)


class _Structured(Request):
    @field_validator("struct", "lead_struct", mode="after", check_fields=False)
    @classmethod
    def _expressible(cls, asked: type[BaseModel] | Struct | None) -> type[BaseModel] | Struct | None:
        """Say at once when a class asks for what the service cannot be asked."""
        _as_struct(asked)
        return asked


class PeopleIntelligence(
    _Structured,
    StructOperation[S],
    Generic[S],
    name="people-intelligence",
    http="POST /people-intelligence",
    job="POST /people-intelligence-async",
    read_timeout=LONG,
):
    """Research one person: 10 to 60 s for ``low``, 30 to 180 s for ``medium``, minutes for ``high``.

    The vendor's benchmark measured medians of 230, 223 and 459 s. The price per tier is not published.
    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.
    """

    lead_info: Subject
    """Give an email, or a LinkedIn URL, or name and company; any further key helps."""
    struct: Annotated[type[S] | Struct | None, AsStruct] = None
    """Your own pydantic class, or field name → description."""
    research_plan: str | None = None
    tier: Tier | None = None
    field_confidence: bool | None = None
    """Ask for a confidence of 0 to 100 per field; silently absent without access."""
    webhook_url: WebhookURL | None = None


class CompanyIntelligence(
    _Structured,
    StructOperation[S],
    Generic[S],
    name="company-intelligence",
    http="POST /company-intelligence",
    job="POST /company-intelligence-async",
    read_timeout=LONG,
):
    """Research one company: the tiers and times of `PeopleIntelligence`; the vendor's notebook says 5 to 10 minutes.

    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.
    """

    target_company: Subject
    """``company_name``, ``website``, ``domain``, ``linkedin``, ``address`` …"""
    struct: Annotated[type[S] | Struct, AsStruct]
    """Your own pydantic class, or field name → description."""
    lead_struct: Annotated[type[BaseModel] | Struct | None, AsStruct] = None
    """The same for each person found with ``find_people``."""
    find_people: bool | None = None
    full_org_chart: bool | None = None
    people_focus_prompt: str | None = None
    research_plan: str | None = None
    tier: Tier | None = None
    field_confidence: bool | None = None
    webhook_url: WebhookURL | None = None


class FindEmail(
    Request,
    JobOperation[EmailResult],
    name="find-email",
    http="POST /find-email",
    job="POST /find-email-async",
    read_timeout=QUICK,
):
    """Find one person's email address: 2 to 10 s; 5 cents for ``PROFESSIONAL``, 20 for ``PERSONAL``.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.
    """

    lead: Subject
    mode: Literal["PROFESSIONAL", "PERSONAL"] | None = None
    """The service's default is ``PROFESSIONAL``."""
    verify_emails: bool | None = None
    """Ask the mail server whether the address exists; the service's default is true."""
    webhook_url: WebhookURL | None = None


class FindPhone(
    Request,
    JobOperation[PhoneResult],
    name="find-phone",
    http="POST /find-phone",
    job="POST /find-phone-async",
    read_timeout=QUICK,
):
    """Find one person's phone number: 2 to 10 s; 30 cents in the vendor's example.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.
    """

    lead: Subject
    webhook_url: WebhookURL | None = None


def _with_key(lead: Mapping[str, JsonValue], key: str) -> Mapping[str, JsonValue]:
    if not lead.get(key):
        raise ValueError(f"needs the key {key!r} with a value")
    return lead


class ReverseEmail(
    Request,
    JobOperation[ReverseResult],
    name="reverse-email",
    http="POST /reverse-email",
    job="POST /reverse-email-async",
    read_timeout=QUICK,
):
    """Find whom an email address belongs to: 2 to 10 s.

    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.
    """

    lead: Subject
    """``email`` at least."""
    webhook_url: WebhookURL | None = None

    @field_validator("lead")
    @classmethod
    def _has_email(cls, lead: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        return _with_key(lead, "email")


class ReversePhone(
    Request,
    JobOperation[ReverseResult],
    name="reverse-phone",
    http="POST /reverse-phone",
    job="POST /reverse-phone-async",
    read_timeout=QUICK,
):
    """Find whom a phone number belongs to: 2 to 10 s.

    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.
    """

    lead: Subject
    """``phone`` at least."""
    webhook_url: WebhookURL | None = None

    @field_validator("lead")
    @classmethod
    def _has_phone(cls, lead: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        return _with_key(lead, "phone")


class Criterion(BaseModel):
    """One thing a record is judged by. ``threshold`` has no agreed scale (0 to 1, and 8.0, were seen): passed on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    criteria_name: str
    description: str
    weight: float | None = None
    threshold: float | None = None


class QAAgent(
    Request,
    JobOperation[QAResult],
    name="qa-agent",
    http="POST /qa-agent",
    job="POST /qa-agent-async",
    read_timeout=LONG,
):
    """Judge a record by criteria: 30 to 180 s. Source: docs.sixtyfour.ai, api-reference/endpoint/qa-agent."""

    data: Subject
    qualification_criteria: Annotated[Sequence[Criterion], Field(min_length=1)]
    references: Sequence[Mapping[str, str]] | None = None
    """Shape: ``[{"url": …, "description": …}]``."""
    struct: Mapping[str, str] | None = None
    """Field name → description; this route takes no types."""
    max_tool_calls: Annotated[int, Field(ge=1, le=50)] | None = None
    webhook_url: WebhookURL | None = None


class ResearchAgent(
    _Structured,
    StructOperation[S],
    Generic[S],
    name="research-agent",
    http="POST /research-agent",
    job="POST /research-agent-async",
    read_timeout=LONG,
):
    """Research anything about a record. Unpublished since mid 2026, still named on the webhook pages; may vanish.

    Source: docs.sixtyfour.ai, guides/using-webhooks.
    """

    input_data: Subject
    struct: Annotated[type[S] | Struct | None, AsStruct] = None
    research_plan: str | None = None
    webhook_url: WebhookURL | None = None


class GetJobStatus(Request, Operation[JobStatus], name="job-status", http="GET /job-status/{job_id}"):
    """Look at a job once; counts against the 500 requests a minute.

    Source: docs.sixtyfour.ai, api-reference, job status.
    """

    job_id: str
    cost_units: Literal["cents", "credits"] | None = None
