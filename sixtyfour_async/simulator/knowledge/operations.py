"""The table of job operations: paths, status words, fields and prices.

Source, unless a line says otherwise: docs.sixtyfour.ai, api-reference/endpoint/{people-intelligence,
company-intelligence, find-email, find-phone, reverse-email, reverse-phone, qa-agent} and guides/using-webhooks. The
maximum of 100 leads in a bulk request is documented for e-mails and phones, and assumed for the reverse look-ups, as is
the 422 for more of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base.validation import Field, string_array
from sixtyfour_async.simulator.knowledge.people import first_text, is_personal_email
from sixtyfour_async.simulator.knowledge.pricing import PRICES_CENTS

MAX_LEADS = 100
_NAMES = ("name", "full_name", "first_name", "linkedin", "linkedin_url", "email", "phone")
_WEBHOOK = Field("webhook_url", "url")
_PLAN = Field("research_plan", "string")
_CONFIDENCE = Field("field_confidence", "boolean")
COST_UNITS = (Field("cost_units", "string", nullable=False, choices=("cents", "credits")),)
_COMPANY_TIERS = ("low", "micro", "medium", "high")
_PEOPLE_TIERS = (*_COMPANY_TIERS, "xhigh", "scout")
_CRITERION = (
    Field("criteria_name", "string", required=True),
    Field("description", "string", required=True),
    Field("weight", "number", nullable=False),
    Field("threshold", "number"),
)


@dataclass(frozen=True, slots=True)
class Operation:
    """A kind of work that can be requested synchronously or as a job."""

    kind: str
    paths: tuple[str, ...]
    task_type: str
    """``task_type`` in job-status; assumed by analogy where undocumented."""
    started_status: str
    """Status in the answer of ``-async`` routes: upper case for the intelligence routes, lower case elsewhere."""
    subject_key: str
    fields: tuple[Field, ...]
    empty_message: str
    """Message of the 400 for an empty subject."""
    tier_noun: str = ""
    """Name of the operation in the 403 for a tier; "" if it has no tiers."""
    lookup_keys: tuple[str, ...] = ()
    """Keys that identify a lead of a bulk request; empty if there is no bulk form."""

    @property
    def bulk_fields(self) -> tuple[Field, ...]:
        """Fields of the bulk form: ``leads`` instead of ``lead``."""
        leads = Field("leads", "array", required=True, element=Field("", "object", required=True), max_length=MAX_LEADS)
        return (leads, *(field for field in self.fields if field.name != self.subject_key))

    def bulk_price(self, body: Mapping[str, Any]) -> int:
        """Return the price of a bulk request in cents: the sum over its leads that can be looked up."""
        leads = (lead for lead in body["leads"] if self.can_look_up(lead))
        return sum(self.price({**body, self.subject_key: lead}) for lead in leads)

    def can_look_up(self, lead: Mapping[str, Any]) -> bool:
        """Return whether a lead has one of the lookup keys."""
        return bool(first_text(lead, *self.lookup_keys))

    def price(self, body: Mapping[str, Any]) -> int:
        """Return the price of one request in cents; a personal e-mail that was sent along is free (documented)."""
        if body.get("mode") == "PERSONAL" and is_personal_email(str(body["lead"].get("email") or "")):
            return 0
        return PRICES_CENTS[self.price_key(body)]

    def price_key(self, body: Mapping[str, Any]) -> str:
        """Return the key of this request in `PRICES_CENTS`."""
        if self.tier_noun:
            return f"intelligence:{tier_of(body)}"
        if self.kind == "find_email":
            return f"find_email:{body.get('mode') or 'PROFESSIONAL'}"
        return self.kind

    def runtime_key(self, body: Mapping[str, Any]) -> str:
        """Return the key of this request in `knowledge.runtimes.PROFILES`."""
        return f"intelligence:{tier_of(body)}" if self.tier_noun else self.kind


def tier_of(body: Mapping[str, Any]) -> str:
    """Return the requested tier; the default of the service is ``low``."""
    return str(body.get("tier") or "low")


def _finder(kind: str, *more: Field, lookup_keys: tuple[str, ...] = _NAMES, has_v2: bool = False) -> Operation:
    path = kind.replace("_", "-")
    return Operation(
        kind=kind,
        paths=(path, f"{path}-v2") if has_v2 else (path,),
        task_type=kind,
        started_status="pending",
        subject_key="lead",
        fields=(Field("lead", "object", required=True), _WEBHOOK, *more, string_array("providers")),
        empty_message="Lead data is required",
        lookup_keys=lookup_keys,
    )


_COMPANY = Operation(
    kind="company_intelligence",
    paths=("company-intelligence", "enrich-company", "enrich-company-v2"),
    task_type="company_enrichment",
    started_status="RUNNING",
    subject_key="target_company",
    fields=(
        Field("target_company", "object", required=True),
        Field("struct", "object", required=True),
        Field("lead_struct", "object"),
        Field("find_people", "boolean", nullable=False),
        Field("full_org_chart", "boolean", nullable=False),
        Field("people_focus_prompt", "string"),
        _PLAN,
        Field("tier", "string", choices=_COMPANY_TIERS),
        _CONFIDENCE,
        _WEBHOOK,
    ),
    empty_message="Invalid company data",
    tier_noun="company",
)

_PEOPLE = Operation(
    kind="people_intelligence",
    paths=("people-intelligence", "enrich-lead"),
    task_type="lead_enrichment",
    started_status="RUNNING",
    subject_key="lead_info",
    fields=(
        Field("lead_info", "object", required=True),
        Field("struct", "object"),
        _PLAN,
        Field("tier", "string", choices=_PEOPLE_TIERS),
        _CONFIDENCE,
        _WEBHOOK,
    ),
    empty_message="Invalid lead data",
    tier_noun="lead",
)

_QA = Operation(
    kind="qa_agent",
    paths=("qa-agent",),
    task_type="qa_agent",
    started_status="RUNNING",
    subject_key="data",
    fields=(
        Field("data", "object", required=True),
        Field("qualification_criteria", "array", required=True, items=_CRITERION),
        Field("references", "array", element=Field("", "strings", required=True)),
        Field("struct", "strings"),
        Field("max_tool_calls", "integer", minimum=1, maximum=50),
        _WEBHOOK,
    ),
    empty_message="Lead data is required",
)

_RESEARCH = Operation(
    kind="research_agent",
    paths=("research-agent",),
    task_type="research_agent",
    started_status="RUNNING",
    subject_key="input_data",
    fields=(
        Field("input_data", "object", required=True),
        Field("struct", "object"),
        _PLAN,
        Field("max_iterations", "integer", nullable=False, minimum=1),
        Field("benchmark", "boolean", nullable=False),
        _WEBHOOK,
    ),
    empty_message="Invalid request body",
)

OPERATIONS: tuple[Operation, ...] = (
    _PEOPLE,
    _COMPANY,
    _finder(
        "find_email",
        Field("verify_emails", "boolean", nullable=False),
        Field("mode", "string", nullable=False, choices=("PROFESSIONAL", "PERSONAL")),
        has_v2=True,
    ),
    _finder("find_phone", has_v2=True),
    _finder("reverse_email", lookup_keys=("email",)),
    _finder("reverse_phone", lookup_keys=("phone",)),
    _QA,
    _RESEARCH,
)

BY_KIND: Mapping[str, Operation] = {operation.kind: operation for operation in OPERATIONS}


def subject_of(about: Mapping[str, Any]) -> str:
    """Return what identifies a record in the books, e.g. ``1&1 | www.1und1.ag``: its scalar values, in order."""
    plain = (value for value in about.values() if isinstance(value, str | int | float) and value != "")
    return " | ".join(str(value).strip() for value in plain)
