"""Verify, or make, the signature of a delivery."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import replace

from sixtyfour_async._wire.signatures import (
    SIGNATURE_HEADER,
    TOLERANCE_SECONDS,
    check_signature,
    checked_secrets,
    sign,
)
from sixtyfour_async.webhooks.events import (
    ATTEMPT_HEADER,
    EVENT_ID_HEADER,
    EVENT_TYPE_HEADER,
    JobEvent,
    WorkflowEvent,
    parse,
    require_raw,
)
from sixtyfour_async.webhooks.headers import Headers, header_values

Secrets = str | Sequence[str]
"""The signing secret, or several of them while it is rolled: the whole ``sk_whsec_…``, not its masked preview."""


def verify(
    raw_body: bytes,
    headers: Headers,
    secrets: Secrets,
    now: float | None = None,
    *,
    tolerance: float = TOLERANCE_SECONDS,
) -> None:
    """Raise an error unless a delivery was signed with one of the secrets, at about *now*.

    Args:
        raw_body: The body as it was received, before anything parsed it.
        headers: Headers of the request: a mapping, a framework's own class, or pairs; names in any case.
        secrets: The signing secret, or several of them while it is rolled.
        now: The time in Unix seconds; None is the system's clock.
        tolerance: Seconds that the time of the signature may be away from *now*, either way.

    Raises:
        WebhookError: The delivery is unsigned, its signature is invalid or further from *now* than *tolerance*, or
            *raw_body* is not bytes; ``reason`` tells which.
        ConfigurationError: There is no secret, or one that cannot be one.
    """
    body = require_raw(raw_body)
    check_signature(
        body,
        header_values(headers, SIGNATURE_HEADER),
        checked_secrets(secrets),
        time.time() if now is None else now,
        tolerance,
    )


def verify_and_parse(
    raw_body: bytes,
    headers: Headers,
    secrets: Secrets,
    now: float | None = None,
    *,
    tolerance: float = TOLERANCE_SECONDS,
) -> JobEvent | WorkflowEvent:
    """Return the event of a delivery whose signature is valid; see `verify` for the parameters.

    Raises:
        WebhookError: As `verify`; or the body holds no event.
        ConfigurationError: As `verify`.
    """
    verify(raw_body, headers, secrets, now, tolerance=tolerance)
    return replace(parse(raw_body, headers), trusted=True)


def sign_test_payload(
    raw_body: bytes,
    secrets: Secrets,
    now: float | None = None,
    *,
    event_type: str = "",
    event_id: str | None = None,
    attempt: int = 1,
) -> dict[str, str]:
    """Return the headers with which the service would deliver a body, for tests of a receiver.

    Args:
        raw_body: The body to sign.
        secrets: The signing secret, or several of them, as during a roll.
        now: The time of the signature in Unix seconds; None is the system's clock.
        event_type: Such as ``"find_email"`` or ``"outgoing_webhook.completed"``.
        event_id: Id of the delivery; None makes one from the body, the same for the same body.
        attempt: Number of the attempt, from 1.

    Raises:
        WebhookError: The body is not bytes.
        ConfigurationError: As `verify`.
    """
    body = require_raw(raw_body)
    signature = sign(body, checked_secrets(secrets), time.time() if now is None else now)
    return {
        "Content-Type": "application/json",
        SIGNATURE_HEADER: signature,
        EVENT_ID_HEADER: event_id or str(uuid.uuid5(uuid.NAMESPACE_URL, body.hex())),
        EVENT_TYPE_HEADER: event_type,
        ATTEMPT_HEADER: str(attempt),
    }
