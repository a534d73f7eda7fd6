"""Operations that put an agent to work: judge a record, research a topic, read a LinkedIn page, verify an age."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Generic, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, PlainSerializer, field_validator

from sixtyfour_async.models import GeneratedStruct, Intelligence, QAResult, StructField
from sixtyfour_async.models.enrichment import S
from sixtyfour_async.models.struct import TYPES, Struct, to_text_struct
from sixtyfour_async.operations._base import JobOperation, Operation, Request
from sixtyfour_async.operations._fields import LONG_ANSWER_TIMEOUT_SECONDS, QUICK_ANSWER_TIMEOUT_SECONDS, WebhookURL
from sixtyfour_async.operations._json_types import Subject
from sixtyfour_async.operations._structured import AsStruct, Typed

TextStruct: TypeAlias = Mapping[str, str]
"""Field name → description, for endpoints that take no types and return every value as text."""


def _serialize_text_struct(struct: type[Any] | TextStruct | None) -> dict[str, JsonValue] | None:
    return None if struct is None else to_text_struct(struct)


AsTextStruct = PlainSerializer(_serialize_text_struct)
"""Serializes a class, or a mapping, as a `TextStruct`."""


class _TextStructured(Typed):
    takes_types = False

    @field_validator("struct", mode="after", check_fields=False)
    @classmethod
    def _check_text_struct(cls, struct: type[Any] | TextStruct | None) -> type[Any] | TextStruct | None:
        _serialize_text_struct(struct)
        return struct


class Criterion(BaseModel):
    """One criterion by which `QAAgent` judges a record.

    Source: docs.sixtyfour.ai, api-reference/endpoint/qa-agent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    criteria_name: str
    """Name of the criterion."""
    description: str
    """What the record must fulfil, in plain words."""
    weight: float | None = None
    """Relative weight of the criterion; the service's default is 1.0, and examples go up to 10."""
    threshold: float | None = None
    """Minimum score to pass; not range-checked, because the vendor's texts use both 0 to 1 and values such as 8.0."""


class QAAgent(
    _TextStructured,
    JobOperation[QAResult[S]],
    Generic[S],
    name="qa-agent",
    subject="data",
    http="POST /qa-agent",
    job="POST /qa-agent-async",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
):
    """Judge a record against criteria; returns ``structured_data`` and notes.

    Takes 30 to 180 seconds. Price: not published. The service sends every value in ``structured_data`` as
    text, which a class as ``struct`` reads.
    Source: docs.sixtyfour.ai, api-reference/endpoint/qa-agent.
    """

    data: Subject
    """The record to judge, as a mapping of at least one key."""
    qualification_criteria: Annotated[Sequence[Criterion], Field(min_length=1)]
    """The criteria to judge by; at least one `Criterion`, or a mapping of its fields."""
    references: Sequence[Mapping[str, str]] | None = None
    """Pages to consult, each as ``{"url": "…", "description": "…"}``; the service's default is none."""
    struct: Annotated[type[S] | TextStruct | None, AsTextStruct] = None
    """What to return: a pydantic class, dataclass or TypedDict, or a mapping of field name to description."""
    max_tool_calls: Annotated[int, Field(ge=1, le=50)] | None = None
    """Maximum number of tool calls by the agent, 1 to 50; the service's default is 10."""
    webhook_url: WebhookURL | None = None
    """URL to which the service posts the result of a job: http(s), up to 2083 characters."""


class ResearchAgent(
    Typed,
    JobOperation[Intelligence[S]],
    Generic[S],
    name="research-agent",
    subject="input_data",
    http="POST /research-agent",
    job="POST /research-agent-async",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
    standing="documented",
):
    """Research any record, not only people and companies.

    The specification has not listed this route since mid 2026, though the webhook pages still name it; it may
    disappear. Run time and price: not published.
    Source: docs.sixtyfour.ai, guides/using-webhooks, and the vendor's older specification.
    """

    input_data: Subject
    """What is already known about the subject, as a mapping of at least one key."""
    struct: Annotated[type[S] | Struct | None, AsStruct] = None
    """What to return: a pydantic class, dataclass or TypedDict, or a mapping of field name to description."""
    research_plan: str | None = None
    """Instructions on how to research, in plain words."""
    max_iterations: Annotated[int, Field(ge=1)] | None = None
    """Maximum number of rounds of the agent, from 1; the default of the specification of May 2026 is 2."""
    benchmark: bool | None = None
    """Undocumented; passed through. The default of the specification of May 2026 is false."""
    webhook_url: WebhookURL | None = None
    """URL to which the service posts the result of a job: http(s), up to 2083 characters."""


