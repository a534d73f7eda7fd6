"""Find addresses and numbers of people, and people by address or number: one at a time, or up to 100 in one request.

Each may be asked at once or as a job. Run times are the vendor's own estimates (its published skill, May 2026). Prices
are US cents per answer where a public source gives one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from pydantic import JsonValue, field_validator

from sixtyfour_async.models import EmailResult, PhoneResult, ReverseResult, Rows
from sixtyfour_async.operations._base import JobOperation, Request
from sixtyfour_async.operations._fields import LONG, QUICK, JsonObject, Subject, Subjects, WebhookURL


class _Finder(Request):
    providers: Sequence[str] | None = None
    """Another order of the providers that are asked; ids are not published, and newer specifications lack the key."""
    webhook_url: WebhookURL | None = None
    """Where a job's result is posted to."""


class _EmailFinder(_Finder):
    mode: Literal["PROFESSIONAL", "PERSONAL"] | None = None
    """The service's default is ``PROFESSIONAL``."""
    verify_emails: bool | None = None
    """Ask the mail server whether the address exists; the service's default is true."""


class _Reverse(_Finder):
    known: ClassVar[str]

    @field_validator("lead", "leads", mode="after", check_fields=False)
    @classmethod
    def _has_key(cls, given: JsonObject | Sequence[JsonObject]) -> JsonObject | Sequence[JsonObject]:
        for lead in [given] if isinstance(given, Mapping) else given:
            if not lead.get(cls.known):
                raise ValueError(f"needs the key {cls.known!r} with a value")
        return given


class FindEmail(
    _EmailFinder,
    JobOperation[EmailResult],
    name="find-email",
    http="POST /find-email",
    job="POST /find-email-async",
    subject="lead",
    bulk="find-email-bulk",
    read_timeout=QUICK,
):
    """Find one person's email address: 2 to 10 s; 5 cents for ``PROFESSIONAL``, 20 for ``PERSONAL``.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.
    """

    lead: Subject


class FindEmailBulk(
    _EmailFinder,
    JobOperation[Rows[EmailResult]],
    name="find-email-bulk",
    http="POST /find-email-bulk",
    job="POST /find-email-bulk-async",
    read_timeout=LONG,
):
    """Find the addresses of up to 100 people with one request, each at the price of `FindEmail`.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.
    """

    leads: Subjects


class FindPhone(
    _Finder,
    JobOperation[PhoneResult],
    name="find-phone",
    http="POST /find-phone",
    job="POST /find-phone-async",
    subject="lead",
    bulk="find-phone-bulk",
    read_timeout=QUICK,
):
    """Find one person's phone number: 2 to 10 s; 30 cents in the vendor's example.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.
    """

    lead: Subject


class FindPhoneBulk(
    _Finder,
    JobOperation[Rows[PhoneResult]],
    name="find-phone-bulk",
    http="POST /find-phone-bulk",
    job="POST /find-phone-bulk-async",
    read_timeout=LONG,
):
    """Find the numbers of up to 100 people with one request, each at the price of `FindPhone`.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.
    """

    leads: Subjects


class ReverseEmail(
    _Reverse,
    JobOperation[ReverseResult],
    name="reverse-email",
    http="POST /reverse-email",
    job="POST /reverse-email-async",
    subject="lead",
    bulk="reverse-email-bulk",
    read_timeout=QUICK,
):
    """Find whom an email address belongs to: 2 to 10 s.

    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.
    """

    known = "email"

    lead: Subject
    """``email`` at least."""


class ReverseEmailBulk(
    _Reverse,
    JobOperation[Rows[ReverseResult]],
    name="reverse-email-bulk",
    http="POST /reverse-email-bulk",
    job="POST /reverse-email-bulk-async",
    read_timeout=LONG,
):
    """Find whom up to 100 email addresses belong to with one request.

    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.
    """

    known = "email"

    leads: Subjects
    """Each with ``email`` at least."""


class ReversePhone(
    _Reverse,
    JobOperation[ReverseResult],
    name="reverse-phone",
    http="POST /reverse-phone",
    job="POST /reverse-phone-async",
    subject="lead",
    bulk="reverse-phone-bulk",
    read_timeout=QUICK,
):
    """Find whom a phone number belongs to: 2 to 10 s.

    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.
    """

    known = "phone"

    lead: Subject
    """``phone`` at least."""


class ReversePhoneBulk(
    _Reverse,
    JobOperation[Rows[ReverseResult]],
    name="reverse-phone-bulk",
    http="POST /reverse-phone-bulk",
    job="POST /reverse-phone-bulk-async",
    read_timeout=LONG,
):
    """Find whom up to 100 phone numbers belong to with one request.

    Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-phone.
    """

    known = "phone"

    leads: Subjects
    """Each with ``phone`` at least."""


class FindEmailV2(
    _EmailFinder,
    JobOperation[JsonValue],
    name="find-email-v2",
    http="POST /find-email-v2",
    job="POST /find-email-v2-async",
    read_timeout=QUICK,
    standing="documented",
):
    """Deprecated: use `FindEmail`. Answers with what each provider said. Source: the vendor's older specification."""

    lead: Subject


class FindEmailV2Bulk(
    _EmailFinder,
    JobOperation[Rows[JsonValue]],
    name="find-email-v2-bulk",
    http="POST /find-email-v2-bulk",
    job="POST /find-email-v2-bulk-async",
    read_timeout=LONG,
    standing="documented",
):
    """Deprecated: use `FindEmailBulk`. Source: the vendor's older specification."""

    leads: Subjects


class FindPhoneV2(
    _Finder,
    JobOperation[JsonValue],
    name="find-phone-v2",
    http="POST /find-phone-v2",
    job="POST /find-phone-v2-async",
    read_timeout=QUICK,
    standing="documented",
):
    """Deprecated: use `FindPhone`. Answers with what each provider said. Source: the vendor's older specification."""

    lead: Subject


class FindPhoneV2Bulk(
    _Finder,
    JobOperation[Rows[JsonValue]],
    name="find-phone-v2-bulk",
    http="POST /find-phone-v2-bulk",
    job="POST /find-phone-v2-bulk-async",
    read_timeout=LONG,
    standing="documented",
):
    """Deprecated: use `FindPhoneBulk`. Source: the vendor's older specification."""

    leads: Subjects
