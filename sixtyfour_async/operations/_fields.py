"""Field types, base classes and checks that many operations share, with the limits the service documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    Field,
    JsonValue,
)

from sixtyfour_async.operations._base import Request
from sixtyfour_async.operations._json_types import Subject
from sixtyfour_async.operations._words import open_words

FreeObject: TypeAlias = dict[str, JsonValue]
"""An answer that is a JSON object of unpublished shape."""

Subjects: TypeAlias = Annotated[Sequence[Subject], Field(min_length=1, max_length=100)]
"""1 to 100 subjects. Source: docs.sixtyfour.ai, api-reference/endpoint/find-email (bulk)."""

Tier: TypeAlias = Annotated[
    Literal["micro", "low", "medium", "high"] | str,  # noqa: PYI051 (known words complete, any is taken)
    open_words("micro", "low", "medium", "high", "xhigh", "scout"),
]
"""Research depth; any string is accepted, because the service adds tiers without notice.

One that looks like a slip for a documented word is asked back; if it is a new tier, it can be sent in ``extra``.

Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.
"""

WebhookURL: TypeAlias = Annotated[str, Field(min_length=1, max_length=2083, pattern="^https?://")]
"""An http(s) URL of 1 to 2083 characters. Source: docs.sixtyfour.ai, guides/using-webhooks."""

Mode: TypeAlias = Literal["people", "company"]
"""The kind of entity a search returns. Exclusion lists call the first one ``person``."""

CostUnits: TypeAlias = Literal["cents", "credits"]
"""The unit of cost fields in an answer: US cents or credits."""

Ids: TypeAlias = Annotated[Sequence[str], Field(max_length=1000)]
"""Up to 1,000 ids, the service's limit for API requests. A larger set belongs in an exclusion list."""

LONG_ANSWER_TIMEOUT_SECONDS = 900.0
"""Read timeout of synchronous research. Source: docs.sixtyfour.ai, errors page (at least 15 minutes)."""

QUICK_ANSWER_TIMEOUT_SECONDS = 180.0
"""Read timeout of the finders. Assumed: a wide margin above the vendor's estimate of 2 to 10 seconds."""


def set_fields(request: Request, *names: str) -> list[str]:
    """Return those of the named fields that have a value."""
    return [name for name in names if getattr(request, name) is not None]


def require_exactly_one(request: Request, *names: str) -> None:
    """Raise unless exactly one of the named fields has a value.

    Raises:
        ValueError: None of them, or more than one, was passed.
    """
    found = set_fields(request, *names)
    if len(found) != 1:
        raise ValueError(f"pass exactly one of {', '.join(names)}; got {' and '.join(found) or 'none'}")
