"""Operations that research people and companies: synchronously, as a job, or for a whole file of them.

Run times are the vendor's own estimates (its published skill, May 2026) unless stated otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Generic, Self, cast

from pydantic import JsonValue, field_validator, model_validator

from sixtyfour_async.models import BulkStarted, Intelligence, ResultFile, Rows
from sixtyfour_async.models.enrichment import S
from sixtyfour_async.models.struct import Struct
from sixtyfour_async.operations._base import JobOperation, Operation
from sixtyfour_async.operations._fields import LONG_ANSWER_TIMEOUT_SECONDS, CostUnits, Tier, WebhookURL
from sixtyfour_async.operations._files import Upload
from sixtyfour_async.operations._json_types import Subject
from sixtyfour_async.operations._structured import AsStruct, Structured, Typed

# Source of the three: docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence.
MAX_CONFIG_CHARACTERS = 300_000
MAX_FILE_BYTES = 100_000_000  # "100 MB", read as the smaller of its two meanings
FILE_SUFFIXES = (".csv", ".json", ".jsonl", ".ndjson")


class PeopleIntelligence(
    Typed,
    JobOperation[Intelligence[S]],
    Generic[S],
    name="people-intelligence",
    http="POST /people-intelligence",
    job="POST /people-intelligence-async",
    subject="lead_info",
    bulk="bulk-people-intelligence",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
):
    """Research one person; returns `Intelligence` with the requested fields in ``structured_data``.

    Takes 10 to 60 seconds for tier ``low``, 30 to 180 for ``medium``, minutes for ``high``; the vendor's benchmark
    measured medians of 230, 223 and 459 seconds, so prefer submitting a job. The price per tier is not published. A
    request that is abandoned is still billed.
    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.
    """

    lead_info: Subject
    """What is known about the person: an email, a LinkedIn URL, or name and company; any further key helps."""
    struct: Annotated[type[S] | Struct | None, AsStruct] = None
    """What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to description; up to
    100 fields.
    """
    research_plan: str | None = None
    """Instructions on how to research, in plain words."""
    tier: Tier | None = None
    """Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is ``low``.

    ``high`` must be enabled for the organization (403 otherwise); ``xhigh`` and ``scout`` exist, undocumented.
    """
    field_confidence: bool | None = None
    """Whether to return a confidence of 0 to 100 for each field; silently ignored without early access."""
    webhook_url: WebhookURL | None = None
    """URL to which the service posts the result of a job: http(s), up to 2083 characters."""
    include_workspace: JsonValue = None
    """Undocumented; passed through. By its name, attaches a workspace (live specification, September 2026)."""
    investigation_id: JsonValue = None
    """Undocumented; passed through. By its name, the id of an investigation that groups several requests."""
    investigation_name: JsonValue = None
    """Undocumented; passed through. By its name, the name of an investigation that groups several requests."""
    budget: JsonValue = None
    """Undocumented; passed through. By its name, a limit on what the request may spend."""
    dispatch_id: JsonValue = None
    """Undocumented; passed through. By its name, an id for the dispatch of the request."""
    exclusive_run: JsonValue = None
    """Undocumented; passed through. By its name, forbids a second concurrent run."""


class EnrichLead(
    PeopleIntelligence[S],
    Generic[S],
    name="enrich-lead",
    http="POST /enrich-lead",
    job="POST /enrich-lead-async",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
    standing="documented",
):
    """Research one person through the older route; the same as `PeopleIntelligence`, which new code should use.

    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.
    """


class CompanyIntelligence(
    Typed,
    JobOperation[Intelligence[S]],
    Generic[S],
    name="company-intelligence",
    http="POST /company-intelligence",
    job="POST /company-intelligence-async",
    subject="target_company",
    bulk="bulk-company-intelligence",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
):
    """Research one company; returns `Intelligence` with the requested fields in ``structured_data``.

    Takes as long as `PeopleIntelligence` of the same tier, or 5 to 10 minutes by the vendor's notebook, so prefer
    submitting a job. The price per tier is not published. A request that is abandoned is still billed.
    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.
    """

    target_company: Subject
    """What is known about the company: ``company_name``, ``website``, ``domain``, ``linkedin`` and so on."""
    struct: Annotated[type[S] | Struct, AsStruct]
    """What to find: a pydantic class, dataclass or TypedDict, or a mapping of field name to description; up to
    100 fields.
    """
    tier: Tier | None = None
    """Research depth: ``micro``, ``low``, ``medium`` or ``high``; the service's default is ``low``.

    ``high`` must be enabled for the organization (403 otherwise).
    """
    research_plan: str | None = None
    """Instructions on how to research, in plain words."""
    lead_struct: Annotated[type[Any] | Struct | None, AsStruct] = None
    """What to find about each person, in the same form; with ``find_people``, and read by `Intelligence.people_as`."""
    find_people: bool | None = None
    """Whether to find people of the company too; the service's default is false."""
    full_org_chart: bool | None = None
    """Whether to return the full org chart instead of a focused list of people; the service's default is false."""
    people_focus_prompt: str | None = None
    """Which people to find, in plain words; with ``find_people``."""
    field_confidence: bool | None = None
    """Whether to return a confidence of 0 to 100 for each field; silently ignored without early access."""
    webhook_url: WebhookURL | None = None
    """URL to which the service posts the result of a job: http(s), up to 2083 characters."""


