"""Operations that find contact data of people, and people by contact data: one at a time, or up to 100 per request.

Each can be sent synchronously or submitted as a job. Run times are the vendor's own estimates (its published skill,
May 2026). Prices are US cents per answer where a public source names one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from pydantic import JsonValue, field_validator

from sixtyfour_async.models import EmailResult, PhoneResult, ReverseResult, Rows
from sixtyfour_async.operations._base import JobOperation, Request
from sixtyfour_async.operations._fields import (
    LONG_ANSWER_TIMEOUT_SECONDS,
    QUICK_ANSWER_TIMEOUT_SECONDS,
    Subjects,
    WebhookURL,
)
from sixtyfour_async.operations._json_types import JsonObject, Subject


class _Finder(Request):
    providers: Sequence[str] | None = None
    """Ids of the data providers to query, in order; ids are not published and newer specifications lack the key."""
    webhook_url: WebhookURL | None = None
    """URL to which the service posts the result of a job: http(s), up to 2083 characters."""


class _EmailFinder(_Finder):
    mode: Literal["PROFESSIONAL", "PERSONAL"] | None = None
    """Kind of address to find, work or private; the service's default is ``PROFESSIONAL``."""
    verify_emails: bool | None = None
    """Whether to verify the address with its mail server first; the service's default is true."""


class _Reverse(_Finder):
    required_key: ClassVar[str]

    @field_validator("lead", "leads", mode="after", check_fields=False)
    @classmethod
    def _has_required_key(cls, value: JsonObject | Sequence[JsonObject]) -> JsonObject | Sequence[JsonObject]:
        for lead in [value] if isinstance(value, Mapping) else value:
            if not lead.get(cls.required_key):
                raise ValueError(f"each lead must have a non-empty {cls.required_key!r}")
        return value


class FindEmail(
    _EmailFinder,
    JobOperation[EmailResult],
    name="find-email",
    http="POST /find-email",
    job="POST /find-email-async",
    subject="lead",
    bulk="find-email-bulk",
    read_timeout=QUICK_ANSWER_TIMEOUT_SECONDS,
):
    """Find one person's email address.

    Takes 2 to 10 seconds. Costs 5 cents for ``PROFESSIONAL``, 20 cents for ``PERSONAL``. A lead that already has an
    address of the requested kind gets it back with its status.
    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.
    """

    lead: Subject
    """What is known about the person: ``name``, ``company``, ``title``, ``domain``, ``linkedin`` and so on."""


class FindEmailBulk(
    _EmailFinder,
    JobOperation[Rows[EmailResult]],
    name="find-email-bulk",
    http="POST /find-email-bulk",
    job="POST /find-email-bulk-async",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
):
    """Find the email addresses of up to 100 people with one request; returns a list of results.

    Each person costs as much as with `FindEmail`.
    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.
    """

    leads: Subjects
    """1 to 100 people, each a mapping of what is known, such as ``name``, ``company``, ``domain``, ``linkedin``."""


class FindPhone(
    _Finder,
    JobOperation[PhoneResult],
    name="find-phone",
    http="POST /find-phone",
    job="POST /find-phone-async",
    subject="lead",
    bulk="find-phone-bulk",
    read_timeout=QUICK_ANSWER_TIMEOUT_SECONDS,
):
    """Find one person's phone numbers.

    Takes 2 to 10 seconds. Costs 30 cents in the vendor's example.
    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.
    """

    lead: Subject
    """What is known about the person: ``name``, ``company``, ``email``, ``linkedin`` and so on."""


class FindPhoneBulk(
    _Finder,
    JobOperation[Rows[PhoneResult]],
    name="find-phone-bulk",
    http="POST /find-phone-bulk",
    job="POST /find-phone-bulk-async",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
):
    """Find the phone numbers of up to 100 people with one request; returns a list of results.

    Each person costs as much as with `FindPhone`.
    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.
    """

    leads: Subjects
    """1 to 100 people, each a mapping of what is known, such as ``name``, ``company``, ``email``, ``linkedin``."""


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


class FindEmailV2(
    _EmailFinder,
    JobOperation[JsonValue],
    name="find-email-v2",
    http="POST /find-email-v2",
    job="POST /find-email-v2-async",
    read_timeout=QUICK_ANSWER_TIMEOUT_SECONDS,
    standing="documented",
):
    """Find one person's email address, with the answer of each data provider. Deprecated: use `FindEmail`.

    The answer is JSON of unpublished shape. Price: not published. Source: the vendor's older specification.
    """

    lead: Subject
    """What is known about the person: ``name``, ``company``, ``title``, ``domain``, ``linkedin`` and so on."""


class FindEmailV2Bulk(
    _EmailFinder,
    JobOperation[Rows[JsonValue]],
    name="find-email-v2-bulk",
    http="POST /find-email-v2-bulk",
    job="POST /find-email-v2-bulk-async",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
    standing="documented",
):
    """Find the email addresses of up to 100 people, with each provider's answer. Deprecated: use `FindEmailBulk`.

    Returns a list of JSON values of unpublished shape. Price: not published.
    Source: the vendor's older specification.
    """

    leads: Subjects
    """1 to 100 people, each a mapping of what is known, such as ``name``, ``company``, ``domain``, ``linkedin``."""


class FindPhoneV2(
    _Finder,
    JobOperation[JsonValue],
    name="find-phone-v2",
    http="POST /find-phone-v2",
    job="POST /find-phone-v2-async",
    read_timeout=QUICK_ANSWER_TIMEOUT_SECONDS,
    standing="documented",
):
    """Find one person's phone numbers, with the answer of each data provider. Deprecated: use `FindPhone`.

    The answer is JSON of unpublished shape. Price: not published. Source: the vendor's older specification.
    """

    lead: Subject
    """What is known about the person: ``name``, ``company``, ``email``, ``linkedin`` and so on."""


class FindPhoneV2Bulk(
    _Finder,
    JobOperation[Rows[JsonValue]],
    name="find-phone-v2-bulk",
    http="POST /find-phone-v2-bulk",
    job="POST /find-phone-v2-bulk-async",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
    standing="documented",
):
    """Find the phone numbers of up to 100 people, with each provider's answer. Deprecated: use `FindPhoneBulk`.

    Returns a list of JSON values of unpublished shape. Price: not published.
    Source: the vendor's older specification.
    """

    leads: Subjects
    """1 to 100 people, each a mapping of what is known, such as ``name``, ``company``, ``email``, ``linkedin``."""
