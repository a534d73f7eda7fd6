"""Operations that find contact data of people: one at a time, or up to 100 per request.

Each can be sent synchronously or submitted as a job. Run times are the vendor's own estimates (its published skill,
May 2026). Prices are US cents per answer where a public source names one.
"""

from __future__ import annotations

from sixtyfour_async.models import EmailResult, PhoneResult, Rows
from sixtyfour_async.operations._base import JobOperation
from sixtyfour_async.operations._fields import (
    LONG_ANSWER_TIMEOUT_SECONDS,
    QUICK_ANSWER_TIMEOUT_SECONDS,
    Subjects,
)
from sixtyfour_async.operations._finders import EmailFinder, Finder
from sixtyfour_async.operations._json_types import Subject


class FindEmail(
    EmailFinder,
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
    EmailFinder,
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
    Finder,
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
    Finder,
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