class EnrichCompany(
    CompanyIntelligence[S],
    Generic[S],
    name="enrich-company",
    http="POST /enrich-company",
    job="POST /enrich-company-async",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
    standing="documented",
):
    """Research one company through the older route; the same as `CompanyIntelligence`, which new code should use.

    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-company.
    """


class EnrichCompanyV2(
    CompanyIntelligence[S],
    Generic[S],
    name="enrich-company-v2",
    http="POST /enrich-company-v2",
    job="POST /enrich-company-v2-async",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
    standing="documented",
):
    """Research one company through a retired route. Deprecated: use `CompanyIntelligence`.

    Source: the vendor's older specification.
    """


def _encode_config(config: dict[str, JsonValue]) -> str:
    return json.dumps(config, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class _BulkIntelligence(Structured):
    """A file of rows, and one configuration for all of them that travels as JSON text in the ``config`` part."""

    outside_config: ClassVar[tuple[str, ...]] = ("file", "cost_units", "idempotency_key")

    file: Upload
    """The rows: a ``.csv``, ``.json``, ``.jsonl`` or ``.ndjson`` file of up to 100 MB and 100,000 rows.

    Pass an `Upload`, a `pathlib.Path`, bytes or an async iterable of bytes.
    """
    research_plan: str | None = None
    """Instructions on how to research each row, in plain words."""
    tier: Tier | None = None
    """Research depth per row: ``micro``, ``low``, ``medium`` or ``high``; the service's default is ``low``."""
    field_confidence: bool | None = None
    """Whether to return a confidence of 0 to 100 for each field; silently ignored without early access."""
    webhook_url: WebhookURL | None = None
    """URL to which the service posts the result of the job: http(s), up to 2083 characters."""
    columns: Sequence[str] | None = None
    """Names of the columns to use as input; all columns when not sent."""
    result_formats: Sequence[str] | None = None
    """Formats in which to save the results; ``csv``, ``json`` and ``ndjson`` are known from workflow runs."""
    save_json: bool | None = None
    """Whether to save the results as JSON too; the service's default is false."""
    idempotency_key: str | None = None
    """A key of the caller's choice, sent as a header: a repeated submit with the same key starts no second job."""
    cost_units: CostUnits | None = None
    """Unit of the estimate in the answer, ``cents`` or ``credits``; the service's default is ``cents``."""

    def payload(self) -> dict[str, JsonValue]:
        """Return every field that was set, all but those of `outside_config` encoded in ``config``."""
        fields = cast("Operation[Any]", super()).payload()
        outside = {name: fields.pop(name) for name in self.outside_config if name in fields}
        return {**outside, "config": _encode_config(fields)}

    @field_validator("file")
    @classmethod
    def _check_file(cls, file: Upload) -> Upload:
        if not file.name.lower().endswith(FILE_SUFFIXES):
            raise ValueError(
                f"{file.name!r} must end in {', '.join(FILE_SUFFIXES)}; set the name with Upload(filename=…)"
            )
        content = file.content
        size = (
            content.stat().st_size if isinstance(content, Path) else len(content) if isinstance(content, bytes) else 0
        )
        if size > MAX_FILE_BYTES:
            raise ValueError(f"{file.name!r} is larger than 100 MB; split it into smaller files")
        return file

    @model_validator(mode="after")
    def _check_config(self) -> Self:
        if len(str(self.payload()["config"])) > MAX_CONFIG_CHARACTERS:
            raise ValueError(
                f"shorten struct or research_plan: the config exceeds {MAX_CONFIG_CHARACTERS:,} characters"
            )
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
    """Research every person in a file, as one job; returns links to result files (see `final_file`).

    Costs the tier's price per row, which is not published; `BulkStarted` reports the estimate, and 402 means that the
    balance does not cover it and nothing was charged. Limited to 10 submits a minute per organization. Rows that
    cannot be researched come back unchanged.
    Source: docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence.
    """

    struct: Annotated[type[Any] | Struct | None, AsStruct] = None
    """What to find in each row: a pydantic class, dataclass or TypedDict, or a mapping of field name to description."""


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
    """Research every company in a file, as one job; returns links to result files (see `final_file`).

    Limits and price as for `BulkPeopleIntelligence`; people found with ``find_people`` cost more than the estimate.
    Source: docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence.
    """

    struct: Annotated[type[Any] | Struct, AsStruct]
    """What to find in each row: a pydantic class, dataclass or TypedDict, or a mapping of field name to description."""
    lead_struct: Annotated[type[Any] | Struct | None, AsStruct] = None
    """What to find about each person, in the same form; with ``find_people``."""
    find_people: bool | None = None
    """Whether to find people of each company too; the service's default is false."""
    full_org_chart: bool | None = None
    """Whether to return the full org chart instead of a focused list of people; the service's default is false."""
    people_focus_prompt: str | None = None
    """Which people to find, in plain words; with ``find_people``."""
