"""Operations that find people by contact data: one at a time, or up to 100 per request.

Each can be sent synchronously or submitted as a job. Run times are the vendor's own estimates (its published skill,
May 2026). Prices are US cents per answer where a public source names one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pydantic import field_validator

from sixtyfour_async.models import ReverseResult, Rows
from sixtyfour_async.operations._base import JobOperation
from sixtyfour_async.operations._fields import (
    LONG_ANSWER_TIMEOUT_SECONDS,
    QUICK_ANSWER_TIMEOUT_SECONDS,
    Subjects,
)
from sixtyfour_async.operations._finders import Finder
from sixtyfour_async.operations._json_types import JsonObject, Subject


class _Reverse(Finder):
    required_key: ClassVar[str]

    @field_validator("lead", "leads", mode="after", check_fields=False)
    @classmethod
    def _has_required_key(cls, value: JsonObject | Sequence[JsonObject]) -> JsonObject | Sequence[JsonObject]:
        for lead in [value] if isinstance(value, Mapping) else value:
            if not lead.get(cls.required_key):
                raise ValueError(f"each lead must have a non-empty {cls.required_key!r}")
        return value


class ReverseEmail(
    _Reverse,
    JobOperation[ReverseResult],
    name="reverse-email",
    http="POST /reverse-email",
    job="POST /reverse-email-async",
    subject="lead",
    bulk="reverse-email-bulk",
    read_timeout=QUICK_ANSWER_TIMEOUT_SECONDS,
):
    """Find the person behind an email address.

    Takes 2 to 10 seconds. Price: not published. Returns name, company, title, LinkedIn and other profile data.
    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.
    """

    required_key = "email"

    lead: Subject
    """The address as ``{"email": "…"}``, with anything else that is known beside it."""


class ReverseEmailBulk(
    _Reverse,
    JobOperation[Rows[ReverseResult]],
    name="reverse-email-bulk",
    http="POST /reverse-email-bulk",
    job="POST /reverse-email-bulk-async",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
):
    """Find the people behind up to 100 email addresses with one request; returns a list of results.

    Price: not published. Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.
    """

    required_key = "email"

    leads: Subjects
    """1 to 100 addresses, each as ``{"email": "…"}`` with anything else that is known beside it."""


class ReversePhone(
    _Reverse,
    JobOperation[ReverseResult],
    name="reverse-phone",
    http="POST /reverse-phone",
    job="POST /reverse-phone-async",
    subject="lead",
    bulk="reverse-phone-bulk",
    read_timeout=QUICK_ANSWER_TIMEOUT_SECONDS,
):
    """Find the person behind a phone number.

    Takes 2 to 10 seconds. Price: not published. Returns name, company, title, LinkedIn and other profile data.
    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.
    """

    required_key = "phone"

    lead: Subject
    """The number as ``{"phone": "…"}``, with anything else that is known beside it."""


class ReversePhoneBulk(
    _Reverse,
    JobOperation[Rows[ReverseResult]],
    name="reverse-phone-bulk",
    http="POST /reverse-phone-bulk",
    job="POST /reverse-phone-bulk-async",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
):
    """Find the people behind up to 100 phone numbers with one request; returns a list of results.

    Price: not published. Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.
    """

    required_key = "phone"

    leads: Subjects
    """1 to 100 numbers, each as ``{"phone": "…"}`` with anything else that is known beside it."""
