"""Webhook deliveries as the service makes them: headers, signature, timing, and the faults of delivering.

Source: docs.sixtyfour.ai, guides/using-webhooks. Assumed: the first attempt follows the end of the work at once, so
that the waits of 1, 2, 4 and 8 seconds lie between five attempts, and nothing follows the last wait, of 16 seconds.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

ATTEMPTS = 5
WAIT_SECONDS = (1.0, 2.0, 4.0, 8.0)
"""Simulated seconds before each attempt but the first."""
TIMEOUT_SECONDS = 10.0
"""Simulated seconds in which a receiver must answer."""
MIN_TIMEOUT_SECONDS = 1.0
"""Real seconds that a receiver has in any case: a network is no faster for a simulator."""

REORDERED_SECONDS = 5.0
LATE_SECONDS = 900.0
HUGE_BYTES = 20 * 1024 * 1024

WEBHOOK_FAULTS: Mapping[str, str] = {
    "webhook_lost": "no attempt is made",
    "webhook_doubled": "the event is delivered twice at once, under two event ids",
    "webhook_reordered": f"the delivery is held back for {REORDERED_SECONDS:g} s, so that others overtake it",
    "webhook_late": f"the delivery is held back for {LATE_SECONDS:g} s",
    "webhook_forged": "a stranger delivers an invented result first, signed with another secret",
    "webhook_truncated": "half of the body is sent in one attempt, as if it were whole, with the signature of all",
    "webhook_huge": f"the body is padded to more than {HUGE_BYTES // 1024 // 1024} MiB",
    "webhook_unsigned": "an attempt is not signed, although there is a secret",
}
"""What each fault does. Drawn for each delivery; the truncated and unsigned ones for each attempt."""

FORGER = "sk_whsec_" + "f" * 64
"""The secret of a stranger."""


def headers_of(
    body: bytes, secrets: Sequence[str], at: float, *, event_id: str, event_type: str, attempt: int
) -> dict[str, str]:
    """Return the headers of an attempt; without a secret, those of a signed one are missing."""
    headers = {"Content-Type": "application/json", "User-Agent": "Sixtyfour-Webhooks/simulated"}
    if not secrets:
        return headers
    return headers | {
        "Sixtyfour-Signature": signature(body, secrets, at),
        "Sixtyfour-Event-Id": event_id,
        "Sixtyfour-Event-Type": event_type,
        "Sixtyfour-Delivery-Attempt": str(attempt),
    }


def signature(body: bytes, secrets: Sequence[str], at: float) -> str:
    """Return the signature header: ``t=<unix seconds>`` and a ``v1=<hex>`` for each secret, the newest first."""
    message = b"%d.%b" % (int(at), body)
    hexes = [hmac.new(secret.encode(), message, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={int(at)}", *(f"v1={value}" for value in hexes)])
