"""Finders of the vendor's older specification, whose answers hold what each data provider has found."""

from __future__ import annotations

from pydantic import JsonValue

from sixtyfour_async.models import Rows
from sixtyfour_async.operations._base import JobOperation
from sixtyfour_async.operations._fields import (
    LONG_ANSWER_TIMEOUT_SECONDS,
    QUICK_ANSWER_TIMEOUT_SECONDS,
    Subjects,
)
from sixtyfour_async.operations._finders import EmailFinder, Finder
from sixtyfour_async.operations._json_types import Subject


class FindEmailV2(
    EmailFinder,
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
    EmailFinder,
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
    Finder,
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
    Finder,
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
