"""Reads and verifies the JWT with which an OAuth client proves who it is: RS256, by the book (RFC 7515, RFC 8017).

No library: a signature is one power and one comparison, and a simulator keeps no secrets.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base.json_values import as_object

_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""What PKCS #1 v1.5 puts before a SHA-256 digest."""
_SEQUENCE, _INTEGER = 0x30, 0x02


@dataclass(frozen=True, slots=True)
class Assertion:
    """A JWT in its parts; nothing about it is checked yet."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def parse(token: str) -> Assertion | None:
    """Take a JWT apart; None when it is none."""
    try:
        head, body, signature = token.split(".")
        header, claims = as_object(json.loads(_base64url_decode(head))), as_object(json.loads(_base64url_decode(body)))
        proof = _base64url_decode(signature)
    except ValueError:
        return None
    if header is None or claims is None:
        return None
    return Assertion(header, claims, f"{head}.{body}".encode(), proof)


def _base64url_decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def parse_public_key(pem: str) -> tuple[int, int] | None:
    """Read modulus and exponent of an RSA public key in PEM; None when it is none."""
    lines = pem.strip().splitlines()
    if len(lines) < 3 or "PUBLIC KEY" not in lines[0]:  # noqa: PLR2004 -- a header, something, a footer
        return None
    try:
        parts = _sequence(base64.b64decode("".join(lines[1:-1]), validate=True))
        if parts[0][0] == _SEQUENCE:  # SubjectPublicKeyInfo: an algorithm, then the key in a bit string
            parts = _sequence(parts[1][1][1:])
        (one, modulus), (other, exponent) = parts
    except (ValueError, IndexError):
        return None
    if (one, other) != (_INTEGER, _INTEGER):
        return None
    return int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big")


def _der_elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Give tag and content of each DER element."""
    at = 0
    while at < len(der):
        tag, size, at = der[at], der[at + 1], at + 2
        if size & 0x80:
            more = size & 0x7F
            size, at = int.from_bytes(der[at : at + more], "big"), at + more
        yield tag, der[at : at + size]
        at += size


def _sequence(der: bytes) -> list[tuple[int, bytes]]:
    """Give the elements of a sequence."""
    tag, content = next(_der_elements(der))
    if tag != _SEQUENCE:
        raise ValueError(tag)
    return list(_der_elements(content))


def verify_signature(assertion: Assertion, key: tuple[int, int]) -> bool:
    """Say whether a signature was made with the private half of *key*."""
    modulus, exponent = key
    size = (modulus.bit_length() + 7) // 8
    if len(assertion.signature) != size:
        return False
    plain = pow(int.from_bytes(assertion.signature, "big"), exponent, modulus).to_bytes(size, "big")
    info = _DIGEST_INFO + hashlib.sha256(assertion.signed).digest()
    expected = b"\x00\x01" + b"\xff" * (size - len(info) - 3) + b"\x00" + info
    return hmac.compare_digest(plain, expected)