class EnrichLinkedIn(
    _TextStructured,
    Operation[Intelligence[S]],
    Generic[S],
    name="enrich-linkedin",
    http="POST /enrich-linkedin",
    read_timeout=QUICK_ANSWER_TIMEOUT_SECONDS,
):
    """Extract fields from one LinkedIn profile or company page.

    Makes a single language-model call; cannot be submitted as a job. Run time and price: not published.
    Source: docs.sixtyfour.ai, api-reference/enrichment/enrich-linkedin-profile.
    """

    linkedin_url: Annotated[str, Field(min_length=1)]
    """Full URL of the page, under ``/in/`` or ``/company/``."""
    struct: Annotated[type[S] | TextStruct | None, AsTextStruct] = None
    """What to return: a pydantic class, dataclass or TypedDict, or a mapping of field name to description."""


class GetLinkedIn(
    Request,
    Operation[JsonValue],
    name="get-linkedin",
    http="POST /get-linkedin",
    read_timeout=QUICK_ANSWER_TIMEOUT_SECONDS,
    standing="documented",
):
    """Return the service's stored copy of one LinkedIn page, as JSON of unpublished shape.

    Price: not published. Source: the vendor's older specification.
    """

    linkedin_url: Annotated[str, Field(min_length=1)]
    """URL of the page."""
    include_fresh: bool | None = None
    """Whether to fetch the page again; the service's default is false, and the effect is known by name only."""


class VerifyAge(
    Request,
    JobOperation[dict[str, JsonValue]],
    name="verify-age",
    job="POST /verify-age",
    poll="verify-age-status",
    reports_charge=False,
):
    """Research a person's age and date of birth, as a job.

    The result is a JSON object of unpublished shape. Run time and price: not published; the vendor calls it
    high-tier research. Source: the vendor's specification, verify-age.
    """

    subject: Subject
    """What is known about the person: ``name``, ``company``, ``linkedin``, ``email``, ``location`` and so on."""


# Source of the five: the vendor's specification, struct-builder.
FIELD_NAME = re.compile(r"[a-zA-Z0-9_]+")
FIELD_TYPES = (TYPES | {"enum", "list[enum]", "object", "object_list"}) - {"list[boolean]"}
MAX_DESCRIPTION_CHARACTERS = 10_000
MAX_OPTIONS = 500
MAX_OPTION_CHARACTERS = 200


def _check_field(field: StructField) -> StructField:
    """Reject a field that the service would reject.

    Raises:
        ValueError: A name, type, description or option is outside the documented limits.
    """
    names = (field.name, *(subfield.key for subfield in field.subfields or []))
    invalid = [name for name in names if not FIELD_NAME.fullmatch(name)]
    if invalid:
        raise ValueError(f"invalid field name {invalid[0]!r}: use letters, digits and underscores only")
    if field.type not in FIELD_TYPES:
        raise ValueError(f"{field.name}: unknown type {field.type!r}; use one of {', '.join(sorted(FIELD_TYPES))}")
    if len(field.description) > MAX_DESCRIPTION_CHARACTERS:
        raise ValueError(f"{field.name}: shorten the description to {MAX_DESCRIPTION_CHARACTERS:,} characters")
    options = field.options or []
    if len(options) > MAX_OPTIONS or any(len(option) > MAX_OPTION_CHARACTERS for option in options):
        raise ValueError(
            f"{field.name}: pass at most {MAX_OPTIONS} options of at most {MAX_OPTION_CHARACTERS} characters each"
        )
    return field


ExistingField = Annotated[
    StructField,
    AfterValidator(_check_field),
    PlainSerializer(lambda field: field.model_dump(mode="json", exclude_none=True)),
]
"""A field in the service's own form; name, description and type are always sent."""


class GenerateStruct(
    Request,
    Operation[GeneratedStruct],
    name="struct-builder",
    http="POST /struct-builder/generate",
    read_timeout=QUICK_ANSWER_TIMEOUT_SECONDS,
):
    """Generate a struct from a description; `GeneratedStruct.as_struct` gives the form that ``struct=`` takes.

    The request is never repeated automatically, because its price is not published.
    Source: the vendor's specification, struct-builder.
    """

    description: Annotated[str, Field(min_length=1, max_length=4000)]
    """What the struct should capture, in plain words; 1 to 4,000 characters."""
    existing_struct: Sequence[ExistingField] | None = None
    """Fields to extend or revise, each a `StructField` such as `GeneratedStruct.struct` holds."""
    block_type: (
        Literal[
            "lead_enrichment",
            "company_enrichment",
            "linkedin_enrichment",
            "research_agent",
            "webhook",
            "transform_data",
        ]
        | None
    ) = None
    """The kind of workflow block that the struct is for; the service's default is none."""
    allow_nested: bool | None = None
    """Whether fields may be objects with subfields; the service's default is false."""
