"""Questions to agents: judge a record, research anything, read a LinkedIn page, verify an age, write a struct."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Generic, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, PlainSerializer, field_validator

from sixtyfour_async.models import GeneratedStruct, Intelligence, QAResult, StructField
from sixtyfour_async.models.enrichment import S
from sixtyfour_async.models.struct import TYPES, Struct, to_text_struct
from sixtyfour_async.operations._base import JobOperation, Operation, Request
from sixtyfour_async.operations._fields import LONG, QUICK, AsStruct, Subject, Typed, WebhookURL

TextStruct: TypeAlias = Mapping[str, str]
"""Field name → description; these routes take no types."""


def _as_text_struct(asked: type[BaseModel] | TextStruct | None) -> dict[str, JsonValue] | None:
    return None if asked is None else to_text_struct(asked)


AsTextStruct = PlainSerializer(_as_text_struct)


class _TextStructured(Typed):
    takes_types = False

    @field_validator("struct", mode="after", check_fields=False)
    @classmethod
    def _text_only(cls, asked: type[BaseModel] | TextStruct | None) -> type[BaseModel] | TextStruct | None:
        _as_text_struct(asked)
        return asked


class Criterion(BaseModel):
    """One thing a record is judged by. ``threshold`` has no agreed scale (0 to 1, and 8.0, were seen): passed on."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    criteria_name: str
    description: str
    weight: float | None = None
    threshold: float | None = None


class QAAgent(
    _TextStructured,
    JobOperation[QAResult[S]],
    Generic[S],
    name="qa-agent",
    subject="data",
    http="POST /qa-agent",
    job="POST /qa-agent-async",
    read_timeout=LONG,
):
    """Judge a record by criteria: 30 to 180 s. Source: docs.sixtyfour.ai, api-reference/endpoint/qa-agent."""

    data: Subject
    qualification_criteria: Annotated[Sequence[Criterion], Field(min_length=1)]
    references: Sequence[Mapping[str, str]] | None = None
    """Shape: ``[{"url": …, "description": …}]``."""
    struct: Annotated[type[S] | TextStruct | None, AsTextStruct] = None
    """Your own pydantic class with text fields only, or field name → description; this route takes no types."""
    max_tool_calls: Annotated[int, Field(ge=1, le=50)] | None = None
    """The service's default is 10."""
    webhook_url: WebhookURL | None = None


class ResearchAgent(
    Typed,
    JobOperation[Intelligence[S]],
    Generic[S],
    name="research-agent",
    subject="input_data",
    http="POST /research-agent",
    job="POST /research-agent-async",
    read_timeout=LONG,
    standing="documented",
):
    """Research anything about a record. Unpublished since mid 2026, still named on the webhook pages; may vanish.

    Source: docs.sixtyfour.ai, guides/using-webhooks.
    """

    input_data: Subject
    struct: Annotated[type[S] | Struct | None, AsStruct] = None
    research_plan: str | None = None
    webhook_url: WebhookURL | None = None


class EnrichLinkedIn(
    _TextStructured,
    Operation[Intelligence[S]],
    Generic[S],
    name="enrich-linkedin",
    http="POST /enrich-linkedin",
    read_timeout=QUICK,
):
    """Read one LinkedIn profile or company page with one call of a language model; no job form.

    Source: docs.sixtyfour.ai, api-reference/enrichment/enrich-linkedin-profile.
    """

    linkedin_url: Annotated[str, Field(min_length=1)]
    """A full URL under ``/in/`` or ``/company/``."""
    struct: Annotated[type[S] | TextStruct | None, AsTextStruct] = None
    """Your own pydantic class with text fields only, or field name → description."""


class GetLinkedIn(
    Request,
    Operation[JsonValue],
    name="get-linkedin",
    http="POST /get-linkedin",
    read_timeout=QUICK,
    standing="documented",
):
    """Fetch one LinkedIn page as the service keeps it. Source: the vendor's older specification."""

    linkedin_url: Annotated[str, Field(min_length=1)]
    include_fresh: bool | None = None
    """The service's default is false."""


class VerifyAge(
    Request,
    JobOperation[dict[str, JsonValue]],
    name="verify-age",
    job="POST /verify-age",
    poll="verify-age-status",
    reports_charge=False,
):
    """Research a person's age and date of birth; the shape of the answer is not published.

    Source: the vendor's specification, verify-age.
    """

    subject: Subject
    """``name``, ``company``, ``linkedin``, ``email``, ``location`` …"""


FIELD_NAME = re.compile(r"[a-zA-Z0-9_]+")
FIELD_TYPES = (TYPES | {"enum", "list[enum]", "object", "object_list"}) - {"list[boolean]"}
DESCRIPTION_CHARACTERS = 10_000
OPTIONS, OPTION_CHARACTERS = 500, 200
"""Source of all four: the vendor's specification, struct-builder."""


def _checked(field: StructField) -> StructField:
    """Refuse a field that the service would not take."""
    odd = [name for name in (field.name, *(sub.key for sub in field.subfields or [])) if not FIELD_NAME.fullmatch(name)]
    if odd:
        raise ValueError(f"{odd[0]!r} is no field name: letters, digits and underscores only")
    if field.type not in FIELD_TYPES:
        raise ValueError(f"{field.name}: {field.type!r} is none of {', '.join(sorted(FIELD_TYPES))}")
    if len(field.description) > DESCRIPTION_CHARACTERS:
        raise ValueError(f"{field.name}: the description is longer than {DESCRIPTION_CHARACTERS:,} characters")
    options = field.options or []
    if len(options) > OPTIONS or any(len(option) > OPTION_CHARACTERS for option in options):
        raise ValueError(
            f"{field.name}: more than {OPTIONS} options, or one longer than {OPTION_CHARACTERS} characters"
        )
    return field


ExistingField = Annotated[
    StructField,
    AfterValidator(_checked),
    PlainSerializer(lambda field: field.model_dump(mode="json", exclude_none=True)),
]
"""A field as the service wrote it; name, description and type are always sent."""


class GenerateStruct(
    Request,
    Operation[GeneratedStruct],
    name="struct-builder",
    http="POST /struct-builder/generate",
    read_timeout=QUICK,
):
    """Have a struct written from a description; `GeneratedStruct.as_struct` is what research takes.

    Never sent twice by itself: what it costs is not published. Source: the vendor's specification, struct-builder.
    """

    description: Annotated[str, Field(min_length=1, max_length=4000)]
    existing_struct: Sequence[ExistingField] | None = None
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
    allow_nested: bool | None = None
