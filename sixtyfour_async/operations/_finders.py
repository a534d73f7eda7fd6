"""What all finders have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sixtyfour_async.operations._base import Request
from sixtyfour_async.operations._fields import WebhookURL


class Finder(Request):
    providers: Sequence[str] | None = None
    """Ids of the data providers to query, in order; ids are not published and newer specifications lack the key."""
    webhook_url: WebhookURL | None = None
    """URL to which the service posts the result of a job: http(s), up to 2083 characters."""


class EmailFinder(Finder):
    mode: Literal["PROFESSIONAL", "PERSONAL"] | None = None
    """Kind of address to find, work or private; the service's default is ``PROFESSIONAL``."""
    verify_emails: bool | None = None
    """Whether to verify the address with its mail server first; the service's default is true."""
