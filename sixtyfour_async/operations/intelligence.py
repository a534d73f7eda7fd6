"""Research people and companies: at once, as a job, or a whole file of them.

Run times are the vendor's own estimates (its published skill, May 2026) unless said otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Generic, Self, cast

from pydantic import BaseModel, JsonValue, field_validator, model_validator

from sixtyfour_async.models import BulkStarted, Intelligence, ResultFile, Rows
from sixtyfour_async.models.enrichment import S
from sixtyfour_async.models.struct import Struct
from sixtyfour_async.operations._base import JobOperation, Operation
from sixtyfour_async.operations._fields import LONG, AsStruct, CostUnits, Structured, Subject, Tier, Typed, WebhookURL
from sixtyfour_async.operations._files import Upload

CONFIG_CHARACTERS = 300_000
FILE_BYTES = 100_000_000
"""100 MB, read as the smaller of its two meanings."""
FILE_KINDS = (".csv", ".json", ".jsonl", ".ndjson")


class PeopleIntelligence(
    Typed,
    JobOperation[Intelligence[S]],
    Generic[S],
    name="people-intelligence",
    http="POST /people-intelligence",
    job="POST /people-intelligence-async",
    subject="lead_info",
    bulk="bulk-people-intelligence",
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
    include_workspace: JsonValue = None
    """This and the next five are named by the live specification of September 2026 only, without a type."""
    investigation_id: JsonValue = None
    investigation_name: JsonValue = None
    budget: JsonValue = None
    dispatch_id: JsonValue = None
    exclusive_run: JsonValue = None


class EnrichLead(
    PeopleIntelligence[S],
    Generic[S],
    name="enrich-lead",
    http="POST /enrich-lead",
    job="POST /enrich-lead-async",
    read_timeout=LONG,
    standing="documented",
):
    """The older name of `PeopleIntelligence`. Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead."""


class CompanyIntelligence(
    Typed,
    JobOperation[Intelligence[S]],
    Generic[S],
    name="company-intelligence",
    http="POST /company-intelligence",
    job="POST /company-intelligence-async",
    subject="target_company",
    bulk="bulk-company-intelligence",
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
    """The same for each person found with ``find_people``; read them with `Intelligence.people_as`."""
    find_people: bool | None = None
    full_org_chart: bool | None = None
    people_focus_prompt: str | None = None
    research_plan: str | None = None
    tier: Tier | None = None
    field_confidence: bool | None = None
    webhook_url: WebhookURL | None = None


class EnrichCompany(
    CompanyIntelligence[S],
    Generic[S],
    name="enrich-company",
    http="POST /enrich-company",
    job="POST /enrich-company-async",
    read_timeout=LONG,
    standing="documented",
):
    """The older name of `CompanyIntelligence`. Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company."""


class EnrichCompanyV2(
    CompanyIntelligence[S],
    Generic[S],
    name="enrich-company-v2",
    http="POST /enrich-company-v2",
    job="POST /enrich-company-v2-async",
    read_timeout=LONG,
    standing="documented",
):
    """Deprecated: use `CompanyIntelligence`. Source: the vendor's older specification."""


def _packed(config: dict[str, JsonValue]) -> str:
    return json.dumps(config, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class _BulkIntelligence(Structured):
    """A file of rows, and one set of policy for all of them, which travels as one JSON text."""

    outside_config: ClassVar[tuple[str, ...]] = ("file", "cost_units", "idempotency_key")

    file: Upload
    """CSV, JSON or NDJSON: up to 100 MB and 100,000 rows."""
    research_plan: str | None = None
    tier: Tier | None = None
    field_confidence: bool | None = None
    webhook_url: WebhookURL | None = None
    columns: Sequence[str] | None = None
    """Which columns of the file are used; all by default."""
    result_formats: Sequence[str] | None = None
    save_json: bool | None = None
    idempotency_key: str | None = None
    """A key of your own: with it the same file can safely be sent twice."""
    cost_units: CostUnits | None = None
    """The unit of the estimate in the answer; the service's default is ``cents``."""

    def payload(self) -> dict[str, JsonValue]:
        """Every field that was set, all but these three packed into ``config``."""
        fields = cast("Operation[Any]", super()).payload()
        outside = {name: fields.pop(name) for name in self.outside_config if name in fields}
        return {**outside, "config": _packed(fields)}

    @field_validator("file")
    @classmethod
    def _takable(cls, file: Upload) -> Upload:
        if not file.name.lower().endswith(FILE_KINDS):
            raise ValueError(f"{file.name!r} is none of {', '.join(FILE_KINDS)}; name it with filename=…")
        content = file.content
        size = (
            content.stat().st_size if isinstance(content, Path) else len(content) if isinstance(content, bytes) else 0
        )
        if size > FILE_BYTES:
            raise ValueError(f"{file.name!r} is larger than 100 MB; send it in parts")
        return file

    @model_validator(mode="after")
    def _short_enough(self) -> Self:
        if len(str(self.payload()["config"])) > CONFIG_CHARACTERS:
            raise ValueError(f"the config is longer than {CONFIG_CHARACTERS:,} characters; shorten struct or plan")
        return self


class BulkPeopleIntelligence(
    _BulkIntelligence,
    JobOperation[Rows[ResultFile]],
    name="bulk-people-intelligence",
    job="POST /bulk-intelligence/people",
    body="multipart",
    retry_safe="key",
    idempotency_field="idempotency_key",
    job_limit="bulk-intelligence",
    started=BulkStarted,
    in_query=("cost_units",),
    in_headers={"idempotency_key": "Idempotency-Key"},
):
    """Research every person in a file; answered with links to files, of which `final_file` picks the finished one.

    Ten submits a minute per organization; 402 when the balance does not cover the estimate, and nothing is charged.
    Source: docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence.
    """

    struct: Annotated[type[BaseModel] | Struct | None, AsStruct] = None


class BulkCompanyIntelligence(
    _BulkIntelligence,
    JobOperation[Rows[ResultFile]],
    name="bulk-company-intelligence",
    job="POST /bulk-intelligence/company",
    body="multipart",
    retry_safe="key",
    idempotency_field="idempotency_key",
    job_limit="bulk-intelligence",
    started=BulkStarted,
    in_query=("cost_units",),
    in_headers={"idempotency_key": "Idempotency-Key"},
):
    """Research every company in a file; as `BulkPeopleIntelligence`. People found cost more than the estimate says."""

    struct: Annotated[type[BaseModel] | Struct, AsStruct]
    lead_struct: Annotated[type[BaseModel] | Struct | None, AsStruct] = None
    find_people: bool | None = None
    full_org_chart: bool | None = None
    people_focus_prompt: str | None = None
