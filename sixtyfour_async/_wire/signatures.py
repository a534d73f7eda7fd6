"""Signatures of webhook deliveries: Stripe's scheme, whose header is ``t=<unix seconds>,v1=<hex>[,v1=<hex>…]``.

``v1`` is the HMAC-SHA256 of ``{t}.{raw body}``, its key the whole secret as UTF-8 text. During a roll of the secret the
service signs with both, so that there are several ``v1``; likewise a receiver may know several secrets.
Source: docs.sixtyfour.ai, guides/using-webhooks.

The header comes from a stranger: whatever it holds, it either proves the body or raises `WebhookError`.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Sequence

from sixtyfour_async.errors import ConfigurationError, WebhookError

SIGNATURE_HEADER = "Sixtyfour-Signature"

TOLERANCE_SECONDS = 300.0
"""How far the time of a signature may be from ours, either way. Source: docs.sixtyfour.ai, guides/using-webhooks."""

_UNIX_SECONDS = re.compile(r"[0-9]{1,12}")

_NO_MATCH = "no signature matches: check the signing secret, and that this is the raw body as it was received"


def sign(raw_body: bytes, secrets: Sequence[str], at: float) -> str:
    """Return the signature header of a body, with one ``v1`` for each secret; *at* is in Unix seconds."""
    seconds = str(int(at))
    return ",".join([f"t={seconds}", *(f"v1={digest.decode()}" for digest in _digests(raw_body, secrets, seconds))])


def check_signature(
    raw_body: bytes,
    headers: Sequence[str],
    secrets: Sequence[str],
    now: float,
    tolerance: float = TOLERANCE_SECONDS,
) -> None:
    """Return if one of the secrets signed the body, at about *now*.

    Args:
        raw_body: The body as it was received.
        headers: The values of every signature header of the request.
        secrets: The secrets that may have signed; at least one.
        now: The time, in Unix seconds.
        tolerance: The greatest difference, in seconds, between *now* and the time of the signature.

    Raises:
        WebhookError: No signature, none that matches, or one that is stale. Of several headers none is believed,
            since who reads which would be a matter of luck.
    """
    if not headers:
        raise WebhookError(f"the delivery is not signed: it has no {SIGNATURE_HEADER} header", reason="unsigned")
    seconds, signatures = _read_header(headers)
    # Every pair is compared, and each in constant time: how long it takes must not say how much of a guess is right.
    matches = [
        hmac.compare_digest(signature, digest)
        for digest in _digests(raw_body, secrets, seconds)
        for signature in signatures
    ]
    if not any(matches):
        raise WebhookError(_NO_MATCH)
    # The time is judged last, so that only who knows a secret learns that it was right.
    if not abs(now - int(seconds)) <= tolerance:
        raise WebhookError(
            f"the signature is stale: it was made {now - int(seconds):+.0f} s ago, and the limit is {tolerance:.0f} s",
            reason="stale",
        )


def checked_secrets(secrets: str | Iterable[str] | None) -> tuple[str, ...]:
    """Return signing secrets without blanks around them.

    Raises:
        ConfigurationError: There is none, or one is empty, not text, or the masked preview of a secret.
    """
    found = (secrets,) if isinstance(secrets, str) else tuple(secrets or ())
    if not found:
        raise ConfigurationError("no signing secret was given; pass secrets, the whole sk_whsec_… or several")
    return tuple(_checked_secret(secret) for secret in found)


def _checked_secret(secret: object) -> str:
    if not isinstance(secret, str):
        raise ConfigurationError(f"a signing secret must be text, not {type(secret).__name__}")
    text = secret.strip()
    if not text.isprintable():
        raise ConfigurationError("a signing secret contains control characters or is not text")
    if not text:
        raise ConfigurationError("a signing secret is empty, and everybody could sign with it")
    if "•" in text or "*" in text:
        raise ConfigurationError("a signing secret is the masked preview; use the whole secret, shown when it was made")
    return text


def _digests(raw_body: bytes, secrets: Sequence[str], seconds: str) -> list[bytes]:
    digests: list[bytes] = []
    for secret in secrets:
        mac = hmac.new(secret.encode(), f"{seconds}.".encode(), "sha256")
        mac.update(raw_body)  # not joined before: a copy of a body of megabytes
        digests.append(mac.hexdigest().encode())
    return digests


def _read_header(headers: Sequence[str]) -> tuple[str, list[bytes]]:
    """Return the time and every ``v1`` of the header; other schemes are for other readers."""
    text = headers[0]
    # compare_digest() raises for text that is not ASCII, and int() accepts digits of any script.
    if len(headers) > 1 or not text.isascii():
        raise WebhookError(_NO_MATCH)
    items = [item.strip().partition("=") for item in text.split(",")]
    times = [value for name, _, value in items if name == "t"]
    if not all(equals for _, equals, _ in items) or len(times) != 1 or not _UNIX_SECONDS.fullmatch(times[0]):
        raise WebhookError(_NO_MATCH)
    return times[0], [value.encode() for name, _, value in items if name == "v1"]
